"""Days that somebody says are to be odd, and why: no alarm then, and out of what is usual from then on."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.errors import SourceError

EVERYWHERE = "*"
COLUMNS = ("location_id", "business_date", "note")


def marks(expected: pd.DataFrame | None, days: pd.DatetimeIndex, places: list[str]) -> dict[tuple[int, int], str]:
    """Return the note of each day and place marked, by their positions; others are left out.

    ``expected`` has the columns ``location_id`` (:data:`EVERYWHERE` is every place, and all together),
    ``business_date`` and ``note``. A note on one place stands before one on every place, else the last one stands.
    Refuses a table without those columns, and dates that are none, with ``SourceError``.
    """
    if expected is None or not len(expected):
        return {}
    missing = [name for name in COLUMNS if name not in expected]
    if missing:
        raise SourceError(
            "The table of expected days lacks columns", where="expected days",
            found=words.listed(list(map(str, expected.columns))) or "none", wanted=words.listed(list(COLUMNS)),
            next_step="name the columns so and run again",
        )  # fmt: skip
    dates = pd.to_datetime(expected["business_date"], errors="coerce").dt.normalize()
    if dates.isna().any():
        wrong = expected.loc[dates.isna().to_numpy(), "business_date"].iloc[0]
        raise SourceError(
            "A date of an expected day cannot be read", where="expected days, business_date",
            found=str(wrong), wanted="a date such as 2024-12-24",
            next_step="write the date so and run again",
        )  # fmt: skip
    column = {place: at for at, place in enumerate(places)}
    found: dict[tuple[int, int], str] = {}
    rows = days.get_indexer(pd.DatetimeIndex(dates))
    told = [
        (str(place) == EVERYWHERE, int(row), str(place), "" if pd.isna(note) else str(note).strip())
        for place, row, note in zip(expected["location_id"], rows, expected["note"], strict=True)
        if row >= 0
    ]
    for everywhere, row, place, note in sorted(told, key=lambda one: not one[0]):
        chosen = column.values() if everywhere else [column[place]] if place in column else []
        found |= {(row, at): note for at in chosen}
    return found
