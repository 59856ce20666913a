"""What numbers were made by: the code of the forecasts, the packages, the settings of a model."""

from __future__ import annotations

import ast
import platform
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any, cast

from shoplib.base import digest
from shoplib.forecasting.models import catalogue
from shoplib.forecasting.models.interface import Model

HERE = Path(__file__).resolve().parents[1]
ALWAYS = ("numpy", "pandas", "scipy")
FURTHER = {"lstm": ("torch",)}
WITH_HOLIDAYS = ("holidays",)
MODELS = ("panel.py", "models")
COMBINING = (*MODELS, "choosing.py", "ensemble.py", "choosing", "bands", "trials.py")


@cache
def code(places: tuple[str, ...] = MODELS) -> str:
    """Return the digest of the modules at ``places`` below ``shoplib.forecasting``; words in them do not count."""
    files = [file for place in places for file in _files(HERE / place)]
    return digest.of_value({file.relative_to(HERE).as_posix(): code_of(file) for file in sorted(set(files))})


def _files(place: Path) -> list[Path]:
    if place.is_dir():
        return sorted(place.rglob("*.py"))
    return [place] if place.is_file() else []


def code_of(file: Path) -> str:
    """Return the digest of a module's code without comments and docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [part for part in node.body if not _words(part)]
    return digest.of_bytes(ast.dump(tree).encode())


def _words(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def versions(models: Iterable[str], country: str = "") -> dict[str, str]:
    """Return the versions of Python and of the packages the models use, ``""`` for one that is not there."""
    names = {*ALWAYS, *(WITH_HOLIDAYS if country else ())}
    for model in models:
        names |= {*catalogue.NEEDS.get(model, ()), *FURTHER.get(model, ())}
    return {name: version(name) for name in ("python", *sorted(names))}


def version(package: str) -> str:
    """Return the version of Python (major and minor) or of a package, ``""`` if it is not there."""
    if package == "python":
        return ".".join(platform.python_version_tuple()[:2])
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def settings(model: Model) -> dict[str, Any]:
    """Return the settings of a model, such as its seed, as plain values."""
    thing: Any = model
    told = asdict(cast(Any, thing)) if is_dataclass(thing) else vars(thing)
    return {name: value if _simple(value) else repr(value) for name, value in sorted(told.items())}


def _simple(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str)
