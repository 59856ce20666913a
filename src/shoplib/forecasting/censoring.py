"""Demand beside sales: what would have been sold on days on which the shelf was empty.

A closed day is 0 by rule, an empty shelf says only that demand was not less than what was sold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shoplib.forecasting.availability import Shelf
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

ROUNDS = 12
"""Rounds of expectation and maximisation; the total moves by less than 0.1 % after eight."""
AROUND_DAYS = 14.0
"""Days around a day whose level counts as its own: one standard deviation of the kernel."""
PRIOR_DAYS = 3.0
"""Days of trade by which a day's level is drawn towards that of the whole series."""
BORROWED_DAYS, SHORT_DAYS = 14.0, 28.0
"""Days of trade a series without any borrows from its family; one with ``SHORT_DAYS`` of its own borrows none."""
FORGET_DAYS = 56
"""After so many days without goods nobody knows who would still want them."""
MOST_MOOD = 2.5
"""How much busier than usual a day is taken to have gone on that sold out early: one large basket is not a rush."""
MOST_USUAL = 2.0
"""Bound of what is usual, over units by the share of trade that found goods: keeps days with next to none from feeding
on what was reckoned for themselves."""
LEAST = 1e-9


@dataclass(frozen=True)
class Demand:
    """What was wanted: arrays of the shape (series, history).

    ``filled`` is sales where there were goods, and sales with what was probably missed where there were none; 0 on
    closed days, NaN where nothing is known. ``usual`` is what such a day leads to expect.
    """

    filled: Floats
    usual: Floats


def censored(panel: Panel, shelf: Shelf, groups: str | None = None, *, parts: bool = True) -> Panel:
    """Return the panel with demand unknown on days without goods, never 0.

    Where goods ran out during a day, ``y`` becomes what was sold and what was probably missed; without ``parts`` it
    is unknown too, which leaves out more busy days than quiet ones and so makes demand look small.
    """
    out = shelf.out & ~np.isnan(panel.y)
    told = out & parts & (np.nan_to_num(shelf.share, nan=1.0) > 0) & (panel.y > 0)
    filled = demand(panel, shelf, groups).filled if told.any() else panel.y
    return replace(panel, y=np.where(told, filled, np.where(out, np.nan, panel.y)))


def reconstructed(panel: Panel, shelf: Shelf, groups: str | None = None) -> Floats:
    """Return demand on each day of the history, (series, history): see :class:`Demand`."""
    return demand(panel, shelf, groups).filled


def demand(panel: Panel, shelf: Shelf, groups: str | None = None) -> Demand:
    """Return what was wanted of each series on each day.

    A day's level is that of the days around it, weighed by the share of their trade that found goods, times the
    shape of its place's week and what the other series of its group did on the day; ``groups`` is the column of
    ``panel.static`` that says which belong together (the product, sold in several places), the whole panel without
    one. Sales until goods ran out tell about the rest of the day as much as days vary beyond chance: with the mean m
    and the variance φm + αm², a day with the share e of its trade and s sold misses (1 − e)·m·(1/α + s/φ)/(1/α +
    m·e/φ) on average (gamma-Poisson). Where the moment is not known, it is the mean of a negative binomial above s.
    """
    sold = panel.sold
    share = np.where((shelf.share == 0) & (np.nan_to_num(sold) > 0), np.nan, shelf.share)
    shut = panel.closed[:, : panel.history]
    open_days = ~np.isnan(sold) & ~shut
    seen = open_days & ~(share == 0)
    if not seen.any():
        return Demand(np.where(shelf.out & open_days, np.nan, sold), np.full_like(sold, np.nan))
    weight = seen.astype(np.float64)
    filled = np.where(seen, np.nan_to_num(sold), 0.0)
    family = _numbers(panel, groups)
    phi, alpha = 1.0, 0.3
    usual = np.zeros_like(filled)
    traded = np.where(seen, np.nan_to_num(share, nan=1.0), 0.0)
    most = MOST_USUAL * _usual(panel, filled, traded, family)
    for turn in range(ROUNDS):
        usual = _usual(panel, filled, weight, family)
        if turn < 3:
            phi, alpha = _spread(sold, usual, open_days & (share == 1))
        missed = _missed(np.nan_to_num(sold), usual, np.minimum(usual, most), share, phi, alpha)
        filled = np.where(seen, np.nan_to_num(sold) + np.where(shelf.out, missed, 0.0), 0.0)
    given_up = _given_up(np.where(open_days, share, np.nan), shut)
    rest = np.where(given_up, np.nan, usual)
    whole = np.where(open_days & (share == 0), rest, np.where(seen, filled, sold))
    return Demand(np.where(shut & ~np.isnan(sold), 0.0, whole), np.where(open_days, usual, np.nan))


def missed(panel: Panel, shelf: Shelf, groups: str | None = None) -> pd.DataFrame:
    """Return one row a series: unique_id, days_out, units_sold, units_wanted, units_missed and share_missed."""
    sold = panel.sold
    wanted = reconstructed(panel, shelf, groups)
    table = pd.DataFrame({
        "unique_id": pd.Series(panel.ids, dtype="str"),
        "days_out": (shelf.out & ~np.isnan(sold) & ~panel.closed[:, : panel.history]).sum(axis=1),
        "units_sold": np.nansum(sold, axis=1),
        "units_wanted": np.nansum(np.where(np.isnan(wanted), sold, wanted), axis=1),
    })  # fmt: skip
    table["units_missed"] = table["units_wanted"] - table["units_sold"]
    table["share_missed"] = (table["units_missed"] / table["units_wanted"]).where(table["units_wanted"] > 0)
    return table


