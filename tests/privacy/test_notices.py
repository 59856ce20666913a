"""Sheets for people say, in three languages, what the settings do."""

import json
import re
from html import unescape
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from shoplib.config.models import Scenario
from shoplib.errors import ConfigError
from shoplib.privacy import flow, notices
from shoplib.privacy.sheets import LANGUAGES, Words

BLANK = re.compile(r"\{(\w+)\}")
PRIVACY = {
    "mode": "recognise",
    "purpose": "Keeping the usual table of members of our club",
    "legal_basis": "Explicit consent, Art. 9(2)(a) GDPR",
    "notice": "A camera at the door recognises members of our club who signed for it. Ask at the till.",
    "contact": "Mira Sand, at the till",
    "embeddings_days": 30,
}


def scenario(privacy=None, shop="Sand Café", cameras=None, **more):
    footage = {"kind": "recorded", "clips": [{"path": "a.mp4", "starts": "2026-03-01T09:00:00"}]}
    return Scenario.model_validate(
        {
            "name": "sand",
            "shop": {"name": shop},
            "ingest": {"sources": [{"kind": "csv", "name": "till", "path": "till.csv", "mapping": "m.yaml"}]},
            "cameras": {"footage": footage, **(cameras or {})},
            "privacy": {**PRIVACY, **(privacy or {})},
            **more,
        }
    )


class Tags(HTMLParser):
    """Collects what would leave the page, and checks that tags close."""

    def __init__(self):
        super().__init__()
        self.outside, self.open, self.crossed = [], [], []

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.outside += [told[name] for name in ("src", "href", "xlink:href") if name in told]
        self.outside += [tag] if tag in ("script", "link", "iframe", "img", "object") else []
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)


def text(page):
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_blanks(language):
    one, other = (json.loads((files("shoplib.privacy") / "texts" / f"{name}.json").read_text("utf-8"))
                  for name in ("en", language))  # fmt: skip
    assert one.keys() == other.keys()
    assert {key: sorted(BLANK.findall(said)) for key, said in one.items()} == {
        key: sorted(BLANK.findall(said)) for key, said in other.items()
    }
    assert all(said.strip() == said and said for said in other.values())
    if language == "hi":
        assert all(re.search("[\u0900-\u097f]", said) for said in other.values())


