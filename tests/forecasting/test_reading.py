"""Any table of daily rows to a panel: what is taken as what, what is told, and what is refused with a reason."""

from __future__ import annotations

import argparse
import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from shoplib.errors import ConfigError, ShopError, SourceError
from shoplib.forecasting import reading
from shoplib.forecasting.tables.columns import Columns

DAYS = pd.date_range("2024-01-01", periods=20)
SOLD = np.arange(20) % 7 + 1.0


def frame(**more):
    return pd.DataFrame({"unique_id": "007", "ds": DAYS, "y": SOLD} | more)


def panel(table, **asked):
    return reading.panel_of(table, Columns(**asked))


def asked(file, *more):
    parser = argparse.ArgumentParser()
    reading.add_arguments(parser)
    return parser.parse_args([str(file), *more])


def message(error):
    return str(error.value)


@pytest.mark.parametrize(
    "form",
    ["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%d %b %Y", "%B %d, %Y",
     "%a, %d-%b-%y", "%m/%d/%Y 12:00:00 AM", "%Y-%m-%d 00:00:00", "%Y-%m-%dT18:30:00", "%Y-%m-%dT23:59:59.999"],
)  # fmt: skip
def test_dates_of_every_form_are_the_same_days(form):
    read = panel(frame(ds=DAYS.strftime(form)))
    assert list(read.panel.days) == list(DAYS)
    assert read.panel.y[0].tolist() == SOLD.tolist()
    assert read.notes == ()


@pytest.mark.parametrize(
    "stamps",
    [DAYS.tz_localize("Asia/Kolkata"), DAYS.date, DAYS.astype("datetime64[s]"), DAYS.astype("int64") // 10**9,
     DAYS.strftime("%Y%m%d").astype(int), DAYS.strftime("%Y-%m-%dT23:30:00+05:30")],
)  # fmt: skip
def test_days_with_a_type_or_a_zone_are_the_local_days(stamps):
    assert list(panel(frame(ds=stamps)).panel.days) == list(DAYS)


def test_times_in_utc_are_turned_to_the_zone_asked_for():
    late = frame(ds=DAYS.strftime("%Y-%m-%dT23:30:00Z"))
    assert panel(late).panel.days[0] == DAYS[0]
    assert panel(late).notes == (
        "times are in UTC and days are days of UTC; name the zone of the shop with --timezone",
    )
    assert panel(late, timezone="Europe/Berlin").panel.days[0] == DAYS[1]
    stamps = frame(ds=DAYS.tz_localize("UTC") + pd.Timedelta(hours=23))
    assert panel(stamps, timezone="Europe/Berlin").panel.days[0] == DAYS[1]
    with pytest.raises(ConfigError) as refused:
        panel(late, timezone="Europe/Berlim")
    assert "an IANA zone such as Europe/Berlin" in message(refused)


def test_dates_that_can_be_read_in_two_ways_are_refused():
    with pytest.raises(SourceError) as refused:
        panel(frame(ds=DAYS.strftime("%d/%m/%Y")).head(3))
    assert message(refused) == (
        "The dates of ds can be read in two ways\n"
        "  where   the frame\n"
        "  found   '01/01/2024', '02/01/2024', '03/01/2024'\n"
        "  wanted  dates such as 2024-01-31, 20240131, 31.01.2024 or 31 Jan 2024, all written alike\n"
        "  next    write them as 2024-01-31"
    )


def test_what_is_no_date_is_told():
    with pytest.raises(SourceError, match="The column ds is not all dates"):
        panel(frame(ds=["soon", *DAYS.strftime("%Y-%m-%d")[1:]]))
    with pytest.raises(SourceError, match="The column ds is not all dates"):
        panel(frame(ds=np.arange(20)))
    with pytest.raises(SourceError, match="The days are too far apart"):
        panel(frame(ds=[*DAYS[:19], pd.Timestamp("2204-01-01")]))


