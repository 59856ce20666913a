"""Sheets of paper for people, as HTML that needs nothing else: words from files, the frame of a sheet, its parts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from shoplib.base import words

LANGUAGES = ("en", "hi", "id")
LOCALES = {"en": "en_GB", "hi": "hi_IN", "id": "id_ID"}
EYE = (
    '<svg viewBox="0 0 64 64" aria-hidden="true"><rect x="4" y="4" width="56" height="56" rx="12" fill="#0b5c8c"/>'
    '<g fill="none" stroke="#fff" stroke-width="3.4" stroke-linejoin="round" stroke-linecap="round">'
    '<path d="M12 22h26a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4H12z"/><path d="m42 29 10-6v18l-10-6"/></g>'
    '<circle cx="26" cy="32" r="4.6" fill="#fff"/></svg>'
)


class Words:
    """The texts of one language."""

    def __init__(self, language: str) -> None:
        self.language, self._texts = language, _texts(language)

    def __call__(self, key: str, **values: object) -> str:
        """Return one text, its blanks filled; numbers are written as the language writes them."""
        return self._texts[key].format(**{name: self._shown(value) for name, value in values.items()})

    def days(self, number: int) -> str:
        """Return a count of days."""
        return self("day") if number == 1 else self("days", n=number)

    def _shown(self, value: object) -> str:
        if isinstance(value, int | float):
            return words.count(value, LOCALES[self.language], 0 if float(value).is_integer() else 1)
        return str(value)


@cache
def _texts(language: str) -> dict[str, str]:
    read: dict[str, str] = json.loads((files("shoplib.privacy") / "texts" / f"{language}.json").read_text("utf-8"))
    return read


def sheet(language: str, title: str, body: str, *, above: str = "") -> str:
    """Return a whole page; ``above`` stands over the title. The Hindi one brings its letters along."""
    style = (files("shoplib.privacy") / "texts" / "sheet.css").read_text("utf-8")
    if language == "hi":
        style += _letters()
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"<header>{EYE}<div><p>{escape(above)}</p><h1>{escape(title)}</h1></div></header>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


@cache
def _letters() -> str:
    """Return the rule that carries Noto Sans Devanagari, which many machines lack."""
    import fontpkg  # type: ignore[import-untyped]  # ships no types

    font = next(file for file in fontpkg.family("Noto Sans Devanagari").files if file.style == "normal")
    data = base64.b64encode(Path(font.path).read_bytes()).decode()
    return (
        '@font-face { font-family: "Noto Sans Devanagari"; font-weight: 100 900; font-display: block; '
        f'src: url("data:font/ttf;base64,{data}"); }}\n'
        'html[lang="hi"] body { font-family: "Noto Sans", "Noto Sans Devanagari", Arial, sans-serif; }\n'
    )


def part(head: str, body: str, *, of: str = "section", name: str = "") -> str:
    """Return a part of a sheet with its heading."""
    return f"<{of}{_named(name)}>\n<h2>{escape(head)}</h2>\n{body}\n</{of}>"


def para(text: str, name: str = "") -> str:
    """Return a paragraph."""
    return f"<p{_named(name)}>{escape(text)}</p>"


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Return names with what they stand for."""
    return "<dl>\n" + "\n".join(f"<div><dt>{escape(a)}</dt><dd>{escape(b)}</dd></div>" for a, b in rows) + "\n</dl>"


def bullets(items: Iterable[str], name: str = "", *, boxes: bool = False) -> str:
    """Return a list, with boxes to tick if asked."""
    box = '<span class="box"></span>' if boxes else ""
    rows = "\n".join(f"<li>{box}<span>{escape(item)}</span></li>" for item in items)
    return f"<ul{_named(name)}>\n{rows}\n</ul>"


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], marked: frozenset[int] = frozenset()) -> str:
    """Return a table; rows whose number is ``marked`` stand out."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    cells = ["".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in rows]
    lines = [f"<tr{_named('changed' if at in marked else '')}>{row}</tr>" for at, row in enumerate(cells)]
    return f"<table>\n<thead><tr>{top}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n</table>"


def lines(labels: Iterable[str]) -> str:
    """Return lines to write on."""
    return '<div class="lines">' + "".join(f"<div>{escape(label)}</div>" for label in labels) + "</div>"


def _named(name: str) -> str:
    return f' class="{name}"' if name else ""
