"""A notebook opened by a person runs with its defaults, from the notebooks folder, as JupyterLab starts it."""

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from shoplib.errors import UndeclaredError
from shoplib.pipeline.stages import STAGES

ROOT = Path(__file__).parents[2]


@pytest.fixture
def project(tmp_path):
    """A copy of the workbook without anything a run made."""
    for name in ("params", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "run_all.py", tmp_path)
    return tmp_path


def test_the_last_notebook_opened_by_hand_makes_what_it_needs_and_runs(project):
    scenario = project / "params" / "tiny" / "epos.yaml"
    kept = [line for line in scenario.read_text().splitlines() if not line.startswith("forecasting:")]
    scenario.write_text("\n".join([*kept, "customers: null", "forecasting: null"]) + "\n")
    last = STAGES[-1].name
    notebook = nbformat.read(project / "notebooks" / f"{last}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(project / "notebooks")}}).execute()
    place = project / "outputs" / "epos_tiny" / ".byhand" / last
    assert (place / "files" / "pages" / "report.html").stat().st_size > 100_000
    assert json.loads((place / ".finished.json").read_text())["outputs"]["pages"]["kind"] == "folder"


def test_a_notebook_that_starts_as_another_stage_is_told(small, finished):
    from shoplib import notebook
    from shoplib.store import files

    files.write_json(finished / "x" / ".order.json", {
        "stage": "a", "scenario": json.loads(small.job(finished).scenario.model_dump_json()), "sections": [],
        "limit_mb": None,
    })  # fmt: skip
    with pytest.raises(UndeclaredError) as error:
        notebook.start("b", "params/s.yaml", str(finished / "x"))
    assert str(error.value) == (
        'The notebook starts as another stage\n  where   notebook.start("b", …)\n  found   b\n  wanted  a'
    )
