"""Secrets planted in the environment are found wherever they stand, and stand nowhere in what a run writes."""

import base64
import html
import json
import sqlite3
import zlib
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import xlsxwriter

from shoplib import cli
from shoplib.pipeline import chain, leaks, record
from shoplib.pipeline.leaks import Scan

PLANTED = "correct horse battery staple 19f"
AWKWARD = """p&ss"w<o>r'd\\é/+"""
QUIET = chain.Options(quiet=True)
HERE = {"SHOP_PASSWORD": PLANTED, "MAIL_API_TOKEN": AWKWARD}


def found(folder: Path) -> tuple[str, ...]:
    seen = leaks.scan(folder, HERE)
    assert seen.unread == ()
    return seen.found


def workbook_with(path: Path, text: str) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("sales").write_string(0, 0, f"of {text}.")


def notebook_with(path: Path, text: str) -> None:
    output = nbformat.v4.new_output("stream", text=f"it is {text}\n")
    cell = nbformat.v4.new_code_cell("run.finish()", id="finish", outputs=[output])
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def database_with(path: Path, text: str) -> None:
    base = sqlite3.connect(path)
    with base:
        base.execute("CREATE TABLE IF NOT EXISTS t (x TEXT)")
        base.execute("INSERT INTO t VALUES (?)", (text,))
    base.close()


WAYS = {
    "page.html": lambda path, text: path.write_text(f"<p title='x'>{html.escape(text)}</p>", encoding="utf-8"),
    "loose.html": lambda path, text: path.write_text(f"<p>{html.escape(text, quote=False)}</p>", encoding="utf-8"),
    "embedded.html": lambda path, text: path.write_text(
        f"<a href='data:;base64,{base64.b64encode(('ab' + text + 'c').encode()).decode()}'>x</a>"
    ),
    "notebook.ipynb": notebook_with,
    "manifest.json": lambda path, text: path.write_text(json.dumps({"overrides": [f"a={text}"]})),
    "journal.jsonl": lambda path, text: path.write_text(
        json.dumps({"event": text}, ensure_ascii=False) + "\n", encoding="utf-8"
    ),
    "shown.csv": lambda path, text: path.write_text(f"a,b\n1,{text}\n", encoding="utf-8"),
    "error.txt": lambda path, text: path.write_text(text, encoding="utf-8"),
    "kernel.log": lambda path, text: path.write_text("x" * 50 + text, encoding="utf-8"),
    "report.xlsx": workbook_with,
    "sales.parquet": lambda path, text: pd.DataFrame({"n": [1, 2], "x": [None, f"a {text}"]}).to_parquet(path),
    "shop.db": database_with,
    "report.pdf": lambda path, text: path.write_bytes(
        b"%PDF-1.7\n1 0 obj <</Filter/FlateDecode>>\nstream\n" + zlib.compress(text.encode()) + b"\nendstream\n"
    ),
}


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("text", [PLANTED, AWKWARD], ids=["plain", "awkward"])
def test_a_planted_secret_is_found(tmp_path, name, text):
    WAYS[name](tmp_path / name, "nothing")
    assert found(tmp_path) == ()
    WAYS[name](tmp_path / name, text)
    assert found(tmp_path) == (name,)


@pytest.mark.parametrize("before", range(4))
@pytest.mark.parametrize("text", ["12345678", "123456789", "1234567890"])
def test_base64_is_seen_through_wherever_the_secret_begins(tmp_path, before, text):
    coded = base64.b64encode(b"?" * before + text.encode() + b"!").decode()
    (tmp_path / "a.txt").write_text(coded)
    assert leaks.scan(tmp_path, {"TOKEN": text}).found == ("a.txt",)


def test_a_secret_across_two_pieces_of_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr(leaks, "PIECE", 40)
    for at in range(45):
        (tmp_path / "a.txt").write_text("." * at + PLANTED + "." * 50)
        assert found(tmp_path) == ("a.txt",)


def test_files_are_told_by_name_in_order_and_a_name_that_is_a_secret_is_hidden(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / f"{PLANTED}.txt").write_text("")
    (tmp_path / "a.txt").write_text(PLANTED)
    (tmp_path / "c.txt").write_text("c")
    assert leaks.scan(tmp_path, HERE) == Scan(3, ("a.txt", "b/….txt"))


