"""What a page is made of: the pieces a notebook leaves behind, one frozen class for each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from nbformat import NotebookNode

MIME = "application/vnd.shoplib+json"
"""The output type under which the notebooks of this project store a block."""

Tone: TypeAlias = Literal["good", "bad", "plain"]
Tokens: TypeAlias = tuple[dict[str, Any], ...]
"""Markdown as mistune parses it: one mapping a piece, nested by ``children``."""


@dataclass(frozen=True)
class Chapter:
    """One executed notebook of the chain; ``folder`` is its result folder, which holds ``figures/``."""

    stage: str
    part: Literal["lead", "findings", "method"]
    notebook: NotebookNode
    folder: Path


@dataclass(frozen=True)
class Heading:
    """A heading; ``level`` is the one written in the notebook, 1 to 6."""

    level: int
    tokens: Tokens
    text: str


@dataclass(frozen=True)
class Prose:
    """Markdown between two headings; ``pictures`` are the cell's attachments, name to data URI."""

    tokens: Tokens
    pictures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Headline:
    """A finding in one sentence."""

    text: str
    tone: Tone


@dataclass(frozen=True)
class Number:
    """One figure of merit; ``text`` is how a person reads ``value``, ``spark`` its recent past, oldest first."""

    name: str
    label: str
    text: str
    value: float | str | None
    unit: str
    definition: str
    change: str
    tone: Tone
    spark: tuple[float | None, ...]
    card: bool


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers are set flush right."""

    label: str
    kind: Literal["text", "number"]


@dataclass(frozen=True)
class Table:
    """Rows already in words; ``rows_total`` counts those left out too, ``kept`` says that the workbook has them all.

    One that is ``folded`` opens on request; on paper it stands open.
    """

    id: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    rows_total: int
    kept: bool = False
    folded: bool = False


@dataclass(frozen=True)
class Figure:
    """A chart; the three paths are inside the chapter's folder, ``png`` is base64 and may be empty.

    ``heads`` are the headings of its data in words; without them the file's own stand.
    """

    id: str
    title: str
    caption: str
    alt: str
    wide: str
    narrow: str
    data: str
    png: str = ""
    heads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """A remark the reader should not miss."""

    text: str
    tone: Literal["plain", "warning"]


@dataclass(frozen=True)
class Printed:
    """Plain text a cell printed, without terminal colours."""

    text: str


@dataclass(frozen=True)
class Markup:
    """HTML a cell showed, already cleaned of scripts, styles and outside addresses."""

    html: str


@dataclass(frozen=True)
class Picture:
    """An image a cell showed as it is, as a data URI."""

    uri: str
    alt: str


@dataclass(frozen=True)
class Failure:
    """A cell that raised: exception name, its message, and the traceback without terminal colours."""

    name: str
    message: str
    trace: str


@dataclass(frozen=True)
class Code:
    """Source of one cell, or of neighbours with nothing to see between them."""

    source: str


Block: TypeAlias = (
    Heading | Prose | Headline | Number | Table | Figure | Note | Printed | Markup | Picture | Failure | Code
)
