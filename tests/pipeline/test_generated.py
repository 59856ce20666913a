"""The files made from the code are current, and say what is true."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from shoplib.config.document import read_document
from shoplib.config.models import Scenario
from shoplib.contracts import tables
from shoplib.pipeline import generated, lockfile, settings_page

ROOT = Path(__file__).parents[2]


def test_the_files_in_the_repository_are_current() -> None:
    assert generated.stale(ROOT) == []


def test_writing_heals_what_is_missing_or_changed_and_then_changes_nothing(tmp_path: Path) -> None:
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    assert generated.stale(tmp_path) == sorted(generated.MADE)
    assert generated.write(tmp_path) == sorted(generated.MADE)
    (tmp_path / "docs" / "tables.md").write_text("edited by hand")
    (tmp_path / "environment.yml").unlink()
    assert generated.stale(tmp_path) == ["docs/tables.md", "environment.yml"]
    assert generated.write(tmp_path) == ["docs/tables.md", "environment.yml"]
    assert generated.write(tmp_path) == []
    for name in generated.MADE:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()


def test_files_of_other_rooms_are_written_among_them(tmp_path: Path) -> None:
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    more = {"docs/more.md": lambda _root: "told by others"}
    assert generated.write(tmp_path, more) == sorted([*generated.MADE, "docs/more.md"])
    assert (tmp_path / "docs" / "more.md").read_text() == "told by others\n"
    assert generated.stale(tmp_path, more) == []


def test_environment_holds_exactly_the_lock() -> None:
    text = (ROOT / "environment.yml").read_text()
    *conda, pip = yaml.safe_load(text)["dependencies"]
    assert conda == ["python=3.11", "pip", "pango"]
    assert pip["pip"] == [pin.line for pin in lockfile.pins(ROOT)]
    assert [line.replace(" ", "") for line in pip["pip"]] == [
        line.replace(" ", "") for line in (ROOT / "requirements.lock").read_text().splitlines()
    ]
    assert "PIP_NO_DEPS=1 conda env create -f environment.yml" in text


def test_every_table_and_setting_is_told() -> None:
    page = (ROOT / "docs" / "tables.md").read_text()
    assert [name for name in tables.names() if f"\n## {name}\n" not in page] == []
    settings = (ROOT / "docs" / "settings.md").read_text()
    assert (
        "| `overview_days` | whole number | days | `90` | at least 7, at most 730 | days of the overview's" in settings
    )
    assert "`mappings`" not in settings
    sections = [
        name for name in Scenario.model_fields if name not in ("mappings", "quality", "name", "description", "seed")
    ]
    assert [name for name in sections if f"\n## `{name}`" not in settings] == []


def test_every_setting_says_what_it_means() -> None:
    def bare(schema: dict[str, Any]) -> list[str]:
        parts = {"": schema, **schema["$defs"]}
        return [f"{part}.{key}" for part, model in parts.items() for key, about in model["properties"].items()
                if not about.get("description") and key not in ("kind", "test")]  # fmt: skip

    assert bare(settings_page.scenario_schema()) == []
    assert bare(settings_page.mapping_schema()) == []
    assert bare(settings_page.quality_schema()) == []


RULES = ROOT / "params" / "quality.yaml"
SCENARIOS = sorted({*(ROOT / "params").glob("*.yaml"), *(ROOT / "params" / "tiny").glob("*.yaml")} - {RULES})
MAPPINGS = sorted((ROOT / "params" / "mappings").glob("*.yaml"))


@pytest.mark.parametrize("path", [*SCENARIOS, *MAPPINGS, RULES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_the_files_of_the_project_fit_the_schemas(path: Path) -> None:
    kind = "quality." if path == RULES else "mapping." if path in MAPPINGS else ""
    name = f"params/{kind}schema.json"
    schema = json.loads((ROOT / name).read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(read_document(path).values, schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("params/schema.json", {"sales": {"overview_days": 1}}),
        ("params/schema.json", {"seeed": 1}),
        ("params/schema.json", {"mappings": {}}),
        ("params/schema.json", {"ingest": {"sources": [{"kind": "carrier pigeon"}]}}),
        ("params/quality.schema.json", {"rules": {"a": {"test": "dowsing"}}}),
        ("params/mapping.schema.json", {"rows": "gardens"}),
        ("params/mapping.schema.json", {"rows": "line", "fields": {"quantity": 5}}),
        ("params/mapping.schema.json", {"file": {"delimiter": "ab"}}),
    ],
)
def test_the_schemas_refuse_what_the_program_refuses(name: str, values: dict[str, Any]) -> None:
    schema = json.loads((ROOT / name).read_text())
    assert not jsonschema.Draft202012Validator(schema).is_valid(values)


@pytest.mark.parametrize("mark", [",", "\t", "\\t", ";"])
def test_a_delimiter_may_be_written_as_people_write_it(mark: str) -> None:
    jsonschema.validate({"file": {"delimiter": mark}}, settings_page.mapping_schema())
