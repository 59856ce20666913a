"""The account of a take-in in words and tables."""

from __future__ import annotations

from collections.abc import Callable

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


def test_the_table_has_a_line_for_each_file(facts: Facts) -> None:
    table = summary.conservation(facts.import_jobs)
    assert table.columns.tolist() == [
        "source", "file", "rows in", "loaded", "set aside", "duplicate", "money in", "money loaded",
        "money set aside", "money duplicate", "rounding",
    ]  # fmt: skip
    assert table.iloc[0].tolist() == [
        "till", "till.csv", "7", "3", "3", "1", "£4,943.00", "£3,703.50", "£5.00", "£1,234.50", "0",
    ]  # fmt: skip
    assert table.iloc[1].tolist()[6:] == ["", "", "", "", ""]


def test_reasons_are_counted_with_their_money(facts: Facts) -> None:
    table = summary.by_reason(facts.rejected_rows)
    assert table.drop(columns="reason").to_numpy().tolist() == [
        ["unreadable_time", "at", 2, 500, "never"],
        ["unreadable_number", "total", 1, 0, "x"],
    ]
    assert summary.by_reason(facts.rejected_rows.iloc[:0]).empty
