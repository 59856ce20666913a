"""``shoplib faces analyse``: clips of one's own to sightings, visits and a summary."""

from __future__ import annotations

import argparse
import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, scenario_file
from shoplib.errors import ConfigError

if TYPE_CHECKING:
    from shoplib.config.cameras import Cameras
    from shoplib.config.models import Scenario

EXIT_CODES = """exit codes: 0 all videos were read · 1 some could not be read, the others were · 2 an argument or every
            video was refused · 130 interrupted; the same command goes on where it was"""


def add_commands(actions: Any, add: Add) -> None:
    """Add the command."""
    about = "who came when, from video files: tables and a summary"
    analyse = add(actions, "analyse", _analyse, about, codes=EXIT_CODES)

    def option(name: str, metavar: str, told: str, **more: Any) -> None:
        analyse.add_argument(name, metavar=metavar, help=told, **{"default": "", **more})

    analyse.add_argument("videos", nargs="+", metavar="VIDEO", help="video file of a camera that does not move")
    analyse.add_argument("--out", required=True, metavar="DIR", help="where sightings, visits and summary go")
    told = "count: nobody is told apart; session, recognise: people are, within this output"
    analyse.add_argument("--mode", choices=("count", "session", "recognise"), help=told)
    option("--purpose", "TEXT", "what real people are told apart for")
    option("--scenario", "FILE", "take cameras and privacy from a scenario")
    option("--starts", "TIME", "local time of the first frame, such as 2026-03-01T09:00:00")
    option("--timezone", "ZONE", "zone of that time (default: UTC, or the scenario's)")
    keys = "a setting of cameras, such as max_distance=0.5, visit_gap_s=60, min_face_px=32 (may repeat)"
    option("--set", "KEY=VALUE", keys, action="append", default=[])
    option("--workers", "N", "processes at work", type=int, default=os.cpu_count() or 1)


def _analyse(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.base import words
    from shoplib.config.privacy import purpose_is_real
    from shoplib.faces import own_footage

    scenario = _scenario(asked)
    reason = bool(asked.purpose) and purpose_is_real(asked.purpose)
    if asked.purpose and not reason:
        raise ConfigError(
            "The purpose says nothing", where="--purpose", found=asked.purpose,
            wanted="a sentence a customer would understand, such as: count how often customers of our shop return",
            next_step="write what it is for",
        )  # fmt: skip
    may = reason or (scenario is not None and scenario.privacy.mode != "count" and not scenario.privacy.missing())
    mode = asked.mode or (scenario.privacy.mode if scenario is not None and may else None)
    zone = asked.timezone or (scenario.shop.timezone if scenario else "UTC")
    job = own_footage.Asked(
        tuple(Path(video) for video in asked.videos), mode, may, _cameras(asked, scenario), zone,
        _moment(asked.starts, zone), max(asked.workers, 1), asked.purpose,
    )  # fmt: skip
    with tqdm(total=100, unit="%", leave=False, disable=None, dynamic_ncols=True) as bar:

        def tell(name: str, share: float) -> None:
            bar.set_description(name)
            bar.update(round(100 * share, 1) - bar.n)

        told = own_footage.analyse(job, Path(asked.out), tell)
    found = told.summary
    who = "" if found["customers"] is None else f" of {words.plural(found['customers'], 'person', 'people')}"
    visits = words.plural(found["visits"], "visit")
    print(f"{visits}{who}, mode {found['mode']}: {Path(asked.out) / own_footage.SUMMARY}")
    for video, why in told.unread.items():
        print(f"not read: {video}: {why}")
    return 1 if told.unread else 0


def _scenario(asked: argparse.Namespace) -> Scenario | None:
    if not asked.scenario:
        return None
    from shoplib.config.load import load
    from shoplib.pipeline.job import project_root

    return load(scenario_file(asked.scenario, project_root(Path.cwd())), ())


def _cameras(asked: argparse.Namespace, scenario: Scenario | None) -> Cameras:
    from shoplib.config.cameras import Cameras, SimulatedFootage
    from shoplib.config.load import laid_over

    known = scenario.cameras if scenario is not None else None
    return laid_over(known or Cameras(footage=SimulatedFootage(kind="simulated")), asked.set, "cameras")


def _moment(text: str, zone: str) -> dt.datetime | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
    except (ValueError, ZoneInfoNotFoundError) as error:
        raise ConfigError(
            "The time of the first frame cannot be read", where="--starts, --timezone", found=f"{text}, {zone}",
            wanted="a local time such as 2026-03-01T09:00:00 and an IANA zone such as Asia/Kolkata",
            next_step="write it like that",
        ) from error  # fmt: skip
