"""What a column seems to mean: its name in the spellings shops use, and whether its values agree."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pandas as pd

from shoplib.config.mapping import FileFormat
from shoplib.ingest.amounts import Numbers, read_numbers
from shoplib.ingest.dates import Written, recognise
from shoplib.ingest.vocabulary import spoken

NUMERIC_SHARE = 0.95
FEW_PLACES, MANY_ROWS = 500, 50

_SALE = r"(invoice|order|bill|receipt|transaction|txn|trans|ticket|sales?|check|basket)"
_PLACE = r"(branch|store|outlet|location|shop|site|restaurant|warehouse)"
_GOODS = r"(product|item|article|menu item|dish|pizza)"
_PERSON = r"(cashier|employee|server|staff|waiter|operator|sales ?person|clerk)"
_NUMBER = r"(id|no|nr|num|number|code|ref)"

# Field → spellings of its column, best first, fields of equal score in this order; matched against the whole name.
SPELLINGS: dict[str, tuple[str, ...]] = {
    "transaction_id": (rf"{_SALE} ?{_NUMBER}", r"(invoice|receipt|transaction|txn|ticket|bill|order|basket)", _NUMBER),
    "quantity": (
        r"(qty|quantity|units?|pieces|pcs|count)",
        r"(qty|quantity|units?|number|no|num) (of |sold|ordered|\w+).*",
        r".* (qty|quantity|units)",
    ),
    "unit_price": (
        r"(unit|item|each|selling|list) ?price( .*)?|price (each|per \w+)",
        r"(unit )?(price|rate|mrp)( \w{1,3})?",
        r".* (price|rate)",
    ),
    "total_amount": (
        r"(grand|line|order|bill|invoice|total|final) ?(total|amount|price|sales?|value)( .*)?",
        r"(total|amount|net|gross|sales?|revenue|turnover)( (amount|sales?|total|price|paid|value))?( \w{1,3})?",
        r".* (total|amount)|value|paid",
    ),
    "subtotal": (r"sub ?total", r"(net|taxable) ?(amount|sales?|value)|amount before tax|cogs"),
    "tax_total": (r"(total )?(tax|vat|gst|sales tax)( .*)?",),
    "discount_total": (r"(total )?(discount|rebate)s?( .*)?",),
    "tip_amount": (r"(tip|tips|gratuity)( amount)?",),
    "location_id": (rf"{_PLACE} ?{_NUMBER}", rf"{_PLACE}( name)?"),
    "location_name": (rf"{_PLACE} name",),
    "location_type": (rf"{_PLACE} (type|kind|format)",),
    "city": (r"(city|town)",),
    "product_id": (
        rf"{_GOODS} ?{_NUMBER}|{_GOODS} name id|sku|barcode",
        rf"{_GOODS}( name)?",
        r"((item|product) )?description",
    ),
    "product_name": (rf"{_GOODS}( name)?", r"((item|product) )?description"),
    "product_category": (rf"({_GOODS} )?category( name)?|product (line|group|type)|department|dept",),
    "payment_method": (
        r"(payment|pay) ?(method|mode|type|means)|mode of payment|tender( type)?|paid by",
        r"payment|mode",
    ),
    "payment_status": (r"(payment|paid) status",),
    "transaction_status": (r"((transaction|order|sale) )?(status|state)",),
    "employee_id": (rf"{_PERSON} ?{_NUMBER}", rf"{_PERSON}( name)?"),
    "employee_name": (rf"{_PERSON} name",),
    "employee_role": (rf"{_PERSON} (role|position|job)",),
    "transaction_number": (rf"{_SALE} ?{_NUMBER}",),
    "customer_id": (rf"(customer|client|member|buyer) ?{_NUMBER}",),
    "device_id": (rf"(till|terminal|register|pos|device)( ?{_NUMBER})?",),
}
DATE_NAMES = (
    r"(sale|sales|order|invoice|transaction|txn|bill|purchase)s? ?(date|datetime|time|timestamp)( .*)?",
    r"(date|datetime|date ?time|time|timestamp|time ?stamp|day)( .*)?",
    r".*(date|time|created at|sold at).*",
)
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


def look_at(rows: pd.DataFrame, file_format: FileFormat, currency: str, day_first: bool) -> dict[str, Column]:
    """Return every column with what its values are."""
    columns = {}
    for name in rows:
        cells = rows[name]
        filled = int((cells != "").sum())
        written = recognise(cells, day_first)
        numbers = read_numbers(cells, file_format, currency) if written is None and filled else None
        if numbers is not None and numbers.real().notna().sum() < NUMERIC_SHARE * filled:
            numbers = None
        columns[str(name)] = Column(str(name), cells, int(cells[cells != ""].nunique()), numbers, written)
    return columns


def spoken_name(name: str) -> str:
    """Return a column name as words: camel case and marks parted, lower case.

    >>> spoken_name("OrderID"), spoken_name("Tax 5%"), spoken_name("unit_price")
    ('order id', 'tax 5', 'unit price')
    """
    return spoken(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))


def name_score(field: str, name: str) -> float:
    """Return how well a column name fits a field: 1 for the best spelling, less for each further one, 0 for none."""
    said = spoken_name(name)
    for place, spelling in enumerate(SPELLINGS[field]):
        if re.fullmatch(spelling, said):
            return 1.0 - 0.2 * place
    return 0.0


def by_name(columns: dict[str, Column]) -> dict[str, Clue]:
    """Return the best column for each field by name, where its values agree; each column serves one field."""
    clues = []
    for field in SPELLINGS:
        for column in columns.values():
            score = name_score(field, column.name)
            if score and _agrees(field, column):
                clues.append(Clue(field, column.name, score, _evidence(column, score)))
    fields_in_order = list(SPELLINGS)
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
    return f"name (score {score:.1f}), {column.distinct} of {filled} values distinct"


def date_name_score(name: str) -> float:
    """Return how well a column name fits the moment of a sale."""
    said = spoken_name(name)
    for place, spelling in enumerate(DATE_NAMES):
        if re.fullmatch(spelling, said):
            return 1.0 - 0.2 * place
    return 0.2


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
