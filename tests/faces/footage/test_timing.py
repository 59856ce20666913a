"""What watching costs, told part by part by whatever clock is given."""

from __future__ import annotations

import datetime as dt
from itertools import count

import pytest

from shoplib import cli
from shoplib.faces.footage import timing, watch
from shoplib.faces.footage.clips import Clip


def test_each_part_is_told_and_nobody_is_recognised_unasked(plain):
    ticks = count()
    looking = watch.Looking("yunet", 5, 40, 10, 0.25, False)
    clip = Clip("a", plain, dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    seen, costs = timing.measure(clip, looking, lambda: float(next(ticks)), None)
    told = {cost.part: cost for cost in costs}
    assert set(told) == {timing.DECODE, timing.MOTION, timing.DETECT, timing.ALL}
    assert told[timing.DETECT].seconds == told[timing.DETECT].items == len(seen.looked) == 45
    assert told[timing.MOTION].items == 18


def test_telling_real_people_apart_needs_a_purpose_here_too(plain, capsys):
    assert cli.main(["faces", "benchmark", str(plain), "--mode", "recognise"]) == 2
    assert capsys.readouterr().err.strip() == (
        "People on this footage may not be told apart without a reason\n"
        f"  where   {plain}\n"
        "  found   --mode recognise and no --purpose\n"
        "  wanted  what it is for\n"
        '  next    add --purpose "what it is for", or --mode count to measure without recognising anybody'
    )


@pytest.mark.parametrize("mode", [[], ["--mode", "recognise", "--purpose", "count how often customers come back"]])
def test_the_command_prints_a_table(plain, capsys, mode):
    assert cli.main(["faces", "benchmark", str(plain), *mode]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("plain.mp4: 9.0 s, 320 × 180, 5 a second, h264; mode ")
    assert lines[1] == "found: 0 tracks, 0 faces on 45 frames, something moving for 0 s"
    assert [line.split()[0] for line in lines[2:]] == ["part", "decode", "motion", "detection", "watching,"]
