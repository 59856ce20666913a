"""Who agreed to be recognised, to what, and until when: ``consents.csv`` beside the gallery, never rewritten by hand.

One line is one event; the newest line of a person counts, so a withdrawal is a new line that repeats the consent with
the moment of withdrawal. ``check`` is a digest of the line and tells a torn or edited one from a whole one. It keeps
mistakes out, not a person who means to deceive.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from shoplib.base import digest
from shoplib.errors import BusyError, StoreError
from shoplib.store import files

FILE = "consents.csv"
HEADER = ("key", "scope", "text", "given_at", "channel", "withdrawn_at", "check")
CHANNELS = ("paper", "screen", "email")
"""How consent can be shown later; the spoken word cannot."""
KEY = re.compile(r"F\d{4,}")
TEXT = re.compile(r"[0-9a-f]{12}")
LONGEST_SCOPE = 200
LOCK, WAIT_S = ".consents.lock", 20.0
LATE = dt.timedelta(minutes=1)
WHEN = "%Y-%m-%dT%H:%M:%SZ"
MEND = "put the line back from a copy of the file, or take it away and write it anew with  shoplib consents give"


class Consent(NamedTuple):
    """One event: a person's consent, or its withdrawal."""

    key: str
    scope: str
    text: str
    """Version of the text that was agreed to."""
    given_at: dt.datetime
    channel: str
    withdrawn_at: dt.datetime | None = None


def history(folder: Path) -> list[Consent]:
    """Return every event in the order in which it was written; no file, no events.

    Raises ``StoreError``, with the line, if a line is torn or edited or cannot follow those before it.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(
            "The consents cannot be read", where=str(path), found=str(error),
            next_step="make the file readable for you; nobody is recognised until then",
        ) from error  # fmt: skip
    found: list[Consent] = []
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        fault, event = _judged(line, number, found)
        if fault:
            raise StoreError(
                "The consents are not as they were written", where=f"{path}, line {number}", found=fault,
                wanted="lines as  shoplib consents  writes them; nobody is recognised until then", next_step=MEND,
            )  # fmt: skip
        found += [event] if event else []
    return found


def current(folder: Path, on: dt.date | None = None) -> dict[str, Consent]:
    """Return the newest event of each person, by key in order; ``on`` leaves out what happened after that UTC day."""
    events = [event for event in history(folder) if on is None or _moment(event).date() <= on]
    return dict(sorted({event.key: event for event in events}.items()))


def valid(folder: Path, on: dt.date | None = None, text: str = "") -> frozenset[str]:
    """Return the keys of those whose consent holds, at the end of UTC day ``on`` or by all that is written.

    With ``text``, only consent to that version holds: who agreed to another text has not agreed to this one.
    """
    agreed = current(folder, on).values()
    return frozenset(c.key for c in agreed if c.withdrawn_at is None and text in ("", c.text))


def give(folder: Path, key: str, scope: str, text: str, now: dt.datetime, channel: str = "paper") -> Consent:
    """Write down a consent and return it; ``StoreError`` if it is not one, or the same one holds already."""
    given = proper(Consent(key, " ".join(scope.split()), text, _second(now), channel))
    with _held(folder):
        before = current(folder).get(key)
        given = given._replace(given_at=_after(folder, before, given.given_at))
        _not_there(folder, before, given)
        _append(folder, given)
    return given


def proper(given: Consent) -> Consent:
    """Return a consent that can be written down; ``StoreError`` says why another cannot."""
    if fault := _wrong(given):
        raise StoreError("This is no consent", found=fault, wanted="a key such as F0003, what was agreed to in a "
                         f"sentence of up to {LONGEST_SCOPE} letters, and one of {', '.join(CHANNELS)}")  # fmt: skip
    return given


def withdraw(folder: Path, key: str, now: dt.datetime) -> Consent:
    """Write down that a person's consent has ended and return it; ``StoreError`` if none holds."""
    with _held(folder):
        before = current(folder).get(key)
        if before is None or before.withdrawn_at is not None:
            ended = before and before.withdrawn_at
            raise StoreError(
                "There is no consent to withdraw", where=str(folder / FILE),
                found=f"{key} withdrew on {ended:%Y-%m-%d}" if ended else f"no consent of {key!r}",
                next_step="see  shoplib consents list  for the keys",
            )  # fmt: skip
        ended = _after(folder, before, _second(now))
        _append(folder, before._replace(withdrawn_at=ended))
    return before._replace(withdrawn_at=ended)


