"""From the series of a measure to what is expected of them: models tried, weighed, made to agree, and given bands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting import accuracy, choosing, decisions, hierarchy, trials
from shoplib.forecasting.bands import levels as bands
from shoplib.forecasting.bands import sums as of_days
from shoplib.forecasting.demand_series import LEAST_DAYS, Measured
from shoplib.forecasting.hierarchy import Tree
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Here, Model, Said
from shoplib.forecasting.panel import WEEK, Flags, Floats, Panel
from shoplib.forecasting.trials import Trials

USED = "auto"
"""Name under which the forecast that is used stands among the trials."""
ABOVE = "above"
NOTHING = 1e-9
"""Share of the largest forecast below which an error is the computer's."""
FEWEST_WINDOWS = 2
"""Trials a horizon must allow; with fewer, a shorter one is forecast."""
Bounds = Mapping[int, tuple[Floats, Floats]]


@dataclass(frozen=True)
class Plan:
    """How far ahead is forecast, and how often that is tried on the history."""

    history_days: int
    asked_days: int
    horizon_days: int
    """Days forecast; 0 if the history is too short for any."""
    windows: int
    """Trials, each ``horizon_days`` long and right after one another; 0 if nothing can be tried."""

    @property
    def kind(self) -> Literal["none", "untested", "shortened", "as asked"]:
        """How much of what was asked the history allows."""
        if not self.horizon_days:
            return "none"
        if not self.windows:
            return "untested"
        return "as asked" if self.horizon_days == self.asked_days else "shortened"


