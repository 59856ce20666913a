"""A report as text: exact amounts in every format, and nothing in a name that steers what reads it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal

import pandas as pd
import pytest

from shoplib.base.calendar import Period
from shoplib.base.listing import Column, Listing
from shoplib.report import printed
from shoplib.report.printed import Printed, aligned, as_csv, display_width, text

COLUMNS = (
    Column("business_date", "Day", "day"), Column("place", "Place", "text", "where"), Column("sales", "Sales", "count"),
    Column("gross_sales_minor", "Takings", "money", "tax included"), Column("share", "Share", "share"),
)  # fmt: skip
YEAR = Period(dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def listing(*names: str, name: str = "places", currency: str = "GBP") -> Listing:
    """Return a table of one row a name; the last one knows no amount."""
    count = len(names)
    frame = pd.DataFrame(
        {
            "business_date": pd.date_range("2024-03-01", periods=count),
            "place": pd.Series(names, dtype=object),
            "sales": pd.Series(range(1, count + 1), dtype="int64"),
            "gross_sales_minor": pd.array([*(123_450 * (i + 1) for i in range(count - 1)), None][:count], "Int64"),
            "share": pd.Series([0.125] * count, dtype="float64"),
        }
    )
    return Listing(name, "All places", frame, COLUMNS, currency)


def report(*listings: Listing, **changed: object) -> Printed:
    parts: dict[str, object] = {
        "name": "locations", "title": "Which do best?", "scenario": "epos", "run": "ab12", "currency": "GBP",
        "language": "en_GB", "findings": ("Harbour takes most.",), "listings": listings,
        "days": {"shown": YEAR, "recent": Period(dt.date(2024, 12, 4), YEAR.end), "before": None},
    }  # fmt: skip
    return Printed(**{**parts, **changed})


def test_a_table_is_aligned_and_tells_days_run_and_findings() -> None:
    before = Period(dt.date(2024, 11, 6), dt.date(2024, 12, 3))
    days = {"shown": YEAR, "recent": Period(dt.date(2024, 12, 4), YEAR.end), "before": before}
    assert text(report(listing("Harbour", "Hill"), days=days), "table") == (
        "Which do best?\n"
        "==============\n"
        "1 Jan 2024 to 31 Dec 2024. Changes: 4 Dec 2024 to 31 Dec 2024 against 6 Nov 2024 to 3 Dec 2024.\n"
        "epos, run ab12\n"
        "\n"
        "- Harbour takes most.\n"
        "\n"
        "All places\n"
        "Day         Place    Sales    Takings  Share\n"
        "----------  -------  -----  ---------  -----\n"
        "1 Mar 2024  Harbour      1  £1,234.50  12.5%\n"
        "2 Mar 2024  Hill         2             12.5%\n"
    )


def test_markdown_holds_the_same() -> None:
    assert text(report(listing("Harbour", "A|B *c*")), "markdown") == (
        "# Which do best?\n\n"
        "1 Jan 2024 to 31 Dec 2024.\n\n"
        "epos, run ab12\n\n"
        "- Harbour takes most.\n\n"
        "## All places\n\n"
        "| Day | Place | Sales | Takings | Share |\n"
        "| :--- | :--- | ---: | ---: | ---: |\n"
        "| 1 Mar 2024 | Harbour | 1 | £1,234.50 | 12.5% |\n"
        "| 2 Mar 2024 | A\\|B \\*c\\* | 2 |  | 12.5% |\n"
    )


def test_csv_holds_plain_values_of_the_first_table() -> None:
    assert text(report(listing("Harbour", "Hill"), listing("x", name="others")), "csv") == (
        "business_date,place,sales,gross_sales,share\n2024-03-01,Harbour,1,1234.50,0.125\n2024-03-02,Hill,2,,0.125\n"
    )


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_spreadsheet_never_computes_a_text(name: str) -> None:
    table = list(csv.reader(io.StringIO(as_csv(listing(name, "x")), newline="")))
    assert table[1][1] == f"'{name}"
    assert json.loads(text(report(listing(name, "x")), "json"))["tables"][0]["rows"][0]["place"] == name


def test_a_text_with_the_signs_of_csv_is_quoted() -> None:
    names = ["a,b", 'say "hi"', "two\nlines", "cr\rhere", "plain"]
    told = list(csv.reader(io.StringIO(as_csv(listing(*names)), newline="")))
    assert [row[1] for row in told[1:]] == names


def test_a_negative_amount_is_a_number_and_stays_as_it_is() -> None:
    loss = listing("Harbour", "Hill")
    loss.frame.loc[0, "gross_sales_minor"] = -5
    assert as_csv(loss).splitlines()[1] == "2024-03-01,Harbour,1,-0.05,0.125"


@pytest.mark.parametrize(("currency", "told"), [("GBP", "1234.50"), ("JPY", "123450"), ("KWD", "123.450")])
def test_json_tells_amounts_with_all_digits_of_the_currency(currency: str, told: str) -> None:
    whole = text(report(listing("Harbour", "Hill", currency=currency), currency=currency), "json")
    assert f'"gross_sales": {told},\n' in whole
    row = json.loads(whole, parse_float=Decimal)["tables"][0]["rows"][0]
    assert Decimal(row["gross_sales"]) == Decimal(told)


def test_json_tells_everything_in_one_order() -> None:
    whole = json.loads(text(report(listing("Harbour", "Hill")), "json"))
    assert list(whole) == ["report", "title", "scenario", "run", "currency", "days", "findings", "tables"]
    assert whole["days"] == {
        "shown": {"from": "2024-01-01", "to": "2024-12-31"}, "recent": {"from": "2024-12-04", "to": "2024-12-31"},
        "before": None,
    }  # fmt: skip
    (table,) = whole["tables"]
    assert list(table) == ["name", "title", "columns", "rows"]
    assert table["columns"][3] == {
        "name": "gross_sales", "label": "Takings", "unit": "money", "meaning": "tax included"
    }  # fmt: skip
    assert table["rows"][1] == {
        "business_date": "2024-03-02", "place": "Hill", "sales": 2, "gross_sales": None, "share": 0.125
    }  # fmt: skip


def test_metrics_are_also_told_by_name_each_with_its_unit() -> None:
    frame = pd.DataFrame({"metric": ["takings", "sales"], "value": [250, 3], "unit": ["minor", "count"]}, dtype=object)
    columns = (Column("metric", "Metric", "text"), Column("value", "Latest days", "row"))
    whole = text(report(Listing("overview", "Numbers", frame, columns, "GBP"), metrics="overview"), "json")
    metrics = json.loads(whole)["metrics"]
    assert metrics == {"takings": {"value": 2.5, "unit": "minor"}, "sales": {"value": 3, "unit": "count"}}
    assert '"value": 2.50,' in whole


def test_long_tables_are_cut_and_say_so_unless_asked_for() -> None:
    long = listing(*(f"P{i}" for i in range(100)))
    for form in ("table", "markdown"):
        cut = text(report(long), form)
        assert "… and 70 more; --format csv --table places has all\n" in cut
        assert "P29" in cut
        assert "P30" not in cut
        assert "P99" in text(report(long), form, every_row=True)
    assert text(report(long), "csv").count("\n") == 101
    assert "more" not in text(report(listing(*(f"P{i}" for i in range(34)))), "table")


def test_a_report_on_nothing_is_whole() -> None:
    nothing = report(listing(), days={"shown": None, "recent": None, "before": None}, findings=())
    assert text(nothing, "table").endswith("epos, run ab12\n\nAll places\nDay  Place  Sales  Takings  Share\n"
                                           "---  -----  -----  -------  -----\n(no rows)\n")  # fmt: skip
    assert "\nNo days.\n" in text(nothing, "table")
    assert text(nothing, "csv") == "business_date,place,sales,gross_sales,share\n"
    assert json.loads(text(nothing, "json"))["tables"][0]["rows"] == []
    assert text(nothing, "markdown").endswith("| :--- | :--- | ---: | ---: | ---: |\n")


@pytest.mark.parametrize("name", ["a\x1b[2Jb", "a\nb", "a\u202eb", "a\x9bb", "a\rb", "\x00"])
def test_a_name_cannot_steer_a_terminal(name: str) -> None:
    for form in ("table", "markdown"):
        told = text(report(listing(name, "x"), findings=(name,), title=name), form)
        assert set(told) & set("\x1b\x9b\r\x00\u202e") == set()
        assert len(told.splitlines()) == len(text(report(listing("n", "x"), title="n"), form).splitlines())


def test_a_name_is_no_markup() -> None:
    told = text(report(listing("<script>alert(1)</script>", "[a](b) `c` &lt;")), "markdown")
    assert "\\<script\\>alert(1)\\</script\\>" in told
    assert "\\[a\\](b) \\`c\\` \\&lt;" in told


def test_wide_letters_and_marks_take_the_room_they_are_shown_in() -> None:
    lines = aligned(listing("日本", "e\u0301a", "पानी", "abcd"), "en_GB")
    assert len({display_width(line.rstrip().rpartition("  ")[0]) for line in lines[2:]}) == 1


def test_texts_are_shortened_where_a_terminal_is_narrow_and_only_there() -> None:
    table = listing("The Old Lighthouse at the End of the Pier", "日本日本日本日本日本日本")
    assert max(map(display_width, aligned(table, "en_GB"))) > 60
    narrow = aligned(table, "en_GB", 60)
    assert len(narrow) == 4
    assert max(map(display_width, narrow)) == 60
    assert "The Old Lighthouse at …  " in narrow[2]
    assert "日本日本日本日本日…  " in aligned(table, "en_GB", 40)[3]
    assert printed.NARROWEST == 20


def test_columns_that_do_not_fit_stand_below_with_the_first_one_again() -> None:
    table = listing("Harbour", "Hill")
    assert aligned(table, "en_GB", 30) == [
        "Day         Place    Sales",
        "----------  -------  -----",
        "1 Mar 2024  Harbour      1",
        "2 Mar 2024  Hill         2",
        "",
        "Day           Takings  Share",
        "----------  ---------  -----",
        "1 Mar 2024  £1,234.50  12.5%",
        "2 Mar 2024             12.5%",
    ]
    assert len(aligned(table, "en_GB", 5)) == 4 * 5 - 1
    assert len(aligned(table, "en_GB")) == 4


def test_two_columns_of_one_name_are_both_shown() -> None:
    columns = (Column("a", "Change", "share"), Column("b", "Change", "points"))
    twice = Listing("t", "Twice", pd.DataFrame({"a": [0.5], "b": [0.01]}), columns, "GBP")
    assert aligned(twice, "en_GB") == ["Change         Change", "------  -------------", " 50.0%  up 1.0 points"]
    assert "| 50.0% | up 1.0 points |" in text(report(twice), "markdown")
