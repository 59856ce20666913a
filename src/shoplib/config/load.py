"""A scenario file to a frozen model: ``extends``, mappings, rules, overrides, and every problem with its line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from shoplib.base import words
from shoplib.config import secrets
from shoplib.config.document import NOT_REPEATED, Document, Refused, read_document, value_of
from shoplib.config.mapping import Mapping, Misfits
from shoplib.config.models import Scenario
from shoplib.config.quality import Quality
from shoplib.config.secrets import KeyPath
from shoplib.errors import ConfigError

M = TypeVar("M", bound=BaseModel)
UNIONS = ("simulate", "footage")  # sections whose kind decides which keys they have; items of a list may be such too
MAPS_OF_UNIONS = ("rules",)  # files whose top key maps names to such
TAGS = ("kind", "test")
DEFAULT_RULES = "quality.yaml"
FILLED = {"mappings": "name files under ingest.sources", "quality": "name a file under ingest.quality"}


def read_merged(file: Path, above: tuple[Path, ...] = ()) -> Document:
    """Return a file with what it ``extends``: maps are merged, lists and values replaced."""
    document = read_document(file)
    base_name = document.values.pop("extends", None)
    document.lines.pop(("extends",), None)
    if base_name is None or document.refuses(("extends",)):
        return document
    chain = (*above, file.resolve())
    base_file = file.parent / str(base_name)
    if base_file.resolve() in chain:
        raise ConfigError(
            "Settings files extend one another in a circle", where=str(file),
            found=" → ".join(known.name for known in (*chain, base_file)),
            next_step="take one of these extends lines away",
        )  # fmt: skip
    base = read_merged(base_file, chain)
    kept = {path: at for path, at in base.lines.items() if _survives(path, base.values, document.values)}
    return Document(
        file, _merged(base.values, document.values), {**kept, **document.lines}, [*base.refused, *document.refused]
    )


def _merged(base: Any, top: Any) -> Any:
    if isinstance(base, dict) and isinstance(top, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in top.items()}}
    return top


def _survives(path: KeyPath, base: Any, top: Any) -> bool:
    """Return whether the base's key at ``path`` is still there when ``top`` is laid over it."""
    for part in path:
        if not (isinstance(base, dict) and isinstance(top, dict)):
            return False
        if part not in top:
            return True
        base, top = base.get(part), top[part]
    return isinstance(base, dict) and isinstance(top, dict)


def parse_override(text: str) -> tuple[KeyPath, Any]:
    """Return path and value of one ``key.sub=value``; the value is read as YAML.

    >>> parse_override("simulate.transactions=500")
    (('simulate', 'transactions'), 500)
    """
    key, mark, value = text.partition("=")
    may_hold_secret = secrets.line_looks_secret(text)
    said = secrets.HIDDEN if may_hold_secret else text
    if not mark or not key.strip() or secrets.looks_secret(key):
        raise ConfigError(
            "An override is not key=value", where=f"--set {said}", wanted="--set simulate.transactions=5000"
        )
    try:
        return tuple(key.strip().split(".")), value_of(value)
    except yaml.YAMLError as error:
        found = NOT_REPEATED if may_hold_secret else " ".join(str(error).split())
        raise ConfigError("An override's value is not YAML", where=f"--set {said}", found=found) from None


def load(file: Path, overrides: tuple[str, ...] = ()) -> Scenario:
    """Return the scenario of a YAML file with its mappings and rules; all problems are raised as one ``ConfigError``.

    Without ``ingest.quality`` the rules are those of ``quality.yaml`` beside the scenario, and none if there is none.
    """
    document = read_merged(file)
    for text in overrides:
        path, value = parse_override(text)
        _set(document, path, value, text)
    document.values.setdefault("name", file.stem)
    problems: list[str] = []
    for key, instead in FILLED.items():
        if key in document.values:
            problems.append(f"{document.line_of((key,))}  {key}  is filled by the program; {instead}")
            del document.values[key]
    document.values["mappings"] = _mappings(document, problems)
    document.values["quality"] = _rules(document, problems)
    scenario, told = _judged(Scenario, document)
    problems += told
    if scenario is None or problems:
        raise ConfigError(
            f"{file} is not a valid scenario ({words.plural(len(problems), 'problem')})", details=problems,
            next_step="mend these and run the same command again; nothing was started",
        )  # fmt: skip
    return scenario


def laid_over(section: M, overrides: Sequence[str], label: str) -> M:
    """Return a section with ``key=value`` overrides; all problems are raised as one ``ConfigError`` at ``label``."""
    document = Document(Path(label), section.model_dump(mode="json"))
    for text in overrides:
        path, value = parse_override(text)
        _set(document, path, value, text)
    read, problems = _judged(type(section), document)
    if read is None or problems:
        raise ConfigError(
            f"A setting of {label} is not valid ({words.plural(len(problems), 'problem')})", details=problems,
            next_step="mend it and run the same command again; nothing was started",
        )  # fmt: skip
    return read


