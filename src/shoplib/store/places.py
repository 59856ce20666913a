"""Where things lie under ``data/``: what was fetched, what the inbox became, the lasting store and its snapshots.

::

    data/raw/<scenario>/<source>/     what ``shoplib ingest fetch`` brought
    data/inbox/                       files dropped to be taken (the folder a source names)
    data/processed/<scenario>/        files that were loaded, or whose rows were there already
    data/failed/<scenario>/           files of which nothing was loaded, each with its .reason.json
    data/<scenario>.db                the lasting store, unless DATABASE_URL names another
    data/private/<scenario>/          what is kept of people on real footage: gallery, corrections, consents
    data/store/<scenario>/current     digest of the snapshot in force
    data/store/<scenario>/<digest>/   the store's tables as parquet files, as a run reads them
"""

from __future__ import annotations

from pathlib import Path

from shoplib.store import patterns

STORE = "store"
"""Name under which a run finds the snapshot among its sources."""
CURRENT = "current"
GALLERY, STATE = "gallery", "state.json"
SAID = ("corrections.csv", "consents.csv", "hand_counts.csv")
"""Files beside the gallery in which people have their say; a run reads them."""


def fetched(root: Path, scenario: str, source: str) -> Path:
    """Return the folder of what was fetched from a source."""
    return root / "data" / "raw" / scenario / source


def fetched_files(root: Path, scenario: str, source: str) -> list[Path]:
    """Return what was fetched from a source, in order of name; hidden files do not count."""
    return patterns.matching(fetched(root, scenario, source) / patterns.STAR)


def processed(root: Path, scenario: str) -> Path:
    """Return the folder of files that were taken."""
    return root / "data" / "processed" / scenario


def failed(root: Path, scenario: str) -> Path:
    """Return the folder of files of which nothing was loaded."""
    return root / "data" / "failed" / scenario


def database(root: Path, scenario: str) -> Path:
    """Return the file of the lasting store where no other is named."""
    return root / "data" / f"{scenario}.db"


def private(root: Path, home: Path, scenario: str, *, simulated: bool) -> Path:
    """Return the folder of what is kept of people on footage: under ``data/`` if they are real, else with the runs."""
    return home / "private" if simulated else root / "data" / "private" / scenario


def snapshots(root: Path, scenario: str) -> Path:
    """Return the folder of the store's snapshots."""
    return root / "data" / "store" / scenario


def snapshot_files(root: Path, scenario: str) -> list[Path]:
    """Return the parquet files of the snapshot in force, in order of name; ``[]`` if there is none yet."""
    pointer = snapshots(root, scenario) / CURRENT
    if not pointer.is_file():
        return []
    return patterns.matching(snapshots(root, scenario) / pointer.read_text(encoding="utf-8").strip() / "*.parquet")
