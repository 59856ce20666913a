"""A fault planted in a clean world's facts is found by its rule, and by no other than those it breaks too."""

from collections.abc import Callable

import pandas as pd
import pytest

from shoplib.ingest.quality.judge import judge

Tables = dict[str, pd.DataFrame]


def put(table: str, column: str, value: object, rows: slice = slice(0, 5)) -> Callable[[Tables], None]:
    """Return what writes a value into some rows of a table, those of completed transactions where there are such."""

    def change(tables: Tables) -> None:
        frame = tables[table]
        sound = frame[frame["transaction_status"] == "completed"] if "transaction_status" in frame else frame
        frame.loc[sound.index[rows], column] = value

    return change


def shift(column: str, by: int, rows: slice = slice(0, 5)) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        frame = tables["transactions"]
        index = frame[frame["transaction_status"] == "completed"].index[rows]
        frame.loc[index, column] += by

    return change


def both(*changes: Callable[[Tables], None]) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        for one in changes:
            one(tables)

    return change


def repeat(table: str) -> Callable[[Tables], None]:
    def change(tables: Tables) -> None:
        tables[table] = pd.concat([tables[table], tables[table].iloc[5:10]], ignore_index=True)

    return change


def at_night(tables: Tables) -> None:
    frame = tables["transactions"]
    night = frame["timestamp"].dt.normalize() + pd.Timedelta(hours=3)
    frame["timestamp"] = night.where(frame.index % 5 == 0, frame["timestamp"])


def silent(tables: Tables) -> None:
    frame = tables["transactions"]
    gone = (frame["location_id"] == "L03") & (frame["business_date"] > "2024-03-01")
    tables["transactions"] = frame[~gone]
    lines = tables["transaction_items"]
    tables["transaction_items"] = lines[lines["transaction_id"].isin(tables["transactions"]["transaction_id"])]


def negative_lines(tables: Tables) -> None:
    tables["transaction_items"].loc[::2, "line_total_minor"] *= -1


FAULTS: dict[str, tuple[Callable[[Tables], None], set[str]]] = {
    "a minus at totals": (
        both(put("transactions", "subtotal_minor", -100), put("transactions", "total_amount_minor", -100),
             put("transactions", "discount_total_minor", 0), put("transactions", "tax_total_minor", 0)),
        {"amounts_not_negative", "lines_add_up", "statuses_agree"},
    ),
    "tips in totals": (shift("total_amount_minor", 150), {"totals_add_up"}),
    "lines below zero": (negative_lines, {"lines_not_negative", "lines_add_up"}),
    "a clock that is wrong": (at_night, {"business_hours"}),
    "an employee nobody knows": (put("transactions", "employee_id", "E999"), {"transaction_references"}),
    "a product nobody knows": (put("transaction_items", "product_id", "P999"), {"line_references"}),
    "a refund of nothing": (
        both(put("transactions", "refund_of", "T?"), put("transactions", "payment_status", "refunded"),
             put("transactions", "transaction_status", "refunded")),
        {"refunds_name_a_sale"},
    ),
    "lines that are missing": (
        lambda tables: tables.update(transaction_items=tables["transaction_items"].iloc[::2]), {"lines_add_up"}
    ),
    "transactions twice": (repeat("transactions"), {"transaction_ids_unique"}),
    "lines twice": (repeat("transaction_items"), {"line_keys_unique", "lines_add_up"}),
    "sales that failed": (put("transactions", "payment_status", "failed", slice(0, 60)), {"statuses_agree"}),
    "a year of 1924": (put("transactions", "business_date", pd.Timestamp("1924-05-01"), slice(0, 30)),
                       {"dates_possible"}),
    "a year of 2204": (put("transactions", "business_date", pd.Timestamp("2204-05-01"), slice(0, 1)),
                       {"dates_possible"}),
    "a place that fell silent": (silent, {"places_fresh"}),
    "a currency that is none": (put("transactions", "currency", "pounds"), {"currency_known"}),
    "whole card numbers": (put("transactions", "card_last_four", "4111111111111111"), {"card_digits_four"}),
    "a barcode as quantity": (put("transaction_items", "quantity", 5_012_345_678_900.0), {"quantities_possible"}),
    "no time": (put("transactions", "local_hour", pd.NA), {"hours_known"}),
    "costs in pence, prices in pounds": (
        lambda tables: tables["products"].update(tables["products"]["unit_cost_minor"] * 100), {"costs_below_prices"}
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_its_rules_and_no_others(epos, fault):
    scenario, tables = epos
    sound = judge(tables, scenario.quality, scenario.shop).table.set_index("rule")["rows_failing"]
    change, wanted = FAULTS[fault]
    change(tables)
    after = judge(tables, scenario.quality, scenario.shop).table.set_index("rule")["rows_failing"]
    assert set(after.index[after != sound]) == wanted


def test_faults_of_stock_are_found(world):
    scenario, tables = world("retail")
    tables["stock_movements"].loc[3, "movement"] = "stolen"
    tables["purchase_orders"].loc[:9, "received_on"] = pd.Timestamp("2020-01-01")
    found = judge(tables, scenario.quality, scenario.shop).table.set_index("rule")
    failing = found["rows_failing"]
    assert failing[failing > 0].to_dict() == {"stock_moves_known": 1, "orders_in_order": 10}
    assert found.loc["orders_in_order", "meaning"].startswith("10 orders came before they were ordered")
    assert found["money_minor"].isna()["orders_in_order"]


def test_every_shipped_rule_of_sales_has_a_planted_fault(epos):
    scenario, _ = epos
    planted = set().union(*(rules for _, rules in FAULTS.values())) | {"stock_moves_known", "orders_in_order"}
    assert planted == set(scenario.quality.rules)
