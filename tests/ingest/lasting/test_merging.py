"""The order of files makes no difference, nor how they are cut; of contradictions it decides which stands."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tqdm import tqdm

from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.contracts import tables
from shoplib.ingest.facts import Facts, take_in
from shoplib.simulate import worlds
from shoplib.store import patterns
from shoplib.store.database import Store

Boxes = Callable[..., Any]
SMALL = {
    "epos": ("simulate.transactions=150", "simulate.end=2024-01-31"),
    "retail": ("simulate.transactions=150", "simulate.end=2024-02-15"),
    "water_shop": ("simulate.end=2024-03-08",),
    "branch": ("simulate.transactions=250", "simulate.end=2024-07-20", "simulate.garbled_share=0"),
}
FEW = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LINES: dict[str, Any] = {
    "rows": "line",
    "key": ["id", "what"],
    "fields": {
        "transaction_id": "id", "timestamp": "at", "location_id": "shop", "product_id": "what", "quantity": "q",
        "line_total": "v", "product_name": "name", "employee_id": "who",
    },
}  # fmt: skip
TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {
        "transaction_id": "id", "timestamp": "at", "location_id": "shop", "total_amount": "total",
        "discount_total": "off", "employee_id": "who", "employee_name": "name",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Callable[[str], tuple[Scenario, Path, Facts]]:
    """Return a small world's scenario, the folder of its files, and its facts as a run takes them in."""
    made: dict[str, tuple[Scenario, Path, Facts]] = {}

    def of(name: str) -> tuple[Scenario, Path, Facts]:
        if name not in made:
            scenario = load(repository / "params" / "tiny" / f"{name}.yaml", SMALL[name])
            folder = tmp_path_factory.mktemp(name) / "raw"
            with tqdm(disable=True) as bar:
                worlds.save(scenario, folder, bar)
            files = {source.name: patterns.matching(folder / source.file) for source in scenario.ingest.sources}
            made[name] = scenario, folder, take_in(scenario.shop, scenario.ingest, scenario.mappings, files)
        return made[name]

    return of


def assert_same(found: dict[str, pd.DataFrame], facts: dict[str, pd.DataFrame], but: tuple[str, ...] = ()) -> None:
    for name, frame in found.items():
        wanted = facts[name].drop(columns=["import_id", "source_row"], errors="ignore")
        key = tables.key_of(name)
        pairs = [one.drop(columns=list(but), errors="ignore") for one in (frame, wanted)]
        keys = [column for column in key if column not in but] or list(pairs[0].columns)
        pairs = [one.sort_values([*keys, *pairs[0].columns.difference(keys)], ignore_index=True) for one in pairs]
        pd.testing.assert_frame_equal(*pairs, check_dtype=False, obj=name)


