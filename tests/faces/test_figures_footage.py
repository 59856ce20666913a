"""Footage, opening, quality, traffic and doubt as figures: what they say, at both widths, and when there is nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.faces import figures
from shoplib.faces.figures import clock, truth
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import LIGHT, About, Watched
from shoplib.viz import export
from shoplib.viz.export import Chart

SHOP = Shop(timezone="Asia/Kolkata")
START = pd.Timestamp("2024-04-28 03:30", tz="UTC")
SIDES = ("light_on", "light_off", "first_person", "last_person", "first_sale", "last_sale", "opened", "closed")


def clip(day: int = 0, hour: float = 0, camera: str = "camera 1", seconds: float = 600, **about: object) -> Watched:
    starts = (START + pd.Timedelta(days=day, hours=hour)).to_pydatetime()
    at = np.arange(0, seconds, 1.0)
    light = pd.DataFrame({"at_s": at, "level": np.where(at < 60, 0.05, 0.5)}).astype(LIGHT)
    told = About(
        **{"sha256": hashlib.sha256(str(starts).encode()).hexdigest(), "seconds": seconds, "frames_a_second": 25.0,
           "width_px": 1280, "height_px": 720, "looked": 9, "busy_s": seconds / 2, **about}
    )  # fmt: skip
    name = f"{day} {hour} {camera}"
    return Watched(Clip(name, Path("x.mp4"), starts, camera), told, pd.DataFrame(), light, np.arange(3), [])


def clips(watched: list[Watched]) -> pd.DataFrame:
    rows = [(w.clip.name, w.clip.camera, w.clip.starts, w.about.seconds, w.about.busy_s) for w in watched]
    table = pd.DataFrame(rows, columns=["clip", "camera", "starts", "seconds", "busy_s"])
    return table.assign(starts=pd.to_datetime(table["starts"], utc=True))


def days(watched: list[Watched], **sides: list[object]) -> pd.DataFrame:
    begins = clips(watched)["starts"]
    table = pd.DataFrame({"business_date": begins.dt.normalize().dt.tz_localize(None), "footage_from": begins,
                          "footage_to": begins + pd.Timedelta(minutes=10), "seen_s": 600.0})  # fmt: skip
    for side in SIDES:
        table[side] = pd.to_datetime(pd.Series(sides.get(side, [None] * len(table))), utc=True)
    return table.assign(opened_by="not visible: the footage begins after opening", closed_by="the light went off")


def shown(chart: Chart | None) -> Chart:
    """The same chart, drawn at both widths twice to the same bytes."""
    assert chart is not None
    first, again = ([export.svg(chart.figure, "x", wide=wide) for wide in (True, False)] for _ in range(2))
    assert first == again
    assert chart.title
    assert chart.alt
    return chart


def labels(chart: Chart) -> list[str]:
    return [label.get_text() for label in chart.figure.axes[0].get_yticklabels()]


def legend(chart: Chart) -> list[str]:
    return [text.get_text() for one in chart.figure.legends for text in one.get_texts()]


def test_footage_has_a_row_a_day_and_camera_and_tells_what_is_missing():
    watched = [
        clip(0, gaps=[(10.0, 20.0)], frozen=[(30.0, 60.0)]), clip(0, camera="till", dark=[(0.0, 60.0)]), clip(1),
    ]  # fmt: skip
    chart = shown(figures.footage_chart(watched, clips(watched), SHOP))
    assert chart.title == "3 clips of 2 cameras, 30 minutes in all; something moves in 50% of it."
    assert chart.alt == (
        "Bars of footage in 3 rows; no frames for 10 seconds, picture stands still for 30 seconds, too dark for "
        "1 minute."
    )
    assert legend(chart) == ["Watched", "No frames", "Picture stands still", "Too dark"]
    assert len(labels(chart)) == 3
    assert chart.data["what"].value_counts().to_dict() == {
        "Watched": 3, "No frames": 1, "Picture stands still": 1, "Too dark": 1,
    }  # fmt: skip


def test_footage_of_many_days_is_cut_and_none_is_said():
    watched = [clip(day, hour) for day in range(40) for hour in (0, 9)]
    chart = shown(figures.footage_chart(watched, clips(watched), SHOP))
    assert chart.caption.endswith("The last 31 of 40 rows.")
    assert len(labels(chart)) == 31
    assert shown(figures.footage_chart([], clips([]), SHOP)).title == "There is no footage."


def test_a_clip_past_midnight_stands_at_the_end_of_its_day():
    watched = [clip(0, 12), clip(0, 16)]
    table = figures.footage.spans_table(watched, SHOP)
    assert set(table["business_date"].dt.day) == {28}
    assert (table["from_s"] / 3_600).tolist() == [21.0, 25.0]
    shown(figures.footage_chart(watched, clips(watched), SHOP))


def test_stretches_take_in_short_pauses_and_break_at_long_ones():
    starts = START + pd.to_timedelta([0, 610, 5_000, 90_000], unit="s")
    along = clock.stretches(pd.Series(starts), pd.Series(starts + pd.Timedelta(seconds=600)), SHOP)
    assert along.seconds.tolist() == [1_210, 600, 600]
    moments = pd.Series(START + pd.to_timedelta([0, 1_210, 3_000, 5_000, 90_600], unit="s"))
    pause = 0.03 * 2_410
    assert along.places(moments) == pytest.approx([0, 1_210, 1_210, 1_210 + pause, 2_410 + 2 * pause])
    assert [along.cover(moment) for moment in moments] == [True, True, False, True, True]
    assert along.end == pytest.approx(2_410 + 2 * pause)


def test_overlapping_cameras_are_one_stretch():
    starts = pd.Series([START, START + pd.Timedelta(seconds=60), START + pd.Timedelta(seconds=90)])
    ends = starts + pd.to_timedelta([600, 60, 60], unit="s")
    assert clock.stretches(starts, ends, SHOP).seconds.tolist() == [600]


def test_opening_tells_the_last_day_and_on_how_many_it_is_seen():
    watched = [clip(0), clip(1)]
    on = [START + pd.Timedelta(minutes=1), None]
    table = days(watched, light_on=on, opened=on, first_person=[START + pd.Timedelta(minutes=2), None],
                 first_sale=[START + pd.Timedelta(minutes=3), None])  # fmt: skip
    chart = shown(figures.opening_chart(table, SHOP))
    assert chart.title == "Of 2 days with footage, the opening is visible on 1 and the closing on 0."
    assert chart.alt.endswith("28 Apr 2024 09:01 to not visible, 29 Apr 2024 not visible to not visible.")
    assert legend(chart) == ["Footage", "Opening, closing", "Light", "Person", "Sale"]
    bare = shown(figures.opening_chart(days([clip(0)]), SHOP))
    assert legend(bare) == ["Footage"]
    assert bare.title.startswith("28 Apr 2024: opening not visible (the footage begins after opening)")
    assert "not visible" in shown(figures.opening_chart(table.iloc[:0], SHOP)).title


def test_light_is_drawn_by_day_and_witnesses_out_of_sight_are_not():
    watched = [clip(day, hour) for day in range(6) for hour in (0, 8)]
    table = days([clip(day) for day in range(6)], light_on=[START + pd.Timedelta(days=d, minutes=1) for d in range(6)],
                 first_sale=[START + pd.Timedelta(days=d, hours=2) for d in range(6)])  # fmt: skip
    chart = shown(figures.light_chart(watched, table, SHOP))
    assert chart.title == "Of 6 days with footage, 6 show the light going on, 0 off."
    assert chart.caption.endswith("The last 4 of 6 days.")
    assert len(chart.figure.axes) == 4
    assert legend(chart) == ["Light"]
    assert chart.data.groupby("business_date").size().max() <= 400
    dark = clip(0)
    assert figures.light_chart([Watched(dark.clip, dark.about, dark.faces, dark.light.iloc[:0], dark.looked, [])],
                               table, SHOP) is None  # fmt: skip


def gate(*faces: int) -> pd.DataFrame:
    table = pd.DataFrame({"reason": ["good enough", "too small", "blurred"], "faces": faces})
    return table.assign(share=table["faces"] / max(sum(faces), 1))


def test_the_gate_is_told_by_reason():
    chart = shown(figures.gate_chart(gate(3, 0, 1), SHOP))
    assert chart.title == "75% of 4 faces are good enough to tell whose they are."
    assert labels(chart) == ["Good enough", "Blurred"]
    assert shown(figures.gate_chart(gate(0, 0, 0), SHOP)).title == "No face was found in the footage."


def test_widths_are_cut_at_what_is_needed():
    wide = pd.DataFrame(
        {"clip": "a", "track": pd.array(range(6), dtype="Int64"), "width_px": [20, 31.9, 32, 47.9, 48, 900]}
    )
    chart = shown(figures.widths_chart(wide, SHOP))
    assert chart.title.startswith("This camera shows faces too small for some: 33%")
    assert chart.alt == (
        "Histogram of 6 people followed: 2 under 32 pixels, 2 from there to 48, 2 wider; the middle one has 40."
    )
    assert int(chart.data["people"].sum()) == 6
    other = shown(figures.widths_chart(wide, SHOP, founds_px=41, joins_px=30))
    assert legend(other) == ["Under 30: nobody", "From 30: known ones", "From 41: new ones too"]
    assert sum(bar.get_height() for bar in other.figure.axes[0].patches) == 6
    assert shown(figures.widths_chart(wide.iloc[:0], SHOP)).title.startswith("Nobody was followed")


def test_sharpness_is_judged_of_faces_wide_enough():
    faces = pd.DataFrame({"width_px": [10.0, 40, 40, 40, 40], "sharp": [1.0, 5, 20, 90, 9_000]})
    chart = shown(figures.sharpness_chart(faces, SHOP))
    assert chart.title == "75% of the faces wide enough are sharp enough."
    assert int(chart.data["faces"].sum()) == 4
    assert shown(figures.sharpness_chart(faces.iloc[:1], SHOP)).title.startswith("No face is 32 pixels wide")


def test_the_number_of_people_is_told_with_its_doubt():
    sweep = pd.DataFrame({"max_distance": [0.5, 0.54, 0.58], "people": [24, 20, 18]})
    chart = shown(figures.sweep_chart(sweep, (19, 22), 0.54, SHOP))
    assert chart.title == "19 to 22 different people: 20 with faces up to 0.54 apart taken for one."
    assert chart.alt.startswith("Falling line from 24 people at 0.50 to 18 at 0.58; the setting is 0.54 with 20 people")
    shown(figures.sweep_chart(sweep.iloc[1:2], (20, 20), 0.54, SHOP))
    assert shown(figures.sweep_chart(sweep.iloc[:0], (0, 0), 0.54, SHOP)).title.startswith("Nobody was told apart")


def visits(*rows: tuple[int, int, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Stays and days: of each day how many new, how many known, how many not recognised."""
    kinds = [(day, kind) for day, row in enumerate(rows) for kind, number in enumerate(row) for _ in range(number)]
    entered = pd.to_datetime([START + pd.Timedelta(days=day) for day, _ in kinds], utc=True)
    table = pd.DataFrame({"entered": entered, "left": entered, "staff": None})
    table["customer_id"] = [None if kind == 2 else f"F{n:04d}" for n, (_, kind) in enumerate(kinds)]
    table["came_before"] = pd.array([None if kind == 2 else kind == 1 for _, kind in kinds], dtype="boolean")
    return table, days([clip(day) for day in range(len(rows))])


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("count", "8 visits on 2 days with footage; who came again is not known."),
        ("session", "2 of 8 visits on 2 days were by somebody known before that day, 40% of those recognised."),
        ("recognise", "2 of 8 visits on 2 days were by somebody known before, 40% of those recognised."),
    ],
)
def test_visits_of_known_people_are_told_as_far_as_the_mode_knows(mode, told):
    rows = [(0, 0, 4), (0, 0, 4)] if mode == "count" else [(3, 0, 1), (0, 2, 2)]
    chart = shown(figures.returning_chart(*visits(*rows), SHOP, mode))
    assert chart.title == told
    assert legend(chart) == ([] if mode == "count" else ["New", "Known before", "Not recognised"])


