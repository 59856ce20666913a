"""The command, and the folder that is whole or as it was."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shoplib.config.models import Scenario
from shoplib.errors import BusyError, ConfigError, SourceError, StoreError
from shoplib.ingest.fetching import fetch
from shoplib.ingest.fetching.landing import landing

PAGE = {"Content-Type": "application/json"}


def scenario(*sources: dict[str, object]) -> Scenario:
    return Scenario.model_validate(
        {"name": "corner", "ingest": {"sources": [{"mapping": "t.yaml", **s} for s in sources]}}
    )


def test_a_folder_is_whole_or_as_it_was(tmp_path):
    folder = tmp_path / "raw" / "till"
    with landing(folder) as new:
        (new / "a").write_text("1")
    with pytest.raises(ZeroDivisionError), landing(folder) as new:
        (new / "a").write_text("2")
        assert (folder / "a").read_text() == "1" and 1 / 0
    assert [p.read_text() for p in folder.iterdir()] == ["1"]
    with landing(folder) as new:
        (new / "b").write_text("3")
    assert [p.name for p in folder.iterdir()] == ["b"]


@pytest.mark.parametrize("killed", ["while writing", "between the two names", "before the old one went"])
def test_what_a_killed_fetch_left_is_put_right(tmp_path, killed):
    folder = tmp_path / "till"
    folder.mkdir()
    (folder / "a").write_text("old")
    new, old = tmp_path / ".till.new", tmp_path / ".till.old"
    new.mkdir()
    (new / "half").write_text("half")
    if killed == "between the two names":
        folder.rename(old)
    if killed == "before the old one went":
        folder.rename(old)
        new.rename(folder)
    with pytest.raises(ZeroDivisionError), landing(folder):
        assert 1 / 0
    left = "half" if killed == "before the old one went" else "a"
    assert [path.name for path in folder.iterdir()] == [left]
    assert not new.exists() and not old.exists()


def test_two_fetches_of_one_source_keep_apart(tmp_path):
    with landing(tmp_path / "till"), pytest.raises(BusyError) as caught, landing(tmp_path / "till"):
        pass
    assert "This source is being fetched by another process" in str(caught.value)


def test_a_folder_that_may_not_be_written_is_told(tmp_path):
    (tmp_path / "raw").write_text("a file where a folder must be")
    with pytest.raises(StoreError), landing(tmp_path / "raw" / "till"):
        pass


def test_the_sources_that_are_fetched():
    both = scenario(
        {"kind": "csv", "name": "file", "path": "x.csv"}, {"kind": "http", "name": "till", "url": "http://x"}
    )
    assert [source.name for source in fetch.chosen(both)] == ["till"]
    with pytest.raises(ConfigError, match="did you mean till"):
        fetch.chosen(both, "tll")
    with pytest.raises(ConfigError) as caught:
        fetch.chosen(scenario({"kind": "csv", "name": "file", "path": "x.csv"}))
    assert str(caught.value) == (
        "The scenario has no source on another machine\n"
        "  where   corner, ingest.sources\n"
        "  found   csv\n"
        "  wanted  one of kind sql, http, ftp or sftp\n"
        "  next    there is nothing to fetch; just run it"
    )


def test_a_secret_that_is_not_set_is_asked_for(fetcher):
    with pytest.raises(ConfigError, match="environment variable TILL_TOKEN"):
        fetcher(kind="http", url="http://127.0.0.1:1", token_env="TILL_TOKEN")


def test_a_source_that_became_another_kind_leaves_nothing_behind(web, fetcher, tmp_path):
    import sqlite3

    web.answer = lambda request: (200, PAGE, b'[{"id": 1}]')
    fetcher(kind="http", url=web.url)
    sqlite3.connect(tmp_path / "till.db").close()
    (tmp_path / "till.db").touch()
    fetcher(kind="sql", url="sqlite:///till.db", query="SELECT 1 AS id")
    assert [path.name for path in fetcher.folder.iterdir()] == ["rows.parquet"]


@pytest.fixture
def project(tmp_path, repository):
    """A project with one scenario that fetches from two places, and its command."""
    shutil.copytree(repository / "params", tmp_path / "params")
    (tmp_path / "notebooks").mkdir()
    for name in ("run_all.py", "requirements.lock"):
        shutil.copy(repository / name, tmp_path)
    return tmp_path


def written(project: Path, *sources: dict[str, object]) -> None:
    values = {"extends": "base.yaml", "name": "corner",
              "ingest": {"sources": [{"mapping": "mappings/pizza.yaml", **source} for source in sources]}}  # fmt: skip
    (project / "params" / "corner.yaml").write_text(json.dumps(values))


def test_the_command_brings_what_it_can_and_tells_the_rest(web, project, command):
    web.answer = lambda request: (200, PAGE, b'[{"id": 1}, {"id": 2}]')
    written(
        project,
        {"kind": "http", "name": "till", "url": web.url, "token_env": "TILL_TOKEN"},
        {"kind": "sql", "name": "erp", "url_env": "ERP_URL", "query": "SELECT 1 AS one"},
    )
    os.environ.update(TILL_TOKEN="kettle-9fK2", ERP_URL="postgresql://ann:kettle-9fK2@127.0.0.1:1/x")
    try:
        done = command(project, "ingest", "fetch", "corner", tool="shoplib")
    finally:
        del os.environ["TILL_TOKEN"], os.environ["ERP_URL"]
    assert done.returncode == 2 and done.stdout == "till: 2 records, 0.0 KiB\n"
    assert done.stderr.startswith(
        "A database cannot be reached\n  where   erp, postgresql+psycopg://ann:***@127.0.0.1:1/x\n"
    )
    assert "9fK2" not in done.stdout + done.stderr
    lying = [path for path in (project / "data").rglob("*") if path.is_file()]
    assert {path.name for path in lying if not path.name.startswith(".")} == {"records.jsonl"}
    assert not any(b"9fK2" in path.read_bytes() for path in lying)


def test_a_fetch_that_is_interrupted_says_so_and_leaves_nothing(web, project):
    asked, go_on = threading.Event(), threading.Event()

    def hang(request):
        asked.set()
        go_on.wait(30)
        return 200, PAGE, b"[]"

    web.answer = hang
    written(project, {"kind": "http", "name": "till", "url": web.url})
    start = [sys.executable, "-m", "shoplib", "ingest", "fetch", "corner"]
    with subprocess.Popen(start, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert asked.wait(60)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)
        go_on.set()
    assert process.returncode == 130 and said == ("", "interrupted; nothing is half-written\n")
    assert [path.name for path in (project / "data" / "raw" / "corner").iterdir() if path.is_dir()] == []


def test_a_fetch_that_is_killed_leaves_the_earlier_records(web, project, fetcher):
    web.answer = lambda request: (200, PAGE, b'[{"id": 1}]')
    fetcher(kind="http", url=web.url)
    asked, go_on = threading.Event(), threading.Event()

    def hang(request):
        if request.parameters["page"] == "2":
            asked.set()
            go_on.wait(30)
        return 200, PAGE, json.dumps([{"id": request.parameters["page"]}]).encode()

    web.answer = hang
    written(project, {"kind": "http", "name": "till", "url": web.url, "page_parameter": "page"})
    start = [sys.executable, "-m", "shoplib", "ingest", "fetch", "corner", "--source", "till"]
    with subprocess.Popen(start, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert asked.wait(60)
        with pytest.raises(BusyError):
            fetcher(kind="http", url=web.url)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
        go_on.set()
    assert fetcher.lines() == ['{"id":1}'] and (fetcher.folder.parent / ".till.new").is_dir()
    web.answer = lambda request: (500, {}, b"")
    with pytest.raises(SourceError):
        fetcher(kind="http", url=web.url, tries=1)
    assert fetcher.lines() == ['{"id":1}'] and not (fetcher.folder.parent / ".till.new").exists()
