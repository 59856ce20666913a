"""Parquet: every type of column as text, and each way in which a file is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import parquet

Reading = Callable[..., RawFile]
Refused = Callable[..., str]
NOON = dt.datetime(2024, 7, 1, 12, 30)


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([1.5, float("nan"), 1e22, None]), ["1.5", "", "10000000000000000000000", ""]),
        (pa.array([0.1, 3], pa.float32()), ["0.1", "3"]),
        (pa.array([np.float16(0.1)], pa.float16()), ["0.1"]),
        (pa.array([Decimal("12.10"), None, Decimal("-0.05")]), ["12.10", "", "-0.05"]),
        (pa.array([2**63 - 1, None]), ["9223372036854775807", ""]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.array([NOON, NOON.replace(microsecond=120_000)]), ["2024-07-01T12:30:00", "2024-07-01T12:30:00.12"]),
        (pa.array([NOON], pa.timestamp("ns", "Europe/London")), ["2024-07-01T13:30:00+01:00"]),
        (pa.array([NOON], pa.timestamp("s", "America/St_Johns")), ["2024-07-01T10:00:00-02:30"]),
        (pa.array([NOON], pa.timestamp("ms", "UTC")), ["2024-07-01T12:30:00+00:00"]),
        (pa.array([dt.date(2024, 1, 2)]), ["2024-01-02"]),
        (pa.array([dt.date(2024, 1, 2)], pa.date64()), ["2024-01-02"]),
        (pa.array([dt.time(9, 30)]), ["09:30:00"]),
        (pa.array([dt.timedelta(hours=26, seconds=1)]), ["26:00:01"]),
        (pa.array(["b", "a", None, "b"]).dictionary_encode(), ["b", "a", "", "b"]),
        (pa.array(["x"], pa.large_string()), ["x"]),
        (pa.array(["é".encode(), None]), ["é", ""]),
        (pa.array([b"\xff\x00", b"a"]), ["ff00", "61"]),
        (pa.array([{"a": 1, "b": [1.5, None]}, None]), ['{"a": 1, "b": [1.5, null]}', ""]),
        (pa.array([[dt.date(2024, 1, 2)], []]), ['["2024-01-02"]', "[]"]),
        (pa.nulls(2), ["", ""]),
    ],
)
def test_every_type_is_text(
    reading: Reading, parquet_of: Callable[..., bytes], column: pa.Array, texts: list[str]
) -> None:
    table = pa.table({"row": pa.array(["x"] * len(texts)), "value": column})
    assert reading("parquet", parquet_of(table)).rows["value"].tolist() == texts


def test_numbers_have_the_mark_of_the_mapping(reading: Reading, parquet_of: Callable[..., bytes]) -> None:
    table = pa.table({"a": [1.5], "b": [Decimal("12.10")], "c": ["1.5"]})
    assert reading("parquet", parquet_of(table), decimal=",").rows.iloc[0].tolist() == ["1,5", "12,10", "1.5"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats() | st.none(), min_size=1, max_size=20))
def test_floats_are_given_again_by_their_text(numbers: list[Any]) -> None:
    texts = parquet.text(pa.array(numbers, pa.float64())).to_pylist()
    assert all("e" not in text for text in texts)
    again = [float(text) if text else None for text in texts]
    assert again == [None if number is None or number != number else number for number in numbers]


def test_columns_of_one_name_get_a_number(reading: Reading, parquet_of: Callable[..., bytes]) -> None:
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"]), pa.array(["3"])], names=["a", "a", ""])
    assert reading("parquet", parquet_of(table)).rows.to_dict("list") == {"a": ["1"], "a (2)": ["2"], "column 3": ["3"]}


def test_a_table_without_rows(refused: Refused, parquet_of: Callable[..., bytes]) -> None:
    assert refused("parquet", parquet_of(pa.table({"a": pa.array([], pa.string())}))) == (
        "The file has a header and no rows\n"
        "  where   FOLDER/sales.parquet\n"
        "  found   a\n"
        "  wanted  at least one row below the header\n"
        "  next    export it again with the rows"
    )


def test_what_is_no_parquet_file(refused: Refused) -> None:
    assert refused("parquet", "a,b\n1,2\n") == (
        "The file is no parquet file\n"
        "  where   FOLDER/sales.parquet\n"
        "  found   bytes that begin with b'a,b\\n1,2\\n'\n"
        "  wanted  a parquet file, which begins with PAR1\n"
        "  next    set the kind that it is, or export it again"
    )


def test_a_parquet_file_cut_off(refused: Refused, parquet_of: Callable[..., bytes]) -> None:
    assert refused("parquet", parquet_of(pa.table({"a": ["x"]}))[:-5]) == (
        "The parquet file is damaged\n"
        "  where   FOLDER/sales.parquet\n"
        "  found   Parquet magic bytes not found in footer. "
        "Either the file is corrupted or this is not a parquet file.\n"
        "  wanted  a whole parquet file\n"
        "  next    copy or export it again"
    )


def test_a_table_that_says_the_same_for_ever(refused: Refused, parquet_of: Callable[..., bytes]) -> None:
    data = parquet_of(pa.table({"a": pa.array(np.zeros(2_000_000, dtype="int8"))}))
    assert refused("parquet", data) == (
        "The parquet file unpacks to more than a table holds\n"
        "  where   FOLDER/sales.parquet\n"
        f"  found   2,000,000 rows in {len(data):,} bytes\n"
        "  wanted  at most 100 rows for each byte\n"
        "  next    do not open it unless you know who made it"
    )