def test_days_without_anybody_are_said():
    assert shown(figures.returning_chart(*visits((0, 0, 0)), SHOP)).title == "Nobody was seen in the footage."
    long = shown(figures.returning_chart(*visits(*[(1, 1, 1)] * 70), SHOP))
    assert long.caption.endswith("The last 62 of 70 days.")
    assert len(long.data) == 70


def traffic(*rows: tuple[float, float, int]) -> tuple[pd.DataFrame, list[Watched]]:
    """Stays and clips: of each clip how many hours after nine, how much of an hour is filmed, how many come in."""
    watched = [clip(0, hour, seconds=share * 3_600) for hour, share, _ in rows]
    entered = pd.to_datetime(
        [START + pd.Timedelta(hours=hour) for hour, _, number in rows for _ in range(number)], utc=True
    )
    return pd.DataFrame({"entered": entered, "left": entered, "customer_id": None, "staff": None}), watched


def test_hours_are_told_where_footage_covers_them():
    chart = shown(figures.hours_chart(*traffic((0, 1, 6), (24, 0.5, 3), (2, 0.2, 9), (1, 1, 2)), SHOP))
    assert chart.title == "Most come from 9:00 to 10:00: 6.0 visits an hour, in 1.5 hours of footage."
    assert chart.data["hour"].tolist() == [9, 10, 11]
    assert chart.data["visits_an_hour"].isna().tolist() == [False, False, True]
    assert chart.alt == "Columns by hour, visits an hour: 9:00 6.0, 10:00 2.0."


