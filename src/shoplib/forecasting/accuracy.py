"""How good forecasts were: every measure by series, over the panel, and by model.

An error is e = ŷ − y, above 0 where too much was expected. Days without an actual or a forecast are not scored. A
measure that is not defined (nothing sold, a series that never changed) is NaN, never 0 and never infinity.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.panel import Flags, Floats, Whole
from shoplib.forecasting.trials import Trials

Bounds = Mapping[int, tuple[Floats, Floats]]
"""Lower and upper bounds by level, each (series, horizon)."""
Rows = Sequence[int] | Whole | Flags | None
"""Positions of series, or one flag a series; ``None``: all."""

BASELINE = "weekday_mean"
"""Name of the model that every other has to beat."""
MEASURES = ("days", "wape", "mase", "rmsse", "mape", "rmse", "r2", "bias")
WON_WITHIN = 1e-9
"""Share by which two errors may differ and still be called equal."""


def scores(trials: Trials, model: str, rows: Rows = None, bands: Sequence[Bounds] | None = None) -> pd.DataFrame:
    """Return how ``model`` did on each series, index ``unique_id``.

    ``days`` is how many forecasts were scored. ``wape`` = Σ|e| / Σy. ``mase`` (Hyndman and Koehler 2006) and ``rmsse``
    (Makridakis et al. 2022) are means over windows of mean|e| / scale and √(mean e² / square). ``mape`` = mean |e| / y
    over y > 0, ``rmse`` = √(mean e²), ``r2`` = 1 − Σe² / Σ(y − ȳ)², ``bias`` = Σe / Σy.

    Where there are bounds (``bands``, a window each; otherwise the model's own): for each level ``coverage_80``, the
    share of open days within, and ``width_80``, Σ(high − low) / Σy; and ``pinball``, the mean over all bounds of the
    quantile loss Σ max(τd, (τ − 1)d) / Σy with d = y − bound (Koenker and Bassett 1978). Closed days are certain, so
    they do not count in these.
    """
    table = _scores(_pick(trials, rows, model), _bounds(trials, model, rows, bands), by_series=True)
    return table.set_axis(_ids(trials, rows), axis=0)


def pooled(trials: Trials, model: str, rows: Rows = None, bands: Sequence[Bounds] | None = None) -> pd.Series:
    """Return the measures of :func:`scores` over all series together.

    Sums run over all series; ``mase`` and ``rmsse`` are means over series, so each counts alike whatever its size.
    """
    picked = _pick(trials, rows, model)
    table = _scores(picked, _bounds(trials, model, rows, bands), by_series=False)
    each = _scores(picked, [], by_series=True)
    row = table.iloc[0].copy()
    row[["mase", "rmsse"]] = each["mase"].mean(), each["rmsse"].mean()
    return row.rename(model)


def league(
    trials: Trials, models: Sequence[str], rows: Rows = None, bands: Mapping[str, Sequence[Bounds]] | None = None
) -> pd.DataFrame:
    """Return one row a model, lowest ``rmsse`` first: :func:`pooled`, and how it stands to the others.

    ``share_won`` is the share of series on which no model has a lower RMSSE (a tie is won by each). ``skill`` =
    1 − RMSSE / RMSSE of the weekday mean on the series both forecast, ``worse`` the share of those on which the model
    loses to it; NaN where the weekday mean is not among the trials.
    """
    bands = bands or {}
    error = by_model(trials, models, rows)
    best = error.min(axis=1)
    base = by_model(trials, [BASELINE], rows)[BASELINE] if BASELINE in trials.said else best * np.nan
    lost = losing(trials, models, rows)
    found = []
    for model in models:
        own = error[model]
        both = own.notna() & base.notna()
        ours, theirs = own[both].mean(), base[both].mean()
        won = (own <= best * (1 + WON_WITHIN))[own.notna()]
        found.append(
            pd.concat(
                [
                    pooled(trials, model, rows, bands.get(model)),
                    pd.Series(
                        {
                            "share_won": won.sum() / len(error) if len(error) else np.nan,
                            "skill": 1 - ours / theirs if theirs > 0 else np.nan,
                            "worse": lost.loc[both, model].mean() if both.any() else np.nan,
                        }
                    ),
                ]
            ).rename(model)
        )
    table = pd.DataFrame(found).rename_axis("model")
    return table.sort_values("rmsse", kind="stable") if len(table) else table


def by_model(trials: Trials, models: Sequence[str], rows: Rows = None) -> pd.DataFrame:
    """Return the RMSSE of each series (index ``unique_id``) with each model (columns)."""
    return pd.DataFrame({model: _scaled(trials, model, rows) for model in models}, index=_ids(trials, rows))


def losing(trials: Trials, models: Sequence[str], rows: Rows = None) -> pd.DataFrame:
    """Return where a model does worse than the weekday mean by RMSSE: series × models, true or false.

    False where either has nothing to say, and everywhere when the weekday mean is not among the trials.
    """
    error = by_model(trials, models, rows)
    if BASELINE not in trials.said:
        return error.notna() & False
    base = by_model(trials, [BASELINE], rows)[BASELINE]
    return error.gt(base * (1 + WON_WITHIN), axis=0)


def error_money(
    trials: Trials, model: str, margin: npt.ArrayLike = 1.0, waste: npt.ArrayLike = 1.0, rows: Rows = None
) -> pd.DataFrame:
    """Return what being wrong cost on each series, index ``unique_id``, in the money of ``margin`` and ``waste``.

    ``margin`` is what one unit sold brings, lost where too little was expected; ``waste`` what one unit too many costs
    (holding or throwing away). Each is one number or one a series. ``over`` and ``under`` are units, ``wasted`` =
    over × waste, ``lost`` = under × margin, ``cost`` their sum. Where the series is money itself, both stay 1: the cost
    is the sum of absolute errors. NaN where nothing was scored.
    """
    actual, mean, *_ = _pick(trials, rows, model)
    miss, known = _miss(actual, mean)
    scored = known.any(axis=(0, 2))
    over = np.where(scored, np.maximum(miss, 0.0).sum(axis=(0, 2)), np.nan)
    under = np.where(scored, np.maximum(-miss, 0.0).sum(axis=(0, 2)), np.nan)
    table = pd.DataFrame(
        {"over": over, "under": under, "wasted": over * np.asarray(waste), "lost": under * np.asarray(margin)},
        index=_ids(trials, rows),
    )
    return table.assign(cost=table["wasted"] + table["lost"])


def ratio(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """Return ``above`` / ``below``, NaN where ``below`` is not above 0."""
    top, bottom = np.broadcast_arrays(np.asarray(above, dtype=np.float64), np.asarray(below, dtype=np.float64))
    found = np.full(top.shape, np.nan)
    np.divide(top, bottom, out=found, where=bottom > 0)
    return np.where(np.isfinite(found), found, np.nan)


def quantile_loss(actual: Floats, bound: Floats, share: float) -> Floats:
    """Return max(τd, (τ − 1)d) of d = actual − bound, τ being ``share``: the loss that the τ-quantile makes least."""
    short = actual - bound
    return np.maximum(share * short, (share - 1) * short)


def tails(level: int) -> tuple[float, float]:
    """Return the shares below the lower and below the upper bound of a central band: 80 gives 0.1 and 0.9."""
    return (1 - level / 100) / 2, (1 + level / 100) / 2


_Picked = tuple[Floats, Floats, Flags, Floats, Floats]


def _pick(trials: Trials, rows: Rows, model: str) -> _Picked:
    """Return actual, mean, closed, scale and square of the wanted series."""
    at = _at(trials, rows)
    mean = trials.mean(model) if trials.said[model] else np.zeros(trials.actual.shape)
    return trials.actual[:, at], mean[:, at], trials.closed[:, at], trials.scale[:, at], trials.square[:, at]


def _bounds(trials: Trials, model: str, rows: Rows, bands: Sequence[Bounds] | None) -> list[tuple[int, Floats, Floats]]:
    """Return level, lower and upper bounds (windows, series, horizon) for the levels every window has."""
    windows = [said.bands for said in trials.said[model]] if bands is None else list(bands)
    if not windows:
        return []
    at = _at(trials, rows)
    levels = sorted(set.intersection(*(set(window) for window in windows)))
    found = []
    for level in levels:
        low, high = (np.stack([window[level][side] for window in windows])[:, at] for side in (0, 1))
        found.append((level, low, high))
    return found


def _scores(picked: _Picked, bounds: list[tuple[int, Floats, Floats]], *, by_series: bool) -> pd.DataFrame:
    actual, mean, closed, scale, square = picked
    over = (0, 2) if by_series else (0, 1, 2)
    miss, known = _miss(actual, mean)
    sold = np.where(known, actual, 0.0)
    days, total = known.sum(axis=over), sold.sum(axis=over)
    usual = ratio(total, days)
    spread = np.where(known, sold - (usual[None, :, None] if by_series else usual), 0.0)
    some = sold > 0
    found = {
        "days": days,
        "wape": ratio(np.abs(miss).sum(axis=over), total),
        "mase": _over_windows(ratio(ratio(np.abs(miss).sum(axis=2), known.sum(axis=2)), scale)),
        "rmsse": _over_windows(np.sqrt(ratio(ratio((miss**2).sum(axis=2), known.sum(axis=2)), square))),
        "mape": ratio(
            np.where(some, np.abs(miss) / np.where(some, sold, 1.0), 0.0).sum(axis=over), some.sum(axis=over)
        ),
        "rmse": np.sqrt(ratio((miss**2).sum(axis=over), days)),
        "r2": 1 - ratio((miss**2).sum(axis=over), (spread**2).sum(axis=over)),
        "bias": ratio(miss.sum(axis=over), total),
    }
    if not by_series:
        found |= {"mase": np.nan, "rmsse": np.nan}
    losses = []
    for level, low, high in bounds:
        counted = ~np.isnan(actual) & ~closed & ~np.isnan(low) & ~np.isnan(high)
        sales = np.where(counted, actual, 0.0).sum(axis=over)
        within = counted & (actual >= low) & (actual <= high)
        found[f"coverage_{level}"] = ratio(within.sum(axis=over), counted.sum(axis=over))
        found[f"width_{level}"] = ratio(np.where(counted, high - low, 0.0).sum(axis=over), sales)
        for bound, share in zip((low, high), tails(level), strict=True):
            losses.append(ratio(np.where(counted, quantile_loss(actual, bound, share), 0.0).sum(axis=over), sales))
    if losses:
        found["pinball"] = np.mean(losses, axis=0)
    return pd.DataFrame({name: np.atleast_1d(value) for name, value in found.items()})


def _scaled(trials: Trials, model: str, rows: Rows = None) -> Floats:
    """Return the RMSSE of each series, the mean over windows."""
    actual, mean, _, _, square = _pick(trials, rows, model)
    miss, known = _miss(actual, mean)
    return _over_windows(np.sqrt(ratio(ratio((miss**2).sum(axis=2), known.sum(axis=2)), square)))


def _miss(actual: Floats, mean: Floats) -> tuple[Floats, Flags]:
    """Return the errors, 0 where there is none, and where there is one."""
    miss = mean - actual
    known = ~np.isnan(miss)
    return np.where(known, miss, 0.0), known


def _over_windows(values: Floats) -> Floats:
    """Return the mean of each column over the windows that have a value."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))


def _at(trials: Trials, rows: Rows) -> Whole:
    places = np.arange(len(trials.ids))
    return places if rows is None else places[np.asarray(rows)]


def _ids(trials: Trials, rows: Rows) -> pd.Index:
    return pd.Index([trials.ids[place] for place in _at(trials, rows)], name="unique_id", dtype="object")
