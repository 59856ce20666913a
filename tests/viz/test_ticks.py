"""Labels on axes: exact, short, and few enough."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from shoplib.viz import style, ticks
from shoplib.viz.style import HouseFigure


@pytest.mark.parametrize(
    ("minor", "currency", "language", "text"),
    [
        (0, "GBP", "en_GB", "£0"),
        (1_200_000, "GBP", "en_GB", "£12k"),
        (125_000, "GBP", "en_GB", "£1.25k"),
        (-150_000_000, "GBP", "en_GB", "-£1.5M"),
        (50, "GBP", "en_GB", "£0.50"),
        (250_000_000, "INR", "en_IN", "₹25L"),
        (1_200_000, "INR", "hi_IN", "₹12\xa0हज़ार"),
        (1_500_000, "JPY", "en_GB", "JP¥1.5M"),
        (1_500_000, "JPY", "ja_JP", "¥1.5M"),
    ],
)
def test_money_on_an_axis(minor: int, currency: str, language: str, text: str) -> None:
    assert ticks.money_ticks(currency, language)(minor) == text


def test_shares_and_counts_on_an_axis() -> None:
    assert [ticks.share_ticks()(v) for v in (0, 0.025, 0.5)] == ["0%", "2.5%", "50%"]
    assert [ticks.count_ticks()(v) for v in (0, 2.4000000000000004, 1500, 2_000_000)] == ["0", "2.4", "1.5k", "2M"]


@pytest.mark.parametrize("top", np.geomspace(1, 1e9, 40).tolist())
def test_no_two_marks_of_an_axis_read_the_same(top: float) -> None:
    marks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top)
    whole = [mark for mark in marks if mark == int(mark)]
    labels = [ticks.money_ticks("GBP")(mark) for mark in whole]
    assert len(set(labels)) == len(labels)


def dated_axes(days: int, *, wide: bool) -> Axes:
    with style.house():
        figure = HouseFigure()
        figure.fit(wide=wide)
        axes = figure.add_subplot()
        axes.xaxis.set_major_locator(ticks.DateTicks())
        axes.xaxis.set_major_formatter(ticks.DateLabels())
        start = dt.datetime(2024, 10, 3)
        axes.set_xlim(start - dt.timedelta(hours=12), start + dt.timedelta(days=days - 0.5))  # type: ignore[arg-type]
    return axes


@pytest.mark.parametrize("days", [1, 2, 5, 10, 28, 60, 90, 200, 366, 731, 4000])
def test_dates_are_few_whole_days_inside_the_axis(days: int) -> None:
    for wide, most in ((True, 8), (False, 4)):
        axes = dated_axes(days, wide=wide)
        low, high = axes.get_xlim()
        places = list(axes.get_xticks())
        assert 1 <= len(places) <= most
        assert all(low <= place <= high and place == int(place) for place in places)


def test_dates_name_the_year_once() -> None:
    axes = dated_axes(90, wide=True)
    labels = axes.xaxis.get_major_formatter().format_ticks(list(axes.get_xticks()))
    assert labels[0] == "7 Oct\n2024"
    assert all("\n" not in label for label in labels[1:])


def test_names_are_cut_for_a_narrow_page() -> None:
    names = ticks.NameLabels(["The Old Lighthouse at the End of the Pier, upper bar and terrace"])
    assert names(0) == "The Old Lighthouse at the End\nof the Pier, upper bar and …"
    assert names(1) == ""
    assert ticks.elided("Supercalifragilisticexpialidocious", 16) == "Supercalifragili\n…"
