"""Faces found in pictures, and judged."""

from __future__ import annotations

import numpy as np
import pytest

from shoplib.faces.footage import quality
from shoplib.faces.models import detect
from shoplib.simulate.cctv import people


@pytest.fixture(scope="module")
def finder() -> detect.Finder:
    return detect.Finder()


def portrait(view: str = "f0", person: int = 204, grey: int = 150) -> np.ndarray:
    """Return one rendered person before a plain wall."""
    cut = people.canvas(person, "a", view).astype(int)
    return (cut[..., :3] * cut[..., 3:] // 255 + grey * (255 - cut[..., 3:]) // 255).astype(np.uint8)


def test_a_face_is_found_where_it_is(finder):
    (face,) = finder.find(portrait())
    left, top, right, bottom = people.catalogue().pictures["p204_a_f0"]["box"]
    x, y, width, height = face.box
    assert (x + width / 2, y + height / 2) == pytest.approx(((left + right) / 2, (top + bottom) / 2), abs=8)
    assert face.score > 0.8
    assert face.frontal > 0.85


def test_turning_away_lowers_how_frontal_a_face_is(finder):
    (front,), (half,), (profile,) = (finder.find(portrait(view)) for view in ("f0", "r28", "p90"))
    assert front.frontal > half.frontal > profile.frontal
    assert profile.frontal < quality.LEAST_FRONTAL < half.frontal


def test_large_pictures_are_shrunk_and_told_in_their_own_pixels(finder):
    import cv2

    (small,) = finder.find(portrait())
    (large,) = finder.find(cv2.resize(portrait(), None, fx=6, fy=6, interpolation=cv2.INTER_CUBIC))
    assert large.box == pytest.approx([6 * part for part in small.box], rel=0.12)


def test_nobody_gives_no_face_and_two_come_from_left_to_right(finder):
    assert finder.find(np.full((200, 300, 3), 127, np.uint8)) == []
    both = np.hstack([portrait(person=204), portrait(person=211)])
    faces = finder.find(both)
    assert len(faces) == 2
    assert faces[0].box[0] < 344 < faces[1].box[0]


def test_looking_leaves_nothing_on_the_screen(capfd):
    detect.Finder()
    assert capfd.readouterr() == ("", "")


def test_sharpness_falls_with_blur_and_not_with_contrast(finder):
    import cv2

    picture = portrait()
    (face,) = finder.find(picture)
    sharp = quality.sharpness(picture, face)
    assert quality.sharpness(cv2.GaussianBlur(picture, (0, 0), 3), face) < sharp / 4
    pale = (60 + picture.astype(int) * 0.6).astype(np.uint8)
    assert quality.sharpness(pale, face) == pytest.approx(sharp, rel=0.2)
    assert quality.sharpness(np.full_like(picture, 90), face) == 0
    assert quality.sharpness(picture, face._replace(box=(5_000.0, 0.0, 40.0, 40.0))) == 0


def test_dark_skin_is_not_taken_for_blur(finder):
    sharp = {}
    for person in (202, 213, 201, 204):
        picture = portrait(person=person)
        (face,) = finder.find(picture)
        sharp[person] = quality.sharpness(picture, face)
    assert min(sharp[202], sharp[213]) > 0.6 * min(sharp[201], sharp[204])


@pytest.mark.parametrize(
    ("width", "score", "frontal", "sharp", "told"),
    [
        (40, 0.8, 0.25, 20, "good enough"),
        (39.9, 0.7, 0.1, 1, "too small"),
        (40, 0.79, 0.1, 1, "not surely a face"),
        (40, 0.9, 0.24, 1, "turned away"),
        (40, 0.9, 0.9, 19.9, "blurred"),
    ],
)
def test_the_first_reason_counts(width, score, frontal, sharp, told):
    face = detect.Face((0.0, 0.0, width, 50.0), score, frontal)
    assert quality.verdict(face, sharp, 40) == told
    assert told in quality.REASONS


def test_a_better_face_is_worth_more():
    face = detect.Face((0.0, 0.0, 60.0, 70.0), 0.9, 0.8)
    worth = quality.worth(face, 60)
    assert quality.worth(face._replace(score=0.8), 60) < worth
    assert quality.worth(face._replace(frontal=0.5), 60) < worth
    assert quality.worth(face._replace(box=(0.0, 0.0, 50.0, 60.0)), 60) < worth
    assert quality.worth(face, 40) < worth
