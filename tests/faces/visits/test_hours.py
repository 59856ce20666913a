"""Opening and closing by three witnesses, on days of which the truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.config.models import Shop
from shoplib.contracts import check, convert
from shoplib.faces.footage.clips import Clip
from shoplib.faces.footage.watched import COLUMNS, About, Watched
from shoplib.faces.visits import hours, opening

SHOP = Shop(timezone="Europe/London")
CAMERAS = Cameras(footage=SimulatedFootage(kind="simulated"))
DAY = pd.Timestamp("2024-05-01")
SEVEN = 7 * 3600
"""Seconds after midnight, on the shop's clock, at which most footage begins."""
NOBODY = convert.empty("footage_visits")


def moment(seconds: float, day: pd.Timestamp = DAY) -> pd.Timestamp:
    """Return the instant so many seconds after midnight on the shop's clock."""
    return (day.tz_localize("Europe/London") + pd.Timedelta(seconds=seconds)).tz_convert("UTC")


def filmed(levels: np.ndarray, begins: float = SEVEN, camera: str = "door", day: pd.Timestamp = DAY, *,
           noise: float = 0.01, **about: object) -> Watched:  # fmt: skip
    """Return a clip in which nothing was seen but its brightness, one level a second."""
    noisy = np.random.default_rng(7).normal(levels, noise).clip(0, 1)
    clip = Clip(f"{camera} {begins} {day:%d}", Path("x.mp4"), moment(begins, day).to_pydatetime(), camera)
    edges = np.flatnonzero(np.diff(np.r_[False, levels < 0.13, False].astype(int)))
    dark = [(float(a), float(b - 1)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    known = About("", float(len(levels)), 25, 640, 360, 0, 0, **{"dark": dark, **about})
    light = pd.DataFrame({"at_s": np.arange(len(levels), dtype=float), "level": noisy})
    faces = pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in COLUMNS.items()})
    return Watched(clip, known, faces, light, np.empty(0, dtype=np.int64), [])


def lit(seconds: int, *spans: tuple[float, float, float], base: float = 0.05) -> np.ndarray:
    """Return brightness by the second: ``base``, and in spans another level."""
    levels = np.full(seconds, base)
    for begin, end, level in spans:
        levels[int(begin) : int(end)] = level
    return levels


def came(*spans: tuple[float, float], camera: str = "door") -> pd.DataFrame:
    """Return stays from seconds after midnight."""
    if not spans:
        return NOBODY
    return pd.DataFrame(
        {"camera": camera, "entered": [moment(a) for a, _ in spans], "left": [moment(b) for _, b in spans]}
    )


def sold(*rows: tuple[float, str, int | None]) -> pd.DataFrame:
    """Return transactions from seconds after midnight, status and hour."""
    table = pd.DataFrame(rows, columns=["timestamp", "transaction_status", "local_hour"])
    return table.assign(timestamp=[moment(at) for at in table["timestamp"]]).astype({"local_hour": "Int64"})


def told(watched, stays=NOBODY, sales=None) -> pd.Series:
    """Return the only day there is, moments as seconds after midnight."""
    table = hours.footage_days(watched if isinstance(watched, list) else [watched], stays, sales, SHOP, CAMERAS)
    check.checked("footage_days", table)
    assert len(table) == 1
    row = table.iloc[0].copy()
    for name, value in row.items():
        if isinstance(value, pd.Timestamp) and value.tz is not None:
            row[name] = (value - moment(0)).total_seconds()
    return row


def test_the_light_goes_on_and_off_and_the_other_witnesses_are_told():
    day = told(
        filmed(lit(7200, (600, 6000, 0.5))), came((SEVEN + 620, SEVEN + 660), (SEVEN + 5000, SEVEN + 5990)),
        sold((SEVEN + 900, "completed", 7), (SEVEN + 700, "void", 7), (SEVEN, "completed", None),
             (SEVEN + 5900, "completed", 8)),
    )  # fmt: skip
    assert abs(day["opened"] - SEVEN - 600) <= 2 and abs(day["closed"] - SEVEN - 6000) <= 2
    assert (day["opened_by"], day["closed_by"]) == ("the light went on", "the light went off")
    assert (day["light_on"], day["light_off"]) == (day["opened"], day["closed"])
    assert (day["first_person"] - SEVEN, day["last_person"] - SEVEN) == (620, 5990)
    assert (day["first_sale"] - SEVEN, day["last_sale"] - SEVEN) == (900, 5900)
    assert (day["footage_from"], day["footage_to"], day["seen_s"]) == (SEVEN, SEVEN + 7200, 7200)


@pytest.mark.parametrize("on", [10, 15, 40, 3000, 7185])
def test_the_light_is_seen_near_the_ends_of_footage_too(on):
    assert abs(told(filmed(lit(7200, (on, 7200, 0.5))))["opened"] - SEVEN - on) <= 2