def test_names_of_series_stay_as_written(tmp_path):
    (tmp_path / "a.csv").write_text("unique_id,ds,y\n007,2024-01-01,1\nNA,2024-01-01,2\n 7,2024-01-01,3\n")
    assert reading.read(asked(tmp_path / "a.csv")).panel.ids == (" 7", "007", "NA")
    assert panel(frame(unique_id=7)).panel.ids == ("7",)
    assert panel(frame(unique_id=["a", 7] * 10)).panel.ids == ("7", "a")


@pytest.mark.parametrize(("mark", "decimal"), [(",", "."), (";", ","), ("\t", "."), ("|", ".")])
def test_delimited_text_of_every_kind_is_read(tmp_path, mark, decimal):
    table = frame(y=SOLD + 0.5).assign(comment="a, b; c")
    table.to_csv(tmp_path / "a.csv", sep=mark, decimal=decimal, index=False, encoding="utf-8-sig")
    assert reading.read(asked(tmp_path / "a.csv")).panel.y[0].tolist() == (SOLD + 0.5).tolist()


def test_packed_and_other_encodings_are_read(tmp_path):
    text = frame(unique_id="Käse").to_csv(index=False)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "b.csv").write_bytes(text.encode("cp1252"))
    (tmp_path / "c.csv").write_bytes(text.encode("utf-16"))
    for name in ("a.csv.gz", "b.csv", "c.csv"):
        assert reading.read(asked(tmp_path / name)).panel.ids == ("Käse",)


def test_parquet_and_csv_give_the_same_panel(tmp_path):
    table = frame(promo=[0, 1] * 10, shut=[False] * 19 + [True], kind="a")
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    more = ["--known", "promo", "--closed", "shut", "--static", "kind", "--holidays", "de-nw"]
    one, two = (reading.read(asked(tmp_path / name, *more)) for name in ("a.csv", "a.parquet"))
    np.testing.assert_array_equal(one.panel.y, two.panel.y)
    np.testing.assert_array_equal(one.panel.known["promo"], two.panel.known["promo"])
    assert one.panel.static.equals(two.panel.static)
    assert one.panel.country == two.panel.country == "DE-NW"
    assert one.notes == two.notes


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "The file is empty"), (b"unique_id,ds,y\n", "The table has no rows"), (b"PK\x03\x04\0\0", "neither text"),
     (b"unique_id,ds,y\na,2024-01-01,1\na,2024-01-02\n", "The file cannot be read"), (b"PAR1", "cannot be read")],
)  # fmt: skip
def test_files_that_are_no_tables_are_refused(tmp_path, content, told):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(SourceError, match=told):
        reading.read(asked(tmp_path / "a.csv"))
    with pytest.raises(SourceError, match="There is no such file"):
        reading.read(asked(tmp_path / "b.csv"))
    with pytest.raises(SourceError, match="This is a folder"):
        reading.read(asked(tmp_path))


def test_a_missing_column_is_told_with_the_nearest_name():
    with pytest.raises(SourceError) as refused:
        panel(frame(Sales=1), target="sales")
    assert message(refused) == (
        "There is no column sales\n"
        "  where   the frame\n"
        "  found   columns unique_id, ds, y, Sales\n"
        "  wanted  --target sales\n"
        "  next    write --target Sales, if that is meant"
    )


def test_a_column_has_one_use(tmp_path):
    with pytest.raises(ConfigError, match="A column has two uses"):
        reading.asked_columns(asked("a.csv", "--known", "promo,y"))
    twice = pd.concat([frame(), frame()[["y"]]], axis=1)
    with pytest.raises(SourceError, match="The column y is there more than once"):
        panel(twice)


def test_rows_that_came_twice_count_once_and_are_told():
    read = panel(pd.concat([frame(), frame().head(2)]))
    assert read.panel.y[0].tolist() == SOLD.tolist()
    assert read.notes == ("2 rows the same as another left out: 007 on 2024-01-01, 007 on 2024-01-02",)


