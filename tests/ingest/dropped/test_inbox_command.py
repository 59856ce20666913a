"""``shoplib ingest run`` and ``watch`` as a person uses them: what is printed, and what lies where afterwards."""

import signal
import subprocess
import sys

import pytest
from openpyxl import load_workbook

from shoplib import cli
from shoplib.store import places
from shoplib.store.database import open_store, reading

SCENARIO = """name: s
shop: {name: Corner}
ingest:
  max_set_aside_share: 0.5
  watch_s: 0.2
  still_s: 0
  sources: [{kind: inbox, name: till, folder: inbox, pattern: "till*", mapping: m.yaml}]
"""
MAPPING = """rows: transaction
key: [id]
fields: {transaction_id: id, timestamp: {columns: when, format: "%Y-%m-%d"}, total_amount: total}
"""
HEADLESS = "file: {header: false, names: [id, when, total]}\n"


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A workbook with one inbox, in which commands are given."""
    (tmp_path / "params").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "run_all.py").write_text("")
    (tmp_path / "params" / "s.yaml").write_text(SCENARIO)
    (tmp_path / "params" / "m.yaml").write_text(MAPPING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def drop(shop, name, *rows, header="id,when,total\n"):
    (shop / "inbox" / name).write_text(header + "".join(f"{row}\n" for row in rows))


def run(capsys, *words):
    code = cli.main(["ingest", "run", "s", *words])
    printed = capsys.readouterr()
    return code, printed.out.splitlines(), printed.err


def frame(shop, name):
    with reading(open_store(shop, "s", environment={})) as bulk:
        return bulk.frame(name)


def correct(shop, name, cells, renamed):
    """Do what a person does: open the workbook, correct cells, save it into the inbox under another name."""
    book = load_workbook(places.processed(shop, "s") / name)
    for place, value in cells.items():
        book[book.sheetnames[0]][place] = value
    book.save(shop / "inbox" / renamed)


def test_each_file_is_told_in_one_line_and_a_snapshot_is_there(shop, capsys):
    drop(shop, "till_1.csv", "a,2024-07-01,1.00", "b,2024-07-01,x", "c,2024-07-01,2.50")
    code, lines, _ = run(capsys)
    assert code == 0
    assert lines == ["till_1.csv: loaded 2 rows, £3.50; 1 row set aside, see data/processed/s/till_1.csv.mend.xlsx"]
    assert {"transactions.parquet"} <= {path.name for path in places.snapshot_files(shop, "s")}


def test_the_same_file_again_is_nothing_new_and_a_refused_one_ends_with_2(shop, capsys):
    drop(shop, "till_1.csv", "a,2024-07-01,1.00")
    run(capsys)
    drop(shop, "till_1.csv", "a,2024-07-01,1.00")
    drop(shop, "till_2.csv")
    drop(shop, "notes.txt", "x")
    code, lines, _ = run(capsys)
    assert code == 2
    assert lines[0] == "notes.txt: left where it is: no source of this scenario takes a file of that name"
    assert lines[1].startswith("till_1.csv: nothing new, loaded on ")
    assert lines[2].startswith("till_2.csv: refused, nothing of it is loaded: The file has a header and no rows.")
    assert lines[2].endswith("see data/failed/s/till_2.csv.reason.json")


@pytest.mark.parametrize("headless", [False, True])
def test_a_corrected_workbook_of_any_name_loads_only_its_rows_and_marks_them_mended(shop, capsys, headless):
    if headless:
        (shop / "params" / "m.yaml").write_text(MAPPING + HEADLESS)
    drop(shop, "till_1.csv", "a,2024-07-01,1.00", "b,2024-07-01,x", "c,2024-07-01,2.50", "d,2024-07-01,y",
         header="" if headless else "id,when,total\n")  # fmt: skip
    run(capsys)
    correct(shop, "till_1.csv.mend.xlsx", {"C2": "4.00"}, "Corrected by Ann.xlsx")
    code, lines, error = run(capsys)
    assert (code, error) == (0, "")
    assert lines == [
        "Corrected by Ann.xlsx: loaded 1 row, £4.00; 1 row set aside, "
        "see data/processed/s/Corrected by Ann.xlsx.mend.xlsx"
    ]
    assert frame(shop, "transactions").set_index("transaction_id")["total_amount_minor"].to_dict() == {
        "a": 100, "b": 400, "c": 250,
    }  # fmt: skip
    rejected = frame(shop, "rejected_rows").set_index(["source_row", "found"])["mended_by"]
    assert rejected[(2, "x")] is not None


def test_a_refused_file_is_mended_as_a_whole(shop, capsys):
    drop(shop, "till_1.csv", "a,2024-07-01,1.00", "b,2024-07-01,x", "c,2024-07-01,y", "d,2024-07-01,2.00,odd")
    code, lines, _ = run(capsys)
    assert code == 2 and lines[0].endswith("data/failed/s/till_1.csv.mend.xlsx")
    book = load_workbook(places.failed(shop, "s") / "till_1.csv.mend.xlsx")
    sheet = book[book.sheetnames[0]]
    sheet["C3"], sheet["C4"] = "1.00", "1.00"
    for column, value in enumerate(("d", "2024-07-01", "2.00"), 1):
        sheet.cell(5, column).value = value
    book.save(shop / "inbox" / "mended.xlsx")
    assert run(capsys)[:2] == (0, ["mended.xlsx: loaded 4 rows, £5.00"])


def test_a_scenario_without_an_inbox_says_how_to_have_one(shop, capsys):
    (shop / "sales.csv").write_text("id,when,total\n")
    sources = "sources: [{kind: csv, name: till, path: sales.csv, mapping: m.yaml}]"
    (shop / "params" / "s.yaml").write_text(f"name: s\ningest:\n  {sources}\n")
    code, _, error = run(capsys)
    assert code == 2
    assert error == (
        "This scenario has no inbox\n  where   s, ingest.sources\n  wanted  a source of kind: inbox\n"
        "  next    add one, as in params/branch_inbox.yaml, or run the scenario without --watch\n"
    )


def test_files_the_scenario_names_are_loaded_beside_those_of_the_inbox(shop, capsys):
    (shop / "sales.csv").write_text("id,when,total\nz,2024-07-01,9.00\n")
    more = "sources: [{kind: csv, name: old, path: sales.csv, mapping: m.yaml}, "
    (shop / "params" / "s.yaml").write_text(SCENARIO.replace("sources: [", more))
    drop(shop, "till_1.csv", "a,2024-07-01,1.00")
    assert run(capsys)[1] == ["sales.csv: loaded 1 row, £9.00", "till_1.csv: loaded 1 row, £1.00"]
    assert run(capsys)[1] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_takes_what_comes_and_ends_when_asked(shop, number):
    words = [sys.executable, "-m", "shoplib", "ingest", "watch", "s"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watch:
        assert watch.stdout is not None
        assert watch.stdout.readline()[8:] == "  watching inbox every 0.2 s\n"
        drop(shop, "till_1.csv", "a,2024-07-01,1.00")
        assert watch.stdout.readline()[8:] == "  till_1.csv: loaded 1 row, £1.00\n"
        if number == signal.SIGINT:
            other = subprocess.run(words, capture_output=True, text=True, check=False)
            assert (other.returncode, other.stderr.splitlines()[0]) == (4, "This scenario is being watched already")
        watch.send_signal(number)
        out, error = watch.communicate(timeout=60)
    assert (watch.returncode, out, error) == (0, "", "")