def load_mapping(file: Path) -> Mapping:
    """Return the mapping of a YAML file; all problems are raised as one ``ConfigError``."""
    document = read_merged(file)
    document.values.setdefault("name", file.stem)
    mapping, problems = _judged(Mapping, document)
    if mapping is None or problems:
        raise ConfigError(
            f"{file} is not a valid mapping ({words.plural(len(problems), 'problem')})", details=problems,
            next_step="mend these and run the same command again; nothing was started",
        )  # fmt: skip
    return mapping


def _set(document: Document, path: KeyPath, value: Any, text: str) -> None:
    path = _numbered(document.values, path)
    nested = value
    for part in reversed(path):
        nested = {part: nested}
    safe, found = secrets.sift(nested)
    origin = f"--set {'.'.join(map(str, secrets.shown(path))) + '=' + secrets.HIDDEN if found else text}"
    document.refused += [Refused(at, (origin, 0), reason) for at, reason in found]
    if any(len(at) <= len(path) for at, _ in found):
        return  # the value as a whole is a secret, or a key on the way to it
    for part in path:
        safe = safe[part]
    document.values = _replaced(document.values, path, safe)
    for known in [known for known in document.lines if known[: len(path)] == path]:
        del document.lines[known]
    document.lines[path] = (origin, 0)


def _numbered(place: Any, path: KeyPath) -> KeyPath:
    """Return ``path`` with the numbers of list items as numbers; an item that is not there is an error."""
    known: list[str | int] = []
    for part in path:
        if isinstance(place, list):
            if not str(part).isdecimal() or int(part) >= len(place):
                raise ConfigError(
                    "An override names a list item that is not there", where=f"--set {'.'.join(map(str, path))}",
                    found=f"{'.'.join(map(str, known))} has {words.plural(len(place), 'item')}",
                    wanted="the number of an item; the first is 0",
                )  # fmt: skip
            known.append(int(part))
            place = place[int(part)]
        else:
            known.append(part)
            place = place.get(part) if isinstance(place, dict) else None
    return tuple(known)


