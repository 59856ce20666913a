"""``shoplib db``: what a person types and is told, with SQLite and with PostgreSQL."""

import sqlite3

import pytest

from shoplib import cli
from shoplib.contracts import convert
from shoplib.store import migration, model
from shoplib.store.database import Store, open_store, reading, transaction


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_store(request, workbook, monkeypatch) -> Store:
    """Return the store of the scenario epos of a workbook one stands in; it is not there yet."""
    monkeypatch.chdir(workbook)
    environment = {}
    if request.param == "postgresql":
        import psycopg

        url = request.getfixturevalue("postgres_url")
        with psycopg.connect(url, autocommit=True) as server:
            server.execute("DROP SCHEMA IF EXISTS epos CASCADE")
        environment = {"DATABASE_URL": url}
        monkeypatch.setenv("DATABASE_URL", url)
    else:
        monkeypatch.delenv("DATABASE_URL", raising=False)
    return open_store(workbook, "epos", environment=environment)


@pytest.fixture
def say(capsys):
    """Run a command and return its exit code with the lines it wrote to both outputs."""

    def run(*words: str) -> tuple[int, list[str]]:
        code = cli.main(["db", *words])
        written = capsys.readouterr()
        return code, (written.out + written.err).splitlines()

    return run


def put(store: Store, shop, *names: str) -> None:
    with transaction(store) as bulk:
        for name in names:
            bulk.append(name, convert.to_arrow(name, shop[name]))


def forget_organizations(store: Store) -> None:
    """Delete a row that others refer to, as a program does that enforces no references."""
    if store.dialect == "sqlite":
        with sqlite3.connect(store.path) as plain:
            plain.execute("DELETE FROM organizations")
        plain.close()
        return
    with transaction(store) as bulk:
        bulk.execute("ALTER TABLE locations DROP CONSTRAINT locations_organization_id_fkey")
        bulk.execute("DELETE FROM organizations")


def test_a_store_is_made_moved_through_its_versions_and_dropped(shop_store, say, shop):
    shown = shop_store.shown()
    assert say("version", "epos") == (0, [f"{shown}: no store yet, the newest is 0003"])
    assert say("create", "epos") == (0, [f"{shown}: made, version 0003"])
    assert say("create", "epos") == (0, [f"{shown}: was there already, version 0003"])
    assert say("downgrade", "epos") == (0, [f"{shown}: version 0003 → 0002"])
    assert say("downgrade", "epos", "0001") == (0, [f"{shown}: version 0002 → 0001"])
    assert say("version", "epos") == (0, [f"{shown}: version 0001, the newest is 0003"])
    assert say("upgrade", "epos", "0002") == (0, [f"{shown}: version 0001 → 0002"])
    assert say("upgrade", "epos") == (0, [f"{shown}: version 0002 → 0003"])
    assert say("create", "epos", "--drop") == (0, [f"{shown}: made, version 0003"])
    put(shop_store, shop, "organizations", "products")
    assert say("create", "epos", "--drop") == (2, [
        "The store has rows; nothing was removed", f"  where   {shown}", "  found   2 rows in organizations, products",
        "  next    to remove them for good, add --yes-delete-all-rows",
    ])  # fmt: skip
    assert say("create", "epos", "--drop", "--yes-delete-all-rows") == (0, [f"{shown}: made, version 0003"])
    with reading(shop_store) as bulk:
        assert not any(bulk.count(name) for name in migration.STORED)


def test_versions_below_the_first_and_unknown_ones_are_refused(shop_store, say):
    assert say("create", "epos")[0] == 0
    assert say("downgrade", "epos", "0001")[0] == 0
    assert say("downgrade", "epos") == (2, [
        "There is no version below the first", f"  where   {shop_store.shown()}", "  found   0001",
        "  next    to remove the store: shoplib db create SCENARIO --drop",
    ])  # fmt: skip
    assert say("upgrade", "epos", "0099")[0] == 2


def test_the_check_tells_what_is_there_and_what_is_wrong(shop_store, say, shop):
    assert say("check", "epos") == (1, [
        f"{shop_store.shown()}, version none", "fault: there is no store; make it with  shoplib db create",
    ])  # fmt: skip
    say("create", "epos")
    put(shop_store, shop, "organizations", "locations")
    code, lines = say("check", "epos")
    assert code == 0
    assert lines[0] == f"{shop_store.shown()}, version 0003"
    assert lines[-1] == "references, version and file are sound"
    assert [line.split()[:2] for line in lines[1:3]] == [["organizations", "1"], ["locations", "1"]]
    forget_organizations(shop_store)
    code, lines = say("check", "epos")
    assert (code, lines[-1]) == (1, "fault: locations.organization_id: 1 row name no row of organizations")
    say("downgrade", "epos")
    code, lines = say("check", "epos")
    assert (code, lines[-1]) == (1, "fault: it has version 0002, the newest is 0003: shoplib db upgrade")


def test_a_store_is_copied_to_a_file_or_to_what_a_variable_names(shop_store, say, shop, workbook, monkeypatch):
    say("create", "epos")
    put(shop_store, shop, "organizations", "locations", "products")
    code, lines = say("move", "epos", "--to", "copy.db")
    assert code == 0
    assert lines[-3:] == [
        shop_store.shown(), f"  → {workbook / 'copy.db'}",
        "every table has the same rows on both sides; the first is as it was",
    ]  # fmt: skip
    assert lines[:-3] == say("check", "epos")[1][1:-1]
    monkeypatch.setenv("OTHER_URL", "sqlite:///copy.db")
    code, lines = say("move", "epos", "--to", "OTHER_URL")
    assert (code, lines[0]) == (2, "The store to move to has rows already")


@pytest.mark.parametrize("shop_store", ["sqlite"], indirect=True)
def test_an_address_on_the_command_line_and_a_variable_that_is_not_set_are_refused(shop_store, say, monkeypatch):
    say("create", "epos")
    code, lines = say("move", "epos", "--to", "postgresql://ann:secret@host/x")
    assert code == 2
    assert lines == [
        "An address does not belong on a command line, which others can read", "  where   --to",
        "  wanted  the name of an environment variable that holds it, or a SQLite file",
        "  next    export NEW_DATABASE_URL=…  and say  --to NEW_DATABASE_URL",
    ]  # fmt: skip
    monkeypatch.delenv("NOT_SET", raising=False)
    code, lines = say("move", "epos", "--to", "NOT_SET")
    assert (code, lines[0]) == (2, "The environment variable is not set")


def test_the_picture_of_a_store_shows_what_is_declared(shop_store, say):
    assert say("model", "epos")[0] == 2
    say("create", "epos")
    code, lines = say("model", "epos")
    assert code == 0
    assert lines[0] == f"# Data model of {shop_store.shown()}, version 0003"
    assert "\n".join(lines[3 : lines.index("```", 3)]) == model.mermaid(model.declared())
    page = model.page().splitlines()
    told = [line for line in lines if not line.startswith(("| says", "# "))]
    assert [line for line in page[page.index("```mermaid") :] if not line.startswith("| says")] == told[1:]


def test_a_store_that_is_written_to_is_code_4(shop_store, say, monkeypatch):
    say("create", "epos")
    say("downgrade", "epos")
    monkeypatch.setattr(migration.upgrade, "__kwdefaults__", {"wait_s": 0.0})
    with transaction(shop_store):
        code, lines = say("upgrade", "epos")
    assert (code, lines[0]) == (4, "Another program is writing to the store")
