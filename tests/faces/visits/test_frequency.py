"""How often people come, beside naive counts and textbook intervals."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.contracts import convert
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import About, Watched
from shoplib.faces.visits import frequency, periods

SHOP = Shop(timezone="Europe/London", day_start=dt.time(4))
FIRST = pd.Timestamp("2024-05-01")


def stays(rows: list[tuple]) -> pd.DataFrame:
    """Return stays of ten minutes from day (from 0), hour (local), key and, where it matters, reason of staff."""
    if not rows:
        return convert.empty("footage_visits")
    table = pd.DataFrame([(*row, None)[:4] for row in rows], columns=["day", "hour", "customer_id", "staff"])
    local = FIRST + pd.to_timedelta(table["day"], unit="D") + pd.to_timedelta(table["hour"], unit="h")
    entered = local.dt.tz_localize("Europe/London").dt.tz_convert("UTC")
    table = table.assign(entered=entered, left=entered + pd.Timedelta(minutes=10)).sort_values(
        "entered", ignore_index=True
    )
    table["came_before"] = table["customer_id"].duplicated().astype("boolean").mask(table["customer_id"].isna())
    table["visit_id"] = [f"V{number:04d}" for number in table.index]
    return table.astype({"customer_id": "object", "staff": "object"})


def filmed(count: int, hours: float = 2) -> pd.DataFrame:
    """Return ``footage_days`` of so many days."""
    return pd.DataFrame({"business_date": pd.date_range(FIRST, periods=count), "seen_s": hours * 3600})


def test_returning_and_days_between_are_counted_with_their_intervals():
    rows = [(0, 10, "C1"), (4, 10, "C1"), (6, 10, "C1"), (0, 11, "C2"), (0, 15, "C2"), (5, 11, "C3"), (2, 9, None),
            (1, 9, "C9", "list"), (2, 9, "C9", "list")]  # fmt: skip
    found = frequency.measured(stays(rows), filmed(10), SHOP)
    assert found[:3] == (3, 6, 2)
    assert found.returning == pytest.approx((2 / 3, 0.2077, 0.9385), abs=1e-4)
    assert (found.repeats, found.days) == (2, 9 + 9 + 4)
    assert found.between == pytest.approx((11, 22 / 7.2247, 22 / 0.2422), rel=1e-3)
    assert frequency.told(found, SHOP) == (
        "2 of 3 customers came more than once: 66.7%, between 20.8% and 93.9% if others come as these did. "
        "A customer comes again after 11.0 days with footage on average, between 3.0 and 90.8."
    )


def test_one_day_shows_no_days_between_visits():
    found = frequency.measured(stays([(0, 10, "C1"), (0, 15, "C1")]), filmed(1), SHOP)
    assert found.days == 0 and np.isnan(found.between.value) and found.between.high == np.inf
    assert frequency.told(found, SHOP).endswith("it shows no days between visits.")
    again = frequency.measured(stays([(0, 10, "C1")]), filmed(38), SHOP)
    assert frequency.told(again, SHOP).endswith(
        "Nobody came on a second day; a customer comes at most every 10.0 days."
    )


def test_nobody_recognised_has_no_frequency():
    found = frequency.measured(stays([(0, 10, None)]), filmed(1), SHOP)
    assert found.people == 0 and frequency.told(found, SHOP).startswith("Nobody was recognised")
    assert frequency.of_each(stays([]), SHOP).empty


@pytest.mark.parametrize(("count", "warned"), [(1, True), (27, True), (28, False)])
def test_short_footage_is_said_not_to_show_a_month(count, warned):
    assert ("cannot show how often anybody comes in a month" in frequency.warning(filmed(count), SHOP)) == warned
    assert frequency.warning(convert.empty("footage_days"), SHOP) == "There is no footage, so it shows nobody’s visits."


def test_garwood_and_wilson_give_textbook_figures():
    assert frequency.counted(0) == pytest.approx((0, 0, 3.689), abs=1e-3)
    assert frequency.counted(3) == pytest.approx((3, 0.619, 8.767), abs=1e-3)
    assert frequency.share(1, 10) == pytest.approx((0.1, 0.0179, 0.4042), abs=1e-4)
    assert frequency.share(0, 0)[1:] == (0, 1)


@given(st.integers(1, 30), st.integers(1, 60), st.integers(2, 5))
@settings(max_examples=30, deadline=None)
def test_more_footage_of_the_same_narrows_the_interval(events, days, times):
    less, more = frequency.every(events, events + days), frequency.every(events * times, (events + days) * times)
    assert more.value == pytest.approx(less.value)
    assert less.low < more.low < more.value < more.high < less.high


def test_each_customer_has_visits_and_days_between():
    rows = [(0, 10, "C1"), (4, 10, "C1"), (10, 10, "C1"), (0, 11, "C2"), (0, 15, "C2"), (3, 15, "C9", "zone")]
    table = frequency.of_each(stays(rows), SHOP)
    assert table[["customer_id", "visits", "days"]].to_numpy().tolist() == [["C1", 3, 3], ["C2", 2, 1]]
    assert table["between_days"].tolist()[0] == 5 and pd.isna(table["between_days"].iloc[1])
    assert table["minutes"].tolist() == [10, 10]


VISITS = st.lists(
    st.tuples(st.integers(0, 99), st.integers(4, 27), st.sampled_from(["C1", "C2", "C3", None]),
              st.sampled_from([None, None, "list"])), max_size=25,
)  # fmt: skip


@given(VISITS, st.randoms(use_true_random=False))
@settings(max_examples=6, deadline=None)
def test_periods_add_up_whatever_the_order(rows, random):
    table, days = stays(rows), filmed(100)
    came = [row for row in rows if row[3] is None]
    mixed = table.sample(frac=1, random_state=random.randrange(1000))
    for length in ("day", "month", "quarter"):
        by = periods.visits_by(table, days, SHOP, length)
        pd.testing.assert_frame_equal(by, periods.visits_by(mixed, days, SHOP, length))
        assert by["visits"].sum() == len(came) and by["days"].sum() == 100
        assert (by["new_people"] + by["repeat_visits"] + by["not_recognised"]).equals(by["visits"])
        assert by["hours"].sum() == pytest.approx(200)
    daily = periods.visits_by(table, days, SHOP, "day").set_index("period")["visits"]
    assert {(day - FIRST).days: count for day, count in daily[daily > 0].items()} == (
        pd.Series([row[0] for row in came], dtype="int64").value_counts().to_dict()
    )
    ends = periods.first_and_last(table, SHOP)
    pd.testing.assert_frame_equal(ends, periods.first_and_last(mixed, SHOP))
    naive = {day: (min(hours), max(hours)) for day in {row[0] for row in came}
             for hours in [[row[1] for row in came if row[0] == day]]}  # fmt: skip
    hour = (
        ends["first_entered"].dt.tz_convert("Europe/London").dt.tz_localize(None) - ends["business_date"]
    ).dt.total_seconds() / 3600
    assert [naive[(day - FIRST).days][0] for day in ends["business_date"]] == hour.tolist()
    assert len(ends) == len(naive)


def test_months_and_quarters_begin_with_their_first_day():
    table = stays([(0, 10, "C1"), (40, 10, "C1"), (70, 10, None)])
    by_month = periods.visits_by(table, filmed(80), SHOP, "month")
    assert by_month["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-05-01", "2024-06-01", "2024-07-01"]
    assert by_month[["days", "visits", "new_people", "repeat_visits", "not_recognised"]].to_numpy().tolist() == [
        [31, 1, 1, 0, 0], [30, 1, 0, 1, 0], [19, 1, 0, 0, 1],
    ]  # fmt: skip
    by_quarter = periods.visits_by(table, filmed(80), SHOP, "quarter")
    assert by_quarter["period"].dt.strftime("%Y-%m-%d").tolist() == ["2024-04-01", "2024-07-01"]


def clip(begins_hour: float, seconds: float, camera: str = "door", **about: object) -> Watched:
    """Return footage of the first day."""
    starts = (FIRST + pd.Timedelta(hours=begins_hour)).tz_localize("Europe/London").tz_convert("UTC").to_pydatetime()
    nothing = pd.DataFrame()
    told = Clip(f"{begins_hour} {camera}", Path("x"), starts, camera)
    known = About("", seconds, 5, 640, 360, 0, 0, **about)
    return Watched(told, known, nothing, nothing, np.empty(0, dtype=np.int64), [])


def test_traffic_is_told_for_hours_with_footage_only():
    table = stays([(0, 9.9, "C1"), (0, 10.1, "C2"), (0, 10.2, None), (0, 10.3, "C9", "list"), (0, 25.1, "C3")])
    watched = [clip(9.5, 3600), clip(10.4, 720, "till", gaps=[(0.0, 60.0)]), clip(25, 600)]
    hours = periods.traffic(table, watched, SHOP)
    assert hours["hour"].tolist() == [9, 10, 1]
    assert hours["business_date"].tolist() == [FIRST] * 3
    assert hours["visits"].tolist() == [1, 2, 1]
    assert hours["filmed_share"].tolist() == pytest.approx([0.5, 0.6, 1 / 6])
    assert hours["visits_an_hour"].tolist() == pytest.approx([2, 2 / 0.6, 6])
    short = periods.traffic(table, [clip(9.5, 120)], SHOP)
    assert short["visits_an_hour"].isna().all()
    assert periods.traffic(table, [], SHOP).empty
