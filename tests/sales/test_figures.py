"""Every sales chart: its numbers, its words, and that odd shops do not break it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales import figures, mix, rhythm, trends, views
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]
Tables = dict[str, pd.DataFrame]

CHARTS: dict[str, Callable[[Tables, Shop], Chart | None]] = {
    "trend": lambda t, shop: figures.trend_chart(t["sales_daily"], shop),
    "volume": lambda t, shop: figures.volume_chart(t["sales_daily"], shop),
    "monthly": lambda t, shop: figures.monthly_chart(t["sales_daily"], shop),
    "weekday": lambda t, shop: figures.weekday_chart(t["sales_daily"], shop),
    "category": lambda t, shop: figures.category_chart(t["sales_products"], shop),
    "products": lambda t, shop: figures.products_chart(t["sales_products"], shop),
    "refunds": lambda t, shop: figures.refunds_chart(t["sales_daily"], shop),
}
WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({}, Shop()),
    "one place, Sundays closed": ({"places": 1, "closed_weekday": 6, "days": 100}, Shop()),
    "no category": ({"products": 1}, Shop()),
    "no hours": ({"hours": False}, Shop()),
    "one day": ({"count": 9, "days": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "no completed sale": ({"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)}, Shop()),
    "nothing": ({"count": 0, "days": 1}, Shop()),
    "two years": ({"count": 3_000, "days": 731, "places": 8, "products": 60}, Shop()),
    "rupees in Hindi": (
        {"currency": "INR"},
        Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata"),
    ),
    "yen in Japanese": (
        {"currency": "JPY"},
        Shop(currency="JPY", language="ja_JP", timezone="Asia/Tokyo"),
    ),
}


NOTHING_TO_SHOW = {  # one bar of 100 %, no whole month, a till that knows no refunds
    ("monthly", "one day"), ("monthly", "one sale"), ("category", "no category"), ("category", "one sale"), ("refunds", "one sale"),
    ("refunds", "nothing"),
}  # fmt: skip


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, derived: Make) -> None:
    shape, shop = WORLDS[world]
    chart = CHARTS[kind](derived(make_facts(**shape)), shop)
    assert (chart is None) == ((kind, world) in NOTHING_TO_SHOW)
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
    at_bars = chart.figure.axes[0].texts if chart.figure.axes else []
    for label in at_bars:
        assert label.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.width + 1, label.get_text()


@pytest.mark.parametrize("kind", CHARTS)
def test_equal_tables_give_equal_bytes(kind: str, make_facts: Make, derived: Make, shop: Shop) -> None:
    one, two = (CHARTS[kind](derived(make_facts(200, 70)), shop) for _ in range(2))
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


@pytest.fixture
def tables(make_facts: Make, derived: Make) -> Tables:
    return dict(derived(make_facts(2_000, 120, products=30)))


def test_trend_draws_its_data(tables: Tables, shop: Shop) -> None:
    chart = figures.trend_chart(tables["sales_daily"], shop)
    wanted = trends.trend(tables["sales_daily"], 90)
    pd.testing.assert_frame_equal(chart.data, wanted)
    axes = chart.figure.axes[0]
    drawn = np.asarray(axes.lines[0].get_ydata(), dtype=float)
    np.testing.assert_array_equal(drawn, wanted["gross_sales_mean_minor"].to_numpy())
    dots = np.asarray(axes.collections[0].get_offsets())[:, 1]
    np.testing.assert_array_equal(dots, wanted["gross_sales_minor"].to_numpy())


def test_trend_title_is_the_change(daily_from: Make, shop: Shop) -> None:
    week = [100.0, 100.0, 100.0, 100.0, 300.0, 100.0, 100.0]
    noise = np.random.default_rng(1).normal(0, 1, 84)
    takings = np.tile(week, 12) * np.repeat([100.0, 97.0], [56, 28]) + noise
    chart = figures.trend_chart(daily_from(takings.tolist()), shop)
    assert chart.title == (
        "Takings of the last 28 days are down 3.0% on the same weekdays before; Friday is the best day of the week."
    )


def test_volume_counts_sales(tables: Tables, shop: Shop) -> None:
    chart = figures.volume_chart(tables["sales_daily"], shop)
    daily = tables["sales_daily"]
    last = daily[daily["business_date"] > daily["business_date"].max() - pd.Timedelta(days=28)]
    assert chart.title.startswith(f"{last['transactions'].sum()} sales in the last 28 days, ")
    assert (
        chart.data["transactions"].sum()
        == daily.tail(len(daily))[daily["business_date"] > daily["business_date"].max() - pd.Timedelta(days=90)][
            "transactions"
        ].sum()
    )


def test_monthly_names_the_best_whole_month(tables: Tables, shop: Shop) -> None:
    chart = figures.monthly_chart(tables["sales_daily"], shop)
    whole = chart.data[~chart.data["partial"]]
    best = whole.loc[whole["gross_sales_minor"].idxmax(), "month"]
    assert chart.title.startswith(f"{best:%b %Y} took most of the {len(whole)} whole months: £")
    heights = sorted(bar.get_height() for bar in chart.figure.axes[0].patches)
    assert heights == sorted(chart.data["gross_sales_minor"])
    assert "(not whole)" in chart.alt


def test_weekdays_draw_their_means(tables: Tables, shop: Shop) -> None:
    chart = figures.weekday_chart(tables["sales_daily"], shop)
    dots = np.asarray(chart.figure.axes[0].collections[1].get_offsets())[:, 1]
    np.testing.assert_allclose(dots, rhythm.weekday_pattern(tables["sales_daily"])["mean_minor"])


@pytest.mark.parametrize("kind", ["category", "products"])
def test_bars_are_as_long_as_their_data(kind: str, tables: Tables, shop: Shop) -> None:
    chart = CHARTS[kind](tables, shop)
    assert [bar.get_width() for bar in chart.figure.axes[0].patches] == chart.data["line_sales_minor"].tolist()
    assert len(chart.data) == {"category": 4, "products": 20}[kind]


def test_products_share_is_of_everything_sold(tables: Tables, shop: Shop) -> None:
    chart = figures.products_chart(tables["sales_products"], shop, 5)
    all_sold = tables["sales_products"]["line_sales_minor"]
    part = round(100 * all_sold.nlargest(5).sum() / all_sold.sum())
    assert f"the 5 products shown make up {part}% of what was sold." in chart.title


def test_refunds_are_a_share_of_sales(tables: Tables, shop: Shop) -> None:
    chart = figures.refunds_chart(tables["sales_daily"], shop)
    weeks = trends.weekly(tables["sales_daily"])
    share = weeks["refunds"] / (weeks["refunds"] + weeks["transactions"])
    np.testing.assert_allclose([bar.get_height() for bar in chart.figure.axes[0].patches], share)
    total = weeks["refunds"].sum() / (weeks["refunds"] + weeks["transactions"]).sum()
    assert chart.title.startswith(f"{100 * total:.1f}% of sales were refunded, most in the week to ")


def test_best_days_are_told_in_words(daily_from: Make, shop: Shop) -> None:
    takings = [10_000.0] * 21
    takings[0] = 14_000.0
    table = figures.best_days_table(daily_from(takings), shop, 1)
    assert table.to_dict("records") == [
        {
            "Day": "Mon 1 Jan 2024",
            "Takings": "£140",
            "Sales": "1",
            "Against a usual day": "up 40.0%",
            "Note": "New Year's Day",
        }
    ]
    assert figures.best_days_table(daily_from([]), shop).empty
