"""The facts held against the rules: each rule in one pass over its table, with the rows and money that break it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from shoplib.base import money, words
from shoplib.config.models import Shop
from shoplib.config.quality import Quality
from shoplib.contracts import convert
from shoplib.errors import ContractError, SourceError
from shoplib.ingest.quality import prepared, worth
from shoplib.ingest.quality.probe import Bools, Probe, Rows, some
from shoplib.ingest.quality.rules import HELD, compiled
from shoplib.ingest.quality.samples import samples

NOUNS = {"locations": "place", "products": "product", "employees": "employee", "customers": "customer",
         "purchase_orders": "order", "stock_movements": "movement", "visits": "visit"}  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """What each rule found (the declared table ``quality``), and what all of them found together.

    ``rows`` are the rows that break any rule, each once; ``money_minor`` is what those hold, each transaction once.
    """

    table: pd.DataFrame
    transactions: int
    rows: int
    money_minor: int
    currency: str

    @property
    def broken(self) -> pd.DataFrame:
        """The rules that are broken by more than their tolerance."""
        return self.table[self.table["state"] == "broken"]

    def require(self, where: str, then: str = "nothing was loaded") -> None:
        """Ensure that no rule is broken by more than its tolerance; ``SourceError`` has one line a rule that is.

        ``then`` says what that has stopped.
        """
        broken = self.broken
        if broken.empty:
            return
        many = words.plural(len(broken), "rule")
        raise SourceError(
            f"{many} of {len(self.table)} {'is' if len(broken) == 1 else 'are'} broken, so {then}",
            details=[_line(row) for row in broken.to_dict("records")],
            where=where, wanted="at most the tolerance_share of each rule in the file named under ingest.quality",
            next_step="mend the files or their mapping; where the rule is wrong for this shop, change it there",
        )  # fmt: skip


def judge(tables: Mapping[str, pd.DataFrame], rules: Quality, shop: Shop) -> Judgement:
    """Return what every rule found in the tables, in the order of the rules.

    Rules of tables that were not given, or that have no row to hold them against, are kept by 0 rows. Raises
    ``ConfigError`` for rules that do not fit the declared tables.
    """
    ready = compiled(rules)
    rows: dict[str, Rows] = {}
    checked: dict[str, int] = {}
    found: dict[str, Bools] = {}
    for table, tests in ready.by_table.items():
        if table not in tables:
            continue
        inputs = [name for test in tests for name in test.all_inputs]
        bare = prepared.prepare(table, inputs, tables)
        held = {test.name: test.held(bare) for test in tests}
        checked |= {name: int(one.sum()) for name, one in held.items()}
        marks = pd.DataFrame({HELD + name: one for name, one in held.items()}, index=bare.index)
        rows[table] = pd.concat([bare, marks], axis=1)
        found |= _held(ready.schemas[table], rows[table])
    lines = [
        _row(test, checked.get(test.name, 0), rows.get(test.rule.table), found.get(test.name), shop)
        for test in ready.tests
    ]
    broken = {
        table: some([found[test.name] for test in tests if test.name in found])
        for table, tests in ready.by_table.items()
        if any(test.name in found for test in tests)
    }
    return Judgement(
        _declared(lines),
        len(tables.get("transactions", ())),
        sum(int(one.sum()) for one in broken.values()),
        worth.together(rows, broken),
        shop.currency,
    )


def together(parts: Sequence[Judgement], rules: Quality, shop: Shop, *, fewest: int = 1) -> Judgement:
    """Return what parts of one file found together, each row judged in one of them.

    A rule that bears some rows is broken only if at least ``fewest`` break it: one of a handful is a large share.
    """
    if not parts:
        return judge({}, rules, shop)
    whole = pd.concat([part.table for part in parts], ignore_index=True)
    sums = {
        str(rule): (int(part["rows_checked"].sum()), int(part["rows_failing"].sum()), _sum(part["money_minor"]))
        for rule, part in whole.groupby("rule", sort=False)
    }
    said = whole.sort_values("rows_failing", ascending=False, kind="stable").drop_duplicates("rule").set_index("rule")
    lines = []
    for test in compiled(rules).tests:
        checked, failing, amount = sums[test.name]
        share = test.rule.tolerance_share
        broken = failing > share * checked and (failing >= fewest or share == 0)
        changed = {
            "rule": test.name, "meaning": _meaning(test, checked, failing, amount, shop), "rows_checked": checked,
            "rows_failing": failing, "money_minor": amount,
            "state": "kept" if not failing else "broken" if broken else "borne",
        }  # fmt: skip
        lines.append({**{str(key): value for key, value in said.loc[test.name].items()}, **changed})
    return Judgement(
        _declared(lines), sum(part.transactions for part in parts), sum(part.rows for part in parts),
        sum(part.money_minor for part in parts), shop.currency,
    )  # fmt: skip


def _sum(amounts: pd.Series) -> int | None:
    return int(amounts.sum()) if amounts.notna().any() else None


def _held(schema: Any, rows: Rows) -> dict[str, Bools]:
    """Return the rows that break each rule that is broken at all, by the rule's name."""
    from pandera.errors import SchemaErrors

    if rows.empty:
        return {}
    try:
        schema.validate(rows, lazy=True, inplace=True)
    except SchemaErrors as errors:
        found = {}
        for error in errors.schema_errors:
            if not isinstance(error.check_output, pd.Series):  # the check itself failed, and not the rows
                raise ContractError(
                    "A rule could not be held", where=f"rules.{error.check.name}", found=str(error.failure_cases),
                    next_step="keep the files and mend the library; nothing was loaded",
                ) from error  # fmt: skip
            found[str(error.check.name)] = ~error.check_output.to_numpy(dtype=bool)
        return found
    return {}


