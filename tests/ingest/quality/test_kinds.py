"""Each kind of test: facts that keep it, facts that break it, and what is said of the rows that do."""

import pandas as pd
import pytest

SALES = {"table": "transactions"}
LINES = {"table": "transaction_items"}
NOT_GIVEN_BACK = {"transaction_status": ["refunded", "void"]}
ADDS_UP = "subtotal_minor - discount_total_minor + tax_total_minor = total_amount_minor"
LATE = pd.Timestamp("2024-03-02 02:01", tz="UTC")
# rule, table, column, row, value that breaks it, column at fault, found, wanted
FAULTS = [
    ({"test": "not_negative", **SALES, "columns": ["tip_amount_minor", "total_amount_minor"], "unless": NOT_GIVEN_BACK},
     "transactions", "total_amount_minor", 1, -600, "total_amount_minor", "-600", "0 or more"),
    ({"test": "business_hours"}, "transactions", "timestamp", 3, LATE, "timestamp", "2024-03-02 02:01", "18:00–02:00"),
    ({"test": "references", **SALES}, "transactions", "employee_id", 0, "bob", "employee_id", "bob",
     "one of employees.employee_id"),
    ({"test": "references", **SALES, "columns": ["refund_of"], "to": "transactions.transaction_id"},
     "transactions", "refund_of", 4, "t9", "refund_of", "t9", "one of transactions.transaction_id"),
    ({"test": "arithmetic", **SALES, "formula": ADDS_UP}, "transactions", "tax_total_minor", 2, 401,
     "total_amount_minor", "2401 against 2400", f"{ADDS_UP} (2401 = 2400)"),
    ({"test": "arithmetic", "table": "products", "formula": "unit_cost_minor <= unit_price_minor"},
     "products", "unit_cost_minor", 0, 501, "unit_price_minor", "501 against 500",
     "unit_cost_minor <= unit_price_minor (501 ≤ 500)"),
    ({"test": "sums", **SALES, "column": "subtotal_minor", "of": "transaction_items.line_total_minor"},
     "transaction_items", "line_total_minor", 3, 299, "subtotal_minor", "300",
     "299, the sum of transaction_items.line_total_minor"),
    ({"test": "unique", **SALES}, "transactions", "transaction_id", 4, "t1", "transaction_id", "t1",
     "stands there once"),
    ({"test": "unique", **LINES, "columns": ["transaction_id", "product_id"]}, "transaction_items", "transaction_id", 2,
     "t1", "transaction_id, product_id", "t1, ale", "stands there once"),
    ({"test": "statuses"}, "transactions", "payment_status", 0, "failed", "payment_status", "failed, completed",
     "completed with paid, unpaid, credit, unknown"),
    ({"test": "statuses"}, "transactions", "refund_of", 1, "t1", "transaction_status",
     "completed, refund_of is given", "one of refunded, void, error"),
    ({"test": "dates", **SALES, "columns": ["business_date"]}, "transactions", "business_date", 0,
     pd.Timestamp("1970-01-01"), "business_date", "1970-01-01",
     "1990-01-01 to the newest day of all others, or of taking in"),
    ({"test": "dates", **SALES, "columns": ["timestamp"]}, "transactions", "timestamp", 2,
     pd.Timestamp("2034-03-01 18:00", tz="UTC"), "timestamp", "2034-03-01 18:00:00+00:00",
     "1990-01-01 to the newest day of all others, or of taking in"),
    ({"test": "dates", **SALES, "columns": ["business_date"], "end": "2024-03-02"}, "transactions", "business_date", 0,
     pd.Timestamp("2024-03-03"), "business_date", "2024-03-03", "1990-01-01 to 2024-03-02"),
    ({"test": "vocabulary", **SALES, "columns": ["payment_method"], "words": ["cash", "upi"]}, "transactions",
     "payment_method", 0, "kash", "payment_method", "kash", "one of cash, upi"),
    ({"test": "pattern", **SALES, "columns": ["currency"], "pattern": "[A-Z]{3}"}, "transactions", "currency", 1,
     "GBPX", "currency", "GBPX", "[A-Z]{3}"),
    ({"test": "not_null", **SALES, "columns": ["device_id"]}, "transactions", "device_id", 1, None, "device_id", "",
     "a value"),
    ({"test": "range", **LINES, "columns": ["quantity"], "minimum": -10, "maximum": 10}, "transaction_items",
     "quantity", 1, 11, "quantity", "11", "-10 to 10"),
]  # fmt: skip
IDS = [f"{rule['test']}-{column}" for rule, _, column, *_ in FAULTS]


@pytest.mark.parametrize("rule", [fault[0] for fault in FAULTS], ids=IDS)
def test_facts_in_order_keep_it(small, held, rule):
    found = held(small, **rule)
    assert (found["state"], found["rows_failing"], found["samples"]) == ("kept", 0, [])
    assert found["rows_checked"] > 0
    assert found["meaning"].startswith("Rules out ")


@pytest.mark.parametrize("fault", FAULTS, ids=IDS)
def test_a_planted_fault_is_found_with_its_row_and_money(small, held, fault):
    rule, table, column, row, value, at_fault, found_there, wanted = fault
    small[table].loc[row, column] = value
    found = held(small, **rule)
    assert (found["state"], found["rows_failing"]) == ("broken", 1)
    (sample,) = found["samples"]
    assert (sample["column"], sample["found"], sample["wanted"]) == (at_fault, found_there, wanted)
    if table in ("transactions", "transaction_items"):
        worth = "line_total_minor" if found["table_name"] == "transaction_items" else "total_amount_minor"
        assert sample["source_row"] == row + 1
        assert sample["import_id"] == "file"
        assert found["money_minor"] == abs(small[found["table_name"]].loc[row, worth])
        assert found["meaning"].startswith("£")


