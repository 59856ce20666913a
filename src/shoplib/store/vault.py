"""Records of people that only their own keys open: one encrypted file for each, whole or absent.

A record is ``SHOPLIB1``, the day the person was last seen, and what AES-GCM made of the rest under the person's key,
bound to the vault, the name and that day: no byte of it can be changed, and no record put in the place of another,
without being found out. The day stands open so that what is due to go can go even where the keys are lost.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from shoplib.errors import BusyError, StoreError
from shoplib.store import files, keyring
from shoplib.store.keyring import Keyring

SUFFIX, ABOUT, LOCK = ".vault", "vault.json", ".lock"
OWNER_ONLY = 0o600
MARK = b"SHOPLIB1"
DAY = 10  # bytes of a day, 2026-03-01
TAG = 16  # bytes AES-GCM adds


@dataclass(frozen=True)
class Vault:
    """The records of a folder, with the keys that open them."""

    folder: Path
    keyring: Keyring

    def names(self) -> list[str]:
        """Return whose records there are, in order; no key is needed."""
        return sorted(path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}"))

    def get(self, name: str) -> bytes:
        """Return a record; ``StoreError`` if it is missing, torn, changed, or its key is gone."""
        path = self._path(name)
        bound, sealed = self._parts(path)
        if not self.keyring.has(self._key_name(name)):
            raise StoreError(
                "The key of this record is gone", where=str(path), found="a record that nothing opens any more",
                next_step=f"bring the keys back from a copy ({self.keyring.folder}), or remove the record:  "
                f"shoplib privacy erase {self.keyring.scenario} {name}",
            )  # fmt: skip
        self._same_master()
        try:
            return keyring.unseal(self.keyring.person(self._key_name(name)), sealed, self._bound(name, bound))
        except ValueError as error:
            raise _damaged(path, str(error)) from None

    def put(self, name: str, data: bytes, last_seen: dt.date) -> None:
        """Write a record, whole or not at all, in place of the one before."""
        path, day = self._path(name), last_seen.isoformat().encode()
        with self._locked():
            self._same_master()
            sealed = keyring.seal(self.keyring.person(self._key_name(name)), data, self._bound(name, day))
            _write(path, MARK + day + sealed)
            path.chmod(OWNER_ONLY)

    def last_seen(self, name: str) -> dt.date:
        """Return the day a person was last seen; no key is needed."""
        path = self._path(name)
        day, _ = self._parts(path)
        try:
            return dt.date.fromisoformat(day.decode("ascii", "replace"))
        except ValueError:
            raise _damaged(path, "it does not begin with a day") from None

    def remove(self, name: str) -> bool:
        """Remove a record and destroy its key: copies of it are closed for good. Return whether there was anything."""
        path = self._path(name)
        with self._locked():
            had_key = self.keyring.forget(self._key_name(name))
            there = path.is_file()
            for left in (path, path.with_name(f".{path.name}.part")):
                left.unlink(missing_ok=True)
        return there or had_key

    def identity(self) -> str:
        """Return the random name of this vault: people of two vaults never share a key, whatever they are called."""
        path = self.folder / ABOUT
        if not path.is_file():
            with self._locked():
                if not path.is_file():
                    about = {"vault": secrets.token_hex(8), "master": self.keyring.fingerprint()}
                    files.write_json(path, about)
        return str(files.read_json(path)["vault"])

    def _same_master(self) -> None:
        """Raise if the records were written under another master key."""
        about = self.folder / ABOUT
        wanted = str(files.read_json(about)["master"]) if about.is_file() else ""
        found = self.keyring.fingerprint() if self.keyring.exists() or not wanted else "none"
        if wanted and wanted != found:
            raise StoreError(
                "The records were written with another master key", where=str(self.folder),
                found=f"fingerprint {found} in {self.keyring.where()}", wanted=f"fingerprint {wanted}",
                next_step="set the right key; nothing was written over. If it is lost, so is all that was kept:  "
                f"shoplib privacy erase {self.keyring.scenario} --everybody",
            )  # fmt: skip

    def _key_name(self, name: str) -> str:
        return f"{self.identity()}.{name}"

    def _bound(self, name: str, day: bytes) -> bytes:
        return MARK + day + f"{self.identity()}\n{name}".encode()

    def _path(self, name: str) -> Path:
        if not keyring.NAME.fullmatch(name):
            raise StoreError("This cannot be the key of a person", found=repr(name[:40]),
                             wanted="a key such as F0003")  # fmt: skip
        return self.folder / f"{name}{SUFFIX}"

    def _parts(self, path: Path) -> tuple[bytes, bytes]:
        """Return the open day and the sealed rest of a record."""
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise StoreError("Nothing is kept under this key", where=str(path.parent),
                             found=path.name.removesuffix(SUFFIX), wanted="the key of a person") from None  # fmt: skip
        except OSError as error:
            raise StoreError("A record cannot be read", where=str(path), found=os.strerror(error.errno or 0),
                             next_step="check its rights and that the disk is there") from error  # fmt: skip
        head = len(MARK) + DAY
        if not content.startswith(MARK):
            raise _damaged(path, "it does not begin as a record does" if content else "it is empty")
        if len(content) < head + keyring.NONCE + TAG:
            raise _damaged(path, f"it ends after {len(content)} bytes")
        return content[len(MARK) : head], content[head:]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the vault for this process; taken again inside, it is held already."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / LOCK, timeout=keyring.WAIT_S, is_singleton=True):
                yield
        except Timeout:
            raise BusyError("Another program is writing what is kept of people", where=str(self.folder),
                            next_step="wait for it to end, then run the same command again") from None  # fmt: skip
        except OSError as error:
            raise files.as_store_error(error, self.folder) from error


def _write(path: Path, content: bytes) -> None:
    with files.writing(path) as part, part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _damaged(path: Path, found: str) -> StoreError:
    return StoreError(
        "A record is not whole", where=str(path), found=found, wanted="the file as it was written",
        next_step="bring the file back from a copy, or remove the person:  shoplib privacy erase SCENARIO "
        f"{path.name.removesuffix(SUFFIX)}",
    )  # fmt: skip
