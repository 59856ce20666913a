"""``shoplib faces enrol`` and ``shoplib consents``, as a person uses them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

import shoplib
from shoplib import cli
from shoplib.faces.identity.gallery import Gallery
from shoplib.privacy import consent
from shoplib.store.keyring import open_keyring

DRAWN = Path(shoplib.__file__).parent / "simulate/cctv/people"
SCENARIO = """name: sand
shop: {name: Sand Café}
ingest: {sources: [{kind: csv, name: till, path: till.csv, mapping: m.yaml}]}
cameras: {footage: {kind: recorded, clips: [{path: a.mp4, starts: 2026-03-01T09:00:00}]}}
privacy:
  mode: recognise
  purpose: Keeping the usual table of members of our club
  legal_basis: Explicit consent, Art. 9(2)(a) GDPR
  notice: A camera at the door recognises members of our club who signed for it. Ask at the till.
  contact: Mira Sand, at the till
  embeddings_days: 30
"""
ANN = ["p201_a_f0", "p201_a_l15", "p201_a_r15"]
BEN = ["p202_a_f0", "p202_a_l15"]


class Shop:
    """A workbook with one scenario, and what is said there."""

    def __init__(self, root, capsys):
        self.root, self._capsys = root, capsys
        self.private = root / "data/private/sand"

    def __call__(self, *words):
        """Return exit code and what was said of a command."""
        code = cli.main(words)
        said = self._capsys.readouterr()
        return code, (said.err or said.out).replace(str(DRAWN) + "/", "")

    def enrol(self, name, photos, *more):
        """Enrol somebody by drawn photos."""
        files = [str(DRAWN / f"{photo}.webp") for photo in photos]
        return self("faces", "enrol", name, *files, "--scenario", "sand", "--scope", "keep my table", *more)

    def write(self, old="", new=""):
        """Write the scenario with a change."""
        (self.root / "params/sand.yaml").write_text(SCENARIO.replace(old, new), encoding="utf-8")


@pytest.fixture
def shop(tmp_path, monkeypatch, capsys):
    """Return a shop; the keys of its people lie in a folder of the test."""
    root = tmp_path / "work"
    (root / "params").mkdir(parents=True)
    (root / "run_all.py").touch()
    (root / "params/m.yaml").write_text("rows: line\nfields: {timestamp: When, product_id: What, unit_price: Price}\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "keys"))
    made = Shop(root, capsys)
    made.write()
    return made


def test_a_person_is_enrolled_once_and_nothing_but_numbers_and_name_is_kept(shop):
    code, said = shop.enrol("Ann Ålund", ANN, "--channel", "screen")
    assert code == 0
    assert re.fullmatch(
        "F0001 enrolled from 3 photos; agreed to the text [0-9a-f]{12}: keep my table\n"
        "the photos were not kept; delete them if nothing else needs them\n", said)  # fmt: skip
    kept = sorted(path.name for path in shop.private.rglob("*") if path.is_file() and not path.name.startswith("."))
    assert kept == ["F0001.vault", "consents.csv", "state.json", "vault.json"]
    assert not [
        path for path in shop.root.parent.rglob("*") if path.is_file() and "Ålund".encode() in path.read_bytes()
    ]
    gallery = Gallery.open(shop.private / "gallery", open_keyring("sand", {}, "SHOPLIB_FACES_KEY"))
    (piece,) = gallery.record("F0001")["pieces"]
    assert (piece["name"], len(piece["prints"])) == ("Ann Ålund", 3)
    assert [(event.key, event.channel) for event in consent.history(shop.private)] == [("F0001", "screen")]

    code, said = shop.enrol("Ann again", ["p201_b_f0", "p201_b_l15"])
    assert code == 2
    away = re.search(r"F0001, (0\.\d\d) away", said)
    assert away
    assert said == (
        "This person is known already\n"
        f"  found   F0001, {away[1]} away\n"
        "  wanted  somebody at least 0.54 away from everybody known (cameras.max_distance)\n"
        "  next    for a new consent:  shoplib consents give sand F0001 --scope TEXT ; "
        "nothing was kept of these photos\n"
    )
    assert shop.enrol("Ben", BEN)[1].startswith("F0002 enrolled from 2 photos")
    assert consent.valid(shop.private) == {"F0001", "F0002"}


def test_every_photo_that_will_not_do_is_named(shop):
    (shop.root / "note.txt").write_text("no photo")
    photos = [str(DRAWN / f"p201_a_{view}.webp") for view in ("f0", "back", "p90")]
    words = [*photos, "note.txt", "gone.webp", "--scenario", "sand", "--scope", "table"]
    code, said = shop("faces", "enrol", "Ann", *words)
    assert code == 2
    assert said == (
        "Nobody was enrolled: not every photo shows one good face\n"
        "  p201_a_back.webp: no face\n"
        "  p201_a_p90.webp: the face is too small, blurred or turned away\n"
        "  note.txt: not a photo: JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000\n"
        "  gone.webp: cannot be opened: No such file or directory\n"
        "  wanted  one person, from the front, in good light, the face at least 32 pixels wide\n"
        "  next    leave these photos out or take them again; nothing was kept\n"
    )
    assert not shop.private.exists()


def test_a_photo_of_somebody_else_is_named(shop):
    code, said = shop.enrol("Ann", [*ANN, "p202_a_f0"])
    assert code == 2
    assert re.fullmatch(
        "Nobody was enrolled: the photos do not show the same person\n"
        r"  p202_a_f0\.webp: 0\.\d\d away from half of the others" "\n"
        r"  wanted  at most 0\.54 \(cameras\.max_distance\)" "\n"
        "  next    leave these photos out or take them again; nothing was kept\n", said)  # fmt: skip
    assert not shop.private.exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("mode: recognise", "mode: count", "Consent is for people who can be recognised"),
        ("  contact: Mira Sand, at the till\n", "", "privacy.contact  is not set"),
        ("embeddings_days: 30", "embeddings_days: 2000", "privacy.embeddings_days"),
    ],
)
def test_without_mode_and_reasons_nobody_is_enrolled(shop, old, new, said):
    shop.write(old, new)
    code, refusal = shop.enrol("Ann", ANN)
    assert code == 2
    assert said in refusal
    assert not shop.private.exists()


@pytest.mark.parametrize("name", ["", " \n", "a\u202eb", "x" * 101])
def test_what_is_no_name_is_refused(shop, name):
    code, said = shop.enrol(name, ANN)
    assert code == 2
    assert said.startswith("This cannot be a name\n  where   NAME\n")


def test_rendered_people_can_be_enrolled_without_reasons(shop):
    shop.write(SCENARIO[SCENARIO.index("cameras:") :],
               "cameras: {footage: {kind: simulated}}\nprivacy: {mode: recognise}\n")  # fmt: skip
    code, said = shop.enrol("Ann", ANN[:1])
    assert (code, said[:5]) == (0, "F0001")
    assert (shop.root / "outputs/sand/private/consents.csv").is_file()


@pytest.fixture
def enrolled(shop):
    """Return the shop with a record under F0001 and no consent yet."""
    import numpy as np

    gallery = Gallery.open(shop.private / "gallery", open_keyring("sand", {}, "SHOPLIB_FACES_KEY"))
    gallery.enrol(np.ones((1, 128)), dt.date(2026, 3, 1))
    return shop


def test_consents_are_given_listed_and_withdrawn(enrolled):
    assert enrolled("consents", "list", "sand")[1].startswith("0 consents of 0 to the text of today, ")
    code, said = enrolled("consents", "give", "sand", "F0001", "--scope", "keep my table")
    assert code == 0
    assert re.fullmatch(r"F0001 agreed on \d{4}-\d\d-\d\d to the text [0-9a-f]{12}: keep my table\n", said)
    assert "  holds  keep my table\n1 consent of 1 to the text of today" in enrolled("consents", "list", "sand")[1]
    enrolled.write("embeddings_days: 30", "embeddings_days: 60")
    assert "  another text: ask again  keep my table\n0 consents of 1" in enrolled("consents", "list", "sand")[1]
    assert enrolled("consents", "withdraw", "sand", "F0001") == (
        0,
        "F0001 withdrew; from the next run on nobody is compared with this person\n"
        "what is kept is still there; to erase it: shoplib privacy erase sand F0001\n",
    )
    assert re.search(r"  withdrawn \d{4}-\d\d-\d\d  keep my table\n", enrolled("consents", "list", "sand")[1])
    assert consent.valid(enrolled.private) == frozenset()


def test_nobody_agrees_who_is_not_enrolled(enrolled):
    assert enrolled("consents", "give", "sand", "F0002", "--scope", "keep my table") == (
        2,
        "Nobody is kept under this key\n"
        f"  where   {enrolled.private}\n"
        "  found   'F0002'\n"
        "  wanted  the key of a person who is enrolled\n"
        "  next    shoplib faces enrol NAME PHOTO … --scenario sand --scope TEXT\n",
    )


def test_sheets_and_assessment_are_written(shop):
    code, said = shop("consents", "notice", "sand", "--out", "sheets")
    assert code == 0
    assert len(list((shop.root / "sheets").glob("*.html"))) == 9
    assert "hang up at eye level" in said
    assert shop("consents", "assessment", "sand", "--out", "dpia")[0] == 3
    code, said = shop("consents", "assessment", "sand", "--out", "dpia", "--accept", "Mira Sand, owner")
    assert (code, "Accepted by Mira Sand, owner on " in said) == (0, True)
    shop.write("embeddings_days: 30", "embeddings_days: 60")
    code, said = shop("consents", "assessment", "sand", "--out", "dpia")
    assert (code, said.splitlines()[-1]) == (3, "  privacy.embeddings_days: 30 → 60")


def test_the_channels_offered_are_those_that_can_be_written():
    from shoplib.cli import consents

    assert consents.CHANNELS == consent.CHANNELS
