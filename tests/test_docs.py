"""What the documents promise is there: commands parse, links lead somewhere, named files exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from shoplib import cli
from shoplib.cli import command
from shoplib.pipeline.stages import STAGES

ROOT = Path(__file__).parents[1]
WRITTEN = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/map.md")
PAGES = sorted(ROOT / name for name in WRITTEN) + sorted((ROOT / "docs").rglob("*.md"))
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
PICTURE = "docs/images/page.png"


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(name: str) -> list[str]:
    """Return every command of ours a page shows, in fences and within lines, comments taken away."""
    text = text_of(name)
    fenced = [line.partition("#")[0].strip() for _, body in FENCE.findall(text) for line in body.splitlines()]
    spans = [span for span in CODE.findall(FENCE.sub("", text)) if "…" not in span]
    ours = re.compile(r"^(python |\S*python )?(run_all\.py|shoplib)( |$)")
    return sorted({line for line in (*fenced, *spans) if ours.match(line)})


def arguments(command: str) -> list[str]:
    words = shlex.split(command)
    at = next(i for i, word in enumerate(words) if word in ("shoplib", "run_all.py"))
    given = words[at + 1 :]
    return ["run", *given] if words[at] == "run_all.py" else given


def accepted(command: str) -> bool:
    """Return whether the parser takes a command; a command alone, such as ``shoplib new``, need only be known."""
    given = arguments(command)
    try:
        cli._parser().parse_args(given if len(given) > 1 or given[:1] in (["run"],) else [*given, "--help"])
    except SystemExit as ended:
        return ended.code == 0
    return True


@pytest.mark.parametrize("name", WRITTEN)
def test_every_command_shown_is_one_the_program_takes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert [command for command in commands(name) if not accepted(command)] == []


def test_the_readme_tells_every_command_and_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    readme = text_of("README.md")
    assert len(commands("README.md")) > 15
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = re.findall(r"^    (\w+) ", capsys.readouterr().out, re.MULTILINE)
    assert [name for name in known if name != "run" and f"`shoplib {name}" not in readme] == []
    with pytest.raises(SystemExit):
        cli.main(["run", "--help"])
    options = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}
    assert sorted(option for option in options if f"`run_all.py {option}" not in readme) == []


def test_an_unknown_option_would_be_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert not accepted("run_all.py --sett a=1")
    assert not accepted("shoplib nwe")


def test_the_readme_tells_every_exit_code() -> None:
    told = set(re.findall(r"^\| (\d+) \|", text_of("README.md"), re.MULTILINE))
    assert told == set(re.findall(r"(\d+) [a-z]", command.EXIT_CODES))


def test_windows_commands_are_those_of_run_all() -> None:
    run_all = text_of("run_all.py").replace("\\\\", "\\")
    lines = [line for kind, body in FENCE.findall(text_of("README.md")) if kind == "bat" for line in body.splitlines()]
    assert len(lines) == 3
    assert [line for line in lines if line not in run_all] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    found = [target for _, target in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))]
    local = [target for target in found if not target.startswith(("https://", "#"))]
    assert [target for target in local if not (page.parent / target.partition("#")[0]).exists()] == []


def test_the_readme_shows_the_page() -> None:
    assert [target for mark, target in LINK.findall(text_of("README.md")) if mark] == [PICTURE]


def test_contributing_names_files_that_exist() -> None:
    bodies = [body for kind, body in FENCE.findall(text_of("CONTRIBUTING.md")) if kind == "text"]
    named = [line.split()[0] for body in bodies for line in body.splitlines() if line.strip()]
    assert len(named) > 20
    assert [name for name in named if not (ROOT / name).is_file()] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/map.md"])
def test_make_targets_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", text_of("Makefile"), re.MULTILINE))
    shown = [body for _, body in FENCE.findall(text_of(name))] + CODE.findall(text_of(name))
    named = {target for text in shown for target in re.findall(r"^make ([a-z]+)", text, re.MULTILINE)}
    assert named <= targets


def test_ci_runs_the_test_command_of_the_readme() -> None:
    path = ROOT / ".ci" / "run"
    assert path.stat().st_mode & 0o111
    last = path.read_text().splitlines()[-1]
    assert last == "make test"
    assert any(line.startswith(last) for _, body in FENCE.findall(text_of("README.md")) for line in body.splitlines())
    assert subprocess.run(["bash", "-n", str(path)], check=False).returncode == 0


def test_the_map_tells_every_room_and_every_stage() -> None:
    told = text_of("docs/map.md")
    rooms = sorted(path.name for path in (ROOT / "src" / "shoplib").iterdir() if (path / "__init__.py").is_file())
    assert [room for room in rooms if f"\n**`{room}/`**" not in told] == []
    rows = {line.split("`")[1]: line for line in told.splitlines() if re.match(r"\| `\d\d_", line)}
    assert list(rows) == [stage.name for stage in STAGES]
    for stage in STAGES:
        assert [name for name in (*stage.needs, *stage.outputs) if name.rstrip("?") not in rows[stage.name]] == []
        assert rows[stage.name].endswith(f"| {stage.part} |")


def test_decisions_have_one_form_and_are_numbered() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(page.name[:4])}. ")
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_the_citation_is_of_this_version() -> None:
    cited: dict[str, Any] = yaml.safe_load(text_of("CITATION.cff"))
    schema = {
        "type": "object",
        "required": ["cff-version", "message", "title", "authors"],
        "properties": {"cff-version": {"const": "1.2.0"}, "type": {"enum": ["software", "dataset"]},
                       "authors": {"type": "array", "minItems": 1, "items": {"required": ["name"]}}},
    }  # fmt: skip
    jsonschema.validate(json.loads(json.dumps(cited)), schema)
    project = text_of("pyproject.toml")
    assert f'version = "{cited["version"]}"' in project
    assert f'license = "{cited["license"]}"' in project
    assert f"## [{cited['version']}]" in text_of("CHANGELOG.md")
