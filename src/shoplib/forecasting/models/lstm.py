"""One small recurrent network (LSTM) for all series of a panel, on the processor, the same every time."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoplib.forecasting.models.interface import Crew, Said
from shoplib.forecasting.models.windows import Windows, windows
from shoplib.forecasting.panel import WEEK, Flags, Panel, Whole

HIDDEN, WIDE = 48, 64
QUANTILES = (0.025, 0.1, 0.5, 0.9, 0.975)
BANDS = {80: (1, 3), 95: (0, 4)}
STEPS, BATCH, AT_ONCE = 300, 64, 512
AHEAD = 14
"""Coming days learnt from at each origin, drawn anew each time: the cost does not grow with the horizon."""
RATE, PULL, LONGEST = 8e-3, 1e-4, 1.0
LEAST = 28
"""Known days a series needs before it is forecast."""
LATELY = 1100
"""Days back from which origins are drawn: about three years."""

FILE = "weights.npz"
Tensor = Any
"""A tensor of torch, which is imported only where it is at work."""
Weights = Mapping[str, npt.NDArray[np.float32]]


@dataclass
class Lstm:
    """Long short-term memory (Hochreiter and Schmidhuber 1997) over eight weeks, then a layer a coming day.

    What it says of a day is a factor on the mean of that weekday. The mean is learnt by Poisson deviance, which no
    series of zeros biases, the bounds by quantile loss (Wen et al. 2017).
    """

    name: str = "lstm"
    label: str = "LSTM"
    told: str = "one recurrent network over all series"
    seed: int = 7
    steps: int = STEPS

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what a network trained on the history expects."""
        return self.train(panel, horizon, crew).forecast(panel, horizon, crew)

    def train(self, panel: Panel, horizon: int, crew: Crew) -> TrainedLstm:
        """Return the network trained on the history."""
        return TrainedLstm(self, self.learnt(panel, horizon))

    def restore(self, weights: Mapping[str, bytes]) -> TrainedLstm:
        """Return the network that gave these weights."""
        with np.load(io.BytesIO(weights[FILE])) as stored:
            return TrainedLstm(self, {name: stored[name] for name in stored.files})

    def learnt(self, panel: Panel, horizon: int) -> dict[str, npt.NDArray[np.float32]]:
        """Return the weights of a network trained on the history, ``{}`` where there is too little of it."""
        ends = _origins(panel)
        if not len(ends):
            return {}
        view = windows(panel)
        with _alone(self.seed) as torch:
            network = _Network(_widths(view))
            pick = np.random.default_rng(self.seed)
            learn = torch.optim.AdamW(network.parameters, lr=RATE, weight_decay=PULL)
            pace = torch.optim.lr_scheduler.OneCycleLR(learn, max_lr=RATE, total_steps=self.steps, pct_start=0.15)
            for _ in range(self.steps):
                rows, origins = np.divmod(ends[pick.integers(len(ends), size=BATCH)], panel.history)
                loss = _loss(network, view, rows, origins, horizon, pick)
                learn.zero_grad()
                torch.autograd.backward(loss)
                torch.nn.utils.clip_grad_norm_(network.parameters, LONGEST)
                learn.step()
                pace.step()
            return {name: value.detach().numpy().copy() for name, value in network.state().items()}

    def said(self, weights: Weights, panel: Panel, horizon: int) -> Said:
        """Return what the network with these weights expects; the same weights and panel give the same bytes."""
        rows = len(panel.ids)
        mean = np.full((rows, horizon), np.nan)
        bounds = np.full((len(QUANTILES), rows, horizon), np.nan)
        enough = _enough(panel)
        if weights:
            view = windows(panel)
            places = np.flatnonzero(enough)
            with _alone(self.seed) as torch, torch.no_grad():
                network = _Network(_widths(view), weights)
                for start in range(0, len(places), AT_ONCE):
                    part = places[start : start + AT_ONCE]
                    origins = np.full(len(part), panel.history)
                    ahead = np.broadcast_to(np.arange(horizon), (len(part), horizon))
                    expected, quantiles = network.expected(view, part, origins, ahead)
                    scale = view.scale[part][:, None]
                    mean[part] = expected.numpy() * scale
                    bounds[:, part] = np.moveaxis(quantiles.numpy(), 2, 0) * scale
        bounds = np.maximum(bounds, 0.0)
        whole = np.asarray((np.nan_to_num(panel.y) % 1 == 0).all(axis=1))[:, None]
        low, high = np.where(whole, np.floor(bounds), bounds), np.where(whole, np.ceil(bounds), bounds)
        bands = {level: (low[first], high[last]) for level, (first, last) in BANDS.items()}
        return Said(mean, bands, _notes(enough, bool(weights)))


@dataclass(frozen=True)
class TrainedLstm:
    """A network with what it learnt."""

    model: Lstm
    learnt: Weights

    def weights(self) -> dict[str, bytes]:
        """Return the weights as one file of numpy's."""
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, **self.learnt)
        return {FILE: stream.getvalue()}

    def forecast(self, panel: Panel, horizon: int, crew: Crew) -> Said:
        """Return what the network expects."""
        return self.model.said(self.learnt, panel, horizon)


