"""Every number of the metric contract is the same on the page, in the PDF, the workbook, ``numbers.json``, at the
command line and in SQL; so are the main tables of the eight reports."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from tqdm import tqdm

from shoplib import cli
from shoplib.base import money
from shoplib.config.load import load
from shoplib.ingest.facts import take_in
from shoplib.ingest.quality.judge import judge
from shoplib.sales.metrics import METRICS, metric
from shoplib.sales.reports import REPORTS
from shoplib.simulate import worlds
from shoplib.store import patterns

SHOPS = ("water_shop", "retail", "branch", "epos")
MORE = ("cafe", "flower_shop") if os.environ.get("SHOPLIB_SHOPS") == "all" else ()
"""The same worlds with other goods: their files are taken in below, their whole chains run on request."""
SPACES = re.compile(r"[\s\u00a0\u202f\u2060]+")
PARTS = {"value": "text", "before": "text_before", "all": "text_all"}
FEWEST = 20
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(params=(*SHOPS, *MORE))
def run(request, shop_run):
    """A finished run of each shop."""
    return shop_run(request.param)


@pytest.fixture
def currency(run) -> str:
    """The currency of its shop."""
    words = run.words[0]
    return load(run.root / (words if words.endswith(".yaml") else f"params/{words}.yaml")).shop.currency


@pytest.fixture
def ask(run, monkeypatch, capsys) -> Ask:
    """Return the answer of ``shoplib report`` in JSON, its amounts as exact decimals."""
    monkeypatch.chdir(run.root)

    def asked(name: str, *more: str) -> dict[str, Any]:
        assert cli.main(["report", name, "--scenario", run.words[0], "--format", "json", *more]) == 0
        return json.loads(capsys.readouterr().out, parse_float=Decimal)

    return asked


def squeezed(text: str) -> str:
    return SPACES.sub("", text)


def recorded(run, currency: str) -> Iterator[tuple[str, dict[str, Any], dict[str, str]]]:
    """Yield name, exact values in major units and texts of each metric, as ``numbers.json`` has them."""
    numbers = json.loads((run.latest / "numbers.json").read_text())
    for known in METRICS:
        number = numbers[known.name]
        raw = {part: number[part] for part in PARTS}
        if known.unit == "minor":
            raw = {part: None if value is None else money.to_major(value, currency) for part, value in raw.items()}
        yield known.name, raw, {part: squeezed(number[text]) for part, text in PARTS.items()}


def same(found: Any, wanted: Any) -> bool:
    """Return whether two figures are one: amounts and counts exactly, shares to the twelfth digit."""
    if found is None or wanted is None:
        return found is None and wanted is None
    if isinstance(wanted, str):
        return bool(found == wanted)
    if isinstance(wanted, float):
        return float(found) == pytest.approx(wanted, rel=1e-12, abs=1e-15)
    return Decimal(str(found)) == wanted


def test_every_metric_is_the_same_wherever_it_is_told(run, currency, ask):
    page = BeautifulSoup((run.latest / "report.html").read_text(), "lxml").find(id="table-overview")
    rows = {cells[0]: cells for cells in ([squeezed(c.get_text()) for c in r.find_all(["td", "th"])]
                                          for r in page.find_all("tr"))}  # fmt: skip
    paper = squeezed("".join(sheet.extract_text() for sheet in PdfReader(run.latest / "report.pdf").pages))
    book = openpyxl.load_workbook(run.latest / "report.xlsx", data_only=True)["Overview"]
    sheet = {row[0]: row for row in book.iter_rows(values_only=True)}
    said, by_sql = ask("overview")["metrics"], ask("overview", "--by", "sql")["metrics"]
    known = 0
    for name, raw, texts in recorded(run, currency):
        label = squeezed(metric(name).label)
        assert all(value is None for value in raw.values()) == (label not in rows), name
        for part, value in raw.items():
            where = (run.shop, name, part)
            assert same(said[name][part], value), (*where, "command line")
            assert same(by_sql[name][part], value), (*where, "SQL")
            if value is None:
                continue
            assert texts[part] in rows[label], (*where, "page")
            assert any(same(cell, value) for cell in sheet[name][2:] if is_number(cell)), (*where, "workbook")
            known += 1
        if raw["value"] is not None:
            assert label + texts["value"] in paper, (run.shop, name, "PDF")
    assert known >= FEWEST


@pytest.mark.parametrize("report", REPORTS)
def test_main_tables_are_the_same_in_the_workbook_at_the_command_line_and_in_sql(run, ask, report):
    said, by_sql = ask(report)["tables"][0], ask(report, "--by", "sql")["tables"][0]
    both = [column["name"] for column in by_sql["columns"] if column["name"] in said["rows"][0]] if said["rows"] else []
    assert len(said["rows"]) == len(by_sql["rows"])
    inexact = {column["name"] for column in said["columns"] if column["unit"] in ("share", "number", "points")}
    for mine, theirs in zip(said["rows"], by_sql["rows"], strict=True):
        for name in both:
            rounded = name in inexact and mine[name] is not None
            assert same(theirs[name], float(mine[name]) if rounded else mine[name]), (run.shop, report, name)
    book = openpyxl.load_workbook(run.latest / "report.xlsx", data_only=True)
    cells = [list(row) for name in book.sheetnames if name.startswith(report.capitalize()) for row in book[name].values]
    amounts = [column["name"] for column in said["columns"] if column["unit"] == "money"]
    places = {column["name"]: at for at, column in enumerate(said["columns"])}
    for row in said["rows"]:
        wanted = {places[name]: row[name] for name in amounts if row[name] is not None}
        assert any(all(at < len(line) and is_number(line[at]) and same(line[at], value) for at, value in wanted.items())
                   for line in cells), (run.shop, report, row)  # fmt: skip


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@pytest.mark.parametrize("shop", ["cafe", "flower_shop"])
def test_shops_with_goods_of_their_own_are_taken_in_and_keep_the_rules(shop, repository, tmp_path):
    scenario = load(repository / "params" / f"{shop}.yaml", ("simulate.transactions=1200",))
    worlds.save(scenario, tmp_path, tqdm(disable=True))
    files = {source.name: patterns.matching(tmp_path / source.file) for source in scenario.ingest.sources}
    facts = take_in(scenario.shop, scenario.ingest, scenario.mappings, files)
    assert facts.import_jobs["rows_in"].sum() == facts.import_jobs["rows_loaded"].sum() > 1200
    judge(facts.tables(), scenario.quality, scenario.shop).require(shop)
