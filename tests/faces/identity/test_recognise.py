"""The whole way on a clip whose truth is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib.config.models import Shop
from shoplib.contracts import check
from shoplib.errors import SourceError
from shoplib.faces import figures, score, summary
from shoplib.faces.footage import watch
from shoplib.faces.identity import recognise
from shoplib.viz.export import png


@pytest.fixture(scope="module")
def scores(clip) -> pd.DataFrame:
    made = score.scores(clip.watched, clip.found, clip.footage.visits, clip.footage.faces, clip.cameras.min_face_px)
    return made.set_index("measure")


def test_everybody_is_told_apart_and_the_one_who_returns_is_known_again(clip, scores):
    assert scores.loc["Customers beside people", ["found", "of"]].tolist() == [4, 4]
    assert scores.loc["People recognised", "share"] == 1
    assert scores.loc["Visits recognised", ["found", "of"]].tolist() == [5, 5]
    assert scores.loc["Visits beside true visits", ["found", "of"]].tolist() == [5, 5]
    assert scores.loc["Both together", "share"] > 0.97
    assert clip.found.tables["face_customers"]["visits"].tolist() == [2, 1, 1, 1]


def test_faces_are_found_where_they_are(scores):
    assert scores.loc["Faces found", "share"] > 0.97
    assert scores.loc["Faces that are faces", "share"] > 0.97


def test_stays_lie_within_the_true_visits(clip):
    stays = clip.found.tables["footage_visits"]
    true = clip.footage.visits
    assert (stays["entered"].to_numpy() >= true["enters"].to_numpy()).all()
    assert (stays["left"].to_numpy() <= true["leaves"].to_numpy()).all()


def test_tables_are_as_declared(clip, nobody):
    for made in (clip, nobody):
        for name, table in made.found.tables.items():
            check.checked(name, table)
    sightings = clip.found.tables["sightings"]
    assert sightings["seen_at"].min() >= clip.footage.starts
    customers = sightings["customer_id"].dropna().drop_duplicates().tolist()
    assert customers == ["C0001", "C0002", "C0003", "C0004"]
    tracks = sightings.dropna(subset=["track"]).groupby("track")["customer_id"].nunique(dropna=False)
    assert (tracks == 1).all()
    assert not sightings.groupby(["frame", "customer_id"]).size().gt(1).any()


def test_the_gate_counts_each_face_once(clip):
    gate = clip.found.gate
    assert gate["faces"].sum() == len(clip.watched.faces)
    assert gate["share"].sum() == pytest.approx(1)
    assert gate["reason"].tolist() == ["good enough", "too small", "not surely a face", "turned away", "blurred"]


def test_an_empty_shop_gives_empty_tables_and_says_so(nobody):
    assert all(table.empty for table in nobody.found.tables.values())
    assert nobody.found.gate["faces"].tolist() == [0] * 5
    scored = score.scores(nobody.watched, nobody.found, nobody.footage.visits, nobody.footage.faces, 40)
    assert scored["share"].isna().all()
    assert summary.scored(scored, Shop()) == "Nobody came in, so there is nothing to score."
    chart = figures.visits_chart(nobody.found.tables["face_customers"], nobody.found.tables["footage_visits"], Shop())
    assert chart.title == "No face was recognised in the footage, so nobody can be counted."


def test_faces_too_small_are_counted_and_not_recognised(clip):
    faces = clip.watched.faces.assign(verdict="too small")
    found = recognise.recognise(replace(clip.watched, faces=faces, chips=[]), clip.cameras, clip.footage.starts)
    assert len(found.tables["sightings"]) == len(clip.watched.faces)
    assert found.tables["face_customers"].empty
    stays = found.tables["footage_visits"]
    assert len(stays) >= 5
    assert stays["customer_id"].isna().all()
    check.checked("footage_visits", stays)


def test_watching_again_sees_the_same(clip):
    cameras = clip.cameras.model_copy(update={"looks_a_second": 1.0})
    one, other = (watch.watch(clip.footage.path, cameras) for _ in range(2))
    pd.testing.assert_frame_equal(one.faces, other.faces)
    assert len(one.looked) == 22
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one.chips, other.chips, strict=True))


def test_footage_that_is_none_is_refused(clip, tmp_path):
    with pytest.raises(SourceError, match="The footage cannot be read"):
        watch.watch(tmp_path / "missing.mp4", clip.cameras)


def test_the_page_tells_what_was_found(clip, scores):
    customers, stays = clip.found.tables["face_customers"], clip.found.tables["footage_visits"]
    assert summary.came(customers, stays) == "4 people came in 5 times; 1 of them came back."
    told = summary.scored(scores.reset_index(), Shop())
    assert told.startswith("4 of 4 people and 5 of 5 visits were recognised; faces are grouped with a B-cubed")
    assert summary.told(customers, stays, 22) == (
        "Rendered footage of 22 seconds: 4 people came in 5 times; 1 of them came back."
    )
    numbers = summary.measured(customers, stays).set_index("metric")["value"]
    assert numbers.tolist() == [4, 5, 1, 0]
    chart = figures.visits_chart(customers, stays, Shop(timezone="Asia/Kolkata"))
    assert chart.title == summary.came(customers, stays)
    assert "in local time, 28 Apr 2024" in chart.caption
    assert chart.alt.startswith("Stays between 10:00:0")
    assert png(chart.figure) == png(figures.visits_chart(customers, stays, Shop(timezone="Asia/Kolkata")).figure)
