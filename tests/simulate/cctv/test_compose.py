"""Frames: who is drawn where, and what hides whom."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.simulate.cctv import compose, people, schedule


def test_an_empty_shop_has_the_right_size_and_nobody_in_it(small):
    clip = small(visits=0, people=0, width=336)
    made = list(compose.frames(clip, schedule.visits(clip, 12, 1), 1))
    assert len(made) == 36
    assert compose.size(clip) == (336, 188)
    assert all(frame.picture.shape == (188, 336, 3) and not frame.faces for frame in made)
    still = np.abs(made[0].picture[:170].astype(int) - made[1].picture[:170])
    assert 1 < still.mean() < 8  # noise, no more


def test_faces_lie_where_somebody_is_drawn(small):
    clip = small()
    visits = schedule.visits(clip, 12, 4)
    empty = [frame.picture for frame in compose.frames(clip, visits.iloc[:0], 4)]
    seen = 0
    for before, frame in zip(empty, compose.frames(clip, visits, 4), strict=True):
        for face in frame.faces:
            left, top = max(0, round(face.left_px)), round(face.top_px)
            where = np.s_[top : top + round(face.height_px), left : left + round(face.width_px)]
            changed = np.abs(frame.picture[where].astype(int) - before[where]).max(axis=-1)
            assert (changed > 12).mean() > 0.6 * (1 - face.occluded_share) or face.left_px < 0
            seen += 1
    assert seen > 30


def test_who_stands_before_another_hides_the_face(small):
    clip = small(visits=2, people=2)
    visits = schedule.visits(clip, 12, 1)
    same = pd.concat([visits.iloc[:1], visits.iloc[:1].assign(person=3, visit=1, tall=0.0)], ignore_index=True)
    stands = round((float(visits["arrives_s"].iloc[0]) + 0.8) * clip.frames_a_second)
    frame = list(compose.frames(clip, same, 1))[stands]
    behind, before = frame.faces
    assert behind.occluded_share > 0.9
    assert before.occluded_share == 0


def test_a_face_past_the_edge_counts_as_hidden(small):
    clip = small(visits=1, people=1)
    faces = [face for frame in compose.frames(clip, schedule.visits(clip, 12, 1), 1) for face in frame.faces]
    cut = [face for face in faces if face.left_px < -1]
    assert all(face.occluded_share == pytest.approx(-face.left_px / face.width_px, abs=0.12) for face in cut)
    assert all(abs(face.yaw_deg) <= 90 for face in faces)
    assert {90, -90} & {face.yaw_deg for face in faces}
    assert len(people.catalogue().people) == 12
