"""A scenario for a sales file nobody has described yet: two YAML files in ``params/`` that a person can correct."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import available_timezones

from babel.numbers import list_currencies

from shoplib.base import words
from shoplib.errors import ConfigError
from shoplib.ingest import suggest
from shoplib.store import files

NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Made:
    """The two files, and what a person should read about the guesses in them."""

    scenario: Path
    mapping: Path
    lines: tuple[str, ...]


def write(file: Path, root: Path, *, name: str = "", currency: str = "", timezone: str = "") -> Made:
    """Write ``params/<name>.yaml`` and ``params/mappings/<name>.yaml`` for a file and return both with the evidence.

    ``name`` is made from the file's name if it is empty. Nothing that is there already is overwritten: that is a
    ``ConfigError``, as is a name that cannot be one. Raises ``SourceError`` as ``suggest.propose`` does.
    """
    called = name or name_of(file)
    if not NAME.fullmatch(called):
        raise ConfigError("That cannot be the name of a scenario", where=f"--name {called}",
                          wanted="small letters, digits and _, beginning with a letter")  # fmt: skip
    currency = currency.upper()
    if currency and currency not in list_currencies():
        raise ConfigError("That is no currency", where=f"--currency {currency}",
                          wanted="an ISO 4217 code such as GBP, INR or EUR")  # fmt: skip
    if timezone and timezone not in available_timezones():
        near = words.nearest(timezone, available_timezones())
        raise ConfigError("That is no time zone", where=f"--timezone {timezone}",
                          wanted="an IANA name such as Europe/London or Asia/Kolkata",
                          next_step=f'did you mean "{near}"?' if near else "")  # fmt: skip
    scenario, mapping = (root / "params" / place / f"{called}.yaml" for place in ("", "mappings"))
    for path in (scenario, mapping):
        if path.exists():
            raise ConfigError(
                "There is a file of this name already", where=path.relative_to(root).as_posix(),
                next_step=f"give another name with --name, or use it: python run_all.py params/{called}.yaml",
            )  # fmt: skip
    proposal = suggest.propose(file, called, currency=currency or None, timezone=timezone or None)
    absolute = file.absolute()
    inside = absolute.relative_to(root).as_posix() if absolute.is_relative_to(root) else absolute.as_posix()
    proposal.scenario["ingest"]["sources"][0]["path"] = inside
    mapping_text, scenario_text = suggest.to_yaml(proposal)
    files.write_text(mapping, mapping_text)
    files.write_text(scenario, scenario_text)
    told = [f"wrote {path.relative_to(root).as_posix()}" for path in (scenario, mapping)]
    told += [f"  {line}" for line in proposal.evidence]
    told += [f"  CHECK: {line}" for line in proposal.questions]
    return Made(scenario, mapping, tuple(told))


def name_of(file: Path) -> str:
    """Return a name for a scenario from the name of a file.

    >>> name_of(Path("Sales 2024 (final).csv")), name_of(Path("2024.csv"))
    ('sales_2024_final', 'shop_2024')
    """
    name = "_".join(re.findall(r"[a-z0-9]+", file.stem.lower())) or "shop"
    return name if name[0].isalpha() else f"shop_{name}"
