"""Forecasts of stores, products, categories and the total that add up, and an owner's word that spreads down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.panel import Flags, Floats, Panel, Whole
from shoplib.forecasting.trials import Trials

BOTTOM = "series"
"""The level of the series themselves; the levels above are named by who asks."""
BOTTOM_UP, WLS, OLS, MINT = "bottom_up", "wls_struct", "ols", "mint_shrink"
TOLD = {
    BOTTOM_UP: "the sums of the single series",
    WLS: "all levels weighed by how many series they hold",
    OLS: "all levels weighed alike",
    MINT: "all levels weighed by how their errors went together",
}
MOST_MINT, MOST_WLS = 300, 3000
"""Series beyond which the covariance of all errors, or weights by structure, would cost more than they give."""
ERRORS_A_NODE = 3
"""Days of errors for each node that a covariance takes: with fewer it is drawn so far to the diagonal that the errors
the series have in common go unseen, and the sums of the series look better than they are."""
KNOWN_SHARE = 0.5
"""Share of a sum's usual units that must be known on a day for the rest to be reckoned from it."""
LEAST = 1e-9
EVEN = 1e-4
"""Sum of turned errors below which the library takes a node for one without errors."""

Levels = Mapping[str, Sequence[str]]
"""Name of each level above the series and the columns of ``panel.static`` that tell its nodes apart; none: one node."""


@dataclass(frozen=True)
class Tree:
    """What adds up to what: ``sums`` (nodes above the series, series) is 1 where a series belongs to a node.

    ``names`` are the nodes of all levels, the series last; ``rows`` says which of them are of which level.
    """

    names: tuple[str, ...]
    sums: Floats
    rows: Mapping[str, slice]

    def parts(self, stacked: Floats) -> dict[str, Floats]:
        """Return what belongs to each level of an array with one row a node."""
        return {level: stacked[rows] for level, rows in self.rows.items()}

    def added(self, series: Floats) -> dict[str, Floats]:
        """Return the sums of every level from (series, days)."""
        return self.parts(np.vstack([self.sums @ series, series]))

    def members(self, level: str, place: int) -> Whole:
        """Return the series of one node of a level."""
        if level == BOTTOM:
            return np.array([place], dtype=np.int64)
        found: Whole = np.flatnonzero(self.sums[self.rows[level]][place] > 0)
        return found


@dataclass(frozen=True)
class Reconciled:
    """Forecasts by level that add up, each (nodes, horizon), by which method, and what a reader must know."""

    means: dict[str, Floats]
    method: str
    notes: tuple[str, ...] = ()


def tree(panel: Panel, levels: Levels) -> Tree:
    """Return what adds up to what among the series of ``panel``, in order of level and of name."""
    names: list[str] = []
    sums: list[Floats] = []
    rows: dict[str, slice] = {}
    for level, columns in levels.items():
        unknown = [column for column in columns if column not in panel.static]
        if unknown or level == BOTTOM:
            raise ConfigError(
                "A level of the hierarchy cannot be made", where=level,
                found=f"columns of the series: {words.listed(panel.static.columns) or 'none'}",
                wanted=f"the column {unknown[0]}" if unknown else f"a name other than {BOTTOM}",
                next_step="name a column that the series have, or leave the level out",
            )  # fmt: skip
        label = np.full(len(panel.ids), "total", dtype=object)
        if columns:
            label = panel.static[list(columns)].astype(str).agg("/".join, axis=1).to_numpy(dtype=object)
        known = sorted(set(label))
        rows[level] = slice(len(names), len(names) + len(known))
        names += known
        sums.append((np.array(known, dtype=object)[:, None] == label[None, :]).astype(np.float64))
    rows[BOTTOM] = slice(len(names), len(names) + len(panel.ids))
    return Tree((*names, *panel.ids), np.vstack([*sums, np.zeros((0, len(panel.ids)))]), rows)


def summed(panel: Panel, levels: Levels) -> dict[str, Panel]:
    """Return a panel for each level, the series themselves last under ``series``.

    A closed day or one before a series begins adds nothing. Where part of a sum is not known on a day (a shelf was
    empty), it is reckoned from the part that is, by the usual units of each series, and is not known if that part
    usually makes less than half. A sum is closed when all its series are. Columns known ahead become the mean over
    those of the series, so that a flag becomes a share.
    """
    grown = tree(panel, levels)
    sold, shut = panel.sold, panel.closed
    usual = np.array([np.nanmean(row) if (~np.isnan(row)).any() else 0.0 for row in sold])
    begun = np.arange(panel.history) >= panel.starts[:, None]
    dark = np.isnan(sold) & begun
    panels: dict[str, Panel] = {}
    for level, rows in grown.rows.items():
        if level == BOTTOM:
            panels[level] = panel
            continue
        sums = grown.sums[rows]
        units = sums @ np.where(np.isnan(sold), 0.0, sold)
        whole, told = sums @ (begun * usual[:, None]), sums @ ((begun & ~dark) * usual[:, None])
        share = np.where(whole > LEAST, told / np.maximum(whole, LEAST), (sums @ dark == 0).astype(np.float64))
        closed = sums @ ~shut == 0
        known = (share >= KNOWN_SHARE) & (sums @ begun > 0) & ~closed[:, : panel.history]
        names = grown.names[rows]
        panels[level] = replace(
            panel, ids=names, closed=closed,
            y=np.where(known, units / np.maximum(share, KNOWN_SHARE), np.nan),
            known={name: _mean(sums, grid) for name, grid in panel.known.items()},
            static=pd.DataFrame({"level": level}, index=pd.Index(names, name="unique_id")),
        )  # fmt: skip
    return panels


