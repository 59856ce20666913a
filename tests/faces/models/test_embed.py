"""The numbers of a face: those of dlib itself, the same each time, near for one person and far for two."""

from __future__ import annotations

import hashlib
import os

import numpy as np
import pytest

from shoplib.errors import SourceError
from shoplib.faces.models import catalogue, detect, embed, weights
from shoplib.simulate.cctv import people


def portrait(person: int, outfit: str) -> np.ndarray:
    canvas = people.canvas(person, outfit, "f0").astype(int)
    return (canvas[..., :3] * canvas[..., 3:] // 255 + 140 * (255 - canvas[..., 3:]) // 255).astype(np.uint8)


def chips() -> list[np.ndarray]:
    """Return two faces of one person in two outfits, and one of another."""
    finder, cutter, cut = detect.Finder(), embed.Cutter(), []
    for person, outfit in ((207, "a"), (207, "b"), (211, "a")):
        picture = portrait(person, outfit)
        (face,) = finder.find(picture)
        cut.append(cutter.cut(picture, face.box))
    return cut


def test_deepface_gives_what_dlib_gives_and_the_same_each_time(capfd):
    import dlib

    before = os.environ.get("DEEPFACE_HOME")
    cut = chips()
    assert cut[0].shape == (150, 150, 3)
    made = embed.prints(cut)
    assert made.shape == (3, 128)
    native = dlib.face_recognition_model_v1(str(weights.locate(catalogue.DLIB)))
    expected = [np.array(native.compute_face_descriptor(np.ascontiguousarray(chip[:, :, ::-1]))) for chip in cut]
    assert made == pytest.approx(np.array(expected), abs=1e-9)
    assert np.array_equal(made, embed.prints(cut))
    same, other = np.linalg.norm(made[0] - made[1]), np.linalg.norm(made[0] - made[2])
    assert same < 0.5 < other
    assert capfd.readouterr().out == ""
    assert os.environ.get("DEEPFACE_HOME") == before


def test_numbers_do_not_depend_on_how_many_faces_are_given_at_once(monkeypatch):
    cut = chips()
    whole = embed.prints(cut)
    monkeypatch.setattr(embed, "BATCH", 2)
    assert np.array_equal(whole, embed.prints(cut))
    assert np.array_equal(whole[1:2], embed.prints(cut[1:2]))


def test_a_chip_is_the_one_dlib_cuts():
    import dlib

    picture = portrait(204, "a")
    (face,) = detect.Finder().find(picture)
    left, top, width, height = face.box
    x, y, half = left + width / 2, top + height / 2 + 0.03 * height, (width + height) / 4
    around = dlib.rectangle(int(x - half), int(y - half), int(x + half), int(y + half))
    points = dlib.full_object_detections()
    rgb = np.ascontiguousarray(picture[:, :, ::-1])
    points.append(dlib.shape_predictor(str(weights.locate(catalogue.LANDMARKS)))(rgb, around))
    (expected,) = dlib.get_face_chips(rgb, points, size=150, padding=0.25)
    assert np.array_equal(embed.Cutter().cut(picture, face.box), expected[:, :, ::-1])


def test_a_face_at_the_edge_of_the_picture_is_cut_too():
    picture = portrait(204, "a")
    (face,) = detect.Finder().find(picture)
    left, top, width, height = (round(part) for part in face.box)
    close = np.ascontiguousarray(picture[top : top + height, left : left + width])
    cut = embed.Cutter().cut(close, (0.0, 0.0, float(width), float(height)))
    far = np.linalg.norm(np.subtract(*embed.prints([cut, embed.Cutter().cut(picture, face.box)])))
    assert far < 0.4


def test_no_faces_give_no_numbers():
    assert embed.prints([]).shape == (0, 128)
    assert embed.prints([], "Facenet512").shape == (0, 512)


def _field(number: int, value: int | bytes) -> bytes:
    """Return one field of a protocol buffer."""
    if isinstance(value, bytes):
        return _whole(number << 3 | 2) + _whole(len(value)) + value
    return _whole(number << 3) + _whole(value)


def _whole(value: int) -> bytes:
    return bytes([value & 127 | 128]) + _whole(value >> 7) if value > 127 else bytes([value])


def mean_colour_net() -> bytes:
    """Return an ONNX net that gives the mean colour of pictures of 160 × 160 pixels."""

    def tensor(name: bytes, *sides: bytes) -> bytes:
        shape = b"".join(_field(1, side) for side in sides)
        kind = _field(1, _field(1, 1) + _field(2, shape))
        return _field(1, name) + _field(2, kind)

    many, wide, three = _field(2, b"n"), _field(1, 160), _field(1, 3)
    axes = _field(1, b"axes") + _field(20, 7) + _field(8, 1) + _field(8, 2)
    keep = _field(1, b"keepdims") + _field(20, 2) + _field(3, 0)
    node = _field(1, b"in") + _field(2, b"out") + _field(4, b"ReduceMean") + _field(5, axes) + _field(5, keep)
    graph = _field(1, node) + _field(2, b"g") + _field(11, tensor(b"in", many, wide, wide, three))
    graph += _field(12, tensor(b"out", many, three))
    return _field(1, 8) + _field(8, _field(2, 13)) + _field(7, graph)


def test_another_recogniser_works_once_its_file_is_there(tmp_path, monkeypatch):
    from deepface import DeepFace

    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    path = weights.home() / catalogue.FACENET512.file
    path.parent.mkdir(parents=True)
    for content in (b"not a net", mean_colour_net()):
        path.write_bytes(content)
        stated = hashlib.sha256(content).hexdigest()
        path.with_name(path.name + weights.STATED).write_text(stated, encoding="utf-8")
        if content == b"not a net":
            with pytest.raises(SourceError, match=r"Trained weights cannot be loaded(.|\n)*get the file again"):
                embed.prints(chips(), "Facenet512")
    rows = embed.prints(chips(), "Facenet512")
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1)
    session = DeepFace.build_model("Facenet512", task="facial_recognition").model
    assert session.get_session_options().intra_op_num_threads == 1
