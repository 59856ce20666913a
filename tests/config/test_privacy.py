"""Real people are told apart only where the reasons are written down; every missing one is told at once."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.config.privacy import NEEDED, Privacy, fault, purpose_is_real

REAL = {
    "purpose": "Telling guests of our loyalty club that their usual table is free",
    "legal_basis": "Explicit consent, Art. 9(2)(a) GDPR",
    "notice": "A camera at the door recognises members of our club who have signed for it. Ask at the till.",
    "contact": "Mira Sand, at the till or privacy@sandcafe.co.uk",
    "embeddings_days": 30,
}
IN_HINDI = {
    "purpose": "दुकान में दोबारा आने वाले ग्राहकों की गिनती करना",
    "legal_basis": "स्पष्ट सहमति (डीपीडीपी अधिनियम 2023, धारा 6)",
    "notice": "दरवाज़े पर कैमरा लगा है। जिन्होंने लिखित सहमति दी है, केवल उन्हीं को पहचाना जाता है।",
    "contact": "मालिक रवि, काउंटर पर, +91 40 2765 8812",
    "embeddings_days": 30,
}
IN_INDONESIAN = {
    "purpose": "Menghitung pelanggan yang datang kembali ke toko",
    "legal_basis": "Persetujuan eksplisit (UU PDP No. 27 Tahun 2022, Pasal 20)",
    "notice": "Kamera di pintu mengenali pelanggan yang telah memberi persetujuan tertulis. Tanyakan di kasir.",
    "contact": "Ibu Sari, kasir, 0812 5550 7781",
    "embeddings_days": 30,
}
CAMERA = "cameras:\n  footage: {kind: recorded, clips: [{path: a.mp4, starts: 2026-03-01T09:00:00}]}\n"
DRAWN = "cameras:\n  footage: {kind: simulated}\n"


def section(mode="recognise", **values):
    lines = [f"  mode: {mode}", *(f"  {name}: {value!r}" for name, value in values.items())]
    return "\n".join(["privacy:", *lines, ""])


def test_every_missing_reason_is_told_at_once_with_what_to_write(folder):
    folder.more(CAMERA + section())
    assert folder.refusal() == (
        "<here>/corner.yaml is not a valid scenario (5 problems)\n"
        "  line 7  privacy.purpose          is not set; write what faces are told apart for, as you would tell a "
        "customer (privacy.mode recognise on real footage needs it)\n"
        "  line 7  privacy.legal_basis      is not set; write what allows it under the law of your country, such as "
        "explicit consent, with the article (privacy.mode recognise on real footage needs it)\n"
        "  line 7  privacy.notice           is not set; write what the sign at the door says, in sentences "
        "(privacy.mode recognise on real footage needs it)\n"
        "  line 7  privacy.contact          is not set; write whom people ask to see or erase what is kept of them, "
        "and how they reach them (privacy.mode recognise on real footage needs it)\n"
        "  line 7  privacy.embeddings_days  is not set; write after how many days without a visit the numbers of a "
        "face are erased, 1 to 1095 (privacy.mode recognise on real footage needs it)\n"
        "  next    mend these and run the same command again; nothing was started"
    )


@pytest.mark.parametrize("mode", ["session", "recognise"])
@pytest.mark.parametrize("left_out", NEEDED)
def test_no_reason_can_be_left_out(folder, mode, left_out):
    folder.more(CAMERA + section(mode, **{name: value for name, value in REAL.items() if name != left_out}))
    (problem,) = folder.problems()
    assert f"privacy.{left_out}" in problem
    assert "is not set; write " in problem
    assert f"privacy.mode {mode} on real footage needs it" in problem


@pytest.mark.parametrize("texts", [REAL, IN_HINDI, IN_INDONESIAN], ids=["English", "Hindi", "Indonesian"])
@pytest.mark.parametrize("mode", ["session", "recognise"])
def test_real_reasons_are_taken_in_any_language(folder, texts, mode):
    folder.more(CAMERA + section(mode, **texts))
    assert folder.load().privacy.mode == mode


def test_an_override_cannot_turn_recognition_on_without_reasons(folder):
    folder.more(CAMERA)
    assert folder.load().privacy.mode == "count"
    assert len(folder.problems("privacy.mode=recognise")) == len(NEEDED)


def test_without_a_mode_nobody_is_told_apart_and_nothing_is_needed(folder):
    folder.more(CAMERA)
    assert folder.load().privacy.mode == "count"


def test_rendered_people_need_no_reasons(folder):
    folder.more(DRAWN + section())
    assert folder.load().privacy.missing() == list(NEEDED)


PLACEHOLDERS = [
    "TODO: ask the lawyer about this one", "tbd tbd tbd tbd tbd tbd tbd", "To be said later...", "To be said later…",
    "<the purpose of the shop>", "Recognition at [shop name] of guests", "We look at {purpose} of the shop",
    "Lorem ipsum dolor sit amet consectetur", "your purpose goes here, dear owner", "write the purpose here, please",
    "XXXX will be told by the owner of it", "placeholder until the owner tells", "fill this in before the start",
    "change me before the first customer", "____________ of the shop at the door", "Isi di sini sebelum toko dibuka",
    "Kamera di Nama Toko mengenali pelanggan", "यहाँ लिखें कि कैमरा किस लिए है", "आपकी दुकान का उद्देश्य यही है",
    "mail@example.com is where to ask us", "asdfasdf of the shop and so on", "purpose purpose purpose purpose purpose",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "..............................................", "n/a",
    "none", "Test", "-", "?", "no",
]  # fmt: skip


@pytest.mark.parametrize("name", [name for name in NEEDED if name != "embeddings_days"])
@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_no_placeholder_is_a_reason(name, text):
    assert Privacy(**{**REAL, name: text}).missing() == [name]


@pytest.mark.parametrize("name", [name for name in NEEDED if name != "embeddings_days"])
@pytest.mark.parametrize("blank", ["", " ", "\n\t ", "\u00a0"])
def test_blanks_are_no_reason(name, blank):
    assert Privacy(**{**REAL, name: blank}).lacking()[0][1].startswith("is not set; write ")


@pytest.mark.parametrize("name", [name for name in NEEDED if name != "embeddings_days"])
def test_the_words_of_the_settings_page_and_of_the_error_are_no_reason(name):
    told = Privacy.model_fields[name].description, Privacy().lacking()[NEEDED.index(name)][1].partition("; ")[2]
    for text in (name, name.replace("_", " "), *told):
        assert fault(name, text)


@pytest.mark.parametrize("text", ["outback, todos los metodos", "Foobars of the barbecue kiosk", "A test of the doors"])
def test_words_that_hold_a_placeholder_are_words(text):
    assert purpose_is_real(text)


def test_an_address_in_angle_brackets_is_an_address():
    assert not fault("contact", "Mira Sand <mira@sandcafe.co.uk>")


@pytest.mark.parametrize("days", [0, -1, 1096, 10**9])
def test_days_out_of_bounds_are_refused(folder, days):
    folder.more(CAMERA + section(**{**REAL, "embeddings_days": days}))
    assert "privacy.embeddings_days" in folder.problems()[0]


@given(st.text())
def test_any_text_is_judged_without_a_fault(text):
    assert purpose_is_real(text) == (not fault("purpose", text))


@given(st.text(alphabet=string.punctuation + " "))
def test_marks_alone_are_no_purpose(text):
    assert not purpose_is_real(text)
