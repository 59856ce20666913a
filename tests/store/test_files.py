"""Files are whole or absent: whatever kills the writer, fills the disk or locks the folder."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shoplib.base import digest
from shoplib.contracts import convert
from shoplib.errors import ContractError, StoreError
from shoplib.store import files


def inside(folder: Path) -> list[str]:
    """Return the names of everything in a folder, hidden files too."""
    return sorted(file.name for file in folder.iterdir())


def many(rows: int) -> pd.DataFrame:
    """Return organizations whose names do not compress."""
    names = [np.random.default_rng(row).bytes(40).hex() for row in range(rows)]
    ids = [f"{row:08}" for row in range(rows)]
    return pd.DataFrame({"organization_id": ids, "organization_name": names, "currency": "GBP"})


def run(code: str, *arguments: object) -> str:
    """Run Python code in a process of its own and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


KILLED = """
import os, random, signal, sys, time
from pathlib import Path
from shoplib.store import files

target = Path(sys.argv[1])
versions = [bytes([letter]) * 3_000_000 for letter in b"ab"]
files.write_bytes(target, versions[0])
random.seed(1)
left = 0
for _ in range(40):
    child = os.fork()
    if child == 0:
        while True:
            for version in versions:
                files.write_bytes(target, version)
    time.sleep(random.uniform(0.001, 0.03))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert target.read_bytes() in versions
    left += target.with_name(f".{target.name}.part").exists()
    assert {file.name for file in target.parent.iterdir()} <= {target.name, f".{target.name}.part"}
files.write_bytes(target, b"new")
print(left, target.read_bytes() == b"new", [file.name for file in target.parent.iterdir()])
"""


def test_a_killed_writer_leaves_the_old_file_or_the_new_one(tmp_path):
    left, *rest = run(KILLED, tmp_path / "a.bin").split(maxsplit=1)
    assert int(left) > 0  # some were killed in the middle of a write
    assert rest == ["True ['a.bin']\n"]


LIMITED = """
import json, os, resource, sys
from pathlib import Path
import pandas as pd
from shoplib.errors import StoreError
from shoplib.store import database, files

home = Path(sys.argv[1])
ids = [os.urandom(20).hex() for _ in range(5_000)]
frame = pd.DataFrame({"organization_id": ids, "organization_name": ids, "currency": "GBP"})
writes = {
    "a.bin": lambda path: files.write_bytes(path, b"x" * 200_000),
    "a.json": lambda path: files.write_json(path, ids),
    "a.parquet": lambda path: files.write_table(path, "organizations", frame),
    "a.db": lambda path: database.build(path, {"organizations": frame}),
    "a.jsonl": lambda path: files.append_line(path, ids),
}
for name in writes:
    (home / name).write_bytes(b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))
said = {}
for name, write in writes.items():
    try:
        write(home / name)
        said[name] = "written"
    except StoreError as error:
        said[name] = str(error)
print(json.dumps(said))
"""


def test_a_file_over_the_limit_is_not_left_half_written(tmp_path):
    said = json.loads(run(LIMITED, tmp_path))
    assert inside(tmp_path) == sorted(said)
    for name in ("a.bin", "a.json", "a.parquet"):
        assert re.fullmatch(
            "The disk is full\n"
            f"  where   {re.escape(str(tmp_path / name))}\n"
            r"  found   File too large; [\d,]+\.\d MiB free" + "\n"
            "  next    free some space, then run the same command again: finished stages are kept",
            said[name],
        )
    assert said["a.db"] == (
        f"A file could not be written\n  where   {tmp_path}/a.db\n  found   [Errno 5] disk I/O error\n"
        "  next    check the path, then run the same command again"
    )
    assert said["a.jsonl"].startswith("The disk is full")
    assert {name: (tmp_path / name).read_bytes() for name in said if name != "a.jsonl"} == dict.fromkeys(
        set(said) - {"a.jsonl"}, b"old"
    )


@pytest.mark.parametrize("kind", ["bytes", "table", "link"])
def test_full_disk(small_disk, tmp_path, kind):
    target = small_disk / "a"
    target.write_bytes(b"old")
    source = tmp_path / "big"
    source.write_bytes(b"x" * 400_000)
    writes = {
        "bytes": lambda: files.write_bytes(target, source.read_bytes()),
        "table": lambda: files.write_table(target, "organizations", many(8_000)),
        "link": lambda: files.link_or_copy(source, target),
    }
    with pytest.raises(StoreError) as caught:
        writes[kind]()
    assert re.fullmatch(
        f"The disk is full\n  where   {target}\n"
        r"  found   No space left on device; 0\.\d MiB free" + "\n"
        "  next    free some space, then run the same command again: finished stages are kept",
        str(caught.value),
    )
    assert inside(small_disk) == ["a"]
    assert target.read_bytes() == b"old"


