"""A panel cut at a day keeps what was known then, and fills what nobody says of coming days."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.forecasting.panel import Panel

DAYS = 80


def panel(seed: int = 0, days: int = DAYS, more: int = 0) -> Panel:
    """Return three series, shut on Mondays and here and there, with unknown days and a column known ahead."""
    rng = np.random.default_rng(seed)
    span = pd.date_range("2024-01-01", periods=days + more)
    closed = rng.random((3, len(span))) < 0.1
    closed[:2, span.weekday == 0] = True
    y = np.where(closed | (rng.random(closed.shape) < 0.1), np.nan, rng.integers(0, 9, closed.shape))[:, :days]
    offer = rng.random(closed.shape)
    static = pd.DataFrame({"kind": list("xyx")}, list("abc"))
    return Panel(("a", "b", "c"), span, days, y, closed, {"offer": offer}, static)


def test_shapes_that_do_not_fit_together_are_refused():
    whole = panel()
    with pytest.raises(ValueError, match=r"^shapes of the panel: y \(3, 79\), wanted \(3, 80\); "
                       r"offer \(2, 80\), wanted \(3, 80\)$"):  # fmt: skip
        Panel(whole.ids, whole.days, DAYS, whole.y[:, 1:], whole.closed, {"offer": whole.known["offer"][1:]})
    with pytest.raises(ValueError, match=r"^shapes of the panel: history beyond the days$"):
        Panel(whole.ids, whole.days[:-1], DAYS, whole.y, whole.closed[:, :-1])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.integers(14, DAYS), st.integers(1, 100))
def test_a_cut_panel_knows_nothing_sold_later_and_all_that_is_known_ahead(seed, history, horizon):
    whole = panel(seed, more=30)
    cut = whole.until(history, horizon)
    known = min(history + horizon, len(whole.days))
    assert (cut.history, len(cut.days)) == (history, history + horizon)
    assert cut.last == whole.days[history - 1]
    assert cut.coming(horizon).equals(cut.days[history:])
    np.testing.assert_array_equal(cut.y, whole.y[:, :history])
    np.testing.assert_array_equal(cut.closed[:, :known], whole.closed[:, :known])
    np.testing.assert_array_equal(cut.known["offer"][:, :known], whole.known["offer"][:, :known])
    assert np.isnan(cut.known["offer"][:, known:]).all()


def test_coming_days_are_closed_on_the_weekdays_closed_for_eight_weeks():
    cut = panel().until(DAYS, 14)
    mondays = cut.coming(14).weekday == 0
    assert cut.closed[:, DAYS:].tolist() == [mondays.tolist(), mondays.tolist(), [False] * 14]


def test_one_monday_open_within_eight_weeks_leaves_mondays_open():
    whole = panel()
    monday = int(np.flatnonzero(whole.days.weekday == 0)[-7])
    whole.closed[0, monday] = False
    assert not whole.until(DAYS, 14).closed[0, DAYS:].any()
    earlier = int(np.flatnonzero(whole.days.weekday == 0)[0])
    whole.closed[1, earlier] = False
    assert whole.until(DAYS, 14).closed[1, DAYS:].any()


@pytest.mark.parametrize("history", [1, 3, 7])
def test_a_history_of_less_than_a_week_says_nothing_of_other_weekdays(history):
    cut = panel(days=history).until(history, 28)
    assert cut.closed.shape == (3, history + 28)
    unseen = ~np.isin(cut.coming(28).weekday, cut.days[:history].weekday)
    assert not cut.closed[:, history:][:, unseen].any()


def test_sold_is_nothing_on_closed_days_once_a_series_has_begun():
    y = np.array([[np.nan, np.nan, 3, np.nan, np.nan, 4], [np.nan] * 6])
    closed = np.array([[True, False, False, True, False, False], [True] * 6])
    made = Panel(("a", "b"), pd.date_range("2024-01-01", periods=6), 6, y, closed)
    assert made.starts.tolist() == [2, 6]
    np.testing.assert_array_equal(made.sold, [[np.nan, np.nan, 3, 0, np.nan, 4], [np.nan] * 6])


@pytest.mark.parametrize("rows", [[2, 0], np.array([True, False, True]), np.array([], dtype=int)])
def test_some_series_are_taken_with_all_that_belongs_to_them(rows):
    whole = panel()
    some = whole.only(rows)
    places = np.arange(3)[rows]
    assert some.ids == tuple("abc"[place] for place in places)
    assert list(some.static.index) == list(some.ids)
    np.testing.assert_array_equal(some.y, whole.y[places])
    np.testing.assert_array_equal(some.closed, whole.closed[places])
    np.testing.assert_array_equal(some.known["offer"], whole.known["offer"][places])
