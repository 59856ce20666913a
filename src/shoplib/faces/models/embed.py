"""What tells faces apart: 128 numbers a face, near for the same person (dlib's ResNet, King 2017, through DeepFace).

DeepFace's own crop spoils this model, so faces are cut as its author cuts them and DeepFace is told to skip its own.
"""

from __future__ import annotations

import itertools
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from shoplib.errors import SourceError
from shoplib.faces.models import catalogue, weights
from shoplib.faces.models.detect import square
from shoplib.faces.pictures import Box, Picture

Prints: TypeAlias = npt.NDArray[np.float64]

DEFAULT = "Dlib"
WORTH_A_PROCESS = 100
"""Chips that take longer than a process takes to begin."""
CHIP_PX, PADDING = 150, 0.25
BATCH = 16


class Cutter:
    """Cuts faces upright and even: 150 × 150 pixels, eyes level, by five landmarks."""

    def __init__(self) -> None:
        import dlib

        self._dlib = dlib
        self._shape = dlib.shape_predictor(str(weights.locate(catalogue.LANDMARKS)))

    def cut(self, picture: Picture, box: Box) -> Picture:
        """Return one face of a picture (both blue, green, red): dlib's own chip."""
        rgb = np.ascontiguousarray(picture[:, :, ::-1])
        chip = self._dlib.get_face_chip(rgb, self._shape(rgb, square(box)), size=CHIP_PX, padding=PADDING)
        return np.ascontiguousarray(chip[:, :, ::-1])


def prints(chips: Sequence[Picture], recogniser: str = DEFAULT, workers: int = 1) -> Prints:
    """Return one row of numbers a chip (128 of Dlib); compare rows by their Euclidean distance.

    The same chips give the same numbers, however many are given at once and by however many processes. Rows of other
    recognisers than Dlib have the length 1. Nothing is downloaded; raises ``SourceError`` if weights are missing,
    damaged or not for a shop.
    """
    model = catalogue.recogniser(recogniser)
    if not chips:
        return np.empty((0, model.numbers))
    processes = min(workers, len(chips) // WORTH_A_PROCESS)
    if processes > 1:
        edges = np.linspace(0, len(chips), processes + 1).astype(int)
        parts = [chips[begin:end] for begin, end in itertools.pairwise(edges)]
        with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
            return np.concatenate(list(pool.map(prints, parts, [recogniser] * processes)))
    batches = [list(chips[start : start + BATCH]) for start in range(0, len(chips), BATCH)]
    place = weights.locate(model.weights)
    with weights.deepface_home(model.weights):
        from deepface import DeepFace

        _one_thread(recogniser, place)
        told: list[Any] = []
        for batch in batches:
            rows = DeepFace.represent(img_path=batch, model_name=recogniser, detector_backend="skip")
            told += [rows] if len(batch) == 1 else rows
    made = np.asarray([faces[0]["embedding"] for faces in told], dtype=np.float64)
    return made if recogniser == DEFAULT else made / np.linalg.norm(made, axis=1, keepdims=True)


def _one_thread(recogniser: str, place: Path) -> None:
    """Bring DeepFace's model to a single thread: work is shared out by process, and sums keep their order."""
    import cv2
    from deepface import DeepFace

    cv2.setNumThreads(1)
    try:
        client = DeepFace.build_model(recogniser, task="facial_recognition")
    except ValueError as error:
        raise SourceError(
            "Trained weights cannot be loaded", where=str(place),
            found=str(error.__cause__ or error), wanted=f"the model {recogniser}", next_step="get the file again",
        ) from error  # fmt: skip
    session: Any = getattr(client, "model", None)
    if not type(session).__module__.startswith("onnxruntime"):
        return
    options = session.get_session_options()
    if options.intra_op_num_threads != 1:
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        client.model = type(session)(str(place), options, providers=["CPUExecutionProvider"])
