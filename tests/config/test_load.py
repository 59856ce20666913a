"""Every problem of a scenario is told at once, with its line and what may have been meant."""

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shoplib
from shoplib.config.load import load
from shoplib.config.models import Scenario

PARAMS = Path(shoplib.__file__).parents[2] / "params"


@pytest.mark.parametrize(
    "file",
    sorted({*PARAMS.glob("*.yaml"), *PARAMS.glob("tiny/*.yaml")} - {PARAMS / "quality.yaml"}),
    ids=lambda f: f.stem,
)
def test_scenario_of_the_project_loads(file):
    if file.name == "base.yaml":  # every scenario extends it; it names no sources itself
        assert Scenario.model_fields.keys() >= load_keys(file)
    else:
        scenario = load(file)
        assert scenario.ingest.sources
        assert set(scenario.mappings) == {source.mapping for source in scenario.ingest.sources}
        assert scenario.quality.rules
        assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario


def load_keys(file: Path) -> set[str]:
    from shoplib.config.document import read_document

    return set(read_document(file).values)


def test_all_problems_are_told_at_once_in_the_order_of_lines(folder):
    folder.more('shop:\n  curency: GBP\n  timezone: London\nrun: {workers: "many"}\nseed: -1\nsimulat: {}\n')
    assert folder.refusal() == (
        "<here>/corner.yaml is not a valid scenario (5 problems)\n"
        '  line 6   shop.curency   unknown key; did you mean "currency"?\n'
        "  line 7   shop.timezone  'London' is not an IANA time zone such as Europe/London or Asia/Kolkata\n"
        "  line 8   run.workers    Input should be a valid integer, unable to parse string as an integer "
        "(found 'many')\n"
        "  line 9   seed           Input should be greater than or equal to 0 (found -1)\n"
        '  line 10  simulat        unknown key; did you mean "simulate"?\n'
        "  next    mend these and run the same command again; nothing was started"
    )


def test_lines_are_those_of_the_file_a_key_is_written_in(folder):
    folder.write("base.yaml", "\n\nrun:\n  workerz: 1\n  workers: 0\n  keep_runs: 0\n")
    folder.more("extends: base.yaml\nrun:\n  keep_runs: -1\n")
    assert folder.problems("run.cell_timeout_s=0") == [
        "--set run.cell_timeout_s=0  run.cell_timeout_s  Input should be greater than or equal to 1 (found 0)",
        'base.yaml line 4            run.workerz         unknown key; did you mean "workers"?',
        "base.yaml line 5            run.workers         Input should be greater than or equal to 1 (found 0)",
        "line 7                      run.keep_runs       Input should be greater than or equal to 1 (found -1)",
    ]


def test_a_replaced_list_leaves_no_line_of_the_old_one(folder):
    folder.write("base.yaml", (folder.path / "corner.yaml").read_text())
    folder.write("corner.yaml", "extends: base.yaml\ningest:\n  sources:\n  - {kind: csv, name: a, path: b}\n")
    assert folder.problems() == ["line 4  ingest.sources.0.mapping  Field required"]


def test_an_overridden_list_item_is_blamed_on_the_override(folder):
    assert folder.problems("ingest.sources.0.kid=1") == [
        '--set ingest.sources.0.kid=1  ingest.sources.0.kid  unknown key; did you mean "kind"?'
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("csv: 1", "line 5  csv  unknown key"),
        ("simulated: 1", 'line 5  simulated  unknown key; did you mean "simulate"?'),
        ("1: 1", "line 5  1  unknown key"),
        ("null: 1", "line 5  null  unknown key"),
        ("mappings: {}", "line 5  mappings  is filled by the program; name files under ingest.sources"),
        ("name: A shop", "line 5  name  String should match pattern '^[a-z][a-z0-9_]*$' (found 'A shop')"),
        ("shop: {currency: POUND}",
         "line 5  shop.currency  'POUND' is not an ISO 4217 currency code such as GBP, INR or EUR"),
        ("shop: {language: xx_YY}", "line 5  shop.language  'xx_YY' is not a locale such as en_GB or hi_IN"),
        ("shop: {language: no}", ""),
        ('shop: {day_start: 4}', """line 5  shop.day_start  4 is not a time of day such as "04:00\""""),
        ('shop: {day_start: "4am"}', "line 5  shop.day_start  Invalid isoformat string: '4am'"),
        ("shop: {day_start: 04:00:30}", """line 5  shop.day_start  '04:00:30' is not a time of day such as "04:00\""""),
        ("simulate: {kind: epos, opens: 10:30}", ""),
        ("simulate: {opens: 10:30}", "line 5  simulate.kind  must be given; it says which keys belong here"),
        ("simulate: {kind: water}", 'line 5  simulate.kind  there is no \'water\'; did you mean "water_shop"?'),
        ("simulate: {kind: branch, pubs: 1}", "line 5  simulate.pubs  unknown key"),
        ("simulate: {kind: branch, late_shares: 1}",
         'line 5  simulate.late_shares  unknown key; did you mean "late_share"?'),
        ("simulate: {kind: epos, start: 2024-02-30}",
         "line 5  simulate.start  Input should be a valid date or datetime, day value is outside expected range "
         "(found '2024-02-30')"),
        ("simulate: {kind: epos, start: 2025-01-01}", "line 5  simulate  end 2024-12-31 is before start 2025-01-01"),
        ("simulate: {kind: epos, restaurants: 0, bars: 0, pubs: 0}",
         "line 5  simulate  restaurants, bars, pubs and cafes are all 0; a world needs at least one location"),
        ("simulate: {kind: epos, status_shares: {completed: 0.5}}",
         "line 5  simulate  status_shares add up to 0.5, not to 1; name every share, for they replace the defaults"),
        ("simulate: {kind: epos, target_revenue: .inf}",
         "line 5  simulate.target_revenue  Input should be a finite number (found inf)"),
        ("simulate: {kind: epos, status_shares: {complete: 1}}",
         "line 5  simulate.status_shares.complete.[key]  Input should be 'completed', 'refunded', 'error' or 'void' "
         "(found 'complete')"),
        ("report: {pdf: no}", ""),
    ],
)  # fmt: skip
def test_one_setting(folder, text, problem):
    folder.write("corner.yaml", "\n".join(["", *folder_lines(folder, text), ""]).removeprefix("\n"))
    if problem:
        assert folder.problems() == [problem]
    else:
        folder.load()


