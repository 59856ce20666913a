"""Files dropped into a folder: each is taken once and ends in one place, whatever happens meanwhile."""

import datetime as dt
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shoplib.base import digest
from shoplib.config.models import Scenario
from shoplib.errors import BusyError, SourceError
from shoplib.ingest.dropped import claims, inbox
from shoplib.ingest.lasting.loading import load_file
from shoplib.store import places
from shoplib.store.database import open_store, reading, upgrade

KILLS = int(os.environ.get("SHOPLIB_KILLS", "3"))
MAPPING = {
    "name": "till", "rows": "transaction", "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": {"columns": "when", "format": "%Y-%m-%d"}, "total_amount": "total"},
}  # fmt: skip
LATE = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
OTHER_DISK = Path("/dev/shm")


def scenario(*sources, share=0.5):
    """Return a shop with inbox sources of one mapping; one that takes every CSV file if none is given."""
    listed = sources or ({"name": "till", "pattern": "*.csv"},)
    given = [{"kind": "inbox", "mapping": "till.yaml", "folder": "inbox", **source} for source in listed]
    return Scenario.model_validate({
        "name": "s", "shop": {"name": "Corner"}, "ingest": {"sources": given, "max_set_aside_share": share},
        "mappings": {"till.yaml": MAPPING},
    })  # fmt: skip


class Shelf:
    """A lasting store of its own, and what it holds."""

    def __init__(self, root, shop):
        self.store, self.scenario = open_store(root, shop.name, environment={}), shop
        upgrade(self.store)

    def load(self, path, source, name):
        return load_file(self.store, self.scenario, source, path, now=lambda: LATE, name=name)

    def sales(self):
        with reading(self.store) as bulk:
            sold = bulk.frame("transactions")
        return dict(zip(sold["transaction_id"], sold["total_amount_minor"].tolist(), strict=True))


@pytest.fixture
def root(tmp_path):
    (tmp_path / "inbox").mkdir()
    return tmp_path


def drop(root, name, *totals, at=1_000_000_000, folder="inbox"):
    """Put a file of sales into the inbox, written long ago; each total is a row of its own."""
    path = root / folder / name
    key = name if name.replace(".", "").isalnum() and name.isascii() else "odd"
    rows = "".join(f"{key[:40]}-{row},2024-07-01,{total}\n" for row, total in enumerate(totals))
    path.write_text("id,when,total\n" + rows)
    os.utime(path, (at, at))
    return path


def take(root, shop=None, **more):
    shop = shop or scenario()
    more.setdefault("now", lambda: LATE)
    load = more.pop("load", None) or Shelf(root, shop).load
    return inbox.take(root, shop, load, **more)


