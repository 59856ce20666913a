"""Whether a model is due to be trained anew, and why: only where errors or data cleared their limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from shoplib.base import words
from shoplib.forecasting.monitor import drift
from shoplib.forecasting.monitor.data import Day
from shoplib.forecasting.monitor.drift import Watched
from shoplib.forecasting.panel import Floats

DAYS_IN_A_ROW = 3
"""Days on end on which the same measure of the data drifted, before that alone makes a model due."""
MOST_NAMED = 3


@dataclass(frozen=True)
class Due:
    """Whether a model is due, the reason in words (also where it is not), and the watch of its errors.

    ``since`` is the position of the live day on which a limit was first cleared, ``None`` if none was.
    """

    due: bool
    reason: str
    since: int | None
    watched: Watched | None


def retrain_due(
    ids: Sequence[str],
    past: Floats,
    live: Floats,
    data: Sequence[Day] = (),
    *,
    false_alarms: float = drift.FALSE_ALARMS,
    seed: int = 0,
) -> Due:
    """Return whether a model is due, from its errors and, if given, the drift of its data on the latest days.

    ``past`` are errors (said − was) of the back-test and ``live`` those since, by series and day, NaN where nothing
    was scored. ``data`` are the latest days in order. Of ``false_alarms`` within 28 days nearly all is the errors':
    data make a model due where the same measure drifted on :data:`DAYS_IN_A_ROW` days to the same side.
    """
    stubborn = _stubborn(data)
    if not len(ids) or not live.shape[1] or not np.isfinite(live).any():
        return Due(bool(stubborn), _of_data(stubborn) or "nothing has come yet that was forecast", None, None)
    watched = drift.watch(past, live, false_alarms=false_alarms, seed=seed)
    if not np.isfinite(watched.limit):
        return Due(bool(stubborn), _of_data(stubborn) or "the back-test is too short to compare with", None, watched)
    if watched.alarm:
        over = np.nan_to_num(watched.distance) >= 1
        since = int(over.any(axis=(0, 2)).argmax())
        return Due(True, _of_errors(list(ids), watched, past, live), since, watched)
    said = "errors are as in the back-test"
    return Due(bool(stubborn), _of_data(stubborn) or said, None, watched)


def standing(ids: Sequence[str], past: Floats, live: Floats, was_past: Floats, was_live: Floats) -> pd.DataFrame:
    """Return the live error beside that of the back-test, one row a series.

    Columns: unique_id, days, live_wape, tested_wape (the whole back-test), worse_share (the share of all stretches of
    as many days of the back-test that were worse than the live days; a low one is bad), NaN where undefined.
    """
    known = np.isfinite(live) & np.isfinite(was_live)
    days = known.sum(axis=1)
    live_wape = _wape(np.where(known, live, np.nan), was_live)
    rows = []
    for row, name in enumerate(ids):
        length, whole = int(days[row]), past.shape[1]
        worse = np.nan
        if 0 < length <= whole and np.isfinite(live_wape[row]):
            at = np.arange(whole - length + 1)[:, None] + np.arange(length)
            tested = _wape(past[row][at], was_past[row][at])
            seen = tested[np.isfinite(tested)]
            worse = float((seen > live_wape[row]).mean()) if len(seen) else np.nan
        rows.append((str(name), length, live_wape[row], worse))
    table = pd.DataFrame(rows, columns=["unique_id", "days", "live_wape", "worse_share"])
    table.insert(3, "tested_wape", _wape(past, was_past))
    return table


def _wape(errors: Floats, was: Floats) -> Floats:
    known = np.isfinite(errors) & np.isfinite(was)
    size = np.where(known, np.abs(errors), 0.0).sum(axis=1)
    whole = np.where(known, np.abs(was), 0.0).sum(axis=1)
    return np.asarray(np.divide(size, whole, out=np.full(len(size), np.nan), where=whole > 0))


def _stubborn(data: Sequence[Day]) -> list[str]:
    """Return the measures that drifted to the same side on each of the latest days."""
    if len(data) < DAYS_IN_A_ROW:
        return []
    sides = []
    for day in data[-DAYS_IN_A_ROW:]:
        alarms = day.alarms
        side = np.where(alarms["now"] > alarms["before"], "more", "less")
        sides.append(set(zip(alarms["column"], alarms["word"], side, strict=True)))
    return [f"{column} {word}".strip() for column, word, _ in sorted(set.intersection(*sides))]


def _of_data(measures: list[str]) -> str:
    return f"data drifted {DAYS_IN_A_ROW} days on end: {words.listed(measures, MOST_NAMED)}" if measures else ""


def _of_errors(ids: list[str], watched: Watched, past: Floats, live: Floats) -> str:
    farthest = np.nan_to_num(watched.farthest)
    over = np.flatnonzero((farthest >= 1).any(axis=1))
    worst = over[np.argsort(-farthest[over].max(axis=1), kind="stable")]
    told = [f"{ids[row]} ({drift.SUMS[int(farthest[row].argmax())]})" for row in worst]
    days = int(np.isfinite(live).any(axis=0).sum())
    size = np.nanmean(np.abs(live[worst[0]])) / max(float(np.nanmean(np.abs(past[worst[0]]))), 1e-9)
    named = words.listed(told, MOST_NAMED)
    return f"over {words.plural(days, 'day')} beyond the back-test: {named}; mean error {size:.1f} times as large"
