"""Rows of another database: in their types, in order, the same bytes each time, and never written to."""

from __future__ import annotations

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from shoplib.errors import SourceError
from shoplib.store import foreign

ROWS = 2_500


@pytest.fixture
def till(tmp_path: Path) -> Path:
    """A SQLite database in the project's folder; the notes are empty in all of the first batch."""
    path = tmp_path / "till.db"
    with sqlite3.connect(path) as store:
        store.execute("CREATE TABLE sales (id INTEGER, total REAL, note TEXT, mixed, photo BLOB)")
        store.executemany(
            "INSERT INTO sales VALUES (?, ?, ?, ?, ?)",
            [(i, i / 4, None if i < 2_000 else "50% off :x", i if i % 2 else "a", b"\x01") for i in range(ROWS)],
        )
    store.close()
    return path


@pytest.fixture
def other(postgres_url: str):
    """A table in PostgreSQL with every type a till may have."""
    engine = sa.create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS foreign_sales")
        connection.exec_driver_sql(
            "CREATE TABLE foreign_sales AS SELECT i AS id, (i * 1.10)::numeric(12, 2) AS total, "
            "timestamptz '2024-06-01 01:30+05:30' + i * interval '1 minute' AS at, date '2024-06-01' AS day, "
            "i %% 2 = 0 AS paid, CASE WHEN i < 1500 THEN NULL ELSE 'late' END AS note, "
            "jsonb_build_object('b', i, 'a', 'é') AS more, 'f0e1d2c3-0000-4000-8000-000000000001'::uuid AS code, "
            f"time '10:30' AS clock, array[1, 2] AS list FROM generate_series(1, {ROWS}) AS i"
        )
    yield postgres_url
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE foreign_sales")
    engine.dispose()


def table(fetcher) -> pa.Table:
    return pq.read_table(fetcher.folder / "rows.parquet")


@pytest.mark.usefixtures("till")
def test_a_query_becomes_a_table_with_the_types_of_all_its_rows(fetcher):
    fetched = fetcher(kind="sql", url="sqlite:///till.db", query="SELECT * FROM sales WHERE 'a%' <> ':b' ORDER BY id;")
    got = table(fetcher)
    assert fetched.records == got.num_rows == ROWS and [p.name for p in fetched.files] == ["rows.parquet"]
    assert [str(kind) for kind in got.schema.types] == ["int64", "double", "string", "string", "string"]
    assert got.column("id").to_pylist() == list(range(ROWS))
    assert got.slice(1_999, 2).to_pylist() == [
        {"id": 1_999, "total": 499.75, "note": None, "mixed": "1999", "photo": "01"},
        {"id": 2_000, "total": 500.0, "note": "50% off :x", "mixed": "a", "photo": "01"},
    ]


def test_postgresql_keeps_its_types(fetcher, other):
    query = "SELECT * FROM foreign_sales WHERE note IS NULL OR note LIKE 'l%' ORDER BY id"
    fetcher({"TILL": other}, kind="sql", url_env="TILL", query=query)
    got = table(fetcher)
    assert {field.name: str(field.type) for field in got.schema} == {
        "id": "int64", "total": "decimal128(6, 2)", "at": "timestamp[us, tz=UTC]", "day": "date32[day]",
        "paid": "bool", "note": "string", "more": "string", "code": "string", "clock": "time64[us]", "list": "string",
    }  # fmt: skip
    assert got.slice(1_499, 1).to_pylist() == [
        {"id": 1_500, "total": Decimal("1650.00"), "at": dt.datetime(2024, 6, 1, 21, 0, tzinfo=dt.UTC),
         "day": dt.date(2024, 6, 1), "paid": True, "note": "late", "more": '{"a": "é", "b": 1500}',
         "code": "f0e1d2c3-0000-4000-8000-000000000001", "clock": dt.time(10, 30), "list": "[1, 2]"}
    ]  # fmt: skip


def test_the_same_rows_give_the_same_bytes(fetcher, other):
    made = []
    for _ in range(2):
        fetcher({"TILL": other}, kind="sql", url_env="TILL", query="SELECT * FROM foreign_sales ORDER BY id")
        made.append((fetcher.folder / "rows.parquet").read_bytes())
    assert made[0] == made[1]


@pytest.mark.usefixtures("till")
def test_no_row_is_still_a_table(fetcher):
    assert fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id, note FROM sales WHERE id < 0").records == 0
    assert table(fetcher).schema == pa.schema([("id", pa.string()), ("note", pa.string())])


@pytest.mark.parametrize("query", ["DELETE FROM sales", "UPDATE sales SET total = 0", "DROP TABLE sales",
                                   "DELETE FROM sales RETURNING id", "CREATE TABLE x (id INTEGER)"])  # fmt: skip
