"""Odd days: the baseline against a plain loop, false alarms and planted days by simulation, and what goes with them."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from shoplib.contracts import convert
from shoplib.sales import anomalies, baseline
from shoplib.sales.anomalies import sales_anomalies
from shoplib.sales.baseline import judge

Make = Callable[..., Any]
WEEK = np.array([0.7, 0.7, 0.8, 0.9, 1.4, 1.6, 0.9])
START = pd.Timestamp("2024-01-01")


def _table(sales: np.ndarray, takings: np.ndarray, refunds: np.ndarray | None = None) -> pd.DataFrame:
    """Return a daily table of grids by day and place; a day without a sale has no row."""
    days, places = sales.shape
    table = pd.DataFrame(
        {
            "business_date": np.repeat(pd.date_range(START, periods=days), places),
            "location_id": np.tile([f"L{i:03}" for i in range(places)], days),
            "transactions": sales.ravel().astype("int64"),
            "gross_sales_minor": np.rint(takings).astype("int64").ravel(),
            "refunds": 0 if refunds is None else refunds.ravel(),
        }
    )
    return table[table["transactions"] > 0].reset_index(drop=True)


def _clean(rng: np.random.Generator, days: int, places: int, sales: float, spread: float) -> tuple[Any, Any]:
    """Return numbers of sales and takings with a weekday pattern, a season and a trend.

    Numbers are Poisson, of a rate that varies by ``spread`` (gamma) if it is not 0; a sale is worth a gamma amount.
    """
    day = np.arange(days)
    rate = sales * WEEK[day % 7] * np.exp(0.3 * day / 365 + 0.15 * np.sin(2 * np.pi * day / 365))
    rates = np.repeat(rate[:, None], places, axis=1)
    if spread:
        rates = rates * rng.gamma(spread**-2, spread**2, rates.shape)
    made = rng.poisson(rates)
    return made, rng.gamma(np.maximum(made, 1) * 4.0, 500.0) * (made > 0)


def _huber(values: list[float], scale: float) -> float:
    """Return Huber's mean, two steps from the median, by a plain loop."""
    middle = statistics.median(values)
    for _ in range(2):
        middle += sum(min(max(value - middle, -1.5 * scale), 1.5 * scale) for value in values) / len(values)
    return middle


def _usual(takings: list[float | None]) -> list[float | None]:
    """Return the usual takings of each day, by a plain loop."""
    logs = [math.log(value) if value else None for value in takings]

    def known(at: list[int], of: list[float | None]) -> list[float]:
        return [value for i in at if 0 <= i < len(of) and (value := of[i]) is not None]

    def weekdays(day: int) -> list[int]:
        return [day + 7 * step for step in range(-26, 27) if step]

    alike = [known(weekdays(day), logs) for day in range(len(logs))]
    far = [abs(x - statistics.median(a)) for x, a in zip(logs, alike, strict=True) if x is not None and a]
    scale = 1.4826 * statistics.median(far)
    middle = [_huber(a, scale) if len(a) >= 4 else None for a in alike]
    apart = [x - m if x is not None and m is not None else None for x, m in zip(logs, middle, strict=True)]
    usual: list[float | None] = []
    for day, base in enumerate(middle):
        near = known([i for i in range(day - 28, day + 29) if i != day], apart)
        level = _huber(near, scale) if len(near) >= 8 else 0.0
        usual.append(None if base is None else math.exp(base + level))
    return usual


@pytest.mark.parametrize("days", [20, 40, 150])
def test_usual_is_that_of_a_plain_loop(days: int, daily_from: Make) -> None:
    rng = np.random.default_rng(days)
    takings: list[float | None] = rng.integers(1_000, 9_000, days).astype(float).tolist()
    for closed in rng.integers(1, days - 1, 5):
        takings[int(closed)] = None
    judged = judge(daily_from(takings))
    wanted = np.array(_usual(takings), dtype=float)
    np.testing.assert_allclose(judged.takings.usual[:, 0], wanted)
    np.testing.assert_allclose(judged.takings.usual[:, 1], wanted)


