"""What a notebook's result can depend on: its code, the modules of ours it reaches, the packages those import."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

import shoplib
from shoplib.base import digest
from shoplib.errors import ConfigError

PACKAGE = "shoplib"
CODE_SUFFIXES = {".py", ".pyc", ".md"}
DISTRIBUTIONS = {"cv2": "opencv-python", "yaml": "PyYAML", "sklearn": "scikit-learn", "bs4": "beautifulsoup4",
                 "PIL": "pillow", "dlib": "dlib-bin", "dateutil": "python-dateutil"}  # fmt: skip


@dataclass(frozen=True)
class Closure:
    """Digest of the code and versions of the packages, both independent of comments and prose."""

    code: str
    modules: tuple[str, ...]
    packages: dict[str, str]


def of_notebook(path: Path) -> Closure:
    """Return the closure of a notebook: code cells (markdown ignored) and everything they import."""
    tree = ast.parse(code_of(path))
    modules, foreign = _reach(tree)
    parts = {"notebook": ast.dump(tree), **{name: _module(name).digest for name in sorted(modules)}}
    versions = {_distribution(name): _version(name) for name in sorted(foreign)}
    return Closure(digest.of_value(parts), tuple(sorted(modules)), {k: v for k, v in versions.items() if v})


def code_of(path: Path) -> str:
    """Return the code cells of a notebook as one text; ``ConfigError`` if it is not a notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigError("A notebook cannot be read", where=path.name, found=str(error).splitlines()[0]) from error


@dataclass(frozen=True)
class _Module:
    digest: str
    ours: frozenset[str]
    foreign: frozenset[str]


@cache
def _module(name: str) -> _Module:
    source = _file(name)
    if source is None:
        raise ConfigError(f"There is no module {name}", where="an import in a notebook or in src/shoplib")
    tree = ast.parse(source.read_text(encoding="utf-8"))
    ours, foreign = _imports(tree)
    texts = {"code": ast.dump(_without_docstrings(tree)), "data": _package_data(source)}
    return _Module(digest.of_value(texts), frozenset(ours - {name}), frozenset(foreign))


def _package_data(source: Path) -> dict[str, str]:
    """Return the digests of what ships beside a package's code: queries, templates, pictures, models."""
    if source.name != "__init__.py":
        return {}
    home = source.parent
    folders = [home, *(p for p in home.iterdir() if p.is_dir() and not (p / "__init__.py").is_file())]
    found = (p for folder in folders for p in folder.glob("*.*") if p.is_file() and p.suffix not in CODE_SUFFIXES)
    return {p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(found)}


def _file(name: str) -> Path | None:
    base = Path(shoplib.__file__).parent.joinpath(*name.split(".")[1:])
    for candidate in (base / "__init__.py", base.with_suffix(".py")):
        if candidate.is_file():
            return candidate
    return None


def _reach(tree: ast.AST) -> tuple[set[str], set[str]]:
    waiting, foreign = _imports(tree)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        parent = name.rpartition(".")[0]
        waiting |= (_module(name).ours | ({parent} if parent else set())) - seen
        foreign |= _module(name).foreign
    return seen, foreign


def _imports(tree: ast.AST) -> tuple[set[str], set[str]]:
    """Return our modules and the top names of others that a syntax tree imports anywhere, also in functions."""
    ours, foreign = set(), set()
    for name, member in _imported(tree):
        if name.partition(".")[0] == PACKAGE:
            ours.add(f"{name}.{member}" if member and _file(f"{name}.{member}") else name)
        else:
            foreign.add(name.partition(".")[0])
    return ours, foreign


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from ((node.module, alias.name) for alias in node.names)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                node.body = [*node.body[1:]] or [ast.Pass()]
    return tree


def _distribution(name: str) -> str:
    return DISTRIBUTIONS.get(name, name)


@cache
def _version(name: str) -> str:
    """Return the installed version of the package that has the top name, ``""`` for the standard library."""
    try:
        return metadata.version(_distribution(name))
    except metadata.PackageNotFoundError:
        return ""
