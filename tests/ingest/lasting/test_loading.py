"""One file into the lasting store: loaded, refused or known; rows again, rows that contradict, rows too early."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from shoplib.ingest.lasting import audit
from shoplib.store.database import Store, reading

TILL: dict[str, Any] = {
    "rows": "transaction",
    "key": ["id"],
    "fields": {"transaction_id": "id", "timestamp": "at", "location_id": "shop", "total_amount": "total"},
}
ITEMS: dict[str, Any] = {
    "rows": "item",
    "key": ["id", "no"],
    "fields": {"transaction_id": "id", "line_number": "no", "product_id": "what", "quantity": "q", "unit_price": "p"},
}
LINES: dict[str, Any] = {
    "rows": "line",
    "key": ["id", "what"],
    "fields": {
        "transaction_id": "id", "timestamp": "at", "location_id": "shop", "product_id": "what", "quantity": "q",
        "line_total": "v",
    },
}  # fmt: skip
LOOSE = {**LINES, "key": []}
PLACES: dict[str, Any] = {
    "rows": "location",
    "key": ["i"],
    "fields": {"location_id": "i", "location_name": "n", "timezone": "z", "day_start": "s"},
}
HEAD = "id,at,shop,total\n"
SALE = HEAD + "T1,2024-06-01 10:00,A,5\nT2,2024-06-01 11:00,A,7.50\n"
LINE = "id,at,shop,what,q,v\n"
KINDS = {"csv": "csv", "excel": "xlsx", "parquet": "parquet", "json": "json"}
COUNTS = ("rows_in", "rows_loaded", "rows_set_aside", "rows_duplicate")


def counts(job: Any) -> list[int]:
    parts = [int(job[name]) for name in COUNTS]
    assert parts[0] == sum(parts[1:])
    if not pd.isna(job["money_in_minor"]):
        money = [int(job[f"money_{name}_minor"]) for name in ("in", "loaded", "set_aside", "duplicate")]
        assert money[0] == sum(money[1:])
    return parts


def test_a_file_is_loaded_once(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    first, again = shop.load("till", SALE, "a.csv"), shop.load("till", SALE, "b.csv")
    assert (first.status, again.status, again.import_id) == ("loaded", "known", first.import_id)
    assert counts(first.job) == [2, 2, 0, 0] and again.job["file_name"] == "a.csv"
    assert shop.table("transactions", "transaction_id", "total_amount_minor") == [["T1", 500], ["T2", 750]]
    assert len(shop.table("import_jobs")) == 1 and shop.table("audit_log", "event") == [["loaded"]]


def test_the_same_rows_in_another_order_or_with_other_columns_are_repeats(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    first = shop.load("till", SALE)
    other = shop.load(
        "till", "total,shop,note,at,id\n7.5,A,!,2024-06-01T11:00:00,T2\n5.00,A,?,2024-06-01 10:00:00,T1\n"
    )
    assert counts(other.job) == [2, 0, 0, 2] and other.job["money_duplicate_minor"] == 1250
    assert other.repeats[["first_import_id", "rows", "money_minor"]].to_numpy().tolist() == [[first.import_id, 2, 1250]]


def test_the_same_rows_in_another_format_are_repeats(box: Callable[..., Any], tmp_path: Path) -> None:
    rows = pd.DataFrame({"id": ["T1", "T2"], "at": pd.to_datetime(["2024-06-01 10:00:00", "2024-06-01 11:30:05"]),
                         "shop": ["A", "B"], "total": [5.5, 7.0], "table": [1.0, 2.0]})  # fmt: skip
    rows.to_csv(tmp_path / "a.csv", index=False)
    rows.to_excel(tmp_path / "a.xlsx", index=False)
    rows.to_parquet(tmp_path / "a.parquet", index=False)
    rows.assign(at=rows["at"].astype(str)).to_json(tmp_path / "a.json", orient="records")
    nameless = {**TILL, "key": [], "fields": {k: v for k, v in TILL["fields"].items() if k != "transaction_id"}}
    for at, mapping in enumerate((TILL, {**TILL, "key": []}, nameless)):
        shop = box({"till": mapping})
        listed = [{"kind": kind, "name": kind, "path": "x", "mapping": "till"} for kind in KINDS]
        ingest = type(shop.scenario.ingest).model_validate({"sources": listed})
        shop.scenario = shop.scenario.model_copy(update={"ingest": ingest})
        for kind, suffix in KINDS.items():
            out = shop.load_path(kind, tmp_path / f"a.{suffix}")
            assert counts(out.job) == ([2, 2, 0, 0] if kind == "csv" else [2, 0, 0, 2]), (at, kind, out.rejected)
        assert len(shop.table("transactions")) == 2


def test_a_world_without_sales_writes_a_header_only(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    source = {"kind": "simulated", "name": "till", "file": "till.csv", "mapping": "till"}
    ingest = type(shop.scenario.ingest).model_validate({"sources": [source]})
    shop.scenario = shop.scenario.model_copy(update={"ingest": ingest})
    assert counts(shop.load("till", HEAD).job) == [0, 0, 0, 0]


def test_another_amount_for_a_known_sale_is_a_conflict_that_names_the_first_file(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    shop.load("till", SALE, "monday.csv")
    later = shop.load("till", HEAD + "T1,2024-06-01 10:00,A,5\nT2,2024-06-01 11:00,A,8\nT3,2024-06-01 12:00,A,1\n")
    assert counts(later.job) == [3, 1, 1, 1]
    assert later.rejected[["source_row", "rule", "column_name", "found", "reason"]].to_numpy().tolist() == [
        [2, "conflict", "id", "T2",
         "monday.csv was loaded first with £7.50, this row says £8.00; the row loaded first is kept"],
    ]  # fmt: skip
    assert shop.table("transactions", "total_amount_minor") == [[500], [750], [100]]


def test_rows_of_one_file_that_repeat_or_contradict_are_told_as_in_a_run(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    out = shop.load("till", SALE + "T1,2024-06-01 10:00,A,5\nT2,2024-06-01 11:00,A,9\n")
    assert counts(out.job) == [4, 2, 1, 1]
    assert out.repeats["first_import_id"].tolist() == [out.import_id]
    assert out.rejected["reason"].tolist() == [
        "an earlier row has the same key and other content; the first one is kept"
    ]


def test_a_dirty_file_is_refused_whole_and_tried_again(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL})
    text = HEAD + "T1,never,A,5\nT2,2024-06-01,A,two\nT3,2024-06-01,A,4\n"
    out = shop.load("till", text, "bad.csv")
    assert out.status == "refused" and out.rejected["source_row"].tolist() == [1, 2]
    assert out.fault == (
        'Too many rows of source "till" cannot be loaded: unreadable_number: 1 row; row 2, total: "two": this is not a '
        'number with decimal mark ".", no thousands mark. Found: 2 rows of 3 (66.7%), £5.00. Wanted: at most 50.0% of '
        "the rows (ingest.max_set_aside_share). Next: check file.decimal and file.thousands in the mapping"
    )
    assert shop.table("transactions").empty and shop.table("rejected_rows").empty and shop.table("locations").empty
    assert shop.load("till", text, "bad.csv").status == "refused"
    shop.scenario = shop.scenario.model_copy(
        update={"ingest": shop.scenario.ingest.model_copy(update={"max_set_aside_share": 1.0})}
    )
    assert shop.load("till", text, "bad.csv").status == "loaded"
    assert shop.table("import_jobs", "status") == [["loaded"]]
    assert shop.table("audit_log", "event") == [["refused"], ["refused"], ["loaded"]]
    with reading(shop.store) as bulk:
        assert audit.verify(bulk) == []


@pytest.mark.parametrize("text", ["", HEAD, "id;at;shop;total\nT1;2024;A;1\n", "id,at,shop\nT1,2024,A\n", b"\xff\xfe,"])
def test_a_file_that_cannot_be_read_is_refused(box: Callable[..., Any], text: str | bytes) -> None:
    shop = box({"till": TILL})
    out = shop.load("till", text)
    assert out.status == "refused" and out.fault and "\n" not in out.fault and out.rejected.empty
    assert shop.table("import_jobs", "status", "rows_in") == [["refused", 0]]


def test_lines_wait_for_their_sale_and_are_loaded_with_it(box: Callable[..., Any]) -> None:
    shop = box({"till": TILL, "items": ITEMS})
    items = shop.load("items", "id,no,what,q,p\nT1,1,tea,1,2\nT1,2,rum,1,3\nT9,1,tea,1,2\n")
    assert items.status == "loaded" and counts(items.job) == [3, 0, 3, 0]
    assert items.rejected["rule"].unique().tolist() == ["unknown_transaction"]
    shop.load("till", SALE)
    jobs = shop.table("import_jobs").set_index("import_id")
    assert counts(jobs.loc[items.import_id]) == [3, 2, 1, 0]
    assert shop.table("rejected_rows", "found", "rule") == [["T9", "unknown_transaction"]]
    assert shop.table("transactions", "transaction_id", "num_items") == [["T1", 2], ["T2", 1]]
    assert shop.table("transaction_items", "import_id") == [[items.import_id]] * 2
    assert shop.table("audit_log", "event") == [["loaded"], ["loaded"], ["loaded later"]]


def test_more_lines_of_a_sale_are_added_where_something_names_them(box: Callable[..., Any]) -> None:
    shop = box({"lines": LINES})
    shop.load("lines", LINE + "T1,2024-06-01 10:00,A,tea,1,2\n", "a.csv")
    more = shop.load("lines", LINE + "T1,2024-06-01 09:00,A,rum,1,3\nT1,2024-06-01 10:00,A,tea,1,2\n")
    assert counts(more.job) == [2, 1, 0, 1]
    sale = shop.table("transactions").iloc[0]
    assert (sale["num_items"], sale["total_amount_minor"], sale["subtotal_minor"]) == (2, 500, 500)
    assert str(sale["timestamp"]) == "2024-06-01 08:00:00+00:00"
    other = shop.load("lines", LINE + "T1,2024-06-02 10:00,A,gin,1,3\nT1,2024-06-01 10:00,B,gin,1,3\n"
                                      "T2,2024-06-02 10:00,A,gin,1,3\nT3,2024-06-02 10:00,A,gin,1,3\n")  # fmt: skip
    assert counts(other.job) == [4, 2, 2, 0]
    assert {row[0] for row in shop.table("rejected_rows", "rule")} == {"conflict"}


def test_other_lines_of_a_sale_are_a_conflict_where_nothing_names_them(box: Callable[..., Any]) -> None:
    shop = box({"lines": LOOSE})
    shop.load("lines", LINE + "T1,2024-06-01 10:00,A,tea,1,2\n", "a.csv")
    more = shop.load("lines", LINE + "T1,2024-06-01 10:00,A,tea,1,2.00\nT1,2024-06-01 10:00,A,rum,1,3\n"
                                     "T2,2024-06-01 10:00,A,rum,1,3\n")  # fmt: skip
    assert counts(more.job) == [3, 1, 1, 1]
    assert more.rejected["reason"].tolist() == [
        "its sale was loaded from a.csv with other lines; the lines loaded first are kept"
    ]
    assert shop.table("transactions", "total_amount_minor") == [[200], [300]]


def test_mended_rows_are_loaded_and_mark_the_rows_they_mend(box: Callable[..., Any]) -> None:
    shop = box({"lines": LOOSE})
    first = shop.load("lines", LINE + "T1,2024-06-01 10:00,A,tea,1,2\nT1,2024-06-01 10:00,A,rum,1,x\n")
    mended = shop.load(
        "lines",
        f"id,at,shop,what,q,v,shoplib import,shoplib row\nT1,2024-06-01 10:00,A,rum,1,3,{first.import_id},2\n",
    )
    assert counts(mended.job) == [1, 1, 0, 0]
    assert shop.table("rejected_rows", "source_row", "mended_by") == [[2, mended.import_id]]
    assert shop.table("transactions", "total_amount_minor", "num_items") == [[500, 2]]
    assert shop.table("transaction_items", "extra") == [[None], [None]]


def test_sales_move_to_the_place_and_the_clock_that_come_after_them(box: Callable[..., Any]) -> None:
    nowhere = {**TILL, "fields": {k: v for k, v in TILL["fields"].items() if k != "location_id"}}
    shop = box({"till": nowhere, "places": PLACES})
    shop.load("till", "id,at,total\nT1,2024-06-01 03:00,5\nT2,2024-06-01 10:00Z,5\nT3,2024-06-01,5\n")
    assert shop.table("locations", "location_id", "location_name") == [["main", "Corner"]]
    shop.load("places", "i,n,z,s\nB,Pier,America/New_York,02:00\n")
    assert shop.table("locations", "location_id", "location_name") == [["B", "Pier"]]
    sales = shop.table("transactions")
    assert sales["location_id"].tolist() == ["B"] * 3
    assert [str(t) for t in sales["timestamp"]] == [
        "2024-06-01 07:00:00+00:00", "2024-06-01 10:00:00+00:00", "2024-06-01 06:00:00+00:00",
    ]  # fmt: skip
    assert sales["business_date"].astype(str).tolist() == ["2024-06-01"] * 3
    assert [None if pd.isna(hour) else int(hour) for hour in sales["local_hour"]] == [3, 6, None]
    again = shop.load("till", "id,total,at\nT3,5,2024-06-01\nT2,5,2024-06-01 10:00Z\nT1,5,2024-06-01 03:00:00\n")
    assert counts(again.job) == [3, 0, 0, 3]


def test_both_databases_hold_the_same(any_store: Store, box_at: Callable[..., Any]) -> None:
    shop = box_at(any_store, {"till": TILL, "items": ITEMS, "places": PLACES})
    shop.load("items", "id,no,what,q,p\nT1,1,tea,1,2\nT1,2,rum,1,3\nT9,1,tea,1,2\n")
    shop.load("till", SALE, "a.csv")
    out = shop.load("till", HEAD + "T2,2024-06-01 11:00,A,8\nT1,2024-06-01 10:00,A,5\nT4,2024-06-01 12:00,B,5\n")
    assert counts(out.job) == [3, 1, 1, 1] and "£7.50" in out.rejected["reason"].iloc[0]
    shop.load("places", "i,n,z,s\nB,Pier,America/New_York,02:00\nA,Quay,Europe/Paris,04:00\n")
    assert shop.load("till", HEAD + "T7,x,A,1\n").status == "refused"
    facts = shop.facts()
    assert facts["transactions"]["num_items"].tolist() == [2, 1, 1]
    assert [str(t) for t in facts["transactions"]["timestamp"]] == [
        "2024-06-01 08:00:00+00:00", "2024-06-01 09:00:00+00:00", "2024-06-01 16:00:00+00:00",
    ]  # fmt: skip
    assert facts["products"][["product_id", "unit_price_minor"]].to_numpy().tolist() == [["rum", 300], ["tea", 200]]


LOADER = """
import datetime as dt, sys
from pathlib import Path
from shoplib.config.models import Scenario
from shoplib.ingest.lasting.loading import load_file
from shoplib.store.database import open_store
folder = Path(sys.argv[1])
scenario = Scenario.model_validate_json((folder / "scenario.json").read_text())
store = open_store(folder, "corner", environment={})
print("ready", flush=True)
for source in scenario.ingest.sources:
    load_file(store, scenario, source, folder / f"{source.name}.csv", now=lambda: dt.datetime.now(dt.UTC))