def _numbers(panel: Panel, column: str | None) -> Whole:
    """Return the number of each series' group, all 0 without a column."""
    if column is None or column not in panel.static:
        return np.zeros(len(panel.ids), dtype=np.int64)
    return pd.factorize(panel.static[column].astype(str))[0]


def _usual(panel: Panel, filled: Floats, weight: Floats, family: Whole) -> Floats:
    """Return what each day leads to expect: level around it × shape of the week × what its family did."""
    week = _week(panel, filled, weight)
    family_day = np.ones_like(filled)
    level = np.ones_like(filled)
    for _ in range(2):
        level = _level(filled, weight * week * family_day, family)
        family_day = _family(filled, weight * level * week, family)
    return np.maximum(level * week * family_day, LEAST)


def _week(panel: Panel, filled: Floats, weight: Floats) -> Floats:
    """Return the shape of the week, (series, history), mean about 1: that of the place, drawn to that of all."""
    weekday = panel.days[: panel.history].weekday.to_numpy()
    place = _numbers(panel, "location_id")
    onto = np.eye(WEEK)[weekday]
    units, days = filled @ onto, weight @ onto
    scale = filled.sum(axis=1, keepdims=True) / np.maximum(weight.sum(axis=1, keepdims=True), LEAST)
    expected = days * scale
    many = int(place.max()) + 1
    of_place, of_place_expected = np.zeros((many, WEEK)), np.zeros((many, WEEK))
    np.add.at(of_place, place, units)
    np.add.at(of_place_expected, place, expected)
    common = (units.sum(axis=0) + 1) / (expected.sum(axis=0) + 1)
    shape = (of_place + 100 * common) / (of_place_expected + 100)
    by_day: Floats = shape[place][:, weekday]
    return by_day


def _level(filled: Floats, weight: Floats, family: Whole) -> Floats:
    """Return the level around each day, drawn to that of the series, and a short one's to that of its family."""
    from scipy.ndimage import gaussian_filter1d

    units, days = filled.sum(axis=1), weight.sum(axis=1)
    of_all = units.sum() / max(float(days.sum()), LEAST)
    theirs, their_days = np.bincount(family, units), np.bincount(family, days)
    common = ((theirs + WEEK * of_all) / (their_days + WEEK))[family]
    borrowed = BORROWED_DAYS * np.maximum(1 - days / SHORT_DAYS, 0.0)
    whole = ((units + borrowed * common) / np.maximum(days + borrowed, LEAST))[:, None]
    size = AROUND_DAYS * np.sqrt(2 * np.pi)
    near = gaussian_filter1d(filled, AROUND_DAYS, axis=1, mode="constant") * size
    near_days = gaussian_filter1d(weight, AROUND_DAYS, axis=1, mode="constant") * size
    level: Floats = (near + PRIOR_DAYS * whole) / (near_days + PRIOR_DAYS)
    return level


def _family(filled: Floats, expected: Floats, family: Whole) -> Floats:
    """Return by which factor each series' family was off its level on each day, drawn to 1 where it is small."""
    many = int(family.max()) + 1
    units, usual = np.zeros((many, filled.shape[1])), np.zeros((many, filled.shape[1]))
    np.add.at(units, family, filled)
    np.add.at(usual, family, expected)
    return ((units + 5.0) / (usual + 5.0))[family]


def _spread(sold: Floats, usual: Floats, whole: Flags) -> tuple[float, float]:
    """Return φ and α of the variance φm + αm² around the mean m, by least squares over days with goods all day."""
    mean, off = usual[whole], (sold[whole] - usual[whole]) ** 2
    if len(mean) < WEEK:
        return 1.0, 0.3
    sides = np.column_stack([mean, mean**2]) / np.maximum(mean, 0.1)[:, None]
    found, *_ = np.linalg.lstsq(sides, off / np.maximum(mean, 0.1), rcond=None)
    return float(max(found[0], 1.0)), float(np.clip(found[1], 0.01, 2.0))


def _missed(sold: Floats, usual: Floats, safe: Floats, share: Floats, phi: float, alpha: float) -> Floats:
    """Return the units a day probably missed; ``safe`` is what it leads to expect where the moment is known."""
    from scipy.stats import nbinom

    told = np.nan_to_num(share, nan=1.0)
    mood = np.minimum((1 / alpha + sold / phi) / (1 / alpha + safe * told / phi), MOST_MOOD)
    timed = (1 - told) * safe * mood
    unknown = np.isnan(share) & (sold > 0)
    mean, least = usual[unknown], np.ceil(sold[unknown])
    size = mean / np.maximum(phi - 1 + alpha * mean, LEAST)
    chance = size / (size + mean)
    above = np.maximum(nbinom.sf(least - 1, size, chance), LEAST)
    timed[unknown] = np.maximum(mean * nbinom.sf(least - 2, size + 1, chance) / above - sold[unknown], 0.0)
    return np.where(np.isnan(timed), 0.0, timed)


def _given_up(share: Floats, shut: Flags) -> Flags:
    """Return the days that come after ``FORGET_DAYS`` days without goods, closed ones counted."""
    bare = (share == 0) | shut
    days = np.arange(share.shape[1])
    last = np.maximum.accumulate(np.where(bare, -1, days), axis=1)
    given_up: Flags = bare & (days - last > FORGET_DAYS)
    return given_up
