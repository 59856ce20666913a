"""Small files written on the spot, and a way to take them in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.ingest.facts import Facts, take_in

Sources = dict[str, tuple[dict[str, Any], str]]
TakeIn = Callable[..., Facts]


def take(folder: Path, sources: Sources, *, share: float = 1.0, **shop: Any) -> Facts:
    """Write each source's text to a file and take all of them in."""
    files, mappings, listed = {}, {}, []
    for name, (mapping, text) in sources.items():
        files[name] = [folder / f"{name}.csv"]
        files[name][0].write_text(text, encoding="utf-8", newline="")
        mappings[f"{name}.yaml"] = Mapping.model_validate({"name": name, **mapping})
        listed.append({"kind": "csv", "name": name, "path": f"{name}.csv", "mapping": f"{name}.yaml"})
    ingest = Ingest.model_validate({"sources": listed, "max_set_aside_share": share})
    return take_in(Shop.model_validate({"name": "Corner", **shop}), ingest, mappings, files)


@pytest.fixture
def taken(tmp_path: Path) -> TakeIn:
    """Return a function that takes in sources given as mapping and text."""

    def of(sources: Sources, **more: Any) -> Facts:
        return take(tmp_path, sources, **more)

    return of


@pytest.fixture(scope="session")
def take_into() -> TakeIn:
    """Return the same, into a folder of the caller's: for tests that repeat it many times."""
    return take


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the project's top folder."""
    return Path(__file__).resolve().parents[2]
