"""From sightings to stays, and from stays to customers."""

from __future__ import annotations

import pandas as pd

from shoplib.contracts import convert

LEAST_UNKNOWN = pd.Timedelta(seconds=2)
"""Somebody not recognised counts as a visitor if followed for so long; shorter pieces belong to others."""


def footage_visits(sightings: pd.DataFrame, visit_gap_s: float) -> pd.DataFrame:
    """Return the declared table ``footage_visits``: one row a stay, in order of coming in.

    A customer who is out of sight for more than ``visit_gap_s`` seconds and seen again has come again. A track that
    was not recognised is a stay of its own, without a customer, if it lasts two seconds. No sightings give no rows.
    """
    known = sightings[sightings["customer_id"].notna()].sort_values(["customer_id", "seen_at"], kind="stable")
    away = known.groupby("customer_id")["seen_at"].diff() > pd.Timedelta(seconds=visit_gap_s)
    stays = _spans(known, [known["customer_id"], away.groupby(known["customer_id"]).cumsum()])
    unknown = sightings[sightings["customer_id"].isna() & sightings["track"].notna()]
    others = _spans(unknown, [unknown["track"]])
    others = others[others["left"] - others["entered"] >= LEAST_UNKNOWN]
    found = [part for part in (stays, others) if len(part)]
    if not found:
        return convert.empty("footage_visits")
    every = pd.concat(found).sort_values(["entered", "customer_id"], kind="stable", ignore_index=True)
    every.insert(0, "visit_id", [f"V{number:04d}" for number in range(1, len(every) + 1)])
    return every


def _spans(sightings: pd.DataFrame, by: list[pd.Series]) -> pd.DataFrame:
    return (
        sightings.groupby(by)
        .agg(
            customer_id=("customer_id", "first"),
            entered=("seen_at", "min"),
            left=("seen_at", "max"),
            sightings=("seen_at", "size"),
        )
        .reset_index(drop=True)
    )


def face_customers(sightings: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Return the declared table ``face_customers``: one row a customer, in order of their keys."""
    known = sightings[sightings["customer_id"].notna()]
    if known.empty:
        return convert.empty("face_customers")
    seen = known.groupby("customer_id")["seen_at"].agg(first_seen="min", last_seen="max", sightings="size")
    seen["visits"] = stays.groupby("customer_id").size()
    return seen.reset_index()[["customer_id", "first_seen", "last_seen", "visits", "sightings"]]
