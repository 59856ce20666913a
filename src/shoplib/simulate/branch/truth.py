"""What was planted and what happened on the way, as tables: the answers a chain is marked against."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shoplib.simulate.branch import faults
from shoplib.simulate.branch.catalogue import PAIR_SHARE, SLOW_FACTOR, Catalogue
from shoplib.simulate.branch.inbox import FATES, OLD_VERSION, Inbox
from shoplib.simulate.branch.post import Post
from shoplib.simulate.branch.sales import Lines, Receipts
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Ints

Branches = tuple[str, ...]


def receipts(branches: Branches, when: Days, sold: Receipts, lines: Lines) -> pd.DataFrame:
    """Return the true sales of every branch and day with a receipt: receipts, rows (lines) and money."""
    pair = sold.branch * len(when) + sold.day
    cells = len(branches) * len(when)
    of_line = pair[lines.receipt]
    there = np.unique(pair)
    return _places(branches, when, there // len(when), there % len(when)).assign(
        receipts=np.bincount(pair, minlength=cells)[there],
        rows=np.bincount(of_line, minlength=cells)[there],
        money_minor=_sums(of_line, lines.total, cells)[there],
    )


def not_loaded(
    branches: Branches, when: Days, post: Post, names: list[str], sold: Receipts, lines: Lines, found: Inbox
) -> pd.DataFrame:
    """Return what a right reader cannot load, by file, reason and day of sale: rows and money missing.

    A reader that keeps the first of two versions loads the old one; then no row is missing and the money is what
    the true sale is worth beyond the version loaded, below 0 if it is worth less.
    """
    at = np.flatnonzero(found.fate)
    file = np.searchsorted(post.last, at, side="right")
    keys = np.stack([file, sold.day[lines.receipt[at]], found.fate[at]])
    groups, of = np.unique(keys, axis=1, return_inverse=True)
    file, day, fate = groups
    missing = (found.fate[at] != OLD_VERSION).astype(np.int64)
    frame = _places(branches, when, post.branch[file], day)
    frame.insert(0, "file", _texts([names[number] for number in file.tolist()]))
    return frame.assign(
        reason=_texts([FATES[number] for number in fate.tolist()]),
        rows=_sums(of.ravel(), missing, groups.shape[1]),
        money_minor=_sums(of.ravel(), found.lost_minor[at], groups.shape[1]),
    )


def file_faults(branches: Branches, when: Days, post: Post, found: Inbox) -> pd.DataFrame:
    """Return the garbled files: the fault, the rows it touches, and what a right reader does with the file."""
    bad = [one for one in found.sent if not one.again and post.fault[one.file]]
    file = np.array([one.file for one in bad], dtype=np.int64)
    frame = _places(branches, when, post.branch[file], post.day[file])
    frame.insert(0, "file", _texts([one.name for one in bad]))
    kinds = [faults.BY_NAME[post.fault[at]] for at in file.tolist()]
    return frame.assign(
        fault=_texts([kind.name for kind in kinds]),
        rows_touched=np.array([one.spoilt for one in bad], dtype=np.int64),
        reader=_texts([kind.reader for kind in kinds]),
    )


def late_files(branches: Branches, when: Days, post: Post, names: list[str]) -> pd.DataFrame:
    """Return the files that are late: days late, day of arrival, and whether that is within the world."""
    late = np.flatnonzero(post.days_late)
    frame = _places(branches, when, post.branch[late], post.day[late])
    frame.insert(0, "file", _texts([names[at] for at in late.tolist()]))
    arrived_on = when.dates[post.day[late]] + post.days_late[late].astype("timedelta64[D]")
    return frame.assign(
        days_late=post.days_late[late], arrived_on=arrived_on.astype("datetime64[s]"), arrived=post.arrived[late]
    )


def late_rows(
    branches: Branches, when: Days, post: Post, names: list[str], sold: Receipts, lines: Lines
) -> pd.DataFrame:
    """Return the rows that come within the file of a later day: that file, their own day, rows and money."""
    at = np.flatnonzero(post.late_lines)
    keys = np.stack([np.searchsorted(post.last, at, side="right"), sold.day[lines.receipt[at]]])
    (file, day), of = np.unique(keys, axis=1, return_inverse=True)
    frame = _places(branches, when, post.branch[file], day)
    frame.insert(0, "file", _texts([names[number] for number in file.tolist()]))
    return frame.assign(
        rows=np.bincount(of.ravel(), minlength=len(file)),
        money_minor=_sums(of.ravel(), lines.total[at], len(file)),
    )


def repeated_files(branches: Branches, when: Days, post: Post, names: list[str], found: Inbox) -> pd.DataFrame:
    """Return the second files: which they repeat, how, rows the first lacks or has otherwise, money between them."""
    again = [one for one in found.sent if one.again]
    file = np.array([one.file for one in again], dtype=np.int64)
    frame = _places(branches, when, post.branch[file], post.day[file])
    frame.insert(0, "file", _texts([one.name for one in again]))
    frame.insert(1, "repeats", _texts([names[at] for at in file.tolist()]))
    return frame.assign(
        kind=_texts([one.again for one in again]),
        rows_new=np.array([one.new for one in again], dtype=np.int64),
        rows_changed=np.array([one.changed for one in again], dtype=np.int64),
        difference_minor=np.array([one.difference_minor for one in again], dtype=np.int64),
    )


def slow_sellers(menu: Catalogue, lines: Lines) -> pd.DataFrame:
    """Return the products made to sell at a fraction of their rank's pace, and the units sold."""
    units = np.bincount(lines.product, weights=lines.quantity, minlength=len(menu.product_ids)).astype(np.int64)
    at = np.flatnonzero(menu.slow)
    return pd.DataFrame(
        {
            "product_id": _texts([menu.product_ids[i] for i in at.tolist()]),
            "factor": np.full(len(at), SLOW_FACTOR),
            "units": units[at],
        }
    )


