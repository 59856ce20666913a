"""What makes a row the same row, as numbers: a key of 128 bits for what it is about, 64 bits for what it says of it.

A key is two SipHash-2-4 values under different keys, mixed column by column. With a hundred million rows the chance
that any two different ones share a key is about 10⁸·10⁸ ÷ 2¹²⁹, one in 10²²; the contents of two rows are only
compared where their keys are equal, so 64 bits miss a changed row once in 10¹⁹. Contents are what our typed columns
say (amounts in minor units, our words, times as they were told), so that it makes no difference in which file, format
or order a row comes, nor what else stands beside it in ``extra``. The values are kept in the store: they must not
change from one version of this module to the next.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.ingest import declared
from shoplib.ingest.declared import TABLES
from shoplib.ingest.intake import Intake
from shoplib.ingest.mapping import EXTRA, Typed, named_columns
from shoplib.ingest.sales import MONEY, TEXTS, WORDS
from shoplib.ingest.times import Moments

Hashes = npt.NDArray[np.uint64]
SALTS = ("shoplib row id 1", "shoplib row id 2", "shoplib content.")
MISSING = 0x9E3779B97F4A7C15
LINES = ("line", "item")
MASTERS = {
    "location": (
        "location_name", "location_type", "city", "timezone", "day_start_minute", "opens_minute", "closes_minute",
    ),
    "employee": ("employee_name", "employee_role", "location_id"),
    "product": ("product_name", "product_category", "unit_price_minor", "unit_cost_minor"),
}  # fmt: skip
MASTER_TABLES = {"location": "locations", "employee": "employees", "product": "products"}
NUMBER = r"^([+-]?\d+)(?:\.0*|(\.\d*?[1-9])0+)$"
TIME = r"^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::00(?:\.0+)?)?$"


def hashed(kind: str, columns: Sequence[pd.Series], salt: str) -> Hashes:
    """Return one hash a row of some columns, which are texts, numbers, instants or days; empty texts are missing."""
    found = np.full(len(columns[0]), _of_texts(np.array([kind], dtype=object), salt)[0])
    for column in columns:
        found = _mixed(found ^ _column(column, salt))
    return found


def _column(column: pd.Series, salt: str) -> Hashes:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    missing = column.isna().to_numpy()
    if pd.api.types.is_datetime64_dtype(column.dtype):
        raw = column.astype("datetime64[ns]").to_numpy().view(np.uint64)
    elif pd.api.types.is_float_dtype(column.dtype):
        raw = (column.to_numpy(dtype=np.float64, na_value=0.0) + 0.0).view(np.uint64)
    elif pd.api.types.is_integer_dtype(column.dtype):
        raw = column.to_numpy(dtype=np.int64, na_value=0).view(np.uint64)
    else:
        codes, texts = pd.factorize(column.astype(object))
        raw = np.append(_of_texts(np.asarray(texts, dtype=object), salt), np.uint64(MISSING))[codes]
        missing = missing | (codes == -1)
        if "" in texts:
            missing = missing | (codes == list(texts).index(""))
    return _mixed(np.where(missing, np.uint64(MISSING), _mixed(raw)))


def _of_texts(texts: npt.NDArray[np.object_], salt: str) -> Hashes:
    found: Hashes = pd.util.hash_array(texts, hash_key=salt, categorize=False)
    return found


def _mixed(values: Hashes) -> Hashes:
    """Return values spread over all 64 bits, one to one (the finaliser of SplitMix64)."""
    values = values + np.uint64(MISSING)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def keys(kind: str, columns: Sequence[pd.Series]) -> pd.DataFrame:
    """Return ``key_a`` and ``key_b`` of rows of a kind, indexed like them."""
    both = [hashed(kind, columns, salt).view(np.int64) for salt in SALTS[:2]]
    return pd.DataFrame({"key_a": both[0], "key_b": both[1]}, index=columns[0].index)


def content(columns: Sequence[pd.Series]) -> pd.Series:
    """Return the digest of what rows say."""
    return pd.Series(hashed("", columns, SALTS[2]).view(np.int64), index=columns[0].index)


def plain(cells: pd.Series) -> pd.Series:
    """Return cells that no field explains such that one value is one text, whichever format it came in.

    >>> plain(pd.Series(["1.50", "007", "2.0", "2024-06-01T10:00:00"])).tolist()
    ['1.5', '007', '2', '2024-06-01 10:00']
    """
    codes, distinct = pd.factorize(cells.astype(object))
    texts = pd.Series(distinct, dtype=object).astype(str).str.replace(NUMBER, r"\1\2", regex=True)
    texts = texts.str.replace(TIME, r"\1 \2", regex=True).astype(object)
    return texts.take(codes).set_axis(cells.index)


def told(moments: Moments, rows: pd.Index) -> list[pd.Series]:
    """Return what some rows say about a time before any place is known: when, and whether date, wall clock or UTC."""
    wall, instant = moments.wall[rows], moments.instant[rows]
    kind = np.where(instant.notna(), 2, np.where(moments.has_time[rows], 1, 0))
    return [wall.fillna(instant.dt.tz_localize(None)), pd.Series(kind, index=rows, dtype="int64")]


def is_keyed(intake: Intake) -> bool:
    """Return whether something names each row, be it a key of the mapping or one of our own fields."""
    mapping, typed = intake.mapping, intake.typed
    if mapping.key and set(mapping.key) < set(intake.rows.columns):
        return True
    if mapping.rows == "transaction":
        return typed.has("transaction_id")
    return typed.has("line_number") if mapping.rows == "item" else mapping.rows != "line"


def of_rows(intake: Intake, rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``key_a``, ``key_b`` and ``content`` of typed rows of a file, indexed like them.

    A sale is named by its id, a line of it by its number, else by the key of the mapping; where none of these is
    mapped, by all it says and how often that was said before in this file. Masters and records are named by the key of
    their table.
    """
    kind, typed = intake.mapping.rows, intake.typed
    if kind in MASTERS:
        table = MASTER_TABLES[kind]
        found = keys(table, [rows[f"{kind}_id"]])
        return found.assign(content=content([rows[name] for name in MASTERS[kind]]))
    if kind in TABLES:
        key, rest = _record(intake, rows)
        return keys(TABLES[kind], key).assign(content=content(rest))
    says = content(_sale(typed, kind, rows))
    return _named(intake, rows, says).assign(content=says)


