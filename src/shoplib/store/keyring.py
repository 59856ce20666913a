"""The keys of what is kept of people: one for each person, held apart from the data, so that losing a key erases.

::

    <user's configuration>/shoplib/keys/<scenario>/master.key    unless the environment holds it
    <user's configuration>/shoplib/keys/<scenario>/check         tells a wrong master key from the right one
    <user's configuration>/shoplib/keys/<scenario>/people/       a random key for each person, wrapped by the master key

None of it lies in the project, so neither git nor a copy of ``data/`` or ``outputs/`` holds a key. Without the keys
what is kept of people cannot be read by anybody, and no copy of the data brings it back.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from filelock import FileLock, Timeout

from shoplib.errors import BusyError, ConfigError, StoreError
from shoplib.store import files

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZE = 32  # bytes of every key: AES-256
NONCE = 12  # bytes; drawn anew for every encryption, as AES-GCM needs
MASTER, CHECK, PEOPLE, SUFFIX = "master.key", "check", "people", ".key"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
WAIT_S = 20.0
OTHERS = stat.S_IRWXG | stat.S_IRWXO
Signer: TypeAlias = Callable[[bytes], tuple[str, str]]
"""Gives the signature of a message and the public key to check it with, both as base64."""


@dataclass(frozen=True)
class Keyring:
    """The keys of one scenario; nothing is written before the first key is needed."""

    scenario: str
    folder: Path
    variable: str
    given: bytes | None  # the master key of the environment

    def __repr__(self) -> str:
        return f"Keyring({self.scenario!r}, {self.where()!r})"

    def where(self) -> str:
        """Return in words where the master key is, never the key."""
        return f"environment variable {self.variable}" if self.given else str(self.folder / MASTER)

    def exists(self) -> bool:
        """Return whether there is a master key already."""
        return self.given is not None or (self.folder / MASTER).is_file()

    def fingerprint(self) -> str:
        """Return 16 letters that tell this master key from another and say nothing else of it."""
        return self._derived("fingerprint", 8).hex()

    def people(self) -> list[str]:
        """Return the names that have a key, in order."""
        return sorted(path.name.removesuffix(SUFFIX) for path in (self.folder / PEOPLE).glob(f"*{SUFFIX}"))

    def has(self, name: str) -> bool:
        """Return whether a person has a key."""
        return self._path(name).is_file()

    def person(self, name: str) -> bytes:
        """Return the key of a person, 32 bytes; made if there is none. A key of another master is an error."""
        path = self._path(name)
        if not path.is_file():
            with self._locked():
                if not path.is_file():
                    key = secrets.token_bytes(SIZE)
                    _write_private(path, seal(self._derived("wrap"), key, self._bound(name)))
                    return key
        try:
            return unseal(self._derived("wrap"), _read_private(path), self._bound(name))
        except ValueError as error:
            raise StoreError(
                "The key of a person cannot be opened", where=str(path), found=str(error),
                wanted="a file made with this master key",
                next_step="bring the file back from a copy, or erase the person: nothing else opens their record",
            ) from None  # fmt: skip

    def forget(self, name: str) -> bool:
        """Destroy the key of a person, and with it all that was ever written with it; return whether there was one.

        The file is written over before it is removed. Disks that write elsewhere than told (SSDs, file systems with
        snapshots) may keep the old bytes; they are of use only together with the master key.
        """
        path = self._path(name)
        with self._locked():
            for part in path.parent.glob(f".{path.name}.part"):
                _shred(part)
            if not path.is_file():
                return False
            _shred(path)
        return True

    def destroy(self) -> int:
        """Destroy every key of the scenario, the master's file too; return how many people's keys there were.

        A master key of the environment is not ours to destroy; alone it opens nothing any more.
        """
        with self._locked():
            names = self.people()
            for path in sorted(path for path in self.folder.rglob("*") if path.is_file() and path.name != ".lock"):
                _shred(path)
        return len(names)

    def rotation(self, size: int) -> NDArray[np.float64]:
        """Return the shop's secret rotation, an orthogonal matrix: turned prints keep their distances to one another.

        Prints of two shops, each turned by its own, cannot be compared. The same key gives the same matrix.
        """
        import numpy as np

        seed = int.from_bytes(self._derived(f"rotation {size}"), "big")
        drawn = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed))).standard_normal((size, size))
        turned, upper = np.linalg.qr(drawn)
        return np.asarray(turned * np.sign(np.diagonal(upper)), dtype=np.float64)

    def signer(self) -> Signer:
        """Return what signs with the scenario's Ed25519 key; it works on after the keys were destroyed."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        key = Ed25519PrivateKey.from_private_bytes(self._derived("signature"))
        public = _letters(key.public_key().public_bytes_raw())
        return lambda message: (_letters(key.sign(message)), public)

    def digest(self, text: str, salt: str) -> str:
        """Return a digest of a text that nobody can find by trying texts without the master key."""
        return hmac.new(self._derived("digest"), f"{salt}\n{text}".encode(), "sha256").hexdigest()

    def _derived(self, use: str, size: int = SIZE) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), size, salt=self.scenario.encode(), info=f"shoplib {use}".encode()).derive(self._master())

    def _master(self) -> bytes:
        path = self.folder / MASTER
        if self.given is None and not path.is_file():
            with self._locked():
                if not path.is_file():
                    self._nothing_sealed()
                    _write_private(path, (_letters(secrets.token_bytes(SIZE)) + "\n").encode())
        master = self.given or _key_of(_read_private(path).decode("ascii", "replace"), str(path))
        self._checked(master)
        return master

    def _nothing_sealed(self) -> None:
        """Raise if keys of people are there and the master key that opens them is not: a new one would open none."""
        if (self.folder / CHECK).is_file() or self.people():
            raise StoreError(
                "The master key of what is kept of people is gone", where=self.where(),
                found=f"keys of {len(self.people())} people that only it opens",
                wanted=f"the file as it was, or the variable {self.variable}, if the key stood there",
                next_step="bring it back from a copy. If there is none, all that was kept of people is lost for good; "
                f"to clear it away and begin anew:  shoplib privacy erase {self.scenario} --everybody",
            )  # fmt: skip

    def _checked(self, master: bytes) -> None:
        """Raise if keys of people were made with another master key; remember this one if there are none."""
        path = self.folder / CHECK
        mark = hmac.new(master, f"shoplib check {self.scenario}".encode(), "sha256").hexdigest()[:16]
        if not path.is_file():
            with self._locked():
                if not path.is_file():
                    _write_private(path, mark.encode())
        if not hmac.compare_digest(_read_private(path), mark.encode()):
            raise StoreError(
                "This is not the master key that people's keys were made with", where=self.where(),
                found="another key", wanted=f"the key it was, or no keys in {self.folder}",
                next_step="set the right key; nothing was read or written over. If the right one is lost:  "
                f"shoplib privacy erase {self.scenario} --everybody",
            )  # fmt: skip

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise StoreError("This cannot be the name of a key", found=repr(name[:40]), wanted="letters and digits")
        return self.folder / PEOPLE / f"{name}{SUFFIX}"

    def _bound(self, name: str) -> bytes:
        return f"shoplib person\n{self.scenario}\n{name}".encode()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the keys for this process; taken again inside, it is held already."""
        try:
            _private_folder(self.folder / PEOPLE)
            lock = FileLock(self.folder / ".lock", timeout=WAIT_S, mode=0o600, is_singleton=True)
            with lock:
                yield
        except Timeout:
            raise BusyError("Another program is writing the keys", where=str(self.folder),
                            next_step="wait for it to end, then run the same command again") from None  # fmt: skip
        except OSError as error:
            raise files.as_store_error(error, self.folder) from error


def open_keyring(scenario: str, environ: Mapping[str, str], key_env: str, folder: Path | None = None) -> Keyring:
    """Return the keys of a scenario, with the master key of the environment if the variable is set there.

    ``folder`` holds the keys of all scenarios (default: ``shoplib/keys`` in the user's own configuration). Raises
    ``ConfigError`` if it lies in a project or under git, or if the variable holds no key; nothing is written yet.
    """
    place = (default_folder() if folder is None else folder).absolute()
    for above in (place.resolve(), *place.resolve().parents):
        if (above / ".git").exists() or (above / "run_all.py").is_file():
            raise ConfigError(
                "Keys may not lie in a project or under git", where=str(place), found=f"{above} is one",
                wanted="a folder that is not copied together with the data",
                next_step=f"put the key into the environment variable {key_env}, or the folder elsewhere",
            )  # fmt: skip
    if not NAME.fullmatch(scenario):
        raise ConfigError("This cannot be the name of a scenario", found=repr(scenario[:40]),
                          wanted="letters, digits, - and _")  # fmt: skip
    text = environ.get(key_env, "").strip()
    return Keyring(scenario, place / scenario, key_env, _key_of(text, key_env) if text else None)


def default_folder() -> Path:
    """Return where keys lie unless told otherwise: in the user's own configuration, never in a project."""
    import platformdirs

    return platformdirs.user_config_path("shoplib", appauthor=False) / "keys"


def seal(key: bytes, data: bytes, bound: bytes) -> bytes:
    """Return data encrypted with AES-GCM under a nonce of its own; ``bound`` must be told again to read it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Return what was sealed; ``ValueError`` if the key is another or any byte was changed or is missing."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except (InvalidTag, ValueError):
        raise ValueError("it is damaged, or was made with another key") from None


def genuine(message: bytes, signature: str, public_key: str) -> bool:
    """Return whether a message was signed with the key that belongs to a public key."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _letters(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _key_of(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SIZE:
        raise ConfigError(
            "This is not a master key", where=where, found=f"{len(text.strip())} characters that are not one",
            wanted="32 random bytes as base64, 44 characters",
            next_step="make one:  openssl rand -base64 32",
        )  # fmt: skip
    return key


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.parent.chmod(0o700)
    folder.chmod(0o700)


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all, and on the disk before this returns."""
    with files.writing(path) as part:
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())


def _read_private(path: Path) -> bytes:
    """Return a key's file; ``StoreError`` if others may read it, or it cannot be read."""
    try:
        rights = path.stat().st_mode
        if os.name == "posix" and rights & OTHERS:
            raise StoreError(
                "A key may be read by others", where=str(path), found=f"rights {stat.S_IMODE(rights):04o}",
                wanted="0600: its owner alone",
                next_step=f"chmod 600 '{path}'  and ask who may have read it",
            )  # fmt: skip
        return path.read_bytes()
    except OSError as error:
        raise StoreError("A key cannot be read", where=str(path), found=os.strerror(error.errno or 0),
                         next_step="check its rights and that the disk is there") from error  # fmt: skip


def _shred(path: Path) -> None:
    """Write over a file, wait until the disk has it, and remove it."""
    size = path.stat().st_size
    path.chmod(0o600)
    with path.open("r+b", buffering=0) as stream:
        stream.write(secrets.token_bytes(size))
        os.fsync(stream.fileno())
    path.unlink()
