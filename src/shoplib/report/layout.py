"""The page before it is drawn: chapters in reading order, every block with its number and its anchor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

from shoplib.report.blocks import Block, Chapter, Figure, Heading, Headline, Number, Table
from shoplib.report.once import once
from shoplib.report.reading import read

LEAD_LINES = 8  # sentences at the head of the page
LEAD_LINES_OF_THE_FIRST = 6  # of them from the chapter that leads, the others one a chapter
DEEPEST = 6
TOGETHER = ("number", "headline")


@dataclass(frozen=True)
class PageFacts:
    """What the page says about the run itself; no clock, so equal runs give equal pages.

    ``definitions`` are (label, text, unit, definition); ``missing`` says what is not on the page and why. ``last_day``
    is the last day of the data (ISO 8601), ``workbook`` the file that holds the whole tables, ``""`` without one.
    """

    title: str
    shop: str
    period: str
    lead: tuple[str, ...] = ()
    data_line: str = ""
    simulated: bool = False
    language: str = "en-GB"
    run_code: str = ""
    provenance: tuple[tuple[str, str], ...] = ()
    definitions: tuple[tuple[str, str, str, str], ...] = ()
    missing: tuple[str, ...] = ()
    last_day: str = ""
    workbook: str = ""


@dataclass(frozen=True)
class Placed:
    """A block with its anchor; figures and tables carry their number, headings their level on the page."""

    block: Block
    anchor: str = ""
    number: int = 0
    level: int = 0

    @property
    def kind(self) -> str:
        """Name of the block's class in small letters."""
        return type(self.block).__name__.lower()


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents with the lines below it."""

    anchor: str
    text: str
    below: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Section:
    """A chapter laid out; its title is a heading of ``level``."""

    anchor: str
    title: str
    stage: str
    part: Literal["lead", "findings", "method"]
    folder: Path
    level: int
    items: tuple[Placed, ...]

    @property
    def outline(self) -> Entry:
        """The chapter's lines of the table of contents: itself and the headings one level below."""
        inner = (item for item in self.items if isinstance(item.block, Heading) and item.level == self.level + 1)
        below = tuple(Entry(item.anchor, item.block.text) for item in inner if isinstance(item.block, Heading))
        return Entry(self.anchor, self.title, below)


Run: TypeAlias = tuple[str, tuple[Placed, ...]]
"""Blocks that are set as one, with the name of their kind."""


@dataclass(frozen=True)
class Definition:
    """What one number means; ``anchor`` is where the page says so."""

    anchor: str
    label: str
    text: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class Page:
    """Everything the page shows, in order."""

    facts: PageFacts
    findings: tuple[Section, ...]
    method: tuple[Section, ...]
    cards: tuple[Placed, ...]
    lead: tuple[str, ...]
    definitions: tuple[Definition, ...]
    links: dict[str, str] = field(default_factory=dict)
    raised: frozenset[str] = frozenset()
    """Anchors of the cards of the chapter right below them, which does not show them again."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """All chapters, findings first."""
        return self.findings + self.method

    def runs(self, section: Section) -> tuple[Run, ...]:
        """Return what a chapter shows in order; neighbours that are all numbers or all sentences are taken together."""
        shown = enumerate(item for item in section.items if item.anchor not in self.raised)
        keyed = groupby(shown, key=lambda at: at[1].kind if at[1].kind in TOGETHER else at[0])
        return tuple((group[0].kind, group) for group in (tuple(item for _, item in group) for _, group in keyed))


class Anchors:
    """Hands out ids that are plain, readable and never the same twice."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)

    def take(self, *words: str) -> str:
        """Return an id made of the words' ASCII letters and digits, numbered if another has it already."""
        base = "-".join(filter(None, map(slug, words))) or "part"
        found, at = base, 1
        while found in self._taken:
            at += 1
            found = f"{base}-{at}"
        self._taken.add(found)
        return found


def slug(text: str) -> str:
    """Return the ASCII letters and digits of a text in small letters, joined by hyphens.

    >>> slug("Café & Bar: £5"), slug("बिक्री")
    ('cafe-bar-5', '')
    """
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only.lower()).strip("-")


# Anchors the template itself uses.
OWN_ANCHORS = ("top", "main", "lead", "contents", "method", "definitions", "provenance", "all-code", "missing")


