"""The figures of hours: their numbers, their words, and that odd shops do not break them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.sales.figures import hours as figures
from shoplib.sales.view import Scope
from shoplib.sales.views import hours
from shoplib.viz import export
from shoplib.viz.export import Chart

Make = Callable[..., Any]
CHARTS: dict[str, Callable[..., Chart | None]] = {
    "hours": figures.hours_chart, "week": figures.week_chart, "takings": partial(figures.week_chart, takings=True),
    "opening": figures.opening_chart,
}  # fmt: skip
WORLDS: dict[str, dict[str, Any]] = {
    "a chain": {},
    "Sundays closed": {"places": 1, "closed_weekday": 6, "days": 100},
    "no hours": {"hours": False},
    "one sale": {"count": 1, "days": 1, "places": 1, "statuses": (1.0, 0.0, 0.0, 0.0)},
    "nothing": {"count": 0, "days": 1},
}
NOTHING_TO_SHOW = {("opening", "no hours"), ("opening", "nothing")}


def drawn(kind: str, scope: Scope) -> Chart | None:
    return CHARTS[kind](hours.view(scope), scope)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("kind", CHARTS)
def test_charts_survive_every_shop(kind: str, world: str, make_facts: Make, scoped: Make) -> None:
    chart = drawn(kind, scoped(make_facts(**WORLDS[world])))
    assert (chart is None) == ((kind, world) in NOTHING_TO_SHOW)
    if chart is None:
        return
    for text in (chart.title, chart.caption, chart.alt):
        assert text.endswith("."), text
        assert not any(word in text for word in ("nan", "None", "NaT", "..", "  ")), text
    export.svg(chart.figure, kind, wide=False)


@pytest.mark.parametrize("kind", CHARTS)
def test_equal_facts_give_equal_bytes_in_any_language(kind: str, make_facts: Make, scoped: Make) -> None:
    shop = Shop(currency="JPY", language="ja_JP", timezone="Asia/Tokyo")
    one, two = (drawn(kind, scoped(make_facts(currency="JPY"), shop=shop)) for _ in range(2))
    assert one is not None
    assert two is not None
    assert (one.title, one.caption, one.alt) == (two.title, two.caption, two.alt)
    assert export.svg(one.figure, kind, wide=False) == export.svg(two.figure, kind, wide=False)


def test_hours_draw_three_panels_without_a_gap_in_the_clock(make_facts: Make, scoped: Make) -> None:
    chart = drawn("hours", scoped(make_facts()))
    assert chart is not None
    volume, value, average = chart.figure.axes
    rates = chart.data.set_index("local_hour")["transactions_per_day"]
    clock = [*range(11, 24), 0]
    bars = sorted((bar.get_x(), bar.get_height()) for bar in volume.patches)
    np.testing.assert_allclose([height for _, height in bars], rates.reindex(clock, fill_value=0))
    taken = chart.data.set_index("local_hour")["gross_sales_per_day_minor"].astype(float)
    heights = [height for _, height in sorted((bar.get_x(), bar.get_height()) for bar in value.patches)]
    np.testing.assert_allclose(heights, taken.reindex(clock, fill_value=0))
    dots = np.asarray(average.collections[1].get_offsets())[:, 1]
    np.testing.assert_allclose(dots, chart.data["average_transaction_minor"].astype(float))


@pytest.mark.parametrize(("kind", "column"), [("week", "transactions_per_day"), ("takings", "gross_per_day_minor")])
def test_the_heat_map_draws_its_rates(kind: str, column: str, make_facts: Make, scoped: Make) -> None:
    chart = drawn(kind, scoped(make_facts(6_000, 120)))
    assert chart is not None
    cells = np.ma.asarray(chart.figure.axes[0].collections[0].get_array()).reshape(7, -1)
    assert float(cells.sum()) == pytest.approx(float(chart.data[column].astype(float).sum()))
    top = chart.data.loc[chart.data[column].astype(float).idxmax()]
    day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(top["weekday"]))
    assert chart.title.startswith(f"{day:%A}, {top['local_hour']}:00 to ")
    assert chart.title.endswith(" sales an hour." if kind == "week" else " on average.")


def test_few_weekdays_give_bars(make_facts: Make, scoped: Make) -> None:
    chart = drawn("week", scoped(make_facts(50, 2)))
    assert chart is not None
    rates = chart.data.groupby("local_hour")["transactions_per_day"].mean()
    assert sorted(bar.get_height() for bar in chart.figure.axes[0].patches) == pytest.approx(sorted(rates))
    assert chart.title == "There are too few days to say which hour of the week is highest."


def test_opening_hours_of_places_alike_share_a_line(make_facts: Make, scoped: Make) -> None:
    world = make_facts(9_000, 60)
    world["locations"]["closes_minute"] = pd.array([1_380, 1_500, 1_500], "Int64")
    chart = drawn("opening", scoped(world))
    assert chart is not None
    axes = chart.figure.axes[0]
    names = [axes.yaxis.get_major_formatter()(place) for place in (0, 1)]
    assert names == ["Harbour Bar", "Hill Restaurant and 1 more"]
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(10, 13), (10, 15)]
    assert chart.alt == (
        "Lines by place, first to last sale: Harbour Bar 11:00 to 1:00, Hill Restaurant and 1 more 11:00 to 1:00."
    )
    outside = int(chart.data["outside_transactions"].sum())
    assert chart.title == f"{outside:,} sales were made outside the stated hours."


def test_opening_hours_that_nobody_stated_are_those_of_sales(make_facts: Make, scoped: Make) -> None:
    world = make_facts(2_000, 60)
    world["locations"][["opens_minute", "closes_minute"]] = pd.array([None, None], "Int64")
    chart = drawn("opening", scoped(world))
    assert chart is not None
    assert chart.title == "The 3 places sell from 11:00 to 1:00; no opening hours are stated."
    assert not chart.figure.axes[0].patches
