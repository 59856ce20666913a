"""What goes wrong on the way: late, repeated and garbled files are as stated, and nothing else is missing."""

from __future__ import annotations

import csv
import datetime as dt
import io
from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoplib.config.models import Shop
from shoplib.config.worlds import BranchWorld
from shoplib.simulate.branch.faults import FAULTS, HEADER
from shoplib.simulate.branch.world import world
from shoplib.simulate.world import World

SHOP = Shop(currency="IDR", timezone="Asia/Jakarta")
KINDS = {fault.name for fault in FAULTS}
FOLDER = "inbox/"


@cache
def busy(seed: int) -> World:
    """Two branches over three months, with much that goes wrong."""
    asked = BranchWorld(
        transactions=5_000, end=dt.date(2024, 9, 30), branches=("Dago", "Kemang"), late_share=0.15, twice_share=0.2,
        garbled_share=0.3,
    )  # fmt: skip
    return world(asked, SHOP, seed)


@cache
def in_order(seed: int) -> World:
    """The same sales, every file as it should be."""
    asked = BranchWorld(
        transactions=5_000, end=dt.date(2024, 9, 30), branches=("Dago", "Kemang"), late_share=0, twice_share=0,
        garbled_share=0,
    )  # fmt: skip
    return world(asked, SHOP, seed)


def fault_files(seed: int, kind: str) -> list[tuple[str, bytes, list[list[str]], int]]:
    """Return each file with a fault: name, bytes, the rows it ought to have, rows touched."""
    made, whole = busy(seed), in_order(seed)
    found = made.truth["file_faults"]
    return [
        (one.file, made.texts[FOLDER + one.file], cells(whole.texts[FOLDER + one.file]), one.rows_touched)
        for one in found[found["fault"] == kind].itertuples()
    ]


def cells(text: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(encoding)), delimiter=delimiter))


