"""The account of a take-in in words and tables."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from shoplib.ingest import summary
from shoplib.ingest.facts import Facts

TILL = {"rows": "transaction", "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "total"}}
PLACES = {"rows": "location", "fields": {"location_id": "i", "location_name": "n"}}


@pytest.fixture
def facts(tmp_path: object, taken: Callable[..., Facts]) -> Facts:
    rows = "".join(f"T{i},2024-06-01,1234.50\n" for i in range(3))
    text = "id,at,total\n" + rows + "T0,2024-06-01,1234.50\nT8,never,2\nT9,never,3\nT10,2024-06-01,x\n"
    return taken({"till": (TILL, text), "places": (PLACES, "i,n\nmain,Quay\n")})


def test_one_sentence_tells_rows_and_money(facts: Facts) -> None:
    assert summary.sentence(facts.import_jobs, "till") == (
        "7 rows in = 3 loaded + 3 set aside + 1 duplicate; "
        "£4,943.00 in = £3,703.50 loaded + £5.00 set aside + £1,234.50 duplicate."
    )
    assert summary.sentence(facts.import_jobs, "places") == "1 rows in = 1 loaded + 0 set aside + 0 duplicate."
    with pytest.raises(KeyError, match="no source 'tills' was taken in; there are till, places"):
        summary.sentence(facts.import_jobs, "tills")


def test_rows_and_money_have_a_line_for_each_file_that_has_them(facts: Facts) -> None:
    rows = summary.rows_account(facts.import_jobs)
    assert rows.columns.tolist() == ["Source", "File", "Rows in", "Loaded", "Set aside", "Duplicate"]
    assert rows.iloc[0].tolist() == ["till", "till.csv", 7, 3, 3, 1]
    assert len(rows) == 2
    money = summary.money_account(facts.import_jobs)
    assert money.columns.tolist() == ["Source", "Money in", "Loaded", "Set aside", "Duplicate", "Rounding"]
    assert money.to_numpy().tolist() == [["till", "£4,943.00", "£3,703.50", "£5.00", "£1,234.50", "0"]]


def test_totals_add_up_over_files(facts: Facts) -> None:
    found = summary.totals(facts.import_jobs, facts.transactions).set_index("metric")["value"]
    assert found["rows_in"] == found["rows_loaded"] + found["rows_set_aside"] + found["rows_duplicate"] == 8
    assert found["transactions_loaded"] == len(facts.transactions)


def test_only_files_with_money_are_told_in_sentences(facts: Facts) -> None:
    assert summary.sentences(facts.import_jobs) == [summary.sentence(facts.import_jobs, "till")]


def test_refunds_that_only_a_minus_tells_are_said(taken: Callable[..., Facts]) -> None:
    till = "id,at,total\nT1,2024-06-01,1200.50\nT2,2024-06-01,-1123.40\n"
    more = till.replace("T", "U") + "U3,2024-06-01,-0.05\n"
    facts = taken({"till": (TILL, till), "bar": (TILL, more), "kiosk": (TILL, "id,at,total\nK1,2024-06-01,3\n")})
    account = "2 rows in = 2 loaded + 0 set aside + 0 duplicate; £77.10 in = £77.10 loaded + £0.00 set aside + "
    refunded = account + "£0.00 duplicate. 1 total below zero was taken as a refund, −£1,123.40."
    assert summary.sentence(facts.import_jobs, "till", below_zero=facts.below_zero) == refunded
    assert summary.sentence(facts.import_jobs, "till") == refunded[: refunded.index(" 1 total")]
    told = summary.sentences(facts.import_jobs, below_zero=facts.below_zero)
    assert told[0] == f"till: {refunded}"
    assert told[1].endswith(" duplicate. 2 totals below zero were taken as refunds, −£1,123.45.")
    assert told[2] == "kiosk: " + summary.sentence(facts.import_jobs, "kiosk")


def test_an_exact_sum_that_differs_is_said(facts: Facts) -> None:
    jobs = facts.import_jobs.assign(money_rounding="-0.681")
    assert summary.sentence(jobs, "till").endswith(
        " duplicate (each amount rounded once; the exact sum of the file differs by -0.681)."
    )


def test_reasons_read_as_words(facts: Facts) -> None:
    table = summary.reasons(facts.rejected_rows, "GBP")
    assert table.columns.tolist() == ["Rule", "Column", "Rows", "Money", "Why", "Found, for example"]
    assert table.iloc[0][["Rule", "Column", "Rows", "Money"]].tolist() == ["unreadable time", "at", 2, "£5.00"]


def test_reasons_are_counted_with_their_money(facts: Facts) -> None:
    table = summary.by_reason(facts.rejected_rows)
    assert table.drop(columns="reason").to_numpy().tolist() == [
        ["unreadable_time", "at", 2, 500, "never"],
        ["unreadable_number", "total", 1, 0, "x"],
    ]
    assert summary.by_reason(facts.rejected_rows.iloc[:0]).empty


def test_money_set_aside_is_told_as_not_counted_yet_until_its_rows_are_mended(facts: Facts) -> None:
    rows = facts.rejected_rows
    assert summary.not_counted(rows, "GBP") == [
        "Not counted yet: £5.00 in 3 rows, set aside until somebody mends them."
    ]
    mended = rows.assign(mended_by=["later", None, None])
    assert summary.not_counted(mended, "GBP") == [
        "Not counted yet: £3.00 in 2 rows, set aside until somebody mends them.",
        "Mended since: 1 row came again, corrected.",
    ]
    assert summary.not_counted(rows.assign(mended_by="later"), "GBP") == ["Mended since: 3 rows came again, corrected."]
    assert summary.not_counted(rows.assign(rule="skipped"), "GBP") == []


def test_rows_we_had_are_told_with_the_file_that_had_them_first() -> None:
    jobs = pd.DataFrame({"import_id": ["a", "b", "c"], "file_name": ["mon.csv", "tue.csv", "again.csv"]})
    repeats = pd.DataFrame(
        {"import_id": ["b", "c"], "first_import_id": ["b", "a"], "rows": [1, 60], "money_minor": [None, 12345]}
    ).astype({"money_minor": "Int64"})
    assert summary.had_already(repeats, jobs, "GBP").to_numpy().tolist() == [
        ["again.csv", 60, "£123.45", "mon.csv"],
        ["tue.csv", 1, "", "the same file"],
    ]
