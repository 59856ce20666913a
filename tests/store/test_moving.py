"""A store moved to the other database and back: the same rows, proved by hashes that see any change."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.contracts import convert, tables
from shoplib.errors import StoreError
from shoplib.store import migration, moving
from shoplib.store.database import Store, downgrade, open_store, transaction, upgrade

TEXTS = st.one_of(st.none(), st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])))


def fill(store: Store, shop) -> None:
    with transaction(store) as bulk:
        for name in migration.STORED:
            if name in shop:
                bulk.append(name, convert.to_arrow(name, shop[name]))


@pytest.fixture
def another(tmp_path) -> Store:
    return open_store(tmp_path / "another", "shop", environment={})


def test_a_store_arrives_as_it_went_and_comes_back(any_store, another, shop, tmp_path):
    fill(any_store, shop)
    proof = moving.move(any_store, another, batch_rows=1)
    assert proof.rows == {name: len(shop.get(name, ())) for name in migration.STORED}
    assert proof.hashes == moving.row_hashes(any_store) == moving.row_hashes(another)
    downgrade(any_store, "base")
    assert moving.move(another, any_store) == proof
    with transaction(any_store) as bulk:
        for name, frame in shop.items():
            assert bulk.table(name).equals(convert.to_arrow(name, frame).sort_by(
                [(key, "ascending") for key in tables.key_of(name)]))  # fmt: skip


def test_a_store_with_rows_is_not_moved_to(any_store, another, shop):
    fill(any_store, shop)
    upgrade(another)
    with transaction(another) as bulk:
        bulk.append("products", convert.to_arrow("products", shop["products"]))
    before = moving.row_hashes(another)
    with pytest.raises(StoreError) as caught:
        moving.move(any_store, another)
    assert str(caught.value).splitlines() == [
        "The store to move to has rows already", f"  where   {another.shown()}", "  found   products",
        "  wanted  a store without rows", "  next    name another database",
    ]  # fmt: skip
    assert moving.row_hashes(another) == before


def test_a_store_is_not_moved_onto_itself_or_from_an_old_version(any_store, another):
    with pytest.raises(StoreError, match="cannot be moved onto itself"):
        moving.move(any_store, any_store)
    downgrade(any_store, "0001")
    with pytest.raises(StoreError, match="not at the newest version"):
        moving.move(any_store, another)


def test_what_changes_on_the_way_is_found_and_nothing_stays(any_store, another, shop):
    fill(any_store, shop)
    upgrade(another)
    with transaction(another) as bulk:
        bulk.execute(
            "CREATE TRIGGER spoil AFTER INSERT ON products BEGIN UPDATE products SET product_name = 'Beer'; END"
        )
    with pytest.raises(StoreError, match="A table did not arrive as it went") as caught:
        moving.move(any_store, another)
    assert "products" in str(caught.value)
    assert set(moving.row_hashes(another).values()) == {"0" * 32}


def hashed(*columns: list[str | None]) -> str:
    found = moving.RowHash()
    found.add(pa.table({str(at): pa.array(values, pa.string()) for at, values in enumerate(columns)}))
    return found.digest


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=6), st.randoms())
def test_rows_in_another_order_hash_alike_and_other_rows_do_not(rows, chance):
    mixed = chance.sample(rows, len(rows))
    assert hashed(*map(list, zip(*mixed, strict=True))) == hashed(*map(list, zip(*rows, strict=True)))
    first, *others = rows
    changed = [(first[1], first[0]) if first[0] != first[1] else ((first[0] or "") + "x", first[1]), *others]
    assert hashed(*map(list, zip(*changed, strict=True))) != hashed(*map(list, zip(*rows, strict=True)))


@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
def test_a_doubled_row_is_seen(rows):
    assert hashed(*map(list, zip(*rows, rows[0], strict=True))) != hashed(*map(list, zip(*rows, strict=True)))


def test_where_a_text_ends_and_another_begins_is_seen():
    assert hashed(["1:a\x1f1:b"], [None]) != hashed(["1:a"], ["1:b"])
    assert hashed(["\x00"], ["a"]) != hashed([None], ["a"])
    assert hashed([""], ["a"]) != hashed([None], ["a"])
