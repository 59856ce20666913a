"""One writer at a time: others wait, and after a while are told who is at work."""

from __future__ import annotations

import time
import zlib
from typing import Any

from adbc_driver_manager import Error

from shoplib.errors import BusyError
from shoplib.store.address import Store

PAUSE_S = 0.1


def begin(store: Store, cursor: Any, wait_s: float) -> None:
    """Begin a transaction that no other writer of the store runs beside, waiting up to ``wait_s`` seconds for it."""
    attempt = _begin_file if store.dialect == "sqlite" else _begin_schema
    end = time.monotonic() + wait_s
    while not attempt(store, cursor):
        if time.monotonic() >= end:
            raise BusyError("Another program is writing to the store", where=store.shown(),
                            next_step="wait until it is done, then run the same command again")  # fmt: skip
        time.sleep(PAUSE_S)


def _begin_file(_store: Store, cursor: Any) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except Error as error:
        if "locked" not in str(error):
            raise
        return False
    return True


def _begin_schema(store: Store, cursor: Any) -> bool:
    cursor.execute("BEGIN")
    cursor.execute(f"SELECT pg_try_advisory_xact_lock({key(store.schema)})")
    if not cursor.fetchone()[0]:
        cursor.execute("ROLLBACK")
        return False
    cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{store.schema}"')
    cursor.execute(f'SET LOCAL search_path TO "{store.schema}"')
    return True


def key(schema: str) -> int:
    """Return the number of the advisory lock of a schema."""
    return zlib.crc32(f"shoplib {schema}".encode())
