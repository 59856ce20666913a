"""What is due to go by the scenario's own clocks, and taking it away: before every run, and when a person asks.

Four clocks run, each in whole days: frames of footage (none: they are never kept), pictures of faces cut out for a
review (``crops_days`` from the day they were made), the numbers of a face (``embeddings_days`` from the day the person
was last seen), visits (``visits_days`` from the day they began). A thing is due on the day its clock has run out.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from shoplib.base import words
from shoplib.errors import StoreError
from shoplib.privacy import holdings as kept
from shoplib.privacy.holdings import Holdings
from shoplib.store import address, bulk, migration
from shoplib.store.keyring import Keyring
from shoplib.store.vault import Vault

FRAMES, CROPS, EMBEDDINGS, VISITS = "frames", "crops", "embeddings", "visits"
NAMED = {
    FRAMES: ("folder of a run that was stopped", "folders of runs that were stopped"),
    CROPS: ("picture of a face", "pictures of faces"),
    EMBEDDINGS: ("person's numbers, with their key", "people's numbers, with their keys"),
    VISITS: ("finished result or run with visits", "finished results and runs with visits"),
}


class Thing(NamedTuple):
    """One thing that is kept, by the day it is due; ``path`` is a file or folder, or ``key`` a person's record."""

    kind: str
    due: dt.date
    path: Path
    key: str = ""


@dataclass(frozen=True)
class Report:
    """What a purge did; it names nobody."""

    as_of: dt.date | None
    """The day by which it was judged; none where nothing is due by itself."""
    gone: dict[str, int] = field(default_factory=dict)
    """How many of each kind went."""
    next: list[tuple[dt.date, str, int]] = field(default_factory=list)
    """Day, kind and number of what goes next, the soonest of each kind."""
    notes: tuple[str, ...] = ()

    def lines(self, language: str = "en_GB") -> list[str]:
        """Return the report as sentences."""
        said = [f"gone: {words.plural(many, *NAMED[kind])}" for kind, many in self.gone.items() if many]
        said += [
            f"next: on {words.day(day, language)} {words.plural(many, *NAMED[kind])}" for day, kind, many in self.next
        ]
        return [*said, *self.notes]


def things(holdings: Holdings, keyring: Keyring) -> list[Thing]:
    """Return everything whose clock runs, by the day it is due."""
    privacy, vault = holdings.scenario.privacy, holdings.vault(keyring)
    found = [Thing(FRAMES, _made(path) + dt.timedelta(days=1), path) for path in _inside(holdings.private / kept.WORK)]
    crops = sorted(p for p in (holdings.private / kept.REVIEW).rglob("*") if p.is_file())
    found += [Thing(CROPS, _made(path) + dt.timedelta(days=privacy.crops_days), path) for path in crops]
    if privacy.embeddings_days is not None:
        days = dt.timedelta(days=privacy.embeddings_days)
        found += [Thing(EMBEDDINGS, _seen(vault, key) + days, vault.folder, key) for key in vault.names()]
    oldest = [first for first in map(_first, kept.tables(holdings, "footage_visits")) if first is not None]
    if oldest:
        due = min(oldest) + dt.timedelta(days=privacy.visits_days)
        found += [Thing(VISITS, due, path) for path in kept.finished(holdings)]
    return sorted(found, key=lambda thing: (thing.due, thing.kind, str(thing.path), thing.key))


def purge(holdings: Holdings, keyring: Keyring, as_of: dt.date | None, now: dt.datetime) -> Report:
    """Take away what is due on ``as_of`` and return what went and what goes next.

    Without a day nothing is due: rendered footage has no calendar of its own. Each thing goes whole; interrupted, the
    next purge takes the rest. The caller holds the scenario, so that no run is at work.
    """
    left = sorted(holdings.home.glob(f"**/{kept.GOING}-*")) if holdings.home.is_dir() else []
    kept.take_away([path for path in left if path.exists()])
    every = things(holdings, keyring)
    due = [thing for thing in every if as_of is not None and thing.due <= as_of]
    gone = {kind: sum(thing.kind == kind for thing in due) for kind in NAMED}
    vault = holdings.vault(keyring)
    for thing in due:
        if thing.key:
            vault.remove(thing.key)
        else:
            kept.take_away([thing.path])
    if gone[EMBEDDINGS]:
        kept.changed(holdings)
    if as_of is not None:
        gone[VISITS] += forget_visits(holdings, until=as_of - dt.timedelta(days=holdings.scenario.privacy.visits_days))
    if any(gone.values()):
        kept.note(holdings, now, "purge", "; ".join(f"{kind} {many}" for kind, many in gone.items() if many))
    return Report(as_of, gone, _soonest([t for t in every if t not in set(due)]), _notes(holdings, as_of, every))


