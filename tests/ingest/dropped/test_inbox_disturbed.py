"""An inbox that is disturbed: files that grow, two runners, a full disk, a kill; each file is still taken once."""

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from shoplib.base import digest
from shoplib.errors import BusyError
from shoplib.ingest.dropped import claims

KILLS = int(os.environ.get("SHOPLIB_KILLS", "3"))
LATE = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def test_a_young_file_is_looked_at_twice_and_left_while_it_grows(inbox):
    path = inbox.drop("a.csv", "1.00", at=LATE.timestamp() - 1)
    inbox.drop("b.csv", "1.00", at=LATE.timestamp() - 1)

    def meanwhile(_seconds):
        with path.open("a") as stream:
            stream.write("more")

    found = {taken.name: (taken.status, taken.fault) for taken in inbox.take(sleep=meanwhile)}
    assert found["a.csv"] == ("left", "it is still being written, and is taken when it is whole")
    assert found["b.csv"][0] == "loaded"
    assert inbox.waiting() == ["a.csv"]


def test_waiting_is_no_longer_than_a_file_needs_to_be_still(inbox):
    inbox.drop("a.csv", "1.00", at=LATE.timestamp() - 0.5)
    inbox.drop("b.csv", "1.00", at=LATE.timestamp() + 1_000)
    waited = []
    inbox.take(sleep=waited.append, still_s=2.0)
    assert waited == [2.0]
    inbox.drop("c.csv", "1.00", at=LATE.timestamp() - 2.5)
    inbox.take(sleep=waited.append, still_s=2.0)
    assert waited == [2.0]
    assert inbox.processed() == ["a.csv", "b.csv", "c.csv"]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux tells who writes to a file")
def test_a_file_somebody_has_open_for_writing_is_left(inbox):
    with inbox.drop("a.csv", "1.00").open("a"):
        os.utime(inbox.folder / "a.csv", (1, 1))
        assert [taken.status for taken in inbox.take()] == ["left"]
    with (inbox.folder / "a.csv").open():
        assert [taken.status for taken in inbox.take()] == ["loaded"]


def test_a_file_that_grows_while_it_is_loaded_is_loaded_again_with_the_rest(inbox):
    path = inbox.drop("a.csv", "1.00")
    shelf, seen = inbox.shelf(), []
    with path.open("a") as writer, pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "PROCESSES", inbox.root / "no such folder")  # a writer that no system tells of

        def load(claimed, source, name):
            outcome = shelf.load(claimed, source, name)
            if not seen:
                writer.write("late,2024-07-01,5.00\n")
                writer.flush()
            seen.append(claimed.stat().st_size)
            return outcome

        (taken,) = inbox.take(load=load)
    assert (taken.status, len(seen)) == ("loaded", 2)
    assert shelf.sales() == {"a.csv-0": 100, "late": 500}


def test_a_store_in_use_leaves_the_file_to_the_next_run(inbox):
    inbox.drop("a.csv", "1.00")

    def busy(path, source, name):
        raise BusyError("Another program is writing to the store")

    with pytest.raises(BusyError):
        inbox.take(load=busy)
    assert [taken.status for taken in inbox.take()] == ["loaded"]
    assert inbox.processed() == ["a.csv"]


def test_a_second_runner_is_told_that_another_is_at_work(inbox):
    inbox.drop("a.csv", "1.00")
    with claims.only_taker(inbox.processed_folder, 0), pytest.raises(BusyError) as refused:
        inbox.take()
    assert str(refused.value) == (
        "Another run is taking files from the inbox\n  where   s\n"
        "  next    wait for it to end, or stop it, then run the same command again"
    )


