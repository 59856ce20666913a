"""The whole way from ``sales_daily`` to the declared tables, on good and on odd histories."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.contracts import check
from shoplib.forecasting import weekly
from shoplib.forecasting.outlook import choose, outlook
from shoplib.forecasting.series import EVERYWHERE


def keeps_its_word(view) -> None:
    """Check both tables against their declarations and against each other."""
    check.checked("forecast", view.forecast)
    check.checked("forecast_scores", view.scores)
    rows = view.forecast
    assert (rows["expected"] >= 0).all()
    banded = rows[rows["low_80"].notna()]
    assert (banded["low_80"] >= 0).all()
    assert (banded["low_80"] <= banded["expected"]).all()
    assert (banded["expected"] <= banded["high_80"]).all()
    by_day = rows[rows["location_id"] != EVERYWHERE].groupby("business_date")["expected"].sum()
    whole = rows[rows["location_id"] == EVERYWHERE].set_index("business_date")["expected"]
    pd.testing.assert_series_equal(by_day, whole, check_names=False)


def test_places_add_up_and_closing_days_stay_closed(random_daily):
    view = outlook(random_daily(140, closed=6))
    keeps_its_word(view)
    assert view.plan.kind == "as asked"
    assert len(view.forecast) == (3 + 1) * 24
    assert 6 not in set(view.forecast["business_date"].dt.weekday)
    assert view.total.expected == pytest.approx(
        view.forecast.loc[view.forecast["location_id"] == EVERYWHERE, "expected"].sum()
    )
    assert view.total.low < view.total.expected < view.total.high
    chosen = view.scores[view.scores["chosen"] == "yes"]
    assert set(chosen["location_id"]) == {"L0", "L1", "L2", EVERYWHERE}
    assert len(set(chosen["model"])) == 1


def test_a_known_law_is_met(random_daily):
    view = outlook(random_daily(280, places=4, seed=5))
    weekday = pd.DatetimeIndex(view.forecast["business_date"]).weekday
    true = 20_000 * np.array([0.7, 0.75, 0.9, 1.0, 1.5, 1.6, 0.8])[weekday]
    whole = (view.forecast["location_id"] == EVERYWHERE).to_numpy()
    assert np.abs(view.forecast["expected"].to_numpy() / true - 1)[whole].max() < 0.25
    assert view.total.low < true[whole].sum() < view.total.high
    # relative noise of one place is √0.05; of four of unequal size together √(0.05 × 30 / 100)
    assert view.score_of()["wape"] == pytest.approx(0.8 * np.sqrt(0.05 * 0.30), rel=0.35)


@pytest.mark.parametrize(
    "takings",
    [
        {"A": [None, 1.0]},
        {"A": [5.0]},
        {"A": [5.0] * 14},
        {"A": [5.0] * 25},
        {"A": [0.0] * 90},
        {"A": [7.0] * 90},
        {"A": [7.0] * 90, "B": [None] * 80 + [3.0] * 10},
        {"A": [float(at % 5) for at in range(100)], "B": [0.0] * 100},
        {"A": [9.0 if at % 7 == 3 else None for at in range(120)]},
        {"A": [100.0 if at < 60 else None for at in range(100)], "B": [5.0 + at % 3 for at in range(100)]},
        {"A": [5.0 + at % 3 if at % 11 else None for at in range(100)]},
    ],
    ids=["one day late", "one day", "two weeks", "short", "zero", "constant", "a new place", "one of two zero",
         "Thursdays only", "a closed place", "missing days"],
)  # fmt: skip
def test_odd_histories_give_true_tables(as_daily, takings):
    view = outlook(as_daily(takings))
    keeps_its_word(view)
    assert (view.chosen is None) == view.forecast.empty
    assert (view.total is None) == view.forecast.empty


def test_no_rows_give_empty_tables():
    view = outlook(pd.DataFrame(columns=["business_date", "location_id", "gross_sales_minor"]))
    keeps_its_word(view)
    assert (view.plan.kind, view.chosen, view.total, view.left_out) == ("none", None, None, ())


def test_places_left_out_are_named_and_not_in_the_sum(as_daily):
    view = outlook(as_daily({"A": [7.0] * 90, "new": [None] * 80 + [3.0] * 10, "gone": [9.0] * 40}))
    assert view.left_out == ("gone", "new")
    assert view.total.expected == pytest.approx(7 * 28)


def test_order_of_rows_does_not_matter(random_daily):
    daily = random_daily(80)
    one, two = outlook(daily), outlook(daily.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(one.forecast, two.forecast)
    pd.testing.assert_frame_equal(one.scores, two.scores)


def test_the_baseline_is_used_unless_a_model_beats_it():
    def table(places: dict[str, float] | None = None, **mase: float) -> pd.DataFrame:
        rows = [("A", name, value) for name, value in (places or mase).items()]
        rows += [(EVERYWHERE, name, value) for name, value in mase.items()]
        frame = pd.DataFrame(rows, columns=["location_id", "model", "mase"])
        return frame.set_index(["location_id", "model"])

    tried = weekly.candidates()
    assert choose(table(ets=0.9, seasonal_naive=1.2, theta=0.8, weekday_mean=1.0), tried).name == "theta"
    assert choose(table(ets=1.0, seasonal_naive=1.2, theta=1.1, weekday_mean=1.0), tried).name == "weekday_mean"
    assert choose(table(ets=np.nan, weekday_mean=np.nan), tried).name == "weekday_mean"
    only_together = table({"ets": 1.1, "theta": 0.9, "weekday_mean": 1.0}, ets=0.7, theta=0.8, weekday_mean=1.0)
    assert choose(only_together, tried).name == "theta"
    only_places = table({"ets": 0.5, "weekday_mean": 1.0}, ets=1.01, weekday_mean=1.0)
    assert choose(only_places, tried).name == "weekday_mean"
    assert choose(table(), tried).name == "weekday_mean"
