"""``shoplib privacy`` as a shop owner uses it."""

import pytest

from shoplib import cli
from shoplib.store.keyring import open_keyring


@pytest.fixture
def here(shop, monkeypatch):
    """The shop, with the folder of keys where the command looks for it."""
    monkeypatch.chdir(shop.holdings.root)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(shop.holdings.root.parent))
    monkeypatch.delenv("SHOPLIB_FACES_KEY", raising=False)
    assert open_keyring("kiosk", {}, "K").folder == shop.keys.folder
    return shop


def test_status_says_what_is_kept_and_names_nobody(here, capsys):
    assert cli.main(["privacy", "status", "kiosk"]) == 0
    said = capsys.readouterr().out
    assert "mode       recognise\n" in said
    assert "basis      explicit consent\n" in said
    assert "numbers    3 people; next to go on 31 Mar 2026: 1\n" in said
    assert f"fingerprint {here.keys.fingerprint()}" in said
    assert "consents   3 in force, 0 withdrawn" in said
    assert "F000" not in said
    assert "missing" not in said


def test_a_purge_as_of_a_day(here, capsys):
    assert cli.main(["privacy", "purge", "kiosk", "--as-of", "2026-04-01"]) == 0
    assert "gone: 2 people's numbers, with their keys\n" in capsys.readouterr().out
    assert here.gallery.vault.names() == ["F0003"]


def test_an_export_and_then_an_erasure(here, capsys, tmp_path):
    assert cli.main(["privacy", "export", "kiosk", "F0002", "--out", str(tmp_path / "out")]) == 0
    assert "person.html" in capsys.readouterr().out
    assert cli.main(["privacy", "erase", "kiosk", "F0002", "--yes"]) == 0
    said = capsys.readouterr()
    assert "CERTIFICATE OF ERASURE" in said.out
    assert "the footage itself was not touched" in said.out
    assert said.err == ""
    assert here.gallery.vault.names() == ["F0001", "F0003"]


def test_what_is_left_ends_with_1(here, capsys):
    (here.holdings.private / "hand_counts.csv").write_text("F0002")
    assert cli.main(["privacy", "erase", "kiosk", "F0002", "--yes"]) == 1
    assert capsys.readouterr().err == "still holds the person: hand_counts.csv\n"


def test_a_torn_record_is_erased_all_the_same(here, capsys):
    (here.holdings.gallery / "F0002.vault").write_bytes(b"SHOPLIB1 torn")
    assert cli.main(["privacy", "erase", "kiosk", "F0002", "--yes"]) == 0
    assert "the record cannot be opened" in capsys.readouterr().err


def test_everybody(here, capsys):
    assert cli.main(["privacy", "erase", "kiosk", "--everybody", "--yes"]) == 0
    assert "person       everybody" in capsys.readouterr().out
    assert here.gallery.vault.names() == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["erase", "kiosk", "F0002"],
            "Nothing was erased\n  found   nobody said yes\n  wanted  yes, typed at the question\n",
        ),
        (["erase", "kiosk"], "Say whom to erase\n  found   nobody\n"),
        (["erase", "kiosk", "F0002", "--everybody"], "Say whom to erase\n  found   both a key and --everybody\n"),
        (["status", "epos"], "This scenario has no cameras\n  where   epos\n"),
    ],
)
def test_what_is_refused(here, capsys, words, said):
    assert cli.main(["privacy", *words]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert here.gallery.vault.names() == ["F0001", "F0002", "F0003"]
