"""All rules together: order, keys, and the words of each."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.alerts import figures, gather
from shoplib.alerts.problem import problems, ranked
from shoplib.config.models import Shop
from shoplib.config.stages import Alerts


@pytest.fixture
def run(daily, odd, table):
    places = table("locations", [{"location_id": "L1", "location_name": "High Street"}])
    goods = table("products", [
        {"product_id": "P1", "product_name": "Oat milk", "unit_price_minor": 200},
        {"product_id": "P2", "product_name": "Rye bread"},
    ])  # fmt: skip
    jobs = table("import_jobs", [
        {"import_id": "a", "source_name": "inbox", "file_name": "a.csv", "status": "refused", "fault": "no header"},
        {"import_id": "b", "source_name": "inbox", "file_name": "b.csv", "status": "loaded", "rows_in": 5,
         "rows_loaded": 2, "rows_set_aside": 3, "money_set_aside_minor": 10_449},
        {"import_id": "c", "source_name": "goods", "file_name": "c.csv", "status": "loaded"},
    ])  # fmt: skip
    lost = table("rejected_rows", [
        {"import_id": "b", "source_row": 1, "rule": "negative_amount", "money_minor": -50},
        {"import_id": "b", "source_row": 2, "rule": "unreadable_time", "money_minor": 500},
        {"import_id": "b", "source_row": 3, "rule": "skipped", "money_minor": 9_999},
        {"import_id": "c", "source_row": 3, "rule": "skipped", "money_minor": 7},
    ])  # fmt: skip
    line = {"location_id": "L1", "as_of": pd.Timestamp("2024-03-01"), "lead_time_days": 4.0}
    stock = table("stock_position", [
        {**line, "product_id": "P1", "state": "out", "on_hand": 0.0, "on_order": 12.0, "daily_demand": 3.5},
        {**line, "product_id": "P2", "state": "low", "on_hand": 2.0, "on_order": 0.0, "daily_demand": 1.0,
         "cover_days": 2.0},
        {**line, "product_id": "P3", "state": "dead", "on_hand": 9.0, "on_order": 0.0, "daily_demand": 0.0,
         "stock_value_minor": 1_800},
        {**line, "product_id": "P4", "state": "fine", "on_hand": 50.0, "on_order": 0.0, "daily_demand": 1.0},
    ])  # fmt: skip
    gaps = table("shelf_gaps", [
        {"photo_id": photo, "gap_number": number, "row_number": number, "left_px": 0.0, "width_px": 9.0}
        for photo, many in (("p1", 3), ("p2", 2)) for number in range(1, many + 1)
    ])  # fmt: skip
    steady = daily({"L1": [100] * 30})
    return Alerts(), Shop(), steady, odd(steady), jobs, lost, places, goods, stock, gaps


def test_every_rule_in_one_list(run):
    found = gather.gather(*run)
    assert found[["severity", "sentence"]].to_numpy().tolist() == [
        ["urgent", "1 file of inbox could not be loaded: a.csv."],
        ["warning", "2 rows of inbox were set aside, £4.50 in all."],
        ["warning", "Oat milk is out at High Street; 3.5 a day usually sell, 12 on order."],
        ["warning", "Rye bread at High Street lasts 2 days, a delivery takes 4; nothing on order."],
        ["information", "1 product at High Street did not sell at all for weeks."],
        ["information", "Photo p1 shows 3 gaps in 3 rows of shelf."],
    ]
    assert found["alert_id"].is_unique
    assert [None if pd.isna(amount) else amount for amount in found["money_minor"]] == [
        None, 450, 700, None, 1_800, None,
    ]  # fmt: skip
    assert gather.sentences(found) == [
        "6 things need a person, 1 of them urgent.",
        "First: 1 file of inbox could not be loaded: a.csv.",
    ]
    assert gather.listed(found, Shop(), 3)["Money at stake"].tolist() == ["", "£4.50", "£7.00"]


def test_the_key_of_a_problem_does_not_hang_on_its_figures(run):
    *before_stock, stock, gaps = run
    before = gather.gather(*run)["alert_id"].tolist()
    worse = stock.assign(on_hand=stock["on_hand"] - 1, daily_demand=stock["daily_demand"] * 2)
    assert sorted(gather.gather(*before_stock, worse, gaps)["alert_id"]) == sorted(before)


def test_every_rule_has_words_and_the_chart_counts_all(run):
    found = gather.gather(*run)
    table = gather.by_rule(found)
    assert table["alerts"].sum() == len(found)
    assert table["told"].notna().all()
    chart = figures.rules_chart(found)
    assert chart is not None
    assert chart.title == "6 problems found by 6 rules."
    assert figures.rules_chart(found.head(1)) is None


def test_without_a_sale_the_other_rules_still_look(run, daily, odd):
    settings, shop, _, _, *others = run
    found = gather.gather(settings, shop, daily({}), odd(daily({})), *others)
    assert set(found["rule"]) == set(gather.TOLD) - {"takings_low", "no_sale"}
    assert (found["since"] == pd.Timestamp("2024-03-01")).all()


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        (["urgent"], "1 thing needs a person, and it is urgent."),
        (["warning"], "1 thing needs a person; it is not urgent."),
        (["urgent", "urgent"], "2 things need a person, all of them urgent."),
        (["warning", "information"], "2 things need a person, none of them urgent."),
    ],
)
def test_how_many_and_how_urgent(severities, said):
    rows = [one(f"k{number}", severity, None) for number, severity in enumerate(severities)]
    assert gather.sentences(problems(rows))[0] == said


def test_nothing_found_is_said(daily, odd, table, run):
    settings, shop, _, _, _, lost, places, goods, _, _ = run
    no_jobs, steady, nothing = table("import_jobs", []), daily({"L1": [100] * 60}), daily({})
    none = gather.gather(settings, shop, steady, odd(steady), no_jobs, lost.head(0), places, goods)
    assert none.empty
    assert gather.sentences(none) == ["Nothing needs a person today: no rule found anything."]
    assert figures.rules_chart(none) is None
    assert gather.gather(settings, shop, nothing, odd(nothing), no_jobs, lost.head(0), places, goods).empty


def one(key: str, severity: str, money: int | None, rule: str = "takings_low") -> dict[str, object]:
    return {"alert_id": key, "rule": rule, "severity": severity, "since": pd.Timestamp("2024-01-01"),
            "sentence": "x", "money_minor": money}  # fmt: skip


def test_order_is_by_how_soon_then_data_then_money_then_key():
    rows = [
        one("d", "information", 9), one("b", "urgent", None), one("a", "urgent", None), one("c", "urgent", 5),
        one("f", "urgent", None, "file_refused"), one("e", "warning", 1, "rows_set_aside"), one("g", "warning", 99),
    ]  # fmt: skip
    assert ranked([problems(rows), problems([])])["alert_id"].tolist() == ["f", "c", "a", "b", "e", "g", "d"]
