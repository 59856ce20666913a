"""Files that somebody puts into an FTP or SFTP folder, brought here as they are; the folder is only read."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shoplib.base import digest, words
from shoplib.config.secrets import Secret
from shoplib.config.sources import FtpSource, SftpSource
from shoplib.errors import SourceError, StoreError
from shoplib.ingest.fetching import troubles
from shoplib.ingest.fetching.patience import Patience, persistently
from shoplib.ingest.fetching.troubles import CutError
from shoplib.store import files, patterns

DropSource = FtpSource | SftpSource
RECORD = ".fetched.json"
LONGEST_NAME = 200
_ODD = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')


@dataclass(frozen=True)
class Remote:
    """A file there: its path, the name it gets here, and what tells that it has changed (``""``: nothing does)."""

    path: str
    name: str
    size: int
    changed: str


@dataclass(frozen=True)
class Brought:
    """How many files lie here, how many of them came just now, and which names were left where they are."""

    files: int
    new: int
    left: tuple[str, ...]


def fetch(
    source: DropSource, password: Secret | None, folder: Path, earlier: Path, home: Path, patience: Patience,
    advance: Callable[[int], None],
) -> Brought:  # fmt: skip
    """Bring the files of the source's pattern into ``folder``; those that have not changed come from ``earlier``.

    Raises ``SourceError`` if nobody answers, the server is not the known one, or no file has such a name.
    """
    kept = _record(earlier, source)
    done: dict[str, Remote] = {}
    left: list[str] = []

    def bring() -> int:
        try:
            return take("utf-8")
        except UnicodeDecodeError:
            return take("latin-1")  # an older server: its names are bytes, and these are read back the same way

    def take(encoding: str) -> int:
        with closing(_opened(source, password, home, encoding)) as server:
            there, left[:] = _listed(server, source)
            for remote in there:
                if done.get(remote.name) == remote:
                    continue
                if kept.get(remote.name) == [remote.size, remote.changed] and remote.changed:
                    files.link_or_copy(earlier / remote.name, folder / remote.name)
                else:
                    _get(server, remote, folder / remote.name)
                    new.add(remote.name)
                    advance(remote.size)
                done[remote.name] = remote
            return len(there)

    new: set[str] = set()
    count = persistently(lambda: troubles.told(bring, source, _address(source)), source.tries, patience)
    record = {"address": _address(source), "files": {r.name: [r.size, r.changed] for r in done.values()}}
    files.write_json(folder / RECORD, record)
    return Brought(count, len(new), tuple(left))


def _address(source: DropSource) -> str:
    return f"{source.kind}://{source.user}@{source.host}:{source.port}{source.folder}"


def _record(earlier: Path, source: DropSource) -> dict[str, list[object]]:
    """Return name → size and change of each file that lies here whole from an earlier fetch of the same folder."""
    path = earlier / RECORD
    try:
        known = files.read_json(path) if path.is_file() else {}
    except StoreError:
        return {}
    if known.get("address") != _address(source):
        return {}
    return {
        name: mark
        for name, mark in known["files"].items()
        if (earlier / name).is_file() and (earlier / name).stat().st_size == mark[0]
    }


def _opened(source: DropSource, password: Secret | None, home: Path, encoding: str) -> Any:
    given = password.reveal() if password else None
    if isinstance(source, FtpSource):
        from shoplib.ingest.fetching.ftp import FtpFolder

        return FtpFolder(
            source.host, port=source.port, username=source.user, password=given, tls=source.tls,
            timeout=source.timeout_s, encoding=encoding, skip_instance_cache=True,
        )  # fmt: skip
    from shoplib.ingest.fetching.sftp import open_folder

    return open_folder(source.host, source.port, source.user, given, source.host_key, source.timeout_s, home)


def _listed(server: Any, source: DropSource) -> tuple[list[Remote], list[str]]:
    """Return the files to bring, in order of name, and the names that cannot be brought."""
    top = source.folder.rstrip("/") + "/"
    like = re.compile(".*".join(re.escape(part) for part in source.pattern.split(patterns.STAR)), re.DOTALL)
    found, left, names = [], [], []
    for entry in server.ls(source.folder, detail=True):
        name = str(entry["name"]).removeprefix(top)
        if entry["type"] != "file" or (name.startswith(".") and "/" not in name):
            continue
        names.append(name)
        if not like.fullmatch(name):
            continue
        if "/" in name or "\\" in name or "\n" in name or "\r" in name or not name.strip():
            left.append(name)
        else:
            found.append(Remote(str(entry["name"]), safe_name(name), int(entry["size"]), _changed(entry)))
    if not found:
        raise SourceError(
            "No file there has a name like that", where=f"{source.name}, {_address(source)}",
            found=words.listed(sorted(names)) or "no file", wanted=source.pattern,
            next_step="correct folder or pattern; * stands for any letters. What was fetched before stays",
        )  # fmt: skip
    return sorted(found, key=lambda remote: remote.name), sorted(left)


def _changed(entry: dict[str, Any]) -> str:
    """Return when a file was changed, to the second; ``""`` where the server tells it less exactly."""
    if "mtime" in entry:
        return str(entry["mtime"].isoformat())
    told = str(entry.get("modify", ""))
    return told if re.fullmatch(r"\d{14}(\.\d+)?", told) else ""


def safe_name(name: str) -> str:
    """Return the name a file gets here: its own, or without marks that a file system may refuse.

    A name that had to be changed carries a few letters made of the old one, so that no two become one.

    >>> safe_name("sales 2024-06-01.csv"), safe_name("till?1.csv")
    ('sales 2024-06-01.csv', 'till_1-1e1fe13f.csv')
    """
    plain = _ODD.sub("_", name).strip(" .")
    if plain == name and len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix.encode()) > 10:
        stem, dot, suffix = plain, "", ""
    short = stem.encode()[: LONGEST_NAME - 30].decode(errors="ignore")
    return f"{short}-{digest.of_bytes(name.encode('utf-8', 'surrogateescape'))[:8]}{dot}{suffix}"


def _get(server: Any, remote: Remote, target: Path) -> None:
    with target.open("w+b") as stream:
        server.get_into(remote.path, stream)
    size = target.stat().st_size
    if size != remote.size:
        raise CutError(f"{words.count(size)} of {words.count(remote.size)} bytes of {remote.name}")
