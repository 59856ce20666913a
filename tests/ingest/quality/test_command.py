"""``shoplib check`` as a person uses it: what it prints, and with which exit code."""

import json
from pathlib import Path

import pandas as pd
import pytest

from shoplib import cli
from shoplib.contracts import convert
from shoplib.store import files
from shoplib.store.database import open_store, transaction


@pytest.fixture
def latest(epos, tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of outputs whose latest run has the facts of a small chain; the command runs in the project."""
    monkeypatch.chdir(repository)
    write(tmp_path / "epos_tiny" / "latest" / "tables", epos[1])
    return tmp_path


def write(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    for name, frame in tables.items():
        files.write_table(folder / f"{name}.parquet", name, frame)


def test_a_sound_run_is_told_in_a_table_and_a_headline(latest, capsys):
    assert cli.main(["check", "params/tiny/epos.yaml", "--outputs", str(latest)]) == 0
    told = capsys.readouterr()
    first, means, _, heads, rule, *_ = told.out.splitlines()
    assert means.startswith("  £74.58 of takings ")
    assert first == (
        "All 20 rules hold for 1,500 transactions, 1 within its tolerance: 1 row that holds £74.58 breaks it."
    )
    assert heads.split("  ")[0] == "Rule"
    assert rule.split() == ["statuses", "agree", "Borne", "1500", "1", "2.0%", "£74.58"]
    assert "row 4, refund_of: found refunded, nothing; wanted a total below zero" in told.out
    assert told.err == ""


def test_a_broken_rule_of_a_file_of_ones_own_gives_exit_code_1_and_json(latest, tmp_path, capsys):
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        "rules:\n  cash: {test: vocabulary, table: transactions, columns: [payment_method], words: [cash]}\n"
    )
    words = ["check", "params/tiny/epos.yaml", "--outputs", str(latest), "--rules", str(rules), "--format", "json"]
    assert cli.main(words) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["transactions"], told["currency"]) == (1500, "GBP")
    (rule,) = told["rules"]
    assert (rule["state"], rule["rows_failing"], len(rule["samples"])) == ("broken", told["rows_failing"], 20)
    assert rule["money_minor"] == told["money_minor"] > 0


def test_the_lasting_store_is_checked_as_it_stands_now(epos, new_workbook, tmp_path, capsys, monkeypatch):
    root = new_workbook(tmp_path / "w")
    monkeypatch.chdir(root)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cli.main(["check", "params/tiny/epos.yaml", "--store"]) == 0
    assert "Nothing to check" in capsys.readouterr().out
    tables = epos[1]
    tables["transactions"].loc[:20, "total_amount_minor"] += 500
    with transaction(open_store(root, "epos_tiny")) as bulk:
        for name, frame in tables.items():
            if len(frame):
                bulk.append(name, convert.to_arrow(name, frame))
    assert cli.main(["check", "params/tiny/epos.yaml", "--store"]) == 1
    assert "1 of 20 rules is broken, 1 within its tolerance, in " in capsys.readouterr().out


def test_without_a_run_and_with_rules_that_do_not_fit_the_exit_code_is_2(latest, tmp_path, capsys):
    assert cli.main(["check", "params/tiny/epos.yaml", "--outputs", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.splitlines()[0] == "There is no finished run to check"
    rules = tmp_path / "mine.yaml"
    rules.write_text("rules:\n  cash: {test: not_null, table: transactions, columns: [pay]}\n")
    assert cli.main(["check", "params/tiny/epos.yaml", "--outputs", str(latest), "--rules", str(rules)]) == 2
    assert "rules.cash.columns.0  transactions has no column 'pay'" in capsys.readouterr().err
