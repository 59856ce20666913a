"""The settings in words and as JSON schemas, both from the models in ``config``.

The schemas describe files as people write them: ``extends`` is allowed, nothing is required of a file that extends
another, and a mapping's fields may be written short.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shoplib.config.mapping import FIELDS, Mapping
from shoplib.config.models import Scenario
from shoplib.config.quality import Quality

Schema = dict[str, Any]
LONGEST_DEFAULT = 160
DRAFT = "https://json-schema.org/draft/2020-12/schema"
EXTENDS = {"type": "string", "description": "file whose settings are taken first; maps are merged, lists replaced"}
FILLED_BY_THE_PROGRAM = ("mappings", "quality")
TAGS = ("kind", "test")
UNITS = {"_days": "days", "_s": "seconds", "_share": "share of 1", "_mb": "MiB", "_minor": "minor units of money"}
KINDS = {"integer": "whole number", "string": "text", "boolean": "true or false", "object": "map", "array": "list"}
FORMATS = {"date": "date", "time": "time of day"}
BOUNDS = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most", "exclusiveMaximum": "less than",
          "minLength": "length at least", "maxLength": "length at most", "minItems": "items at least"}  # fmt: skip


def scenario_schema() -> Schema:
    """Return the JSON schema (draft 2020-12) of a scenario file in ``params/``."""
    schema = Scenario.model_json_schema()
    for name in FILLED_BY_THE_PROGRAM:
        del schema["properties"][name]
    return _of_a_file(schema, "A scenario: one YAML file in params/")


def mapping_schema() -> Schema:
    """Return the JSON schema (draft 2020-12) of a mapping file, short forms of fields included."""
    schema = Mapping.model_json_schema()
    short = [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
    schema["properties"]["fields"]["additionalProperties"] = {"anyOf": [*short, {"$ref": "#/$defs/Field_"}]}
    columns = schema["$defs"]["Field_"]["properties"]["columns"]
    note = columns.pop("description")
    schema["$defs"]["Field_"]["properties"]["columns"] = {"anyOf": short, "description": note}
    delimiter = schema["$defs"]["FileFormat"]["properties"]["delimiter"]
    del delimiter["minLength"], delimiter["maxLength"]
    delimiter["pattern"] = r"^(.|\t|\\t)$"
    return _of_a_file(schema, "A mapping: which column of a file means what")


def quality_schema() -> Schema:
    """Return the JSON schema (draft 2020-12) of a file of rules."""
    return _of_a_file(Quality.model_json_schema(), "Rules: what every fact is held to")


def _of_a_file(schema: Schema, title: str) -> Schema:
    schema = _any_kind(schema)
    used = _reached(schema)
    in_lists = _in_lists(schema)
    defs = {
        name: part if name in in_lists else {key: value for key, value in part.items() if key != "required"}
        for name, part in sorted(schema["$defs"].items())
        if name in used
    }
    properties = {"extends": EXTENDS, **schema["properties"]}
    rest = {key: value for key, value in schema.items() if key not in ("$defs", "properties", "required", "title")}
    return {"$schema": DRAFT, "title": title, **rest, "properties": properties, "$defs": defs}


def _any_kind(node: Any) -> Any:
    """Return a schema in which a section of several kinds may leave its kind to the file it extends."""
    if isinstance(node, list):
        return [_any_kind(item) for item in node]
    if not isinstance(node, dict):
        return node
    known = {key: _any_kind(value) for key, value in node.items()}
    if "discriminator" in node and "oneOf" in node:
        del known["discriminator"]
        known["anyOf"] = known.pop("oneOf")
    return known


def _reached(schema: Schema) -> set[str]:
    """Return the names of the definitions the schema's own properties lead to."""
    found: set[str] = set()
    waiting = _references(schema["properties"])
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= _references(schema["$defs"][name]) - found
    return found


def _in_lists(node: Any) -> set[str]:
    """Return the definitions that are items of lists: lists are replaced, so nothing of an item can be inherited."""
    if isinstance(node, list):
        return set().union(*(_in_lists(item) for item in node))
    if not isinstance(node, dict):
        return set()
    own = _references(node["items"]) if "items" in node else set()
    return own.union(*(_in_lists(value) for value in node.values()))


