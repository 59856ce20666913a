"""The page that says what lies in a run's folder: what to open first, and what every other file is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoplib.base import words
from shoplib.report.layout import Page, PageFacts
from shoplib.report.page import draw

STEPS = ("bytes", "KB", "MB", "GB")


@dataclass(frozen=True)
class Item:
    """A file of the folder: its path as seen from the index page, what it is, and its size."""

    path: str
    title: str
    about: str
    bytes: int

    @property
    def size(self) -> str:
        """The size as a person reads it."""
        return show_size(self.bytes)


@dataclass(frozen=True)
class Group:
    """Files of one kind under one heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class StageRow:
    """One stage of the run: what became of it, the key it was made under, and how many rows it gave."""

    name: str
    status: str
    key: str
    rows: int | None


def show_size(size: int) -> str:
    """Return a number of bytes in thousands, with the unit.

    >>> show_size(512), show_size(253460), show_size(5_200_000)
    ('512 bytes', '253 KB', '5.2 MB')
    """
    amount, step = float(size), 0
    while amount >= 999.5 and step < len(STEPS) - 1:
        amount, step = amount / 1000, step + 1
    return f"{words.count(amount, decimals=1 if step > 1 else 0)} {STEPS[step]}"


def render(facts: PageFacts, groups: Sequence[Group], stages: Sequence[StageRow]) -> str:
    """Return the index page: ``groups`` in the order given, empty ones left out, then the stages.

    Links are relative, so the folder can be moved; the page asks for nothing else and names no time.
    """
    page = Page(facts=facts, findings=(), method=(), cards=(), lead=(), definitions=())
    shown = tuple(group for group in groups if group.items)
    return draw(page, "index.html.j2", groups=shown, stages=tuple(stages))
