"""Transactions of the lasting store: the same in SQLite and PostgreSQL."""

import datetime as dt

import pyarrow as pa
import pytest

from shoplib.contracts import convert
from shoplib.errors import StoreError
from shoplib.store.database import transaction

ORGANIZATION = pa.table({"organization_id": ["o"], "organization_name": ["Harbour & Hill"], "currency": ["GBP"]})


def organizations(store) -> list[str]:
    with transaction(store) as bulk:
        return bulk.frame("organizations")["organization_id"].to_list()


def test_what_was_appended_is_there_and_what_failed_is_not(any_store):
    with transaction(any_store) as bulk:
        assert bulk.append("organizations", ORGANIZATION) == 1
    with pytest.raises(ZeroDivisionError), transaction(any_store) as bulk:
        bulk.execute("DELETE FROM organizations")
        raise ZeroDivisionError
    assert organizations(any_store) == ["o"]


def test_references_are_enforced(any_store):
    with pytest.raises(StoreError), transaction(any_store) as bulk:
        bulk.append("organizations", ORGANIZATION)
        bulk.append("employees", pa.table({"employee_id": ["e"], "location_id": ["nowhere"]}))
    assert organizations(any_store) == []


def test_staged_instants_compare_with_declared_ones(any_store):
    moments = pa.array([dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)], pa.timestamp("us", tz="UTC"))
    with transaction(any_store) as bulk:
        line = {"number": [1], "at": moments, "event": ["a"], "details": ["{}"], "previous_hash": [""], "hash": [""]}
        bulk.append("audit_log", pa.table(line))
        bulk.stage("seen", pa.table({"at": moments, "mark": ["x"]}))
        found = bulk.fetch("SELECT mark FROM audit_log JOIN seen ON seen.at = audit_log.at WHERE number = ?", (1,))
        assert found.column("mark").to_pylist() == ["x"]
        moment = dt.datetime(2024, 3, 31, 0, 30, tzinfo=dt.UTC)
        assert bulk.execute("UPDATE audit_log SET event = ? WHERE at = ?", ("b", moment)) == 1
        assert bulk.frame("audit_log")["at"].to_list() == [moment]


def test_columns_that_begin_with_thousands_of_missing_values_keep_their_type(any_store, shop):
    many = 3_000
    ids = [f"p{row:05}" for row in range(many)]
    products = pa.table(
        {
            "product_id": ids, "product_name": ids,
            "product_category": pa.array([None] * (many - 1) + ["ale"], pa.string()),
            "unit_price_minor": pa.array([None] * (many - 1) + [2**62], pa.int64()),
        }
    )  # fmt: skip
    with transaction(any_store) as bulk:
        assert bulk.append("products", products) == many
        back = list(bulk.batches("products", rows=1_000))
        whole = bulk.table("products")
    assert pa.concat_tables(back).equals(whole)
    assert whole.select(products.column_names).to_pydict() == products.to_pydict()
    assert whole.column("extra").null_count == many
    if any_store.dialect == "sqlite":
        assert max(part.num_rows for part in back) <= 1_000