def lying(folder):
    """Return the names of all files below a folder, hidden ones too, but for the lock."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() and path.name != ".lock"
    )


def processed(root):
    return lying(places.processed(root, "s"))


def failed(root):
    return lying(places.failed(root, "s"))


def test_a_good_file_is_loaded_and_put_away_with_nothing_beside_it(root):
    drop(root, "a.csv", "1.00", "2.50")
    (taken,) = take(root)
    assert (taken.name, taken.source_name, taken.status) == ("a.csv", "till", "loaded")
    assert (processed(root), failed(root), lying(root / "inbox")) == (["a.csv"], [], [])
    assert Shelf(root, scenario()).sales() == {"a.csv-0": 100, "a.csv-1": 250}


def test_a_file_with_bad_rows_has_its_reasons_and_a_workbook_beside_it(root):
    drop(root, "a.csv", "1.00", "x", "2.00")
    (taken,) = take(root)
    assert processed(root) == ["a.csv", "a.csv.mend.xlsx", "a.csv.reason.json"]
    told = json.loads(taken.reason.read_text())
    assert told["bad_rows"] == [{
        "row": 2, "column": "total", "rule": "unreadable_number", "found": "x", "money_minor": None,
        "reason": 'this is not a number with decimal mark ".", no thousands mark',
    }]  # fmt: skip
    assert (told["rows"]["in"], told["rows"]["set_aside"], told["money_minor"]["loaded"]) == (3, 1, 300)


def test_a_refused_file_goes_to_failed_with_its_fault(root):
    drop(root, "a.csv")
    (taken,) = take(root)
    assert (processed(root), failed(root)) == ([], ["a.csv", "a.csv.reason.json"])
    told = json.loads(taken.reason.read_text())
    assert told["status"] == "refused" and told["fault"].startswith("The file has a header and no rows.")


def test_too_dirty_a_file_comes_back_whole_in_its_workbook(root):
    drop(root, "a.csv", "x", "y", "2.00")
    (taken,) = take(root)
    assert taken.status == "refused"
    assert failed(root)[0] == "a.csv"


def test_the_same_bytes_again_under_the_same_name_are_one_file(root):
    drop(root, "a.csv", "1.00")
    take(root)
    drop(root, "a.csv", "1.00")
    (taken,) = take(root)
    assert taken.status == "known"
    assert processed(root) == ["a.csv"] and lying(root / "inbox") == []


def test_another_file_of_a_taken_name_is_told_apart_by_its_digest(root):
    drop(root, "a.csv", "1.00")
    take(root)
    path = drop(root, "a.csv", "1.00", "2.00")
    sha = digest.of_bytes(path.read_bytes())
    take(root)
    assert processed(root) == ["a.csv", f"a.{sha[:8]}.csv"]


def test_what_failed_and_is_loaded_later_lies_in_processed_only(root):
    drop(root, "a.csv", "1.00", "x", "y")
    take(root)
    assert "a.csv" in failed(root)
    drop(root, "a.csv", "1.00", "x", "y")
    take(root, scenario(share=0.9))
    assert failed(root) == []
    assert "a.csv" in processed(root)


@pytest.mark.parametrize("name", [".hidden.csv", "~$a.csv", "a.csv.part", "a.csv.TMP", "a.csv.crdownload",
                                  "a.csv.reason.json"])  # fmt: skip
def test_hidden_and_unfinished_files_are_left_alone(root, name):
    drop(root, name, "1.00")
    assert take(root, scenario({"name": "till"})) == []
    assert lying(root / "inbox") == [name]


def test_a_file_nobody_claims_is_named_and_left(root):
    drop(root, "holiday.jpg", "1.00")
    (taken,) = take(root)
    assert (taken.status, taken.fault) == ("left", "no source of this scenario takes a file of that name")
    assert lying(root / "inbox") == ["holiday.jpg"]


def test_links_folders_pipes_and_sockets_are_no_files_of_the_inbox(root, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_text("id,when,total\n1,2024-07-01,1.00\n")
    (root / "inbox" / "a.csv").symlink_to(secret)
    (root / "inbox" / "b.csv").mkdir()
    os.mkfifo(root / "inbox" / "c.csv")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(root / "inbox" / "d.csv"))
        found = {taken.name: taken.fault for taken in take(root)}
    assert found == {
        "a.csv": "it is a link to another place; put the file itself there",
        "c.csv": "it is no plain file",
        "d.csv": "it is no plain file",
    }
    assert secret.is_file() and processed(root) == [] and len(list((root / "inbox").iterdir())) == 4


def test_a_file_goes_to_the_first_source_whose_pattern_fits_in_the_order_of_the_scenario(root):
    shop = scenario({"name": "prices", "pattern": "prices*.csv"}, {"name": "all", "pattern": "*.csv"})
    drop(root, "a.csv", "1.00")
    drop(root, "prices_1.csv", "1.00")
    assert [(taken.name, taken.source_name) for taken in take(root, shop)] == [
        ("prices_1.csv", "prices"), ("a.csv", "all"),
    ]  # fmt: skip


def test_a_missing_inbox_is_made(tmp_path):
    assert take(tmp_path) == []
    assert (tmp_path / "inbox").is_dir()


def test_a_young_file_is_looked_at_twice_and_left_while_it_grows(root):
    path = drop(root, "a.csv", "1.00", at=LATE.timestamp() - 1)
    drop(root, "b.csv", "1.00", at=LATE.timestamp() - 1)

    def meanwhile(_seconds):
        with path.open("a") as stream:
            stream.write("more")

    found = {taken.name: (taken.status, taken.fault) for taken in take(root, sleep=meanwhile)}
    assert found["a.csv"] == ("left", "it is still being written, and is taken when it is whole")
    assert found["b.csv"][0] == "loaded"
    assert lying(root / "inbox") == ["a.csv"]


def test_waiting_is_no_longer_than_a_file_needs_to_be_still(root):
    drop(root, "a.csv", "1.00", at=LATE.timestamp() - 0.5)
    drop(root, "b.csv", "1.00", at=LATE.timestamp() + 1_000)
    waited = []
    take(root, sleep=waited.append, still_s=2.0)
    assert waited == [2.0]
    drop(root, "c.csv", "1.00", at=LATE.timestamp() - 2.5)
    take(root, sleep=waited.append, still_s=2.0)
    assert waited == [2.0]
    assert processed(root) == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells who writes to a file")
def test_a_file_somebody_has_open_for_writing_is_left(root):
    with drop(root, "a.csv", "1.00").open("a"):
        os.utime(root / "inbox" / "a.csv", (1, 1))
        assert [taken.status for taken in take(root)] == ["left"]
    with (root / "inbox" / "a.csv").open():
        assert [taken.status for taken in take(root)] == ["loaded"]


def test_a_file_that_grows_while_it_is_loaded_is_loaded_again_with_the_rest(root):
    path = drop(root, "a.csv", "1.00")
    shelf, seen = Shelf(root, scenario()), []
    with path.open("a") as writer, pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "PROCESSES", root / "no such folder")  # a writer that no system tells of

        def load(claimed, source, name):
            outcome = shelf.load(claimed, source, name)
            if not seen:
                writer.write("late,2024-07-01,5.00\n")
                writer.flush()
            seen.append(claimed.stat().st_size)
            return outcome

        (taken,) = take(root, load=load)
    assert (taken.status, len(seen)) == ("loaded", 2)
    assert shelf.sales() == {"a.csv-0": 100, "late": 500}


@pytest.mark.parametrize("name", [
    "with space.csv", "ünïcødé 😀.csv", "-rf.csv", "a\nb.csv", "x" * 250 + ".csv", "é" * 120 + ".csv", "a'\";$(b).csv",
    "名前.csv", os.fsdecode(b"bad\xff.csv"), "%s{}.csv",
])  # fmt: skip
def test_odd_names_are_taken_like_any_other(root, name):
    drop(root, name, "1.00", "x", "3.00")
    (taken,) = take(root)
    assert taken.status == "loaded"
    taken.name.encode()
    assert taken.name.isprintable()
    whole = len(os.fsencode(name)) <= claims.LONGEST_NAME
    assert not whole or taken.place.name == os.fsencode(name).decode("utf-8", "replace")
    assert len(processed(root)) == 3
    drop(root, name, "1.00")
    take(root)
    assert len(processed(root)) == 4


def test_a_folder_where_the_file_should_go_is_no_obstacle(root):
    (places.processed(root, "s") / "a.csv").mkdir(parents=True)
    path = drop(root, "a.csv", "1.00")
    sha = digest.of_bytes(path.read_bytes())
    (taken,) = take(root)
    assert taken.place.name == f"a.{sha[:8]}.csv"


def test_a_store_in_use_leaves_the_file_to_the_next_run(root):
    drop(root, "a.csv", "1.00")

    def busy(path, source, name):
        raise BusyError("Another program is writing to the store")

    with pytest.raises(BusyError):
        take(root, load=busy)
    assert [taken.status for taken in take(root)] == ["loaded"]
    assert processed(root) == ["a.csv"]


def test_a_file_that_raises_a_fault_of_its_own_fails_alone(root):
    drop(root, "a.csv", "1.00")
    drop(root, "b.csv", "1.00")
    shelf = Shelf(root, scenario())

    def load(path, source, name):
        if name == "a.csv":
            raise SourceError("The rules are broken", found="12 rows", next_step="mend the file")
        return shelf.load(path, source, name)

    assert [(taken.name, taken.status) for taken in take(root, load=load)] == [
        ("a.csv", "refused"),
        ("b.csv", "loaded"),
    ]
    assert json.loads((places.failed(root, "s") / "a.csv.reason.json").read_text())["fault"] == (
        "The rules are broken. Found: 12 rows. Next: mend the file"
    )


def test_what_is_asked_to_stop_stops_between_two_files(root):
    for number in range(3):
        drop(root, f"{number}.csv", "1.00")
    done = []
    take(root, told=done.append, stopping=lambda: len(done) == 1)
    assert processed(root) == ["0.csv"] and lying(root / "inbox") == ["1.csv", "2.csv"]


def test_a_second_runner_is_told_that_another_is_at_work(root):
    drop(root, "a.csv", "1.00")
    with claims.only_taker(places.processed(root, "s"), 0), pytest.raises(BusyError) as refused:
        take(root)
    assert str(refused.value) == (
        "Another run is taking files from the inbox\n  where   s\n"
        "  next    wait for it to end, or stop it, then run the same command again"
    )


@pytest.mark.skipif(not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == Path("/tmp").stat().st_dev,
                    reason="needs two disks")  # fmt: skip
def test_an_inbox_on_another_disk_is_taken_too(root, tmp_path_factory):
    far = OTHER_DISK / tmp_path_factory.mktemp("inbox").name
    far.mkdir()
    try:
        (far / "a.csv").write_text("id,when,total\n1,2024-07-01,1.00\n")
        (far / ".taking" / "s" / "till" / "killed").mkdir(parents=True)
        (far / ".taking" / "s" / "till" / "killed" / "b.csv").write_text("id,when,total\n2,2024-07-01,1.00\n")
        found = take(root, scenario({"name": "till", "pattern": "*.csv", "folder": str(far)}))
        assert [(taken.name, taken.status) for taken in found] == [("b.csv", "loaded"), ("a.csv", "loaded")]
        assert processed(root) == ["a.csv", "b.csv"]
        assert list(far.rglob("*")) == []
    finally:
        subprocess.run(["rm", "-r", str(far)], check=True)


def test_a_full_disk_loses_nothing_and_the_next_run_writes_what_is_missing(root):
    drop(root, "a.csv", *["1.00"] * 30, *["x"] * 10)
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_inbox as t
from pathlib import Path
from shoplib.errors import StoreError
root = Path({str(root)!r})
shelf = t.Shelf(root, t.scenario())
def load(*given):
    made = shelf.load(*given)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
    return made
try:
    t.take(root, load=load)
except StoreError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.stdout.startswith("The disk is full"), said.stderr
    assert lying(root / "inbox") == [] and len(processed(root)) == 1
    (taken,) = take(root)
    assert taken.status == "known"
    assert processed(root) == ["a.csv", "a.csv.mend.xlsx", "a.csv.reason.json"]


DRIVER = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import test_inbox as t
from pathlib import Path
root = Path(sys.argv[1])
shop = t.scenario()
found = t.take(root, shop, load=t.Shelf(root, shop).load, wait_s=60)
print(len([taken for taken in found if taken.status != "left"]))
"""


