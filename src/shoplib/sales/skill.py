"""Luck or skill: what each employee takes in an hour against what others take at the same place in the same hours.

Nobody chooses the place, the weekday or the hour they stand at the till, so totals say nothing of skill. Hours are
those of the clock with a completed sale: they stand in for hours worked, since no timesheet is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from shoplib.sales import chances, ranks

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEWEST_OTHERS = 5
"""Fewest hours of others at the same place, weekday and hour that an hour is set against."""
FEWEST_DAYS = 10
HOURS = 24
WEEK = 7
FRIDAY = 4
MONDAY_0 = np.datetime64("2024-01-01").astype("int64") % WEEK
ABOVE, BELOW, CHANCE = "above", "below", "as chance would have it"
TOO_FEW, ALONE = "too few to say", "nobody to compare with"


@dataclass(frozen=True)
class Blocks:
    """Completed sales of known employees, one element an hour: employee, place (codes), day, hour, takings, sales.

    ``day`` counts from 1970; an hour is one employee, place, business day and hour of the clock.
    """

    who: Ints
    place: Ints
    day: Ints
    hour: Ints
    gross_minor: Floats
    sales: Ints


def blocks(sold: pd.DataFrame) -> Blocks:
    """Return the hours of the receipts ``sold`` (as in ``Books.sold``) whose employee and hour are known."""
    known = sold["employee_id"].notna().to_numpy() & sold["hour"].notna().to_numpy()
    sold = sold[known]
    place, who = (sold[name].cat.codes.to_numpy(dtype="int64") for name in ("location_id", "employee_id"))
    day = sold["day"].to_numpy().astype("datetime64[D]").astype("int64")
    hour = sold["hour"].to_numpy(dtype="int64")
    first = int(day.min()) if len(day) else 0
    span = int(day.max(initial=first)) - first + 1
    places = len(sold["location_id"].cat.categories) + 1
    key = ((who * places + place) * span + day - first) * HOURS + hour
    at, unique = pd.factorize(key)
    unique = np.asarray(unique, dtype="int64")
    rest, hours = np.divmod(unique, HOURS)
    rest, days = np.divmod(rest, span)
    whose, where = np.divmod(rest, places)
    total = sold["total_minor"].to_numpy(dtype="float64")
    return Blocks(
        whose, where, days + first, hours,
        np.bincount(at, weights=total, minlength=len(unique)).astype("float64"),
        np.bincount(at, minlength=len(unique)),
    )  # fmt: skip


def against_others(found: Blocks, employees: int, fewest_sales: int = 30) -> pd.DataFrame:
    """Return one row an employee, by code, with how the hours that can be compared went.

    Columns: hours, days, sales, gross_minor, expected_minor, ratio, low, high, error, p, verdict. An hour is compared
    if others had at least :data:`FEWEST_OTHERS` hours at that place, weekday and hour of the clock (with fewer than 8
    weeks of data weekdays are two: Monday to Thursday, Friday to Sunday). ``expected_minor`` is what they took in it on
    average, ``ratio`` takings over expected takings. Its interval comes from the differences by week (by day in short
    data), the others' own chance being part of it, as a linearised ratio (Cochran, 1977, 6.4); ``p`` is corrected for
    the number of employees after Holm. With fewer than ``fewest_sales``, ten days or eight weeks (days) compared,
    nobody is judged.
    """
    tally = _tally(found, employees)
    expected = tally.expected.sum(axis=0)
    ratio = np.where(expected > 0, tally.taken.sum(axis=0) / np.where(expected > 0, expected, 1.0), np.nan)
    judged = (tally.sales >= fewest_sales) & (tally.days >= FEWEST_DAYS) & (tally.units >= ranks.FEWEST)
    judged &= expected > 0
    made = ranks.estimate(np.nan_to_num(tally.taken - ratio * tally.expected))
    units = np.maximum(tally.units, 2)
    scale = len(tally.taken) / np.where(expected > 0, expected, np.nan) * np.sqrt(units / (units - 1))
    estimate = ranks.Estimate(
        tally.units, ratio, np.where(judged, made.error * scale, np.nan),
        np.where(judged, np.minimum(made.freedom, units - 1), np.nan),
    )  # fmt: skip
    p = ranks.holm(estimate.chance(of=1.0))
    apart = p < 1 - ranks.CONFIDENCE
    verdict = np.where(apart, np.where(ratio > 1, ABOVE, BELOW), np.where(judged, CHANCE, TOO_FEW))
    return pd.DataFrame(
        {
            "hours": tally.hours, "days": tally.days, "sales": tally.sales,
            "gross_minor": tally.taken.sum(axis=0), "expected_minor": np.where(expected > 0, expected, np.nan),
            "ratio": ratio, "low": ratio - estimate.half, "high": ratio + estimate.half,
            "error": estimate.error, "p": p, "verdict": np.where(tally.hours > 0, verdict, ALONE).astype(object),
        }
    )  # fmt: skip


@dataclass(frozen=True)
class _Tally:
    """By unit (row) and employee (column): takings and expected takings of the hours compared; and their numbers."""

    taken: Floats
    expected: Floats
    hours: Ints
    days: Ints
    sales: Ints
    units: Ints


def _tally(found: Blocks, employees: int) -> _Tally:
    unit, units, cell = _units_and_cells(found)
    taken, expected = np.zeros((units, employees)), np.zeros((units, employees))
    compared = np.zeros(len(found.who), dtype=bool)
    order = np.argsort(found.place, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(found.place[order])) + 1):
        if not len(at):
            continue
        people, who = np.unique(found.who[at], return_inverse=True)
        got, wanted, inside = _of_place(who, len(people), cell[at], unit[at], units, found.gross_minor[at])
        taken[:, people] += got
        expected[:, people] += wanted
        compared[at] = inside
    mine, size = found.who[compared], (int(found.day.max(initial=0)) + 1)
    by_day = pd.unique(mine * size + found.day[compared]) // size
    by_unit = pd.unique(mine * units + unit[compared]) // max(units, 1)
    return _Tally(
        taken, expected, np.bincount(mine, minlength=employees), np.bincount(by_day, minlength=employees),
        np.bincount(mine, weights=found.sales[compared], minlength=employees).astype("int64"),
        np.bincount(by_unit, minlength=employees),
    )  # fmt: skip


def _units_and_cells(found: Blocks) -> tuple[Ints, int, Ints]:
    """Return the unit of time of each hour, how many units there are, and its weekday and hour of the clock as one."""
    if not len(found.day):
        return found.day, 0, found.day
    last, first = int(found.day.max()), int(found.day.min())
    weekday = (found.day - MONDAY_0) % WEEK
    if last - first + 1 < ranks.FEWEST * WEEK:
        return found.day - first, last - first + 1, (weekday >= FRIDAY) * HOURS + found.hour
    return (last - found.day) // WEEK, (last - first) // WEEK + 1, weekday * HOURS + found.hour


def _of_place(
    who: Ints, people: int, cell: Ints, unit: Ints, units: int, gross: Floats
) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return takings and expected takings of one place by unit and employee, and which hours are compared.

    What others take in a unit differs from their own mean too: the expected takings of a unit carry that difference,
    with the weight it has in the mean, so that its chance counts and what all share in a week falls out.
    """
    _, cell = np.unique(cell, return_inverse=True)
    cells = int(cell.max()) + 1
    number = np.bincount(who * cells + cell, minlength=people * cells).reshape(people, cells).astype("float64")
    amount = np.bincount(who * cells + cell, weights=gross, minlength=people * cells).reshape(people, cells)
    others = number.sum(axis=0) - number
    able = (number > 0) & (others >= FEWEST_OTHERS)
    usual = np.where(able, (amount.sum(axis=0) - amount) / np.maximum(others, 1), 0.0)
    weight = np.where(able, number / np.maximum(others, 1), 0.0)
    in_unit = np.bincount(unit * cells + cell, minlength=units * cells).reshape(units, cells)
    all_took = np.bincount(unit * cells + cell, weights=gross, minlength=units * cells).reshape(units, cells)
    inside, mine, heavy = able[who, cell], usual[who, cell], weight[who, cell]
    at = unit * people + who
    taken: Floats = np.bincount(at, weights=np.where(inside, gross, 0.0), minlength=units * people).astype("float64")
    own = np.bincount(at, weights=mine - heavy * (gross - mine), minlength=units * people)
    expected = own.reshape(units, people) + all_took @ weight.T - in_unit @ (weight * usual).T
    return taken.reshape(units, people), expected, inside


@dataclass(frozen=True)
class Spread:
    """How far employees lie apart: the standard deviation of their ratios, and what chance has to do with it.

    ``beyond_chance`` is the share of its square that chance alone does not make, ``p`` how likely chance alone makes as
    much.
    """

    people: int
    deviation: float
    beyond_chance: float
    p: float


def spread(compared: pd.DataFrame, places: int) -> Spread | None:
    """Return the spread of the judged employees of :func:`against_others`; ``None`` with fewer than three.

    At a place, some are above only where others are below; so the squared distances from 1 have as many degrees of
    freedom as there are employees more than ``places``.
    """
    known = compared[compared["error"].notna()]
    people = len(known)
    if people < 3 or people <= places:
        return None
    away, error = known["ratio"].to_numpy() - 1, known["error"].to_numpy()
    wide, chance = float(np.mean(away**2)), float(np.mean(error**2))
    if wide == 0:
        return Spread(people, 0.0, 0.0, 1.0)
    with np.errstate(divide="ignore"):
        total = float(np.sum((away / error) ** 2)) * (people - places) / people
    return Spread(people, wide**0.5, max(0.0, 1 - chance / wide), chances.chi_square_beyond(total, people - places))
