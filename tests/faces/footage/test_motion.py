"""What moves is told from noise, flicker and light."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.faces.footage import light, motion


def empty():
    return np.tile(np.linspace(60, 200, 160), (90, 1))


def seen(pictures, step_s=2.0, noise=2.0, seed=1):
    rng = np.random.default_rng(seed)
    noisy = [(picture + rng.normal(0, noise, picture.shape)).clip(0, 255).astype(np.uint8) for picture in pictures]
    scene = motion.Scene(noisy[:3], 0.25)
    return [scene.look(number * step_s, picture).busy for number, picture in enumerate(noisy)]


def with_somebody(left, picture=None):
    made = (empty() if picture is None else picture).copy()
    made[30:80, left : left + 12] = 20
    return made


@given(noise=st.floats(0, 4), flicker=st.floats(0, 0.15), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_noise_and_flicker_are_no_motion(noise, flicker, seed):
    rng = np.random.default_rng(seed)
    assert not any(seen([empty() + 255 * flicker * rng.uniform(-1, 1) for _ in range(12)], noise=noise, seed=seed))


def test_somebody_is_seen_while_there_and_not_after():
    busy = seen([empty()] * 5 + [with_somebody(left) for left in (20, 60, 60, 60, 100)] + [empty()] * 4)
    assert busy[:5] == [False] * 5
    assert busy[5:10] == [True] * 5
    assert busy[11:] == [False] * 3


def test_who_stands_still_is_seen_for_minutes():
    assert all(seen([empty()] * 5 + [with_somebody(60)] * 60)[5:])


def test_the_light_going_on_is_learnt_at_once():
    busy = seen([empty() * 0.1] * 5 + [empty()] * 5 + [with_somebody(60)])
    assert busy == [False] * 5 + [True] + [False] * 4 + [True]


def test_a_small_change_such_as_a_clock_is_no_motion():
    ticked = empty()
    ticked[3:6, 20:24] = 255
    assert not any(seen([empty(), empty(), empty(), ticked, empty(), ticked]))


def test_another_scene_is_a_cut_and_another_light_is_none():
    rng = np.random.default_rng(1)
    one, other = (rng.integers(0, 255, (90, 160)).astype(np.uint8) for _ in range(2))
    assert motion.is_cut(one, other)
    assert not motion.is_cut(one, (one * 0.4).astype(np.uint8))
    assert not motion.is_cut(np.full((9, 16), 7, np.uint8), np.full((9, 16), 9, np.uint8))


def test_who_walks_by_close_to_the_camera_is_no_cut():
    wall = np.full((90, 160), 150.0)
    one, other = with_somebody(40, wall), with_somebody(60, wall)
    one[20:, 45:65] = other[20:, 65:85] = 40
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] < motion.CUT_LIKENESS
    assert not motion.is_cut(one.astype(np.uint8), other.astype(np.uint8))


def test_what_moves_is_framed_with_room_in_the_pixels_of_the_picture():
    calm, now = empty().astype(np.uint8), with_somebody(60).astype(np.uint8)
    ((left, top, right, bottom),) = motion.regions(now, calm, calm, (3840, 2160))
    assert left < 60 * 24 < 72 * 24 < right
    assert top < 30 * 24 < 80 * 24 < bottom
    assert motion.regions(calm, calm, calm, (3840, 2160)) == []


def test_gaps_are_steps_far_longer_than_usual():
    times = np.array([0, 0.2, 0.4, 5.0, 5.2, 6.9, 7.1])
    assert light.gaps(times) == [(0.4, 5.0)]
    assert light.gaps(np.array([0.0])) == []
    assert light.gaps(np.arange(9.0)) == []


def test_light_is_told_each_second_but_not_in_gaps():
    told = light.by_second(np.array([0.0, 2.0, 6.0]), np.array([0.1, 0.5, 0.5]), [(2.0, 6.0)], 6.5)
    assert told["at_s"].tolist() == [0, 1, 6]
    assert told["level"].tolist() == pytest.approx([0.1, 0.3, 0.5])
