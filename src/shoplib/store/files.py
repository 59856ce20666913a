"""Files that are whole or absent: written beside their place, then renamed into it."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shoplib.base import digest, words
from shoplib.contracts import check, convert
from shoplib.errors import StoreError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EROFS, errno.EACCES, errno.EPERM}


def as_store_error(error: OSError, path: Path) -> StoreError:
    """Return the error a person can act on for an operating system's refusal to write ``path``."""
    if error.errno in FULL:
        return StoreError(
            "The disk is full", where=str(path), found=f"{os.strerror(error.errno or 0)}; {_free(path)} free",
            next_step="free some space, then run the same command again: finished stages are kept",
        )  # fmt: skip
    if error.errno in FORBIDDEN:
        return StoreError(
            "The folder for results may not be written", where=str(path), found=os.strerror(error.errno or 0),
            wanted="a folder you own", next_step="change its rights, or choose another with --outputs FOLDER",
        )  # fmt: skip
    return StoreError("A file could not be written", where=str(path), found=str(error),
                      next_step="check the path, then run the same command again")  # fmt: skip


def _free(path: Path) -> str:
    while not path.exists():
        path = path.parent
    return f"{shutil.disk_usage(path).free / 2**20:,.1f} MiB"


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Yield a path to write to; it becomes ``path`` when the block ends well, and vanishes otherwise.

    A reader sees the old file or the whole new one, never a part. Raises ``StoreError`` when the
    operating system refuses (full disk, no right to write).
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield part
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise as_store_error(error, path) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` whole or not at all."""
    with writing(path) as part:
        part.write_bytes(data)


def write_text(path: Path, text: str) -> None:
    """Write text as UTF-8 with ``\\n`` line ends, whole or not at all."""
    write_bytes(path, text.encode())


def write_json(path: Path, value: Any) -> None:
    """Write a JSON-like value with sorted keys: the same value always gives the same bytes."""
    write_text(path, json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> Any:
    """Return the value of a JSON file; ``StoreError`` if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError("A record cannot be read", where=str(path), found=str(error),
                         next_step="run the scenario again; it is made anew") from error  # fmt: skip


def append_line(path: Path, value: Any) -> None:
    """Add one JSON line to a journal in a single write, so that lines of two writers never mix."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        line = (digest.canonical(value) + "\n").encode()
        with path.open("ab", buffering=0) as stream:
            if stream.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        raise as_store_error(error, path) from error


def write_table(path: Path, name: str, frame: pd.DataFrame) -> int:
    """Write ``frame`` as the declared table ``name`` in parquet and return its number of rows.

    The frame is checked against its declaration first (``ContractError``); equal frames give equal bytes.
    """
    table = check.checked(name, frame)
    write_arrow(path, table)
    return int(table.num_rows)


def write_arrow(path: Path, table: pa.Table) -> None:
    """Write an Arrow table as parquet (zstd), whole or not at all."""
    with writing(path) as part:
        pq.write_table(table, part, compression="zstd")


def read_table(path: Path, name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the declared table ``name`` from parquet, all of it or some columns in the order asked for.

    Asked for by name, texts that are no key come as categories, and keys stay in Arrow: both take a tenth of the time.
    Raises ``StoreError`` if the file is missing or not whole, or was written under another declaration.
    """
    declared = convert.arrow_schema(name)
    compact = convert.compact_columns(name, columns or ())
    try:
        with pq.ParquetFile(path) as stored:
            if not stored.schema_arrow.equals(declared):
                raise StoreError(
                    f'Table "{name}" was written under another declaration', where=str(path),
                    found=words.listed(_differences(stored.schema_arrow, declared)),
                    next_step="run the scenario again; that stage is repeated",
                )  # fmt: skip
        with pq.ParquetFile(path, read_dictionary=compact) as stored:
            table = stored.read(columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f'Table "{name}" cannot be read', where=str(path), found=str(error),
                         next_step="run the scenario again; that stage is repeated") from error  # fmt: skip
    return convert.to_pandas(table) if columns is None else convert.to_compact(table.select(list(columns)))


def _differences(found: pa.Schema, wanted: pa.Schema) -> list[str]:
    missing = [f"no column {name}" for name in wanted.names if name not in found.names]
    added = [f"a column {name}" for name in found.names if name not in wanted.names]
    changed = [
        f"{field.name} as {field.type}{'' if field.nullable else ' not null'}"
        for field in found
        if field.name in wanted.names and not field.equals(wanted.field(field.name))
    ]
    return missing + added + changed or ["another order of columns"]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return digest.of_stream(stream)


def sha256_tree(folder: Path) -> dict[str, str]:
    """Return relative POSIX path → SHA-256 of every file under ``folder``, sorted; hidden files left out."""
    files = (p for p in sorted(folder.rglob("*")) if p.is_file())
    named = ((p.relative_to(folder).as_posix(), p) for p in files)
    return {name: sha256(p) for name, p in named if not any(part.startswith(".") for part in name.split("/"))}


def link_or_copy(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``, by a hard link where the file system allows one."""
    with writing(target) as part:
        part.unlink(missing_ok=True)
        try:
            os.link(source, part)
        except OSError:  # another file system, or one without links
            shutil.copy2(source, part)
