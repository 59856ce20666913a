"""A clip watched: who is there and when, and what could not be seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.faces.footage import quality, sightings, watch
from shoplib.faces.footage.watched import COLUMNS, LIGHT
from shoplib.faces.models.embed import CHIP_PX


def same(one, other):
    pd.testing.assert_frame_equal(one.faces, other.faces)
    pd.testing.assert_frame_equal(one.light, other.light)
    assert one.about == other.about
    assert one.looked.tolist() == other.looked.tolist()
    assert [(chip.track, chip.row) for chip in one.chips] == [(chip.track, chip.row) for chip in other.chips]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one.chips, other.chips, strict=True))


def test_who_walks_in_stands_and_leaves_is_one_track_from_first_to_last(studio, walking):
    seen = walking.watched
    ((begins, ends, faces),) = studio.tracks(seen).itertuples(index=False)
    assert 12 <= begins <= 13.5
    assert 22.5 <= ends <= 24
    assert faces > 40
    assert dict(seen.faces.dtypes.astype(str)) == COLUMNS
    assert dict(seen.light.dtypes.astype(str)) == LIGHT
    assert seen.light["at_s"].tolist() == list(range(40))
    assert seen.light["level"].between(0.4, 0.7).all()
    assert set(seen.faces["frame"]) <= set(seen.looked.tolist())


def test_where_nothing_moves_nobody_looks(walking):
    about, at_s = walking.watched.about, walking.watched.looked / 10
    assert about.looked == len(at_s) < 110
    assert at_s.min() > 8
    assert at_s.max() < 30
    assert 12 <= about.busy_s <= 18
    assert (about.gaps, about.frozen, about.dark, about.grey, about.cut_short) == ([], [], [], False, False)


def test_the_best_faces_are_cut_out_one_a_second(walking):
    chips, faces = walking.watched.chips, walking.watched.faces
    assert 8 <= len(chips) <= sightings.MOST_CHIPS
    assert all(chip.picture.shape == (CHIP_PX, CHIP_PX, 3) for chip in chips)
    rows = faces.loc[[chip.row for chip in chips]]
    assert rows["track"].tolist() == [chip.track for chip in chips]
    assert rows["verdict"].isin([quality.USED, quality.SMALL]).all()
    assert (rows["width_px"] >= quality.JOIN_PX).all()
    assert rows["quality"].mean() > faces["quality"].mean()


@pytest.mark.parametrize("more", [{"workers": 2}, {"chunk_s": 60}, {"chunk_s": 13}], ids=str)
def test_the_result_does_not_depend_on_how_the_work_is_cut(studio, walking, more):
    same(studio.watched(walking.path, **more), walking.watched)


def test_a_killed_watch_goes_on_where_it_was(studio, walking, tmp_path):
    def killed(share):
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studio.watched(walking.path, work=tmp_path, progress=killed)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert kept
    told = list[float]()
    same(studio.watched(walking.path, work=tmp_path, progress=told.append), walking.watched)
    assert kept.items() <= {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}.items()
    assert told == sorted(told)
    assert told[-1] == 1


def test_who_only_counts_cuts_no_face_out(studio, walking, tmp_path):
    cameras = Cameras(footage=SimulatedFootage(kind="simulated"), chunk_s=10)
    assert watch.looking(cameras, "recognise").cut
    seen = studio.watched(walking.path, **watch.looking(cameras, "count")._asdict(), work=tmp_path)
    assert seen.chips == []
    pd.testing.assert_frame_equal(seen.faces, walking.watched.faces)
    assert all(path.stat().st_size < 200_000 for path in tmp_path.iterdir())


def test_nobody_and_people_from_behind_leave_no_track(studio, plain, tmp_path):
    empty = studio.watched(plain)
    assert (len(empty.faces), empty.chips, empty.about.looked) == (0, [], 45)
    who = studio.person(view="back")
    behind = (studio.placed(studio.room(), who, 60 + 2 * number) for number in range(60))
    assert studio.tracks(studio.watched(studio.write(tmp_path / "back.mp4", studio.noisy(behind)))).empty


def test_a_frozen_picture_holds_nobody(studio, tmp_path):
    calm = list(studio.noisy([studio.room()] * 60))
    there = list(studio.noisy(studio.placed(studio.room(), studio.person(), 20 + 8 * at) for at in range(12)))
    path = studio.write(tmp_path / "a.mp4", [*calm, *there, *[there[-1]] * 200, *calm])
    seen = studio.watched(path)
    ((begins, ends),) = seen.about.frozen
    assert begins == pytest.approx(7.2, abs=0.5)
    assert ends == pytest.approx(27.2, abs=0.5)
    assert seen.faces["at_s"].max() < begins + 0.1


def test_a_picture_of_a_face_on_the_wall_is_nobody(studio, tmp_path):
    wall = studio.placed(studio.room(), studio.person(211, tall=170), 200, 10)
    who = studio.person()
    walk = [studio.placed(wall, who, -60 + 8 * (at - 150)) if 150 <= at < 180 else wall for at in range(400)]
    seen = studio.watched(studio.write(tmp_path / "a.mp4", studio.noisy(walk)))
    (begins, _, _), *others = studio.tracks(seen).itertuples(index=False)
    assert begins > 14
    assert others == []
    assert (seen.faces["verdict"] == quality.FIXED).any()


def test_dark_and_grey_are_told_and_the_light_is_kept(studio, tmp_path):
    grey = np.repeat(studio.room().mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    dark = (grey * 0.08).astype(np.uint8)
    seen = studio.watched(studio.write(tmp_path / "a.mp4", studio.noisy([dark] * 100 + [grey] * 100)))
    ((begins, ends),) = seen.about.dark
    assert (begins, ends) == (0, pytest.approx(9.5, abs=0.6))
    assert seen.about.grey
    assert seen.light["level"].iloc[2] < 0.1 < 0.4 < seen.light["level"].iloc[15]


def test_one_frame_a_second_is_followed_too(studio, tmp_path):
    who, room = studio.person(), studio.room()
    path = studio.write(
        tmp_path / "a.mp4",
        studio.noisy(studio.placed(room, who, 60 + 4 * np.sin(at)) if 5 <= at < 25 else room for at in range(40)),
        rate=1, gop=250,
    )  # fmt: skip
    ((begins, ends, faces),) = studio.tracks(studio.watched(path)).itertuples(index=False)
    assert (begins, ends, faces) == (5, 24, 20)


def test_a_file_that_ends_too_early_is_read_as_far_as_it_goes(studio, walking, tmp_path):
    import av

    whole = tmp_path / "whole.mp4"
    with av.open(str(walking.path)) as source, av.open(str(whole), "w", options={"movflags": "faststart"}) as copy:
        stream = copy.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                copy.mux(packet)
    part = tmp_path / "part.mp4"
    part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.6)])
    seen = studio.watched(part)
    assert seen.about.cut_short
    assert len(studio.tracks(seen)) == 1
