"""One executed notebook as a page of its own, every cell of it, in the same dress as the report."""

from __future__ import annotations

from dataclasses import replace

from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts, alone, compose
from shoplib.report.page import fit


def render(facts: PageFacts, chapter: Chapter) -> str:
    """Return one notebook as one HTML text that asks for nothing else, at most 5 MB.

    Nothing is left out, set-up and parameters included, whatever the chapter's part. Raises ``StoreError`` as
    ``page.render`` does.
    """
    whole = replace(facts, lead=(), missing=(), definitions=())
    return fit(alone(compose(whole, [replace(chapter, part="method")])), "notebook.html.j2")
