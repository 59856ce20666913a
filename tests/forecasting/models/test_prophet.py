"""What Prophet is given, and what it makes of it."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest

from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.prophet import Prophet, holidays_of


@pytest.fixture(scope="module")
def promoted(panel_of, shop_days):
    """A shop that sells 60 a day more while a promotion runs, whose plan for the coming days is known."""
    promo = (np.arange(228) // 5 % 3 == 0).astype(float)
    return panel_of([shop_days(200) + 60 * promo[:200]], known={"trend": promo[None]})


def test_a_column_known_ahead_is_learnt_whatever_its_name(promoted):
    made = Prophet().forecast(promoted, 28, Here()).mean[0]
    promo = promoted.known["trend"][0, 200:] == 1
    assert made[promo].mean() - made[~promo].mean() == pytest.approx(60, abs=12)


def test_a_column_with_gaps_is_not_used(promoted, panel_of):
    gaps = promoted.known["trend"].copy()
    gaps[0, -3] = np.nan
    with_gaps, without = (panel_of(promoted.y, known=known) for known in ({"trend": gaps}, {}))
    one, two = (Prophet().forecast(panel, 28, Here()).mean for panel in (with_gaps, without))
    np.testing.assert_array_equal(one, two)


def test_a_gap_on_a_closed_day_does_no_harm(promoted, panel_of):
    closed = np.zeros((1, 228), dtype=bool)
    closed[0, [50, 225]] = True
    gaps = promoted.known["trend"].copy()
    gaps[closed] = np.nan
    one, two = (
        Prophet().forecast(panel_of(promoted.y, closed, {"trend": known}), 28, Here()).mean[0]
        for known in (gaps, promoted.known["trend"])
    )
    open_days = ~closed[0, 200:]
    np.testing.assert_allclose(one[open_days], two[open_days])


def test_a_warm_start_changes_the_answer_by_little(promoted):
    warm, cold = Prophet(), Prophet(warm=False)
    warm.forecast(promoted.until(172, 28), 28, Here())
    one, two = (model.forecast(promoted, 28, Here()).mean for model in (warm, cold))
    np.testing.assert_allclose(one, two, rtol=0.03)
    assert (one != two).any()
    np.testing.assert_array_equal(cold.forecast(promoted, 28, Here()).mean, two)


def test_a_fit_of_the_same_days_starts_cold(promoted):
    model = Prophet()
    one, two = (model.forecast(promoted, 28, Here()).mean for _ in range(2))
    np.testing.assert_array_equal(one, two)


def test_a_public_holiday_is_learnt_with_the_days_beside_it(panel_of, shop_days):
    days = pd.date_range("2022-01-01", "2023-12-31")
    y = shop_days(len(days))
    y[(days.month == 5) & (days.day == 1)] += 300
    panel = panel_of([y[:480]], start="2022-01-01", country="DE")
    plain = panel_of([y[:480]], start="2022-01-01")
    of_may = int(np.flatnonzero(panel.coming(28) == "2023-05-01")[0])
    with_days, without = (Prophet().forecast(each, 28, Here()).mean[0, of_may] for each in (panel, plain))
    assert with_days - without > 100


def test_holidays_of_a_part_of_a_country_and_of_none():
    days = pd.date_range("2024-01-01", "2024-12-31")
    whole, _ = holidays_of("DE", days)
    part, _ = holidays_of("DE-NW", days)
    assert len(part) > len(whole) > 0
    assert set(whole["holiday"].str.rsplit(n=1).str[1]) == {"-1", "+0", "+1"}
    none, notes = holidays_of("XX", days)
    assert none.empty
    assert notes == ("Prophet knows no public holidays of XX",)
    assert holidays_of("", days)[1] == ()


def test_an_unknown_country_is_told_and_does_no_harm(panel_of, shop_days):
    said = Prophet().forecast(panel_of([shop_days(60)], country="XX"), 28, Here())
    assert said.notes == ("Prophet knows no public holidays of XX",)
    assert np.isfinite(said.mean).all()


def test_less_than_two_weeks_are_left_to_others(panel_of, shop_days):
    days = np.r_[np.full(40, np.nan), shop_days(13)]
    assert np.isnan(Prophet().forecast(panel_of([days]), 28, Here()).mean).all()


def test_closed_days_are_nothing_to_prophet_as_it_comes_and_left_out_otherwise(panel_of, shop_days):
    closed = np.tile(np.arange(228) % 7 == 6, (1, 1))
    panel = panel_of([shop_days(200)], closed)
    ours, plain = (model.forecast(panel, 28, Here()).mean[0] for model in (Prophet(), Prophet(default=True)))
    shut = closed[0, 200:]
    assert abs(plain[shut]).max() < 10
    np.testing.assert_allclose(ours[~shut], plain[~shut], rtol=0.1)


def test_the_tuned_one_finds_that_a_pattern_grows_with_the_level(panel_of):
    day = np.arange(428)
    y = (100 + day) * (1 + 0.5 * np.sin(2 * np.pi * day / 7))
    panel = panel_of([y[:400]])
    tuned, plain = (model.forecast(panel, 28, Here()).mean[0] for model in (Prophet(tuned=True), Prophet()))
    assert np.abs(tuned - y[400:]).sum() < 0.5 * np.abs(plain - y[400:]).sum()


def test_logging_is_quiet_while_it_works_and_as_before_afterwards(panel_of, shop_days, capfd, caplog):
    loggers = [logging.getLogger(name) for name in ("prophet", "cmdstanpy")]
    before = [logger.disabled for logger in loggers]
    Prophet().forecast(panel_of([shop_days(60)]), 28, Here())
    assert [logger.disabled for logger in loggers] == before
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
