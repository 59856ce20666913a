"""From the facts of a shop to its forecast: takings by place, units by product, and how far both can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.stages import Forecasting
from shoplib.forecasting import demand_series, engine, goods, known_ahead, said, tabled
from shoplib.forecasting.demand_series import Facts, Measured, Places
from shoplib.forecasting.engine import Expected, Plan
from shoplib.forecasting.goods import Goods
from shoplib.forecasting.monitor.data import Day
from shoplib.forecasting.monitor.newest import newest_days


@dataclass(frozen=True)
class Outlook:
    """The forecast of a shop with everything that is told about it; the tables are as declared."""

    plan: Plan
    shops: Places
    takings: Expected | None
    """``None`` where no place has a forecast."""
    units: Expected | None
    """``None`` where no lines were taken in."""
    goods: Goods
    forecast: pd.DataFrame
    scores: pd.DataFrame
    models: pd.DataFrame
    said: pd.DataFrame
    worth: pd.DataFrame
    """Of each series of units, in their order: price_minor and cost_minor of one, and whether the cost is told."""
    slow: pd.DataFrame
    """Products to order on demand, as :func:`shoplib.forecasting.slow.on_demand` tells them."""
    offers_ahead: int
    """Offers known to run in the coming days."""
    shortage_costs: float
    newest: Mapping[str, tuple[Day, ...]] = field(default_factory=dict)
    """How the latest days of sales, and of their lines, differ from those before; see :mod:`monitor.newest`."""
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """``location_id`` and ``product_id`` → name shown to readers."""

    def score(self, measured: Measured, row: int = 0) -> pd.Series | None:
        """Return the scores of the forecast of a series, ``None`` where it could not be tried."""
        mine = self.scores[self.scores["chosen"] == "yes"]
        found = mine[(mine[demand_series.KEYS] == measured.keys.iloc[row][demand_series.KEYS]).all(axis=1)]
        return None if found.empty else found.iloc[0]


def outlook(facts: Facts, settings: Forecasting, shop: Shop, kept: pd.DataFrame | None = None) -> Outlook:
    """Return the forecast; ``kept`` are tables ``forecast`` of earlier runs with the day they were ``said_on``.

    Without takings, or with too short a history, there are empty tables.
    """
    daily = facts["sales_daily"]
    country = known_ahead.country(settings.holidays, shop.timezone)
    ahead = engine.plan(len(demand_series.calendar(daily)), settings.horizon_days, settings.windows)
    shops = demand_series.places(daily, ahead.horizon_days, country)
    if not shops.ids:
        ahead = Plan(ahead.history_days, ahead.asked_days, 0, 0)
    found = goods.goods(facts, shops)
    takings = units = None
    if ahead.horizon_days:
        planned = goods.offers(facts, found, shops)
        takings = demand_series.takings(shops, planned, settings.max_series if "location" in settings.levels else 0)
        spare = settings.max_series - (len(takings.keys) if takings else 0)
        units = goods.units(facts, found, shops, planned, settings.levels, spare, shop.timezone)
    expected = [
        None if series is None else engine.expected(series, settings.models, ahead, settings.shortage_costs)
        for series in (takings, units)
    ]
    worth = goods.worth(
        units.keys if units else pd.DataFrame(columns=demand_series.KEYS),
        found,
        facts["products"],
        settings.shortage_costs,
    )
    there = [one for one in expected if one is not None]
    return Outlook(
        ahead, shops, expected[0], expected[1], found,
        forecast=tabled.forecast(there),
        scores=tabled.scores(there, worth) if ahead.windows else tabled.empty("forecast_scores"),
        models=tabled.models(there),
        said=said.said(there, kept),
        worth=worth,
        slow=goods.on_demand(found, shops) if ahead.horizon_days else pd.DataFrame(),
        offers_ahead=_offers_ahead(facts["promotions"], shops),
        shortage_costs=settings.shortage_costs,
        newest=newest_days(facts),
        names=_names(facts),
    )  # fmt: skip


def _offers_ahead(promotions: pd.DataFrame, shops: Places) -> int:
    """Return how many offers run on one of the coming days."""
    if shops.days.empty or not shops.horizon:
        return 0
    coming = shops.whole[len(shops.days) :]
    runs = (pd.DatetimeIndex(promotions["starts"]) <= coming[-1]) & (pd.DatetimeIndex(promotions["ends"]) >= coming[0])
    return int(promotions.loc[runs, "promotion_id"].nunique())


def _names(facts: Facts) -> dict[str, dict[str, str]]:
    pairs = {"location_id": ("locations", "location_name"), "product_id": ("products", "product_name")}
    return {
        key: dict(zip(facts[table][key].astype(str), facts[table][name].astype(str), strict=True))
        for key, (table, name) in pairs.items()
    }
