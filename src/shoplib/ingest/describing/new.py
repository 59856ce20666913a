"""A scenario for a sales file nobody has described yet: two YAML files in ``params/`` that a person can correct."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.ingest.describing import presets, suggest
from shoplib.ingest.describing.proposal import Proposal
from shoplib.ingest.describing.suggest import Told
from shoplib.store import files

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Made:
    """The two files, what a person should read about the guesses in them, and what must be answered before a run."""

    scenario: Path
    mapping: Path
    lines: tuple[str, ...]
    doubts: tuple[str, ...] = ()


def write(file: Path, root: Path, told: Told | None = None, *, name: str = "") -> Made:
    """Write ``params/<name>.yaml`` and ``params/mappings/<name>.yaml`` for a file and return both with the evidence.

    ``name`` is made from the file's name if it is empty. Nothing that is there already is overwritten, but for files
    that still wait, unchanged, for the answers given now: that is a ``ConfigError``, as is a name that cannot be one.
    Raises ``SourceError`` as ``suggest.propose`` does.
    """
    called = name or name_of(file)
    if not NAME.fullmatch(called):
        raise ConfigError("That cannot be the name of a scenario", where=f"--name {called}",
                          wanted="small letters, digits and _, beginning with a letter")  # fmt: skip
    said = checked(told or Told())
    scenario, mapping = (root / "params" / place / f"{called}.yaml" for place in ("", "mappings"))
    for path in (scenario, mapping):
        if path.exists() and not _waits(file, root, called, said, (mapping, scenario)):
            raise ConfigError(
                "There is a file of this name already", where=path.relative_to(root).as_posix(),
                next_step=f"give another name with --name, or use it: python run_all.py params/{called}.yaml",
            )  # fmt: skip
    proposal, texts = _texts(file, root, called, said)
    for path, text in zip((mapping, scenario), texts, strict=True):
        files.write_text(path, text)
    told_lines = [f"wrote {path.relative_to(root).as_posix()}" for path in (scenario, mapping)]
    told_lines += [f"  {line}" for line in proposal.evidence]
    told_lines += [f"  CHECK: {line}" for line in proposal.questions]
    return Made(scenario, mapping, tuple(told_lines), tuple(doubt.question for doubt in proposal.doubts))


def checked(told: Told) -> Told:
    """Return what a person said with the currency in capitals; ``ConfigError`` if there is no such currency or zone."""
    currency = told.currency.upper()
    if currency and currency not in list_currencies():
        raise ConfigError("That is no currency", where=f"--currency {currency}",
                          wanted="an ISO 4217 code such as GBP, INR or EUR")  # fmt: skip
    if told.timezone and told.timezone not in available_timezones():
        near = words.nearest(told.timezone, available_timezones())
        raise ConfigError("That is no time zone", where=f"--timezone {told.timezone}",
                          wanted="an IANA name such as Europe/London or Asia/Kolkata",
                          next_step=f'did you mean "{near}"?' if near else "")  # fmt: skip
    return replace(told, currency=currency)


def _texts(file: Path, root: Path, called: str, told: Told) -> tuple[Proposal, tuple[str, str]]:
    """Return what is proposed, and the texts of mapping and scenario."""
    proposal = suggest.propose(file, called, told, root / presets.FOLDER)
    absolute = file.absolute()
    inside = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else absolute.as_posix()
    proposal.scenario["ingest"]["sources"][0]["path"] = inside
    return proposal, suggest.to_yaml(proposal)


def _waits(file: Path, root: Path, called: str, told: Told, paths: tuple[Path, Path]) -> bool:
    """Return whether files are as they were written without the answers given now, so that nobody's work is lost."""
    if not (told.decimal or told.order) or not all(path.is_file() for path in paths):
        return False
    _, before = _texts(file, root, called, replace(told, decimal="", order=""))
    return before == tuple(path.read_text(encoding="utf-8") for path in paths)


def name_of(file: Path) -> str:
    """Return a name for a scenario from the name of a file.

    >>> name_of(Path("Sales 2024 (final).csv")), name_of(Path("2024.csv"))
    ('sales_2024_final', 'shop_2024')
    """
    name = "_".join(re.findall(r"[a-z0-9]+", file.stem.lower())) or "shop"
    return name if name[0].isalpha() else f"shop_{name}"
