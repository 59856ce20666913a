"""What is told about a world: shares, planted truth, files."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from shoplib.config.models import Shop
from shoplib.config.worlds import EposWorld
from shoplib.simulate import account, files
from shoplib.simulate.epos import world as epos
from shoplib.simulate.world import World, shares_made


def without_shares() -> World:
    empty = pd.DataFrame({"what": [], "value": [], "asked": [], "made": []}, dtype=float)
    return World("GBP", {}, {}, {}, 0, 0, empty, {"a/x.txt": b"1\n2\n", "SIM.txt": b"1\n"})


def test_shares_stay_within_half_a_point() -> None:
    told = account.shares(epos.world(EposWorld(transactions=2_000), Shop(), 1))
    assert list(told) == ["what", "value", "asked", "made", "points"]
    assert len(told) == 9
    assert told["points"].abs().max() < 0.5
    assert told.groupby("what")["made"].sum().round(9).tolist() == [1, 1]


def test_a_world_without_shares_or_sales_is_told_as_such() -> None:
    assert account.shares(without_shares()).empty
    assert account.planted(without_shares()).empty
    assert account.remarks(without_shares()) == [
        "No shares were asked for in this world, so there is nothing to compare."
    ]
    idle = epos.world(EposWorld(transactions=0), Shop(), 1)
    assert account.shares(idle)["made"].isna().all()
    assert account.remarks(idle) == ["Nothing was sold in this world, so no shares were made."]
    assert account.remarks(epos.world(EposWorld(transactions=1), Shop(), 1)) == []
    assert shares_made("size", pd.Series([], dtype="str"), {"S": 1.0})["made"].isna().all()


def test_planted_truth_is_counted() -> None:
    world = epos.world(EposWorld(transactions=2_000), Shop(), 1)
    told = account.planted(world).set_index("truth")["rows"]
    assert told["demand"] == 8 * 366
    assert set(told.index) == {
        "demand", "anomalies", "closed days", "price changes", "promotions", "slow sellers", "staff",
    }  # fmt: skip
    assert (told > 0).all()


def test_files_are_told_with_rows_and_sizes_the_truth_and_many_of_a_kind_in_one_row(tmp_path: Path) -> None:
    world = epos.world(EposWorld(transactions=3_000), Shop(), 1)
    texts = {f"inbox/{number:02d}.csv": b"a,b\n" * 9_000 for number in range(20)}
    rows = files.write(World(**{**vars(world), "texts": texts}), tmp_path)
    told = account.written(rows, tmp_path).set_index("file")
    assert told.loc["epos_transactions.csv", "rows"] == 3_000
    assert told.loc["epos_transactions.csv", "MB"] == round(
        (tmp_path / "epos_transactions.csv").stat().st_size / 1e6, 2
    )
    assert told.loc["locations.csv", "MB"] == 0.01
    assert told.loc["inbox/ (20 files)"].tolist() == [180_000, 0.72]
    assert told.loc["truth/ (7 files)", "rows"] == sum(len(frame) for frame in world.truth.values())
    assert len(told) == len(world.files) + 2
    lines = account.told(told.reset_index())
    assert lines[4].split() == ["epos_transactions.csv", "3,000", "rows", f"{told['MB'].iloc[4]:.2f}", "MB"]
    assert lines[-1].endswith("MB in all; nothing of it is real")
