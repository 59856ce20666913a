"""Columns to numbers, flags and categories, whatever they are written as."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.forecasting.panel import Flags, Floats, Whole

EMPTY = ("", "-", "na", "n/a", "nan", "nat", "null", "none", "#n/a", "<na>")
YES, NO = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
MOST_CATEGORIES = 12
DECIMAL_COMMA = r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$"
THOUSANDS = r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$"


@dataclass(frozen=True)
class Coded:
    """A column as its different values and, for each row, the place of its value; -1 where it is empty."""

    places: Whole
    different: pa.Array

    @property
    def texts(self) -> list[str]:
        """Different values as text."""
        return ["" if value is None else str(value) for value in self.different.to_pylist()]


def coded(column: pa.ChunkedArray) -> Coded:
    """Return the different values of a column, in order of appearance, and where they stand."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    whole = pc.dictionary_encode(column.combine_chunks())
    if isinstance(whole, pa.ChunkedArray):
        whole = whole.combine_chunks()
    places = pc.fill_null(whole.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    return Coded(places, whole.dictionary)


def spread(values: Floats, places: Whole) -> Floats:
    """Return the number of each row from those of the different values; NaN where a row is empty."""
    return np.append(values, np.nan)[places]


def numbers(column: pa.ChunkedArray, name: str, where: str) -> tuple[Floats, str]:
    """Return a column as numbers, NaN where it is empty, and how commas were read if one could be read in two ways.

    Text may have blanks around it, a comma as decimal mark, or marks of thousands. ``SourceError`` with examples where
    a value is no number.
    """
    found = coded(column)
    values, wrong = _numbers(found.different)
    if wrong:
        rows = int(np.isin(found.places, [place for place, _ in wrong]).sum())
        raise SourceError(
            f"The column {name} is not all numbers", where=where,
            found=f"{words.plural(rows, 'row')} with {words.listed((repr(text) for _, text in wrong), 5)}",
            wanted="a number in each row, or nothing", next_step="mend these rows, or name another column",
        )  # fmt: skip
    doubt = _doubtful(found, values) if pa.types.is_string(found.different.type) else ""
    return spread(values, found.places), f"commas of {name} were read as marks of thousands: {doubt}" if doubt else ""


def _doubtful(found: Coded, values: Floats) -> str:
    """Return an example of a text whose comma was read as a mark of thousands and could be a decimal mark."""
    marked = pc.fill_null(pc.match_substring_regex(found.different, r"^\s*[+-]?\d{1,3},\d{3}\s*$"), False)
    places = np.flatnonzero(marked.to_numpy(zero_copy_only=False))
    thousands = [place for place in places if values[place] >= 1_000 or values[place] <= -1_000][:1]
    return "".join(f"{found.texts[place].strip()} is {values[place]:.0f}" for place in thousands)


def _numbers(values: pa.Array) -> tuple[Floats, list[tuple[int, str]]]:
    """Return the number of each different value, and place and text of those that are none."""
    kind = values.type
    types = pa.types
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or types.is_boolean(kind):
        plain = values.cast(pa.int8()) if pa.types.is_boolean(kind) else values
        return plain.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False).astype(np.float64), []
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind)):
        return np.full(len(values), np.nan), [(place, str(value)) for place, value in enumerate(values.to_pylist())]
    text = pc.utf8_trim_whitespace(values.cast(pa.string()))
    text = pc.if_else(pc.is_in(pc.utf8_lower(text), pa.array(EMPTY)), pa.scalar(None, pa.string()), text)
    try:
        return text.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64), []
    except pa.ArrowInvalid:
        return _marked_numbers(text)


def _marked_numbers(text: pa.Array) -> tuple[Floats, list[tuple[int, str]]]:
    plain = pd.Series(text.to_pylist(), dtype=object)
    read = pd.to_numeric(plain, errors="coerce")
    left = plain[read.isna() & plain.notna()].astype(str)
    by_comma, by_thousands = left.str.match(DECIMAL_COMMA), left.str.match(THOUSANDS)
    if by_comma.all() and not by_thousands.all():
        read.loc[left.index] = pd.to_numeric(
            left.str.replace(".", "", regex=False).str.replace(",", ".", regex=False), errors="coerce"
        )
    elif by_thousands.all() and len(left):
        read.loc[left.index] = pd.to_numeric(left.str.replace(",", "", regex=False), errors="coerce")
    wrong = np.flatnonzero((read.isna() & plain.notna()).to_numpy())
    return read.to_numpy(np.float64), [(int(place), str(plain.iloc[place])) for place in wrong]