def test_rows_of_a_day_that_differ_are_refused_or_added_up():
    both = pd.concat([frame(), frame(y=SOLD + 1)])
    with pytest.raises(SourceError) as refused:
        panel(both)
    assert message(refused) == (
        "Some series have several rows a day\n"
        "  where   the frame\n"
        "  found   20 rows more than one: 007 on 2024-01-01, 007 on 2024-01-02, 007 on 2024-01-03\n"
        "  wanted  one row a series and day\n"
        "  next    write --duplicates sum to add them up, or mend the table"
    )
    read = panel(both, duplicates="sum")
    assert read.panel.y[0].tolist() == (2 * SOLD + 1).tolist()
    assert read.notes == ("20 further rows of a series and day added up",)


def test_two_equal_sales_of_a_day_are_no_repeat():
    tills = pd.concat([frame(receipt=1), frame(receipt=2)])
    with pytest.raises(SourceError, match="several rows a day"):
        panel(tills)
    assert panel(tills, duplicates="sum").panel.y[0].tolist() == (2 * SOLD).tolist()
    hourly = pd.concat([frame(), frame(ds=DAYS + pd.Timedelta(hours=9))])
    with pytest.raises(SourceError, match="with times of day"):
        panel(hourly)


def test_days_without_a_row_are_zeros_or_closed_days():
    gaps = pd.concat([frame().drop([3, 4]), frame(unique_id="b").iloc[5:10]])
    zeros = panel(gaps)
    assert zeros.panel.y[0, 3:5].tolist() == [0, 0]
    assert zeros.notes[0] == "12 days of 2 series without a row taken as nothing sold"
    shut = panel(gaps.assign(c=0), closed="c")
    assert shut.notes[0] == "12 days of 2 series without a row taken as closed"
    assert shut.panel.closed[0, 3:5].all()
    assert np.isnan(shut.panel.y[0, 3:5]).all()
    for read in (zeros, shut):
        assert np.isnan(read.panel.y[1, :5]).all(), "before its first row nothing is known"
        assert not read.panel.closed[1, :5].any()
    assert zeros.panel.y[1, 10:].tolist() == [0.0] * 10


@pytest.mark.parametrize("words", [(0, 1), (False, True), ("no", "YES"), ("f", "T"), ("False", "true"), (0.0, 1.0)])
def test_closed_is_told_in_many_words(words):
    marks = [words[int(day == 6)] for day in range(7)] * 3
    shut = panel(frame(c=marks[:20], y=np.where(np.arange(20) % 7 == 6, 0, SOLD)), closed="c").panel.closed
    assert shut[0].tolist() == [day % 7 == 6 for day in range(20)]


def test_a_closed_day_with_sales_was_open():
    read = panel(frame(c=[1, *[0] * 19]), closed="c")
    assert read.notes == ("1 day of 1 series marked c with sales taken as open",)
    assert not read.panel.closed.any()
    with pytest.raises(SourceError, match="The column c is not yes or no"):
        panel(frame(c="maybe"), closed="c")


def test_rows_after_the_last_number_are_coming_days():
    read = panel(frame(y=[*SOLD[:15], *[np.nan] * 5], promo=[0, 1] * 10, c=[0] * 18 + [1, np.nan]),
                 known=("promo",), closed="c")  # fmt: skip
    assert read.panel.history == 15
    assert len(read.panel.days) == 20
    assert read.panel.known["promo"][0, 15:].tolist() == [1, 0, 1, 0, 1]
    assert read.panel.closed[0, 15:].tolist() == [False, False, False, True, False]


def test_an_empty_target_in_the_history_is_not_known():
    read = panel(frame(y=[1, np.nan, *SOLD[2:]]))
    assert np.isnan(read.panel.y[0, 1])
    assert read.notes == ("1 day of 1 series with an empty y taken as not known",)


def test_days_out_of_stock_are_not_known():
    read = panel(frame(out=[0, 1, *[0] * 18]), stockout="out")
    assert np.flatnonzero(np.isnan(read.panel.y[0])).tolist() == [1]
    assert read.notes == ("1 day of 1 series out of stock taken as not known",)


