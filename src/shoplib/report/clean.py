"""Text and HTML that cells showed, made safe for the page: no scripts, no styles, no outside addresses."""

from __future__ import annotations

import re

import nh3
from bs4 import BeautifulSoup, Tag

# Terminal colours and cursor moves (ECMA-48).
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\-_])")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
NUMERAL = re.compile(r"^[-+−(]?[£€₹$]?\s?[\d.,]*\d[\d.,]*\s?(%|[kKmM]|bn)?\)?$|^(NaN|nan|–|—|-)?$")
TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h3", "h4", "h5", "h6",
    "hr", "i", "img", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
DROPPED_WHOLE = {"script", "style", "iframe", "object", "template", "noscript", "svg", "math", "title"}


def text(raw: str) -> str:
    """Return terminal output as plain text: no colours, the last state of lines drawn over, no control marks."""
    lines = ANSI.sub("", raw).replace("\r\n", "\n").split("\n")
    return CONTROLS.sub("", "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)).strip("\n")


def html(raw: str) -> str:
    """Return HTML with only harmless tags; links lose their address, pictures stay only as data URIs.

    Tables become the page's own: scrolling inside a box, headers with a scope, columns of numbers flush right.
    """
    safe = nh3.clean(raw, tags=TAGS, clean_content_tags=DROPPED_WHOLE, attributes=ATTRIBUTES,
                     attribute_filter=_keep, url_schemes={"data"}, link_rel=None)  # fmt: skip
    soup = BeautifulSoup(f"<body>{safe}</body>", "lxml")
    for image in soup.find_all("img"):
        if not image.get("src"):
            image.decompose()
        elif not image.get("alt"):
            image["alt"] = "Picture from the notebook, without a description"
    for heading in soup.find_all(["h3", "h4", "h5", "h6"]):
        heading.name = "p"
    for table in soup.find_all("table"):
        _dress(soup, table)
    body = soup.body
    return body.decode_contents().strip() if body else ""


def _keep(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src" and not value.startswith("data:image/"):
        return None
    return value


def _dress(soup: BeautifulSoup, table: Tag) -> None:
    """Give a bare table scopes, number columns and a box to scroll in."""
    table["class"] = "data"
    rows = [row.find_all(["th", "td"]) for row in table.find_all("tr")]
    body = [row for row in rows if any(cell.name == "td" for cell in row)]
    for row in rows:
        head = row not in body
        for at, cell in enumerate(row):
            if cell.name == "th":
                cell["scope"] = "col" if head else "row"
                if not head:
                    continue
                if not cell.get_text(strip=True):
                    cell.name = "td"
                    del cell["scope"]
            if not cell.get_text(strip=True) and head:
                continue
            below = [r[at].get_text(strip=True) for r in body if at < len(r)]
            if below and any(below) and all(NUMERAL.match(value) for value in below):
                cell["class"] = "number"
    box = soup.new_tag("div", attrs={"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "Table"})
    table.wrap(box)