"""


def test_a_killed_load_leaves_all_or_nothing_of_a_file(box: Callable[..., Any], tmp_path: Path) -> None:
    shop, kills = box({"till": TILL, "items": ITEMS}, batch_rows=1000), int(os.environ.get("SHOPLIB_KILLS", "3"))
    rows = 4000
    (tmp_path / "till.csv").write_text(HEAD + "".join(f"T{i},2024-06-01 10:00,A,{i}\n" for i in range(rows)))
    lines = "".join(f"T{i},{n},tea,1,2\n" for i in range(rows) for n in (1, 2))
    (tmp_path / "items.csv").write_text("id,no,what,q,p\n" + lines)
    (tmp_path / "scenario.json").write_text(shop.scenario.model_dump_json())
    moments = random.Random(7)
    for _ in range(kills):
        loader = subprocess.Popen([sys.executable, "-c", LOADER, str(tmp_path)], stdout=subprocess.PIPE)
        assert loader.stdout is not None and loader.stdout.readline() == b"ready\n"
        time.sleep(moments.uniform(0, 1.5))
        loader.send_signal(signal.SIGKILL)
        loader.wait()
        loader.stdout.close()
        held = {name: len(shop.table(name)) for name in ("transactions", "transaction_items", "rejected_rows")}
        assert held["transactions"] in (0, rows) and held["transaction_items"] in (0, 2 * rows)
        assert held["rejected_rows"] == 0
    shop.load_path("till", tmp_path / "till.csv")
    shop.load_path("items", tmp_path / "items.csv")
    assert len(shop.table("transactions")) == rows and len(shop.table("transaction_items")) == 2 * rows
    assert shop.facts()["transactions"]["total_amount_minor"].sum() == 100 * sum(range(rows))
