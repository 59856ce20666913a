"""Versions of the lasting store: up, down and up again, in SQLite and PostgreSQL."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from shoplib.contracts import convert, tables
from shoplib.contracts.columns import Table
from shoplib.errors import ConfigError, StoreError
from shoplib.store import address, migration, moving
from shoplib.store.database import downgrade, transaction, upgrade, version

AT_0001 = {"extra", "mended_by", "mapping_version", "started_at", "ended_at", "log_path"}


def fill(store, shop) -> None:
    with transaction(store) as bulk:
        for name in migration.STORED:
            if name in shop:
                bulk.append(name, convert.to_arrow(name, shop[name]))


def connected(store) -> sa.Engine:
    options = {"connect_args": {"options": f"-csearch_path={store.schema}"}} if store.schema else {}
    return sa.create_engine(store.url, **options)


def indexes(store) -> set[str]:
    engine = connected(store)
    look = sa.inspect(engine)
    found = {index["name"] for name in look.get_table_names() for index in look.get_indexes(name)}
    engine.dispose()
    return found


def test_the_schema_is_the_declared_one(any_store):
    declared = sa.MetaData()
    for name in migration.STORED:
        Table.metadata.tables[name].to_metadata(declared)
    engine = connected(any_store)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, declared) == []
    engine.dispose()
    assert version(any_store) == migration.head()
    assert set(migration.STORED) == {*migration.FACTS, "import_repeats", "row_identities", "audit_log"}


def test_upgrading_again_changes_nothing(any_store, shop):
    fill(any_store, shop)
    before = moving.row_hashes(any_store)
    upgrade(any_store)
    assert moving.row_hashes(any_store) == before


def test_down_and_up_again_keeps_every_row_whose_columns_stay(any_store, shop):
    fill(any_store, shop)
    before = moving.row_hashes(any_store)
    for step in reversed(migration.versions()[:-1]):
        downgrade(any_store, step)
        assert version(any_store) == step
    assert indexes(any_store) == set()
    with transaction(any_store) as bulk:
        assert not bulk.has("row_identities")
        assert bulk.count("transactions") == 2
        found = bulk.fetch("SELECT * FROM import_jobs").column_names
        assert set(found) == set(tables.declared("import_jobs").__table__.columns.keys()) - AT_0001
    for step in migration.versions()[1:]:
        upgrade(any_store, step)
        assert version(any_store) == step
    assert moving.row_hashes(any_store) == before
    assert indexes(any_store) == {i.name for name in migration.STORED for i in Table.metadata.tables[name].indexes}


def test_downgrading_to_base_leaves_no_table_and_a_new_start(any_store, shop):
    fill(any_store, shop)
    downgrade(any_store, "base")
    assert version(any_store) == ""
    engine = connected(any_store)
    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
    upgrade(any_store)
    assert set(moving.row_hashes(any_store).values()) == {"0" * 32}


def test_a_version_that_fails_half_way_leaves_the_one_before(any_store):
    downgrade(any_store, "0001")
    with transaction(any_store) as bulk:
        bulk.execute("CREATE TABLE audit_log (number BIGINT)")
    with pytest.raises(StoreError, match="audit_log"):
        upgrade(any_store)
    assert version(any_store) == "0001"
    with transaction(any_store) as bulk:
        assert not bulk.has("row_identities")
        bulk.execute("DROP TABLE audit_log")
    upgrade(any_store)
    assert version(any_store) == migration.head()


def test_versions_that_are_not_there_and_ways_that_do_not_lead_there_are_refused(any_store):
    with pytest.raises(ConfigError) as caught:
        upgrade(any_store, "9999")
    assert str(caught.value).splitlines() == [
        "The store has no such version", "  found   9999", "  wanted  0001, 0002, 0003, head, base",
    ]  # fmt: skip
    with pytest.raises(StoreError) as told:
        upgrade(any_store, "0001")
    assert str(told.value).splitlines() == [
        "The store cannot be moved that way", f"  where   {any_store.shown()}", "  found   it has version 0003",
        "  wanted  a lower version than 0001", "  next    shoplib db downgrade 0001",
    ]  # fmt: skip


def test_tables_of_other_people_are_not_taken_over(any_store):
    downgrade(any_store, "base")
    with transaction(any_store) as bulk:
        bulk.execute("CREATE TABLE products (id BIGINT)")
    with pytest.raises(StoreError, match="tables of these names that are no store"):
        upgrade(any_store)


def test_every_version_has_its_own_copy_of_what_it_makes():
    assert migration.statements("sqlite", "", "0003") == [
        *migration.statements("sqlite", "", "0001"), *migration.statements("sqlite", "0001", "0002"),
        *migration.statements("sqlite", "0002", "0003"),
    ]  # fmt: skip


QUESTIONS = {
    "ix_transactions_business_date_location_id":
        "SELECT sum(total_amount_minor) FROM transactions WHERE business_date = ? AND location_id = 'bar'",
    "ix_transactions_customer_id_business_date": "SELECT * FROM transactions WHERE customer_id = 'c'",
    "ix_transactions_import_id_source_row": "SELECT * FROM transactions WHERE import_id = 'i' AND source_row = 7",
    "ix_transaction_items_product_id_quantity_line_total_minor":
        "SELECT sum(line_total_minor) FROM transaction_items WHERE product_id = 'ale'",
    "ix_transaction_items_import_id_source_row": "SELECT * FROM transaction_items WHERE import_id = 'i'",
    "ix_rejected_rows_rule_import_id": "SELECT * FROM rejected_rows WHERE rule = 'total'",
    "ix_import_jobs_source_name_file_sha256":
        "SELECT import_id FROM import_jobs WHERE source_name = 's' AND file_sha256 = 'x'",
    "ix_purchase_orders_supplier_id_ordered_on": "SELECT * FROM purchase_orders WHERE supplier_id = 's'",
    "ix_purchase_order_lines_product_id": "SELECT * FROM purchase_order_lines WHERE product_id = 'ale'",
    "ix_stock_movements_product_id_location_id_business_date":
        "SELECT sum(quantity) FROM stock_movements WHERE product_id = 'ale' AND location_id = 'bar'",
    "ix_visits_business_date_location_id": "SELECT count(*) FROM visits WHERE business_date = ?",
    "row_identities": "SELECT content FROM row_identities WHERE key_a = 1 AND key_b = 2",
    "rejected_rows": "SELECT * FROM rejected_rows WHERE import_id = 'i'",
}  # fmt: skip


def test_each_named_index_answers_the_question_it_is_for(any_store):
    explain = "EXPLAIN QUERY PLAN" if any_store.dialect == "sqlite" else "EXPLAIN"
    engine = connected(any_store)
    with engine.connect() as connection:
        if any_store.dialect == "postgresql":
            connection.execute(sa.text("SET enable_seqscan = off"))  # a table without rows is read through otherwise
        for index, question in QUESTIONS.items():
            asked = question.replace("?", "'2024-03-30'")
            plan = " ".join(str(row) for row in connection.execute(sa.text(f"{explain} {asked}")))
            key = {"sqlite": "PRIMARY KEY" if index == "row_identities" else f"sqlite_autoindex_{index}_1",
                   "postgresql": f"{index}_pkey"}[any_store.dialect]  # fmt: skip
            assert (index if index.startswith("ix_") else key) in plan
    engine.dispose()
    named = {index for index in QUESTIONS if index.startswith("ix_")}
    assert named == indexes(any_store)


@pytest.mark.parametrize("any_store", ["postgresql"], indirect=True)
def test_postgresql_says_what_each_column_means(any_store):
    engine = connected(any_store)
    said = {column["name"]: column["comment"] for column in sa.inspect(engine).get_columns("transactions")}
    engine.dispose()
    assert said["business_date"] == "trading day of its location"


def test_no_store_has_no_version(tmp_path):
    store = address.open_store(tmp_path, "shop", environment={})
    assert version(store) == ""
    assert list(tmp_path.iterdir()) == []