def pairs(menu: Catalogue) -> pd.DataFrame:
    """Return the planted pairs: after the first product, the second is the next line this often more than else."""
    at = np.flatnonzero(menu.companion >= 0)
    return pd.DataFrame(
        {
            "product_id": _texts([menu.product_ids[i] for i in at.tolist()]),
            "companion_id": _texts([menu.product_ids[i] for i in menu.companion[at].tolist()]),
            "share": np.full(len(at), PAIR_SHARE),
        }
    )


def arrivals(branches: Branches, when: Days, post: Post, found: Inbox) -> pd.DataFrame:
    """Return the inbox's own list: file, branch, business day it is named after, day it arrived."""
    file = np.array([one.file for one in found.sent], dtype=np.int64)
    again = np.array([one.again != "" for one in found.sent], dtype=bool)
    days = post.day[file] + post.days_late[file] + post.again_after[file] * again
    frame = pd.DataFrame(
        {
            "file": _texts([one.name for one in found.sent]),
            "branch": _texts([branches[at] for at in post.branch[file].tolist()]),
            "business_date": when.dates[post.day[file]].astype("datetime64[s]"),
            "arrived_on": when.dates[days].astype("datetime64[s]"),
        }
    )
    return frame.sort_values(["arrived_on", "file"], ignore_index=True)


def _places(branches: Branches, when: Days, branch: Ints, day: Ints) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "branch": _texts([branches[at] for at in branch.tolist()]),
            "business_date": when.dates[day].astype("datetime64[s]"),
        }
    )


def _texts(words: list[str]) -> pd.Series:
    return pd.Series(words, dtype="str")


def _sums(of: Ints, minor: Ints, groups: int) -> Ints:
    """Return exact sums of whole numbers by group."""
    found = np.zeros(groups, dtype=np.int64)
    np.add.at(found, of, minor)
    return found
