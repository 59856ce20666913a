"""Clips on disk: the same bytes each time, and the truth beside them."""

from __future__ import annotations

import datetime as dt

import av
import pandas as pd
import pytest

from shoplib.errors import SourceError, StoreError
from shoplib.simulate.cctv import film, reel, truth
from shoplib.store import files

NAME = "2024-04-28 1000"


def _frames(path):
    with av.open(str(path)) as clip:
        return [(frame.time, frame.key_frame, frame.to_ndarray(format="gray")) for frame in clip.decode(video=0)]


def test_equal_settings_give_equal_bytes_whatever_the_workers_and_another_seed_others(small, tmp_path):
    clip, digests = small(days=2), []
    for name, workers in (("one", 1), ("two", 2)):
        film.film(clip, "Asia/Kolkata", 5, tmp_path / name, workers=workers)
        digests.append(files.sha256_tree(tmp_path / name))
    assert digests[0] == digests[1]
    tables = {f"truth/{name}.parquet" for name in ("visits", "faces", "days")}
    assert set(digests[0]) == {f"{NAME}.mp4", "2024-04-29 1000.mp4", "SIMULATED.txt"} | tables
    (other,) = film.film(clip, "Asia/Kolkata", 6, tmp_path / "other", only=0)
    assert files.sha256(other.path) != digests[0][f"{NAME}.mp4"]
    second = film.film(clip, "Asia/Kolkata", 5, tmp_path / "second", only=1)
    assert [made.name for made in second] == ["2024-04-29 1000"]
    assert files.sha256(second[0].path) == digests[0]["2024-04-29 1000.mp4"]


def test_the_truth_is_in_utc_and_on_disk(small, tmp_path):
    told = list[float]()
    made, later = film.film(
        small(days=2, staff=1, together_share=0.7), "Asia/Kolkata", 5, tmp_path, progress=told.append
    )
    assert told == sorted(told)
    assert told[-1] == 1
    assert made.starts == dt.datetime(2024, 4, 28, 4, 30, tzinfo=dt.UTC)
    assert made.visits["enters"].min() >= made.starts
    assert made.visits["leaves"].max() <= made.ends == made.starts + dt.timedelta(seconds=12)
    assert made.visits["person"].nunique() == 4
    assert made.visits["staff"].tolist() == [False, False, False, True]
    assert made.visits["group"].notna().sum() == 2
    assert (made.faces["person"].to_numpy() == made.visits["person"].to_numpy()[made.faces["visit"]]).all()
    assert made.faces["frame"].between(0, 35).all()
    assert made.faces["occluded_share"].between(0, 0.9999).all()
    visits, faces, _ = truth.read(tmp_path)
    pd.testing.assert_frame_equal(faces, pd.concat([made.faces, later.faces], ignore_index=True))
    assert visits["enters"].tolist() == [*made.visits["enters"], *later.visits["enters"]]
    assert visits["clip"].value_counts().to_dict() == {NAME: 4, later.name: 4}
    own = made.visits.merge(later.visits, on="person")
    assert (own.loc[~own["staff_x"], "outfit_x"] != own.loc[~own["staff_x"], "outfit_y"]).all()


def test_the_days_say_when_the_light_changed_and_whether_it_is_seen(small, tmp_path):
    clip = small(days=2, lights_on="10:00", lights_off="20:00", lights_spread_s=10, visits=1, people=1, seconds=20)
    first, _ = film.film(clip, "Europe/London", 3, tmp_path)
    _, _, days = truth.read(tmp_path)
    assert days["day"].tolist() == [dt.date(2024, 4, 28), dt.date(2024, 4, 29)]
    assert days["opened"].iloc[0] == first.day.opened
    assert dt.timedelta(0) < first.day.opened - first.starts < dt.timedelta(seconds=10)
    assert days["opened_seen"].tolist() == [True, True]
    assert days["closed"].notna().all()
    assert days["closed_seen"].tolist() == [False, False]


