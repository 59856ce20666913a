"""What a column seems to mean: its name in the spellings shops use, and whether its values agree."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache

import pandas as pd
from babel.numbers import list_currencies

from shoplib.config.mapping import FileFormat
from shoplib.ingest.amounts import Numbers, read_numbers
from shoplib.ingest.dates import Hints, Written, recognise
from shoplib.ingest.describing.spellings import CHANGED, ENGLISH, ENGLISH_DATES, OTHER_DATES, OTHERS
from shoplib.ingest.vocabulary import spoken

NUMERIC_SHARE = 0.95
FEW_PLACES, MANY_ROWS = 500, 50

NAMED_BY = {"location_id": "location_name", "employee_id": "employee_name"}
NUMERIC = frozenset(
    ("quantity", "unit_price", "total_amount", "subtotal", "tax_total", "discount_total", "tip_amount"),
)


@dataclass(frozen=True)
class Column:
    """One source column: its cells, its numbers if it is numeric, and how its dates are written if it has any."""

    name: str
    cells: pd.Series
    distinct: int
    numbers: Numbers | None
    written: Written | None

    @property
    def is_text(self) -> bool:
        """Return whether the cells are neither numbers nor dates."""
        return self.numbers is None and self.written is None


@dataclass(frozen=True)
class Clue:
    """A column taken for a field, with a score from 0 to 1 and the evidence."""

    field: str
    column: str
    score: float
    evidence: str


def look_at(rows: pd.DataFrame, file_format: FileFormat, currency: str, hints: Hints) -> dict[str, Column]:
    """Return every column with what its values are; how one date is written may settle how another is."""
    written = {str(name): recognise(rows[name], hints) for name in rows}
    proven = {w.order for w in written.values() if w is not None and w.order}
    if len(proven) == 1:
        hints = replace(hints, elsewhere=proven.pop())
        for name, found in written.items():
            if found is not None and found.question:
                written[name] = recognise(rows[name], hints)
    columns = {}
    for name in map(str, rows):
        cells = rows[name]
        filled = int((cells != "").sum())
        numbers = read_numbers(cells, file_format, currency) if written[name] is None and filled else None
        if numbers is not None and numbers.real().notna().sum() < NUMERIC_SHARE * filled:
            numbers = None
        columns[name] = Column(name, cells, int(cells[cells != ""].nunique()), numbers, written[name])
    return columns


def spoken_name(name: str) -> str:
    """Return a column name as words: camel case and marks parted, lower case, accents and a currency at its end gone.

    >>> spoken_name("OrderID"), spoken_name("Tax 5%"), spoken_name("Stückpreis (EUR)"), spoken_name("N° facture")
    ('order id', 'tax 5', 'stuckpreis', 'n facture')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", parted) if not unicodedata.combining(mark))
    said = spoken(bare).split()
    while len(said) > 1 and (said[-1] in _currencies() or said[-1] in ("in", "euro", "euros", "rs", "rp", "tl")):
        said.pop()
    return " ".join(said)


@cache
def _currencies() -> frozenset[str]:
    return frozenset(code.casefold() for code in list_currencies())


@cache
def _foreign(field: str) -> dict[str, float]:
    """Return the words of other languages for a field, and how well each fits."""
    return _scored(OTHERS.get(field, ()))


@cache
def _scored(lists: tuple[str, ...]) -> dict[str, float]:
    named = (word.strip() for line in lists for word in line.split(",") if word.strip())
    return {word.removesuffix("?"): 0.7 if word.endswith("?") else 1.0 for word in named}


def name_score(field: str, name: str) -> float:
    """Return how well a column name fits a field: 1 for the best spelling, less for each further one, 0 for none."""
    said = spoken_name(name)
    scores = [1.0 - 0.2 * place for place, spelling in enumerate(ENGLISH[field]) if re.fullmatch(spelling, said)]
    return max([*scores, _foreign(field).get(said, 0.0)])


def by_name(columns: dict[str, Column]) -> dict[str, Clue]:
    """Return the best column for each field by name, where its values agree; each column serves one field."""
    clues = []
    for field in ENGLISH:
        for column in columns.values():
            score = name_score(field, column.name)
            if score and _agrees(field, column):
                clues.append(Clue(field, column.name, score, _evidence(column, score)))
    fields_in_order = list(ENGLISH)
    clues.sort(key=lambda clue: (-clue.score, fields_in_order.index(clue.field)))
    chosen: dict[str, Clue] = {}
    used: set[str] = set()
    for clue in clues:
        if clue.field not in chosen and clue.column not in used:
            chosen[clue.field] = clue
            used.add(clue.column)
    for key, name in NAMED_BY.items():  # a name without a key is the key
        if name in chosen and key not in chosen:
            chosen[key] = replace(chosen.pop(name), field=key)
    return chosen


def _agrees(field: str, column: Column) -> bool:
    if column.distinct == 0 or column.written is not None:
        return False
    if field in NUMERIC:
        return column.numbers is not None
    if field in ("product_id", "product_name", "product_category") and len(column.cells) >= MANY_ROWS:
        return column.distinct < len(column.cells)  # what is new in each row numbers the rows
    if field in ("location_id", "city", "payment_method", "payment_status", "transaction_status"):
        return column.distinct <= FEW_PLACES
    return True


def _evidence(column: Column, score: float) -> str:
    filled = int((column.cells != "").sum())
    how = "its name" if score >= 1 else "its name, less usual"
    return f"{how}; {column.distinct} of {filled} values distinct"


def date_name_score(name: str) -> float:
    """Return how well a column name fits the moment of a sale; the day of a delivery or of a change fits least."""
    said = spoken_name(name)
    if re.search(CHANGED, said):
        return 0.1
    scores = [1.0 - 0.2 * place for place, spelling in enumerate(ENGLISH_DATES) if re.fullmatch(spelling, said)]
    return max([*scores, _scored(OTHER_DATES).get(said, 0.0), 0.2])


def find_sale(columns: dict[str, Column], moment: pd.Series, taken: set[str]) -> Clue | None:
    """Return the column whose equal values stand together and share their date and time, ``None`` without one.

    So a file without names, or with strange ones, still tells which lines belong to one sale.
    """
    rows = len(moment)
    for column in columns.values():
        if column.written is not None or column.name in taken or not 0.05 * rows < column.distinct < rows:
            continue
        runs = int((column.cells != column.cells.shift()).sum())
        pairs = pd.DataFrame({"sale": column.cells, "moment": moment}).drop_duplicates()
        if runs == column.distinct == len(pairs):
            why = f"values: {column.distinct} in {rows} rows, equal ones stand together and share date and time"
            return Clue("transaction_id", column.name, 0.5, why)
    return None
