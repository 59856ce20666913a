"""Clips of one's own: what is written, what is refused, what is never loaded, written or asked of a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import av
import pandas as pd
import pytest

from shoplib.config.cameras import Cameras, SimulatedFootage
from shoplib.errors import ConfigError, SourceError
from shoplib.faces import own_footage
from shoplib.simulate.cctv.film import film
from shoplib.store import files, searching

FOOTAGE = SimulatedFootage(kind="simulated", seconds=12, people=2, visits=2)
CAMERAS = Cameras(footage=FOOTAGE, visit_gap_s=3)
ALONE = """
import socket, sys
from pathlib import Path

def refuse(*_args, **_more):
    raise OSError("a network was asked for")

socket.socket.connect = socket.getaddrinfo = refuse
from shoplib.config.cameras import Cameras
from shoplib.faces import own_footage

cameras = Cameras.model_validate_json(sys.argv[4])
asked = own_footage.Asked((Path(sys.argv[1]),), sys.argv[3], False, cameras)
own_footage.analyse(asked, Path(sys.argv[2]))
print(sorted(set(sys.modules) & {"dlib", "deepface", "torch", "ultralytics"}))
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds, two people."""
    return film(FOOTAGE, "UTC", 4, tmp_path_factory.mktemp("own"))[0].path


@pytest.fixture(scope="module")
def real(clip: Path) -> Path:
    """The same clip without the mark of rendered people, as a camera's file has none."""
    path = clip.with_name("real.mp4")
    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return path


def alone(clip: Path, out: Path, mode: str) -> str:
    """Return which heavy packages a process of its own had loaded after it read a clip with the network blocked."""
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(clip), str(out), mode, CAMERAS.model_dump_json()],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


def test_the_same_clip_gives_the_same_bytes_and_asks_no_network(clip: Path, tmp_path: Path) -> None:
    alone(clip, tmp_path / "one", "recognise")
    own_footage.analyse(own_footage.Asked((clip,), "recognise", False, CAMERAS), tmp_path / "two")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == [
        own_footage.SIGHTINGS, own_footage.SUMMARY, own_footage.VISITS
    ]  # fmt: skip
    for name in (own_footage.SIGHTINGS, own_footage.VISITS, own_footage.SUMMARY):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_who_came_is_told_in_seconds_of_the_video(clip: Path, tmp_path: Path) -> None:
    told = own_footage.analyse(own_footage.Asked((clip,), None, False, CAMERAS), tmp_path)
    visits = pd.read_parquet(tmp_path / own_footage.VISITS)
    sightings = pd.read_parquet(tmp_path / own_footage.SIGHTINGS)
    assert told.summary["mode"] == "recognise"
    assert told.summary["customers"] == 2 == visits["customer_id"].nunique()
    assert (visits["dwell_s"] == (visits["exit_s"] - visits["entry_s"]).round(3)).all()
    assert visits["entry_s"].between(0, 12).all()
    assert visits["exit_s"].between(0, 12).all()
    assert list(sightings) == ["video", "t_s", "x", "y", "w", "h", "score", "quality", "track_id", "customer_id"]
    assert set(sightings["video"]) == {str(clip)}


def test_counting_loads_no_recogniser_and_leaves_no_numbers_of_faces(real: Path, tmp_path: Path) -> None:
    assert alone(real, tmp_path, "count") == "[]"
    assert [name for name in tmp_path.rglob("*.parquet") if searching.float_vectors(name, 128)] == []
    sightings = pd.read_parquet(tmp_path / own_footage.SIGHTINGS)
    assert sightings["customer_id"].isna().all()
    summary = files.read_json(tmp_path / own_footage.SUMMARY)
    assert summary["customers"] is None
    assert summary["visits"] == 2


@pytest.mark.parametrize("mode", [None, "recognise", "session"])
def test_real_people_are_told_apart_for_a_purpose_only(real: Path, tmp_path: Path, mode: str | None) -> None:
    with pytest.raises(ConfigError) as refused:
        own_footage.analyse(own_footage.Asked((real,), mode, False, CAMERAS), tmp_path / "out")  # type: ignore[arg-type]
    assert str(refused.value) == (
        "Telling real people apart needs a reason\n"
        f"  where   {real}\n"
        f"  found   footage that is not simulated{', and no purpose' if mode else ''}\n"
        '  wanted  what it is for, such as  --purpose "count how often customers of our shop return"\n'
        "  next    add  --mode recognise --purpose TEXT  (or --scenario with a complete privacy section); "
        "--mode count counts people without telling them apart and needs no purpose"
    )
    assert not (tmp_path / "out").exists()


def test_one_video_that_cannot_be_read_does_not_stop_the_others(clip: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video")
    told = own_footage.analyse(own_footage.Asked((text, clip), None, False, CAMERAS), tmp_path / "out")
    assert list(told.unread) == [str(text)]
    assert told.summary["customers"] == 2
    with pytest.raises(SourceError, match="The footage cannot be read"):
        own_footage.analyse(own_footage.Asked((text,), None, False, CAMERAS), tmp_path / "none")
