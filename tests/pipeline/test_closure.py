"""What re-runs a notebook and what does not."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from shoplib.errors import ConfigError
from shoplib.pipeline import closure
from shoplib.store import files

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def test_prose_and_comments_do_not_change_a_closure_but_code_does(small, tmp_path):
    first = closure.of_notebook(small.write_notebook(tmp_path / "1", "n", "x = 1", prose="One."))
    second = closure.of_notebook(small.write_notebook(tmp_path / "2", "n", "x = 1  # why", prose="Two."))
    third = closure.of_notebook(small.write_notebook(tmp_path / "3", "n", "x = 2"))
    assert first == second
    assert first.code != third.code


def test_a_notebook_reaches_the_modules_it_calls_and_not_the_runner():
    reached = closure.of_notebook(NOTEBOOKS / "04_eda.ipynb").modules
    assert {"shoplib.sales.views", "shoplib.base.money", "shoplib.notebook.showing", "shoplib.viz.export"} <= set(
        reached
    )
    assert not [name for name in reached if name.startswith(("shoplib.pipeline", "shoplib.report", "shoplib.ingest"))]


def closure_with(sources, path):
    """Return the digest of a notebook's closure as the sources below a folder have it."""
    code = (
        "import sys; from pathlib import Path; from shoplib.pipeline import closure; "
        "print(closure.of_notebook(Path(sys.argv[1])).code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], env={**os.environ, "PYTHONPATH": str(sources)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout


def test_code_behind_the_name_a_notebook_imports_belongs_to_its_closure(small, tmp_path):
    path = small.write_notebook(tmp_path, "n", "x = 1")
    sources = tmp_path / "src"
    for name in (*closure.of_notebook(path).modules, "shoplib.pipeline", "shoplib.pipeline.closure"):
        file = closure._file(name)
        place = sources / file.relative_to(Path(closure.__file__).parents[2])
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, place)
    before = closure_with(sources, path)
    edited = sources / "shoplib" / "notebook" / "showing.py"
    edited.write_text(edited.read_text(encoding="utf-8") + "# why\n", encoding="utf-8")
    assert closure_with(sources, path) == before
    edited.write_text(edited.read_text(encoding="utf-8") + "MORE = 1\n", encoding="utf-8")
    assert closure_with(sources, path) != before


def test_packages_of_the_closure_carry_their_versions():
    packages = closure.of_notebook(NOTEBOOKS / "04_eda.ipynb").packages
    assert packages["pandas"].count(".") == 2
    assert "papermill" not in packages and "torch" not in packages


def test_what_ships_with_a_package_belongs_to_its_code():
    ours = Path(closure.__file__).parents[1]
    found = closure._package_data(ours / "report" / "__init__.py")
    assert found["templates/page.css"] == files.sha256(ours / "report" / "templates" / "page.css")
    pictures = closure._package_data(ours / "simulate" / "cctv" / "__init__.py")
    assert sum(name.endswith(".webp") for name in pictures) > 100
    assert not [name for name in pictures if name.endswith((".py", ".md"))]


def test_a_module_that_is_not_there_is_named(small, tmp_path):
    path = small.write_notebook(tmp_path, "n", "from shoplib.nowhere import thing")
    with pytest.raises(ConfigError, match=r"There is no module shoplib\.nowhere"):
        closure.of_notebook(path)


def test_a_file_that_is_no_notebook_is_refused(tmp_path):
    (tmp_path / "n.ipynb").write_text("not json")
    with pytest.raises(ConfigError, match=r"A notebook cannot be read\n  where   n\.ipynb"):
        closure.of_notebook(tmp_path / "n.ipynb")