@pytest.mark.parametrize(
    ("days", "sales", "spread"), [(365, 60, 0.0), (365, 30, 0.15), (365, 200, 0.2), (90, 60, 0.1), (42, 100, 0.0)]
)
def test_clean_series_give_at_most_one_false_alarm_a_month(days: int, sales: float, spread: float) -> None:
    judged = judge(_table(*_clean(np.random.default_rng(8), days, 120, sales, spread)))
    of_places = np.isfinite(judged.takings.score[:, :-1])
    assert (judged.odd[:, :-1] != 0).sum() / of_places.sum() <= 1 / 30.44
    assert not judged.closed.any()


@pytest.mark.parametrize("factor", [0.4, 2.5])
@pytest.mark.parametrize(("days", "sales", "spread"), [(365, 60, 0.0), (365, 200, 0.1), (84, 100, 0.0)])
def test_planted_days_are_found(days: int, sales: float, spread: float, factor: float) -> None:
    rng = np.random.default_rng(5)
    made, takings = _clean(rng, days, 200, sales, spread)
    day, place = rng.integers(0, days, 200), np.arange(200)
    takings[day, place] *= rng.binomial(made[day, place], 0.4) / made[day, place] if factor < 1 else factor
    made[day, place] = np.rint(made[day, place] * factor)
    odd = judge(_table(made, takings)).odd[day, place]
    assert (odd == np.sign(factor - 1)).mean() >= 0.9


def test_a_step_up_does_not_make_every_later_day_odd() -> None:
    made, takings = _clean(np.random.default_rng(2), 200, 50, 100, 0.0)
    made[150:], takings[150:] = made[150:] * 2, takings[150:] * 2
    odd = judge(_table(made, takings)).odd[:, :-1]
    assert (odd[165:] != 0).mean() <= 1 / 30.44
    last = 193  # a step in the very last week is odd at once
    made[last:], takings[last:] = made[last:] * 2, takings[last:] * 2
    assert (judge(_table(made, takings)).odd[last:, :-1] == 1).mean() >= 0.9


def test_the_table_is_as_declared(make_facts: Make, derived: Make) -> None:
    table = derived(make_facts(6_000, 120))["sales_anomalies"]
    convert.to_arrow("sales_anomalies", table)
    assert list(table.columns) == anomalies.COLUMNS
    assert not table.duplicated(["location_id", "business_date"]).any()


def test_closed_days_stand_out_only_where_the_place_trades(daily_from: Make) -> None:
    takings: list[float | None] = [*[10_000.0, 10_000, 10_000, 10_000, 10_000, 10_000, None] * 10]
    takings[30] = None
    table = sales_anomalies(daily_from(takings))
    assert table.to_dict("records") == [
        {
            "location_id": place, "business_date": pd.Timestamp("2024-01-31"), "direction": "no sale", "found_minor": 0,
            "usual_minor": 10_000, "score": pytest.approx(math.nan, nan_ok=True), "reason": None,
        }
        for place in ("*", "A")
    ]  # fmt: skip


def test_a_place_that_sells_now_and_then_is_not_called_closed() -> None:
    made, takings = _clean(np.random.default_rng(4), 200, 20, 1.0, 0.0)
    assert not judge(_table(made, takings)).closed[:, :-1].any()


def test_days_before_the_first_sale_are_not_closed() -> None:
    made = np.full((70, 2), 20)
    made[:10, 1] = 0
    assert not judge(_table(made, made * 100)).closed.any()


def test_four_days_of_a_weekday_are_not_enough(daily_from: Make) -> None:
    assert sales_anomalies(daily_from([10_000.0] * 27 + [1.0])).empty
    assert len(sales_anomalies(daily_from([10_000.0] * 34 + [1.0]))) == 2


def test_no_rows_give_no_rows(daily_from: Make) -> None:
    table = sales_anomalies(daily_from([]), "Europe/London")
    assert table.empty
    convert.to_arrow("sales_anomalies", table)


