"""Forecasts measured beside what a user would pick instead, panel by panel, and each promise: met or missed.

Protocol: daily, 28 days ahead, from the last three origins 28 days apart, fitted anew at each. ``auto`` is what
``shoplib forecast backtest`` does when nothing is chosen, by the same call. Its processor time is that of back-test,
bands and final forecast; that of each other model is three fits and the final one a series (statsforecast’s own
models: the three). Dear peers run on some of the series, and ``auto`` is compared on the same.

``python -m benchmarks forecasting [FILE[:known=a,b][:closed=c][:holidays=DE][:static=x][:kind=sparse] …]`` with
``--series N`` (at most so many of a panel), ``--peers-on N`` (series of the dear ones), ``--models``, ``--sampled``
(which run on all and on some) and ``--given`` (the files alone). Without it, real data that lie beside the project
and rendered panels follow.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np
import pandas as pd

from benchmarks import _forecasting_panels as panels
from benchmarks import _forecasting_peers as peers
from benchmarks._forecasting_panels import COUNTS, MIXED, PROMOTED, SPARSE, YEARLY, Named
from shoplib.forecasting import accuracy, crews, league, reading, trials
from shoplib.forecasting.accuracy import Bounds
from shoplib.forecasting.models import catalogue, ensemble
from shoplib.forecasting.models.interface import Here, Said
from shoplib.forecasting.panel import Flags, Floats, Panel, Whole
from shoplib.forecasting.trials import Trials

HORIZON, WINDOWS = 28, 3
FITS = WINDOWS + 1
AUTO, ENSEMBLE = league.AUTO, ensemble.NAME
DEFAULT, TUNED, ETS, ARIMA = "prophet_default", "prophet_tuned", "auto_ets", "auto_arima"
SAMPLED = ("arima", ARIMA, TUNED)
"""Models that are dear: they run on some of the series."""
SHOWN = ("wape", "mase", "rmsse", "bias", "coverage_80", "coverage_95", "pinball")
NEAR_BEST = 0.02
CPU_S = 150.0
CONTINUOUS_COVER = {80: (0.75, 0.88), 95: (0.92, 0.985)}
LEAST_SERIES = 5
"""Series of a kind below which its coverage is not judged by itself."""


@dataclass
class Measured:
    """A panel with all that was said of it. ``seconds`` is processor time for 100 fits by model."""

    named: Named
    panel: Panel
    trials: Trials
    bounds: dict[str, list[Bounds]]
    seconds: dict[str, float]
    auto_s: float
    future: Said
    sample: Whole
    sampled: Trials
    spent: float = 0.0
    sampled_bounds: dict[str, list[Bounds]] = field(default_factory=dict)

    def has(self, model: str) -> bool:
        """Return whether a model ran, on all series or some."""
        return model in self.trials.said or model in self.sampled.said

    def below(self, model: str, measure: str) -> tuple[float, str]:
        """Return the share by which ``auto`` is below a model, and words for the series where those are not all."""
        if model in self.trials.said:
            return float(1 - self.row(AUTO)[measure] / self.row(model)[measure]), ""
        share = 1 - self.sample_row(AUTO)[measure] / self.sample_row(model)[measure]
        return float(share), f" on {len(self.sample)} series"

    def row(self, model: str, rows: Whole | Flags | None = None) -> pd.Series:
        """Return the measures of a model, on all series or some."""
        return accuracy.pooled(self.trials, model, rows, self.bounds.get(model))

    def sample_row(self, model: str) -> pd.Series:
        """Return the measures of a model on the series that the dear ones ran on."""
        if model in self.trials.said:
            return self.row(model, self.sample)
        return accuracy.pooled(self.sampled, model, bands=self.sampled_bounds.get(model))


def main(given: Sequence[str] = ()) -> Iterator[str]:
    """Yield the lines of a table a panel, then its promises."""
    asked = _asked(given)
    wanted = [panels.given(text) for text in asked.panels]
    began = crews.own_seconds()
    _warm(asked)
    yield f"imports and compilation, before the clock starts: {crews.own_seconds() - began:.1f} CPU s"
    missed = 0
    rest = [] if asked.given else [panels.real, panels.rendered]
    for named in chain(wanted, *(some() for some in rest)):
        done = measured(named, asked)
        yield from _table(done)
        for promise in promises(done):
            missed += promise.endswith("missed")
            yield f"  {promise}"
        yield ""
    yield f"promises missed: {missed}"


def _asked(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks forecasting")
    parser.add_argument("panels", nargs="*", metavar="PANEL")
    parser.add_argument("--series", type=int, default=50, metavar="N")
    parser.add_argument("--peers-on", type=int, default=10, metavar="N")
    everyone = [name for name in catalogue.names() if name not in SAMPLED] + [ENSEMBLE, DEFAULT, ETS]
    parser.add_argument("--models", type=_names, default=everyone, metavar="LIST")
    parser.add_argument("--sampled", type=_names, default=list(SAMPLED), metavar="LIST")
    parser.add_argument("--given", action="store_true")
    return parser.parse_args(list(given))


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _warm(asked: argparse.Namespace) -> None:
    """Load and compile what the models need, on a panel of three series."""
    small = panels.stores(np.random.default_rng(0)).only([0, 1, 2])
    wanted = [name for name in [*asked.models, *asked.sampled] if name not in (TUNED, ENSEMBLE)]
    league.run(small, [AUTO], 7, 1)
    _said(small, wanted, 7, 1)


def measured(named: Named, asked: argparse.Namespace) -> Measured:
    """Return what every model said of a panel, and what it cost."""
    began = crews.own_seconds()
    whole = named.panel
    if len(whole.ids) > asked.series > 0:
        whole = whole.only(_spread(len(whole.ids), asked.series))
    panel = reading.reaching(whole, HORIZON).panel
    auto = league.run(panel, [AUTO], HORIZON, WINDOWS)
    said, bounds, seconds = _said(panel, asked.models, HORIZON, WINDOWS)
    tried = auto.trials
    tried.said.update({name: told for name, told in said.items() if name not in tried.said})
    sample = _spread(len(panel.ids), asked.peers_on)
    sampled = trials.run(panel.only(sample), [], HORIZON, WINDOWS)
    told, sampled_bounds, dear = _said(panel.only(sample), asked.sampled, HORIZON, WINDOWS)
    sampled.said.update(told)
    seconds = {name: value / len(panel.ids) * 100 for name, value in seconds.items()}
    seconds |= {name: value / len(sample) * 100 for name, value in dear.items()}
    for name, by_weekday in ((peers.NEGATIVE_BINOMIAL, False), (peers.BY_WEEKDAY, True)):
        if panels.low(panel).sum() >= LEAST_SERIES:
            tried.said[name], bounds[name] = peers.counted(panel, tried, by_weekday=by_weekday)
    seconds[AUTO] = auto.spent / len(panel.ids) / FITS * 100
    return Measured(
        named, panel, tried, {**bounds, AUTO: auto.bands[AUTO]}, seconds, auto.spent, auto.future[AUTO], sample,
        sampled, crews.own_seconds() - began, sampled_bounds,
    )  # fmt: skip


def _spread(count: int, wanted: int) -> Whole:
    """Return the places of some series, evenly apart."""
    return np.unique(np.linspace(0, count - 1, min(count, wanted)).round().astype(int))


def _said(
    panel: Panel, names: Sequence[str], horizon: int, windows: int
) -> tuple[dict[str, list[Said]], dict[str, list[Bounds]], dict[str, float]]:
    """Return what models said and their bounds, a window each, and processor time a fit by model."""
    own = [name for name in names if name not in peers.STATSFORECAST]
    said: dict[str, list[Said]] = {}
    bounds: dict[str, list[Bounds]] = {}
    seconds: dict[str, float] = {}
    mixed = [name for name in own if name not in catalogue.PEERS]
    for group in (mixed, [name for name in own if name in catalogue.PEERS]):
        if group:
            found = league.run(panel, group, horizon, windows)
            said |= {name: found.trials.said[name] for name in found.shown}
            bounds |= found.bands
            seconds |= {name: found.seconds[name] / (windows + 1) for name in found.shown}
    for name in names:
        if name in peers.STATSFORECAST:
            began = crews.own_seconds()
            said[name] = trials.run(panel, [peers.STATSFORECAST[name]], horizon, windows, Here()).said[name]
            seconds[name] = (crews.own_seconds() - began) / windows
    if ENSEMBLE in seconds:
        seconds[ENSEMBLE] += sum(value for name, value in seconds.items() if name in mixed and name != ENSEMBLE)
    return said, bounds, seconds


def _table(done: Measured) -> Iterator[str]:
    panel = done.panel
    few = int(panels.low(panel).sum())
    still = int((np.nan_to_num(done.trials.actual) == 0).all(axis=(0, 2)).sum())
    yield (
        f"{done.named.name} ({done.named.kind}): {len(panel.ids)} of {len(done.named.panel.ids)} series, "
        f"{few} of them low counts, {still} without a sale in the days tested, "
        f"{panel.history} days until {panel.last:%Y-%m-%d}; all of this took {done.spent:.0f} CPU s"
    )
    yield _heading("all series")
    rows = {name: done.row(name) for name in done.trials.said}
    yield from _rows(done, rows)
    yield _heading(f"the {len(done.sample)} series they all ran on")
    wanted = [AUTO, *done.sampled.said, *(name for name in (DEFAULT, ETS, catalogue.BASELINE) if name in rows)]
    yield from _rows(done, {name: done.sample_row(name) for name in wanted})


def _heading(text: str) -> str:
    heads = ("WAPE %", "MASE", "RMSSE", "bias %", "in 80 %", "in 95 %", "pinball", "CPU s/100 fits")
    return f"  {text:26}" + "".join(f"{head:>9}" for head in heads[:-1]) + f"{heads[-1]:>16}"


def _rows(done: Measured, rows: dict[str, pd.Series]) -> Iterator[str]:
    for name, row in sorted(rows.items(), key=lambda pair: (pair[1]["rmsse"], pair[0])):
        shown = []
        for measure in SHOWN:
            value = row.get(measure, np.nan)
            percent = measure in ("wape", "bias", "coverage_80", "coverage_95")
            decimals = 1 if percent else 4 if measure == "pinball" else 3
            shown.append("–" if np.isnan(value) else f"{100 * value if percent else value:.{decimals}f}")
        shown.append(f"{done.seconds[name]:.1f}" if name in done.seconds else "–")
        yield f"  {name:26}" + "".join(f"{text:>9}" for text in shown[:-1]) + f"{shown[-1]:>16}"


def promises(done: Measured) -> Iterator[str]:
    """Yield each promise that holds for this kind of panel, with its figure: met or missed."""
    auto, kind = done.row(AUTO), done.named.kind
    if kind == PROMOTED:
        yield _line("WAPE", _share(auto["wape"]), "≤ 10 %", auto["wape"] <= 0.10)
    if done.has(DEFAULT) and kind in (PROMOTED, YEARLY):
        least = 0.45 if kind == PROMOTED else 0.04
        below, where = done.below(DEFAULT, "wape")
        yield _line(f"WAPE below default Prophet{where} by", _share(below), f"≥ {100 * least:.0f} %", below >= least)
    if kind == PROMOTED and done.has(TUNED):
        below, where = done.below(TUNED, "wape")
        share = done.seconds[AUTO] / done.seconds[TUNED]
        yield _line(f"WAPE below tuned Prophet{where} by", _share(below), "≥ 12 %", below >= 0.12)
        yield _line("processor time beside tuned Prophet", _share(share), "≤ 15 %", share <= 0.15)
    if kind == SPARSE:
        if done.has(DEFAULT):
            below, where = done.below(DEFAULT, "rmsse")
            yield _line(f"RMSSE below default Prophet{where} by", _share(below), "≥ 2 %", below >= 0.02)
        yield _line("bias", _change(auto["bias"]), "≤ 15 % either way", abs(auto["bias"]) <= 0.15)
    yield from _default_choice(done, auto)
    yield from _bands(done)
    cost = done.auto_s / len(done.panel.ids) * 100
    yield _line("CPU s for 100 series", f"{cost:.0f}", f"≤ {CPU_S:.0f}", cost <= CPU_S)


def _default_choice(done: Measured, auto: pd.Series) -> Iterator[str]:
    singles = [name for name in done.trials.said if name not in (AUTO, ENSEMBLE)]
    error = {name: done.row(name)["rmsse"] for name in singles if done.row(name)["days"] >= auto["days"]}
    best = min(error, key=lambda name: error[name])
    over = auto["rmsse"] / error[best] - 1
    yield _line(
        f"RMSSE above the best single, {best}, by", _change(over), f"≤ {100 * NEAR_BEST:g} %", over <= NEAR_BEST
    )
    if done.sampled.said:
        error = {name: done.sample_row(name)["rmsse"] for name in done.sampled.said}
        best = min(error, key=lambda name: error[name])
        over = done.sample_row(AUTO)["rmsse"] / error[best] - 1
        label = f"RMSSE above the best of the dear peers, {best}, on {len(done.sample)} series, by"
        yield _line(label, _change(over), f"≤ {100 * NEAR_BEST:g} %", over <= NEAR_BEST)
    base = done.row(catalogue.BASELINE)["rmsse"]
    lost = accuracy.losing(done.trials, [AUTO])[AUTO].mean()
    label = f"RMSSE beside the weekday mean (a higher one on {100 * lost:.0f} % of series)"
    yield _line(label, _change(auto["rmsse"] / base - 1), "≤ 0 %", auto["rmsse"] <= base)


def _bands(done: Measured) -> Iterator[str]:
    few = panels.low(done.panel)
    groups = {"": np.ones(len(few), dtype=bool)} if done.named.kind != MIXED else {}
    if few.sum() >= LEAST_SERIES and (~few).sum() >= LEAST_SERIES:
        groups |= {" of low counts": few, " of the others": ~few}
    for words, rows in groups.items():
        found = done.row(AUTO, rows)
        counts = words == " of low counts" or (not words and done.named.kind == COUNTS)
        for level, (least, most) in CONTINUOUS_COVER.items():
            held = found[f"coverage_{level}"]
            wanted = f"≥ {level} %" if counts else f"{100 * least:g}–{100 * most:g} %"
            kept = held >= level / 100 if counts else least <= held <= most
            yield _line(f"{level} % bands{words} hold", _share(held), wanted, kept)
    if few.sum() >= LEAST_SERIES:
        ours = done.row(AUTO, few)["pinball"]
        loss = {name: done.row(name, few)["pinball"] for name in (peers.NEGATIVE_BINOMIAL, peers.BY_WEEKDAY)}
        best = min(loss, key=lambda name: loss[name])
        label = "pinball loss on low counts" if few.all() else f"pinball loss on {few.sum()} series of low counts"
        yield _line(label, f"{ours:.4f}", f"≤ {loss[best]:.4f}, {best.replace('_', ' ')}", ours <= loss[best])
    wrong = sum(_crossing(said.mean, bounds) for said, bounds in _answers(done))
    yield _line("forecasts and bounds below 0 or crossing", f"{wrong}", "0", wrong == 0)


def _answers(done: Measured) -> Iterator[tuple[Said, Bounds]]:
    yield from zip(done.trials.said[AUTO], done.bounds[AUTO], strict=True)
    yield done.future, done.future.bands


def _crossing(mean: Floats, bounds: Bounds) -> int:
    """Return on how many days 0 ≤ low 95 ≤ low 80 ≤ mean ≤ high 80 ≤ high 95 does not hold."""
    (low_80, high_80), (low_95, high_95) = bounds[80], bounds[95]
    order = np.stack([np.zeros_like(mean), low_95, low_80, mean, high_80, high_95])
    return int((np.diff(order, axis=0) < -1e-9).any(axis=0).sum())


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _change(value: float) -> str:
    return f"{100 * value:+.1f} %"


def _line(what: str, found: str, wanted: str, kept: bool) -> str:
    return f"{what} {found} ({wanted}): {'met' if kept else 'missed'}"