def _replaced(place: Any, path: KeyPath, value: Any) -> Any:
    """Return a copy of ``place`` with one value put at ``path``."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(place, list) and isinstance(head, int):
        return [*place[:head], _replaced(place[head], rest, value), *place[head + 1 :]]
    kept = place if isinstance(place, dict) else {}
    return {**kept, head: _replaced(kept.get(head), rest, value)}


def _mappings(document: Document, problems: list[str]) -> dict[str, Any]:
    """Read every mapping the sources name; keep the good ones, note the problems of the others."""
    found: dict[str, Any] = {}
    ingest = document.values.get("ingest")
    sources = ingest.get("sources") if isinstance(ingest, dict) else None
    for index, source in enumerate(sources if isinstance(sources, list) else []):
        name = source.get("mapping") if isinstance(source, dict) else None
        path = ("ingest", "sources", index, "mapping")
        if not isinstance(name, str) or name in found or document.refuses(path):
            continue
        try:
            mapping = read_merged(document.folder_of(path[:-1]) / name)
        except ConfigError as error:
            problems.append(
                f"{document.line_of(path[:-1])}  {'.'.join(map(str, path))}  {' '.join(str(error).split())}"
            )
            continue
        mapping.values.setdefault("name", Path(name).stem)
        read, told = _judged(Mapping, mapping, label=name)
        problems += told
        if read is not None:
            found[name] = read.model_dump()
    return found


def load_rules(file: Path) -> Quality:
    """Return the rules of a YAML file; all problems are raised as one ``ConfigError``."""
    rules, problems = _judged(Quality, read_merged(file))
    if rules is None or problems:
        raise ConfigError(
            f"{file} is not a valid file of rules ({words.plural(len(problems), 'problem')})", details=problems,
            next_step="mend these and run the same command again; nothing was checked",
        )  # fmt: skip
    return rules


def _rules(document: Document, problems: list[str]) -> dict[str, Any]:
    """Read the file of rules that the scenario names, or else the one beside it; note its problems."""
    path = ("ingest", "quality")
    ingest = document.values.get("ingest")
    given = ingest.get("quality") if isinstance(ingest, dict) else None
    name = DEFAULT_RULES if given is None else given
    file = document.folder_of(path) / str(name)
    if not isinstance(name, str) or document.refuses(path) or (given is None and not file.is_file()):
        return {}
    try:
        rules, told = _judged(Quality, read_merged(file), label=name)
    except ConfigError as error:
        problems.append(f"{document.line_of(path)}  ingest.quality  {' '.join(str(error).split())}")
        return {}
    problems += told
    return {} if rules is None else rules.model_dump()


def _judged(model: type[M], document: Document, label: str = "") -> tuple[M | None, list[str]]:
    """Return the model of a file, ``None`` if it cannot be, and one line a problem, in the order of the file's lines.

    A line says where, which key, what is wrong, what may have been meant; a secret is refused by its place alone.
    ``label`` names the file where the reader would take a bare line number for another file's.
    """
    rows = [(_with_label(document.place(s.origin), label, document), secrets.shown(s.path), s.reason)
            for s in document.refused]  # fmt: skip
    read = None
    try:
        read = model.model_validate(document.values)
    except ValidationError as error:
        rows += [(_labelled(document, path, label), path, text) for path, text in _misfits(error, model)
                 if not document.refuses(path)]  # fmt: skip
    return read, _laid_out(rows)


def _misfits(error: ValidationError, model: type[BaseModel]) -> list[tuple[KeyPath, str]]:
    """Return path and reason of each value that does not fit the model."""
    rows: list[tuple[KeyPath, str]] = []
    for item in error.errors(include_url=False):
        path = _without_tags(item["loc"])
        cause = item.get("ctx", {}).get("error")
        if isinstance(cause, Misfits):
            rows += [((*path, *where), text) for where, text in cause.problems]
        elif item["type"] == "extra_forbidden":
            near = words.nearest(str(path[-1]), _keys_at(model, item["loc"][:-1]))
            rows.append((path, "unknown key" + (f'; did you mean "{near}"?' if near else "")))
        elif item["type"] in ("union_tag_invalid", "union_tag_not_found"):
            told = item.get("ctx", {})
            rows.append(((*path, str(told["discriminator"]).strip("'")), _which_kind(told)))
        else:
            text = item["msg"].removeprefix("Value error, ")
            if not isinstance(item["input"], dict | list) and item["type"] not in ("missing", "value_error"):
                text += f" (found {item['input']!r})"
            rows.append((path, text))
    return rows


def _laid_out(rows: list[tuple[str, KeyPath, str]]) -> list[str]:
    shown = [(place, ".".join(map(str, path)) or "(whole file)", text) for place, path, text in rows]
    shown.sort(key=lambda row: [(int(part) if part.isdecimal() else 0, part) for part in row[0].split()])
    wide = [max((len(row[i]) for row in shown), default=0) for i in (0, 1)]
    return [f"{place:<{wide[0]}}  {key:<{wide[1]}}  {text}" for place, key, text in shown]


def _which_kind(told: dict[str, Any]) -> str:
    if "tag" not in told:
        return "must be given; it says which keys belong here"
    kinds = str(told["expected_tags"]).replace("'", "")
    near = words.nearest(str(told["tag"]), kinds.split(", "))
    return f"there is no {told['tag']!r}" + (f'; did you mean "{near}"?' if near else f"; it is one of {kinds}")


def _labelled(document: Document, path: KeyPath, label: str) -> str:
    given = [place for known, (place, _) in document.lines.items() if path and known[: len(path)] == path]
    overrides = [text for text in given if isinstance(text, str)]
    return _with_label(overrides[0] if overrides else document.line_of(path), label, document)


def _with_label(place: str, label: str, document: Document) -> str:
    if not label:
        return place
    return label if place == document.file.name else f"{label} {place}" if place.startswith("line ") else place


def _without_tags(place: KeyPath) -> KeyPath:
    """Return a place as it is written: pydantic puts the ``kind`` after a section or item that has several."""
    return tuple(part for at, part in enumerate(place) if not _is_tag(place, at))


def _is_tag(place: KeyPath, at: int) -> bool:
    if at == 0 or isinstance(place[at], int):
        return False
    if place[0] in MAPS_OF_UNIONS:
        return at == 2 and place[at] in _kinds()
    before = place[at - 1]
    return (isinstance(before, int) or before in UNIONS) and place[at] in _kinds()


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


@cache
def _kinds() -> frozenset[str]:
    """Return every kind a section or item can be of."""
    schema = _schema(Scenario)
    kinds = (_kind_of(part) for part in schema["$defs"].values())
    return frozenset(kind for kind in kinds if kind)


def _keys_at(model: type[BaseModel], path: KeyPath) -> list[str]:
    """Return the keys allowed at a path with kinds, looking through optional sections, tuples, maps and unions."""
    schema = _schema(model)
    nodes = [schema]
    for at, part in enumerate(path):
        if _is_tag(path, at):
            nodes = [node for node in _unfold(nodes, schema) if _kind_of(node) == part]
            continue
        below = [_child(node, part) for node in _unfold(nodes, schema)]
        nodes = [child for child in below if isinstance(child, dict)]
    return sorted({key for node in _unfold(nodes, schema) for key in node.get("properties", {})})


def _kind_of(node: dict[str, Any]) -> Any:
    about = node.get("properties", {})
    return next((about[tag]["const"] for tag in TAGS if "const" in about.get(tag, {})), None)


def _child(node: dict[str, Any], part: str | int) -> Any:
    """Return the schema of one item of a list, one section, or one entry of a free map."""
    if isinstance(part, int):
        return node.get("items")
    free = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties"))
    return node.get("properties", {}).get(part, free)


def _unfold(nodes: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    flat = []
    for node in nodes:
        if "$ref" in node:
            flat += _unfold([schema["$defs"][node["$ref"].rsplit("/", 1)[1]]], schema)
        for word in ("anyOf", "oneOf"):
            flat += _unfold(node.get(word, []), schema)
        if node.keys() & {"properties", "items", "additionalProperties", "patternProperties"}:
            flat.append(node)
    return flat
