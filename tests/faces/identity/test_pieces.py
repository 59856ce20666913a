"""Tracks cut and mended, and which pieces are good enough to be somebody."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.faces.identity import pieces


def test_a_track_is_cut_where_another_person_takes_over(studio, walk):
    found = studio.people(studio.film("a", [walk("ann>bob", 0, 12)]))
    assert found.customer == ["F0001", "F0002"]
    assert found.faces[0]["track"].tolist() == sorted(found.faces[0]["track"])


def test_a_broken_track_is_mended_within_seconds(studio, walk):
    film = studio.film("a", [walk("ann", 0, 3), walk("ann", 6, 9, x=300), walk("ann", 30, 33)])
    found = studio.people(film)
    assert found.pieces.about["faces"].tolist() == [14, 7]
    assert found.customer == ["F0001", "F0001"]


def test_pieces_too_short_to_be_somebody_are_mended_into_one_who_is(studio, walk):
    film = studio.film("a", [walk("ann", 0, 0.5), walk("ann", 2, 2.5, x=300)])
    assert studio.people(film).customer == ["F0001"]


@pytest.mark.parametrize(
    ("how", "customer"),
    [
        ({"width": 40}, "F0001"),
        ({"width": 39}, None),
        ({"width": 31}, None),
        ({"sharp": 30}, None),
        ({"frontal": 0.2}, None),
        ({"ends": 0.5}, None),
    ],
)
def test_a_customer_is_founded_by_good_faces_only(studio, walk, how, customer):
    assert studio.people(studio.film("a", [walk(**{"who": "ann", "begins": 0, "ends": 5, **how})])).customer == [
        customer
    ]


@pytest.mark.parametrize(("width", "joins"), [(39, True), (32, True), (31, False)])
def test_smaller_faces_only_join_who_is_there(studio, walk, width, joins):
    film = studio.film("a", [walk("ann", 0, 5), walk("ann", 60, 65, width=width)])
    assert studio.people(film).customer == ["F0001", "F0001" if joins else None]


def test_smaller_faces_join_at_a_stricter_distance(studio, walk):
    ann, bob = studio.face("ann"), studio.face("bob")
    studio.faces["near"] = ann + (bob - ann) * 0.55
    for width, customer in ((80, "F0001"), (36, None)):
        film = studio.film(f"of {width}", [walk("ann", 0, 5), walk("near", 60, 65, width=width)])
        assert studio.people(film).customer == ["F0001", customer]


def test_the_smallest_face_is_a_setting(studio, walk):
    studio.cameras = studio.cameras.model_copy(update={"min_face_px": 60})
    assert studio.people(studio.film("a", [walk("ann", 0, 5, width=59)])).customer == [None]
    assert studio.people(studio.film("a", [walk("ann", 0, 5, width=60)])).customer == ["F0001"]


def test_clips_of_one_camera_that_overlap_show_one_person_once(studio, walk):
    starts = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
    first = studio.film("a", [walk("ann", 50, 60), walk("bob", 52, 60, x=400)], starts)
    second = studio.film("b", [walk("ann", 0, 9), walk("bob", 0, 9, x=400)], starts + dt.timedelta(seconds=51))
    assert studio.people(first, second).customer == ["F0001", "F0002", "F0001", "F0002"]


def test_of_a_long_track_the_best_of_each_five_seconds_is_compared(studio, walk):
    watched = studio.film("a", [walk("ann", 0, 300)]).watched
    assert len(watched.chips) > 290
    chosen = pieces.compared(watched)
    assert len(chosen) == 61
    assert pd.Series([chip.row for chip in chosen]).is_monotonic_increasing
    assert len(pieces.compared(studio.film("b", [walk("ann", 0, 50)]).watched)) == 51
