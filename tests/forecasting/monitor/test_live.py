"""We said, it was: which forecast counts, verdicts, running scores, and nothing to say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.monitor import live

BANDS = {"lo80": 90.0, "hi80": 110.0, "lo95": 80.0, "hi95": 120.0}


def _said(cutoff: str = "2024-05-31", days: int = 4, yhat: float = 100.0, **bands: float) -> pd.DataFrame:
    ds = pd.date_range("2024-06-01", periods=days)
    return pd.DataFrame({"unique_id": "A", "cutoff": pd.Timestamp(cutoff), "ds": ds, "yhat": yhat, **bands})


def _came(*y: float) -> pd.DataFrame:
    return pd.DataFrame({"unique_id": "A", "ds": pd.date_range("2024-06-01", periods=len(y)), "y": y})


def test_each_day_has_its_verdict_and_the_score_so_far() -> None:
    found = live.table(_said(**BANDS), _came(100, 115, 130, 50))
    assert list(found["verdict"]) == ["as said", "near", "more than said", "less than said"]
    assert list(found["error"]) == [0, -15, -30, 50]
    assert list(found["ahead"]) == [1, 2, 3, 4]
    np.testing.assert_allclose(found["running_wape"], [0, 15 / 215, 45 / 345, 95 / 395])
    np.testing.assert_allclose(found["running_inside_80"], [1, 1 / 2, 1 / 3, 1 / 4])


def test_the_latest_forecast_before_the_day_counts_and_none_made_after_it() -> None:
    said = pd.concat([_said(), _said("2024-06-02", 4, 50.0)])
    found = live.table(said.sample(frac=1, random_state=1), _came(100, 100, 100, 100))
    assert list(found["said"]) == [100, 100, 50, 50]


def test_days_that_have_not_come_and_values_not_known_are_left_out() -> None:
    assert len(live.table(_said(days=28), _came(100, np.nan, 100))) == 2


def test_without_bands_there_is_no_verdict() -> None:
    found = live.table(_said(), _came(100, 0))
    assert found["verdict"].isna().all() and found["inside_80"].isna().all()
    assert list(found["running_wape"]) == [0, 1]


def test_the_score_is_that_of_all_and_of_each() -> None:
    said = pd.concat([_said(**BANDS), _said(**BANDS).assign(unique_id="B", yhat=0.0)])
    came = pd.concat([_came(90, 110), _came(0, 0).assign(unique_id="B")])
    score = live.score(live.table(said, came)).set_index("unique_id")
    assert list(score.index) == ["*", "A", "B"]
    assert score.loc["A", ["days", "wape", "bias", "inside_80"]].tolist() == [2, pytest.approx(0.1), 0, 1]
    assert score.loc["B", ["wape", "bias"]].isna().all()
    assert score.loc["*", "wape"] == pytest.approx(0.1)


def test_no_earlier_forecast_gives_empty_tables() -> None:
    nothing = _said().head(0)
    found = live.table(nothing, _came(1, 2))
    assert list(found.columns) == list(live.TABLE) and found.empty
    assert list(live.score(found).columns) == list(live.SCORE) and live.score(found).empty
