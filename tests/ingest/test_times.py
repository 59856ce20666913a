"""Dates and times as written, and the instants they were."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.ingest.times import hints, read_clock, read_moments, to_utc


def instants(cells: list[str], format_: str, zone: str = "Europe/London", start: dt.time = dt.time(4)) -> list[str]:
    moments = read_moments(pd.Series(cells, dtype=object), format_)
    found = to_utc(moments, pd.Series(True, index=range(len(cells))), zone, start)
    return ["" if pd.isna(at) else at.strftime("%Y-%m-%d %H:%M:%S") for at in found]


@pytest.mark.parametrize(
    ("cell", "format_", "wanted"),
    [
        ("1/5/2019 13:08", "%m/%d/%Y %H:%M", "2019-01-05 13:08:00"),
        ("13-01-2015 9:58:11", "%d/%m/%Y %H:%M:%S", "2015-01-13 09:58:11"),
        ("03.02.24 08:00", "%d.%m.%y %H:%M", "2024-02-03 08:00:00"),
        ("01-Mar-2024 1:05 pm", "%d-%b-%Y %I:%M %p", "2024-03-01 13:05:00"),
        ("2024-01-02T03:04:05Z", "", "2024-01-02 03:04:05"),
        ("2024-01-02 03:04:05+05:30", "", "2024-01-01 21:34:05"),
        ("2024-01-02T03:04:05.250-05:00", "%Y-%m-%dT%H:%M:%S.%f%z", "2024-01-02 08:04:05"),
        ("2024-07-01 12:00", "", "2024-07-01 11:00:00"),
        ("31/02/2024 10:00", "%d/%m/%Y %H:%M", ""),
        ("2024", "", ""),
        ("", "%d/%m/%Y", ""),
    ],
)
def test_written_moments(cell: str, format_: str, wanted: str) -> None:
    assert instants([cell], format_) == [wanted]


def test_a_skipped_wall_time_moves_on_and_a_repeated_one_is_the_first() -> None:
    assert instants(["2024-03-31 01:30:00"], "%Y-%m-%d %H:%M:%S") == ["2024-03-31 01:00:00"]
    assert instants(["2024-10-27 01:30:00"], "%Y-%m-%d %H:%M:%S") == ["2024-10-27 00:30:00"]


def test_a_bare_date_is_the_start_of_its_business_day() -> None:
    moments = read_moments(pd.Series(["05/06/2024"]), "%d/%m/%Y")
    assert moments.has_time.tolist() == [False]
    assert instants(["05/06/2024"], "%d/%m/%Y", "Asia/Kolkata", dt.time(6)) == ["2024-06-05 00:30:00"]


@given(
    st.lists(st.datetimes(min_value=dt.datetime(2010, 1, 1), max_value=dt.datetime(2030, 1, 1)), max_size=20),
    st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Yangon", "Africa/Casablanca"]),
)
def test_wall_times_agree_with_the_standard_library(times: list[dt.datetime], zone: str) -> None:
    times = [time.replace(microsecond=0) for time in times]
    found = instants([time.isoformat(" ") for time in times], "%Y-%m-%d %H:%M:%S", zone)
    for time, text in zip(times, found, strict=True):
        first = time.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(dt.UTC)
        exists = first.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == time
        assert not exists or text == first.strftime("%Y-%m-%d %H:%M:%S")


def test_clock_times() -> None:
    assert read_clock(pd.Series(["04:00", "9:30:00", "24:00", "25:00", "noon", ""])).tolist() == [
        240, 570, 1440, pd.NA, pd.NA, pd.NA,
    ]  # fmt: skip


@pytest.mark.parametrize("format_", ["", "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d %H:%M", "%d-%m-%Y %z"])
def test_no_word_makes_pandas_read_the_clock(format_: str) -> None:
    assert not read_moments(pd.Series(["now", "today", "NaT", ""]), format_).readable.any()


@pytest.mark.parametrize(
    ("cell", "format_", "hint"),
    [
        ("45321", "%d/%m/%Y", "; it looks like the number by which a spreadsheet keeps 2024-01-30"),
        ("45321.4375", "", "; it looks like the number by which a spreadsheet keeps 2024-01-30"),
        ("30/01/24", "%d/%m/%Y", "; its year has two digits"),
        ("30.01.24 10:15", "%d.%m.%Y %H:%M", "; its year has two digits"),
        ("30/01/24", "%d/%m/%y %H:%M", ""),
        ("31/02/2024", "%d/%m/%Y", ""),
        ("12345", "%d/%m/%Y", ""),
        ("", "%d/%m/%Y", ""),
    ],
)
def test_what_an_unreadable_date_looks_like(cell: str, format_: str, hint: str) -> None:
    cells = pd.Series([cell], dtype=object)
    assert not read_moments(cells, format_).readable.any() and hints(cells, format_).tolist() == [hint]


def test_whole_iso_dates_are_read_beside_a_format_with_the_year_last() -> None:
    cells = pd.Series(
        ["05/03/2024 10:15", "2024-03-05 10:15:00", "2024-03-05T10:15", "2024-03-05", "2024-3-5", "24-03-05"]
    )
    found = read_moments(cells, "%d/%m/%Y %H:%M", iso_too=True)
    assert found.wall[:3].eq(pd.Timestamp("2024-03-05 10:15")).all() and found.wall[3] == pd.Timestamp("2024-03-05")
    assert found.has_time[:4].tolist() == [True, True, True, False] and found.readable[4:].tolist() == [False, False]
    assert not read_moments(pd.Series(["2024-13-05", "2024-02-30"]), "%d/%m/%Y", iso_too=True).readable.any()
    assert not read_moments(pd.Series(["2024-05-13"]), "%Y-%d-%m", iso_too=True).readable.any()
