"""The store: what goes in comes out, references hold, and a failed build leaves nothing."""

import datetime as dt
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from shoplib.contracts import convert, facts, tables
from shoplib.errors import ContractError, StoreError
from shoplib.pipeline.stages import SNAPSHOT
from shoplib.store import database


def inside(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden files too."""
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture
def store(tmp_path, shop):
    """Return an engine on the small shop, in a folder whose name is no easy URL."""
    path = tmp_path / "a b?c#d%20é" / "shop.db"
    database.build(path, shop)
    engine = database.engine(sa.URL.create("sqlite", database=str(path)))
    yield engine
    engine.dispose()


def test_every_row_is_counted(store, shop):
    assert {name: database.count(store, name) for name in shop} == {name: len(rows) for name, rows in shop.items()}
    assert set(shop) == set(database.FACTS)


def test_the_store_has_every_table_of_the_snapshot_parents_first():
    assert set(database.FACTS) == {*SNAPSHOT, "import_jobs", "rejected_rows"}
    places = {name: at for at, name in enumerate(database.FACTS)}
    for name in database.FACTS:
        for key in tables.declared(name).__table__.foreign_keys:
            assert places[key.column.table.name] < places[name], f"{key.column.table.name} is a parent of {name}"


def test_rows_come_back_as_they_went_in(store, shop):
    for name, frame in shop.items():
        key = tables.key_of(name)
        wanted = convert.to_arrow(name, frame.sort_values(key))
        back = database.read(store, name)
        for column in back:
            if wanted.schema.field(column).type == convert.arrow_type(sa.BigInteger()):
                back[column] = back[column].astype("Int64")
        assert convert.to_arrow(name, back).equals(wanted)


def test_instants_are_utc_and_days_are_days(store):
    with Session(store) as session:
        sale = session.get(tables.declared("transactions"), "t1")
        assert sale.timestamp == dt.datetime(2024, 3, 31, 0, 30, 0, 250_000, tzinfo=dt.UTC)
        assert sale.timestamp.tzinfo is dt.UTC
        assert sale.business_date == dt.date(2024, 3, 30)
        assert sale.local_hour is None
        found = session.scalars(
            sa.select(facts.Transactions.transaction_id).where(
                facts.Transactions.timestamp >= dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
            )
        ).all()
        assert found == ["t2"]


def test_what_sqlalchemy_writes_looks_like_what_was_loaded(store):
    values = {**database.read(store, "transactions").iloc[0].to_dict(), "transaction_id": "t3", "source_row": 9}
    with Session(store) as session:
        session.add(facts.Transactions(**{k: None if pd.isna(v) else v for k, v in values.items()}))
        session.commit()
        rows = session.execute(
            sa.text("select timestamp, business_date from transactions where transaction_id <> 't2'")
        )
        assert set(rows.all()) == {("2024-03-31 00:30:00.250000", "2024-03-30")}


def test_reference_to_nowhere_leaves_no_file(tmp_path, shop):
    shop["transaction_items"] = shop["transaction_items"].assign(product_id="beer")
    target = tmp_path / "shop.db"
    with pytest.raises(StoreError) as caught:
        database.build(target, shop)
    lines = str(caught.value).splitlines()
    assert lines[:2] == ["Rows do not fit the store", "  where   shop.db"]
    assert "FOREIGN KEY constraint failed" in lines[2]
    assert lines[3:] == ["  next    check keys and references of the tables being loaded"]
    assert inside(tmp_path) == []


def test_failed_build_leaves_the_old_file(tmp_path, shop):
    target = tmp_path / "shop.db"
    database.build(target, shop)
    before = target.read_bytes()
    with pytest.raises(ContractError):
        database.build(target, {**shop, "products": shop["products"].assign(product_name=None)})
    with pytest.raises(StoreError):
        database.build(target, {"locations": shop["locations"]})
    assert target.read_bytes() == before
    assert inside(tmp_path) == ["shop.db"]


def test_equal_shops_give_equal_files(tmp_path, shop):
    for name in ("a.db", "b.db"):
        database.build(tmp_path / name, shop)
    assert (tmp_path / "a.db").read_bytes() == (tmp_path / "b.db").read_bytes()


def test_tables_beyond_the_facts_are_made_too_and_unknown_ones_refused(tmp_path):
    database.build(tmp_path / "a.db", {"sales_daily": convert.empty("sales_daily")})
    with sqlite3.connect(tmp_path / "a.db") as plain:
        found = {name for (name,) in plain.execute("select name from sqlite_master where type = 'table'")}
    plain.close()
    assert found == {*database.FACTS, "sales_daily"}
    with pytest.raises(KeyError):
        database.build(tmp_path / "b.db", {"sales_dayly": convert.empty("sales_daily")})
    assert inside(tmp_path) == ["a.db"]


def test_references_are_enforced_on_every_connection(store):
    for _ in range(2):
        with Session(store) as session, pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"):
            session.add(facts.Locations(location_id="x", organization_id="none", location_name="x",
                                         timezone="UTC", day_start_minute=0))  # fmt: skip
            session.commit()


def big(rows: int) -> dict[str, pd.DataFrame]:
    ids = [f"{row:060}" for row in range(rows)]
    return {"organizations": pd.DataFrame({"organization_id": ids, "organization_name": ids, "currency": "GBP"})}


def test_full_disk(small_disk):
    target = small_disk / "shop.db"
    target.write_bytes(b"old")
    with pytest.raises(
        StoreError, match=r"^The disk is full\n  where   .*shop.db\n  found   No space left on device; "
    ):
        database.build(target, big(5_000))
    assert inside(small_disk) == ["shop.db"]
    assert target.read_bytes() == b"old"


def test_folder_that_may_not_be_written(read_only):
    with pytest.raises(StoreError, match=r"^The folder for results may not be written"):
        database.build(read_only / "shop.db", big(1))
    assert inside(read_only) == ["old.txt"]


BUILD = """
import sys
from pathlib import Path
import pandas as pd
from shoplib.store import database

ids = [f"{row:060}" for row in range(int(sys.argv[2]))]
frame = pd.DataFrame({"organization_id": ids, "organization_name": ids, "currency": "GBP"})
print("ready", flush=True)
while True:
    database.build(Path(sys.argv[1]), {"organizations": frame})
"""


def test_a_killed_build_leaves_a_whole_file_or_none(tmp_path):
    target, rows = tmp_path / "shop.db", 20_000
    with subprocess.Popen([sys.executable, "-c", BUILD, str(target), str(rows)], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"ready\n"
        deadline = time.monotonic() + 30
        while not list(tmp_path.glob(".*.part")) and time.monotonic() < deadline:
            pass
        child.kill()
    assert set(inside(tmp_path)) <= {"shop.db", ".shop.db.part"}
    database.build(target, big(rows))
    engine = database.engine(f"sqlite:///{target}")
    assert database.count(engine, "organizations") == rows
    engine.dispose()
    assert inside(tmp_path) == ["shop.db"]
