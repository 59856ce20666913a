"""Small simulated worlds taken in once, and a way to hold rules against them after something went wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tqdm import tqdm

from shoplib.config.load import load
from shoplib.config.models import Scenario, Shop
from shoplib.config.quality import Quality
from shoplib.ingest.facts import take_in
from shoplib.ingest.quality.judge import Judgement, judge
from shoplib.simulate import worlds

Tables = dict[str, pd.DataFrame]
World = Callable[[str], tuple[Scenario, Tables]]


@pytest.fixture(scope="session")
def world(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a function that gives a scenario in ``params/tiny`` and its facts; each is made once."""
    made: dict[str, tuple[Scenario, Tables]] = {}

    def of(name: str) -> tuple[Scenario, Tables]:
        if name not in made:
            scenario, folder = load(repository / "params" / "tiny" / f"{name}.yaml"), tmp_path_factory.mktemp(name)
            worlds.save(scenario, folder, tqdm(disable=True))
            files = {source.name: sorted(folder.glob(source.file)) for source in scenario.ingest.sources}
            made[name] = (scenario, take_in(scenario.shop, scenario.ingest, scenario.mappings, files).tables())
        scenario, tables = made[name]
        return scenario, {name: frame.copy() for name, frame in tables.items()}

    return of


@pytest.fixture
def epos(world: World) -> tuple[Scenario, Tables]:
    """A chain's scenario with its shipped rules, and its facts."""
    return world("epos")


def shop() -> Tables:
    """Return four sales of one place open from 18:00 to 02:00, a refund of the first, with two products."""
    total = [1_200, 600, 2_400, 360, -1_200]
    count = len(total)
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"t{i}" for i in range(1, count + 1)],
            "timestamp": pd.to_datetime(
                ["2024-03-01 18:00", "2024-03-01 23:59", "2024-03-02 01:30", "2024-03-02 02:00", "2024-03-02 19:00"]
            ).tz_localize("UTC"),
            "business_date": pd.to_datetime(["2024-03-01"] * 4 + ["2024-03-02"]),
            "local_hour": pd.array([18, 23, 1, 2, 19], dtype="Int64"),
            "location_id": "bar", "employee_id": ["ann", None, "ann", None, None], "customer_id": None,
            "currency": "GBP", "device_id": "till", "payment_method": "cash",
            "subtotal_minor": [1_000, 500, 2_000, 300, -1_000], "discount_total_minor": 0,
            "tax_total_minor": [200, 100, 400, 60, -200], "tip_amount_minor": 0, "total_amount_minor": total,
            "num_items": 1, "payment_status": ["paid"] * 4 + ["refunded"],
            "transaction_status": ["completed"] * 4 + ["refunded"], "refund_of": [None] * 4 + ["t1"],
            "card_last_four": ["1234", None, None, None, None],
            "import_id": "file", "source_row": range(1, count + 1),
        }
    )  # fmt: skip
    items = pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"], "line_number": 1,
            "product_id": ["ale", "gin", "ale", "gin", "ale"], "quantity": [2.0, 1, 4, 1, -2],
            "unit_price_minor": [500, 500, 500, 300, 500], "line_total_minor": transactions["subtotal_minor"],
            "import_id": "file", "source_row": range(1, count + 1),
        }
    )  # fmt: skip
    places = pd.DataFrame({"location_id": ["bar"], "location_name": ["Bar"], "timezone": ["Europe/London"],
                           "day_start_minute": [240], "opens_minute": pd.array([1_080], dtype="Int64"),
                           "closes_minute": pd.array([1_560], dtype="Int64")})  # fmt: skip
    products = pd.DataFrame({"product_id": ["ale", "gin"], "product_name": ["Ale", "Gin"],
                             "unit_cost_minor": pd.array([200, None], dtype="Int64"),
                             "unit_price_minor": pd.array([500, 500], dtype="Int64")})  # fmt: skip
    people = pd.DataFrame({"employee_id": ["ann"], "employee_name": ["Ann Example"]})
    imports = pd.DataFrame({"import_id": ["file"], "started_at": pd.to_datetime([None]).tz_localize("UTC")})
    return {"transactions": transactions, "transaction_items": items, "locations": places, "products": products,
            "employees": people, "customers": pd.DataFrame({"customer_id": pd.Series([], dtype=object)}),
            "import_jobs": imports}  # fmt: skip


@pytest.fixture
def small() -> Tables:
    """The facts of the small shop, all in order."""
    return shop()


@pytest.fixture(scope="session")
def judged() -> Callable[..., Judgement]:
    """Return a function that gives the judgement of rules, called ``rule_1`` and so on."""

    def of(tables: Tables, *rules: dict[str, Any]) -> Judgement:
        named = {f"rule_{number}": rule for number, rule in enumerate(rules, 1)}
        return judge(tables, Quality.model_validate({"rules": named}), Shop(name="Corner"))

    return of


@pytest.fixture(scope="session")
def held(judged: Callable[..., Judgement]) -> Callable[..., dict[str, Any]]:
    """Return a function that gives what one rule found: its row of ``quality``, samples as a list."""

    def of(tables: Tables, **rule: Any) -> dict[str, Any]:
        row = judged(tables, rule).table.to_dict("records")[0]
        return {**row, "samples": json.loads(row["samples"])}

    return of
