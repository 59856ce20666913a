"""Answers of models and their trials as bytes, number for number, without pickles."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.forecasting.models.interface import Said
from shoplib.forecasting.trials import Trials

Arrays = dict[str, npt.NDArray[np.generic]]
GRIDS = ("actual", "closed", "scale", "square")


def answers_as_bytes(said: Mapping[str, Said]) -> bytes:
    """Return what each model expects; equal answers give equal bytes."""
    arrays: Arrays = {}
    for name, answer in said.items():
        arrays |= _arrays(f"{name}.", answer)
    return _packed(arrays)


def answers_from_bytes(data: bytes, names: Sequence[str]) -> dict[str, Said]:
    """Return the answers of :func:`answers_as_bytes`; ``KeyError`` if one is missing."""
    arrays = _unpacked(data)
    return {name: _said(f"{name}.", arrays) for name in names}


def trials_as_bytes(trials: Trials) -> bytes:
    """Return trials without the seconds they took."""
    arrays: Arrays = {name: getattr(trials, name) for name in GRIDS}
    arrays["cutoffs"] = trials.cutoffs.to_numpy("datetime64[s]").astype(np.int64)
    arrays["horizon"] = np.array([trials.horizon])
    for name, answers in trials.said.items():
        for window, answer in enumerate(answers):
            arrays |= _arrays(f"{name}.{window}.", answer)
    return _packed(arrays)


def trials_from_bytes(data: bytes, ids: tuple[str, ...], names: Sequence[str]) -> Trials:
    """Return the trials of :func:`trials_as_bytes` of these models."""
    arrays = _unpacked(data)
    cutoffs = pd.DatetimeIndex(arrays["cutoffs"].astype("datetime64[s]").astype("datetime64[ns]"))
    said = {name: [_said(f"{name}.{window}.", arrays) for window in range(len(cutoffs))] for name in names}
    actual, scale, square = (np.asarray(arrays[name], dtype=np.float64) for name in ("actual", "scale", "square"))
    closed = np.asarray(arrays["closed"], dtype=np.bool_)
    return Trials(ids, cutoffs, int(arrays["horizon"].item()), actual, closed, scale, square, said)


def _arrays(start: str, said: Said) -> Arrays:
    arrays: Arrays = {f"{start}mean": said.mean, f"{start}notes": np.array(said.notes, dtype=np.str_)}
    for level, (low, high) in said.bands.items():
        arrays |= {f"{start}low_{level}": low, f"{start}high_{level}": high}
    return arrays


def _said(start: str, arrays: Arrays) -> Said:
    low = f"{start}low_"
    levels = [int(name.removeprefix(low)) for name in arrays if name.startswith(low)]

    def grid(name: str) -> npt.NDArray[np.float64]:
        return np.asarray(arrays[f"{start}{name}"], dtype=np.float64)

    bands = {level: (grid(f"low_{level}"), grid(f"high_{level}")) for level in levels}
    return Said(grid("mean"), bands, tuple(str(note) for note in arrays[f"{start}notes"]))


def _packed(arrays: Arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, allow_pickle=False, **arrays)
    return stream.getvalue()


def _unpacked(data: bytes) -> Arrays:
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}
