"""Series too young for a model borrow from their group: its level, the shape of its coming days, how launches went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoplib.base import words
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

LEAST_DAYS = 28
"""Known days below which a series is a newcomer."""
RECENT_DAYS = 56
"""Days back over which the level of a grown series is taken."""
LAUNCH_WEEKS, GROWN_WEEKS = 8, 4
"""Weeks a launch lasts, and weeks after it that tell the level it led to."""
LAUNCHES = 3
"""Earlier newcomers of a group from which on their launches tell how the next will go."""
LEAST_WORTH, MOST_WORTH = 1.0, 28.0
"""Bounds of the days of its own that outweigh what a newcomer's group is like."""
NORMAL = {80: 1.2816, 95: 1.96}
LEAST = 1e-9


@dataclass(frozen=True)
class _Group:
    """What newcomers of one group borrow."""

    level: float
    """Units a day of a typical grown series."""
    spread: float
    """Squared coefficient of variation of the levels of grown series."""
    noise: float
    """Variance of a day over its squared level."""
    shape: Floats
    """Coming days over the level, by day of the horizon."""
    week: Floats
    """Weekdays over the level, Monday first."""
    launch: Floats
    """Weeks after the first sale over the level reached later."""
    bounds: dict[int, tuple[Floats, Floats]]
    """Lower and upper bound over the mean by level and day of the horizon, where models gave any."""


def young(panel: Panel, least_days: int = LEAST_DAYS) -> Flags:
    """Return which series have too few known days for a model, in a panel that reaches back further than they do."""
    few: Flags = (~np.isnan(panel.y)).sum(axis=1) < min(least_days, panel.history)
    return few


def lend(panel: Panel, said: Said, groups: str | None = None, *, least_days: int = LEAST_DAYS) -> Said:
    """Return ``said`` with the rows of newcomers, and rows of NaN, filled from their group, and notes which.

    ``groups`` is the column of ``panel.static`` that says who belongs together; a group without grown series, or
    no column, is the whole panel. The level is the newcomer's own few days drawn to the group's by as many days as
    a day's noise outweighs the difference between series (empirical Bayes); the coming days follow what ``said``
    expects of the grown, so that a holiday or an offer known ahead counts for the newcomer too, and launches of
    earlier newcomers if there were ``LAUNCHES`` of them. A series never sold takes the group's typical level. Where
    nobody has a history there is nothing to borrow, and the answer is what little the panel knows.
    """
    mean = said.mean
    mute = np.isnan(mean).all(axis=1)
    new = young(panel, least_days) | mute
    if not new.any():
        return said
    grown = ~new
    filled, bands = mean.copy(), {level: (low.copy(), high.copy()) for level, (low, high) in said.bands.items()}
    own = _named(panel, groups)
    for name in sorted(set(own[new])):
        members = own == name
        givers = members & grown
        lender = givers if givers.any() else grown if grown.any() else members if _any(panel, members) else new
        group = _group(panel, said, np.flatnonzero(lender))
        rows = np.flatnonzero(members & new)
        expected, doubt = _borrowed(panel, rows, group, mean.shape[1])
        filled[rows] = expected
        for level, (low, high) in bands.items():
            below, above = group.bounds[level]
            wide = NORMAL.get(level, NORMAL[95]) * np.sqrt(doubt)[:, None]
            low[rows] = np.maximum(expected * (1 - np.hypot(1 - below, wide)), 0.0)
            high[rows] = expected * (1 + np.hypot(above - 1, wide))
    return Said(filled, bands, (*said.notes, *_notes(panel, new)))


def _any(panel: Panel, rows: Flags) -> bool:
    return bool((~np.isnan(panel.y[rows])).any())


def _named(panel: Panel, groups: str | None) -> npt.NDArray[np.object_]:
    if groups is None or groups not in panel.static:
        return np.full(len(panel.ids), "", dtype=object)
    return panel.static[groups].astype(str).to_numpy(dtype=object)


def _group(panel: Panel, said: Said, rows: Whole) -> _Group:
    y = panel.y[rows]
    recent = y[:, -RECENT_DAYS:]
    days = (~np.isnan(recent)).sum(axis=1)
    level = np.nansum(recent, axis=1) / np.maximum(days, 1)
    known = days > 0
    weekday = panel.days[: panel.history].weekday.to_numpy()
    week = _shape(y[:, -RECENT_DAYS:], level, weekday[-RECENT_DAYS:])
    typical = float(level[known].mean()) if known.any() else 0.0
    sold = known & (level > 0)
    off = (recent[sold] - level[sold, None] * week[weekday[-RECENT_DAYS:]]) / level[sold, None]
    noise = float(np.median(np.nanmean(off**2, axis=1))) if sold.any() else 1.0
    spread = float(np.var(level[known])) / max(typical, LEAST) ** 2 if known.sum() > 2 else 1.0
    coming = panel.coming(said.mean.shape[1]).weekday.to_numpy()
    shut = _shut(panel, rows, said.mean.shape[1])
    told = ~np.isnan(said.mean[rows]) & ~shut & known[:, None]
    expected = np.where(told, said.mean[rows], 0.0).sum(axis=0)
    base = np.where(told, level[:, None], 0.0).sum(axis=0)
    shape = np.where(base > LEAST, expected / np.maximum(base, LEAST), week[coming])
    bounds = {key: _relative(said.mean[rows], low[rows], high[rows], told) for key, (low, high) in said.bands.items()}
    return _Group(typical, spread, noise, shape, week, _launches(panel, rows, week[weekday]), bounds)