@pytest.mark.parametrize("name", ["epos", "retail", "water_shop"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_world_loaded_file_by_file_in_any_order_is_what_a_run_takes_in(
    box_in: Boxes, tmp_path: Path, world: Callable[[str], Any], name: str, seed: int
) -> None:
    scenario, folder, facts = world(name)
    shop = box_in(tmp_path, {"x": TILL})
    shop.scenario = scenario.model_copy(
        update={"ingest": scenario.ingest.model_copy(update={"batch_rows": 100 if seed == 1 else 200_000})}
    )
    files = [(source.name, folder / source.file) for source in scenario.ingest.sources]
    random.Random(seed).shuffle(files)
    for source, path in files:
        assert shop.load_path(source, path).status == "loaded"
    assert_same(shop.facts(), facts.tables())
    jobs = shop.table("import_jobs")
    assert (jobs["rows_in"] == jobs["rows_loaded"]).all() and shop.table("rejected_rows").empty
    for source, path in files:
        assert shop.load_path(source, path).status == "known"


def test_a_world_in_either_database_is_what_a_run_takes_in(
    any_store: Store, box_at: Boxes, world: Callable[[str], Any]
) -> None:
    scenario, folder, facts = world("retail")
    shop = box_at(any_store, {"x": TILL})
    shop.scenario = scenario
    files = [(source.name, folder / source.file) for source in scenario.ingest.sources]
    for source, path in reversed(files):
        assert shop.load_path(source, path).status == "loaded"
    assert_same(shop.facts(), facts.tables())


def test_branches_drop_their_files_in_any_order(box_in: Boxes, tmp_path: Path, world: Callable[[str], Any]) -> None:
    """What was sent again with other amounts stands as it came first; sales and their lines are the same ones."""
    scenario, folder, facts = world("branch")
    shop = box_in(tmp_path, {"x": TILL})
    shop.scenario = scenario
    files = [(s.name, path) for s in scenario.ingest.sources for path in patterns.matching(folder / s.file)]
    random.Random(3).shuffle(files)
    for source, path in files:
        shop.load_path(source, path)
    found, wanted = shop.facts(), facts.tables()
    assert set(found["transactions"]["transaction_id"]) == set(wanted["transactions"]["transaction_id"])
    assert len(found["transaction_items"]) == len(wanted["transaction_items"])
    jobs = shop.table("import_jobs")
    assert (jobs["rows_in"] == jobs[["rows_loaded", "rows_set_aside", "rows_duplicate"]].sum(axis=1)).all()
    assert jobs["money_loaded_minor"].sum() == found["transaction_items"]["line_total_minor"].sum()


def text(rows: list[dict[str, Any]]) -> str:
    return pd.DataFrame(rows).to_csv(index=False)


SALES = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.sampled_from(["T1", "T2", "T3", "T4", "T5"]),
            "at": st.sampled_from(["2024-06-01 10:00", "2024-06-01 09:30", "2024-06-02 10:00Z", "2024-06-02"]),
            "shop": st.sampled_from(["A", "B"]),
            "total": st.sampled_from(["5", "7.50", "-3", "x"]),
            "off": st.sampled_from(["", "1", "-1"]),
            "who": st.sampled_from(["E1", "E2", ""]),
            "name": st.sampled_from(["Ada", "Bob", ""]),
        }
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@FEW
@given(SALES, st.randoms(use_true_random=False))
def test_the_same_rows_shuffled_cut_and_sent_twice_add_nothing(
    box_in: Boxes, rows: list[dict[str, Any]], chance: random.Random
) -> None:
    with tempfile.TemporaryDirectory() as name:
        shop = box_in(Path(name), {"till": TILL}, max_set_aside_share=1.0)
        first = shop.load("till", text(rows))
        before = shop.facts()
        loaded = {row["source_row"] for row in shop.table("transactions").to_dict("records")}
        mixed = [row for at, row in enumerate(rows, 1) if at in loaded]
        chance.shuffle(mixed)
        for part in (mixed[::2], mixed[1::2]):
            if part:
                again = shop.load("till", text(part).replace(",total", " ,total"))
                assert again.status in ("refused", "known") or again.job["rows_duplicate"] == len(part)
                again = shop.load("till", pd.DataFrame(part).iloc[:, ::-1].to_csv(index=False))
                if again.status == "known":
                    continue
                assert again.job["rows_duplicate"] == len(part)
                assert again.repeats["first_import_id"].tolist() == [first.import_id]
        after = shop.facts()
        for table, frame in before.items():
            pd.testing.assert_frame_equal(frame, after[table])


@FEW
@given(SALES, st.integers(1, 5))
def test_how_many_rows_are_read_at_once_makes_no_difference(
    box_in: Boxes, rows: list[dict[str, Any]], batch: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        whole = box_in(Path(name) / "a", {"till": TILL}, max_set_aside_share=1.0)
        parts = box_in(Path(name) / "b", {"till": TILL}, max_set_aside_share=1.0)
        ingest = parts.scenario.ingest.model_copy(update={"batch_rows": batch})
        parts.scenario = parts.scenario.model_copy(update={"ingest": ingest})
        for shop in (whole, parts):
            shop.load("till", text(rows), "a.csv")
        for table in ("transactions", "rejected_rows", "import_jobs", "import_repeats", "employees", "locations"):
            pd.testing.assert_frame_equal(whole.table(table), parts.table(table), obj=table)
        assert whole.table("row_identities").equals(parts.table("row_identities"))


@FEW
@given(SALES)
def test_of_contradicting_files_the_same_sales_stand_whichever_comes_first(
    box_in: Boxes, rows: list[dict[str, Any]]
) -> None:
    files = [rows[::2], rows[1::2] or rows[:1]]
    found = []
    with tempfile.TemporaryDirectory() as name:
        for at, order in enumerate(permutations(files)):
            shop = box_in(Path(name) / str(at), {"till": TILL}, max_set_aside_share=1.0)
            for part in order:
                shop.load("till", text(part))
            jobs = shop.table("import_jobs")
            found.append(set(shop.table("transactions")["transaction_id"]))
            assert (jobs["rows_in"] == jobs[["rows_loaded", "rows_set_aside", "rows_duplicate"]].sum(axis=1)).all()
            assert jobs["money_loaded_minor"].sum() == shop.table("transactions")["total_amount_minor"].sum()
    assert found[0] == found[1]


@FEW
@given(
    st.lists(
        st.tuples(st.sampled_from(["T1", "T2"]), st.sampled_from(["tea", "rum", "gin"]), st.sampled_from("123")),
        min_size=1, max_size=8, unique_by=lambda row: row[:2],
    ),
    st.randoms(use_true_random=False),
)  # fmt: skip
def test_lines_of_a_sale_in_several_files_add_up_to_it_in_any_order(
    box_in: Boxes, lines: list[tuple[str, str, str]], chance: random.Random
) -> None:
    rows = [
        {"id": sale, "at": f"2024-06-01 1{worth}:00", "shop": "A", "what": what, "q": 1, "v": worth, "name": what,
         "who": "E1"}
        for sale, what, worth in lines
    ]  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        whole = box_in(Path(name) / "a", {"lines": LINES})
        parts = box_in(Path(name) / "b", {"lines": LINES})
        whole.load("lines", text(rows))
        chance.shuffle(rows)
        for at in range(3):
            if rows[at::3]:
                parts.load("lines", text(rows[at::3]))
        assert_same(parts.facts(), whole.facts(), but=("line_number",))


def test_what_a_file_of_its_own_says_stands_whichever_comes_first(box_in: Boxes, tmp_path: Path) -> None:
    goods = {"rows": "product", "key": ["i"],
             "fields": {"product_id": "i", "product_name": "n", "unit_price": "p", "unit_cost": "c"}}  # fmt: skip
    prices = {"rows": "price", "key": ["i", "d"],
              "fields": {"product_id": "i", "valid_from": "d", "unit_price": "p", "unit_cost": "c"}}  # fmt: skip
    line = {"id": "T1", "at": "2024-06-01 10:00", "shop": "A", "q": 1, "v": "9", "name": "Tee", "who": "E1"}
    lines = {**LINES, "fields": {**LINES["fields"], "unit_price": "v"}}
    files = {
        "lines": text([{**line, "what": what} for what in ("tea", "rum", "gin")]),
        "goods": "i,n,p,c\ntea,Tea,5,\nrum,Rum,,2\n",
        "prices": "i,d,p,c\ntea,2024-01-01,6,1\nrum,2024-01-01,7,1\nrum,2024-03-01,8,\n",
    }
    for at, order in enumerate(permutations(files)):
        shop = box_in(tmp_path / str(at), {"lines": lines, "goods": goods, "prices": prices})
        for name in order:
            shop.load(name, files[name])
        found = shop.table("products").astype(object)
        wanted = [["gin", "Tee", 900, None], ["rum", "Rum", 800, 200], ["tea", "Tea", 500, 100]]
        columns = ["product_id", "product_name", "unit_price_minor", "unit_cost_minor"]
        assert found.where(found.notna(), None)[columns].to_numpy().tolist() == wanted, order
