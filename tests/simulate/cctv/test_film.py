"""The clip on disk: the same bytes each time, and the truth beside it."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.errors import StoreError
from shoplib.simulate.cctv import film
from shoplib.store import files


def test_equal_settings_give_equal_bytes_and_another_seed_others(small, tmp_path):
    digests = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        film.film(small(), "Asia/Kolkata", seed, tmp_path / name)
        digests.append(files.sha256_tree(tmp_path / name))
    assert digests[0] == digests[1]
    assert set(digests[0]) == {"footage.mp4", "truth/visits.parquet", "truth/faces.parquet", "SIMULATED.txt"}
    assert digests[0]["footage.mp4"] != digests[2]["footage.mp4"]


def test_the_truth_is_in_utc_and_on_disk(small, tmp_path):
    made = film.film(small(), "Asia/Kolkata", 5, tmp_path)
    assert made.starts == dt.datetime(2024, 4, 28, 4, 30, tzinfo=dt.UTC)
    assert made.visits["enters"].min() >= made.starts
    assert made.visits["leaves"].max() <= made.starts + dt.timedelta(seconds=12)
    assert made.visits["person"].nunique() == 3
    assert (made.faces["person"].to_numpy() == made.visits["person"].to_numpy()[made.faces["visit"]]).all()
    assert made.faces["frame"].between(0, 35).all()
    assert made.faces["occluded_share"].between(0, 0.9999).all()
    stored = pd.read_parquet(tmp_path / "truth" / "faces.parquet")
    pd.testing.assert_frame_equal(stored, made.faces)
    visits = pd.read_parquet(tmp_path / "truth" / "visits.parquet")
    assert visits["enters"].tolist() == made.visits["enters"].tolist()


def test_nobody_coming_leaves_an_empty_truth(small, tmp_path):
    made = film.film(small(visits=0, people=0), "Europe/London", 1, tmp_path)
    assert made.faces.empty
    assert made.visits.empty
    assert list(made.visits) == ["visit", "person", "outfit", "enters", "leaves"]
    assert made.path.stat().st_size > 1_000


def test_a_folder_that_cannot_be_written_is_said(small, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(StoreError) as caught:
        film.film(small(), "Europe/London", 1, tmp_path / "taken")
    assert str(caught.value) == (
        "The simulated footage could not be written\n"
        f"  where   {tmp_path / 'taken'}\n"
        "  found   Not a directory\n"
        "  wanted  a folder that can be written, with room for about 10 MB a minute\n"
        "  next    free the folder or give another, then run again"
    )
