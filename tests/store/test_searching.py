"""Keys and prints are found however a kind of file writes them, and nothing else is taken for them."""

import base64
import gzip
import io
import json
import sqlite3
import zipfile
import zlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from shoplib.store import searching

PRINTS = np.random.default_rng(7).normal(0, 0.1, (3, 128))
OTHERS = np.random.default_rng(8).normal(0, 0.1, (3, 128))
KEY = searching.needles(words=["F0003"])
PRINT = searching.needles(prints=PRINTS)


def zipped(name, content):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return box.getvalue()


def workbook(path, text):
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_string(0, 0, text)


def png(path, text):
    about = PngImagePlugin.PngInfo()
    about.add_text("who", text, zip=True)
    Image.new("L", (4, 4)).save(path, pnginfo=about)


def database(path, text):
    base = sqlite3.connect(path)
    with base:
        base.execute("CREATE TABLE t (v TEXT, x TEXT, y TEXT)")
        base.execute("INSERT INTO t VALUES ('V0001', ?, '2026')", (text,))
    base.close()


TEXT = {
    "a.csv": lambda path, text: path.write_text(f"a,b\n{text},1\n"),
    "wide.txt": lambda path, text: path.write_text(f"who: {text}", encoding="utf-16"),
    "notebook.ipynb": lambda path, text: path.write_text(json.dumps({"cells": [{"outputs": [f"<td>{text}</td>"]}]})),
    "embedded.html": lambda path, text: path.write_text(
        f"<img src='data:;base64,{base64.b64encode(f'who is {text}, a customer'.encode()).decode()}'>"
    ),
    "report.xlsx": workbook,
    "figure.png": png,
    "figure.svg": lambda path, text: path.write_text(f"<svg><metadata>{text}</metadata></svg>"),
    "shop.db": database,
    "table.parquet": lambda path, text: pd.DataFrame({"n": [1, 2], "who": [None, text]}).to_parquet(path),
    "kept.parquet": lambda path, text: pd.DataFrame({"who": pd.Categorical([text])}).to_parquet(path),
    "old.json.gz": lambda path, text: path.write_bytes(gzip.compress(json.dumps([text]).encode())),
    "in.zip": lambda path, text: path.write_bytes(zipped("deep.zip", zipped("a.txt", text))),
    "page.pdf": lambda path, text: path.write_bytes(
        b"%PDF-1.7\n<<>>\nstream\n" + zlib.compress(text.encode()) + b"\nendstream\n"
    ),
}


@pytest.mark.parametrize("name", TEXT)
def test_a_key_is_found_in_every_kind_of_file_and_another_is_not(tmp_path, name):
    TEXT[name](tmp_path / name, "F0004")
    assert searching.scan(tmp_path, KEY) == searching.Scan(1)
    (tmp_path / name).unlink()
    TEXT[name](tmp_path / name, "F0003")
    assert searching.scan(tmp_path, KEY) == searching.Scan(1, (name,))


@pytest.mark.parametrize("text", ["C00031", "AC0003", "1C0003", "c0003", "C000 3"])
def test_a_key_inside_a_longer_word_is_another(tmp_path, text):
    (tmp_path / "a.txt").write_text(f"{text} …")
    assert searching.scan(tmp_path, KEY).found == ()


def test_a_key_in_a_name_is_found(tmp_path):
    (tmp_path / "F0003-4.jpg").write_bytes(b"")
    (tmp_path / "F0003").mkdir()
    (tmp_path / "F0003" / "a.jpg").write_bytes(b"")
    assert searching.scan(tmp_path, KEY).found == ("F0003/a.jpg", "F0003-4.jpg")


def columns(rows, kind):
    return pa.table({f"n{at}": rows[:, at].astype(kind) for at in range(rows.shape[1])})


def lists(rows, kind):
    return pa.table({"print": pa.array(list(rows.astype(kind)))})


NUMBERS = {
    "single.npy": lambda path, rows: np.save(path, rows.astype(np.float32)),
    "double.npy": lambda path, rows: np.save(path, rows),
    "packed.npz": lambda path, rows: np.savez_compressed(path, rows=rows.astype(np.float32)),
    "widened.npy": lambda path, rows: np.save(path, rows.astype(np.float32).astype(np.float64)),
    "columns.parquet": lambda path, rows: pq.write_table(columns(rows, np.float32), path),
    "lists.parquet": lambda path, rows: pq.write_table(lists(rows, np.float32), path),
    "bytes.parquet": lambda path, rows: pq.write_table(pa.table({"x": [row.tobytes() for row in rows]}), path),
    "rows.json": lambda path, rows: path.write_text(json.dumps(rows.tolist())),
    "rows.csv": lambda path, rows: pd.DataFrame(rows.astype(np.float32)).to_csv(path),
    "shown.txt": lambda path, rows: path.write_text(repr(rows.astype(np.float32))),
    "coded.ipynb": lambda path, rows: path.write_text(json.dumps({"x": base64.encodebytes(rows.tobytes()).decode()})),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_print_is_found_however_it_is_written_and_that_of_another_is_not(tmp_path, name):
    NUMBERS[name](tmp_path / name, OTHERS)
    assert searching.scan(tmp_path, PRINT) == searching.Scan(1)
    NUMBERS[name](tmp_path / name, np.vstack([OTHERS, PRINTS[1:2]]))
    assert searching.scan(tmp_path, PRINT) == searching.Scan(1, (name,))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 70), st.sampled_from(["<f4", "<f8"]), st.booleans())
def test_a_print_is_found_at_any_place(tmp_path_factory, before, kind, coded):
    path = tmp_path_factory.mktemp("at") / "a.bin"
    raw = b"?" * before + PRINTS[0].astype(kind).tobytes()
    path.write_bytes(base64.b64encode(raw) if coded else raw)
    assert searching.holds(path, PRINT)
    assert searching.holds(path, PRINT, piece=64) or coded


def test_what_cannot_be_read_is_told(tmp_path):
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "torn.json.gz").write_bytes(b"\x1f\x8b torn")
    assert searching.scan(tmp_path, KEY) == searching.Scan(2, (), ("torn.json.gz", "torn.parquet"))


def test_nothing_wanted_reads_nothing_and_scans_add_up(tmp_path):
    (tmp_path / "a.txt").write_text("F0003")
    assert searching.scan(tmp_path, searching.needles()) == searching.Scan()
    assert searching.scan(tmp_path, KEY) + searching.Scan(2, ("b",), ("c",)) == searching.Scan(
        3, ("a.txt", "b"), ("c",)
    )


@pytest.mark.parametrize(
    ("write", "many"), [(columns, 3), (lists, 3), (lambda rows, kind: lists(rows[:, :64], kind), 0)]
)
def test_rows_as_long_as_a_print_are_counted(tmp_path, write, many):
    pq.write_table(write(PRINTS, np.float32), tmp_path / "a.parquet")
    assert searching.float_vectors(tmp_path / "a.parquet", 128) == many
