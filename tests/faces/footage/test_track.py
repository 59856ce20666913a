"""Faces followed: one number a person while they are seen, a new one after they were gone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.faces.footage.track import Tracker

STEP = 0.2


def box(x: float, y: float = 100.0, width: float = 60.0) -> tuple[float, float, float, float]:
    return (x, y, width, width * 1.3)


def test_a_walk_is_one_track():
    tracker = Tracker()
    assert {tracker.follow(at * STEP, [box(100 + 45 * at, width=40 + 2 * at)])[0] for at in range(12)} == {0}


@pytest.mark.parametrize("widths_a_second", [6, 9, 12, 16])
@pytest.mark.parametrize("missed", [(), (4,), (3, 8)])
def test_who_crosses_the_picture_quickly_is_one_track(widths_a_second, missed):
    """Walking at 1.4 m/s is nine widths a second, at a run sixteen; one bobs up and down a little."""
    tracker = Tracker()
    found = [tracker.follow(at * STEP, [box(60 * widths_a_second * STEP * at, 100 + 9 * (-1) ** at, 60 + at % 3)])
             for at in range(12) if at not in missed]  # fmt: skip
    assert {number for numbers in found for number in numbers} == {0}


def test_a_runner_is_followed_only_where_nobody_else_can_be_meant():
    tracker = Tracker()
    assert tracker.follow(0, [box(100)]) == [0]
    assert tracker.follow(STEP, [box(-80), box(280)]) == [1, 2]


def test_two_who_pass_each_other_keep_their_numbers():
    tracker = Tracker()
    for at in range(21):
        one, other = box(50 + 30 * at), box(650 - 30 * at, y=120, width=50)
        assert tracker.follow(at * STEP, [one, other]) == [0, 1]


def test_the_order_of_boxes_in_a_frame_does_not_matter():
    tracker = Tracker()
    assert tracker.follow(0, [box(100), box(400)]) == [0, 1]
    assert tracker.follow(STEP, [box(400), box(100)]) == [1, 0]


def test_one_missed_look_is_bridged_and_a_longer_absence_is_not():
    tracker = Tracker()
    assert tracker.follow(0, [box(100)]) == [0]
    assert tracker.follow(2 * STEP, [box(104)]) == [0]
    assert tracker.follow(2 * STEP + 0.6, [box(104)]) == [1]


def test_somebody_far_off_or_of_another_size_is_somebody_else():
    tracker = Tracker()
    assert tracker.follow(0, [box(100)]) == [0]
    assert tracker.follow(STEP, [box(340)]) == [1]
    assert tracker.follow(2 * STEP, [box(340, width=30)]) == [2]


def test_who_walks_does_not_turn_round_between_two_looks():
    tracker = Tracker()
    assert [tracker.follow(at * STEP, [box(200 - 50 * at, width=30)])[0] for at in range(3)] == [0, 0, 0]
    assert tracker.follow(3 * STEP, [box(122, width=30)]) == [1]
    slow = Tracker()
    assert {slow.follow(at * STEP, [box(200 + 12 * (at % 2), width=30)])[0] for at in range(6)} == {0}


def test_tracks_do_not_pass_on_their_faces_when_somebody_comes_between_them():
    tracker = Tracker()
    assert tracker.follow(0, [box(334)]) == [0]
    assert tracker.follow(STEP, [box(297, width=35), box(334)]) == [1, 0]
    assert tracker.follow(2 * STEP, [box(335), box(385, width=46)]) == [0, 2]


def test_who_slows_down_and_turns_to_the_camera_is_the_same():
    tracker = Tracker()
    assert {tracker.follow(at * STEP, [box(26 + 62 * at, width=28)])[0] for at in range(3)} == {0}
    assert tracker.follow(3 * STEP, [(182.0, 100.0, 37.0, 38.0)]) == [0]


def test_no_faces_are_no_tracks():
    tracker = Tracker()
    assert tracker.follow(0, []) == []
    assert tracker.follow(STEP, [box(100)]) == [0]


@given(st.lists(st.lists(st.floats(0, 2_000), max_size=5), max_size=12))
@settings(max_examples=40, deadline=None)
def test_a_track_has_one_face_a_frame_and_numbers_count_up(frames):
    tracker, seen = Tracker(), -1
    for at, places in enumerate(frames):
        numbers = tracker.follow(at * STEP, [box(x) for x in places])
        assert len(set(numbers)) == len(places)
        new = sorted(number for number in numbers if number > seen)
        assert new == list(range(seen + 1, seen + 1 + len(new)))
        seen = max([seen, *numbers])


def test_standing_still_with_a_little_noise_is_one_track():
    rng, tracker = np.random.default_rng(1), Tracker()
    noisy = rng.normal(0, 4, (60, 2))
    assert {tracker.follow(at * STEP, [box(300 + x, 100 + y)])[0] for at, (x, y) in enumerate(noisy)} == {0}