def test_a_journal_line_that_does_not_fit_is_an_error(small_disk):
    with pytest.raises(StoreError, match=r"^The disk is full"):
        files.append_line(small_disk / "journal.jsonl", "x" * 400_000)


def test_folder_that_may_not_be_written(read_only):
    reason = "Read-only file system" if os.geteuid() == 0 else "Permission denied"
    for target in (read_only / "old.txt", read_only / "new" / "a.txt"):
        with pytest.raises(StoreError) as caught:
            files.write_text(target, "new")
        assert str(caught.value) == (
            f"The folder for results may not be written\n  where   {target}\n  found   {reason}\n"
            "  wanted  a folder you own\n  next    change its rights, or choose another with --outputs FOLDER"
        )
    with pytest.raises(StoreError, match=r"^The folder for results may not be written"):
        files.append_line(read_only / "old.txt", 1)
    assert inside(read_only) == ["old.txt"]
    assert (read_only / "old.txt").read_text() == "old"


def test_folder_that_is_a_file(tmp_path):
    (tmp_path / "a").write_text("old")
    with pytest.raises(StoreError) as caught:
        files.write_text(tmp_path / "a" / "b", "new")
    assert str(caught.value) == (
        f"A file could not be written\n  where   {tmp_path}/a/b\n  found   [Errno 17] File exists: '{tmp_path}/a'\n"
        "  next    check the path, then run the same command again"
    )


def test_a_block_that_fails_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    files.write_text(target, "old")

    def fails() -> None:
        with files.writing(target) as part:
            part.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert inside(tmp_path) == ["a.txt"]
    assert target.read_text() == "old"


def test_equal_frames_give_equal_bytes(tmp_path):
    frame = many(500)
    twin = frame.copy()[list(frame.columns[::-1])].set_axis(range(500, 1000)).astype({"currency": "category"})
    assert files.write_table(tmp_path / "a", "organizations", frame) == 500
    files.write_table(tmp_path / "b", "organizations", twin)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert files.read_table(tmp_path / "a", "organizations").equals(frame)


def test_a_table_that_breaks_its_declaration_is_not_written(tmp_path):
    with pytest.raises(ContractError):
        files.write_table(tmp_path / "a", "organizations", many(2).assign(currency=None))
    assert inside(tmp_path) == []


def test_table_that_is_missing_or_cut_off(tmp_path):
    whole = tmp_path / "whole"
    files.write_table(whole, "organizations", many(100))
    cut = tmp_path / "cut"
    cut.write_bytes(whole.read_bytes()[:-20])
    for file in (cut, tmp_path / "missing"):
        with pytest.raises(StoreError) as caught:
            files.read_table(file, "organizations")
        lines = str(caught.value).splitlines()
        assert lines[:2] == ['Table "organizations" cannot be read', f"  where   {file}"]
        assert lines[-1] == "  next    run the scenario again; that stage is repeated"


def test_table_of_another_declaration_is_refused_not_filled_with_nulls(tmp_path):
    schema = convert.arrow_schema("organizations")
    old = pa.table(
        [pa.array(["a"]), pa.array([1]), pa.array([1])],
        schema=pa.schema([schema.field(0), pa.field("currency", pa.int64(), nullable=False), ("since", pa.int64())]),
    )
    files.write_arrow(tmp_path / "a", old)
    with pytest.raises(StoreError) as caught:
        files.read_table(tmp_path / "a", "organizations")
    assert str(caught.value) == (
        f'Table "organizations" was written under another declaration\n  where   {tmp_path}/a\n'
        "  found   no column organization_name, a column since, currency as int64 not null\n"
        "  next    run the scenario again; that stage is repeated"
    )
    files.write_arrow(tmp_path / "b", pa.table(many(1)).select([2, 1, 0]).cast(pa.schema(list(schema)[::-1])))
    with pytest.raises(StoreError, match="found   another order of columns"):
        files.read_table(tmp_path / "b", "organizations")


APPEND = """
import sys
from pathlib import Path
from shoplib.store import files

for number in range(300):
    files.append_line(Path(sys.argv[1]), {"who": int(sys.argv[2]), "number": number, "text": "é" * 3_000})
"""


def test_lines_of_four_writers_never_mix(tmp_path):
    journal = tmp_path / "logs" / "journal.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", APPEND, str(journal), str(who)]) for who in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert len(lines) == 1_200
    for who in range(4):
        assert [line["number"] for line in lines if line["who"] == who] == list(range(300))


