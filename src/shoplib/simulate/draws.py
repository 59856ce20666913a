"""Drawing many values at once: shares kept exactly, weighted picks by group, fixed-width codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

Ints: TypeAlias = npt.NDArray[np.integer]
Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

CHUNK_DIGITS = 4
BELOW_ONE = 1 - 1e-12


def allocate(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return whole counts that add up to ``total``, each within one of its share (largest remainder, Hamilton).

    Equal remainders go to the share named first.

    >>> allocate(10, {"a": 0.46, "b": 0.44, "c": 0.10})
    {'a': 5, 'b': 4, 'c': 1}
    """
    exact = np.array([total * share for share in shares.values()])
    counts = np.floor(exact + 1e-9).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[largest] += 1
    return dict(zip(shares, counts.tolist(), strict=True))


def pick(rng: np.random.Generator, weights: Floats, group: Ints) -> Ints:
    """Return for each entry of ``group`` a column of ``weights``, drawn by the weights of that row.

    ``weights`` has one row a group; rows need not add up to one, but each must hold something positive.
    """
    choices = weights.shape[1]
    edges = weights.cumsum(axis=1)
    edges /= edges[:, -1:]
    edges += np.arange(len(weights))[:, None]
    at: Ints = np.searchsorted(edges.ravel(), group + rng.random(len(group)) * BELOW_ONE, side="right")
    at -= group * choices
    return at


def chosen(rng: np.random.Generator, size: int, weights: Floats) -> Ints:
    """Return ``size`` different positions, ascending, drawn without replacement by ``weights``.

    Each draw takes the next position in proportion to the weights still left (Efraimidis and Spirakis, 2006).
    """
    if size == 0:
        return np.empty(0, dtype=np.int64)
    keys = rng.exponential(size=len(weights)) / weights
    return np.sort(np.argpartition(keys, size - 1)[:size])


def ragged(starts: Ints, counts: Ints) -> Ints:
    """Return ``starts[i], starts[i] + 1, …`` (``counts[i]`` of them) for each ``i``, one after the other.

    >>> ragged(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    before = counts.cumsum() - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))


def codes(
    numbers: Ints, width: int, prefix: str = "", present: Bools | None = None
) -> pd.api.extensions.ExtensionArray:
    """Return whole numbers as text: ``prefix`` and ``width`` digits with leading zeros.

    Numbers need no more than ``width`` digits. Where ``present`` is false the text is missing.

    >>> list(codes(np.array([7, 1234567]), 7, "T"))
    ['T0000007', 'T1234567']
    """
    kept = numbers if present is None else numbers[present]
    letters = np.empty((len(kept), len(prefix) + width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    table = _four_digits()
    end, rest = letters.shape[1], kept
    while end > len(prefix):
        begin = max(len(prefix), end - CHUNK_DIGITS)
        rest, part = np.divmod(rest, 10**CHUNK_DIGITS)
        letters[:, begin:end] = table[part, CHUNK_DIGITS - (end - begin) :]
        end = begin
    return _texts(letters, present)


def _four_digits() -> npt.NDArray[np.uint8]:
    values = np.arange(10**CHUNK_DIGITS)
    places = 10 ** np.arange(CHUNK_DIGITS - 1, -1, -1)
    return (values[:, None] // places % 10 + ord("0")).astype(np.uint8)


def _texts(letters: npt.NDArray[np.uint8], present: Bools | None) -> pd.api.extensions.ExtensionArray:
    rows = len(letters) if present is None else len(present)
    lengths = np.full(rows, letters.shape[1]) if present is None else present * letters.shape[1]
    offsets = np.zeros(rows + 1, dtype=np.int64)
    lengths.cumsum(out=offsets[1:])
    known = None if present is None else pa.array(present, pa.bool_()).buffers()[1]
    data = pa.py_buffer(np.ascontiguousarray(letters))
    return pd.arrays.ArrowExtensionArray(
        pa.Array.from_buffers(pa.large_string(), rows, [known, pa.py_buffer(offsets), data])
    )
