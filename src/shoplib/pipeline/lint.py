"""The rules every notebook keeps: a fixed shape, thin cells, nothing stored that a run made.

A notebook asks, calls tested functions, and shows. Logic, paths, queries, plotting and constants belong in
the library, where they have tests.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from shoplib.base import words
from shoplib.config import secrets
from shoplib.pipeline.stages import STAGES

PARAMETERS = ("scenario", "run_dir", "overrides")
MAX_LINES = 12
READABLE_ID = re.compile(r"[a-z]+(-[a-z0-9]+)*")
PATH_LIKE = re.compile(r"(^\.{0,2}/)|(\.(csv|parquet|json|ya?ml|xlsx|png|svg|html|pdf|txt)$)")
QUERY = re.compile(r"^\s*(select|insert|update|delete|create|with)\s", re.IGNORECASE)
MACHINERY = {"parameters", "setup"}
FORBIDDEN_NAMES = {"plt", "sns", "px", "warnings", "open", "eval", "exec", "print", "Path", "os"}
FORBIDDEN_NODES: dict[type[ast.AST], str] = {
    ast.FunctionDef: "defines a function", ast.AsyncFunctionDef: "defines a function", ast.ClassDef: "defines a class",
    ast.Lambda: "holds a lambda", ast.For: "holds a loop", ast.While: "holds a loop", ast.If: "holds a condition",
    ast.Try: "catches errors", ast.With: "holds a with block", ast.ListComp: "holds a comprehension",
    ast.DictComp: "holds a comprehension", ast.SetComp: "holds a comprehension",
    ast.GeneratorExp: "holds a comprehension",
}  # fmt: skip
NO_SECRET = "a secret is kept in an environment variable and named in the scenario"
Rule = Callable[[str, Any], Iterator[str]]


def problems(folder: Path) -> list[str]:
    """Return every broken rule of the notebooks in a folder, one line each, in order; empty if all is well."""
    stages = {stage.name for stage in STAGES}
    there = {path.stem for path in folder.glob("[0-9]*.ipynb")}
    found = [f"{name}.ipynb: the chain has this stage, but there is no notebook" for name in sorted(stages - there)]
    found += [f"{name}.ipynb: no stage of the chain has this name" for name in sorted(there - stages)]
    for path in sorted(folder.glob("[0-9]*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        found += [f"{path.name}: {line}" for rule in RULES for line in rule(path.stem, notebook)]
    return found


def _shape(name: str, notebook: Any) -> Iterator[str]:
    cells = notebook.cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    if not cells or cells[0].cell_type != "markdown" or not re.match(r"# .+\?\n", cells[0].source + "\n"):
        yield "the first cell must be a title that asks a question, such as '# How is the shop doing?'"
    if len(code) < 3 or "parameters" not in code[0].metadata.get("tags", []):
        yield "the first code cell must be tagged 'parameters'"
        return
    yield from _parameters(code[0])
    call = f'notebook.start("{name}", scenario, run_dir, overrides)'
    if call not in code[1].source:
        yield f"cell {code[1].id}: the second code cell must call {call}"
    if code[-1].source.strip() != "run.finish()" or cells[-1] is not code[-1]:
        yield "the last cell must be run.finish()"


def _parameters(cell: Any) -> Iterator[str]:
    lines = cell.source.strip().splitlines()
    names = [re.split("[:=]", line)[0].strip() for line in lines]
    if tuple(names) != PARAMETERS:
        yield f"cell {cell.id}: parameters must be {', '.join(PARAMETERS)}, one a line"
    for name, line in zip(names, lines, strict=True):
        if secrets.secret_name(name) or secrets.looks_secret(line):  # told by its own rule, and not repeated
            continue
        value, mark, note = line.partition("=")[2].partition("#")
        if not mark or not note.strip().startswith("str"):
            yield f"cell {cell.id}: say after '#' that a parameter is a str and what it means: {line}"
        elif "=" in note or ";" in value:
            yield f"cell {cell.id}: papermill cannot read this parameter line: {line}"
        elif not isinstance(ast.literal_eval(value.strip()), str):
            yield f"cell {cell.id}: a parameter must be a text: {line}"


def _told(_name: str, notebook: Any) -> Iterator[str]:
    """A reader is told what to look for before the first code of each section."""
    before = "markdown"
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and not cell.source.strip():
            yield f"cell {cell.id}: an empty markdown cell"
        machinery = MACHINERY & set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and before == "machinery" and not machinery:
            yield f"cell {cell.id}: say in a markdown cell before it what to look for"
        before = "machinery" if machinery else cell.cell_type


def _thin(_name: str, notebook: Any) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type != "code" or "parameters" in cell.metadata.get("tags", []):
            continue
        count = sum(bool(line.strip()) for line in cell.source.splitlines())
        if count > MAX_LINES:
            yield f"cell {cell.id}: {count} lines; at most {MAX_LINES}, move the rest into the library"
        if re.search(r"^\s*[!%]", cell.source, re.MULTILINE):
            yield f"cell {cell.id}: no shell or magic commands"
            continue
        for node in ast.walk(ast.parse(cell.source)):
            for line in _allowed(node, "setup" in cell.metadata.get("tags", [])):
                yield f"cell {cell.id}, line {getattr(node, 'lineno', 1)}: {line}"


def _allowed(node: ast.AST, setup: bool) -> Iterator[str]:
    if type(node) in FORBIDDEN_NODES:
        yield f"{FORBIDDEN_NODES[type(node)]}; call a tested function of the library"
    elif isinstance(node, ast.Import | ast.ImportFrom):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        if not setup:
            yield "imports belong in the cell tagged 'setup'"
        if any(name.partition(".")[0] != "shoplib" for name in names):
            yield "a notebook imports shoplib only"
    elif isinstance(node, ast.Name) and node.id in FORBIDDEN_NAMES:
        yield f"no {node.id} in a notebook"
    elif isinstance(node, ast.Attribute) and node.attr in ("plot", "hist"):
        yield "no plotting calls; a domain's figures.py makes the chart"
    elif isinstance(node, ast.Constant) and isinstance(node.value, float):
        yield f"the constant {node.value} belongs in the scenario or the library"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if QUERY.match(node.value):
            yield "no SQL in a notebook"
        elif PATH_LIKE.search(node.value) and " " not in node.value and not secrets.looks_secret(node.value):
            yield f"no file paths in a notebook: {node.value!r}"


def _stored(_name: str, notebook: Any) -> Iterator[str]:
    seen: set[str] = set()
    for name in set(notebook.metadata) - {"kernelspec", "language_info"}:
        yield f"metadata {name!r} is stored; only kernelspec and language_info may be"
    for cell in notebook.cells:
        if cell.id in seen or not READABLE_ID.fullmatch(cell.id):
            yield f"cell {cell.id}: ids are readable words and used once"
        seen.add(cell.id)
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count):
            yield f"cell {cell.id}: outputs or a count are stored; clear them"
        if "injected-parameters" in cell.metadata.get("tags", []):
            yield f"cell {cell.id}: papermill's injected parameters are stored; remove the cell"
        for name in set(cell.metadata) - {"tags"}:
            yield f"cell {cell.id}: metadata {name!r} is stored"


def _secret(_name: str, notebook: Any) -> Iterator[str]:
    """A notebook is stored and shown, so no secret is written into one; what was found is not repeated."""
    for cell in notebook.cells:
        lines = cell.source.splitlines()
        found = {at for at, line in enumerate(lines, 1) if secrets.holds_key(line)}
        if cell.cell_type == "code" and not re.search(r"^\s*[!%]", cell.source, re.MULTILINE):
            held = "parameters" in cell.metadata.get("tags", [])
            found |= {line for node in ast.walk(ast.parse(cell.source)) for line in _secret_lines(node, held)}
        else:
            found |= {at for at, line in enumerate(lines, 1) if secrets.looks_secret(line)}
        if found:
            where = words.listed(sorted(found))
            yield f"cell {cell.id}, line{'s' * (len(found) > 1)} {where}: no secrets in a notebook; {NO_SECRET}"


def _secret_lines(node: ast.AST, held: bool) -> Iterator[int]:
    """Yield the line of a text that looks secret, or that is given to a secret's name.

    ``held`` is for parameters, whose names alone are enough: a run writes their values into the notebook.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and secrets.looks_secret(node.value):
        yield node.lineno
    given: list[tuple[ast.AST | str | None, ast.AST | None]] = []
    if isinstance(node, ast.Assign):
        given = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        given = [(node.target, node.value)]
    elif isinstance(node, ast.keyword):
        given = [(node.arg, node.value)]
    elif isinstance(node, ast.Dict):
        given = list(zip(node.keys, node.values, strict=True))
    for name, value in given:
        literal = isinstance(value, ast.Constant) and isinstance(value.value, str | bytes | int) and bool(value.value)
        if (held or literal) and secrets.secret_name(_word(name)):
            yield getattr(node, "lineno", getattr(value, "lineno", 1))


def _word(name: ast.AST | str | None) -> str:
    """Return the name that something is given to: a variable, an attribute, a key, an argument."""
    if isinstance(name, ast.Subscript):
        return _word(name.slice)
    if isinstance(name, ast.Name):
        return name.id
    if isinstance(name, ast.Attribute):
        return name.attr
    return str(name.value) if isinstance(name, ast.Constant) else name if isinstance(name, str) else ""


RULES: tuple[Rule, ...] = (_shape, _told, _thin, _stored, _secret)