def _enough(panel: Panel) -> Flags:
    return np.asarray((~np.isnan(panel.y)).sum(axis=1) >= LEAST)


def _notes(enough: Flags, learnt: bool) -> tuple[str, ...]:
    if not learnt:
        return ("LSTM: too little history to learn from",)
    few = int((~enough).sum())
    return (f"LSTM: {few:,} series with fewer than {LEAST} known days are left out",) if few else ()


def _origins(panel: Panel) -> Whole:
    """Return where a window may end: four weeks known before, and a known day in the week after.

    Places in the grid (series, history), counted row by row.
    """
    known = ~np.isnan(panel.y)
    before = np.cumsum(known, axis=1, dtype=np.int32) - known
    soon = np.zeros_like(known)
    for step in range(min(WEEK, panel.history)):
        soon[:, : panel.history - step] |= known[:, step:]
    fit = (before >= LEAST) & soon
    fit[:, : max(panel.history - LATELY, 0)] = False
    return np.flatnonzero(fit).astype(np.int64)


def _widths(view: Windows) -> tuple[int, int]:
    one = np.zeros(1, dtype=np.int64)
    return view.past(one, one).shape[2], view.coming(one, one, one[:, None]).shape[2]


@contextmanager
def _alone(seed: int) -> Iterator[Any]:
    """Lend torch with one thread and random numbers of its own; both are as before afterwards."""
    import torch

    threads = torch.get_num_threads()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        torch.set_num_threads(1)
        try:
            yield torch
        finally:
            torch.set_num_threads(threads)


class _Network:
    """The layers, from random or given weights."""

    def __init__(self, widths: tuple[int, int], weights: Weights | None = None) -> None:
        import torch
        from torch import nn

        past, coming = widths
        self.reader = nn.LSTM(past, HIDDEN, batch_first=True)
        last = nn.Linear(WIDE, 1 + len(QUANTILES))
        self.teller = nn.Sequential(
            nn.Linear(HIDDEN + coming, WIDE), nn.SiLU(), nn.Linear(WIDE, WIDE), nn.SiLU(), last
        )  # fmt: skip
        self.layers = nn.ModuleDict({"reader": self.reader, "teller": self.teller})
        if weights is None:
            with torch.no_grad():
                last.weight.mul_(0.1)
                last.bias.zero_()
        else:
            self.layers.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
        self.parameters = list(self.layers.parameters())

    def state(self) -> dict[str, Tensor]:
        """Return the weights by name."""
        return dict(self.layers.state_dict())

    def expected(self, view: Windows, rows: Whole, origins: Whole, ahead: Whole) -> tuple[Tensor, Tensor]:
        """Return mean and quantiles in units of each series, (windows, days) and (windows, days, quantiles)."""
        import torch

        past = torch.from_numpy(view.past(rows, origins))
        coming = torch.from_numpy(view.coming(rows, origins, ahead))
        base = np.take_along_axis(view.base(rows, origins), ahead % WEEK, axis=1) + 0.05
        _, (state, _) = self.reader(past)
        told = self.teller(torch.cat([state[0][:, None, :].expand(-1, ahead.shape[1], -1), coming], dim=2))
        times = torch.from_numpy(base)
        mean = times * torch.exp(torch.clamp(told[..., 0], -4.0, 3.0))
        middle = torch.exp(torch.clamp(told[..., 3], -4.0, 3.0))
        inner, outer = told[..., 2:5:2], told[..., 1:6:4]
        step = 0.3 * torch.nn.functional.softplus(inner)
        far = step + 0.3 * torch.nn.functional.softplus(outer)
        sides = [middle - far[..., 0], middle - step[..., 0], middle, middle + step[..., 1], middle + far[..., 1]]
        return mean, torch.stack(sides, dim=2) * times[..., None]


def _loss(
    network: _Network, view: Windows, rows: Whole, origins: Whole, horizon: int, pick: np.random.Generator
) -> Tensor:
    """Return the mean loss over the known days among some of those after each origin."""
    import torch

    room = np.minimum(view.history - origins, horizon)[:, None]
    ahead = np.floor(pick.random((len(rows), min(AHEAD, horizon))) * room).astype(np.int64)
    days = origins[:, None] + ahead
    actual = torch.from_numpy(view.level[rows[:, None], days])
    weight = torch.from_numpy(view.there[rows[:, None], days])
    mean, quantiles = network.expected(view, rows, origins, ahead)
    deviance = mean - actual * torch.log(mean)
    apart = actual[..., None] - quantiles
    level = torch.tensor(QUANTILES)
    pinball = torch.maximum(level * apart, (level - 1) * apart).sum(dim=2)
    return ((deviance + pinball) * weight).sum() / weight.sum().clamp(min=1.0)