def test_equal_tables_give_equal_tables_whatever_the_order() -> None:
    daily = _table(*_clean(np.random.default_rng(6), 100, 5, 10, 0.5))
    mixed = daily.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(sales_anomalies(daily), sales_anomalies(mixed))


@pytest.fixture
def chain() -> tuple[np.ndarray, np.ndarray]:
    """Numbers of sales and takings of three places over 100 steady days from Monday 1 January 2024."""
    made = np.full((100, 3), 100)
    return made, made * 1_000


def _reasons(made: np.ndarray, takings: np.ndarray, refunds: np.ndarray | None = None, zone: str = "") -> Any:
    table = sales_anomalies(_table(made, takings, refunds), zone)
    return dict(zip(zip(table["location_id"], table["business_date"].dt.strftime("%m-%d"), strict=True),
                    table["reason"], strict=True))  # fmt: skip


def test_number_and_average_are_told_apart(chain: Any) -> None:
    made, takings = chain
    made[50, 0], takings[50, 0] = 40, 40_000
    takings[51, 0] = 40_000
    takings[52, 0] = 260_000
    made[53, 0], takings[53, 0] = 200, 400_000
    made[54, 0], takings[54, 0] = 200, 130_000
    found = _reasons(made, takings)
    assert [found["L000", f"02-{day}"] for day in (20, 21, 22, 23, 24)] == [
        "fewer sales at the usual average", "the usual number of sales, smaller average",
        "the usual number of sales, bigger average", "more sales and a bigger average",
        "more sales but a smaller average",
    ]  # fmt: skip


def test_one_place_all_places_and_closed_ones_are_told(chain: Any) -> None:
    made, takings = chain
    made[50, 1], takings[50, 1] = 300, 300_000
    made[55], takings[55] = 50, 50_000
    made[60, 2] = takings[60, 2] = 0
    made[65] = takings[65] = 0
    found = _reasons(made, takings)
    assert found["*", "02-20"] == "more sales at the usual average; one place: L001"
    assert found["*", "02-25"] == "fewer sales at the usual average; all places alike"
    assert found["*", "03-01"] == "fewer sales at the usual average; 1 place without a sale"
    assert found["*", "03-06"] == found["L000", "03-06"] == "no place traded"
    assert found["L002", "03-01"] is None


def test_holidays_and_refunds_are_named_and_not_left_out(chain: Any) -> None:
    made, takings = chain
    refunds = np.full(made.shape, 2)
    refunds[50, 0] = 40
    made[50, 0], takings[50, 0] = 40, 40_000
    made[88], takings[88] = 200, 200_000  # Good Friday
    made[90, 0] = takings[90, 0] = 0  # the day before Easter Monday
    found = _reasons(made, takings, refunds, "Europe/London")
    assert found["L000", "02-20"] == "fewer sales at the usual average; many refunds (40)"
    assert found["L000", "03-29"] == "Good Friday; more sales at the usual average"
    assert found["L000", "03-31"] == "the day before Easter Monday"


def test_sales_without_takings_are_said(chain: Any) -> None:
    made, takings = chain
    takings[50, 0] = 0
    assert _reasons(made, takings)["L000", "02-20"] == "sales without takings"


def test_many_places_are_judged_fast() -> None:
    daily = _table(*_clean(np.random.default_rng(1), 365, 25, 40, 0.1))
    sales_anomalies(daily)
    begun = time.process_time()
    sales_anomalies(daily)
    assert time.process_time() - begun < 0.25  # about 0.03 s; the room is for slow machines


def test_usual_of_all_together_is_in_whole_units(chain: Any) -> None:
    usual = judge(_table(*chain)).usual_minor()
    assert usual.dtype == "Int64" and usual.index.freq is not None
    assert set(usual) == {300_000}
    assert judge(_table(*chain)).places[-1] == baseline.EVERYWHERE