@pytest.mark.parametrize(
    ("what", "levels"),
    [("a shadow of twenty-five seconds", lit(3600, (1000, 1025, 0.1), base=0.5)),
     ("one flash of a second in the dark", lit(3600, (1000, 1001, 0.95))),
     ("flashes every ten seconds", lit(3600, *((at, at + 1, 0.95) for at in range(0, 3600, 10)))),
     ("a van before the window for a quarter of an hour", lit(3600, (1000, 1900, 0.12), base=0.5)),
     ("sun out of clouds", lit(3600, (1000, 1300, 0.8), (1600, 1900, 0.8), base=0.5)),
     ("a torch", lit(3600, (1000, 1020, 0.6))),
     ("dawn", np.linspace(0.15, 0.8, 3600)),
     ("a blink off at the beginning", lit(3600, (0, 4, 0.05), base=0.5)),
     ("a blink off at the end", lit(3600, (3596, 3600, 0.05), base=0.5))],
)  # fmt: skip
def test_what_passes_is_not_the_light(what, levels):
    day = told(filmed(levels))
    assert pd.isna(day["light_on"]) and pd.isna(day["light_off"]), what
    assert pd.isna(day["opened"]) and pd.isna(day["closed"])


def test_exposure_that_settles_does_not_move_the_moment():
    levels = lit(3600, (1000, 3600, 0.45))
    levels[1000:1006] = [0.98, 0.9, 0.8, 0.7, 0.6, 0.5]
    assert abs(told(filmed(levels, noise=0.02))["opened"] - SEVEN - 1000) <= 2


def test_a_shadow_just_after_the_light_moves_it_by_seconds_at_most():
    assert abs(told(filmed(lit(3600, (1000, 3600, 0.5), (1030, 1050, 0.05))))["opened"] - SEVEN - 1000) <= 2
    assert abs(told(filmed(lit(3600, (1000, 3600, 0.5), (1010, 1028, 0.05))))["opened"] - SEVEN - 1000) <= 30


def test_opening_is_the_first_light_and_closing_the_last_dark():
    day = told(filmed(lit(9000, (1000, 3000, 0.5), (4000, 8000, 0.5))))
    assert abs(day["opened"] - SEVEN - 1000) <= 2 and abs(day["closed"] - SEVEN - 8000) <= 2


def test_footage_that_begins_and_ends_in_the_light_shows_neither():
    for people in (came(), came((SEVEN, SEVEN + 60)), came((SEVEN + 1800, SEVEN + 1900))):
        day = told(filmed(lit(3600, base=0.5)), people)
        assert pd.isna(day["opened"]) and pd.isna(day["closed"])
        assert day["opened_by"] == "not visible: the footage begins after opening"
        assert day["closed_by"] == "not visible: the footage ends before closing"


def test_a_day_in_the_dark_shows_nothing():
    day = told(filmed(lit(3600)))
    assert pd.isna(day[["opened", "closed", "light_on", "light_off", "first_person"]]).all()
    assert day["opened_by"] == day["closed_by"] == "not visible: the picture is dark all day"


def test_light_that_changes_between_clips_has_no_moment():
    night, noon, late = filmed(lit(600)), filmed(lit(600, base=0.5), SEVEN + 7200), filmed(lit(600), SEVEN + 9000)
    day = told([night, noon, late], came((SEVEN + 7300, SEVEN + 7320)))
    assert pd.isna(day["opened"]) and pd.isna(day["light_on"])
    assert day["opened_by"] == "not visible: the shop opened while nothing was filmed"
    assert day["closed_by"] == "not visible: the shop closed while nothing was filmed"
    assert day["seen_s"] == 1800


def test_light_that_changes_in_a_frozen_picture_has_no_moment():
    day = told(filmed(lit(3600, (1000, 3600, 0.5)), frozen=[(900.0, 1000.0)]))
    assert day["opened_by"] == "not visible: the shop opened while nothing was filmed"


def test_clips_that_follow_one_another_are_one_footage():
    day = told([filmed(lit(600)), filmed(lit(600, base=0.5), SEVEN + 602)])
    assert abs(day["opened"] - SEVEN - 602) <= 2


def test_the_first_person_opens_a_shop_that_grew_light_by_itself():
    levels = np.concatenate(
        [lit(1200), np.linspace(0.05, 0.6, 3600), lit(4800, base=0.6), np.linspace(0.6, 0.02, 3600)]
    )
    day = told(filmed(levels), came((SEVEN + 2500, SEVEN + 2600), (SEVEN + 9000, SEVEN + 9100)))
    assert (day["opened"] - SEVEN, day["closed"] - SEVEN) == (2500, 9100)
    assert day["opened_by"] == "the first person seen in a shop that was dark and empty"
    assert day["closed_by"] == "the last person seen before the shop was dark and empty"
    nobody = told(filmed(levels))
    assert nobody["opened_by"] == "not visible: the light did not go on and nobody came"
    dawn = 1200 + int(np.argmax(np.linspace(0.05, 0.6, 3600) >= 0.13))
    crowd = told(filmed(levels), came((SEVEN + dawn + 20, SEVEN + 2600)))
    assert crowd["opened_by"] == "not visible: people are there as soon as anything can be seen"
    other = told(filmed(levels), came((SEVEN + 2500, SEVEN + 2600), camera="till"))
    assert other["opened_by"] == "not visible: another camera saw people first"
    parted = [filmed(levels[:1900]), filmed(levels[1960:], SEVEN + 1960)]
    hole = told(parted, came((SEVEN + 2500, SEVEN + 2600)))
    assert hole["opened_by"] == "not visible: the shop opened while nothing was filmed"


