"""The figures of days: their numbers, their words, marked days, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales import rhythm, trends
from shoplib.sales.anomalies import sales_anomalies
from shoplib.sales.figures import daily as figures
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]
Tables = dict[str, pd.DataFrame]

CHARTS: dict[str, Callable[[Tables, Shop], Chart | None]] = {
    "trend": lambda t, shop: figures.trend_chart(t["sales_daily"], shop, odd=t["sales_anomalies"]),
    "volume": lambda t, shop: figures.volume_chart(t["sales_daily"], shop),
    "monthly": lambda t, shop: figures.monthly_chart(t["sales_daily"], shop),
    "weekday": lambda t, shop: figures.weekday_chart(t["sales_daily"], shop),
}
WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({}, Shop()),
    "one place, Sundays closed": ({"places": 1, "closed_weekday": 6, "days": 100}, Shop()),
    "one day": ({"count": 9, "days": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "no completed sale": ({"count": 30, "statuses": (0.0, 0.5, 0.3, 0.2)}, Shop()),
    "nothing": ({"count": 0, "days": 1}, Shop()),
    "two years": ({"count": 3_000, "days": 731, "places": 8, "products": 60}, Shop()),
    "rupees in Hindi": ({"currency": "INR"}, Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata")),
    "yen in Japanese": ({"currency": "JPY"}, Shop(currency="JPY", language="ja_JP", timezone="Asia/Tokyo")),
}
NOTHING_TO_SHOW = {("monthly", "one day"), ("monthly", "one sale")}  # no whole month


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
        FigureCanvasAgg(chart.figure).draw()
    labels = [text.get_text() for text in chart.figure.findobj(Text) if isinstance(text, Text)]
    assert not any("nan" in label or "None" in label for label in labels)


@pytest.mark.parametrize("kind", CHARTS)
def test_equal_tables_give_equal_bytes(kind: str, make_facts: Make, derived: Make, shop: Shop) -> None:
    one, two = (CHARTS[kind](derived(make_facts(200, 70)), shop) for _ in range(2))
    assert one is not None and two is not None
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


def test_days_that_stood_out_are_ringed_and_named(daily_from: Make, shop: Shop) -> None:
    takings: list[float | None] = [100_000.0] * 100
    takings[60], takings[75], takings[90] = 250_000.0, 40_000.0, None
    daily = daily_from(takings)
    chart = figures.trend_chart(daily, shop, odd=sales_anomalies(daily))
    assert chart.alt.endswith("Far from usual: 1 Mar +150%, 31 Mar no sale, 16 Mar −60%.")
    assert "Rings mark days far from what their weekday usually takes" in chart.caption
    rings = np.asarray(chart.figure.axes[0].collections[1].get_offsets())[:, 1]
    assert rings.tolist() == [250_000, 0, 40_000]
    assert [text.get_text() for text in chart.figure.axes[0].texts] == ["1 Mar +150%", "31 Mar no sale", "16 Mar −60%"]
    plain = figures.trend_chart(daily, shop, 5, odd=sales_anomalies(daily))
    assert "Rings" not in plain.caption and not plain.figure.axes[0].texts


def test_volume_counts_sales(tables: Tables, shop: Shop) -> None:
    chart = figures.volume_chart(tables["sales_daily"], shop)
    daily = tables["sales_daily"]
    ages = (daily["business_date"].max() - daily["business_date"]).dt.days
    assert chart.title.startswith(f"{daily.loc[ages < 28, 'transactions'].sum()} sales in the last 28 days, ")
    assert chart.data["transactions"].sum() == daily.loc[ages < 90, "transactions"].sum()


def test_monthly_names_the_best_whole_month(tables: Tables, shop: Shop) -> None:
    chart = figures.monthly_chart(tables["sales_daily"], shop)
    assert chart is not None
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


def test_whole_months_without_a_sale_are_nothing_to_compare(daily_from: Make, shop: Shop) -> None:
    daily = daily_from([5_000.0, *[None] * 58, 9_000.0], start="2024-01-31")
    assert figures.monthly_chart(daily, shop) is None
