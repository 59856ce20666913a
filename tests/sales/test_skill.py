"""Luck or skill: against plain loops, and by what chance makes of equal people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from shoplib.sales import ranks, skill

Make = Callable[..., Any]


def hours(
    seed: int, days: int = 120, places: int = 2, people: int = 4, skills: dict[int, float] | None = None
) -> skill.Blocks:
    """Return hours of people on shift at random; a day, a place and an hour of the clock are as good for all."""
    rng = np.random.default_rng(seed)
    day, hour, place, who = (
        part.ravel() for part in np.meshgrid(np.arange(days), np.arange(10, 18), np.arange(places), np.arange(people))
    )
    on = rng.random(len(day)) < 0.5
    day, hour, place, who = day[on], hour[on], place[on], (who + place * people)[on]
    good = 1 + 0.2 * rng.normal(size=(days, places))[day, place]
    factor = np.ones(places * people)
    for person, size in (skills or {}).items():
        factor[person] = size
    gross = 1_000 * (1 + place) * (1 + (hour > 13)) * good * factor[who] * rng.lognormal(-0.08, 0.4, len(day))
    return skill.Blocks(who, place, day + 19_723, hour, gross, np.full(len(day), 2))


@pytest.mark.parametrize(("days", "places", "people"), [(30, 2, 4), (90, 1, 2), (90, 3, 4)])
def test_equal_people_are_not_told_apart(days: int, places: int, people: int) -> None:
    seeds = 40
    found = [skill.against_others(hours(seed, days, places, people), places * people) for seed in range(seeds)]
    assert all(table["error"].notna().all() for table in found)
    quiet = sum((table["verdict"] == skill.CHANCE).all() for table in found)
    assert quiet >= stats.binom.ppf(0.01, seeds, 0.95)
    held = np.mean([(table["low"] <= 1) & (table["high"] >= 1) for table in found])
    assert held == pytest.approx(0.95, abs=0.04)


def test_who_is_better_or_worse_is_told() -> None:
    for seed in range(5):
        table = skill.against_others(hours(seed, 180, 2, 5, {0: 1.25, 7: 0.75}), 10)
        assert table["verdict"][0] == skill.ABOVE
        assert table["verdict"][7] == skill.BELOW
        assert table["low"][0] < 1.25 < table["high"][0] + 0.05


def slow_ratio(found: skill.Blocks, person: int) -> tuple[int, float, float]:
    """Return hours compared, takings and expected takings of one person, by plain loops."""
    rows = list(zip(found.who, found.place, found.day, found.hour, found.gross_minor, strict=True))
    last, first = max(found.day), min(found.day)

    def part(day: int) -> int:
        weekday = pd.Timestamp(int(day), unit="D").weekday()
        return weekday if last - first + 1 >= 56 else int(weekday >= 4)

    cells: dict[tuple[int, ...], list[tuple[int, float]]] = {}
    for who, place, day, hour, gross in rows:
        cells.setdefault((place, hour, part(day)), []).append((who, gross))
    count, taken, expected = 0, 0.0, 0.0
    for cell in cells.values():
        others = [gross for who, gross in cell if who != person]
        mine = [gross for who, gross in cell if who == person]
        if len(others) >= skill.FEWEST_OTHERS:
            count, taken = count + len(mine), taken + sum(mine)
            expected += len(mine) * sum(others) / len(others)
    return count, taken, expected


@pytest.mark.parametrize("days", [14, 60])
def test_ratios_equal_a_loop(days: int) -> None:
    found = hours(3, days, 1, 3)
    table = skill.against_others(found, 4)
    for person in range(3):
        count, taken, expected = slow_ratio(found, person)
        row = table.loc[person]
        assert row["hours"] == count
        assert row["sales"] == 2 * count
        assert (row["gross_minor"], row["expected_minor"]) == (pytest.approx(taken), pytest.approx(expected))
        assert row["ratio"] == pytest.approx(taken / expected)
    assert table.loc[3, "verdict"] == skill.ALONE
    assert pd.isna(table.loc[3, "ratio"])


def test_the_error_is_that_of_drawing_again() -> None:
    table = skill.against_others(hours(0, 120), 8)
    drawn = [skill.against_others(hours(seed, 120), 8)["ratio"] for seed in range(60)]
    assert table["error"].mean() == pytest.approx(np.std(drawn, axis=0).mean(), rel=0.3)


def test_alone_at_a_place_nobody_is_judged() -> None:
    found = hours(1, 90, 2, 1)
    table = skill.against_others(found, 2)
    assert table["verdict"].tolist() == [skill.ALONE, skill.ALONE]
    assert table["hours"].tolist() == [0, 0]


def test_too_few_days_or_sales_are_not_judged() -> None:
    assert (skill.against_others(hours(1, 9), 8)["verdict"] == skill.TOO_FEW).all()
    enough = hours(1, 40)
    assert (skill.against_others(enough, 8)["verdict"] == skill.CHANCE).all()
    assert (skill.against_others(enough, 8, fewest_sales=10_000)["verdict"] == skill.TOO_FEW).all()
    table = skill.against_others(enough, 8, fewest_sales=10_000)
    assert table["ratio"].notna().all()
    assert table[["low", "high", "p"]].isna().all(axis=None)


def test_no_hours_at_all() -> None:
    empty = skill.blocks(
        pd.DataFrame(
            {
                "employee_id": pd.Categorical([]), "location_id": pd.Categorical([]), "total_minor": [], "hour": [],
                "day": pd.to_datetime([]),
            }
        ).astype({"hour": "Int64"})
    )  # fmt: skip
    assert len(empty.who) == 0
    table = skill.against_others(empty, 2)
    assert table["verdict"].tolist() == [skill.ALONE, skill.ALONE]
    assert skill.spread(table, 0) is None


def test_blocks_equal_a_loop(make_facts: Make, books_of: Make) -> None:
    sold = books_of(make_facts(400, 20)).sold
    found = skill.blocks(sold)
    wanted: dict[tuple[Any, ...], list[int]] = {}
    for row in sold.itertuples():
        if not pd.isna(row.employee_id):
            wanted.setdefault((row.employee_id, row.location_id, row.day, row.hour), []).append(row.total_minor)
    people, places = sold["employee_id"].cat.categories, sold["location_id"].cat.categories
    got = {
        (people[who], places[place], pd.Timestamp(int(day), unit="D"), hour): (gross, sales)
        for who, place, day, hour, gross, sales in zip(
            found.who, found.place, found.day, found.hour, found.gross_minor, found.sales, strict=True
        )
    }
    assert got == {key: (sum(totals), len(totals)) for key, totals in wanted.items()}


def test_spread_tells_skill_from_luck() -> None:
    equal = [skill.spread(skill.against_others(hours(seed, 90, 3, 4), 12), 3) for seed in range(40)]
    known = [found for found in equal if found]
    assert len(known) == 40
    assert np.mean([found.p < 0.05 for found in known]) <= 0.15
    assert np.mean([found.beyond_chance for found in known]) < 0.15
    skills = dict(enumerate(np.linspace(0.7, 1.3, 12)))
    found = skill.spread(skill.against_others(hours(1, 90, 3, 4, skills), 12), 3)
    assert found is not None
    assert (found.people, found.p < 0.001, found.beyond_chance > 0.8) == (12, True, True)


def test_spread_needs_three_people() -> None:
    table = skill.against_others(hours(1, 90, 1, 2), 2)
    assert skill.spread(table, 1) is None
    exact = skill.against_others(replace(hours(1, 90, 1, 4), gross_minor=np.full(len(hours(1, 90, 1, 4).who), 5.0)), 4)
    assert skill.spread(exact, 1) == skill.Spread(4, 0.0, 0.0, 1.0)
    assert (exact["verdict"] == skill.CHANCE).all()


def test_units_are_weeks_where_there_are_enough() -> None:
    weeks = skill.against_others(hours(1, 56, 1, 4), 4)
    tally = skill._tally(hours(1, 56, 1, 4), 4)
    assert len(tally.taken) == ranks.FEWEST
    assert weeks["error"].notna().all()
    assert len(skill._tally(hours(1, 55, 1, 4), 4).taken) == 55