def _mean(sums: Floats, grid: Floats) -> Floats:
    known = (~np.isnan(grid)).astype(np.float64)
    count = sums @ known
    return np.where(count > 0, sums @ np.nan_to_num(grid) / np.maximum(count, 1), np.nan)


def reconcile(
    base: Mapping[str, Floats],
    grown: Tree,
    errors: Mapping[str, Floats] | None = None,
    shut: Flags | None = None,
    method: str = "",
) -> Reconciled:
    """Return forecasts of all levels that add up to double precision, from those of each level by itself.

    ``base`` has (nodes, horizon) by level, ``errors`` what earlier forecasts missed, (nodes, days), ``shut`` the closed
    days of the series, on which they stay 0. Without a ``method`` it is minimum trace with a shrunk covariance of
    the errors (Wickramasuriya, Athanasopoulos and Hyndman 2019) where there are enough of them for the number of
    series, else weights by structure, else bottom-up. Never negative: what would fall below 0 becomes 0, and the
    others of its day give way so that the total stays. What a level does not say is the sum of what the series do;
    a series nobody speaks of is taken as 0, with a note.
    """
    series = base[BOTTOM]
    mute = np.isnan(series).any(axis=1)
    closed = np.zeros(series.shape, dtype=bool) if shut is None else shut
    clean = np.where(np.isnan(series) | closed, 0.0, series)
    silent = int(mute.sum())
    notes = [f"{words.plural(silent, 'series', 'series')} without a forecast count as 0 in the sums."] * (silent > 0)
    adding = grown.added(clean)
    stacked = np.vstack([np.where(np.isnan(base.get(level, part)), part, base.get(level, part)) if level != BOTTOM
                         else clean for level, part in adding.items()])  # fmt: skip
    missed = _errors(grown, errors)
    used, why = _method(grown, missed, method)
    notes += why
    if used == BOTTOM_UP:
        bottom = np.maximum(clean, 0.0)
    else:
        bottom = _positive(_projected(stacked, grown, missed, used), closed)
    return Reconciled(grown.added(bottom), used, tuple(notes))


def _errors(grown: Tree, errors: Mapping[str, Floats] | None) -> Floats:
    """Return the errors of all nodes on the days on which each of them is known."""
    if errors is None or any(level not in errors for level in grown.rows):
        return np.zeros((len(grown.names), 0))
    together = np.vstack([errors[level] for level in grown.rows])
    told: Floats = together[:, ~np.isnan(together).any(axis=0)]
    return told


def _method(grown: Tree, missed: Floats, asked: str) -> tuple[str, list[str]]:
    """Return the best method that can be afforded and is meant, and why it is not a better one."""
    series = grown.sums.shape[1]
    if len(grown.rows) == 1 or asked == BOTTOM_UP:
        return BOTTOM_UP, []
    if series > MOST_WLS:
        return BOTTOM_UP, [f"{words.count(series)} series are too many to reconcile; the sums are those of the series."]
    if asked in (WLS, OLS):
        return asked, []
    flat = np.mean(np.abs(_turned(missed).sum(axis=1)) < EVEN) if missed.size else 1.0
    if series <= MOST_MINT and missed.shape[1] >= ERRORS_A_NODE * len(missed) and flat < KNOWN_SHARE:
        return MINT, []
    return WLS, [f"Too few errors or too many series for a covariance; {TOLD[WLS]}."] if asked == MINT else []


def _projected(stacked: Floats, grown: Tree, missed: Floats, method: str) -> Floats:
    from hierarchicalforecast.methods import MinTrace  # type: ignore[import-untyped]  # has no types

    shrunk = _turned(missed)
    answer = MinTrace(method=method).fit_predict(
        S=np.vstack([grown.sums, np.eye(grown.sums.shape[1])]),
        y_hat=stacked,
        y_insample=shrunk,
        y_hat_insample=np.zeros_like(shrunk),
    )
    bottom: Floats = np.asarray(answer["mean"], dtype=np.float64)[-grown.sums.shape[1] :]
    return bottom


def _turned(missed: Floats) -> Floats:
    """Return errors in their root mean square, those of every other day turned round: their mean must not go out."""
    scale = max(float(np.sqrt(np.mean(missed**2))) if missed.size else 1.0, LEAST)
    return missed * np.where(np.arange(missed.shape[1]) % 2 == 0, 1.0, -1.0) / scale