@pytest.mark.parametrize("mode", ["count", "session", "recognise"])
def test_every_sheet_is_a_whole_page_that_needs_nothing_else(mode):
    sheets = notices.written(scenario({"mode": mode}))
    kinds = ["consent", "notice", "schedule"] if mode == "recognise" else ["notice", "schedule"]
    assert sorted(sheets) == [f"{kind}_{language}.html" for kind in kinds for language in LANGUAGES]
    for page in sheets.values():
        tags = Tags()
        tags.feed(page)
        assert (tags.outside, tags.open, tags.crossed) == ([], [], [])
        assert re.findall(r"url\(.{5}", page) in ([], ['url("data'])
        assert "{" not in text(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_notice_says_what_stands_in_the_settings(language):
    said = text(notices.notice(scenario(), language))
    for name in ("purpose", "legal_basis", "notice", "contact"):
        assert PRIVACY[name] in said
    assert "Sand Café" in said
    assert Words(language)("kept_after_seen", days=Words(language).days(30)).split()[0] in said
    assert Words(language).days(400) in said


def test_what_the_settings_hold_cannot_break_the_page():
    page = notices.notice(
        scenario({"purpose": 'Tables & "chairs" > people at 5 < 6', "contact": "Mira & Sons <m@sand.co>"}), "en"
    )
    assert "Mira &amp; Sons &lt;m@sand.co&gt;" in page
    assert "5 &lt; 6" in page
    tags = Tags()
    tags.feed(page)
    assert tags.crossed == []


def steps(mode, language="en", **privacy):
    told = scenario({"mode": mode, **privacy})
    return {step.title: step.kept for step in flow.steps(told.cameras, told.privacy, Words(language))}


def test_the_picture_follows_the_mode():
    assert steps("count") == {
        "Camera": "not kept", "A face is found": "not kept", "Visits are counted": "400 days",
        "The shop’s page": "sums only",
    }  # fmt: skip
    assert steps("session") == {
        "Camera": "not kept", "A face is found": "not kept", "The face becomes numbers": "not kept",
        "Told apart within one day": "until the day has been read", "Visits": "400 days",
        "The shop’s page": "sums only",
    }  # fmt: skip
    assert steps("recognise", crops_days=1) == {
        "Camera": "not kept", "A face is found": "not kept", "The face becomes numbers": "not kept",
        "Compared with those who agreed": "not kept",
        "Encrypted record of those who agreed": "30 days after your last visit",
        "Pictures of faces for a check by a person": "1 day", "Visits": "400 days", "The shop’s page": "sums only",
    }  # fmt: skip
    assert "Pictures of faces for a check by a person" not in steps("recognise", crops_days=0)


def test_the_picture_names_the_models_and_cameras_in_force():
    clips = [{"path": f"{at}.mp4", "starts": "2026-03-01T09:00:00", "camera": f"door {at % 2}"} for at in range(4)]
    told = scenario(cameras={"footage": {"kind": "recorded", "clips": clips}, "min_face_px": 48, "looks_a_second": 4.5})
    said = " ".join(step.more for step in flow.steps(told.cameras, told.privacy, Words("en")))
    assert "2 cameras · 4.5 looks a second" in said
    assert "YuNet · narrower than 32 pixels" in said
    assert "dlib ResNet" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_the_picture_is_wider_than_its_box(language):
    told = scenario()
    drawn = flow.picture(told.cameras, told.privacy, Words(language))
    for size, line in re.findall(r'font-size="([\d.]+)"[^>]*>([^<]+)</text>', drawn):
        wide = flow._wide(unescape(line)) * float(size) * flow.EM
        assert wide <= flow.LEFT


def test_the_narrowest_face_told_is_the_narrowest_that_is_compared():
    from shoplib.faces.footage import quality

    assert flow.NARROWEST_PX == quality.JOIN_PX


def test_another_term_purpose_or_contact_is_another_version():
    before = notices.version(scenario())
    assert re.fullmatch("[0-9a-f]{12}", before)
    for change in ({"embeddings_days": 31}, {"visits_days": 399}, {"purpose": "Counting who comes back to us"},
                   {"contact": "Ravi, at the till"}, {"notice": PRIVACY["notice"] + " Thank you."}):  # fmt: skip
        assert notices.version(scenario(change)) != before
    assert notices.version(scenario(cameras={"visit_gap_s": 30})) == before


def test_the_version_stands_on_the_form():
    assert f"Version {notices.version(scenario())}" in notices.form(scenario(), "en")


def test_a_sheet_with_blanks_is_not_made():
    with pytest.raises(ConfigError) as caught:
        notices.written(
            scenario({"mode": "count", "purpose": "", "notice": "To be written…", "embeddings_days": None}, "The shop")
        )
    assert str(caught.value) == (
        "The sheets cannot be filled from this scenario\n"
        "  privacy.purpose is not set; write what faces are told apart for, as you would tell a customer\n"
        "  privacy.notice holds a placeholder, '…'; write what the sign at the door says, in sentences\n"
        "  shop.name is not set; write the name people know the shop by\n"
        "  where   sand\n"
        "  next    write these into the scenario and run the same command again; nothing was written"
    )


def test_nobody_is_asked_for_consent_where_nobody_is_known_again():
    with pytest.raises(ConfigError) as caught:
        notices.form(scenario({"mode": "session"}), "en")
    assert str(caught.value) == (
        "Consent is for people who can be recognised\n"
        "  where   sand\n"
        "  found   privacy.mode: session\n"
        "  wanted  privacy.mode: recognise\n"
        "  next    in this mode nobody is known again, so nobody is asked; the notice at the door is enough"
    )


def test_rendered_people_need_the_mode_alone():
    drawn = scenario({"purpose": ""}, cameras={"footage": {"kind": "simulated"}})
    notices.for_consent(drawn)
    with pytest.raises(ConfigError, match=r"privacy\.purpose is not set"):
        notices.ready(drawn)


def test_a_scope_given_is_printed_on_the_form():
    assert "the corner table" in notices.form(scenario(), "en", "the corner table")
