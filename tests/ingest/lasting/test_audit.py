"""The log of the store: whatever is changed, put in or taken out behind its back is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shoplib.ingest.lasting import audit
from shoplib.store.database import reading, transaction

TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "total"},
}


@pytest.fixture
def shop(box: Callable[..., Any]) -> Any:
    """A store with three files loaded, one of them refused."""
    made = box({"till": TILL})
    made.load("till", "id,at,total\nT1,2024-06-01,5\n", "a.csv")
    made.load("till", "id,at,total\nT2,never,5\n", "b.csv")
    made.load("till", "id,at,total\nT3,2024-06-01,5\n", "c.csv")
    return made


def faults(shop: Any, *statements: str) -> list[str]:
    with transaction(shop.store) as bulk:
        for sql in statements:
            bulk.execute(sql)
        return audit.verify(bulk)


def test_a_log_nobody_touched_is_whole(shop: Any) -> None:
    assert faults(shop) == []
    with reading(shop.store) as bulk:
        number, newest = audit.head(bulk)
        assert (number, len(newest)) == (3, 64)
        assert [details["file"] for _, details in audit.lines(bulk, "file")] == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.parametrize(
    "change",
    ["details = replace(details, '500', '400')", "at = '2024-07-02 12:00:00.000000'", "event = 'refused'",
     "import_id = NULL"],
)  # fmt: skip
def test_a_changed_line_is_found(shop: Any, change: str) -> None:
    assert "line 1 was changed" in faults(shop, f"UPDATE audit_log SET {change} WHERE number = 1")


def test_a_line_changed_with_its_hash_is_found_by_the_next_one(shop: Any) -> None:
    with reading(shop.store) as bulk:
        line = bulk.frame("audit_log", "number = 2").iloc[0].to_dict()
    fresh = audit.of_line({**line, "details": "{}"})
    found = faults(shop, f"UPDATE audit_log SET details = '{{}}', hash = '{fresh}' WHERE number = 2")
    assert "line 3 does not follow the line before it" in found


def test_lines_taken_out_are_found_the_first_ones_and_the_last_one_too(shop: Any) -> None:
    assert "line 1 is missing" in faults(shop, "DELETE FROM audit_log WHERE number = 1")


def test_the_last_line_taken_out_is_found_by_its_import(shop: Any) -> None:
    found = faults(shop, "DELETE FROM audit_log WHERE number = 3")
    assert len(found) == 1 and found[0].endswith("(c.csv) has no line in the log")


def test_a_line_put_in_is_found(shop: Any) -> None:
    sql = "INSERT INTO audit_log SELECT 4, at, event, 'none', details, hash, hash FROM audit_log WHERE number = 3"
    assert faults(shop, sql) == ["line 4 was changed", "import none stands in the log and not in import_jobs"]


def test_a_changed_account_of_an_import_is_found(shop: Any) -> None:
    found = faults(shop, "UPDATE import_jobs SET rows_loaded = 7, money_loaded_minor = 1 WHERE file_name = 'a.csv'")
    assert found[0].endswith("(a.csv): rows_loaded, money_loaded_minor not as in the log")
    assert [one.partition(": ")[2] for one in found[1:]] == ["its sales in the tables are not those that were loaded"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE transactions SET total_amount_minor = total_amount_minor + 100 WHERE source_row = 1",
        "DELETE FROM transactions WHERE source_row = 1",
    ],
)
def test_a_sale_changed_or_taken_out_of_the_tables_is_found(shop: Any, change: str) -> None:
    found = faults(shop, change)
    assert found and {one.partition(": ")[2] for one in found} == {
        "its sales in the tables are not those that were loaded"
    }
