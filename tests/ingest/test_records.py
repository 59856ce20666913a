"""Records beside the sales: each kind with a good row and every way to be set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shoplib.config.mapping import FIELDS
from shoplib.ingest.facts import Facts

TakeIn = Callable[..., Facts]
GOOD: dict[str, str] = {
    "customer": "K1,Ada,2024-01-05,A",
    "price": "tea,2024-01-05,2.50,1.20",
    "promotion": "O1,tea,Spring,,2024-03-01,2024-03-07,0.2",
    "supplier": "S1,Mill,York,2.5,7,100",
    "supplier_product": "S1,tea,1,1.20,12",
    "purchase_order": "B1,S1,A,2024-03-01,2024-03-04,,ordered",
    "purchase_order_line": "B1,tea,24,12,1.20",
    "movement": "M1,2024-03-01 09:30,A,tea,Sale,-2,T1",
    "count": "A,tea,2024-03-01,11,12.5",
    "visit": "V1,A,K1,2024-03-01 09:30,2024-03-01 09:40,",
}
TABLES = {
    "customer": "customers", "price": "product_prices", "promotion": "promotions", "supplier": "suppliers",
    "supplier_product": "supplier_products", "purchase_order": "purchase_orders",
    "purchase_order_line": "purchase_order_lines", "movement": "stock_movements", "count": "stock_counts",
    "visit": "visits",
}  # fmt: skip


def source(kind: str, *rows: str, **mapping: Any) -> tuple[dict[str, Any], str]:
    """Return a mapping whose columns are called as the fields are, and a file of some rows."""
    fields = FIELDS[kind]
    text = "\n".join((",".join(fields), *rows, ""))
    return {"rows": kind, "fields": {name: name for name in fields}, **mapping}, text


def everything() -> dict[str, tuple[dict[str, Any], str]]:
    return {f"{kind}s": source(kind, row) for kind, row in GOOD.items()}


def test_one_row_of_each_kind_fills_its_table(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    facts = taken(everything(), timezone="Asia/Kolkata")
    require_sound(facts)
    assert {kind: len(facts.tables()[name]) for kind, name in TABLES.items()} == dict.fromkeys(TABLES, 1)
    assert facts.import_jobs["money_in_minor"].isna().all() and facts.transactions.empty
    found = {name: frame.astype(object).where(frame.notna(), None) for name, frame in facts.tables().items()}
    assert found["purchase_order_lines"].iloc[0].tolist() == ["B1", "tea", 24.0, 12.0, 120, None]
    assert found["suppliers"].iloc[0].tolist() == ["S1", "Mill", "York", 2.5, 7, 10_000, None]
    assert found["purchase_orders"].iloc[0][["received_on", "order_status"]].tolist() == [None, "open"]
    moved = found["stock_movements"].iloc[0]
    assert (str(moved["timestamp"]), str(moved["business_date"].date())) == ("2024-03-01 04:00:00+00:00", "2024-03-01")
    assert (moved["movement"], moved["quantity"]) == ("sale", -2.0)
    stay = found["visits"].iloc[0]
    assert (str(stay["left"]), stay["visit_source"], stay["group_id"]) == ("2024-03-01 04:10:00+00:00", "log", None)


CASES = {
    "no key": ("customer", ",Ada,,", "empty_cell", "customer_id", "", "customer_id is empty"),
    "no day": ("price", "tea,,1,1", "empty_cell", "valid_from", "", "valid_from is empty"),
    "no such day": ("price", "tea,2024-02-30,1,1", "unreadable_time", "valid_from", "2024-02-30", "no ISO 8601 date"),
    "optional day": ("customer", "K2,,soon,", "unreadable_time", "joined", "soon", "this is no ISO 8601 date"),
    "time that is none": ("movement", "M2,noon,A,tea,sale,1,", "unreadable_time", "timestamp", "noon", "date and time"),
    "amount": ("supplier", "S2,Mill,,,,x", "unreadable_number", "minimum_order", "x", "this is not a number"),
    "currency": ("price", "tea,2024-01-01,€2,", "other_currency", "unit_price", "€2", "the sign of another currency"),
    "sign on a quantity": ("movement", "M2,2024-03-01,A,tea,sale,£1,", "unreadable_number", "quantity", "£1", "not a"),
    "half a pack": ("supplier_product", "S1,rum,1,1,2.5", "unreadable_number", "pack_units", "2.5", "from 1 on"),
    "no pack": ("supplier_product", "S1,rum,1,1,0", "unreadable_number", "pack_units", "0", "no whole number"),
    "no word": ("movement", "M2,2024-03-01,A,tea,gift,1,", "unknown_word", "movement", "gift", "nobody has explained"),
    "no status": ("purchase_order", "B2,S1,A,2024-03-01,,,lost", "unknown_word", "order_status", "lost", "nobody has"),
    "below nothing": ("count", "A,tea,2024-03-02,-1,", "below_minimum", "counted_units", "-1", "_units is below 0"),
    "cost below 0": ("price", "tea,2024-01-02,1,-1", "below_minimum", "unit_cost", "-1", "unit_cost is below 0"),
    "offer backwards": (
        "promotion", "O2,tea,,,2024-03-07,2024-03-01,", "ends_before_start", "starts, ends",
        "starts 2024-03-07, ends 2024-03-01", "ends is before starts",
    ),
    "left before": (
        "visit", "V2,A,,2024-03-01 10:00,2024-03-01 09:00,", "ends_before_start", "entered, left",
        "entered 2024-03-01 10:00, left 2024-03-01 09:00", "left is before entered",
    ),
    "strange supplier": ("supplier_product", "S9,tea,1,1,1", "unknown_reference", "supplier_id", "S9", "no supplier"),
    "strange order": ("purchase_order_line", "B9,tea,1,1,1", "unknown_reference", "order_id", "B9", "no order with"),
    "other content": ("customer", "K1,Bob,,", "conflict", "customer_id", "K1", "an earlier row has the same key"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_row_is_set_aside_with_its_reason(taken: TakeIn, require_sound: Callable[[Facts], None], case: str) -> None:
    kind, row, rule, column, found, reason = CASES[case]
    facts = taken({**everything(), f"{kind}s": source(kind, GOOD[kind], row)})
    require_sound(facts)
    assert len(facts.rejected_rows) == 1
    told = facts.rejected_rows.iloc[0]
    assert (told["source_row"], told["rule"], told["column_name"], told["found"]) == (2, rule, column, found)
    assert reason.replace("no whole number", "is not a whole number") in told["reason"]
    assert len(facts.tables()[TABLES[kind]]) == 1


def test_what_names_a_row_set_aside_is_set_aside_too(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    facts = taken({**everything(), "suppliers": source("supplier", "S1,,York,1,1,1")})
    require_sound(facts)
    assert facts.rejected_rows["rule"].tolist() == ["empty_cell", *["unknown_reference"] * 3]
    assert facts.purchase_order_lines.empty


def test_a_repeat_is_a_duplicate_in_whatever_file_it_comes(taken: TakeIn) -> None:
    first, again = (source("movement", GOOD["movement"], name="moves", key=key) for key in (["movement_id"], []))
    facts = taken({"one": first, "two": again, "three": (again[0], again[1] * 1)})
    assert facts.import_jobs["rows_duplicate"].tolist() == [0, 1, 1]


def test_one_day_written_in_two_ways_is_one_key(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    mapping, text = source(
        "count", "A,tea,05/03/2024,11,", "A,tea,5/3/2024,12,", key=["location_id", "product_id", "counted_on"]
    )
    mapping["fields"]["counted_on"] = {"columns": "counted_on", "format": "%d/%m/%Y"}
    facts = taken({"counts": (mapping, text)})
    require_sound(facts)
    assert facts.rejected_rows[["rule", "found"]].to_numpy().tolist() == [["conflict", "A tea 2024-03-05"]]
    assert facts.stock_counts["counted_units"].tolist() == [11.0]


def test_places_and_products_nobody_listed_are_added(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    goods = ({"rows": "product", "fields": {"product_id": "i", "product_name": "n"}}, "i,n\nrum,Rum\n")
    facts = taken({"goods": goods, "moves": source("movement", GOOD["movement"])})
    require_sound(facts)
    assert facts.products["product_name"].tolist() == ["Rum", "tea"]
    assert facts.locations["location_id"].tolist() == ["A"]
    assert facts.notes == ("1 product named in other files but not in the product file, added by id: tea",)


def test_records_without_a_place_belong_to_the_only_one(taken: TakeIn, require_sound: Callable[[Facts], None]) -> None:
    def placeless(kind: str, row: str) -> tuple[dict[str, Any], str]:
        mapping, _ = source(kind)
        fields = {name: column for name, column in mapping["fields"].items() if name != "location_id"}
        return {**mapping, "fields": fields}, ",".join(fields) + f"\n{row}\n"

    sources = {
        "moves": placeless("movement", "M1,2024-03-01 09:30,tea,sale,-2,"),
        "counts": placeless("count", "tea,2024-03-01,1,"),
        "stays": placeless("visit", "V1,,2024-03-01 09:30,,"),
    }
    facts = taken(sources)
    require_sound(facts)
    assert facts.locations["location_id"].tolist() == ["main"]
    place = ({"rows": "location", "fields": {"location_id": "i", "location_name": "n", "timezone": "z"}},
             "i,n,z\nQ,Quay,Asia/Kolkata\n")  # fmt: skip
    facts = taken({**sources, "places": place})
    require_sound(facts)
    assert set(facts.stock_movements["location_id"]) == set(facts.stock_counts["location_id"]) == {"Q"}
    assert str(facts.visits["entered"].iloc[0]) == "2024-03-01 04:00:00+00:00"


def test_each_place_keeps_its_own_business_day(taken: TakeIn) -> None:
    fields = {"location_id": "i", "location_name": "i", "timezone": "z", "day_start": "s"}
    place = ({"rows": "location", "fields": fields}, "i,z,s\nA,Asia/Kolkata,00:00\nB,Europe/London,04:00\n")
    rows = [f"{name},2024-06-02 01:30,{name},tea,sale,1," for name in "BA"]
    facts = taken({"places": place, "moves": source("movement", *rows)})
    assert facts.stock_movements["movement_id"].tolist() == ["A", "B"]
    assert facts.stock_movements["business_date"].astype(str).tolist() == ["2024-06-02", "2024-06-01"]
    assert facts.stock_movements["timestamp"].dt.strftime("%d %H:%M").tolist() == ["01 20:00", "02 00:30"]


def test_customers_are_all_that_a_file_a_sale_or_a_visit_names(
    taken: TakeIn, require_sound: Callable[[Facts], None]
) -> None:
    fields = {"transaction_id": "i", "timestamp": "at", "total_amount": "t", "customer_id": "k"}
    till = ({"rows": "transaction", "fields": fields}, "i,at,t,k\nT1,2024-03-01,5,K9\nT2,2024-03-01,5,\nT3,x,5,K8\n")
    stays = source("visit", "V1,A,K2,2024-03-01 09:30,,", "V2,A,,2024-03-01 09:30,,")
    facts = taken({"till": till, "stays": stays, "people": source("customer", "K5,Eve,2023-01-01,B")})
    require_sound(facts)
    assert facts.customers["customer_id"].tolist() == ["K2", "K5", "K9"]
    assert facts.customers["joined"].notna().tolist() == [False, True, False]
    assert facts.transactions["customer_id"].isna().tolist() == [False, True]
    assert facts.locations["location_id"].tolist() == ["A", "B", "main"]


def test_the_catalogue_takes_its_figures_from_the_price_list(taken: TakeIn) -> None:
    rows = ("tea,2024-02-01,3,", "tea,2024-01-01,2.50,1.20", "rum,2024-01-01,,4")
    goods = (
        {"rows": "product", "fields": {"product_id": "i", "product_name": "i", "unit_price": "p"}},
        "i,p\nrum,9\npie,\n",
    )
    facts = taken({"goods": goods, "prices": source("price", *rows)})
    figures = facts.products.astype(object).where(facts.products.notna(), None)
    assert figures[["product_id", "unit_price_minor", "unit_cost_minor"]].to_numpy().tolist() == [
        ["pie", None, None], ["rum", 900, 400], ["tea", 300, 120],
    ]  # fmt: skip
