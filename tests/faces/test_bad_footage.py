"""``shoplib faces analyse`` on what people really have: broken, frozen, empty, copied and interrupted footage."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.cli import main
from shoplib.faces.footage import sightings
from shoplib.faces.footage.video import MARK

HERE = Path(__file__).parent
WHOLE = ["sightings.parquet", "summary.json", "visits.parquet"]


@pytest.fixture(scope="module")
def studio():
    """Return the maker of clips that the tests of footage use."""
    spec = importlib.util.spec_from_file_location("made_footage", HERE / "footage" / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def walk(studio, tmp_path_factory):
    """Return ten seconds in which somebody comes, stands and goes."""
    who, room = studio.person(), studio.room()

    def at(number):
        left = 60 + 3 * np.sin(number / 10) - 25 * max(0, 20 - number) + 25 * max(0, number - 80)
        return studio.placed(room, who, left) if 8 <= number < 95 else room

    path = tmp_path_factory.mktemp("walk") / "walk.mp4"
    return studio.write(path, studio.noisy(at(number) for number in range(100)), comment=MARK)


def analyse(out, *given):
    return main(["faces", "analyse", *map(str, given), "--out", str(out), "--workers", "1"])


def told(out):
    assert sorted(path.name for path in out.iterdir()) == WHOLE
    return json.loads((out / "summary.json").read_text(encoding="utf-8"))


def test_a_copy_of_a_clip_is_left_out_and_told(walk, tmp_path, capsys):
    copy = tmp_path / "copy.txt"
    copy.write_bytes(walk.read_bytes())
    assert analyse(tmp_path / "o", walk, copy, walk) == 1
    assert capsys.readouterr().out == (
        f"1 visit of 0 people, mode recognise: {tmp_path / 'o' / 'summary.json'}\n"
        f"not read: {copy}: The same footage is given twice; byte for byte {walk}\n"
    )
    assert told(tmp_path / "o")["visits"] == len(pd.read_parquet(tmp_path / "o" / "visits.parquet")) == 1


@pytest.mark.parametrize("deep", ["", "deep/er"])
def test_an_output_that_is_a_file_is_refused_before_anything_is_watched(walk, tmp_path, capsys, deep):
    there = tmp_path / "there"
    there.write_text("mine", encoding="utf-8")
    assert analyse(there / deep, walk) == 2
    assert capsys.readouterr().err == (
        "The output is no folder\n"
        f"  where   {there / deep}\n"
        f"  found   {there} is a file\n"
        "  wanted  a folder, new or not\n"
        "  next    name another with --out DIR\n"
    )
    assert there.read_text(encoding="utf-8") == "mine"


def test_a_face_that_never_moves_in_a_short_clip_is_a_picture(studio, tmp_path):
    wall = studio.placed(studio.room(), studio.person(211, tall=110), 220, 10)
    assert analyse(tmp_path / "o", studio.write(tmp_path / "a.mp4", studio.noisy([wall] * 150), comment=MARK)) == 0
    summary = told(tmp_path / "o")
    assert summary["visits"] == 0
    assert summary["faces"]["never moves"] > 50


def test_one_frozen_frame_is_nobody(studio, tmp_path):
    (frame,) = studio.noisy([studio.placed(studio.room(), studio.person(), 60)])
    assert analyse(tmp_path / "o", studio.write(tmp_path / "a.mp4", [frame] * 450, comment=MARK)) == 0
    assert told(tmp_path / "o")["visits"] == 0


def test_who_sways_while_standing_is_no_picture():
    rng, looks = np.random.default_rng(1), np.arange(60)
    boxes = np.column_stack([100 + 4 * np.sin(looks / 4), np.full(60, 50), np.full(60, 40), np.full(60, 52)])
    boxes = boxes + rng.normal(0, 0.3, boxes.shape)
    assert not sightings.held(looks / 5, looks, boxes).any()
    boxes[:, 0] = 100
    assert sightings.held(looks / 5, looks, boxes).all()
    assert not sightings.held(looks / 5, looks[:30], boxes[:30]).any()
    assert not sightings.held(looks[:0] / 5, looks[:0], boxes[:0]).any()


def test_a_torn_clip_is_read_and_says_so(walk, tmp_path):
    data = bytearray(walk.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = np.random.default_rng(1).bytes(600)
    (tmp_path / "a.mp4").write_bytes(data)
    assert analyse(tmp_path / "o", tmp_path / "a.mp4") == 0
    summary = told(tmp_path / "o")
    assert summary["visits"] == 1
    assert summary["videos"][0]["cut_short"]


def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(walk, tmp_path):
    command = "import sys; from shoplib.cli import main; sys.exit(main(sys.argv[1:]))"
    out = tmp_path / "killed"
    given = ["faces", "analyse", str(walk), "--out", str(out), "--workers", "1"]
    run = subprocess.Popen([sys.executable, "-c", command, *given], stdout=subprocess.DEVNULL)
    ends = time.monotonic() + 60
    while not list(out.glob(".watching/*.piece")) and run.poll() is None and time.monotonic() < ends:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert list(out.glob(".watching/*over*.piece"))
    assert not (out / "summary.json").exists()
    assert analyse(out, walk) == analyse(tmp_path / "whole", walk) == 0
    assert told(out)
    assert all((out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes() for name in WHOLE)
