"""CPU seconds of all eight reports over a million transactions with 2.6 million lines, beside three other ways.

A simulated chain is taken in once and saved as a run saves it: parquet files, and one SQLite database with the indexes
a careful user adds. Then each way answers the main tables of the eight reports, from the files, in processes of its
own, best of three; imports are not counted. Ours also makes the findings, intervals and other tables of each report.
The ways: ours; the SQL queries of the project in DuckDB, each for itself; SQLite; and plain pandas. All four must give
the same figures, amounts exactly and shares within 1e-9, or the benchmark stops. The promise: at most 5 CPU seconds.
Taking a million transactions in costs some minutes before the first result.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import _reports_pandas, _reports_sqlite
from benchmarks.ingest import PARAMS, simulated
from shoplib.config.load import load
from shoplib.config.models import Sales, Shop
from shoplib.ingest.facts import Facts, take_in
from shoplib.sales import books, reports, twins
from shoplib.sales.view import scope_of
from shoplib.sales.window import window
from shoplib.store import database, files

TRANSACTIONS = 1_000_000
REPEATS = 3
PROMISED_CPU_S = 5.0
SHOP, SETTINGS = Shop(), Sales()
Figures = dict[str, list[list[Any]]]


def main() -> Iterator[dict[str, object]]:
    """Yield the CPU seconds of each way, then those of each part of ours and whether the promise is kept."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = snapshot(folder, TRANSACTIONS)
        yield from compared(folder, rows)


def compared(folder: Path, rows: dict[str, int]) -> Iterator[dict[str, object]]:
    """Yield what each way took over the files of a folder; ``ValueError`` if their figures differ."""
    ways = {name: [child(name, folder) for _ in range(REPEATS)] for name in WAYS}
    for name, runs in ways.items():
        equal(ways["ours"][0]["figures"], runs[0]["figures"], name)
        yield {"way": name, **rows, "cpu_s": round(min(run["cpu_s"] for run in runs), 2)}
    best = min(ways["ours"], key=lambda run: float(run["cpu_s"]))
    yield {"way": "ours, in parts", **best["parts"]}
    yield {"promise": "CPU seconds of all eight reports", "found": round(best["cpu_s"], 2),
           "wanted": f"<= {PROMISED_CPU_S:g}", "kept": best["cpu_s"] <= PROMISED_CPU_S}  # fmt: skip


def snapshot(folder: Path, transactions: int) -> dict[str, int]:
    """Write the parquet files and the database of a simulated chain; return the rows of sales and lines."""
    scenario = load(PARAMS / "epos.yaml", (f"simulate.transactions={transactions}",))
    with tempfile.TemporaryDirectory() as raw:
        paths = simulated(scenario, Path(raw))
        facts = take_in(scenario.shop, scenario.ingest, scenario.mappings, paths)
    named = {part.name for part in fields(Facts)}
    frames = {name: getattr(facts, name) for name in database.FACTS if name in named}
    for name, frame in frames.items():
        files.write_table(folder / f"{name}.parquet", name, frame)
    database.build(folder / "shop.db", frames)
    _reports_sqlite.prepare(folder)
    return {"transactions": len(facts.transactions), "lines": len(facts.transaction_items)}


def given_to(folder: Path) -> dict[str, object]:
    """Return the parameters of the queries over all days of a folder."""
    known, _ = twins.data_of(folder)
    return twins.parameters(window(known, SETTINGS.compare_days), SHOP, SETTINGS)


def ours(folder: Path) -> tuple[Figures, dict[str, float]]:
    """Answer with the library: read, open the books, make the eight reports."""
    parts, clock = {}, _Clock()
    facts = {name: files.read_table(folder / f"{name}.parquet", name, wanted) for name, wanted in books.COLUMNS.items()}
    parts["read"] = clock.lap()
    scope = scope_of(facts, SHOP, SETTINGS)
    parts["books"] = clock.lap()
    found = {}
    for name in twins.TWINS:
        found[name] = reports.make(name, scope).listing(name).frame
        parts[name] = clock.lap()
    names = {name: _columns(name) for name in found}
    return {name: plain(frame[names[name]]) for name, frame in found.items()}, parts


def by_duckdb(folder: Path) -> tuple[Figures, dict[str, float]]:
    """Answer with the project's SQL queries."""
    given = given_to(folder)
    found = {name: twins.run(name, folder, given) for name in twins.TWINS}
    return {name: plain(frame[_columns(name)]) for name, frame in found.items()}, {}


def by_sqlite(folder: Path) -> tuple[Figures, dict[str, float]]:
    """Answer with SQL in SQLite."""
    found, sums = _reports_sqlite.answers(folder, given_to(folder))
    tables = {name: plain(pd.DataFrame(rows)) for name, rows in found.items()}
    return {**tables, "overview": overview(sums)}, {}


def by_pandas(folder: Path) -> tuple[Figures, dict[str, float]]:
    """Answer with plain pandas."""
    found, sums = _reports_pandas.answers(folder, given_to(folder))
    return {**{name: plain(frame) for name, frame in found.items()}, "overview": overview(sums)}, {}


WAYS: dict[str, Callable[[Path], tuple[Figures, dict[str, float]]]] = {
    "ours": ours, "SQL in DuckDB": by_duckdb, "SQL in SQLite": by_sqlite, "plain pandas": by_pandas,
}  # fmt: skip


def _columns(name: str) -> list[str]:
    """Return the columns that are compared: all a query gives, of the overview the numbers of the three periods."""
    return ["metric", "value", "before", "all"] if name == "overview" else COLUMNS[name]


