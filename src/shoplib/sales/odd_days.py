"""The days of a scope that stood out, judged once for every view and table that tells of them."""

from __future__ import annotations

import pandas as pd

from shoplib.sales import anomalies, baseline, expected_days, moved
from shoplib.sales.baseline import Judged
from shoplib.sales.view import Scope


def judged(scope: Scope) -> Judged:
    """Return every day of every place, judged against its usual, which days expected to be odd do not enter."""
    return scope.kept("judged days", _judge)


def odd(scope: Scope) -> pd.DataFrame:
    """Return the table ``sales_anomalies``: the days that stood out, and what goes with each."""
    return scope.kept("odd days", _tell)


def _judge(scope: Scope) -> Judged:
    marked = [(one.place, one.day, one.note) for one in scope.settings.expected_days]
    expected = pd.DataFrame(marked, columns=list(expected_days.COLUMNS))
    return baseline.judge(scope.daily, scope.shop.timezone, expected)


def _tell(scope: Scope) -> pd.DataFrame:
    parts = moved.moved(scope.books)
    return anomalies.told(judged(scope), scope.shop.timezone, offers=scope.books.promotions, moved=parts)
