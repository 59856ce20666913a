"""The faults a file can have: how each is made, and what a right reader does with it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from shoplib.simulate.draws import Ints

LOAD, LOAD_PART, REFUSE = "load", "load part", "refuse"
FEWEST_ROWS = 8  # of a file of which single rows are spoilt: the rest must be worth having
MOST_SPOILT = 3
CUT_FROM, CUT_TO = 0.65, 0.9
ABSURD = 100_000
UNKNOWN_WORD = "Barter"
TOTAL_WORD = "TOTAL"
HEADER = (
    "date", "time", "receipt", "branch", "sku", "product", "colour", "size", "quantity", "price", "total", "payment",
)  # fmt: skip
RENAMED = {"quantity": "qty", "total": "amount"}
OTHER_ORDER = (3, 2, 0, 1, 4, 5, 7, 6, 9, 8, 10, 11)
DATE, TIME, QUANTITY, PRICE, TOTAL, PAYMENT = 0, 1, 8, 9, 10, 11


@dataclass(frozen=True)
class Fault:
    """A kind of fault."""

    name: str
    reader: str
    spoils_rows: bool = False  # some rows only; those of a file to load are loaded too
    needs_letters: bool = False  # beyond ASCII


FAULTS = (
    Fault("cut_off", LOAD_PART, spoils_rows=True),
    Fault("semicolons", REFUSE),
    Fault("negative_quantity", LOAD_PART, spoils_rows=True),
    Fault("encoding_cp1252", REFUSE, needs_letters=True),
    Fault("header_renamed", REFUSE),
    Fault("totals_line", LOAD),
    Fault("decimal_comma", REFUSE),
    Fault("absurd_quantity", LOAD_PART, spoils_rows=True),
    Fault("header_missing", REFUSE),
    Fault("columns_reordered", LOAD),
    Fault("empty", REFUSE),
    Fault("unknown_word", LOAD, spoils_rows=True),
    Fault("columns_swapped", REFUSE),
    Fault("encoding_utf16", REFUSE),
)
BY_NAME = {fault.name: fault for fault in FAULTS}

Rows = list[list[str]]
"""The cells of a file's rows, in the order of ``HEADER``."""


def possible(fault: Fault, rows: int, letters: bool) -> bool:
    """Return whether a file of so many rows, with or without letters beyond ASCII, can have a fault."""
    return (rows >= FEWEST_ROWS or not fault.spoils_rows) and (letters or not fault.needs_letters)


def spoilt_rows(fault: Fault, rows: int, rng: np.random.Generator) -> Ints:
    """Return the positions of the rows a fault touches, ascending: all of a file that is to be refused."""
    if fault.reader == REFUSE:
        return np.arange(rows)
    if not fault.spoils_rows:
        return np.arange(0)
    if fault.name == "cut_off":
        return np.arange(int(rows * rng.uniform(CUT_FROM, CUT_TO)), rows)
    return np.sort(rng.choice(rows, min(MOST_SPOILT, rows // FEWEST_ROWS), replace=False))


def garbled(fault: Fault, rows: Rows, spoilt: Ints) -> bytes:
    """Return the file with its fault in it; ``spoilt`` are the positions from :func:`spoilt_rows`."""
    header, body = list(HEADER), [list(row) for row in rows]
    match fault.name:
        case "empty":
            return b""
        case "header_renamed":
            header = [RENAMED.get(name, name) for name in header]
        case "columns_reordered":
            header, body = _reordered([header])[0], _reordered(body)
        case "columns_swapped":
            body = [[row[TIME], row[DATE], *row[2:]] for row in body]
        case "totals_line":
            body.append(_totals(rows))
        case "decimal_comma":
            body = [[*row[:PRICE], _comma(row[PRICE]), _comma(row[TOTAL]), *row[PAYMENT:]] for row in body]
        case "negative_quantity" | "absurd_quantity" | "unknown_word":
            for at in spoilt.tolist():
                body[at] = _spoilt(fault.name, body[at])
    lines = [",".join(row) + "\n" for row in ([] if fault.name == "header_missing" else [header]) + body]
    if fault.name == "cut_off":
        cut = int(spoilt[0]) + 1
        lines = [*lines[:cut], lines[cut][: len(lines[cut]) // 2]]
    text = "".join(lines)
    if fault.name == "semicolons":
        return text.replace(",", ";").encode()
    if fault.name == "encoding_utf16":
        return codecs.BOM_UTF16_LE + text.encode("utf-16-le")
    return text.encode("cp1252" if fault.name == "encoding_cp1252" else "utf-8")


def _reordered(rows: Rows) -> Rows:
    return [[row[at] for at in OTHER_ORDER] for row in rows]


def _totals(rows: Rows) -> list[str]:
    cells = [""] * len(HEADER)
    cells[DATE] = TOTAL_WORD
    cells[QUANTITY] = str(sum(int(row[QUANTITY]) for row in rows))
    cells[TOTAL] = str(sum(Decimal(row[TOTAL]) for row in rows))
    return cells


def _comma(amount: str) -> str:
    """Return an amount as "149.000,00", in quotation marks because of its comma.

    >>> _comma("149000"), _comma("24.90")
    ('"149.000,00"', '"24,90"')
    """
    whole, _, part = amount.partition(".")
    return f'"{re.sub(r"(?<=[0-9])(?=(?:[0-9]{3})+$)", ".", whole)},{part or "00"}"'


def _spoilt(name: str, row: list[str]) -> list[str]:
    changed = list(row)
    if name == "unknown_word":
        changed[PAYMENT] = UNKNOWN_WORD
    elif name == "absurd_quantity":
        changed[QUANTITY] = str(int(row[QUANTITY]) * ABSURD)
    else:
        changed[QUANTITY] = f"-{row[QUANTITY]}"  # and the total as it was: with a minus too it would be a return
    return changed
