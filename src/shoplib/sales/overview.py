"""The shop at a glance: the last days against the same weekdays before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from shoplib.base.calendar import Period
from shoplib.sales.metrics import METRICS, Value, currency_of, measure
from shoplib.sales.window import Window, span, window


@dataclass(frozen=True)
class Overview:
    """The metrics of a window: ``now`` of its recent days, ``was`` of those before, ``all`` of all days shown.

    All of ``was`` are ``None`` where nothing can be compared.
    """

    window: Window
    currency: str | None
    now: dict[str, Value]
    was: dict[str, Value]
    all: dict[str, Value]

    @classmethod
    def of(cls, daily: pd.DataFrame, days: Window) -> Overview:
        """Return the metrics of a window over the whole ``sales_daily``; ``ContractError`` if currencies are mixed."""
        now, was, shown = (measure(daily, period) for period in (days.recent, days.before, days.shown))
        return cls(days, currency_of(daily), now, was, shown)

    @property
    def period(self) -> Period | None:
        """The recent days, cut to those there are data for."""
        return self.window.recent

    @property
    def before(self) -> Period | None:
        """The days they are compared with."""
        return self.window.before

    @property
    def whole(self) -> bool:
        """Whether nothing asked for was cut."""
        return self.window.whole

    def change_share(self, name: str) -> float | None:
        """Return the change of a metric as a share of the size of what it was, ``None`` if it cannot be told."""
        now, was = self.now[name], self.was[name]
        if now is None or not was:
            return None
        return (now - was) / abs(was)

    def table(self) -> pd.DataFrame:
        """Return one row a metric: metric, label, unit, value, before, change_share, all, better, definition, report.

        ``value``, ``before`` and ``all`` are Python numbers or ``None``: minor units, counts, units, shares or days.
        """
        return pd.DataFrame(
            {
                "metric": [m.name for m in METRICS],
                "label": [m.label for m in METRICS],
                "unit": [m.unit for m in METRICS],
                "value": pd.Series([self.now[m.name] for m in METRICS], dtype=object),
                "before": pd.Series([self.was[m.name] for m in METRICS], dtype=object),
                "change_share": pd.Series([self.change_share(m.name) for m in METRICS], dtype="float64"),
                "all": pd.Series([self.all[m.name] for m in METRICS], dtype=object),
                "better": [m.better for m in METRICS],
                "definition": [m.definition for m in METRICS],
                "report": [m.report for m in METRICS],
            }
        )


def overview(
    daily: pd.DataFrame, compare_days: int = 28, start: dt.date | None = None, end: dt.date | None = None
) -> Overview:
    """Return the metrics of the last ``compare_days``, or of the days asked for, and of the same weekdays before.

    ``daily`` is the whole ``sales_daily``. The period before lies whole weeks earlier, so weekdays match; it is
    compared only if the data reach over both wholly. Raises ``ContractError`` if there is more than one currency.
    """
    return Overview.of(daily, window(span(daily), compare_days, start, end))
