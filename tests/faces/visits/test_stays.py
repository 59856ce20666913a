"""Stays from sightings, beside a naive count."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check
from shoplib.faces.visits import stays as visits

START = pd.Timestamp("2024-04-28 04:30", tz="UTC")


def seen(rows: list[tuple[float, int | None, str | None]]) -> pd.DataFrame:
    """Return sightings from seconds, track and customer."""
    table = pd.DataFrame(rows, columns=["at_s", "track", "customer_id"])
    return pd.DataFrame(
        {
            "seen_at": START + pd.to_timedelta(table["at_s"], unit="s"),
            "track": table["track"].astype("Int64"),
            "customer_id": table["customer_id"].astype("object"),
        }
    )


def test_out_of_sight_longer_than_the_gap_is_another_visit():
    sightings = seen([(at, 0, "C0001") for at in (0, 3, 6, 16, 26.5)])
    stays = visits.footage_visits(sightings, 10)
    assert stays["entered"].tolist() == [START, START + pd.Timedelta(seconds=26.5)]
    assert stays["left"].tolist() == [START + pd.Timedelta(seconds=16), START + pd.Timedelta(seconds=26.5)]
    assert stays["sightings"].tolist() == [4, 1]
    customers = visits.face_customers(sightings, stays)
    assert customers[["visits", "sightings"]].to_numpy().tolist() == [[2, 5]]


def test_visits_are_numbered_by_coming_in_and_pieces_of_tracks_are_no_visitors():
    rows = [(5.0, 1, "C0002"), (6.0, 1, "C0002"), (0.0, 0, "C0001"), (2.0, 3, None), (4.0, 3, None), (7.0, 4, None),
            (8.9, 4, None), (9.0, None, None), (20.0, None, None)]  # fmt: skip
    stays = visits.footage_visits(seen(rows), 10)
    assert stays["visit_id"].tolist() == ["V0001", "V0002", "V0003"]
    assert stays["customer_id"].tolist() == ["C0001", None, "C0002"]


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["C0001", "C0002", "C0003"])), max_size=40),
    st.integers(1, 30),
)
@settings(max_examples=50, deadline=None)
def test_stays_are_those_of_a_naive_count(moments, gap):
    sightings = seen(sorted((float(at), 0, who) for at, who in moments))
    stays = visits.footage_visits(sightings, gap)
    naive = []
    for who in sorted({who for _, who in moments}):
        times = sorted(at for at, name in moments if name == who)
        begin = 0
        for end in range(1, len(times) + 1):
            if end == len(times) or times[end] - times[end - 1] > gap:
                naive.append((times[begin], times[end - 1], who, end - begin))
                begin = end
    found = [
        (
            int((row.entered - START).total_seconds()),
            int((row.left - START).total_seconds()),
            row.customer_id,
            row.sightings,
        )
        for row in stays.itertuples()
    ]
    assert sorted(found) == sorted(naive)
    assert stays["entered"].is_monotonic_increasing
    check.checked("footage_visits", stays)
    customers = visits.face_customers(sightings, stays)
    check.checked("face_customers", customers)
    assert customers["visits"].sum() == len(stays)
    assert customers["sightings"].sum() == len(moments)
