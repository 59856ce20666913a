"""Tables of the footage as a reader sees them."""

from __future__ import annotations

import pandas as pd

from shoplib.config.models import Shop
from shoplib.faces import tables
from shoplib.faces.visits import frequency, periods, staff
from shoplib.privacy import accuracy

SHOP = Shop(timezone="Asia/Kolkata")


def test_every_stay_is_told_by_the_shops_clock(clip):
    stays = clip.found.tables["footage_visits"]
    told = tables.visits(stays, SHOP)
    assert list(told["Visit"]) == list(stays["visit_id"])
    assert (told["Day"] == "2024-04-28").all()
    assert (told["Came in"] == stays["entered"].dt.tz_convert("Asia/Kolkata").dt.strftime("%H:%M:%S")).all()
    assert set(told["Before"]) == {"first visit", "came back"}


def test_visits_add_up_over_days_months_and_quarters(clip):
    stays, days = clip.found.tables["footage_visits"], clip.found.tables["footage_days"]
    by_day, longer = tables.by_day(stays, days, SHOP), tables.by_longer(stays, days, SHOP)
    assert by_day["Day"].tolist() == ["28 Apr 2024"]
    assert longer["Period"].tolist() == ["2024-04", "2024Q2"]
    assert longer["Visits"].tolist() == [by_day["Visits"].sum()] * 2
    assert by_day["Visits"].sum() == stays["staff"].isna().sum()


def test_how_often_each_came_and_who_was_first_and_last(clip):
    stays = clip.found.tables["footage_visits"]
    often = tables.of_each(frequency.of_each(stays, SHOP))
    assert often["Visits"].sum() == stays["customer_id"].notna().sum()
    ends = tables.first_and_last(periods.first_and_last(stays, SHOP), SHOP)
    assert ends["Came in"].tolist() <= ends["Went out"].tolist()
    who = tables.with_staff(staff.totals(stays)).set_index("Who")
    assert who.loc["customers", "Visits"] + who.loc["staff", "Visits"] == who.loc["all", "Visits"] == len(stays)


def test_mistakes_are_told_with_their_intervals_or_not_at_all():
    known = pd.DataFrame(
        {"band": ["All"], "wrong_trials": [4], "wrong_rate": [0.25], "wrong_low": [0.006], "wrong_high": [0.806],
         "missed_trials": [0], "missed_rate": [None], "missed_low": [None], "missed_high": [None], "verdict": ["go"]}
    )  # fmt: skip
    row = tables.mistakes(known).iloc[0]
    assert row["Taken for one"] == "25.0% (0.6% to 80.6%)"
    assert row["Not known again"] == "not known"
    nothing = accuracy.expected(None, 0.54, 3)
    assert nothing.sentence == accuracy.UNKNOWN
    assert tables.mistakes(nothing.table).empty
