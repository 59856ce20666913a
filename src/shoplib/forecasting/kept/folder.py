"""The folders of kept models: each whole or absent, its files and its record told apart from changed ones by digest."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shoplib.base import digest, words
from shoplib.errors import ConfigError, StoreError
from shoplib.store import files

FORMAT = 1
RECORD = "model.json"


def sealed(told: Mapping[str, Any]) -> bytes:
    """Return a record as JSON with its own digest in it; equal records give equal bytes."""
    whole = {**told, "format": FORMAT}
    return (json.dumps(whole | {"seal": digest.of_value(whole)}, indent=1, sort_keys=True) + "\n").encode()


def ids(folder: Path) -> list[str]:
    """Return the ids of what is kept in a folder, in order; what is hidden does not count."""
    if not folder.is_dir():
        return []
    return sorted(place.name for place in folder.iterdir() if place.is_dir() and not place.name.startswith("."))


def meant(folder: Path, asked: str) -> str:
    """Return the id that is meant; the beginning of one is enough where only one begins so."""
    known = ids(folder)
    begin = [name for name in known if asked and name.startswith(asked)]
    if asked in known or len(begin) == 1:
        return asked if asked in known else begin[0]
    near = words.nearest(asked, known)
    raise ConfigError(
        "No trained model has this id" if not begin else "Several trained models have ids that begin so",
        where=str(folder), found=asked, wanted=words.listed(begin or known) or "a model trained into this folder",
        next_step=f"write {near}, if that is meant" if near and not begin
        else "list them with: shoplib forecast models" if known else "train one with: shoplib forecast train FILE",
    )  # fmt: skip


def record(place: Path) -> dict[str, Any]:
    """Return the record of a kept model; ``StoreError`` if it is damaged, changed, or of another format."""
    path = place / RECORD
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        seal = told.pop("seal")
        whole = seal == digest.of_value(told)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(path, f"it cannot be read ({type(error).__name__})") from error
    if told.get("format") != FORMAT:
        raise StoreError(
            "The trained model is of another format", where=str(path), found=str(told.get("format")),
            wanted=str(FORMAT), next_step="train it again from its data",
        )  # fmt: skip
    if not whole:
        raise _damaged(path, "its content is not what was sealed")
    if told["id"] != place.name:
        raise _damaged(path, f"it is the record of {told['id']}")
    return dict(told)


def part(place: Path, name: str, wanted: str) -> bytes:
    """Return a file of a kept model; ``StoreError`` if its digest is not the ``wanted`` one."""
    path = place / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise _damaged(path, "it is missing or cannot be read") from error
    if digest.of_bytes(data) != wanted:
        raise _damaged(path, "its content has another digest than at the training")
    return data


def _damaged(path: Path, found: str) -> StoreError:
    return StoreError(
        "The trained model is damaged or was changed", where=str(path), found=found,
        wanted="the files as they were written", next_step="train it again: the same data give the same id",
    )  # fmt: skip


def put(place: Path, parts: Mapping[str, bytes]) -> None:
    """Write all files of a model beside its place, then rename the folder into it."""
    beside = place.with_name(f".{place.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        for name, data in parts.items():
            (beside / name).parent.mkdir(parents=True, exist_ok=True)
            (beside / name).write_bytes(data)
        if place.exists():
            shutil.rmtree(place)
        beside.rename(place)
    except OSError as error:
        raise files.as_store_error(error, place) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
