"""Who came together."""

from __future__ import annotations

from itertools import combinations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.faces.visits import groups

START = pd.Timestamp("2024-04-28 04:30", tz="UTC")


def stays(rows: list[tuple]) -> pd.DataFrame:
    """Return stays from seconds of coming and going, customer, and camera and staff where they matter."""
    table = pd.DataFrame([(*row, *("door", None)[len(row) - 3 :]) for row in rows],
                         columns=["entered", "left", "customer_id", "camera", "staff"])  # fmt: skip
    for side in ("entered", "left"):
        table[side] = START + pd.to_timedelta(table[side].astype("float64"), unit="s")
    return table.astype({"customer_id": "object", "staff": "object"})


def together(rows: list[tuple], within_s: float = 5) -> list[str | None]:
    """Return the groups of some stays."""
    found = groups.together(stays(rows), within_s)
    return found.where(found.notna(), None).tolist()


def test_both_ends_must_match():
    assert together([(0, 60, "A"), (3, 63, "B"), (4, 90, "C")]) == ["G0001", "G0001", None]


def test_a_busy_hour_is_not_one_group():
    rows = [(3 * number, 3 * number + 60, f"C{number}") for number in range(100)]
    sizes = pd.Series(together(rows)).value_counts()
    assert sizes.max() == 2


def test_the_nearest_find_each_other():
    assert together([(0, 60, "A"), (5, 65, "B"), (6, 66, "C")]) == [None, "G0001", "G0001"]


def test_nobody_comes_with_themselves_or_with_staff():
    assert together([(0, 1, "A"), (3, 4, "A")]) == [None, None]
    assert together([(0, 60, "A"), (0, 60, "B", "door", "list")]) == [None, None]


def test_somebody_unknown_is_grouped_on_one_camera_only():
    assert together([(0, 60, None), (1, 61, None)]) == ["G0001", "G0001"]
    assert together([(0, 60, None), (1, 61, None, "till")]) == [None, None]
    assert together([(0, 60, "A"), (1, 61, "B", "till")]) == ["G0001", "G0001"]


def test_no_stays_give_no_groups():
    assert together([]) == []


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 10), st.sampled_from("ABCDEFGH")), max_size=25),
    st.integers(0, 8),
)
@settings(max_examples=60, deadline=None)
def test_any_two_of_a_group_match_and_no_pair_stays_apart(spans, within):
    rows = sorted((begin, begin + lasts, who) for begin, lasts, who in spans)
    found = together(rows, within)
    alone = []
    for (one, mine), (other, own) in combinations(zip(rows, found, strict=True), 2):
        match = abs(one[0] - other[0]) <= within and abs(one[1] - other[1]) <= within and one[2] != other[2]
        match = match and max(one[0], other[0]) < min(one[1], other[1])
        if mine is not None and mine == own:
            assert match
        if mine is None and own is None and match:
            alone.append((one, other))
    assert not alone
    assert all(found.count(name) > 1 for name in found if name)
