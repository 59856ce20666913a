"""SQL over a run's tables reaches these tables and nothing else."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoplib.errors import StoreError
from shoplib.store import duck, files


@pytest.fixture
def folder(tmp_path, shop):
    """Return a folder with every table of the small shop."""
    place = tmp_path / "it's a folder"
    for name, frame in shop.items():
        files.write_table(place / f"{name}.parquet", name, frame)
    (place / "notes.txt").write_text("not a table")
    return place


def refusal(folder, sql: str) -> str:
    with pytest.raises(StoreError) as caught:
        duck.query(folder, sql)
    return str(caught.value)


def test_tables_are_named_after_their_files(folder, shop):
    with duck.connect(folder) as connection:
        assert {name for (name,) in connection.execute("show tables").fetchall()} == set(shop)
    answer = duck.query(
        folder,
        "select location_name, sum(total_amount_minor)::bigint as minor, count(*) as sales "
        "from transactions join locations using (location_id) group by all",
    )
    assert answer.to_dict("records") == [{"location_name": "Bar", "minor": 900, "sales": 2}]


def test_instants_are_utc_and_days_are_days(folder):
    answer = duck.query(folder, "select timestamp, business_date from transactions order by timestamp")
    assert answer["timestamp"].iloc[0] == pd.Timestamp("2024-03-31 00:30:00.25", tz="UTC")
    assert answer["business_date"].iloc[0] == pd.Timestamp("2024-03-30")
    hours = duck.query(folder, "select hour(timestamp) as h from transactions order by h")
    assert hours["h"].tolist() == [0, 12]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from '/etc/hostname'",
        "select * from read_text('/etc/hostname')",
        "select * from read_csv('/etc/hostname')",
        "select * from read_parquet('{folder}/products.parquet')",
        "select * from glob('{folder}/*')",
        "copy (select 1) to '{outside}/new.csv'",
        "copy (select 1 as product_id) to '{folder}/products.parquet'",
        "copy (select 1 as product_id) to '{folder}/products.parquet' (use_tmp_file false)",
        "export database '{outside}/all'",
        "import database '{outside}'",
        "attach '{outside}/new.db' as other",
        "attach ':memory:' as other; copy from database memory to other; attach '{outside}/x.db'",
        "install httpfs",
        "load httpfs",
        "load '{outside}/x.duckdb_extension'",
        "select * from 'https://example.org/a.parquet'",
        "set enable_external_access = true",
        "set allowed_directories = ['/']",
        "set lock_configuration = false",
        "reset enable_external_access",
        "pragma enable_profiling = 'json'; pragma profiling_output = '{outside}/p.json'",
        "set python_enable_replacements = true",
        "select * from files",
        "select * from pd",
        "select getenv('PATH')",
    ],
)
def test_sql_reaches_no_file_no_network_and_no_variable(folder, tmp_path, sql):
    before = files.sha256_tree(tmp_path)
    text = refusal(folder, sql.format(folder=str(folder).replace("'", "''"), outside=tmp_path))
    assert text.startswith("The query cannot be answered\n")
    assert files.sha256_tree(tmp_path) == before
    assert list(tmp_path.iterdir()) == [folder]


def test_wrong_sql_says_what_is_wrong_and_what_there_is(folder):
    (folder / "employees.parquet").unlink()
    assert refusal(folder, " select product_nam from products ") == (
        "The query cannot be answered\n"
        "  where   select product_nam from products\n"
        '  found   Binder Error: Referenced column "product_nam" not found in FROM clause!\n'
        '          Candidate bindings: "product_name", "product_id", "product_category", "unit_price_minor", '
        '"unit_cost_minor"\n'
        "\n"
        "          LINE 1: select product_nam from products\n"
        "                          ^^^^^^^^^^^\n"
        "  wanted  DuckDB SQL over customers, import_jobs, locations, organizations, product_prices, products, "
        "promotions, purchase_order_lines, purchase_orders, rejected_rows, stock_counts, stock_movements, "
        "supplier_products, suppliers, transaction_items, transactions, visits"
    )


def test_folder_without_tables(tmp_path):
    assert refusal(tmp_path / "none", "select 1") == (
        f"There are no tables to ask\n  where   {tmp_path}/none\n  found   no .parquet file\n"
        "  next    run the scenario first"
    )


def test_table_that_is_not_whole(folder):
    (folder / "products.parquet").write_bytes(b"PAR1")
    text = refusal(folder, "select 1")
    assert text.startswith(f"A table cannot be read\n  where   {folder}\n  found   ")
    assert text.endswith("\n  next    run the scenario again; that stage is repeated")


def test_a_filter_over_many_rows_gives_only_those(tmp_path):
    pq.write_table(pa.table({"n": range(100_000)}), tmp_path / "numbers.parquet", row_group_size=1_000)
    assert duck.query(tmp_path, "select n from numbers where n between 5 and 7 order by n")["n"].tolist() == [5, 6, 7]
    assert duck.query(tmp_path, "select sum(n)::bigint as s from numbers")["s"].tolist() == [4_999_950_000]
