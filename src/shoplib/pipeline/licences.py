"""The licence of every package of the lock and of every model file, and whether they may travel with this project.

``licence_table`` says which licence each has. Nothing is guessed: what the installed packages state about themselves
is compared with the table, and a package the table does not know is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.pipeline import licence_table as table
from shoplib.pipeline.lockfile import Pin, pins
from shoplib.store import files

OWN = "AGPL-3.0-or-later"
TABLE = "src/shoplib/pipeline/licence_table.py"
_TOKEN = re.compile(r"[()]|[^\s()]+")
_LICENCE_FILE = re.compile(r"LICEN[CS]E|COPYING", re.IGNORECASE)
_ENDORSEMENT = re.compile(r"endorse\s+or\s+promote")
_MILDEST_FIRST = (table.PERMISSIVE, table.WEAK, table.STRONG, table.OTHER, table.CLOSED)
_COMPATIBLE = _MILDEST_FIRST[:3]
_KINDS = {spdx: kind for kind, ids in table.JUDGED.items() for spdx in ids.split()}
_APART = {name: why for why, names in table.APART.items() for name in names.split()}


def licences() -> dict[str, str]:
    """Return package → SPDX expression for every package the table knows, in order of name."""
    stated = {name: spdx for spdx, names in table.STATED.items() for name in names.split()}
    return dict(sorted({**stated, **{name: spdx for name, (spdx, _) in table.SETTLED.items()}}.items()))


def check(root: Path) -> list[str]:
    """Return every problem with licences in words, none if all is in order.

    A problem is: a package of the lock without a licence, a text that is no SPDX expression, a licence nobody has
    judged, one that may not be passed on with ``AGPL-3.0-or-later``, an installed package that states another
    licence than the table, or an installed model file with other bytes than the ones whose licence is known.
    """
    return [*_in_table(pins(root)), *_in_metadata(), *_in_weights()]


def _in_table(locked: tuple[Pin, ...]) -> list[str]:
    known, names = licences(), {pin.name for pin in locked}
    problems = [f"{name}: no licence is known; look it up and add it to {TABLE}" for name in sorted(names - set(known))]
    problems += [f"{name}: not in the lock; take it out of {TABLE}" for name in sorted(set(known) - names)]
    of_weights = {weight.file: weight.licence for weight in table.WEIGHTS}
    for name, spdx in [*known.items(), *of_weights.items()]:
        problems += [f"{name}: {fault}" for fault in judge(spdx, apart=name in _APART)]
    return problems


def judge(spdx: str, *, apart: bool = False) -> list[str]:
    """Return why an SPDX expression cannot stand beside ``AGPL-3.0-or-later``; ``apart`` allows what is not passed on.

    >>> judge("GPL-2.0-or-later OR MPL-1.1")
    []
    >>> judge("MPL-1.1")
    ['MPL-1.1 may not be passed on with AGPL-3.0-or-later']
    """
    try:
        canonical = str(canonicalize_license_expression(spdx))
    except InvalidLicenseExpression:
        return [f"{spdx!r} is no SPDX expression"]
    unknown = [one for one in _ids(canonical) if one not in _KINDS]
    if unknown:
        return [f"{words.listed(unknown)} has not been judged; add it to JUDGED in {TABLE}"]
    if apart or kind_of(canonical) in _COMPATIBLE:
        return []
    return [f"{canonical} may not be passed on with {OWN}"]


def kind_of(spdx: str) -> str:
    """Return what an expression asks at least: the mildest side of each OR, the strictest of each AND.

    >>> kind_of("GPL-2.0-or-later OR MPL-2.0"), kind_of("MPL-2.0 AND MIT")
    ('copyleft of the library', 'copyleft of the library')
    """
    for at, kind in enumerate(_MILDEST_FIRST):
        allowed = {name for name, its in _KINDS.items() if its in _MILDEST_FIRST[: at + 1]}
        if _holds(spdx, allowed.__contains__):
            return kind
    return table.CLOSED


def _ids(spdx: str) -> list[str]:
    without = re.sub(r"\bWITH\s+\S+", "", spdx)
    return [token for token in _TOKEN.findall(without) if token not in ("(", ")", "AND", "OR")]


def _holds(spdx: str, fits: Callable[[str], bool]) -> bool:
    """Return whether an expression holds if ``fits`` says so of each licence: all sides of AND, one side of OR."""
    tokens = _TOKEN.findall(re.sub(r"\bWITH\s+\S+", "", spdx))

    def either() -> bool:
        found = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            found = both() or found
        return found

    def both() -> bool:
        found = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            found = one() and found
        return found

    def one() -> bool:
        token = tokens.pop(0)
        if token != "(":
            return fits(token)
        found = either()
        tokens.pop(0)
        return found

    return either()


def stated(package: metadata.Distribution) -> str:
    """Return the SPDX expression a package states of itself, ``""`` where it is silent or unclear.

    Looked at in this order: its expression, its licence field, its licence classifiers, and for "BSD" the text of
    its licence, which tells the three clauses from the two.
    """
    about = package.metadata
    if "License-Expression" in about:
        return str(canonicalize_license_expression(about["License-Expression"]))
    field = about["License"].strip() if "License" in about else ""
    first = " ".join(field.partition("\n")[0].split())
    if found := table.WORDS.get(first.lower()):
        return found
    named = [line for line in about.get_all("Classifier", []) if line.startswith("License :: OSI Approved :: ")]
    if len(named) == 1:
        kind = named[0].rpartition(" :: ")[2]
        return table.CLASSIFIERS.get(kind, "") or (_bsd(package, field) if kind == "BSD License" else "")
    return _bsd(package, field) if first.lower() == "bsd" else ""


def _bsd(package: metadata.Distribution, field: str) -> str:
    """Return the BSD licence a package's text is, ``""`` if it has no such text."""
    listed = [path for path in package.files or [] if ".dist-info" in path.parts[0] and _LICENCE_FILE.match(path.name)]
    texts = (Path(str(path.locate())).read_text(encoding="utf-8", errors="replace") for path in listed)
    text = next((text for text in (field, *texts) if "edistribution" in text), "")
    if not text:
        return ""
    return "BSD-3-Clause" if _ENDORSEMENT.search(text) else "BSD-2-Clause"


