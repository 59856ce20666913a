"""Pictures on which nobody is known: a few colours of each person, and what the camera sees with heads covered."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import blurring
from shoplib.faces.pictures import Picture
from shoplib.viz import charts, palette, style
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MOST = 48
ACROSS = (8, 4)
TILE, LABEL = 1.0, 0.42
GAP = 0.16
PICTURE_PX = 640
STEP = 8
"""Tones are drawn in steps of so many, a divisor of 256: a picture in a page need not weigh as much as a photo."""
GOOD = "good enough"
NOBODY = "Nobody was told apart, so there is nobody to show."


def people_chart(customers: pd.DataFrame, chips: Mapping[str, Picture], shop: Shop) -> Chart:
    """Return a sheet with what is left of each customer's best face, six by six colours, its key and its visits.

    ``chips`` has a face by key (``blurring.best_chips``); who has none is left out, and so is who works here. Of more
    than 48 those with most visits are shown, in order of key.
    """
    known = customers[customers["customer_id"].isin(list(chips))]
    if "staff" in known:
        known = known[known["staff"].isna()]
    busiest = known.sort_values(["visits", "customer_id"], ascending=[False, True]).head(MOST)
    shown = busiest.sort_values("customer_id", ignore_index=True)[["customer_id", "visits"]]
    if shown.empty:
        return Chart(charts.message(NOBODY), NOBODY, NOBODY, NOBODY, shown)
    cut = f" The {MOST} with most visits of {words.count(len(known))}." if len(known) > MOST else ""
    often = words.listed(
        (f"{name} {words.plural(int(visits), 'visit')}" for name, visits in zip(*shown.to_numpy().T, strict=True)),
        limit=12,
    )
    return Chart(
        _sheet(shown, [blurring.hidden(chips[name]) for name in shown["customer_id"]]),
        f"{words.plural(len(known), 'customer')}, each left as {blurring.BLOCKS} × {blurring.BLOCKS} colours.",
        "One square a customer: the best picture of the face, reduced until no detector finds a face in it and no "
        f"recogniser knows whose it is. Below it the key and the number of visits.{cut}",
        f"Squares of blurred colours, one a customer: {often}.",
        shown,
    )


def _sheet(shown: pd.DataFrame, hidden: list[Picture]) -> HouseFigure:
    lines = [-(-len(hidden) // across) for across in ACROSS]
    with style.house():
        inches = [width / across for width, across in zip((7.2, 3.5), ACROSS, strict=True)]
        figure = HouseFigure(*(rows * side * (TILE + LABEL) for rows, side in zip(lines, inches, strict=True)))
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_axis_off()
        images = [axes.imshow(one[:, :, ::-1], interpolation="none") for one in hidden]
        names = [axes.text(0, 0, name, ha="center", va="top", fontsize=9) for name in shown["customer_id"]]
        times = [
            axes.text(0, 0, words.plural(int(visits), "visit"), ha="center", va="top", fontsize=8,
                      color=palette.INK_SOFT)
            for visits in shown["visits"]
        ]  # fmt: skip

        def fit(wide: bool) -> None:
            across, rows = ACROSS[0 if wide else 1], lines[0 if wide else 1]
            axes.set_aspect("auto")
            axes.set_xlim(0, across)
            axes.set_ylim(rows * (TILE + LABEL), 0)
            for number, (image, name, visits) in enumerate(zip(images, names, times, strict=True)):
                left, top = number % across, number // across * (TILE + LABEL)
                image.set_extent((left + GAP / 2, left + 1 - GAP / 2, top + 1 - GAP / 2, top + GAP / 2))
                name.set_position((left + 0.5, top + 0.96))
                visits.set_position((left + 0.5, top + 1.15))

        figure.set_layout_engine("none")
        figure.fitters.append(fit)
        figure.fit(wide=True)
    return figure


def camera_chart(picture: Picture, faces: pd.DataFrame, shop: Shop) -> Chart:
    """Return one frame with all heads covered and a box about each face that was found in it.

    ``faces`` are the rows of this frame in the table of sightings. Boxes of faces good enough to tell whose they are
    have a full line, others a broken one; each carries the width of the face in pixels.
    """
    boxes = faces[["left_px", "top_px", "width_px", "height_px"]].to_numpy(dtype="float64")
    scale = max(1.0, picture.shape[1] / PICTURE_PX)
    clear = _light(blurring.covered(picture, [tuple(box) for box in boxes.tolist()]), scale)
    good = (faces["verdict"] == GOOD).to_numpy()
    if len(faces):
        enough = f"{words.count(int(good.sum()))} of {words.plural(len(faces), 'face')}"
        title = f"{enough} in this frame {'is' if good.sum() == 1 else 'are'} good enough to tell whose."
    else:
        title = "No face was found in this frame."
    told = [f"{width:.0f} pixels, {verdict}" for width, verdict in zip(boxes[:, 2], faces["verdict"], strict=True)]
    return Chart(
        _frame(clear, boxes / scale, boxes[:, 2], good),
        title,
        "What the camera sees, with all heads covered. Full boxes: good enough; broken boxes: too small, blurred or "
        "turned away. The numbers are widths of faces in pixels.",
        f"Frame of the camera with covered heads; faces {words.listed(told) or 'none'}.",
        faces[["left_px", "top_px", "width_px", "height_px", "verdict"]].reset_index(drop=True),
    )


def _light(picture: Picture, scale: float) -> Picture:
    """Return a smaller copy with fewer tones in red, green, blue."""
    import cv2

    size = round(picture.shape[1] / scale), round(picture.shape[0] / scale)
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    smooth = np.asarray(cv2.bilateralFilter(small, 5, 25.0, 3.0), dtype=np.uint8)[..., ::-1]
    return np.ascontiguousarray(smooth // STEP * STEP + STEP // 2)


def _frame(clear: Picture, boxes: np.ndarray, widths: np.ndarray, good: np.ndarray) -> HouseFigure:
    height, width = clear.shape[:2]
    with style.house():
        figure = HouseFigure(7.2 * height / width, 3.5 * height / width)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.imshow(clear, interpolation="none", aspect="auto")
        axes.set_axis_off()
        for (left, top, across, tall), pixels, enough in zip(boxes.tolist(), widths.tolist(), good, strict=True):
            colour = palette.ACCENT if enough else palette.WARNING
            line = "-" if enough else (0, (3, 2))
            axes.add_patch(
                Rectangle((left, top), across, tall, fill=False, edgecolor=colour, linewidth=1.6, linestyle=line)
            )
            axes.annotate(
                f"{pixels:.0f}", (min(max(left, 2), width - 24), max(top - 3, 14)), color=palette.PAPER, fontsize=8.5,
                va="bottom", bbox={"boxstyle": "round,pad=0.2", "facecolor": colour, "edgecolor": "none"},
            )  # fmt: skip
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        figure.set_layout_engine("none")
        figure.fit(wide=True)
    return figure
