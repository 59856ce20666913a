"""Small files written on the spot, and a way to take them in."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Collection
from collections.abc import Mapping as MappingOf
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Scenario, Shop
from shoplib.contracts import check
from shoplib.ingest.facts import Facts, take_in
from shoplib.ingest.lasting import audit, snapshot
from shoplib.ingest.lasting.loading import Outcome, load_file
from shoplib.store.database import Store, open_store, reading, upgrade

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


MOMENT = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)


class Box:
    """A lasting store and the scenario whose files it gets."""

    def __init__(self, folder: Path, store: Store, mappings: MappingOf[str, dict[str, Any]], **more: Any) -> None:
        self.folder, self.store = folder, store
        listed = [{"kind": "csv", "name": name, "path": f"{name}.csv", "mapping": name} for name in mappings]
        shop = {"name": "Corner", **more.pop("shop", {})}
        ingest = {"sources": listed, "max_set_aside_share": 0.5, **more}
        self.scenario = Scenario.model_validate(
            {"name": "corner", "shop": shop, "ingest": ingest,
             "mappings": {name: {"name": name, **mapping} for name, mapping in mappings.items()}}
        )  # fmt: skip
        self.files = 0

    def load(self, name: str, content: Content, file: str = "", *, suffix: str = ".csv") -> Outcome:
        """Write a file of a source and load it."""
        self.files += 1
        path = self.folder / (file or f"{name} {self.files}{suffix}")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return self.load_path(name, path)

    def load_path(self, name: str, path: Path) -> Outcome:
        """Load a file of a source."""
        source = next(one for one in self.scenario.ingest.sources if one.name == name)
        return load_file(self.store, self.scenario, source, path, now=lambda: MOMENT)

    def table(self, name: str, *columns: str) -> Any:
        """Return a table of the store, or the rows of some columns as lists."""
        with reading(self.store) as bulk:
            frame = bulk.frame(name)
        return frame[list(columns)].to_numpy().tolist() if columns else frame

    def facts(self) -> dict[str, pd.DataFrame]:
        """Return what happened, without which file told it first; nothing of the take-in about itself."""
        with reading(self.store) as bulk:
            assert audit.verify(bulk) == []
            return {
                name: bulk.frame(name).drop(columns=["import_id", "source_row"], errors="ignore")
                for name in snapshot.names()
                if name not in ("import_jobs", "import_repeats", "rejected_rows")
            }


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of a lasting store without rows, to be copied."""
    folder = tmp_path_factory.mktemp("store")
    store = open_store(folder, "empty", environment={})
    upgrade(store)
    return store.path


@pytest.fixture(scope="session")
def box_in(empty_store: Path) -> Callable[..., Box]:
    """Return a function that makes a store in a folder for files of some mappings."""

    def made(folder: Path, mappings: MappingOf[str, dict[str, Any]], **more: Any) -> Box:
        store = open_store(folder, "corner", environment={})
        store.path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty_store, store.path)
        return Box(folder, store, mappings, **more)

    return made


@pytest.fixture
def box(box_in: Callable[..., Box], tmp_path: Path) -> Callable[..., Box]:
    """Return a function that makes a store for files of some mappings."""
    return partial(box_in, tmp_path)


@pytest.fixture
def box_at(tmp_path: Path) -> Callable[..., Box]:
    """Return a function that takes a store and the mappings of its files."""
    return partial(Box, tmp_path)
