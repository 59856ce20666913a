"""What a person can get wrong, and what a machine can: a clear message, nothing half-written."""

import os
import resource
import subprocess
import sys

import openpyxl
import pytest

SCENARIO = """extends: base.yaml
name: mine
ingest:
  sources: [{{kind: csv, name: sales, path: {path}, mapping: mappings/mine.yaml}}]
"""
MAPPING = """rows: transaction
fields:
  timestamp: {columns: when, format: "%Y-%m-%d %H:%M"}
  total_amount: total
"""
GOOD = "when,total\n2024-05-01 10:00,5.00\n2024-05-02 11:00,7.50\n"


@pytest.fixture
def mine(workbook):
    """A workbook with a scenario of its own that reads ``sales.csv``."""
    (workbook / "params" / "mine.yaml").write_text(SCENARIO.format(path="sales.csv"))
    (workbook / "params" / "mappings" / "mine.yaml").write_text(MAPPING)
    return workbook


def nothing_half_written(root):
    outputs = root / "outputs" / "mine"
    assert not (outputs / "latest").exists()
    assert not list(outputs.rglob("*.part"))
    assert not list(outputs.rglob(".working"))
    assert not [p for p in outputs.rglob("*.parquet") if "failed" in p.parts]


def test_a_good_file_makes_a_page(mine, command):
    (mine / "sales.csv").write_text(GOOD)
    done = command(mine, "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 rows in = 2 loaded + 0 set aside + 0 duplicate; £12.50 in = £12.50 loaded" in done.stdout


def test_unknown_keys_are_refused_all_at_once_before_anything_starts(mine, command):
    (mine / "params" / "mine.yaml").write_text(SCENARIO.format(path="sales.csv") + "shop: {curency: GBP}\nseeed: 3\n")
    done = command(mine, "mine")
    assert done.returncode == 2
    assert done.stderr == (
        "params/mine.yaml is not a valid scenario (2 problems)\n"
        '  line 5  shop.curency  unknown key; did you mean "currency"?\n'
        '  line 6  seeed         unknown key; did you mean "seed"?\n'
        "  next    mend these and run the same command again; nothing was started\n"
    ).replace("params/mine.yaml", str(mine / "params" / "mine.yaml"))
    assert not (mine / "outputs").exists()


@pytest.mark.parametrize("words", [("--set", "seed=many"), ("--set", "seed"), ("--only", "05_nothing"), ("nowhere",)])
def test_a_wrong_argument_is_refused_before_anything_starts(mine, command, words):
    (mine / "sales.csv").write_text(GOOD)
    scenario = () if words == ("nowhere",) else ("mine",)
    done = command(mine, *scenario, *words)
    assert done.returncode == 2
    assert done.stderr.strip()
    assert not (mine / "outputs").exists()


def test_a_missing_file_is_named_with_the_nearest(mine, command):
    (mine / "sale.csv").write_text(GOOD)
    done = command(mine, "mine")
    assert done.returncode == 2
    assert done.stderr == (
        "An input file is not there\n"
        "  where   ingest.sources, sales: sales.csv\n"
        "  found   nothing at that path\n"
        '  next    did you mean "sale.csv"?\n'
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"when,total\n", "no rows"),
        ("when,total\n2024-05-01 10:00,5.00 caf\u00e9\n".encode("latin-1"), "encoding"),
        (b"date,total\n2024-05-01 10:00,5.00\n", "names 1 column the file does not have"),
    ],
    ids=["empty", "header-only", "encoding", "absent-column"],
)
def test_a_file_that_cannot_be_taken_stops_the_run_and_leaves_nothing(mine, command, content, words):
    (mine / "sales.csv").write_bytes(content)
    done = command(mine, "mine")
    assert done.returncode == 1
    assert "03_etl failed" in done.stdout
    assert words in done.stdout, done.stdout
    assert done.stdout.rstrip().endswith("to continue: python run_all.py mine")
    assert (mine / "outputs" / "mine" / "failed" / "03_etl" / "notebook.html").is_file()
    nothing_half_written(mine)
    (mine / "sales.csv").write_text(GOOD)
    assert command(mine, "mine", "--only", "03_etl").returncode == 0
    assert not (mine / "outputs" / "mine" / "failed" / "03_etl").exists()


