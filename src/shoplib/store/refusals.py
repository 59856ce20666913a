"""What a database's refusal means to a person."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from adbc_driver_manager import Error

from shoplib.errors import StoreError
from shoplib.store import files
from shoplib.store.address import Store

# what SQLite says when the system, not the data, is at fault
SIGNS = {
    "disk is full": errno.ENOSPC,
    "disk I/O error": errno.EIO,
    "readonly database": errno.EROFS,
    "unable to open database file": errno.EACCES,
}


def of_file(error: Error, path: Path) -> StoreError:
    """Return what the refusal of a SQLite file means."""
    said = str(error).splitlines()[0]
    for sign, number in SIGNS.items():
        if sign in said:
            return files.as_store_error(OSError(number, said.rpartition(": ")[2]), path)
    return StoreError("Rows do not fit the store", where=path.name, found=said,
                      next_step="check keys and references of the tables being loaded")  # fmt: skip


@contextmanager
def told(store: Store) -> Iterator[None]:
    """Turn what a database refuses into ``StoreError``."""
    try:
        yield
    except Error as error:
        if store.dialect == "sqlite":
            raise of_file(error, store.path) from None
        raise StoreError("The database refused", where=store.shown(), found=str(error).strip()) from None
