"""The kinds of chart: what is drawn is what was given, and nothing leaves the canvas or collides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from shoplib.viz import charts, style, ticks
from shoplib.viz.style import HouseFigure

MONEY, COUNT, DATES = ticks.money_ticks("GBP"), ticks.count_ticks(), ticks.DateLabels()
LONG = ["Salted caramel brownie with ice cream and double cream", "Beer", "हिन्दी चाय", "東京 coffee", "Wine"]


def daily(count: int) -> pd.Series:
    dates = pd.Series(pd.date_range("2024-10-03", periods=count))
    return charts.on_calendar(dates, pd.Series(np.random.default_rng(1).normal(1e6, 2e5, count)))


def line(count: int) -> HouseFigure:
    series = daily(count)
    mean = series.rolling(7, min_periods=1).mean()
    return charts.days(
        series, mean, unit="Takings a day", values=MONEY, dates=DATES, dots_label="Day", line_label="Mean of 7 days",
        low=mean * 0.9, high=mean * 1.1,
    )  # fmt: skip


MAKERS: dict[str, Callable[[], HouseFigure]] = {
    "one day": lambda: line(1),
    "a quarter": lambda: line(90),
    "two years": lambda: line(731),
    "bars": lambda: charts.bars(LONG, [5.0, 4, 3, 2, 0], ["£123,456 · 45%"] * 5, unit="Takings"),
    "many bars": lambda: charts.bars(
        [f"Product {i}" for i in range(40)], np.arange(40.0).tolist(), ["£9"] * 40, unit="x"
    ),
    "no bars": lambda: charts.bars([], [], [], unit="Takings"),
    "months": lambda: charts.columns(
        ["September\n2024"] * 24, np.arange(24.0).tolist(), unit="Takings", values=MONEY, partial=[True] + [False] * 23,
        partial_label="Month not whole in the data",
    ),
    "weekdays": lambda: charts.intervals(
        ["Wednesday"] * 7, [5e5] * 6 + [np.nan], [4e5] * 5 + [np.nan] * 2, [6e5] * 5 + [np.nan] * 2, unit="Takings",
        values=MONEY, short_names=["Wed"] * 7,
    ),
    "heat": lambda: charts.heat(
        pd.DataFrame(np.arange(168.0).reshape(7, 24)), unit="Sales an hour", values=COUNT, row_names=["Mon"] * 7
    ),
    "no heat": lambda: charts.heat(
        pd.DataFrame(np.full((7, 3), np.nan)), unit="Sales an hour", values=COUNT, row_names=["Mon"] * 7
    ),
    "message": lambda: charts.message("There are no completed sales between 3 Oct 2024 and 31 Dec 2024."),
}  # fmt: skip


def texts(figure: HouseFigure) -> list[tuple[Text, Bbox]]:
    """Draw a figure and return its visible texts with their boxes in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    found = [t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_visible() and t.get_text().strip()]
    return [(t, t.get_window_extent(renderer)) for t in found]


def ticks_inside(figure: HouseFigure, shown: list[tuple[Text, Bbox]]) -> list[tuple[Text, Bbox]]:
    """Leave out the labels of ticks beyond the limits of their axis, which are never drawn."""
    beyond = set()
    for axes in figure.axes:
        for axis, (low, high) in ((axes.xaxis, sorted(axes.get_xlim())), (axes.yaxis, sorted(axes.get_ylim()))):
            for tick in axis.get_major_ticks():
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9:
                    beyond |= {tick.label1, tick.label2}
    return [(t, box) for t, box in shown if t not in beyond]


@pytest.mark.parametrize("wide", [True, False], ids=["wide", "narrow"])
@pytest.mark.parametrize("kind", MAKERS)
def test_every_label_lies_on_the_canvas_and_touches_no_other(kind: str, wide: bool) -> None:
    figure = MAKERS[kind]()
    with style.house():
        figure.fit(wide=wide)
        shown = ticks_inside(figure, texts(figure))
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in shown:
        assert box.x0 >= -1 and box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1 and box.y1 <= height + 1, text.get_text()
    for i, (text, box) in enumerate(shown):
        for other, other_box in shown[i + 1 :]:
            both = Bbox.intersection(box, other_box)
            touching = both is not None and both.width > 1 and both.height > 3
            assert not touching, (text.get_text(), other.get_text())


def test_calendar_gaps_are_missing_not_zero() -> None:
    dates = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-04"]))
    series = charts.on_calendar(dates, pd.Series([1, 2]))
    assert series.index.tolist() == list(pd.date_range("2024-01-01", "2024-01-04"))
    assert series.isna().tolist() == [False, True, True, False]
    assert charts.on_calendar(dates[:0], pd.Series([], dtype=float)).empty


def test_bars_are_sorted_and_keep_the_order_of_equals() -> None:
    figure = charts.bars(["a", "b", "c", "d"], [1.0, 5.0, 1.0, np.nan], ["1", "5", "1", "?"], unit="x")
    axes = figure.axes[0]
    assert [bar.get_width() for bar in axes.patches] == [5.0, 1.0, 1.0, 0.0]
    assert [axes.yaxis.get_major_formatter()(place) for place in range(4)] == ["b", "a", "c", "d"]
    assert [text.get_text() for text in axes.texts] == ["5", "1", "1", "?"]


def test_bars_grow_with_their_number() -> None:
    few, many = (charts.bars(["x"] * n, [1.0] * n, ["1"] * n, unit="x") for n in (3, 30))
    assert many.heights_in[0] - few.heights_in[0] == pytest.approx(27 * charts.BAR_ROW_IN)


def test_columns_hatch_what_is_partial() -> None:
    figure = charts.columns(["a", "b"], [1.0, 2.0], unit="x", values=COUNT, partial=[False, True], partial_label="part")
    looks = {bar.get_x(): bar.get_hatch() for bar in figure.axes[0].patches}
    assert [looks[x] for x in sorted(looks)] == [None, charts.HATCH]
    assert figure.legends[0].get_texts()[0].get_text() == "part"


def test_intervals_show_one_day_hollow() -> None:
    figure = charts.intervals(["a", "b"], [1.0, 2.0], [0.5, np.nan], [1.5, np.nan], unit="x", values=COUNT)
    full, hollow = figure.axes[0].collections[1:]
    assert full.get_offsets().tolist() == [[0.0, 1.0]]
    assert hollow.get_offsets().tolist() == [[1.0, 2.0]]


def test_value_axes_start_at_zero() -> None:
    assert line(90).axes[0].get_ylim()[0] == 0


def test_all_weekdays_are_named_at_both_widths() -> None:
    figure = MAKERS["weekdays"]()
    for wide, name in ((True, "Wednesday"), (False, "Wed")):
        figure.fit(wide=wide)
        assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == [name] * 7
