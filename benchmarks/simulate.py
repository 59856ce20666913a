"""Transactions per CPU second of the simulated chain, beside a Faker loop that makes one row at a time.

The promise: at least 500,000 transactions per CPU second in memory and 200,000 with all files written, for
100,000 transactions and their lines. CPU seconds of this process, all threads, best of five; wall time is not
used, so a busy machine disturbs the result less.
"""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faker import Faker

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import files
from shoplib.simulate.epos import world as epos

TRANSACTIONS = 100_000
LOOP_ROWS = 5_000
REPEATS = 5
SEED = 1


def main() -> Iterator[dict[str, object]]:
    """Yield one result a way of making transactions, the peer last."""
    asked, shop = EposWorld(transactions=TRANSACTIONS), Shop()
    epos.world(EposWorld(transactions=100), shop, SEED)  # imports and name lists are loaded before the clock starts
    memory_s = best_cpu_s(lambda: epos.world(asked, shop, SEED))
    with tempfile.TemporaryDirectory() as folder:
        files_s = best_cpu_s(lambda: files.write(epos.world(asked, shop, SEED), Path(folder)))
        size_mb = {
            path.name: round(path.stat().st_size / 1e6, 1) for path in sorted(Path(folder).glob("epos_transactions.*"))
        }
    loop_s = best_cpu_s(lambda: faker_loop(LOOP_ROWS))
    rates = {
        "world in memory": TRANSACTIONS / memory_s,
        "world with files": TRANSACTIONS / files_s,
        "Faker loop, four fields": LOOP_ROWS / loop_s,
    }
    slowest = rates["Faker loop, four fields"]
    for name, rate in rates.items():
        yield {"way": name, "transactions_per_cpu_s": round(rate), "times_the_loop": round(rate / slowest, 1)}
    yield {"way": "size of the transactions files", "transactions": TRANSACTIONS, "size_mb": size_mb}


def faker_loop(rows: int) -> list[tuple[str, str, dt.datetime, str]]:
    """Return ``rows`` rows the plain way: a name, a key, a moment and a word for each, without lines or sums."""
    faker = Faker("en_GB")
    faker.seed_instance(SEED)
    first, last = dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31)
    return [(faker.name(), faker.uuid4(), faker.date_time_between(first, last), faker.word()) for _ in range(rows)]


def best_cpu_s(work: Callable[[], object]) -> float:
    """Return the least CPU seconds of a few repeats."""
    taken = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)
