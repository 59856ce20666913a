"""Which transactions stand behind a number of the metric contract, and what each of them adds to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from shoplib.base import money, words
from shoplib.base.calendar import Period
from shoplib.config.models import Sales
from shoplib.sales import metrics
from shoplib.sales.books import open_books
from shoplib.sales.measures import COLUMNS, KEY, sales_daily
from shoplib.sales.metrics import Metric, Value

AMOUNTS = [name for name in COLUMNS if name not in (*KEY, "currency")]


@dataclass(frozen=True)
class Behind:
    """A metric of some days and places, and the transactions behind it.

    ``parts`` is one row a transaction, by id, with the columns of ``sales_daily`` that it alone adds to.
    """

    metric: Metric
    value: Value
    currency: str
    parts: pd.DataFrame
    weights: dict[str, float]
    """How often each column of ``parts`` counts in the metric; empty if the metric is no sum."""
    worked_out_of: tuple[str, ...]
    """Columns a metric that is no sum hangs on."""

    def shown(self, language: str) -> str:
        """Return the value for readers."""
        if self.value is None:
            return "not known"
        if self.metric.unit == "minor":
            return money.show(int(self.value), self.currency, language=language)
        if self.metric.unit == "share":
            return words.share(self.value, language)
        return words.count(self.value, language, 0 if float(self.value).is_integer() else 2)

    def sums(self) -> list[tuple[str, pd.Series, str]]:
        """Return title, what each transaction adds (those that add nothing left out), and unit.

        A metric that is a sum has one such list, and it adds up to the value exactly. Any other is worked out of
        several, which add up to the sums it is made of.
        """
        if self.weights:
            whole = sum(self.parts[name] * weight for name, weight in self.weights.items())
            adds = pd.Series(whole, index=self.parts.index)
            return [(self.metric.label, _filled(adds), self.metric.unit)]
        return [
            (name, _filled(self.parts[name]), "minor" if name.endswith("_minor") else "count")
            for name in self.worked_out_of
        ]


def _filled(adds: pd.Series) -> pd.Series:
    adds = adds[adds != 0]
    return adds.astype("int64") if (adds % 1 == 0).all() else adds


def of(
    name: str, facts: Mapping[str, pd.DataFrame], settings: Sales, days: tuple[dt.date, dt.date] | None = None,
    location: str = "",
) -> Behind:  # fmt: skip
    """Return what stands behind a metric in some days (both ends included) and at one place, or in all.

    ``facts`` are the tables :func:`open_books` reads. Raises ``KeyError`` if no metric has this name.
    """
    metric = metrics.metric(name)
    gifts, refunds = settings.gift_card_categories, settings.refunds
    daily = sales_daily(open_books(facts, gifts, refunds))
    silent = metric.name in metrics.untold(daily)
    sales = facts["transactions"]
    alone = sales.assign(location_id=sales["transaction_id"])
    # with each transaction as a place of its own, the sums by place are what each of them adds
    each = sales_daily(open_books({**facts, "transactions": alone}, gifts, refunds))
    place = pd.Series(sales["location_id"].astype(str).to_numpy(), index=sales["transaction_id"].astype(str))
    each = each.assign(transaction_id=each["location_id"].astype(str)).set_index("transaction_id")
    if location:
        daily = daily[daily["location_id"] == location]
        each = each[place.loc[each.index].to_numpy() == location]
    if days is not None:
        period = Period(*days)
        daily, each = (part[period.covers(part["business_date"])] for part in (daily, each))
    known = len(daily) and not silent
    value = metric.compute(daily) if known else None
    weights = _weights(metric, daily, value) if known else {}
    used = () if weights or not known else _used(metric, daily)
    currency = metrics.currency_of(daily) or ""
    return Behind(metric, value, currency, each[AMOUNTS], weights, used)


def _weights(metric: Metric, daily: pd.DataFrame, value: Value) -> dict[str, float]:
    """Return how often each column counts in a metric, ``{}`` if the metric is not a sum of columns."""
    row = daily.head(1).assign(**dict.fromkeys(AMOUNTS, 0))
    found: dict[str, float] = {}
    for name in AMOUNTS:
        weight = metric.compute(row.assign(**{name: 1}))
        if weight is None:
            return {}
        if weight:
            found[name] = weight
    whole = sum(weight * daily[name].sum() for name, weight in found.items())
    return found if found and value is not None and abs(whole - value) < 1e-6 else {}


def _used(metric: Metric, daily: pd.DataFrame) -> tuple[str, ...]:
    """Return the columns that make a difference to a metric."""
    row = daily.head(1).assign(**{name: daily[name].sum() for name in AMOUNTS})
    before = metric.compute(row)
    found = []
    for name in AMOUNTS:
        more = metric.compute(row.assign(**{name: row[name] * 2 + 1000}))
        if more != before or (metric.unit == "days" and name == "transactions"):
            found.append(name)
    return tuple(found)
