"""A workbook of four small notebooks, so that the chain can be tested without any shop.

The graph is a diamond: ``a`` → ``b`` and ``c`` → ``d``.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from shoplib.pipeline import runner
from shoplib.pipeline.job import Job, prepare
from shoplib.pipeline.stages import Stage

STAGES = (
    Stage("a", gives=("organizations",), sections=("simulate",)),
    Stage("b", needs=("organizations",), gives=("sales_hourly",), sections=("sales",)),
    Stage("c", needs=("organizations",), folders=("raw",)),
    Stage("d", needs=("sales_hourly", "raw"), gives=("sales_products",), sections=("report",)),
)

SETUP = {
    "parameters": 'scenario = "params/s.yaml"  # str\nrun_dir = ""  # str\noverrides = ""  # str',
    "imports": "import pandas as pd\n\nfrom shoplib import notebook",
}
BODY = {
    "a": """days = run.config.simulate.transactions
frame = pd.DataFrame({"organization_id": ["o"], "organization_name": [f"made of {days}"], "currency": ["GBP"]})
run.number("a_days", days, label="Days", unit="days", definition="what was asked for", card=True)
run.headline("There were {a_days} days.")
run.write("organizations", frame)""",
    "b": """seen = run.read("organizations")
days = [run.config.sales.overview_days]
frame = pd.DataFrame({"location_id": ["x"], "weekday": [0], "local_hour": [9], "days": days, "transactions": [2]})
run.write("sales_hourly", frame.assign(gross_sales_minor=[len(seen)]))""",
    "c": """(run.out("raw") / "seen.txt").write_text(run.read("organizations").to_csv(index=False))""",
    "d": """text = (run.folder("raw") / "seen.txt").read_text()
hours = run.read("sales_hourly")
frame = pd.DataFrame({"product_id": ["p"], "product_name": [text], "product_category": [None]})
frame = frame.assign(transactions=[1], units=[1.5], line_sales_minor=hours["days"])
run.table("shown", frame[["product_name"]], title="What was seen")
run.write("sales_products", frame)""",
}


def write_notebook(folder: Path, name: str, body: str, *, finish: bool = True, prose: str = "Prose.") -> Path:
    """Write a notebook of the usual shape with one working cell."""
    cells = [
        nbformat.v4.new_markdown_cell(f"# Is {name} fine?\n\n{prose}", id="title"),
        nbformat.v4.new_code_cell(SETUP["parameters"], id="parameters", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell(
            f'{SETUP["imports"]}\n\nrun = notebook.start("{name}", scenario, run_dir, overrides)', id="setup"
        ),
        nbformat.v4.new_code_cell(body, id="work"),
    ]
    if finish:
        cells.append(nbformat.v4.new_code_cell("run.finish()", id="finish"))
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def workbook(root: Path) -> Path:
    """Write the small workbook into a new folder and return it."""
    (root / "params").mkdir(parents=True)
    (root / "run_all.py").write_text("")
    (root / "sales.csv").write_text("when,total\n2024-01-01,1.00\n")
    (root / "params" / "s.yaml").write_text(SCENARIO)
    (root / "params" / "m.yaml").write_text(MAPPING)
    for name, body in BODY.items():
        write_notebook(root / "notebooks", name, body)
    return root


SCENARIO = """name: s
simulate: {kind: epos, transactions: 7}
ingest:
  sources: [{kind: csv, name: sales, path: sales.csv, mapping: m.yaml}]
run: {cell_timeout_s: 60}
"""
MAPPING = """rows: transaction
fields: {timestamp: {columns: when, format: "%Y-%m-%d"}, total_amount: total}
"""


def job(root: Path, *overrides: str, stages: tuple[Stage, ...] = STAGES) -> Job:
    """Return the small workbook's job."""
    return prepare(root / "params" / "s.yaml", overrides, root=root, stages=stages)


@pytest.fixture(scope="session")
def small() -> SimpleNamespace:
    """What the tests of the chain make their workbooks with."""
    return SimpleNamespace(workbook=workbook, write_notebook=write_notebook, job=job, STAGES=STAGES, BODY=BODY)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small workbook whose four stages have run."""
    root = workbook(tmp_path_factory.mktemp("made") / "workbook")
    outcome = runner.run(job(root), STAGES, quiet=True)
    assert outcome.ok, outcome
    return root


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A small workbook that has never run."""
    return workbook(tmp_path / "fresh")


@pytest.fixture
def finished(made_once: Path, tmp_path: Path) -> Path:
    """A copy of a small workbook whose four stages have run."""
    return Path(shutil.copytree(made_once, tmp_path / "workbook", symlinks=True))
