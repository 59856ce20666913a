"""Which file each receipt goes in, when the file arrives, and what becomes of it on the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoplib.base import seeds
from shoplib.config.worlds import BranchWorld
from shoplib.simulate import draws
from shoplib.simulate.branch import faults
from shoplib.simulate.branch.faults import FAULTS
from shoplib.simulate.branch.sales import Lines, Receipts
from shoplib.simulate.draws import Bools, Ints

LATEST_DAYS = 4
LATE_RECEIPTS_SHARE = 0.03  # of files: their last receipts come within the next day's file
MOST_LATE_RECEIPTS = 3
AGAIN_DAYS = 3  # a second file comes one to three days after the first
MENDED_SHARE = 0.3  # of garbled files: the branch sends a good one later

COPY, MORE, CORRECTED, MENDED = "byte_copy", "resend_more_rows", "resend_corrected", "mended"
KINDS = (COPY, MORE, CORRECTED)


@dataclass(frozen=True)
class Post:
    """The first files, one entry each, by branch and day, and which lines each holds."""

    branch: Ints
    day: Ints
    first: Ints  # first line of each file: lines of one file lie together
    last: Ints  # one past the last
    late_lines: Bools  # of each line: it comes within a later file
    days_late: Ints
    arrived: Bools
    fault: tuple[str, ...]  # "" for most
    again: tuple[str, ...]  # COPY, MORE, CORRECTED, MENDED or ""
    again_after: Ints  # days after the first file

    def __len__(self) -> int:
        return len(self.branch)


def post(settings: BranchWorld, days: int, sold: Receipts, lines: Lines, accented: Bools, seed: int) -> Post:
    """Return what the branches send: one file for each branch and day with a receipt.

    Late, garbled and repeated files are as many as their shares say, to the nearest whole file, as far as there are
    files that can be so; no file is both garbled and repeated, except that some garbled ones are sent again in
    order. Faults are dealt in turn, each only to a file that can have it. ``accented`` marks the products whose
    name has letters beyond ASCII.
    """
    rng = seeds.stream(seed, "simulate", "branch", "post")
    file_of, branch, day, late_lines = _files(rng, days, sold, lines)
    files = len(branch)
    last = np.searchsorted(file_of, np.arange(files), side="right")
    first = np.searchsorted(file_of, np.arange(files), side="left")
    days_late = np.zeros(files, dtype=np.int64)
    late = rng.permutation(files)[: round(settings.late_share * files)]
    days_late[late] = rng.integers(1, LATEST_DAYS + 1, len(late))
    arrived = day + days_late < days
    after = rng.integers(1, AGAIN_DAYS + 1, files)
    can_come_again = arrived & (day + days_late + after < days)

    order = [at for at in rng.permutation(files).tolist() if arrived[at]]
    rows = last - first
    letters = np.bincount(file_of, weights=accented[lines.product], minlength=files) > 0
    fault = _dealt(order, round(settings.garbled_share * files), rows, letters)
    again = _again(rng, order, fault, can_come_again, rows, round(settings.twice_share * files))
    return Post(branch, day, first, last, late_lines, days_late, arrived, tuple(fault), tuple(again), after)


def _files(rng: np.random.Generator, days: int, sold: Receipts, lines: Lines) -> tuple[Ints, Ints, Ints, Bools]:
    """Return the file of each line, branch and day of each file, and which lines moved on to the next file."""
    pair = sold.branch * days + sold.day
    pairs, written = np.unique(pair, return_counts=True)
    branch, day = np.divmod(pairs, days)
    has_next = np.append(branch[1:] == branch[:-1], False) if len(pairs) else np.zeros(0, dtype=bool)
    candidates = rng.permutation(np.flatnonzero(has_next & (written > 1)))
    moved = np.zeros(len(pairs), dtype=np.int64)
    chosen = candidates[: round(LATE_RECEIPTS_SHARE * len(pairs))]
    moved[chosen] = np.minimum(rng.integers(1, MOST_LATE_RECEIPTS + 1, len(chosen)), written[chosen] - 1)
    place = draws.ragged(np.zeros(len(pairs), dtype=np.int64), written)
    own = np.repeat(np.arange(len(pairs)), written)
    late = place >= (written - moved)[own]
    return (own + late)[lines.receipt], branch, day, late[lines.receipt]


def _dealt(order: list[int], wanted: int, rows: Ints, letters: Bools) -> list[str]:
    """Return the fault of each file; kinds follow one another, a kind no file can have is left out."""
    fault = [""] * len(rows)
    left = list(order)
    for turn in range(wanted):
        for kind in (*FAULTS[turn % len(FAULTS) :], *FAULTS[: turn % len(FAULTS)]):
            found = next((at for at in left if faults.possible(kind, int(rows[at]), bool(letters[at]))), None)
            if found is not None:
                fault[found] = kind.name
                left.remove(found)
                break
    return fault


def _again(
    rng: np.random.Generator, order: list[int], fault: list[str], possible: Bools, rows: Ints, wanted: int
) -> list[str]:
    """Return how each file comes again: kinds follow one another, those that need two rows only where there are."""
    again = [""] * len(rows)
    plain = [at for at in order if not fault[at] and possible[at]]
    for turn, at in enumerate(plain[:wanted]):
        kind = KINDS[turn % len(KINDS)]
        again[at] = kind if rows[at] > 1 else COPY
    garbled = [at for at in order if fault[at] and faults.BY_NAME[fault[at]].reader != faults.LOAD]
    number = round(MENDED_SHARE * len(garbled))
    for at in rng.permutation(np.array(garbled, dtype=np.int64))[:number].tolist():
        if possible[at]:
            again[at] = MENDED
    return again