def test_the_video_says_what_it_is_and_each_frame_when(small, tmp_path):
    (made,) = film.film(small(frames_a_second=5), "Asia/Kolkata", 5, tmp_path)
    with av.open(str(made.path)) as clip:
        assert clip.metadata["comment"] == film.MARK == "synthetic people, rendered by shoplib"
        assert (clip.streams.video[0].width, clip.streams.video[0].average_rate) == (320, 5)
    frames = _frames(made.path)
    assert [at for at, _, _ in frames] == [pytest.approx(number / 5) for number in range(60)]
    assert [number for number, (_, key, _) in enumerate(frames) if key] == [0, 10, 20, 30, 40, 50]


def test_nobody_coming_leaves_an_empty_truth(small, tmp_path):
    (made,) = film.film(small(visits=0, people=0), "Europe/London", 1, tmp_path)
    assert made.faces.empty
    assert made.visits.empty
    assert list(made.visits) == ["clip", "visit", "person", "outfit", "enters", "leaves", "staff", "group"]
    assert made.path.stat().st_size > 1_000


def test_joined_clips_show_the_same_pictures_and_the_truth_goes_on(small, tmp_path):
    one, two = (film.film(small(together_share=0.7), "Asia/Kolkata", seed, tmp_path / str(seed))[0] for seed in (1, 2))
    whole = reel.joined([one, two, one], tmp_path / "whole")
    frames, parts = _frames(whole.path), {part.name: _frames(part.path) for part in (one,)}
    assert [at for at, _, _ in frames] == [pytest.approx(number / 3) for number in range(108)]
    for number in (0, 35):
        for shift in (0, 72):
            assert (frames[number + shift][2] == parts[one.name][number][2]).all()
    assert (frames[36][2] == _frames(two.path)[0][2]).all()
    assert whole.seconds == 36
    assert len(whole.visits) == 9
    assert whole.visits["visit"].tolist() == list(range(9))
    assert whole.visits["group"].dropna().tolist() == [0, 0, 1, 1, 2, 2]
    last = whole.visits.iloc[6:].reset_index(drop=True)
    assert (last["enters"] - one.visits["enters"] == pd.Timedelta(seconds=24)).all()
    shifted = whole.faces[whole.faces["visit"] >= 6].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        shifted.assign(frame=shifted["frame"] - 72, visit=shifted["visit"] - 6), one.faces, check_like=True
    )
    assert (tmp_path / "whole" / "truth" / "visits.parquet").is_file()


def test_a_reel_has_the_length_asked_for_and_the_busy_share(small, tmp_path):
    clip = small(seconds=290, frames_a_second=1)
    made = reel.reel(clip, "UTC", 3, tmp_path, minutes=1, busy_share=0.4)
    assert made.seconds == 300
    assert len(_frames(made.path)) == 300
    minutes = ((made.visits["enters"] - made.starts).dt.total_seconds() // 60).value_counts()
    assert minutes.tolist() == [10, 10]
    (alone,) = [path.name for path in tmp_path.glob("*.mp4")]
    assert alone == f"{NAME}.mp4"


def test_unlike_clips_are_not_joined(small, tmp_path):
    paths = [
        film.film(small(width=width, visits=0, people=0), "UTC", 1, tmp_path / str(width))[0].path
        for width in (320, 336)
    ]
    with pytest.raises(SourceError) as caught:
        film.join(paths, tmp_path / "joined.mp4")
    assert str(caught.value) == (
        "Clips cannot be joined\n"
        f"  where   {paths[1]}\n"
        "  found   336 × 188 at 3, unlike the first\n"
        "  wanted  clips of one size, frame rate and encoder\n"
        "  next    compose them with the same settings"
    )
    assert not (tmp_path / "joined.mp4").exists()
    with pytest.raises(SourceError, match="no clip at all"):
        film.join([], tmp_path / "joined.mp4")


def test_a_folder_that_cannot_be_written_is_said(small, tmp_path):
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="could not be written"):
        film.film(small(), "Europe/London", 1, tmp_path / "taken")
