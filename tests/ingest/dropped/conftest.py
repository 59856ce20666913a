"""An inbox with files dropped into it, and what became of them."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest

from shoplib.config.models import Scenario
from shoplib.ingest.dropped import inbox as inboxes
from shoplib.ingest.lasting.loading import Outcome, load_file
from shoplib.store import places
from shoplib.store.database import open_store, reading, upgrade

MAPPING = {
    "name": "till", "rows": "transaction", "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": {"columns": "when", "format": "%Y-%m-%d"}, "total_amount": "total"},
}  # fmt: skip
LATE = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


class Shelf:
    """A lasting store of its own, and what it holds."""

    def __init__(self, root: Path, shop: Scenario) -> None:
        self.store, self.scenario = open_store(root, shop.name, environment={}), shop
        upgrade(self.store)

    def load(self, path: Path, source: Any, name: str) -> Outcome:
        """Load a file of a source."""
        return load_file(self.store, self.scenario, source, path, now=lambda: LATE, name=name)

    def sales(self) -> dict[str, int]:
        """Return the amount of each sale."""
        with reading(self.store) as bulk:
            sold = bulk.frame("transactions")
        return dict(zip(sold["transaction_id"], sold["total_amount_minor"].tolist(), strict=True))


class Inbox:
    """The inbox of a scenario ``s`` in a folder of its own, and the places files go to from there."""

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, root / "inbox"
        self.processed_folder, self.failed_folder = places.processed(root, "s"), places.failed(root, "s")

    @staticmethod
    def scenario(*sources: dict[str, str], share: float = 0.5) -> Scenario:
        """Return a shop with inbox sources of one mapping; one that takes every CSV file if none is given."""
        listed = sources or ({"name": "till", "pattern": "*.csv"},)
        given = [{"kind": "inbox", "mapping": "till.yaml", "folder": "inbox", **source} for source in listed]
        return Scenario.model_validate({
            "name": "s", "shop": {"name": "Corner"}, "ingest": {"sources": given, "max_set_aside_share": share},
            "mappings": {"till.yaml": MAPPING},
        })  # fmt: skip

    def drop(self, name: str, *totals: str, at: float = 1_000_000_000) -> Path:
        """Put a file of sales into the inbox, written long ago; each total is a row of its own."""
        path = self.folder / name
        key = name if name.replace(".", "").isalnum() and name.isascii() else "odd"
        rows = "".join(f"{key[:40]}-{row},2024-07-01,{total}\n" for row, total in enumerate(totals))
        path.write_text("id,when,total\n" + rows)
        os.utime(path, (at, at))
        return path

    def shelf(self, shop: Scenario | None = None) -> Shelf:
        """Return the store the files go into."""
        return Shelf(self.root, shop or self.scenario())

    def take(self, shop: Scenario | None = None, **more: Any) -> list[inboxes.Taken]:
        """Take what lies in the inbox, late enough that all of it is whole."""
        shop = shop or self.scenario()
        more.setdefault("now", lambda: LATE)
        load = more.pop("load", None) or self.shelf(shop).load
        return inboxes.take(self.root, shop, load, **more)

    def waiting(self) -> list[str]:
        """Return the names of the files in the inbox."""
        return lying(self.folder)

    def claimed(self) -> list[str]:
        """Return the names of the files that a runner has claimed and not put away."""
        return lying(self.processed_folder / ".claimed")

    def processed(self) -> list[str]:
        """Return the names of all files below the folder of those that were loaded."""
        return lying(self.processed_folder)

    def failed(self) -> list[str]:
        """Return the names of all files below the folder of those that were refused."""
        return lying(self.failed_folder)


def lying(folder: Path) -> list[str]:
    """Return the names of all files below a folder, hidden ones too, but for the lock."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() and path.name != ".lock"
    )


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """An empty inbox."""
    made = Inbox(tmp_path)
    made.folder.mkdir()
    return made