def plan(history_days: int, asked_days: int, windows: int) -> Plan:
    """Return how far ahead can be forecast: as asked, if that can be tried twice on days the models had not seen.

    Else the horizon shrinks by whole weeks, to one at least. Each trial knows two weeks or more; below three weeks
    there is none, below two weeks nothing is forecast.
    """
    if history_days < LEAST_DAYS:
        return Plan(history_days, asked_days, 0, 0)
    spare, least = history_days - LEAST_DAYS, min(WEEK, asked_days)
    horizon = min(asked_days, max(spare // FEWEST_WINDOWS // WEEK * WEEK, least))
    return Plan(history_days, asked_days, horizon, min(windows, spare // horizon))


@dataclass(frozen=True)
class Expected:
    """What is expected of the series of one measure, with everything that says how far it can be trusted.

    ``mean`` and the bounds of ``bands`` are (series, horizon). ``trials`` has what each model would have said, and
    under :data:`USED` what the forecast itself would have been; ``past_bands`` are its bounds, one a window, each made
    of what was known then. ``models`` has a row a series and model: unique_id, model, weight, fallback, reason.
    """

    series: Measured
    trials: Trials
    mean: Floats
    bands: Bounds
    past_bands: Sequence[Bounds]
    models: pd.DataFrame
    labels: Mapping[str, tuple[str, str]]
    """Model → the words a reader sees, and what it does."""
    prepare: Floats
    """How much to have ready, (series, horizon)."""
    widened: tuple[str, ...] = ()
    """Levels whose band was widened because earlier ones fell short, such as ``80 95``, a word a series."""
    used: str = USED
    whole: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Sum over the horizon of each series: index unique_id, expected, and low and high by level."""
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


def expected(series: Measured, models: str | Sequence[str], ahead: Plan, shortage_costs: float = 1.0) -> Expected:
    """Return the forecast of a measure; ``models`` are names, or ``auto``.

    ``shortage_costs`` says how many times as bad it is to run out of one as to throw one away.
    """
    one = auto(series, ahead) if models == choosing.AUTO else named(series, list(models), ahead)
    return _recent(_banded(_agreeing(one), shortage_costs), ahead.windows)


def auto(series: Measured, ahead: Plan) -> Expected:
    """Return the forecast of the models that are worth their time, mixed by how they did; see :mod:`choosing`.

    Its trials may begin with one window more than planned, from which the next ones learnt.
    """
    panel = series.panel
    found = choosing.auto(panel, ahead.horizon_days, ahead.windows)
    names = [name for name in found.longer.said if name != choosing.AUTO]
    models, _ = catalogue.make(names, panel)
    mean = found.future[choosing.AUTO].mean
    return Expected(
        series, found.longer, mean, {}, [], _parts(found.chosen), _labels(models), mean, notes=found.notes,
        seconds=found.seconds,
    )  # fmt: skip


def _parts(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return one row a series and model from a table with models and weights joined by ``+``."""
    rows = chosen.assign(model=chosen["models"].str.split("+"), weight=chosen["weights"].str.split("+"))
    rows = rows.explode(["model", "weight"], ignore_index=True)
    rows = rows[rows["model"].fillna("") != ""]
    rows["weight"] = pd.to_numeric(rows["weight"], errors="coerce").fillna(1.0)
    rows["fallback"] = rows["models"] == rows["fallback"]
    return rows[MODELS].reset_index(drop=True)


def _labels(models: Sequence[Model]) -> dict[str, tuple[str, str]]:
    return {model.name: (model.label, model.told) for model in models}


def _recent(one: Expected, windows: int) -> Expected:
    """Return the forecast with its last ``windows`` trials."""
    kept, tried = slice(len(one.trials.cutoffs) - windows, None), one.trials
    if len(tried.cutoffs) <= windows:
        return one
    last = replace(
        tried, cutoffs=tried.cutoffs[kept], actual=tried.actual[kept], closed=tried.closed[kept],
        scale=tried.scale[kept], square=tried.square[kept],
        said={name: answers[kept] for name, answers in tried.said.items()},
    )  # fmt: skip
    return replace(one, trials=last, past_bands=list(one.past_bands)[kept])


def _agreeing(one: Expected) -> Expected:
    """Return the forecast with parts that add up to their whole, and what it would have been in each trial."""
    sums, panel, tried = one.series.sums, one.series.panel, one.trials
    upper = len(sums) - sums.shape[1]
    if not upper:
        return one
    tree = Tree(panel.ids, sums[:upper], {ABOVE: slice(0, upper), hierarchy.BOTTOM: slice(upper, len(sums))})
    said = [found.mean for found in tried.said[USED]]
    missed = [actual - mean for actual, mean in zip(tried.actual, said, strict=True)]
    agreed = [_agreed(tree, mean, missed[:window], tried.closed[window]) for window, mean in enumerate(said)]
    tried.said[USED] = [
        replace(found, mean=mean, bands={}) for found, mean in zip(tried.said[USED], agreed, strict=True)
    ]
    shut = panel.until(panel.history, one.mean.shape[1]).closed[:, panel.history :]
    return replace(one, mean=_agreed(tree, one.mean, missed, shut))


def _agreed(tree: Tree, mean: Floats, missed: Sequence[Floats], shut: Flags) -> Floats:
    told = np.hstack(list(missed)) if missed else np.zeros((len(mean), 0))
    told = np.where(np.abs(told) < NOTHING * np.nanmax(mean, initial=1.0), 0.0, told)
    errors = tree.parts(told) if missed else None
    found = hierarchy.reconcile(tree.parts(mean), tree, errors, shut[tree.rows[hierarchy.BOTTOM]])
    return np.vstack(list(found.means.values()))


def _banded(one: Expected, shortage_costs: float) -> Expected:
    """Return the forecast with bands, those of the trials made from what was known then, and what to prepare."""
    panel, said = one.series.panel, Said(one.mean)
    if not len(one.trials.cutoffs):
        return one
    level = one.series.keys["level"]
    past = [made.bounds for made in bands.bands(one.trials, USED, panel, level)]
    made = bands.ahead(one.trials, USED, panel, said, level)
    ready = _prepared(panel, replace(said, bands=made.bounds), shortage_costs)
    widened = tuple(str(word) for word in made.widened)
    whole = of_days.over_days(one.trials, USED, panel, one.mean, made.bounds)
    return replace(one, bands=made.bounds, past_bands=past, prepare=ready, widened=widened, whole=whole)


def _prepared(panel: Panel, said: Said, shortage_costs: float) -> Floats:
    """Return how many whole units of each series to have ready on each coming day, NaN where nothing is expected."""
    sure = {level: (_or(low, said.mean), _or(high, said.mean)) for level, (low, high) in said.bands.items()}
    said = replace(said, bands=sure)
    ready = np.full(said.mean.shape, np.nan)
    for day in range(said.mean.shape[1]):
        told = decisions.tomorrow(panel.ids, said, worse=shortage_costs, day=day).set_index("unique_id")["prepare"]
        ready[:, day] = told.reindex(list(panel.ids)).to_numpy(dtype="float64")
    return ready


MODELS = ["unique_id", "model", "weight", "fallback", "reason"]
STANDS_IN, WON = "no other model beat it", "lowest RMSSE in the trials"


def named(series: Measured, names: Sequence[str], ahead: Plan) -> Expected:
    """Return the forecast of the models of these names: each series gets its best by RMSSE, else the weekday mean.

    Where a model has nothing to say, the weekday mean stands in for it.
    """
    panel, horizon = series.panel, ahead.horizon_days
    models, notes = catalogue.make(list(dict.fromkeys([catalogue.BASELINE, *names])), panel)
    tried = trials.run(panel, models, horizon, ahead.windows)
    known = [model.name for model in models]
    told = {name: [_or(said.mean, base.mean) for said, base in _pairs(tried, name)] for name in known}
    best = _best(tried, told)
    parts = [panel.until(end, horizon) for end in trials.origins(panel, horizon, ahead.windows)]
    said = [_picked([told[name][at] for name in known], best) for at in range(len(parts))]
    coming = panel.until(panel.history, horizon)
    base = _forecast(models[0], coming, horizon, used=True)
    each = [_or(_forecast(model, coming, horizon, used=at in best), base) for at, model in enumerate(models)]
    tried.said[USED] = [Said(mean).on(part) for mean, part in zip(said, parts, strict=True)]
    used = pd.DataFrame(
        {
            "unique_id": panel.ids, "model": [known[at] for at in best], "weight": 1.0,
            "fallback": best == 0, "reason": np.where(best == 0, STANDS_IN, WON),
        }
    )  # fmt: skip
    labels = _labels(models)
    mean = _picked(each, best)
    return Expected(series, tried, mean, {}, [], used, labels, mean, notes=tuple(notes), seconds=dict(tried.seconds))


def _pairs(tried: Trials, name: str) -> Iterator[tuple[Said, Said]]:
    return zip(tried.said[name], tried.said[catalogue.BASELINE], strict=True)


def _or(mean: Floats, base: Floats) -> Floats:
    return np.where(np.isnan(mean), base, mean)


def _forecast(model: Model, coming: Panel, horizon: int, *, used: bool) -> Floats:
    """Return what a model expects, NaN if no series uses it."""
    if not used:
        return np.full((len(coming.ids), horizon), np.nan)
    return model.forecast(coming, horizon, Here()).on(coming).mean


def _best(tried: Trials, told: Mapping[str, Sequence[Floats]]) -> npt.NDArray[np.int64]:
    """Return which model each series gets: the first one unless another has a lower RMSSE."""
    if not len(tried.cutoffs):
        return np.zeros(len(tried.ids), dtype="int64")
    whole = replace(tried, said={name: [Said(mean) for mean in means] for name, means in told.items()})
    error = accuracy.by_model(whole, list(told)).to_numpy(dtype="float64")
    size = np.where(np.isnan(error), np.inf, error)
    return np.where(size.min(axis=1) < size[:, 0], size.argmin(axis=1), 0).astype("int64")


def _picked(grids: Sequence[Floats], best: npt.NDArray[np.int64]) -> Floats:
    return np.stack(grids)[best, np.arange(len(best))]
