"""What the photos say, in sentences and tables, and how far it can be trusted."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.shelves.score import GAP_OVERLAP, Score
from shoplib.shelves.survey import Survey

FIRST_VERSION = (
    "This is a first version without a trained model: it looks for rails, and for the back wall between packs. "
    "It was judged on drawn shelves only and says nothing yet about real ones: do not use it on a shop's own photos."
)
NO_ROW = "No shelf row was found on"
CARDS = ("shelf_gap_share",)
"""The measures at the head of the page."""


def glance(seen: Survey, shop: Shop) -> list[str]:
    """Return what was looked at, how much of it is empty, and where most; nothing without photos."""
    if not seen.photos:
        return []
    rows, on = seen.rows, words.plural(seen.photos, "photo")
    if rows.empty:
        return [f"No shelf row was found on {on}."]
    sentences = [f"{emptiness(seen, shop).rstrip('.')} on {on} with {words.plural(len(rows), 'row')}."]
    if len(seen.gaps):
        worst = rows.loc[rows["gap_share"].idxmax()]
        share = words.share(float(worst["gap_share"]), shop.language, 0)
        sentences.append(
            f"The emptiest row is row {worst['row_number']} of {worst['photo_id']}: {share} of it is empty."
        )
    return sentences


def emptiness(seen: Survey, shop: Shop) -> str:
    """Return which share of the rows' width is empty, and in how many gaps; the survey must have a row."""
    if seen.gaps.empty:
        return "No gap was found on the shelves."
    share = words.share(float(seen.rows["gap_share"].mean()), shop.language)
    return f"{share} of the shelf is empty, in {words.plural(len(seen.gaps), 'gap')}."


def remarks(seen: Survey) -> list[str]:
    """Return which photos show no row; nothing if each does."""
    return [f"{NO_ROW} {words.listed(seen.without_rows)}."] if seen.without_rows else []


def measured(seen: Survey) -> pd.DataFrame:
    """Return the size of what was seen as a table of metrics, one line each; what is not known has no value.

    Columns metric, label, unit, value, before, change_share, better, definition.
    """
    rows = seen.rows
    share = float(rows["gap_share"].mean()) if len(rows) else None
    known = [
        ("shelf_photos", "Photos", "photos", seen.photos, "photos of shelves that were looked at"),
        ("shelf_rows_found", "Rows", "rows", len(rows), "shelf rows found on them"),
        ("shelf_gap_share", "Empty shelf", "share", share, "mean share of a row's width where the back wall is seen"),
        ("shelf_gaps_found", "Gaps", "gaps", len(seen.gaps), "stretches of a row where the back wall is seen"),
        ("shelf_facings", "Facings", "facings", int(rows["facings"].sum()) if len(rows) else None,
         "packs seen side by side, counted by the seams between them"),
    ]  # fmt: skip
    table = pd.DataFrame(known, columns=["metric", "label", "unit", "value", "definition"])
    return table.assign(before=None, change_share=float("nan"), better="neither")


def emptiest(seen: Survey, shop: Shop, count: int = 10) -> pd.DataFrame:
    """Return the emptiest rows as text to show: Photo, Row, Empty, Gaps, Facings; rows without a gap left out."""
    rows = seen.rows[seen.rows["gap_share"] > 0]
    rows = rows.sort_values(["gap_share", "photo_id", "row_number"], ascending=[False, True, True]).head(count)
    counted = seen.gaps.groupby(["photo_id", "row_number"]).size()
    keys = list(zip(rows["photo_id"], rows["row_number"], strict=True))
    return pd.DataFrame(
        {
            "Photo": rows["photo_id"].tolist(),
            "Row": rows["row_number"].tolist(),
            "Empty": [words.share(share, shop.language) for share in rows["gap_share"]],
            "Gaps": [int(counted.get(key, 0)) for key in keys],
            "Facings": rows["facings"].tolist(),
        }
    )


def verdict(result: Score, shop: Shop) -> list[str]:
    """Return how right it was on drawn shelves, in one sentence; nothing without photos to judge by."""
    if not result.photos:
        return []
    right = round(result.rows_right_share * result.photos)
    text = f"The number of rows is right on {right} of {words.plural(result.photos, 'drawn photo')}"
    if result.planted_gaps and result.gaps:
        found = words.share(result.recall_share, shop.language, 0)
        true = words.share(result.precision_share, shop.language, 0)
        text += f"; {found} of the planted gaps are found, and {true} of the gaps it names are planted ones"
    elif result.planted_gaps:
        text += f"; none of the {words.plural(result.planted_gaps, 'planted gap')} is found"
    elif result.gaps:
        text += f"; no gap was planted, {words.plural(result.gaps, 'gap')} {'is' if result.gaps == 1 else 'are'} named"
    return [f"{text}."]


def scored(result: Score, shop: Shop) -> pd.DataFrame:
    """Return the score as text to show: Measure, Value, What it means; what cannot be divided is not known."""

    def share(value: float) -> str:
        return "not known" if pd.isna(value) else words.share(value, shop.language)

    overlap = words.share(GAP_OVERLAP, shop.language, 0)
    rows = [
        ("Photos with the right number of rows", share(result.rows_right_share), "of all photos"),
        ("Gaps found that are planted (precision)", share(result.precision_share),
         f"of {words.plural(result.gaps, 'gap')} found; found and planted overlap by {overlap} or more"),
        ("Planted gaps that are found (recall)", share(result.recall_share),
         f"of {words.plural(result.planted_gaps, 'gap')} planted"),
        ("Both in one (F1)", share(result.f1_share), "harmonic mean of the two"),
        ("Error of the empty share", _points(result.gap_share_error, shop), "mean over photos, in percentage points"),
        ("Error of the facings", share(result.facings_error_share), "mean over photos, of the packs planted"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["Measure", "Value", "What it means"])


def _points(value: float, shop: Shop) -> str:
    return "not known" if pd.isna(value) else words.count(value * 100, shop.language, 1)
