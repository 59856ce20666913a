"""The pages around the report: one for each notebook, the list of what lies in a run, a failed notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat

from shoplib.contracts.describe import about
from shoplib.pipeline.job import Job
from shoplib.pipeline.results import NOTEBOOK
from shoplib.report import assemble, index, notebook_page
from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts
from shoplib.store import files

FIRST = {
    "report.html": ("Report", "the page, complete in one file"),
    "report.pdf": ("Report as PDF", "the same page for paper and mail"),
    "report.xlsx": ("Workbook", "the tables of the page in full, to sort, filter and add up"),
}
OWN_FOLDERS = {"tables", "notebooks", "figures", "listings"}
CHART_FILES = {".svg": "the chart", ".csv": "the data behind it"}
RECORDS = {
    "numbers.json": ("Numbers", "every number shown: value, unit, definition"),
    "manifest.json": ("Manifest", "what was made, by what, from what"),
    "page.json": ("Page facts", "what the page says of the run itself"),
}


def write(job: Job, folder: Path) -> None:
    """Write a page for each notebook of a finished run and ``index.html`` that leads to everything."""
    facts = assemble.read_facts(folder) or _plain_facts(job)
    for stage in job.graph.stages:
        source = job.results.folder(stage.name, job.results.current(stage.name))
        ran, written = (
            nbformat.read(path, as_version=4) for path in (source / NOTEBOOK, job.notebooks / f"{stage.name}.ipynb")
        )
        chapter = Chapter(stage.name, stage.part, assemble.with_prose(ran, written), source)
        files.write_text(folder / "notebooks" / f"{stage.name}.html", notebook_page.render(facts, chapter))
    files.write_text(folder / "index.html", index.render(facts, _groups(job, folder), _rows(job)))


def _plain_facts(job: Job) -> PageFacts:
    shop = job.scenario.shop
    return PageFacts(title=job.scenario.report.title, shop=shop.name, period="",
                     language=shop.language.replace("_", "-"), run_code=job.run_code)  # fmt: skip


def _groups(job: Job, folder: Path) -> list[index.Group]:
    def items(named: dict[str, tuple[str, str]]) -> tuple[index.Item, ...]:
        there = ((path, title, note, folder / path) for path, (title, note) in named.items())
        return tuple(index.Item(p, title, note, at.stat().st_size) for p, title, note, at in there if at.is_file())

    notebooks = {f"notebooks/{s.name}.html": (s.name, "the executed notebook as a page") for s in job.graph.stages}
    found = sorted((folder / "tables").glob("*.parquet"))
    tables = {f"tables/{path.name}": (path.stem, about(path.stem)) for path in found}
    others = sorted(
        p
        for p in folder.rglob("*")
        if p.is_file() and (top := p.relative_to(folder).parts)[0] not in OWN_FOLDERS and len(top) > 1
    )
    rest = {p.relative_to(folder).as_posix(): (p.name, _kept_in(p.relative_to(folder))) for p in others}
    charts = {
        p.relative_to(folder).as_posix(): (p.name, f"{p.parent.name}, {CHART_FILES[p.suffix]}")
        for p in sorted((folder / "figures").rglob("*"))
        if p.suffix in CHART_FILES and not p.stem.endswith("-narrow")
    }
    kept = {
        p.relative_to(folder).as_posix(): (p.stem, f"{p.parent.name}, values and columns for programs")
        for p in sorted((folder / "listings").rglob("*.json"))
    }
    titles = (
        ("Open first", FIRST),
        ("Notebooks", notebooks),
        ("Tables", tables),
        ("Charts", charts),
        ("Tables of the page", kept),
        ("Records", RECORDS),
        ("Files", rest),
    )
    return [index.Group(title, items(named)) for title, named in titles]


def _kept_in(path: Path) -> str:
    """Return in words where a file lies, seen from the run's folder."""
    return "raw, the planted truth" if "truth" in path.parts[:-1] else " / ".join(path.parts[:-1])


def _rows(job: Job) -> list[index.StageRow]:
    found = []
    for stage in job.graph.stages:
        receipt = job.results.receipt(stage.name)
        rows = [about["rows"] for about in receipt["outputs"].values() if about.get("rows") is not None]
        found.append(index.StageRow(stage.name, "completed", receipt["key"], sum(rows) if rows else None))
    return found


def write_failed(job: Job, stage: str, place: Path) -> Path:
    """Write the kept notebook of a failed stage as a page that opens at the banner, and return its path."""
    kept = Chapter(stage, "method", nbformat.read(place / NOTEBOOK, as_version=4), place)
    path = place / "notebook.html"
    files.write_text(path, notebook_page.render(_plain_facts(job), kept))
    return path