def _in_metadata() -> Iterator[str]:
    for name, spdx in licences().items():
        if name in table.SETTLED:
            continue
        try:
            says = stated(metadata.distribution(name))
        except metadata.PackageNotFoundError:
            continue  # wanted by another system or Python
        if says != spdx:
            yield f"{name}: it states {says or 'nothing clear'}, the table says {spdx}; settle it in {TABLE}"


def _in_weights() -> Iterator[str]:
    for weight in table.WEIGHTS:
        if weight.package and (path := _located(weight.package, weight.file)) is not None:
            found = files.sha256(path)
            if found != weight.sha256:
                yield f"{weight.file}: its digest is {found}, the licence is known for {weight.sha256}"


def _located(package: str, file: str) -> Path | None:
    """Return where an installed package keeps a file, ``None`` if it is not installed or has none."""
    try:
        listed = metadata.distribution(package).files or []
    except metadata.PackageNotFoundError:
        return None
    found = [Path(str(path.locate())) for path in listed if path.name == file]
    return found[0] if found and found[0].is_file() else None


def commercial() -> list[str]:
    """Return what binds or stands in the way of earning money with this project, strictest first."""
    kinds = {name: kind_of(spdx) for name, spdx in licences().items()}
    reasons = [
        f"The project itself is {OWN}: who passes it on, or lets others use a changed copy over a network, gives them "
        "the whole source under the same licence. Using it inside one's own business asks for nothing."
    ]
    if strong := [name for name, kind in kinds.items() if kind == table.STRONG]:
        reasons.append(f"{', '.join(strong)}: copyleft too; for closed use a licence must be bought of its makers.")
    if closed := [name for name, kind in kinds.items() if kind == table.CLOSED]:
        reasons.append(
            f"{words.listed(closed)}: closed, under NVIDIA's terms. They come with torch on Linux, are not passed on "
            "by this project, and only computing on NVIDIA cards needs them."
        )
    return [*reasons, *(f"{name}: {why}" for name, why in table.FORBIDDEN_FILES.items())]


def markdown(root: Path) -> str:
    """Return ``docs/licences.md``; it is the same on every system.

    Raises ``ConfigError`` if a package of the lock has no licence or one that may not be passed on.
    """
    locked = pins(root)
    problems = _in_table(locked)
    if problems:
        raise ConfigError("The licences are not in order", where=TABLE, details=problems,
                          next_step="mend the table by each package's own LICENSE file")  # fmt: skip
    known = licences()
    return "\n".join(
        [
            "# Licences",
            "",
            f"Written by `shoplib docs` from `{TABLE}` and `requirements.lock`; edit the table, not this page.",
            "",
            f"The project is `{OWN}` (see [LICENSE](../LICENSE)). It contains no package of others: pip takes each "
            "from its own place, and each stays under its own licence.",
            "",
            "## What to know before passing it on or earning money with it",
            "",
            *(f"- {reason}" for reason in commercial()),
            "",
            "## Copyleft and closed packages",
            "",
            "| package | licence | kind |",
            "| --- | --- | --- |",
            *_flagged(known),
            "",
            *(f"- {', '.join(names.split())}: {why}." for why, names in table.APART.items()),
            *(f"- {name}: {note}." for name, note in table.NOTES.items()),
            "",
            "## Model files and fonts",
            "",
            "| file | from | licence | SHA-256 |",
            "| --- | --- | --- | --- |",
            *(f"| {w.file} | {w.package} | {w.licence} ({w.evidence}) | `{w.sha256}` |" for w in table.WEIGHTS),
            "",
            "The pages are set in Noto Sans (OFL-1.1), from the four `fontpkg-noto-sans` packages.",
            "",
            "## All packages",
            "",
            "| package | version | licence | known from |",
            "| --- | --- | --- | --- |",
            *_rows(locked, known),
            "",
        ]
    )


def _flagged(known: dict[str, str]) -> Iterator[str]:
    for name, spdx in known.items():
        if (kind := kind_of(spdx)) != table.PERMISSIVE:
            yield f"| {name} | {spdx} | {kind} |"


def _rows(locked: tuple[Pin, ...], known: dict[str, str]) -> Iterator[str]:
    versions: dict[str, list[str]] = {}
    for pin in locked:
        versions.setdefault(pin.name, []).append(pin.version)
    for name in sorted(versions):
        evidence = table.SETTLED[name][1] if name in table.SETTLED else "its metadata"
        yield f"| {name} | {', '.join(versions[name])} | {known[name]} | {evidence} |"