def as_table(rows: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def changed(one: list[list[str]], other: list[list[str]]) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the rows in which two files of the same rows differ."""
    pairs = zip(as_table(one), as_table(other), strict=True)
    return [(left, right) for left, right in pairs if left != right]


def test_every_kind_of_fault_is_there() -> None:
    assert set(busy(1).truth["file_faults"]["fault"]) == KINDS
    assert set(busy(1).truth["file_faults"]["reader"]) == {"load", "load part", "refuse"}
    assert set(busy(1).truth["repeated_files"]["kind"]) == {
        "byte_copy", "resend_more_rows", "resend_corrected", "mended",
    }  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_planted_fault_is_in_the_file_as_stated(kind: str, seed: int) -> None:
    files = fault_files(seed, kind)
    assert len(files) >= 3
    for name, text, ought, touched in files:
        CHECKS[kind](text, ought, touched)
        assert (FOLDER + name) in busy(seed).texts


def cut_off(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = cells(text)
    assert rows[:-1] == ought[: len(rows) - 1]
    assert not text.endswith(b"\n")
    assert ",".join(ought[len(rows) - 1]).startswith(",".join(rows[-1]))
    assert len(rows[-1]) < len(HEADER)
    assert touched == len(ought) - len(rows) + 1
    assert len(rows) - 2 >= 5


def semicolons(text: bytes, ought: list[list[str]], touched: int) -> None:
    assert b"," not in text
    assert cells(text, delimiter=";") == ought
    assert touched == len(ought) - 1


def negative_quantity(text: bytes, ought: list[list[str]], touched: int) -> None:
    differing = changed(cells(text), ought)
    assert len(differing) == touched >= 1
    for wrong, right in differing:
        assert wrong == {**right, "quantity": f"-{right['quantity']}"}


def absurd_quantity(text: bytes, ought: list[list[str]], touched: int) -> None:
    differing = changed(cells(text), ought)
    assert len(differing) == touched >= 1
    for wrong, right in differing:
        assert wrong == {**right, "quantity": right["quantity"] + "00000"}


def unknown_word(text: bytes, ought: list[list[str]], touched: int) -> None:
    differing = changed(cells(text), ought)
    assert len(differing) == touched >= 1
    assert all(wrong == {**right, "payment": "Barter"} for wrong, right in differing)


def cp1252(text: bytes, ought: list[list[str]], touched: int) -> None:
    with pytest.raises(UnicodeDecodeError):
        text.decode()
    assert cells(text, "cp1252") == ought
    assert touched == len(ought) - 1


def utf16(text: bytes, ought: list[list[str]], touched: int) -> None:
    assert text.startswith(b"\xff\xfe")
    assert cells(text, "utf-16") == ought
    assert touched == len(ought) - 1


def header_renamed(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = cells(text)
    assert rows[1:] == ought[1:]
    assert set(ought[0]) - set(rows[0]) == {"quantity", "total"}
    assert touched == len(ought) - 1


def header_missing(text: bytes, ought: list[list[str]], touched: int) -> None:
    assert cells(text) == ought[1:]
    assert touched == len(ought) - 1


def columns_swapped(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = cells(text)
    assert rows[0] == ought[0]
    assert [[row[1], row[0], *row[2:]] for row in rows[1:]] == ought[1:]
    assert touched == len(ought) - 1


def columns_reordered(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = cells(text)
    assert rows[0] != ought[0]
    assert as_table(rows) == as_table(ought)
    assert touched == 0


def totals_line(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = cells(text)
    assert rows[:-1] == ought
    last = as_table([rows[0], rows[-1]])[0]
    assert last["date"] == "TOTAL"
    assert int(last["total"]) == sum(int(row["total"]) for row in as_table(ought))
    assert int(last["quantity"]) == sum(int(row["quantity"]) for row in as_table(ought))
    assert touched == 0


def decimal_comma(text: bytes, ought: list[list[str]], touched: int) -> None:
    rows = [[cell.replace(".", "").removesuffix(",00") for cell in row] for row in cells(text)]
    assert rows == ought
    assert '.000,00"' in text.decode()
    assert touched == len(ought) - 1


def empty(text: bytes, ought: list[list[str]], touched: int) -> None:
    assert text == b""
    assert touched == len(ought) - 1


CHECKS = {
    "cut_off": cut_off, "semicolons": semicolons, "negative_quantity": negative_quantity,
    "absurd_quantity": absurd_quantity, "unknown_word": unknown_word, "encoding_cp1252": cp1252,
    "encoding_utf16": utf16, "header_renamed": header_renamed, "header_missing": header_missing,
    "columns_swapped": columns_swapped, "columns_reordered": columns_reordered, "totals_line": totals_line,
    "decimal_comma": decimal_comma, "empty": empty,
}  # fmt: skip


def test_second_files_are_what_they_are_called() -> None:
    made, whole = busy(1), in_order(1)
    found = made.truth["repeated_files"]
    for one in found.itertuples():
        first, second = made.texts[FOLDER + one.repeats], made.texts[FOLDER + one.file]
        assert sorted([one.file, one.repeats])[0] == one.repeats or one.kind == "byte_copy"
        if one.kind == "byte_copy":
            assert first == second
            assert one.rows_new == one.rows_changed == one.difference_minor == 0
            continue
        assert cells(second) == cells(whole.texts[FOLDER + one.repeats])
        if one.kind == "resend_more_rows":
            assert second.startswith(first)
            more = as_table([list(HEADER), *cells(second)[len(cells(first)) :]])
            assert len(more) == one.rows_new >= 1
            assert sum(int(row["total"]) for row in more) * 100 == one.difference_minor
        elif one.kind == "resend_corrected":
            [(before, after)] = changed(cells(first), cells(second))
            assert int(before["quantity"]) == int(after["quantity"]) + 1
            assert (int(after["total"]) - int(before["total"])) * 100 == one.difference_minor < 0
        else:
            assert one.repeats in set(made.truth["file_faults"]["file"])


def test_late_and_missing_files() -> None:
    made = busy(1)
    late = made.truth["late_files"]
    assert late["days_late"].between(1, 4).all()
    assert (late["arrived_on"] - late["business_date"] == pd.to_timedelta(late["days_late"], unit="D")).all()
    assert (late["arrived"] == (late["arrived_on"] <= pd.Timestamp(2024, 9, 30))).all()
    assert set(made.texts) >= {FOLDER + name for name in late.loc[late["arrived"], "file"]}
    assert not set(made.texts) & {FOLDER + name for name in late.loc[~late["arrived"], "file"]}
    arrivals = made.tables["arrivals"]
    assert {FOLDER + name for name in arrivals["file"]} == set(made.texts)
    assert arrivals["arrived_on"].max() <= pd.Timestamp(2024, 9, 30)
    assert (arrivals["arrived_on"] >= arrivals["business_date"]).all()
    own = arrivals.set_index("file").loc[late.loc[late["arrived"], "file"], "arrived_on"]
    assert own.tolist() == late.loc[late["arrived"], "arrived_on"].tolist()


def test_rows_that_come_in_a_later_file() -> None:
    whole = in_order(1)
    found = whole.truth["late_rows"]
    assert len(found) == 6
    for one in found.itertuples():
        rows = as_table(cells(whole.texts[FOLDER + one.file]))
        day = f"{one.business_date:%Y-%m-%d}"
        inside = [row for row in rows if row["date"] == day]
        assert len(inside) == one.rows >= 1
        assert sum(int(row["total"]) for row in inside) * 100 == one.money_minor
        own = as_table(cells(whole.texts[f"{FOLDER}{one.branch}_{day}.csv"]))
        assert max(row["time"] for row in own if row["date"] == day) <= min(row["time"] for row in inside)


def test_shares_of_files_are_those_asked_for() -> None:
    made = busy(1).shares.set_index("value")["made"]
    assert made["late"] == pytest.approx(0.15, abs=0.003)
    assert made["twice"] == pytest.approx(0.20, abs=0.003)
    assert made["garbled"] == pytest.approx(0.30, abs=0.003)


def loaded_by_hand(made: World, spoilt_readers: dict[str, str]) -> pd.DataFrame:
    """Return true rows a careful person gets out of a world's files, by branch and day of sale."""
    seen: dict[tuple[str, ...], dict[str, str]] = {}
    for name in sorted(made.texts):
        if spoilt_readers.get(name.removeprefix(FOLDER)) == "refuse":
            continue
        for row in csv.DictReader(io.StringIO(made.texts[name].decode())):
            if None in row.values() or row["date"] == "TOTAL":
                continue
            if int(row["quantity"]) < 0 or int(row["quantity"]) * int(row["price"]) != int(row["total"]):
                continue
            seen.setdefault((row["receipt"], row["sku"], row["colour"], row["size"]), row)
    frame = pd.DataFrame(list(seen.values()), columns=list(HEADER))
    frame = frame.assign(money_minor=frame["total"].astype("int64") * 100, business_date=pd.to_datetime(frame["date"]))
    return frame.groupby(["branch", "business_date"]).agg(rows=("total", "size"), money_minor=("money_minor", "sum"))


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31), receipts=st.sampled_from([0, 1, 60, 900]))
def test_true_sales_less_what_is_told_is_what_the_files_hold(seed: int, receipts: int) -> None:
    asked = BranchWorld(
        transactions=receipts, end=dt.date(2024, 8, 4), branches=("A", "B"), late_share=0.2, twice_share=0.3,
        garbled_share=0.4,
    )  # fmt: skip
    made = world(asked, SHOP, seed)
    readers = made.truth["file_faults"].set_index("file")["reader"].to_dict()
    columns = ["rows", "money_minor"]
    true = made.truth["receipts"].set_index(["branch", "business_date"])[columns]
    told = made.truth["not_loaded"].groupby(["branch", "business_date"])[columns].sum()
    gap = true.sub(told, fill_value=0).sub(loaded_by_hand(made, readers), fill_value=0)
    assert (gap == 0).all(axis=None), gap[(gap != 0).any(axis=1)]
