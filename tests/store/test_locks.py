"""Two writers of one store: the second waits, then says who the first is; a killed one leaves the store whole."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import contextmanager

import pyarrow as pa
import pytest

from shoplib.errors import BusyError
from shoplib.store import locks, moving
from shoplib.store.database import Store, reading, transaction, upgrade

ORGANIZATION = pa.table({"organization_id": ["o"], "organization_name": ["Bar"], "currency": ["GBP"]})
HOLD = """
import sys
import pyarrow as pa
from shoplib.store.database import Store, transaction

store = Store(sys.argv[1], sys.argv[2])
with transaction(store) as bulk:
    rows = int(sys.argv[3])
    names = [f"{row:060}" for row in range(rows)]
    bulk.append("organizations", pa.table({"organization_id": names, "organization_name": names,
                                           "currency": ["GBP"] * rows}))
    print("ready", flush=True)
    sys.stdin.readline()
print("done", flush=True)
sys.stdin.readline()
"""


@contextmanager
def another_writer(store: Store, rows: int = 1):
    """Run a process that is in the middle of a transaction until it reads a line."""
    words = [sys.executable, "-c", HOLD, store.url, store.schema, str(rows)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


def organizations(store: Store) -> int:
    with reading(store) as bulk:
        return bulk.count("organizations")


def test_the_second_writer_is_told_who_the_first_one_is(any_store):
    with another_writer(any_store) as child:
        with pytest.raises(BusyError) as caught, transaction(any_store, wait_s=0.3):
            pass
        number = child.pid
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["Another program is writing to the store", f"  where   {any_store.shown()}"]
    moment = r"since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"
    if any_store.dialect == "sqlite":
        assert re.fullmatch(rf"  found   process {number} \(-c .*\), {moment}", lines[2])
    else:
        assert re.fullmatch(rf"  found   session \d+ \(-c .* \({number}\)\), {moment}", lines[2])
    assert lines[3:] == ["  next    waited 0.3 s for it; run the same command again when it is done"]


def test_the_second_writer_goes_on_when_the_first_one_is_done(any_store):
    with another_writer(any_store) as child:
        assert organizations(any_store) == 0  # who reads does not wait
        child.stdin.write("\n")
        child.stdin.flush()
        with transaction(any_store, wait_s=20) as bulk:
            assert bulk.count("organizations") == 1
            bulk.append("organizations", ORGANIZATION)
    assert organizations(any_store) == 2


def test_a_killed_writer_leaves_nothing_of_its_transaction_and_no_lock(any_store):
    before = moving.row_hashes(any_store)
    with another_writer(any_store, rows=50_000) as child:
        child.kill()
        child.wait()
        with transaction(any_store, wait_s=20) as bulk:
            assert bulk.count("organizations") == 0
            bulk.append("organizations", ORGANIZATION)
    assert moving.row_hashes(any_store) != before
    assert organizations(any_store) == 1
    if any_store.dialect == "sqlite":
        assert not locks.owner(any_store.path).exists()
        with sqlite3.connect(any_store.path) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        plain.close()


def test_a_process_killed_right_after_its_transaction_has_kept_it(any_store):
    with another_writer(any_store, rows=50_000) as child:
        child.stdin.write("\n")
        child.stdin.flush()
        assert child.stdout.readline() == "done\n"
        child.kill()
    assert organizations(any_store) == 50_000


PLAIN = """
import sqlite3, sys
plain = sqlite3.connect(sys.argv[1])
plain.execute("BEGIN IMMEDIATE")
print("ready", flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize("any_store", ["sqlite"], indirect=True)
@pytest.mark.skipif(not locks.LOCKS.exists(), reason="only Linux lists its locks")
def test_a_program_that_leaves_no_note_is_found_in_the_system_s_list(any_store):
    locks.owner(any_store.path).write_text('{"process": 0}')  # left behind by somebody who is gone
    words = [sys.executable, "-c", PLAIN, str(any_store.path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == "ready\n"
        with pytest.raises(BusyError, match=rf"found   process {child.pid} \(python.*\), started ") as caught:
            upgrade(any_store, "head")
            with transaction(any_store, wait_s=0):
                pass
        assert "UTC" in str(caught.value)
        child.communicate("\n")


@pytest.mark.parametrize("any_store", ["postgresql"], indirect=True)
def test_a_table_that_a_person_holds_is_waited_for_too(any_store):
    import psycopg

    with psycopg.connect(any_store.libpq("somebody"), autocommit=False) as person:
        person.execute(f"LOCK TABLE {any_store.schema}.organizations IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(BusyError, match=rf"\(somebody \({os.getpid()}\)\)"), transaction(
            any_store, wait_s=0.3
        ) as bulk:  # fmt: skip
            bulk.append("organizations", ORGANIZATION)
    assert organizations(any_store) == 0
