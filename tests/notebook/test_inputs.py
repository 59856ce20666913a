"""Only what was declared is read."""

import pytest

from shoplib import notebook
from shoplib.errors import UndeclaredError
from shoplib.store import files


def test_declared_inputs_are_read_and_others_refused_with_the_nearest(run, organization):
    assert run.read("organizations").equals(organization)
    with pytest.raises(UndeclaredError) as error:
        run.read("organisations")
    assert str(error.value) == (
        'Stage s did not declare that it needs "organisations"\n  where   pipeline/stages.py\n'
        '  found   organizations\n  next    did you mean "organizations"?'
    )


def test_sources_are_files_in_order_of_name(tmp_path):
    for name in ("raw/inbox/b.csv", "raw/inbox/a.csv", "raw/one.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    simulated = {"kind": "simulated", "mapping": "m.yaml"}
    sources = [
        {"kind": "csv", "name": "sales", "path": "sales.csv", "mapping": "m.yaml"},
        {**simulated, "name": "days", "file": "inbox/*.csv"},
        {**simulated, "name": "none", "file": "outbox/*.csv"},
        {**simulated, "name": "one", "file": "one.csv"},
    ]
    order = {
        "stage": "s", "scenario": {"name": "s", "simulate": {"kind": "epos"}, "ingest": {"sources": sources}},
        "sections": ["ingest"], "gives": [], "folders": [], "sources": {"sales": ["y/2.csv", "y/1.csv"]},
        "inputs": {"raw": str(tmp_path / "raw")}, "limit_mb": None,
    }  # fmt: skip
    files.write_json(tmp_path / "work" / ".order.json", order)
    found = notebook.start("s", "params/s.yaml", str(tmp_path / "work")).sources()
    assert {name: [path.name for path in paths] for name, paths in found.items()} == {
        "sales": ["2.csv", "1.csv"], "days": ["a.csv", "b.csv"], "none": [], "one": ["one.csv"],
    }  # fmt: skip
