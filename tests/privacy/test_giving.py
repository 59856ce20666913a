"""A person gets all that is kept of them, and nothing of anybody else."""

import json
import os

import numpy as np
import pandas as pd
import pytest

from shoplib.errors import StoreError
from shoplib.privacy import giving
from shoplib.store import searching


def give(shop, out, key="F0001"):
    record = shop.gallery.record(key) if key in shop.gallery.vault.names() else None
    return giving.give(shop.holdings, key, out, shop.now, record=record)


def test_everything_of_a_person_is_there(shop, tmp_path):
    written = give(shop, tmp_path / "out", "F0003")
    assert [path.name for path in written] == [
        "face_customers.csv", "footage_visits.csv", "person.html", "person.json", "prints.csv", "sightings.csv",
    ]  # fmt: skip
    whole = json.loads((tmp_path / "out" / "person.json").read_text())
    assert [len(rows) for rows in whole["tables"].values()] == [1, 1, 2]
    assert whole["record"]["pieces"][0]["prints"] == 3
    assert [line["key"] for line in whole["consents"]] == ["F0003"]
    assert whole["corrections"] == [line for line in whole["corrections"] if line.endswith("ignore F0003")] != []
    assert pd.read_csv(tmp_path / "out" / "footage_visits.csv")["visit_id"].tolist() == ["V0003"]
    prints = np.loadtxt(tmp_path / "out" / "prints.csv", delimiter=",")
    assert np.allclose(prints, shop.kept("F0003"), atol=1e-8)


def test_nothing_of_others_is_there(shop, tmp_path):
    give(shop, tmp_path / "out")
    assert searching.scan(tmp_path / "out", searching.needles(words=["F0002", "F0003"])).found == ()
    others = np.vstack([shop.kept("F0002"), shop.kept("F0003")])
    assert searching.scan(tmp_path / "out", searching.needles(prints=others)).found == ()
    assert searching.scan(tmp_path / "out", searching.needles(prints=shop.kept("F0001"))).found == ("prints.csv",)


def test_the_page_tells_each_field_and_how_it_was_found(shop, tmp_path):
    give(shop, tmp_path / "out")
    page = (tmp_path / "out" / "person.html").read_text()
    for told in ("key of the person, no name", "first sighting", "how sure the detector is", "explicit consent",
                 "telling how often people come back", "longer than 20 seconds", "nearer than 0.54",
                 "30 days after the last visit", "Average distance between two of them", "2026-03-01"):  # fmt: skip
        assert told in page


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_the_files_are_their_owners_alone(shop, tmp_path):
    assert {path.stat().st_mode & 0o777 for path in give(shop, tmp_path / "out")} == {0o600}


def test_a_person_without_numbers_gets_the_rest(shop, tmp_path):
    shop.gallery.vault.remove("F0001")
    assert "prints.csv" not in [path.name for path in give(shop, tmp_path / "out")]
    assert "No such numbers are kept of you." in (tmp_path / "out" / "person.html").read_text()


def test_a_folder_with_something_in_it_is_refused(shop, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("")
    with pytest.raises(StoreError) as refused:
        give(shop, tmp_path / "out")
    assert str(refused.value) == (
        "The folder is not empty\n"
        f"  where   {tmp_path / 'out'}\n"
        "  wanted  a new or empty folder\n"
        "  next    name another with --out; nothing was written"
    )


def test_a_key_nobody_has_is_refused(shop, tmp_path):
    with pytest.raises(StoreError) as refused:
        give(shop, tmp_path / "out", "F0009")
    assert str(refused.value) == (
        "Nothing is kept under this key\n"
        "  where   kiosk\n"
        "  found   F0009\n"
        "  wanted  a key such as F0003 from the pages of a run\n"
        "  next    ask for the day and hour of a visit and look it up in footage_visits"
    )
    assert not (tmp_path / "out").exists()
