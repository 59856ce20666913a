"""Scores beside published figures and slow twins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.faces import score

BOX = ["frame", "left_px", "top_px", "width_px", "height_px"]


@pytest.mark.parametrize(("response", "precision"), [("aaaaabbbbbbb", 0.76), ("aaaaabbaaaaa", 0.58)])
def test_b_cubed_gives_the_figures_of_its_authors(response, precision):
    """Bagga and Baldwin (1998), chains 1-2-3-4-5, 6-7, 8-9-A-B-C and two responses to them."""
    found, true = np.array(list(response)), np.array(list("xxxxxyyzzzzz"))
    assert score.b_cubed(found, true) == (pytest.approx(precision, abs=0.005), 1.0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_b_cubed_is_the_mean_over_items(items):
    found, true = (np.array(side) for side in zip(*items, strict=True))
    pure, whole = [], []
    for mine, own in items:
        both = sum(f == mine and t == own for f, t in items)
        pure.append(both / sum(f == mine for f, _ in items))
        whole.append(both / sum(t == own for _, t in items))
    assert score.b_cubed(found, true) == (pytest.approx(np.mean(pure)), pytest.approx(np.mean(whole)))


def test_nothing_grouped_has_no_score():
    assert np.isnan(score.b_cubed(np.array([]), np.array([]))).all()


def test_a_find_lies_on_the_face_it_overlaps_most():
    true = pd.DataFrame([(0, 100, 100, 50, 60), (0, 140, 100, 50, 60), (1, 100, 100, 50, 60)], columns=BOX)
    finds = pd.DataFrame(
        [
            (0, 98, 102, 50, 60),
            (0, 142, 98, 50, 60),
            (0, 400, 100, 50, 60),
            (1, 135, 100, 50, 60),
            (2, 100, 100, 50, 60),
        ],
        columns=BOX,
    )
    assert score.matched(finds, true).tolist() == [0, 1, -1, -1, -1]


def test_two_finds_on_one_face_are_one_hit():
    true = pd.DataFrame([(0, 100, 100, 50, 60)], columns=BOX)
    finds = pd.DataFrame([(0, 100, 100, 50, 60), (0, 105, 100, 50, 60)], columns=BOX)
    assert score.matched(finds, true).tolist() == [0, -1]
    assert score.matched(finds.iloc[:0], true).tolist() == []


def test_each_true_visit_needs_a_stay_of_the_same_person():
    second = pd.Timedelta(seconds=1)
    start = pd.Timestamp("2024-04-28", tz="UTC")
    true = pd.DataFrame(
        {"person": ["P1", "P2", "P1"], "enters": [start, start, start + 30 * second],
         "leaves": [start + 9 * second, start + 9 * second, start + 39 * second]}
    )  # fmt: skip
    stays = pd.DataFrame(
        {"visit_id": ["V1", "V2", "V3"], "customer_id": ["C1", "C1", None],
         "entered": [start + second, start + 20 * second, start],
         "left": [start + 5 * second, start + 21 * second, start + 9 * second]}
    )  # fmt: skip
    assert score.visits_recognised(stays, pd.Series({"C1": "P1"}), true) == 1
