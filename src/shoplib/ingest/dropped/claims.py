"""How a file of the inbox gets from one folder to the next: claimed by renaming it, then put away under a free name."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from shoplib.base import digest
from shoplib.errors import BusyError
from shoplib.store import files

CLAIMED = ".claimed"
TAKING = ".taking"
"""Folder in an inbox on another disk, where a file is claimed before it is copied."""
LONGEST_NAME = 240  # bytes; most systems allow 255, and files are written beside their place under a longer name
SHORT = 8
PROCESSES = Path("/proc")
ACCESS_MODE = 0o3


@dataclass(frozen=True)
class Look:
    """What can be seen of a file without opening it; equal looks some time apart mean that nobody wrote to it."""

    inode: tuple[int, int]
    size: int
    changed_ns: int


def look(path: Path) -> Look:
    """Return what can be seen of a file now; ``OSError`` if it is gone."""
    seen = path.stat(follow_symlinks=False)
    return Look((seen.st_dev, seen.st_ino), seen.st_size, seen.st_mtime_ns)


@contextmanager
def only_taker(processed: Path, wait_s: float) -> Iterator[None]:
    """Hold the inbox of a scenario for this process; the lock goes with the process, however it ends.

    Raises ``BusyError`` if another still holds it after ``wait_s`` seconds, ``StoreError`` if the place of the lock
    cannot be written.
    """
    place = processed / ".lock"
    lock = FileLock(place, timeout=wait_s)
    try:
        processed.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise BusyError(
            "Another run is taking files from the inbox", where=processed.name,
            next_step="wait for it to end, or stop it, then run the same command again",
        ) from None  # fmt: skip
    except OSError as error:
        raise files.as_store_error(error, place) from error
    with lock:
        yield


def claim(path: Path, home: Path) -> Path | None:
    """Move a file of an inbox into a new folder below ``home``, and return where it is; ``None`` if it was gone.

    Of any number of runners one gets it. Bytes of its name that are no text become a mark that is. Raises ``OSError``
    if the system refuses; the file is where it was then.
    """
    place = home / uuid.uuid4().hex[:12] / os.fsencode(path.name).decode("utf-8", "replace")
    place.parent.mkdir(parents=True)
    try:
        try:
            path.rename(place)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            passing = path.parent / TAKING / home.parent.parent.name / home.name / place.parent.name / place.name
            passing.parent.mkdir(parents=True)
            path.rename(passing)
            _bring(passing, place)
    except FileNotFoundError:
        _remove_empty(place.parent, home.parent)
        return None
    except OSError:
        _remove_empty(place.parent, home.parent)
        raise
    return place


def _bring(passing: Path, place: Path) -> None:
    """Copy a file that was claimed on another disk, then remove it there."""
    with files.writing(place) as part:
        shutil.copy2(passing, part)
    passing.unlink()
    _remove_empty(passing.parent, passing.parents[4])


def leftovers(processed: Path, inboxes: list[Path]) -> list[tuple[str, Path]]:
    """Return source and place of the files a killed run had claimed, in order of source and name.

    To be asked only by who holds the lock: nobody else is at work on them.
    """
    home = processed / CLAIMED
    for inbox in inboxes:
        for passing in sorted((inbox / TAKING / processed.name).glob("*/*/*")):
            _bring(passing, home / passing.parts[-3] / passing.parts[-2] / passing.name)
    for part in home.glob("*/*/.*.part"):
        part.unlink()
    found = [path for path in home.glob("*/*/*") if path.is_file()]
    for folder in (*home.glob("*/*"), *home.glob("*")):
        with suppress(OSError):
            folder.rmdir()
    found.sort(key=lambda path: (path.parts[-3], path.name, path.parts[-2]))
    return [(path.parts[-3], path) for path in found]


def place_for(claimed: Path, sha256: str, folder: Path) -> tuple[Path, bool]:
    """Return where a claimed file belongs in ``folder``, and whether the same bytes lie there already.

    It keeps its name unless another file has it; then eight digits of its digest tell them apart.
    """
    stem, ending = claimed.stem, claimed.suffix
    for tail in (ending, f".{sha256[:SHORT]}{ending}", f".{sha256}{ending}"):
        place = folder / within(stem, tail)
        if not os.path.lexists(place):
            return place, False
        if place.is_file() and not place.is_symlink() and same_bytes(place, claimed, sha256):
            return place, True
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))


def same_bytes(one: Path, other: Path, sha256: str) -> bool:
    """Return whether ``one`` holds the bytes of ``other``, whose digest is known."""
    return one.stat().st_size == other.stat().st_size and files.sha256(one) == sha256


def put_away(claimed: Path, place: Path, *, there: bool) -> None:
    """Move a claimed file to its place, or let it go if the same bytes are there already."""
    if there:
        claimed.unlink()
    else:
        claimed.rename(place)
    _remove_empty(claimed.parent, claimed.parents[2])


def beside(place: Path, ending: str) -> Path:
    """Return the path of what is written beside a file."""
    return place.with_name(within(place.name, ending))


def within(name: str, ending: str) -> str:
    """Return name and ending together, the name cut where a system would refuse it, and told apart by a digest.

    >>> within("sales.csv", ".reason.json"), len(within("x" * 250, ".reason.json"))
    ('sales.csv.reason.json', 240)
    """
    whole = os.fsencode(name + ending)
    if len(whole) <= LONGEST_NAME:
        return name + ending
    told = f"~{digest.of_bytes(os.fsencode(name))[:SHORT]}"
    room = LONGEST_NAME - len(os.fsencode(told + ending))
    return os.fsencode(name)[: max(room, 0)].decode("utf-8", "ignore") + told + ending


def _remove_empty(folder: Path, top: Path) -> None:
    """Remove a folder and those around it up to ``top``, as far as they are empty."""
    with suppress(OSError):
        while folder not in (top, folder.parent):
            folder.rmdir()
            folder = folder.parent


def being_written(wanted: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return which of some files, by device and inode, a process we may look at has open for writing (Linux only)."""
    found: set[tuple[int, int]] = set()
    if not wanted or not PROCESSES.is_dir():
        return found
    for process in PROCESSES.iterdir():
        if not process.name.isdigit():
            continue
        with suppress(OSError):
            for handle in (process / "fd").iterdir():
                with suppress(OSError):
                    seen = handle.stat()
                    if (seen.st_dev, seen.st_ino) in wanted and _writes(process / "fdinfo" / handle.name):
                        found.add((seen.st_dev, seen.st_ino))
    return found


def _writes(info: Path) -> bool:
    flags = next((line for line in info.read_text().splitlines() if line.startswith("flags:")), "flags: 0")
    return int(flags.split()[1], 8) & ACCESS_MODE != os.O_RDONLY
