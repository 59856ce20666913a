"""What people choose: shares by hand, changes claimed only where they were planted, words and bars."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.sales import attributes
from shoplib.sales.books import Books, open_books
from shoplib.sales.figures import products as figures
from shoplib.viz import style

SHOP = Shop()
PLACES = pd.DataFrame({"location_id": ["a", "b"], "location_name": ["Ann's", "Bob's"]})
Facts = dict[str, pd.DataFrame]


def sold(rows: list[tuple[str, str, str, float]], statuses: dict[int, str] | None = None, first: str = "t") -> Facts:
    """Return facts of one line a transaction from (day, place, JSON of attributes, quantity)."""
    ids = [f"{first}{number}" for number in range(len(rows))]
    unknown = pd.Series([None] * len(rows), dtype=object)
    amounts = {f"{name}_minor": 0 for name in ("subtotal", "discount_total", "tax_total", "tip_amount", "total_amount")}
    transactions = pd.DataFrame(
        {
            "transaction_id": pd.Series(ids, dtype=object),
            "business_date": pd.to_datetime([row[0] for row in rows]),
            "location_id": pd.Series([row[1] for row in rows], dtype=object),
            "transaction_status": [(statuses or {}).get(number, "completed") for number in range(len(rows))],
            "local_hour": pd.array([None] * len(rows), "Int64"),
            "currency": "GBP",
            "payment_method": "cash",
            "payment_status": "paid",
            "employee_id": unknown,
            "refund_of": unknown,
            **amounts,
        }
    )
    items = pd.DataFrame(
        {
            "transaction_id": pd.Series(ids, dtype=object),
            "line_number": 1,
            "product_id": "p",
            "quantity": [row[3] for row in rows],
            "line_total_minor": 100,
            "attributes": pd.Series([row[2] or None for row in rows], dtype=object),
        }
    )
    none = pd.DataFrame(columns=["product_id", "product_name", "product_category", "unit_cost_minor", "valid_from"])
    return {"transactions": transactions, "transaction_items": items, "products": none, "product_prices": none,
            "locations": PLACES, "employees": pd.DataFrame()}  # fmt: skip


def books(facts: Facts) -> Books:
    return open_books(facts)


def drawn(
    lines: int, before: dict[str, float], latest: dict[str, float], seed: int, places: tuple[str, ...] = ("a", "b"),
    first: str = "t",
) -> Facts:  # fmt: skip
    """Return random lines over 112 days whose colours have other shares in the last 28."""
    rng = np.random.default_rng(seed)
    day = np.sort(rng.integers(0, 112, lines))
    colour = np.where(
        day >= 84, rng.choice(list(latest), lines, p=list(latest.values())),
        rng.choice(list(before), lines, p=list(before.values())),
    )  # fmt: skip
    dates = pd.Timestamp(2024, 1, 1) + pd.to_timedelta(day, unit="D")
    where = rng.choice(places, lines)
    cells = zip(dates, where, colour, strict=True)
    rows = [(str(date.date()), place, f'{{"colour":"{word}"}}', 1.0) for date, place, word in cells]
    return sold(rows, first=first)


def test_shares_by_hand() -> None:
    frames = sold(
        [
            ("2024-03-01", "a", '{"colour":"red","size":"S"}', 3.0),
            ("2024-03-02", "a", '{"colour":"blue"}', 1.0),
            ("2024-05-01", "b", '{"colour":"Red","size":"M"}', 2.0),
            ("2024-05-02", "b", '{"colour":"red","size":"M"}', 2.0),
            ("2024-05-02", "b", "", 9.0),
            ("2024-05-02", "b", '{"colour":"blue"}', 50.0),
        ],
        statuses={5: "void"},
    )
    table = attributes.choices(books(frames))
    assert list(table) == attributes.COLUMNS
    assert table[["attribute", "value", "units", "lines"]].to_numpy().tolist() == [
        ["colour", "red", 7.0, 3], ["colour", "blue", 1.0, 1], ["size", "M", 4.0, 2], ["size", "S", 3.0, 1],
    ]  # fmt: skip
    assert table["share"].tolist() == pytest.approx([7 / 8, 1 / 8, 4 / 7, 3 / 7])
    assert table["latest_share"].tolist() == pytest.approx([1, 0, 1, 0])
    assert table["before_share"].tolist() == pytest.approx([3 / 4, 1 / 4, 0, 1])
    assert set(table["trend"]) == {"not known"}
    assert table["best_location"].isna().all()
    assert table["line_sales_minor"].tolist() == [300, 100, 200, 100]


def test_shares_of_each_attribute_add_up_and_no_unit_is_lost() -> None:
    frames = drawn(2_000, {"red": 0.5, "blue": 0.5}, {"red": 0.2, "blue": 0.8}, 1)
    table = attributes.choices(books(frames))
    assert table["share"].sum() == pytest.approx(1)
    assert table["units"].sum() == frames["transaction_items"]["quantity"].sum()
    assert table["latest_share"].sum() == pytest.approx(1)
    assert table["before_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_change_is_told_and_what_did_not_change_is_not(seed: int) -> None:
    before = {"black": 0.4, "navy": 0.3, "sage": 0.1, "white": 0.2}
    table = attributes.choices(
        books(drawn(6_000, before, {"black": 0.4, "navy": 0.2, "sage": 0.2, "white": 0.2}, seed))
    )
    found = table.set_index("value")["trend"]
    assert found.to_dict() == {"black": "steady", "navy": "losing", "sage": "gaining", "white": "steady"}
    row = table.set_index("value").loc["sage"]
    assert row["change_low_share"] < 0.1 < row["change_high_share"]


def test_chance_alone_is_seldom_called_a_change() -> None:
    same = dict.fromkeys("abcdefgh", 0.125)
    claims = [
        (attributes.choices(books(drawn(300, same, same, seed)))["trend"] != "steady").any() for seed in range(40)
    ]
    assert sum(claims) <= 4  # 5 % of 20 is 1; more than 4 has a chance of 3 in 1,000


def test_interval_of_a_difference_is_the_published_one() -> None:
    for counts, wanted in (((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090)),
                           ((10, 10, 0, 10), (0.6075, 1.0000))):  # fmt: skip
        now, of_now, was, of_was = counts
        low, high = attributes.difference(now, of_now, was, of_was, 1.959964)
        assert (float(low), float(high)) == pytest.approx(wanted, abs=5e-5)


def test_sentences() -> None:
    before = {"black": 0.4, "navy": 0.3, "sage": 0.1, "white": 0.2}
    frames = drawn(6_000, before, {"black": 0.4, "navy": 0.2, "sage": 0.2, "white": 0.2}, 1)
    assert attributes.sentences(attributes.choices(books(frames)), SHOP) == [
        "Black is the favourite colour: 40% of units; sage is gaining (21% in the last 28 days, 10% before); "
        "navy is losing (21% in the last 28 days, 30% before)."
    ]
    alone = sold([("2024-05-02", "b", '{"cut":"slim"}', 9.0)])
    assert attributes.sentences(attributes.choices(books(alone)), SHOP) == ["Every cut sold is slim."]
    steady = drawn(500, before, before, 1)
    assert attributes.sentences(attributes.choices(books(steady)), SHOP) == [
        "Black is the favourite colour: 39% of units."
    ]


def test_a_place_with_another_favourite_is_named() -> None:
    most = drawn(3_000, {"red": 0.6, "blue": 0.4}, {"red": 0.6, "blue": 0.4}, 1, ("a",))
    some = drawn(900, {"red": 0.3, "blue": 0.7}, {"red": 0.3, "blue": 0.7}, 2, ("b",), "u")
    both = {name: pd.concat([most[name], some[name]]) for name in ("transactions", "transaction_items")}
    frames = most | both
    table = attributes.choices(books(frames))
    assert table.set_index("value")[["best_location", "leads_at"]].to_numpy().tolist() == [
        ["Ann's", "Ann's"], ["Bob's", "Bob's"],
    ]  # fmt: skip
    assert attributes.sentence(table, "colour", SHOP).endswith(". Blue leads at Bob's.")


@pytest.mark.parametrize("case", ["no attributes", "no column", "no rows"])
def test_without_attributes_there_is_nothing_to_show(case: str) -> None:
    facts = sold([("2024-05-02", "b", "", 9.0)])
    if case == "no column":
        facts["transaction_items"] = facts["transaction_items"].drop(columns="attributes")
    if case == "no rows":
        facts |= {name: facts[name].iloc[:0] for name in ("transactions", "transaction_items")}
    table = attributes.choices(books(facts))
    assert list(table) == attributes.COLUMNS
    assert table.empty
    assert attributes.sentences(table, SHOP) == []
    assert figures.choice_charts(table, SHOP) == {}


def test_coverage_is_the_part_of_sales_that_tell_the_attribute() -> None:
    rows = [("2024-05-02", "b", '{"cut":"slim"}', 1.0), ("2024-05-02", "b", "", 1.0), ("2024-05-02", "b", "", 1.0),
            ("2024-05-02", "b", '{"cut":"wide","size":"M"}', 1.0)]  # fmt: skip
    table = attributes.choices(books(sold(rows)))
    assert table[["attribute", "value", "coverage_share"]].to_numpy().tolist() == [
        ["cut", "slim", 0.5], ["cut", "wide", 0.5], ["size", "M", 0.25],
    ]  # fmt: skip


def test_values_equal_a_loop() -> None:
    rng = np.random.default_rng(3)
    colours, sizes = rng.choice(["red", "Red", "blue", ""], 400), rng.choice(["S", "M", None], 400)
    rows = [
        (f"2024-0{1 + row // 100}-10", "a", json.dumps({"colour": colour} | ({"size": size} if size else {})), float(n))
        for row, (colour, size, n) in enumerate(zip(colours, sizes, rng.integers(-1, 4, 400), strict=True))
    ]
    wanted: dict[tuple[str, str], list[float]] = {}
    for _, _, text, quantity in rows:
        for attribute, value in json.loads(text).items():
            if value:
                wanted.setdefault((attribute, value.casefold()), []).append(quantity)
    table = attributes.choices(books(sold(rows)))
    found = {(a, v.casefold()): (u, n) for a, v, u, n in table[["attribute", "value", "units", "lines"]].to_numpy()}
    assert found == {key: (sum(units), sum(number >= 0 for number in units)) for key, units in wanted.items()}


def test_what_is_given_back_is_no_choice() -> None:
    day, other = "2024-05-02", '{"cut":"wide"}'
    rows = [(day, "b", '{"cut":"slim"}', 3.0), (day, "b", other, -2.0), (day, "b", '{"fit":"long"}', -1.0)]
    table = attributes.choices(books(sold(rows)))
    columns = ["attribute", "value", "units", "lines", "share", "coverage_share"]
    assert table[columns].to_numpy().tolist() == [
        ["cut", "slim", 3.0, 1, 1.0, 1 / 3], ["cut", "wide", -2.0, 0, 0.0, 1 / 3],
    ]  # fmt: skip


def test_only_void_sales_have_nothing_to_show() -> None:
    frames = sold([("2024-05-02", "b", '{"cut":"slim"}', 9.0)], statuses={0: "void"})
    assert attributes.choices(books(frames)).empty


def test_charts_fit_both_widths_and_say_what_they_show() -> None:
    words = {f"colour number {number} of a long list": 1 / 30 for number in range(30)}
    many = attributes.choices(books(drawn(3_000, words, words, 1)))
    before, latest = {"black": 0.7, "sage": 0.3}, {"black": 0.4, "sage": 0.6}
    few = attributes.choices(books(drawn(3_000, before, latest, 1)))
    [short], [long] = (list(figures.choice_charts(table, SHOP).values()) for table in (few, many))
    assert list(figures.choice_charts(few, SHOP)) == ["favourites_1"]
    assert short.title.startswith("Black is the favourite colour: 60% of units; sage is gaining (61% in")
    assert "Marked: shares of the last 28 days" in short.caption
    assert short.alt == "Bars by colour: black 60% · losing, sage 40% · gaining."
    assert "; the 20 largest of 30" in long.caption
    assert "Marked" not in long.caption
    assert len(long.data) == 30
    for chart in (short, long):
        for wide in (True, False):
            with style.house():
                chart.figure.fit(wide=wide)
                canvas = FigureCanvasAgg(chart.figure)
                canvas.draw()
            for label in chart.figure.axes[0].texts:
                assert label.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.width + 1