def test_texts_are_ordered_by_their_bytes_and_kept_as_they_are(any_store):
    names = ["Zoë", "abc", "ÄB", "a b", "a-b", "", "'; DROP TABLE products; --", "日本", "\U0001f37a", "tab\tline\nend"]
    with transaction(any_store) as bulk:
        bulk.append("products", pa.table({"product_id": names, "product_name": names}))
        found = bulk.frame("products")["product_name"].to_list()
        assert bulk.frame("products", "product_id = ?", ("'; DROP TABLE products; --",)).shape[0] == 1
    assert found == sorted(names, key=str.encode)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("quantity", [0.1, 1e-300, 2.5e17, 3.0, -1.7976931348623157e308]),
        ("line_total_minor", [0, -(2**63), 2**63 - 1, 7, -1]),
    ],
)
def test_numbers_come_back_to_the_last_digit(any_store, shop, column, values):
    lines = convert.to_arrow("transaction_items", shop["transaction_items"]).slice(0, 1)
    with transaction(any_store) as bulk:
        for name in ("organizations", "locations", "products", "import_jobs", "transactions"):
            bulk.append(name, convert.to_arrow(name, shop[name]))
        for line, value in enumerate(values, start=1):
            at, kind = lines.schema.get_field_index(column), lines.schema.field(column)
            row = lines.set_column(at, kind, pa.array([value], kind.type))
            number = row.schema.get_field_index("line_number")
            bulk.append("transaction_items", row.set_column(number, row.schema.field(number), pa.array([line])))
        back = bulk.table("transaction_items").column(column).to_pylist()
    assert list(map(repr, back)) == list(map(repr, values))


def test_zero_has_no_sign(any_store):
    with transaction(any_store) as bulk:
        bulk.append("suppliers", pa.table({"supplier_id": ["s"], "supplier_name": ["s"], "stated_lead_days": [-0.0]}))
        assert repr(bulk.table("suppliers").column("stated_lead_days")[0].as_py()) == "0.0"
        assert bulk.execute("UPDATE suppliers SET stated_lead_days = ? WHERE supplier_id = ?", (None, "s")) == 1
        assert bulk.table("suppliers").column("stated_lead_days").null_count == 1


def test_days_and_instants_far_away_come_back(any_store):
    days = [dt.date(1, 1, 1), dt.date(1969, 12, 31), dt.date(9999, 12, 31)]
    moments = [dt.datetime(1900, 1, 1, microsecond=1, tzinfo=dt.UTC), dt.datetime(9999, 12, 31, tzinfo=dt.UTC)]
    hidden = pa.array(moments, pa.timestamp("us", tz="UTC"))
    with transaction(any_store) as bulk:
        customers = {"customer_id": ["a", "b", "c"], "joined": pa.array(days)}
        bulk.append("customers", pa.table(customers))
        log = {"number": [1, 2], "at": hidden, **{name: ["", ""] for name in ("event", "details", "hash")}}
        bulk.append("audit_log", pa.table({**log, "previous_hash": ["", ""]}))
        assert bulk.table("customers").column("joined").to_pylist() == days
        assert bulk.table("audit_log").column("at").to_pylist() == moments
        assert bulk.table("customers", "joined < ?", (dt.date(1970, 1, 1),)).num_rows == 2


def test_marks_within_texts_names_and_remarks_are_no_parameters(any_store):
    with transaction(any_store) as bulk:
        asked = "SELECT 'why?' AS \"what?\" -- really?\n WHERE 1 = ? AND 'b' = ?"
        assert bulk.fetch(asked, (1, "b")).to_pylist() == [{"what?": "why?"}]


def test_the_same_key_twice_and_a_missing_value_are_refused_with_what_they_are(any_store):
    with pytest.raises(StoreError) as caught, transaction(any_store) as bulk:
        bulk.append("organizations", pa.concat_tables([ORGANIZATION, ORGANIZATION]))
    assert caught.value.what == "Rows do not fit the store"
    assert "UNIQUE constraint" in caught.value.found or "duplicate key" in caught.value.found
    with pytest.raises(StoreError) as caught, transaction(any_store) as bulk:
        bulk.append("organizations", ORGANIZATION.drop_columns(["currency"]))
    assert caught.value.what == "Rows do not fit the store"
    assert organizations(any_store) == []


def test_a_fault_of_ours_within_a_transaction_is_no_refusal(any_store):
    with pytest.raises(KeyError), transaction(any_store) as bulk:
        bulk.append("organisations", ORGANIZATION)
    with pytest.raises(StoreError, match="The database refused a statement"), transaction(any_store) as bulk:
        bulk.execute("SELECT nothing FROM nowhere")
