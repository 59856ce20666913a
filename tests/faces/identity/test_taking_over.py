"""A track that passes from one person to another is cut where that happens, not where it is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.faces.identity import pieces


def cut_at(filmed, studio, jump, column="left_px", by=40.0):
    faces = filmed.watched.faces
    faces.loc[faces["at_s"] >= jump, column] += by
    _, (piece,) = pieces.cut([filmed.watched], [filmed.watched.chips], [filmed.prints], studio.cameras)
    return faces["at_s"][piece.ne(piece.iloc[0])].min()


@pytest.mark.parametrize("jump", [9.2, 9.6, 10.0])
def test_a_track_is_cut_where_the_face_jumps(studio, walk, jump):
    studio.looks = 5.0
    filmed = studio.film("a", [walk("ann>bob", 0, 20)])
    assert cut_at(filmed, studio, jump) == pytest.approx(jump)


def test_a_track_is_cut_where_the_face_grows(studio, walk):
    studio.looks = 5.0
    filmed = studio.film("a", [walk("ann>bob", 0, 20)])
    assert cut_at(filmed, studio, 9.4, "width_px", 20) == pytest.approx(9.4)


def test_a_steady_pace_is_no_jump(studio, walk):
    studio.looks = 5.0
    filmed = studio.film("a", [walk("ann>bob", 0, 20)])
    faces = filmed.watched.faces
    faces["left_px"] += np.where(faces["at_s"] < 9.4, 30 * faces["at_s"] * 5, 30 * 9.4 * 5)
    assert cut_at(filmed, studio, 9.8, by=25) == pytest.approx(9.8)
