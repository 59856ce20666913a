"""Between pandas and Arrow: nothing is lost, nothing is guessed."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoplib.contracts import convert, tables
from shoplib.errors import ContractError


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@pytest.mark.parametrize("name", tables.names())
@given(data=st.data())
def test_there_and_back(frames_of, name, data):
    frame = data.draw(frames_of(name))
    table = convert.to_arrow(name, frame)
    again = convert.to_pandas(table)
    assert table.schema == convert.arrow_schema(name)
    assert table.num_rows == len(frame)
    assert convert.to_arrow(name, again).equals(table)
    assert again.dtypes.equals(convert.to_pandas(table).dtypes)
    for column in frame:
        assert again[column].isna().tolist() == frame[column].isna().tolist()
        assert again[column].dropna().tolist() == frame[column].dropna().tolist()


@pytest.mark.parametrize("name", tables.names())
def test_empty_table_has_the_declared_types(name):
    nothing = convert.empty(name)
    assert len(nothing) == 0
    assert convert.to_arrow(name, nothing).schema == convert.arrow_schema(name)
    bare = pd.DataFrame(columns=nothing.columns)
    assert convert.to_arrow(name, bare).num_rows == 0


DAILY = {
    **{name: [0] for name in convert.arrow_schema("sales_daily").names if name.endswith("_minor")},
    "business_date": [pd.Timestamp("2024-01-01")], "location_id": ["a"], "transactions": [1], "units": [1.0],
    "digital_transactions": [0], "known_method_transactions": [0], "refunds": [0], "voids": [0], "errors": [0],
    "currency": ["GBP"],
}  # fmt: skip


def refusal(name: str, frame: pd.DataFrame) -> str:
    with pytest.raises(ContractError) as caught:
        convert.to_arrow(name, frame)
    return str(caught.value)


def test_every_wrong_column_is_named_at_once():
    frame = pd.DataFrame(DAILY).drop(columns=["units", "currency"]).assign(unit=1.0)
    frame = pd.concat([frame, frame[["refunds"]]], axis=1)
    assert refusal("sales_daily", frame) == (
        'Table "sales_daily" does not have its declared columns\n'
        "  units: missing\n"
        "  currency: missing\n"
        "  unit: not declared\n"
        "  refunds: there are two of it\n"
        "  where   contracts/views.py: SalesDaily\n"
        "  next    write these columns, or change the declaration"
    )


def test_every_column_of_a_wrong_type_is_named_at_once():
    frame = pd.DataFrame({**DAILY, "transactions": ["5"], "refunds": [1.5], "location_id": [7]})
    assert refusal("sales_daily", frame) == (
        'Table "sales_daily" cannot hold these values\n'
        "  location_id: int64 does not fit string (7 is no text)\n"
        "  transactions: object does not fit int64 ('5' is no number)\n"
        "  refunds: float64 does not fit int64 (Float value 1.500000 was truncated converting to int64)\n"
        "  where   contracts/views.py: SalesDaily\n"
        "  next    convert these columns before writing the table"
    )


NAIVE = pd.Series([pd.Timestamp("2024-01-01 13:00")])


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("transactions", [True], "is no number"),
        ("transactions", [2**63], "not in range"),
        ("transactions", [Decimal("1.5")], "would cause data loss"),
        ("units", [True], "is no number"),
        ("units", ["1"], "'1' is no number"),
        ("units", [2**60 + 1], "not in range"),
        ("currency", [True], "True is no text"),
        ("business_date", NAIVE, "a day has no time; cut the times off first"),
        ("business_date", NAIVE.dt.tz_localize("UTC"), "an instant is in no day before a place is chosen"),
        ("business_date", ["2024-01-01"], "'2024-01-01' is no day"),
        ("business_date", [5], "5 is no day"),
    ],
)
def test_nothing_is_guessed_or_cut_off(column, values, said):
    assert said in refusal("sales_daily", pd.DataFrame({**DAILY, column: values}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (NAIVE, "2024-01-01 13:00:00 has no time zone"),
        (pd.Series([dt.datetime(2024, 1, 1)], dtype=object), "2024-01-01 00:00:00 has no time zone"),
        (pd.Series([5]), "5 is no instant"),
        (pd.Series(["2024-01-01"]), "'2024-01-01' is no instant"),
        (pd.Series(pd.to_datetime([1], unit="ns", utc=True)), "would lose data"),
    ],
)
def test_instant_needs_its_zone(values, said):
    frame = convert.to_pandas(convert.arrow_schema("transactions").empty_table()).reindex([0])
    assert said in refusal("transactions", frame.assign(timestamp=values))


def test_instant_of_another_zone_is_the_same_instant():
    frame = convert.empty("transactions").reindex([0]).assign(timestamp=NAIVE.dt.tz_localize("Asia/Kolkata"))
    assert convert.to_arrow("transactions", frame)["timestamp"].to_pylist() == [
        dt.datetime(2024, 1, 1, 7, 30, tzinfo=dt.UTC)
    ]


@pytest.mark.parametrize("days", [[dt.date(2024, 1, 1)], pd.to_datetime(["2024-01-01"]), [pd.Timestamp("2024-01-01")]])
def test_days_may_come_as_dates_or_midnights(days):
    table = convert.to_arrow("sales_daily", pd.DataFrame({**DAILY, "business_date": days}))
    assert table["business_date"].to_pylist() == [dt.date(2024, 1, 1)]


def test_texts_may_come_as_categories_and_amounts_as_whole_decimals():
    frame = pd.DataFrame({**DAILY, "currency": pd.Categorical(["GBP"]), "tax_minor": [Decimal("3.00")]})
    table = convert.to_arrow("sales_daily", frame)
    assert (table["currency"].to_pylist(), table["tax_minor"].to_pylist()) == (["GBP"], [3])


def test_missing_whole_numbers_make_a_nullable_column():
    schema = pa.schema([("a", pa.int64()), ("b", pa.int64())])
    frame = convert.to_pandas(pa.table({"a": [1, None], "b": [1, 2**53 + 1]}, schema=schema))
    assert frame.dtypes.astype(str).to_dict() == {"a": "Int64", "b": "int64"}
    assert frame["b"].tolist() == [1, 2**53 + 1]
