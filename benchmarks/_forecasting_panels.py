"""Panels to measure forecasts on: files a person names, real data where they lie beside the project, rendered ones.

The rendered ones come from a seed and are meant to be as hard as shops are: noise multiplies and lasts for days, a
promotion works differently in each store, levels shift, single days jump, and some of the weather nobody knows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.base import seeds
from shoplib.errors import ConfigError
from shoplib.forecasting import reading
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole
from shoplib.forecasting.tables.columns import Columns

DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real data, where there are any; nothing of them belongs to the project."""
SEED = 5
SERIES = 50
OPTIONS = ("id", "time", "target", "known", "closed", "stockout", "static", "holidays", "kind")
PROMOTED, YEARLY, SPARSE, COUNTS, MIXED, OTHER = (
    "promotions known ahead", "yearly pattern", "sparse", "low counts", "mixed", "other",
)  # fmt: skip
KINDS = (PROMOTED, YEARLY, SPARSE, COUNTS, MIXED, OTHER)
COUNT_BELOW, SPARSE_FROM, YEARLY_FROM = 10.0, 0.2, 730
MOSTLY = 0.8
"""Share of low counts from which a panel is one of them."""


@dataclass(frozen=True)
class Named:
    """A panel with its name and what kind of panel it is: that says which promises it must keep."""

    name: str
    panel: Panel
    kind: str


def given(text: str) -> Named:
    """Return the panel of ``FILE[:known=a,b][:closed=c][:holidays=DE][:static=x][:kind=sparse]``."""
    path, *options = text.split(":")
    found = dict(option.partition("=")[::2] for option in options)
    if set(found) - set(OPTIONS) or found.get("kind", OTHER) not in KINDS:
        raise ConfigError("The panel cannot be read as written", where=text, found=", ".join(options),
                          wanted=f"{', '.join(OPTIONS)}; kind one of {', '.join(KINDS)}",
                          next_step="write FILE:known=promo,price:closed=shut:holidays=DE")  # fmt: skip
    asked = ["--holidays", found.get("holidays", "")]
    for name in ("id", "time", "target", "known", "closed", "stockout", "static"):
        asked += [f"--{name}", found[name]] if name in found else []
    parser = argparse.ArgumentParser()
    reading.add_arguments(parser)
    panel = reading.read(parser.parse_args([path, *asked])).panel
    return Named(Path(path).stem, panel, found.get("kind") or kind(panel))


def kind(panel: Panel) -> str:
    """Return which kind of panel this seems to be."""
    if panel.known:
        return PROMOTED
    few = low(panel)
    if few.mean() >= MOSTLY:
        return COUNTS
    if few.mean() > 1 - MOSTLY:
        return MIXED
    known = ~np.isnan(panel.y)
    if (panel.y[known] == 0).mean() >= SPARSE_FROM:
        return SPARSE
    return YEARLY if panel.history >= YEARLY_FROM else OTHER


def low(panel: Panel) -> Flags:
    """Return which series are low counts: whole numbers with a mean below 10 an open day."""
    known = ~np.isnan(panel.y)
    values = np.where(known, panel.y, 0.0)
    mean = values.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return np.asarray((values == np.round(values)).all(axis=1) & (mean < COUNT_BELOW))


def real() -> Iterator[Named]:
    """Yield the panels of the real data that are there."""
    items = DATA / "store_item_daily.parquet"
    if items.exists():
        frame = pd.read_parquet(items)
        frame["unique_id"] = "s" + frame["store"].astype(str) + "_i" + frame["item"].astype(str).str.zfill(2)
        columns = Columns(time="date", target="sales", country="US")
        yield Named("store_item_daily", reading.panel_of(frame, columns).panel, YEARLY)
    pizzas = DATA / "pizza_sales.csv"
    if pizzas.exists():
        lines = pd.read_csv(pizzas, sep=";", encoding="utf-8-sig", usecols=["pizza_name_id", "quantity", "order_date"])
        lines["ds"] = pd.to_datetime(lines["order_date"].str.replace("-", "/"), format="%d/%m/%Y")
        sold = lines.groupby(["pizza_name_id", "ds"], as_index=False)["quantity"].sum()
        top = sold.groupby("pizza_name_id")["quantity"].sum().nlargest(SERIES).index
        columns = Columns(id="pizza_name_id", target="quantity")
        yield Named("pizza_sales", reading.panel_of(sold[sold["pizza_name_id"].isin(top)], columns).panel, COUNTS)


