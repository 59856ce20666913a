"""The figures of places: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales.figures import locations
from shoplib.sales.view import View
from shoplib.sales.views.locations import view
from shoplib.viz import export, style
from shoplib.viz.export import Chart
from shoplib.viz.podium import STEPS

Make = Callable[..., Any]

CHARTS: dict[str, Callable[[View, Shop], Chart | None]] = {
    "place": lambda v, shop: locations.place_chart(v.listings[0].frame, shop, v.listings[0].currency),
    "type": lambda v, shop: locations.type_chart(v.listings[1].frame, shop, v.listings[0].currency),
    "podium": lambda v, shop: locations.podium_chart(v.listings[0].frame, shop, v.listings[0].currency),
    "matrix": lambda v, shop: locations.matrix_chart(v.listings[0].frame, shop, v.listings[0].currency),
}
WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({"places": 4, "count": 1_000}, Shop()),
    "one place": ({"places": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "no completed sale": ({"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)}, Shop()),
    "nothing": ({"count": 0, "days": 1}, Shop()),
    "many places": ({"count": 4_000, "days": 70, "places": 25}, Shop()),
    "rupiah": ({"places": 5, "currency": "IDR"}, Shop(currency="IDR", language="id_ID", timezone="Asia/Jakarta")),
    "yen in Japanese": ({"places": 4, "currency": "JPY"}, Shop(currency="JPY", language="ja_JP")),
}


def places(ranks: list[str | None], **more: Any) -> pd.DataFrame:
    """Return a main table of places with these ranks and falling takings."""
    count = len(ranks)
    sold = np.arange(count, 0, -1)
    table = {
        "location_id": [f"L{i}" for i in range(count)],
        "location_name": [f"Place {i}" for i in range(count)],
        "transactions": sold * 10,
        "transactions_per_day": sold.astype(float),
        "gross_sales_minor": sold * 100_000,
        "gross_sales_per_day_minor": pd.array(sold * 1_000, "Int64"),
        "average_transaction_minor": pd.array(sold[::-1] * 10_000, "Int64"),
        "low_minor": sold * 900.0,
        "high_minor": sold * 1_100.0,
        "rank": pd.Series(ranks, dtype=object),
        "quadrant": pd.Series(["few sales, low value"] * count, dtype=object),
    }
    return pd.DataFrame(table | more)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, scoped: Make) -> None:
    shape, shop = WORLDS[world]
    chart = CHARTS[kind](view(scoped(make_facts(**shape), shop=shop)), shop)
    if chart is None:
        return
    for text in (chart.title, chart.caption, chart.alt):
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
    with style.house():
        chart.figure.fit(wide=False)
        canvas = FigureCanvasAgg(chart.figure)
        canvas.draw()
    labels = [text.get_text() for text in chart.figure.findobj(Text) if isinstance(text, Text)]
    assert not any("nan" in label or "None" in label for label in labels)
    for label in chart.figure.axes[0].texts if chart.figure.axes else []:
        box = label.get_window_extent(canvas.get_renderer())
        assert not label.get_text() or (box.x0 >= -1 and box.x1 <= chart.figure.bbox.width + 1), label.get_text()


def test_which_charts_there_are(make_facts: Make, scoped: Make) -> None:
    made = {
        world: {kind for kind in CHARTS if CHARTS[kind](view(scoped(make_facts(**shape), shop=shop)), shop)}
        for world, (shape, shop) in WORLDS.items()
        if world != "many places"
    }
    assert made["one place"] == made["one sale"] == set()
    assert made["nothing"] == made["no completed sale"] == {"place"}
    assert {"place", "matrix"} <= made["a chain"]


def test_dots_stand_at_takings_a_day(shop: Shop) -> None:
    table = places(["1", "2=", "2=", None], low_minor=[3_600.0, 2_700.0, 1_800.0, np.nan])
    chart = locations.place_chart(table, shop)
    dots = [c for c in chart.figure.axes[0].collections if isinstance(c, PathCollection)]
    assert [float(np.asarray(c.get_offsets())[0][0]) for c in dots] == [4_000.0, 3_000.0, 2_000.0, 1_000.0]
    labels = [text.get_text() for text in chart.figure.axes[0].texts]
    assert labels == ["£40.00 · rank 1", "£30.00 · rank 2=", "£20.00 · rank 2=", "£10.00"]
    assert chart.title == "Place 0 takes most, £40.00 a day, more than any other beyond chance."
    assert chart.alt.startswith("Dots by place: Place 0 £40.00 · rank 1, ")


@pytest.mark.parametrize(
    ("ranks", "end"),
    [
        (["1=", "1=", "3"], "; not apart from it beyond chance: Place 1."),
        (["1=", "1=", "1="], ", but no place is apart from it beyond chance."),
        ([None, None, None], "; there are too few days to say who is apart."),
    ],
)
def test_titles_say_only_what_is_apart(ranks: list[str | None], end: str, shop: Shop) -> None:
    assert locations.place_chart(places(ranks), shop).title == f"Place 0 takes most, £30.00 a day{end}"


def test_nobody_sold_is_said(shop: Shop) -> None:
    chart = locations.place_chart(places(["1"], transactions=[0]), shop)
    assert chart.title == "There was no completed sale in the days shown."


@pytest.mark.parametrize(
    ("ranks", "heights"),
    [
        (["1", "2", "3", "4"], [1, 0, 2]),
        (["1=", "1=", "3", "4"], [0, 0, 1]),
        (["1", "2=", "2=", "2="], [1, 0, 1, 1]),
        (["1", "2=", "2=", "2=", "2="], [0, 1]),
        (["1=", "1=", "1=", "4"], [0, 0, 0]),
    ],
)
def test_the_podium_has_a_step_for_each_rank_apart(ranks: list[str], heights: list[int], shop: Shop) -> None:
    chart = locations.podium_chart(places(ranks), shop)
    assert [bar.get_height() for bar in chart.figure.axes[0].patches] == [STEPS[step] for step in heights]
    assert set(chart.data["rank"]) == {rank for rank in ranks if int(rank.rstrip("=")) <= 3}


def test_many_of_one_rank_are_counted_on_the_podium(shop: Shop) -> None:
    chart = locations.podium_chart(places(["1", "2=", "2=", "2=", "2="]), shop)
    assert chart.alt == "Podium: 1 Place 0 (£5,000), 2= 4 places (£4,000 at most)."
    assert chart.title == "First: Place 0; second: Place 1, Place 2, Place 3 and 1 more."


def test_the_podium_is_not_called_what_the_dots_are(shop: Shop) -> None:
    table = places(["1=", "1=", "3", "4"])
    assert locations.podium_chart(table, shop).title == "First: Place 0, Place 1; third: Place 2."
    assert locations.place_chart(table, shop).title != locations.podium_chart(table, shop).title


@pytest.mark.parametrize("ranks", [["1="] * 3, ["1="] * 5 + ["6"], ["1"], [None, None], []])
def test_without_ranks_apart_there_is_no_podium(ranks: list[str | None], shop: Shop) -> None:
    assert locations.podium_chart(places(ranks), shop) is None


def test_the_matrix_names_who_has_both(shop: Shop) -> None:
    both = "many sales, high value"
    titles = {
        0: "No place has both many sales and a high average.",
        1: "Place 0 has both many sales and a high average.",
        2: "Place 0 and Place 1 have both many sales and a high average.",
        5: "Place 0, Place 1, Place 2 and 2 more have both many sales and a high average.",
    }
    for count, title in titles.items():
        quadrant = [both] * count + ["few sales, low value"] * (5 - count)
        chart = locations.matrix_chart(places(["1"] * 5, quadrant=quadrant), shop)
        assert chart.title == title
    points = np.asarray(chart.figure.axes[0].collections[0].get_offsets())
    wanted = chart.data[["transactions_per_day", "average_transaction_minor"]].astype(float).to_numpy()
    assert sorted(map(tuple, points)) == sorted(map(tuple, wanted))


def test_kinds_of_place_are_bars(make_facts: Make, scoped: Make, shop: Shop) -> None:
    facts = make_facts(400, places=3)
    kinds = facts["locations"].assign(location_type=["bar", None, "pub"])
    types = view(scoped(facts | {"locations": kinds})).listings[1].frame
    chart = locations.type_chart(types, shop)
    assert [bar.get_width() for bar in chart.figure.axes[0].patches] == types["gross_sales_minor"].tolist()
    assert locations.NO_TYPE in chart.alt
    assert chart.title.endswith("%, in 1 place.")


@pytest.mark.parametrize("kind", ["place", "podium", "matrix"])
def test_equal_tables_give_equal_bytes(kind: str, make_facts: Make, scoped: Make, shop: Shop) -> None:
    table = places(["1", "2=", "2=", "4"])
    maker = getattr(locations, f"{kind}_chart")
    one, two = (maker(table, shop) for _ in range(2))
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


def test_a_long_list_is_cut_and_says_so(make_facts: Make, scoped: Make, shop: Shop) -> None:
    chart = locations.place_chart(view(scoped(make_facts(2_000, 30, places=30))).listings[0].frame, shop)
    assert chart.caption.endswith("; the 20 largest of 30.")
    assert len(chart.data) == 30
