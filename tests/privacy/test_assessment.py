"""The assessment is filled from the settings, holds for exactly those, and is reopened by a change."""

import datetime as dt
import json
import re
from html import unescape

import pytest

from shoplib.config.models import Scenario
from shoplib.errors import ConfigError, StoreError
from shoplib.privacy import assessment

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def scenario(mode="recognise", clips=("a.mp4",), camera="door", cameras=None, **privacy):
    footage = {"kind": "recorded", "clips": [
        {"path": path, "starts": "2026-03-01T09:00:00", "camera": camera} for path in clips]}  # fmt: skip
    reasons = {
        "purpose": "Keeping the usual table of members of our club", "legal_basis": "Explicit consent, Art. 9(2)(a)",
        "notice": "A camera at the door recognises members of our club who signed for it. Ask at the till.",
        "contact": "Mira Sand, at the till", "embeddings_days": 30,
    }  # fmt: skip
    return Scenario.model_validate(
        {
            "name": "sand",
            "shop": {"name": "Sand Café"},
            "ingest": {"sources": [{"kind": "csv", "name": "till", "path": "till.csv", "mapping": "m.yaml"}]},
            "cameras": {"footage": footage, **(cameras or {})},
            "privacy": {"mode": mode, **reasons, **privacy},
        }
    )


def text(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))).split())


def test_nobody_has_signed_for_a_new_assessment(tmp_path):
    assert assessment.standing(scenario(), tmp_path) == (
        False, "Not accepted yet: nobody has signed for these settings.", [],
    )  # fmt: skip


def test_what_was_accepted_holds_for_the_same_settings(tmp_path):
    assessment.accept(scenario(), tmp_path, "  Mira Sand,\n owner ", NOON)
    assert assessment.standing(scenario(), tmp_path) == (
        True, "Accepted by Mira Sand, owner on 2026-03-01, for exactly these settings.", [],
    )  # fmt: skip


def test_a_change_reopens_it_and_is_shown(tmp_path):
    assessment.accept(scenario(), tmp_path, "Mira Sand", NOON)
    changed = scenario(embeddings_days=90, cameras={"max_distance": 0.5})
    found = assessment.standing(changed, tmp_path)
    assert found == (
        False,
        "Reopened: 2 settings changed since Mira Sand accepted on 2026-03-01. Judge anew what the change means, "
        "then accept again.",
        [("cameras.max_distance", "0.54", "0.5"), ("privacy.embeddings_days", "30", "90")],
    )
    page = assessment.assessment(changed, tmp_path)
    assert "What changed Setting Before Now cameras.max_distance 0.54 0.5 privacy.embeddings_days 30 90" in text(page)
    assert page.count('<tr class="changed">') == 2
    assessment.accept(changed, tmp_path, "Mira Sand", NOON + dt.timedelta(days=1))
    assert assessment.standing(changed, tmp_path).accepted
    assert not assessment.standing(scenario(), tmp_path).accepted
    assert len(json.loads((tmp_path / assessment.FILE).read_text())) == 2


def test_another_kind_of_footage_or_mode_is_told_setting_by_setting(tmp_path):
    assessment.accept(scenario(), tmp_path, "Mira Sand", NOON)
    names = [change.setting for change in assessment.standing(scenario("session", camera="till"), tmp_path).changes]
    assert names == ["cameras.footage.cameras", "privacy.mode"]


def test_new_footage_of_the_same_camera_reopens_nothing(tmp_path):
    assessment.accept(scenario(), tmp_path, "Mira Sand", NOON)
    again = scenario(clips=("a.mp4", "b.mp4"), cameras={"chunk_s": 60, "staff": {"keys": ["F0001"]}})
    assert assessment.standing(again, tmp_path).accepted


def test_a_name_is_needed_to_accept(tmp_path):
    with pytest.raises(ConfigError) as caught:
        assessment.accept(scenario(), tmp_path, " ", NOON)
    assert str(caught.value) == (
        "An assessment is accepted by a person\n  where   --accept\n  found   ' '\n"
        "  wanted  name and role, such as  --accept 'Mira Sand, owner'"
    )


@pytest.mark.parametrize("damage", [("30", "31"), ('"by"', '"who"'), ("[\n {", "{\n {"), ("[\n {", "[1, {")])
def test_a_record_that_was_edited_is_not_believed(tmp_path, damage):
    assessment.accept(scenario(), tmp_path, "Mira Sand", NOON)
    path = tmp_path / assessment.FILE
    assert damage[0] in path.read_text()
    path.write_text(path.read_text().replace(*damage))
    with pytest.raises(StoreError):
        assessment.standing(scenario(), tmp_path)


def test_what_an_edited_record_says(tmp_path):
    (tmp_path / assessment.FILE).write_text("{}")
    with pytest.raises(StoreError) as caught:
        assessment.standing(scenario(), tmp_path)
    assert str(caught.value) == (
        "The record of what was accepted is not as it was written\n"
        f"  where   {tmp_path}/accepted.json\n"
        "  found   settings that do not belong to their digest\n"
        "  wanted  the file as  --accept  wrote it\n"
        "  next    put it back from a copy, or take it away and accept anew"
    )


@pytest.mark.parametrize(("mode", "risks"), [("count", 4), ("session", 8), ("recognise", 11)])
def test_each_mode_has_its_risks_and_the_record_its_rows(tmp_path, mode, risks):
    sheets = assessment.written(scenario(mode), tmp_path)
    assert sorted(sheets) == ["assessment.html", "processing.html"]
    part = sheets["assessment.html"].partition('<section class="risks">')[2].partition("</section>")[0]
    assert part.count("<tr>") == risks + 1
    for page in sheets.values():
        assert "{" not in text(page)
        assert "Keeping the usual table of members of our club" in text(page)
        assert "Mira Sand, at the till" in text(page)
    assert "Time limits" in sheets["processing.html"]


def test_the_same_settings_give_the_same_bytes(tmp_path):
    assert assessment.written(scenario(), tmp_path) == assessment.written(scenario(), tmp_path)


def test_an_assessment_with_blanks_is_not_made(tmp_path):
    with pytest.raises(ConfigError, match=r"privacy\.contact is not set"):
        assessment.written(scenario("count", contact=""), tmp_path)
