"""One YAML file as plain values, with the file and line each key stands on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shoplib.base import words
from shoplib.config import secrets
from shoplib.config.secrets import KeyPath
from shoplib.errors import ConfigError

MAX_DEPTH = 40
MAX_KEYS = 100_000
TAG = "tag:yaml.org,2002:"
NOT_REPEATED = "it cannot be read; it is not repeated here, for it may hold a secret"


Origin = tuple[Path | str, int]


@dataclass(frozen=True)
class Refused:
    """A secret that was written down: the path of its key, where that stands, and why it is taken for one."""

    path: KeyPath
    origin: Origin
    reason: str


@dataclass
class Document:
    """A settings file: its values, and where each key was written (a file and line, or an override's text).

    ``refused`` are the secrets that stood in it; ``values`` holds ``…`` in their places.
    """

    file: Path
    values: dict[str, Any]
    lines: dict[KeyPath, Origin] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def line_of(self, path: KeyPath) -> str:
        """Return where the nearest written key stands: a line, ``file line N``, or the override's text."""
        return self.place(self.origin_of(path))

    def origin_of(self, path: KeyPath) -> Origin:
        """Return where the nearest written key stands; line 0 if none is written."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path] if path else (self.file, 0)

    def place(self, origin: Origin) -> str:
        """Return an origin in words."""
        file, line = origin
        if isinstance(file, str) or not line:
            return str(file) if isinstance(file, str) else file.name
        return f"line {line}" if file == self.file else f"{file.name} line {line}"

    def refuses(self, path: KeyPath) -> bool:
        """Return whether a secret stood at ``path`` or above it."""
        return any(path[: len(secret.path)] == secret.path for secret in self.refused)

    def folder_of(self, path: KeyPath) -> Path:
        """Return the folder of the file a key is written in, from which relative names are read."""
        origin = self.lines.get(path, (self.file, 0))[0]
        return self.file.parent if isinstance(origin, str) else origin.parent


class PlainLoader(yaml.SafeLoader):
    """A safe loader that reads what a person sees.

    ``10:30`` is a text and not the number 630, ``2024-02-30`` is a text for the model to judge, ``007``
    keeps its zeros, and ``no`` is a word: only ``true`` and ``false`` are truth values.
    """


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if tag in (f"{TAG}null", f"{TAG}merge")]
    for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _teach(kind: str, pattern: str, first: str) -> None:
    PlainLoader.add_implicit_resolver(f"{TAG}{kind}", re.compile(f"^(?:{pattern})$"), list(first))


_teach("bool", "true|false|True|False|TRUE|FALSE", "tfTF")
_teach("int", "[-+]?(?:0|[1-9][0-9_]*)", "-+0123456789")
_teach(
    "float",
    r"[-+]?(?:0|[1-9][0-9_]*)(?:\.[0-9]*)?[eE][-+]?[0-9]+|[-+]?(?:0|[1-9][0-9_]*)?\.[0-9]+|[-+]?[0-9]+\."
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "-+.0123456789",
)


def value_of(text: str) -> Any:
    """Return one YAML value; ``yaml.YAMLError`` if it is none."""
    loader = PlainLoader(text)
    try:
        return _constructed(loader, None)
    finally:
        loader.dispose()


def read_document(file: Path) -> Document:
    """Return a YAML file's values and lines; ``ConfigError`` if it is missing or not a YAML map."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _missing(file) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("A settings file cannot be read", where=str(file), found=str(error)) from error
    document = Document(file, {})
    loader = PlainLoader(text)
    try:
        values = _constructed(loader, document)
    except yaml.YAMLError as error:
        raise ConfigError(
            "A settings file is not YAML", where=str(file), found=_said(error, text),
            next_step="mend that line; blanks, not tabs, indent YAML",
        ) from None  # fmt: skip
    finally:
        loader.dispose()
    document.values, found = secrets.sift({} if values is None else values)
    document.refused = [Refused(path, document.origin_of(path), reason) for path, reason in found]
    if not isinstance(document.values, dict):
        raise ConfigError(
            "A settings file is not a map of keys", where=str(file), found=type(document.values).__name__,
            wanted="lines such as  name: my_shop",
        )  # fmt: skip
    return document


def _constructed(loader: PlainLoader, document: Document | None) -> Any:
    node = loader.get_single_node()
    if node is None:
        return None
    _note_lines(node, (), {} if document is None else document.lines, Path() if document is None else document.file)
    try:
        return loader.construct_document(node)
    except ValueError as error:  # a value that denies its own !!tag
        raise yaml.YAMLError(str(error)) from error


def _said(error: yaml.YAMLError, text: str) -> str:
    """Return what is wrong in one line, with the line it is on; what may be a secret is not repeated."""
    lines = text.splitlines()
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        line = error.problem_mark.line
        around = lines[max(line - 1, 0) : line + 1]  # a fault is often found on the line after
        why = " ".join(filter(None, (error.problem, error.context)))
        return f"line {line + 1}: {NOT_REPEATED if any(map(secrets.line_looks_secret, around)) else why}"
    return NOT_REPEATED if any(map(secrets.line_looks_secret, lines)) else " ".join(str(error).split())


def _note_lines(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, Origin], file: Path) -> None:
    """Note the line of every key below ``node``; a key must be a text of its own, written once."""
    if len(path) > MAX_DEPTH or len(lines) > MAX_KEYS:
        raise _fault(node, "settings are nested too deep, or hold themselves")
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _fault(key, "a key is a map or a list; put a text with { or [ in quotes")
            if key.tag != f"{TAG}merge":
                key.tag = f"{TAG}str"  # the key 1 and the key "1" are the same word
            if (*path, key.value) in lines:
                raise _fault(key, f"the key {key.value!r} is written twice")
            lines[(*path, key.value)] = (file, key.start_mark.line + 1)
            _note_lines(value, (*path, key.value), lines, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*path, index)] = (file, value.start_mark.line + 1)
            _note_lines(value, (*path, index), lines, file)


def _fault(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)


def _missing(file: Path) -> ConfigError:
    there = sorted(p.name for p in file.parent.glob("*.yaml")) if file.parent.is_dir() else []
    near = words.nearest(file.name, there)
    return ConfigError(
        "There is no such settings file",
        where=str(file),
        found=words.listed(there) if there else "no .yaml file in that folder",
        next_step=f'did you mean "{near}"?' if near else "give the path of a file in params/",
    )
