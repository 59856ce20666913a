"""From finished stages to the pages: chapters with today's prose, the page, its PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import nbformat

from shoplib.report import layout, page, pdf, workbook
from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts
from shoplib.store import files

HTML, PDF, FACTS, NOTEBOOK = "report.html", "report.pdf", "page.json", "notebook.ipynb"
Part = Literal["lead", "findings", "method"]


def chapters(results: Mapping[str, Path], parts: Mapping[str, Part], notebooks: Path) -> list[Chapter]:
    """Return the chapters of finished stages in the order given.

    ``results`` is stage → folder of its result, ``parts`` stage → where it stands on the page. Prose is taken
    from the notebooks as they are today: a changed sentence needs no new run.
    """
    return [
        Chapter(stage, parts[stage], with_prose(_read(folder / NOTEBOOK), _read(notebooks / f"{stage}.ipynb")), folder)
        for stage, folder in results.items()
    ]


def _read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def with_prose(executed: Any, written: Any) -> Any:
    """Return an executed notebook with the markdown cells of the notebook as it is written today."""
    ran = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    cells = []
    for cell in written.cells:
        cells.append(ran.get(cell.id, cell) if cell.cell_type == "code" else cell)
        if "parameters" in cell.metadata.get("tags", []) and "injected-parameters" in ran:
            cells.append(ran["injected-parameters"])
    merged = executed.copy()
    merged.cells = cells
    return merged


def definitions(results: Mapping[str, Path]) -> tuple[tuple[str, str, str, str], ...]:
    """Return label, text, unit and definition of every number the stages show."""
    found = [number for folder in results.values() for number in files.read_json(folder / "numbers.json").values()]
    return tuple((n["label"], n["text"], _noun(n["unit"]), n["definition"]) for n in found)


def _noun(unit: str) -> str:
    """Return a unit to stand behind a number, ``""`` where the text carries it already."""
    return "" if unit in ("share", "count") or unit.endswith("minor units") else unit


def write(facts: PageFacts, told: list[Chapter], folder: Path, *, with_pdf: bool = True) -> str:
    """Write the page as HTML and PDF, its tables as a workbook, and the facts of the page.

    Returns the PDF's engine, ``""`` without one. A workbook is written where ``facts`` names one and there are tables.
    """
    if facts.workbook and not workbook.write(facts, told, folder / facts.workbook):
        facts = replace(facts, workbook="")
    files.write_text(folder / HTML, page.render(facts, told))
    files.write_json(folder / FACTS, asdict(facts))
    return pdf.write(layout.compose(facts, told), folder / PDF) if with_pdf else ""


def read_facts(folder: Path) -> PageFacts | None:
    """Return the facts of a page that was written into ``folder``, ``None`` if there is none."""
    if not (folder / FACTS).is_file():
        return None
    stored = files.read_json(folder / FACTS)
    for name in ("lead", "missing"):
        stored[name] = tuple(stored[name])
    for name in ("provenance", "definitions"):
        stored[name] = tuple(tuple(row) for row in stored[name])
    return PageFacts(**stored)
