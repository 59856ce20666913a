"""Transactions with their items per CPU second of the simulated chain, beside a Faker loop that makes them one by one.

The promise: at least 500,000 transactions per CPU second in memory and 200,000 with all files written, at 100,000,
a million and ten million, and at least 60 times the loop. CPU seconds of this process, all threads, best of a few;
wall time is not used, so a busy machine disturbs the result less. Ten million are streamed to disk by a process of
their own, whose greatest resident memory is told; the files, about 5 GB, go to a temporary folder and are removed.

The loop makes what a row-by-row script would make: for each transaction a key, a moment, a place, who served, a way
to pay, then on average 2.6 items with a word for a name, a quantity and a price, and the sum. The bare loop makes
four fields a row (name, uuid4, date_time_between, word) and nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from faker import Faker

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import files
from shoplib.simulate.epos import world as epos

SIZES = {100_000: 9, 1_000_000: 3}  # transactions: repeats
STREAMED = 10_000_000
ROOM_BYTES = 8_000_000_000
LOOP_ROWS = 3_000
LOOP_REPEATS = 3
ITEMS = (1, 2, 2, 2, 3, 3, 3, 3, 4)  # 2.6 on average
SEED = 1
FIRST, LAST = dt.datetime(2024, 1, 1), dt.datetime(2024, 12, 31)


def main() -> Iterator[dict[str, object]]:
    """Yield one result a way of making transactions, the peers first."""
    loop = LOOP_ROWS / best_cpu_s(lambda: faker_loop(LOOP_ROWS), LOOP_REPEATS)
    bare = LOOP_ROWS / best_cpu_s(lambda: bare_loop(LOOP_ROWS), LOOP_REPEATS)
    yield {"way": "Faker loop, transactions with items", "transactions_per_cpu_s": round(loop)}
    yield {"way": "Faker loop, four fields and no items", "transactions_per_cpu_s": round(bare)}
    shop = Shop()
    epos.world(EposWorld(transactions=100), shop, SEED)  # imports and name lists are loaded before the clock starts
    for transactions, repeats in SIZES.items():
        asked = EposWorld(transactions=transactions)
        memory_s = best_cpu_s(lambda asked=asked: epos.world(asked, shop, SEED), repeats)
        yield _compared("in memory", transactions, memory_s, loop, bare)
        with tempfile.TemporaryDirectory() as folder:
            written_s = best_cpu_s(
                lambda asked=asked, folder=folder: files.stream(epos.stream(asked, shop, SEED), Path(folder)), repeats
            )
            yield _compared("with files", transactions, written_s, loop, bare) | {"mb": _sizes(Path(folder))}
    yield _streamed(loop, bare)


def _compared(way: str, transactions: int, cpu_s: float, loop: float, bare: float) -> dict[str, object]:
    rate = transactions / cpu_s
    return {
        "way": way,
        "transactions": transactions,
        "transactions_per_cpu_s": round(rate),
        "times_the_loop": round(rate / loop),
        "times_the_bare_loop": round(rate / bare),
    }


def _streamed(loop: float, bare: float) -> dict[str, object]:
    way = "streamed to disk"
    with tempfile.TemporaryDirectory() as folder:
        free = shutil.disk_usage(folder).free
        if free < ROOM_BYTES:
            return {"way": way, "transactions": STREAMED,
                    "skipped": f"{free / 1e9:.1f} GB free, {ROOM_BYTES / 1e9:.0f} GB wanted"}  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.simulate", str(STREAMED), folder]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        compared = _compared(way, STREAMED, found["cpu_s"], loop, bare)
        return compared | {"peak_memory_mb": found["peak_memory_mb"], "mb": _sizes(Path(folder))}


def _stream_here(transactions: int, folder: Path) -> None:
    """Print the CPU seconds and the greatest resident memory of streaming a world in this process."""
    import resource

    start = time.process_time()
    files.stream(epos.stream(EposWorld(transactions=transactions), Shop(), SEED), folder)
    spent = time.process_time() - start
    in_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1)
    print(json.dumps({"cpu_s": spent, "peak_memory_mb": round(in_kib * 1024 / 1e6)}))


def _sizes(folder: Path) -> dict[str, float]:
    large = (path for path in sorted(folder.iterdir()) if path.is_file())
    return {path.name: round(path.stat().st_size / 1e6, 1) for path in large if path.stat().st_size > 100_000}


def faker_loop(transactions: int) -> list[dict[str, object]]:
    """Return transactions made the plain way, one after another, each with its items."""
    faker, chance = Faker("en_GB"), random.Random(SEED)
    faker.seed_instance(SEED)
    made = []
    for _ in range(transactions):
        items = [
            {"product": faker.word(), "quantity": chance.randint(1, 3), "price": chance.randint(190, 1890)}
            for _ in range(chance.choice(ITEMS))
        ]
        made.append(
            {
                "transaction_id": faker.uuid4(),
                "timestamp": faker.date_time_between(FIRST, LAST),
                "location": faker.word(),
                "employee": faker.name(),
                "payment_method": chance.choice(("credit_card", "debit_card", "cash")),
                "items": items,
                "total": sum(item["quantity"] * item["price"] for item in items),
            }
        )
    return made


def bare_loop(rows: int) -> list[tuple[str, str, dt.datetime, str]]:
    """Return rows of four fields made the plain way: a name, a key, a moment and a word, without items or sums."""
    faker = Faker("en_GB")
    faker.seed_instance(SEED)
    return [(faker.name(), faker.uuid4(), faker.date_time_between(FIRST, LAST), faker.word()) for _ in range(rows)]


def best_cpu_s(work: Callable[[], object], repeats: int) -> float:
    """Return the least CPU seconds of a few repeats."""
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        made = work()
        taken.append(time.process_time() - start)
        del made  # giving memory back is not counted, for any way
    return min(taken)


if __name__ == "__main__":
    _stream_here(int(sys.argv[1]), Path(sys.argv[2]))
