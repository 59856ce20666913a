"""The report on employees: its main table against a plain loop, what it finds, and that nobody is named unasked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.base.listing import plain, shown
from shoplib.sales import skill
from shoplib.sales.metrics import whole_rate
from shoplib.sales.view import View
from shoplib.sales.views import employees

Make = Callable[..., Any]
Facts = dict[str, pd.DataFrame]
NAMES = ("Ann Archer", "Bo Baker", "Cy Cook")


def some_hours(facts: Facts) -> Facts:
    hour = facts["transactions"]["local_hour"].astype("Int64")
    return facts | {"transactions": facts["transactions"].assign(local_hour=hour.where(np.arange(len(hour)) % 3 > 0))}


SHOPS: dict[str, Callable[[Make], Facts]] = {
    "a chain": lambda make: make(2_000, 90),
    "nothing": lambda make: make(0, 1),
    "one sale": lambda make: make(1, 1, places=1, statuses=(1.0, 0.0, 0.0, 0.0), seed=3),
    "only refunds": lambda make: make(30, 10, statuses=(0.0, 1.0, 0.0, 0.0)),
    "no hours": lambda make: make(200, hours=False),
    "some hours": lambda make: some_hours(make(300)),
    "one place": lambda make: make(400, places=1),
    "few days": lambda make: make(300, 6),
    "no master data": lambda make: (
        (facts := make(200)) | {"locations": facts["locations"].iloc[:0], "employees": facts["employees"].iloc[:0]}
    ),
    "hard names": lambda make: (
        (facts := make(200))
        | {"locations": facts["locations"].assign(location_name=["=1+1", "<script>alert(1)</script>", "🍺 हिन्दी"])}
    ),
}


def nobody(facts: Facts) -> Facts:
    return facts | {"transactions": facts["transactions"].assign(employee_id=None)}


def sold_by(view: View) -> pd.DataFrame:
    return view.listing("employees").frame


@pytest.mark.parametrize("name", SHOPS)
def test_every_shop_is_told(name: str, make_facts: Make, scoped: Make) -> None:
    view = employees.view(scoped(SHOPS[name](make_facts)))
    assert [listing.name for listing in view.listings] == ["employees", "roles"]
    assert 1 <= len(view.findings) <= 5
    for text in view.findings:
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "<NA>", "unknown", "..", "  ")), text
    for listing in view.listings:
        assert len(shown(listing, "en_GB")) == len(plain(listing)) == len(listing.frame)


@pytest.mark.parametrize("name", ["a chain", "some hours", "no hours", "no master data", "one sale"])
def test_the_main_table_equals_a_loop(name: str, make_facts: Make, scoped: Make) -> None:
    scope = scoped(SHOPS[name](make_facts))
    table = sold_by(employees.view(scope))
    roles = scope.books.employees.set_index("employee_id")["employee_role"].to_dict()
    sold = [row for row in scope.books.receipts.itertuples() if row.status == "completed"]
    assert sorted(table["employee_id"]) == sorted({row.employee_id for row in sold} - {None, np.nan})
    assert list(zip(-table["gross_sales_minor"], table["employee_id"], strict=True)) == sorted(
        zip(-table["gross_sales_minor"], table["employee_id"], strict=True)
    )
    for row in table.itertuples():
        mine = [receipt for receipt in sold if receipt.employee_id == row.employee_id]
        timed = [receipt for receipt in mine if not pd.isna(receipt.hour)]
        hours = len({(receipt.day, receipt.hour) for receipt in timed})
        gross = sum(receipt.total_minor for receipt in mine)
        assert row.trading_days == len({receipt.day for receipt in mine})
        assert (row.transactions, row.gross_sales_minor) == (len(mine), gross)
        assert row.average_transaction_minor == whole_rate(gross, len(mine))
        assert (None if pd.isna(row.hours) else row.hours) == (hours or None)
        rate = whole_rate(sum(receipt.total_minor for receipt in timed), hours)
        assert (None if pd.isna(row.gross_per_hour_minor) else row.gross_per_hour_minor) == rate
        role = roles.get(row.employee_id)
        assert row.employee_role == role or (pd.isna(row.employee_role) and pd.isna(role))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nothing", "No transactions were taken in, so there is nothing to tell."),
        ("only refunds", "There was no completed sale in the days shown."),
    ],
)
def test_nothing_sold_is_one_sentence(name: str, sentence: str, make_facts: Make, scoped: Make) -> None:
    assert employees.view(scoped(SHOPS[name](make_facts))).findings == (sentence,)


def test_nobody_known_is_one_sentence_and_empty_tables(make_facts: Make, scoped: Make) -> None:
    view = employees.view(scoped(nobody(make_facts(300))))
    assert view.findings == ("No sale names an employee, so nothing can be said of who sells what.",)
    assert [len(listing.frame) for listing in view.listings] == [0, 0]
    later = employees.view(scoped(make_facts(300), dt.date(2030, 1, 1)))
    assert later.findings == ("The data hold none of the days asked for.",)


def test_names_are_shown_only_where_the_settings_say_so(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(2_000, 90)
    hidden = employees.view(scoped(facts))
    assert sold_by(hidden)["employee"].tolist() == sold_by(hidden)["employee_id"].tolist()
    everything = "".join(hidden.findings) + "".join(listing.frame.to_csv() for listing in hidden.listings)
    assert not any(name in everything for name in NAMES)
    named = sold_by(employees.view(scoped(facts, show_names=True))).set_index("employee_id")["employee"]
    assert named.to_dict() == {"E1": "Ann Archer", "E2": "Bo Baker", "E3": "Cy Cook", "E4": "E4"}


def test_the_first_sentence_counts_and_says_what_hours_are(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(2_000, 90))
    view = employees.view(scope)
    table = sold_by(view)
    sales, all_sales = int(table["transactions"].sum()), len(scope.books.sold)
    takings = int(table["gross_sales_minor"].sum())
    hours = int(table["hours"].sum())
    rate = whole_rate(takings, hours)
    assert view.findings[0] == (
        f"4 employees made {sales:,} sales, £{rate / 100:.2f} an hour with sales ({hours:,} hours, which stand in for "
        f"hours worked); {100 * (1 - sales / all_sales):.1f}% of all sales name nobody."
    )
    untimed = employees.view(scoped(make_facts(200, hours=False)))
    assert untimed.findings[0].endswith(". No hour of sale is known, so takings an hour cannot be told.")


def test_equal_people_are_no_more_apart_than_chance(make_facts: Make, scoped: Make) -> None:
    view = employees.view(scoped(make_facts(4_000, 90)))
    assert (sold_by(view)["verdict"] == skill.CHANCE).all()
    assert view.findings[1] == (
        "Of 4 employees judged, none is apart from what others take at the same place, weekday and hour beyond chance."
    )
    assert view.findings[2].startswith("Luck or skill: the 4 employees judged lie ")
    assert view.findings[2].endswith(" from the others on average, no more than chance alone would make.")


def test_who_takes_more_is_told_by_key(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(6_000, 90)
    sale = facts["transactions"]
    better = sale["total_amount_minor"].where(sale["employee_id"] != "E2", sale["total_amount_minor"] * 2)
    view = employees.view(scoped(facts | {"transactions": sale.assign(total_amount_minor=better)}))
    table = sold_by(view).set_index("employee_id")
    assert table["verdict"].to_dict() == {"E2": "above", "E1": "below", "E3": "below", "E4": "below"}
    assert view.findings[1].startswith(
        "Against what others take at the same place, weekday and hour, beyond chance: above E2 by "
    )
    assert view.findings[2].endswith("of that spread is more than chance, the rest is luck.")
    row = table.loc["E2"]
    assert row["low_share"] < row["above_share"] < row["high_share"]
    assert row["low_share"] > 0


def test_the_few_are_listed_and_not_judged(make_facts: Make, scoped: Make) -> None:
    view = employees.view(scoped(make_facts(300, 6)))
    table = sold_by(view)
    assert len(table) == 4
    assert table["low_share"].isna().all()
    assert view.findings[-1] == (
        "4 employees have too few comparable sales or days to be judged."
        if (table["verdict"] == skill.TOO_FEW).all()
        else "4 employees have nobody to be compared with in the same hours."
    )


def test_roles_add_up(make_facts: Make, scoped: Make) -> None:
    view = employees.view(scoped(make_facts(2_000, 90)))
    table, roles = sold_by(view), view.listing("roles").frame
    for row in roles.itertuples():
        mine = table[table["employee_role"].isna() if pd.isna(row.employee_role)
                     else table["employee_role"] == row.employee_role]  # fmt: skip
        gross = int(mine["gross_sales_minor"].sum())
        assert (row.people, row.transactions, row.gross_sales_minor) == (len(mine), mine["transactions"].sum(), gross)
        assert row.average_transaction_minor == whole_rate(gross, int(mine["transactions"].sum()))
        assert row.gross_per_hour_minor == whole_rate(gross, int(mine["hours"].sum()))
    assert roles["people"].sum() == 4
    assert roles["gross_sales_minor"].is_monotonic_decreasing
    unknown = make_facts(500)
    unknown["employees"] = unknown["employees"].assign(employee_role=None)
    assert employees.view(scoped(unknown)).listing("roles").frame.empty
    names = [column.name for column in employees.view(scoped(unknown)).listings[0].columns]
    assert "employee_role" not in names


def test_the_place_is_where_most_was_sold(make_facts: Make, scoped: Make) -> None:
    scope = scoped(make_facts(500))
    sold = scope.books.sold.dropna(subset=["employee_id"])
    names = scope.books.locations.set_index("location_id")["location_name"]
    for row in sold_by(employees.view(scope)).itertuples():
        counts = sold[sold["employee_id"] == row.employee_id]["location_id"].value_counts()
        assert row.location_name in {names[place] for place in counts.index[counts == counts.max()]}
