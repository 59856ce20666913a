"""What a database's refusal means to a person; passwords are taken out of whatever it says."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
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
# what the two say of a store: sign, what it means, what to do
FILE = (
    ("file is not a database", "The file is no SQLite database", "move it away, or name another file"),
    ("malformed", "The database file is damaged", "put back a copy of the file and of the -wal file beside it"),
    ("readonly database", "The database may not be written", "change the rights of the file and of its folder"),
    (" open", "The database file cannot be opened",
     "check that its folder is there and that the file is yours"),
)  # fmt: skip
SERVER = (
    ("password authentication failed", "The database server refuses this user",
     "set user and password anew in {named}"),
    ("no password supplied", "The database server asks for a password", "add it to {named}: user:password@host"),
    ("does not exist (role)", "The database server knows no such user", "set user and password anew in {named}"),
    ("no pg_hba.conf entry", "The database server refuses this user", "ask its keeper to let this user and machine in"),
    ("does not exist (database)", "There is no such database on the server",
     "make it there (createdb), or name another in {named}"),
    ("failed to connect", "The database server cannot be reached",
     "start the server, or check host and port in {named}"),
    ("server closed the connection", "The database server went away", "start it, then run the same command again"),
    ("terminating connection", "The database server ended the connection", "run the same command again"),
    ("no space left", "The database server's disk is full", "free some space there, then run the same command again"),
    ("permission denied", "The user has not the rights it needs",
     "let this user make tables: GRANT CREATE ON DATABASE … TO …"),
)  # fmt: skip
ROWS = ("Rows do not fit the store", "check keys and references of the tables being loaded")
OTHER = ("The database refused a statement", "this is a fault of the program; the line above says what it met")
FRAME = re.compile(
    r"^.*?(?:FATAL|ERROR): +|^[A-Z_]+: (?:\[\w+\] )?(?:Failed to (?:prepare|step|reset) query: |failed to execute: )?"
)
QUERY = re.compile(r"^query(?: was)?: ", re.IGNORECASE | re.MULTILINE)
DROPPED = (". sqlstate", "line ", "^")
CONSTRAINTS = ("constraint", "null value in column", "invalid byte sequence", "Cannot insert")


def of_file(error: Error, path: Path) -> StoreError:
    """Return what the refusal of a SQLite file that is being made means."""
    said = _said(error)
    for sign, number in SIGNS.items():
        if sign in said:
            return files.as_store_error(OSError(number, said.rpartition(": ")[2]), path)
    return StoreError(ROWS[0], where=path.name, found=said, next_step=ROWS[1])


def of_store(error: Error, store: Store) -> StoreError:
    """Return what the refusal of a lasting store means."""
    said = _without_password(_said(error), store)
    if store.dialect == "sqlite" and "disk is full" in said:
        return files.as_store_error(OSError(errno.ENOSPC, said), store.path)
    for sign, what, next_step in FILE if store.dialect == "sqlite" else SERVER:
        if sign in _marked(said):
            step = next_step.format(named=store.named)
            return StoreError(what, where=store.shown(), found=said, next_step=step)
    what, next_step = ROWS if any(sign in said for sign in CONSTRAINTS) else OTHER
    return StoreError(what, where=store.shown(), found=said, next_step=next_step)


@contextmanager
def told(store: Store) -> Iterator[None]:
    """Turn what a database refuses into ``StoreError``."""
    try:
        yield
    except Error as error:
        raise of_store(error, store) from None


def _said(error: Error) -> str:
    """Return what a database said, without the frame its driver puts around it."""
    lines = [line.strip() for line in QUERY.split(str(error))[0].splitlines()]
    found = " ".join(line for line in lines if line and not line.lower().startswith(DROPPED))
    return FRAME.sub("", found)


def _marked(said: str) -> str:
    """Return a sentence of the server in small letters, with what it is that does not exist."""
    small = said.lower()
    kind = next((kind for kind in ("role", "database") if small.startswith(f'{kind} "')), "")
    return f"{small} ({kind})" if kind else small


def _without_password(said: str, store: Store) -> str:
    url = sa.make_url(store.url)
    secret = [str(url.password or ""), *(str(value) for name, value in url.query.items() if "pass" in name)]
    for password in filter(None, secret):
        said = said.replace(password, "***")
    return said