def _references(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {str(node["$ref"]).rpartition("/")[2]} if "$ref" in node else set()
        return own.union(*(_references(value) for value in node.values()))
    return set().union(*(_references(value) for value in node)) if isinstance(node, list) else set()


def as_json(schema: Schema) -> str:
    """Return a schema as text, keys in the order of the models."""
    return json.dumps(schema, indent=2, ensure_ascii=False)


def markdown() -> str:
    """Return ``docs/settings.md``: every setting with type, unit, default, bounds and meaning."""
    mapping = Mapping.model_json_schema()
    return "\n".join(
        [
            "# Settings",
            "",
            "Written by `shoplib docs` from `src/shoplib/config/`; edit those models, not this page.",
            "",
            "A scenario is one YAML file in `params/`. It may begin with `extends: base.yaml`: maps are merged, lists "
            "and values replaced. Any setting can be given for one run: `--set sales.overview_days=60`. An unknown key "
            "is refused, with the line and the nearest known one. Editors that read JSON schemas complete and check "
            "the keys if the file's first line is `# yaml-language-server: $schema=schema.json`.",
            "",
            *_section("Scenario", Scenario.model_json_schema(), set(FILLED_BY_THE_PROGRAM)),
            "# Mappings",
            "",
            "A mapping is one YAML file in `params/mappings/` that says which column of a file means what. A field may "
            "be written short: `quantity: Qty`, or `timestamp: [Date, Time]` for several columns.",
            "",
            *_section("Mapping", mapping, set()),
            "# Rules",
            "",
            "What every fact is held to stands in `params/quality.yaml`: names of rules, each with its `test`. A file "
            "may begin with `extends: quality.yaml` and change single rules; a scenario names it under "
            "`ingest.quality`. Tables and columns are those of [tables.md](tables.md); a column of the row that a "
            "foreign key names is written with its table, such as `transactions.transaction_status` for a line.",
            "",
            *_section("Quality", Quality.model_json_schema(), set()),
            "## Fields of each kind of row",
            "",
            "| `rows:` | fields |",
            "| --- | --- |",
            *(f"| `{rows}` | {', '.join(f'`{name}`' for name in names)} |" for rows, names in FIELDS.items()),
            "",
        ]
    )


def _section(title: str, schema: Schema, hidden: set[str]) -> Iterator[str]:
    """Yield the tables of a model and, after it, of the models it holds."""
    parts: list[tuple[str, Schema]] = [(title, schema)]
    done: set[str] = set()
    while parts:
        name, part = parts.pop(0)
        yield from _table(name, part, schema["$defs"], hidden)
        below = []
        for key, about in part["properties"].items():
            inner = set() if key in hidden else _references(about) - done
            done |= inner
            below += [(_titled(name, title, key, schema["$defs"][m]), schema["$defs"][m]) for m in sorted(inner)]
        parts = below + parts


def _titled(above: str, top: str, key: str, model: Schema) -> str:
    """Return the heading of a section: its path in the file, with the kind it is for."""
    path = f"`{key}`" if above == top else f"{above.partition(' (')[0][:-1]}.{key}`"
    about = model["properties"]
    tags = [f"{tag}: {about[tag]['const']}" for tag in TAGS if "const" in about.get(tag, {})]
    return f"{path} (`{tags[0]}`)" if tags else path


def _table(title: str, model: Schema, defs: Schema, hidden: set[str]) -> Iterator[str]:
    summary = " ".join(model.get("description", "").split("\n\n")[0].split())
    yield from (f"## {title}", "", summary.replace("``", "`"), "")
    yield from ("| setting | type | unit | default | bounds | meaning |", "| --- | --- | --- | --- | --- | --- |")
    required = model.get("required", [])
    for key, about in model["properties"].items():
        if key in hidden:
            continue
        whole = _whole(about)
        default = "must be given" if key in required else _default(about, whole)
        if key == "name" and title == "Scenario":
            default = "the file's own name"
        meaning = about.get("description", "").replace("<", "&lt;")
        cells = (f"`{key}`", _kind(whole, defs), _unit(key), default, _bounds(whole), meaning)
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""


def _whole(about: Schema) -> Schema:
    """Return a property with the bounds of its only kind beside ``null`` drawn up."""
    kinds = [kind for kind in about.get("anyOf", []) if kind.get("type") != "null"]
    return {**about, **kinds[0]} if len(kinds) == 1 else about


def _kind(about: Schema, defs: Schema) -> str:
    if "enum" in about or "const" in about:
        return " or ".join(f"`{json.dumps(value)}`" for value in about.get("enum", [about.get("const")]))
    if "$ref" in about or "oneOf" in about:
        return "section"
    if about.get("format") in FORMATS:
        return FORMATS[about["format"]]
    kind = str(about.get("type", ""))
    if kind == "array" and "prefixItems" in about:
        return " and ".join(_kind(item, defs) for item in about["prefixItems"])
    if kind == "array":
        inner = _kind(about["items"], defs) if "$ref" not in about["items"] else ""
        return f"list of {inner}s" if inner in ("text",) else "list"
    if kind == "object" and "propertyNames" in about:
        return f"map of {', '.join(about['propertyNames'].get('enum', []))}"
    return KINDS.get(kind, kind)


def _unit(key: str) -> str:
    return next((unit for suffix, unit in UNITS.items() if key.endswith(suffix)), "")


def _default(about: Schema, whole: Schema) -> str:
    if "default" not in about:
        return ""
    value = about["default"]
    if value is None:
        return "none"
    if whole.get("format") == "time":
        value = str(value)[:5]
    text = json.dumps(value, ensure_ascii=False)
    return f"`{text}`" if len(text) <= LONGEST_DEFAULT else "see the model"


def _bounds(about: Schema) -> str:
    found = [f"{said} {about[word]:,}" for word, said in BOUNDS.items() if word in about]
    return ", ".join([*found, *([f"`{about['pattern']}`"] if "pattern" in about else [])])
