"""The figures of how good faces are: what becomes of them, how wide they are, how sharp."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, MultipleLocator

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import summary
from shoplib.faces.pictures import Prints
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

FOUNDS_PX, JOINS_PX = 48, 32
"""Widths from which a face may be a new customer's, and a known one's: dlib is right 97 and 89 times in 100."""
BIN_PX, LAST_PX = 8, 200
BIN_SHARP, LAST_SHARP = 10, 300
LOOKS = (
    {"facecolor": palette.PAPER, "edgecolor": palette.MUTED, "hatch": charts.HATCH, "linewidth": 0.6},
    {"facecolor": palette.HEAT[2]},
    {"facecolor": palette.ACCENT},
)
NO_FACE = "No face was found in the footage."


def gate_chart(gate: pd.DataFrame, shop: Shop) -> Chart:
    """Return how many faces are good enough to tell whose they are, and how many are not for which first reason."""
    total = int(gate["faces"].sum())
    if not total:
        return Chart(charts.message(NO_FACE), NO_FACE, NO_FACE, NO_FACE, gate)
    shown = gate[gate["faces"] > 0]
    good = int(gate["faces"].iloc[0])
    labels = [
        f"{words.count(int(faces), shop.language)} · {words.share(share, shop.language, 0)}"
        for faces, share in zip(shown["faces"], shown["share"], strict=True)
    ]
    names = [str(reason)[0].upper() + str(reason)[1:] for reason in shown["reason"]]
    first = gate["reason"].iloc[0]
    told = [f"{name.lower()} {label}" for name, label in zip(names, labels, strict=True)]
    return Chart(
        charts.bars(
            names, shown["faces"].astype(float).tolist(), labels, unit="Faces found, one a face and frame",
            accent=(shown["reason"] == first).tolist(),
        ),
        f"{words.share(good / total, shop.language, 0)} of {words.plural(total, 'face')} are good enough to tell whose "
        "they are.",
        "Every face found in every frame that was looked at, by the first reason why it cannot be told whose it is. A "
        "person is known by the best frames, so a visit survives many that are not good enough.",
        f"Bars: {words.listed(told)}.",
        gate,
    )  # fmt: skip


def widths_chart(sightings: pd.DataFrame, shop: Shop, founds_px: int = FOUNDS_PX, joins_px: int = JOINS_PX) -> Chart:
    """Return how wide faces are at their nearest, beside the widths needed to know somebody: could this camera do it.

    One face a person followed: its widest. A face of ``founds_px`` may be a new customer's, one of ``joins_px`` may
    only belong to a customer who is known.
    """
    wide = summary.widest(sightings)
    title = summary.advice(sightings, founds_px, shop)
    table = pd.DataFrame({"from_px": np.arange(0, LAST_PX + 1, BIN_PX)})
    edges = np.append(table["from_px"].to_numpy(dtype="float64"), np.inf)
    table["people"] = np.histogram(wide.to_numpy(dtype="float64"), edges)[0]
    if wide.empty:
        return Chart(charts.message(title), title, title, title, table)
    marks = (float(joins_px), float(founds_px))
    small, middle = (int((wide < mark).sum()) for mark in marks)
    first = title.split(". ")[0].rstrip(".")
    return Chart(
        _histogram(
            wide.to_numpy(dtype="float64"), BIN_PX, LAST_PX, marks,
            (f"Under {joins_px}: nobody", f"From {joins_px}: known ones", f"From {founds_px}: new ones too"),
            "Width of the face at its widest, in pixels", "People followed",
        ),
        f"{first}.",
        f"The widest face of everybody who was followed from frame to frame. Lines: {joins_px} pixels are needed to "
        f"recognise somebody who is known, {founds_px} to begin a new customer; a face's width grows as 1 / distance. "
        f"Wider than {LAST_PX} counts as {LAST_PX}.",
        f"Histogram of {words.plural(len(wide), 'person', 'people')} followed: {small} under {joins_px} pixels, "
        f"{middle - small} from there to {founds_px}, {len(wide) - middle} wider; the middle one has "
        f"{float(wide.median()):.0f}.",
        table,
    )  # fmt: skip


def sharpness_chart(faces: pd.DataFrame, shop: Shop, least: float = 20.0, least_px: int = JOINS_PX) -> Chart:
    """Return how sharp faces are that are wide enough, beside the least that is needed.

    ``faces`` are ``Watched.faces`` of all clips; ``sharp`` is the variance of the Laplacian of a face brought to 112 ×
    112 pixels of even contrast.
    """
    sharp = faces.loc[faces["width_px"] >= least_px, "sharp"].dropna()
    table = pd.DataFrame({"from": np.arange(0, LAST_SHARP + 1, BIN_SHARP)})
    table["faces"] = np.histogram(sharp, np.append(table["from"].to_numpy(dtype="float64"), np.inf))[0]
    if sharp.empty:
        reason = f"No face is {least_px} pixels wide, so none is judged by its sharpness."
        return Chart(charts.message(reason), reason, reason, reason, table)
    share = words.share(float((sharp >= least).mean()), shop.language, 0)
    return Chart(
        _histogram(
            sharp.to_numpy(dtype="float64"), BIN_SHARP, LAST_SHARP, (least,), ("Blurred", "Sharp enough"),
            "Sharpness (variance of the Laplacian)", "Faces",
        ),
        f"{share} of the faces wide enough are sharp enough.",
        f"Faces at least {least_px} pixels wide. Below the line, at {least:.0f}, a face is blurred: people move, or "
        f"the lens is out of focus or dirty. Sharper than {LAST_SHARP} counts as {LAST_SHARP}.",
        f"Histogram of {words.plural(len(sharp), 'face')}: {int((sharp < least).sum())} blurred, the middle one has "
        f"{float(sharp.median()):.0f}.",
        table,
    )  # fmt: skip


def _histogram(
    values: Prints, step: int, last: int, marks: tuple[float, ...], labels: tuple[str, ...], unit: str, counted: str
) -> HouseFigure:
    """Return bars cut at ``marks``, so that each has one look; ``labels`` has one more than ``marks``."""
    capped = np.minimum(values, float(last))
    inside = [mark for mark in marks if mark < last]
    edges = np.unique([*np.arange(0, last + 1, step, dtype=float), *inside, float(last + step)])
    heights, _ = np.histogram(capped, edges)
    kind = np.searchsorted(np.asarray(marks), edges[:-1], side="right")
    looks = LOOKS[-len(labels) :] if len(labels) > 2 else (LOOKS[0], LOOKS[2])
    with style.house():
        figure = HouseFigure(3.0, 3.4)
        axes = figure.add_subplot()
        for number, look in enumerate(looks):
            of = kind == number
            left, width = edges[:-1][of], np.diff(edges)[of]
            axes.bar(left + 0.06 * step, heights[of], width=width - 0.12 * step, align="edge", **look)
        for mark in inside:
            axes.axvline(mark, color=palette.WARNING, linewidth=1.2, linestyle=(0, (4, 3)))
        filled = np.flatnonzero(heights)
        axes.set_xlim(0, float(max(edges[filled[-1] + 1], 1.25 * max(marks))))
        axes.set_ylim(0, max(1.0, 1.08 * float(heights.max())))
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.yaxis.set_major_formatter(ticks.count_ticks())
        axes.set_xlabel(unit, loc="left")
        axes.set_ylabel(counted)
        patches = [Patch(**look) for look in looks]

        def fit(wide: bool) -> None:
            most = 10 if wide else 5
            every = next(step * times for times in (1, 2, 4, 8) if axes.get_xlim()[1] <= step * times * most)
            axes.xaxis.set_major_locator(MultipleLocator(every))
            for old in list(figure.legends):
                old.remove()
            figure.legend(patches, labels, loc="outside upper left", ncols=3 if wide else 1, columnspacing=1.2)

        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure
