"""The address of a store: what may be named, what is shown, and what is said where nothing answers."""

import traceback
from pathlib import Path

import pytest

from shoplib.errors import StoreError
from shoplib.store.database import Store, open_store, transaction, upgrade, version

ROOT = Path("/workbook").absolute()
SECRET = "s3cr:t/@ü"
WRITTEN = "s3cr%3At%2F%40%C3%BC"


def opened(url: str) -> Store:
    return open_store(ROOT, "epos", environment={"DATABASE_URL": url})


@pytest.mark.parametrize("kind", ["postgresql", "postgres", "postgresql+psycopg"])
def test_all_three_spellings_name_the_same_server(kind):
    store = opened(f"{kind}://ann:{WRITTEN}@db.example:5433/shop")
    assert (store.dialect, store.schema) == ("postgresql", "epos")
    assert store.shown() == "postgresql://ann@db.example:5433/shop (schema epos)"
    assert store == opened(f"postgresql://ann:{WRITTEN}@db.example:5433/shop")


def test_without_an_address_it_is_a_file_of_the_scenario():
    for environment in ({}, {"DATABASE_URL": "  "}):
        store = open_store(ROOT, "epos", environment=environment)
        assert (store.dialect, store.path, store.schema) == ("sqlite", ROOT / "data" / "epos.db", "")
    assert open_store(ROOT / "a b?c#d%20é", "x", environment={}).path == ROOT / "a b?c#d%20é" / "data" / "x.db"
    assert open_store(ROOT, "epos", "OTHER", {"OTHER": "sqlite:///a b/c%20d.db"}).path == ROOT / "a b" / "c d.db"
    assert opened(f"sqlite:///{ROOT / 'x.db'}").path == ROOT / "x.db"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (SECRET, "a text that is no URL"),
        (f"postgresql://ann:{SECRET}@host:port/x", "a text that is no URL"),
        ("sqlite://", "a SQLite database without a file, or with options"),
        ("sqlite:///:memory:", "a SQLite database without a file, or with options"),
        (f"postgresql://ann:{WRITTEN}@host", "a PostgreSQL server without the name of a database"),
        (f"mysql://ann:{WRITTEN}@host/x", "the kind 'mysql'"),
        (f"postgresql+asyncpg://ann:{WRITTEN}@host/x", "the kind 'postgresql+asyncpg'"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(url, found):
    with pytest.raises(StoreError) as caught:
        opened(url)
    assert str(caught.value).splitlines() == [
        "The address of the database cannot be used",
        "  where   environment variable DATABASE_URL",
        f"  found   {found}",
        "  wanted  postgresql://user:password@host:5432/database, or sqlite:///path/to/file.db",
        "  next    set it anew; special characters of a password are written %40, %2F …",
    ]
    assert "s3cr" not in "".join(traceback.format_exception(caught.value))


def test_the_password_is_shown_nowhere(caplog):
    store = opened(f"postgresql://ann:{WRITTEN}@127.0.0.1:1/shop?sslpassword={WRITTEN}")
    said = [repr(store), str(store), f"{store}", store.shown()]
    for ask in (upgrade, version):
        with pytest.raises(StoreError) as caught:
            ask(store)
        said += traceback.format_exception(caught.value)
    assert not any("s3cr" in text for text in [*said, caplog.text])
    assert str(caught.value).splitlines()[0] == "The database server cannot be reached"
    assert str(caught.value).splitlines()[-1] == "  next    start the server, or check host and port in DATABASE_URL"


def told(store: Store) -> StoreError:
    with pytest.raises(StoreError) as caught, transaction(store):
        pass
    return caught.value


def test_a_server_that_knows_no_such_database_or_user_says_what_to_do(postgres_url):
    base, _, options = postgres_url.partition("?")
    missing = told(opened(f"{base.rpartition('/')[0]}/nowhere?{options}"))
    assert (missing.what, missing.next_step) == (
        "There is no such database on the server", "make it there (createdb), or name another in DATABASE_URL",
    )  # fmt: skip
    user = told(opened(postgres_url.replace("postgres:@", f"nobody:{WRITTEN}@")))
    assert (user.what, user.next_step) == (
        "The database server knows no such user", "set user and password anew in DATABASE_URL",
    )  # fmt: skip
    assert "s3cr" not in str(user)


def test_a_user_without_rights_and_a_wrong_password_are_told(postgres_url):
    import psycopg

    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("DROP ROLE IF EXISTS guest")
        server.execute("CREATE ROLE guest LOGIN PASSWORD 'right'")
        rules = server.execute("SHOW hba_file").fetchone()[0]
        before = Path(rules).read_text(encoding="utf-8")
        Path(rules).write_text(f"local all guest scram-sha-256\n{before}", encoding="utf-8")
        server.execute("SELECT pg_reload_conf()")
        try:
            wrong = told(opened(postgres_url.replace("postgres:@", f"guest:{WRITTEN}@")))
            asked = told(opened(postgres_url.replace("postgres:@", "guest@")))
            rights = told(opened(postgres_url.replace("postgres:@", "guest:right@")))
        finally:
            Path(rules).write_text(before, encoding="utf-8")
            server.execute("SELECT pg_reload_conf()")
    assert wrong.what == "The database server refuses this user"
    assert wrong.next_step == "set user and password anew in DATABASE_URL"
    assert "s3cr" not in str(wrong)
    assert asked.what == "The database server asks for a password"
    assert rights.what == "The user has not the rights it needs"
    assert rights.next_step == "let this user make tables: GRANT CREATE ON DATABASE … TO …"


def test_a_file_that_is_no_database_or_cannot_be_opened(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "epos.db").write_text("till,amount\n" * 100)
    store = open_store(tmp_path, "epos", environment={})
    assert str(told(store)).splitlines() == [
        "The file is no SQLite database", f"  where   {store.path}", "  found   file is not a database",
        "  next    move it away, or name another file",
    ]  # fmt: skip
    folder = open_store(tmp_path, "x", environment={"DATABASE_URL": f"sqlite:///{tmp_path}/data"})
    assert told(folder).what == "The database file cannot be opened"


def test_a_full_disk_is_told_and_the_store_is_whole_after_it(small_disk, tmp_path):
    import pyarrow as pa

    from shoplib.store import moving

    store = open_store(small_disk, "x", environment={"DATABASE_URL": "sqlite:///x.db"})
    with pytest.raises(StoreError, match=r"^The disk is full"):
        upgrade(store)
        with transaction(store) as bulk:
            names = [f"{row:060}" for row in range(50_000)]
            rows = {"organization_id": names, "organization_name": names, "currency": names}
            bulk.append("organizations", pa.table(rows))
    if version(store):
        assert set(moving.row_hashes(store).values()) == {"0" * 32}
