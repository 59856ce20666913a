"""Finished stages on disk: each result has its key as its name, is whole or absent, and is never changed.

``outputs/<scenario>/.stages/<stage>/<key>/`` holds ``tables/``, ``files/``, ``figures/``, ``listings/``, the
executed ``notebook.ipynb`` and ``receipt.json`` with the digest of each of them; the file ``current`` beside it
names the key in force. A stage works in a hidden folder and is renamed when it is done, so whatever kills
it, the next run finds whole results only.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from shoplib.base import digest
from shoplib.store import files

NOTEBOOK, RECEIPT, CURRENT = "notebook.ipynb", "receipt.json", "current"


@dataclass(frozen=True)
class Results:
    """The finished stages of one scenario; ``home`` is ``outputs/<scenario>``."""

    home: Path

    def folder(self, stage: str, key: str) -> Path:
        """Return where the result with this key is or would be."""
        return self.home / ".stages" / stage / key

    def staging(self, stage: str) -> Path:
        """Return a new empty working folder for a stage; what a killed run left there is removed."""
        place = self.home / ".stages" / stage / ".working"
        shutil.rmtree(place, ignore_errors=True)
        try:
            place.mkdir(parents=True)
        except OSError as error:
            raise files.as_store_error(error, place) from error
        return place

    def current(self, stage: str) -> str:
        """Return the key in force, ``""`` if the stage has no result."""
        try:
            return (self.home / ".stages" / stage / CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def point(self, stage: str, key: str) -> None:
        """Make a finished result the one in force."""
        files.write_text(self.home / ".stages" / stage / CURRENT, key + "\n")

    def receipt(self, stage: str, key: str = "") -> dict[str, Any]:
        """Return what was recorded of a result (the one in force by default); empty if there is none."""
        key = key or self.current(stage)
        path = self.folder(stage, key) / RECEIPT
        return dict(files.read_json(path)) if key and path.is_file() else {}

    def whole(self, stage: str, key: str) -> bool:
        """Return whether a result exists and every file of it is as it was recorded."""
        receipt = self.receipt(stage, key)
        if not receipt:
            return False
        there = _digests(self.folder(stage, key))
        recorded: dict[str, str] = receipt["files"]
        return {name: value for name, value in there.items() if name != RECEIPT} == recorded

    def output(self, stage: str, name: str) -> str | None:
        """Return the digest of one output of the result in force, if that result is whole."""
        key = self.current(stage)
        if not key or not self.whole(stage, key):
            return None
        found = self.receipt(stage, key)["outputs"].get(name)
        return str(found["sha256"]) if found else None

    def path(self, stage: str, name: str) -> Path:
        """Return where an output of the result in force lies: a parquet file or a folder."""
        base = self.folder(stage, self.current(stage))
        table = base / "tables" / f"{name}.parquet"
        return table if table.is_file() else base / "files" / name

    def seal(self, stage: str, key: str, working: Path, receipt: dict[str, Any]) -> None:
        """Record every file of a working folder and give it its final name, whole, in one step."""
        for path in working.glob(".*"):  # what the runner and the notebook told each other, with this machine's paths
            path.unlink()
        content = files.sha256_tree(working)
        outputs = {name: {**about, "sha256": _digest_of(name, content)} for name, about in receipt["outputs"].items()}
        outputs["chapter"] = {"sha256": digest.of_value({k: v for k, v in content.items() if _of_chapter(k)})}
        files.write_json(working / RECEIPT, {**receipt, "key": key, "files": content, "outputs": outputs})
        final = self.folder(stage, key)
        try:
            if final.exists():  # damaged, or it would have been used as it is
                shutil.rmtree(final)
            working.replace(final)
        except OSError as error:
            raise files.as_store_error(error, final) from error
        self.point(stage, key)

    def prune(self, keep: dict[str, set[str]]) -> None:
        """Remove the results of each stage that are neither in force nor named in ``keep``."""
        for place in (self.home / ".stages").glob("*/*"):
            kept = keep.get(place.parent.name, set()) | {self.current(place.parent.name)}
            if place.is_dir() and place.name not in kept:
                shutil.rmtree(place, ignore_errors=True)


def _digests(folder: Path) -> dict[str, str]:
    """Return the digest of every file, read again only if a size or a time stamp changed in this process."""
    stamps = ((p, p.stat()) for p in sorted(folder.rglob("*")) if p.is_file())
    return _digests_at(folder, tuple((str(p), s.st_size, s.st_mtime_ns) for p, s in stamps))


@lru_cache(maxsize=256)
def _digests_at(folder: Path, _stamps: tuple[tuple[str, int, int], ...]) -> dict[str, str]:
    return files.sha256_tree(folder)


def _digest_of(name: str, content: dict[str, str]) -> str:
    table = content.get(f"tables/{name}.parquet")
    if table is not None:
        return table
    return digest.of_value({k: v for k, v in content.items() if k.startswith(f"files/{name}/")})


def _of_chapter(name: str) -> bool:
    return name in (NOTEBOOK, "numbers.json") or name.startswith(("figures/", "listings/"))
