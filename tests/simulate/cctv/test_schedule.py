"""Visits that can be: nobody is in two places, and everybody shows the face."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.cctv import schedule
from shoplib.simulate.cctv.moves import appearances


@st.composite
def clips(draw: st.DrawFn) -> SimulatedFootage:
    seconds, share = draw(st.integers(9, 120)), draw(st.sampled_from([0, 0.3, 1]))
    room_s = seconds - 6.7
    people = draw(st.integers(2 if share else 0, min(12, int(room_s / 1.5)))) if room_s > 3 or not share else 0
    share = share if people else 0
    most = min(int(room_s / 1.5), max(people, int((people - (share > 0)) * room_s / 9.2)))
    visits = draw(st.integers(people, most)) if people else 0
    staff, crowd = draw(st.integers(0, 2)), draw(st.sampled_from([0, 30]))
    return SimulatedFootage(kind="simulated", seconds=seconds, visits=visits, people=people, together_share=share,
                            staff=staff, crowd=crowd)  # fmt: skip


def _whole(clip, before=0, seed=1):
    return schedule.visits(clip, [(0.0, float(clip.seconds))], 0, before, seed)


@given(clips(), st.integers(0, 30), st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_visits_are_possible(clip, before, seed):
    made = _whole(clip, before, seed)
    assert made["kind"].value_counts().to_dict() == {
        kind: count
        for kind, count in (("customer", clip.visits), ("staff", clip.staff), ("crowd", clip.crowd))
        if count
    }
    came = made[made["kind"] == "customer"]
    assert came["person"].nunique() == clip.people
    assert (came["enters_s"] >= 0).all()
    assert (made["leaves_s"] <= clip.seconds + 1e-9).all()
    alone = came[came["group"].isna()]
    assert (np.diff(alone["enters_s"]) >= 1.5 - 1e-9).all()
    pairs = came.dropna(subset="group").groupby("group")
    assert pairs.ngroups == min(round(clip.together_share * clip.visits / 2), clip.visits // 2)
    for _, two in pairs:
        assert len(two) == 2
        assert two["person"].nunique() == 2
        assert 0.3 <= np.diff(two["enters_s"])[0] < 1
        assert abs(np.diff(two["leaves_s"])[0]) <= 0.5
        assert 0.05 < np.diff(two["x"])[0] < 0.15
    counter = came.sort_values("arrives_s")
    x, arrives, turns = (counter[name].to_numpy() for name in ("x", "arrives_s", "turns_s"))
    for now in arrives:
        assert (np.diff(np.sort(x[(arrives <= now) & (turns > now)])) > 0.05).all()
    for _, mine in came.groupby("person"):
        assert (mine["outfit"].to_numpy()[1:] != mine["outfit"].to_numpy()[:-1]).all()
        assert (mine["enters_s"].to_numpy()[1:] >= mine["leaves_s"].to_numpy()[:-1] + 1 - 1e-9).all()
    pd.testing.assert_frame_equal(made, _whole(clip, before, seed))


def test_everybody_comes_before_anybody_comes_again_and_goes_on_in_the_next_clip():
    clip = SimulatedFootage(kind="simulated", people=10, visits=24)
    first, second = _whole(clip, 0, 3), schedule.visits(clip, [(0.0, 60.0)], 1, 24, 3)
    person = [*first["person"], *second["person"]]
    assert len(set(person[:10])) == 10
    assert person == (person[:10] * 5)[:48]
    both = pd.concat([first, second])
    for _, mine in both.groupby("person"):
        assert set(mine["outfit"]) == {"a", "b"}
        assert (mine["outfit"].to_numpy()[1:] != mine["outfit"].to_numpy()[:-1]).all()


@given(clips(), st.integers(0, 100), st.integers(0, 100))
@settings(max_examples=15, deadline=None)
def test_nobody_is_there_in_the_dark(clip, begins, length):
    span = (min(begins, clip.seconds - 1.0), min(float(clip.seconds), begins + length + 1.0))
    made = schedule.visits(clip, [span], 0, 0, 1)
    assert len(made) == schedule.coming(clip, [span]) + clip.staff + clip.crowd
    assert (made["enters_s"] >= span[0]).all()
    assert (made["leaves_s"] <= span[1] + 1e-9).all()
    assert schedule.visits(clip, [], 0, 0, 1).empty


def test_those_of_the_shop_are_no_customers_and_stand_aside():
    clip = SimulatedFootage(kind="simulated", staff=2, people=12, visits=14)
    made = _whole(clip)
    staff = made[made["kind"] == "staff"]
    assert staff["person"].tolist() == [12, 13]
    assert not set(staff["person"]) & set(made.loc[made["kind"] == "customer", "person"])
    assert staff["x"].min() > made.loc[made["kind"] == "customer", "x"].max() + 0.1
    shown = appearances(staff.reset_index(drop=True), 5)
    assert shown.groupby("visit")["x"].agg(np.ptp).between(0.005, 0.04).all()
    assert len(shown) == 2 * 60 * 5
    alike = SimulatedFootage(kind="simulated", alike=True, people=15, visits=15, staff=2)
    customers, shop = schedule.roles(alike, 5)
    assert len({*customers, *shop}) == 17


@given(clips(), st.integers(1, 30))
@settings(max_examples=12, deadline=None)
def test_everybody_is_somewhere_in_each_frame_of_a_visit(clip, frames_a_second):
    visits = _whole(clip)
    shown = appearances(visits, frames_a_second)
    frames = np.arange(clip.seconds * frames_a_second + 1)
    at_s = frames / frames_a_second
    for visit, row in enumerate(visits.itertuples()):
        there = frames[
            (at_s >= row.enters_s) & ((at_s <= row.leaves_s) if row.kind == "customer" else frames[:-1].size > frames)
        ]
        assert shown.loc[shown["visit"] == visit, "frame"].tolist() == there.tolist()
    assert (shown.groupby("frame")["scale"].diff().dropna() >= 0).all()
    at_counter = shown["scale"] == 1
    assert shown.loc[at_counter, "view"].isin(["f0", "talk", "smile", "down", "l15", "r15", "l28", "r28"]).all()


def test_somebody_walks_in_shows_the_face_turns_and_leaves():
    visits = _whole(SimulatedFootage(kind="simulated", people=1, visits=1, seconds=9))
    shown = appearances(visits, 10)
    views, mirrored = shown["view"].tolist(), shown["mirrored"].tolist()
    assert views[0] == "p90"
    assert views[-1] == "p90"
    assert mirrored == [False] * (len(shown) - sum(mirrored)) + [True] * sum(mirrored)
    assert "back" in views
    assert views.index("back") > views.index("r28")
    assert shown["x"].iloc[0] < 0.1
    assert shown["x"].iloc[-1] < 0.1
    assert abs(shown["x"].max() - visits["x"].iloc[0]) < 0.01
