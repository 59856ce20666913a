"""The score: overlaps by hand, a naive twin of the matching, and what has nothing to divide by."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import convert
from shoplib.shelves import score
from shoplib.shelves.survey import Survey

stretch = st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda part: (float(part[0]), float(sum(part))))
stretches = st.lists(stretch, max_size=4)


def table(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    empty = convert.empty(name)
    return pd.DataFrame(rows, columns=empty.columns).astype(empty.dtypes.to_dict()) if rows else empty


def survey(rows: list[tuple[float, float, float]], gaps: list[tuple[int, float, float]]) -> Survey:
    """Rows as top, bottom and empty share; gaps as row, left and width; one photo "a"."""
    found = [
        {"photo_id": "a", "row_number": at, "top_px": top, "bottom_px": bottom, "facings": 4, "gap_share": share}
        for at, (top, bottom, share) in enumerate(rows, start=1)
    ]
    holes = [
        {"photo_id": "a", "gap_number": at, "row_number": row, "left_px": left, "width_px": width, "location_id": None}
        for at, (row, left, width) in enumerate(gaps, start=1)
    ]
    return Survey(table("shelf_rows", found), table("shelf_gaps", holes), 1, ())


def of(seen: Survey, planted: Survey) -> score.Score:
    return score.score(score.by_photo(seen, planted.rows, planted.gaps))


def test_a_survey_scores_full_against_itself() -> None:
    one = survey([(0, 100, 0.2), (120, 220, 0.0)], [(1, 10, 50), (1, 90, 30)])
    got = of(one, one)
    assert (got.rows_right_share, got.precision_share, got.recall_share, got.f1_share) == (1, 1, 1, 1)
    assert (got.gap_share_error, got.facings_error_share) == (0, 0)


def test_score_by_hand() -> None:
    planted = survey([(0, 100, 0.2), (120, 220, 0.1)], [(1, 0, 100), (1, 200, 100), (2, 0, 100)])
    # One gap met (60 of 140 pixels shared), one missed, one in the wrong row, one beside everything.
    seen = survey([(5, 100, 0.1), (120, 215, 0.1)], [(1, 40, 100), (2, 200, 100), (1, 500, 20)])
    got = of(seen, planted)
    assert (got.hits, got.gaps, got.planted_gaps) == (1, 3, 3)
    assert got.precision_share == got.recall_share == pytest.approx(1 / 3)
    assert got.f1_share == pytest.approx(1 / 3)
    assert got.gap_share_error == pytest.approx(0.05)


def test_rows_are_matched_by_height_not_by_number() -> None:
    planted = survey([(0, 100, 0.0), (120, 220, 0.3)], [(2, 0, 100)])
    seen = survey([(120, 220, 0.3)], [(1, 0, 100)])
    got = of(seen, planted)
    assert got.rows_right_share == 0
    assert got.recall_share == 1


def test_what_cannot_be_divided_is_not_a_number() -> None:
    full = survey([(0, 100, 0.0)], [])
    got = of(full, full)
    assert np.isnan([got.precision_share, got.recall_share, got.f1_share]).all()
    nothing = score.score(score.by_photo(survey([], []), full.rows.iloc[:0], full.gaps))
    assert nothing.photos == 0
    assert np.isnan(nothing.rows_right_share)


def test_a_photo_without_rows_counts_as_missed(surveyed: list[tuple[Path, Survey, object]]) -> None:
    _, _, planted = surveyed[0]
    lines = score.by_photo(survey([], []), planted.rows, planted.gaps)  # type: ignore[attr-defined]
    assert len(lines) == 5
    assert score.score(lines).recall_share == 0


@settings(max_examples=100, deadline=None)
@given(one=stretches, other=stretches)
def test_pairs_agree_with_a_naive_twin(one: list[tuple[float, float]], other: list[tuple[float, float]]) -> None:
    """The twin takes the best pair left, again and again."""

    def overlap(a: tuple[float, float], b: tuple[float, float]) -> float:
        shared = max(0.0, min(a[1], b[1]) - max(a[0], b[0]))
        return shared / ((a[1] - a[0]) + (b[1] - b[0]) - shared)

    left = {(i, j): overlap(a, b) for (i, a), (j, b) in itertools.product(enumerate(one), enumerate(other))}
    wanted = []
    while left:
        best = max(left, key=lambda pair: (left[pair], -pair[0], -pair[1]))
        if left[best] < 0.3:
            break
        wanted.append(best)
        left = {pair: value for pair, value in left.items() if pair[0] != best[0] and pair[1] != best[1]}
    got = score._pairs(np.array(one).reshape(-1, 2), np.array(other).reshape(-1, 2), 0.3)
    assert got == wanted
