"""Visits as promised: within the clip, one at a time a person, at a free place, in another outfit the next time."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv import schedule
from shoplib.simulate.cctv.moves import appearances

CAST = 12


@st.composite
def clips(draw: st.DrawFn) -> SimulatedFootage:
    seconds = draw(st.integers(9, 200))
    people = draw(st.integers(0, min(CAST, int((seconds - 6.7) / 1.5))))
    most = min(int((seconds - 6.7) / 1.5), max(people, int(people * (seconds - 6.7) / 9.2)))
    visits = draw(st.integers(people, most)) if people else 0
    return SimulatedFootage(kind="simulated", seconds=seconds, visits=visits, people=people)


@given(clips(), st.integers(0, 10_000))
@settings(max_examples=60, deadline=None)
def test_visits_are_possible(clip, seed):
    made = schedule.visits(clip, CAST, seed)
    assert len(made) == clip.visits
    assert made["person"].nunique() == clip.people
    assert (made["enters_s"] >= 0).all()
    assert (made["leaves_s"] <= clip.seconds + 1e-9).all()
    assert (np.diff(made["enters_s"]) >= 1.5 - 1e-9).all()
    for _, place in made.groupby("slot"):
        assert (place["arrives_s"].to_numpy()[1:] > place["turns_s"].to_numpy()[:-1]).all()
    for _, mine in made.groupby("person"):
        assert (mine["outfit"].to_numpy()[1:] != mine["outfit"].to_numpy()[:-1]).all()
        assert (mine["enters_s"].to_numpy()[1:] >= mine["leaves_s"].to_numpy()[:-1] + 1 - 1e-9).all()
    pd.testing.assert_frame_equal(made, schedule.visits(clip, CAST, seed))


def test_everybody_comes_before_anybody_comes_again():
    clip = SimulatedFootage(kind="simulated", people=10, visits=24)
    person = schedule.visits(clip, CAST, 3)["person"].tolist()
    assert len(set(person[:10])) == 10
    assert person[10:20] == person[:10]


@given(clips(), st.integers(1, 30))
@settings(max_examples=30, deadline=None)
def test_everybody_is_somewhere_in_each_frame_of_a_visit(clip, frames_a_second):
    visits = schedule.visits(clip, CAST, 1)
    shown = appearances(visits, frames_a_second)
    expected = [
        (frame, visit)
        for visit, row in enumerate(visits.itertuples())
        for frame in range(clip.seconds * frames_a_second + 1)
        if row.enters_s <= frame / frames_a_second <= row.leaves_s
    ]
    assert sorted(zip(shown["frame"], shown["visit"], strict=True)) == sorted(expected)
    assert shown["scale"].between(0.62 - 1e-9, 1).all()
    assert (shown.groupby("frame")["scale"].diff().dropna() >= 0).all()
    at_counter = shown["scale"] == 1
    assert shown.loc[at_counter, "view"].isin(["f0", "talk", "smile", "down", "l15", "r15", "l28", "r28"]).all()


def test_somebody_walks_in_shows_the_face_turns_and_leaves():
    visits = schedule.visits(SimulatedFootage(kind="simulated", people=1, visits=1, seconds=9), CAST, 1)
    shown = appearances(visits, 10)
    views = shown["view"].tolist()
    assert views[0] == "p90"
    assert views[-1] == "p90"
    assert (
        shown["mirrored"].tolist()
        == [False] * (len(shown) - shown["mirrored"].sum()) + [True] * shown["mirrored"].sum()
    )
    assert "back" in views
    assert views.index("back") > views.index("r28")
    assert shown["x"].iloc[0] < 0.1
    assert shown["x"].iloc[-1] < 0.1
    assert shown["x"].max() == pytest.approx(0.36, abs=0.01)


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ({"seconds": 12, "visits": 5, "people": 5}, "5 visits of 5 people do not fit into 12 seconds; at most 3 do"),
        ({"seconds": 30, "visits": 9, "people": 2}, "9 visits of 2 people do not fit into 30 seconds; at most 5 do"),
        ({"visits": 3, "people": 4}, "4 people cannot come in 3 visits"),
        ({"visits": 3, "people": 0}, "3 visits need at least one person"),
    ],
)
def test_a_clip_that_cannot_be_is_refused(given_, told):
    with pytest.raises(ValidationError, match=told):
        SimulatedFootage(kind="simulated", **given_)