def _positive(bottom: Floats, closed: Flags) -> Floats:
    """Return the forecasts of the series at 0 or above, 0 when closed, with each day's total kept if it can be."""
    wanted = np.maximum(np.where(closed, 0.0, bottom).sum(axis=0), 0.0)
    kept = np.where(closed, 0.0, np.maximum(bottom, 0.0))
    made = kept.sum(axis=0)
    return kept * np.where(made > LEAST, wanted / np.maximum(made, LEAST), 1.0)


def moved(said: Said, mean: Floats) -> Said:
    """Return ``said`` around another mean: bounds move in proportion, by the same amount where the mean was 0."""
    ratio, shift = mean / np.maximum(said.mean, LEAST), mean - said.mean

    def shifted(side: Floats) -> Floats:
        return np.where(said.mean > LEAST, side * ratio, np.maximum(side + shift, 0.0))

    bands = {level: (shifted(low), shifted(high)) for level, (low, high) in said.bands.items()}
    return replace(said, mean=mean, bands=bands)


def beside(
    trials: Mapping[str, Trials], model: str, grown: Tree, said: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Return how far off each method was in back-test: a row a method, WAPE by level, and ``mean`` over the levels.

    Each window is reconciled with the errors of the windows before it; the first, with none, is told by no one.
    ``said`` names the model of a level where it is not ``model``. The first row wins.
    """
    names = {level: (said or {}).get(level, model) for level in grown.rows}
    expected = {level: trials[level].mean(names[level]) for level in grown.rows}
    off = {level: trials[level].actual - expected[level] for level in grown.rows}
    table = []
    for method in TOLD:
        missed, sold = dict.fromkeys(grown.rows, 0.0), dict.fromkeys(grown.rows, 0.0)
        for window in range(1, len(trials[BOTTOM].cutoffs)):
            errors = {level: np.hstack(list(gaps[:window])) for level, gaps in off.items()}
            base = {level: grid[window] for level, grid in expected.items()}
            got = reconcile(base, grown, errors, trials[BOTTOM].closed[window], method).means
            for level in grown.rows:
                actual = trials[level].actual[window]
                missed[level] += float(np.nansum(np.abs(got[level] - actual)))
                sold[level] += float(np.nansum(actual))
        table.append({"method": method} | {level: missed[level] / sold[level] if sold[level] > 0 else np.nan
                                           for level in grown.rows})  # fmt: skip
    found = pd.DataFrame(table)
    found["mean"] = found[list(grown.rows)].mean(axis=1).round(9)
    return found.sort_values("mean", kind="stable", ignore_index=True)


def override(
    means: Mapping[str, Floats], grown: Tree, level: str, node: str, value: float, days: slice | Whole = slice(None)
) -> tuple[dict[str, Floats], pd.DataFrame]:
    """Return the forecasts after an owner's word, and who moved whom.

    ``value`` is what ``node`` is to sell over ``days`` of the horizon together. It spreads over the node's series and
    days in proportion to what was expected, evenly where nothing was; all sums follow. The table has a row a
    node that moved: level, node, before, after, moved and because.
    """
    known = list(grown.names[grown.rows[level]]) if level in grown.rows else []
    bad = "a quantity of 0 or more" if not (np.isfinite(value) and value >= 0) else ""
    if node not in known or bad:
        near = words.nearest(node, known) if known and node not in known else ""
        raise ConfigError(
            "A forecast cannot be overridden so", where=f"{level} {node}",
            found=f"{value:g}" if bad else f"no such {level}",
            wanted=bad or (f"one of {words.listed(known)}" if known else f"a level: {words.listed(grown.rows)}"),
            next_step=f"did you mean {near}?" if near and not bad else "",
        )  # fmt: skip
    bottom = means[BOTTOM].copy()
    mine = grown.members(level, known.index(node))
    here = np.isin(np.arange(len(bottom)), mine).astype(np.float64)
    at = np.arange(bottom.shape[1])[days]
    block: npt.NDArray[np.intp] = np.ix_(mine, at)  # type: ignore[assignment]  # a pair of indices, as numpy takes it
    before = float(bottom[block].sum())
    bottom[block] = bottom[block] * (value / before) if before > LEAST else value / max(bottom[block].size, 1)
    after = grown.added(bottom)
    rows = []
    for name, grid in after.items():
        old, new = means[name][:, at].sum(axis=1), grid[:, at].sum(axis=1)
        inside, held = grown.added(np.column_stack([here, np.ones_like(here)]))[name].T
        because = np.where(inside == held, "spread down", "adds up")
        rows.append(pd.DataFrame({"level": name, "node": list(grown.names[grown.rows[name]]), "before": old,
                                  "after": new, "moved": new - old, "because": because}))  # fmt: skip
    table = pd.concat(rows, ignore_index=True)
    table.loc[(table["level"] == level) & (table["node"] == node), "because"] = "owner"
    kept = (table["moved"].abs() > LEAST) | (table["because"] == "owner")
    return after, table[kept].reset_index(drop=True)
