"""Exports of well-known tills, invented: our daily totals are theirs, and every difference has a name and an amount."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from shoplib.config.models import Ingest, Shop
from shoplib.errors import ConfigError
from shoplib.ingest.describing import presets
from shoplib.ingest.facts import Facts, take_in

FIXTURES = Path(__file__).parent / "fixtures" / "vendors"
Row = dict[str, str]
Totals = dict[str, Decimal]


@pytest.fixture(scope="session")
def folder(repository: Path) -> Path:
    """The folder of the presets."""
    return repository / presets.FOLDER


@pytest.fixture(scope="session")
def taken_in(folder: Path, require_sound: Callable[[Facts], None]) -> Callable[..., Facts]:
    """Take in invented exports by their presets, as a scenario would; midnight begins the day, as in the reports."""

    def of(currency: str, timezone: str, /, **sources: str) -> Facts:
        listed = [
            {"kind": "csv", "name": name, "path": file, "mapping": f"{name}.yaml"} for name, file in sources.items()
        ]
        facts = take_in(
            Shop(name="Corner", currency=currency, timezone=timezone, day_start=dt.time(0)),
            Ingest.model_validate({"sources": listed}),
            {f"{name}.yaml": presets.load(folder, name) for name in sources},
            {name: [FIXTURES / file] for name, file in sources.items()},
        )
        require_sound(facts)
        return facts

    return of


def rows_of(file: str) -> list[Row]:
    with (FIXTURES / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def money(cell: str) -> Decimal:
    return Decimal(cell.replace("$", "").replace("₹", "").replace(",", "") or "0")


def by_day(rows: Iterable[Row], day: Callable[[Row], str], amount: Callable[[Row], Decimal]) -> Totals:
    """Return the sum of an amount on each day of some rows."""
    sums: Totals = {}
    for row in rows:
        sums[day(row)] = sums.get(day(row), Decimal(0)) + amount(row)
    return sums


def ours(facts: Facts, column: str, status: str = "completed", table: str = "transactions") -> Totals:
    """Return a column of the transactions of a status, added up by business day, in whole units of money."""
    frame = getattr(facts, table)
    if table == "transaction_items":
        known = facts.transactions.set_index("transaction_id")[["business_date", "transaction_status"]]
        frame = frame.join(known, on="transaction_id")
    chosen = frame[frame["transaction_status"] == status]
    sums = chosen.groupby(chosen["business_date"].astype(str))[column].sum()
    return {str(day): Decimal(int(amount)) / 100 for day, amount in sums.items()}


def net(facts: Facts, column: str = "total_amount_minor") -> Totals:
    """Return sums of completed transactions and of refunds, which are below zero, together."""
    return added(ours(facts, column), ours(facts, column, "refunded"))


def added(*parts: Totals) -> Totals:
    days = sorted({day for part in parts for day in part})
    return {day: sum((part.get(day, Decimal(0)) for part in parts), Decimal(0)) for day in days}


def less(total: Totals, *parts: Totals) -> Totals:
    return added(total, *({day: -amount for day, amount in part.items()} for part in parts))


def set_aside(facts: Facts) -> dict[str, int]:
    return dict(Counter(facts.rejected_rows["rule"]))


def statuses(facts: Facts) -> dict[str, int]:
    return dict(Counter(facts.transactions["transaction_status"]))


def test_square_net_sales_are_ours_without_tax_tips_gift_cards_and_amounts_given_back(taken_in):
    facts = taken_in("USD", "America/New_York", square_transactions="square_transactions.csv",
                     square_items="square_items.csv")  # fmt: skip
    rows = rows_of("square_transactions.csv")

    def square(column: str, event: str = "") -> Totals:
        return by_day(
            (row for row in rows if row["Event Type"].startswith(event)), lambda row: row["Date"],
            lambda row: money(row[column]),
        )  # fmt: skip

    assert set_aside(facts) == {} and statuses(facts) == {"completed": 27, "refunded": 3}
    assert ours(facts, "total_amount_minor") == square("Total Collected", "Payment")
    assert ours(facts, "total_amount_minor", "refunded") == square("Total Collected", "Refund")
    assert net(facts, "tax_total_minor") == square("Tax")
    assert ours(facts, "discount_total_minor") == less({}, square("Discounts", "Payment"))
    assert less(
        net(facts), net(facts, "tax_total_minor"), net(facts, "tip_amount_minor"), square("Gift Card Sales"),
        square("Partial Refunds"),
    ) == square("Net Sales")  # fmt: skip
    assert ours(facts, "line_total_minor", table="transaction_items") == square("Gross Sales", "Payment")
    assert set(facts.transactions["payment_method"]) == {"cash", "credit_card"}
    assert facts.locations["location_name"].tolist() == ["Harbour Road"]


def test_shopify_total_sales_are_ours_and_net_sales_lack_tax_and_shipping(taken_in):
    facts = taken_in("GBP", "Europe/London", shopify_orders="shopify_orders.csv", shopify_refunds="shopify_orders.csv",
                     shopify_lines="shopify_orders.csv")  # fmt: skip
    rows = rows_of("shopify_orders.csv")
    orders = [row for row in rows if row["Total"] and row["Financial Status"] != "voided"]

    def shopify(amount: Callable[[Row], Decimal]) -> Totals:
        return by_day(orders, lambda row: row["Created at"][:10], amount)

    assert set(set_aside(facts)) == {"skipped"} and statuses(facts) == {"completed": 21, "refunded": 2, "void": 1}
    assert ours(facts, "total_amount_minor") == shopify(lambda row: money(row["Total"]))
    assert sum(ours(facts, "total_amount_minor", "refunded").values()) == sum(
        money(row["Refunded Amount"]) for row in orders
    )
    assert facts.transactions["refund_of"].dropna().tolist() == ["#1005", "#1010"]
    extra = shopify(lambda row: money(row["Total"]) - money(row["Subtotal"]) - money(row["Shipping"]))
    goods = shopify(lambda row: money(row["Subtotal"]))
    assert less(ours(facts, "total_amount_minor"), extra, shopify(lambda row: money(row["Shipping"]))) == goods
    assert ours(facts, "tax_total_minor") == shopify(lambda row: money(row["Taxes"]))
    ordered = {row["Name"]: row for row in orders}
    sold = by_day(
        (row for row in rows if row["Name"] in ordered), lambda row: row["Created at"][:10],
        lambda row: money(row["Lineitem price"]) * money(row["Lineitem quantity"]),
    )  # fmt: skip
    assert ours(facts, "line_total_minor", table="transaction_items") == sold
    assert sold == added(goods, ours(facts, "discount_total_minor"))
    unpaid = facts.transactions[facts.transactions["payment_status"] == "unpaid"]
    assert unpaid["transaction_id"].tolist() == ["#1016"]


def loyverse_day(row: Row) -> str:
    return dt.datetime.strptime(row["Date"], "%m/%d/%y %I:%M %p").date().isoformat()


def test_loyverse_net_sales_are_ours_without_the_taxes_that_were_added(taken_in):
    facts = taken_in("GBP", "Europe/London", loyverse_receipts="loyverse_receipts.csv",
                     loyverse_items="loyverse_items.csv")  # fmt: skip
    closed = [row for row in rows_of("loyverse_receipts.csv") if row["Status"] == "Closed"]

    def loyverse(amount: Callable[[Row], Decimal], kind: str = "") -> Totals:
        return by_day((row for row in closed if row["Receipt type"].startswith(kind)), loyverse_day, amount)

    assert set_aside(facts) == {} and statuses(facts) == {"completed": 25, "refunded": 2, "void": 1}
    assert net(facts) == loyverse(lambda row: money(row["Total collected"]))
    assert ours(facts, "total_amount_minor") == loyverse(lambda row: money(row["Total collected"]), "Sale")
    assert net(facts, "tax_total_minor") == loyverse(lambda row: money(row["Taxes"]))
    assert ours(facts, "discount_total_minor") == loyverse(lambda row: money(row["Discounts"]), "Sale")
    on_top = loyverse(lambda row: money(row["Total collected"]) - money(row["Net sales"]))
    assert less(net(facts), on_top) == loyverse(lambda row: money(row["Net sales"]))
    assert any(on_top[day] != net(facts, "tax_total_minor")[day] for day in on_top), "some tax is within the price"
    lines = ours(facts, "line_total_minor", table="transaction_items")
    assert lines == loyverse(lambda row: money(row["Gross sales"]), "Sale")
    assert set(facts.transactions["payment_method"]) == {"cash", "credit_card", "other"}


def test_lightspeed_revenue_is_ours_without_tax(taken_in):
    facts = taken_in("USD", "Europe/London", lightspeed_sales="lightspeed_sales.csv",
                     lightspeed_lines="lightspeed_sales.csv")  # fmt: skip
    rows = [row for row in rows_of("lightspeed_sales.csv") if row["Status"] in ("CLOSED", "ONACCOUNT")]

    def lightspeed(column: str, kind: str = "Sale") -> Totals:
        return by_day(
            (row for row in rows if row["Line Type"] == kind), lambda row: row["Date"][:10],
            lambda row: money(row[column]),
        )  # fmt: skip

    assert set(set_aside(facts)) == {"skipped"} and statuses(facts) == {"completed": 12, "refunded": 2, "void": 1}
    assert net(facts) == lightspeed("Total") and net(facts, "tax_total_minor") == lightspeed("Sales Tax")
    assert less(net(facts), net(facts, "tax_total_minor")) == lightspeed("Subtotal")
    assert ours(facts, "discount_total_minor") == lightspeed("Discount")
    lines = added(
        *(ours(facts, "line_total_minor", status, "transaction_items") for status in ("completed", "refunded"))
    )
    assert lines == lightspeed("Subtotal", "Sale Line")
    assert facts.transactions["payment_status"].value_counts()["credit"] == 1


def test_odoo_untaxed_sales_are_ours_without_tax_and_tips(taken_in):
    facts = taken_in("EUR", "Europe/Madrid", odoo_orders="odoo_orders.csv", odoo_lines="odoo_orders.csv")
    rows = rows_of("odoo_orders.csv")
    orders = {row["Order Ref"]: row for row in rows if row["Total"] and row["Status"] not in ("Cancelled", "New")}

    def odoo(column: str) -> Totals:
        return by_day(orders.values(), lambda row: row["Date"][:10], lambda row: money(row[column]))

    untaxed = by_day(
        (row for row in rows if row["Order Lines/Order Ref"] in orders and row["Order Lines/Product/Name"] != "Tips"),
        lambda row: orders[row["Order Lines/Order Ref"]]["Date"][:10],
        lambda row: money(row["Order Lines/Subtotal w/o Tax"]),
    )
    assert statuses(facts) == {"completed": 16, "refunded": 2, "void": 1}
    assert set(set_aside(facts)) == {"skipped", "unknown_transaction"}, "lines of an order that is still open"
    assert net(facts) == odoo("Total") and net(facts, "tax_total_minor") == odoo("Taxes")
    assert net(facts, "tip_amount_minor") == odoo("Tip Amount")
    assert less(net(facts), net(facts, "tax_total_minor"), net(facts, "tip_amount_minor")) == untaxed


def test_erpnext_net_total_is_ours_without_tax(taken_in):
    facts = taken_in("INR", "Asia/Kolkata", erpnext_invoices="erpnext_invoices.csv")
    rows = [row for row in rows_of("erpnext_invoices.csv") if row["Status"] not in ("Draft", "Cancelled")]

    def erpnext(column: str, returned: str = "") -> Totals:
        return by_day(
            (row for row in rows if row["Is Return (Credit Note)"].startswith(returned)), lambda row: row["Date"],
            lambda row: money(row[column]),
        )  # fmt: skip

    assert set_aside(facts) == {"skipped": 1} and statuses(facts) == {"completed": 22, "refunded": 2, "void": 1}
    assert ours(facts, "total_amount_minor") == erpnext("Grand Total", "0")
    assert ours(facts, "total_amount_minor", "refunded") == erpnext("Grand Total", "1")
    assert less(net(facts), net(facts, "tax_total_minor")) == erpnext("Net Total")
    assert added(net(facts), erpnext("Rounding Adjustment")) == erpnext("Rounded Total")
    assert ours(facts, "discount_total_minor") == erpnext("Additional Discount Amount", "0")
    assert facts.transactions["refund_of"].dropna().tolist() == ["ACC-PSINV-2024-00007", "ACC-PSINV-2024-00016"]


def test_upi_credits_are_payments_and_all_else_is_left_out(taken_in):
    facts = taken_in("INR", "Asia/Kolkata", upi_statement="upi_statement.csv")
    rows = rows_of("upi_statement.csv")
    came = [row for row in rows if (row["Type"], row["Status"]) == ("Credit", "Success")]
    wanted = by_day(came, lambda row: "-".join(reversed(row["Date"].split("/"))), lambda row: money(row["Amount"]))
    assert ours(facts, "total_amount_minor") == wanted
    assert set_aside(facts) == {"skipped": len(rows) - len(came)} and len(came) == 26
    assert set(facts.transactions["payment_method"]) == {"upi"}


VENDORS = {
    "square_transactions.csv": ["square_transactions"],
    "square_items.csv": ["square_items"],
    "shopify_orders.csv": ["shopify_lines", "shopify_orders", "shopify_refunds"],
    "loyverse_receipts.csv": ["loyverse_receipts"],
    "loyverse_items.csv": ["loyverse_items"],
    "lightspeed_sales.csv": ["lightspeed_lines", "lightspeed_sales"],
    "odoo_orders.csv": ["odoo_lines", "odoo_orders"],
    "erpnext_invoices.csv": ["erpnext_invoices"],
    "upi_statement.csv": ["upi_statement"],
}


@pytest.mark.parametrize("file", VENDORS)
def test_an_export_is_known_by_its_headings_and_no_other_preset_fits(folder, file):
    columns = list(rows_of(file)[0])
    found = presets.recognise(columns, folder)
    assert [match.preset for match in found if match.score == 1] == VENDORS[file]
    assert found[0].evidence.startswith(f"{(n := len_of(folder, found[0].preset))} of {n} columns of ")
    odd = [f"  {column.upper().replace(' ', '_')} " for column in columns]
    assert [m.preset for m in presets.recognise(odd, folder) if m.score == 1] == VENDORS[file]


def len_of(folder: Path, name: str) -> int:
    return len(presets.named_columns(presets.load(folder, name)))


def test_headings_of_no_till_fit_no_preset(folder):
    for columns in (["Date", "Total", "Status"], ["id", "at", "shop"], [], ["Datum", "Betrag", "Konto"]):
        assert presets.recognise(columns, folder) == []


def test_what_is_not_there_or_otherwise_called_is_told(folder):
    columns = [column for column in rows_of("loyverse_items.csv")[0] if column != "Category"]
    columns[columns.index("Item")] = "Item name"
    columns[columns.index("Gross sales")] = "Gross Sales"
    (match,) = [m for m in presets.recognise(columns, folder) if m.preset == "loyverse_items"]
    assert match == (
        "loyverse_items", 0.786,
        '5 of 7 columns of loyverse_items are there; "Gross sales" is written "Gross Sales"; "Item" is written '
        '"Item name"; Category is not there',
    )  # fmt: skip


def test_every_preset_can_be_read_says_whose_it_is_and_keeps_no_names_of_customers(folder):
    assert presets.names(folder) == sorted(name for group in VENDORS.values() for name in group)
    for name in presets.names(folder):
        preset = presets.load(folder, name)
        assert preset.description and preset.extra == "drop"
        assert not any("customer" in column.casefold() for column in presets.named_columns(preset))


def test_a_preset_that_is_not_there(folder):
    with pytest.raises(ConfigError, match="did you mean square_items"):
        presets.load(folder, "square_item")


def test_a_preset_that_is_no_mapping(tmp_path):
    (tmp_path / "till.yaml").write_text("rows: transaction\nfields: {total_amount: Total}\n")
    with pytest.raises(ConfigError, match=r'A preset is no mapping(.|\n)*needs the field "timestamp"'):
        presets.recognise(["Total"], tmp_path)


def test_totals_do_not_hang_on_the_order_of_rows(folder, tmp_path, require_sound):
    lines = (FIXTURES / "square_transactions.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "square.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    made = []
    for path in (FIXTURES / "square_transactions.csv", tmp_path / "square.csv"):
        source = {"kind": "csv", "name": "till", "path": path.name, "mapping": "square.yaml"}
        facts = take_in(Shop(name="Corner", currency="USD"), Ingest.model_validate({"sources": [source]}),
                        {"square.yaml": presets.load(folder, "square_transactions")}, {"till": [path]})  # fmt: skip
        require_sound(facts)
        made.append(facts.transactions.drop(columns=["import_id", "source_row"]))
    pd.testing.assert_frame_equal(made[0], made[1])