def start(root):
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(root)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            text=True)  # fmt: skip


def fill(root, files=24):
    """Drop files: good, dirty, refused, twice the same bytes; return the digests, by name, of all of them."""
    names = {}
    for number in range(files):
        totals = (["1.00", "2.00"], ["3.00", "x", "1.00"], ["x"], [])[number % 4]
        path = drop(root, f"f{number:02}.csv", *totals)
        if number % 4 == 0:
            (root / "inbox" / f"copy of {number:02}.csv").write_bytes(path.read_bytes())
            os.utime(root / "inbox" / f"copy of {number:02}.csv", (1, 1))
    for path in (root / "inbox").iterdir():
        names[path.name] = digest.of_bytes(path.read_bytes())
    return names


def everywhere(root):
    """Return the digest of each file dropped, by name, in whichever place it is; a file in two places fails."""
    found = {}
    folders = [root / "inbox", places.processed(root, "s"), places.failed(root, "s")]
    for path in (path for folder in folders for path in folder.rglob("*.csv") if path.is_file()):
        assert path.name not in found, (path, found[path.name])
        found[path.name] = digest.of_bytes(path.read_bytes())
    return found


def require_all_settled(root, dropped):
    assert everywhere(root) == dropped
    assert lying(root / "inbox") == []
    assert not [name for name in processed(root) if name.startswith(".")]
    for name in dropped:
        bad = int(name.rpartition(" ")[2].lstrip("f")[:2]) % 4
        where = places.failed(root, "s") if bad > 1 else places.processed(root, "s")
        assert (where / name).is_file()
        assert (where / f"{name}.reason.json").is_file() == (bad > 0)
    assert Shelf(root, scenario()).sales() == {
        f"{name}-{row}": minor for name in dropped if name.startswith("f")
        for row, minor in ((), [(0, 100), (1, 200)], [(0, 300), (2, 100)])[
            (int(name[1:3]) % 4 == 0) + 2 * (int(name[1:3]) % 4 == 1)]
    }  # fmt: skip


