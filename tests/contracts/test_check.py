"""Whether a table keeps its declaration: good ones pass, every fault of a bad one is told at once."""

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from shoplib.contracts import check, convert, tables
from shoplib.errors import ContractError


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@pytest.mark.parametrize("name", tables.names())
@given(data=st.data())
def test_good_frames_pass_whole(frames_of, name, data):
    frame = data.draw(frames_of(name))
    assert check.checked(name, frame).equals(convert.to_arrow(name, frame))


@pytest.mark.parametrize("name", tables.names())
def test_empty_frames_pass(name):
    assert check.checked(name, convert.empty(name)).num_rows == 0


def test_every_fault_is_told_at_once_with_counts_and_an_example():
    hourly = pd.DataFrame(
        {
            "location_id": ["a", "a", "b", None],
            "weekday": [0, 0, -1, -2],
            "local_hour": [9, 9, 9, 9],
            "days": [1, 1, 1, 0],
            "transactions": [1, 2, 3, -4],
            "gross_sales_minor": pd.array([1, None, None, -5], dtype="Int64"),
        },
        index=[7, 7, 8, 9],
    )
    with pytest.raises(ContractError) as caught:
        check.checked("sales_hourly", hourly)
    assert str(caught.value) == (
        'Table "sales_hourly" breaks its declaration\n'
        "  location_id: missing in 1 row\n"
        "  weekday: less than 0 in 2 rows, for example -1\n"
        "  days: less than 1 in 1 row, for example 0\n"
        "  transactions: less than 0 in 1 row, for example -4\n"
        "  gross_sales_minor: missing in 2 rows\n"
        "  key: 2 rows share a key, for example location_id='a', weekday=0, local_hour=9\n"
        "  where   contracts/views.py: SalesHourly\n"
        "  next    mend the function that makes the table; nothing was written"
    )


def broken(frame: pd.DataFrame, name: str, how: str, column: str) -> pd.DataFrame:
    """Return a frame with one fault in it, or the frame itself where the column cannot have that fault."""
    declared = tables.declared(name).__table__.columns[column]
    if how == "key":
        return pd.concat([frame, frame.iloc[:1]], ignore_index=True)
    values = frame[column].astype(object).copy()
    if how == "missing":
        values.iloc[0] = None
    elif how == "low" and declared.info["minimum"] is not None:
        values.iloc[0] = declared.info["minimum"] - 1
    elif how == "word" and declared.info["words"]:
        values.iloc[0] = "cheque"
    return frame.assign(**{column: values})


@settings(max_examples=6, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@pytest.mark.parametrize("name", tables.names())
@given(data=st.data())
def test_the_quick_look_agrees_with_the_thorough_one(frames_of, name, data):
    frame = data.draw(frames_of(name))
    if len(frame):
        how = data.draw(st.sampled_from(["missing", "low", "word", "key"]))
        frame = broken(frame, name, how, data.draw(st.sampled_from(list(frame))))
    quick = check._keeps(name, convert.to_arrow(name, frame))
    try:
        check.pandera_schema(name).validate(frame, lazy=True)
        thorough = True
    except SchemaErrors:
        thorough = False
    assert quick == thorough


def test_word_outside_the_vocabulary_is_told(frames_of):
    sale = dict.fromkeys(convert.arrow_schema("transactions").names, "x")
    frame = pd.DataFrame([sale]).assign(
        timestamp=pd.Timestamp("2024-01-01", tz="UTC"), business_date=pd.Timestamp("2024-01-01"),
        **dict.fromkeys(["local_hour", "num_items", "subtotal_minor", "discount_total_minor", "tax_total_minor",
                         "tip_amount_minor", "total_amount_minor", "source_row"], 1),
        payment_method="cheque", payment_status="paid", transaction_status="completed",
    )  # fmt: skip
    with pytest.raises(ContractError) as caught:
        check.checked("transactions", frame)
    assert caught.value.details == ("payment_method: not a declared word in 1 row, for example 'cheque'",)


def test_a_long_list_of_faults_is_cut_and_counted(monkeypatch):
    monkeypatch.setattr(check, "SHOWN_PROBLEMS", 1)
    with pytest.raises(ContractError) as caught:
        check.checked("organizations", pd.DataFrame(
            {"organization_id": ["a", "a"], "organization_name": [None, None], "currency": [None, "GBP"]}
        ))  # fmt: skip
    assert caught.value.details == ("organization_name: missing in 2 rows", "and 2 more")