def test_nothing_is_written_into_somebody_elses_sqlite(fetcher, till, query):
    before = till.read_bytes()
    with pytest.raises(SourceError):
        fetcher(kind="sql", url="sqlite:///till.db", query=query)
    assert till.read_bytes() == before


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM foreign_sales", "DELETE FROM foreign_sales RETURNING id", "SELECT id INTO stolen FROM foreign_sales",
     "WITH gone AS (DELETE FROM foreign_sales RETURNING id) SELECT * FROM gone"],
)  # fmt: skip
def test_nothing_is_written_into_somebody_elses_postgresql(fetcher, other, query):
    with pytest.raises(SourceError):
        fetcher({"TILL": other}, kind="sql", url_env="TILL", query=query)
    fetcher({"TILL": other}, kind="sql", url_env="TILL", query="SELECT count(*) AS rows FROM foreign_sales")
    assert table(fetcher).to_pylist() == [{"rows": ROWS}]


@pytest.mark.usefixtures("till")
def test_a_table_that_is_not_there_is_told_and_the_earlier_rows_stay(fetcher):
    fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id FROM sales")
    with pytest.raises(SourceError) as caught:
        fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id FROM sale")
    assert str(caught.value) == (
        "A database refuses the query\n"
        "  where   till\n"
        "  found   no such table: sale\n"
        "  wanted  a SELECT that gives the rows\n"
        "  next    correct query"
    )
    assert table(fetcher).num_rows == ROWS


def test_a_file_that_is_not_there_is_not_made(fetcher, tmp_path):
    with pytest.raises(SourceError, match="There is no such database"):
        fetcher(kind="sql", url="sqlite:///nowhere.db", query="SELECT 1 AS one")
    assert not (tmp_path / "nowhere.db").exists()


def test_a_file_that_is_no_database(fetcher, tmp_path):
    (tmp_path / "till.db").write_text("id,total\n1,2\n" * 100)
    with pytest.raises(SourceError, match="file is not a database"):
        fetcher(kind="sql", url="sqlite:///till.db", query="SELECT 1 AS one FROM sqlite_master")


@pytest.mark.usefixtures("till")
def test_two_columns_of_one_name_are_refused(fetcher):
    with pytest.raises(SourceError, match="SELECT …, id AS other_id"):
        fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id, id FROM sales")


@pytest.mark.parametrize("url", ["hello", "mysql://ann@host/till", "nosuch://host/till", "://"])
def test_an_address_nobody_can_use(fetcher, url):
    with pytest.raises(SourceError, match=r"cannot be read|No driver"):
        fetcher({"TILL": url}, kind="sql", url_env="TILL", query="SELECT 1 AS one")


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nowhere.invalid"])
def test_a_database_that_does_not_answer_is_asked_again_and_its_password_is_not_shown(fetcher, host):
    url = f"postgresql://ann:kettle%2D9fK2@{host}/till?password=kettle-9fK2"
    with pytest.raises(SourceError) as caught:
        fetcher({"TILL": url}, kind="sql", url_env="TILL", query="SELECT 1 AS one")
    assert str(caught.value).startswith("A database cannot be reached\n") and "asked 3 times" in str(caught.value)
    assert "9fK2" not in str(caught.value) and fetcher.waited == [1, 2]


def test_a_database_that_is_not_there_is_not_asked_again(fetcher, postgres_url):
    url = sa.make_url(postgres_url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(SourceError, match=r"lets nobody in\n.*\n.*\"nowhere\" does not exist"):
        fetcher({"TILL": url}, kind="sql", url_env="TILL", query="SELECT 1 AS one")
    assert fetcher.waited == []


def test_columns_of_odd_values_become_text():
    values = [Decimal("NaN"), None, 2**70, True, [1], b"\xff", dt.datetime(2024, 6, 1), 1.5]
    assert foreign.as_array(values).to_pylist() == [
        "NaN", None, "1180591620717411303424", "true", "[1]", "ff", "2024-06-01T00:00:00", "1.5",
    ]  # fmt: skip


def test_amounts_of_different_width_keep_every_digit():
    narrow, wide = foreign.as_array([Decimal("1.10")]), foreign.as_array([Decimal("12345.5"), 7])
    kind = foreign.common_type([narrow.type, pa.null(), wide.type])
    assert [foreign.cast(a, kind).to_pylist() for a in (narrow, wide)] == [
        [Decimal("1.10")], [Decimal("12345.50"), Decimal("7.00")],
    ]  # fmt: skip


def test_whole_numbers_no_fraction_can_hold_are_refused(fetcher, tmp_path):
    with sqlite3.connect(tmp_path / "till.db") as store:
        store.execute("CREATE TABLE sales (id)")
        store.executemany("INSERT INTO sales VALUES (?)", [(0.5,)] * 1_000 + [(2**60 + 1,)])
    store.close()
    with pytest.raises(SourceError, match=r"numbers that do not go together\n.*column id\n(.*\n)*.*CAST\(id AS TEXT\)"):
        fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id FROM sales ORDER BY rowid")
    assert foreign.common_type([pa.decimal256(76, 0), pa.decimal256(76, 70)]) == pa.string()


def test_a_database_that_another_program_holds_is_asked_again(fetcher, till, monkeypatch):
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, **more, timeout=0))
    holder = connect(till, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceError, match=r"locked by another program\n(.*\n)*.*asked 3 times"):
        fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id FROM sales")
    holder.close()
    assert fetcher(kind="sql", url="sqlite:///till.db", query="SELECT id FROM sales").records == ROWS
