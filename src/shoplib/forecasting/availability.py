"""When there was something to sell: the share of each day's trade that met goods, from movements of stock."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel, Whole

LINE = ["location_id", "product_id"]
NOTHING = 0.5
"""A level reckoned at or below this many units is an empty shelf; half a unit takes up what is lost between counts."""
ENOUGH = 0.95
"""A day on which so much of the trade found goods counts as a day with goods."""
LEAST_SALES = 50
"""Sales that tell by which hour how much of a place's weekday is sold; below that its whole week tells."""
SALE, ADJUSTMENT = "sale", "adjustment"


@dataclass(frozen=True)
class Shelf:
    """How much of each day's usual trade found goods: ``share`` of the shape (series, history).

    1 where some were left all day, 0 where there were none all day, between them where they ran out or came in during
    the day, NaN where they ran out at a moment nobody wrote down.
    """

    share: Floats

    @property
    def out(self) -> Flags:
        """Days out of stock, in whole or in part."""
        out: Flags = ~(self.share == 1.0)
        return out


def stocked(panel: Panel) -> Shelf:
    """Return shelves that were never empty."""
    return Shelf(np.ones((len(panel.ids), panel.history)))


def stockouts(
    panel: Panel,
    movements: pd.DataFrame,
    counts: pd.DataFrame | None = None,
    sales: pd.DataFrame | None = None,
    timezone: str = "UTC",
) -> Shelf:
    """Return when the series of ``panel`` were out of stock, by the running level of ``stock_movements``.

    ``panel.static`` has ``location_id`` and ``product_id``, one line of stock a series. What ``stock_counts``, or
    adjustments where there are none, put right went missing evenly since the count before. ``sales`` has the columns
    timestamp, business_date, location_id, product_id and quantity; it tells at which moment the last of a day was
    sold. Timestamps are UTC. Series without movements, and days before the first, are taken as in stock.
    """
    size = (len(panel.ids), panel.history)
    rows = _placed(panel, movements)
    moved = rows["movement"].astype(str).to_numpy()
    booked = moved != ADJUSTMENT
    level = _grid(rows[booked], size, rows.loc[booked, "quantity"]).cumsum(axis=1)
    wrong = rows[~booked]
    level += _found(_placed(panel, counts, "counted_on"), level) if counts is not None else _written(wrong, size)
    before = np.hstack([level[:, :1] * 0 + 1.0, level[:, :-1]])
    sold = -_grid(rows[moved == SALE], size, rows.loc[moved == SALE, "quantity"])
    known = np.zeros(size, dtype=bool)
    known[rows["row"], rows["day"]] = True
    known = np.logical_or.accumulate(known, axis=1)
    empty = (level <= NOTHING) & known
    share = np.where(empty, np.where(sold > 0, np.nan, 0.0), 1.0)
    came = rows[(rows["quantity"] > 0).to_numpy() & booked]
    trade = _trade(panel, rows[moved == SALE] if sales is None else _placed(panel, sales), timezone)
    first = _moments(came, size, timezone, latest=False)
    opened = trade.until(first)
    starved = known & (before <= NOTHING) & ~np.isnan(first)
    late = np.where(starved, opened, 0.0)
    share = np.where(starved & ~empty, 1.0 - opened, share)
    if sales is not None:
        last = _moments(_placed(panel, sales), size, timezone, latest=True)
        share = np.where(empty & ~np.isnan(last), np.maximum(trade.until(last) - late, 0.0), share)
    return Shelf(np.where(share >= ENOUGH, 1.0, np.clip(share, 0.0, 1.0)))


@dataclass(frozen=True)
class _Trade:
    """Sorted moments of sales, seconds after midnight of the business day, by place and weekday."""

    moments: dict[tuple[str, int], Floats]
    place: list[str]
    weekday: Whole

    def until(self, moment: Floats) -> Floats:
        """Return which share of a day's usual trade comes up to ``moment`` (series, days); NaN where it is NaN."""
        share = np.full(moment.shape, np.nan)
        at = np.flatnonzero(~np.isnan(moment).ravel())
        row, day = np.divmod(at, moment.shape[1])
        names = np.array(self.place, dtype=object)[row]
        for (place, weekday), known in self.moments.items():
            mine = (names == place) & (self.weekday[day] == weekday)
            share.flat[at[mine]] = np.searchsorted(known, moment.flat[at[mine]], side="right") / max(len(known), 1)
        return share