def flags(column: pa.ChunkedArray, name: str, where: str) -> tuple[Flags, Flags]:
    """Return which rows say yes, and which say anything; 0/1, true/false, yes/no, in any case.

    ``SourceError`` if a row says something else.
    """
    found = coded(column)
    texts = [text.strip().lower() for text in found.texts]
    wrong = [text for text in texts if text not in (*YES, *NO, *EMPTY)]
    if wrong:
        raise SourceError(
            f"The column {name} is not yes or no", where=where, found=words.listed(map(repr, wrong), 5),
            wanted="0 and 1, true and false, or yes and no", next_step="write it so, or name another column",
        )  # fmt: skip
    yes = np.array([text in YES for text in texts] + [False])
    said = np.array([text not in EMPTY for text in texts] + [False])
    return yes[found.places], said[found.places]


@dataclass(frozen=True)
class Regressors:
    """A column known ahead as numbers by name, one a row, and how its words were read, if it has any."""

    columns: dict[str, Floats]
    words: str = ""


def regressors(column: pa.ChunkedArray, name: str, where: str) -> Regressors:
    """Return a column known ahead as numbers: itself, 0 and 1 for two words, or one column for each of a few words.

    ``SourceError`` where text has more than :data:`MOST_CATEGORIES` different words.
    """
    found = coded(column)
    plain, wrong = _numbers(found.different)
    if not wrong:
        return Regressors({name: spread(np.where(np.isfinite(plain), plain, np.nan), found.places)})
    texts = [text.strip() for text in found.texts]
    kinds = sorted({text for text in texts if text.lower() not in EMPTY})
    if {kind.lower() for kind in kinds} <= {*YES, *NO}:
        yes, said = flags(column, name, where)
        return Regressors({name: np.where(said, yes.astype(np.float64), np.nan)})
    if len(kinds) > MOST_CATEGORIES:
        raise SourceError(
            f"The column {name} has too many different words to be known ahead", where=where,
            found=f"{words.plural(len(kinds), 'word')}: {words.listed(kinds, 5)}",
            wanted=f"numbers, or {MOST_CATEGORIES} words at most",
            next_step="leave it out of --known, or group its words",
        )  # fmt: skip
    named = {name: kinds[-1]} if len(kinds) <= 2 else {f"{name}={kind}": kind for kind in kinds}
    empty = np.array([text.lower() in EMPTY for text in texts])
    told = {
        label: spread(np.where(empty, np.nan, [float(text == kind) for text in texts]), found.places)
        for label, kind in named.items()
    }
    how = f"1 where it is {kinds[-1]}, else 0" if len(kinds) <= 2 else f"columns of 0 and 1: {words.listed(told, 12)}"
    return Regressors(told, f"the words of {name} were read as {how}")


def traits(column: pa.ChunkedArray, rows: Whole, series: int) -> tuple[pd.Series, int]:
    """Return one value a series of a column that stays the same, and how many series have more than one.

    ``rows`` has the place of the series of each row. The last value a series has counts. Numbers stay numbers, text is
    text, empty where a series has none.
    """
    found = coded(column)
    values, wrong = _numbers(found.different)
    texts = [text.strip() for text in found.texts]
    empty = np.array([text.lower() in EMPTY for text in texts] + [True])
    told = ~empty[found.places]
    last = np.full(series, -1)
    last[rows[told]] = found.places[told]
    pairs = np.unique(rows[told] * max(len(texts), 1) + found.places[told]) // max(len(texts), 1)
    changing = int((np.bincount(pairs, minlength=series) > 1).sum()) if len(pairs) else 0
    if wrong:
        return pd.Series(pd.array([*texts, ""], dtype=object)[last].astype(str)), changing
    return pd.Series(spread(values, last)), changing
