"""Models tried on the same panel, measured side by side, and what each expects of the days after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.forecasting import accuracy, choosing, crews, trials
from shoplib.forecasting.accuracy import Bounds
from shoplib.forecasting.bands import making as bands
from shoplib.forecasting.bands.past import Past
from shoplib.forecasting.models import catalogue, ensemble
from shoplib.forecasting.models.interface import Crew, Here, Model, Said
from shoplib.forecasting.panel import Panel
from shoplib.forecasting.trials import Trials

AUTO, ALL = "auto", "all"


@dataclass(frozen=True)
class League:
    """What models said on earlier days and of the coming ones, and how well.

    ``bands`` has the bounds by level of each model, a window each; ``future`` what each expects after the data, bounds
    with it. ``shown`` names the models whose rows were asked for, ``table`` has a row for each, lowest RMSSE first.
    ``chosen`` says which models stand behind ``auto``, a row a series. ``seconds`` is processor time by model, that of
    ``auto`` with its members; ``spent`` that of all. ``short`` says what was asked for and is not there.
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
    """Return the league of the models of these names, ``auto`` and ``ensemble`` among them, or of ``all``.

    ``panel`` reaches over the horizon. The ensemble is made of all others asked for. ``tell`` hears what is at work and
    which share of it is done. Raises ``ConfigError`` for names nobody knows.
    """
    _require_known(names)
    hands = crew or Here()
    began = crews.spent(hands)
    wanted = [*catalogue.names(), AUTO, ensemble.NAME] if ALL in names else list(dict.fromkeys(names))
    plain = [name for name in wanted if name not in (AUTO, ensemble.NAME)]
    models, left_out = catalogue.make(plain or (choosing.POOL if AUTO not in wanted else ()), panel)
    held = _Held(trials.run(panel, [], horizon, windows), panel, hands, tell)
    if AUTO in wanted:
        held.choose(windows)
    for model in [*models, *catalogue.make([catalogue.BASELINE])[0]]:
        held.ask(model, windows)
    if ensemble.NAME in wanted:
        held.mix()
    shown = tuple(name for name in wanted if name in held.future)
    bounds, future = held.bounded(shown)
    short = [] if ALL in names else left_out
    return League(
        held.trials, panel.last, bounds, future, shown, accuracy.league(held.trials, shown, bands=bounds),
        held.chosen if AUTO in wanted else _best(held.trials, future, shown), held.seconds, crews.spent(hands) - began,
        tuple(dict.fromkeys([*held.notes, *(left_out if ALL in names else [])])),
        (*short, *_missing(held.trials, future, shown, windows, panel)),
    )  # fmt: skip


def _require_known(names: Sequence[str]) -> None:
    known = [AUTO, ALL, ensemble.NAME, *catalogue.PLACES]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        near = words.nearest(unknown[0], known) if unknown else AUTO
        raise ConfigError(
            "There is no forecasting model of this name", where="--models", found=words.listed(unknown),
            wanted=words.listed(known, 40), next_step=f"write {near}, if that is meant" if near else "write auto",
        )  # fmt: skip


@dataclass
class _Held:
    """A league under way."""

    trials: Trials
    panel: Panel
    crew: Crew
    tell: Callable[[str, float], None]
    chosen: pd.DataFrame = field(default_factory=pd.DataFrame)
    future: dict[str, Said] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def choose(self, windows: int) -> None:
        """Add ``auto``, and the models it ran."""
        began = crews.spent(self.crew)
        found = choosing.auto(self.panel, self.trials.horizon, windows, self.crew, lambda share: self.tell(AUTO, share))
        self.trials, self.chosen = found.trials, found.chosen
        self.future, self.seconds = dict(found.future), dict(found.seconds)
        self.seconds[AUTO] = crews.spent(self.crew) - began
        self.notes += found.notes

    def ask(self, model: Model, windows: int) -> None:
        """Add the trials of a model and what it expects of the coming days, so far as they are not there."""
        if model.name in self.trials.said and model.name in self.future:
            return
        horizon, began, steps = self.trials.horizon, crews.spent(self.crew), windows + 1
        ahead = self.panel.until(self.panel.history, horizon)
        if model.name not in self.trials.said:
            tried = trials.run(
                self.panel, [model], horizon, windows, self.crew,
                lambda share: self.tell(model.name, share * windows / steps),
            )  # fmt: skip
            self.trials.said[model.name] = tried.said[model.name]
        self.future[model.name] = trials.ask(model, ahead, horizon, self.crew)
        self.seconds[model.name] = self.seconds.get(model.name, 0.0) + crews.spent(self.crew) - began
        answers = [*self.trials.said[model.name], self.future[model.name]]
        self.notes += [f"{model.name}: {note}" for said in answers for note in said.notes]
        self.tell(model.name, 1.0)

    def mix(self) -> None:
        """Add the ensemble of all models that are there."""
        began = crews.spent(self.crew)
        names = [name for name in self.trials.said if name in self.future and name != AUTO]
        tried, ahead, kind = ensemble.entered(self.trials, names, catalogue.BASELINE, self.future)
        self.trials.said[ensemble.NAME] = tried
        self.future[ensemble.NAME] = ahead
        self.seconds[ensemble.NAME] = crews.spent(self.crew) - began
        self.notes.append(f"ensemble: {kind} of {words.listed(names, 20)}")

    def bounded(self, shown: Sequence[str]) -> tuple[dict[str, list[Bounds]], dict[str, Said]]:
        """Return the bounds of each model, a window each, and what it expects of the coming days, bounds with it."""
        bounds: dict[str, list[Bounds]] = {}
        future: dict[str, Said] = {}
        past = Past(self.panel)
        for place, name in enumerate(shown):
            self.tell("bands", place / len(shown))
            said = self.future[name]
            bounds[name] = [made.bounds for made in bands.bands(self.trials, name, self.panel, past=past)]
            future[name] = replace(said, bands=bands.ahead(self.trials, name, self.panel, said, past=past).bounds)
        return bounds, future


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
