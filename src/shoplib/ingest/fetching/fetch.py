"""One source of another machine brought here, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from shoplib.base import words
from shoplib.config import secrets
from shoplib.config.models import Scenario
from shoplib.config.secrets import Secret
from shoplib.config.sources import HttpSource, RemoteSource, SqlSource
from shoplib.errors import ConfigError
from shoplib.ingest.fetching.landing import landing
from shoplib.ingest.fetching.patience import Patience
from shoplib.store import patterns, places


@dataclass(frozen=True)
class Fetched:
    """What was brought: the files that lie here now, the records in them (``None`` where files come as they are), how
    many files came just now, and the names of those that could not."""

    source_name: str
    folder: Path
    files: tuple[Path, ...]
    records: int | None
    new_files: int
    left: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(path.stat().st_size for path in self.files)

    def line(self) -> str:
        """Return in a line what was brought."""
        what = words.plural(len(self.files), "file") if self.records is None else words.plural(self.records, "record")
        more = f", {self.new_files} of them new or changed" if self.records is None else ""
        return f"{self.source_name}: {what}{more}, {words.count(self.size / 1024, decimals=1)} KiB"


def chosen(scenario: Scenario, name: str = "") -> list[RemoteSource]:
    """Return the sources of other machines, or the one called ``name``; ``ConfigError`` if there is none."""
    remote = [source for source in scenario.ingest.sources if isinstance(source, RemoteSource)]
    if not name and remote:
        return remote
    if not name:
        raise ConfigError(
            "The scenario has no source on another machine", where=f"{scenario.name}, ingest.sources",
            found=words.listed(dict.fromkeys(s.kind for s in scenario.ingest.sources)),
            wanted="one of kind sql, http, ftp or sftp", next_step="there is nothing to fetch; just run it",
        )  # fmt: skip
    found = [source for source in remote if source.name == name]
    if not found:
        near = words.nearest(name, (source.name for source in remote))
        raise ConfigError(
            "The scenario has no source of this name on another machine", where=f"--source {name}",
            found=words.listed(source.name for source in remote) or "no source on another machine",
            next_step=f"did you mean {near}?" if near else "choose one of these",
        )  # fmt: skip
    return found


def fetch(
    source: RemoteSource, scenario: Scenario, root: Path, *, environment: Mapping[str, str] = os.environ,
    patience: Patience | None = None, advance: Callable[[int], None] = lambda amount: None,
) -> Fetched:  # fmt: skip
    """Bring what a source holds to ``data/raw/<scenario>/<source>/`` in place of what was fetched before.

    ``advance`` is told the records that came, or the bytes of files. Whatever goes wrong, the earlier files stay.
    """
    folder, patience = places.fetched(root, scenario.name, source.name), patience or Patience()
    with landing(folder) as new:
        if isinstance(source, SqlSource):
            from shoplib.ingest.fetching import query

            url = _secret(source.url_env, environment)
            records = query.fetch(source, url, new, root, scenario.ingest.batch_rows, patience, advance)
            return _after(source.name, folder, new, records)
        if isinstance(source, HttpSource):
            from shoplib.ingest.fetching import http

            records = http.fetch(source, _secret(source.token_env, environment), new, patience, advance)
            return _after(source.name, folder, new, records)
        from shoplib.ingest.fetching import drop

        home = Path(environment.get("HOME") or Path.home())
        brought = drop.fetch(source, _secret(source.password_env, environment), new, folder, home, patience, advance)
        return Fetched(source.name, folder, _files(folder, new), None, brought.new, brought.left)


def _after(name: str, folder: Path, new: Path, records: int) -> Fetched:
    return Fetched(name, folder, _files(folder, new), records, 1)


def _files(folder: Path, new: Path) -> tuple[Path, ...]:
    return tuple(folder / path.name for path in patterns.matching(new / patterns.STAR))


def _secret(name: str | None, environment: Mapping[str, str]) -> Secret | None:
    return secrets.read(name, environment) if name else None
