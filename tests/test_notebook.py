"""The façade: only what was declared is read, all that was promised is written, every figure has a source."""

import ast
import json

import pandas as pd
import pytest

from shoplib import notebook
from shoplib.errors import ContractError, UndeclaredError
from shoplib.store import files

SCENARIO = {
    "name": "s",
    "ingest": {"sources": [{"kind": "csv", "name": "sales", "path": "sales.csv", "mapping": "m.yaml"}]},
}
ORGANIZATION = pd.DataFrame({"organization_id": ["o"], "organization_name": ["O"], "currency": ["GBP"]})


@pytest.fixture
def run(tmp_path):
    files.write_table(tmp_path / "in" / "organizations.parquet", "organizations", ORGANIZATION)
    order = {
        "stage": "s", "scenario": SCENARIO, "sections": ["sales"], "gives": ["organizations"], "folders": ["raw"],
        "sources": {"sales": ["sales.csv"]},
        "inputs": {"organizations": str(tmp_path / "in" / "organizations.parquet")},
        "limit_mb": None, "chapters": {}, "parts_of_page": {}, "run_code": "c", "notebooks": "notebooks",
    }  # fmt: skip
    files.write_json(tmp_path / "work" / ".order.json", order)
    return notebook.start("s", "params/s.yaml", str(tmp_path / "work"))


def shown(capsys):
    """Return the plain texts of what was displayed; outside a kernel IPython prints whole bundles."""
    bundles = [ast.literal_eval(line) for line in capsys.readouterr().out.splitlines()]
    return [bundle["text/plain"] for bundle in bundles]


def test_no_charts_show_nothing(run, capsys):
    run.figures({})
    assert shown(capsys) == []


def test_a_table_without_rows_is_shown_unless_asked_otherwise(run, capsys):
    run.table("one", ORGANIZATION.iloc[:0], title="One", skip_empty=True)
    assert shown(capsys) == []
    run.table("two", ORGANIZATION.iloc[:0], title="Two")
    run.table("three", ORGANIZATION, title="Three", skip_empty=True)
    assert [text.splitlines()[0] for text in shown(capsys)] == ["Two", "Three"]


def test_declared_inputs_are_read_and_others_refused_with_the_nearest(run):
    assert run.read("organizations").equals(ORGANIZATION)
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
        *SCENARIO["ingest"]["sources"],
        {**simulated, "name": "days", "file": "inbox/*.csv"},
        {**simulated, "name": "none", "file": "outbox/*.csv"},
        {**simulated, "name": "one", "file": "one.csv"},
    ]
    order = {
        "stage": "s", "scenario": {**SCENARIO, "simulate": {"kind": "epos"}, "ingest": {"sources": sources}},
        "sections": ["ingest"], "gives": [], "folders": [], "sources": {"sales": ["y/2.csv", "y/1.csv"]},
        "inputs": {"raw": str(tmp_path / "raw")}, "limit_mb": None,
    }  # fmt: skip
    files.write_json(tmp_path / "work" / ".order.json", order)
    found = notebook.start("s", "params/s.yaml", str(tmp_path / "work")).sources()
    assert {name: [path.name for path in paths] for name, paths in found.items()} == {
        "sales": ["2.csv", "1.csv"], "days": ["a.csv", "b.csv"], "none": [], "one": ["one.csv"],
    }  # fmt: skip


def test_only_declared_sections_are_seen(run):
    assert run.config.sales.overview_days == 90
    with pytest.raises(UndeclaredError) as error:
        _ = run.config.report
    assert str(error.value) == (
        'Stage s did not declare the section "report"\n  where   pipeline/stages.py\n  found   seed, shop, sales\n'
        '  next    add "report" to its sections, so that a change of it re-runs the stage'
    )


def test_a_table_that_was_not_promised_is_refused(run):
    with pytest.raises(UndeclaredError, match='Stage s did not promise "products"'):
        run.write("products", ORGANIZATION)


def test_a_table_that_breaks_its_declaration_is_not_written(run, tmp_path):
    with pytest.raises(ContractError):
        run.write("organizations", ORGANIZATION.assign(currency=None))
    assert not (tmp_path / "work" / "tables").exists() or not list((tmp_path / "work" / "tables").iterdir())


