"""Who works here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.cameras import Cameras, SimulatedFootage, Staff
from shoplib.config.models import Shop
from shoplib.contracts import check, convert
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import COLUMNS, LIGHT, About, Watched
from shoplib.faces.visits import staff, stays

START = dt.datetime(2024, 4, 28, 4, 30, tzinfo=dt.UTC)
SHOP = Shop(timezone="Asia/Kolkata")


def watched(name: str, begins_s: float, seconds: float, camera: str = "door", **about: object) -> Watched:
    """Return a clip of 1000 × 500 pixels in which nothing was looked at."""
    clip = Clip(name, Path(f"{name}.mp4"), START + dt.timedelta(seconds=begins_s), camera)
    known = About("", seconds, 25, 1000, 500, 0, 0, **about)
    empty = (pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()}) for kinds in (COLUMNS, LIGHT))
    return Watched(clip, known, *empty, np.empty(0, dtype=np.int64), [])


def seen(spans: list[tuple[int, int, str | None, float]]) -> pd.DataFrame:
    """Return sightings once a second from begin, end, key and the left edge of the face; each span is a track."""
    rows = [
        (at, track, who, left) for track, (begin, end, who, left) in enumerate(spans) for at in range(begin, end + 1)
    ]
    table = pd.DataFrame(rows, columns=["frame", "track", "customer_id", "left_px"]).astype({"customer_id": "object"})
    return table.assign(
        clip="a", face=table["track"], seen_at=pd.Timestamp(START) + pd.to_timedelta(table["frame"], unit="s"),
        top_px=100.0, width_px=50.0, height_px=60.0,
    )  # fmt: skip


def reasons(spans, clips, *, group_s: float = 0, **rules: object) -> list[str | None]:
    """Return why each stay is staff, in order of coming in."""
    cameras = Cameras(footage=SimulatedFootage(kind="simulated"), visit_gap_s=10, group_s=group_s, staff=Staff(**rules))
    sightings = seen(spans)
    found = stays.footage_visits(sightings, [one.clip for one in clips], cameras)
    marked = staff.marked(found, sightings, clips, cameras, SHOP)
    check.checked("footage_visits", marked)
    return marked["staff"].where(marked["staff"].notna(), None).tolist()


def test_a_key_on_the_list_is_staff():
    spans = [(0, 5, "F0001", 0), (20, 25, "F0002", 0), (60, 65, "F0001", 0)]
    assert reasons(spans, [watched("a", 0, 100)], keys=["F0001"]) == ["list", None, "list"]


def test_who_stands_in_the_zone_is_staff():
    spans = [(0, 9, "F0001", 800), (20, 29, "F0002", 700), (40, 49, None, 800)]
    rules = {"zone": (0.8, 0, 1, 1), "zone_share": 0.8}
    assert reasons(spans, [watched("a", 0, 100)], **rules) == ["zone", None, "zone"]
    assert reasons([(0, 7, "F0001", 800), (8, 10, "F0001", 700)], [watched("a", 0, 100)], **rules) == [None]


def test_who_is_mostly_in_the_zone_is_staff_elsewhere_too():
    spans = [(0, 30, "F0001", 800), (60, 65, "F0001", 0), (80, 110, "F0002", 0), (130, 135, "F0002", 800)]
    assert reasons(spans, [watched("a", 0, 200)], zone=(0.8, 0, 1, 1)) == ["zone", "zone", None, "zone"]


@pytest.mark.parametrize(
    ("about", "share", "why"),
    [({}, 0.5, None), ({"dark": [(0.0, 60.0)]}, 0.5, "presence"), ({"gaps": [(100.0, 180.0)]}, 0.5, "presence"),
     ({}, 0.4, "presence"), ({"frozen": [(100.0, 110.0)]}, 0.5, None)],
)  # fmt: skip
def test_presence_is_a_share_of_the_lit_footage(about, share, why):
    assert reasons([(0, 80, "F0001", 0)], [watched("a", 0, 180, **about)], present_share=share) == [why]


def test_presence_is_held_against_all_cameras_and_clips_of_a_day():
    spans = [(0, 80, "F0001", 0)]
    assert reasons(spans, [watched("a", 0, 100), watched("b", 0, 100, "till")]) == ["presence"]
    assert reasons(spans, [watched("a", 0, 100), watched("b", 50, 200, "till")]) == [None]
    assert reasons(spans, [watched("a", 0, 100), watched("b", 86_400, 200)]) == ["presence"]


def test_short_presence_makes_nobody_staff():
    assert reasons([(0, 50, "F0001", 0)], [watched("a", 0, 60)]) == [None]
    assert reasons([(0, 50, "F0001", 0)], [watched("a", 0, 60)], least_present_s=50) == ["presence"]
    assert reasons([(0, 80, "F0001", 0)], [watched("a", 0, 80)], present_share=1) == [None]
    assert reasons([(0, 80, None, 0)], [watched("a", 0, 80)]) == ["presence"]


def test_staff_come_with_nobody():
    cameras = Cameras(footage=SimulatedFootage(kind="simulated"), staff=Staff(keys=("F0001",)))
    sightings, clips = seen([(0, 9, "F0001", 0), (0, 9, "F0002", 90), (1, 9, "F0003", 90)]), [watched("a", 0, 100)]
    found = stays.footage_visits(sightings, [one.clip for one in clips], cameras)
    assert found["group_id"].tolist() == ["G0001"] * 3
    marked = staff.marked(found, sightings, clips, cameras, SHOP)
    assert marked["group_id"].isna().tolist() == [True, False, False]
    assert staff.totals(marked)[["who", "people", "visits"]].to_numpy().tolist() == [
        ["customers", 2, 2], ["staff", 1, 1], ["all", 3, 3],
    ]  # fmt: skip


def test_nobody_is_no_staff():
    nothing = convert.empty("footage_visits")
    cameras = Cameras(footage=SimulatedFootage(kind="simulated"))
    assert staff.marked(nothing, convert.empty("sightings"), [], cameras, SHOP).empty
    assert staff.totals(nothing)["visits"].tolist() == [0, 0, 0]
    assert staff.lit_seconds([], SHOP).empty
