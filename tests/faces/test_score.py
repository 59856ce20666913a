"""Scores beside published figures and slow twins."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.contracts import convert
from shoplib.faces import score
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import COLUMNS, LIGHT, About, Watched
from shoplib.faces.visits import stays as visits

BOX = ["clip", "frame", "left_px", "top_px", "width_px", "height_px"]


@pytest.mark.parametrize(("response", "precision"), [("aaaaabbbbbbb", 0.76), ("aaaaabbaaaaa", 0.58)])
def test_b_cubed_gives_the_figures_of_its_authors(response, precision):
    """Bagga and Baldwin (1998), chains 1-2-3-4-5, 6-7, 8-9-A-B-C and two responses to them."""
    found, true = np.array(list(response)), np.array(list("xxxxxyyzzzzz"))
    assert score.b_cubed(found, true) == (pytest.approx(precision, abs=0.005), 1.0)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_b_cubed_is_the_mean_over_items(items):
    found, true = (np.array(side) for side in zip(*items, strict=True))
    pure, whole = [], []
    for mine, own in items:
        both = sum(f == mine and t == own for f, t in items)
        pure.append(both / sum(f == mine for f, _ in items))
        whole.append(both / sum(t == own for _, t in items))
    assert score.b_cubed(found, true) == (pytest.approx(np.mean(pure)), pytest.approx(np.mean(whole)))


def test_nothing_grouped_has_no_score():
    assert np.isnan(score.b_cubed(np.array([]), np.array([]))).all()


def test_a_find_lies_on_the_face_it_overlaps_most():
    true = pd.DataFrame(
        [("a", 0, 100, 100, 50, 60), ("a", 0, 140, 100, 50, 60), ("a", 1, 100, 100, 50, 60)], columns=BOX
    )
    finds = pd.DataFrame(
        [
            ("a", 0, 98, 102, 50, 60),
            ("a", 0, 142, 98, 50, 60),
            ("a", 0, 400, 100, 50, 60),
            ("a", 1, 135, 100, 50, 60),
            ("a", 2, 100, 100, 50, 60),
            ("b", 0, 100, 100, 50, 60),
        ],
        columns=BOX,
    )
    assert score.matched(finds, true).tolist() == [0, 1, -1, -1, -1, -1]


def test_two_finds_on_one_face_are_one_hit():
    true = pd.DataFrame([("a", 0, 100, 100, 50, 60)], columns=BOX)
    finds = pd.DataFrame([("a", 0, 100, 100, 50, 60), ("a", 0, 105, 100, 50, 60)], columns=BOX)
    assert score.matched(finds, true).tolist() == [0, -1]
    assert score.matched(finds.iloc[:0], true).tolist() == []


def test_each_true_visit_needs_a_stay_of_the_same_person():
    second = pd.Timedelta(seconds=1)
    start = pd.Timestamp("2024-04-28", tz="UTC")
    true = pd.DataFrame(
        {"person": ["P1", "P2", "P1"], "enters": [start, start, start + 30 * second],
         "leaves": [start + 9 * second, start + 9 * second, start + 39 * second]}
    )  # fmt: skip
    stays = pd.DataFrame(
        {"visit_id": ["V1", "V2", "V3"], "customer_id": ["C1", "C1", None],
         "entered": [start + second, start + 20 * second, start],
         "left": [start + 5 * second, start + 21 * second, start + 9 * second]}
    )  # fmt: skip
    assert score.visits_recognised(stays, pd.Series({"C1": "P1"}), true) == 1


START = pd.Timestamp("2024-04-28 04:30", tz="UTC")
CAMERAS = Cameras(footage=SimulatedFootage(kind="simulated"), visit_gap_s=5, min_face_px=40)
TRUE = [("a", 0, "P1", 0, 10, False, 0), ("a", 1, "P2", 1, 11, False, 0), ("b", 0, "P1", 60, 70, False, None),
        ("b", 1, "P9", 60, 90, True, None)]  # fmt: skip
"""Clip, visit, person, seconds of coming and going, staff, group."""
CLIP_B_S = 60


def two_clips() -> list[Watched]:
    """Return clips a and b, of which every second was looked at."""
    empty = [pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}) for kinds in (COLUMNS, LIGHT)]
    return [
        Watched(Clip(name, Path(name), (START + pd.Timedelta(seconds=begins)).to_pydatetime(), "door"),
                About("", 40, 1, 640, 360, 0, 0), *empty, np.arange(40), [])
        for name, begins in (("a", 0), ("b", CLIP_B_S))
    ]  # fmt: skip


def truth() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return true visits and faces: one face a second, everybody in a place of their own."""
    came = pd.DataFrame(TRUE, columns=["clip", "visit", "person", "enters", "leaves", "staff", "group"])
    faces = [
        (row.clip, at - (CLIP_B_S if row.clip == "b" else 0), row.visit, row.person, 100.0 + 100 * place, 100.0, 50.0,
         60.0, 0, 0.0)
        for place, row in enumerate(came.itertuples()) for at in range(row.enters, row.leaves + 1)
    ]  # fmt: skip
    for side in ("enters", "leaves"):
        came[side] = START + pd.to_timedelta(came[side], unit="s")
    columns = ["clip", "frame", "visit", "person", *BOX[2:], "yaw_deg", "occluded_share"]
    return came.astype({"group": "Int64"}), pd.DataFrame(faces, columns=columns)