def folder_lines(folder, text: str) -> list[str]:
    lines = (folder.path / "corner.yaml").read_text().splitlines()
    return [*(["#", *lines[1:]] if text.startswith("name") else lines), text]


def test_times_mean_what_they_look_like(folder):
    folder.more('simulate: {kind: epos, opens: 10:30, closes: "22:00"}\n')
    simulate = folder.load("shop.day_start=05:00").simulate
    assert (simulate.opens, simulate.closes) == (dt.time(10, 30), dt.time(22))
    assert folder.load("shop.day_start=05:00").shop.day_start == dt.time(5)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("x.csv", "line 4  ingest.sources.0  Input should be a valid dictionary or object to extract fields from "
                  "(found 'x.csv')"),
        ("{kind: xls, name: a, path: b, mapping: m.yaml}",
         "line 4  ingest.sources.0.kind  there is no 'xls'; it is one of simulated, csv, json, excel, parquet, inbox, "
         "sql, http, ftp, sftp"),
        ("{name: a, path: b, mapping: m.yaml}",
         "line 4  ingest.sources.0.kind  must be given; it says which keys belong here"),
        ("{kind: csv, name: a, path: b, mapping: m.yaml, csv: 1}", "line 4  ingest.sources.0.csv  unknown key"),
        ("{kind: simulated, name: a, file: b, mapping: m.yaml}",
         "corner.yaml  (whole file)  ingest.sources uses kind: simulated, but there is no simulate section"),
        ("{kind: csv, name: a, path: b, mapping: mm.yaml}",
         "line 4  ingest.sources.0.mapping  There is no such settings file where <here>/mm.yaml "
         'found corner.yaml, m.yaml next did you mean "m.yaml"?'),
    ],
)  # fmt: skip
def test_one_source(folder, source, problem):
    folder.write("corner.yaml", f"name: corner\ningest:\n  sources:\n    - {source}\n")
    assert folder.problems() == [problem]


def test_two_sources_of_one_name(folder):
    folder.more("    - {kind: csv, name: till, path: b.csv, mapping: m.yaml}\n")
    assert folder.problems() == ["line 2  ingest  two sources are called 'till'; give each its own name"]


def test_empty_scenario_says_what_it_needs(folder):
    folder.write("corner.yaml", "")
    assert folder.problems() == [
        "corner.yaml  (whole file)  ingest.sources is empty; name at least one file to take in"
    ]


KEYS = st.from_regex(r"[a-z][a-z_]{0,11}", fullmatch=True)
PLACES = ["", "shop.", "run.", "simulate.", "ingest.", "ingest.sources.0.", "sales.", "report."]
SCHEMA = Scenario.model_json_schema()
KNOWN = {name for part in (SCHEMA, *SCHEMA["$defs"].values()) for name in part.get("properties", {})}


@given(place=st.sampled_from(PLACES), key=(KEYS | st.sampled_from(["csv", "extends"])).filter(lambda k: k not in KNOWN))
def test_any_unknown_key_anywhere_is_refused_with_its_path(tmp_path_factory, new_folder, place, key):
    folder = new_folder(tmp_path_factory.mktemp("any"))
    folder.more("simulate: {kind: epos, opens: 09:00}\n")
    (problem,) = folder.problems(f"{place}{key}=1")
    where, found, text = problem.split("  ", 2)
    assert where == f"--set {place}{key}=1"
    assert (found, text.split(";")[0]) == (f"{place}{key}", "unknown key")
