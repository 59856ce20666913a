"""Business days: every instant in one of them, on the days clocks change too."""

import datetime as dt
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.base import calendar
from shoplib.base.calendar import Period

LONDON = "Europe/London"
ZONES = (LONDON, "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC")


def instants(*texts: str) -> pd.Series:
    return pd.Series(pd.to_datetime(list(texts), utc=True, format="ISO8601"))


def days(series: pd.Series) -> list[str]:
    return series.dt.strftime("%Y-%m-%d").tolist()


def every_minute(start: str, end: str) -> pd.Series:
    return pd.Series(pd.date_range(start, end, freq="min", tz="UTC", inclusive="left"))


def test_bar_after_midnight_belongs_to_the_evening_before():
    sales = instants("2024-01-05 23:30", "2024-01-06 01:30", "2024-01-06 03:59:59", "2024-01-06 04:00")
    found = calendar.business_date(sales, LONDON, dt.time(4))
    assert days(found) == ["2024-01-05", "2024-01-05", "2024-01-05", "2024-01-06"]
    assert found.dtype == "datetime64[ns]"


def test_day_is_local_not_utc():
    sales = instants("2024-07-01 02:30", "2024-07-01 03:30")  # 03:30 and 04:30 in British Summer Time
    assert days(calendar.business_date(sales, LONDON, dt.time(4))) == ["2024-06-30", "2024-07-01"]
    kolkata = instants("2024-01-01 18:29", "2024-01-01 18:30")
    assert days(calendar.business_date(kolkata, "Asia/Kolkata", dt.time(0))) == ["2024-01-01", "2024-01-02"]


@pytest.mark.parametrize(
    ("changed", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-03-30", 24), ("2024-10-28", 24)]
)
@pytest.mark.parametrize("midnight", [True, False])
def test_days_on_which_clocks_change_have_23_and_25_hours(changed, hours, midnight):
    minutes = (
        every_minute("2024-03-28", "2024-04-03") if "-03-" in changed else every_minute("2024-10-25", "2024-10-31")
    )
    start = dt.time(0) if midnight else dt.time(4)
    found = calendar.business_date(minutes, LONDON, start)
    if not midnight:  # the night of the change is the end of the day before
        changed = str(dt.date.fromisoformat(changed) - dt.timedelta(days=1))
    assert int((found == pd.Timestamp(changed)).sum()) == hours * 60


@pytest.mark.parametrize("day", ["2024-03-31", "2024-10-27"])
def test_hours_add_up_to_the_day(day):
    minutes = every_minute("2024-03-28", "2024-04-03") if "-03-" in day else every_minute("2024-10-25", "2024-10-31")
    sales = pd.DataFrame(
        {
            "day": calendar.business_date(minutes, LONDON, dt.time(4)),
            "hour": calendar.local_hour(minutes, LONDON),
            "minor": range(len(minutes)),
        }
    )
    by_hour = sales.groupby(["day", "hour"])["minor"].sum().groupby("day").sum()
    assert by_hour.equals(sales.groupby("day")["minor"].sum())
    assert sales["hour"].between(0, 23).all()


@given(
    st.lists(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)), min_size=1, max_size=30),
    st.sampled_from(ZONES),
    st.times(dt.time(0), dt.time(11, 59)),
)
def test_agrees_with_reading_each_wall_clock(moments, zone, start):
    series = pd.Series(pd.DatetimeIndex(moments, tz="UTC"))
    found = calendar.business_date(series, zone, start)
    hours = calendar.local_hour(series, zone)
    for instant, day, hour in zip(series, found, hours, strict=True):
        wall = instant.to_pydatetime(warn=False).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert day.date() == (wall - dt.timedelta(hours=start.hour, minutes=start.minute)).date()
        assert hour == wall.hour


def test_missing_instants_stay_missing_and_nothing_gives_nothing():
    assert calendar.business_date(instants("2024-01-01", "NaT"), LONDON, dt.time(4)).isna().tolist() == [False, True]
    nothing = calendar.business_date(instants(), LONDON, dt.time(4))
    assert len(nothing) == 0
    assert nothing.dtype == "datetime64[ns]"


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 800))
def test_period_before_touches_no_day_twice_and_keeps_weekdays(end, length):
    period = calendar.last_days(end, length)
    before = period.before()
    assert period.days == before.days == length
    assert before.end < period.start
    assert before.start.weekday() == period.start.weekday()
    assert (period.start - before.end).days <= 7


def test_period_covers_both_ends():
    week = Period(dt.date(2024, 3, 4), dt.date(2024, 3, 10))
    around = pd.Series(pd.date_range("2024-03-03", "2024-03-11"))
    assert week.covers(around).tolist() == [False, *[True] * 7, False]


def test_period_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match=r"^a period cannot end \(2024-01-01\) before it starts \(2024-01-02\)$"):
        Period(dt.date(2024, 1, 2), dt.date(2024, 1, 1))
