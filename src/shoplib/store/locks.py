"""One writer of a store at a time: others wait, and after a while are told who is at work.

In SQLite the lock is the file's own, and who holds it stands in ``<file>.owner`` while it is held; where the system
lists its locks (Linux), a writer that leaves no such note is found there. In PostgreSQL it is an advisory lock of the
schema, and the server knows who holds it. Both locks end with the process.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from adbc_driver_manager import Error

from shoplib.errors import BusyError
from shoplib.store import files
from shoplib.store.address import Store

PAUSE_S = 0.1
LOCKS = Path("/proc/locks")
WRITER_BYTE = 120
"""Place in the ``-shm`` file that the writer of a SQLite file with a write-ahead log locks."""
COMMAND_LENGTH = 120
PAGE_COST = 1.1
"""A page anywhere costs about as much as the next one: no disk turns any more, so keys are looked up by their index."""
TIMED_OUT, DEADLOCK = "55P03", "40P01"


@contextmanager
def held(store: Store, cursor: Any, wait_s: float) -> Iterator[None]:
    """Begin a transaction that no other writer of the store runs beside, waiting up to ``wait_s`` seconds for it.

    Statements of it wait as long for rows or tables that a person holds. ``BusyError`` says who is at work.
    """
    begin = _begin_file if store.dialect == "sqlite" else _begin_schema
    end = time.monotonic() + wait_s
    while not begin(store, cursor, wait_s):
        if time.monotonic() >= end:
            raise _busy(store, cursor, wait_s)
        time.sleep(PAUSE_S)
    try:
        with _noted(store):
            yield
    except Error as error:
        if error.sqlstate in (TIMED_OUT, DEADLOCK):
            raise _busy(store, cursor, wait_s) from None
        raise


def _begin_file(_store: Store, cursor: Any, _wait_s: float) -> bool:
    try:
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("BEGIN IMMEDIATE")
    except Error as error:
        if "locked" not in str(error):
            raise
        return False
    return True


def _begin_schema(store: Store, cursor: Any, wait_s: float) -> bool:
    cursor.execute("BEGIN")
    cursor.execute(f"SELECT pg_try_advisory_xact_lock({_number(store.schema)})")
    if not cursor.fetchone()[0]:
        cursor.execute("ROLLBACK")
        return False
    cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname = $1", (store.schema,))
    if not cursor.fetchone()[0]:
        cursor.execute(f'CREATE SCHEMA "{store.schema}"')
    cursor.execute(f'SET LOCAL search_path TO "{store.schema}"')
    cursor.execute(f"SET LOCAL lock_timeout TO {max(1, round(wait_s * 1000))}")
    cursor.execute(f"SET LOCAL random_page_cost TO {PAGE_COST}")
    return True


def _number(schema: str) -> int:
    """Return the number of the advisory lock of a schema."""
    return zlib.crc32(f"shoplib {schema}".encode())


def _busy(store: Store, cursor: Any, wait_s: float) -> BusyError:
    holder = _holder_of_file(store.path) if store.dialect == "sqlite" else _holder_of_schema(store.schema, cursor)
    return BusyError(
        "Another program is writing to the store", where=store.shown(), found=holder or "a program that is not known",
        next_step=f"waited {wait_s:g} s for it; run the same command again when it is done",
    )  # fmt: skip


def command() -> str:
    """Return what this process was asked to do, as far as it fits into a line, without addresses of databases."""
    words = [Path(sys.argv[0]).name or "python", *("…" if "://" in word else word for word in sys.argv[1:])]
    return shlex.join(words)[:COMMAND_LENGTH]


def owner(path: Path) -> Path:
    """Return the file that says who is writing to a SQLite file."""
    return path.with_name(f"{path.name}.owner")


@contextmanager
def _noted(store: Store) -> Iterator[None]:
    """Leave a note beside a SQLite file while it is written to."""
    if store.dialect != "sqlite":
        yield
        return
    note = owner(store.path)
    files.write_json(note, {"process": os.getpid(), "command": command()})
    try:
        yield
    finally:
        note.unlink(missing_ok=True)


def _holder_of_file(path: Path) -> str:
    """Return who is writing to a SQLite file: by its note, else by the system's list of locks; ``""`` if unknown."""
    note = owner(path)
    try:
        found, since = json.loads(note.read_text(encoding="utf-8")), note.stat().st_mtime
        if _runs(int(found["process"]), since):
            return f"process {found['process']} ({found['command']}), since {_utc(since)}"
    except (OSError, ValueError, TypeError, KeyError):
        pass  # no note, or one that is being written
    return _holder_by_system(path)


def _runs(process: int, since: float) -> bool:
    """Return whether a process is alive that was so at a moment: numbers of processes are used again."""
    import psutil

    try:
        return bool(psutil.Process(process).create_time() <= since + 1)
    except psutil.NoSuchProcess:
        return False


def _holder_by_system(path: Path) -> str:
    """Return who holds the writer's lock by Linux' list: ``1: POSIX ADVISORY WRITE 4711 08:01:1234 120 120``."""
    import psutil

    try:
        inode = str(path.with_name(f"{path.name}-shm").stat().st_ino)
        lines = [line.split() for line in LOCKS.read_text(encoding="ascii").splitlines()]
        for words in lines:
            place = words[5].rpartition(":")[2]
            if words[3] == "WRITE" and place == inode and int(words[6]) <= WRITER_BYTE <= int(words[7]):
                program = psutil.Process(int(words[4]))
                return f"process {program.pid} ({program.name()}), started {_utc(program.create_time())}"
    except (OSError, ValueError, IndexError, psutil.Error):
        return ""
    return ""


def _holder_of_schema(schema: str, cursor: Any) -> str:
    """Return which session of the server holds the schema's lock or one of its tables; ``""`` if none is seen."""
    cursor.execute("ROLLBACK")
    cursor.execute(
        "SELECT DISTINCT a.pid, coalesce(nullif(a.application_name, ''), a.usename::text, 'unknown'),"
        " to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC'"
        " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
        " LEFT JOIN pg_class c ON c.oid = l.relation LEFT JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE l.granted AND l.pid <> pg_backend_pid() AND a.datname = current_database()"
        " AND (l.locktype = 'advisory' AND l.classid = 0 AND l.objid::bigint = $1 AND l.objsubid = 1"
        " OR n.nspname = $2 AND l.mode LIKE '%Exclusive%') ORDER BY 1",
        (_number(schema), schema),
    )
    return "; ".join(f"session {pid} ({program}), since {since}" for pid, program, since in cursor.fetchall())


def _utc(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
