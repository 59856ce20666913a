"""The loop behind ``--watch``: look, do what is to be done, say it in one line, wait, look again.

A person who stops it (Ctrl-C, or a polite kill) ends it between two steps, which is no failure: 0. One who stops it
while the chain is at work stops the chain as always: 130. A second Ctrl-C ends at once, wherever it is.
"""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from shoplib.errors import BusyError, ShopError
from shoplib.pipeline.chain import BUSY, INTERRUPTED, OK, REFUSED
from shoplib.store import files

Say = Callable[[str], object]
ALIVE_S = 3600.0
"""How often a watch that has nothing to say says that it lives, where a person may look."""


@dataclass(frozen=True)
class Work:
    """What is done again and again.

    ``look`` takes what has come and returns whether anything changed; ``make`` makes the page of it, says how that went
    and returns its exit code. Both may raise ``ShopError``.
    """

    look: Callable[[], bool]
    make: Callable[[], int]


@contextmanager
def only_watch(home: Path) -> Iterator[None]:
    """Hold the watch of a scenario for this process; ``BusyError`` if another one watches it already."""
    place = home / ".state" / "watch.lock"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(place, timeout=0)
        lock.acquire()
    except Timeout:
        raise BusyError("This scenario is being watched already", where=home.name,
                        next_step="leave it to the other one, or stop that first") from None  # fmt: skip
    except OSError as error:
        raise files.as_store_error(error, place) from error
    with lock:
        yield


@contextmanager
def until_stopped() -> Iterator[threading.Event]:
    """Yield an event that is set by the first Ctrl-C or polite kill; a second one interrupts at once."""
    asked = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    old = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def loop(
    work: Work, stopped: threading.Event, say: Say, *, every_s: float, now: Callable[[], dt.datetime],
    once: bool = False, alive: bool = False,
) -> int:  # fmt: skip
    """Work until ``stopped`` is set and return the exit code; ``once`` does it once and returns how that went.

    The page is made at the start, and whenever something changed. What fails is said, and said again only once it is
    something else; the page is tried again when something changes. With ``alive`` an hour of silence is broken.
    """
    due, trouble = True, ""
    spoken = now()

    def tell(line: str) -> None:
        nonlocal spoken
        spoken = now()
        say(line)

    while True:
        code, making = OK, False
        try:
            due = work.look() or due
            if due and not stopped.is_set():
                due, making = False, True
                code = work.make()
            trouble = ""
        except ShopError as error:
            code = BUSY if isinstance(error, BusyError) else REFUSED
            due |= making and code == BUSY
            if str(error) != trouble:
                tell(str(error))
            trouble = str(error)
        if once or code == INTERRUPTED:
            return code
        if alive and (now() - spoken).total_seconds() >= ALIVE_S:
            tell("still watching, nothing new")
        if stopped.wait(every_s):
            return OK
