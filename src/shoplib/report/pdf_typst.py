"""The same PDF without any system library: the page's blocks written in typst's language and set by its wheel."""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote_to_bytes

import typst
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types
from markupsafe import Markup as Source

from shoplib.report import fonts, formulas, prose, uris
from shoplib.report.blocks import (
    Block,
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
from shoplib.report.layout import Definition, Page, Placed, Section
from shoplib.report.page import SHORT_ROWS, VERY_MANY_COLUMNS, environment, fitted, paper_rows, rows_note
from shoplib.report.spread import PAIR, height_mm, spread, weights

FORMULA_SIZE = 10.0  # points
LINE, SHARED = 118, 30
"""Up to which width a table is set in full size, and what a column counts that shares what is left."""

COLOURS = {"good": "17693c", "bad": "a92d25", "plain": "0b5c8c", "warning": "8a5a00"}


def compile_page(page: Page) -> bytes:
    """Return a page as a PDF, tagged, and PDF/UA-1 where its scripts allow: the same bytes each time.

    Letters that no installed font has are set as a question mark. Code and chart data are left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        writer = _Writer(page, Path(folder))
        source = Path(folder) / "page.typ"
        source.write_text(writer.document(), encoding="utf-8")
        try:
            return _compile(source, "ua-1")
        except typst.TypstError:
            # Joined scripts such as Arabic cannot meet the standard; the page is tagged all the same.
            return _compile(source, "1.7")


def _compile(source: Path, standard: Literal["ua-1", "1.7"]) -> bytes:
    folders: list[str] = sorted({str(path.parent) for _, _, path in fonts.files()})
    return typst.compile(
        str(source), root=str(source.parent), font_paths=folders, ignore_system_fonts=True, pdf_standards=standard
    )


@cache
def _letters() -> frozenset[int]:
    """Return the code points some font can draw."""
    known: set[int] = set()
    for _, _, path in fonts.files():
        with TTFont(path, lazy=True) as font:
            known |= font.getBestCmap().keys()
    return frozenset(known)


def literal(text: str) -> str:
    """Return text as a typst string, so that nothing in it is taken for a mark.

    >>> literal('say "#hi"')
    '"say \\\\"#hi\\\\""'
    """
    known = _letters()
    shown = "".join(sign if sign in "\n\t\u200d" or ord(sign) in known else "?" for sign in text)
    return json.dumps(shown, ensure_ascii=False)


class _Writer:
    """Writes one page; pictures go into files beside it."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page, self.folder, self.pictures = page, folder, 0
        headings = {item.anchor for section in page.sections for item in section.items if _labelled(item.block)}
        self.labels = headings | {section.anchor for section in page.sections}

    def document(self) -> str:
        """Return the whole source."""
        facts = self.page.facts
        opening = (
            environment()
            .get_template("page.typ.j2")
            .render(
                title=Source(literal(facts.title)),
                shop=Source(literal(facts.shop)),
                language=Source(literal(facts.language.split("-")[0])),
                run=Source(literal(f"Run {facts.run_code}" if facts.run_code else "")),
                fonts=Source(", ".join(f'"{family}"' for family in fonts.FAMILIES)),
            )
        )
        parts = [opening, *self._first_page()]
        parts += [self._section(section) for section in self.page.findings]
        if self.page.method:
            parts.append(self._heading(1, "How this was made"))
            parts += [self._section(section) for section in self.page.method]
        parts += self._closing()
        return "\n\n".join(part for part in parts if part) + "\n"

    def _first_page(self) -> list[str]:
        facts = self.page.facts
        parts = [f"#text(11.5pt)[#{literal(facts.period)}]"]
        parts += [f"#soft[#{literal(line)}]" for line in (facts.data_line,) if line]
        if facts.simulated:
            parts.append("#dashed[#strong[Simulated data:] no real shop, person or sale is shown.]")
        if facts.missing:
            lines = "".join(f"[#{literal(line)}]," for line in facts.missing)
            parts.append(f'#banner("8a5a00")[#strong[Missing from this page] #list({lines})]')
        parts += [f"#lead[#{literal(line)}]" for line in self.page.lead]
        if self.page.cards:
            parts.append(self._numbers(self.page.cards))
        return [*parts, "#contents"]

    def _closing(self) -> list[str]:
        facts, parts = self.page.facts, []
        if self.page.definitions:
            parts.append(self._heading(1, "What the numbers mean"))
            parts.append(f"#meanings({', '.join(map(_meaning, self.page.definitions))})")
        parts.append(self._heading(1, "Where this page comes from"))
        rows = ([("Run", facts.run_code)] if facts.run_code else []) + list(facts.provenance)
        parts += [f"#soft[#{literal(name)}: #{literal(value)}]" for name, value in rows]
        parts.append(
            "#soft[Code and the data behind each chart are not printed; they are in report.html beside this file.]"
        )
        return parts

    def _section(self, section: Section) -> str:
        parts = [self._heading(section.level - 1, section.title, section.anchor)]
        parts += [self._run(section, kind, items) for kind, items in spread(self.page.runs(section), section.folder)]
        return "\n\n".join(part for part in parts if part)

    def _run(self, section: Section, kind: str, items: tuple[Placed, ...]) -> str:
        if kind == "number":
            return self._numbers(items)
        made = [self._item(section, item, half=kind == PAIR) for item in items]
        if kind == "headline":
            return f"#headlines[{''.join(made)}]"
        return f"#pair({', '.join(f'[{chart}]' for chart in made)})" if kind == PAIR else made[0]

    def _heading(self, level: int, text: str, anchor: str = "") -> str:
        return f"#heading(level: {level})[#{literal(text)}]" + (f" <{anchor}>" if anchor else "")

    def _numbers(self, items: Iterable[Placed]) -> str:
        cells = []
        for item in items:
            number = item.block
            if isinstance(number, Number):
                colour = COLOURS["plain"] if number.tone == "plain" else COLOURS[number.tone]
                texts = ", ".join(literal(text) for text in (number.label, number.text, number.change))
                size = fitted(number.text, 13, 104)
                cells.append(f'card({texts}, "{colour}", {size}pt)')
        return f"#cards({', '.join(cells)},)"

    def _item(self, section: Section, item: Placed, *, half: bool = False) -> str:
        block = item.block
        if isinstance(block, Figure):
            return self._figure(item, block, uris.inside(section.folder, block.narrow if half else block.wide), half)
        if isinstance(block, Table):
            return self._table(item, block)
        if isinstance(block, Heading):
            return self._heading(item.level - 1, block.text, item.anchor)
        if isinstance(block, Prose):
            return self._tokens(block.tokens, dict(block.pictures))
        if isinstance(block, Headline):
            return f'#headline("{COLOURS[block.tone]}")[#{literal(block.text)}]'
        if isinstance(block, Note):
            return f'#banner("{COLOURS[block.tone]}")[#{literal(block.text)}]'
        if isinstance(block, Picture):
            return self._image(block.uri, block.alt)
        if isinstance(block, Failure):
            stopped = literal(f"This step stopped with {block.name}.")
            return f'#banner("a92d25")[#strong[#{stopped}] #linebreak() #{literal(block.message)}]'
        if isinstance(block, Printed):
            return f"#printed({literal(block.text)})"
        if isinstance(block, Markup):
            return self._markup(block.html)
        return ""

    def _figure(self, item: Placed, block: Figure, path: Path, half: bool) -> str:
        name = self._file(path.read_bytes(), path.suffix)
        caption = block.caption if block.caption != block.title else ""
        words = ", ".join(literal(text) for text in (f"Figure {item.number}", block.title, caption))
        high = height_mm(path, half=half)
        return f"#chart({words}, {literal(name)}, {literal(block.alt or block.title)}, {high}mm) <{item.anchor}>"

    def _table(self, item: Placed, block: Table) -> str:
        rows = paper_rows(block)
        note = rows_note(block, len(rows), self.page.facts.workbook, paper=True)
        words = ", ".join(literal(text) for text in (f"Table {item.number}", block.title, block.caption, note))
        heads = [column.label for column in block.columns]
        numeric = [column.kind == "number" for column in block.columns]
        whole = "true" if len(rows) <= SHORT_ROWS else "false"
        made = f"#listing({words}, {whole})[{self._grid(heads, rows, numeric)}] <{item.anchor}>"
        return f"#page(flipped: true)[{made}]" if len(heads) >= VERY_MANY_COLUMNS else made

    def _grid(self, heads: list[str], rows: Sequence[Sequence[str]], numeric: list[bool]) -> str:
        head = "".join(f"[#{literal(label)}]," for label in heads)
        body = "".join(f"[#{literal(cell)}]," for row in rows for cell in row)
        sides = "".join("right," if right else "left," for right in numeric)
        wide = weights(heads, rows)
        made = f"#table(columns: ({_columns(wide)}), align: ({sides}), table.header({head}), {body})"
        return f"#[#show table: set text(7pt)\n{made}]" if sum(min(at, SHARED) for at in wide) > LINE else made

    def _markup(self, html: str) -> str:
        """Set cleaned HTML: its tables as tables, else its words."""
        soup = BeautifulSoup(f"<body>{html}</body>", "lxml")
        made = []
        for table in soup.find_all("table"):
            rows = [[cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])] for row in table("tr")]
            width = max((len(row) for row in rows), default=0)
            if width:
                even = [row + [""] * (width - len(row)) for row in rows]
                made.append(self._grid(even[0], even[1:], [False] * width))
        return "\n\n".join(made) or f"#{literal(soup.get_text(' ', strip=True))}"

    def _image(self, uri: str, alt: str, width: str = "") -> str:
        head, _, data = uri.partition(",")
        plain = base64.b64decode(data) if head.endswith("base64") else unquote_to_bytes(data)
        kind = head.removeprefix("data:image/").split(";")[0].split("+")[0]
        name = self._file(plain, f".{kind}")
        return f"#image({literal(name)}, alt: {literal(alt)}{width})"

    def _file(self, data: bytes, suffix: str) -> str:
        self.pictures += 1
        name = f"picture-{self.pictures}{suffix}"
        (self.folder / name).write_bytes(data)
        return name

    def _formula(self, source: str, *, display: bool) -> str:
        svg = formulas.svg(source.strip(), FORMULA_SIZE, display=display)
        if not svg:
            return f"#raw({literal(source)})"
        name = self._file(svg.encode(), ".svg")
        call = f"image({literal(name)}, alt: {literal(source.strip())})"
        return f"#align(center, {call})" if display else f"#box(baseline: 25%, {call})"

    def _tokens(self, tokens: Iterable[Mapping[str, Any]], pictures: Mapping[str, str]) -> str:
        return "".join(self._token(token, pictures) for token in tokens)

    def _token(self, token: Mapping[str, Any], pictures: Mapping[str, str]) -> str:
        """Return one piece of Markdown; a kind without a form of its own is set as its words."""
        inner = self._tokens(token.get("children", ()), pictures)
        attributes = token.get("attrs", {})
        forms: dict[str, Callable[[], str]] = {
            "paragraph": lambda: f"{inner}\n\n",
            "strong": lambda: f"#strong[{inner}]",
            "emphasis": lambda: f"#emph[{inner}]",
            "strikethrough": lambda: f"#strike[{inner}]",
            "codespan": lambda: f"#raw({literal(token['raw'])})",
            "block_code": lambda: f"#printed({literal(token['raw'].rstrip())})\n\n",
            "block_quote": lambda: f"#quote(block: true)[{inner}]\n\n",
            "list": lambda: f"#{'enum' if attributes['ordered'] else 'list'}({inner})\n\n",
            "list_item": lambda: f"[{inner}],",
            "linebreak": lambda: "#linebreak()",
            "softbreak": lambda: " ",
            "thematic_break": lambda: "#line(length: 100%, stroke: .5pt)\n\n",
            "inline_math": lambda: self._formula(token["raw"], display=False),
            "block_math": lambda: self._formula(token["raw"], display=True) + "\n\n",
            "image": lambda: self._shown(attributes["url"], inner, pictures),
            "link": lambda: self._link(attributes["url"], inner),
            "table": lambda: self._markdown_table(token),
        }  # fmt: skip
        form = forms.get(token["type"])
        return form() if form else inner or (f"#{literal(str(token['raw']))}" if token.get("raw") else "")

    def _shown(self, name: str, words: str, pictures: Mapping[str, str]) -> str:
        uri = pictures.get(name.removeprefix("attachment:"), "")
        return self._image(uri, "Picture") if uri else f"#emph[{words}]"

    def _link(self, url: str, inner: str) -> str:
        if url.startswith("#"):
            words = inner or f"#{literal(self.page.links.get(url[1:], ''))}"
            return f"#link(<{url[1:]}>)[{words}]" if url[1:] in self.labels else words
        return f"#link({literal(url)})[{inner}]" if url.startswith(("http://", "https://", "mailto:")) else inner

    def _markdown_table(self, token: Mapping[str, Any]) -> str:
        rows = [row["children"] for part in token["children"] for row in _rows(part)]
        sides = "".join("right," if cell["attrs"]["align"] == "right" else "left," for cell in rows[0])
        head, *body = ["".join(f"[{self._tokens(cell['children'], {})}]," for cell in row) for row in rows]
        told = [[prose.plain(cell["children"]) for cell in row] for row in rows]
        columns = _columns(weights(told[0], told[1:]))
        return f"#table(columns: ({columns}), align: ({sides}), table.header({head}), {''.join(body)})\n\n"


def _meaning(entry: Definition) -> str:
    here = f" Here: {entry.text}." if entry.text else ""
    return f"meaning({literal(entry.label)}, {literal(entry.meaning + here)})"


def _columns(wide: Sequence[int]) -> str:
    """Return the columns of a table as wide as the sheet: the longest texts share what the others leave."""
    return "".join("1fr," if weight == max(wide) else "auto," for weight in wide)


def _rows(part: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a table's head (itself) or body (its children)."""
    return [part] if part["type"] == "table_head" else list(part["children"])


def _labelled(block: Block) -> bool:
    return isinstance(block, Heading | Figure | Table)