def test_rows_that_cannot_be_judged_are_not_counted(small, held):
    small["transactions"].loc[:2, "local_hour"] = pd.NA
    assert held(small, test="business_hours")["rows_checked"] == 2
    small["locations"]["opens_minute"] = pd.array([None], dtype="Int64")
    assert held(small, test="business_hours")["rows_checked"] == 0
    assert held(small, test="vocabulary", table="transactions", columns=["card_last_four"], words=["x"])[
        "rows_checked"
    ] == 1  # fmt: skip


@pytest.mark.parametrize(
    ("opens", "closes", "failing"),
    [("18:00", "02:00", 0), ("18:01", "02:00", 1), ("18:00", "01:59", 1), ("10:00", "23:00", 3), ("04:00", "04:00", 0),
     ("00:00", "20:00", 1), ("17:30", "01:30", 1)],
)  # fmt: skip
def test_hours_of_a_place_given_in_the_rule_stand_instead_of_its_own(small, held, opens, closes, failing):
    found = held(small, test="business_hours", hours={"bar": {"opens": opens, "closes": closes}})
    assert found["rows_failing"] == failing


def test_minutes_of_grace_count_on_both_sides(small, held):
    hours = {"bar": {"opens": "18:20", "closes": "01:40"}}
    assert held(small, test="business_hours", hours=hours, grace_minutes=20)["rows_failing"] == 0
    assert held(small, test="business_hours", hours=hours, grace_minutes=19)["rows_failing"] == 2


def test_hours_are_those_of_the_wall_clock_through_a_change_of_clocks(small, held):
    small["transactions"]["timestamp"] = pd.to_datetime(
        ["2024-10-26 17:00", "2024-10-27 00:59", "2024-10-27 01:59", "2024-10-27 02:00", "2024-10-27 18:00"]
    ).tz_localize("UTC")  # 18:00, 01:59 summer time, 01:59 winter time, 02:00, 18:00
    assert held(small, test="business_hours")["rows_failing"] == 0


def test_refunds_that_no_file_tells_apart_need_no_sign(small, held):
    small["transactions"].loc[4, ["refund_of", "total_amount_minor"]] = [None, 1_200]
    assert held(small, test="statuses")["rows_failing"] == 0


def test_a_refund_that_tells_nothing_is_found_where_most_do(small, held):
    small["transactions"].loc[3, ["transaction_status", "payment_status"]] = "refunded"
    found = held(small, test="statuses")
    assert [sample["source_row"] for sample in found["samples"]] == [4]
    assert found["samples"][0]["wanted"] == "a total below zero, or the sale it gives back, as most refunds have"
    assert held(small, test="statuses", refunds="any")["rows_failing"] == 0


def test_a_day_after_a_file_was_taken_in_cannot_be(small, held):
    small["import_jobs"]["started_at"] = pd.to_datetime(["2024-02-29 12:00"]).tz_localize("UTC")
    found = held(small, test="dates", table="transactions", columns=["business_date"])
    assert [sample["found"] for sample in found["samples"]] == ["2024-03-02"]


def test_a_place_that_fell_silent_is_found_without_a_clock(small, held):
    quiet = small["transactions"].assign(location_id="pub", business_date=pd.Timestamp("2024-02-20"))
    small["transactions"] = pd.concat([small["transactions"], quiet], ignore_index=True)
    small["locations"] = pd.concat(
        [small["locations"]] + [small["locations"].assign(location_id=n) for n in ("pub", "x")]
    )
    found = held(small, test="freshness", behind_days=7)
    assert (found["rows_checked"], found["rows_failing"]) == (2, 1)
    assert found["samples"][0] | {"key": "pub", "found": "2024-02-20"} == found["samples"][0]
    assert held(small, test="freshness", behind_days=11)["state"] == "kept"


def test_a_stray_day_in_the_future_makes_no_place_stale(small, held):
    many = pd.concat([small["transactions"]] * 400, ignore_index=True)
    many.loc[3, "business_date"] = pd.Timestamp("2204-03-01")
    small["transactions"] = many
    assert held(small, test="freshness")["state"] == "kept"
    assert held(small, test="dates", table="transactions", columns=["business_date"])["rows_failing"] == 1


def test_only_and_unless_choose_rows_also_by_the_row_a_foreign_key_names(small, held):
    rule = {"test": "not_negative", "table": "transaction_items", "columns": ["quantity"]}
    assert held(small, **rule)["rows_failing"] == 1
    status = "transactions.transaction_status"
    assert held(small, **rule, unless={status: ["refunded"]})["rows_checked"] == 4
    assert held(small, **rule, only={status: ["refunded"]})["rows_checked"] == 1


def test_what_stands_in_a_column_about_people_is_not_repeated(small, held):
    small["transactions"].loc[0, "customer_id"] = "Ann Example"
    found = held(small, test="references", table="transactions")
    assert found["samples"][0]["found"] == "…"
    small["employees"].loc[0, "employee_name"] = "Ann 4 Example"
    found = held(small, test="pattern", table="employees", columns=["employee_name"], pattern="[A-Za-z ]+")
    assert found["rows_failing"] == 1
    assert "Example" not in str(found)