def test_a_full_disk_is_said_so_and_the_same_command_goes_on(mine, command):
    (mine / "sales.csv").write_text(GOOD)

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))

    done = subprocess.run([sys.executable, "run_all.py", "mine"], cwd=mine, capture_output=True, text=True,
                          preexec_fn=small_files, timeout=200, check=False)  # fmt: skip
    assert done.returncode in (1, 2), done.stdout + done.stderr
    assert "The disk is full" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    nothing_half_written(mine)
    assert command(mine, "mine").returncode == 0


def test_a_folder_that_may_not_be_written_is_named(mine, command, tmp_path):
    (mine / "sales.csv").write_text(GOOD)
    locked = tmp_path / "locked"
    locked.mkdir()
    if os.geteuid() == 0:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(locked)], check=False, capture_output=True
        )
        if mounted.returncode:
            pytest.skip("root writes everywhere, and may not mount here")
    else:
        locked.chmod(0o500)
    try:
        done = command(mine, "mine", "--outputs", str(locked))
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", str(locked)], check=True)
    assert done.returncode == 2
    assert done.stderr.startswith("The folder for results may not be written\n")
    assert "--outputs FOLDER" in done.stderr


def test_without_the_packages_run_all_says_what_to_do(mine):
    done = subprocess.run(
        [sys.executable, "-S", "-E", "run_all.py"], cwd=mine, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "make run" in done.stderr
    assert "py -3.11 -m venv .venv" in done.stderr


def test_a_shop_that_was_closed_for_a_fortnight_gets_its_page(workbook, command):
    days = [f"2024-05-{d:02}" for d in range(1, 32)] + [f"2024-06-{d:02}" for d in (*range(1, 10), *range(24, 31))]
    rows = "".join(f"{day},{i}{n},Tea,{n}.50\n" for i, day in enumerate(days) for n in (2, 3, 4))
    (workbook / "holiday.csv").write_text("date,invoice,item,amount\n" + rows)
    done = command(workbook, "new", "holiday.csv", "--currency", "GBP", tool="shoplib")
    assert done.returncode == 0, done.stdout
    assert "141 rows in = 141 loaded + 0 set aside + 0 duplicate" in done.stdout
    assert (workbook / "outputs" / "holiday" / "latest" / "report.html").is_file()


def test_refunds_alone_and_names_that_compute_are_told_as_they_are(mine, command):
    names = ("=1+1", "<script>alert(1)</script>")
    rows = "".join(f"2024-05-{day:02} 10:00,-{day}.00,{names[day % 2]}\n" for day in range(1, 29))
    (mine / "sales.csv").write_text("when,total,place\n" + rows)
    (mine / "params" / "mappings" / "mine.yaml").write_text(f"{MAPPING}  location_name: place\n")
    done = command(mine, "mine")
    assert done.returncode == 0, done.stdout + done.stderr
    latest = mine / "outputs" / "mine" / "latest"
    page = (latest / "report.html").read_text(encoding="utf-8")
    assert page.count("There was no completed sale in the days shown.") == 1
    assert "28 refunds gave back £406." in page
    assert "<script>alert" not in page
    book = openpyxl.load_workbook(latest / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.value for cell in cells if cell.data_type == "s"} >= set(names)
    assert all(cell.value.startswith("=SUM(") for cell in cells if cell.data_type == "f")
    assert "\n'=1+1," in command(mine, "report", "locations", "--scenario", "mine", "--format", "csv",
                                 tool="shoplib").stdout  # fmt: skip
    outside = command(mine, "report", "daily", "--scenario", "mine", "--from", "2030-01-01", tool="shoplib")
    assert outside.returncode == 3
    assert "The data hold none of the days asked for." in outside.stdout
