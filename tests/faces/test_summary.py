"""What is told of the footage: each sentence in full, each mode, nothing guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.faces import summary

START = pd.Timestamp("2024-04-28 08:00", tz="UTC")
SHOP = Shop(timezone="Europe/London")


def stays(*who: str | None, staff: tuple[int, ...] = (), last_s: float = 30) -> pd.DataFrame:
    entered = START + pd.to_timedelta(range(len(who)), unit="min")
    return pd.DataFrame(
        {"visit_id": [f"V{n}" for n in range(len(who))], "customer_id": list(who), "entered": entered,
         "left": entered + pd.Timedelta(seconds=last_s)}
    ).assign(staff=["zone" if number in staff else None for number in range(len(who))])  # fmt: skip


def customers(table: pd.DataFrame) -> pd.DataFrame:
    by = table.dropna(subset=["customer_id"]).groupby("customer_id")
    return pd.DataFrame({"visits": by.size(), "staff": by["staff"].first()}).reset_index()


def clips(**columns: object) -> pd.DataFrame:
    whole = {
        "clip": ["a", "b"], "camera": "camera 1", "sha256": ["0" * 64, "f" * 64], "starts": [START, START],
        "starts_from": "told by a person", "seconds": [600.0, 600.0], "frames_a_second": 25.0, "width_px": 1280,
        "height_px": 720, "busy_s": [300.0, 0.0], "gap_s": 0.0, "frozen_s": 0.0, "dark_s": 0.0, "grey": False,
        "cut_short": False,
    }  # fmt: skip
    return pd.DataFrame(whole | columns)


def gate(**faces: int) -> pd.DataFrame:
    names = {"good": "good enough", "small": "too small", "turned": "turned away"}
    return pd.DataFrame({"reason": list(names.values()), "faces": [faces.get(name, 0) for name in names]})


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("count", "4 visits counted; nobody was told apart."),
        ("session", "2 people (a day, added up) came in 3 times; 1 of them came back on the same day; 1 more visit "
         "not recognised."),
        ("recognise", "2 people came in 3 times; 1 of them came back; 1 more visit not recognised."),
    ],
)  # fmt: skip
def test_each_mode_tells_what_it_can_know(mode, told):
    seen = stays("C1", "C2", "C1", None, "C3", staff=(4,))
    assert summary.came(customers(seen), seen, mode) == told


def test_nobody_is_told_plainly():
    nobody = stays()
    assert summary.came(customers(nobody), nobody, "count") == "Nobody was seen in the footage."
    assert summary.came(customers(nobody), nobody).startswith("No face was recognised")
    one = stays("C1", staff=(0,))
    assert summary.came(customers(one), one) == summary.NOBODY
    assert summary.came(customers(nobody), stays(None)) == "1 visit, nobody recognised."


def test_the_headline_says_how_much_footage_and_of_whom():
    seen = stays("C1")
    assert summary.headline(customers(seen), seen, clips(), "recognise", rendered=True) == (
        "Rendered footage of 20 minutes: 1 person came in 1 time; none of them came back."
    )
    days = clips(starts=[START, START + pd.Timedelta(days=1)])
    assert summary.headline(customers(seen), seen, days, "count", rendered=False) == (
        "Footage of 20 minutes on 2 days: 1 visit counted; nobody was told apart."
    )
    assert summary.headline(customers(seen), seen, clips().iloc[:0], "count", rendered=False).startswith("No footage: ")


def test_each_mode_says_what_was_not_done():
    assert "no numbers are made that could tell whose they are" in summary.mode("count", rendered=False)
    assert "no key links one day to another" in summary.mode("session", rendered=False)
    real, rendered = (summary.mode("recognise", rendered=one) for one in (False, True))
    assert "Only those who agreed to it get a key" in real
    assert "The people are rendered" in rendered
    assert "agreed" not in rendered


def test_what_could_not_be_seen_is_listed():
    assert summary.unseen(clips(), gate(good=3)) == []
    assert summary.unseen(
        clips(gap_s=[1.0, 0.0], frozen_s=[60.0, 60.0], dark_s=[0.0, 3_600.0], grey=[True, False], cut_short=True),
        gate(good=1_000, small=1_200, turned=1),
    ) == [
        "1 second of the footage has no frames (1 clip).",
        "2 minutes of the footage show a picture that stands still (2 clips).",
        "60 minutes of the footage are too dark to see anybody (1 clip).",
        "2 clips end before they should, or cannot be read in parts.",
        "1 clip is grey, as of a camera at night: nobody can be recognised in it with confidence.",
        "Of 2,201 faces, 1,200 too small, 1 turned away: not good enough to tell whose they are.",
    ]


def test_the_footage_is_told_by_its_digest_alone():
    assert summary.footage(clips()) == "2 clips, 20 minutes in all; something moves in 25% of it."
    assert summary.footage(clips(camera=["a", "b"], seconds=0.0)) == (
        "2 clips of 2 cameras, 0 seconds in all; something moves in nothing of it."
    )
    assert summary.footage(clips().iloc[:0]) == "There is no footage."
    assert summary.footage_kept(clips()) == (
        "The clips themselves are not part of the page or of its data; the SHA-256 of each file is kept (beginning "
        "000000000000, ffffffffffff) and shows whether a clip is the one that was read."
    )
    table = summary.clips_table(clips(), SHOP)
    assert table.loc[0, ["Starts", "Length", "Picture", "SHA-256 begins"]].tolist() == [
        "2024-04-28 09:00:00", "10 minutes", "1280 × 720", "000000000000",
    ]  # fmt: skip


def test_opening_and_closing_are_told_or_said_to_be_out_of_sight():
    days = pd.DataFrame(
        {"business_date": pd.to_datetime(["2024-04-27", "2024-04-28"]),
         "opened": [START - pd.Timedelta(days=1), pd.NaT],
         "opened_by": ["the light went on", "not visible: the footage begins after opening"],
         "closed": pd.to_datetime([pd.NaT, START + pd.Timedelta(hours=9)], utc=True), "closed_by": "the light went off"}
    )  # fmt: skip
    assert summary.opening(days, SHOP) == [
        "28 Apr 2024: opening not visible (the footage begins after opening); closed at 18:00 (the light went off).",
        "Of 2 days with footage, the opening is visible on 1 and the closing on 1.",
    ]
    assert summary.opening(days.iloc[:1], SHOP)[0].startswith("27 Apr 2024: opened at 09:00 (the light went on)")
    assert summary.opening(days.iloc[:0], SHOP) == ["Opening and closing are not visible: there is no footage."]


def test_the_doubt_in_a_number_is_told():
    assert summary.uncertain(1, (1, 1), 0.54) == "1 different person: 1 with faces up to 0.54 apart taken for one."
    assert summary.uncertain(1_200, (1_000, 1_300), 0.5).startswith("1,000 to 1,300 different people")


def test_staff_are_told_with_and_without():
    seen = stays("C1", "C2", "C2", None, staff=(1, 2))
    assert summary.worked(customers(seen), seen) == (
        "1 person and 2 stays of the shop's own are left out: 1 person and 2 visits without them, 2 and 4 with them."
    )
    nobody = stays("C1")
    assert summary.worked(customers(nobody), nobody) == "Nobody was taken for somebody who works here."


def faces(*widths: float) -> pd.DataFrame:
    tracks = pd.array([*range(len(widths)), *range(len(widths)), None], dtype="Int64")
    return pd.DataFrame({"clip": "a", "track": tracks, "width_px": [*widths, *(w / 2 for w in widths), 500.0]})


def test_a_camera_that_can_do_it_is_told_so():
    assert summary.advice(faces(48, 60, 90), 48, SHOP) == (
        "This camera can do it: 100% of those who passed showed a face at least 48 pixels wide."
    )
    assert summary.advice(faces(), 48, SHOP).startswith("Nobody was followed")


def test_a_camera_that_cannot_is_told_how_far_to_move():
    told = summary.advice(faces(*[24.0] * 10), 48, SHOP)
    assert told == (
        "This camera shows faces too small for some: 0% of those who passed showed a face at least 48 pixels wide. For "
        "nine in ten to do so, faces have to be 2.0 times as wide (24 pixels more than 24). A face's width grows as 1 "
        "/ distance: move the camera from, say, 3 m to 1.5 m, zoom in as much, or record that many times as many "
        "pixels across."
    )


def test_the_metrics_leave_out_staff_and_what_a_mode_cannot_know():
    seen = stays("C1", "C1", None, "C2", staff=(3,), last_s=45)
    known = summary.measured(customers(seen), seen).set_index("metric")["value"]
    assert known.to_dict() == {
        "footage_people": 1, "footage_visits": 3, "footage_came_back": 1, "footage_not_recognised": 1,
        "footage_dwell": 45.0, "footage_staff": 1,
    }  # fmt: skip
    nameless = seen.assign(customer_id=None)
    counted = summary.measured(customers(nameless), nameless, "count").set_index("metric")["value"]
    assert counted[["footage_visits", "footage_dwell"]].tolist() == [3, 45.0]
    assert counted.drop(["footage_visits", "footage_dwell"]).isna().all()
    nobody = summary.measured(customers(stays()), stays()).set_index("metric")["value"]
    assert nobody["footage_visits"] == 0
    assert np.isnan(float(nobody["footage_dwell"] or np.nan))


def test_lengths_are_read_in_their_unit():
    told = [summary.lasting(seconds) for seconds in (0, 59.4, 59.6, 60, 5_399, 5_400, 36_000)]
    assert told == ["0 seconds", "59 seconds", "1 minute", "1 minute", "90 minutes", "1.5 hours", "10 hours"]
