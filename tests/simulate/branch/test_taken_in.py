"""The decisive test: the inbox taken in as the scenario says, every difference from the true takings explained."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pandas as pd
import pytest

from shoplib.config.load import load
from shoplib.config.models import Scenario
from shoplib.ingest.facts import Facts, take_in
from shoplib.simulate import files
from shoplib.simulate.branch.world import world
from shoplib.simulate.world import World

PLACE = ["branch", "business_date"]
SUMS = ["rows", "money_minor"]


@pytest.fixture(scope="module")
def taken_in(repository: Path, tmp_path_factory: pytest.TempPathFactory):
    """Make the tiny scenario's world from a seed, write it, and take it in as its mappings say."""

    @functools.cache
    def run(seed: int) -> tuple[World, Facts]:
        scenario: Scenario = load(repository / "params" / "tiny" / "branch.yaml")
        wild = {"garbled_share": 0.3, "twice_share": 0.2, "late_share": 0.1, "transactions": 2_500}
        made = world(scenario.simulate.model_copy(update=wild), scenario.shop, seed)
        folder = tmp_path_factory.mktemp("raw")
        files.write(made, folder)
        paths = {source.name: sorted(folder.glob(source.file)) for source in scenario.ingest.sources}
        return made, take_in(scenario.shop, scenario.ingest, scenario.mappings, paths)

    return run


def by_day(facts: Facts) -> pd.DataFrame:
    """Return lines and money loaded, by branch and business day."""
    of_sale = facts.transactions.set_index("transaction_id")[["location_id", "business_date"]]
    lines = facts.transaction_items.join(of_sale, on="transaction_id")
    found = lines.groupby(["location_id", "business_date"])["line_total_minor"].agg(["size", "sum"])
    return found.set_axis(SUMS, axis=1).rename_axis(PLACE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_difference_from_the_true_takings_is_explained(taken_in, seed: int) -> None:
    made, facts = taken_in(seed)
    true = made.truth["receipts"].set_index(PLACE)[SUMS]
    told = made.truth["not_loaded"].groupby(PLACE)[SUMS].sum()
    gap = true.sub(told, fill_value=0).sub(by_day(facts), fill_value=0)
    assert (gap == 0).all(axis=None), gap[(gap != 0).any(axis=1)]
    assert len(told) > 10
    assert facts.transactions["total_amount_minor"].sum() == facts.transaction_items["line_total_minor"].sum()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_file_is_loaded_or_refused_as_a_right_reader_would(taken_in, seed: int) -> None:
    made, facts = taken_in(seed)
    jobs = facts.import_jobs[facts.import_jobs["source_name"] == "branches"].set_index("file_name")
    assert set(jobs.index) == {name.removeprefix("inbox/") for name in made.texts}
    faults = made.truth["file_faults"].set_index("file")
    refused = set(faults.index[faults["reader"] == "refuse"])
    assert set(jobs.index[jobs["status"] == "refused"]) == refused
    assert jobs.loc[sorted(refused), "fault"].notna().all()
    for file, fault in faults.iterrows():
        aside = jobs.loc[file, "rows_set_aside"]
        if fault["fault"] in ("negative_quantity", "absurd_quantity"):
            assert aside == fault["rows_touched"]
        elif fault["fault"] in ("cut_off", "totals_line"):
            assert aside == 1
        elif fault["reader"] == "load":
            assert aside == 0
    again = made.truth["repeated_files"].set_index("file")
    for file, one in again.iterrows():
        pair = jobs.loc[[file, one["repeats"]]]
        assert pair["status"].iloc[0] == "loaded"
        if one["kind"] == "byte_copy":
            assert sorted(pair["rows_loaded"] > 0) == [False, True]
            assert pair["rows_duplicate"].sum() == pair["rows_in"].iloc[0]
        else:
            assert pair["rows_loaded"].iloc[0] == one["rows_new"]
            assert pair["rows_set_aside"].iloc[0] == one["rows_changed"]


def test_colours_and_sizes_arrive_with_the_lines(taken_in) -> None:
    made, facts = taken_in(1)
    found = facts.transaction_items["attributes"].map(json.loads)
    assert set(found.str["colour"]) == set(made.shares.loc[made.shares["what"] == "colour", "value"])
    assert set(found.str["size"]) == {"S", "M", "L", "XL"}


def test_prices_and_costs_arrive_with_their_days(taken_in) -> None:
    made, facts = taken_in(1)
    assert len(facts.product_prices) == len(made.tables["product_prices"])
    assert facts.product_prices["unit_cost_minor"].sum() == made.tables["product_prices"]["unit_cost_minor"].sum()
