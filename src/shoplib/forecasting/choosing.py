"""The forecast of those who choose nothing: which models are tried, which are worth their time, and how they are mixed.

A first window before those asked for sorts the models out: what is far behind there is not run again. From then on each
window's mix is learnt on the windows before it, so that the trials of ``auto`` are as honest as those of one model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.base import words
from shoplib.forecasting import crews, newcomers, resting, trials
from shoplib.forecasting.models import catalogue, ensemble
from shoplib.forecasting.models.ensemble import Mix
from shoplib.forecasting.models.interface import Crew, Here, Model, Said
from shoplib.forecasting.panel import Flags, Panel, Whole
from shoplib.forecasting.trials import Trials

AUTO = "auto"
POOL = ("weekday_mean", "ets", "boosted", "boosted_counts", "boosted_counts_week", "boosted_week", "boosted_few")
"""Models that ``auto`` tries; the first is the baseline."""
UNTRIED = ("weekday_mean", "ets", "boosted_few")
"""Models that are mixed where nothing could be tried."""
WORTH = 1.10
"""Times the lowest error of the first window up to which a model is run again."""
ONE_BY_ONE = 3_000
"""Series above which models that are fitted series by series are left out."""
NO_BETTER, SILENT = "no model beat the baseline", "no other model has anything to say"
"""Why the baseline is used for a series."""
AT_REST = "at rest: so long without a sale cannot be chance, so 0"
TOO_SHORT = "too short for any model: level and week of its group"
UNKNOWN, UNTESTED = "nothing is known of it", "nothing could be tried"
SHARED = 200
"""Series from which other processes help; below, starting them takes longer than the work."""


@dataclass(frozen=True)
class Auto:
    """The trials of ``auto`` and of the models run in all of them, and what they say of the days after the data.

    ``longer`` has the window before those asked for as well, where the history allows it. ``mix`` is what the forecast
    of the coming days is made of. ``chosen`` has a row a series: unique_id, models, weights, fallback, reason.
    ``seconds`` is processor time by model.
    """

    trials: Trials
    longer: Trials
    mix: Mix
    future: Mapping[str, Said]
    chosen: pd.DataFrame
    notes: tuple[str, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)


def auto(
    panel: Panel,
    horizon: int,
    windows: int,
    crew: Crew | None = None,
    tell: Callable[[float], None] = lambda share: None,
    pool: Sequence[str] = POOL,
) -> Auto:
    """Return the default forecast of ``panel``, with its trials on up to ``windows`` windows.

    ``tell`` hears the share of the work that is done. Series that no model has anything to say of borrow from others
    (:mod:`shoplib.forecasting.newcomers`); what is still unknown then is NaN, with a note.
    """
    many = len(panel.ids) > ONE_BY_ONE
    wanted = dict.fromkeys([catalogue.BASELINE, *pool])
    models, notes = catalogue.make([name for name in wanted if not (many and name == "ets")], panel)
    if many and "ets" in wanted:
        notes.append(f"ets is left out: it is fitted series by series, and there are {words.count(len(panel.ids))}")
    work = _Work(models, crew if crew and len(panel.ids) >= SHARED else Here(), horizon, tell, windows + 2)
    tried = trials.run(panel, [], horizon, windows + 1)
    parts = [panel.until(end, horizon) for end in trials.origins(panel, horizon, windows + 1)]
    answers: list[dict[str, Said]] = []
    for part in parts:
        answers.append(work.ask(part))
        if len(answers) == 1 and len(parts) > windows:
            work.keep(_worth(tried, answers[0]))
    names = tuple(model.name for model in work.models)
    tried = replace(tried, said={name: [told[name] for told in answers] for name in names})
    mixes = [_mix(tried, names if window else tuple(answers[0]), window) for window in range(len(parts))]
    tried.said[AUTO] = [
        finished(part, _mixed(mix, told)) for part, mix, told in zip(parts, mixes, answers, strict=True)
    ]
    mix = _mix(tried, names, len(parts))
    ahead = panel.until(panel.history, horizon)
    future = work.ask(ahead, {*mix.names, catalogue.BASELINE})
    future[AUTO] = finished(ahead, _mixed(mix, future))
    notes += [*work.failed, *(note for said in future.values() for note in said.notes)]
    return Auto(
        trials=_last(tried, windows),
        longer=tried,
        mix=mix,
        future=future,
        chosen=_chosen(ahead, mix, future, len(parts)),
        notes=tuple(dict.fromkeys(notes)),
        seconds=work.seconds,
    )


class _Work:
    """The models still worth asking, the time each took, and why some said nothing."""

    def __init__(
        self, models: list[Model], crew: Crew, horizon: int, tell: Callable[[float], None], rounds: int
    ) -> None:
        self.models, self.seconds = models, {model.name: 0.0 for model in models}
        self._crew, self._horizon, self._tell = crew, horizon, tell
        self._done, self._rounds = 0, rounds
        self.failed: list[str] = []

    def ask(self, part: Panel, names: Iterable[str] = ()) -> dict[str, Said]:
        """Return what each model says of the days after a history; only those named, if any are."""
        only = set(names)
        asked = [model for model in self.models if not only or model.name in only]
        told = {}
        for place, model in enumerate(asked):
            began = crews.spent(self._crew)
            told[model.name] = trials.ask(model, part, self._horizon, self._crew)
            self.failed += told[model.name].notes if np.isnan(told[model.name].mean).all() else ()
            self.seconds[model.name] += crews.spent(self._crew) - began
            self._tell(min((self._done + (place + 1) / len(asked)) / self._rounds, 1.0))
        self._done += 1
        return told

    def keep(self, names: Iterable[str]) -> None:
        """Ask only these from now on."""
        kept = set(names)
        self.models = [model for model in self.models if model.name in kept]


def _worth(tried: Trials, told: Mapping[str, Said]) -> list[str]:
    """Return the baseline and the models that are not far behind the best in the first window."""
    first = _window(tried, told)
    far = ensemble.standing({name: ensemble.rmsse(first, name) for name in told}, list(told), catalogue.BASELINE)
    if not far:
        return list(told)
    near = {name for name, error in far.items() if error <= WORTH * min(far.values())}
    return [name for name in told if name in near | {catalogue.BASELINE}]


def _window(tried: Trials, told: Mapping[str, Said]) -> Trials:
    """Return the first window alone, with these answers."""
    one = slice(0, 1)
    return replace(
        tried, cutoffs=tried.cutoffs[one], actual=tried.actual[one], closed=tried.closed[one], scale=tried.scale[one],
        square=tried.square[one], said={name: [said] for name, said in told.items()},
    )  # fmt: skip


def _mix(tried: Trials, names: Sequence[str], windows: int) -> Mix:
    if windows:
        return ensemble.learned(tried, names, catalogue.BASELINE, windows)
    members = [name for name in names if name in UNTRIED] or list(names)
    return ensemble.learned(tried, members, catalogue.BASELINE, 0)


def _mixed(mix: Mix, told: Mapping[str, Said]) -> Said:
    return Said(mix.of({name: said.mean for name, said in told.items()}, catalogue.BASELINE))


def finished(part: Panel, said: Said) -> Said:
    return newcomers.lend(part, resting.still(part, said)).on(part)


def _last(tried: Trials, windows: int) -> Trials:
    """Return the last ``windows`` windows."""
    if len(tried.cutoffs) <= windows:
        return tried
    return replace(
        tried, cutoffs=tried.cutoffs[-windows:], actual=tried.actual[-windows:], closed=tried.closed[-windows:],
        scale=tried.scale[-windows:], square=tried.square[-windows:],
        said={name: answers[-windows:] for name, answers in tried.said.items()},
    )  # fmt: skip


def _chosen(ahead: Panel, mix: Mix, future: Mapping[str, Said], windows: int) -> pd.DataFrame:
    """Return which models stand behind the forecast of each series, with weights that make it on open days."""
    means = {name: said.mean for name, said in future.items()}
    silent = np.isnan(means[AUTO]).all(axis=1)
    rest = resting.at_rest(ahead, means[AUTO].shape[1])
    lent = ~silent & ~rest & (newcomers.young(ahead) | np.isnan(_mixed(mix, future).mean).all(axis=1))
    heard = mix.heard(means)
    kinds, kind = np.unique(heard, axis=1, return_inverse=True)
    told = [_told(mix, kinds[:, place]) for place in range(kinds.shape[1])]
    trial = words.plural(windows, "window")
    near = f"within {round(100 * (ensemble.NEAR - 1))} % of the best in {trial}" if windows else UNTESTED
    alone = np.where(mix.used.any(axis=0), SILENT, NO_BETTER)
    return pd.DataFrame(
        {
            "unique_id": ahead.ids,
            "models": np.select([silent | rest, lent], ["", "group"], _each([names for names, _ in told], kind)),
            "weights": np.where(silent | lent | rest, "", _each([weights for _, weights in told], kind)),
            "fallback": catalogue.BASELINE,
            "reason": np.select([rest, silent, lent, ~heard.any(axis=0)], [AT_REST, UNKNOWN, TOO_SHORT, alone], near),
        }
    )


def _told(mix: Mix, heard: Flags) -> tuple[str, str]:
    """Return the models whose mean is taken, and their weights; the baseline as it is where there are none."""
    names = [name for name, there in zip(mix.names, heard, strict=True) if there]
    if not names:
        return catalogue.BASELINE, "1"
    return "+".join(names), "+".join([f"{mix.factor / len(names):.6g}"] * len(names))


def _each(values: Sequence[str], kind: Whole) -> npt.NDArray[np.object_]:
    return np.array([*values, ""], dtype=object)[kind.ravel()]
