"""The figure of how well faces are grouped beside the truth, clip by clip."""

from __future__ import annotations

import pandas as pd

from shoplib.base import words
from shoplib.config.models import Shop
from shoplib.faces import score
from shoplib.viz import charts, ticks
from shoplib.viz.dots import dots
from shoplib.viz.export import Chart

MOST_CLIPS = 30
NOTHING = "No face was recognised in any clip, so there is no grouping to score."


def truth_chart(
    sightings: pd.DataFrame, truth: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame] | None, shop: Shop
) -> Chart | None:
    """Return the grouping of each clip beside the truth (visits, faces, days); None where it is not known."""
    return None if truth is None else clips_chart(by_clip(sightings, truth[1]), shop)


def by_clip(sightings: pd.DataFrame, true_faces: pd.DataFrame) -> pd.DataFrame:
    """Return B-cubed precision, recall and F1 of the faces with a customer of each clip, in order of clip.

    ``true_faces`` has one row a face in a frame (clip, frame, person, left_px, top_px, width_px, height_px); finds that
    lie on no true face are left out. Columns clip, faces, precision, recall, f1.
    """
    finds, truth = sightings.reset_index(drop=True), true_faces.reset_index(drop=True)
    match = score.matched(finds, truth)
    named = (match >= 0) & finds["customer_id"].notna().to_numpy()
    faces = pd.DataFrame(
        {"clip": finds["clip"].to_numpy()[named], "customer": finds["customer_id"].to_numpy()[named],
         "person": truth["person"].to_numpy()[match[named]]}
    )  # fmt: skip
    rows = []
    for clip, mine in faces.groupby("clip", sort=True):
        precision, recall = score.b_cubed(mine["customer"].to_numpy(), mine["person"].to_numpy())
        rows.append((clip, len(mine), precision, recall, 2 * precision * recall / (precision + recall)))
    return pd.DataFrame(rows, columns=["clip", "faces", "precision", "recall", "f1"])


def clips_chart(table: pd.DataFrame, shop: Shop) -> Chart:
    """Return the B-cubed F1 of each clip as a dot, with a line from precision to recall; the worst thirty clips.

    ``table`` is that of ``by_clip``.
    """
    if table.empty:
        return Chart(charts.message(NOTHING), NOTHING, NOTHING, NOTHING, table)
    shown = table.sort_values(["f1", "clip"], ignore_index=True).head(MOST_CLIPS).sort_values("clip")
    worst = table.loc[table["f1"].idxmin()]
    low, high = (shown[["precision", "recall"]].agg(of, axis=1) for of in ("min", "max"))
    shares = [words.share(value, shop.language) for value in shown["f1"]]
    cut = f" The worst {MOST_CLIPS} of {len(table)} clips." if len(table) > MOST_CLIPS else ""
    least = words.share(float(worst["f1"]), shop.language)
    whole = bool((table["f1"] >= 1).all())
    title = f"Faces are grouped without a fault in {words.plural(len(table), 'clip')}."
    return Chart(
        dots(
            shown["clip"].tolist(), shown["f1"].tolist(), low.tolist(), high.tolist(), shares,
            unit="B-cubed F1 of the faces", values=ticks.share_ticks(shop.language),
        ),
        title if whole else f"Faces are grouped with a B-cubed F1 of at least {least}; least well in {worst['clip']}.",
        f"Dots: F1, lines: from the lower to the higher of precision (one customer, one person) and recall (one "
        f"person, one customer), within a clip.{cut}",
        f"Dots by clip: {words.listed(map(' '.join, zip(shown['clip'], shares, strict=True)), limit=12)}.",
        table,
    )  # fmt: skip