def test_one_file_under_two_names_is_read_once_and_links_are_not_followed(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "a.txt").write_text(PLANTED)
    (tmp_path / "again.txt").hardlink_to(tmp_path / "run" / "a.txt")
    (tmp_path / "latest").symlink_to("run", target_is_directory=True)
    assert leaks.scan(tmp_path, HERE) == Scan(1, ("again.txt",))
    assert leaks.scan(tmp_path / "latest", HERE) == Scan(1, ("a.txt",))


def test_a_file_that_cannot_be_read_is_told_and_not_passed_over(tmp_path):
    (tmp_path / "torn.parquet").write_bytes(b"PAR1 torn")
    (tmp_path / "torn.xlsx").write_bytes(b"PK torn")
    assert leaks.scan(tmp_path, HERE) == Scan(2, (), ("torn.parquet", "torn.xlsx"))


@pytest.mark.parametrize(
    ("name", "counts"),
    [("SHOP_PASSWORD", True), ("PGPASSWORD", True), ("SSHPASS", True), ("GITHUB_TOKEN", True), ("REDISCLI_AUTH", True),
     ("AWS_SECRET_ACCESS_KEY", True), ("STRIPE_KEY", True), ("SENTRY_DSN", True), ("PWD", False), ("OLDPWD", False),
     ("HOME", False), ("PASSWORD_FILE", False), ("SHOP_PASSWORD_ENV", False), ("KEYBOARD", False)],
)  # fmt: skip
def test_which_variables_hold_secrets(name, counts):
    assert leaks.values({name: PLANTED}) == ([PLANTED] if counts else [])


def test_short_values_are_not_looked_for(tmp_path):
    (tmp_path / "a.txt").write_text("1234567 12345678")
    assert leaks.scan(tmp_path, {"TOKEN": "1234567"}) == Scan()
    assert leaks.scan(tmp_path, {"TOKEN": " 12345678\n"}) == Scan(1, ("a.txt",))
    assert leaks.scan(tmp_path / "nowhere", HERE) == Scan()


def test_named_are_the_variables_of_every_scenario_that_can_be_read(tmp_path):
    (tmp_path / "base.yaml").write_text("mail: {password_env: MAIL_PASSWORD}\n")
    (tmp_path / "one.yaml").write_text("extends: base.yaml\nfetch: [{key_env: SFTP_KEY}]\n")
    (tmp_path / "torn.yaml").write_text("a: [")
    assert leaks.named(tmp_path) == ["MAIL_PASSWORD", "SFTP_KEY"]
    assert leaks.named(tmp_path / "nowhere") == []


def test_a_run_that_uses_a_secret_shows_it_masked_and_writes_it_nowhere(small, finished, monkeypatch):
    """Through the stages, the pages and a failed stage: notebooks, logs, journal, manifest and what is said."""
    for name, value in HERE.items():
        monkeypatch.setenv(name, value)
    said: list[str] = []
    use = 'from shoplib.config import secrets\nused = secrets.read("SHOP_PASSWORD")\nlen(used.reveal())\n'
    small.write_notebook(finished / "notebooks", "a", use + small.BODY["a"] + "\nused")
    assert chain.execute(small.job(finished), small.STAGES, QUIET, "again", said.append) == chain.OK
    final = (finished / "outputs" / "s" / "latest").resolve()
    assert "set, 32 characters, ends …9f" in (final / "notebooks" / "a.ipynb").read_text(encoding="utf-8")
    small.write_notebook(finished / "notebooks", "d", use + "raise ValueError(f'{used} was refused')")
    assert chain.execute(small.job(finished), small.STAGES, QUIET, "again", said.append) == chain.FAILED
    assert "set, 32 characters, ends …9f was refused" in "\n".join(said)
    assert not any(text in "\n".join(said) for text in HERE.values())
    seen = leaks.scan(finished / "outputs", HERE)
    assert (seen.found, seen.unread) == ((), ())
    assert seen.files > 20
    with (final / record.JOURNAL).open("a", encoding="utf-8") as journal:
        journal.write(PLANTED)
    assert found(finished / "outputs") == (f"s/{final.name}/journal.jsonl",)


def test_a_refused_override_is_neither_shown_nor_written(fresh, monkeypatch, capsys):
    monkeypatch.chdir(fresh)
    assert cli.main(["run", "s", "--set", f"mail.password={PLANTED}", "--quiet"]) == 2
    shown = capsys.readouterr()
    assert "--set mail.password=…  mail.password  is a secret by its name" in shown.err
    assert PLANTED not in shown.out + shown.err
    assert not (fresh / "outputs").exists()
    assert found(fresh) == ()
