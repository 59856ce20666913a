"""The rules of the scenario held against each file before it stays in the lasting store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shoplib.config.quality import Quality

TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {
        "transaction_id": "id", "timestamp": "at", "location_id": "shop", "total_amount": "total",
        "payment_method": "paid",
    },
}  # fmt: skip
HEAD = "id,at,shop,total,paid\n"
RULES = {
    "no_gifts": {
        "test": "vocabulary", "table": "transactions", "columns": ["payment_method"], "words": ["cash", "upi"],
        "meaning": "were paid in a way this shop does not take",
    },
}  # fmt: skip


def sales(first: int, many: int, odd: int) -> str:
    return HEAD + "".join(
        f"T{n},2024-06-01 10:00,A,5,{'gift card' if n < first + odd else 'cash'}\n" for n in range(first, first + many)
    )


@pytest.fixture
def shop(box: Callable[..., Any]) -> Callable[[float], Any]:
    """Return a store whose rule bears a share of odd rows."""

    def of(share: float, **more: Any) -> Any:
        made = box({"till": TILL}, **more)
        rules = Quality.model_validate({"rules": {"no_gifts": {**RULES["no_gifts"], "tolerance_share": share}}})
        made.scenario = made.scenario.model_copy(update={"quality": rules})
        return made

    return of


def test_a_file_that_breaks_a_rule_is_refused_with_its_money_and_nothing_of_it_stays(shop: Callable[..., Any]) -> None:
    made = shop(0)
    assert made.load("till", sales(0, 20, 0)).status == "loaded"
    found = made.load("till", sales(100, 20, 2), "odd.csv")
    assert found.status == "refused"
    assert found.fault.startswith(
        "1 rule of 1 is broken, so nothing was loaded: no_gifts: 2 of 20 rows (10.0%; tolerance 0.0%). "
        "£10.00 of takings were paid in a way this shop does not take"
    )
    assert len(made.table("transactions")) == 20 and made.table("rejected_rows").empty
    assert made.load("till", sales(100, 20, 0), "odd.csv").status == "loaded"


@pytest.mark.parametrize("batch", [1_000, 200_000])
def test_a_share_is_borne_and_a_handful_of_rows_is_no_share(shop: Callable[..., Any], batch: int) -> None:
    made = shop(0.01, batch_rows=batch)
    assert made.load("till", sales(0, 20, 9)).status == "loaded"
    assert made.load("till", sales(10_000, 3_000, 30)).status == "loaded"
    assert made.load("till", sales(20_000, 3_000, 31)).status == "refused"
    assert len(made.table("transactions")) == 3_020


def mending(rows: list[tuple[str, str]], import_id: str) -> str:
    lines = [f"{sale},2024-06-01 11:00,A,7,cash,{import_id},{row}\n" for sale, row in rows]
    return HEAD.strip() + ",shoplib import,shoplib row\n" + "".join(lines)


def test_a_row_set_aside_is_mended_once(box: Callable[..., Any]) -> None:
    made = box({"till": TILL})
    first = made.load("till", HEAD + "T1,2024-06-01 10:00,A,5,cash\n,2024-06-01 11:00,A,7,cash\n", "a.csv")
    assert made.load("till", mending([("T2", "2")], first.import_id)).job["rows_loaded"] == 1
    again = made.load("till", mending([("T9", "2")], first.import_id))
    assert again.rejected["reason"].tolist() == ["the row it mends came again before, in another file; that one stands"]
    assert made.load("till", mending([("T2", "2")], first.import_id) + "\n").job["rows_duplicate"] == 1
    assert made.table("transactions", "transaction_id") == [["T1"], ["T2"]]


def test_of_a_half_mended_workbook_the_good_rows_are_loaded_and_each_row_waits_once(box: Callable[..., Any]) -> None:
    made = box({"till": TILL}, max_set_aside_share=0.5)
    text = HEAD + "".join(f"T{n},2024-06-01 10:00,A,{'5' if n > 2 else 'x'},cash\n" for n in range(6))
    first = made.load("till", text, "a.csv")
    sent = mending([("T0", "1"), ("T1", "2"), ("T2", "3")], first.import_id).replace("A,7", "A,x", 2)
    half = made.load("till", sent)
    assert half.status == "loaded" and half.job["rows_loaded"] == 1 and half.job["rows_set_aside"] == 2
    rest = made.load("till", mending([("T0", "1"), ("T1", "2")], half.import_id))
    assert rest.job["rows_loaded"] == 2
    assert made.table("rejected_rows")["mended_by"].notna().all()
    assert len(made.table("transactions")) == 6
