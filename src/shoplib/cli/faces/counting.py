"""``shoplib faces hand-count``: what a person counted in a clip, and how far the camera is off."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.cli.command import Add, say
from shoplib.cli.faces.place import Place, place_of

if TYPE_CHECKING:
    import pandas as pd

EXIT_CODES = """exit codes: 0 done · 2 an argument was refused · 130 interrupted"""


def add_commands(actions: Any, add: Add) -> None:
    """Add the commands."""
    count = add(actions, "hand-count", _hand_count, "how many visits a person counted in a clip", codes=EXIT_CODES)
    count.add_argument("scenario", help="file in params/, or its name")
    count.add_argument("clip", help="name of the clip, as in the table footage_clips")
    count.add_argument("visits", type=_whole, help="how many visits there are in it")
    count.add_argument("--by", required=True, metavar="NAME", help="who counted")
    count.add_argument("--from", dest="begins", type=_seconds, metavar="M:SS", help="only from this place of the clip")
    count.add_argument("--to", dest="ends", type=_seconds, metavar="M:SS", help="to this one")
    count.add_argument("--outputs", default="", metavar="FOLDER", help="where the runs are, if not in outputs/")


def _hand_count(asked: argparse.Namespace, _given: list[str]) -> int:
    from shoplib.faces.visits import hand_counts

    place = place_of(asked, "to compare a count with")
    _known(asked.clip, asked.ends, place.tables["footage_clips"])
    by, now = " ".join(asked.by.split()), dt.datetime.now(dt.UTC)
    hand_counts.record(place.private, hand_counts.Count(asked.clip, asked.begins, asked.ends, asked.visits, by, now))
    say(hand_counts.protocol(place.cameras))
    say(_told(place))
    return 0


def _known(clip: str, ends: float | None, clips: pd.DataFrame) -> None:
    """Refuse a clip that was not watched, and a part beyond its end."""
    from shoplib.base import words
    from shoplib.errors import ConfigError

    lengths = dict(zip(clips["clip"], clips["seconds"], strict=True))
    if clip not in lengths:
        near = words.nearest(clip, lengths)
        raise ConfigError("There is no such clip", found=clip, wanted=words.listed(lengths),
                          next_step=f"perhaps {near!r}?" if near else "name one of these")  # fmt: skip
    if ends is not None and ends > lengths[clip] + 1:
        raise ConfigError("The clip is shorter than that", where=clip, found=f"{ends:g} seconds",
                          wanted=f"at most {lengths[clip]:g} seconds", next_step="give the part again")  # fmt: skip


def _told(place: Place) -> str:
    """Return the error of the camera by all counts there are now."""
    from shoplib.faces.footage.clips import Clip
    from shoplib.faces.visits import hand_counts

    watched = place.tables["footage_clips"]
    clips = [
        Clip(str(name), Path(str(name)), starts.to_pydatetime(), str(camera))
        for name, starts, camera in zip(watched["clip"], watched["starts"], watched["camera"], strict=True)
    ]
    counts = hand_counts.load(place.private)
    table = hand_counts.compared(counts, place.stays, place.tables["sightings"], clips, place.cameras)
    return hand_counts.told(hand_counts.error(table), place.scenario.shop)


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _seconds(text: str) -> float:
    parts = text.split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdecimal() for part in parts) or any(int(p) > 59 for p in parts[1:]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a place in a clip such as 15:00 or 1:15:00")
    seconds = 0
    for part in parts:
        seconds = 60 * seconds + int(part)
    return float(seconds)
