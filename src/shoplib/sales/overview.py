"""The shop at a glance: the last days against the same weekdays before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from shoplib.base.calendar import Period, last_days
from shoplib.sales.metrics import METRICS, Value, currency_of, measure

TOLD_BY = {
    "refunds": ("refunds", "refunds_total", "refund_share", "net_sales"),
    "tax_minor": ("tax",),
    "discount_minor": ("discounts",),
    "tips_minor": ("tips",),
}


@dataclass(frozen=True)
class Overview:
    """The metrics of a period and of the one before it.

    ``period`` is cut to the days there are data for; ``whole`` is false if anything was cut. ``before`` is
    ``None``, and all of ``was`` too, where the data do not reach over both periods. Without any data
    ``period`` is ``None``.
    """

    period: Period | None
    before: Period | None
    whole: bool
    currency: str | None
    now: dict[str, Value]
    was: dict[str, Value]

    def change_share(self, name: str) -> float | None:
        """Return the change of a metric as a share of what it was, ``None`` if it cannot be told."""
        now, was = self.now[name], self.was[name]
        return None if now is None or not was else now / was - 1

    def table(self) -> pd.DataFrame:
        """Return one row a metric: metric, label, unit, value, before, change_share, better, definition.

        ``value`` and ``before`` are Python numbers or ``None``: minor units, counts, units, shares or days.
        """
        return pd.DataFrame(
            {
                "metric": [m.name for m in METRICS],
                "label": [m.label for m in METRICS],
                "unit": [m.unit for m in METRICS],
                "value": pd.Series([self.now[m.name] for m in METRICS], dtype=object),
                "before": pd.Series([self.was[m.name] for m in METRICS], dtype=object),
                "change_share": pd.Series([self.change_share(m.name) for m in METRICS], dtype="float64"),
                "better": [m.better for m in METRICS],
                "definition": [m.definition for m in METRICS],
            }
        )


def span(daily: pd.DataFrame) -> Period | None:
    """Return the days from the first to the last row of ``sales_daily``, ``None`` if it has no rows."""
    if daily.empty:
        return None
    return Period(daily["business_date"].min().date(), daily["business_date"].max().date())


def overview(daily: pd.DataFrame, compare_days: int = 28, end: dt.date | None = None) -> Overview:
    """Return the last ``compare_days`` up to ``end`` (the last day with data) and the same weekdays before.

    The period before lies whole weeks earlier, so weekdays match. It is compared only if the data reach over
    both periods wholly. Raises ``ContractError`` if there is more than one currency.
    """
    currency = currency_of(daily)
    known = span(daily)
    unknown: dict[str, Value] = dict.fromkeys((m.name for m in METRICS), None)
    if known is None or (end is not None and end < known.start):
        return Overview(None, None, False, currency, unknown, unknown)
    asked = last_days(min(end or known.end, known.end), compare_days)
    whole = asked.start >= known.start and (end is None or end <= known.end)
    # A till that never names a refund, a tax or a tip does not tell that there was none.
    untold = dict.fromkeys(name for column, names in TOLD_BY.items() if not daily[column].any() for name in names)
    period = Period(max(asked.start, known.start), asked.end)
    comparable = whole and asked.before().start >= known.start
    return Overview(
        period=period,
        before=asked.before() if comparable else None,
        whole=whole,
        currency=currency,
        now=measure(daily, period) | untold,
        was=(measure(daily, asked.before()) if comparable else unknown) | untold,
    )