def test_numbers_that_no_sales_can_be_are_told():
    read = panel(frame(y=[-3, np.inf, *SOLD[2:]]))
    assert read.panel.y[0, 0] == 0
    assert np.isnan(read.panel.y[0, 1])
    assert read.notes[:2] == (
        "1 row with an infinite y taken as not known",
        "1 row with y below 0 taken as 0: demand cannot be less",
    )


def test_a_target_that_is_no_number_is_refused():
    with pytest.raises(SourceError) as refused:
        panel(frame(y=["one", *map(str, SOLD[1:])]))
    assert message(refused) == (
        "The column y is not all numbers\n"
        "  where   the frame\n"
        "  found   1 row with 'one'\n"
        "  wanted  a number in each row, or nothing\n"
        "  next    mend these rows, or name another column"
    )
    with pytest.raises(SourceError, match="No day has a number sold"):
        panel(frame(y=np.nan))


def test_marks_in_numbers_are_understood():
    assert panel(frame(y=["1.002,5", "1,5", "", "4"] * 5)).panel.y[0, :2].tolist() == [1002.5, 1.5]
    assert panel(frame(y=["1,002.5", "1.5", "", "4"] * 5)).panel.y[0, :2].tolist() == [1002.5, 1.5]
    read = panel(frame(y=["1,500", "2"] * 10))
    assert read.panel.y[0, 0] == 1500
    assert read.notes == ("commas of y were read as marks of thousands: 1,500 is 1500",)


def test_columns_known_ahead_become_numbers():
    read = panel(frame(a=["no", "yes"] * 10, b=["x", "y"] * 10, c=list("pqrs") * 5, d=["1", "2"] * 10),
                 known=tuple("abcd"))  # fmt: skip
    first = {name: grid[0, :4].tolist() for name, grid in read.panel.known.items()}
    assert first == {
        "a": [0, 1, 0, 1], "b": [0, 1, 0, 1], "d": [1, 2, 1, 2],
        "c=p": [1, 0, 0, 0], "c=q": [0, 1, 0, 0], "c=r": [0, 0, 1, 0], "c=s": [0, 0, 0, 1],
    }  # fmt: skip
    assert read.notes == (
        "the words of b were read as 1 where it is y, else 0",
        "the words of c were read as columns of 0 and 1: c=p, c=q, c=r, c=s",
    )
    with pytest.raises(SourceError, match="too many different words to be known ahead"):
        panel(frame(a=[f"w{row}" for row in range(20)]), known=("a",))


def test_a_day_without_a_row_does_not_tell_by_a_gap_that_nothing_was_sold():
    two = pd.concat([frame(), frame(unique_id="b")])
    own = panel(two.assign(price=np.arange(40)).drop(index=3), known=("price",)).panel
    assert own.known["price"][:, 3].tolist() == [2, 22], "the last price of each series goes on"
    shared = pd.concat([frame(warm=SOLD).drop(index=3), frame(unique_id="b", warm=SOLD)])
    assert panel(shared, known=("warm",)).panel.known["warm"][0, 3] == SOLD[3], "all share it, so this series does"


def test_what_is_not_known_of_coming_days_is_taken_from_the_weekday_before():
    read = panel(frame(promo=SOLD), known=("promo",))
    ready = reading.reaching(read.panel, 9)
    assert ready.panel.known["promo"][0, 20:].tolist() == [SOLD[(20 + day) % 7] for day in range(9)]
    assert ready.notes == (
        "promo is known for none of the coming days: the back-test knew it, the forecast takes the same weekday "
        "before; give rows with an empty target",
    )
    some_known = panel(frame(y=[*SOLD[:15], *[np.nan] * 5], promo=SOLD), known=("promo",))
    ready = reading.reaching(some_known.panel, 9)
    assert ready.panel.known["promo"][0, 15:].tolist() == [SOLD[(15 + day) % 7] for day in range(9)]
    assert ready.notes == ("promo is not known for 4 coming days of 1 series; the same weekday before was taken",)
    assert reading.reaching(some_known.panel, 5).notes == ()


