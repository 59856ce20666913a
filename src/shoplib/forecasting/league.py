"""Models tried on the same panel, measured side by side, and what each expects of the days after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.forecasting import accuracy, crews, trials
from shoplib.forecasting.accuracy import Bounds
from shoplib.forecasting.bands import making as bands
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Crew, Here, Model, Said
from shoplib.forecasting.panel import Panel
from shoplib.forecasting.trials import Trials

AUTO, ALL = "auto", "all"


@dataclass(frozen=True)
class League:
    """What models said on earlier days and of the coming ones, and how well.

    ``bands`` has the bounds by level of each model, a window each; ``future`` what each expects after the data, bounds
    with it. ``shown`` names the models whose rows were asked for, ``table`` has a row for each, lowest RMSSE first.
    ``chosen`` says which models stand behind ``auto``, a row a series. ``seconds`` is processor time by model,
    ``spent`` that of all. ``short`` says what was asked for and is not there.
    """

    trials: Trials
    last: pd.Timestamp
    bands: dict[str, list[Bounds]]
    future: dict[str, Said]
    shown: tuple[str, ...]
    table: pd.DataFrame
    chosen: pd.DataFrame
    seconds: dict[str, float]
    spent: float
    notes: tuple[str, ...]
    short: tuple[str, ...]


def run(
    panel: Panel,
    names: Sequence[str],
    horizon: int,
    windows: int,
    crew: Crew | None = None,
    tell: Callable[[str, float], None] = lambda name, share: None,
) -> League:
    """Return the league of the models of these names, of ``auto``, or of ``all``; ``panel`` reaches over the horizon.

    ``tell`` hears what is at work and which share of it is done. Raises ``ConfigError`` for names nobody knows.
    """
    _require_known(names)
    hands = crew or Here()
    began = crews.spent(hands)
    wanted = [*catalogue.names(), AUTO] if ALL in names else list(dict.fromkeys(names))
    models, left_out = catalogue.make([name for name in wanted if name != AUTO], panel)
    held = _Held(trials.run(panel, [], horizon, windows), {}, {}, [], _nobody(panel))
    if AUTO in wanted:
        from shoplib.forecasting import choosing

        found = choosing.auto(panel, horizon, windows, hands, lambda share: tell(AUTO, share))
        held = _Held(found.trials, dict(found.future), dict(found.seconds), [*found.notes], found.chosen)
    baseline = [] if catalogue.BASELINE in held.trials.said else catalogue.make([catalogue.BASELINE])[0]
    for model in {model.name: model for model in [*models, *baseline]}.values():
        if not _answers(held, model.name):
            _try(held, model, panel, windows, hands, tell)
    shown = tuple(name for name in wanted if name in held.future)
    tell("bands", 0.0)
    bounds: dict[str, list[Bounds]] = {}
    future: dict[str, Said] = {}
    for place, name in enumerate(shown):
        bounds[name] = [made.bounds for made in bands.bands(held.trials, name, panel)]
        made = bands.ahead(held.trials, name, panel, held.future[name])
        future[name] = replace(held.future[name], bands=made.bounds)
        tell("bands", (place + 1) / len(shown))
    chosen = held.chosen if AUTO in wanted else _best(held.trials, future, shown)
    return League(
        held.trials, panel.last, bounds, future, shown, accuracy.league(held.trials, shown, bands=bounds), chosen,
        held.seconds, crews.spent(hands) - began, tuple(dict.fromkeys(held.notes)),
        (*left_out, *_missing(held.trials, future, shown, windows, panel)),
    )  # fmt: skip


def _require_known(names: Sequence[str]) -> None:
    known = [AUTO, ALL, *catalogue.PLACES]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        near = words.nearest(unknown[0], known) if unknown else AUTO
        raise ConfigError(
            "There is no forecasting model of this name", where="--models", found=words.listed(unknown),
            wanted=words.listed(known, 40), next_step=f"write {near}, if that is meant" if near else "write auto",
        )  # fmt: skip


@dataclass
class _Held:
    trials: Trials
    future: dict[str, Said]
    seconds: dict[str, float]
    notes: list[str]
    chosen: pd.DataFrame


def _answers(held: _Held, name: str) -> bool:
    """Return whether a model was already asked about every series that has been seen."""
    if name not in held.trials.said or name not in held.future:
        return False
    silent = np.isnan(held.future[name].mean).all(axis=1)
    return not (silent & ~np.isnan(held.future[AUTO].mean).all(axis=1)).any() if AUTO in held.future else True


def _try(held: _Held, model: Model, panel: Panel, windows: int, crew: Crew, tell: Callable[[str, float], None]) -> None:
    """Add the trials of a model and what it expects of the coming days."""
    horizon, began = held.trials.horizon, crews.spent(crew)
    steps = windows + 1
    tried = trials.run(panel, [model], horizon, windows, crew, lambda share: tell(model.name, share * windows / steps))
    ahead = panel.until(panel.history, horizon)
    held.trials.said[model.name] = tried.said[model.name]
    held.future[model.name] = model.forecast(ahead, horizon, crew).on(ahead)
    held.seconds[model.name] = crews.spent(crew) - began
    answers = [*tried.said[model.name], held.future[model.name]]
    held.notes += [f"{model.name}: {note}" for said in answers for note in said.notes]
    tell(model.name, 1.0)


def _nobody(panel: Panel) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": panel.ids, "models": "", "weights": "", "fallback": "", "reason": ""})


def _best(tried: Trials, future: Mapping[str, Said], shown: Sequence[str]) -> pd.DataFrame:
    """Return the model of lowest RMSSE of each series; the first that answers where none could be measured."""
    error = np.full((len(tried.ids), len(shown)), np.nan)
    if len(tried.cutoffs):
        error = accuracy.by_model(tried, shown).to_numpy(np.float64)
    silent = np.column_stack([np.isnan(future[name].mean).all(axis=1) for name in shown])
    measured = (~np.isnan(error) & ~silent).any(axis=1)
    ranked = np.where(silent, np.inf, np.where(np.isnan(error), np.finfo(np.float64).max, error))
    told = ~silent.all(axis=1)
    trial = words.plural(len(tried.cutoffs), "trial")
    lowest = f"lowest RMSSE of {words.plural(len(shown), 'model')} in {trial}"
    return pd.DataFrame({
        "unique_id": tried.ids,
        "models": np.where(told, np.array(shown, dtype=object)[ranked.argmin(axis=1)], ""),
        "weights": np.where(told, "1", ""),
        "fallback": catalogue.BASELINE,
        "reason": np.where(measured, lowest,
                           np.where(told, "nothing could be measured", "no model has anything to say")),
    })  # fmt: skip


def _missing(tried: Trials, future: Mapping[str, Said], shown: Sequence[str], windows: int, panel: Panel) -> list[str]:
    """Return what was asked for and could not be done."""
    found = []
    if len(tried.cutoffs) < windows:
        found.append(
            f"{words.plural(len(tried.cutoffs), 'window')} instead of {windows}: the history of "
            f"{words.plural(panel.history, 'day')} allows no more of {words.plural(tried.horizon, 'day')} each"
        )
    silent: dict[tuple[str, ...], list[str]] = {}
    for name in shown:
        rows = np.flatnonzero(np.isnan(future[name].mean).all(axis=1))
        if len(rows):
            silent.setdefault(tuple(panel.ids[row] for row in rows), []).append(name)
    for ids, models in silent.items():
        says = "says" if len(models) == 1 else "say"
        found.append(
            f"{words.listed(models, 20)} {says} nothing of {words.plural(len(ids), 'series', 'series')}: "
            f"{words.listed(ids, 3)}"
        )
    return found
