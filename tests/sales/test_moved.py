"""What moved on an odd day: one product, one category, some hours, or nothing in particular."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from shoplib.sales.anomalies import sales_anomalies
from shoplib.sales.moved import Moved, moved, parts

Make = Callable[..., Any]
DAYS = pd.date_range("2024-01-01", periods=70)
ODD = 50


def _hours(change: dict[int, float]) -> Moved:
    """Return takings of 100 an hour from 9 to 21, with other factors in some hours of the odd day."""
    day, hour = np.repeat(np.arange(70), 13), np.tile(np.arange(9, 22), 70)
    factor = np.where(day == ODD, [change.get(one, 1.0) for one in hour], 1.0)
    frame = pd.DataFrame({"day": DAYS[day], "hour": hour, "amount": 100.0 * factor})
    frame = frame[frame["amount"] > 0]
    place = pd.Series(["A"] * len(frame), index=frame.index)
    return Moved(hours=parts(frame["day"], place, frame["hour"], frame["amount"]))


def _goods(change: dict[str, float]) -> Moved:
    day, name = np.repeat(np.arange(70), 4), np.tile(["Ale", "Cider", "Port", "Rum"], 70)
    factor = np.where(day == ODD, [change.get(one, 1.0) for one in name], 1.0)
    place = pd.Series(["A"] * len(day))
    return Moved(products=parts(pd.Series(DAYS[day]), place, pd.Series(name), pd.Series(100.0 * factor)))


def _told(found: Moved) -> list[str]:
    return found.told(DAYS[ODD], DAYS[[36, 43, 57, 64]], "A")


def test_one_product_is_named_and_an_even_change_is_not() -> None:
    assert _told(_goods({"Port": 5.0})) == ["mostly Port"]
    assert _told(_goods({"Port": 0.0})) == ["mostly Port"]
    assert _told(_goods(dict.fromkeys(("Ale", "Cider", "Port", "Rum"), 2.0))) == []
    assert _told(_goods({})) == []


def test_the_hours_of_the_change_are_named() -> None:
    assert _told(_hours({18: 4.0, 19: 4.0})) == ["mostly from 18:00 to 20:00"]
    assert _told(_hours(dict.fromkeys(range(15, 22), 0.0))) == ["no sale from 15:00 to 22:00"]
    assert _told(_hours(dict.fromkeys(range(9, 22), 0.5))) == []


def test_too_few_days_to_compare_with_tell_nothing() -> None:
    assert _goods({"Port": 5.0}).told(DAYS[ODD], DAYS[[36, 43]], "A") == []
    assert Moved().told(DAYS[ODD], DAYS[[36, 43, 57]], None) == []


def test_reasons_of_the_table_end_with_what_moved(make_facts: Make, books_of: Make, derived: Make) -> None:
    facts = make_facts(6_000, 100, places=2, statuses=(1.0, 0.0, 0.0, 0.0))
    sold, lines = facts["transactions"], facts["transaction_items"]
    day = sold["business_date"].unique()[60]
    there = sold["business_date"] == day
    extra = sold[there].assign(transaction_id=[f"X{i}" for i in range(there.sum())], local_hour=23)
    extra[["subtotal_minor", "total_amount_minor"]] *= 2
    line = pd.DataFrame(
        {"transaction_id": extra["transaction_id"].to_numpy(), "line_number": 1, "product_id": "P03", "quantity": 1.0,
         "line_total_minor": extra["total_amount_minor"].to_numpy(), "attributes": None}
    )  # fmt: skip
    facts = facts | {"transactions": pd.concat([sold, extra], ignore_index=True),
                     "transaction_items": pd.concat([lines, line], ignore_index=True)}  # fmt: skip
    books = books_of(facts)
    table = sales_anomalies(derived(facts)["sales_daily"], moved=moved(books))
    reason = table.set_index(["location_id", "business_date"])["reason"]["*", day]
    assert reason.endswith("mostly Product 3; mostly from 23:00 to 00:00")
