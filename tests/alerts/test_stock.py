"""Goods out and low: how urgent with and without an order, many as one, and the words."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.alerts import stock
from shoplib.config.models import Shop


@pytest.fixture
def found(table):
    """Return the alerts of lines: product, state, on order, daily demand, days of cover; each piece costs £1."""

    def of(*lines, price: int | None = 100):
        made = [
            {"location_id": "L1", "product_id": name, "state": state, "on_order": coming, "daily_demand": demand,
             "cover_days": cover, "lead_time_days": 4.0, "as_of": pd.Timestamp("2024-03-01")}
            for name, state, coming, demand, cover in lines
        ]  # fmt: skip
        goods = table("products", [{"product_id": line[0], "product_name": line[0], "unit_price_minor": price}
                                   for line in lines])  # fmt: skip
        places = table("locations", [{"location_id": "L1", "location_name": "High Street"}])
        return stock.alerts(table("stock_position", made), goods, places, Shop()).set_index("alert_id")

    return of


def test_only_the_dearest_goods_without_an_order_are_urgent(found):
    alerts = found(
        ("A", "out", 0.0, 60.0, 0.0), ("B", "out", 9.0, 15.0, 0.0), ("C", "out", 0.0, 10.0, 0.0),
        ("D", "out", 0.0, 10.0, 0.0), ("E", "out", 0.0, 5.0, 0.0),
    )  # fmt: skip
    urgent = {"A": True, "B": False, "C": True, "D": False, "E": False}
    assert {name[-1]: severity == "urgent" for name, severity in alerts["severity"].items()} == urgent
    assert set(alerts["severity"]) == {"urgent", "warning"}


def test_without_any_price_all_that_is_out_and_not_on_order_is_urgent(found):
    alerts = found(("A", "out", 0.0, 60.0, 0.0), ("B", "out", 2.0, 1.0, 0.0), price=None)
    assert alerts["severity"].tolist() == ["urgent", "warning"]


def test_low_goods_with_an_order_are_for_information(found):
    alerts = found(("A", "low", 0.0, 1.0, 1.02), ("B", "low", 3.0, 1.0, 1.5))
    assert alerts["severity"].tolist() == ["warning", "information"]
    assert alerts["sentence"].tolist() == [
        "A at High Street lasts 1 day, a delivery takes 4; nothing on order.",
        "B at High Street lasts 1.5 days, a delivery takes 4; 3 on order.",
    ]


@pytest.mark.parametrize(("many", "alerts"), [(20, 21), (21, 2)])
def test_many_low_goods_with_an_order_are_one_alert(found, many, alerts):
    made = found(("X", "low", 0.0, 1.0, 1.0), *[(f"P{n:02}", "low", 5.0, 2.0, 1.0) for n in range(many)])
    assert len(made) == alerts
    if many > 20:
        line = made.loc["stock_low:L1"]
        assert line["sentence"] == "21 products at High Street run low with a delivery on its way."
        assert (line["severity"], line["money_minor"], line["found"]) == ("information", 4_200, 21.0)


def test_small_demand_is_said(found):
    assert found(("A", "out", 0.0, 0.04, 0.0), ("B", "out", 0.0, 1.0, 0.0))["sentence"].tolist() == [
        "A is out at High Street; under 0.1 a day usually sell, nothing on order.",
        "B is out at High Street; 1 a day usually sells, nothing on order.",
    ]


def test_no_lines_no_alerts(found):
    assert found(("A", "fine", 0.0, 1.0, 9.0)).empty
