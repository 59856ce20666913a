"""Names in the spellings shops use."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.config.mapping import FileFormat
from shoplib.ingest.dates import Hints
from shoplib.ingest.describing.clues import by_name, find_sale, look_at, name_score, spoken_name


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("transaction_id", ["Invoice ID", "order_id", "OrderID", "Bill No.", "Receipt #", "txn_id", "TransactionNo"]),
        ("quantity", ["Qty", "Quantity", "Units", "No. of cans", "number_of_cans", "quantity_sold"]),
        ("unit_price", ["Unit price", "Price", "Rate", "MRP", "price_each", "Price (£)"]),
        (
            "total_amount",
            ["Total", "Amount", "Sales", "Net Amount", "Gross", "grand_total", "Line Total", "TotalPrice"],
        ),
        ("location_id", ["Branch", "Store", "Outlet", "shop_id", "Location"]),
        ("product_id", ["Product", "Item", "SKU", "Description", "pizza_name_id", "Item Code"]),
        ("product_category", ["Category", "Product line", "Department"]),
        ("payment_method", ["Payment", "Payment Method", "Tender", "Mode", "payment_mode"]),
        ("employee_id", ["Cashier", "Server", "Staff", "employee_id"]),
        ("customer_id", ["Customer ID", "client_no"]),
    ],
)
def test_spellings(field: str, names: list[str]) -> None:
    assert [name for name in names if not name_score(field, name)] == []


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("customer_id", "Customer type"),
        ("transaction_id", "Sales"),
        ("unit_price", "gross income"),
        ("product_id", "Rating"),
    ],
)
def test_other_names_do_not_fit(field: str, name: str) -> None:
    assert name_score(field, name) == 0


def test_names_are_spoken() -> None:
    assert spoken_name("OrderID") == "order id" and spoken_name("Tax 5%") == "tax 5"


def test_values_must_agree_with_the_name() -> None:
    rows = pd.DataFrame({"Total": ["many", "few"], "Amount": ["1.50", "2"], "Payment": ["2024-01-01", "2024-01-02"]})
    chosen = by_name(look_at(rows, FileFormat(), "GBP", Hints()))
    assert {field: clue.column for field, clue in chosen.items()} == {"total_amount": "Amount"}


def test_a_nameless_column_numbers_the_sales_if_its_values_say_so() -> None:
    rows = pd.DataFrame({"c1": list("aabbbc"), "c2": list("xyxyxy")})
    moment = pd.Series(["1", "1", "2", "2", "2", "3"])
    columns = look_at(rows, FileFormat(), "GBP", Hints())
    found = find_sale(columns, moment, set())
    assert found is not None and found.column == "c1"
    assert find_sale(columns, moment, {"c1"}) is None
