"""The figures of the shelf page: how empty each row is, and the emptiest photo with what was found on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.shelves.photos import Image, find, read
from shoplib.shelves.summary import emptiness
from shoplib.shelves.survey import Survey
from shoplib.viz import charts, palette, style, ticks
from shoplib.viz.export import Chart
from shoplib.viz.style import HouseFigure

MOST_PHOTOS = 24
NAME_LETTERS = 8
PICTURE_PX = 640
STEP = 8
"""Tones are drawn in steps of so many, a divisor of 256: a picture in a page need not weigh as much as a photo."""


def rows_chart(seen: Survey, shop: Shop) -> Chart | None:
    """Return how empty each row of each photo is, as a heat map; none if no row was found.

    With more than ``MOST_PHOTOS`` photos only the emptiest are drawn, in order of key, and the caption says so.
    """
    rows = seen.rows
    if rows.empty:
        return None
    by_photo = rows.groupby("photo_id")["gap_share"].mean()
    order = by_photo.sort_values(ascending=False, kind="stable").index[:MOST_PHOTOS]
    shown = rows[rows["photo_id"].isin(order)]
    grid = shown.pivot_table(index="row_number", columns="photo_id", values="gap_share")
    names = short_names(list(grid.columns))
    title = emptiness(seen, shop)
    if len(seen.gaps):
        worst = rows.loc[rows["gap_share"].idxmax()]
        share = words.share(float(worst["gap_share"]), shop.language, 0)
        title = f"{title.rstrip('.')}; row {worst['row_number']} of {worst['photo_id']} is emptiest ({share})."
    cut = f" The {len(order)} emptiest of {len(by_photo)} photos." if len(by_photo) > len(order) else ""
    told = [f"{photo} {words.share(float(share), shop.language)}" for photo, share in by_photo[grid.columns].items()]
    return Chart(
        charts.heat(
            grid.set_axis(names, axis=1), unit="Share of the row that is empty",
            values=ticks.share_ticks(shop.language), row_names=[f"Row {number}" for number in grid.index],
        ),
        title,
        f"Each column is a photo, each cell a row of its shelf, the top row on top; hatched where a photo has no such "
        f"row. Empty is where the back wall is seen.{cut}",
        f"Empty share of each photo: {words.listed(told, limit=12)}.",
        rows,
    )  # fmt: skip


def picture(folder: Path, seen: Survey, shop: Shop) -> Chart | None:
    """Return the emptiest photo of a folder with its rows and gaps drawn in; none if no row was found."""
    rows = seen.rows
    if rows.empty:
        return None
    photo = str(rows.groupby("photo_id")["gap_share"].mean().idxmax())
    on_it = rows[rows["photo_id"] == photo]
    holes = seen.gaps[seen.gaps["photo_id"] == photo].merge(on_it, on=["photo_id", "row_number"])
    share = words.share(float(on_it["gap_share"].mean()), shop.language, 0)
    found = f"{words.plural(len(on_it), 'row')} and {words.plural(len(holes), 'gap')}"
    title = f"On {photo}, {share} of the shelf is empty: {found}."
    if holes.empty:
        title = f"No gap was found; {photo} is shown with its {words.plural(len(on_it), 'row')}."
    places = [
        f"row {number} from {left:.0f} to {left + width:.0f} pixels"
        for number, left, width in zip(holes["row_number"], holes["left_px"], holes["width_px"], strict=True)
    ]
    return Chart(
        _drawn(read(find(folder, photo)), on_it, holes),
        title,
        "The photo as it was read. Lines are the feet of the rows at the middle of the photo, numbered from the top; "
        "boxes are the gaps found.",
        f"Photo of a shelf with {found} marked{': ' + words.listed(places, limit=12) if places else ''}.",
        holes[["photo_id", "gap_number", "row_number", "left_px", "width_px", "top_px", "bottom_px"]],
    )


def short_names(names: list[str]) -> list[str]:
    """Return names without the beginning and the zeros they share, cut to what fits under a column.

    >>> short_names(["shelf_00001", "shelf_00012"]), short_names(["aisle.a"])
    (['1', '12'], ['aisle.a'])
    """
    alike = [len(set(letters)) == 1 for letters in zip(*names, strict=False)] if len(names) > 1 else []
    shared = alike.index(False) if False in alike else len(alike)
    while shared and names[0][shared - 1].isdigit():
        shared -= 1
    rest = [name[shared:] for name in names]
    rest = [name.lstrip("0") or name for name in rest]
    return [name if len(name) <= NAME_LETTERS else f"{name[: NAME_LETTERS - 1]}…" for name in rest]


def _drawn(image: Image, rows: pd.DataFrame, holes: pd.DataFrame) -> HouseFigure:
    light, scale = _light_copy(image)
    height, width = light.shape[:2]
    with style.house():
        figure = HouseFigure(7.2 * height / width, 3.5 * height / width)
        axes = figure.add_subplot()
        axes.imshow(light, interpolation="none")
        axes.set_axis_off()
        for number, foot in zip(rows["row_number"], rows["bottom_px"] / scale, strict=True):
            axes.axhline(foot, color=palette.PAPER, linewidth=1.2, linestyle=(0, (4, 3)))
            axes.annotate(
                str(number), (4, foot - 4), color=palette.PAPER, fontsize=8.5, va="bottom",
                bbox={"boxstyle": "round,pad=0.25", "facecolor": palette.ACCENT, "edgecolor": "none"},
            )  # fmt: skip
        corners = holes[["left_px", "top_px", "width_px", "bottom_px"]].to_numpy(dtype="float64") / scale
        for left, top, across, foot in corners.tolist():
            axes.add_patch(Rectangle((left, top), across, foot - top, facecolor=palette.WARNING, alpha=0.22))
            axes.add_patch(
                Rectangle((left, top), across, foot - top, fill=False, edgecolor=palette.WARNING, linewidth=1.8)
            )
        axes.set_xlim(0, width)
        axes.set_ylim(height, 0)
        figure.set_layout_engine("constrained", w_pad=0, h_pad=0)
    return figure


def _light_copy(image: Image) -> tuple[Image, float]:
    """Return a small copy in red, green, blue with fewer tones, and how many photo pixels one of its pixels is."""
    import cv2

    scale = max(1.0, image.shape[1] / PICTURE_PX)
    size = (round(image.shape[1] / scale), round(image.shape[0] / scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    smooth = np.asarray(cv2.bilateralFilter(small, 5, 25.0, 3.0), dtype=np.uint8)[..., ::-1]
    return np.ascontiguousarray(smooth // STEP * STEP + STEP // 2), scale
