"""Frames by number and moment, whatever the container, the frame rate or the damage."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.faces.footage import index


def numbered(path, wanted=None, lost=None):
    known = index.read(path)
    some = np.arange(len(known.times)) if wanted is None else np.array(wanted)
    return known, [number for run in index.runs(known, some) for number, _ in index.decoded(path, run, lost)]


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.flv", "libx264"), ("a.avi", "mpeg4"),
     ("a.avi", "mjpeg")],
)  # fmt: skip
def test_every_frame_of_every_container_has_its_number_and_moment(studio, tmp_path, name, codec):
    path = studio.write(tmp_path / name, studio.noisy([studio.room()] * 60), codec=codec)
    known, every = numbered(path)
    assert every == list(range(60))
    assert known.times == pytest.approx(np.arange(60) / 10, abs=0.002)
    assert (known.seconds, known.lost) == (pytest.approx(6, abs=0.01), 0)
    assert numbered(path, [3, 58])[1] == [3, 58]


def test_frames_are_the_same_however_they_are_gone_to(walking):
    known = index.read(walking.path)
    (every,) = index.runs(known, np.arange(300))
    jumps = index.runs(known, np.array([5, 150, 151, 299]))
    assert len(jumps) == 3
    one = {number: frame.to_ndarray() for number, frame in index.decoded(walking.path, every)}
    for run in jumps:
        for number, frame in index.decoded(walking.path, run):
            assert np.array_equal(frame.to_ndarray(), one[number])


def test_moments_follow_the_clock_and_not_the_count(studio, tmp_path):
    times = [*range(0, 2_000, 50), *range(2_000, 10_000, 400)]
    path = studio.write(tmp_path / "a.mkv", studio.noisy([studio.room()] * len(times)), rate=20, times_ms=times)
    known = index.read(path)
    assert known.times == pytest.approx(np.array(times) / 1000, abs=0.002)
    assert np.diff(known.times[index.looked(known.times, 5)])[:9] == pytest.approx(0.2, abs=0.01)


def test_damage_inside_is_survived_and_counted(studio, tmp_path):
    path = studio.write(tmp_path / "a.ts", studio.noisy([studio.room()] * 100))
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 8_000] = bytes(8_000)
    path.write_bytes(data)
    lost: list[int] = []
    known, found = numbered(path, lost=lost)
    assert 40 < len(found) < 100
    assert found == sorted(found)
    assert len(lost) + known.lost > 0 or len(known.times) < 100


def test_a_clock_that_runs_backwards_is_mended(studio, tmp_path):
    one = studio.write(tmp_path / "one.ts", studio.noisy([studio.room()] * 30)).read_bytes()
    path = tmp_path / "both.ts"
    path.write_bytes(one + one)
    known, found = numbered(path)
    assert not known.orderly
    assert (np.diff(known.times) > 0).all()
    assert known.seconds == pytest.approx(6, abs=0.3)
    assert found == list(range(len(known.times)))
    assert len(found) == pytest.approx(60, abs=4)
