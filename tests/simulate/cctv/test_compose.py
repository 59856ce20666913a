"""Frames: who is drawn where, what hides whom, and what light and camera do."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from shoplib.simulate.cctv import film, room


def _planned(clip, seed):
    return film.plan(clip, "Asia/Kolkata", seed)[0].visits


def test_an_empty_shop_has_the_right_size_and_nobody_in_it(small, shot):
    made = shot(small(visits=0, people=0, width=336), 1)
    assert len(made) == 36
    assert all(frame.picture.shape == (188, 336, 3) and not frame.faces for frame in made)
    still = np.abs(made[0].picture[:170].astype(int) - made[1].picture[:170])
    assert 1 < still.mean() < 8  # noise, no more


def test_faces_lie_where_somebody_is_drawn(small, shot):
    clip = small()
    visits = _planned(clip, 4)
    empty = [frame.picture for frame in shot(clip, 4, visits.iloc[:0])]
    seen = 0
    for before, frame in zip(empty, shot(clip, 4), strict=True):
        for face in frame.faces:
            left, top = max(0, round(face.left_px)), round(face.top_px)
            where = np.s_[top : top + round(face.height_px), left : left + round(face.width_px)]
            changed = np.abs(frame.picture[where].astype(int) - before[where]).max(axis=-1)
            assert (changed > 12).mean() > 0.6 * (1 - face.occluded_share) or face.left_px < 0
            seen += 1
    assert seen > 30


def test_who_stands_before_another_hides_the_face(small, shot):
    clip = small(visits=2, people=2)
    visits = _planned(clip, 1)
    same = pd.concat([visits.iloc[:1], visits.iloc[:1].assign(person=3, visit=1, tall=0.0)], ignore_index=True)
    stands = round((float(visits["arrives_s"].iloc[0]) + 0.8) * clip.frames_a_second)
    behind, before = shot(clip, 1, same)[stands].faces
    assert behind.occluded_share > 0.9
    assert before.occluded_share == 0


def test_a_face_past_the_edge_counts_as_hidden(small, shot):
    faces = [face for frame in shot(small(visits=1, people=1), 1) for face in frame.faces]
    cut = [face for face in faces if face.left_px < -1]
    assert all(face.occluded_share == pytest.approx(-face.left_px / face.width_px, abs=0.12) for face in cut)
    assert all(abs(face.yaw_deg) <= 90 for face in faces)
    assert {90, -90} & {face.yaw_deg for face in faces}


def test_faces_at_the_counter_are_as_large_as_promised(small, shot):
    for clip, share in ((small(width=960, visits=1, people=1), 0.07), (small(upright=True, visits=1, people=1), 0.12)):
        widest = max(face.width_px for frame in shot(clip, 1) for face in frame.faces if not face.yaw_deg)
        assert widest / clip.width == pytest.approx(share, abs=0.015)


def test_in_the_dark_nobody_is_drawn_and_the_window_glows(small, shot):
    clip = small(lights_on=dt.time(10), lights_spread_s=8, staff=1, stamp=False)
    began = film.plan(clip, "Asia/Kolkata", 3)[0].spans[0][0]
    made = shot(clip, 3)
    dark = [frame for number, frame in enumerate(made) if number / 3 < began]
    lit = [frame for number, frame in enumerate(made) if number / 3 >= began]
    assert len(dark) > 3
    assert not any(frame.faces for frame in dark)
    assert all(frame.faces for frame in lit)
    assert max(frame.picture.mean() for frame in dark) < 20
    window = dark[0].picture[40:100, 15:45]
    assert window.mean() > 3 * dark[0].picture.mean()
    assert lit[0].picture.mean() > 1.2 * lit[-1].picture.mean()  # not yet settled
    assert lit[4].picture.mean() == pytest.approx(lit[-1].picture.mean(), rel=0.08)
    assert lit[-1].picture.mean() - dark[0].picture.mean() > 0.25 * 255


def test_infrared_is_grey_and_upright_is_tall_without_a_stamp(small, shot):
    grey = shot(small(infrared=True, seconds=9, visits=1, people=1), 1)
    assert all((frame.picture == frame.picture[..., :1]).all() for frame in grey)
    tall = shot(small(upright=True, seconds=9, visits=0, people=0), 1)[0].picture
    assert tall.shape == (568, 320, 3)
    stamped = shot(small(seconds=9, visits=0, people=0), 1)[0].picture
    plain = shot(small(seconds=9, visits=0, people=0, stamp=False), 1)[0].picture
    assert (stamped != plain).any(axis=-1).nonzero()[0].min() > 160


def test_a_crowd_fills_the_picture(small, shot):
    faces = shot(small(crowd=30, seconds=9, visits=0, people=0), 1)[12].faces
    assert len(faces) >= 25
    assert sum(face.occluded_share < 0.5 for face in faces) >= 15


@pytest.mark.parametrize("width", [320, 1_280, 3_840])
def test_each_width_gives_an_even_picture(small, width):
    for upright in (False, True):
        here = room.view(small(width=width, upright=upright))
        assert here.width == width
        assert not here.height % 2
        assert here.height / here.width == pytest.approx(16 / 9 if upright else 9 / 16, abs=0.01)