def forget(folder: Path, key: str) -> int:
    """Take every line of a person away and return how many there were; for an erasure, which keeps no trace."""
    if not (folder / FILE).is_file():
        return 0
    with _held(folder):
        events = history(folder)
        kept = [event for event in events if event.key != key]
        if len(kept) < len(events):
            with files.writing(folder / FILE) as part:
                part.touch(mode=0o600)
                lines = "".join(_line(row) for row in (HEADER, *map(_row, kept)))
                part.write_text(lines, encoding="utf-8", newline="")
    return len(events) - len(kept)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Keep others from writing meanwhile, so that no line comes between what was read and what is added."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / LOCK, timeout=WAIT_S, mode=0o600):
            yield
    except Timeout:
        raise BusyError("Another program is writing the consents", where=str(folder / FILE),
                        next_step="wait for it to end, then run the same command again") from None  # fmt: skip
    except OSError as error:
        raise files.as_store_error(error, folder / FILE) from error


def _judged(line: bytes, number: int, before: list[Consent]) -> tuple[str, Consent | None]:
    """Return what is wrong with a line, ``""`` if nothing is, and its event; the header has none."""
    if not line.endswith(b"\n"):
        return "the line breaks off", None
    try:
        text = line.decode("utf-8")
        cells = next(csv.reader([text.removesuffix("\n")], strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        return "a line that is no text, or whose quotes do not close", None
    if number == 1:
        return ("" if text == _line(HEADER) else f"the header {','.join(cells)[:80]}"), None
    if len(cells) != len(HEADER):
        return f"{len(cells)} cells instead of {len(HEADER)}", None
    key, scope, version, given, channel, withdrawn, check = cells
    try:
        event = Consent(key, scope, version, _read(given), channel, _read(withdrawn) if withdrawn else None)
    except ValueError:
        return f"a moment that is not one of ours: {given} {withdrawn}".rstrip(), None
    if text != _line(_row(event)):
        right = _row(event)[-1]
        return (f"{key!r} with the check {check}, not {right}" if check != right else "cells written otherwise"), None
    return _wrong(event) or _out_of_place(event, before), event


def _wrong(event: Consent) -> str:
    """Return what no consent can hold."""
    if not KEY.fullmatch(event.key):
        return f"the key {event.key[:40]!r}"
    if not TEXT.fullmatch(event.text):
        return f"the text version {event.text[:40]!r}"
    if not 3 <= len(event.scope) <= LONGEST_SCOPE or not event.scope.isprintable() or event.scope[0] in "=+-@":
        return f"the scope {event.scope[:40]!r}"
    return "" if event.channel in CHANNELS else f"the channel {event.channel[:40]!r}"


def _out_of_place(event: Consent, before: list[Consent]) -> str:
    """Return why an event cannot follow those written before it."""
    last = next((old for old in reversed(before) if old.key == event.key), None)
    if event.withdrawn_at and (last is None or event._replace(withdrawn_at=None) != last):
        return f"a withdrawal of {event.key} without its consent before it"
    return f"an event of {event.key} before the one above it" if last and _moment(event) < _moment(last) else ""


def _not_there(folder: Path, before: Consent | None, given: Consent) -> None:
    if before and before.withdrawn_at is None and (before.scope, before.text) == (given.scope, given.text):
        raise StoreError(
            "This consent is written down already", where=str(folder / FILE),
            found=f"{given.key} agreed on {before.given_at:%Y-%m-%d} to the same scope and text",
            next_step=f"nothing is needed; to end it: shoplib consents withdraw SCENARIO {given.key}",
        )  # fmt: skip


def _after(folder: Path, before: Consent | None, now: dt.datetime) -> dt.datetime:
    """Return the moment of a new event: now, or that of the person's last one if the clock is a little behind it."""
    if before and now < _moment(before) - LATE:
        raise StoreError(
            "The clock of this machine is behind the consents", where=str(folder / FILE), found=f"now {now:{WHEN}}",
            wanted=f"a moment after {_moment(before):{WHEN}}", next_step="set the clock, then run the command again",
        )  # fmt: skip
    return max(now, _moment(before)) if before else now


def _append(folder: Path, event: Consent) -> None:
    """Add one line in a single write, after the header if the file is new; only its owner may read it."""
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stream = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            first = "" if os.fstat(stream).st_size else _line(HEADER)
            data = (first + _line(_row(event))).encode()
            if os.write(stream, data) != len(data):
                raise OSError("only a part of the line was written")
            os.fsync(stream)
        finally:
            os.close(stream)
    except OSError as error:
        raise files.as_store_error(error, path) from error


def _row(event: Consent) -> tuple[str, ...]:
    ended = f"{event.withdrawn_at:{WHEN}}" if event.withdrawn_at else ""
    cells = (event.key, event.scope, event.text, f"{event.given_at:{WHEN}}", event.channel, ended)
    return (*cells, digest.of_value(cells)[:8])


def _line(cells: tuple[str, ...]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()


def _moment(event: Consent) -> dt.datetime:
    return event.withdrawn_at or event.given_at


def _read(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, WHEN).replace(tzinfo=dt.UTC)


def _second(now: dt.datetime) -> dt.datetime:
    return now.astimezone(dt.UTC).replace(microsecond=0)