def test_hours_after_midnight_follow_those_before():
    chart = figures.hours_chart(*traffic((14, 1, 2), (15, 1, 4)), SHOP)
    assert chart.data["hour"].tolist() == [23, 0]
    assert chart.title.startswith("Most come from 0:00 to 1:00")


def test_too_little_footage_tells_no_hour():
    assert shown(figures.hours_chart(*traffic((0, 0.1, 6)), SHOP)).title.startswith(
        "No hour of the clock has a quarter"
    )
    assert shown(figures.hours_chart(*traffic((0, 1, 0)), SHOP)).title == "Nobody was seen in the footage."


def boxes(*rows: tuple[str, int, str | None]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["clip", "left_px", "who"])
    return table.assign(frame=0, top_px=0.0, width_px=50.0, height_px=60.0, left_px=table["left_px"].astype(float))


def test_each_clip_is_scored_by_itself():
    true = boxes(("a", 0, "P1"), ("a", 100, "P2"), ("a", 200, "P2"), ("b", 0, "P1")).rename(columns={"who": "person"})
    found = boxes(("a", 0, "C1"), ("a", 100, "C1"), ("a", 200, None), ("b", 0, "C1"), ("b", 300, "C9"))
    table = truth.by_clip(found.rename(columns={"who": "customer_id"}), true)
    assert table["clip"].tolist() == ["a", "b"]
    assert table[["faces", "precision", "recall"]].to_numpy().tolist() == [[2, 0.5, 1], [1, 1, 1]]
    chart = shown(figures.clips_chart(table, SHOP))
    assert chart.title == "Faces are grouped with a B-cubed F1 of at least 66.7%; least well in a."
    whole = shown(figures.clips_chart(table.iloc[1:], SHOP))
    assert whole.title == "Faces are grouped without a fault in 1 clip."
    assert shown(figures.clips_chart(table.iloc[:0], SHOP)).title.startswith("No face was recognised in any clip")