COLUMNS = {
    "daily": ["business_date", "transactions", "units", "gross_sales_minor", "net_sales_minor",
              "average_transaction_minor", "refunds", "refunds_minor"],
    "locations": ["location_id", "location_name", "location_type", "city", "trading_days", "transactions",
                  "gross_sales_minor", "share", "net_sales_minor", "average_transaction_minor",
                  "gross_sales_per_day_minor", "refunds", "refunds_minor", "refund_share", "margin_minor",
                  "margin_share", "unknown_margin_minor"],
    "products": ["product_id", "product_name", "product_category", "transactions", "units", "line_sales_minor", "share",
                 "margin_minor", "margin_share", "unknown_margin_minor", "last_sold"],
    "employees": ["employee_id", "employee_role", "trading_days", "hours", "transactions", "gross_sales_minor",
                  "average_transaction_minor", "gross_per_hour_minor"],
    "payments": ["payment_method", "transactions", "transactions_share", "gross_sales_minor", "share",
                 "average_transaction_minor"],
    "hours": ["local_hour", "transactions", "gross_sales_minor", "average_transaction_minor", "share"],
    "refunds": ["location_id", "location_name", "transactions", "refunds", "refund_share", "refunds_minor",
                "value_share"],
}  # fmt: skip


def overview(sums: list[dict[str, Any]]) -> list[list[Any]]:
    """Return the metrics of three periods from their sums; data of this world tell of all but gift cards sold."""
    return [list(row) for row in zip(*([name for name, _ in _metrics(sums[0])],
            *([value for _, value in _metrics(period)] for period in sums)), strict=True)]  # fmt: skip


def _metrics(s: dict[str, Any]) -> list[tuple[str, Any]]:
    back = s["apart"] and s["refunds_total"]
    net = s["gross_sales"] - (back or 0)
    tax_back = s["refunds_tax"] if back else 0
    told: dict[str, Any] = {
        "gross_sales": s["gross_sales"], "net_sales": net, "list_sales": s["list_sales"], "discounts": s["discounts"],
        "discount_share": s["discounts"] / s["list_sales"], "tax": s["tax"],
        "sales_before_tax": s["gross_sales"] - s["tax"],
        "net_revenue": net - s["tax"] + tax_back - s["gift_cards_sold"], "tips": s["tips"],
        "transactions": s["transactions"], "average_transaction": _rate(s["gross_sales"], s["transactions"]),
        "units": s["units"], "units_per_transaction": s["units"] / s["transactions"], "trading_days": s["trading_days"],
        "gross_sales_per_day": _rate(s["gross_sales"], s["trading_days"]),
        "transactions_per_day": s["transactions"] / s["trading_days"], "margin": s["costed"] - s["cost"],
        "margin_share": (s["costed"] - s["cost"]) / s["costed"],
        "unknown_margin": s["list_sales"] - s["discounts"] - s["gift_cards_sold"] - s["costed"], "paid": s["paid"],
        "unpaid": s["unpaid"], "on_credit": s["on_credit"], "unpaid_share": s["unpaid"] / s["gross_sales"],
        "cash": s["cash"], "digital": s["digital"],
        "digital_share": s["digital_transactions"] / s["named_transactions"],
        "gift_cards_sold": s["gift_cards_sold"] or None, "gift_cards_redeemed": s["gift_cards_redeemed"],
        "refunds": s["refunds"], "refunds_total": s["refunds_total"],
        "refund_share": s["refunds"] / (s["refunds"] + s["transactions"]), "voids": s["voids"], "errors": s["errors"],
    }  # fmt: skip
    return [(name, _plain(value)) for name, value in told.items()]


def _rate(total: float, number: float) -> int:
    return int((2 * int(total) + int(number)) // (2 * int(number)))


def plain(frame: pd.DataFrame) -> list[list[Any]]:
    """Return the rows of a table as JSON knows them: numbers, texts, ISO days, ``None``."""
    return [[_plain(value) for value in row] for row in frame.itertuples(index=False, name=None)]


def _plain(value: Any) -> Any:
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return str(value.date())
    return value if isinstance(value, str) else float(value)


def equal(ours: Figures, theirs: Figures, way: str) -> None:
    """Raise ``ValueError`` naming the first figure that differs."""
    for name, rows in ours.items():
        if len(rows) != len(theirs[name]):
            raise ValueError(f"{way}: {name} has {len(theirs[name])} rows, not {len(rows)}")
        for mine, other in zip(rows, theirs[name], strict=True):
            for a, b in zip(mine, other, strict=True):
                if a != b and not (isinstance(a, float) and isinstance(b, float | int) and _near(a, b)):
                    raise ValueError(f"{way}: {name} says {b!r} where ours says {a!r}, in {mine!r}")


def _near(a: float, b: float) -> bool:
    """Return whether two numbers are equal: whole ones exactly, others within 1e-9."""
    return not (a.is_integer() and float(b).is_integer()) and math.isclose(a, b, rel_tol=1e-9)


class _Clock:
    """CPU seconds of this process between laps."""

    def __init__(self) -> None:
        self.last = time.process_time()

    def lap(self) -> float:
        """Return the seconds since the last lap."""
        before, self.last = self.last, time.process_time()
        return round(self.last - before, 3)


def child(way: str, folder: Path) -> dict[str, Any]:
    """Answer in a process of its own and return its CPU seconds, parts and figures."""
    command = [sys.executable, "-m", "benchmarks.reports", way, str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, cwd=Path(__file__).parents[1])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    start = time.process_time()
    figures, parts = WAYS[sys.argv[1]](Path(sys.argv[2]))
    print(json.dumps({"cpu_s": time.process_time() - start, "parts": parts, "figures": figures}))
