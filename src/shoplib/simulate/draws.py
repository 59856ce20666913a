"""Drawing many values at once: shares kept exactly, weighted picks by group, fixed-width codes.

``Alias`` and ``words`` are the quick ways, for millions of draws: one 32-bit word a draw, split into its bits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
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
HALF_BITS = 16
HALF = 1 << HALF_BITS
FITTING_ROUNDS = 30


def allocate(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Return whole counts that add up to ``total``, each within one of its share (largest remainder, Hamilton).

    Equal remainders go to the share named first.

    >>> allocate(10, {"a": 0.46, "b": 0.44, "c": 0.10})
    {'a': 5, 'b': 4, 'c': 1}
    """
    exact = np.array([total * share for share in shares.values()])
    return dict(zip(shares, _nearest(total, exact).tolist(), strict=True))


def _nearest(total: int, exact: Floats) -> Ints:
    counts = np.floor(exact + 1e-9).astype(np.int64)
    largest = np.argsort(counts - exact, kind="stable")[: total - int(counts.sum())]
    counts[largest] += 1
    return counts


def dealt(totals: Ints, sizes: Ints) -> Ints:
    """Return how much of each of ``totals`` goes to each of ``sizes``, both adding up to the same: sizes × totals.

    Rows add up to their size and columns to their total; each number is within one of its share of what the
    rows before it have left.

    >>> dealt(np.array([7, 3]), np.array([4, 6])).tolist()
    [[3, 1], [4, 2]]
    """
    left = np.array(totals, dtype=np.int64)
    rows = np.zeros((len(sizes), len(left)), dtype=np.int64)
    for row, size in zip(rows, sizes.tolist(), strict=True):
        row[:] = _nearest(size, left * (size / max(1, int(left.sum()))))
        left -= row
    return rows


