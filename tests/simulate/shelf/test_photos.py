"""Drawn shelves: the same seed gives the same bytes, and the truth is what is on the photo."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.base import seeds
from shoplib.config.stages import SimulatedPhotos
from shoplib.simulate.shelf import camera, photos, truth
from shoplib.simulate.shelf.looks import KINDS, looks
from shoplib.simulate.shelf.packs import pack
from shoplib.simulate.shelf.shelf import HEIGHT, WIDTH, Shelf, shelf


def planned(seed: int, share: float) -> Shelf:
    return shelf(seeds.stream(seed, "layout"), seeds.stream(seed, "gaps"), share)


def read(content: bytes) -> np.ndarray:
    return np.asarray(cv2.imdecode(np.frombuffer(content, dtype=np.uint8), cv2.IMREAD_COLOR))


def test_same_seed_gives_the_same_bytes() -> None:
    one, two = (photos.photo(3, 0.12, 7) for _ in range(2))
    assert one.content == two.content
    for name in truth.COLUMNS:
        pd.testing.assert_frame_equal(getattr(one.truth, name), getattr(two.truth, name))
    assert photos.photo(3, 0.12, 8).content != one.content != photos.photo(4, 0.12, 7).content


def test_a_photo_does_not_depend_on_how_many_there_are(tmp_path: Path) -> None:
    for count in (1, 2):
        photos.write(SimulatedPhotos(kind="simulated", photos=count), 5, tmp_path / str(count))
    files = [
        {path.relative_to(tmp_path / name).as_posix(): path.read_bytes() for path in (tmp_path / name).rglob("*.*")}
        for name in ("1", "2")
    ]
    assert files[0]["shelf_00001.jpg"] == files[1]["shelf_00001.jpg"] == photos.photo(1, 0.12, 5).content
    assert set(files[1]) - set(files[0]) == {"shelf_00002.jpg"}
    assert files[0]["SIMULATED.txt"].decode() == photos.NOTE


def test_truth_is_written_as_it_is_returned(tmp_path: Path) -> None:
    whole = photos.write(SimulatedPhotos(kind="simulated", photos=2, gap_share=0.3), 5, tmp_path)
    for name in truth.COLUMNS:
        stored = pd.read_parquet(tmp_path / "truth" / f"{name}.parquet")
        pd.testing.assert_frame_equal(stored, getattr(whole, name))
    assert len(whole.gaps) and len(whole.products)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.12, 0.5, 1.0]))
def test_as_many_facings_are_empty_as_asked(seed: int, share: float) -> None:
    made = planned(seed, share)
    empty = sum(one.empty for one in made.facings)
    assert abs(empty - share * len(made.facings)) < 1
    full = planned(seed, 0.0)
    assert [(one.left, one.width, one.product) for one in made.facings] == [
        (one.left, one.width, one.product) for one in full.facings
    ]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.12, 0.5]))
def test_facings_stand_side_by_side_and_fit_their_room(seed: int, share: float) -> None:
    made = planned(seed, share)
    for row, board in enumerate(made.boards):
        facings = [one for one in made.facings if one.row == row]
        assert facings[0].left <= 0
        assert facings[-1].left + facings[-1].width >= WIDTH - 20
        for one, following in pairwise(facings):
            assert one.left + one.width < following.left
        assert all(0 < one.height < board.bottom - board.top for one in facings)
    assert made.boards[-1].bottom + made.boards[-1].rail < HEIGHT


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), share=st.sampled_from([0.12, 0.5, 1.0]))
def test_truth_lies_within_the_photo_and_adds_up(seed: int, share: float) -> None:
    made = planned(seed, share)
    seen = truth.truth("p", made, camera.camera(seeds.stream(seed, "camera")).matrix())
    for boxes in (seen.products, seen.gaps):
        assert boxes[["left_px", "top_px"]].ge(0).all(axis=None)
        assert (boxes["left_px"] + boxes["width_px"]).le(camera.PHOTO_WIDTH).all()
        assert (boxes["top_px"] + boxes["height_px"]).le(camera.PHOTO_HEIGHT).all()
    assert seen.rows["row_number"].tolist() == list(range(1, len(made.boards) + 1))
    assert seen.gaps["gap_number"].tolist() == list(range(1, len(seen.gaps) + 1))
    edges = seen.rows[["top_px", "bottom_px"]].to_numpy().ravel()
    assert (np.diff(edges) > 0).all()
    assert edges[0] >= 0 and edges[-1] <= camera.PHOTO_HEIGHT
    counted = seen.products.groupby("row_number").size().reindex(seen.rows["row_number"], fill_value=0)
    assert counted.tolist() == seen.rows["facings"].tolist()
    told = seen.gaps.groupby("row_number")["width_px"].sum().reindex(seen.rows["row_number"], fill_value=0.0)
    wide = seen.rows["gap_share"].to_numpy() * camera.PHOTO_WIDTH
    assert (told.to_numpy() <= wide + 1e-6).all()
    assert (wide - told.to_numpy() < 2 * truth.SEEN_PX).all()  # what is left out are slivers at the two sides


def test_camera_sees_its_corners() -> None:
    taken_by = camera.camera(seeds.stream(1, "camera"))
    corners = np.column_stack([np.array(taken_by.corners), np.ones(4)]) @ taken_by.matrix().T
    on_photo = corners[:, :2] / corners[:, 2:]
    np.testing.assert_allclose(on_photo, [(0, 0), (1280, 0), (1280, 960), (0, 960)], atol=1e-6)


def test_gaps_are_plainer_than_packs() -> None:
    made = photos.photo(1, 0.3, 11)
    grey = cv2.cvtColor(read(made.content), cv2.COLOR_BGR2GRAY).astype(float)

    def unrest(boxes: pd.DataFrame) -> float:
        values = []
        for left, top, width, height in boxes[truth.PLACE].to_numpy():
            part = grey[
                round(top + 0.4 * height) : round(top + 0.8 * height), round(left + 6) : round(left + width - 6)
            ]
            if part.size:
                values.append(part.std())
        return float(np.median(values))

    assert unrest(made.truth.products) > 3 * unrest(made.truth.gaps)


@pytest.mark.parametrize("kind", KINDS)
def test_packs_of_each_kind(kind: str) -> None:
    look = next(look for look in looks(seeds.stream(1, "looks"), 60) if look.kind == kind)
    made = pack(look, 60, 120)
    assert made.image.shape == (120, 60, 3)
    assert made.mask.shape == (120, 60)
    assert (made.mask > 0).mean() > 0.6
    np.testing.assert_array_equal(made.image, pack(look, 60, 120).image)
    assert pack(look, 3, 3).image.shape == (20, 12, 3)