def test_any_camera_may_show_it():
    shown, blind = filmed(lit(3600, (900, 3600, 0.5))), filmed(lit(3600, base=0.5), camera="till")
    day = told([blind, shown])
    assert abs(day["opened"] - SEVEN - 900) <= 2 and day["opened_by"] == "the light went on"
    assert day["seen_s"] == 3600
    later = filmed(lit(3600, (1200, 3600, 0.5)), camera="back")
    assert abs(told([later, shown])["opened"] - SEVEN - 900) <= 2


def test_people_before_the_light_contradict_it():
    shown, blind = filmed(lit(3600, (1800, 3600, 0.5))), filmed(lit(3600, base=0.5), camera="till")
    day = told([shown, blind], came((SEVEN + 300, SEVEN + 400), camera="till"))
    assert pd.isna(day["opened"]) and abs(day["light_on"] - SEVEN - 1800) <= 2
    assert day["opened_by"] == "not visible: people were seen before the light went on"
    assert not pd.isna(told([shown, blind], came((SEVEN + 1700, SEVEN + 1900), camera="till"))["opened"])


def test_sales_far_outside_are_told_and_change_nothing():
    day = told(filmed(lit(7200, (1800, 6000, 0.5))), came(),
               sold((SEVEN + 600, "completed", 7), (SEVEN + 6600, "completed", 8)))  # fmt: skip
    assert abs(day["opened"] - SEVEN - 1800) <= 2
    assert day["opened_by"] == "the light went on; the first sale is 20 minutes earlier: compare the clocks"
    assert day["closed_by"].startswith("the light went off; the last sale is 10 minutes later")


def test_a_grey_picture_without_a_change_says_nothing():
    day = told(filmed(lit(3600, base=0.5), grey=True), came((SEVEN + 1800, SEVEN + 1900)))
    assert day["opened_by"].startswith("not visible: a picture without colour")
    assert abs(told(filmed(lit(3600, (900, 3600, 0.5)), grey=True))["opened"] - SEVEN - 900) <= 2


def test_footage_over_the_start_of_a_day_belongs_to_both():
    table = hours.footage_days([filmed(lit(7200, base=0.5), 3 * 3600)], came((14_390, 14_410)), None, SHOP, CAMERAS)
    assert table["business_date"].tolist() == [DAY - pd.Timedelta(days=1), DAY]
    assert table["seen_s"].tolist() == [3600, 3600]
    assert table["footage_from"].tolist() == [moment(10_800), moment(14_400)]
    assert table["first_person"].tolist() == [moment(14_390), moment(14_400)]


def test_gaps_are_no_footage_and_no_footage_has_no_days():
    assert told(filmed(lit(3600), gaps=[(100.0, 400.0)]))["seen_s"] == 3300
    assert hours.footage_days([], NOBODY, None, SHOP, CAMERAS).empty


def test_each_reason_is_there_for_closing_too():
    assert opening.OPENED.keys() == opening.CLOSED.keys()


@given(
    st.integers(10, 1700), st.integers(1800, 3590), st.floats(0.02, 0.12), st.floats(0.4, 0.9), st.floats(0, 0.05),
    st.lists(st.tuples(st.integers(0, 3500), st.integers(1, 14), st.floats(0, 1)), max_size=4),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_opening_and_closing_are_right_within_two_minutes_or_not_told(on, off, dark, bright, noise, passing):
    levels = lit(3600, (on, off, bright), base=dark)
    for begin, lasts, level in passing:
        levels[begin : begin + lasts] = level
    day = told(filmed(levels, noise=noise, dark=[(0.0, on - 1.0), (float(off), 3600.0)]))
    for found, true in ((day["opened"], on), (day["closed"], off)):
        assert pd.isna(found) or abs(found - SEVEN - true) <= 120


@given(
    st.floats(0.2, 0.8),
    st.floats(0, 0.05),
    st.lists(st.tuples(st.integers(30, 3500), st.integers(1, 20), st.floats(0, 1)), max_size=6),
)
@settings(max_examples=25, deadline=None)
def test_a_shop_lit_throughout_never_opens_or_closes(level, noise, passing):
    levels = lit(3600, base=level)
    for begin, lasts, other in passing:
        levels[begin : min(begin + lasts, 3560)] = other
    day = told(filmed(levels, noise=noise, dark=[]))
    assert pd.isna(day["light_on"]) and pd.isna(day["opened"]) and pd.isna(day["closed"])
