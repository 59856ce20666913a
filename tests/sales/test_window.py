"""Which days a report tells of: every way to ask, and what the data can bear."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base.calendar import Period
from shoplib.errors import ConfigError
from shoplib.sales.window import EMPTY, Window, span, window

D = dt.date
KNOWN = Period(D(2024, 1, 1), D(2024, 3, 31))


def march(first: int, last: int = 31) -> Period:
    return Period(D(2024, 3, first), D(2024, 3, last))


@pytest.mark.parametrize(
    ("days", "start", "end", "wanted"),
    [
        (28, None, None, Window(KNOWN, march(4), Period(D(2024, 2, 5), D(2024, 3, 3)), True)),
        (10, None, None, Window(KNOWN, march(22), march(8, 17), True)),
        (49, None, None, Window(KNOWN, Period(D(2024, 2, 12), D(2024, 3, 31)), None, True)),
        (200, None, None, Window(KNOWN, KNOWN, None, False)),
        (
            28, D(2024, 2, 1), D(2024, 2, 7),
            Window(*[Period(D(2024, 2, 1), D(2024, 2, 7))] * 2, Period(D(2024, 1, 25), D(2024, 1, 31)), True),
        ),
        (28, D(2024, 1, 3), D(2024, 1, 3), Window(*[Period(D(2024, 1, 3), D(2024, 1, 3))] * 2, None, True)),
        (
            28, D(2024, 3, 25), None,
            Window(*[Period(D(2024, 3, 25), D(2024, 3, 31))] * 2, Period(D(2024, 3, 18), D(2024, 3, 24)), True),
        ),
        (28, D(2023, 12, 1), None, Window(KNOWN, KNOWN, None, False)),
        (28, D(2024, 3, 25), D(2024, 4, 7), Window(*[Period(D(2024, 3, 25), D(2024, 3, 31))] * 2, None, False)),
        (
            14, None, D(2024, 2, 29),
            Window(
                Period(D(2024, 1, 1), D(2024, 2, 29)), Period(D(2024, 2, 16), D(2024, 2, 29)),
                Period(D(2024, 2, 2), D(2024, 2, 15)), True,
            ),
        ),
        (14, None, D(2024, 5, 1), Window(KNOWN, Period(D(2024, 3, 18), D(2024, 3, 31)), None, False)),
        (28, None, D(2024, 1, 3), Window(*[Period(D(2024, 1, 1), D(2024, 1, 3))] * 2, None, False)),
        (28, D(2024, 4, 1), None, EMPTY),
        (28, None, D(2023, 12, 31), EMPTY),
        (28, D(2020, 1, 1), D(2020, 1, 31), EMPTY),
    ],
)  # fmt: skip
def test_windows(days: int, start: dt.date | None, end: dt.date | None, wanted: Window) -> None:
    assert window(KNOWN, days, start, end) == wanted


def test_without_data_there_is_no_window() -> None:
    assert window(None) == window(None, 28, D(2024, 1, 1), D(2024, 1, 2)) == EMPTY


def test_days_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        window(KNOWN, 28, D(2024, 2, 2), D(2024, 2, 1))
    assert str(caught.value) == (
        "The days asked for end before they begin\n"
        "  where   --from and --to\n"
        "  found   2024-02-02 to 2024-02-01\n"
        "  next    exchange the two days"
    )


DAY = st.one_of(st.none(), st.dates(D(2023, 12, 1), D(2024, 5, 1)))


@given(days=st.integers(1, 120), start=DAY, end=DAY)
def test_a_window_never_leaves_the_data(days: int, start: dt.date | None, end: dt.date | None) -> None:
    if start is not None and end is not None and end < start:
        start, end = end, start
    told = window(KNOWN, days, start, end)
    for period in (told.shown, told.recent, told.before):
        if period is not None:
            assert KNOWN.start <= period.start
            assert period.end <= KNOWN.end
    if told.shown is not None and told.recent is not None:
        assert told.shown.start <= told.recent.start
        assert told.recent.end == told.shown.end
    if told.before is not None and told.recent is not None:
        assert told.before.days == told.recent.days
        assert (told.recent.start - told.before.start).days % 7 == 0
        assert told.before.end < told.recent.start


def test_the_days_of_a_table(daily_from: Callable[..., Any]) -> None:
    assert span(daily_from([None, 100.0, None, 0.0, None])) == Period(D(2024, 1, 2), D(2024, 1, 4))
    assert span(daily_from([])) is None
