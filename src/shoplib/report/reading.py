"""Executed notebooks taken apart into blocks, in the order a reader meets them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields, replace
from functools import partial
from itertools import zip_longest
from typing import Any

from nbformat import NotebookNode

from shoplib.errors import StoreError
from shoplib.report import clean, prose, uris
from shoplib.report.blocks import (
    MIME,
    Block,
    Chapter,
    Code,
    Column,
    Failure,
    Figure,
    Heading,
    Headline,
    Markup,
    Note,
    Number,
    Picture,
    Printed,
    Prose,
    Table,
)  # fmt: skip

QUIET_TAGS = {"parameters", "injected-parameters", "setup", "remove-cell"}
# A markdown cell with this tag stands and falls with what the code cell after it shows.
WITH_NEXT = "with-next"
# papermill's own banner; the page draws its own from the error itself.
FOREIGN_TAGS = {"papermill-error-cell-tag"}
NO_ALT = "Picture from the notebook, without a description"


def read(chapter: Chapter) -> tuple[str, tuple[Block, ...]]:
    """Return a chapter's title (its first heading, else the stage's name) and its blocks.

    The code of a cell follows what it shows. In a findings chapter a cell tagged ``parameters``,
    ``injected-parameters``, ``setup`` or ``remove-cell`` shows only its code and an error. Words tagged ``with-next``
    are left out if the cell after them shows nothing. A notebook without cells gives its stage's name and no blocks.
    """
    blocks: list[Block] = []
    cells = chapter.notebook.cells
    for cell, following in zip_longest(cells, cells[1:]):
        tags = set(cell.get("metadata", {}).get("tags", ()))
        if tags & FOREIGN_TAGS or (WITH_NEXT in tags and not (following or {}).get("outputs")):
            continue
        quiet = chapter.part != "method" and bool(tags & QUIET_TAGS)
        if cell.cell_type == "markdown" and not quiet:
            blocks += _markdown(cell, chapter)
        elif cell.cell_type == "code":
            shown = [block for output in cell.get("outputs", ()) for block in _output(output, cell, chapter)]
            blocks += [block for block in shown if not quiet or isinstance(block, Failure)]
            blocks += [Code(cell.source.rstrip())] if cell.source.strip() else []
    title = next((block for block in blocks if isinstance(block, Heading)), None)
    if title is None:
        return stage_name(chapter.stage), tuple(_joined(blocks))
    blocks.remove(title)
    return title.text, tuple(_joined(blocks))


def stage_name(stage: str) -> str:
    return stage.lstrip("0123456789_").replace("_", " ").capitalize() or stage


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """Put code cells with nothing to see between them behind one switch, and lines printed in one go into one."""
    kept: list[Block] = []
    for block in blocks:
        last = kept[-1] if kept else None
        if isinstance(block, Code) and isinstance(last, Code):
            kept[-1] = Code(f"{last.source}\n\n{block.source}")
        elif isinstance(block, Printed) and isinstance(last, Printed):
            kept[-1] = Printed(f"{last.text}\n{block.text}")
        else:
            kept.append(block)
    return kept


def _markdown(cell: NotebookNode, chapter: Chapter) -> list[Block]:
    """Split a Markdown cell at its headings."""
    blocks: list[Block] = []
    run: list[dict[str, Any]] = []
    pictures = _attachments(cell)

    def close() -> None:
        if run:
            found = {**pictures, **_linked_pictures(run, chapter)}
            blocks.append(Prose(tuple(run), tuple(sorted(found.items()))))
            run.clear()

    for token in prose.parse(cell.source):
        if token["type"] == "heading":
            close()
            inner = tuple(token["children"])
            blocks.append(Heading(token["attrs"]["level"], inner, prose.plain(inner)))
        else:
            run.append(token)
    close()
    return blocks


def _attachments(cell: NotebookNode) -> dict[str, str]:
    found = {}
    for name, bundle in cell.get("attachments", {}).items():
        for data in bundle.values():
            found[name] = uris.picture_uri(data)
    return found


def _linked_pictures(tokens: Iterable[dict[str, Any]], chapter: Chapter) -> dict[str, str]:
    """Read pictures that prose names by a path inside the chapter's folder."""
    found = {}
    for token in tokens:
        if token["type"] == "image":
            name = token["attrs"]["url"]
            path = chapter.folder / name
            if ":" not in name and path.resolve().is_relative_to(chapter.folder.resolve()) and path.is_file():
                found[name] = uris.file_uri(path)
        found |= _linked_pictures(token.get("children", ()), chapter)
    return found


