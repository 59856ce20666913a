"""The inbox: files dropped into a folder, each taken once, loaded, and put away with its reasons beside it.

At every moment a file is in exactly one place: the inbox, ``processed/<scenario>/.claimed/`` while it is loaded, then
``processed/`` or ``failed/``. Each step from one to the next is one renaming, and what stands beside a file is written
before it gets there. What a killed run leaves in ``.claimed`` the next one finishes: loading a file again adds nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import stat
import time
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shoplib.config.models import Scenario
from shoplib.config.sources import InboxSource, Source
from shoplib.errors import ContractError, SourceError
from shoplib.ingest import faults, sources
from shoplib.ingest.dropped import claims, mending, reasons
from shoplib.ingest.dropped.reasons import Loaded
from shoplib.store import files, patterns, places

UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".download", ".partial", ".filepart", ".swp")
HIDDEN = (".", "~")
OURS = ".reason.json"
ROUNDS = 3
NOBODYS = "no source of this scenario takes a file of that name"
GROWING = "it is still being written, and is taken when it is whole"
LINK = "it is a link to another place; put the file itself there"
NO_FILE = "it is no plain file"
NOT_OURS = "the source it was taken for is no longer in the scenario"

Load = Callable[[Path, Source, str], Loaded]
SourceOf = Callable[[str], str | None]
Status = Literal["loaded", "known", "refused", "left"]


@dataclass(frozen=True)
class Taken:
    """What became of one file: where it lies now, and the files written beside it.

    One that is ``left`` is where it was; ``fault`` says why. ``source_name`` is empty where no source takes it.
    """

    name: str
    source_name: str
    status: Status
    place: Path
    fault: str = ""
    reason: Path | None = None
    mend: Path | None = None
    outcome: Loaded | None = None


@dataclass(frozen=True)
class Taker:
    """A scenario, how its files are loaded, and who is told what became of each."""

    root: Path
    scenario: Scenario
    load: Load
    told: Callable[[Taken], object]
    source_of: SourceOf

    @property
    def processed(self) -> Path:
        """Where files go that were taken."""
        return places.processed(self.root, self.scenario.name)

    @property
    def inboxes(self) -> dict[Path, list[InboxSource]]:
        """The folders looked into, with the sources each belongs to, in the order of the scenario."""
        found: dict[Path, list[InboxSource]] = {}
        for source in self.scenario.ingest.sources:
            if isinstance(source, InboxSource):
                found.setdefault(self.root / source.folder, []).append(source)
        return found

    def source(self, name: str | None) -> Source | None:
        """Return the source of a name."""
        return next((source for source in self.scenario.ingest.sources if source.name == name), None)


def nobody(_import_id: str) -> str | None:
    """Return that no source is known for an import."""
    return None


def take(
    root: Path, scenario: Scenario, load: Load, *, now: Callable[[], dt.datetime], still_s: float | None = None,
    told: Callable[[Taken], object] = bool, source_of: SourceOf = nobody, stopping: Callable[[], bool] = bool,
    wait_s: float = 0.0, sleep: Callable[[float], object] = time.sleep,
) -> list[Taken]:  # fmt: skip
    """Take every whole file of a scenario's inbox, load it, put it away, and return what became of each, in order.

    What a killed run had begun comes first, then the sources in the order of the scenario, their files in order of
    name. Only files that nobody has written to for ``still_s`` seconds (``ingest.still_s``) are taken; younger ones are
    looked at twice. A folder that is not there is made. ``stopping`` is asked between two files.

    Raises ``BusyError`` if another run is taking files after ``wait_s`` seconds or the store is in use, ``StoreError``
    if something cannot be written. A file being loaded then stays claimed; the next run loads it.
    """
    done: list[Taken] = []

    def tell(taken: Taken) -> None:
        done.append(taken)
        told(taken)

    taker = Taker(root, scenario, load, tell, source_of)
    patience = scenario.ingest.still_s if still_s is None else still_s
    for folder in taker.inboxes:
        _make(folder)
    if not _waiting(taker):
        return done
    with claims.only_taker(taker.processed, wait_s):
        try:
            for source_name, claimed in claims.leftovers(taker.processed, list(taker.inboxes)):
                if stopping():
                    return done
                _settle(taker, claimed, taker.source(source_name), resumed=True)
            for path, source in _ready(taker, now, patience, sleep):
                if stopping():
                    return done
                _take_one(taker, path, source)
        except OSError as error:
            raise files.as_store_error(error, taker.processed) from error
    return done


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.as_store_error(error, folder) from error


def _waiting(taker: Taker) -> bool:
    """Return whether anything is there to be taken, or was begun."""
    begun = [taker.processed / claims.CLAIMED, *(folder / claims.TAKING for folder in taker.inboxes)]
    return any(path.is_dir() and any(path.iterdir()) for path in begun) or any(_entries(f) for f in taker.inboxes)


def _entries(folder: Path) -> list[Path]:
    """Return what lies in an inbox and is no hidden, unfinished or accompanying file, in order of name."""
    try:
        there = sorted(folder.iterdir(), key=lambda path: os.fsencode(path.name))
    except OSError as error:
        raise SourceError(
            "The inbox cannot be looked into", where=str(folder), found=error.strerror or str(error),
            wanted="a folder you may read and write", next_step="change its rights, or name another under folder",
        ) from error  # fmt: skip
    return [path for path in there if not path.name.startswith(HIDDEN)
            and not path.name.casefold().endswith((*UNFINISHED, OURS))]  # fmt: skip


def _ready(
    taker: Taker, now: Callable[[], dt.datetime], patience: float, sleep: Callable[[float], object]
) -> list[tuple[Path, Source]]:
    """Return the files that are whole, with their sources; what is left alone is told."""
    looked: dict[Path, tuple[claims.Look, Source]] = {}
    young: dict[Path, float] = {}
    for folder, listed in taker.inboxes.items():
        for path in _entries(folder):
            with contextlib.suppress(FileNotFoundError):  # another took it meanwhile
                source = _source_for(taker, path, listed)
                if source is None:
                    continue
                looked[path] = claims.look(path), source
                age = now().timestamp() - looked[path][0].changed_ns / 1e9
                if not 0 <= patience <= age:
                    young[path] = patience - max(age, 0)
    if young:
        sleep(min(max(young.values()), patience))
    writing = claims.being_written({seen.inode for seen, _ in looked.values()})
    whole = []
    for path, (seen, source) in looked.items():
        if seen.inode in writing or (path in young and _look_again(path) != seen):
            if path.exists():
                taker.told(Taken(shown(path), source.name, "left", path, GROWING))
            continue
        whole.append((path, source))
    order = {source.name: at for at, source in enumerate(taker.scenario.ingest.sources)}
    return sorted(whole, key=lambda one: (order[one[1].name], os.fsencode(one[0].name)))


def _look_again(path: Path) -> claims.Look | None:
    try:
        return claims.look(path)
    except FileNotFoundError:
        return None


def _source_for(taker: Taker, path: Path, listed: Sequence[InboxSource]) -> Source | None:
    """Return the source an entry of the inbox belongs to, or none, which is told if it could have been meant."""
    kind = path.lstat().st_mode
    name = unicodedata.normalize("NFC", path.name)
    source: Source | None = next((one for one in listed if patterns.fits(name, one.pattern)), None)
    fault = ""
    if stat.S_ISDIR(kind):
        return None
    if stat.S_ISLNK(kind):
        fault = LINK
    elif not stat.S_ISREG(kind):
        fault = NO_FILE
    else:
        mended = [taker.source(taker.source_of(one)) for one in mending.import_ids(path)]
        source = next((one for one in mended if one is not None), source)
        fault = "" if source is not None else NOBODYS
    if fault:
        taker.told(Taken(shown(path), source.name if source else "", "left", path, fault))
        return None
    return source


def _take_one(taker: Taker, path: Path, source: Source) -> None:
    """Claim a file and settle it; one that the system will not let go, or let us read, is left and told."""
    fault = "" if os.access(path, os.R_OK) or not path.exists() else "it may not be read; change its rights"
    claimed = None
    if not fault:
        try:
            claimed = claims.claim(path, taker.processed / claims.CLAIMED / source.name)
        except PermissionError as error:
            fault = f"it cannot be moved out of the inbox ({error.strerror}); change the rights of the folder"
    if fault:
        taker.told(Taken(shown(path), source.name, "left", path, fault))
    if claimed is not None:
        _settle(taker, claimed, source)


def _settle(taker: Taker, claimed: Path, source: Source | None, *, resumed: bool = False) -> None:
    """Load a claimed file and put it away with its reasons.

    One that is written to while it is loaded is loaded again; what it had before is then had already.
    """
    outcome: Loaded | None = None
    fault = "" if source is not None else NOT_OURS
    for _ in range(ROUNDS):
        seen, sha256 = claims.look(claimed), files.sha256(claimed)
        if source is not None:
            try:
                outcome = taker.load(claimed, source, shown(claimed))
            except (SourceError, ContractError) as error:
                fault = faults.one_line(error)
        if claims.look(claimed) == seen:
            break
    else:
        taker.told(Taken(shown(claimed), source.name if source else "", "left", claimed, GROWING, outcome=outcome))
        return
    status: reasons.Status = outcome.status if outcome is not None else "refused"
    folder = taker.processed if status != "refused" else places.failed(taker.root, taker.scenario.name)
    folder.mkdir(parents=True, exist_ok=True)
    place, there = claims.place_for(claimed, sha256, folder)
    reason = mend = None
    if status == "refused" or (outcome is not None and (status == "loaded" or resumed) and _has_bad(outcome)):
        name = source.name if source else ""
        mend = _mend(taker, claimed, place, source, outcome) if outcome is not None and source else None
        reason = claims.beside(place, OURS)
        told = reasons.account(shown(place), sha256, name, outcome, fault)
        files.write_json(reason, {**told, "mend": mend.name if mend else None})
    claims.put_away(claimed, place, there=there)
    if status != "refused":
        _drop_failed(taker, claimed.name, place, sha256)
    fault = outcome.fault if outcome is not None else fault
    taker.told(Taken(shown(claimed), source.name if source else "", status, place, fault, reason, mend, outcome))


def _has_bad(outcome: Loaded) -> bool:
    return len(reasons.mendable(outcome.rejected)) > 0


def _mend(taker: Taker, claimed: Path, place: Path, source: Source, outcome: Loaded) -> Path | None:
    """Write the workbook a file is mended with, if it has rows to mend and they fit, and return where it is."""
    if not _has_bad(outcome):
        return None
    form = mending.suited(taker.scenario, source, claimed).mappings[source.mapping].file
    kind, name = sources.kind_of(claimed), shown(claimed)
    if outcome.status == "refused":
        if len(outcome.rejected) > mending.MOST_ROWS:
            return None
        raw = sources.read(claimed, kind, form)
        if raw.rows_in > mending.MOST_ROWS:
            return None
        bad = mending.all_rows(outcome.import_id, name, raw.rows, raw.misshapen, outcome.rejected)
    else:
        columns = next(sources.batches(claimed, kind, form, 1)).rows.columns
        bad = mending.bad_rows(outcome.import_id, name, list(columns), outcome.rejected)
    path = claims.beside(place, mending.SUFFIX)
    mending.write(path, bad, form, taker.scenario.shop)
    return path


def _drop_failed(taker: Taker, name: str, place: Path, sha256: str) -> None:
    """Let go of the same bytes in ``failed/``, with what stands beside them: they are loaded now."""
    folder = places.failed(taker.root, taker.scenario.name)
    own = Path(name)
    for twin in (folder / name, folder / claims.within(own.stem, f".{sha256[: claims.SHORT]}{own.suffix}")):
        if twin.is_file() and not twin.is_symlink() and claims.same_bytes(twin, place, sha256):
            for path in (twin, claims.beside(twin, OURS), claims.beside(twin, mending.SUFFIX)):
                path.unlink(missing_ok=True)


def shown(path: Path) -> str:
    """Return a file's name as it can be written anywhere: what cannot be shown stands as one mark.

    >>> shown(Path("a\\nb.csv"))
    'a�b.csv'
    """
    readable = os.fsencode(path.name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in readable)