def words(rng: np.random.Generator, size: int) -> npt.NDArray[np.uint32]:
    """Return random 32-bit words, two of every number of the generator, the same on every machine."""
    raw = np.asarray(rng.bit_generator.random_raw((size + 1) // 2)).astype("<u8", copy=False)
    return raw.view("<u4")[:size].astype(np.uint32, copy=False)


def below(words_: npt.NDArray[np.uint32], limit: Ints | int) -> Ints:
    """Return for each random word a whole number from 0 up to, not including, ``limit`` (at most 65,536).

    The upper half of each word is used, so the lower one is still free for something else.
    """
    return (((words_ >> HALF_BITS) * np.asarray(limit, dtype=np.uint32)) >> HALF_BITS).view(np.int32)


def chance(words_: npt.NDArray[np.uint32], share: npt.ArrayLike) -> Bools:
    """Return which random words come true with the given share, to 1/65,536, by the lower half of each word."""
    comes_true: Bools = (words_ & (HALF - 1)) < np.rint(np.asarray(share) * HALF).astype(np.uint32)
    return comes_true


class Alias:
    """Weighted picks by group, each in the same short time however many choices there are.

    ``weights`` has one row a group and at most 65,536 columns; a row without any weight is never to be picked
    from. Chances are kept to 1/65,536 of a column's even share (Walker, 1977; tables filled by sweeping over the
    light and the heavy columns, Hübschle-Schneider and Sanders, 2022).
    """

    def __init__(self, weights: Floats) -> None:
        rows, choices = weights.shape
        self._bits = max(1, (choices - 1).bit_length())
        width = 1 << self._bits
        level = np.zeros((rows, width))
        sums = weights.sum(axis=1, keepdims=True)
        np.divide(weights * width, sums, out=level[:, :choices], where=sums > 0)
        kept, other = _swept(level)
        self._cells = ((kept << HALF_BITS) | other).astype(np.uint32).ravel()

    def pick(self, rng: np.random.Generator, group: Ints) -> Ints:
        """Return a column for each entry of ``group``."""
        word = words(rng, len(group))
        column = word >> (32 - self._bits)
        cell = self._cells.take((group.astype(np.int64) << self._bits) + column)
        stays = (word & (HALF - 1)) < (cell >> HALF_BITS)
        other = cell & (HALF - 1)
        picked: Ints = (other + (column - other) * stays).view(np.int32)
        return picked


def _swept(level: Floats) -> tuple[Ints, Ints]:
    """Return for each column the chance to keep it, in 1/65,536, and the column taken instead.

    ``level`` has rows that add up to their length. One sweep settles one column of every row a step: the next
    light one, filled up by the heavy one at hand, or that heavy one once it has become light.
    """
    rows, width = level.shape
    at = np.arange(rows)
    order = np.argsort(level, axis=1, kind="stable")
    lights = (level < 1).sum(axis=1)
    light, heavy = np.zeros(rows, dtype=np.int64), lights.copy()
    kept = np.zeros((rows, width), dtype=np.int64)
    other = np.zeros((rows, width), dtype=np.int64)
    here = order[at, np.minimum(heavy, width - 1)]
    left = level[at, here]
    for _ in range(width):
        following = order[at, np.minimum(heavy + 1, width - 1)]
        fills = (light < lights) & ((left >= 1) | (heavy >= width - 1))
        filled = order[at, np.minimum(light, width - 1)]
        settled = np.where(fills, filled, here)
        amount = np.where(fills, level[at, filled], left)
        kept[at, settled] = np.clip(np.rint(amount * HALF), 0, HALF - 1)
        other[at, settled] = np.where(fills, here, np.where(amount < 1, following, settled))
        left = np.where(fills, left + amount - 1, left + level[at, following] - 1)
        here = np.where(fills, here, following)
        light += fills
        heavy += ~fills
    return kept, other


def exactly(rng: np.random.Generator, weights: Floats, group: Ints, counts: Ints) -> npt.NDArray[np.int8]:
    """Return a choice for each entry of ``group``, each choice exactly ``counts`` times.

    Within a group chances follow its row of ``weights``, all above 0, after columns were stretched so that the
    expected counts are those asked for (iterative proportional fitting, Deming and Stephan, 1940); the few too
    many of a choice, drawn by lot, become what is lacking.
    """
    sizes = np.bincount(group, minlength=len(weights))
    made = Alias(_fitted(weights, sizes, counts)).pick(rng, group).astype(np.int8)
    excess = np.bincount(made, minlength=len(counts)) - counts
    spare = [
        rng.choice(np.flatnonzero(made == choice), excess[choice], replace=False)
        for choice in np.flatnonzero(excess > 0)
    ]
    if spare:
        made[rng.permutation(np.concatenate(spare))] = np.repeat(np.arange(len(counts)), np.maximum(-excess, 0))
    return made


def _fitted(weights: Floats, sizes: Ints, counts: Ints) -> Floats:
    """Return each row's chances at which the counts to be expected are ``counts``."""
    fitted = weights * (counts > 0)
    for _ in range(FITTING_ROUNDS):
        fitted = fitted / np.maximum(fitted.sum(axis=1, keepdims=True), 1e-300)
        expected = sizes @ fitted
        fitted = fitted * np.divide(counts, expected, out=np.zeros(len(counts)), where=expected > 0)
    return fitted


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


def labelled(names: Sequence[str], at: Ints) -> pd.Categorical:
    """Return ``names[at]`` for different names; -1 stays empty.

    >>> list(labelled(["tea", "milk"], np.array([1, 0])))
    ['milk', 'tea']
    """
    return pd.Categorical.from_codes(at.astype(np.int32), categories=list(names))  # type: ignore[arg-type]  # takes arrays too


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
    kept = numbers if present is None else numbers.take(np.flatnonzero(present))
    return texts(_letters(kept, width, prefix), present)


def codes_at(numbers: Ints, at: Ints, width: int, prefix: str = "") -> pd.api.extensions.ExtensionArray:
    """Return ``codes(numbers, …)[at]``, without making a text for each.

    >>> list(codes_at(np.array([7, 8]), np.array([0, 1, 1]), 3))
    ['007', '008', '008']
    """
    letters = _letters(numbers, width, prefix)
    cells = letters.view(f"V{letters.shape[1]}").ravel().take(at)
    return texts(cells.view(np.uint8).reshape(-1, letters.shape[1]))


def _letters(numbers: Ints, width: int, prefix: str) -> npt.NDArray[np.uint8]:
    letters = np.empty((len(numbers), len(prefix) + width), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode("ascii"), dtype=np.uint8)
    table = _four_digits()
    end, rest = letters.shape[1], numbers
    while end > len(prefix):
        begin = max(len(prefix), end - CHUNK_DIGITS)
        more = rest // 10**CHUNK_DIGITS if begin > len(prefix) else np.zeros(1, dtype=np.int64)
        four = table.take(rest - more * 10**CHUNK_DIGITS).view(np.uint8).reshape(-1, CHUNK_DIGITS)
        letters[:, begin:end] = four[:, CHUNK_DIGITS - (end - begin) :]
        end, rest = begin, more
    return letters


@cache
def _four_digits() -> npt.NDArray[np.uint32]:
    """Return the four letters of every number below 10,000, as one word each."""
    values = np.arange(10**CHUNK_DIGITS)
    places = 10 ** np.arange(CHUNK_DIGITS - 1, -1, -1)
    letters = (values[:, None] // places % 10 + ord("0")).astype(np.uint8)
    return np.ascontiguousarray(letters).view(np.uint32).ravel()


def texts(letters: npt.NDArray[np.uint8], present: Bools | None = None) -> pd.api.extensions.ExtensionArray:
    """Return rows of ASCII letters as text; where ``present`` is false there is no row and the text is missing."""
    rows = len(letters) if present is None else len(present)
    known = None if present is None else pa.array(present, pa.bool_()).buffers()[1]
    if present is None:
        offsets = np.arange(rows + 1, dtype=np.int64) * letters.shape[1]
    else:
        offsets = np.zeros(rows + 1, dtype=np.int64)
        present.cumsum(out=offsets[1:])
        offsets *= letters.shape[1]
    data = pa.py_buffer(np.ascontiguousarray(letters))
    return pd.arrays.ArrowExtensionArray(
        pa.Array.from_buffers(pa.large_string(), rows, [known, pa.py_buffer(offsets), data])
    )
