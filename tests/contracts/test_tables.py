"""The declarations themselves, and what is derived from them."""

import datetime as dt

import pyarrow as pa
import pytest
import sqlalchemy as sa

from shoplib.contracts import check, convert, describe, tables
from shoplib.contracts.columns import SENSITIVITIES, Table, UtcDateTime, column

COLUMNS = [(name, c) for name in tables.names() for c in tables.declared(name).__table__.columns]
each_column = pytest.mark.parametrize(("name", "declared"), COLUMNS, ids=[f"{name}.{c.name}" for name, c in COLUMNS])
each_table = pytest.mark.parametrize("name", tables.names())


@each_column
def test_column_says_what_it_means(name, declared):
    assert declared.comment.strip()
    assert "|" not in declared.comment  # it would break the page of tables
    assert declared.info["sensitivity"] in SENSITIVITIES
    assert not declared.primary_key or not declared.nullable


@each_column
def test_amounts_are_whole_and_suffixes_tell_the_type(name, declared):
    kind = convert.arrow_type(declared.type)
    if declared.name.endswith("_minor"):
        assert kind == pa.int64()
        assert declared.info["unit"] == "minor units"
    if declared.info["unit"] == "minor units":
        assert declared.name.endswith("_minor")
    assert (declared.name == "business_date") <= pa.types.is_date(kind)
    assert (declared.name == "timestamp") <= pa.types.is_timestamp(kind)
    assert (declared.info["unit"] == "UTC") == pa.types.is_timestamp(kind)


@each_table
def test_table_says_its_grain_and_has_a_key(name):
    declaration = tables.declared(name)
    assert declaration.__grain__.startswith("one ")
    assert declaration.__doc__.strip()
    key = tables.key_of(name)
    assert key
    assert set(key) <= set(convert.arrow_schema(name).names)
    assert declaration.__table__.metadata is Table.metadata


@each_table
def test_arrow_pandera_and_sql_agree(name):
    store = sa.create_engine("sqlite://")
    Table.metadata.create_all(store)
    kinds = {"VARCHAR": pa.string(), "BIGINT": pa.int64(), "DOUBLE": pa.float64(), "DATE": pa.date32(),
             "BOOLEAN": pa.bool_(), "DATETIME": pa.timestamp("us", tz="UTC")}  # fmt: skip
    in_sql = [(c["name"], kinds[str(c["type"])], c["nullable"]) for c in sa.inspect(store).get_columns(name)]
    store.dispose()
    assert [(field.name, field.type, field.nullable) for field in convert.arrow_schema(name)] == in_sql
    checked = check.pandera_schema(name).columns
    assert [(n, c.nullable) for n, c in checked.items()] == [(n, nullable) for n, _, nullable in in_sql]


def test_parents_come_before_children():
    order = tables.names()
    for name in order:
        for key in tables.declared(name).__table__.foreign_keys:
            parent, target = key.target_fullname.split(".")
            assert order.index(parent) < order.index(name)
            assert tables.key_of(parent) == [target]


def test_unknown_table_names_the_nearest():
    with pytest.raises(KeyError) as caught:
        tables.declared("transacions")
    assert caught.value.args[0] == "no table 'transacions' is declared; did you mean 'transactions'?"
    with pytest.raises(KeyError) as caught:
        tables.declared("zzz")
    assert caught.value.args[0] == "no table 'zzz' is declared"


def test_page_of_tables_lists_every_column_once():
    page = describe.markdown()
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert len(rows) == len(COLUMNS)
    assert {line.count("|") for line in rows} == {6}
    assert "| `location_id` | String | where |  | → locations.location_id |" in page


def test_instant_without_a_zone_is_refused_before_it_is_stored():
    kind = UtcDateTime()
    naive = dt.datetime(2024, 1, 1, 12)
    with pytest.raises(ValueError, match=r"^2024-01-01 12:00:00 has no time zone; attach one before storing it$"):
        kind.process_bind_param(naive, None)
    india = naive.replace(tzinfo=dt.timezone(dt.timedelta(hours=5.5)))
    assert kind.process_bind_param(india, None) == dt.datetime(2024, 1, 1, 6, 30)
    assert kind.process_result_value(dt.datetime(2024, 1, 1, 6, 30), None) == india
    assert kind.process_bind_param(None, None) is kind.process_result_value(None, None) is None


def test_unknown_sensitivity_is_refused():
    with pytest.raises(ValueError, match="sensitivity 'secret' is none of"):
        column(sa.String(), "a", sensitivity="secret")


def test_type_without_an_arrow_twin_is_refused():
    with pytest.raises(TypeError, match="no Arrow type is known for"):
        convert.arrow_type(sa.JSON())
