"""The raw files are taken in whole by the scenario's own mappings, and so are files of the older form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import shoplib
from shoplib.config.load import load
from shoplib.ingest.facts import take_in
from shoplib.simulate import files, worlds

PARAMS = Path(shoplib.__file__).parents[2] / "params"
OLDER = """transaction_id,timestamp,customer_id,payment_mode,can_size,amount,status
1001,2023-11-06 07:12:40,C17,UPI,20L,35,paid
1002,2023-11-06 07:12:41,C17,UPI,20L,35,paid
1003,2023-11-06 18:03:05,,Coins,10L,20,paid
1004,2023-11-06 18:40:00,C09,Cash,20L,35,unpaid
1005,2023-11-07 09:00:10,C02,upi,20L,35,Credit
"""


@pytest.mark.parametrize("name", ["water_shop.yaml", "tiny/water_shop.yaml"])
def test_the_scenario_takes_in_all_it_simulates(tmp_path, name):
    scenario = load(PARAMS / name)
    world = worlds.make(scenario.simulate, scenario.shop, scenario.seed)
    files.write(world, tmp_path)
    found = {source.name: [tmp_path / source.file] for source in scenario.ingest.sources}
    facts = take_in(scenario.shop, scenario.ingest, scenario.mappings, found)
    jobs = facts.import_jobs.set_index("source_name")
    assert (jobs["rows_loaded"] == jobs["rows_in"]).all()
    assert jobs.loc["sales", "money_loaded_minor"] == world.takings_minor
    assert len(facts.transactions) == world.sales
    assert len(facts.visits) == len(world.tables["visits"])
    assert len(facts.customers) == len(world.tables["customers"])
    assert len(facts.product_prices) == len(world.tables["product_prices"])
    assert set(facts.transactions["location_id"]) == {"W1"}
    assert set(facts.transactions["transaction_status"]) == {"completed"}
    assert set(facts.transactions["payment_method"]) == {"cash", "upi", "coins"}
    assert set(facts.transactions["payment_status"]) <= {"paid", "unpaid", "credit"}
    items = facts.transaction_items.set_index("transaction_id").loc[world.tables["transactions"]["transaction_id"]]
    assert (items["quantity"].to_numpy() == world.tables["transactions"]["number_of_cans"].to_numpy()).all()
    first = facts.visits.sort_values("visit_id").iloc[0]
    logged = pd.Timestamp(world.tables["visits"]["entered"].iloc[0]).tz_localize("Asia/Kolkata")
    assert first["entered"] == logged


def test_a_file_with_one_can_a_row_is_taken_in(tmp_path):
    (tmp_path / "old.csv").write_text(OLDER)
    source = f"{{kind: csv, name: old, path: old.csv, mapping: {PARAMS}/mappings/water_shop_older.yaml}}"
    (tmp_path / "old.yaml").write_text(
        f"name: old\nshop: {{currency: INR, timezone: Asia/Kolkata}}\ningest: {{sources: [{source}]}}\n"
    )
    scenario = load(tmp_path / "old.yaml")
    facts = take_in(scenario.shop, scenario.ingest, scenario.mappings, {"old": [tmp_path / "old.csv"]})
    sales = facts.transactions.set_index("transaction_id")
    assert len(facts.rejected_rows) == 0
    assert sales["total_amount_minor"].tolist() == [3500, 3500, 2000, 3500, 3500]
    assert sales["payment_method"].tolist() == ["upi", "upi", "coins", "cash", "upi"]
    assert sales["payment_status"].tolist() == ["paid", "paid", "paid", "unpaid", "credit"]
    assert sales["customer_id"].isna().tolist() == [False, False, True, False, False]
    assert facts.transaction_items["quantity"].tolist() == [1.0] * 5
    assert facts.transaction_items["product_id"].tolist() == ["20L", "20L", "10L", "20L", "20L"]
    assert sales["timestamp"].iloc[0] == pd.Timestamp("2023-11-06 07:12:40", tz="Asia/Kolkata")