def _shut(panel: Panel, rows: Whole, horizon: int) -> Flags:
    ahead = panel.closed[rows, panel.history : panel.history + horizon]
    return np.pad(ahead, ((0, 0), (0, horizon - ahead.shape[1])))


def _shape(y: Floats, level: Floats, weekday: Whole) -> Floats:
    """Return the weekdays of series together over their levels, drawn to 1 by one week of all of them."""
    known = ~np.isnan(y)
    units, usual = np.where(known, y, 0.0).sum(axis=0), (known * level[:, None]).sum(axis=0)
    onto = np.eye(WEEK)[weekday]
    prior = max(float(level.sum()), LEAST)
    shape: Floats = (units @ onto + prior) / (usual @ onto + prior)
    return shape


def _relative(mean: Floats, low: Floats, high: Floats, told: Flags) -> tuple[Floats, Floats]:
    """Return the bounds of series together over their means, by day; 0 and 2 where nobody has any."""
    fine = told & ~np.isnan(low) & ~np.isnan(high)
    base = np.where(fine, mean, 0.0).sum(axis=0)
    below, above = (np.where(fine, side, 0.0).sum(axis=0) / np.maximum(base, LEAST) for side in (low, high))
    return np.where(base > LEAST, np.minimum(below, 1), 0.0), np.where(base > LEAST, np.maximum(above, 1), 2.0)


def _launches(panel: Panel, rows: Whole, week: Floats) -> Floats:
    """Return the weeks after the first sale over the level of the weeks after them, 1 with too few launches."""
    flat = np.ones(LAUNCH_WEEKS)
    starts = panel.starts[rows]
    length = WEEK * (LAUNCH_WEEKS + GROWN_WEEKS)
    past = (starts >= LEAST_DAYS) & (starts + length <= panel.history)
    if past.sum() < LAUNCHES:
        return flat
    at = starts[past][:, None] + np.arange(length)
    y = panel.y[rows[past][:, None], at]
    usual = np.where(np.isnan(y), 0.0, week[at])
    units, days = (grid.reshape(len(y), -1, WEEK).sum(axis=2) for grid in (np.nan_to_num(y), usual))
    level = units[:, LAUNCH_WEEKS:].sum(axis=1) / np.maximum(days[:, LAUNCH_WEEKS:].sum(axis=1), LEAST)
    expected = (days[:, :LAUNCH_WEEKS] * level[:, None]).sum(axis=0)
    prior = max(float(level.sum()), LEAST)
    curve: Floats = (units[:, :LAUNCH_WEEKS].sum(axis=0) + prior) / (expected + prior)
    return curve


def _borrowed(panel: Panel, rows: Whole, group: _Group, horizon: int) -> tuple[Floats, Floats]:
    """Return what newcomers are expected to sell, and the squared relative doubt of their level."""
    y = panel.y[rows]
    starts = np.where(panel.starts[rows] < panel.history, panel.starts[rows], panel.history)
    curve = np.append(group.launch, 1.0)
    new = starts >= LEAST_DAYS
    age = np.arange(panel.history + horizon) - starts[:, None]
    stage = np.where(new[:, None], np.clip(age // WEEK, 0, LAUNCH_WEEKS), LAUNCH_WEEKS)
    weekday = panel.days[: panel.history].weekday.to_numpy()
    usual = np.where(np.isnan(y), 0.0, group.week[weekday] * curve[stage[:, : panel.history]])
    worth = float(np.clip(group.noise / max(group.spread, LEAST), LEAST_WORTH, MOST_WORTH))
    days = usual.sum(axis=1)
    level = (np.nansum(y, axis=1) + worth * group.level) / (days + worth)
    expected: Floats = level[:, None] * group.shape * curve[stage[:, panel.history :]]
    return expected, group.spread * worth / (days + worth)


def _notes(panel: Panel, new: Flags) -> list[str]:
    never = new & np.isnan(panel.y).all(axis=1)
    few = new & ~never
    names = np.array(panel.ids, dtype=object)
    notes = []
    if few.any():
        told = words.listed(names[few].tolist(), limit=5)
        notes.append(f"{words.plural(int(few.sum()), 'series', 'series')} with too little history for a model "
                     f"borrowed from the others of the group: {told}.")  # fmt: skip
    if never.any():
        told = words.listed(names[never].tolist(), limit=5)
        notes.append(f"{words.plural(int(never.sum()), 'series', 'series')} never sold yet took the typical level of "
                     f"the group: {told}.")  # fmt: skip
    return notes
