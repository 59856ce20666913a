"""Every shop of ``params/`` runs from its file to a page, and its page shows what its notebooks found."""

import json
import re
import sqlite3

import pandas as pd
import pytest

from shoplib.config.load import load
from shoplib.pipeline import graph
from shoplib.pipeline.stages import STAGES

SHOPS = ("water_shop", "retail", "branch")
WITH_FIGURES = {"01": "visits_in_footage", "04": "takings_trend", "06": "takings_expected", "07": "stock_by_cover"}


@pytest.fixture(params=SHOPS)
def ran(request, shop_run):
    """A tiny shop, run once: its name, its workbook, the folder of its run, what the command said."""
    run = shop_run(request.param)
    return run.shop, run.root, run.latest, run.said


def stages_of(root, shop):
    return graph.build(load(root / "params" / "tiny" / f"{shop}.yaml"), STAGES).stages


def test_every_stage_of_the_shop_has_its_chapter_and_its_figures(ran):
    shop, root, latest, _ = ran
    page = (latest / "report.html").read_text()
    for stage in stages_of(root, shop):
        notebook = json.loads((root / "notebooks" / f"{stage.name}.ipynb").read_text())
        title = "".join(notebook["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
        assert stage.name == "10_reporting" or title in page, stage.name
        figure = WITH_FIGURES.get(stage.name[:2])
        assert figure is None or (latest / "figures" / stage.name / f"{figure}.svg").is_file(), stage.name
        for table in stage.gives:
            assert (latest / "tables" / f"{table}.parquet").is_file()
    assert "Simulated data:" in page
    assert "SIMULATED.txt" in {path.name for path in (latest / "raw").iterdir()}
    assert not re.findall(
        r"\b(?:nan|NaT|None(?! of ))\b", re.sub(r"<(script|style|code|pre)\b.*?</\1>", "", page, flags=re.DOTALL)
    )


def test_every_row_and_penny_is_accounted_for(ran):
    jobs = pd.read_parquet(ran[2] / "tables" / "import_jobs.parquet")
    parts = ("loaded", "set_aside", "duplicate")
    assert (jobs["rows_in"] == sum(jobs[f"rows_{part}"] for part in parts)).all()
    told = jobs[jobs["money_in_minor"].notna()]
    assert (told["money_in_minor"] == sum(told[f"money_{part}_minor"] for part in parts)).all()
    assert (jobs["status"] == "refused").any() == (ran[0] == "branch")


def test_the_truth_is_told_and_named_by_no_source(ran, repository):
    shop, root, latest, _ = ran
    truths = sorted(path.stem for path in (latest / "raw" / "truth").glob("*.parquet"))
    told = (repository / "docs" / "worlds.md").read_text().partition(f"## `{shop}`")[2].partition("\n## ")[0]
    assert truths == sorted(re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE))
    files = [source.file for source in load(root / "params" / "tiny" / f"{shop}.yaml").ingest.sources]
    assert not [file for file in files if "truth" in file]


def test_the_database_holds_what_the_tables_hold(ran):
    _, _, latest, _ = ran
    store = sqlite3.connect(latest / "database" / "shop.db")
    try:
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
        for name in ("transactions", "transaction_items", "customers", "visits", "stock_movements", "product_prices"):
            rows = store.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            assert rows == len(pd.read_parquet(latest / "tables" / f"{name}.parquet")), name
    finally:
        store.close()
