"""What the figures of all sales reports share."""

from __future__ import annotations

import pandas as pd

from shoplib.config.models import Shop
from shoplib.sales.figures import shared


def test_days_are_dots_with_a_line_and_missing_ones_are_gaps(shop: Shop) -> None:
    days = pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-04"])
    table = pd.DataFrame({"business_date": days, "dot": [100, 300, 200], "line": [100.0, 200.0, 250.0]})
    axes = shared.dated(table, "dot", "line", "Takings a day", shop, "GBP").axes[0]
    assert [value for value in axes.collections[0].get_offsets()[:, 1] if value is not None][:2] == [100, 300]
    assert [None if pd.isna(value) else value for value in axes.lines[0].get_ydata()] == [100.0, 200.0, None, 250.0]
    assert axes.get_ylabel() == "Takings a day"
    assert axes.yaxis.get_major_formatter()(150_000) == "£1.5k"
    counts = shared.dated(table, "dot", "line", "Sales a day", shop, None).axes[0]
    assert counts.yaxis.get_major_formatter()(1_500) == "1.5k"


def test_bars_of_money_carry_amount_and_share_and_goods_without_category_stand_back(shop: Shop) -> None:
    amounts, shares = pd.Series([90_000, 10_000]), pd.Series([0.9, 0.1])
    figure = shared.money_bars(["Beer", shared.NO_CATEGORY], amounts, shares, "Line sales", shop, None)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["£900 · 90%", "£100 · 10%"]
    assert [bar.get_width() for bar in axes.patches] == [90_000, 10_000]
    first, second = (bar.get_facecolor() for bar in axes.patches)
    assert first != second


def test_only_the_first_bars_are_drawn(shop: Shop) -> None:
    many = pd.Series(range(40, 0, -1))
    figure = shared.money_bars([f"P{i}" for i in range(40)], many * 100, many / many.sum(), "Takings", shop, "GBP")
    assert len(figure.axes[0].patches) == shared.MANY_NAMES


def test_names_of_days_are_in_a_language_the_fonts_can_draw() -> None:
    assert shared.drawn(Shop(language="ja_JP")).language == "en"
    assert shared.drawn(Shop(language="hi_IN")).language == "hi_IN"


def test_an_empty_chart_says_why_everywhere() -> None:
    table = pd.DataFrame({"a": [1]})
    chart = shared.empty("Nothing was sold.", table)
    assert (chart.title, chart.caption, chart.alt) == ("Nothing was sold.",) * 3
    assert [text.get_text() for text in chart.figure.texts] == ["Nothing was sold."]
    assert chart.data is table
