"""What is kept of people in a scenario, in a few lines that name nobody."""

from __future__ import annotations

import datetime as dt

from shoplib.base import words
from shoplib.privacy import consent, retention
from shoplib.privacy.holdings import Holdings
from shoplib.store.keyring import Keyring

UNSET = "not written down"


def lines(holdings: Holdings, keys: Keyring, today: dt.date) -> list[str]:
    """Return mode, reasons, what is kept of how many people and until when, where the key is, and what is missing."""
    privacy, language = holdings.scenario.privacy, holdings.scenario.shop.language
    names = holdings.vault(keys).names()
    every = retention.things(holdings, keys)
    people = [thing for thing in every if thing.kind == retention.EMBEDDINGS]
    crops = [thing for thing in every if thing.kind == retention.CROPS]
    visits = [thing for thing in every if thing.kind == retention.VISITS]
    said = [
        ("mode", privacy.mode + (", people are rendered" if holdings.simulated else "")),
        ("purpose", privacy.purpose or UNSET),
        ("basis", privacy.legal_basis or UNSET),
        ("numbers", _kept(words.plural(len(names), "person", "people"), [t.due for t in people], language)),
        ("pictures", _kept(words.plural(len(crops), "picture"), [t.due for t in crops], language)),
        ("visits", _kept(words.plural(len(visits), "result and run", "results and runs"), [t.due for t in visits],
                         language)),
        ("consents", _consents(holdings, today)),
        ("key", f"{keys.where()}{_fingerprint(keys)}"),
    ]  # fmt: skip
    if holdings.simulated:
        said.append(("clocks", "rendered footage has no calendar: nothing is due by itself"))
    missing = [] if holdings.simulated or privacy.mode != "recognise" else privacy.missing()
    if missing:
        said.append(("missing", words.listed(f"privacy.{name}" for name in missing)))
    return [f"{name:<10} {text}" for name, text in said]


def _kept(many: str, due: list[dt.date], language: str) -> str:
    if not due:
        return many
    first = min(due)
    number = sum(day == first for day in due)
    return f"{many}; next to go on {words.day(first, language)}: {number}"


def _consents(holdings: Holdings, today: dt.date) -> str:
    valid = consent.valid(holdings.private)
    given = consent.current(holdings.private)
    return f"{len(valid)} in force, {len(given) - len(valid)} withdrawn on {today.isoformat()}"


def _fingerprint(keys: Keyring) -> str:
    return f", fingerprint {keys.fingerprint()}" if keys.exists() else ", made when it is first needed"
