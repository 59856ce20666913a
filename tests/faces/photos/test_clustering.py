"""Faces of a folder of photos: each found, people told apart, whatever the files are called."""

from __future__ import annotations

import shutil

import numpy as np
import pandas as pd
import pytest

from shoplib.errors import SourceError
from shoplib.faces.photos import clustering

from .conftest import PEOPLE, portrait, save

LIMIT = clustering.MAX_DISTANCE["Dlib"]


def partition(faces: pd.DataFrame, names: dict[str, str]) -> set[frozenset[tuple[str, int]]]:
    """Return which faces are one person, by the photos' names before they were changed."""
    known = faces[faces["customer_id"].notna()]
    face = pd.Series(list(zip(known["file"].map(names), known["face_no"], strict=True)), index=known.index)
    return {frozenset(part) for _, part in face.groupby(known["customer_id"])}


def test_each_person_has_one_key_numbered_by_first_appearance(clustered):
    faces = clustered.faces
    alone = faces[faces["file"].str.startswith("p")]
    assert len(alone) == 3 * len(PEOPLE)
    keys = alone.groupby(alone["file"].str[:4])["customer_id"].agg(["nunique", "first"])
    assert keys["nunique"].tolist() == [1] * len(PEOPLE)
    assert keys["first"].tolist() == ["F0001", "F0002", "F0003", "F0004"]
    together = faces[faces["file"] == "z_together.jpg"]
    assert together["face_no"].tolist() == [1, 2]
    assert together["customer_id"].tolist() == ["F0002", "F0003"]
    assert list(faces.columns) == list(clustering.COLUMNS)


def test_files_that_cannot_be_read_are_told_and_the_rest_goes_on(clustered):
    assert clustered.photos == 3 * len(PEOPLE) + 2
    assert list(clustered.unread) == ["a_broken.jpg", "b_empty.jpg", "c_list.txt"]
    assert clustered.unread["b_empty.jpg"] == "the file is empty"
    assert clustered.unread["a_broken.jpg"].startswith("broken: ")
    assert clustered.unread["c_list.txt"].startswith("not a photo: ")


def test_other_names_other_order_and_copies_give_the_same_people(album, clustered, tmp_path):
    photos = sorted({*clustered.faces["file"]})
    shuffled = np.random.default_rng(3).permutation(len(photos))
    names = {f"{number:03}.dat": photos[at] for number, at in enumerate(shuffled)}
    for name, photo in names.items():
        shutil.copy(album / photo, tmp_path / name)
    shutil.copy(tmp_path / "000.dat", tmp_path / "zzz.dat")
    again = clustering.faces_of(tmp_path, clustering.Models())
    copied = again.faces["file"] == "zzz.dat"
    assert partition(again.faces[~copied], names) == partition(clustered.faces, {name: name for name in photos})
    first = again.faces.drop_duplicates("customer_id")["customer_id"].tolist()
    assert first == sorted(first)
    place = [*clustering.COLUMNS[1:]]
    pd.testing.assert_frame_equal(
        again.faces.loc[copied, place].reset_index(drop=True),
        again.faces.loc[again.faces["file"] == "000.dat", place].reset_index(drop=True),
    )


def test_two_faces_of_one_photo_are_never_one_person(tmp_path):
    save(tmp_path / "twins.png", np.hstack([portrait(204), portrait(204)]))
    faces = clustering.faces_of(tmp_path, clustering.Models()).faces
    assert faces["customer_id"].tolist() == ["F0001", "F0002"]


def test_a_picture_on_the_wall_is_a_face_of_its_own(tmp_path):
    import cv2

    wall = np.full((900, 1200, 3), 140, np.uint8)
    wall[200:624, 100:444] = portrait(211)
    wall[300:512, 800:972] = cv2.resize(portrait(201), (172, 212), interpolation=cv2.INTER_AREA)
    save(tmp_path / "wall.png", wall)
    save(tmp_path / "one.png", portrait(201, "b", "smile"))
    faces = clustering.faces_of(tmp_path, clustering.Models()).faces
    assert faces["customer_id"].tolist() == ["F0001", "F0002", "F0001"]


def test_small_and_large_photos_are_told_in_their_own_pixels(tmp_path):
    import cv2

    tiny = cv2.resize(portrait(204), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    save(tmp_path / "a_tiny.png", tiny)
    save(tmp_path / "b_plain.png", portrait(204))
    save(tmp_path / "c_large.png", cv2.resize(portrait(204), None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC))
    faces = clustering.faces_of(tmp_path, clustering.Models()).faces
    assert faces["customer_id"].tolist() == ["F0001"] * 3
    plain = faces.iloc[1][["x", "y", "w", "h"]].astype(float)
    for row, scale in ((0, 0.5), (2, 6)):
        assert faces.iloc[row][["x", "y", "w", "h"]].astype(float).tolist() == pytest.approx(
            (plain * scale).tolist(), rel=0.15
        )


def test_a_face_too_small_to_tell_apart_has_no_key(tmp_path):
    import cv2

    crowd = np.full((600, 900, 3), 150, np.uint8)
    crowd[100:524, 100:444] = portrait(204)
    crowd[300:406, 700:786] = cv2.resize(portrait(230), (86, 106), interpolation=cv2.INTER_AREA)
    save(tmp_path / "far.png", crowd)
    faces = clustering.faces_of(tmp_path, clustering.Models()).faces
    assert faces["customer_id"].tolist() == ["F0001", None]


def test_counting_tells_nobody_apart_and_tells_of_each_file(album):
    told: list[int] = []
    counted = clustering.faces_of(album, None, but=album / "c_list.txt", progress=told.append)
    assert len(counted.faces) == 3 * len(PEOPLE) + 2
    assert counted.faces["customer_id"].isna().all()
    assert "c_list.txt" not in counted.unread
    assert sum(told) == counted.photos + len(counted.unread)


def test_nothing_readable_is_refused_with_the_reasons(tmp_path):
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(SourceError) as caught:
        clustering.faces_of(tmp_path, None)
    assert str(caught.value) == (
        "No photo could be read\n"
        "  empty.jpg: the file is empty\n"
        "  notes.txt: not a photo: JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000\n"
        f"  where   {tmp_path}\n"
        "  found   2 files\n"
        "  wanted  JPEG, PNG, WebP, BMP, TIFF, PGM, GIF or JPEG 2000\n"
        "  next    name the folder the photos are in"
    )


def test_photos_without_a_face_give_a_table_without_rows(tmp_path):
    save(tmp_path / "wall.png", np.full((200, 300, 3), 127, np.uint8))
    found = clustering.faces_of(tmp_path, clustering.Models())
    assert found.photos == 1
    assert found.faces.empty
    assert list(found.faces.columns) == list(clustering.COLUMNS)


def test_poor_faces_join_a_person_and_found_none():
    rng = np.random.default_rng(5)
    one, other = rng.normal(size=(2, 128)) / 8
    prints = np.array([one, one + 0.01, other, other + 0.01])
    group = clustering.told_apart(prints, np.arange(4), np.array([True, False, False, False]), LIMIT)
    assert group.tolist() == [0, 0, -1, -1]
    assert clustering.told_apart(np.empty((0, 128)), np.empty(0, np.int64), np.empty(0, bool), LIMIT).size == 0
