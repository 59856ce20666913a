"""The newest days of sales beside those before: what moved is named, what did not is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.monitor import due, newest


def shop(seed: int = 3, days: int = 60, a_day: int = 200, last_amount: float = 1.0, last_card: float = 0.5):
    rng = np.random.default_rng(seed)
    date = np.repeat(pd.date_range("2025-03-03", periods=days).to_numpy(), a_day)
    last = date == date[-1]
    card = rng.random(len(date)) < np.where(last, last_card, 0.5)
    total = rng.gamma(4, 500, len(date)) * np.where(last, last_amount, 1)
    ids = [f"T{place}" for place in range(len(date))]
    transactions = pd.DataFrame(
        {
            "transaction_id": ids,
            "business_date": date,
            "transaction_status": "completed",
            "payment_method": np.where(card, "card", "cash"),
            "total_amount_minor": total.round().astype("int64"),
        }
    )
    items = pd.DataFrame(
        {
            "transaction_id": ids,
            "product_id": rng.choice(["a", "b"], len(date)),
            "quantity": rng.integers(1, 4, len(date)),
            "line_total_minor": transactions["total_amount_minor"],
        }
    )
    products = pd.DataFrame({"product_id": ["a", "b"], "product_category": ["Tea", "Cake"]})
    return {"transactions": transactions, "transaction_items": items, "products": products}


def test_a_day_like_those_before_moves_nothing_on_most_seeds():
    assert sum(len(newest.moved(newest.newest_days(shop(seed)))) > 0 for seed in range(20)) <= 1


def test_amounts_that_rise_by_a_third_are_found_with_the_money_they_touch():
    moved = newest.moved(newest.newest_days(shop(last_amount=1.33)))
    row = moved[moved["column"] == "total_amount_minor"].iloc[0]
    assert row["change_share"] == pytest.approx(0.33, abs=0.1)
    assert row["money"] > 0


def test_another_way_of_paying_is_named():
    moved = newest.moved(newest.newest_days(shop(last_card=0.8)))
    assert {"card", "cash"} & set(moved.loc[moved["column"] == "payment_method", "word"])


def test_the_latest_days_come_oldest_first_each_judged_by_what_was_before():
    found = newest.newest_days(shop())
    assert [day.day for day in found["sales"]] == list(pd.date_range("2025-04-29", periods=due.DAYS_IN_A_ROW))
    assert all(day.judged for day in found["sales"])


def test_a_shop_without_sales_has_no_newest_day():
    empty = {name: table.iloc[:0] for name, table in shop(days=1).items()}
    assert newest.newest_days(empty) == {"sales": (), "lines": ()}
    assert newest.moved(newest.newest_days(empty)).empty
