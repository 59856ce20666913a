"""Empty stretches of shelf."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import words

SHELF_GAPS = "shelf_gaps"
FEWEST_GAPS = 3


def alerts(gaps: pd.DataFrame | None, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return one alert for each photo with three gaps or more, seen on ``as_of``; without photos there are none."""
    if gaps is None or gaps.empty:
        return problems([])
    rows = []
    for photo, found in gaps.groupby("photo_id", sort=True):
        if len(found) < FEWEST_GAPS:
            continue
        in_rows = words.plural(found["row_number"].nunique(), "row")
        rows.append(
            {
                "alert_id": f"{SHELF_GAPS}:{photo}", "rule": SHELF_GAPS, "severity": "information", "since": as_of,
                "location_id": found["location_id"].iloc[0], "found": float(len(found)), "usual": 0.0,
                "sentence": f"Photo {photo} shows {words.plural(len(found), 'gap')} in {in_rows} of shelf.",
            }
        )  # fmt: skip
    return problems(rows)
