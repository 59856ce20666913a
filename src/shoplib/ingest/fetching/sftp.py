"""An SFTP server, spoken to only if its key is the one that is known."""

from __future__ import annotations

import base64
import hashlib
import logging
from pathlib import Path
from typing import Any, BinaryIO

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

from shoplib.ingest.fetching.troubles import StrangeHostError

KNOWN_HOSTS = Path(".ssh") / "known_hosts"
PREFIX = "SHA256:"
SSH_PORT = 22


def fingerprint(key: paramiko.PKey) -> str:
    """Return the fingerprint of a key as ``ssh-keygen -l`` writes it."""
    return PREFIX + base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")


class _Checked(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko ships no types
    """Lets in a server by its fingerprint, or by a file of known hosts; no other."""

    def __init__(self, wanted: str, known: paramiko.HostKeys) -> None:
        self.wanted, self.known = wanted.strip().removeprefix(PREFIX).rstrip("="), known

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Refuse the server unless its key is the known one."""
        found = fingerprint(key)
        if self.wanted:
            if found.removeprefix(PREFIX) != self.wanted:
                raise StrangeHostError(found, known=True)
        elif not self.known.check(hostname, key):
            raise StrangeHostError(found, known=self.known.lookup(hostname) is not None)


def known_hosts(home: Path) -> paramiko.HostKeys:
    """Return the keys in a person's ``known_hosts``; none if there is no such file."""
    path = home / KNOWN_HOSTS
    return paramiko.HostKeys(str(path) if path.is_file() else None)


class SftpFolder(SFTPFileSystem):  # type: ignore[misc]  # fsspec ships no types
    """Files of an SFTP server whose key was checked; without a password the keys of the person are used."""

    def _connect(self) -> None:
        try:
            super()._connect()
        except BaseException:
            self.client.close()
            raise

    def close(self) -> None:
        """End the connection."""
        self.client.close()

    def get_into(self, path: str, stream: BinaryIO) -> None:
        """Write the bytes of a file to a stream."""
        self.ftp.getfo(path, stream)


def open_folder(
    host: str, port: int, user: str, password: str | None, host_key: str, timeout_s: float, home: Path
) -> SftpFolder:
    """Return the connection to a server; :class:`StrangeHostError` if its key is not the known one."""
    logging.getLogger("paramiko").addHandler(logging.NullHandler())  # what it says is told by our own messages
    known = known_hosts(home)
    at = host if port == SSH_PORT else f"[{host}]:{port}"
    more: dict[str, Any] = {"username": user} if user else {}
    types = set(known.lookup(at) or ()) if not host_key else set()
    if types:  # ask for a key of a kind that is known
        rsa = {"rsa-sha2-256", "rsa-sha2-512"} if "ssh-rsa" in types else set()
        others = [name for name in paramiko.Transport._preferred_keys if name not in types | rsa]
        more["disabled_algorithms"] = {"keys": others}
    made = SftpFolder(
        host, port=port, password=password, look_for_keys=password is None, allow_agent=password is None,
        timeout=timeout_s, banner_timeout=timeout_s, auth_timeout=timeout_s, host_key_policy=_Checked(host_key, known),
        skip_instance_cache=True, **more,
    )  # fmt: skip
    made.ftp.get_channel().settimeout(timeout_s)
    return made
