"""``shoplib report`` as a person uses it: what is printed, what is refused, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from shoplib import cli
from shoplib.cli.reports import EXIT_CODES, FORMATS, NAMES
from shoplib.config.load import load
from shoplib.contracts import convert
from shoplib.report import printed
from shoplib.sales import reports, twins
from shoplib.store import duck, files

SCENARIO = "params/tiny/epos.yaml"
Report = Callable[..., tuple[int, str, str]]


def sales() -> dict[str, dict[str, object]]:
    """Return the columns of a small shop: two places, five sales, a refund, a product named like a formula."""
    status = ["completed", "completed", "completed", "refunded", "completed", "completed"]
    total = [1_000, 2_050, 1_999, -400, 12_345, 700]
    return {
        "locations": {
            "location_id": ["a", "b"], "organization_id": "o", "location_name": ["Harbour", "=Hill"],
            "timezone": "Europe/London", "day_start_minute": 240,
        },
        "products": {"product_id": ["p", "q"], "product_name": ["=1+1", "Tea"], "product_category": ["Food", None],
                     "unit_price_minor": 500, "unit_cost_minor": [200, None]},
        "product_prices": {},
        "promotions": {},
        "employees": {"employee_id": ["e"], "employee_name": ["Ann"], "employee_role": ["Server"], "location_id": "a"},
        "transactions": {
            "transaction_id": [f"t{i}" for i in range(6)],
            "timestamp": pd.date_range("2024-01-01 12:00", periods=6, tz="UTC"),
            "business_date": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-03", "2024-01-03", "2024-01-05",
                                             "2024-01-05"]),
            "local_hour": [12, 12, 13, 13, 18, 18], "location_id": ["a", "b", "a", "a", "a", "b"],
            "employee_id": ["e", "e", None, None, "e", "e"], "num_items": 1, "currency": "GBP",
            "subtotal_minor": total, "discount_total_minor": 0, "tax_total_minor": 0, "tip_amount_minor": 0,
            "total_amount_minor": total, "payment_method": "cash", "payment_status": "paid",
            "transaction_status": status, "import_id": "i", "source_row": range(1, 7),
        },
        "transaction_items": {
            "transaction_id": [f"t{i}" for i in range(6)], "line_number": 1, "product_id": list("pqpppq"),
            "quantity": 1.0, "line_total_minor": total, "import_id": "i", "source_row": range(1, 7),
        },
    }  # fmt: skip


@pytest.fixture
def outputs(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with one finished run, made with the settings of the scenario."""
    monkeypatch.chdir(repository)
    run = tmp_path / "epos_tiny" / "latest"
    for name, columns in sales().items():
        frame = pd.DataFrame(columns).reindex(columns=convert.arrow_schema(name).names)
        files.write_table(run / "tables" / f"{name}.parquet", name, frame)
    settings = load(repository / SCENARIO).model_dump(mode="json")
    files.write_json(run / "manifest.json", {"run": "ab12cd34ef", "scenario": settings})
    return tmp_path


@pytest.fixture
def report(outputs: Path, capsys: pytest.CaptureFixture[str]) -> Report:
    """Run ``shoplib report`` and return its exit code and what it wrote to both outputs."""

    def call(*words: str) -> tuple[int, str, str]:
        try:
            code = cli.main(["report", *words, "--scenario", SCENARIO, "--outputs", str(outputs)])
        except SystemExit as ended:
            code = int(str(ended.code))
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def test_the_names_and_formats_are_those_of_the_reports() -> None:
    assert tuple(reports.REPORTS) == NAMES == twins.TWINS
    assert printed.FORMATS == FORMATS


@pytest.mark.parametrize("name", NAMES)
def test_every_report_is_shown_in_every_format(report: Report, name: str) -> None:
    for form in FORMATS:
        code, out, error = report(name, "--format", form)
        assert (code, error) == (0, "")
        assert out.endswith("\n")
    again = report(name, "--format", "markdown")[1]
    assert again == out
    whole = json.loads(report(name, "--format", "json")[1])
    assert (whole["report"], whole["scenario"], whole["run"], whole["currency"]) == (
        name, "epos_tiny", "ab12cd34ef", "GBP",
    )  # fmt: skip
    assert whole["tables"][0]["name"] == name
    assert ("metrics" in whole) == (name == "overview")


def test_days_without_a_sale_are_gaps_and_amounts_are_exact(report: Report) -> None:
    table = list(csv.DictReader(io.StringIO(report("daily", "--format", "csv")[1])))
    assert [row["business_date"] for row in table] == [f"2024-01-0{day}" for day in range(1, 6)]
    assert [row["gross_sales"] for row in table] == ["30.50", "", "19.99", "", "130.45"]
    assert [row["net_sales"] for row in table] == ["30.50", "", "15.99", "", "130.45"]
    assert [row["refunds"] for row in table] == ["0", "0", "1", "0", "0"]


