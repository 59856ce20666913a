"""The files of the project that are made from its code, and whether they still say what the code says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from shoplib.contracts import describe
from shoplib.pipeline import licences, settings_page
from shoplib.pipeline.lockfile import LOCK, pins
from shoplib.store import files, model

Make = Callable[[Path], str]
PYTHON, CHANNEL = "3.11", "conda-forge"


def write(root: Path, more: Mapping[str, Make] | None = None) -> list[str]:
    """Write every generated file that is missing or out of date below ``root`` and return their names in order.

    ``more`` are files of rooms this one may not know, by name, like :data:`MADE`. Raises ``ConfigError`` if the lock is
    not readable or a package of it has no licence.
    """
    wrong = [(name, text) for name, text in _made(root, more) if _there(root / name) != text]
    for name, text in wrong:
        files.write_text(root / name, text)
    return [name for name, _ in wrong]


def stale(root: Path, more: Mapping[str, Make] | None = None) -> list[str]:
    """Return the names of the generated files that are missing or not what the code would write today."""
    return [name for name, text in _made(root, more) if _there(root / name) != text]


def _there(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _made(root: Path, more: Mapping[str, Make] | None) -> Iterable[tuple[str, str]]:
    every = {**MADE, **(more or {})}
    return ((name, every[name](root).rstrip("\n") + "\n") for name in sorted(every))


def environment(root: Path) -> str:
    """Return ``environment.yml``: the packages of the lock for conda, which adds Pango, the library PDFs need."""
    lines = [
        f"# Written by  shoplib docs  from {LOCK}; edit that file, not this one.",
        "# The list is complete, so pip must not resolve it again:",
        "#   PIP_NO_DEPS=1 conda env create -f environment.yml",
        "#   conda activate shoplib",
        "#   python -m pip install --no-deps --no-build-isolation --editable .",
        "name: shoplib",
        f"channels: [{CHANNEL}, nodefaults]",
        "dependencies:",
        f"  - python={PYTHON}",
        "  - pip",
        "  - pango",
        "  - pip:",
    ]
    return "\n".join([*lines, *(f"      - {json.dumps(pin.line)}" for pin in pins(root))])


MADE: dict[str, Make] = {
    model.PAGE: lambda _root: model.page(),
    "docs/licences.md": licences.markdown,
    "docs/settings.md": lambda _root: settings_page.markdown(),
    "docs/tables.md": lambda _root: describe.markdown(),
    "environment.yml": environment,
    "params/mapping.schema.json": lambda _root: settings_page.as_json(settings_page.mapping_schema()),
    "params/quality.schema.json": lambda _root: settings_page.as_json(settings_page.quality_schema()),
    "params/schema.json": lambda _root: settings_page.as_json(settings_page.scenario_schema()),
}
