"""The key of a stage: a digest of everything its result can depend on, and what changed between two of them."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from shoplib.base import digest, words
from shoplib.config.models import Scenario
from shoplib.config.sources import FileSource, RemoteSource
from shoplib.errors import SourceError
from shoplib.pipeline import closure, remembered
from shoplib.pipeline.graph import Graph
from shoplib.pipeline.results import Results
from shoplib.pipeline.stages import Stage
from shoplib.store import files, patterns, places

KEY_LENGTH = 16
RUN_CODE_LENGTH = 10


def source_paths(scenario: Scenario, root: Path) -> dict[str, list[Path]]:
    """Return source name → files of the scenario's own, in order of name; ``SourceError`` if there is none."""
    if scenario.ingest.stored:
        return {places.STORE: places.snapshot_files(root, scenario.name)}
    found = {}
    for source in scenario.ingest.sources:
        if isinstance(source, RemoteSource):
            found[source.name] = places.fetched_files(root, scenario.name, source.name)
            if not found[source.name]:
                raise _not_fetched(source.name, scenario.name)
            continue
        if not isinstance(source, FileSource):
            continue
        path = root / source.path
        if patterns.is_pattern(path.name):
            found[source.name] = patterns.matching(path)
            missing = not found[source.name]
        else:
            found[source.name], missing = [path], not path.is_file()
        if missing:
            raise _not_there(source.name, source.path, path)
    return found


def _not_fetched(name: str, scenario: str) -> SourceError:
    return SourceError(
        "Nothing was fetched from a source yet", where=f"ingest.sources, {name}", found="no file of it",
        wanted="what it held when it was last asked; a run itself never uses the network",
        next_step=f"shoplib ingest fetch {scenario}",
    )  # fmt: skip


def _not_there(name: str, written: str, path: Path) -> SourceError:
    there = sorted(entry.name for entry in path.parent.iterdir()) if path.parent.is_dir() else []
    where = f"ingest.sources, {name}: {written}"
    if patterns.is_pattern(path.name):
        return SourceError(
            "No input file has a name like that", where=where,
            found=words.listed(there) or ("an empty folder" if path.parent.is_dir() else "no such folder"),
            next_step="put the files there, or correct the path; * stands for any letters of the file's name",
        )  # fmt: skip
    near = words.nearest(path.name, there)
    return SourceError(
        "An input file is not there", where=where, found="a folder" if path.is_dir() else "nothing at that path",
        next_step=f'did you mean "{near}"?' if near else "put the file there, or correct its path",
    )  # fmt: skip


def source_digests(scenario: Scenario, root: Path) -> dict[str, str]:
    """Return the digests of the scenario's own files: by source, or by source and file where a name has stars."""
    alone = {
        s.name
        for s in scenario.ingest.sources
        if isinstance(s, FileSource) and not patterns.is_pattern(Path(s.path).name)
    }
    return {
        name if name in alone else f"{name}/{path.name}": files.sha256(path)
        for name, paths in source_paths(scenario, root).items()
        for path in paths
    }


def footage_paths(scenario: Scenario, root: Path) -> list[Path]:
    """Return the scenario's own video files in the order named; ``SourceError`` if one is not there."""
    if scenario.cameras is None or scenario.cameras.footage.kind == "simulated":
        return []
    paths = [root / clip.path for clip in scenario.cameras.footage.clips]
    for clip, path in zip(scenario.cameras.footage.clips, paths, strict=True):
        if not path.is_file():
            raise _not_there("footage", clip.path, path)
    return paths


def footage_parts(scenario: Scenario, root: Path, home: Path) -> dict[str, str]:
    """Return what a stage that reads footage depends on: the files, what people said, who was known before.

    What the gallery keeps of these same files does not count: it is the stage's own work.
    """
    paths = footage_paths(scenario, root)
    found = {path.relative_to(root).as_posix(): files.sha256(path) for path in paths}
    private = places.private(root, home, scenario.name, simulated=not paths)
    mine = set(found.values())
    found |= {name: files.sha256(private / name) for name in places.SAID if (private / name).is_file()}
    state = private / places.GALLERY / places.STATE
    if paths and state.is_file():
        kept = files.read_json(state)
        others = {clip: told for clip, told in kept["clips"].items() if clip not in mine}
        found["gallery"] = digest.of_value({"generation": kept["generation"], "clips": others})
    return found


