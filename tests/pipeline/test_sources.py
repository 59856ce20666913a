"""The scenario's own files: which they are, and that a new or changed one is noticed."""

from pathlib import Path

import pytest

from shoplib.config.models import Scenario
from shoplib.errors import SourceError
from shoplib.pipeline import keys


def scenario(**paths: str) -> Scenario:
    sources = [{"kind": "csv", "name": name, "path": path, "mapping": "m.yaml"} for name, path in paths.items()]
    return Scenario.model_validate({"name": "s", "ingest": {"sources": sources}})


def test_a_name_with_stars_means_all_files_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    for name in ("inbox/b.csv", "inbox/a.csv", "one.csv", "inbox/note.txt"):
        (tmp_path / name).write_text("x")
    found = keys.source_paths(scenario(days="inbox/*.csv", one="one.csv"), tmp_path)
    assert {name: [path.relative_to(tmp_path).as_posix() for path in paths] for name, paths in found.items()} == {
        "days": ["inbox/a.csv", "inbox/b.csv"], "one": ["one.csv"],
    }  # fmt: skip


def test_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "sale.csv").write_text("x")
    for path, said in {
        "inbox/till_*.csv": (
            "No input file has a name like that\n"
            "  where   ingest.sources, days: inbox/till_*.csv\n"
            "  found   sale.csv\n"
            "  next    put the files there, or correct the path; * stands for any letters of the file's name"
        ),
        "outbox/*.csv": (
            "No input file has a name like that\n"
            "  where   ingest.sources, days: outbox/*.csv\n"
            "  found   no such folder\n"
            "  next    put the files there, or correct the path; * stands for any letters of the file's name"
        ),
        "inbox/sales.csv": (
            "An input file is not there\n"
            "  where   ingest.sources, days: inbox/sales.csv\n"
            "  found   nothing at that path\n"
            '  next    did you mean "sale.csv"?'
        ),
        "inbox": (
            "An input file is not there\n"
            "  where   ingest.sources, days: inbox\n"
            "  found   a folder\n"
            '  next    did you mean "inbox"?'
        ),
    }.items():
        with pytest.raises(SourceError) as caught:
            keys.source_paths(scenario(days=path), tmp_path)
        assert str(caught.value) == said


def test_each_file_that_comes_goes_or_changes_changes_the_parts_of_a_key(tmp_path: Path) -> None:
    def parts() -> dict[str, dict[str, str]]:
        return {
            "settings": {},
            "code": {},
            "packages": {},
            "python": {},
            "sources": keys.source_digests(asked, tmp_path),
        }

    asked = scenario(days="day_*.csv", one="one.csv")
    (tmp_path / "day_1.csv").write_text("a")
    (tmp_path / "one.csv").write_text("a")
    before = parts()
    assert sorted(before["sources"]) == ["days/day_1.csv", "one"]
    (tmp_path / "day_2.csv").write_text("a")
    (tmp_path / "one.csv").write_text("b")
    assert keys.differences(before, parts()) == ["source days/day_2.csv changed", "source one changed"]
    (tmp_path / "day_2.csv").unlink()
    (tmp_path / "one.csv").write_text("a")
    assert parts() == before
