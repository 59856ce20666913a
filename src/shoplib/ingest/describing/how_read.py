"""How a file was read: each setting with an example from the file, what it became, and the line that changes it."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from shoplib.base import money, words
from shoplib.config.mapping import AMOUNTS, Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.errors import SourceError
from shoplib.ingest import sources
from shoplib.ingest.describing.punctuation import NUMBER_MARKS, named, read_as
from shoplib.ingest.mapping import COUNTS, Typed, named_columns, read_fields, written_as
from shoplib.ingest.readers import DELIMITER_NAMES
from shoplib.ingest.sources import Kind

ROWS = 20
COLUMNS = ("What", "How it was read", "In the file", "Became", "To change it")
FIRST_FIELDS = ("transaction_id", "timestamp", "location_id", "product_id", "quantity", "total_amount", "line_total")
KINDS = {"csv": "delimited text", "json": "JSON", "excel": "a workbook", "parquet": "parquet"}
_MARK = re.compile(r"\d[.,' \u00a0\u202f’]\d")


@dataclass(frozen=True)
class Line:
    """One setting: what it is about, how it was read, a cell as it stands and what it became, and the YAML line."""

    what: str
    how: str
    cell: str
    became: str
    change: str


def how_read(rows: pd.DataFrame, kind: Kind, mapping: Mapping, shop: Shop) -> pd.DataFrame:
    """Return how a file was read as a small table of texts, :data:`COLUMNS`, judged on its first rows alone.

    ``rows`` are strings as ``sources.read`` gives them; only the first :data:`ROWS` count. ``To change it`` is one line
    of the mapping file, or of the scenario for currency and time zone, written as it is in force.
    """
    head = rows.head(ROWS)
    lines = [*_of_file(kind, mapping), *_of_numbers(head, mapping, shop), *_of_fields(head, mapping, shop)]
    lines.append(Line("Currency", shop.currency, "", "", f"shop.currency: {shop.currency}"))
    lines.append(Line("Clock", f"wall clock of {shop.timezone}", "", "", f"shop.timezone: {shop.timezone}"))
    return pd.DataFrame([vars(line) for line in lines]).set_axis(list(COLUMNS), axis=1)


def of_sources(
    ingest: Ingest, mappings: MappingOf[str, Mapping], files: MappingOf[str, Sequence[Path]], shop: Shop
) -> pd.DataFrame:
    """Return how each source was read, judged on its first file that can be read: :data:`COLUMNS` after ``Source``.

    Sources whose files are not at hand (they went into the lasting store) are told without cells. What two sources
    have in common is told of each.
    """
    parts = []
    for source in ingest.sources:
        mapping = mappings[source.mapping]
        found = _first(files.get(source.name, ()), mapping)
        kind, rows = found if found else ("csv", pd.DataFrame(columns=named_columns(mapping), dtype=object))
        parts.append(how_read(rows, kind, mapping, shop).assign(Source=source.name))
    return pd.concat(parts, ignore_index=True)[["Source", *COLUMNS]] if parts else pd.DataFrame(columns=["Source"])


def _first(paths: Sequence[Path], mapping: Mapping) -> tuple[Kind, pd.DataFrame] | None:
    for path in paths:
        try:
            kind = sources.kind_of(path)
            first = next(sources.batches(path, kind, mapping.file, ROWS), None)
        except SourceError:
            continue
        if first is not None and set(named_columns(mapping)) <= set(first.rows.columns):
            return kind, first.rows
    return None


def _of_file(kind: Kind, mapping: Mapping) -> list[Line]:
    form = mapping.file
    lines = [Line("Kind", KINDS[kind], "", "", f"kind: {kind}")]
    if kind == "csv":
        written = {"\t": "\\t"}.get(form.delimiter, form.delimiter)
        mark = DELIMITER_NAMES.get(form.delimiter, repr(form.delimiter))
        lines.append(Line("Encoding", form.encoding, "", "", f"file.encoding: {form.encoding}"))
        lines.append(Line("Delimiter", mark, "", "", f'file.delimiter: "{written}"'))
    if kind in ("csv", "excel") and form.skip_lines:
        told = words.plural(form.skip_lines, "line") + " left out"
        lines.append(Line("Title", told, "", "", f"file.skip_lines: {form.skip_lines}"))
    if not form.header:
        lines.append(Line("Header", "none; the columns are named in the mapping", "", "", "file.header: false"))
    if kind == "excel":
        lines.append(Line("Sheet", form.sheet or "the first one", "", "", f'file.sheet: "{form.sheet}"'))
    if kind == "json" and form.records:
        lines.append(Line("Records", form.records, "", "", f"file.records: {form.records}"))
    lines.append(Line("A row is", f"one {mapping.rows}", "", "", f"rows: {mapping.rows}"))
    return lines


def _of_numbers(head: pd.DataFrame, mapping: Mapping, shop: Shop) -> list[Line]:
    """Return the line on the marks of numbers, with a cell that shows them best."""
    numeric = [name for name in mapping.fields if name in (*AMOUNTS, *COUNTS)]
    columns = [c for name in numeric for c in mapping.fields[name].columns if c in head]
    if not columns:
        return []
    form = mapping.file
    pair = form.decimal, form.thousands
    cells = [cell for column in columns for cell in head[column] if cell]
    cell = next((c for c in cells if _MARK.search(c)), cells[0] if cells else "")
    number = read_as(cell, pair) if cell else None
    other = next((p for p in NUMBER_MARKS if number is not None and read_as(cell, p) not in (None, number)), None)
    change = f'file.decimal: "{form.decimal}"' + (f', file.thousands: "{form.thousands}"' if form.thousands else "")
    how = named(pair) + (f"; under {named(other)} another number" if other else "")
    return [Line("Numbers", how, cell, "" if number is None else f"{number:,f}", change)]


def _of_fields(head: pd.DataFrame, mapping: Mapping, shop: Shop) -> list[Line]:
    present = {n: f for n, f in mapping.fields.items() if all(column in head for column in f.columns)}
    ordered = [n for n in FIRST_FIELDS if n in present] + [n for n in present if n not in FIRST_FIELDS]
    if head.empty or len(present) < len(mapping.fields):
        return [Line(_title(n), _columns(mapping, n), "", "", _change(mapping, n)) for n in ordered]
    typed = read_fields(head, mapping, shop.currency)
    lines = []
    for name in ordered:
        columns = list(mapping.fields[name].columns)
        filled = head.index[(head[columns] != "").any(axis=1)]
        cell = " ".join(str(head.loc[filled[0], column]) for column in columns).strip() if len(filled) else ""
        became = _became(typed, name, filled, shop)
        format_ = written_as(mapping, name)
        how = _columns(mapping, name) + (f', as "{format_}"' if format_ else "")
        lines.append(Line(_title(name), how, cell, became, _change(mapping, name)))
    lines += [
        Line(_title(name), "the same for all rows", "", value, f"constants.{name}: {value}")
        for name, value in mapping.constants.items()
    ]
    return lines


def _became(typed: Typed, name: str, filled: pd.Index, shop: Shop) -> str:
    if not len(filled):
        return ""
    at = filled[0]
    if name in typed.dates:
        moments = typed.dates[name]
        wall, instant = moments.wall[at], moments.instant[at]
        if not pd.isna(instant):
            return f"{instant:%Y-%m-%d %H:%M:%S} UTC"
        return "" if pd.isna(wall) else f"{words.day(wall.date(), shop.language, weekday=True)}, {wall:%H:%M}"
    if name in typed.words:
        return str(typed.words[name][at] or "")
    if name in typed.numbers and name in AMOUNTS:
        amount = typed.numbers[name].minor(shop.currency)[at]
        return "" if pd.isna(amount) else money.show(int(amount), shop.currency, language=shop.language)
    return str(typed.cells[name][at])


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _columns(mapping: Mapping, name: str) -> str:
    return " and ".join(f'"{column}"' for column in mapping.fields[name].columns)


def _change(mapping: Mapping, name: str) -> str:
    field = mapping.fields[name]
    column = field.columns[0] if len(field.columns) == 1 else f"[{', '.join(field.columns)}]"
    if field.format:
        return f'fields.{name}: {{columns: {column}, format: "{field.format}"}}'
    return f"fields.{name}: {column}"
