"""The light: when it goes on and off, and how the camera takes to it."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from shoplib.simulate.cctv import film, lights

DAY = dt.date(2024, 4, 28)


def _utc(hour, minute=0, day=28, second=0):
    return dt.datetime(2024, 4, day, hour, minute, second, tzinfo=dt.UTC)


def test_a_light_without_times_always_burns(small):
    clip = small()
    assert lights.of_day(clip, "UTC", 1, DAY) == (DAY, None, None)
    assert lights.burning(clip, "UTC", 1, DAY, _utc(3)) == [(0, 12)]


def test_times_are_on_the_cameras_clock_and_vary_by_day(small):
    clip = small(lights_on=dt.time(9), lights_off=dt.time(18), lights_spread_s=600)
    days = [lights.of_day(clip, "Asia/Kolkata", 1, DAY + dt.timedelta(days=number)) for number in range(20)]
    late = np.array([(day.opened - _utc(3, 30)).total_seconds() % 86_400 for day in days])
    assert ((late >= 0) & (late <= 600)).all()
    assert len(set(late)) == 20
    assert all(0 <= (day.closed - _utc(12, 30)).total_seconds() % 86_400 <= 600 for day in days)
    assert days[3] == lights.of_day(clip, "Asia/Kolkata", 1, DAY + dt.timedelta(days=3))


@pytest.mark.parametrize(
    ("on", "off", "starts", "spans"),
    [
        ("10:00", None, _utc(9, 59, second=50), [(10, 60)]),
        ("10:00", "10:01", _utc(10, 0, second=30), [(0, 30)]),
        (None, "10:00", _utc(9, 59, second=30), [(0, 30)]),
        (None, "10:00", _utc(10, 1), []),
        ("10:00", "02:00", _utc(1, 59, second=30), [(0, 30)]),
        ("10:00", "02:00", _utc(3), []),
        ("00:00", "23:59", _utc(23, 58, second=30), [(0, 30)]),
        ("00:00", "23:59", _utc(23, 59, second=30), [(30, 60)]),
    ],
)
def test_the_light_burns_between_its_times(small, on, off, starts, spans):
    clip = small(seconds=60, lights_on=on, lights_off=off)
    assert lights.burning(clip, "UTC", 1, DAY, starts) == spans


def test_the_camera_settles_in_a_second():
    at_s = np.arange(0, 30, 0.1)
    spans = [(10.0, 20.0)]
    assert lights.lamp(spans, at_s).sum() == 100
    level = lights.exposure(spans, 30, at_s)
    assert (level[:100] == 1).all()
    assert level[100] == pytest.approx(2.6)
    assert level[110] == pytest.approx(1, abs=0.05)
    assert level[200] == pytest.approx(0.4)
    assert level[212] == pytest.approx(1, abs=0.05)
    assert (lights.exposure([(0.0, 30.0)], 30, at_s) == 1).all()


def test_visits_wait_for_the_light(small):
    clip = small(
        times=("09:59", "10:30"), days=3, seconds=120, lights_on="10:00", lights_off="18:00", lights_spread_s=50,
        people=4, visits=8, staff=1,
    )  # fmt: skip
    planned = film.plan(clip, "Europe/London", 5)
    assert [made.name for made in planned[:3]] == ["2024-04-28 0959", "2024-04-28 1030", "2024-04-29 0959"]
    for made in planned[::2]:
        ((begins, ends),) = made.spans
        assert 60 <= begins <= 110
        assert ends == 120
        assert made.visits.loc[made.visits["kind"] == "customer", "enters_s"].ge(begins + 2).all()
        assert made.visits.loc[made.visits["kind"] == "staff", "enters_s"].tolist() == [begins]
        assert begins == pytest.approx((made.day.opened - made.starts).total_seconds())
    assert all(len(made.visits) == 9 for made in planned[1::2])
