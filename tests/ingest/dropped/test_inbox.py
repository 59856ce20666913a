"""Files dropped into a folder: which are taken, by which source, and in which one place each ends."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from shoplib.base import digest
from shoplib.errors import SourceError
from shoplib.ingest.dropped import claims

OTHER_DISK = Path("/dev/shm")


def test_a_good_file_is_loaded_and_put_away_with_nothing_beside_it(inbox):
    inbox.drop("a.csv", "1.00", "2.50")
    (taken,) = inbox.take()
    assert (taken.name, taken.source_name, taken.status) == ("a.csv", "till", "loaded")
    assert (inbox.processed(), inbox.failed(), inbox.waiting()) == (["a.csv"], [], [])
    assert inbox.shelf().sales() == {"a.csv-0": 100, "a.csv-1": 250}


def test_a_file_with_bad_rows_has_its_reasons_and_a_workbook_beside_it(inbox):
    inbox.drop("a.csv", "1.00", "x", "2.00")
    (taken,) = inbox.take()
    assert inbox.processed() == ["a.csv", "a.csv.mend.xlsx", "a.csv.reason.json"]
    told = json.loads(taken.reason.read_text())
    assert told["bad_rows"] == [{
        "row": 2, "column": "total", "rule": "unreadable_number", "found": "x", "money_minor": None,
        "reason": 'this is not a number with decimal mark ".", no thousands mark',
    }]  # fmt: skip
    assert (told["rows"]["in"], told["rows"]["set_aside"], told["money_minor"]["loaded"]) == (3, 1, 300)


def test_a_refused_file_goes_to_failed_with_its_fault(inbox):
    inbox.drop("a.csv")
    (taken,) = inbox.take()
    assert (inbox.processed(), inbox.failed()) == ([], ["a.csv", "a.csv.reason.json"])
    told = json.loads(taken.reason.read_text())
    assert told["status"] == "refused" and told["fault"].startswith("The file has a header and no rows.")


def test_too_dirty_a_file_comes_back_whole_in_its_workbook(inbox):
    inbox.drop("a.csv", "x", "y", "2.00")
    (taken,) = inbox.take()
    assert taken.status == "refused"
    assert inbox.failed()[0] == "a.csv"


def test_the_same_bytes_again_under_the_same_name_are_one_file(inbox):
    inbox.drop("a.csv", "1.00")
    inbox.take()
    inbox.drop("a.csv", "1.00")
    (taken,) = inbox.take()
    assert taken.status == "known"
    assert inbox.processed() == ["a.csv"] and inbox.waiting() == []


def test_another_file_of_a_taken_name_is_told_apart_by_its_digest(inbox):
    inbox.drop("a.csv", "1.00")
    inbox.take()
    path = inbox.drop("a.csv", "1.00", "2.00")
    sha = digest.of_bytes(path.read_bytes())
    inbox.take()
    assert inbox.processed() == ["a.csv", f"a.{sha[:8]}.csv"]


def test_what_failed_and_is_loaded_later_lies_in_processed_only(inbox):
    inbox.drop("a.csv", "1.00", "x", "y")
    inbox.take()
    assert "a.csv" in inbox.failed()
    inbox.drop("a.csv", "1.00", "x", "y")
    inbox.take(inbox.scenario(share=0.9))
    assert inbox.failed() == []
    assert "a.csv" in inbox.processed()


@pytest.mark.parametrize("name", [".hidden.csv", "~$a.csv", "a.csv.part", "a.csv.TMP", "a.csv.crdownload",
                                  "a.csv.reason.json"])  # fmt: skip
def test_hidden_and_unfinished_files_are_left_alone(inbox, name):
    inbox.drop(name, "1.00")
    assert inbox.take(inbox.scenario({"name": "till"})) == []
    assert inbox.waiting() == [name]


def test_a_file_nobody_claims_is_named_and_left(inbox):
    inbox.drop("holiday.jpg", "1.00")
    (taken,) = inbox.take()
    assert (taken.status, taken.fault) == ("left", "no source of this scenario takes a file of that name")
    assert inbox.waiting() == ["holiday.jpg"]


def test_links_folders_pipes_and_sockets_are_no_files_of_the_inbox(inbox, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("id,when,total\n1,2024-07-01,1.00\n")
    (inbox.folder / "a.csv").symlink_to(secret)
    (inbox.folder / "b.csv").mkdir()
    os.mkfifo(inbox.folder / "c.csv")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(inbox.folder / "d.csv"))
        found = {taken.name: taken.fault for taken in inbox.take()}
    assert found == {
        "a.csv": "it is a link to another place; put the file itself there",
        "c.csv": "it is no plain file",
        "d.csv": "it is no plain file",
    }
    assert secret.is_file() and inbox.processed() == [] and len(list((inbox.folder).iterdir())) == 4


def test_a_file_goes_to_the_first_source_whose_pattern_fits_in_the_order_of_the_scenario(inbox):
    shop = inbox.scenario({"name": "prices", "pattern": "prices*.csv"}, {"name": "all", "pattern": "*.csv"})
    inbox.drop("a.csv", "1.00")
    inbox.drop("prices_1.csv", "1.00")
    assert [(taken.name, taken.source_name) for taken in inbox.take(shop)] == [
        ("prices_1.csv", "prices"), ("a.csv", "all"),
    ]  # fmt: skip


def test_a_missing_inbox_is_made(inbox):
    inbox.folder.rmdir()
    assert inbox.take() == []
    assert inbox.folder.is_dir()


@pytest.mark.parametrize("name", [
    "with space.csv", "ünïcødé 😀.csv", "-rf.csv", "a\nb.csv", "x" * 250 + ".csv", "é" * 120 + ".csv", "a'\";$(b).csv",
    "名前.csv", os.fsdecode(b"bad\xff.csv"), "%s{}.csv",
])  # fmt: skip
def test_odd_names_are_taken_like_any_other(inbox, name):
    inbox.drop(name, "1.00", "x", "3.00")
    (taken,) = inbox.take()
    assert taken.status == "loaded"
    taken.name.encode()
    assert taken.name.isprintable()
    whole = len(os.fsencode(name)) <= claims.LONGEST_NAME
    assert not whole or taken.place.name == os.fsencode(name).decode("utf-8", "replace")
    assert len(inbox.processed()) == 3
    inbox.drop(name, "1.00")
    inbox.take()
    assert len(inbox.processed()) == 4


def test_a_folder_where_the_file_should_go_is_no_obstacle(inbox):
    (inbox.processed_folder / "a.csv").mkdir(parents=True)
    path = inbox.drop("a.csv", "1.00")
    sha = digest.of_bytes(path.read_bytes())
    (taken,) = inbox.take()
    assert taken.place.name == f"a.{sha[:8]}.csv"


def test_a_file_that_raises_a_fault_of_its_own_fails_alone(inbox):
    inbox.drop("a.csv", "1.00")
    inbox.drop("b.csv", "1.00")
    shelf = inbox.shelf()

    def load(path, source, name):
        if name == "a.csv":
            raise SourceError("The rules are broken", found="12 rows", next_step="mend the file")
        return shelf.load(path, source, name)

    assert [(taken.name, taken.status) for taken in inbox.take(load=load)] == [
        ("a.csv", "refused"),
        ("b.csv", "loaded"),
    ]
    assert json.loads((inbox.failed_folder / "a.csv.reason.json").read_text())["fault"] == (
        "The rules are broken. Found: 12 rows. Next: mend the file"
    )


def test_what_is_asked_to_stop_stops_between_two_files(inbox):
    for number in range(3):
        inbox.drop(f"{number}.csv", "1.00")
    done = []
    inbox.take(told=done.append, stopping=lambda: len(done) == 1)
    assert inbox.processed() == ["0.csv"] and inbox.waiting() == ["1.csv", "2.csv"]


@pytest.mark.skipif(not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == Path("/tmp").stat().st_dev,
                    reason="needs two disks")  # fmt: skip
def test_an_inbox_on_another_disk_is_taken_too(inbox, tmp_path_factory):
    far = OTHER_DISK / tmp_path_factory.mktemp("inbox").name
    far.mkdir()
    try:
        (far / "a.csv").write_text("id,when,total\n1,2024-07-01,1.00\n")
        (far / ".taking" / "s" / "till" / "killed").mkdir(parents=True)
        (far / ".taking" / "s" / "till" / "killed" / "b.csv").write_text("id,when,total\n2,2024-07-01,1.00\n")
        found = inbox.take(inbox.scenario({"name": "till", "pattern": "*.csv", "folder": str(far)}))
        assert [(taken.name, taken.status) for taken in found] == [("b.csv", "loaded"), ("a.csv", "loaded")]
        assert inbox.processed() == ["a.csv", "b.csv"]
        assert list(far.rglob("*")) == []
    finally:
        subprocess.run(["rm", "-r", str(far)], check=True)
