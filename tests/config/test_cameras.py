"""Rendered footage that cannot be is refused before anything is drawn."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from shoplib.config.cameras import Cameras, SimulatedFootage


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"seconds": 12, "visits": 5, "people": 5}, "5 visits of 5 people do not fit into 12 seconds; at most 3 do"),
        ({"seconds": 30, "visits": 9, "people": 2}, "9 visits of 2 people do not fit into 30 seconds; at most 5 do"),
        ({"visits": 3, "people": 4}, "4 people cannot come in 3 visits"),
        ({"visits": 3, "people": 0}, "3 visits need at least one person"),
        ({"visits": 3, "people": 1, "together_share": 0.5}, "together_share needs at least two people, not 1"),
        ({"people": 13}, "only 12 people are easily told apart; with alike there are 17"),
        (
            {"people": 16, "visits": 16, "alike": True, "staff": 2},
            "16 customers and 2 of the shop are more than the 17",
        ),
        ({"seconds": 90, "times": ("10:00", "10:01")}, "the clip of 90 seconds at 10:00 is not over before the next"),
        ({"times": ("10:00", "09:00")}, "the clip of 60 seconds at 10:00 is not over before the next"),
        ({"days": 2, "seconds": 7_200, "times": ("01:00", "23:30")}, "at 23:30 is not over before the next"),
        (
            {"lights_on": "10:00", "lights_off": "10:00"},
            "lights_on and lights_off must be farther apart than lights_sp",
        ),
        ({"lights_on": "10:00", "lights_off": "10:30", "lights_spread_s": 1_800}, "must be farther apart"),
    ],
)
def test_footage_that_cannot_be_is_refused(given_, told):
    with pytest.raises(ValidationError, match=told):
        SimulatedFootage(kind="simulated", **given_)


def test_lights_past_midnight_and_outside_all_clips_are_allowed():
    made = SimulatedFootage(kind="simulated", lights_on="18:00", lights_off="02:00", lights_spread_s=3_600)
    assert made.lights_off == dt.time(2)


def test_most_visits_follow_the_light():
    made = SimulatedFootage(kind="simulated")
    assert [made.most(seconds) for seconds in (0, 8, 8.2, 60, 600)] == [0, 0, 1, 35, 395]


def test_another_recogniser_needs_its_own_distance():
    with pytest.raises(ValidationError, match="max_distance must be set for ArcFace"):
        Cameras(footage={"kind": "simulated"}, recogniser="ArcFace")
    assert Cameras(footage={"kind": "simulated"}, recogniser="ArcFace", max_distance=0.9).max_distance == 0.9
