"""How dates are written: recognised, decided by the data, or asked."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib.ingest.dates import Hints, recognise


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
