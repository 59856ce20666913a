"""The page as one HTML file that asks for nothing else: open it from a mailbox, years later, without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from shoplib.errors import StoreError
from shoplib.report import markup, prose, spread, uris
from shoplib.report.blocks import Chapter, Figure, Table, Tokens
from shoplib.report.layout import Page, PageFacts, Placed, Run, Section, compose

__all__ = ["LIMIT_BYTES", "Page", "PageFacts", "compose", "draw", "render"]

LIMIT_BYTES = 5_000_000
RIGHT_TO_LEFT = {"ar", "he", "fa", "ur"}
MANY_COLUMNS, VERY_MANY_COLUMNS = 9, 13
"""From here on a printed table is set smaller, and on a page of its own turned sideways."""
SHORT_ROWS, PAPER_ROWS, WHOLE_ROWS = 15, 12, 40
"""A printed table of at most so many rows is never split; of a longer one the first rows alone are printed, unless the
page shows all there are and they are at most so many."""
LETTER_EM = 0.6
"""The mean width of a letter in an amount, of the size of type."""

# a line may break between a sign and a currency unless a word joiner (U+2060) holds them together
SIGN_BEFORE = re.compile(r"−(?=[^\s\d<])|(?<=[\s(>])\+(?=[£€$¥₹]|[A-Z]{2,3}\d)")

Pictures = Literal["both", "wide", "bitmap"]
"""Drawings for wide and narrow screens; only the wide ones; only the bitmap kept in the notebook."""


def render(facts: PageFacts, chapters: Sequence[Chapter]) -> str:
    """Return the whole report as one HTML text of at most 5 MB, the same bytes for the same input.

    Charts too heavy for that lose first their drawing for narrow screens, then become bitmaps. Raises ``StoreError``
    if the page is still too large, if a chart's file is missing, or if a notebook holds an unreadable output.
    """
    return fit(compose(facts, chapters), "page.html.j2")


def fit(page: Page, template: str) -> str:
    """Return the richest drawing of a page that stays within the limit; ``StoreError`` if none does."""
    size = 0
    for pictures in ("both", "wide", "bitmap"):
        html = draw(page, template, pictures=pictures)
        size = len(html.encode())
        if size <= LIMIT_BYTES:
            return html
    raise StoreError(
        "The page is too large to send",
        where=page.facts.title,
        found=f"{size:,} bytes",
        wanted=f"at most {LIMIT_BYTES:,} bytes",
        next_step="show fewer or simpler figures in the findings notebooks",
    )


def draw(page: Page, template: str, *, pictures: Pictures = "both", paper: bool = False, **more: object) -> str:
    """Return a page through one of the package's templates; ``paper`` is the form that is printed to PDF.

    ``more`` are further names the template knows.
    """
    setting = prose.Setting(math="svg" if paper else "mathml", links=page.links)

    def figure(section: Section, item: Placed, half: bool = False) -> dict[str, str | float]:
        found = _sources(section, item, pictures, half=half)
        return found | {"high": spread.height_mm(_file(section, item, half=half), half=half)} if paper else found

    def runs(section: Section) -> tuple[Run, ...]:
        return spread.spread(page.runs(section), section.folder) if paper else page.runs(section)

    def words(tokens: Tokens, found: tuple[tuple[str, str], ...] = ()) -> Markup:
        return Markup(prose.to_html(tokens, setting, dict(found)))

    meanings = {entry.label: entry.anchor for entry in page.definitions}
    html = (
        environment()
        .get_template(template)
        .render(
            page=page,
            facts=page.facts,
            paper=paper,
            css=stylesheet("page.css"),
            direction="rtl" if page.facts.language.split("-")[0] in RIGHT_TO_LEFT else "ltr",
            meanings=meanings,
            figure=figure,
            runs=runs,
            words=words,
            rows_of=lambda section, item: markup.read_rows(section.folder, item.block.data, item.block.heads),
            shape_of=_shape,
            rows_shown=paper_rows if paper else attrgetter("rows"),
            widths=paper_widths if paper else lambda _block: (),
            rows_note=lambda block, shown: rows_note(block, shown, page.facts.workbook, paper=paper),
            **more,
        )
    )
    return SIGN_BEFORE.sub("\\g<0>\u2060", html)


def _sources(section: Section, item: Placed, pictures: Pictures, *, half: bool = False) -> dict[str, str | float]:
    """Return the picture addresses of a figure: ``wide``, ``narrow`` or ``""``, and ``drawn`` if it is lines only.

    A drawing of lines may be turned light on dark; one that holds a photograph may not. With ``half`` the drawing for
    narrow screens stands for the wide one.
    """
    block = _drawn(item)
    if pictures == "bitmap" and block.png:
        return {"wide": uris.picture_uri(block.png), "narrow": "", "drawn": ""}
    wide = uris.file_uri(_file(section, item, half=half))
    narrow = uris.file_uri(uris.inside(section.folder, block.narrow)) if block.narrow and pictures == "both" else ""
    drawn = wide.startswith("data:image/svg") and "%3Cimage" not in wide
    return {"wide": wide, "narrow": narrow, "drawn": "yes" if drawn else ""}


def _file(section: Section, item: Placed, *, half: bool) -> Path:
    """Return the file of a figure's drawing."""
    block = _drawn(item)
    return uris.inside(section.folder, block.narrow if half else block.wide)


