"""A run of a small stage that reads one table and promises it back."""

from __future__ import annotations

import pandas as pd
import pytest

from shoplib import notebook
from shoplib.store import files

SCENARIO = {
    "name": "s",
    "ingest": {"sources": [{"kind": "csv", "name": "sales", "path": "sales.csv", "mapping": "m.yaml"}]},
}


@pytest.fixture
def organization():
    """The table the stage reads and promises."""
    return pd.DataFrame({"organization_id": ["o"], "organization_name": ["O"], "currency": ["GBP"]})


@pytest.fixture
def run(tmp_path, organization):
    """The run of the stage, started as the chain starts it."""
    files.write_table(tmp_path / "in" / "organizations.parquet", "organizations", organization)
    order = {
        "stage": "s", "scenario": SCENARIO, "sections": ["sales"], "gives": ["organizations"], "folders": ["raw"],
        "sources": {"sales": ["sales.csv"]},
        "inputs": {"organizations": str(tmp_path / "in" / "organizations.parquet")},
        "limit_mb": None, "chapters": {}, "parts_of_page": {}, "run_code": "c", "notebooks": "notebooks",
    }  # fmt: skip
    files.write_json(tmp_path / "work" / ".order.json", order)
    return notebook.start("s", "params/s.yaml", str(tmp_path / "work"))
