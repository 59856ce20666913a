"""The colours of the house: one accent, neutrals, and a series order that colour-blind readers can tell apart.

The series colours are those of Okabe and Ito (2008), darkened where they were too pale for thin lines on white.
Meaning never hangs on colour alone: charts label their parts and hatch what is incomplete.
"""

from __future__ import annotations

ACCENT = "#0B5C8C"
ACCENT_PALE = "#C9DEEA"
WARNING = "#B8470B"

INK = "#222B33"
INK_SOFT = "#55606B"
MUTED = "#A9B4BE"
DOT = "#8795A3"
GRID = "#E3E8EC"
PAPER = "#FFFFFF"

SERIES = (ACCENT, "#D98200", "#00805E", WARNING, "#A3508A", "#3E9FD0", "#6B6B6B")

HEAT = ("#F3F7FA", "#C9DEEA", "#8DBAD3", "#4A8FB6", ACCENT, "#073B5A")


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#RRGGBB``, 0 for black to 1 for white (WCAG 2.2, sRGB).

    >>> luminance("#000000"), luminance("#FFFFFF")
    (0.0, 1.0)
    """
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2); text needs 4.5.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: str) -> str:
    """Return the ink, dark or white, that reads better on a filled area of ``colour``."""
    return INK if contrast(INK, colour) >= contrast(PAPER, colour) else PAPER