def fixed_parts(
    stage: Stage, graph: Graph, scenario: Scenario, root: Path, notebooks: Path, home: Path
) -> dict[str, Any]:
    """Return what a stage depends on apart from other stages: code, packages, settings, source files."""
    reached = closure.of_notebook(notebooks / f"{stage.name}.ipynb")
    dumped = scenario.model_dump(mode="json")
    settings = {name: dumped[name] for name in ("seed", "shop", *stage.sections)}
    parts: dict[str, Any] = {
        "code": reached.code,
        "packages": reached.packages,
        "python": ".".join(platform.python_version_tuple()[:2]),
        "settings": _flat(settings),
    }
    if stage.reads_sources:
        parts["sources"] = source_digests(scenario, root)
    if stage.reads_footage:
        parts["sources"] = footage_parts(scenario, root, home)
    if stage.reads_chapters:
        parts["prose"] = {s.name: files.sha256(notebooks / f"{s.name}.ipynb") for s in graph.stages}
    return parts


def _flat(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict) and value:
        return {k: v for key, item in value.items() for k, v in _flat(item, f"{path}.{key}" if path else key).items()}
    return {path: value}


def input_parts(stage: Stage, graph: Graph, results: Results) -> dict[str, Any] | None:
    """Return the digests of what a stage reads from others, or ``None`` while one of them is missing."""
    found: dict[str, Any] = {"inputs": {name: results.output(graph.giver[name], name) for name in graph.inputs(stage)}}
    if stage.reads_chapters:
        found["chapters"] = {name: results.output(name, "chapter") for name in graph.parents(stage)}
        found["keys"] = {name: results.current(name) for name in graph.parents(stage)}
    if stage.remembers:
        found["remembered"] = remembered.parts(results, stage.remembers, graph.giver[stage.dated_by], stage.dated_by)
    return None if any(v is None for group in found.values() for v in group.values()) else found


def key_of(parts: dict[str, Any]) -> str:
    """Return the key that belongs to a stage's parts."""
    return digest.of_value(parts)[:KEY_LENGTH]


def run_code(keys: dict[str, str]) -> str:
    """Return the code in the footer: a digest of inputs, parameters and code of every stage."""
    return digest.of_value(keys)[:RUN_CODE_LENGTH]


def differences(old: dict[str, Any], new: dict[str, Any], limit: int = 4) -> list[str]:
    """Return in words what changed between the parts of two keys, settings first."""
    if not old:
        return ["no finished result yet"]
    lines = [
        f"{name}: {_shown(old.get('settings', {}).get(name))} → {_shown(new['settings'].get(name))}"
        for name in _changed(old, new, "settings")
    ]
    lines += [f"source {name} changed" for name in _changed(old, new, "sources")]
    lines += [f"input {name} changed" for name in _changed(old, new, "inputs")]
    if _changed(old, new, "remembered"):
        lines.append("what was said in earlier runs changed")
    if old.get("code") != new["code"]:
        lines.append("code of the notebook or of the modules it uses changed")
    lines += [
        f"package {name}: {old.get('packages', {}).get(name, 'none')} → {new['packages'].get(name, 'none')}"
        for name in _changed(old, new, "packages")
    ]
    if old.get("python") != new["python"]:
        lines.append(f"Python {old.get('python')} → {new['python']}")
    lines += [f"text of {name} changed" for name in _changed(old, new, "prose")]
    lines += [f"chapter {name} changed" for name in _changed(old, new, "chapters")]
    if not lines:
        lines = [f"{name} was made anew" for name in _changed(old, new, "keys")]
    more = len(lines) - limit
    return lines[:limit] + ([f"and {more} more"] if more > 0 else [])


def _changed(old: dict[str, Any], new: dict[str, Any], group: str) -> list[str]:
    before, after = old.get(group, {}), new.get(group, {})
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _shown(value: Any) -> str:
    text = digest.canonical(value)
    return text if len(text) <= 40 else f"{text[:18]} … {text[-18:]}"
