"""A mapping put to work: the strings of a file become our fields, read but not yet judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from shoplib.config.mapping import AMOUNTS, Mapping
from shoplib.ingest.amounts import Numbers, read_numbers
from shoplib.ingest.readers import RawFile, require_columns
from shoplib.ingest.times import Moments, read_moments
from shoplib.ingest.vocabulary import VOCABULARIES, check_words, to_ours

COUNTS = ("quantity", "line_number", "num_items")
IDS = {"location_id": "location_name", "employee_id": "employee_name", "product_id": "product_name"}


@dataclass(frozen=True)
class Typed:
    """The rows of one file in our fields, all indexed by ``source_row``.

    ``cells`` are strings, one column a mapped field; ``numbers`` the exact amounts and counts among them;
    ``words`` our word for each status and way to pay; ``moments`` the date and time; ``money`` what a row is
    worth: the total of a transaction, the line total (or quantity × unit price) of a line, nothing for masters.
    """

    cells: pd.DataFrame
    numbers: dict[str, Numbers]
    words: dict[str, pd.Series]
    moments: Moments | None
    money: Numbers | None

    def has(self, field: str) -> bool:
        """Return whether the mapping gives this field."""
        return field in self.cells.columns


def apply(raw: RawFile, mapping: Mapping, currency: str) -> Typed:
    """Return a file's rows in our fields.

    A field of several columns is joined by a blank, then filled with its default where it is empty, then
    translated by its words. Where a name but no id of a place, person or product is mapped, the name is the
    id. Raises ``MappingError`` for columns the file does not have and words that are none of ours.
    """
    require_columns(raw.path, raw.rows.columns, named_columns(mapping), mapping.name)
    cells = pd.DataFrame(index=raw.rows.index)
    for name, field in mapping.fields.items():
        check_words(name, field.words, mapping.name)
        joined = _joined(raw.rows, field.columns)
        if field.default is not None:
            joined = joined.mask(joined == "", field.default)
        cells[name] = _translated(joined, field.words) if field.words else joined
    for name, value in mapping.constants.items():
        cells[name] = value
    for identity, name in IDS.items():
        if name in cells and identity not in cells:
            cells[identity] = cells[name]
    numbers = {
        name: read_numbers(cells[name], mapping.file, currency if name in AMOUNTS else None)
        for name in cells
        if name in AMOUNTS or name in COUNTS
    }
    words = {name: to_ours(name, cells[name]) for name in cells if name in VOCABULARIES}
    written = mapping.fields["timestamp"].format if "timestamp" in mapping.fields else ""
    moments = read_moments(cells["timestamp"], written) if "timestamp" in cells else None
    return Typed(cells, numbers, words, moments, _money(mapping.rows, numbers))


def named_columns(mapping: Mapping) -> list[str]:
    """Return every source column a mapping names, each once."""
    of_fields = [column for field in mapping.fields.values() for column in field.columns]
    return list(dict.fromkeys([*of_fields, *mapping.key, *mapping.skip]))


def source_columns(mapping: Mapping, fields: Iterable[str]) -> str:
    """Return the source columns of some of our fields, as a reader of the file knows them."""
    names = [c for f in fields for c in (mapping.fields[f].columns if f in mapping.fields else ())]
    return ", ".join(dict.fromkeys(names))


def _joined(rows: pd.DataFrame, columns: tuple[str, ...]) -> pd.Series:
    joined = rows[columns[0]]
    for column in columns[1:]:
        joined = (joined + " " + rows[column]).str.strip()
    return joined


def _translated(cells: pd.Series, words: dict[str, str]) -> pd.Series:
    folded = {theirs.strip().casefold(): ours for theirs, ours in words.items()}
    return cells.map({cell: folded.get(cell.casefold(), cell) for cell in cells.unique()})


def _money(rows: str, numbers: dict[str, Numbers]) -> Numbers | None:
    if rows == "transaction":
        return numbers["total_amount"]
    if rows not in ("line", "item"):
        return None
    if "line_total" in numbers:
        return numbers["line_total"]
    if "quantity" in numbers and "unit_price" in numbers:
        return numbers["quantity"].times(numbers["unit_price"])
    return numbers.get("unit_price")