def forget_visits(holdings: Holdings, *, until: dt.date | None = None, customer: str = "") -> int:
    """Delete visits found in footage from the lasting store, up to a day, of a person, or all; return how many.

    Visits that the shop's own files tell are the shop's, under keys of its own: they stay.
    """
    store = address.open_store(holdings.root, holdings.name, holdings.scenario.ingest.database_env)
    if (store.dialect == "sqlite" and not store.path.is_file()) or not migration.version(store):
        return 0
    rule, values = "visit_source = 'footage'", list[object]()
    if until is not None:
        rule, values = f"{rule} AND business_date <= ?", [until]
    if customer:
        rule, values = f"{rule} AND customer_id = ?", [*values, customer]
    with bulk.transaction(store) as rows:
        return rows.execute(f"DELETE FROM visits WHERE {rule}", values)


def _soonest(waiting: list[Thing]) -> list[tuple[dt.date, str, int]]:
    days = {kind: min((t.due for t in waiting if t.kind == kind), default=None) for kind in NAMED}
    counted = [
        (day, kind, sum(t.kind == kind and t.due == day for t in waiting))
        for kind, day in days.items()
        if day is not None
    ]
    return sorted(counted)


def _notes(holdings: Holdings, as_of: dt.date | None, every: list[Thing]) -> tuple[str, ...]:
    privacy, notes = holdings.scenario.privacy, []
    if as_of is None:
        notes.append("nothing is due by itself: rendered footage has no calendar; --as-of DATE shows what would go")
    held = [thing for thing in every if thing.kind == EMBEDDINGS]
    there = len(list(holdings.gallery.glob("*.vault")))
    if there and privacy.mode != "recognise" and not holdings.simulated:
        many = words.plural(len(held) or there, "person", "people")
        notes.append(f"numbers of {many} are kept though the mode is {privacy.mode}; to end that: "
                     f"shoplib privacy erase {holdings.name} --everybody")  # fmt: skip
    if there and privacy.embeddings_days is None:
        notes.append("privacy.embeddings_days is not set: no clock runs for the numbers of faces")
    cameras = holdings.scenario.cameras
    if as_of is not None and cameras is not None and cameras.footage.kind == "recorded":
        limit = as_of - dt.timedelta(days=privacy.visits_days)
        old = [clip.path for clip in cameras.footage.clips if clip.starts.date() <= limit]
        if old:
            notes.append(f"{words.listed(old)}: older than visits are kept; as long as cameras.footage.clips names "
                         "them, their visits are found anew by every run and go again with the next")  # fmt: skip
    return tuple(notes)


def _made(path: Path) -> dt.date:
    """Return the day a file was last written, or the newest file of a folder, in UTC."""
    inside = [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else []
    newest = max(p.stat().st_mtime for p in (path, *inside))
    return dt.datetime.fromtimestamp(newest, dt.UTC).date()


def _seen(vault: Vault, key: str) -> dt.date:
    """Return when a person was last seen; of a record that is not whole, when it was written."""
    try:
        return vault.last_seen(key)
    except StoreError:
        return _made(vault.folder / f"{key}.vault")


def _first(path: Path) -> dt.date | None:
    """Return the day of the first visit of a table; none if it has none, or cannot be read."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        moments = pq.read_table(path, columns=["entered"]).column("entered")
    except (OSError, pa.ArrowException):
        return None
    first = pc.min(moments).as_py()
    return None if first is None else first.date()


def _inside(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []
