"""Footage by business day and camera."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from shoplib.base import calendar
from shoplib.config.models import Shop
from shoplib.faces.footage.watched import Watched
from shoplib.faces.pictures import Bools
from shoplib.faces.visits.lighting import Floats
from shoplib.faces.visits.opening import Course

Span = tuple[float, float]


@dataclass
class Day:
    """What was filmed on one business day; all moments are seconds since 1970."""

    date: pd.Timestamp
    begins_s: float
    ends_s: float
    from_s: float = np.inf
    to_s: float = -np.inf
    seen_s: float = 0.0
    """Filmed by at least one camera."""
    cameras: dict[str, Course] = field(default_factory=dict)
    """In order of name."""


def days(watched: Sequence[Watched], shop: Shop) -> list[Day]:
    """Return the business days with footage, in order."""
    if not watched:
        return []
    ordered = sorted(watched, key=lambda one: (one.clip.starts, one.clip.camera, one.clip.name))
    found = [Day(date, *bounds(date, shop)) for date in _dates(ordered, shop)]
    lights = _lights(ordered)
    filmed = _union(span for one in ordered for span in filmed_spans(one))
    whole = _union((begins, begins + one.about.seconds) for one in ordered for begins in [_begins(one)])
    for day in found:
        inside = [_cut(span, day) for span in whole if span[1] >= day.begins_s and span[0] < day.ends_s]
        day.from_s, day.to_s = inside[0][0], inside[-1][1]
        day.seen_s = round(sum(max(end - begin, 0) for begin, end in (_cut(span, day) for span in filmed)), 3)
        of_day = lights[lights["at_s"].between(day.begins_s, day.ends_s, inclusive="left")]
        day.cameras = {
            str(name): Course(part["at_s"].to_numpy(), part["level"].to_numpy(), part["dark"].to_numpy(dtype=bool),
                              bool(part["grey"].all()))
            for name, part in of_day.groupby("camera", sort=True)
        }  # fmt: skip
    return found


def bounds(date: pd.Timestamp, shop: Shop) -> Span:
    """Return when a business day begins and ends, as seconds since 1970."""
    start = dt.timedelta(hours=shop.day_start.hour, minutes=shop.day_start.minute)
    begins, ends = (
        (date + pd.Timedelta(days=days) + start)
        .tz_localize(shop.timezone, ambiguous=False, nonexistent="shift_forward")
        .timestamp()
        for days in (0, 1)
    )
    return begins, ends


def seconds(moments: pd.Series) -> pd.Series:
    """Return instants as seconds since 1970, to the millisecond."""
    plain = moments.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[ms]").astype("int64")
    since: pd.Series = plain / 1000
    return since


def filmed_spans(one: Watched) -> list[Span]:
    """Return from when to when a clip has frames, as seconds since 1970."""
    begins = _begins(one)
    edges = [0.0, *(edge for gap in one.about.gaps for edge in gap), one.about.seconds]
    return [(begins + a, begins + b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def filmed_seconds(watched: Sequence[Watched]) -> pd.Series:
    """Return the whole seconds of which there is footage of any camera, in order, each once."""
    spans = _union(span for one in watched for span in filmed_spans(one))
    ticks = [np.arange(np.ceil(begin), end) for begin, end in spans]
    every = np.concatenate(ticks) if ticks else np.empty(0)
    return pd.Series(pd.to_datetime(every.astype("int64"), unit="s", utc=True))


def _begins(one: Watched) -> float:
    return one.clip.starts.timestamp()


def _dates(watched: Sequence[Watched], shop: Shop) -> list[pd.Timestamp]:
    ends = [(_begins(one), _begins(one) + max(one.about.seconds - 0.001, 0)) for one in watched]
    moments = pd.Series(pd.to_datetime(np.round(np.ravel(ends) * 1000), unit="ms", utc=True))
    dates = calendar.business_date(moments, shop.timezone, shop.day_start).to_numpy().reshape(-1, 2)
    every = [pd.date_range(first, last) for first, last in dates]
    return sorted(set().union(*every))


def _lights(watched: Sequence[Watched]) -> pd.DataFrame:
    """Return camera, at_s, level, dark and grey of all clips, in order of time; of frozen pictures nothing."""
    parts = []
    for one in watched:
        at_s = one.light["at_s"].to_numpy()
        parts.append(
            pd.DataFrame(
                {"camera": one.clip.camera, "at_s": _begins(one) + at_s, "level": one.light["level"],
                 "dark": _within(at_s, one.about.dark), "grey": one.about.grey}
            )[~_within(at_s, one.about.frozen)]
        )  # fmt: skip
    lights = pd.concat(parts, ignore_index=True)
    return lights.sort_values("at_s", kind="stable").drop_duplicates(["camera", "at_s"])


def _within(at_s: Floats, spans: Iterable[Span]) -> Bools:
    inside = np.zeros(len(at_s), dtype=bool)
    for begin, end in spans:
        inside |= (at_s >= begin) & (at_s <= end)
    return inside


def _cut(span: Span, day: Day) -> Span:
    return max(span[0], day.begins_s), min(span[1], day.ends_s)


def _union(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, those that touch put together."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined
