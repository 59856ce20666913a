"""Frames that keep a declaration, drawn at random for any table."""

import datetime as dt
from collections.abc import Callable

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from shoplib.contracts import convert, tables

INSTANTS = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2100, 1, 1), timezones=st.just(dt.UTC))
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2200, 1, 1))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def values(column) -> st.SearchStrategy:
    """Return what a declared column may hold."""
    kind = convert.arrow_type(column.type)
    if column.info["words"]:
        drawn = st.sampled_from(column.info["words"])
    elif pa.types.is_integer(kind):
        drawn = st.integers(-(2**63) if column.info["minimum"] is None else int(column.info["minimum"]), 2**63 - 1)
    elif pa.types.is_floating(kind):
        drawn = st.floats(column.info["minimum"], allow_nan=False, allow_infinity=False)
    elif pa.types.is_timestamp(kind):
        drawn = INSTANTS
    elif pa.types.is_date(kind):
        drawn = DAYS
    elif pa.types.is_boolean(kind):
        drawn = st.booleans()
    else:
        drawn = TEXTS
    return st.none() | drawn if column.nullable else drawn


def typed(rows: list[dict], name: str) -> pd.DataFrame:
    """Return rows as the frame a careful caller would hand over."""
    frame = pd.DataFrame(rows, columns=convert.arrow_schema(name).names, dtype=object)
    for field in convert.arrow_schema(name):
        if pa.types.is_integer(field.type):
            frame[field.name] = frame[field.name].astype("Int64")
        elif pa.types.is_boolean(field.type):
            frame[field.name] = frame[field.name].astype("boolean")
        elif pa.types.is_floating(field.type):
            frame[field.name] = frame[field.name].astype("float64")
        elif pa.types.is_timestamp(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name], utc=True).astype("datetime64[us, UTC]")
        elif pa.types.is_date(field.type):
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame


def good_frames(name: str) -> st.SearchStrategy:
    """Return a strategy of frames that keep the declaration of table ``name``."""
    columns = tables.declared(name).__table__.columns
    row = st.fixed_dictionaries({column.name: values(column) for column in columns})
    key = tables.key_of(name)
    rows = st.lists(row, max_size=5, unique_by=lambda r: tuple(r[k] for k in key))
    return rows.map(lambda drawn: typed(drawn, name))


@pytest.fixture(scope="session")
def frames_of() -> Callable[[str], st.SearchStrategy]:
    """Return the strategy of good frames by table name."""
    return good_frames
