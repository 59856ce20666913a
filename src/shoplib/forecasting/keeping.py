"""Models trained once, kept under an id, and asked again: the same id gives the same forecast.

::

    <folder>/<id>/model.json        what was trained, on what, by what; digests of the other files and of itself
    <folder>/<id>/history.parquet   the panel, a row a series
    <folder>/<id>/weights/…         what models learnt that can be put back; the others are fitted again
    <folder>/<id>/trials.npz        what each model would have said on earlier days
    <folder>/<id>/answers.npz       what each model said at the training, bands with it
    <folder>/<id>/chosen.csv        which models stand behind ``auto``, and mix.npz how they are mixed
    <folder>/.trials/               answers kept so that nothing is refitted
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from shoplib.base import digest, words
from shoplib.errors import ConfigError, StoreError
from shoplib.forecasting import accuracy, choosing, reading, trials
from shoplib.forecasting.bands import making
from shoplib.forecasting.kept import answers, coming, history, mixed, origin
from shoplib.forecasting.kept import folder as keep
from shoplib.forecasting.kept.trials_cache import Cached
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import LEVELS, Crew, Here, Model, Said
from shoplib.forecasting.models.trained import Trainable
from shoplib.forecasting.panel import Panel
from shoplib.forecasting.trials import Trials

DIGITS = 16
AUTO = "auto"
CACHE = ".trials"
HISTORY, ANSWERS, TRIALS, CHOSEN = "history.parquet", "answers.npz", "trials.npz", "chosen.csv"
MIX = "mix.npz"
WEIGHTS = "weights"
MEASURES = ("wape", "rmsse", "bias")


@dataclass(frozen=True)
class Asked:
    """What to train: models by name or ``auto``, for how many days, tried on how many windows."""

    models: tuple[str, ...]
    horizon: int
    windows: int
    names: coming.Names = field(default_factory=coming.Names)


@dataclass(frozen=True)
class Kept:
    """A trained model as it was kept; ``notes`` say what a reader must know of it."""

    id: str
    record: Mapping[str, Any]
    panel: Panel
    said: Mapping[str, Said]
    trials: Trials
    weights: Mapping[str, Mapping[str, bytes]]
    mix: bytes | None
    """How the models behind ``auto`` are mixed."""
    notes: tuple[str, ...]

    @property
    def horizon(self) -> int:
        """Days ahead it was trained for."""
        return int(self.record["horizon"])

    @property
    def models(self) -> tuple[str, ...]:
        """Names of what it forecasts with."""
        return tuple(self.record["models"])


@dataclass(frozen=True)
class Listed:
    """A line of the list: ``error`` is the lowest WAPE of its models, NaN where nothing was tried; ``fault`` if any."""

    id: str
    models: tuple[str, ...] = ()
    series: int = 0
    until: str = ""
    horizon: int = 0
    error: float = np.nan
    fault: str = ""


def train(
    panel: Panel,
    asked: Asked,
    folder: Path,
    now: Callable[[], dt.datetime],
    crew: Crew | None = None,
    tell: Callable[[str, float], None] = lambda name, share: None,
) -> tuple[str, tuple[str, ...]]:
    """Train, keep what was trained whole or not at all, and return its id and notes.

    The id is a digest of the data, the settings, the code of the forecasts and the packages. What is kept whole under
    it already is not trained again. Raises ``ConfigError`` if there is no model to train, ``StoreError`` if the folder
    cannot be written.
    """
    models, notes = catalogue.make([name for name in asked.models if name != AUTO], panel)
    if not models and AUTO not in asked.models:
        raise ConfigError("There is no model to train", found=words.listed(asked.models), details=notes,
                          wanted="a model whose packages are installed", next_step="choose another")  # fmt: skip
    ready = reading.reaching(panel, asked.horizon)
    past = history.as_parquet(ready.panel)
    named = [*(model.name for model in models), *([AUTO] if AUTO in asked.models else [])]
    facts = _facts(history.from_parquet(past), models, asked, named)
    made = digest.of_value(facts)[:DIGITS]
    notes = [*notes, *ready.notes]
    if (folder / made).is_dir():
        try:
            kept = load(folder, made)
        except StoreError:
            notes.append("what was kept under this id was damaged and is trained anew")
        else:
            return made, tuple(dict.fromkeys([*notes, *kept.record["notes"]]))
    parts, told, error = _trained(history.from_parquet(past), models, asked, folder, crew or Here(), tell)
    parts[HISTORY] = past
    notes = list(dict.fromkeys([*notes, *told]))
    record = facts | {
        "id": made, "models": named, "notes": notes, "error": error,
        "made": now().isoformat(timespec="seconds"),
        "files": {name: digest.of_bytes(data) for name, data in sorted(parts.items())},
    }  # fmt: skip
    keep.put(folder / made, {**parts, keep.RECORD: keep.sealed(record)})
    return made, tuple(notes)


def load(folder: Path, id: str) -> Kept:
    """Return what is kept under an id, or under the one that begins so.

    Raises ``ConfigError`` for an id nobody knows, ``StoreError`` for what is damaged, changed, or of another format.
    """
    place = folder / keep.meant(folder, id)
    record = keep.record(place)
    parts = {name: keep.part(place, name, wanted) for name, wanted in record["files"].items()}
    panel = history.from_parquet(parts[HISTORY])
    known = list(record["models"])
    weights: dict[str, dict[str, bytes]] = {}
    for name, data in parts.items():
        if name.startswith(f"{WEIGHTS}/"):
            _, model, file = name.split("/", 2)
            weights.setdefault(model, {})[file] = data
    return Kept(
        record["id"], record, panel, answers.answers_from_bytes(parts[ANSWERS], known),
        answers.trials_from_bytes(parts[TRIALS], panel.ids, known), weights, parts.get(MIX),
        tuple(_changes(record)),
    )  # fmt: skip


def forecast(
    kept: Kept,
    horizon: int | None = None,
    ahead: pd.DataFrame | None = None,
    *,
    where: str = "the rows of coming days",
    anew: bool = False,
    crew: Crew | None = None,
) -> pd.DataFrame:
    """Return a row a series, coming day and model: unique_id, cutoff, ds, model, yhat and the bounds lo80 … hi95.

    Without ``ahead``, what was said at the training, number for number; ``anew`` makes the same once more from
    the history and the weights. ``ahead`` has what is known of each coming day, then it is said anew.
    Raises ``ConfigError`` for more days than it was trained for, ``SourceError`` for days ``ahead`` leaves out.
    """
    days = horizon or kept.horizon
    if not 1 <= days <= kept.horizon:
        raise ConfigError(
            "The model was not trained for so many days", where=f"--horizon, model {kept.id}", found=str(days),
            wanted=f"1 to {kept.horizon}", next_step=f"ask for {kept.horizon}, or train again with --horizon {days}",
        )  # fmt: skip
    said: Mapping[str, Said] = kept.said
    if ahead is not None or anew:
        panel = kept.panel
        if ahead is not None:
            panel = coming.filled(panel, days, ahead, coming.Names(**kept.record["names"]), where)
        said = _said_anew(kept, panel, crew or Here())
    return _rows(kept.panel, {name: said[name] for name in kept.models}, days)


def listed(folder: Path) -> list[Listed]:
    """Return what is kept in a folder, newest data first; damaged ones last, with their fault."""
    found = []
    for name in keep.ids(folder):
        try:
            record = keep.record(folder / name)
        except StoreError as error:
            found.append(Listed(name, fault=error.what))
            continue
        errors = [row["wape"] for row in record["error"].values() if row["wape"] is not None]
        found.append(Listed(name, tuple(record["models"]), record["series"], record["until"], record["horizon"],
                            min(errors, default=np.nan)))  # fmt: skip
    whole = sorted((one for one in found if not one.fault), key=lambda one: one.id)
    return [*sorted(whole, key=lambda one: one.until, reverse=True), *(one for one in found if one.fault)]


def _facts(panel: Panel, models: Sequence[Model], asked: Asked, named: Sequence[str]) -> dict[str, Any]:
    """Return all that the numbers depend on."""
    using = [*catalogue.PLACES] if AUTO in named else [model.name for model in models]
    return {
        "data": history.digest_of(panel), "settings": {model.name: origin.settings(model) for model in models},
        "asked": named, "horizon": asked.horizon, "windows": asked.windows, "names": vars(asked.names),
        "code": origin.code(origin.COMBINING), "versions": origin.versions(using, panel.country),
        "series": len(panel.ids), "begins": panel.days[0].date().isoformat(), "until": panel.last.date().isoformat(),
    }  # fmt: skip


def _trained(
    panel: Panel, models: Sequence[Model], asked: Asked, folder: Path, crew: Crew, tell: Callable[[str, float], None]
) -> tuple[dict[str, bytes], list[str], dict[str, dict[str, float | None]]]:
    """Return the files of a training, its notes, and the error of each model."""
    notes: list[str] = []
    said: dict[str, Said] = {}
    parts: dict[str, bytes] = {}
    ahead = panel.until(panel.history, asked.horizon)
    tried = trials.run(panel, [], asked.horizon, asked.windows)
    for model in models:
        held = Cached(model, folder / CACHE)
        one = trials.run(panel, [held], asked.horizon, asked.windows, crew, _told(tell, model.name))
        tried.said[model.name] = one.said[model.name]
        said[model.name], learnt = _learnt(model, held, ahead, asked.horizon, crew)
        parts |= learnt
    if AUTO in asked.models:
        chosen = choosing.auto(panel, asked.horizon, asked.windows, crew, _told(tell, AUTO))
        tried.said[AUTO], said[AUTO] = list(chosen.trials.said[AUTO]), chosen.future[AUTO]
        parts[CHOSEN] = chosen.chosen.to_csv(index=False, lineterminator="\n").encode()
        notes += chosen.notes
        parts[MIX] = mixed.as_bytes(chosen.mix)
        parts |= _learnt_members(chosen.mix.names, chosen.future, ahead, asked.horizon, crew)
    notes += [note for answer in said.values() for note in answer.notes]
    parts[TRIALS] = answers.trials_as_bytes(tried)
    parts[ANSWERS] = answers.answers_as_bytes(_banded(tried, panel, said))
    measured = {name: accuracy.pooled(tried, name) for name in said} if len(tried.cutoffs) else {}
    error = {name: {key: _figure(row[key]) for key in MEASURES} for name, row in measured.items()}
    return parts, notes, error


def _learnt(model: Model, held: Model, ahead: Panel, horizon: int, crew: Crew) -> tuple[Said, dict[str, bytes]]:
    """Return what a model says of the coming days, and the files of what it learnt where that can be kept."""
    if not isinstance(model, Trainable):
        return held.forecast(ahead, horizon, crew).on(ahead), {}
    trained = model.train(ahead, horizon, crew)
    kept = {f"{WEIGHTS}/{model.name}/{file}": data for file, data in trained.weights().items()}
    return trained.forecast(ahead, horizon, crew).on(ahead), kept


def _learnt_members(
    names: Sequence[str], future: Mapping[str, Said], ahead: Panel, horizon: int, crew: Crew
) -> dict[str, bytes]:
    """Return the files of what members of a mix learnt, of those whose training says the same once more."""
    kept: dict[str, bytes] = {}
    for model in catalogue.make(names, ahead)[0]:
        if isinstance(model, Trainable):
            said, files = _learnt(model, model, ahead, horizon, crew)
            kept |= files if np.array_equal(said.mean, future[model.name].mean, equal_nan=True) else {}
    return kept


def _told(tell: Callable[[str, float], None], name: str) -> Callable[[float], None]:
    return lambda share: tell(name, share)


def _figure(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _banded(tried: Trials, panel: Panel, said: Mapping[str, Said]) -> dict[str, Said]:
    """Return the answers with bounds made from the trials, or the models' own where nothing was tried."""
    if not len(tried.cutoffs):
        return dict(said)
    return {name: replace(one, bands=making.ahead(tried, name, panel, one).bounds) for name, one in said.items()}


