"""Files on their way in: found, read, put into our fields and judged row by row; the unreadable ones told apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from shoplib.base import digest
from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.config.sources import BadFile, Source
from shoplib.errors import MappingError, SourceError
from shoplib.ingest import faults
from shoplib.ingest.mapping import Typed, named_columns, read_fields
from shoplib.ingest.readers import RawFile, require_columns
from shoplib.ingest.sources import kind_for
from shoplib.ingest.sources import read as read_source
from shoplib.ingest.validation import WITHDRAWN, Verdict, judge


@dataclass(frozen=True)
class File:
    """One file of a source, and the key of its import."""

    import_id: str
    source_name: str
    mapping_name: str
    path: Path
    sha256: str
    mapping_version: str
    copy_of: str = ""
    """Import of an earlier file with the same bytes, if there is one."""


@dataclass(frozen=True)
class Refused:
    """A file of which nothing is loaded, and why, in one line."""

    file: File
    fault: str


@dataclass(frozen=True)
class Intake:
    """Files of one source with the same columns, end to end: as they were read, in our fields, and judged.

    ``rows`` are strings under an index of their own (from 0); ``file_number`` and ``source_row`` say for each of them
    which of ``files`` it stands in and where. ``misshapen`` holds the records of the wrong shape, by file.
    ``judged`` is what each row breaks by itself, ``verdict`` what is held against it in the end.
    """

    number: int
    source_name: str
    on_bad_file: BadFile
    mapping: Mapping
    files: tuple[File, ...]
    rows: pd.DataFrame
    file_number: np.ndarray
    source_row: np.ndarray
    misshapen: tuple[pd.DataFrame, ...]
    typed: Typed
    judged: Verdict
    verdict: Verdict
    withdrawn: frozenset[int] = frozenset()

    def rows_of(self, file_number: int) -> slice:
        """Return where the rows of one file stand."""
        first, end = np.searchsorted(self.file_number, [file_number, file_number + 1])
        return slice(int(first), int(end))

    @property
    def import_ids(self) -> np.ndarray:
        """Return the import each row came with."""
        names: np.ndarray = np.array([file.import_id for file in self.files], dtype=object)[self.file_number]
        return names

    def kept(self) -> list[int]:
        """Return the numbers of the files that are not withdrawn, in order."""
        return [number for number in range(len(self.files)) if number not in self.withdrawn]

    def copies(self) -> list[int]:
        """Return the numbers of the files that say again what an earlier one of these says, byte for byte."""
        loaded = {self.files[number].import_id for number in self.kept()}
        return [number for number in self.kept() if self.files[number].copy_of in loaded]

    def afresh(self, withdraw: Sequence[int] = ()) -> Intake:
        """Return the same files with nothing held against their rows but what they break by themselves.

        Those in ``withdraw`` leave for good: nothing of them is loaded, and no other row is compared with theirs.
        All rows of a copy are duplicates, whatever is wrong with them.
        """
        withdrawn = self.withdrawn | frozenset(withdraw)
        verdict = self.judged.copy()
        verdict.rule[np.isin(self.file_number, list(withdrawn))] = WITHDRAWN
        fresh = replace(self, verdict=verdict, withdrawn=withdrawn)
        verdict.repeat(pd.Series(np.isin(self.file_number, fresh.copies()), index=verdict.index))
        return fresh


@dataclass(frozen=True)
class Arrived:
    """Everything that came: files to be loaded, files that cannot be, and the order in which they were found."""

    intakes: list[Intake]
    refused: list[Refused]
    order: list[str]
    notes: tuple[str, ...]


def arrive(
    shop: Shop, ingest: Ingest, mappings: MappingOf[str, Mapping], files: MappingOf[str, Sequence[Path]]
) -> Arrived:
    """Return all files of all sources, read and judged by themselves.

    A file that cannot be read is refused where its source says so; else its ``SourceError`` is raised. A copy of a
    file that came before has a key of its own, so that both stand in the account. Raises ``MappingError`` for a
    mapping that fits none of its files. A simulated file may have a header only: a world without sales is no fault.
    """
    intakes: list[Intake] = []
    refused: list[Refused] = []
    order: list[str] = []
    notes = []
    copies: Counter[str] = Counter()
    for source in ingest.sources:
        mapping = mappings[source.mapping]
        read: list[tuple[File, RawFile]] = []
        unread: list[tuple[File, SourceError]] = []
        paths = _found(files, source.name)
        if not paths:
            notes.append(f"no file came for {source.name}")
        for path in paths:
            try:
                raw = read_source(
                    path, kind_for(source.kind, path), mapping.file, may_be_empty=source.kind == "simulated"
                )
                require_columns(path, raw.rows.columns, named_columns(mapping), mapping.name)
                file = _named(source, mapping, path, raw.sha256, copies)
                read.append((file, raw))
            except SourceError as error:
                if source.on_bad_file == "stop" or not path.is_file():
                    raise
                file = _named(source, mapping, path, digest.of_bytes(path.read_bytes()), copies)
                unread.append((file, error))
            order.append(file.import_id)
        for file, fault in unread:
            differs = ""
            if read:
                differs = faults.difference(file.path, mapping, kind_for(source.kind, read[0][0].path))
            refused.append(Refused(file, faults.one_line(fault, differs)))
        intakes += _batches(source, mapping, read, shop.currency, len(intakes))
    return Arrived(intakes, refused, order, tuple(notes))


def _found(files: MappingOf[str, Sequence[Path]], name: str) -> Sequence[Path]:
    if name not in files:
        raise SourceError(
            f'No file was given for source "{name}"', found=", ".join(sorted(files)) or "no files",
            next_step="give each source of ingest.sources its file",
        )  # fmt: skip
    return files[name]


def _named(source: Source, mapping: Mapping, path: Path, sha256: str, copies: Counter[str]) -> File:
    key = import_id(sha256, mapping, source.name)
    copies[key] += 1
    own = key if copies[key] == 1 else import_id(sha256, mapping, source.name, copies[key])
    return File(own, source.name, mapping.name, path, sha256, mapping_version(mapping), "" if own == key else key)


def import_id(sha256: str, mapping: Mapping, source_name: str, copy: int = 1) -> str:
    """Return the key of an import: the same file under the same mapping and source always has the same.

    ``copy`` tells the second file of the same content from the first.
    """
    return digest.of_value([sha256, _said(mapping), source_name, *([copy] if copy > 1 else [])])[:16]


def mapping_version(mapping: Mapping) -> str:
    """Return a digest of what a mapping says, whatever it is called."""
    return digest.of_value(_said(mapping))[:16]


def _said(mapping: Mapping) -> dict[str, object]:
    return mapping.model_dump(mode="json", exclude={"name", "description"})


def _batches(
    source: Source, mapping: Mapping, read: list[tuple[File, RawFile]], currency: str, number: int
) -> list[Intake]:
    """Return the files of a source end to end, one intake for each set of columns."""
    alike: dict[frozenset[str], list[tuple[File, RawFile]]] = {}
    for file, raw in read:
        alike.setdefault(frozenset(raw.rows.columns), []).append((file, raw))
    return [together(source, mapping, group, currency, number + at) for at, group in enumerate(alike.values())]


def together(
    source: Source, mapping: Mapping, group: list[tuple[File, RawFile]], currency: str, number: int,
    discounts_elsewhere: bool = False,
) -> Intake:  # fmt: skip
    """Return files of one source with the same columns end to end, judged row by row."""
    rows = pd.concat([raw.rows for _, raw in group]) if len(group) > 1 else group[0][1].rows
    source_row = rows.index.to_numpy()
    rows = rows.set_axis(pd.RangeIndex(len(rows), name="row"))
    typed = replace(read_fields(rows, mapping, currency), discounts_elsewhere=discounts_elsewhere)
    if mapping.rows == "item" and typed.money is None:
        raise MappingError(
            f"Mapping {mapping.name} gives its lines no amount", where=str(group[0][0].path),
            found=", ".join(rows.columns), wanted="line_total, or unit_price",
            next_step="map one of them under fields",
        )  # fmt: skip
    judged = judge(rows, typed, mapping, currency)
    return Intake(
        number=number,
        source_name=source.name,
        on_bad_file=source.on_bad_file,
        mapping=mapping,
        files=tuple(file for file, _ in group),
        rows=rows,
        file_number=np.repeat(np.arange(len(group)), [len(raw.rows) for _, raw in group]),
        source_row=source_row,
        misshapen=tuple(raw.misshapen for _, raw in group),
        typed=typed,
        judged=judged,
        verdict=judged.copy(),
    )
