"""A scenario file to a frozen model: ``extends``, mappings, overrides, and every problem with its line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from shoplib.base import words
from shoplib.config.mapping import Mapping
from shoplib.config.models import Scenario
from shoplib.errors import ConfigError

Path_ = tuple[str | int, ...]
MAX_EXTENDS = 8


@dataclass
class Document:
    """A YAML file as plain values, with the line each key stands on."""

    file: Path
    values: dict[str, Any]
    lines: dict[Path_, tuple[Path | str, int]] = field(default_factory=dict)

    def line_of(self, path: Path_) -> str:
        """Return where the nearest written key stands: a line, ``file line N``, or the override's text."""
        while path and path not in self.lines:
            path = path[:-1]
        if not path:
            return self.file.name
        origin, line = self.lines[path]
        if isinstance(origin, str):
            return origin
        return f"line {line}" if origin == self.file else f"{origin.name} line {line}"

    def folder_of(self, path: Path_) -> Path:
        """Return the folder of the file a key is written in, from which relative names are read."""
        origin = self.lines.get(path, (self.file, 0))[0]
        return self.file.parent if isinstance(origin, str) else origin.parent


class _UniqueKeys(yaml.SafeLoader):
    """A safe loader; a key written twice is an error, not a silent overwrite."""


def read_document(file: Path) -> Document:
    """Return a YAML file's values and lines; ``ConfigError`` if it is missing or not a YAML map."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _missing(file) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("A settings file cannot be read", where=str(file), found=str(error)) from error
    try:
        loader = _UniqueKeys(text)
        try:
            node = loader.get_single_node()
            document = Document(file, {})
            if node is not None:
                _note_lines(node, (), document)
                document.values = loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.YAMLError as error:
        raise ConfigError(
            "A settings file is not YAML", where=str(file), found=" ".join(str(error).split()),
            next_step="mend that line; blanks, not tabs, indent YAML",
        ) from error  # fmt: skip
    if not isinstance(document.values, dict):
        raise ConfigError(
            "A settings file is not a map of keys", where=str(file), found=type(document.values).__name__,
            wanted="lines such as  name: my_shop",
        )  # fmt: skip
    return document


def _note_lines(node: yaml.Node, path: Path_, document: Document) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: the key {key.value!r} is written twice")
            seen.add(key.value)
            document.lines[(*path, key.value)] = (document.file, key.start_mark.line + 1)
            _note_lines(value, (*path, key.value), document)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            document.lines[(*path, index)] = (document.file, value.start_mark.line + 1)
            _note_lines(value, (*path, index), document)


def _missing(file: Path) -> ConfigError:
    there = sorted(p.name for p in file.parent.glob("*.yaml")) if file.parent.is_dir() else []
    near = words.nearest(file.name, there)
    return ConfigError(
        "There is no such settings file",
        where=str(file),
        found=words.listed(there) if there else "no .yaml file in that folder",
        next_step=f'did you mean "{near}"?' if near else "give the path of a file in params/",
    )


def read_merged(file: Path, depth: int = 0) -> Document:
    """Return a file with what it ``extends``: maps are merged, lists and values replaced."""
    document = read_document(file)
    base_name = document.values.pop("extends", None)
    if base_name is None:
        return document
    if depth >= MAX_EXTENDS:
        raise ConfigError("Settings files extend one another in a circle", where=str(file))
    base = read_merged(file.parent / str(base_name), depth + 1)
    values, lines = _merged(base.values, document.values), {**base.lines, **document.lines}
    return Document(file, values, lines)


def _merged(base: Any, top: Any) -> Any:
    if isinstance(base, dict) and isinstance(top, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in top.items()}}
    return top


def parse_override(text: str) -> tuple[Path_, Any]:
    """Return path and value of one ``key.sub=value``; the value is read as YAML.

    >>> parse_override("simulate.transactions=500")
    (('simulate', 'transactions'), 500)
    """
    key, mark, value = text.partition("=")
    if not mark or not key.strip():
        raise ConfigError(
            "An override is not key=value", where=f"--set {text}", wanted="--set simulate.transactions=5000"
        )
    try:
        return tuple(key.strip().split(".")), yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError("An override's value is not YAML", where=f"--set {text}", found=str(error)) from error


def load(file: Path, overrides: tuple[str, ...] = ()) -> Scenario:
    """Return the scenario of a YAML file with its mappings; all problems are raised as one ``ConfigError``."""
    document = read_merged(file)
    for text in overrides:
        path, value = parse_override(text)
        _set(document, path, value, text)
    document.values.setdefault("name", file.stem)
    problems: list[str] = []
    if "mappings" in document.values:
        problems.append(
            f"{document.line_of(('mappings',))}  mappings  is filled by the program; name files under ingest.sources"
        )
        del document.values["mappings"]
    document.values["mappings"] = _mappings(document, problems)
    try:
        scenario = Scenario.model_validate(document.values)
    except ValidationError as error:
        problems += describe(error, Scenario, document)
    if problems:
        raise ConfigError(
            f"{file} is not a valid scenario ({words.plural(len(problems), 'problem')})", details=problems,
            next_step="mend these and run the same command again; nothing was started",
        )  # fmt: skip
    return scenario


def _set(document: Document, path: Path_, value: Any, text: str) -> None:
    document.values = _replaced(document.values, path, value)
    for known in [known for known in document.lines if known[: len(path)] == path]:
        del document.lines[known]
    document.lines[path] = (f"--set {text}", 0)


def _replaced(place: Any, path: Path_, value: Any) -> Any:
    """Return a copy of ``place`` with one value put at ``path``; list items go by their number."""
    if not path:
        return value
    if isinstance(place, list) and str(path[0]).isdigit() and int(path[0]) < len(place):
        index = int(path[0])
        return [*place[:index], _replaced(place[index], path[1:], value), *place[index + 1 :]]
    kept = place if isinstance(place, dict) else {}
    return {**kept, path[0]: _replaced(kept.get(path[0]), path[1:], value)}


def _mappings(document: Document, problems: list[str]) -> dict[str, Any]:
    """Read every mapping the sources name; keep the good ones, note the problems of the others."""
    found: dict[str, Any] = {}
    ingest = document.values.get("ingest")
    sources = ingest.get("sources") if isinstance(ingest, dict) else None
    for index, source in enumerate(sources if isinstance(sources, list) else []):
        name = source.get("mapping") if isinstance(source, dict) else None
        if not isinstance(name, str) or name in found:
            continue
        try:
            mapping = read_merged(document.folder_of(("ingest", "sources", index)) / name)
            mapping.values.setdefault("name", Path(name).stem)
            found[name] = Mapping.model_validate(mapping.values).model_dump()
        except ValidationError as error:
            problems += [f"{name} {line}" for line in describe(error, Mapping, mapping)]
        except ConfigError as error:
            place = document.line_of(("ingest", "sources", index))
            problems.append(f"{place}  ingest.sources.{index}.mapping  {' '.join(str(error).split())}")
    return found


def describe(error: ValidationError, model: type[BaseModel], document: Document) -> list[str]:
    """Return one line a problem: where it stands, which key, what is wrong, what may have been meant."""
    rows = []
    for item in error.errors(include_url=False):
        path = tuple(part for part in item["loc"] if part not in ("simulated", "csv"))
        key = ".".join(str(part) for part in path) or "(whole file)"
        if item["type"] == "extra_forbidden":
            near = words.nearest(str(path[-1]), _keys_at(model, path[:-1]))
            text = "unknown key" + (f'; did you mean "{near}"?' if near else "")
        else:
            text = item["msg"].removeprefix("Value error, ")
            if not isinstance(item["input"], dict | list) and item["type"] not in ("missing", "value_error"):
                text += f" (found {item['input']!r})"
        rows.append((document.line_of(path), key, text))
    rows.sort(key=lambda row: [(int(part) if part.isdigit() else 0, part) for part in row[0].split()])
    wide = [max((len(row[i]) for row in rows), default=0) for i in (0, 1)]
    return [f"{place:<{wide[0]}}  {key:<{wide[1]}}  {text}" for place, key, text in rows]


def _keys_at(model: type[BaseModel], path: Path_) -> list[str]:
    """Return the keys allowed at a path, looking through optional sections, tuples and unions."""
    schema: dict[str, Any] = model.model_json_schema()
    nodes = [schema]
    for part in path:
        nodes = [
            child
            for node in _unfold(nodes, schema)
            for child in (
                [node["items"]] if isinstance(part, int) and "items" in node else [node.get("properties", {}).get(part)]
            )
            if child
        ]
    return sorted({key for node in _unfold(nodes, schema) for key in node.get("properties", {})})


def _unfold(nodes: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    flat = []
    for node in nodes:
        if "$ref" in node:
            flat += _unfold([schema["$defs"][node["$ref"].rsplit("/", 1)[1]]], schema)
        for word in ("anyOf", "oneOf"):
            flat += _unfold(node.get(word, []), schema)
        if "properties" in node or "items" in node:
            flat.append(node)
    return flat