def rendered() -> Iterator[Named]:
    """Yield the panels that are always there."""
    made: dict[str, Callable[[np.random.Generator], Panel]] = {
        PROMOTED: stores, YEARLY: items, SPARSE: wholesale, COUNTS: few
    }  # fmt: skip
    for name, make in made.items():
        yield Named(f"rendered: {name}", make(seeds.stream(SEED, "benchmarks", "forecasting", name)), name)


def stores(rng: np.random.Generator) -> Panel:
    """Return 50 German stores: promotions every other week, shut on Sundays and public holidays."""
    import holidays

    days, weekday, angle = _calendar("2023-01-01", 942)
    feasts = holidays.country_holidays("DE", subdiv="NW", years=range(2022, 2027))
    shut = np.array([day in feasts for day in days.date]) | (weekday == 6)
    before = np.roll(shut & (weekday != 6), -1)
    school = np.isin(days.isocalendar().week, (1, 14, 15, 28, 29, 30, 31, 32, 33, 42, 43, 52)) & (weekday < 5)
    week = days.isocalendar().week.to_numpy(dtype=np.int64)
    promo = np.broadcast_to((week % 2 == 1) & (weekday < 5), (SERIES, 942)).copy()
    promo[:, rng.random(942) < 0.01] ^= True  # now and then a promotion comes or falls away
    lift = np.log1p(rng.uniform(0.05, 0.7, (SERIES, 1)) * rng.uniform(0.8, 1.2, (SERIES, WEEK))[:, weekday])
    advent = np.clip(1 - np.abs(days.dayofyear.to_numpy() - 355) / 30, 0, 1)
    log = (
        np.log(rng.lognormal(8.7, 0.4, (SERIES, 1)))
        + rng.normal(0, 0.12, (SERIES, WEEK))[:, weekday] + np.array([0.15, 0, 0, 0.02, 0.06, -0.05, 0])[weekday]
        + lift * promo + rng.normal(0.0, 0.06, (SERIES, 1)) * school + rng.uniform(0.05, 0.4, (SERIES, 1)) * before
        + _wave(rng, angle, 0.05) + rng.uniform(0.1, 0.5, (SERIES, 1)) * advent
        + _shifts(rng, 942, 0.15) + _noise(rng, 942, rng.uniform(0.06, 0.13, SERIES), 0.4)
    )  # fmt: skip
    closed = np.broadcast_to(shut, log.shape).copy()
    known = {"promo": promo.astype(float), "school": np.broadcast_to(school, log.shape).astype(float).copy()}
    sold = np.round(np.exp(log) * _spikes(rng, 942, 0.004))
    return Panel(_ids("store"), days, 942, np.where(closed, np.nan, sold), closed, known, country="DE-NW")


def items(rng: np.random.Generator) -> Panel:
    """Return 50 goods of stores over four years: a week, a year of their own, a trend, counts around them."""
    days, weekday, angle = _calendar("2021-01-01", 1461)
    log = (
        np.log(rng.lognormal(3.8, 0.5, (SERIES, 1))) + rng.normal(0, 0.05, (SERIES, WEEK))[:, weekday]
        + np.array([-0.15, -0.05, -0.05, 0, 0.05, 0.12, 0.18])[weekday] + _wave(rng, angle, 0.2)
        + rng.normal(0.05, 0.06, (SERIES, 1)) * np.arange(1461) / 365.25
        + _shifts(rng, 1461, 0.1) + _noise(rng, 1461, np.full(SERIES, 0.06), 0.6)
    )  # fmt: skip
    return _open("item", days, rng.poisson(np.exp(log)))