def compose(facts: PageFacts, chapters: Sequence[Chapter]) -> Page:
    """Return the page of a run: what leads, findings, method, each in the order given, figures and tables numbered.

    Without lead lines in ``facts`` the first headlines of the findings lead, some of each chapter; the chapter that
    leads does not say them again. Raises ``StoreError`` if a notebook holds an output that cannot be read.
    """
    anchors = Anchors(OWN_ANCHORS)
    counts: dict[type, int] = {Figure: 0, Table: 0}
    told: set[str] = set()
    order = [chapter for part in ("lead", "findings") for chapter in chapters if chapter.part == part]
    opened = [(chapter, *_once(chapter, told)) for chapter in order]
    lead = facts.lead or _lead([blocks for _, _, blocks in opened])
    above = {"lead": set(lead), "findings": set[str]()}  # sentences that stand right above a chapter
    findings = tuple(
        _lay(chapter, title, once(blocks, above[chapter.part]), anchors, counts, 2) for chapter, title, blocks in opened
    )
    method = tuple(
        _lay(chapter, *read(chapter), anchors, counts, 3) for chapter in chapters if chapter.part == "method"
    )
    shown = [item for section in findings for item in section.items]
    cards = tuple(item for item in shown if isinstance(item.block, Number) and item.block.card)
    links = {item.anchor: _called(item) for part in findings + method for item in part.items if item.anchor}
    links |= {part.anchor: part.title for part in findings + method}
    below = {item.anchor for section in findings if section.part == "lead" for item in section.items}
    return Page(
        facts=facts,
        findings=findings,
        method=method,
        cards=cards,
        lead=lead,
        definitions=_definitions(facts, findings + method, anchors),
        links=links,
        raised=frozenset(item.anchor for item in cards if item.anchor in below),
    )


def _lead(chapters: Sequence[Sequence[Block]]) -> tuple[str, ...]:
    """Return the first headlines: some of the first chapter, then the first of each other, then what is left."""
    told = [[block.text for block in blocks if isinstance(block, Headline)] for blocks in chapters]
    first, *others = told or [[]]
    chosen = [*first[:LEAD_LINES_OF_THE_FIRST], *(lines[0] for lines in others if lines)]
    rest = [line for lines in told for line in lines if line not in chosen]
    return tuple([*chosen, *rest][: max(LEAD_LINES, len(chosen))] if others else first[:LEAD_LINES])


def _once(chapter: Chapter, told: set[str]) -> tuple[str, tuple[Block, ...]]:
    """Return a chapter's title and its blocks without sentences that were told before."""
    title, blocks = read(chapter)
    return title, once(blocks, told)


def _lay(
    chapter: Chapter, title: str, blocks: Sequence[Block], anchors: Anchors, counts: dict[type, int], level: int
) -> Section:
    anchor = anchors.take("chapter", chapter.stage)
    items = []
    open_levels: list[int] = []
    for block in blocks:
        if isinstance(block, Heading):
            # Deeper by one at most, whatever levels the notebook uses.
            while open_levels and open_levels[-1] >= block.level:
                open_levels.pop()
            open_levels.append(block.level)
            depth = min(level + len(open_levels), DEEPEST)
            items.append(Placed(block, anchors.take(anchor, block.text), level=depth))
        elif isinstance(block, Figure | Table):
            counts[type(block)] += 1
            placed = anchors.take(type(block).__name__, block.id)
            items.append(Placed(block, placed, number=counts[type(block)]))
        elif isinstance(block, Number):
            items.append(Placed(block, anchors.take("number", block.name)))
        else:
            items.append(Placed(block))
    return Section(anchor, title, chapter.stage, chapter.part, chapter.folder, level, tuple(items))


def _called(item: Placed) -> str:
    """Return what a reader calls a block: "Figure 3", a number's label, a heading's words."""
    if isinstance(item.block, Figure | Table):
        return f"{type(item.block).__name__} {item.number}"
    return item.block.label if isinstance(item.block, Number) else getattr(item.block, "text", "")


def _definitions(facts: PageFacts, sections: Iterable[Section], anchors: Anchors) -> tuple[Definition, ...]:
    """Return the given definitions, then those of numbers shown and not among them, each label once."""
    known = {label: (text, unit, meaning) for label, text, unit, meaning in facts.definitions}
    for section in sections:
        for item in section.items:
            if isinstance(item.block, Number) and item.block.definition:
                known.setdefault(item.block.label, (item.block.text, item.block.unit, item.block.definition))
    return tuple(Definition(anchors.take("meaning", label), label, *rest) for label, rest in known.items())


def alone(page: Page) -> Page:
    """Return a page of one chapter whose title is the page's own: each heading one step up for each level saved."""
    section = page.sections[0]
    up = section.level - 1
    items = tuple(replace(item, level=item.level - up) if item.level else item for item in section.items)
    moved = replace(section, level=1, items=items)
    return replace(page, findings=(moved,), method=(), cards=(), lead=(), raised=frozenset())
