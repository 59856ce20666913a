"""The page as a PDF for mail and paper: numbered pages, bookmarks, tags and alt texts (PDF/UA-1)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from shoplib.report import fonts, pdf_typst
from shoplib.report.layout import Page
from shoplib.report.page import draw, stylesheet
from shoplib.store import files

WEASYPRINT, TYPST = "weasyprint", "typst"
STAMP = "SOURCE_DATE_EPOCH"


def write(page: Page, path: Path) -> str:
    """Write a page as a PDF and return the engine used: ``weasyprint``, or ``typst`` where Pango is not installed.

    The same page gives the same bytes from the same engine. The file appears whole or not at all. Code and the data
    behind charts are not printed. Raises ``StoreError`` if the place cannot be written or a chart's file is missing.
    """
    engine = _weasyprint()
    data = pdf_typst.compile_page(page) if engine is None else _print(engine, page)
    files.write_bytes(path, data)
    return TYPST if engine is None else WEASYPRINT


def engine_here() -> str:
    """Return the engine of this machine: ``weasyprint``, or ``typst`` where Pango is not installed."""
    return TYPST if _weasyprint() is None else WEASYPRINT


def _weasyprint() -> ModuleType | None:
    """Return WeasyPrint, or nothing where its system libraries are missing."""
    try:
        return import_module("weasyprint")
    except OSError:
        return None


def _print(engine: ModuleType, page: Page) -> bytes:
    html = draw(page, "page.html.j2", pictures="wide", paper=True)
    # Nothing but the page's own pictures and the fonts may be fetched.
    fetcher = engine.urls.URLFetcher(allowed_protocols={"data", "file"})
    settings = engine.text.fonts.FontConfiguration()
    sheets = [
        engine.CSS(string=str(text), font_config=settings, url_fetcher=fetcher)
        for text in (fonts.faces(), stylesheet("paper.css"))
    ]
    document = engine.HTML(string=html, url_fetcher=fetcher)
    with _still_clock():
        return bytes(document.write_pdf(stylesheets=sheets, font_config=settings, pdf_variant="pdf/ua-1"))


@contextmanager
def _still_clock() -> Iterator[None]:
    """Keep the time of making out of the fonts: fontTools stamps each one it cuts unless this variable is set."""
    before = os.environ.get(STAMP)
    os.environ[STAMP] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[STAMP]
        else:
            os.environ[STAMP] = before
