"""Words and figures of the shelf page, with photos, without, and with more than fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.shelves import figures, score, summary, survey
from shoplib.shelves.photos import Photo
from shoplib.shelves.survey import Survey
from shoplib.simulate.shelf.truth import Truth
from shoplib.viz import export

Surveyed = tuple[Path, Survey, Truth]
SHOP = Shop()


def test_glance_tells_the_tables(surveyed: list[Surveyed]) -> None:
    _, seen, _ = surveyed[0]
    said = summary.glance(seen, SHOP)
    assert said[0].endswith(f"of the shelf is empty, in {len(seen.gaps)} gaps on 5 photos with {len(seen.rows)} rows.")
    worst = seen.rows.loc[seen.rows["gap_share"].idxmax()]
    assert said[1].startswith(f"The emptiest row is row {worst['row_number']} of {worst['photo_id']}: ")
    metrics = summary.measured(seen).set_index("metric")["value"]
    assert metrics["shelf_gaps_found"] == len(seen.gaps)
    assert metrics["shelf_facings"] == seen.rows["facings"].sum()


def test_nothing_is_said_without_photos(tmp_path: Path) -> None:
    seen = survey.survey(tmp_path)
    assert summary.glance(seen, SHOP) == []
    assert summary.remarks(seen) == []
    assert summary.emptiest(seen, SHOP).empty
    assert figures.rows_chart(seen, SHOP) is None
    assert figures.picture(tmp_path, seen, SHOP) is None
    planted = Truth(*(pd.DataFrame(columns=list(seen.rows.columns) + list(seen.gaps.columns[1:])) for _ in range(3)))
    result = score.score(score.by_photo(seen, planted.rows, planted.gaps))
    assert summary.verdict(result, SHOP) == []
    assert set(summary.scored(result, SHOP)["Value"]) == {"not known"}


def test_a_photo_without_a_shelf_is_named() -> None:
    seen = survey.of([Photo("wall", np.full((480, 640, 3), 128, dtype=np.uint8))])
    assert summary.glance(seen, SHOP) == ["No shelf row was found on 1 photo."]
    assert summary.remarks(seen) == ["No shelf row was found on wall."]


def test_verdict_tells_the_score(surveyed: list[Surveyed]) -> None:
    _, seen, planted = surveyed[0]
    result = score.score(score.by_photo(seen, planted.rows, planted.gaps))
    (text,) = summary.verdict(result, SHOP)
    assert text.startswith("The number of rows is right on ")
    assert f"{100 * result.recall_share:.0f}% of the planted gaps are found" in text
    table = summary.scored(result, SHOP).set_index("Measure")["Value"]
    assert table["Both in one (F1)"] == f"{100 * result.f1_share:.1f}%"


def test_rows_chart_draws_each_row(surveyed: list[Surveyed]) -> None:
    _, seen, _ = surveyed[0]
    chart = figures.rows_chart(seen, SHOP)
    assert chart is not None
    cells = chart.figure.axes[0].collections[0].get_array()
    assert int(cells.count()) == len(seen.rows)
    assert float(cells.sum()) == pytest.approx(seen.rows["gap_share"].sum())
    again = figures.rows_chart(seen, SHOP)
    assert again is not None
    assert export.svg(chart.figure, "rows") == export.svg(again.figure, "rows")


def test_many_photos_are_cut_and_the_caption_says_so(surveyed: list[Surveyed]) -> None:
    _, seen, _ = surveyed[0]
    copies = [seen.rows.assign(photo_id=[f"{name}{copy}" for name in seen.rows["photo_id"]]) for copy in range(6)]
    many = Survey(pd.concat(copies, ignore_index=True), seen.gaps, 30, ())
    chart = figures.rows_chart(many, SHOP)
    assert chart is not None
    assert chart.caption.endswith("The 24 emptiest of 30 photos.")


def test_the_emptiest_photo_is_shown_with_its_gaps(surveyed: list[Surveyed]) -> None:
    folder, seen, _ = surveyed[0]
    chart = figures.picture(folder, seen, SHOP)
    assert chart is not None
    photo = seen.rows.groupby("photo_id")["gap_share"].mean().idxmax()
    assert f"On {photo}, " in chart.title
    gaps = seen.gaps[seen.gaps["photo_id"] == photo]
    assert chart.data["left_px"].tolist() == gaps["left_px"].tolist()
    assert len(chart.figure.axes[0].patches) == 2 * len(gaps)
    for wide in (True, False):
        assert len(export.svg(chart.figure, "picture", wide=wide)) < 600_000


def test_names_under_columns_are_short() -> None:
    assert figures.short_names(["shelf_00009", "shelf_00010"]) == ["9", "10"]
    assert figures.short_names(["a_very_long_name"]) == ["a_very_…"]
    assert figures.short_names(["p0", "p00"]) == ["0", "00"]
