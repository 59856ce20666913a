"""Opening and closing beside the truth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from shoplib.faces.footage.watched import Watched
from shoplib.faces.score.stays import Off

WITHIN = 2.0
"""Minutes a time may be wrong."""


class Judged(NamedTuple):
    """How well one of both moments was told."""

    off: Off
    """In minutes, over the days on which it was shown and told."""
    shown: int
    """Days on which the footage shows it."""
    told: int
    """Days on which a time was told."""
    false: int
    """Days of these on which it is wrong, or was not shown."""


def judged(footage_days: pd.DataFrame, true_days: pd.DataFrame, watched: Sequence[Watched], name: str) -> Judged:
    """Return how well ``opened`` or ``closed`` was told; ``name`` says which.

    The footage shows a moment that lies within a clip.
    """
    true = pd.DataFrame(
        {"business_date": pd.to_datetime(true_days["day"]).astype("datetime64[ns]"),
         "true": pd.to_datetime(true_days[name], utc=True)}
    )  # fmt: skip
    found = footage_days[["business_date", name]].astype({"business_date": "datetime64[ns]"})
    both = found.merge(true, on="business_date", how="left")
    shown = pd.Series(False, index=both.index)
    for one in watched:
        begins = pd.Timestamp(one.clip.starts)
        shown |= both["true"].gt(begins) & both["true"].lt(begins + pd.Timedelta(seconds=one.about.seconds))
    told = both[name].notna()
    minutes = (pd.to_datetime(both[name], utc=True) - both["true"]).dt.total_seconds().abs() / 60
    right = minutes[told & shown]
    off = Off(len(right), float(right.median()), float(right.max()))
    return Judged(off, int(shown.sum()), int(told.sum()), int(told.sum() - right.le(WITHIN).sum()))
