"""A mapping put to work: the strings of a file become our fields, read but not yet judged."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.config.mapping import AMOUNTS, Mapping
from shoplib.ingest import declared
from shoplib.ingest.amounts import Numbers, read_numbers
from shoplib.ingest.readers import RawFile, require_columns
from shoplib.ingest.times import Moments, read_moments
from shoplib.ingest.vocabulary import VOCABULARIES, check_words, to_ours

COUNTS = ("quantity", "line_number", "num_items")
ATTRIBUTES = "attributes"
EXTRA = "extra"
JSON = json.JSONEncoder(ensure_ascii=False)
IDS = {"location_id": "location_name", "employee_id": "employee_name", "product_id": "product_name"}


@dataclass(frozen=True)
class Typed:
    """Rows in our fields, all indexed alike.

    ``cells`` are strings, one column a mapped field, ``attributes`` as JSON if there are any, and ``extra`` as JSON
    with the columns nothing names, unless the mapping drops them; ``numbers`` the exact amounts and counts among them;
    ``words`` our word for each status and way to pay; ``moments`` the date and time of a sale, ``dates`` the days and
    times of a record; ``money`` what a row is worth: the total of a transaction, the line total (or quantity × unit
    price) of a line, nothing for masters and records.
    """

    cells: pd.DataFrame
    numbers: dict[str, Numbers]
    words: dict[str, pd.Series]
    moments: Moments | None
    money: Numbers | None
    dates: dict[str, Moments] = field(default_factory=dict)
    discounts_elsewhere: bool = False
    """Whether sales of the same file that are not among these rows have a discount above zero."""

    def has(self, field: str) -> bool:
        """Return whether the mapping gives this field."""
        return field in self.cells.columns

    def content(self) -> pd.DataFrame:
        """Return what the rows say: two rows that differ in nothing but ``extra`` say the same."""
        return self.cells.drop(columns=EXTRA, errors="ignore")


def apply(raw: RawFile, mapping: Mapping, currency: str) -> Typed:
    """Return a file's rows in our fields, as ``read_fields`` does.

    Raises ``MappingError`` for columns the file does not have, too.
    """
    require_columns(raw.path, raw.rows.columns, named_columns(mapping), mapping.name)
    return read_fields(raw.rows, mapping, currency)


def read_fields(rows: pd.DataFrame, mapping: Mapping, currency: str) -> Typed:
    """Return rows of strings in our fields.

    A field of several columns is joined by a blank, then filled with its default where it is empty, then
    translated by its words. Where a name but no id of a place, person or product is mapped, the name is the
    id. Raises ``MappingError`` for words that are none of ours.
    """
    cells = pd.DataFrame(index=rows.index)
    for name, source in mapping.fields.items():
        check_words(name, source.words, mapping.name)
        joined = _joined(rows, source.columns)
        if source.default is not None:
            joined = joined.mask(joined == "", source.default)
        cells[name] = _translated(joined, source.words) if source.words else joined
    for name, value in mapping.constants.items():
        cells[name] = value
    for identity, name in IDS.items():
        if name in cells and identity not in cells:
            cells[identity] = cells[name]
    numbers = {
        name: read_numbers(cells[name], mapping.file, currency if name in AMOUNTS else None)
        for name in cells
        if name in _numbers_of(mapping)
    }
    words = {name: to_ours(name, cells[name]) for name in cells if name in VOCABULARIES}
    times = ("timestamp",) if not declared.parts(mapping.rows) else declared.named(mapping.rows, "day", "instant")
    dates = {
        name: read_moments(cells[name], written_as(mapping, name), iso_too=True) for name in times if name in cells
    }
    if mapping.attributes:
        cells[ATTRIBUTES] = _as_json(rows, mapping.attributes)
    if mapping.extra == "keep":
        spoken_for = {*named_columns(mapping), *mapping.ignore}
        cells[EXTRA] = _as_json(rows, {str(column): str(column) for column in rows if column not in spoken_for})
    return Typed(cells, numbers, words, dates.get("timestamp"), _money(mapping.rows, numbers), dates)


def written_as(mapping: Mapping, name: str) -> str:
    """Return the format in which a mapping says a date or time is written, ``""`` for ISO 8601."""
    return mapping.fields[name].format if name in mapping.fields else ""


def _numbers_of(mapping: Mapping) -> tuple[str, ...]:
    """Return the fields of a mapping's rows that are numbers."""
    of_record = declared.named(mapping.rows, "whole", "real", "minor")
    return of_record if declared.parts(mapping.rows) else (*AMOUNTS, *COUNTS)


def _as_json(rows: pd.DataFrame, columns: dict[str, str]) -> pd.Series:
    """Return the filled cells of some columns, under the names given, as one JSON object a row, ``""`` for none.

    Names stand in order of the alphabet. Each distinct cell, and each distinct set of them, is written once.
    """
    if not columns:
        return pd.Series("", index=rows.index, dtype=object)
    sets = np.zeros(len(rows), dtype=np.int64)
    parts = []
    for name in sorted(columns):
        cells = pa.array(rows[columns[name]], pa.string()).dictionary_encode()
        codes = cells.indices.to_numpy()
        sets = pd.factorize(sets * (len(cells.dictionary) + 1) + codes)[0]
        told = pc.binary_join_element_wise(f",{JSON.encode(name)}:", _written(cells.dictionary), "")
        parts.append((codes, pc.if_else(pc.equal(cells.dictionary, ""), "", told)))
    _, first = np.unique(sets, return_index=True)
    inner = pc.binary_join_element_wise(*[told.take(pa.array(codes[first])) for codes, told in parts], "")
    texts = pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(inner, 1), "}", "")
    texts = pc.if_else(pc.equal(inner, ""), "", texts).to_numpy(zero_copy_only=False)
    return pd.Series(texts[sets], index=rows.index, dtype=object)


def _written(texts: pa.Array) -> pa.Array:
    """Return texts as JSON writes them; only few hold a mark that needs the slow way."""
    plain = pc.binary_join_element_wise('"', texts, '"', "")
    special = pc.match_substring_regex(texts, r'["\\\x00-\x1f]')
    if not pc.any(special).as_py():
        return plain
    return pc.replace_with_mask(plain, special, pa.array(map(JSON.encode, texts.filter(special).to_pylist())))


def named_columns(mapping: Mapping) -> list[str]:
    """Return every source column a mapping names, each once."""
    of_fields = [column for field in mapping.fields.values() for column in field.columns]
    return list(dict.fromkeys([*of_fields, *mapping.attributes.values(), *mapping.key, *mapping.skip]))


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
