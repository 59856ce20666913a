"""The figures of the forecast, on every history."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from shoplib.config.models import Shop
from shoplib.config.stages import Forecasting
from shoplib.forecasting import figures
from shoplib.forecasting.outlook import outlook
from shoplib.viz import export, style

SIMPLE = Forecasting(models=("rolling_mean",), max_series=12)


@pytest.fixture(scope="module")
def view(shop_facts):
    return outlook(shop_facts(140), SIMPLE, Shop())


@pytest.mark.parametrize("days", [0, 1, 15, 30, 140])
@pytest.mark.parametrize("shop", [Shop(), Shop(currency="INR", language="hi_IN")], ids=["pounds", "rupees"])
def test_figures_survive_every_history(shop_facts, no_facts, days, shop):
    view = outlook(shop_facts(days, closed=6) if days else no_facts, SIMPLE, shop)
    charts = [figures.outlook_chart(view, shop), figures.record_chart(view, shop), figures.demand_chart(view, shop)]
    assert (charts[1] is None) == (view.plan.windows == 0)
    for chart in filter(None, charts):
        for text in (chart.title, chart.caption, chart.alt):
            assert text.endswith("."), text
            assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
        with style.house():
            chart.figure.fit(wide=False)
            FigureCanvasAgg(chart.figure).draw()


def test_the_figure_holds_eight_weeks_the_days_to_come_and_both_bands(view):
    chart = figures.outlook_chart(view, Shop())
    assert len(chart.data) == 56 + 28
    assert chart.data["gross_sales_minor"].notna().sum() == 56
    for name in ("expected", "low_80", "high_80", "low_95", "high_95"):
        assert chart.data[f"{name}_minor"].notna().sum() == 28
    assert "the 80% band held" in chart.caption
    assert "the 95% band held" in chart.caption
    top = chart.figure.axes[0].get_ylim()[1]
    assert top >= chart.data["high_95_minor"].max()
    again = figures.outlook_chart(view, Shop())
    assert export.svg(chart.figure, "a") == export.svg(again.figure, "a")


def test_what_was_said_stands_beside_what_came(view):
    chart = figures.record_chart(view, Shop())
    assert len(chart.data) == 28
    assert chart.title.endswith("of 28 days lay within the 80% band.")
    said = view.said[(view.said["measure"] == "gross_sales") & (view.said["level"] == "total")]
    assert chart.data["found_minor"].tolist() == said["found"].tolist()


def test_demand_is_drawn_where_most_of_it_was_missed(view):
    assert figures.demand_chart(view, Shop()) is None
    series = view.units.series
    row = series.row("product", category="Bakery", product_id="bread")
    sold, out = series.sold.copy(), series.out.copy()
    sold[row, 100:105], out[row, 100:105] = 0.0, True
    odd = dataclasses.replace(
        view, units=dataclasses.replace(view.units, series=dataclasses.replace(series, sold=sold, out=out))
    )
    chart = figures.demand_chart(odd, Shop())
    assert chart.title.startswith("Bread: ")
    assert chart.data["business_date"].min() <= pd.Timestamp("2024-04-10") <= chart.data["business_date"].max()
    gap = (chart.data["units_wanted"] - chart.data["units_sold"]).sum()
    assert gap == pytest.approx(series.panel.sold[row, 100:105].sum())