@pytest.mark.parametrize("name", NAMES)
def test_sql_answers_the_same(report: Report, name: str) -> None:
    whole, by_sql = (
        json.loads(report(name, "--format", "json", "--by", by)[1], parse_float=Decimal) for by in ("pandas", "sql")
    )
    (answered,) = by_sql["tables"]
    assert by_sql["days"] == whole["days"]
    shared = set(answered["rows"][0]) & set(whole["tables"][0]["rows"][0])
    assert len(shared) >= 5
    for mine, theirs in zip(answered["rows"], whole["tables"][0]["rows"], strict=True):
        assert {name: mine[name] for name in shared} == {name: theirs[name] for name in shared}


def test_the_query_is_printed_ready_to_be_run(report: Report, outputs: Path) -> None:
    code, query, error = report("products", "--sql", "--from", "2024-01-03")
    assert (code, error) == (0, "")
    assert "BETWEEN DATE '2024-01-03' /* $from_day */ AND DATE '2024-01-05' /* $to_day */" in query
    answered = duck.query(outputs / "epos_tiny" / "latest" / "tables", query)
    assert answered["line_sales_minor"].tolist() == [1_999 + 12_345, 700]


def test_one_table_is_shown_alone_whole(report: Report) -> None:
    assert [t["name"] for t in json.loads(report("daily", "--table", "weeks", "--format", "json")[1])["tables"]] == [
        "weeks"
    ]
    assert report("daily", "--table", "weeks", "--format", "csv")[1].startswith("week_end,")
    code, out, error = report("daily", "--table", "wekks")
    assert (code, out) == (2, "")
    assert error.startswith("The report has no such table\n  where   --table wekks\n  wanted  daily, weeks, ")
    assert error.endswith("\n  next    did you mean weeks?\n")


def test_names_like_formulas_are_texts_in_csv_and_raw_in_json(report: Report) -> None:
    assert "\n'=1+1,Food," in report("products", "--format", "csv")[1]
    assert json.loads(report("products", "--format", "json")[1])["tables"][0]["rows"][0]["product_name"] == "=1+1"


@pytest.mark.parametrize("by", ["pandas", "sql"])
def test_days_outside_the_data_give_an_empty_report_and_say_so(report: Report, by: str) -> None:
    code, out, error = report("daily", "--from", "2025-01-01", "--to", "2025-01-31", "--by", by, "--format", "csv")
    assert (code, out.count("\n")) == (3, 1)
    assert out.startswith("business_date,")
    assert error == "no transactions from 2025-01-01 to 2025-01-31; the data reach from 2024-01-01 to 2024-01-05\n"
    assert report("overview", "--to", "2023-12-31", "--format", "json", "--by", by)[0] == 3


def test_a_closed_day_within_the_data_is_empty_too(report: Report) -> None:
    code, out, error = report("payments", "--from", "2024-01-02", "--to", "2024-01-02", "--format", "csv")
    assert (code, out.count("\n")) == (3, 1)
    assert error == "no transactions from 2024-01-02 to 2024-01-02; the data reach from 2024-01-01 to 2024-01-05\n"


@pytest.mark.parametrize(("words", "said"), [
    (("dialy",), "argument NAME: no report is called 'dialy'; did you mean daily?"),
    (("zzz",), "argument NAME: no report is called 'zzz'; there are overview, daily, locations, products, employees, "
               "payments, hours, refunds"),
    (("daily", "--from", "2024-13-01"), "argument --from: '2024-13-01' is not a day such as 2024-12-31"),
    (("daily", "--format", "xml"), "argument --format: invalid choice: 'xml' (choose from 'table', 'csv', 'json', "
                                   "'markdown')"),
])  # fmt: skip
def test_wrong_arguments_are_refused(report: Report, words: tuple[str, ...], said: str) -> None:
    code, out, error = report(*words)
    assert (code, out) == (2, "")
    assert error.endswith(f"\nshoplib report: error: {said}\n")


def test_days_that_end_before_they_begin_are_refused(report: Report) -> None:
    assert report("daily", "--from", "2024-01-03", "--to", "2024-01-01")[::2] == (
        2,
        "The days asked for end before they begin\n  where   --from and --to\n  found   2024-01-03 to 2024-01-01\n"
        "  next    exchange the two days\n",
    )


def test_a_scenario_without_a_run_is_refused(outputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "none"
    assert cli.main(["report", "daily", "--scenario", "retail", "--outputs", str(nowhere)]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"There is no finished run to report on\n  where   {nowhere}/retail/latest\n  found   no tables\n"
        f"  next    python run_all.py retail --outputs {nowhere}\n"
    )


def test_settings_changed_since_the_run_are_told_apart_from_the_report(report: Report, outputs: Path) -> None:
    manifest = outputs / "epos_tiny" / "latest" / "manifest.json"
    record = files.read_json(manifest)
    record["scenario"]["sales"]["compare_days"] = 14
    files.write_json(manifest, record)
    code, out, error = report("daily", "--format", "csv")
    assert (code, error) == (0, "changed since the run was made: sales.compare_days\n")
    assert out.startswith("business_date,")


def test_help_tells_every_exit_code_and_what_csv_does(report: Report) -> None:
    code, out, _ = report("--help")
    assert code == 0
    assert EXIT_CODES in out
    for number in ("0 shown", "2 an argument", "3 no transactions", "130 interrupted"):
        assert number in out