def test_a_full_disk_loses_nothing_and_the_next_run_writes_what_is_missing(inbox):
    inbox.drop("a.csv", *["1.00"] * 30, *["x"] * 10)
    code = f"""
import resource, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from conftest import Inbox
from shoplib.errors import StoreError
inbox = Inbox(Path({str(inbox.root)!r}))
shelf = inbox.shelf()
def load(*given):
    made = shelf.load(*given)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
    return made
try:
    inbox.take(load=load)
except StoreError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.stdout.startswith("The disk is full"), said.stderr
    assert inbox.waiting() == [] and len(inbox.processed()) == 1
    (taken,) = inbox.take()
    assert taken.status == "known"
    assert inbox.processed() == ["a.csv", "a.csv.mend.xlsx", "a.csv.reason.json"]


DRIVER = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from conftest import Inbox
found = Inbox(Path(sys.argv[1])).take(wait_s=60)
print(len([taken for taken in found if taken.status != "left"]))
"""


def start(inbox):
    words = [sys.executable, "-c", DRIVER, str(inbox.root)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def fill(inbox, files=24):
    """Drop files: good, dirty, refused, twice the same bytes; return the digests, by name, of all of them."""
    names = {}
    for number in range(files):
        totals = (["1.00", "2.00"], ["3.00", "x", "1.00"], ["x"], [])[number % 4]
        path = inbox.drop(f"f{number:02}.csv", *totals)
        if number % 4 == 0:
            (inbox.folder / f"copy of {number:02}.csv").write_bytes(path.read_bytes())
            os.utime(inbox.folder / f"copy of {number:02}.csv", (1, 1))
    for path in inbox.folder.iterdir():
        names[path.name] = digest.of_bytes(path.read_bytes())
    return names


def everywhere(inbox):
    """Return the digest of each file dropped, by name, in whichever place it is; a file in two places fails."""
    found = {}
    folders = [inbox.folder, inbox.processed_folder, inbox.failed_folder]
    for path in (path for folder in folders for path in folder.rglob("*.csv") if path.is_file()):
        assert path.name not in found, (path, found[path.name])
        found[path.name] = digest.of_bytes(path.read_bytes())
    return found


def require_all_settled(inbox, dropped):
    assert everywhere(inbox) == dropped
    assert inbox.waiting() == []
    assert not [name for name in inbox.processed() if name.startswith(".")]
    for name in dropped:
        bad = int(name.rpartition(" ")[2].lstrip("f")[:2]) % 4
        where = inbox.failed_folder if bad > 1 else inbox.processed_folder
        assert (where / name).is_file()
        assert (where / f"{name}.reason.json").is_file() == (bad > 0)
    assert inbox.shelf().sales() == {
        f"{name}-{row}": minor for name in dropped if name.startswith("f")
        for row, minor in ((), [(0, 100), (1, 200)], [(0, 300), (2, 100)])[
            (int(name[1:3]) % 4 == 0) + 2 * (int(name[1:3]) % 4 == 1)]
    }  # fmt: skip


def test_killed_again_and_again_every_file_ends_in_one_place_and_is_loaded_once(inbox):
    dropped = fill(inbox)
    chance, kills = random.Random(1), 0
    while kills < KILLS:
        if not inbox.waiting() and not inbox.claimed():
            require_all_settled(inbox, dropped)
            shutil.rmtree(inbox.root / "data")
            dropped = fill(inbox)
        process = start(inbox)
        time.sleep(chance.uniform(0.8, 5))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += 1
        assert everywhere(inbox) == dropped
    process = start(inbox)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    require_all_settled(inbox, dropped)


def test_two_runners_at_once_take_each_file_once(inbox):
    dropped = fill(inbox)
    runners = [start(inbox) for _ in range(2)]
    counts = []
    for runner in runners:
        out, said = runner.communicate(timeout=120)
        assert runner.returncode == 0, said
        counts.append(int(out))
    assert sum(counts) == len(dropped)
    require_all_settled(inbox, dropped)


def test_a_file_is_claimed_by_one_of_many_threads(inbox):
    home = inbox.processed_folder / ".claimed" / "till"
    paths = [inbox.drop(f"{number}.csv", "1.00") for number in range(40)]
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