def seen_as(keys: dict[tuple[str, int], str | None], late_s: int = 0) -> dict[str, pd.DataFrame]:
    """Return tables in which each true visit is seen, ``late_s`` after it begins, under a key."""
    _, faces = truth()
    first = faces.groupby(["clip", "visit"])["frame"].transform("min")
    found = faces[faces["frame"] >= first + late_s].sort_values(["clip", "frame", "visit"], ignore_index=True)
    begins = found["clip"].map({"a": 0, "b": CLIP_B_S})
    sightings = found[["clip", "frame", *BOX[2:]]].assign(
        face=found.groupby(["clip", "frame"]).cumcount(), track=found["visit"],
        seen_at=START + pd.to_timedelta(begins + found["frame"], unit="s"),
        customer_id=pd.Series([keys[at] for at in zip(found["clip"], found["visit"], strict=True)], dtype="object"),
    )  # fmt: skip
    stays = visits.footage_visits(sightings, [one.clip for one in two_clips()], CAMERAS)
    return {"sightings": sightings, "footage_visits": stays, "face_customers": visits.face_customers(sightings, stays),
            "footage_days": convert.empty("footage_days")}  # fmt: skip


def measured(tables: dict[str, pd.DataFrame], days: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the scores by measure."""
    nothing = pd.DataFrame({"day": [], "opened": [], "closed": []})
    table = score.scores(two_clips(), tables, *truth(), nothing if days is None else days, CAMERAS)
    assert list(table) == score.COLUMNS
    return table.set_index("measure")


RIGHT = {("a", 0): "F0001", ("a", 1): "F0002", ("b", 0): "F0001", ("b", 1): "F0003"}


def test_footage_read_without_a_fault_has_full_marks():
    table = measured(seen_as(RIGHT))
    whole = ["Faces found", "Faces that are faces", "Customers beside people", "People recognised", "Visits recognised",
             "Both together", "Both together, every face", "Visits beside true visits", "Visits found", "Groups found",
             "Groups that are groups"]  # fmt: skip
    assert table.loc[whole, "share"].eq(1).all()
    assert table.loc[["Coming in", "Going out"], "off"].eq(0).all()
    assert table.loc["Visits miscounted", ["found", "of"]].tolist() == [1, 3]
    assert table.loc["Staff found", ["found", "of"]].tolist() == [0, 1]


def test_faces_without_a_key_count_only_in_the_measure_of_every_face():
    table = measured(seen_as({**RIGHT, ("a", 1): None}))
    assert table.loc["Both together", "share"] == 1
    assert table.loc["One customer, one person, every face", "share"] == 1
    faces = {"P1": 22, "P2": 11, "P9": 31}
    expected = (22 + 31 + 11 / 11) / sum(faces.values())
    assert table.loc["One person, one customer, every face", "share"] == pytest.approx(expected)
    assert table.loc["People recognised", ["found", "of"]].tolist() == [2, 3]
    assert table.loc["Visits found", ["found", "of"]].tolist() == [4, 4]


def test_counting_without_keys_is_scored_by_visits():
    table = measured(seen_as(dict.fromkeys(RIGHT), late_s=2))
    assert table.loc["Visits recognised", "found"] == 0
    assert table.loc["Visits found", ["found", "of"]].tolist() == [4, 4]
    assert table.loc["Coming in", ["found", "of", "off"]].tolist() == [4, 4, 2]
    assert table.loc[["Both together", "Both together, every face"], "share"].isna().all()


def test_two_people_under_one_key_cost_precision_and_a_visit():
    table = measured(seen_as({**RIGHT, ("b", 1): "F0001"}))
    assert table.loc["One customer, one person", "share"] < 1
    assert table.loc["One person, one customer", "share"] == 1
    assert table.loc["Visits found", "found"] == 3


def test_staff_told_rightly_and_wrongly():
    tables = seen_as(RIGHT)
    stays = tables["footage_visits"]
    stays["staff"] = stays["customer_id"].map({"F0003": "list", "F0002": "zone"}).astype("object")
    table = measured(tables)
    assert table.loc["Staff found", ["found", "of"]].tolist() == [1, 1]
    assert table.loc["Customers taken for staff", ["found", "of"]].tolist() == [1, 2]
    assert table.loc["Customers’ visits beside true visits", ["found", "of"]].tolist() == [2, 3]


@pytest.mark.parametrize(
    ("told_s", "true_s", "shown", "false", "off"),
    [(20, 50 / 3, (1, 1), (0, 1), 1 / 18), (None, 20, (0, 1), (0, 0), None), (20, 50, (0, 0), (1, 1), None),
     (20, None, (0, 0), (1, 1), None)],
)  # fmt: skip
def test_opening_is_right_within_two_minutes_and_only_where_shown(told_s, true_s, shown, false, off):
    def at(seconds):
        return pd.NaT if seconds is None else START + pd.Timedelta(seconds=seconds)

    days = pd.DataFrame({"business_date": [pd.Timestamp("2024-04-28")], "opened": [at(told_s)], "closed": [pd.NaT]})
    true = pd.DataFrame({"day": [dt.date(2024, 4, 28)], "opened": [at(true_s)], "closed": [None]})
    table = measured({**seen_as(RIGHT), "footage_days": days}, true)
    assert tuple(table.loc["Opening", ["found", "of"]]) == shown
    assert tuple(table.loc["Opening told wrongly", ["found", "of"]]) == false
    assert pd.isna(table.loc["Opening", "off"]) if off is None else table.loc["Opening", "off"] == pytest.approx(off)


def test_nothing_seen_is_scored_without_a_fault():
    tables = {name: convert.empty(name) for name in ("sightings", "footage_visits", "face_customers", "footage_days")}
    table = measured(tables)
    assert table.loc["Visits found", ["found", "of"]].tolist() == [0, 4]
    assert table.loc["Faces found", "share"] == 0 and pd.isna(table.loc["Groups that are groups", "share"])
    none = pd.DataFrame({"day": [], "opened": [], "closed": []})
    came, faces = truth()
    assert score.scores([], tables, came, faces, none, CAMERAS)["of"].fillna(0).eq(0).all()
