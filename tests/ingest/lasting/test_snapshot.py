"""The store as parquet files: whole or absent, equal bytes for equal contents, and facts again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from shoplib.errors import StoreError
from shoplib.ingest.facts import take_in
from shoplib.ingest.lasting import snapshot
from shoplib.store import files, places
from shoplib.store.database import Store

TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": "at", "total_amount": "total", "product_id": "what"},
}
TEXT = "id,at,total,what\nT2,2024-06-01 11:00,5,tea\nT1,2024-06-01 12:00,-3,rum\nT3,never,1,tea\n"


def test_a_snapshot_is_the_facts_a_run_takes_in(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    assert shop.load("till", TEXT, "a.csv").status == "loaded"
    named = snapshot.export(shop.store, shop.folder, "corner")
    home = places.snapshots(shop.folder, "corner")
    assert (home / "current").read_text() == f"{named}\n"
    facts = snapshot.facts_of(home / named)
    scenario = shop.scenario
    wanted = take_in(scenario.shop, scenario.ingest, scenario.mappings, {"till": [shop.folder / "a.csv"]})
    for name, frame in wanted.tables().items():
        found = getattr(facts, name)
        if name == "import_jobs":
            frame, found = (one.drop(columns=["started_at", "ended_at"]) for one in (frame, found))
        pd.testing.assert_frame_equal(found, frame, check_dtype=False, obj=name)
    pd.testing.assert_frame_equal(facts.below_zero, wanted.below_zero, check_dtype=False)


def test_equal_contents_give_equal_bytes(any_store: Store, box_at: Callable[..., Any]) -> None:
    shop = box_at(any_store, {"till": TILL})
    shop.load("till", TEXT, "a.csv")
    first = snapshot.export(shop.store, shop.folder, "corner")
    home = places.snapshots(shop.folder, "corner")
    before = files.sha256_tree(home / first)
    assert snapshot.export(shop.store, shop.folder, "corner") == first
    assert files.sha256_tree(home / first) == before
    assert files.sha256_tree(home / first)["transactions.parquet"] == BYTES.setdefault("same", before[
        "transactions.parquet"])  # fmt: skip


BYTES: dict[str, str] = {}
"""What one database gave, for the other to give too."""


def test_the_newest_two_are_kept(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    made = []
    for number in range(4):
        shop.load("till", f"id,at,total,what\nT{number},2024-06-01,5,tea\n")
        made.append(snapshot.export(shop.store, shop.folder, "corner"))
    home = places.snapshots(shop.folder, "corner")
    assert {folder.name for folder in home.iterdir() if folder.is_dir()} == set(made[-2:])
    assert [path.stem for path in places.snapshot_files(shop.folder, "corner")] == sorted(
        [*snapshot.names(), snapshot.BELOW_ZERO]
    )


def test_a_store_without_rows_has_a_snapshot_too(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    named = snapshot.export(shop.store, shop.folder, "corner")
    facts = snapshot.facts_of(places.snapshots(shop.folder, "corner") / named)
    assert all(frame.empty for frame in facts.tables().values())


def test_a_snapshot_that_is_not_whole_is_refused(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    home = places.snapshots(shop.folder, "corner") / snapshot.export(shop.store, shop.folder, "corner")
    (home / "below_zero.parquet").write_bytes(b"")
    with pytest.raises(StoreError, match="The snapshot of the store is not whole"):
        snapshot.facts_of(home)
