"""A small chain of executed notebooks with real charts, as the pages of a run receive it."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat.v4 as v4
import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Drawing
from nbformat import NotebookNode

from shoplib.report.blocks import MIME, Chapter
from shoplib.report.layout import Page, PageFacts, compose

SCRIPT = "<script>alert(1)</script>"


def shown(payload: dict[str, Any], png: bytes = b"") -> NotebookNode:
    """Return the output a notebook of this project leaves for one block."""
    data: dict[str, Any] = {MIME: payload, "text/plain": "…"}
    if png:
        data["image/png"] = base64.b64encode(png).decode()
    return v4.new_output("display_data", data=data)


def number(name: str, label: str, text: str, **more: Any) -> NotebookNode:
    """Return a number's output."""
    base = {"unit": "GBP", "definition": "What customers paid, tax included.", "change": "up 6.2% on last week"}
    rest = {"kind": "number", "name": name, "label": label, "text": text, "value": 1.5, "tone": "good"}
    return shown({**rest, **base, "spark": [1.0, 3.0, 2.0], "card": True, **more})


def table(name: str, columns: dict[str, str], rows: list[list[str]], total: int = 0) -> NotebookNode:
    """Return a table's output."""
    heads = [{"label": label, "kind": kind} for label, kind in columns.items()]
    return shown({"kind": "table", "id": name, "title": f"Table of {name}", "caption": "In order of takings.",
                  "columns": heads, "rows": rows, "rows_total": total or len(rows)})  # fmt: skip


def chart(folder: Path, name: str, points: int = 5) -> NotebookNode:
    """Draw a chart into ``folder`` and return its output."""
    place = folder / "figures"
    place.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(7).normal(200, 20, points)
    bitmap = io.BytesIO()
    with rc_context({"svg.hashsalt": name}):
        for suffix, size in (("", (6, 3)), ("-narrow", (3, 3))):
            drawing = Drawing(figsize=size)
            drawing.subplots().plot(values)
            FigureCanvasSVG(drawing).print_svg(place / f"{name}{suffix}.svg", metadata={"Date": None})
        FigureCanvasAgg(drawing).print_png(bitmap)
    with (place / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        rows = [[at, f"{value:.2f}", "=1+1"] for at, value in enumerate(values)]
        csv.writer(file).writerows([["day", "takings", "note"], *rows])
    payload = {"kind": "figure", "id": name, "title": f"Finding about {name}", "caption": "One point a day.",
               "alt": f"Line of {name}, rising", "wide": f"figures/{name}.svg", "narrow": f"figures/{name}-narrow.svg",
               "data": f"figures/{name}.csv"}  # fmt: skip
    return shown(payload, bitmap.getvalue())


def code(source: str, *outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    """Return an executed cell."""
    cell = v4.new_code_cell(source, outputs=list(outputs))
    cell.metadata["tags"] = list(tags)
    return cell


def notebook(*cells: NotebookNode | str) -> NotebookNode:
    """Return a notebook; plain texts become Markdown cells. Cell ids are fixed, as in stored notebooks."""
    made = v4.new_notebook(cells=[v4.new_markdown_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    for at, cell in enumerate(made.cells):
        cell["id"] = f"cell-{at}"
    return made


@pytest.fixture
def build() -> SimpleNamespace:
    """Hand the makers of cells and outputs to a test."""
    return SimpleNamespace(shown=shown, number=number, table=table, chart=chart, code=code)


@pytest.fixture
def chapter(tmp_path: Path) -> Callable[..., Chapter]:
    """Make a chapter of cells."""

    def make(*cells: NotebookNode | str, stage: str = "04_eda", part: str = "findings") -> Chapter:
        return Chapter(stage, part, notebook(*cells), tmp_path / stage)  # type: ignore[arg-type]

    return make


@pytest.fixture
def facts() -> PageFacts:
    """Facts of a run whose shop has a hostile name."""
    return PageFacts(
        title="How the shops are doing", shop=f"Chai {SCRIPT} चाय", period="2 to 29 December 2024",
        lead=("Takings were ₹38,45,120.",), data_line="Data up to 31 Dec 2024.", simulated=True,
        run_code="epos-7f3a9c12",
        provenance=(("Inputs", "12 files"),), definitions=(("Takings", "£1", "GBP", "Sum of payments."),),
        missing=("Customers: the stage 05_customers failed.",),
    )  # fmt: skip


@pytest.fixture
def chapters(chapter: Callable[..., Chapter], tmp_path: Path) -> list[Chapter]:
    """Return a method chapter and two findings chapters, in the order of running."""
    etl = chapter(
        "# How were files taken in?", code("q", table("files", {"File": "text", "Rows": "number"}, [["a.csv", "12"]])),
        "## Rows set aside", stage="03_etl", part="method",
    )  # fmt: skip
    eda = tmp_path / "04_eda"
    words = "# What sold?\n\nPrices of $5 to $10, see [](#figure-weekly); error $|y-\\hat y|$. " + SCRIPT
    sales = chapter(
        words, code("scenario = 'epos'", tags=("parameters",)),
        code("run.number(total)", number("takings", "Takings", "£1,284,310"),
             number("mumbai", "मुंबई की बिक्री", "₹38,45,120", change="down 2.0%", tone="bad")),
        "### By week\n\nبيع\n\n| Item | Price |\n|:--|--:|\n| Chai | ₹40 |\n\n##### Deep\n\n## Items",
        code("f", chart(eda, "weekly", 80), shown({"kind": "headline", "text": "Up 6.2%.", "tone": "good"})),
        code("t", table("top", {"Shop": "text", "Takings": "number"}, [["Köln", "€9.20"], [SCRIPT, "=1+1"]], 23)),
        code("n", shown({"kind": "note", "text": "Two days are missing.", "tone": "warning"})),
    )  # fmt: skip
    fails = v4.new_output(
        "error", ename="ValueError", evalue="no rows", traceback=["\x1b[31mValueError\x1b[0m: no rows"]
    )
    printed = v4.new_output("stream", name="stdout", text="\x1b[1mloaded\x1b[0m 5 rows\n")
    frame = '<table border="1"><tr><th></th><th>n</th></tr><tr><th>0</th><td>1,204</td></tr></table><script>x</script>'
    html = v4.new_output("execute_result", data={"text/html": frame + '<img src="https://x.example/a.png">'})
    forecast = chapter("# What comes next?", code("g", chart(tmp_path / "06", "weekly"), printed, html),
                       code("1/0", fails), stage="06")  # fmt: skip
    return [etl, sales, forecast]


@pytest.fixture
def page(facts: PageFacts, chapters: list[Chapter]) -> Page:
    """Return the composed page of the chain."""
    return compose(facts, chapters)
