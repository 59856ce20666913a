"""``shoplib faces benchmark``: seconds and quality of the parts on a clip."""

from __future__ import annotations

import argparse
import datetime as dt
import time
from pathlib import Path
from typing import Any

from shoplib.cli.command import Add, say
from shoplib.errors import ConfigError

EXIT_CODES = "exit codes: 0 measured · 2 an argument or the video was refused · 130 interrupted"
ANY_MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def add_commands(actions: Any, add: Add) -> None:
    """Add the command."""
    about = "what watching a clip costs on this machine, part by part; nothing is kept"
    measure = add(actions, "benchmark", _measure, about, codes=EXIT_CODES)
    measure.add_argument("video", metavar="VIDEO", help="video file; it is watched twice")
    told = "count: no face is recognised; session, recognise: that is measured too"
    measure.add_argument("--mode", choices=("count", "session", "recognise"), help=told)
    measure.add_argument("--purpose", default="", metavar="TEXT", help="what real people are told apart for")
    keys = "a setting of cameras, such as looks_a_second=4 or detector=yunet (may repeat)"
    measure.add_argument("--set", metavar="KEY=VALUE", help=keys, action="append", default=[])


def _measure(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.config.cameras import Cameras, SimulatedFootage
    from shoplib.config.load import laid_over
    from shoplib.faces.footage import timing, video, watch
    from shoplib.faces.footage.clips import Clip

    path = Path(asked.video)
    probe = video.probe(path)
    mode = _mode(asked, probe.simulated)
    cameras = laid_over(Cameras(footage=SimulatedFootage(kind="simulated")), asked.set, "cameras")
    recogniser = None if mode == "count" else cameras.recogniser
    clip = Clip(path.name, path, ANY_MOMENT)
    watched, costs = timing.measure(clip, watch.looking(cameras, mode), time.process_time, recogniser)
    about = watched.about
    minutes = about.seconds / 60
    size = f"{about.width_px} × {about.height_px}, {about.frames_a_second:g} a second"
    say(f"{path.name}: {about.seconds:.1f} s, {size}, {probe.codec}; mode {mode}")
    say(f"found: {watched.faces['track'].nunique()} tracks, {len(watched.faces)} faces on {about.looked} frames, "
        f"something moving for {about.busy_s:.0f} s")  # fmt: skip
    say(f"{'part':<22}{'CPU seconds':>12}{'a minute of footage':>22}{'each':>12}")
    for cost in costs:
        each = f"{1000 * cost.seconds / cost.items:.1f} ms" if cost.items else "none"
        shown = f"{each:>12}  {cost.items} {cost.of}" if cost.part != timing.ALL else ""
        say(f"{cost.part:<22}{cost.seconds:>12.2f}{cost.seconds / minutes:>22.2f}{shown}")
    return 0


def _mode(asked: argparse.Namespace, simulated: bool) -> Any:
    """Return the mode; real people are told apart only for a purpose."""
    from shoplib.config.privacy import purpose_is_real

    if asked.purpose and not purpose_is_real(asked.purpose):
        raise ConfigError(
            "The purpose says nothing", where="--purpose", found=asked.purpose,
            wanted="a sentence a customer would understand, such as: count how often customers of our shop return",
            next_step="write what it is for",
        )  # fmt: skip
    may = simulated or bool(asked.purpose)
    if asked.mode in ("session", "recognise") and not may:
        raise ConfigError(
            "People on this footage may not be told apart without a reason", where=str(asked.video),
            found=f"--mode {asked.mode} and no --purpose", wanted="what it is for",
            next_step='add --purpose "what it is for", or --mode count to measure without recognising anybody',
        )  # fmt: skip
    return asked.mode or ("recognise" if may else "count")
