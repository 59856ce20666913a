"""Who does the work: answers are the same, and the processor time of helpers is told."""

from __future__ import annotations

import os

import numpy as np
import pytest

from shoplib.forecasting import crews
from shoplib.forecasting.models.interface import Here
from shoplib.forecasting.models.prophet import Prophet
from shoplib.forecasting.models.statistical import Ets
from shoplib.forecasting.panel import Panel


@pytest.fixture(scope="module")
def panel() -> Panel:
    """Twenty shops of a hundred days."""
    import pandas as pd

    rng = np.random.default_rng(5)
    days = pd.date_range("2024-01-01", periods=107)
    week = np.array([0.7, 0.8, 0.9, 1.0, 1.3, 1.6, 0.7])[np.arange(100) % 7]
    y = 100 * week * rng.gamma(30, 1 / 30, (20, 100))
    return Panel(tuple(f"s{at}" for at in range(20)), days, 100, y, np.zeros((20, 107), dtype=bool))


def test_several_processes_give_the_answers_of_one_and_tell_their_time(panel):
    few = panel.only(np.arange(6))
    before = {name: os.environ.get(name) for name in crews.THREADS}
    with crews.processes(2) as crew:
        assert isinstance(crew, crews.Processes)
        assert list(crew.map(os.getenv, crews.THREADS)) == ["1"] * len(crews.THREADS)
        began, at_rest = crews.spent(crew), crew.seconds()
        smoothed, waved = (model.forecast(few, 7, crew) for model in (Ets(), Prophet()))
        assert crew.seconds() > at_rest + 0.2
        assert crews.spent(crew) - began >= crew.seconds() - at_rest - 1e-6
    assert {name: os.environ.get(name) for name in crews.THREADS} == before
    np.testing.assert_array_equal(smoothed.mean, Ets().forecast(few, 7, Here()).mean)
    np.testing.assert_array_equal(waved.mean, Prophet().forecast(few, 7, Here()).mean)


def test_a_crew_of_one_starts_no_process():
    with crews.processes(1) as crew:
        assert list(crew.map(lambda at: os.getpid() + at, [0])) == [os.getpid()]
        assert isinstance(crew, Here)


def test_an_error_of_a_helper_is_raised_here():
    with crews.processes(2) as crew, pytest.raises(ValueError, match="invalid literal for int"):
        list(crew.map(int, ["1", "x"]))


def test_a_dask_client_does_the_work(panel):
    from distributed import Client

    with Client(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as client:
        made = Ets().forecast(panel, 7, crews.Dask(client))
    np.testing.assert_array_equal(made.mean, Ets().forecast(panel, 7, Here()).mean)


@pytest.mark.parametrize("count", [0, 1, 4, 5, 8, 9])
def test_parts_are_all_items_in_order(count):
    found = crews.parts(range(count), 4)
    assert [item for part in found for item in part] == list(range(count))
    assert all(1 <= len(part) <= 4 for part in found)
