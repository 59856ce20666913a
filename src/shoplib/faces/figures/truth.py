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


def by_clip(clips: pd.Series, customers: pd.Series, people: pd.Series) -> pd.DataFrame:
    """Return B-cubed precision, recall and F1 of the faces of each clip, in order of clip.

    The three series have one item a face whose true person is known and that has a customer. Columns clip, faces,
    precision, recall, f1.
    """
    faces = pd.DataFrame({"clip": clips, "customer": customers, "person": people})
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