def _output(output: NotebookNode, cell: NotebookNode, chapter: Chapter) -> list[Block]:
    """Turn one output into blocks, the richest form the page can show."""
    if output.output_type == "stream":
        printed = clean.text(output.text)
        return [Printed(printed)] if printed.strip() else []
    if output.output_type == "error":
        trace = clean.text("\n".join(output.get("traceback", ())))
        return [Failure(output.get("ename", "Error"), clean.text(output.get("evalue", "")), trace)]
    data = output.get("data", {})
    if MIME in data:
        return [_block(data[MIME], data, chapter)]
    for mime, make in _plain_forms(output, cell).items():
        if mime in data and (block := make(data[mime])) is not None:
            return [block]
    return []


def _plain_forms(output: NotebookNode, cell: NotebookNode) -> dict[str, Callable[[Any], Block | None]]:
    """Return how to show each ordinary output type, the best first."""
    alt = str(
        output.get("metadata", {}).get("image/png", {}).get("alt") or cell.get("metadata", {}).get("alt") or NO_ALT
    )

    def picture(make: Callable[[str], str], data: str) -> Picture | None:
        uri = make(data)
        return Picture(uri, alt) if uri else None

    def markup(data: str) -> Markup | None:
        safe = clean.html(data)
        return Markup(safe) if safe else None

    def words(data: str) -> Printed | None:
        kept = clean.text(data)
        return Printed(kept) if kept.strip() else None

    return {
        "text/html": markup,
        "text/markdown": lambda data: Prose(prose.parse(data)),
        "image/svg+xml": partial(picture, uris.svg_uri),
        "image/png": partial(picture, uris.picture_uri),
        "image/jpeg": partial(picture, uris.picture_uri),
        "text/latex": lambda data: Prose(({"type": "block_math", "raw": data.strip("$ \n")},)),
        "text/plain": words,
    }


def _block(payload: Mapping[str, Any], data: Mapping[str, Any], chapter: Chapter) -> Block:
    """Build the block a notebook of this project stored, its shape checked."""
    kinds: dict[str, type[Headline | Number | Table | Figure | Note]] = {
        "headline": Headline, "number": Number, "table": Table, "figure": Figure, "note": Note,
    }  # fmt: skip
    kind = kinds.get(str(payload.get("kind")))
    if kind is None:
        raise _unreadable(chapter, f"kind {payload.get('kind')!r}", "one of " + ", ".join(kinds))
    wanted = {entry.name for entry in fields(kind) if entry.default is MISSING}
    if missing := wanted - payload.keys():
        raise _unreadable(chapter, f"{payload['kind']} without {', '.join(sorted(missing))}", ", ".join(sorted(wanted)))
    given = {entry.name: payload[entry.name] for entry in fields(kind) if entry.name in payload}
    if kind is Number:
        given["spark"] = tuple(given["spark"] or ())
    if kind is Figure:
        given["heads"] = tuple(given.get("heads", ()))
    if kind is Table:
        given["columns"] = tuple(Column(**column) for column in given["columns"])
        given["rows"] = tuple(tuple(str(cell) for cell in row) for row in given["rows"])
    block = kind(**given)
    return replace(block, png="".join(str(data.get("image/png", "")).split())) if isinstance(block, Figure) else block


def _unreadable(chapter: Chapter, found: str, wanted: str) -> StoreError:
    return StoreError(
        "A notebook holds an output this page cannot show",
        where=chapter.stage,
        found=found,
        wanted=wanted,
        next_step=f"run the stage again with this version: shoplib run --from {chapter.stage}",
    )
