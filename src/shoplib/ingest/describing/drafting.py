"""A mapping drafted from the rows of an unknown file, its number marks and the order of its dates given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import words
from shoplib.config.mapping import FileFormat
from shoplib.errors import SourceError
from shoplib.ingest.dates import Hints, Written
from shoplib.ingest.describing import naming
from shoplib.ingest.describing.clues import Column, by_name, date_name_score, look_at
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.sale_key import Where, name_sale
from shoplib.ingest.describing.worth import MONEY_FIELDS, find_worth, fits
from shoplib.ingest.times import read_moments

NUMBERS = (*MONEY_FIELDS, "line_total", "num_items")
WHOLE = 0.3  # how much more a column that says the time, too, counts than one that says the day alone
SERIAL_DAYS = (20_000, 80_000)  # 1954 to 2119 as Excel counts days
SERIAL_SECONDS = (900_000_000, 4_000_000_000)


@dataclass(frozen=True)
class Draft:
    """One reading of a file: the mapping, what it rests on, and in which rows quantity × price is the amount.

    ``formats`` are all ways in which the moment of a sale can be read, the one taken first; one where it is settled.
    """

    mapping: dict[str, Any]
    proposal: Proposal
    columns: dict[str, Column]
    formats: tuple[str, ...]
    example: str
    agreeing: pd.Series

    def numbers(self) -> list[str]:
        """Return the source columns whose numbers the mapping uses."""
        fields = self.mapping["fields"]
        return naming.used({name: value for name, value in fields.items() if name in NUMBERS})


def draft(file: Path, rows: pd.DataFrame, file_format: FileFormat, currency: str, hints: Hints) -> Draft:
    """Return the mapping that the names and values of the columns speak for.

    Raises ``SourceError`` if there is no date or no amount of money.
    """
    proposal = Proposal()
    columns = look_at(rows, file_format, currency, hints)
    clues = by_name(columns)
    worth = find_worth(columns, clues)
    if not {"total_amount", "unit_price"} & worth.columns.keys():
        raise SourceError(
            "No amount of money was found in the file", where=str(file), found=words.listed(columns, limit=30),
            wanted="a column with the total of a sale, or with a unit price (and a quantity)",
            next_step="add such a column to the export, or write a mapping that names it",
        )  # fmt: skip
    agreeing = max((fits(worth, columns, name) for name in ("total_amount", "subtotal")), key=lambda rows: rows.sum())
    parts = _dated(file, columns)
    fields: dict[str, Any] = {}
    fields["timestamp"], formats = _timestamp(parts, proposal)
    taken = {*worth.columns.values(), *naming.used(fields)}
    ids, grain, number = name_sale(
        columns, _where(rows, parts, clues), taken, "total_amount" in worth.columns, proposal
    )
    if ids:
        fields["transaction_id"] = ids[0] if len(ids) == 1 else ids
        if number and number not in ids[:1]:
            fields["transaction_number"] = number
    goods = not (grain == "transaction" and naming.describes_one_of_several(columns, clues, worth, proposal))
    naming.name_money(fields, columns, worth, grain, proposal)
    naming.name_currency(fields, rows, currency, proposal)
    constants = naming.name_rest(fields, columns, clues, grain, goods, proposal)
    mapping: dict[str, Any] = {"rows": grain, "fields": fields}
    mapping |= {"constants": constants} if constants else {}
    key = naming.find_key(rows, columns, fields, grain, proposal)
    mapping |= {"key": key} if key else {}
    example = " ".join(next((cell for cell in part.cells if cell), "") for part in parts)
    return Draft(mapping, proposal, columns, formats, example, agreeing)


def _dated(file: Path, columns: dict[str, Column]) -> list[Column]:
    """Return the column with the day of a sale, and the one with its time if that stands apart."""
    dated = [c for c in columns.values() if c.written is not None and c.written.has_date]
    if not dated:
        serial = _serial(columns)
        raise SourceError(
            "No date was found in the file", where=str(file), found=serial or words.listed(columns, limit=30),
            wanted="a column with the day, or day and time, of each sale",
            next_step="format that column as a date and export the file again"
            if serial
            else "add such a column to the export, or write a mapping with its format",
        )  # fmt: skip
    day = max(dated, key=lambda c: date_name_score(c.name) + WHOLE * (c.written is not None and c.written.has_time))
    clocks = [c for c in columns.values() if c.written is not None and not c.written.has_date]
    if day.written is not None and not day.written.has_time and clocks:
        return [day, max(clocks, key=lambda c: date_name_score(c.name))]
    return [day]


def _serial(columns: dict[str, Column]) -> str:
    """Return in words which column holds days or seconds as bare numbers, ``""`` if none is called a date."""
    for column in columns.values():
        if column.numbers is None or date_name_score(column.name) < 0.5:
            continue
        numbers = column.numbers.real().dropna().astype(float)
        if numbers.between(*SERIAL_DAYS).all():
            day = (pd.Timestamp("1899-12-30") + pd.Timedelta(days=int(numbers.iloc[0]))).date()
            return f'"{column.name}" with the day numbers of a spreadsheet: {column.cells.iloc[0]} is {day}'
        if numbers.between(*SERIAL_SECONDS).all():
            moment = pd.Timestamp(int(numbers.iloc[0]), unit="s").strftime("%Y-%m-%d %H:%M:%S")
            return f'"{column.name}" with seconds since 1970: {column.cells.iloc[0]} is {moment} UTC'
    return ""


def _timestamp(parts: list[Column], proposal: Proposal) -> tuple[Any, tuple[str, ...]]:
    """Return the field, and every format its cells can be read in, the one taken first."""
    written: list[Written] = [part.written for part in parts if part.written is not None]
    names = [part.name for part in parts]
    if not any(w.has_time for w in written):
        proposal.questions.append("the file has days but no times; hours of the day cannot be told")
    share = min(w.share for w in written)
    open_ = any(w.readings for w in written)
    score = 0.5 if open_ else min(share, 0.5 + date_name_score(names[0]) / 2)
    proposal.took("timestamp", ", ".join(names), score, "; ".join(w.evidence for w in written))
    readings = written[0].readings or (written[0].format,)
    formats = tuple(" ".join([first, *(w.format for w in written[1:])]).strip() for first in readings)
    value: dict[str, Any] = {"columns": names if len(names) > 1 else names[0]}
    return value | ({"format": formats[0]} if formats[0] else {}), formats


def _where(rows: pd.DataFrame, parts: list[Column], clues: dict[str, Any]) -> Where:
    """Return moment and day of each row, and the columns that say where it was."""
    moment = rows[[part.name for part in parts]].agg(" ".join, axis=1)
    day, written = parts[0], parts[0].written
    read = read_moments(day.cells, written.format if written is not None else "")
    days = read.wall.dt.normalize().fillna(read.instant.dt.tz_localize(None).dt.normalize())
    place = next((clues[name].column for name in ("location_id", "location_name", "city") if name in clues), "")
    till = clues["device_id"].column if "device_id" in clues else ""
    return Where(rows, moment, days, day.name, place, till)