def _row(test: Probe[Any], checked: int, rows: Rows | None, broken: Bools | None, shop: Shop) -> dict[str, object]:
    """Return the row of ``quality`` of one rule."""
    table = test.rule.table
    failing = 0 if broken is None else int(broken.sum())
    amount = None
    if table in prepared.WORTH:
        amount = 0 if rows is None or broken is None else worth.worth(table, rows, broken)
    within = failing <= test.rule.tolerance_share * checked
    return {
        "rule": test.name,
        "table_name": table,
        "meaning": _meaning(test, checked, failing, amount, shop),
        "rows_checked": checked,
        "rows_failing": failing,
        "tolerance_share": test.rule.tolerance_share,
        "state": "kept" if not failing else "borne" if within else "broken",
        "money_minor": amount,
        "currency": None if amount is None else shop.currency,
        "samples": "[]" if rows is None or broken is None else samples(test, rows, broken),
    }


def _meaning(test: Probe[Any], checked: int, failing: int, amount: int | None, shop: Shop) -> str:
    """Return in words what the rows did that break a rule, or what would break it."""
    did = test.rule.meaning or test.about
    noun = NOUNS.get(test.rule.table, f"row of {test.rule.table}")
    if not failing:
        nothing = "" if checked else "Nothing to hold it against. "
        return f"{nothing}Rules out {'takings' if amount is not None else _many(noun)} that {did}"
    if amount is None:
        return f"{words.plural(failing, noun, _many(noun))} {did}"
    return f"{money.show(amount, shop.currency, language=shop.language)} of takings {did}"


def _many(noun: str) -> str:
    first, _, rest = noun.partition(" ")
    return f"{first}s {rest}".rstrip()


def _line(row: Mapping[Any, Any]) -> str:
    share = row["rows_failing"] / row["rows_checked"]
    return (
        f"{row['rule']}: {words.count(row['rows_failing'])} of {words.plural(row['rows_checked'], 'row')} "
        f"({_percent(share)}; tolerance {_percent(row['tolerance_share'])}). {row['meaning']}"
    )


def _percent(share: float) -> str:
    """Return a share as a percentage that is not 0% for a share above 0."""
    return words.share(share, decimals=1 if share == 0 or share >= 0.001 else 4)


def _declared(lines: list[dict[str, object]]) -> pd.DataFrame:
    schema = convert.arrow_schema("quality")
    frame = pd.DataFrame(lines, columns=schema.names).astype({"money_minor": "Int64"})
    return convert.to_pandas(convert.to_arrow("quality", frame))
