"""The figures of the overview: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text

from shoplib.config.models import Shop
from shoplib.sales import changes
from shoplib.sales.figures.overview import change_chart, overview_panels
from shoplib.sales.view import Scope
from shoplib.sales.views import overview
from shoplib.viz import export, style
from shoplib.viz.export import Chart

Make = Callable[..., Any]

WORLDS: dict[str, tuple[dict[str, Any], Shop]] = {
    "a chain": ({"places": 9, "products": 30}, Shop()),
    "one place": ({"places": 1, "closed_weekday": 6, "days": 100}, Shop()),
    "no hours": ({"hours": False}, Shop()),
    "one place, one category, no hours": ({"hours": False, "places": 1, "products": 1}, Shop()),
    "one sale": ({"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)}, Shop()),
    "only refunds": ({"count": 30, "statuses": (0.0, 1.0, 0.0, 0.0)}, Shop()),
    "nothing": ({"count": 0, "days": 1}, Shop()),
    "rupees in Hindi": ({"currency": "INR"}, Shop(currency="INR", language="hi_IN", timezone="Asia/Kolkata")),
    "yen in Japanese": ({"currency": "JPY"}, Shop(currency="JPY", language="ja_JP", timezone="Asia/Tokyo")),
}
NOT_COMPARED = {"one sale", "only refunds", "nothing"}


def charts(scope: Scope) -> tuple[Chart, Chart | None]:
    view = overview.view(scope)
    return overview_panels(view, scope), change_chart(view, scope)


@pytest.mark.parametrize("world", WORLDS)
def test_charts_survive_every_shop(world: str, make_facts: Make, scoped: Make) -> None:
    shape, shop = WORLDS[world]
    panels, change = charts(scoped(make_facts(**shape), shop=shop))
    assert (change is None) == (world in NOT_COMPARED)
    for chart in (panels, change):
        if chart is None:
            continue
        for text in (chart.title, chart.caption, chart.alt):
            assert text.endswith("."), text
            assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
        with style.house():
            chart.figure.fit(wide=False)
            canvas = FigureCanvasAgg(chart.figure)
            canvas.draw()
        labels = [text for text in chart.figure.findobj(Text) if isinstance(text, Text)]
        assert not any("nan" in label.get_text() or "None" in label.get_text() for label in labels)
        for label in (text for axes in chart.figure.axes for text in axes.texts):
            assert label.get_window_extent(canvas.get_renderer()).x1 <= chart.figure.bbox.width + 1, label.get_text()


@pytest.fixture
def scope(make_facts: Make, scoped: Make) -> Scope:
    found: Scope = scoped(make_facts(900, places=9, products=30))
    return found


def test_panels_draw_the_listings(scope: Scope) -> None:
    view = overview.view(scope)
    chart = overview_panels(view, scope)
    places, groups, hours = chart.figure.axes
    assert [bar.get_width() for bar in places.patches] == view.listing("overview_places").frame["worth_minor"].tolist()
    assert [bar.get_width() for bar in groups.patches] == view.listing("overview_categories").frame[
        "worth_minor"
    ].tolist()
    assert sum(bar.get_height() for bar in hours.patches) == scope.shown.sold["total_minor"].sum()
    assert chart.data["worth_minor"].sum() == sum(
        view.listing(name).frame["worth_minor"].sum()
        for name in ("overview_places", "overview_categories", "overview_hours")
    )
    top = view.listing("overview_places").frame.iloc[0]
    assert chart.title.startswith(f"{top['location_name']} takes most ({100 * top['share']:.0f}% of takings); ")


def test_one_place_is_left_out(make_facts: Make, scoped: Make) -> None:
    panels, change = charts(scoped(make_facts(places=1)))
    assert [axes.get_title(loc="left") for axes in panels.figure.axes] == [
        "Line sales by category", "Takings by hour of the clock",
    ]  # fmt: skip
    assert change is not None
    assert changes.WHERE not in change.data["split"].tolist()


def test_bars_under_each_heading_add_up_to_the_change(scope: Scope) -> None:
    chart = change_chart(overview.view(scope), scope)
    assert chart is not None
    axes = chart.figure.axes[0]
    names = [label.get_text() for label in axes.get_yticklabels()]
    lengths = iter([bar.get_width() for bar in axes.patches])
    sums: dict[str, float] = {}
    for name in names:
        if name.startswith("By "):
            group = name
            sums[group] = 0.0
        else:
            sums[group] += next(lengths)
    assert len(sums) == 4
    total = chart.data.loc[chart.data["split"] == changes.HOW, "change_minor"].sum()
    assert set(sums.values()) == {float(total)}
    assert changes.OTHER_PLACES in names


def test_the_title_names_what_moved_takings_most(make_facts: Make, scoped: Make) -> None:
    facts = make_facts(56, 56, places=1, statuses=(1.0, 0.0, 0.0, 0.0))
    sales = facts["transactions"]
    sales["business_date"] = pd.date_range("2024-01-01", periods=56)
    sales["total_amount_minor"] = [10_000] * 28 + [9_000] * 28
    chart = charts(scoped(facts))[1]
    assert chart is not None
    assert chart.title == "Takings fell by £280, mostly by smaller sales."
    assert chart.caption == (
        "Takings of 29 Jan 2024 to 25 Feb 2024 against 1 Jan 2024 to 28 Jan 2024. "
        "The bars under each heading add up to the whole change; sales by category are after discount, without tax."
    )
    sales["total_amount_minor"] = 10_000
    same = charts(scoped(facts))[1]
    assert same is not None
    assert same.title == "Takings did not change."


def test_equal_facts_give_equal_bytes(make_facts: Make, scoped: Make) -> None:
    one, two = (charts(scoped(make_facts(200))) for _ in range(2))
    for first, second in zip(one, two, strict=True):
        assert first is not None
        assert second is not None
        assert (first.title, first.alt) == (second.title, second.alt)
        assert export.svg(first.figure, "x", wide=False) == export.svg(second.figure, "x", wide=False)
