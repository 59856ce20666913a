"""Stays from sightings, beside a naive count."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.contracts import check, convert
from shoplib.faces.footage.clips import Clip
from shoplib.faces.visits import stays

START = pd.Timestamp("2024-04-28 04:30", tz="UTC")
CLIPS = [Clip(name, Path(f"{name}.mp4"), dt.datetime(2024, 4, 28, 4, 30, tzinfo=dt.UTC), camera)
         for name, camera in (("a", "door"), ("b", "door"), ("c", "till"))]  # fmt: skip


def cameras(**more: float) -> Cameras:
    """Return settings with a visit gap of ten seconds unless told otherwise."""
    return Cameras(**{"footage": SimulatedFootage(kind="simulated"), "visit_gap_s": 10, "group_s": 0, **more})


def seen(rows: list[tuple], clip: str = "a") -> pd.DataFrame:
    """Return sightings from seconds, track, customer and, where it matters, left edge and clip."""
    table = pd.DataFrame([(*row, *(100.0, clip)[len(row) - 3 :]) for row in rows],
                         columns=["at_s", "track", "customer_id", "left_px", "clip"])  # fmt: skip
    table = table.astype({"at_s": "float64", "left_px": "float64"})
    frame = (table["at_s"] * 5).round().astype("int64")
    return pd.DataFrame(
        {
            "clip": table["clip"],
            "frame": frame,
            "face": table.groupby(["clip", frame]).cumcount(),
            "seen_at": START + pd.to_timedelta(table["at_s"], unit="s"),
            "left_px": table["left_px"], "top_px": 50.0, "width_px": 40.0, "height_px": 50.0,
            "track": table["track"].astype("Int64"),
            "customer_id": table["customer_id"].astype("object"),
        }
    )  # fmt: skip


def walked(track: int, begins: float, ends: float, who: str | None = None, left: float = 100, speed: float = 0,
           clip: str = "a") -> list[tuple]:  # fmt: skip
    """Return a track seen five times a second, moving to the right at ``speed`` pixels a second."""
    times = [begins + step / 5 for step in range(round((ends - begins) * 5) + 1)]
    return [(at, track, who, left + speed * (at - begins), clip) for at in times]


def found(rows: list[tuple], **more: float) -> list[tuple]:
    """Return customer, seconds of coming and going of each stay."""
    table = stays.footage_visits(seen(rows), CLIPS, cameras(**more))
    check.checked("footage_visits", table)
    at = [((table[side] - START) / pd.Timedelta(seconds=1)).round(3) for side in ("entered", "left")]
    return list(zip(table["customer_id"].where(table["customer_id"].notna(), None), *at, strict=True))


def test_out_of_sight_longer_than_the_gap_is_another_visit():
    sightings = seen([(at, 0, "F0001") for at in (0, 3, 6, 16, 26.5)])
    visits = stays.footage_visits(sightings, CLIPS, cameras())
    assert visits["entered"].tolist() == [START, START + pd.Timedelta(seconds=26.5)]
    assert visits["left"].tolist() == [START + pd.Timedelta(seconds=16), START + pd.Timedelta(seconds=26.5)]
    assert visits["sightings"].tolist() == [4, 1]
    assert visits["came_before"].tolist() == [False, True]
    assert stays.footage_visits(sightings, CLIPS, cameras(), frozenset(["F0001"]))["came_before"].tolist() == [
        True,
        True,
    ]
    people = stays.face_customers(sightings, visits, frozenset(["F0001"]))
    assert people[["visits", "sightings", "unsure"]].to_numpy().tolist() == [[2, 5, True]]


def test_visits_are_numbered_by_coming_in_and_pieces_of_tracks_are_no_visitors():
    rows = [(5.0, 1, "F0002"), (6.0, 1, "F0002"), (0.0, 0, "F0001"), (2.0, 3, None, 500), (4.0, 3, None, 500),
            (7.0, 4, None, 900), (8.9, 4, None, 900), (9.0, None, None), (20.0, None, None)]  # fmt: skip
    visits = stays.footage_visits(seen(rows), CLIPS, cameras())
    assert visits["visit_id"].tolist() == ["V0001", "V0002", "V0003"]
    assert visits["customer_id"].where(visits["customer_id"].notna(), None).tolist() == ["F0001", None, "F0002"]
    assert visits["came_before"].isna().tolist() == [False, True, False]


def test_one_person_on_two_cameras_at_once_is_one_visit():
    rows = walked(0, 0, 8, "F0001") + walked(0, 5, 14, "F0001", clip="c")
    assert found(rows) == [("F0001", 0, 14)]
    assert stays.footage_visits(seen(rows[::-1]), CLIPS, cameras())["camera"].tolist() == ["door"]


def test_a_visit_goes_on_in_the_next_clip():
    assert found(walked(0, 0, 8, "F0001") + walked(0, 12, 14, "F0001", clip="b")) == [("F0001", 0, 14)]
    assert found(walked(0, 0, 8) + walked(0, 8.2, 14, clip="b")) == [(None, 0, 14)]


def test_a_track_lost_for_a_moment_goes_on_where_it_was():
    assert found(walked(0, 0, 4) + walked(1, 5.4, 9, left=120)) == [(None, 0, 9)]
    assert found(walked(0, 0, 4) + walked(1, 5.4, 9, left=190)) == [(None, 0, 4), (None, 5.4, 9)]
    assert found(walked(0, 0, 4) + walked(1, 7.4, 11)) == [(None, 0, 4), (None, 7.4, 11)]


def test_a_lost_track_goes_on_where_its_walk_would_have_led():
    assert found(walked(0, 0, 4, speed=100) + walked(1, 6, 9, left=700, speed=100)) == [(None, 0, 9)]


def test_a_piece_without_a_key_belongs_to_the_person_it_goes_on_with():
    assert found(walked(0, 0, 4) + walked(1, 5, 9, "F0001") + walked(2, 10, 14)) == [("F0001", 0, 14)]


def test_glimpses_seconds_apart_are_no_visitor_though_together_they_last():
    assert found([*walked(1, 0, 0.4), *walked(2, 2.4, 3.2)]) == []
    assert found([*walked(1, 0, 1.4), *walked(2, 2.4, 3.2)]) == [(None, 0, 3.2)]


def test_two_people_are_never_joined_by_a_piece_between_them():
    rows = walked(0, 0, 4, "F0001") + walked(1, 5, 6) + walked(2, 7, 9, "F0002")
    assert found(rows) == [("F0001", 0, 6), ("F0002", 7, 9)]


def test_a_piece_at_which_somebody_else_took_over_stays_apart():
    assert found(walked(0, 0, 4, "F0001") + walked(1, 4.2, 9)) == [("F0001", 0, 4), (None, 4.2, 9)]


def test_a_face_of_another_size_is_somebody_else():
    sightings = seen(walked(0, 0, 4) + walked(1, 4.6, 9))
    sightings.loc[sightings["track"] == 1, "width_px"] = 52.0
    visits = stays.footage_visits(sightings, CLIPS, cameras())
    assert len(visits) == 2
    sightings.loc[sightings["track"] == 1, "width_px"] = 46.0
    assert len(stays.footage_visits(sightings, CLIPS, cameras())) == 1


def test_one_track_has_one_successor():
    rows = walked(0, 0, 4) + walked(1, 5, 9, left=110) + walked(2, 5, 8, left=130)
    assert found(rows) == [(None, 0, 9), (None, 5, 8)]


def test_people_without_a_key_are_not_joined_between_cameras():
    assert found(walked(0, 0, 4) + walked(0, 5, 9, clip="c")) == [(None, 0, 4), (None, 5, 9)]


def test_who_is_staff_in_every_stay_is_staff():
    sightings = seen([(at, 0, who) for who in ("F0001", "F0002", "F0003") for at in (0.0, 30.0)])
    visits = stays.footage_visits(sightings, CLIPS, cameras())
    visits["staff"] = visits["customer_id"].map({"F0001": "zone", "F0002": None, "F0003": "zone"}).astype("object")
    visits.loc[5, "staff"] = None
    people = stays.face_customers(sightings, visits)
    assert people["staff"].where(people["staff"].notna(), None).tolist() == ["zone", None, None]
    check.checked("face_customers", people)


def test_no_sightings_give_no_stays():
    nothing = convert.empty("sightings")
    visits = stays.footage_visits(nothing, [], cameras())
    assert visits.empty and stays.face_customers(nothing, visits).empty
    assert stays.visit_of(nothing, [], cameras()).empty
    check.checked("footage_visits", visits)
    assert stays.footage_visits(seen([(1.0, None, None), (2.0, 3, None)]), CLIPS, cameras()).empty


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["F0001", "F0002", "F0003"])), max_size=40),
    st.integers(1, 30),
)
@settings(max_examples=25, deadline=None)
def test_stays_are_those_of_a_naive_count(moments, gap):
    sightings = seen(sorted((float(at), 0, who) for at, who in moments))
    visits = stays.footage_visits(sightings, CLIPS, cameras(visit_gap_s=gap))
    naive = []
    for who in sorted({who for _, who in moments}):
        times = sorted(at for at, name in moments if name == who)
        begin = 0
        for end in range(1, len(times) + 1):
            if end == len(times) or times[end] - times[end - 1] > gap:
                naive.append((times[begin], times[end - 1], who, end - begin))
                begin = end
    given_ = [
        (
            int((row.entered - START).total_seconds()),
            int((row.left - START).total_seconds()),
            row.customer_id,
            row.sightings,
        )
        for row in visits.itertuples()
    ]
    assert sorted(given_) == sorted(naive)
    assert visits["entered"].is_monotonic_increasing
    check.checked("footage_visits", visits)
    people = stays.face_customers(sightings, visits)
    check.checked("face_customers", people)
    assert people["visits"].sum() == len(visits)
    assert people["sightings"].sum() == len(moments)
    assert visits["came_before"].sum() == len(visits) - len(people)


TRACKS = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 6), st.sampled_from([None, None, "F0001", "F0002"]),
              st.integers(0, 4), st.sampled_from("abc")),
    max_size=10,
)  # fmt: skip


@given(TRACKS, st.randoms(use_true_random=False), st.integers(1, 12))
@settings(max_examples=12, deadline=None)
def test_order_changes_nothing_and_nobody_is_lost(tracks, random, gap):
    rows = [row for number, (begin, lasts, who, place, clip) in enumerate(tracks)
            for row in walked(number, begin, begin + lasts, who, place * 60.0, clip=clip)]  # fmt: skip
    sightings = seen(rows)
    setting = cameras(visit_gap_s=gap, group_s=3)
    visits = stays.footage_visits(sightings, CLIPS, setting)
    keys = stays.visit_of(sightings, CLIPS, setting)
    order = list(sightings.index)
    random.shuffle(order)
    mixed = sightings.loc[order]
    pd.testing.assert_frame_equal(stays.footage_visits(mixed, CLIPS[::-1], setting), visits)
    pd.testing.assert_series_equal(stays.visit_of(mixed, CLIPS, setting).sort_index(), keys)
    assert keys[sightings["customer_id"].notna()].notna().all()
    assert keys.dropna().value_counts().to_dict() == visits.set_index("visit_id")["sightings"].to_dict()
    owners = sightings.assign(visit=keys).dropna(subset=["visit", "customer_id"])
    assert owners.groupby("visit")["customer_id"].nunique().le(1).all()
    long = sightings.groupby(["clip", "track"])["seen_at"].agg(lambda at: (at.max() - at.min()).total_seconds() >= 2)
    told = sightings.assign(visit=keys).groupby(["clip", "track"])["visit"].count() > 0
    assert told[long].all()
