"""When the light burns: the moments it goes on and off each day, and how the camera takes to it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from shoplib.base.seeds import stream
from shoplib.config.cameras import SimulatedFootage
from shoplib.simulate.draws import Bools, Floats

Span: TypeAlias = tuple[float, float]
"""Seconds from the first frame of a clip."""
SETTLES_S = 0.3
GLARE, GLOOM = 2.6, 0.4
"""How much too bright and too dark the first frame after the light went on and off is."""
ONE_DAY = dt.timedelta(days=1)
EARLIEST = 0.4
"""No light is less late than this share of the most."""


class Day(NamedTuple):
    """A day with footage and the moments the light went on and off, UTC; ``None`` where it does not."""

    day: dt.date
    opened: dt.datetime | None
    closed: dt.datetime | None


def of_day(settings: SimulatedFootage, timezone: str, seed: int, day: dt.date) -> Day:
    """Return when the light goes on and off; each late by 0.4 to 1 of ``lights_spread_s``, another on each day."""
    rng = stream(seed, "simulate", "cctv", "lights", day.isoformat())
    shares = rng.uniform(EARLIEST, 1, 2)
    late = [dt.timedelta(milliseconds=int(1000 * settings.lights_spread_s * share)) for share in shares]
    on, off = settings.lights_on, settings.lights_off
    past_midnight = on is not None and off is not None and off <= on
    return Day(
        day,
        None if on is None else _moment(day, on, timezone) + late[0],
        None if off is None else _moment(day + ONE_DAY if past_midnight else day, off, timezone) + late[1],
    )


def _moment(day: dt.date, time: dt.time, timezone: str) -> dt.datetime:
    return dt.datetime.combine(day, time, ZoneInfo(timezone)).astimezone(dt.UTC)


def burning(settings: SimulatedFootage, timezone: str, seed: int, day: dt.date, starts: dt.datetime) -> list[Span]:
    """Return the spans of a clip of a day in which the light burns, in order."""
    both = settings.lights_on is not None and settings.lights_off is not None
    spans = []
    for near in (day - ONE_DAY, day, day + ONE_DAY) if both else (day,):
        known = of_day(settings, timezone, seed, near)
        begins = 0.0 if known.opened is None else max(0.0, (known.opened - starts).total_seconds())
        ends = float(settings.seconds)
        if known.closed is not None:
            ends = min(ends, (known.closed - starts).total_seconds())
        if begins < ends:
            spans.append((begins, ends))
    return spans


def lamp(spans: list[Span], at_s: Floats) -> Bools:
    """Return at which moments the light burns."""
    lit = np.zeros(len(at_s), dtype=bool)
    for begins, ends in spans:
        lit |= (at_s >= begins) & (at_s < ends)
    return lit


def exposure(spans: list[Span], seconds: float, at_s: Floats) -> Floats:
    """Return how many times too bright the picture is at each moment: the camera settles within about a second."""
    turned = [(begins, GLARE) for begins, _ in spans if begins > 0]
    turned += [(ends, GLOOM) for _, ends in spans if ends < seconds]
    wrong = np.zeros(len(at_s))
    for moment, first in sorted(turned):
        after = at_s >= moment
        wrong[after] = np.log(first) * np.exp((moment - at_s[after]) / SETTLES_S)
    level: Floats = np.exp(wrong)
    return level