def test_json_there_and_back_with_sorted_keys(tmp_path):
    files.write_json(tmp_path / "a.json", {"b": "é", "a": [1, None]})
    assert (tmp_path / "a.json").read_text(encoding="utf-8") == (
        '{\n "a": [\n  1,\n  null\n ],\n "b": "é"\n}\n'
    )  # fmt: skip
    assert files.read_json(tmp_path / "a.json") == {"a": [1, None], "b": "é"}
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.write_json(tmp_path / "a.json", float("nan"))


def test_json_that_is_damaged(tmp_path):
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(StoreError) as caught:
        files.read_json(tmp_path / "a.json")
    assert str(caught.value) == (
        f"A record cannot be read\n  where   {tmp_path}/a.json\n"
        "  found   Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n"
        "  next    run the scenario again; it is made anew"
    )


def test_digests_of_a_folder_leave_hidden_files_out(tmp_path):
    for name in ("b.txt", "sub/a.txt", ".hidden", ".cache/x", "sub/.part"):
        files.write_text(tmp_path / name, name)
    found = files.sha256_tree(tmp_path)
    assert list(found.items()) == [(n, digest.of_bytes(n.encode())) for n in ("b.txt", "sub/a.txt")]
    assert files.sha256(tmp_path / "b.txt") == found["b.txt"]


def test_link_replaces_what_was_there(tmp_path):
    source, target = tmp_path / "source", tmp_path / "deep" / "target"
    files.write_text(source, "new")
    files.write_text(target, "old")
    files.link_or_copy(source, target)
    files.link_or_copy(source, target)
    assert target.samefile(source)
    assert inside(target.parent) == ["target"]


def test_copy_where_no_link_can_be(small_disk, tmp_path):
    files.write_text(tmp_path / "source", "new")
    files.link_or_copy(tmp_path / "source", small_disk / "target")
    assert (small_disk / "target").read_text() == "new"
    assert inside(small_disk) == ["target"]


def test_parquet_holds_the_declared_types(tmp_path, shop):
    for name, frame in shop.items():
        files.write_table(tmp_path / name, name, frame)
        assert pq.read_schema(tmp_path / name) == convert.arrow_schema(name)
        assert len(files.read_table(tmp_path / name, name)) == len(frame)


def test_columns_read_by_name_equal_those_of_the_whole_table(tmp_path, shop):
    for name, frame in shop.items():
        files.write_table(tmp_path / name, name, frame)
        whole = files.read_table(tmp_path / name, name)
        for columns in (list(whole.columns), list(reversed(whole.columns)), list(whole.columns[1:3])):
            part = files.read_table(tmp_path / name, name, columns)
            assert list(part.columns) == columns
            for column in columns:
                assert part[column].isna().tolist() == whole[column].isna().tolist()
                assert part[column].dropna().tolist() == whole[column].dropna().tolist()
        for column in whole.select_dtypes(exclude="object").columns:
            assert files.read_table(tmp_path / name, name, [column])[column].dtype == whole[column].dtype


def test_texts_read_by_name_are_categories_in_alphabetical_order_whatever_the_order_of_rows(tmp_path):
    frame = pd.DataFrame({"organization_id": [f"{row:05}" for row in range(3_000)], "currency": "GBP"})
    frame["organization_name"] = ["Zoë", "Émile", "bar", "Bar"] * 750
    table = convert.to_arrow("organizations", frame[convert.arrow_schema("organizations").names])
    pq.write_table(table, tmp_path / "one", row_group_size=1_000)
    pq.write_table(table.slice(1), tmp_path / "two", row_group_size=700)
    one, two = (files.read_table(tmp_path / name, "organizations", ["organization_name"]) for name in ("one", "two"))
    for found, first in ((one, 0), (two, 1)):
        assert found["organization_name"].cat.categories.tolist() == ["Bar", "Zoë", "bar", "Émile"]
        assert found["organization_name"].tolist() == frame["organization_name"].tolist()[first:]
    key = files.read_table(tmp_path / "one", "organizations", ["organization_id"])["organization_id"]
    assert not isinstance(key.dtype, pd.CategoricalDtype)


def test_columns_of_a_table_without_rows_keep_their_types(tmp_path):
    files.write_table(tmp_path / "none", "transactions", convert.empty("transactions"))
    names = ["business_date", "location_id", "transaction_id", "local_hour", "total_amount_minor"]
    found = files.read_table(tmp_path / "none", "transactions", names)
    assert list(found.columns) == names
    assert found.empty
    assert found["location_id"].cat.categories.tolist() == []
    assert found["total_amount_minor"].dtype == "int64"


def test_a_column_that_is_not_declared_is_not_read(tmp_path):
    files.write_table(tmp_path / "none", "transactions", convert.empty("transactions"))
    with pytest.raises(KeyError, match="nope"):
        files.read_table(tmp_path / "none", "transactions", ["nope"])