def test_killed_again_and_again_every_file_ends_in_one_place_and_is_loaded_once(root):
    dropped = fill(root)
    chance, kills = random.Random(1), 0
    while kills < KILLS:
        if not lying(root / "inbox") and not lying(places.processed(root, "s") / ".claimed"):
            require_all_settled(root, dropped)
            shutil.rmtree(root / "data")
            dropped = fill(root)
        process = start(root)
        time.sleep(chance.uniform(0.8, 5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        assert everywhere(root) == dropped
    process = start(root)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    require_all_settled(root, dropped)


def test_two_runners_at_once_take_each_file_once(root):
    dropped = fill(root)
    runners = [start(root) for _ in range(2)]
    counts = []
    for runner in runners:
        out, said = runner.communicate(timeout=120)
        assert runner.returncode == 0, said
        counts.append(int(out))
    assert sum(counts) == len(dropped)
    require_all_settled(root, dropped)


def test_a_file_is_claimed_by_one_of_many_threads(root):
    home = places.processed(root, "s") / ".claimed" / "till"
    paths = [drop(root, f"{number}.csv", "1.00") for number in range(40)]
    got = [[] for _ in range(4)]

    def run(mine):
        for path in paths:
            mine.append(claims.claim(path, home))

    threads = [threading.Thread(target=run, args=(mine,)) for mine in got]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claimed = [path for mine in got for path in mine if path is not None]
    assert sorted(path.name for path in claimed) == sorted(path.name for path in paths)
