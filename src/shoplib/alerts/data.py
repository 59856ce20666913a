"""Files that were refused, and rows that were set aside."""

from __future__ import annotations

import pandas as pd

from shoplib.alerts.problem import problems
from shoplib.base import money, words
from shoplib.config.models import Shop

FILE_REFUSED, ROWS_SET_ASIDE = "file_refused", "rows_set_aside"


def alerts(import_jobs: pd.DataFrame, as_of: pd.Timestamp, shop: Shop) -> pd.DataFrame:
    """Return one alert a source with refused files and one a source with rows set aside, seen on ``as_of``."""
    rows = []
    for source, jobs in import_jobs.groupby("source_name", sort=True):
        refused = jobs[jobs["status"] == "refused"]
        aside = jobs[jobs["rows_set_aside"] > 0]
        if len(refused):
            names = words.listed(refused["file_name"], 3)
            rows.append(
                {
                    "alert_id": f"{FILE_REFUSED}:{source}", "rule": FILE_REFUSED, "severity": "urgent", "since": as_of,
                    "sentence": f"{words.plural(len(refused), 'file')} of {source} could not be loaded: {names}.",
                    "found": float(len(refused)), "usual": 0.0,
                }
            )  # fmt: skip
        if len(aside):
            lost = aside["money_set_aside_minor"].dropna()
            worth = int(lost.abs().sum()) if len(lost) else None
            said = f"{words.plural(int(aside['rows_set_aside'].sum()), 'row')} of {source} were set aside"
            if worth:
                said += f", {money.show(worth, shop.currency, language=shop.language)} in all"
            rows.append(
                {
                    "alert_id": f"{ROWS_SET_ASIDE}:{source}", "rule": ROWS_SET_ASIDE, "severity": "warning",
                    "since": as_of, "sentence": f"{said}.", "found": float(aside["rows_set_aside"].sum()),
                    "usual": 0.0, "money_minor": worth,
                }
            )  # fmt: skip
    return problems(rows)