def test_columns_that_stay_the_same_are_numbers_or_text():
    read = panel(frame(kind=["a"] * 10 + ["b"] * 10, size=3), static=("kind", "size"))
    assert read.panel.static.to_dict("index") == {"007": {"kind": "b", "size": 3.0}}
    assert read.notes == ("kind changes in 1 series; the last row's counts",)


@pytest.mark.parametrize(("step", "word"), [("7D", "weekly"), ("MS", "monthly"), ("QS", "quarterly"), ("YS", "yearly")])
def test_other_rhythms_than_days_are_refused(step, word):
    with pytest.raises(SourceError, match=f"The series are {word}"):
        panel(frame(ds=pd.date_range("2019-01-01", periods=20, freq=step)))


def test_goods_that_seldom_sell_are_no_other_rhythm():
    days = DAYS[0] + pd.to_timedelta(np.cumsum([3, 1, 9, 2, 14, 5, 4, 8, 2, 6] * 2), unit="D")
    assert panel(frame(ds=days)).panel.history == 106


def test_odd_series_are_told():
    table = pd.concat([frame(unique_id="zero", y=0), frame(unique_id="same", y=4), frame(unique_id="new").tail(1)])
    assert panel(table).notes == (
        "1 series known for less than 14 days: new",
        "1 series in which nothing was ever sold: zero",
        "1 series that never change: same",
    )
    coming = pd.concat([frame(), frame(unique_id="next", ds=DAYS + pd.Timedelta(days=20), y=np.nan)])
    assert panel(coming).notes == ("1 series with no known day: next",)


def test_a_row_of_totals_is_left_out():
    total = pd.DataFrame({"unique_id": [None, "Total"], "ds": [DAYS[0], None], "y": [1.0, 99.0]})
    read = panel(pd.concat([frame(), total]))
    assert read.panel.ids == ("007",)
    assert read.notes == ("2 rows without a series or a day left out",)


def test_a_country_without_known_holidays_is_told():
    assert reading.country("gb") == "GB"
    with pytest.raises(ConfigError) as refused:
        reading.country("AT-DE")
    assert message(refused) == (
        "The holidays of this country are not known\n"
        "  where   --holidays\n"
        "  found   AT-DE\n"
        "  wanted  AT with one of 1, 2, 3, 4, 5, 6, 7, 8, 9\n"
        "  next    write one of these, or leave --holidays out"
    )
    with pytest.raises(ConfigError, match="codes such as GB, DE, DE-NW and US-CA"):
        reading.country("Atlantis")


def test_ten_years_of_days_are_read():
    days = pd.date_range("2014-01-01", "2023-12-31")
    table = pd.DataFrame({"unique_id": "a", "ds": days.astype(str), "y": 1.0})
    assert panel(table).panel.history == 3652


@settings(max_examples=60)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["a", "b", "", "ü "]),
            some.sampled_from(["2024-01-01", "2024-01-03", "2024-02-10", "", "x", "1/2/2024"]),
            some.sampled_from(["1", "-2", "", "nan", "inf", "1e400", "1,5", "many"]),
            some.sampled_from(["0", "1", "", "yes"]),
        ),
        max_size=8,
    ),
    some.sampled_from(["refuse", "sum"]),
)
def test_whatever_a_table_holds_it_is_read_or_refused_with_a_reason(rows, duplicates):
    table = pd.DataFrame(rows, columns=["unique_id", "ds", "y", "p"], dtype=object)
    try:
        read = panel(table, known=("p",), closed="p", duplicates=duplicates)
    except ShopError as refused:
        assert "  wanted  " in str(refused) and "  next    " in str(refused)
        return
    y = read.panel.y[~np.isnan(read.panel.y)]
    assert ((y >= 0) & (y < 1e15)).all()
    assert set(read.panel.ids) <= {"a", "b", "ü "}