def _said_anew(kept: Kept, panel: Panel, crew: Crew) -> dict[str, Said]:
    """Return what each model says of a panel: from its weights, else fitted again, which gives the same."""
    ahead = reading.reaching(panel, kept.horizon).panel.until(panel.history, kept.horizon)
    mix = mixed.from_bytes(kept.mix) if kept.mix is not None else None
    named = [name for name in kept.models if name != AUTO]
    members = [*mix.names, catalogue.BASELINE] if mix is not None else []
    models, _ = catalogue.make([*named, *members], ahead)
    said: dict[str, Said] = {}
    for model in models:
        if isinstance(model, Trainable) and model.name in kept.weights:
            answer = model.restore(kept.weights[model.name]).forecast(ahead, kept.horizon, crew)
        else:
            answer = model.forecast(ahead, kept.horizon, crew)
        said[model.name] = answer.on(ahead)
    if mix is not None and set(members) <= set(said):
        said[AUTO] = mixed.said(mix, said, ahead)
    missing = [name for name in kept.models if name not in said]
    if missing:
        raise StoreError(
            "A model of this training cannot be made here", where=kept.id, found=words.listed(missing),
            wanted="the packages it was trained with", next_step="ask without --known-ahead: what it said is kept",
        )  # fmt: skip
    return _banded(kept.trials, ahead, {name: said[name] for name in kept.models})


