"""Counts by hand: written, read, compared, and told by the command."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib import cli
from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.config.models import Shop
from shoplib.errors import ConfigError
from shoplib.faces.footage.clips import Clip
from shoplib.faces.visits import hand_counts, stays
from shoplib.faces.visits.hand_counts import Count
from shoplib.store import files

NOW = dt.datetime(2024, 5, 2, 9, 30, 15, 400, tzinfo=dt.UTC)
START = dt.datetime(2024, 5, 1, 8, tzinfo=dt.UTC)
CAMERAS = Cameras(footage=SimulatedFootage(kind="simulated"), visit_gap_s=10)
CLIPS = [Clip("a", Path("a"), START), Clip("b", Path("b"), START + dt.timedelta(seconds=900))]


def count(clip: str, visits: int, by: str = "Ann", begins: float | None = None, ends: float | None = None) -> Count:
    """Return a count made today."""
    return Count(clip, begins, ends, visits, by, NOW)


def sightings(visits: list[tuple[str, int, int]]) -> pd.DataFrame:
    """Return sightings once a second of people from clip, begin and end in seconds; each has a key."""
    rows = [
        (clip, at, f"F{number:04d}", number)
        for number, (clip, begin, end) in enumerate(visits)
        for at in range(begin, end + 1)
    ]
    table = pd.DataFrame(rows, columns=["clip", "frame", "customer_id", "track"]).astype({"customer_id": "object"})
    begins = table["clip"].map({clip.name: pd.Timestamp(clip.starts) for clip in CLIPS})
    return table.assign(
        seen_at=begins + pd.to_timedelta(table["frame"], unit="s"), face=table["track"], left_px=10.0, top_px=10.0,
        width_px=50.0, height_px=60.0, score=0.9, quality=0.9, verdict="used",
    )  # fmt: skip


def test_counts_are_read_as_they_were_written(tmp_path):
    made = [count("a", 12), count("b, till", 0, "Bea “B”", 0, 900.5)]
    for one in made:
        hand_counts.record(tmp_path, one)
    assert hand_counts.load(tmp_path) == [one._replace(counted_at=NOW.replace(microsecond=0)) for one in made]
    assert hand_counts.load(tmp_path / "none") == []


def test_every_line_that_is_no_count_is_told(tmp_path):
    path = tmp_path / "hand_counts.csv"
    path.write_text(
        "clip,from_s,to_s,visits,counted_by,counted_at\na,,,x,Ann,2024-05-02T09:30:15Z\na,5,,3,Ann,2024-05-02T09:30:15Z\n"
        ",,,3,Ann,2024-05-02T09:30:15Z\na,,,3,,2024-05-02T09:30:15Z\na,,,3,Ann,yesterday\na,,,3\na,,,4,Ann,2024-05-02T09:30:15Z\n"
        "a,one,2,3,Ann,2024-05-02T09:30:15Z\n"
    )
    with pytest.raises(ConfigError) as caught:
        hand_counts.load(tmp_path)
    assert str(caught.value) == (
        "Lines of the counts by hand are not counts\n"
        "  line 2: 'x' is not a number of visits\n"
        "  line 3: from 5.0 to None seconds is no part of a clip\n"
        "  line 4: no clip is named\n"
        "  line 5: it does not say who counted\n"
        "  line 6: 'yesterday' is not a moment such as 2024-05-01T09:30:00Z\n"
        "  line 7: 4 cells where there are 6 columns\n"
        "  line 9: 'one' is not a number of seconds\n"
        f"  where   {path}\n"
        "  next    mend or take away these lines; lines are written by  shoplib faces hand-count"
    )


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "hand_counts.csv").write_bytes(b"\xff\xfe\x00c")
    with pytest.raises(ConfigError, match="The counts by hand cannot be read"):
        hand_counts.load(tmp_path)


def test_parts_that_overlap_and_counts_that_are_none_are_refused(tmp_path):
    hand_counts.record(tmp_path, count("a", 3, begins=0, ends=300))
    hand_counts.record(tmp_path, count("a", 4, begins=300, ends=600))
    with pytest.raises(ConfigError) as caught:
        hand_counts.record(tmp_path, count("a", 9))
    assert str(caught.value) == (
        "Part of this was counted already\n"
        f"  where   {tmp_path / 'hand_counts.csv'}\n"
        "  found   a, 0 to 300 s: 3 visits, by Ann\n"
        "  wanted  the same part, or one that does not overlap it\n"
        "  next    count that part again, or take its lines out of the file"
    )
    with pytest.raises(ConfigError, match="This is no count\n  found   -1 visits"):
        hand_counts.record(tmp_path, count("b", -1))
    assert len(hand_counts.load(tmp_path)) == 2


def test_the_cameras_count_is_compared_part_by_part():
    seen = sightings([("a", 10, 20), ("a", 290, 310), ("a", 400, 410), ("b", 5, 9), ("b", 5, 9)])
    visits = stays.footage_visits(seen, CLIPS, CAMERAS)
    visits.loc[4, "staff"] = "list"
    counts = [count("a", 9, begins=0, ends=300), count("a", 3, begins=0, ends=300), count("a", 2, "Bea", 300, 600),
              count("b", 1), count("b", 2, "Bea"), count("gone", 5)]  # fmt: skip
    table = hand_counts.compared(counts, visits, seen, CLIPS, CAMERAS)
    assert table[["clip", "by_hand", "by_camera", "off", "counted_by"]].to_numpy().tolist() == [
        ["a", 3, 2, -1, "Ann"], ["a", 2, 2, 0, "Bea"], ["b", 1.5, 1, -0.5, "Ann, Bea"],
    ]  # fmt: skip
    assert table["to_s"].tolist()[:2] == [300, 600] and pd.isna(table["to_s"].iloc[2])
    off = hand_counts.error(table)
    assert off[:4] == (3, 6.5, 5, 1.5)
    assert off.share.value == pytest.approx(1.5 / 6.5)


def test_the_error_is_told_with_its_interval_and_narrows_with_more_counts():
    def of(parts: int) -> hand_counts.Off:
        return hand_counts.error(
            pd.DataFrame({"by_hand": [20.0] * parts, "by_camera": [21] * parts, "off": [1.0] * parts})
        )

    assert hand_counts.told(of(2), Shop()) == (
        "Counted by hand in 2 parts of the footage: 40 visits, 42 by camera. "
        "The camera’s error is 5.0%, between 0.6% and 18.1% with 95% confidence."
    )
    widths = [of(parts).share.high - of(parts).share.low for parts in (1, 4, 16)]
    assert np.all(np.diff(widths) < 0)
    none = hand_counts.compared([], pd.DataFrame(), pd.DataFrame(), [], CAMERAS)
    assert hand_counts.told(hand_counts.error(none), Shop()).startswith("Nobody has counted this footage by hand")
    empty = hand_counts.error(pd.DataFrame({"by_hand": [0.0], "by_camera": [1], "off": [1.0]}))
    assert hand_counts.told(empty, Shop()).endswith("Without visits there is no error to measure.")
    assert "back within 10 seconds" in hand_counts.protocol(CAMERAS)


@pytest.fixture
def shop(tmp_path, monkeypatch) -> Path:
    """A project with one scenario with footage and a finished run of it."""
    shutil.copytree(Path(cli.__file__).parents[3] / "params", tmp_path / "params")
    (tmp_path / "run_all.py").touch()
    monkeypatch.chdir(tmp_path)
    tables = tmp_path / "outputs/water_shop/latest/tables"
    seen = sightings([("a", 10, 20), ("a", 100, 110)])
    clips = pd.DataFrame(
        {"clip": ["a"], "camera": ["camera 1"], "sha256": [""], "starts": [pd.Timestamp(START)], "starts_from": [""],
         "seconds": [900.0], "frames_a_second": [25.0], "width_px": [640], "height_px": [360], "looked": [9],
         "busy_s": [9.0], "gap_s": [0.0], "frozen_s": [0.0], "dark_s": [0.0], "grey": [False], "cut_short": [False]}
    )  # fmt: skip
    for name, table in (
        ("sightings", seen),
        ("footage_clips", clips),
        ("footage_visits", stays.footage_visits(seen, CLIPS, CAMERAS)),
    ):
        files.write_table(tables / f"{name}.parquet", name, table)
    return tmp_path


def test_the_command_writes_the_count_and_tells_the_error(shop, capsys):
    assert (
        cli.main(["faces", "hand-count", "water_shop", "a", "3", "--by", "Ann", "--from", "0:00", "--to", "15:00"]) == 0
    )
    told = capsys.readouterr().out
    assert told.startswith("Count by watching")
    assert told.endswith(
        "Counted by hand in 1 part of the footage: 3 visits, 2 by camera. "
        "The camera’s error is 33.3%, between 0.8% and 185.7% with 95% confidence.\n"
    )
    (made,) = hand_counts.load(shop / "outputs/water_shop/private")
    assert made[:5] == ("a", 0, 900, 3, "Ann")


def test_the_command_refuses_what_was_not_watched(shop, capsys):
    assert cli.main(["faces", "hand-count", "water_shop", "b", "3", "--by", "Ann"]) == 2
    assert "There is no such clip\n  found   b\n  wanted  a" in capsys.readouterr().err
    assert (
        cli.main(["faces", "hand-count", "water_shop", "a", "3", "--by", "Ann", "--from", "0:00", "--to", "16:00"]) == 2
    )
    assert "The clip is shorter than that" in capsys.readouterr().err
    assert cli.main(["faces", "hand-count", "water_shop", "a", "3", "--by", "Ann", "--outputs", "elsewhere"]) == 2
    assert "There is no finished run to compare a count with" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        cli.main(["faces", "hand-count", "water_shop", "a", "many", "--by", "Ann"])
    with pytest.raises(SystemExit):
        cli.main(["faces", "hand-count", "water_shop", "a", "3", "--by", "Ann", "--from", "x"])
    assert not (shop / "outputs/water_shop/private").exists()
