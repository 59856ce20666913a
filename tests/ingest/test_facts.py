"""From files to tables: nothing is lost, order does not matter, references hold."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.contracts import check
from shoplib.errors import MappingError, SourceError
from shoplib.ingest.facts import Facts

TakeIn = Callable[..., Facts]
TILL: dict[str, Any] = {
    "rows": "transaction",
    "fields": {"transaction_id": "id", "timestamp": "at", "location_id": "shop", "total_amount": "total"},
}
ITEMS: dict[str, Any] = {
    "rows": "item",
    "fields": {"transaction_id": "id", "line_number": "no", "product_id": "what", "quantity": "q", "unit_price": "p"},
}
LINES: dict[str, Any] = {
    "rows": "line",
    "fields": {
        "transaction_id": "id", "timestamp": "at", "location_id": "shop", "product_id": "what", "quantity": "q",
        "unit_price": "p",
    },
}  # fmt: skip
HEADER = "id,at,shop,total\n"


def assert_declared(facts: Facts) -> None:
    for name, frame in facts.tables().items():
        check.checked(name, frame)
    assert set(facts.transactions["location_id"]) <= set(facts.locations["location_id"])
    assert set(facts.transactions["employee_id"].dropna()) <= set(facts.employees["employee_id"])
    assert set(facts.transaction_items["transaction_id"]) <= set(facts.transactions["transaction_id"])
    assert set(facts.transaction_items["product_id"]) <= set(facts.products["product_id"])
    assert set(facts.rejected_rows["import_id"]) <= set(facts.import_jobs["import_id"])


def assert_conserved(facts: Facts) -> None:
    jobs = facts.import_jobs
    parts = jobs[["rows_loaded", "rows_set_aside", "rows_duplicate"]].sum(axis=1)
    assert (jobs["rows_in"] == parts).all()
    money = jobs.dropna(subset=["money_in_minor"])
    parts = money[["money_loaded_minor", "money_set_aside_minor", "money_duplicate_minor"]].sum(axis=1)
    assert (money["money_in_minor"] == parts).all()
    assert len(facts.rejected_rows) == jobs["rows_set_aside"].sum()


def test_a_chain_of_five_files(taken: TakeIn) -> None:
    facts = taken(
        {
            "items": (ITEMS, "id,no,what,q,p\nT1,1,P1,2,1.50\nT1,2,P2,1,7\nT2,1,P9,1,5\n"),
            "till": (
                {**TILL, "fields": {**TILL["fields"], "employee_id": "who", "payment_method": "pay"}},
                "id,at,shop,total,who,pay\nT1,2024-06-01 01:30,A,10,E1,Cash\nT2,2024-06-01 01:30,B,5,E7,swap\n",
            ),
            "places": (
                {
                    "rows": "location",
                    "fields": {
                        "location_id": "i", "location_name": "n", "timezone": "z", "day_start": "s", "opens": "o",
                        "closes": "c",
                    },
                },
                "i,n,z,s,o,c\nA,Quay,Europe/London,04:00,18:00,02:00\nB,Pier,America/New_York,00:00,09:00,17:00\n",
            ),
            "people": (
                {"rows": "employee", "fields": {"employee_id": "i", "employee_name": "n", "location_id": "l"}},
                "i,n,l\nE1,Ada,A\n",
            ),
            "goods": (
                {"rows": "product", "fields": {"product_id": "i", "product_name": "n", "unit_price": "p"}},
                "i,n,p\nP1,Tea,1.75\nP2,Rum,\n",
            ),
        }
    )  # fmt: skip
    assert_declared(facts)
    assert_conserved(facts)
    sales = facts.transactions.set_index("transaction_id")
    assert sales["timestamp"].astype(str).to_dict() == {
        "T1": "2024-06-01 00:30:00+00:00", "T2": "2024-06-01 05:30:00+00:00",
    }  # fmt: skip
    assert sales["business_date"].astype(str).to_dict() == {"T1": "2024-05-31", "T2": "2024-06-01"}
    assert sales["local_hour"].tolist() == [1, 1] and sales["num_items"].tolist() == [2, 1]
    assert sales["payment_method"].to_dict() == {"T1": "cash", "T2": "other"}
    assert facts.locations[["opens_minute", "closes_minute"]].to_numpy().tolist() == [[1080, 1560], [540, 1020]]
    assert facts.products[["product_id", "product_name", "unit_price_minor"]].to_numpy().tolist() == [
        ["P1", "Tea", 175], ["P2", "Rum", 700], ["P9", "P9", 500],
    ]  # fmt: skip
    assert facts.notes == (
        "1 employee sold but not in the employee file, added by id: E7",
        "1 product sold but not in the product file, added by id: P9",
        "ways to pay of till that no word explains count as other: swap (1 row); explain them under "
        "fields.payment_method.words",
    )
    assert facts.transaction_items["line_total_minor"].tolist() == [300, 700, 500]


def test_items_of_transactions_that_are_not_there_are_set_aside(taken: TakeIn) -> None:
    facts = taken(
        {
            "till": (TILL, HEADER + "T1,2024-06-01,A,5\nT2,never,A,5\n"),
            "items": (ITEMS, "id,no,what,q,p\nT1,1,tea,1,5\nT2,1,tea,1,5\nT3,1,tea,1,4\n"),
        }
    )
    assert_conserved(facts)
    assert facts.rejected_rows[["rule", "found", "reason", "money_minor"]].to_numpy().tolist()[1:] == [
        ["unknown_transaction", "T2", "its transaction was set aside", 500],
        ["unknown_transaction", "T3", "no file has a transaction with this id", 400],
    ]


def test_lines_become_transactions(taken: TakeIn) -> None:
    facts = taken(
        {"lines": (LINES, "id,at,shop,what,q,p\nT1,2024-06-01 10:05,A,tea,2,1\nT1,2024-06-01 10:00,A,rum,1,3.5\n")}
    )
    assert_declared(facts)
    row = facts.transactions.iloc[0]
    assert (row["num_items"], row["total_amount_minor"], row["subtotal_minor"]) == (2, 550, 550)
    assert str(row["timestamp"]) == "2024-06-01 09:00:00+00:00"
    assert facts.transaction_items[["line_number", "product_id"]].to_numpy().tolist() == [[1, "rum"], [2, "tea"]]


def test_an_id_used_twice_is_a_conflict_not_a_merger(taken: TakeIn) -> None:
    facts = taken(
        {"lines": (LINES, "id,at,shop,what,q,p\nT1,2024-06-01 10:00,A,tea,2,1\nT1,2024-06-02 10:00,A,tea,1,3.5\n")}
    )
    assert facts.rejected_rows[["rule", "reason"]].to_numpy().tolist() == [
        [
            "conflict",
            "another sale has this id at another place, on another day or with another status; "
            "give transaction_id all columns that tell sales apart",
        ]
    ]
    both = {**LINES, "fields": {**LINES["fields"], "transaction_id": ["id", "at"]}}
    text = "id,at,shop,what,q,p\nT1,2024-06-01 10:00,A,tea,2,1\nT1,2024-06-02 10:00,A,tea,1,3.5\n"
    assert len(taken({"lines": (both, text)}).transactions) == 2


def test_lines_of_a_transaction_that_came_whole_are_a_conflict(taken: TakeIn) -> None:
    facts = taken(
        {
            "till": (TILL, HEADER + "T1,2024-06-01 10:00,A,5\n"),
            "lines": (LINES, "id,at,shop,what,q,p\nT1,2024-06-01 10:00,A,tea,1,5\n"),
        }
    )
    assert facts.rejected_rows["reason"].tolist() == [
        "another file has this transaction as a whole; map its lines as rows: item"
    ]


def test_rows_without_an_id_get_one_from_their_content(taken: TakeIn) -> None:
    mapping = {"rows": "transaction", "fields": {"timestamp": "at", "total_amount": "total"}, "key": ["no"]}
    text = "no,at,total\n1,2024-06-01 10:00,5\n2,2024-06-01 10:00,5\n"
    one = taken({"till": (mapping, text)}).transactions["transaction_id"]
    assert one.is_unique and len(one) == 2
    again = taken({"till": (mapping, "no,at,total\n2,2024-06-01 10:00,5\n1,2024-06-01 10:00,5\n")})
    assert sorted(again.transactions["transaction_id"]) == sorted(one)


def test_bare_dates_have_no_hour(taken: TakeIn) -> None:
    facts = taken({"till": (TILL, HEADER + "T1,2024-06-01,A,5\n")})
    assert_declared(facts)
    assert facts.transactions["local_hour"].isna().tolist() == [True]
    assert str(facts.transactions["business_date"].iloc[0].date()) == "2024-06-01"


def test_without_any_place_everything_happens_at_main(taken: TakeIn) -> None:
    mapping = {"rows": "transaction", "fields": {"timestamp": "at", "total_amount": "total"}}
    facts = taken({"till": (mapping, "at,total\n2024-06-01 10:00,5\n")})
    assert facts.locations[["location_id", "location_name"]].to_numpy().tolist() == [["main", "Corner"]]
    assert facts.transactions["payment_method"].tolist() == ["unknown"]
    found = facts.transactions[["payment_status", "transaction_status"]]
    assert found.to_numpy().tolist() == [["unknown", "completed"]]


def test_amounts_a_file_leaves_out_are_filled_in(taken: TakeIn) -> None:
    fields = {**TILL["fields"], "subtotal": "sub"}
    facts = taken({"till": ({**TILL, "fields": fields}, "id,at,shop,total,sub\nT1,2024-06-01,A,12,10\n")})
    assert facts.transactions[["subtotal_minor", "tax_total_minor"]].to_numpy().tolist() == [[1000, 200]]
    fields = {**TILL["fields"], "tax_total": "tax"}
    facts = taken({"till": ({**TILL, "fields": fields}, "id,at,shop,total,tax\nT1,2024-06-01,A,12,2\n")})
    assert facts.transactions[["subtotal_minor", "tax_total_minor"]].to_numpy().tolist() == [[1000, 200]]


def test_only_four_digits_of_a_card_are_kept(taken: TakeIn) -> None:
    mapping = {**TILL, "fields": {**TILL["fields"], "card_last_four": "card"}}
    facts = taken({"till": (mapping, "id,at,shop,total,card\nT1,2024-06-01,A,12,4111111111111234\n")})
    assert facts.transactions["card_last_four"].tolist() == ["1234"]


def test_the_same_rows_in_another_file_are_duplicates(taken: TakeIn) -> None:
    text = HEADER + "T1,2024-06-01,A,5\nT2,2024-06-01,A,6\n"
    facts = taken({"june": ({**TILL, "name": "till"}, text), "again": ({**TILL, "name": "till"}, text)})
    assert_conserved(facts)
    assert facts.import_jobs["rows_duplicate"].tolist() == [0, 2]
    assert facts.import_jobs["money_duplicate_minor"].tolist() == [0, 1100]
    assert len(facts.transactions) == 2


def test_too_much_dirt_stops_before_anything_is_returned(taken: TakeIn, tmp_path: Path) -> None:
    rows = [f"T{i},2024-06-01 10:00,A,{'x' if i < 4 else 5}" for i in range(18)]
    rows += ["T18,2024-13-01,A,7", "T19,2024-06-01,A,5,6"]
    with pytest.raises(SourceError) as caught:
        taken({"till": (TILL, HEADER + "\n".join(rows))}, share=0.1)
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        'Too many rows of source "till" cannot be loaded\n'
        "  unreadable_number: 4 rows\n"
        '    row 1, total: "x": this is not a number with decimal mark ".", no thousands mark\n'
        '    row 2, total: "x": this is not a number with decimal mark ".", no thousands mark\n'
        '    row 3, total: "x": this is not a number with decimal mark ".", no thousands mark\n'
        "  row_shape: 1 row\n"
        '    row 20: 5 fields: "T19,2024-06-01,A,5,6"\n'
        "  unreadable_time: 1 row\n"
        '    row 19, at: "2024-13-01": this is no ISO 8601 date and time\n'
        "  where   FOLDER/till.csv\n"
        "  found   6 rows of 20 (30.0%), £7.00\n"
        "  wanted  at most 10.0% of the rows (ingest.max_set_aside_share)\n"
        "  next    check file.decimal and file.thousands in the mapping"
    )


def test_skipped_rows_do_not_count_as_dirt(taken: TakeIn) -> None:
    mapping = {**TILL, "skip": {"id": ["Total"]}}
    facts = taken({"till": (mapping, HEADER + "T1,2024-06-01,A,5\nTotal,,,5\n")}, share=0.0)
    assert facts.import_jobs[["rows_loaded", "rows_set_aside", "money_set_aside_minor"]].to_numpy().tolist() == [
        [1, 1, 500]
    ]


def test_each_source_needs_its_file() -> None:
    from shoplib.config.mapping import Mapping
    from shoplib.config.models import Ingest, Shop
    from shoplib.ingest.facts import take_in

    source = {"kind": "csv", "name": "till", "path": "x.csv", "mapping": "m"}
    with pytest.raises(SourceError) as caught:
        take_in(Shop(), Ingest.model_validate({"sources": [source]}), {"m": Mapping.model_validate(TILL)}, {})
    assert str(caught.value) == (
        'No file was given for source "till"\n  found   no files\n  next    give each source of ingest.sources its file'
    )


def test_items_need_an_amount(taken: TakeIn, tmp_path: Path) -> None:
    fields = {"transaction_id": "id", "product_id": "what", "quantity": "q"}
    with pytest.raises(MappingError) as caught:
        taken({"items": ({"rows": "item", "fields": fields}, "id,what,q\nT1,tea,1\n")})
    assert str(caught.value).replace(str(tmp_path), "FOLDER") == (
        "Mapping items gives its lines no amount\n"
        "  where   FOLDER/items.csv\n"
        "  found   id, what, q\n"
        "  wanted  line_total, or unit_price\n"
        "  next    map one of them under fields"
    )


cells = st.tuples(
    st.sampled_from(["T1", "T2", "T3", "T4", ""]),
    st.sampled_from(["2024-06-01 10:00", "2024-06-01 12:30", "2024-10-27 01:30", "2024-13-01", ""]),
    st.sampled_from(["A", "B", ""]),
    st.sampled_from(["tea", "rum", ""]),
    st.sampled_from(["1", "2", "0.5", "-1", "x"]),
    st.sampled_from(["1.005", "2.50", "0", "x", "£3", "$3"]),
    st.sampled_from(["", "", "", ",surplus"]),
)


def as_lines(rows: list[tuple[str, ...]]) -> str:
    return "id,at,shop,what,q,p\n" + "".join(",".join(row[:6]) + row[6] + "\n" for row in rows)


def as_till(rows: list[tuple[str, ...]]) -> str:
    return HEADER + "".join(",".join((*row[:3], row[5])) + row[6] + "\n" for row in rows)


@settings(max_examples=20, deadline=None)
@given(rows=st.lists(cells, min_size=1, max_size=12), kind=st.sampled_from(["line", "transaction"]))
def test_nothing_is_lost_from_random_files(take_into: TakeIn, rows: list[tuple[str, ...]], kind: str) -> None:
    mapping, text = (LINES, as_lines(rows)) if kind == "line" else (TILL, as_till(rows))
    with tempfile.TemporaryDirectory() as folder:
        facts = take_into(Path(folder), {"sales": (mapping, text)})
    assert_declared(facts)
    assert_conserved(facts)
    job = facts.import_jobs.iloc[0]
    assert job["rows_in"] == len(rows)
    assert facts.transactions["total_amount_minor"].sum() == job["money_loaded_minor"]


def without_origin(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.drop(columns=["import_id", "source_row"], errors="ignore")


good_cells = st.tuples(
    st.sampled_from(["T1", "T2", "T3"]), st.sampled_from(["tea", "rum", "pie"]), st.sampled_from(["1", "2"]),
    st.sampled_from(["1.005", "2.50"]),
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(
    rows=st.lists(good_cells, min_size=1, max_size=8, unique=True).flatmap(
        lambda rows: st.tuples(st.just(rows), st.permutations(rows))
    ),
    named=st.booleans(),
)
def test_the_order_of_rows_and_files_does_not_matter(
    take_into: TakeIn, rows: tuple[list[tuple[str, ...]], list[tuple[str, ...]]], named: bool
) -> None:
    fields = dict(LINES["fields"]) if named else {k: v for k, v in LINES["fields"].items() if k != "transaction_id"}
    mapping = {**LINES, "name": "till", "fields": fields}
    found = []
    for order in rows:
        lines = [(sale, "2024-06-01 10:00", "A", *rest, "") for sale, *rest in order]
        sources = {"one": (mapping, as_lines(lines[:4])), "two": (mapping, as_lines(lines[4:] or lines[:1]))}
        with tempfile.TemporaryDirectory() as folder:
            found.append(take_into(Path(folder), sources))
    for name, frame in found[0].tables().items():
        if name not in ("import_jobs", "import_repeats", "rejected_rows"):
            pd.testing.assert_frame_equal(without_origin(frame), without_origin(found[1].tables()[name]))


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(cells, min_size=1, max_size=8))
def test_a_file_twice_in_one_file_is_itself_where_equal_lines_are_repeats(
    take_into: TakeIn, rows: list[tuple[str, ...]]
) -> None:
    rows = [(*row[:6], "") for row in rows]
    mapping = {**LINES, "equal_lines": "repeats"}
    found = []
    for times in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            found.append(take_into(Path(folder), {"sales": (mapping, as_lines(rows * times))}))
    once, twice = found
    pd.testing.assert_frame_equal(without_origin(once.transactions), without_origin(twice.transactions))
    more = twice.import_jobs["rows_duplicate"] - once.import_jobs["rows_duplicate"]
    assert more.tolist() == [len(rows)]


@settings(max_examples=12, deadline=None)
@given(rows=st.lists(cells, min_size=1, max_size=8))
def test_the_same_lines_in_another_file_add_nothing_however_often_each_stands_there(
    take_into: TakeIn, rows: list[tuple[str, ...]]
) -> None:
    files = {
        "a.csv": as_lines([(*row[:6], "") for row in rows]),
        "b.csv": as_lines([(*row[:6], "") for row in rows[::-1]]),
    }
    with tempfile.TemporaryDirectory() as folder:
        jobs = take_into(Path(folder), {"sales": (LINES, files)}).import_jobs
    assert jobs["rows_duplicate"].iloc[0] == 0 and jobs["rows_loaded"].iloc[1] == 0


def test_equal_lines_of_a_sale_are_pieces_of_their_own_and_told(taken: TakeIn) -> None:
    text = "id,at,shop,what,q,p\n" + "T1,2024-06-01 10:00,A,tea,1,1.50\n" * 3 + "T2,2024-06-01 10:00,A,tea,1,1.50\n"
    facts = taken({"sales": (LINES, text)})
    assert facts.transactions["total_amount_minor"].tolist() == [450, 150]
    assert facts.transaction_items["line_number"].tolist() == [1, 2, 3, 1]
    assert facts.notes == (
        "2 lines of mapping sales are equal to another line of the same sale and file, and counted as pieces of their "
        "own; if they are one line said twice, set equal_lines: repeats",
    )
    once = taken({"sales": ({**LINES, "equal_lines": "repeats"}, text)})
    assert once.transactions["total_amount_minor"].tolist() == [150, 150] and once.notes == ()
    assert once.import_jobs["rows_duplicate"].tolist() == [2]


def test_rounding_is_kept_as_the_exact_difference(taken: TakeIn) -> None:
    facts = taken({"till": (TILL, HEADER + "T1,2024-06-01,A,1.0049\nT2,2024-06-01,A,1.005\n")})
    job = facts.import_jobs.iloc[0]
    assert job["money_in_minor"] == 201 and Decimal(job["money_rounding"]) == Decimal("-0.0001")
