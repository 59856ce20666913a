"""The inbox: every file a branch dropped, byte for byte, and which true lines never get out of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import money, seeds
from shoplib.simulate import draws
from shoplib.simulate.branch import faults
from shoplib.simulate.branch.catalogue import Catalogue
from shoplib.simulate.branch.faults import HEADER, PRICE, QUANTITY, TOTAL, Rows
from shoplib.simulate.branch.post import COPY, CORRECTED, MENDED, MORE, Post
from shoplib.simulate.branch.sales import PAYMENTS, Lines, Receipts
from shoplib.simulate.calendar import Days
from shoplib.simulate.draws import Ints

FOLDER = "inbox"
SENT_LATER_SHARE = 0.3  # of the rows, where a second file has more of them
HEADER_LINE = (",".join(HEADER) + "\n").encode()
SET_ASIDE, REFUSED, NOT_ARRIVED, OLD_VERSION = 1, 2, 3, 4
FATES = ("loaded", "row set aside or cut off", "file refused", "file not arrived", "first of two versions kept")


@dataclass(frozen=True)
class Sent:
    """One file in the inbox."""

    name: str
    file: int  # position in the post
    again: str  # "" for the first file of a branch and day
    content: bytes
    spoilt: int = 0  # rows its fault touches
    new: int = 0  # rows that cannot be had from the first file
    changed: int = 0  # rows the first file has otherwise
    difference_minor: int = 0  # money it adds to, or takes from, what the first file says


@dataclass(frozen=True)
class Inbox:
    """Every file that arrived, and what a right reader that keeps the first of two versions loads."""

    sent: tuple[Sent, ...]
    fate: Ints  # of each true line, position in FATES
    lost_minor: Ints  # true money of each line less the money loaded for it


@dataclass(frozen=True)
class _Texts:
    """All lines as texts: cells, and the whole as bytes with the end of each line."""

    cells: pa.Table
    whole: bytes
    ends: npt.NDArray[np.int64]

    def between(self, first: int, last: int) -> bytes:
        return HEADER_LINE + self.whole[self.ends[first] : self.ends[last]]

    def rows(self, first: int, last: int) -> Rows:
        columns = [column.slice(first, last - first).to_pylist() for column in self.cells.columns]
        return [list(row) for row in zip(*columns, strict=True)]


def names(post: Post, branches: tuple[str, ...], when: Days) -> list[str]:
    """Return the name of the first file of each branch and day, whether it arrived or not."""
    days = when.dates.astype(str)
    return [f"{branches[b]}_{days[d]}.csv" for b, d in zip(post.branch.tolist(), post.day.tolist(), strict=True)]


def inbox(post: Post, cells: pa.Table, lines: Lines, file_names: list[str], seed: int) -> Inbox:
    """Return the files of a post; ``cells`` are those of :func:`cells`.

    All lines are joined to one text at once and cut into files; only files with a fault or with another version of
    a row are written by themselves, each with randomness of its own.
    """
    texts, total = _joined(cells), lines.total
    fate, lost = np.zeros((2, len(total)), dtype=np.int64)
    sent: list[Sent] = []
    for at, name in enumerate(file_names):
        first, last = int(post.first[at]), int(post.last[at])
        if not post.arrived[at]:
            fate[first:last], lost[first:last] = NOT_ARRIVED, total[first:last]
        elif post.fault[at]:
            fault = faults.BY_NAME[post.fault[at]]
            spoilt = first + faults.spoilt_rows(fault, last - first, _own_stream(seed, name))
            content = faults.garbled(fault, texts.rows(first, last), spoilt - first)
            sent.append(Sent(name, at, "", content, spoilt=len(spoilt)))
            if post.again[at] == MENDED:
                worth = int(total[spoilt].sum())
                whole = texts.between(first, last)
                sent.append(Sent(_second(name), at, MENDED, whole, new=len(spoilt), difference_minor=worth))
            elif fault.reader != faults.LOAD:
                fate[spoilt] = REFUSED if fault.reader == faults.REFUSE else SET_ASIDE
                lost[spoilt] = total[spoilt]
        elif post.again[at] == CORRECTED:
            wrong = int(_own_stream(seed, name).integers(first, last))
            price = int(lines.price[wrong])
            sent.append(Sent(name, at, "", _with_one_more(texts.rows(first, last), wrong - first)))
            whole = texts.between(first, last)
            sent.append(Sent(_second(name), at, CORRECTED, whole, changed=1, difference_minor=-price))
            fate[wrong], lost[wrong] = OLD_VERSION, -price
        else:
            sent += _plain(at, name, post.again[at], first, last, texts, total)
    return Inbox(tuple(sent), fate, lost)


def _plain(at: int, name: str, again: str, first: int, last: int, texts: _Texts, total: Ints) -> list[Sent]:
    """Return a file without a fault, and the copy or the longer version that follows it."""
    whole = texts.between(first, last)
    if again == COPY:
        return [Sent(name, at, "", whole), Sent(f"{name.removesuffix('.csv')} (1).csv", at, COPY, whole)]
    if again == MORE:
        kept = last - max(1, int((last - first) * SENT_LATER_SHARE))
        more = Sent(
            _second(name), at, MORE, whole, new=last - kept, difference_minor=int(total[kept:last].sum())
        )  # fmt: skip
        return [Sent(name, at, "", texts.between(first, kept)), more]
    return [Sent(name, at, "", whole)]


def cells(
    branches: tuple[str, ...], colours: tuple[str, ...], sizes: tuple[str, ...], menu: Catalogue, when: Days,
    sold: Receipts, lines: Lines, currency: str,
) -> pa.Table:  # fmt: skip
    """Return the lines as texts in the columns of ``faults.HEADER``; amounts without decimals if all are whole."""
    at = lines.receipt
    day = sold.day[at]
    clock = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in range(24 * 60)]
    dates = when.dates.astype(str)
    width = max(3, len(str(int(sold.number.max(initial=0)))))
    tills = [f"B{number + 1:0{max(2, len(str(len(branches))))}d}" for number in range(len(branches))]
    join = pc.binary_join_element_wise
    compact = [date.replace("-", "") for date in dates]
    numbers = pa.array(draws.codes(sold.number, width)).cast(pa.large_string())
    ids = join(_words(tills, sold.branch), _words(compact, sold.day), numbers, pa.scalar("-", pa.large_string()))
    columns = (
        _words(dates, day), _words(clock, sold.minute[at]), ids.take(pa.array(at)), _words(branches, sold.branch[at]),
        _words(menu.product_ids, lines.product), _words(menu.names, lines.product), _words(colours, lines.colour),
        _words(sizes, lines.size), pa.array(lines.quantity).cast(pa.large_string()),
        *_amounts(lines, currency), _words(PAYMENTS, sold.payment[at]),
    )  # fmt: skip
    return pa.table(dict(zip(HEADER, columns, strict=True)))


def _amounts(lines: Lines, currency: str) -> tuple[pa.Array, pa.Array]:
    """Return price and total of each line as the tills write them."""
    unit = 10 ** money.digits(currency)
    whole = not (lines.price % unit).any()
    found = []
    for minor in (lines.price, lines.total):
        text = pa.array(minor // unit).cast(pa.large_string())
        if not whole:
            part = pa.array(draws.codes(minor % unit, money.digits(currency))).cast(pa.large_string())
            text = pc.binary_join_element_wise(text, part, pa.scalar(".", pa.large_string()))
        found.append(text)
    return found[0], found[1]


def _words(known: Iterable[str], at: Ints) -> pa.Array:
    """Return the word at each position."""
    return pa.array(list(known), pa.large_string()).take(pa.array(at))


def _joined(cells: pa.Table) -> _Texts:
    mark, end = (pa.scalar(text, pa.large_string()) for text in (",", "\n"))
    rows = pc.binary_join_element_wise(*(column.combine_chunks() for column in cells.columns), mark)
    lengths = pc.binary_length(rows).to_numpy().astype(np.int64) + 1
    whole = pc.binary_join(pa.LargeListArray.from_arrays([0, len(rows)], rows), end)[0].as_py() if len(rows) else ""
    ends = np.concatenate([[0], lengths.cumsum()])
    return _Texts(cells, f"{whole}\n".encode(), ends)


def _with_one_more(rows: Rows, at: int) -> bytes:
    """Return a file whose row ``at`` says one piece more than was sold."""
    wrong = rows[at]
    wrong[QUANTITY] = str(int(wrong[QUANTITY]) + 1)
    wrong[TOTAL] = str(Decimal(wrong[TOTAL]) + Decimal(wrong[PRICE]))
    return HEADER_LINE + "".join(",".join(row) + "\n" for row in rows).encode()


def _second(name: str) -> str:
    return f"{name.removesuffix('.csv')}_resend.csv"


def _own_stream(seed: int, name: str) -> np.random.Generator:
    return seeds.stream(seed, "simulate", "branch", "file", name)
