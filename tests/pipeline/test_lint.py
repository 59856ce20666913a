"""Each rule of the notebooks, broken once; and the workbook's own notebooks, which keep them all."""

from pathlib import Path

import nbformat
import pytest

from shoplib.pipeline import lint

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_the_workbooks_own_notebooks_keep_the_rules():
    assert lint.problems(NOTEBOOKS) == []


def broken(tmp_path, change):
    notebook = nbformat.read(NOTEBOOKS / "04_eda.ipynb", as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook)
    (tmp_path / "notebooks").mkdir()
    nbformat.write(notebook, tmp_path / "notebooks" / "04_eda.ipynb")
    found = lint.problems(tmp_path / "notebooks")
    return [line.removeprefix("04_eda.ipynb: ") for line in found if line.startswith("04_eda.ipynb: cell")
            or "title" in line or "metadata" in line or "last cell" in line]  # fmt: skip


LIBRARY = "call a tested function of the library"
START = 'notebook.start("04_eda", scenario, run_dir, overrides)'
NAMES = "scenario, run_dir, overrides"


@pytest.mark.parametrize(
    ("cell", "text", "problem"),
    [
        ("title", "# Sales", "the first cell must be a title that asks a question, such as '# How is the shop doing?'"),
        ("overview", "def f():\n    return 1", f"cell overview, line 1: defines a function; {LIBRARY}"),
        ("overview", "for x in daily:\n    run.note(x)", f"cell overview, line 1: holds a loop; {LIBRARY}"),
        ("overview", "import pandas", "cell overview, line 1: a notebook imports shoplib only"),
        ("overview", "!ls", "cell overview: no shell or magic commands"),
        ("overview", 'run.note("raw/x.csv")', "cell overview, line 1: no file paths in a notebook: 'raw/x.csv'"),
        ("overview", 'run.note("SELECT * FROM sales")', "cell overview, line 1: no SQL in a notebook"),
        ("overview", "a = 0.37", "cell overview, line 1: the constant 0.37 belongs in the scenario or the library"),
        ("overview", "daily.plot()", "cell overview, line 1: no plotting calls; a domain's figures.py makes the chart"),
        ("overview", "warnings.simplefilter('ignore')", "cell overview, line 1: no warnings in a notebook"),
        (
            "overview",
            "run.note(shop.name)\n" * 13,
            "cell overview: 13 lines; at most 12, move the rest into the library",
        ),
        ("finish", "run.note(shop.name)", "the last cell must be run.finish()"),
        ("start", "run = 1", f"cell start: the second code cell must call {START}"),
        ("parameters", 'scenario = "x"  # str', f"cell parameters: parameters must be {NAMES}, one a line"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_named(tmp_path, cell, text, problem):
    assert problem in broken(tmp_path, lambda cells, _: cells[cell].update(source=text))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda c, _: c["overview"].update(execution_count=3),
            "cell overview: outputs or a count are stored; clear them",
        ),
        (lambda c, _: c["overview"].update(id="8f3a2c1d"), "cell 8f3a2c1d: ids are readable words and used once"),
        (lambda c, _: c["overview"]["metadata"].update(papermill={}), "cell overview: metadata 'papermill' is stored"),
        (
            lambda _, n: n.metadata.update(kind="x"),
            "metadata 'kind' is stored; only kernelspec and language_info may be",
        ),
    ],
)
def test_a_notebook_that_stores_what_a_run_made_is_named(tmp_path, change, problem):
    assert problem in broken(tmp_path, change)


def test_notebooks_and_stages_are_the_same_list(tmp_path):
    (tmp_path / "99_more.ipynb").write_text((NOTEBOOKS / "04_eda.ipynb").read_text())
    found = lint.problems(tmp_path)
    assert "04_eda.ipynb: the chain has this stage, but there is no notebook" in found
    assert "99_more.ipynb: no stage of the chain has this name" in found


SECRET = "no secrets in a notebook; a secret is kept in an environment variable and named in the scenario"
PLANTED = "hunter2-and-more"
GIVEN = 'scenario = ""  # str, x\nrun_dir = ""  # str, x\noverrides = ""  # str, x'


@pytest.mark.parametrize(
    ("cell", "text", "lines"),
    [
        ("parameters", f'{GIVEN}\npassword = "{PLANTED}"  # str, x', "line 4"),
        ("parameters", f'{GIVEN}\napi_token: str = ""', "line 4"),
        ("parameters", GIVEN.replace('overrides = ""', f'overrides = "mail.password={PLANTED}"'), "line 3"),
        ("overview", f'run.note(shop.name)\npassword = "{PLANTED}"', "line 2"),
        ("overview", f'mail(user="ann", password="{PLANTED}")\nmail(["{PLANTED}"], api_key=12345678)', "lines 1, 2"),
        ("overview", f'a = {{"user": "ann",\n "token": "{PLANTED}"}}', "line 1"),
        ("overview", f'mail.password = "{PLANTED}"\nmail["secret"] = "{PLANTED}"', "lines 1, 2"),
        ("overview", f'run.read("sftp://ann:{PLANTED}@host/a.csv")', "line 1"),
        ("overview", f"run.note(shop.name)  # sftp://ann:{PLANTED}@host", "line 1"),
        ("overview", f"!export TOKEN={PLANTED}", "line 1"),
        ("title", f"# How?\n\nAsk with token={PLANTED}.", "line 3"),
    ],
)
def test_a_secret_in_a_notebook_is_named_by_its_line_and_not_repeated(tmp_path, cell, text, lines):
    found = broken(tmp_path, lambda cells, _: cells[cell].update(source=text))
    assert f"cell {cell}, {lines}: {SECRET}" in found
    assert PLANTED not in "\n".join(found)


@pytest.mark.parametrize("text", ['token = run.read("x")', 'password = ""', "keys = shop.key", "mail(password=used)"])
def test_a_name_alone_is_no_secret(tmp_path, text):
    assert not [line for line in broken(tmp_path, lambda cells, _: cells["overview"].update(source=text))
                if SECRET in line]  # fmt: skip