def _drawn(item: Placed) -> Figure:
    if not isinstance(item.block, Figure):
        raise TypeError(f"{item.kind} is not a figure")
    return item.block


def paper_rows(block: Table) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table that are printed."""
    most = WHOLE_ROWS if len(block.rows) == block.rows_total else SHORT_ROWS
    return block.rows if len(block.rows) <= most else block.rows[:PAPER_ROWS]


def paper_widths(block: Table) -> tuple[int, ...]:
    """Return how wide each column is printed, in hundredths of the table, where several hold long texts; else none.

    Without that a column beside a longer one would be as narrow as its longest word.
    """
    wanted = spread.weights([column.label for column in block.columns], paper_rows(block))
    if wanted.count(spread.WIDEST) < 2:
        return ()
    return tuple(100 * weight // sum(wanted) for weight in wanted)


def rows_note(block: Table, shown: int, workbook: str, *, paper: bool = False) -> str:
    """Return how many of a table's rows are shown and where the others are, ``""`` if all are here."""
    if shown >= block.rows_total:
        return ""
    counted = f"Showing {shown:,} of {block.rows_total:,} rows"
    if block.kept and workbook:
        return f"{counted}; all of them are in {workbook}."
    return f"{counted}; more are in report.html." if paper and shown < len(block.rows) else f"{counted}."


def fitted(text: str, size: float, room: float) -> float:
    """Return the size of type, in points, at which a text stays on one line of ``room`` points; at most ``size``.

    >>> fitted("£1,234.56", 14, 96), fitted("IDR1,234,567,890", 14, 96)
    (14, 10.0)
    """
    return min(size, round(room / (LETTER_EM * max(len(text), 1)), 1))


def _shape(columns: int, rows: int) -> str:
    """Return the classes of a table that say how it is set on paper."""
    width = "widest" if columns >= VERY_MANY_COLUMNS else "wide" if columns >= MANY_COLUMNS else ""
    return f"{width} {'short' if rows <= SHORT_ROWS else ''}".strip()


@cache
def environment() -> Environment:
    """Return the template environment: every value escaped, an unknown name an error."""
    made = Environment(
        loader=PackageLoader("shoplib.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        fitted=fitted,
        arrow=markup.arrow,
        sparkline=markup.sparkline,
        coloured=markup.coloured,
        data_rows=markup.DATA_ROWS,
    )
    made.filters["raw_html"] = Markup
    return made


@cache
def stylesheet(name: str) -> Markup:
    """Return one of the package's style sheets."""
    return Markup(files("shoplib.report").joinpath("templates", name).read_text(encoding="utf-8"))
