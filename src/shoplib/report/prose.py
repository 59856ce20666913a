"""Markdown of a notebook: parsed once, then set as HTML. Raw HTML in it is shown as text, never obeyed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import mistune
from markupsafe import escape
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table

from shoplib.report import formulas
from shoplib.report.blocks import Tokens
from shoplib.report.uris import svg_uri

# A dollar opens a formula only before a character and closes it only after one, so "$5 to $10" stays money.
INLINE_MATH = (
    r"\$\$(?P<display_math>[^$]+?)\$\$|"
    r"(?<![\w\\])\$(?![\s$])(?P<inline_math_text>(?:[^$\\\n]|\\.)+?)(?<!\s)\$(?!\w)"
)
BLOCK_MATH = r"^ {0,3}\$\$(?P<block_math_text>[\s\S]+?)\$\$[ \t]*(?:\n|$)"
PAPER_FORMULA_SIZE = 12.5  # CSS pixels, beside 10 pt text
VIEW_BOX = re.compile(r'height="([\d.]+)" viewBox="\S+ (\S+) ')


@dataclass(frozen=True)
class Setting:
    """Where prose is set: math as ``mathml`` or ``svg``; ``links`` are the page's anchors and what they are called."""

    math: Literal["mathml", "svg"] = "mathml"
    links: Mapping[str, str] = field(default_factory=dict)


def parse(text: str) -> Tokens:
    """Return Markdown as nested tokens: tables, strikethrough and ``$formulas$`` known, nothing for empty text."""
    parser = mistune.Markdown(None, plugins=[strikethrough, table, _formulas])
    tokens = parser(text)
    return tuple(token for token in tokens if isinstance(token, dict) and token["type"] != "blank_line")


def plain(tokens: Tokens | list[dict[str, Any]]) -> str:
    """Return the words of tokens without any marks."""
    pieces = []
    for token in tokens:
        pieces.append(str(token.get("raw", "")) or plain(token.get("children", [])))
        if token["type"] in {"softbreak", "linebreak"}:
            pieces.append(" ")
    return "".join(pieces).strip()


def to_html(tokens: Tokens, setting: Setting, pictures: Mapping[str, str]) -> str:
    """Return tokens as HTML; every word of the author escaped, no picture from outside.

    ``pictures`` maps the names used in ``![alt](name)`` to data URIs; a picture not there is named in words. A
    link to an anchor the page does not have is set as text, an empty one is given the anchor's name ("Figure 3").
    """
    setter = _Setter(setting, pictures)
    mistune.Markdown(setter, plugins=[strikethrough, table])  # teaches the setter these two
    setter.register("table", _scrolled)
    setter.register("table_cell", _cell)
    setter.register("inline_math", _Setter.inline_math)
    setter.register("block_math", _Setter.block_math)
    return setter.render_tokens([dict(token) for token in tokens], mistune.BlockState())


class _Setter(mistune.HTMLRenderer):
    """Writes tokens as HTML that asks for nothing outside the page."""

    def __init__(self, setting: Setting, pictures: Mapping[str, str]) -> None:
        super().__init__(escape=True)
        self.setting, self.pictures = setting, pictures

    def paragraph(self, text: str) -> str:
        return f'<p dir="auto">{text}</p>\n'

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not url.startswith("#"):
            safe = url.startswith(("https://", "http://", "mailto:", "tel:"))
            return f'<a href="{escape(url)}" rel="noreferrer">{text or escape(url)}</a>' if safe else text
        name = self.setting.links.get(url[1:])
        return text if name is None else f'<a href="{escape(url)}">{text or escape(name)}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        uri = self.pictures.get(url.removeprefix("attachment:"), "")
        if not uri:
            return f"<em>[{text or 'picture'}]</em>"
        return f'<img src="{uri}" alt="{escape(mistune.util.unescape(text))}">'

    def block_code(self, code: str, info: str | None = None) -> str:
        return f'<pre class="printed" tabindex="0">{escape(code)}</pre>\n'

    def inline_math(self, text: str) -> str:
        """Return a formula inside a line."""
        return formula(text, self.setting.math, display=False)

    def block_math(self, text: str) -> str:
        """Return a formula on its own line."""
        return f'<div class="formula">{formula(text, self.setting.math, display=True)}</div>\n'


def formula(text: str, math: Literal["mathml", "svg"], *, display: bool) -> str:
    """Return LaTeX as MathML, or as a picture whose alt text is the LaTeX; a faulty formula is shown as typed."""
    source = text.strip()
    if math == "mathml":
        return formulas.mathml(source, display=display) or f"<code>{escape(source)}</code>"
    svg = formulas.svg(source, PAPER_FORMULA_SIZE, display=display)
    if not svg:
        return f"<code>{escape(source)}</code>"
    box = VIEW_BOX.search(svg)
    below = float(box[1]) + float(box[2]) if box else 0.0
    return f'<img class="math" src="{svg_uri(svg)}" alt="{escape(source)}" style="vertical-align:{-below:.2f}px">'


def _formulas(md: mistune.Markdown) -> None:
    """Teach the parser dollar formulas."""

    def inline(_: Any, found: re.Match[str], state: Any) -> int:
        shown = found.group("display_math")
        text = shown or found.group("inline_math_text")
        state.append_token({"type": "inline_math", "raw": text})
        return found.end()

    def block(_: Any, found: re.Match[str], state: Any) -> int:
        state.append_token({"type": "block_math", "raw": found.group("block_math_text")})
        return found.end()

    md.inline.register("inline_math", INLINE_MATH, inline, before="codespan")
    md.block.register("block_math", BLOCK_MATH, block, before="list")


def _scrolled(_: Any, text: str) -> str:
    box = 'class="scroll" tabindex="0" role="group" aria-label="Table"'
    return f'<div {box}><table class="data">{text}</table></div>\n'


def _cell(_: Any, text: str, align: str | None = None, head: bool = False) -> str:
    kind = ' class="number"' if align == "right" else ""
    return f'<th scope="col"{kind}>{text}</th>\n' if head else f'<td{kind} dir="auto">{text}</td>\n'