def _rows(panel: Panel, said: Mapping[str, Said], days: int) -> pd.DataFrame:
    """Return the answers as rows, those of which a model has nothing to say left out."""
    ids, coming_days = np.asarray(panel.ids, dtype=object), panel.coming(days)
    tables = []
    for name, answer in said.items():
        nothing = np.full(answer.mean.shape, np.nan)
        grids = {"yhat": answer.mean}
        for level in LEVELS:
            low, high = answer.bands.get(level, (nothing, nothing))
            grids |= {f"lo{level}": low, f"hi{level}": high}
        table = pd.DataFrame({key: grid[:, :days].ravel() for key, grid in grids.items()})
        table.insert(0, "model", name)
        table.insert(0, "ds", np.tile(coming_days, len(ids)))
        table.insert(0, "cutoff", panel.last)
        table.insert(0, "unique_id", np.repeat(ids, days))
        tables.append(table[table["yhat"].notna()])
    return pd.concat(tables, ignore_index=True)


def _changes(record: Mapping[str, Any]) -> list[str]:
    """Return what differs between then and now and may change numbers that are made anew."""
    found = []
    if record["code"] != origin.code(origin.COMBINING):
        found.append("made by other code of the forecasts: what is said anew may differ, what was said then is kept")
    now = {name: origin.version(name) for name in record["versions"]}
    other = [f"{name} {old or 'absent'}, now {now[name] or 'absent'}" for name, old in record["versions"].items()
             if now[name] != old]  # fmt: skip
    if other:
        found.append(f"made with other packages ({words.listed(other)}): what is said anew may differ")
    return found