def wholesale(rng: np.random.Generator) -> Panel:
    """Return 50 goods of a wholesaler: many days without an order, lots of very unequal size, a rise before winter."""
    days, weekday, angle = _calendar("2023-01-01", 739)
    season = np.exp(rng.uniform(0, 0.5, (SERIES, 1)) * np.clip(np.sin(angle - 2.6), 0, None))
    chance = np.clip(rng.uniform(0.4, 0.85, (SERIES, 1)) * np.where(weekday == 5, 0.0, 1.0) * season, 0, 0.97)
    chance = chance * np.exp(_shifts(rng, 739, 0.3))
    lots = rng.lognormal(rng.normal(3.0, 0.6, (SERIES, 1)), rng.uniform(0.7, 1.1, (SERIES, 1)), (SERIES, 739))
    ordered = (rng.random((SERIES, 739)) < chance) * np.ceil(lots * season * _spikes(rng, 739, 0.01))
    return _open("good", days, ordered)


def few(rng: np.random.Generator) -> Panel:
    """Return 50 goods that sell once or a few times a day, over a year."""
    days, weekday, angle = _calendar("2024-01-01", 366)
    mean = np.exp(
        np.log(rng.uniform(0.4, 4.0, (SERIES, 1))) + rng.normal(0, 0.25, (SERIES, WEEK))[:, weekday]
        + _wave(rng, angle, 0.1) + _shifts(rng, 366, 0.25)
    )  # fmt: skip
    return _open("few", days, rng.poisson(mean * rng.gamma(3.0, 1 / 3.0, mean.shape)))


def _calendar(first: str, count: int) -> tuple[pd.DatetimeIndex, Whole, Floats]:
    days = pd.date_range(first, periods=count, freq="D")
    return days, days.weekday.to_numpy(), 2 * np.pi * days.dayofyear.to_numpy() / 365.25


def _wave(rng: np.random.Generator, angle: Floats, size: float) -> Floats:
    """Return a year of two waves for each series, half of it shared."""
    found = np.zeros((SERIES, len(angle)))
    for times in (1, 2):
        for wave in (np.sin(times * angle), np.cos(times * angle)):
            found += rng.normal(rng.normal(0, size / times), 0.5 * size / times, (SERIES, 1)) * wave
    return found


def _shifts(rng: np.random.Generator, days: int, size: float) -> Floats:
    """Return levels that move once or twice, in two of three series."""
    steps = np.zeros((SERIES, days))
    for _ in range(2):
        moved = rng.random(SERIES) < 0.4
        steps[np.arange(SERIES), rng.integers(60, days, SERIES)] += moved * rng.normal(0, size, SERIES)
    return steps.cumsum(axis=1)


def _noise(rng: np.random.Generator, days: int, size: Floats, lasts: float) -> Floats:
    """Return noise of which a part lasts from day to day, half of its variance shared by all series."""
    own = rng.normal(size=(SERIES, days)) * np.sqrt(0.5) + rng.normal(size=days) * np.sqrt(0.5)
    found = own.copy()
    for day in range(1, days):
        found[:, day] = lasts * found[:, day - 1] + np.sqrt(1 - lasts**2) * own[:, day]
    return np.asarray(found * size[:, None])


def _spikes(rng: np.random.Generator, days: int, share: float) -> Floats:
    return np.where(rng.random((SERIES, days)) < share, rng.uniform(0.3, 3.0, (SERIES, days)), 1.0)


def _open(name: str, days: pd.DatetimeIndex, sold: np.ndarray) -> Panel:
    return Panel(_ids(name), days, len(days), sold.astype(np.float64), np.zeros(sold.shape, dtype=bool))


def _ids(name: str) -> tuple[str, ...]:
    return tuple(f"{name}{number:03d}" for number in range(SERIES))
