"""Only what was promised is written, and all of it."""

import pytest

from shoplib.errors import ContractError, UndeclaredError


def test_a_table_that_was_not_promised_is_refused(run, organization):
    with pytest.raises(UndeclaredError, match='Stage s did not promise "products"'):
        run.write("products", organization)


def test_a_table_that_breaks_its_declaration_is_not_written(run, organization, tmp_path):
    with pytest.raises(ContractError):
        run.write("organizations", organization.assign(currency=None))
    assert not (tmp_path / "work" / "tables").exists() or not list((tmp_path / "work" / "tables").iterdir())


def test_finish_names_what_is_missing_also_an_empty_folder(run, organization):
    run.write("organizations", organization)
    run.out("raw")
    with pytest.raises(UndeclaredError) as error:
        run.finish()
    assert str(error.value) == (
        "s promised more than it wrote\n  found   organizations, raw\n  wanted  raw\n"
        "  next    write these before run.finish()"
    )


def test_a_notebook_over_its_memory_limit_gets_a_memory_error(tmp_path):
    import subprocess
    import sys

    code = (
        "from shoplib.notebook import Run; r = Run.__new__(Run); r._order = {'limit_mb': 600}; "
        "r.apply_memory_limit(); import numpy; numpy.ones(10**9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "MemoryError" in done.stderr or "Unable to allocate" in done.stderr
