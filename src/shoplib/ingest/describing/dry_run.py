"""What would become of a file under a mapping, row by row and in all; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from shoplib.base import money, words
from shoplib.config.mapping import AMOUNTS, Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.ingest import summary
from shoplib.ingest.describing import trying
from shoplib.ingest.intake import Intake, arrive
from shoplib.ingest.mapping import EXTRA, Typed
from shoplib.ingest.repeats import mark_repeats
from shoplib.ingest.sources import Kind

ROWS = 20
LOADED, ASIDE, REPEAT = "loaded", "set aside", "repeat"
ELSEWHERE = ("unknown_transaction", "unknown_reference")
"""Rules that rows break only because other files are not there."""


@dataclass(frozen=True)
class Rehearsal:
    """The first rows before and after, what becomes of each and why, and the account of the whole file.

    ``before`` holds their columns and ``after`` our fields, both as text, ``verdicts`` the columns ``verdict``,
    ``rule``, ``column`` and ``reason``; all are indexed by ``source_row`` alike. Rows of the wrong shape stand in
    ``before`` with their text in the first column. ``kept`` are the columns that go to ``extra``, ``dropped`` those
    that go nowhere.
    """

    before: pd.DataFrame
    after: pd.DataFrame
    verdicts: pd.DataFrame
    account: str
    reasons: pd.DataFrame
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    notes: tuple[str, ...]


def rehearse(path: Path, kind: Kind, mapping: Mapping, shop: Shop, rows: int = ROWS) -> Rehearsal:
    """Return what would become of a file of which nothing is loaded; how much of it is set aside does not matter.

    Raises ``SourceError`` for a file that cannot be read, ``MappingError`` for one without a column the mapping names.
    """
    source = {"kind": kind, "name": trying.SOURCE, "path": str(path), "mapping": mapping.name}
    ingest = Ingest.model_validate({"sources": [source], "max_set_aside_share": 1.0})
    arrived = arrive(shop, ingest, {mapping.name: mapping}, {trying.SOURCE: [path]})
    mark_repeats(arrived.intakes)
    facts = trying.take(path, kind, mapping, shop)
    rejected = facts.rejected_rows
    intake = arrived.intakes[0]
    shown = _first(intake, rows)
    unnamed = [str(name) for name in intake.rows if str(name) not in _named(mapping)]
    kept = [name for name in unnamed if mapping.extra == "keep" and name not in mapping.ignore]
    waiting = int(rejected["rule"].isin(ELSEWHERE).sum())
    notes = [f"rows that wait for what other files bring: {words.count(waiting)}"] if waiting else []
    return Rehearsal(
        before=_before(intake, shown),
        after=_after(intake, shop.currency, shown),
        verdicts=_verdicts(intake, rejected, shown),
        account=summary.sentence(facts.import_jobs, trying.SOURCE, shop.language, facts.below_zero),
        reasons=summary.by_reason(rejected),
        kept=tuple(kept),
        dropped=tuple(name for name in unnamed if name not in kept),
        notes=(*arrived.notes, *facts.notes, *notes),
    )


def _named(mapping: Mapping) -> set[str]:
    of_fields = {column for field in mapping.fields.values() for column in field.columns}
    return of_fields | set(mapping.attributes.values())


def _first(intake: Intake, rows: int) -> pd.Index:
    """Return the numbers of the first rows of the file, those of the wrong shape among them."""
    numbers: list[int] = sorted([*intake.source_row.tolist(), *intake.misshapen[0].index.tolist()])
    return pd.Index(numbers[:rows], name="source_row", dtype="int64")


def _before(intake: Intake, shown: pd.Index) -> pd.DataFrame:
    rows = intake.rows.set_axis(pd.Index(intake.source_row, name="source_row")).reindex(shown)
    broken = intake.misshapen[0]["text"].reindex(shown).dropna()
    rows.loc[broken.index, rows.columns[0]] = broken
    return rows.fillna("")


def _after(intake: Intake, currency: str, shown: pd.Index) -> pd.DataFrame:
    """Return our fields as they would be loaded: amounts in major units, instants in ISO 8601, our words."""
    typed = intake.typed
    at = pd.Series(range(len(intake.rows)), index=intake.source_row).reindex(shown).dropna().astype(int)
    fields = {str(name): _shown(typed, str(name), currency, at) for name in typed.cells}
    after = pd.DataFrame(fields, dtype=object).set_axis(at.index)
    return after.reindex(shown).fillna("")


def _shown(typed: Typed, name: str, currency: str, at: pd.Series) -> list[str]:
    if name in typed.dates:
        moments = typed.dates[name]
        wall, instant, timed = (part.iloc[at] for part in (moments.wall, moments.instant, moments.has_time))
        parts = zip(wall, instant, timed, strict=True)
        return [_moment(w, i, bool(t)) for w, i, t in parts]
    if name in typed.words:
        return [str(word or "") for word in typed.words[name].fillna("").iloc[at]]
    if name not in typed.numbers:
        return [str(cell) for cell in typed.cells[name].iloc[at]]
    if name in AMOUNTS:
        amounts = typed.numbers[name].minor(currency).iloc[at]
        return ["" if pd.isna(a) else format(money.to_major(int(a), currency), "f") for a in amounts]
    return ["" if pd.isna(number) else f"{number:.15g}" for number in typed.numbers[name].real().iloc[at]]


def _moment(wall: Any, instant: Any, timed: bool) -> str:
    if pd.notna(instant):
        return str(instant.isoformat())
    if pd.notna(wall):
        return str(wall.isoformat(sep=" ") if timed else wall.date())
    return ""


def _verdicts(intake: Intake, rejected: pd.DataFrame, shown: pd.Index) -> pd.DataFrame:
    """Return what becomes of each row, by which rule, for which column, and why."""
    told = rejected.set_index("source_row")[["rule", "column_name", "reason"]].reindex(shown)
    repeats = pd.Series(intake.verdict.duplicate.to_numpy(), index=intake.source_row).reindex(shown, fill_value=False)
    verdict = pd.Series(LOADED, index=shown).mask(told["rule"].notna(), ASIDE).mask(repeats.astype(bool), REPEAT)
    found = told.rename(columns={"column_name": "column"}).fillna("").astype(object)
    found["reason"] = found["reason"].mask(repeats.astype(bool), "an earlier row says the same")
    return pd.concat([verdict.rename("verdict"), found], axis=1)


def columns_told(rehearsal: Rehearsal) -> tuple[str, ...]:
    """Return in sentences what becomes of the columns that the mapping does not name."""
    told = []
    if rehearsal.kept:
        told.append(f"kept in {EXTRA}: {words.listed(rehearsal.kept, limit=30)}")
    if rehearsal.dropped:
        told.append(f"not kept: {words.listed(rehearsal.dropped, limit=30)}")
    return tuple(told)
