"""The house style: fonts that travel with the package, thin rules, no clutter, the same bytes each time."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib.style
from cycler import cycler
from matplotlib import font_manager, ft2font
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from shoplib.viz import palette

FAMILIES = {
    "Shop Sans": ("fontpkg_noto_sans", "NotoSans[wdth,wght].ttf"),
    "Shop Sans Devanagari": ("fontpkg_noto_sans_devanagari", "NotoSansDevanagari[wdth,wght].ttf"),
    "Shop Sans Tamil": ("fontpkg_noto_sans_tamil", "NotoSansTamil[wdth,wght].ttf"),
    "Shop Sans Arabic": ("fontpkg_noto_sans_arabic", "NotoSansArabic[wdth,wght].ttf"),
}
NO_GLYPH = "□"

WIDE_IN = (7.2, 3.4)
NARROW_IN = (3.5, 3.3)
WIDE_FROM_IN = 5.0

RULES: dict[str, Any] = {
    "font.family": [*FAMILIES, "DejaVu Sans"],
    "font.size": 9.5,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.fontsize": 9,
    "text.color": palette.INK,
    "axes.labelcolor": palette.INK_SOFT,
    "xtick.color": palette.INK_SOFT,
    "ytick.color": palette.INK_SOFT,
    "xtick.major.size": 0,
    "xtick.major.pad": 6,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "axes.edgecolor": palette.MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "grid.color": palette.GRID,
    "grid.linewidth": 0.7,
    "axes.unicode_minus": True,
    "axes.prop_cycle": cycler(color=list(palette.SERIES)),
    "figure.facecolor": "none",
    "figure.dpi": 100,
    "figure.constrained_layout.w_pad": 0.04,
    "figure.constrained_layout.h_pad": 0.04,
    "savefig.facecolor": "none",
    "savefig.transparent": True,
    "legend.frameon": False,
    "legend.borderpad": 0,
    "legend.handlelength": 1.4,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "hatch.linewidth": 0.8,
    "text.parse_math": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "shoplib",
}


@cache
def register_fonts() -> None:
    """Ensure the packaged fonts are known under house names, whatever fonts the machine itself has."""
    manager = font_manager.fontManager
    for family, file in _font_files().items():
        entry = font_manager.ttfFontProperty(ft2font.FT2Font(file))
        manager.ttflist.append(replace(entry, name=family))


@cache
def _font_files() -> dict[str, str]:
    return {family: str(files(package) / "files" / name) for family, (package, name) in FAMILIES.items()}


def house() -> AbstractContextManager[None]:
    """Return a context in which figures are built and drawn in the house style, settings of the user left aside."""
    register_fonts()
    context: AbstractContextManager[None] = matplotlib.style.context(["default", RULES])
    return context


@cache
def _drawable_codes() -> frozenset[int]:
    register_fonts()
    fallback = font_manager.findfont("DejaVu Sans")
    faces = [*_font_files().values(), fallback]
    return frozenset(code for face in faces for code in ft2font.FT2Font(face).get_charmap())


def drawable(text: str) -> bool:
    """Return whether the packaged fonts have a glyph for every character of ``text``."""
    return all(ord(mark) in _drawable_codes() for mark in text)


def legible(text: str) -> str:
    """Return ``text`` on one line with every character that cannot be drawn replaced by a box.

    >>> legible("Café 東京")
    'Café □□'
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(mark if ord(mark) in _drawable_codes() else NO_GLYPH for mark in plain)


class HouseFigure(Figure):
    """A figure that can be laid out again at another width.

    ``heights_in`` are its heights at the wide and the narrow width. Ticks and labels look at the width
    when they are drawn; what cannot is done by ``fitters``, each called with whether the page is wide.
    """

    def __init__(self, height_in: float = WIDE_IN[1], narrow_height_in: float = NARROW_IN[1]) -> None:
        super().__init__(figsize=(WIDE_IN[0], height_in), layout="constrained")
        self.heights_in = (height_in, narrow_height_in)
        self.fitters: list[Callable[[bool], None]] = []
        self._first_places: dict[Axes, Bbox] = {}

    def fit(self, *, wide: bool) -> None:
        """Lay the figure out for one of the two widths, 7.2 or 3.5 inches."""
        width = (WIDE_IN if wide else NARROW_IN)[0]
        self.set_size_inches(width, self.heights_in[0 if wide else 1])
        for fitter in self.fitters:
            fitter(wide)
        for axes in self.axes:  # the layout starts from where it left the axes: begin afresh each time
            place = axes.get_subplotspec()
            if place is not None:
                axes.set_subplotspec(place)
            else:  # a colour bar
                axes.set_position(self._first_places.setdefault(axes, axes.get_position(original=True)))
                axes.set_in_layout(True)


def is_wide(figure: object) -> bool:
    """Return whether a figure is now as wide as a desk page rather than a phone."""
    return not isinstance(figure, Figure) or bool(figure.get_size_inches()[0] >= WIDE_FROM_IN)
