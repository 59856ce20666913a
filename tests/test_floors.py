"""Which foreign package may be used on which floor, and what a bare start does not load."""

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import shoplib

ROOT = Path(shoplib.__file__).parent

# package → places that may import it; a folder ends with "/"
ALLOWED = {
    "matplotlib": ("viz/", "*/figures.py", "faces/figures/"),
    "seaborn": ("viz/", "*/figures.py"),
    "sqlalchemy": ("contracts/", "store/"),
    "adbc_driver_sqlite": ("store/",),
    "adbc_driver_manager": ("store/",),
    "duckdb": ("store/",),
    "pandera": ("contracts/", "ingest/quality/"),
    "papermill": ("pipeline/kernel.py",),
    "pytask": ("pipeline/",),
    "jinja2": ("report/",),
    "nbconvert": ("report/",),
    "bs4": ("report/",),
    "mistune": ("report/",),
    "weasyprint": ("report/",),
    "typst": ("report/",),
    "xlsxwriter": ("report/", "ingest/dropped/mending.py"),
    "pydantic": ("config/",),
    "yaml": ("config/", "ingest/describing/"),
    "faker": ("simulate/",),
    "cryptography": ("store/",),
    "av": ("faces/footage/", "simulate/cctv/"),
    "dlib": ("faces/models/",),
    "deepface": ("faces/models/",),
}
HEAVY = ("cv2", "dlib", "torch", "torchvision", "deepface", "ultralytics", "prophet")


def imports(tree: ast.AST) -> Iterator[str]:
    """Yield the top package of every absolute import below ``tree``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def outside_functions(tree: ast.Module) -> Iterator[str]:
    """Yield the top package of every import that runs when the module is imported."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        waiting += ast.iter_child_nodes(node)


@cache
def parsed() -> dict[str, ast.Module]:
    files = sorted(ROOT.rglob("*.py"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def fits(name: str, place: str) -> bool:
    if place.endswith("/"):
        return name.startswith(place)
    return Path(name).match(place)


@pytest.mark.parametrize("package", ALLOWED)
def test_foreign_package_stays_on_its_floor(package):
    users = [name for name, tree in parsed().items() if package in imports(tree)]
    assert [name for name in users if not any(fits(name, place) for place in ALLOWED[package])] == []


@pytest.mark.parametrize("package", HEAVY)
def test_heavy_package_is_imported_inside_functions_only(package):
    assert [name for name, tree in parsed().items() if package in outside_functions(tree)] == []


def test_every_package_on_the_lists_is_installed():
    assert [name for name in (*ALLOWED, *HEAVY) if importlib.util.find_spec(name) is None] == []


def test_command_line_starts_without_the_heavy_packages():
    code = "import json, sys, shoplib.cli; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert "shoplib" in loaded
    assert loaded & {"pandas", "numpy", "pyarrow", "matplotlib", "papermill", "pydantic", "av", *HEAVY} == set()
