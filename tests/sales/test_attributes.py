"""What people choose: shares by hand, changes claimed only where they were planted, words and bars."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.sales import attributes, figures
from shoplib.viz import style

SHOP = Shop()
PLACES = pd.DataFrame({"location_id": ["a", "b"], "location_name": ["Ann's", "Bob's"]})
Frames = tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]


def sold(rows: list[tuple[str, str, str, float]], statuses: dict[int, str] | None = None) -> Frames:
    """Return transactions of one line each from (day, place, JSON of attributes, quantity)."""
    ids = [f"t{number}" for number in range(len(rows))]
    transactions = pd.DataFrame(
        {
            "transaction_id": ids,
            "business_date": pd.to_datetime([row[0] for row in rows]),
            "location_id": [row[1] for row in rows],
            "transaction_status": [(statuses or {}).get(number, "completed") for number in range(len(rows))],
        }
    )
    items = pd.DataFrame(
        {
            "transaction_id": ids,
            "product_id": "p",
            "quantity": [row[3] for row in rows],
            "line_total_minor": 100,
            "attributes": [row[2] or None for row in rows],
        }
    )
    return transactions, items, PLACES


def drawn(
    lines: int, before: dict[str, float], latest: dict[str, float], seed: int, places: tuple[str, ...] = ("a", "b")
) -> Frames:
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
    return sold([(str(date.date()), place, f'{{"colour":"{word}"}}', 1.0) for date, place, word in cells])


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
    table = attributes.choices(*frames)
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
    table = attributes.choices(*frames)
    assert table["share"].sum() == pytest.approx(1)
    assert table["units"].sum() == frames[1]["quantity"].sum()
    assert table["latest_share"].sum() == pytest.approx(1)
    assert table["before_share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_change_is_told_and_what_did_not_change_is_not(seed: int) -> None:
    before = {"black": 0.4, "navy": 0.3, "sage": 0.1, "white": 0.2}
    table = attributes.choices(*drawn(6_000, before, {"black": 0.4, "navy": 0.2, "sage": 0.2, "white": 0.2}, seed))
    found = table.set_index("value")["trend"]
    assert found.to_dict() == {"black": "steady", "navy": "losing", "sage": "gaining", "white": "steady"}
    row = table.set_index("value").loc["sage"]
    assert row["change_low_share"] < 0.1 < row["change_high_share"]


def test_chance_alone_is_seldom_called_a_change() -> None:
    same = dict.fromkeys("abcdefgh", 0.125)
    claims = [(attributes.choices(*drawn(1_500, same, same, seed))["trend"] != "steady").any() for seed in range(40)]
    assert sum(claims) <= 7  # 5 % of 40 is 2; more than 7 has a chance of 1 in 1,000


def test_interval_of_a_difference_is_the_published_one() -> None:
    for counts, wanted in (((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090)),
                           ((10, 10, 0, 10), (0.6075, 1.0000))):  # fmt: skip
        now, of_now, was, of_was = counts
        low, high = attributes.difference(now, of_now, was, of_was, 1.959964)
        assert (float(low), float(high)) == pytest.approx(wanted, abs=5e-5)


def test_sentences() -> None:
    before = {"black": 0.4, "navy": 0.3, "sage": 0.1, "white": 0.2}
    frames = drawn(6_000, before, {"black": 0.4, "navy": 0.2, "sage": 0.2, "white": 0.2}, 1)
    assert attributes.sentences(attributes.choices(*frames), SHOP) == [
        "Black is the favourite colour: 40% of units; sage is gaining (21% in the last 28 days, 10% before); "
        "navy is losing (21% in the last 28 days, 30% before)."
    ]
    alone = sold([("2024-05-02", "b", '{"cut":"slim"}', 9.0)])
    assert attributes.sentences(attributes.choices(*alone), SHOP) == ["Every cut sold is slim."]
    steady = drawn(500, before, before, 1)
    assert attributes.sentences(attributes.choices(*steady), SHOP) == ["Black is the favourite colour: 39% of units."]


def test_a_place_with_another_favourite_is_named() -> None:
    most = drawn(3_000, {"red": 0.6, "blue": 0.4}, {"red": 0.6, "blue": 0.4}, 1, ("a",))
    some = drawn(900, {"red": 0.3, "blue": 0.7}, {"red": 0.3, "blue": 0.7}, 2, ("b",))
    some = (some[0].assign(transaction_id="b" + some[0]["transaction_id"]),
            some[1].assign(transaction_id="b" + some[1]["transaction_id"]), PLACES)  # fmt: skip
    frames = (pd.concat([most[0], some[0]]), pd.concat([most[1], some[1]]), PLACES)
    table = attributes.choices(*frames)
    assert table.set_index("value")[["best_location", "leads_at"]].to_numpy().tolist() == [
        ["Ann's", "Ann's"], ["Bob's", "Bob's"],
    ]  # fmt: skip
    assert attributes.sentence(table, "colour", SHOP).endswith(". Blue leads at Bob's.")


@pytest.mark.parametrize("case", ["no attributes", "no column", "no rows"])
def test_without_attributes_there_is_nothing_to_show(case: str) -> None:
    transactions, items, places = sold([("2024-05-02", "b", "", 9.0)])
    if case == "no column":
        items = items.drop(columns="attributes")
    if case == "no rows":
        transactions, items = transactions.iloc[:0], items.iloc[:0]
    table = attributes.choices(transactions, items, places)
    assert list(table) == attributes.COLUMNS
    assert table.empty
    assert attributes.sentences(table, SHOP) == []
    assert figures.choice_charts(table, SHOP) == {}


def test_only_void_sales_have_nothing_to_show() -> None:
    frames = sold([("2024-05-02", "b", '{"cut":"slim"}', 9.0)], statuses={0: "void"})
    assert attributes.choices(*frames).empty


def test_charts_fit_both_widths_and_say_what_they_show() -> None:
    words = {f"colour number {number} of a long list": 1 / 30 for number in range(30)}
    many = attributes.choices(*drawn(3_000, words, words, 1))
    before, latest = {"black": 0.7, "sage": 0.3}, {"black": 0.4, "sage": 0.6}
    few = attributes.choices(*drawn(3_000, before, latest, 1))
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
