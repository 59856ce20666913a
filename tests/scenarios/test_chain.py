"""The tiny chain from parameters to a page, as a person runs it."""

import hashlib
import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from pypdf import PdfReader

from shoplib.config.load import load
from shoplib.pipeline import graph
from shoplib.pipeline.stages import STAGES

ROOT = Path(__file__).parents[2]
STAGES_OF_EPOS = graph.build(load(ROOT / "params" / "tiny" / "epos.yaml"), STAGES).stages


@pytest.fixture(params=["epos"])
def ran(request, shop_run):
    """The workbook of a run, and what the command said."""
    run = shop_run(request.param)
    return run.root, run.said


def digests(root, *kinds):
    latest = root / "outputs" / "epos_tiny" / "latest"
    return {p.relative_to(latest).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(latest.rglob("*")) if p.is_file() and p.suffix in kinds}  # fmt: skip


KINDS = (".parquet", ".html", ".pdf", ".svg", ".png", ".csv", ".ipynb", ".db")


def test_the_command_says_where_the_page_is_and_what_became_of_each_row(ran):
    _, said = ran
    assert re.search(r"transactions: 1,500 rows in = 1,500 loaded \+ 0 set aside \+ 0 duplicate; £[\d,.]+ in = ", said)
    assert "outputs/epos_tiny/latest/report.html" in said
    assert re.search(r"\nrun [0-9a-f]{10}\n$", said)


def test_everything_promised_is_in_the_folder(ran):
    latest = ran[0] / "outputs" / "epos_tiny" / "latest"
    for name in ("report.html", "report.pdf", "index.html", "numbers.json", "manifest.json", "journal.jsonl"):
        assert (latest / name).stat().st_size > 0
    assert len(list((latest / "tables").glob("*.parquet"))) == len(
        {name for stage in STAGES_OF_EPOS for name in stage.gives}
    )
    assert (latest / "database" / "shop.db").read_bytes()[:6] == b"SQLite"


def test_the_page_stands_alone(ran):
    latest = ran[0] / "outputs" / "epos_tiny" / "latest"
    for path in (latest / "report.html", latest / "index.html", *latest.glob("notebooks/*.html")):
        page = path.read_text()
        assert len(page.encode()) <= 5 * 2**20
        assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page)
        assert not re.findall(r"""(?:url\(|@import )["']?(?:https?:|file:|/)""", page)
        assert "<script" not in page
        assert str(ran[0]) not in page


def test_page_pdf_numbers_and_sql_tell_the_same_takings(ran, command):
    root = ran[0]
    latest = root / "outputs" / "epos_tiny" / "latest"
    numbers = json.loads((latest / "numbers.json").read_text())
    text = numbers["gross_sales"]["text"]
    assert text in (latest / "report.html").read_text()
    assert text in "".join(page.extract_text() for page in PdfReader(latest / "report.pdf").pages)
    query = (
        "SELECT sum(total_amount_minor)::BIGINT FROM transactions WHERE transaction_status = 'completed' AND "
        "business_date > (SELECT max(business_date) FROM sales_daily) - INTERVAL 28 DAY"
    )
    answer = command(root, "sql", query, "--scenario", "params/tiny/epos.yaml", tool="shoplib")
    assert int(answer.stdout.splitlines()[-1]) == numbers["gross_sales"]["value"]
    store = duckdb.sql(f"SELECT sum(gross_sales_minor) FROM '{latest}/tables/sales_daily.parquet'").fetchall()[0][0]
    raw = duckdb.sql(
        f"SELECT sum(total_amount * 100) FROM '{latest}/raw/epos_transactions.csv' WHERE transaction_status='completed'"
    ).fetchall()[0][0]
    assert store == round(raw)


def test_the_footer_carries_the_run_code(ran):
    code = ran[1].split()[-1]
    latest = ran[0] / "outputs" / "epos_tiny" / "latest"
    assert code in (latest / "report.html").read_text()
    assert code in PdfReader(latest / "report.pdf").pages[0].extract_text()
    assert json.loads((latest / "manifest.json").read_text())["run"] == code


def test_a_second_run_executes_nothing(ran, command):
    done = command(ran[0], "params/tiny/epos.yaml")
    assert done.returncode == 0
    assert done.stderr.count("unchanged") == len(STAGES_OF_EPOS)
    assert done.stdout == ran[1]


def test_a_cluster_gives_the_same_bytes(ran, command, tmp_path):
    before = digests(ran[0], *KINDS)
    other = shutil.copytree(ran[0], tmp_path / "other", ignore=shutil.ignore_patterns("outputs"))
    done = command(other, "params/tiny/epos.yaml", "--cluster", "local")
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(other, *KINDS) == before


def test_verify_makes_everything_again_to_the_same_bytes(ran, command):
    done = command(ran[0], "verify", "params/tiny/epos.yaml", tool="shoplib")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("the same, byte for byte") == len(STAGES_OF_EPOS)


def test_explain_names_the_setting_that_changed(ran, command):
    root, said = ran
    old = said.split()[-1]
    done = command(root, "params/tiny/epos.yaml", "--set", "sales.top_products=5")
    new = done.stdout.split()[-1]
    told = command(root, "explain", old, new, "--scenario", "params/tiny/epos.yaml", tool="shoplib").stdout
    assert told.splitlines()[:3] == [f"{old} → {new}", "  04_eda", "    because  sales.top_products: 20 → 5"]
    assert command(root, "params/tiny/epos.yaml").stdout.split()[-1] == old
