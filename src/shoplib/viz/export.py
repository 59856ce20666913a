"""Figures to files: SVG at two widths, PNG for mail, CSV of the numbers. Equal figures give equal bytes."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from shoplib.errors import StoreError
from shoplib.viz import behind, style
from shoplib.viz.style import HouseFigure

PNG_DPI = 144
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


@dataclass(frozen=True)
class Chart:
    """A figure with everything a page needs to show it to everybody.

    ``title`` states the finding, ``caption`` what is drawn, in which unit, over which days; ``alt`` tells
    shape and numbers to those who cannot see it; ``data`` is the table behind it.
    """

    figure: HouseFigure
    title: str
    caption: str
    alt: str
    data: pd.DataFrame


@dataclass(frozen=True)
class Saved:
    """Names of the files of one figure inside its folder; ``data`` is empty if no table was given."""

    wide: str
    narrow: str
    png: str
    data: str = ""


def svg(figure: Figure, name: str, *, wide: bool = True) -> bytes:
    """Return a figure as SVG at one of the two widths, text as outlines, background clear, no dates.

    Every id starts with ``name`` and the width, so that many figures can stand in one page.
    """
    return _prefixed(_drawn(figure, "svg", wide=wide), f"{name}-{'wide' if wide else 'narrow'}-")


def png(figure: Figure) -> bytes:
    """Return a figure as PNG at the wide width, 144 dots an inch, on white for mail readers with dark pages."""
    return _drawn(figure, "png", wide=True)


def save(
    figure: Figure, folder: Path, name: str, data: pd.DataFrame | None = None, *, currency: str = "",
    language: str = "en_GB",
) -> Saved:  # fmt: skip
    """Ensure the files of a figure lie in ``folder`` and return their names.

    ``name`` may hold small letters, digits, ``_`` and ``-``. ``data`` is written as CSV, amounts in
    major units of ``currency``; see :func:`shoplib.viz.behind.csv_of`.
    Raises ``StoreError`` if the name cannot be a file name or the folder cannot be written.
    """
    if not NAME.fullmatch(name):
        raise StoreError(
            "A figure has a name that cannot be a file name", where=f"figure {name!r}",
            wanted="small letters, digits, _ and -, such as takings_trend",
        )  # fmt: skip
    contents = {
        f"{name}.svg": svg(figure, name),
        f"{name}-narrow.svg": svg(figure, name, wide=False),
        f"{name}.png": png(figure),
    }
    if data is not None:
        contents[f"{name}.csv"] = behind.csv_of(data, currency, language)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file_name, content in contents.items():
            (folder / file_name).write_bytes(content)
    except OSError as error:
        raise StoreError(
            "A figure could not be written", where=str(folder / name), found=error.strerror or str(error),
            next_step="free the disk or mend the folder's rights, then run the same command again",
        ) from error  # fmt: skip
    return Saved(*contents)


def _drawn(figure: Figure, kind: str, *, wide: bool) -> bytes:
    target = io.BytesIO()
    with style.house():
        if isinstance(figure, HouseFigure):
            figure.fit(wide=wide)
        else:
            figure.set_size_inches(*(style.WIDE_IN if wide else style.NARROW_IN))
        if kind == "svg":
            figure.savefig(target, format="svg", metadata=NO_METADATA)
        else:
            figure.savefig(
                target, format="png", dpi=PNG_DPI, transparent=False, facecolor="white", metadata={"Software": None}
            )
    return target.getvalue()


def _prefixed(content: bytes, prefix: str) -> bytes:
    start = prefix.encode()
    content = re.sub(rb'(\bid=")', rb"\1" + start, content)
    content = re.sub(rb'(href="#)', rb"\1" + start, content)
    return re.sub(rb"(url\(#)", rb"\1" + start, content)
