"""The fonts of printed pages: installed packages of Noto Sans, so that every script prints on every machine."""

from __future__ import annotations

from pathlib import Path

import fontpkg  # type: ignore[import-untyped]  # ships no types

FAMILIES = ("Noto Sans", "Noto Sans Devanagari", "Noto Sans Arabic", "Noto Sans Tamil")


def files() -> tuple[tuple[str, str, Path], ...]:
    """Return (family, style, file) of each font, the families in the order in which they are tried."""
    return tuple((family, font.style, Path(font.path)) for family in FAMILIES for font in fontpkg.family(family).files)


def faces() -> str:
    """Return ``@font-face`` rules for WeasyPrint; they name files of this machine and belong in no page."""
    rule = '@font-face {{ font-family: "{}"; font-style: {}; src: url("{}"); }}'
    return "\n".join(rule.format(family, style, path.as_uri()) for family, style, path in files())