def _named(intake: Intake, rows: pd.DataFrame, says: pd.Series) -> pd.DataFrame:
    kind, typed, mapping = intake.mapping.rows, intake.typed, intake.mapping
    sale = rows["transaction_id"]
    if kind == "transaction" and typed.has("transaction_id"):
        return keys(kind, [sale])
    if kind == "item" and typed.has("line_number"):
        return keys(kind, [sale, rows["line_number"]])
    parent = [sale] if typed.has("transaction_id") else []
    if is_keyed(intake):
        return keys(f"{kind} by key", [*parent, *(plain(intake.rows.loc[rows.index, name]) for name in mapping.key)])
    named = {*named_columns(mapping), *mapping.ignore}
    others = [] if parent else sorted(str(column) for column in intake.rows if column not in named)
    rest = [plain(intake.rows.loc[rows.index, column]) for column in others]
    alike = pd.DataFrame({str(at): column for at, column in enumerate([*parent, says, *rest])})
    times = alike.groupby(list(alike.columns), sort=False, dropna=False).cumcount()
    return keys(f"{kind} by content", [*alike.to_dict("series").values(), times])


def _sale(typed: Typed, kind: str, rows: pd.DataFrame) -> list[pd.Series]:
    """Return what sales, or lines of them, say: columns that say who they are left out."""
    texts = [name for name in TEXTS if name not in ("transaction_id", EXTRA)]
    if kind == "item":
        texts = [name for name in texts if name.startswith("product_") or name == "attributes"]
        return [rows[name] for name in (*texts, "quantity", "unit_price_minor", "line_total_minor")]
    if not typed.has("location_id"):
        texts.remove("location_id")
    amounts = [f"{name}_minor" for name in MONEY]
    moments = told(typed.moments, rows.index) if typed.moments is not None else []
    return [*(rows[name] for name in (*texts, *WORDS, *amounts, "num_items", "quantity")), *moments]


def _record(intake: Intake, rows: pd.DataFrame) -> tuple[list[pd.Series], list[pd.Series]]:
    """Return the key and the rest of what records say; a place that none names is missing, whatever stands for it."""
    key: list[pd.Series] = []
    says: list[pd.Series] = []
    for part in declared.parts(intake.mapping.rows):
        there = intake.typed.has(part.field)
        if part.kind == "instant" and there:
            columns = told(intake.typed.dates[part.field], rows.index)
        elif there:
            columns = [rows[part.column]]
        else:
            columns = [pd.Series(None, index=rows.index, dtype=object)]
        (key if part.key else says).extend(columns)
    return key, says
