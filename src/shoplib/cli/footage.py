"""``shoplib footage``: rendered shop footage, with the truth about it beside it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from shoplib.cli.command import Add, say

EXIT_CODES = """exit codes: 0 written · 2 a setting or folder was refused · 130 interrupted"""
SETTINGS = {
    "seconds": ("length of a clip", "7200"), "fps": ("frames a second", "25"), "width": ("pixels", "1280"),
    "visits": ("times somebody comes in, in each clip (default: twice a minute)", ""),
    "people": ("different customers (default: 12, or as many as visits)", ""), "days": ("days with a clip", "1"),
}  # fmt: skip
VISIT_EVERY_S, PEOPLE = 30, 12


def add_commands(commands: Any, add: Add) -> None:
    """Add the command."""
    footage = add(commands, "footage", _footage, "rendered shop footage with the truth beside it", codes=EXIT_CODES)
    footage.add_argument("folder", metavar="OUT_DIR", help="where to write; files of the same names are replaced")
    for name, (meaning, usual) in SETTINGS.items():
        told = f"{meaning} (default: {usual})" if usual else meaning
        footage.add_argument(f"--{name}", type=_count, default=usual or None, metavar="N", help=told)
    footage.add_argument("--seed", type=_count, default=1, metavar="N", help="seed of everything random (default: 1)")
    footage.add_argument(
        "--timezone", type=_zone, default="UTC", metavar="ZONE", help="of the camera's clock (default: UTC)"
    )
    footage.add_argument("--workers", type=_count, default=1, metavar="N", help="clips composed at the same time")
    footage.add_argument("--joined", action="store_true",
                         help="join a few composed minutes to a long clip: quick, but it repeats itself")  # fmt: skip
    footage.add_argument("--busy", type=_share, default=0.3, metavar="SHARE",
                         help="with --joined: share of minutes in which somebody comes (default: 0.3)")  # fmt: skip
    footage.add_argument("--set", action="append", default=[], metavar="KEY=VALUE",
                         help="a setting of simulated footage, such as lights_on=09:00")  # fmt: skip


def _footage(asked: argparse.Namespace, _given: list[str]) -> int:
    from tqdm import tqdm

    from shoplib.config.cameras import SimulatedFootage
    from shoplib.config.load import laid_over
    from shoplib.simulate.cctv import film, reel

    asked.visits = max(1, asked.seconds // VISIT_EVERY_S) if asked.visits is None else asked.visits
    asked.people = min(PEOPLE, asked.visits * asked.days) if asked.people is None else asked.people
    named = [f"{'frames_a_second' if name == 'fps' else name}={getattr(asked, name)}" for name in SETTINGS]
    settings = laid_over(SimulatedFootage(kind="simulated"), [*named, *asked.set], "footage")
    folder = Path(asked.folder)
    layout = "{percentage:3.0f} % |{bar}| {elapsed}, {remaining} left"
    with tqdm(total=1.0, leave=False, disable=None, dynamic_ncols=True, bar_format=layout) as bar:

        def tell(share: float) -> None:
            bar.update(share - bar.n)

        if asked.joined:
            clips = [reel.reel(settings, asked.timezone, asked.seed, folder, busy_share=asked.busy, progress=tell)]
        else:
            clips = film.film(settings, asked.timezone, asked.seed, folder, workers=asked.workers, progress=tell)
    for clip in clips:
        size = clip.path.stat().st_size / 2**20
        say(f"{clip.path}: {clip.seconds:,} s, {len(clip.visits):,} visits, {len(clip.faces):,} faces, {size:,.1f} MiB")
    say(f"the truth is in {folder / 'truth'}")
    return 0


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 0 or more")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share from 0 to 1, such as 0.3")
    return share


def _zone(text: str) -> str:
    import zoneinfo

    if text not in zoneinfo.available_timezones():
        raise argparse.ArgumentTypeError(f"{text!r} is not a zone of the IANA list, such as Asia/Kolkata")
    return text
