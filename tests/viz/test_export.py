"""Figures to files: the same bytes each time, inside the canvas, ids of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from shoplib.errors import StoreError
from shoplib.viz import charts, export, style, ticks
from shoplib.viz.style import HouseFigure


def bars() -> HouseFigure:
    names = ["Salted caramel brownie with ice cream", "Beer", "चाय"]
    return charts.bars(names, [3.0, 2.0, 1.0], ["£3", "£2", "£1"], unit="Takings")


def test_equal_figures_give_equal_bytes() -> None:
    for wide in (True, False):
        assert export.svg(bars(), "x", wide=wide) == export.svg(bars(), "x", wide=wide)
    assert export.png(bars()) == export.png(bars())


def heat() -> HouseFigure:
    grid = pd.DataFrame([[1.0, 2.0], [3.0, float("nan")]])
    return charts.heat(grid, unit="Sales an hour", values=ticks.count_ticks(), row_names=["Mon", "Tue"])


@pytest.mark.parametrize("make", [bars, heat])
def test_widths_can_be_drawn_in_any_order(make: Callable[[], HouseFigure]) -> None:
    figure = make()
    first = export.svg(figure, "x")
    narrow = export.svg(figure, "x", wide=False)
    assert export.svg(figure, "x") == first
    assert export.svg(make(), "x", wide=False) == narrow


def test_svg_has_no_dates_and_all_references_are_met() -> None:
    text = export.svg(bars(), "takings", wide=False).decode()
    assert "<metadata>" not in text
    assert "<text" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(set(ids)) == len(ids)
    assert all(name.startswith("takings-narrow-") for name in ids)
    used = re.findall(r'href="#([^"]+)"', text) + re.findall(r"url\(#([^)]+)\)", text)
    assert used
    assert set(used) <= set(ids)


def test_save_writes_four_files(tmp_path: Path) -> None:
    table = pd.DataFrame({"day": pd.to_datetime(["2024-01-01"]), "takings_minor": [100]})
    saved = export.save(bars(), tmp_path / "figures", "takings", table)
    assert saved == export.Saved("takings.svg", "takings-narrow.svg", "takings.png", "takings.csv")
    assert sorted(p.name for p in (tmp_path / "figures").iterdir()) == sorted(
        [saved.wide, saved.narrow, saved.png, saved.data]
    )
    assert (tmp_path / "figures" / "takings.csv").read_bytes() == b"day,takings_minor\n2024-01-01,100\n"
    assert export.save(bars(), tmp_path, "bare").data == ""
    export.save(bars(), tmp_path, "takings", table, currency="GBP")
    assert (tmp_path / "takings.csv").read_bytes() == b"day,takings\n2024-01-01,1.00\n"


def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        export.save(bars(), tmp_path, "../Takings")
    assert str(caught.value) == (
        "A figure has a name that cannot be a file name\n"
        "  where   figure '../Takings'\n"
        "  wanted  small letters, digits, _ and -, such as takings_trend"
    )


def test_a_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        export.save(bars(), tmp_path / "file", "takings")
    assert str(caught.value) == (
        "A figure could not be written\n"
        f"  where   {tmp_path / 'file' / 'takings'}\n"
        "  found   File exists\n"
        "  next    free the disk or mend the folder's rights, then run the same command again"
    )


def test_plain_figures_can_be_saved_too() -> None:
    from matplotlib.figure import Figure

    with style.house():
        figure = Figure(layout="constrained")
        figure.add_subplot().xaxis.set_major_formatter(ticks.count_ticks())
    assert b'width="252pt"' in export.svg(figure, "plain", wide=False)


def test_moments_keep_their_time_in_the_data_and_days_stay_days(tmp_path: Path) -> None:
    moments = pd.to_datetime(["2024-04-28 10:00:05", None]).tz_localize("Asia/Kolkata")
    data = pd.DataFrame({"day": pd.to_datetime(["2024-04-28", None]), "entered": moments, "what": ["a", "b"]})
    export.save(bars(), tmp_path, "visits", data)
    assert (tmp_path / "visits.csv").read_text().splitlines() == [
        "day,entered,what",
        "2024-04-28,2024-04-28T10:00:05+0530,a",
        ",,b",
    ]
