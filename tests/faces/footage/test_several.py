"""Several clips: real and rendered ones named alike, watched alone or at the same time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from shoplib.config.cameras import Cameras, RecordedFootage, SimulatedFootage
from shoplib.faces.footage import clips, several, watch
from shoplib.simulate.cctv import film, truth

SETTINGS = SimulatedFootage(kind="simulated", seconds=9, people=1, visits=1, width=640, days=2)


def test_processes_see_what_one_alone_sees(tmp_path: Path) -> None:
    films = film.filmed(SETTINGS, "UTC", 3, tmp_path)
    looking = watch.looking(Cameras(footage=SETTINGS), "recognise")
    given = clips.given(films, SETTINGS, [], "UTC")
    shares: list[float] = []
    alone = several.watch_all(given, looking, progress=shares.append)
    both = several.watch_all(given, looking, workers=2)
    assert shares[-1] == 1
    assert shares == sorted(shares)
    for one, other in zip(alone, both, strict=True):
        assert one.about == other.about
        pd.testing.assert_frame_equal(one.faces, other.faces)
        assert [chip.picture.tobytes() for chip in one.chips] == [chip.picture.tobytes() for chip in other.chips]


def test_clips_of_a_real_camera_begin_by_its_own_clock(tmp_path: Path) -> None:
    told = [{"path": "a.mp4", "starts": "2026-03-01T09:00:00", "camera": "door", "starts_from": "its label"}]
    footage = RecordedFootage(kind="recorded", clips=told, timezone="Asia/Kolkata")
    assert film.filmed(footage, "UTC", 1, tmp_path) == []
    assert truth.read(tmp_path) is None
    (clip,) = clips.given([], footage, [tmp_path / "a.mp4"], "UTC")
    assert clip == clips.Clip(
        "a.mp4", tmp_path / "a.mp4", dt.datetime(2026, 3, 1, 3, 30, tzinfo=dt.UTC), "door", "its label"
    )


def test_the_list_of_clips_holds_what_the_table_says(tmp_path: Path) -> None:
    table = pd.DataFrame({"clip": ["a.mp4"], "sha256": ["0" * 64]})
    path = clips.listed(table, tmp_path)
    assert path.read_text() == f"clip,sha256\na.mp4,{'0' * 64}\n"