def _trade(panel: Panel, sales: pd.DataFrame, timezone: str) -> _Trade:
    place = panel.static["location_id"].astype(str).tolist()
    weekday = panel.days[: panel.history].weekday.to_numpy()
    moment = _seconds(sales, timezone)
    of_place, of_day = np.array(place, dtype=object)[sales["row"]], weekday[sales["day"]]
    moments: dict[tuple[str, int], Floats] = {}
    for name in sorted(set(place)):
        whole = np.sort(moment[of_place == name])
        for day in range(WEEK):
            some = np.sort(moment[(of_place == name) & (of_day == day)])
            moments[name, day] = some if len(some) >= LEAST_SALES else whole
    return _Trade(moments, place, weekday)


def _placed(panel: Panel, table: pd.DataFrame, when: str = "business_date") -> pd.DataFrame:
    """Return the rows of ``table`` that belong to a series and a day of the history, with ``row`` and ``day``.

    What happened before the first day is placed on it: the level is the sum of all that ever happened.
    """
    lines = pd.MultiIndex.from_frame(panel.static[LINE].astype(str))
    wanted = pd.MultiIndex.from_frame(table[LINE].astype(str))
    row = lines.get_indexer(wanted)
    gone = pd.to_datetime(table[when]).to_numpy(dtype="datetime64[D]") - panel.days[0].to_datetime64().astype("M8[D]")
    day = np.maximum(gone.astype(np.int64), 0)
    inside = (row >= 0) & (day < panel.history)
    placed: pd.DataFrame = table.assign(row=row, day=day)[inside]
    return placed


def _grid(rows: pd.DataFrame, size: tuple[int, int], amount: pd.Series) -> Floats:
    grid = np.zeros(size)
    np.add.at(grid, (rows["row"].to_numpy(), rows["day"].to_numpy()), amount.to_numpy(dtype=np.float64))
    return grid


def _found(counts: pd.DataFrame, level: Floats) -> Floats:
    """Return what to add to the level of each day so that each count is met, the gap opening evenly before it."""
    row, day = counts["row"].to_numpy(), counts["day"].to_numpy()
    return _evenly(row, day, counts["counted_units"].to_numpy(dtype=np.float64) - level[row, day], level.shape)


def _written(rows: pd.DataFrame, size: tuple[int, int]) -> Floats:
    """Return the sum of adjustments of each series up to each day, each spread evenly over the days before it."""
    grid = _grid(rows, size, rows["quantity"])
    row, day = np.nonzero(grid)
    return _evenly(row, day, grid.cumsum(axis=1)[row, day], size)


def _evenly(row: Whole, day: Whole, amount: Floats, size: tuple[int, int]) -> Floats:
    """Return ``amount`` on its days, a straight line from 0 on the first day between them, level after the last."""
    spread = np.zeros(size)
    order = np.lexsort((day, row))
    row, day, amount = row[order], day[order], amount[order]
    for part in np.split(np.arange(len(row)), np.flatnonzero(np.diff(row)) + 1):
        if len(part):
            at, values = np.append(-1, day[part]), np.append(0.0, amount[part])
            spread[row[part[0]]] = np.interp(np.arange(size[1]), at, values)
    return spread


def _moments(rows: pd.DataFrame, size: tuple[int, int], timezone: str, *, latest: bool) -> Floats:
    """Return the first or the last moment of each series and day in seconds, NaN where nothing happened."""
    grid = np.full(size, -np.inf if latest else np.inf)
    where = (rows["row"].to_numpy(), rows["day"].to_numpy())
    (np.maximum if latest else np.minimum).at(grid, where, _seconds(rows, timezone))
    return np.where(np.isinf(grid), np.nan, grid)


def _seconds(rows: pd.DataFrame, timezone: str) -> Floats:
    local = pd.to_datetime(rows["timestamp"])
    if local.dt.tz is None:
        local = local.dt.tz_localize("UTC")
    local = local.dt.tz_convert(timezone).dt.tz_localize(None)
    gone = local.to_numpy() - pd.to_datetime(rows["business_date"]).to_numpy()
    return np.asarray(gone / np.timedelta64(1, "s"), dtype=np.float64)