def test_finish_names_what_is_missing_also_an_empty_folder(run):
    run.write("organizations", ORGANIZATION)
    run.out("raw")
    with pytest.raises(UndeclaredError) as error:
        run.finish()
    assert str(error.value) == (
        "s promised more than it wrote\n  found   organizations, raw\n  wanted  raw\n"
        "  next    write these before run.finish()"
    )


def test_numbers_are_recorded_and_sentences_take_them_from_there(run, tmp_path, capsys):
    run.number("takings", 123456, label="Takings", unit="minor", definition="all of it")
    run.number("share", 0.125, label="Share", unit="share", definition="of one")
    run.number("unknown", None, label="Unknown", unit="minor", definition="could not be told")
    run.headline("Takings were {takings}, {share} of {what}.", what="all", announce=True)
    assert "Takings were £1,234.56, 12.5% of all." in shown(capsys)
    run.write("organizations", ORGANIZATION)
    (run.out("raw") / "x").write_text("x")
    run.finish()
    numbers = json.loads((tmp_path / "work" / "numbers.json").read_text())
    assert numbers["takings"] == {
        "definition": "all of it", "label": "Takings", "text": "£1,234.56", "unit": "GBP minor units", "value": 123456,
    }  # fmt: skip
    assert numbers["unknown"]["text"] == "not known"
    said = json.loads((tmp_path / "work" / ".finished.json").read_text())["said"]
    assert said == ["Takings were £1,234.56, 12.5% of all."]


def test_a_sentence_with_an_unknown_number_is_refused(run):
    run.number("takings", 1, label="Takings", unit="minor", definition="d")
    with pytest.raises(UndeclaredError) as error:
        run.headline("Takings were {taking}.")
    assert str(error.value) == (
        'The sentence uses "{taking}", which is no number of this notebook\n  where   Takings were {taking}.\n'
        '  found   takings\n  next    did you mean "{takings}"?'
    )


def test_braces_in_a_finished_sentence_are_words(run, capsys):
    run.headlines(["A product called {x} sold."])
    assert "A product called {x} sold." in shown(capsys)


def test_a_name_is_used_once(run):
    run.number("takings", 1, label="Takings", unit="minor", definition="d")
    with pytest.raises(UndeclaredError, match='The name "takings" is used twice'):
        run.table("takings", ORGANIZATION, title="T")


def test_metrics_show_change_and_tone(run, capsys):
    table = pd.DataFrame(
        {
            "metric": ["up", "down", "none"], "label": ["Up", "Down", "None"], "unit": ["count"] * 3,
            "value": [110, 4, None], "before": [100, 5, None], "change_share": [0.1, -0.2, None],
            "better": ["up", "up", "up"], "definition": ["d"] * 3,
        }
    )  # fmt: skip
    run.numbers(table, cards=("up", "none"))
    assert shown(capsys) == ["Up: 110 (up 10.0%)", "Down: 4 (down 20.0%)", "Not known from these files: none."]


@pytest.mark.parametrize(
    ("texts", "figures"),
    [(["£1.00", "-£2,000"], True), (["12.5%", ""], True), (["9 Mar"], False), (["Bar"], False), ([], False)],
)
def test_columns_of_figures_are_told_from_words(texts, figures):
    assert notebook._is_figures(pd.Series(texts, dtype=object)) is figures


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


def test_an_unknown_point_of_a_recent_past_stays_unknown(run, capsys):
    run.number("takings", 1, label="Takings", unit="minor", definition="d", spark=[1.0, float("nan"), None])
    text = capsys.readouterr().out
    assert "'spark': [1.0, None, None]" in text


def test_a_change_of_a_share_is_told_in_points(run, capsys):
    table = pd.DataFrame(
        {
            "metric": ["s"], "label": ["Share"], "unit": ["share"], "value": [0.052], "before": [0.055],
            "change_share": [-0.054], "better": ["down"], "definition": ["d"],
        }
    )  # fmt: skip
    run.numbers(table)
    assert shown(capsys) == ["Share: 5.2% (down 0.3 points)"]
