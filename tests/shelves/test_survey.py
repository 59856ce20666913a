"""Rows, gaps and facings: what was planted is found, and what is no shelf is not taken for one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from shoplib.contracts import check
from shoplib.errors import SourceError
from shoplib.shelves import facings, gaps, photos, rows, score, survey
from shoplib.shelves.photos import Photo
from shoplib.shelves.survey import Survey
from shoplib.simulate.shelf.truth import Truth

Surveyed = tuple[Path, Survey, Truth]
ROW = rows.Row(0.0, 200.0)
LEVEL = (0.0, 0.0)


def drawn(rows_of_packs: int = 2, width: int = 640) -> np.ndarray:
    """Return a plain shelf: a pale wall, dark rails, and packs of 80 pixels with a gap from 240 to 400 in row 1."""
    image = np.full((120 + 200 * rows_of_packs, width, 3), 205, dtype=np.uint8)
    image[:40] = 150
    for row in range(rows_of_packs):
        top = 40 + 200 * row
        image[top + 180 : top + 200] = (60, 40, 30)
        for number, left in enumerate(range(0, width, 80)):
            if row == 0 and 240 <= left < 400:
                continue
            colour = ((200, 30, 30), (30, 160, 40), (20, 40, 200))[number % 3]
            image[top + 60 : top + 180, left + 2 : left + 78] = colour
            image[top + 90 : top + 120, left + 12 : left + 68] = 245
    image[40 + 200 * rows_of_packs :] = 90
    return image


def of(image: np.ndarray) -> Survey:
    return survey.of([Photo("one", image)])


def test_planted_shelves_are_found(surveyed: list[Surveyed]) -> None:
    scored = [score.by_photo(seen, planted.rows, planted.gaps) for _, seen, planted in surveyed]
    for lines in scored:
        assert score.score(lines).rows_right_share >= 0.6
    whole = score.score(pd.concat(scored, ignore_index=True))
    assert whole.photos == 20
    assert whole.rows_right_share >= 0.8
    assert whole.precision_share >= 0.9
    assert whole.recall_share >= 0.85
    assert whole.gap_share_error <= 0.02
    assert whole.facings_error_share <= 0.15


def test_rows_lie_where_they_were_planted(surveyed: list[Surveyed]) -> None:
    misses = []
    for _, seen, planted in surveyed:
        both = seen.rows.merge(planted.rows, on=["photo_id", "row_number"], suffixes=("", "_planted"))
        right = both.groupby("photo_id")["row_number"].transform("size")
        whole = planted.rows.groupby("photo_id").size()
        both = both[right == both["photo_id"].map(whole)]
        misses.append((both["bottom_px"] - both["bottom_px_planted"]).abs())
    assert float(pd.concat(misses).median()) <= 3  # a third of a per cent of the photo's height


def test_tables_keep_their_declarations(surveyed: list[Surveyed]) -> None:
    for _, seen, _ in surveyed:
        check.checked("shelf_rows", seen.rows)
        check.checked("shelf_gaps", seen.gaps)
        share = seen.gaps.groupby(["photo_id", "row_number"])["width_px"].sum() / 1280
        told = seen.rows.set_index(["photo_id", "row_number"])["gap_share"]
        pd.testing.assert_series_equal(share, told[told > 0], check_names=False)


def test_same_photos_give_the_same_tables(surveyed: list[Surveyed]) -> None:
    folder, seen, _ = surveyed[0]
    again = survey.survey(folder)
    pd.testing.assert_frame_equal(again.rows, seen.rows)
    pd.testing.assert_frame_equal(again.gaps, seen.gaps)


def test_a_plain_shelf_is_read_to_the_pixel() -> None:
    seen = of(drawn())
    assert seen.rows["bottom_px"].tolist() == pytest.approx([220, 420], abs=2)
    assert seen.rows["facings"].tolist() == [6, 8]
    assert len(seen.gaps) == 1
    hole = seen.gaps.iloc[0]
    assert (hole["row_number"], hole["gap_number"]) == (1, 1)
    assert hole["left_px"] == pytest.approx(240, abs=4)
    assert hole["width_px"] == pytest.approx(160, abs=8)


@pytest.mark.parametrize("scale", [0.75, 2.0, 3.5])
def test_size_of_a_photo_does_not_matter(scale: float) -> None:
    image = drawn(3)
    size = (round(image.shape[1] * scale), round(image.shape[0] * scale))
    seen, usual = of(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))), of(image)
    assert len(seen.rows) == len(usual.rows) == 3
    for column in ("top_px", "bottom_px"):
        np.testing.assert_allclose(seen.rows[column] / scale, usual.rows[column], atol=4)
    np.testing.assert_allclose(seen.gaps["left_px"] / scale, usual.gaps["left_px"], atol=4)


@pytest.mark.parametrize("rise", [-0.03, 0.02])
def test_a_photo_held_askew_is_levelled(rise: float) -> None:
    image = drawn(3)
    matrix = np.array([[1.0, 0.0, 0.0], [rise, 1.0, -rise * 320]])
    turned = cv2.warpAffine(image, matrix, (640, image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    seen = of(np.asarray(turned))
    assert seen.rows["bottom_px"].tolist() == pytest.approx([220, 420, 620], abs=4)
    assert len(seen.gaps) == 1


@pytest.mark.parametrize(
    "image",
    [
        np.full((480, 640, 3), 128, dtype=np.uint8),
        np.zeros((1, 1, 3), dtype=np.uint8),
        np.zeros((3, 2_000, 3), dtype=np.uint8),
        np.random.default_rng(1).integers(0, 256, (480, 640, 3), dtype=np.uint8),
    ],
    ids=["one colour", "one pixel", "a sliver", "noise"],
)
def test_what_is_no_shelf_has_no_rows(image: np.ndarray) -> None:
    seen = of(image)
    assert seen.rows.empty
    assert seen.gaps.empty
    assert seen.without_rows == ("one",)


def test_an_empty_folder_gives_empty_tables(tmp_path: Path) -> None:
    seen = survey.survey(tmp_path)
    assert (seen.photos, len(seen.rows), len(seen.gaps)) == (0, 0, 0)
    check.checked("shelf_rows", seen.rows)
    check.checked("shelf_gaps", seen.gaps)


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shelf.jpg").write_bytes(b"not a photo")
    with pytest.raises(SourceError) as refused:
        survey.survey(tmp_path)
    assert str(refused.value) == (
        "A photo cannot be read\n"
        f"  where   {tmp_path / 'shelf.jpg'}\n"
        "  found   11 bytes that are no picture\n"
        "  wanted  a JPEG or PNG file\n"
        "  next    copy it again from the camera, or take it out of the folder"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shelf.png").write_bytes(b"")
    with pytest.raises(SourceError, match="0 bytes that are no picture"):
        survey.survey(tmp_path)


def test_two_photos_of_one_name_are_refused(tmp_path: Path) -> None:
    for name in ("a.jpg", "a.png"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(SourceError) as refused:
        list(photos.photos(tmp_path))
    assert str(refused.value) == (
        "Two photos have the same name\n"
        f"  where   {tmp_path}\n"
        "  found   a.jpg and a.png\n"
        "  wanted  one name a photo, whatever its ending\n"
        "  next    rename one of them, then run again"
    )


def test_photos_come_by_name_and_other_files_are_left(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png"):
        (tmp_path / name).write_bytes(cv2.imencode(Path(name).suffix.lower(), drawn())[1].tobytes())
    (tmp_path / "notes.txt").write_text("no photo")
    (tmp_path / "truth").mkdir()
    assert [photo.photo_id for photo in photos.photos(tmp_path)] == ["a", "b"]
    assert photos.find(tmp_path, "b").name == "b.JPG"


def test_facings_are_counted_by_their_seams() -> None:
    lab = np.full((200, 640, 3), 60.0)
    for left in range(0, 640, 64):
        lab[:, left : left + 2] = 20.0
    assert facings.facings(lab, ROW, LEVEL, []) == 10
    assert facings.facings(lab, ROW, LEVEL, [gaps.Gap(128.0, 320.0)]) == 7
    assert facings.facings(lab, ROW, LEVEL, [gaps.Gap(0.0, 640.0)]) == 0
