"""The figures of the report on products: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales.figures import products as figures
from shoplib.sales.figures import shared
from shoplib.sales.view import View
from shoplib.sales.views import products
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]

CHARTS: dict[str, Callable[[View, Shop], Chart | None]] = {
    "category": lambda view, shop: figures.category_chart(view.listing("products").frame, shop),
    "products": lambda view, shop: figures.products_chart(view.listing("products").frame, shop),
    "pareto": lambda view, shop: figures.pareto_chart(view.listing("products").frame, shop),
    "margin": lambda view, shop: figures.margin_chart(view.listing("categories").frame, shop),
}
WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({}, Shop()),
    "one product": ({"products": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "no completed sale": ({"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)}, Shop()),
    "nothing": ({"count": 0, "days": 1}, Shop()),
    "many products": ({"count": 900, "products": 60}, Shop()),
    "rupees in Hindi": ({"currency": "INR"}, Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata")),
    "yen in Japanese": ({"currency": "JPY"}, Shop(currency="JPY", language="ja_JP", timezone="Asia/Tokyo")),
}
NOTHING_TO_SHOW = {  # one bar of 100 %, a curve of under five products, nothing sold
    ("category", "one product"), ("category", "one sale"), ("pareto", "one product"), ("pareto", "one sale"),
    *((kind, world) for kind in CHARTS for world in ("no completed sale", "nothing")),
}  # fmt: skip


@pytest.fixture
def view(make_facts: Make, scoped: Make) -> View:
    return products.view(scoped(make_facts(2_000, 120, products=30)))


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, scoped: Make) -> None:
    shape, shop = WORLDS[world]
    chart = CHARTS[kind](products.view(scoped(make_facts(**shape), shop=shop)), shop)
    assert (chart is None) == ((kind, world) in NOTHING_TO_SHOW)
    if chart is None:
        return
    for text in (chart.title, chart.caption, chart.alt):
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "<NA>", "..", "  ")), text
    for wide in (True, False):
        with style.house():
            chart.figure.fit(wide=wide)
            canvas = FigureCanvasAgg(chart.figure)
            canvas.draw()
        labels = [text.get_text() for text in chart.figure.findobj(Text) if isinstance(text, Text)]
        assert not any("nan" in label or "None" in label for label in labels)
        for label in chart.figure.axes[0].texts if chart.figure.axes else []:
            box = label.get_window_extent(canvas.get_renderer())
            assert box.x1 <= chart.figure.bbox.width + 1 and box.x0 >= -1, label.get_text()


@pytest.mark.parametrize("kind", CHARTS)
def test_equal_tables_give_equal_bytes(kind: str, make_facts: Make, scoped: Make, shop: Shop) -> None:
    one, two = (CHARTS[kind](products.view(scoped(make_facts(200, 70))), shop) for _ in range(2))
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


@pytest.mark.parametrize("kind", ["category", "products"])
def test_bars_are_as_long_as_their_data(kind: str, view: View, shop: Shop) -> None:
    chart = CHARTS[kind](view, shop)
    assert [bar.get_width() for bar in chart.figure.axes[0].patches] == chart.data["line_sales_minor"].tolist()
    assert len(chart.data) == {"category": 4, "products": 20}[kind]


def test_products_share_is_of_everything_sold(view: View, shop: Shop) -> None:
    frame = view.listing("products").frame
    chart = figures.products_chart(frame, shop, 5)
    part = round(100 * frame["line_sales_minor"].nlargest(5).sum() / frame["line_sales_minor"].sum())
    assert f"the 5 products shown make up {part}% of what was sold." in chart.title
    assert len(figures.products_chart(frame, shop, 200).data) == shared.MANY_NAMES


def test_pareto_draws_the_shares_so_far(view: View, shop: Shop) -> None:
    frame = view.listing("products").frame
    chart = figures.pareto_chart(frame, shop)
    line = chart.figure.axes[0].lines[0]
    np.testing.assert_allclose(line.get_ydata(), [0.0, *frame["cumulative_share"]])
    np.testing.assert_allclose(line.get_xdata(), np.arange(31) / 30)
    first = int((frame["abc"] == "A").sum())
    assert chart.title == f"{first} of 30 products ({round(100 * first / 30)}%) make 80% of what was sold."
    assert frame["cumulative_share"].iloc[first - 1] >= 0.8 > frame["cumulative_share"].iloc[first - 2]
    assert f"{first} products make 80%" in {text.get_text() for text in chart.figure.axes[0].texts}


def test_margins_are_drawn_with_what_is_unknown(view: View, shop: Shop) -> None:
    frame = view.listing("categories").frame
    chart = figures.margin_chart(frame, shop)
    bars = chart.figure.axes[0].patches
    margin = [bar.get_width() for bar in bars[:4]]
    assert margin == frame["margin_minor"].tolist()
    hatched = [bar.get_width() for bar in bars if bar.get_hatch()]
    assert sum(hatched) == frame["unknown_margin_minor"].sum() > 0
    assert sum(bar.get_width() for bar in bars) == pytest.approx(
        (frame["margin_sales_minor"] + frame["unknown_margin_minor"]).sum()
    )
    top = frame.loc[frame["margin_minor"].astype("int64").idxmax(), "product_category"]
    assert chart.title.startswith(f"The category {top} earns most: £")


def test_a_category_without_costs_is_unknown_and_a_loss_is_no_bar(shop: Shop) -> None:
    frame = pd.DataFrame(
        {
            "product_category": ["Tea", "Jam", "Bun"],
            "margin_minor": pd.array([None, -500, 2_000], "Int64"),
            "margin_share": [None, -0.5, 0.5],
            "margin_sales_minor": [0, 1_000, 4_000],
            "unknown_margin_minor": [9_000, 0, 0],
        }
    )
    chart = figures.margin_chart(frame, shop)
    assert chart.title == "The category Bun earns most: £20.00 margin; it also keeps most of its sales, 50%."
    assert chart.alt == "Bars by category: Tea unknown, Jam −£5.00 · −50%, Bun £20.00 · 50%."
    assert [bar.get_width() for bar in chart.figure.axes[0].patches] == [2_000, 1_000, 2_000, 9_000]
    assert "£90.00 sold without a known cost, margin unknown." in chart.caption
    assert figures.margin_chart(frame.iloc[:1], shop) is None
