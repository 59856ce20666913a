"""How dates are written: recognised, decided by the data, or asked."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from shoplib.ingest.dates import Hints, day_in_name, recognise, weekdays


@pytest.mark.parametrize(
    ("cells", "format_", "parts"),
    [
        (["2024-01-02 10:00:00", "2024-03-31 11:00:00"], "%Y-%m-%d %H:%M:%S", (True, True)),
        (["2024-01-02T10:00:00+05:30", "2024-03-31T11:00:00Z"], "", (True, True)),
        (["31/01/2024", "1/2/2024"], "%d/%m/%Y", (True, False)),
        (["01/31/2024", "2/1/2024"], "%m/%d/%Y", (True, False)),
        (["31.01.24 9:30", "01.02.24 10:30"], "%d.%m.%y %H:%M", (True, True)),
        (["05-Mar-2024", "06-Mar-2024"], "%d-%b-%Y", (True, False)),
        (["Mar 5, 2024", "Mar 16, 2024"], "%b %d, %Y", (True, False)),
        (["3/31/2024 1:05 PM", "3/30/2024 11:05 AM"], "%m/%d/%Y %I:%M %p", (True, True)),
        (["9:58:11", "10:05:34"], "%H:%M:%S", (False, True)),
        (["1:05 PM", "11:05 AM"], "%I:%M %p", (False, True)),
        (["20240131", "20240201"], "%Y%m%d", (True, False)),
    ],
)
def test_formats(cells: list[str], format_: str, parts: tuple[bool, bool]) -> None:
    written = recognise(pd.Series(cells), Hints())
    assert written is not None and written.question == ""
    assert (written.format, (written.has_date, written.has_time)) == (format_, parts)


@pytest.mark.parametrize("cells", [["tea", "rum"], ["12", "13"], ["12.50", "1.75"], [""], ["INV-1", "INV-2"]])
def test_other_columns_are_no_dates(cells: list[str]) -> None:
    assert recognise(pd.Series(cells), Hints()) is None


def test_the_order_of_the_rows_decides() -> None:
    written = recognise(pd.Series(["01/02/2024", "01/05/2024", "02/01/2024", "02/09/2024"]), Hints())
    assert written is not None and written.format == "%m/%d/%Y" and written.question == ""
    assert written.evidence == "day and month could stand either way; the rows are in order of time only so"


def test_days_without_gaps_decide() -> None:
    cells = pd.Series([f"{day:02d}/03/2024" for day in (7, 2, 5, 3, 8, 4, 6)])
    written = recognise(cells, Hints(usual="month"))
    assert written is not None and written.format == "%d/%m/%Y" and written.question == ""
    assert written.evidence == (
        "day and month could stand either way; the days follow one another without gaps only so"
    )


@pytest.mark.parametrize(
    ("usual", "format_", "other"), [("day", "%d/%m/%Y", "%m/%d/%Y"), ("month", "%m/%d/%Y", "%d/%m/%Y")]
)
def test_what_nothing_decides_is_asked(usual: str, format_: str, other: str) -> None:
    written = recognise(pd.Series(["05/04/2024", "01/02/2024", "09/07/2024"]), Hints(usual=usual))
    assert written is not None and written.format == format_
    assert written.question == (
        '"05/04/2024" could be day-month or month-day, and nothing in the file decides; '
        f'read as "{format_}", the other way is "{other}"'
    )


def test_hints_settle_what_the_column_leaves_open() -> None:
    cells = pd.Series(["05/04/2024", "01/02/2024", "09/07/2024"])
    days = pd.Series(["2024-04-05", "2024-02-01", "2024-07-09"]).pipe(pd.to_datetime)
    for hints, reason in (
        (Hints("month", told="day"), "as told"),
        (Hints("month", elsewhere="day"), "another column of the file is written so"),
        (Hints("month", until=((dt.date(2024, 7, 10), "the export"),)), "no day is later than the export only so"),
        (
            Hints("month", weekdays=("weekday", days.dt.dayofweek.astype("Float64"))),
            'the days of the week in "weekday" agree only so',
        ),
    ):
        written = recognise(cells, hints)
        assert written is not None and (written.format, written.question) == ("%d/%m/%Y", "")
        assert written.evidence == f"day and month could stand either way; {reason}"


def test_the_month_in_the_name_of_a_file_settles_the_order() -> None:
    first, last = day_in_name("sales_2024-03.csv") or (None, None)
    assert first is not None and last is not None
    written = recognise(pd.Series(["03/05/2024", "03/02/2024"]), Hints(within=(first, last, "March")))
    assert written is not None and written.format == "%m/%d/%Y"
    assert written.evidence.endswith("; the days lie in March only so")


def test_what_contradicts_itself_is_asked() -> None:
    cells = pd.Series(["01/02/2024", "01/05/2024", "02/01/2024", "02/09/2024"])
    written = recognise(cells, Hints(elsewhere="day"))
    assert written is not None and "what is known contradicts itself" in written.question


def test_a_year_of_two_digits_may_stand_first() -> None:
    written = recognise(pd.Series(["05/04/03", "01/02/03"]), Hints())
    assert written is not None and set(written.readings) == {"%d/%m/%y", "%m/%d/%y", "%y/%m/%d"}
    settled = recognise(pd.Series(["24-03-29", "24-03-31"]), Hints(until=((dt.date(2026, 1, 1), "today"),)))
    assert settled is not None and settled.format == "%y-%m-%d"


def test_names_of_days_are_known_in_several_languages() -> None:
    found = weekdays(pd.DataFrame({"a": ["x", "y"], "Tag": ["Montag", "So."]}))
    assert found is not None and found[0] == "Tag" and found[1].tolist() == [0.0, 6.0]
