"""Small files written on the spot, and a way to take them in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from collections.abc import Mapping as MappingOf
from pathlib import Path
from typing import Any

import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.contracts import check
from shoplib.ingest.facts import Facts, take_in

Content = str | bytes
Sources = dict[str, tuple[dict[str, Any], Content | MappingOf[str, Content]]]
TakeIn = Callable[..., Facts]


def take(folder: Path, sources: Sources, *, share: float = 1.0, refuse: Collection[str] = (), **shop: Any) -> Facts:
    """Write each source's text to a file, or its texts to files in order of name, and take all of them in.

    Sources named in ``refuse`` have ``on_bad_file: refuse``.
    """
    files, mappings, listed = {}, {}, []
    for name, (mapping, content) in sources.items():
        texts = {f"{name}.csv": content} if isinstance(content, str | bytes) else content
        files[name] = [folder / file for file in sorted(texts)]
        for file, text in texts.items():
            (folder / file).write_bytes(text if isinstance(text, bytes) else text.encode())
        mappings[f"{name}.yaml"] = Mapping.model_validate({"name": name, **mapping})
        listed.append(
            {
                "kind": "csv",
                "name": name,
                "path": f"{name}.csv",
                "mapping": f"{name}.yaml",
                "on_bad_file": "refuse" if name in refuse else "stop",
            }
        )
    ingest = Ingest.model_validate({"sources": listed, "max_set_aside_share": share})
    return take_in(Shop.model_validate({"name": "Corner", **shop}), ingest, mappings, files)


def sound(facts: Facts) -> None:
    """Fail unless every table keeps its declaration, every reference holds and every row and penny is accounted for."""
    tables = facts.tables()
    for name, frame in tables.items():
        check.checked(name, frame)
    for name, frame in tables.items():
        for column in check.tables.declared(name).__table__.columns:
            for key in column.foreign_keys:
                parent, _, parent_column = key.target_fullname.partition(".")
                assert set(frame[column.name].dropna()) <= set(tables[parent][parent_column]), (name, column.name)
    jobs = facts.import_jobs
    parts = jobs[["rows_loaded", "rows_set_aside", "rows_duplicate"]].sum(axis=1)
    assert (jobs["rows_in"] == parts).all()
    told = jobs.dropna(subset=["money_in_minor"])
    parts = told[["money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor"]].sum(axis=1)
    assert (told["money_in_minor"] == parts).all()
    assert len(facts.rejected_rows) == jobs["rows_set_aside"].sum()
    repeated = facts.import_repeats.groupby("import_id")[["rows", "money_minor"]].sum().reindex(jobs["import_id"])
    twice = jobs.set_index("import_id")[["rows_duplicate", "money_duplicate_minor"]]
    assert repeated.fillna(0).astype("int64").to_numpy().tolist() == twice.fillna(0).astype("int64").to_numpy().tolist()
    place = {import_id: number for number, import_id in enumerate(jobs["import_id"])}
    assert (facts.import_repeats["first_import_id"].map(place) <= facts.import_repeats["import_id"].map(place)).all()


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
def require_sound() -> Callable[[Facts], None]:
    """Return the check of everything that must hold of any facts."""
    return sound


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the project's top folder."""
    return Path(__file__).resolve().parents[2]
