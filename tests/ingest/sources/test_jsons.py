"""JSON: lists, documents and lines, and each way in which they are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shoplib.ingest.readers import RawFile
from shoplib.ingest.sources import jsons

Reading = Callable[..., RawFile]
Refused = Callable[..., str]


def test_numbers_stay_as_they_are_written_in_the_marks_of_the_mapping(reading: Reading) -> None:
    text = '[{"a": 12.10, "b": 12345678901234567890123, "c": 1.5e3, "d": "1,5", "e": true, "f": null, "g": NaN}]'
    assert reading("json", text).rows.iloc[0].tolist() == [
        "12.10", "12345678901234567890123", "1500", "1,5", "true", "", "",
    ]  # fmt: skip
    assert reading("json", text, decimal=",").rows.iloc[0].tolist()[:4] == [
        "12,10", "12345678901234567890123", "1500", "1,5",
    ]  # fmt: skip


def test_objects_become_columns_and_lists_stay_json(reading: Reading) -> None:
    raw = reading(
        "json", '[{"id": 1, "customer": {"name": "Ö", "at": {"x": 2}}, "lines": [{"n": 1.50}, null]}, {"id": 2}]'
    )
    assert raw.rows.to_dict("list") == {
        "id": ["1", "2"], "customer.name": ["Ö", ""], "customer.at.x": ["2", ""], "lines": ['[{"n": 1.50}, null]', ""],
    }  # fmt: skip


def test_the_only_list_of_objects_is_taken(reading: Reading) -> None:
    assert reading("json", '{"page": {"orders": [{"a": 1}]}, "tags": ["x"]}').rows["a"].tolist() == ["1"]


def test_two_lists_of_objects_are_named(refused: Refused, reading: Reading) -> None:
    text = '{"page": {"orders": [{"a": 1}]}, "places": [{"a": 2}]}'
    assert refused("json", text) == (
        "The document does not say which list holds the records\n"
        "  where   FOLDER/sales.json\n"
        "  found   lists of objects at page.orders, places\n"
        "  wanted  a list of objects\n"
        "  next    name one of them as file.records in the mapping"
    )
    assert reading("json", text, records="page.orders").rows["a"].tolist() == ["1"]
    assert refused("json", text, records="page.order") == (
        "There is no list of records at page.order\n"
        "  where   FOLDER/sales.json\n"
        "  found   lists of objects at page.orders, places\n"
        "  wanted  a list of objects at the place that file.records names\n"
        "  next    set file.records: page.orders"
    )


def test_lines_are_records_and_a_broken_one_is_set_apart(reading: Reading) -> None:
    raw = reading("json", '{"a": 1}\r\n\r\n{"a": 2, "b": 3}\n{"a": \n7\n{"a": 4}')
    assert raw.rows.to_dict("list") == {"a": ["1", "2", "4"], "b": ["", "3", ""]}
    assert raw.rows.index.tolist() == [1, 2, 5]
    assert raw.misshapen.reset_index().to_numpy().tolist() == [[3, 0, '{"a":'], [4, 0, "7"]]


def test_a_single_line_is_one_record_by_its_name_or_if_it_holds_no_list(reading: Reading) -> None:
    line = '{"id": 1, "lines": [{"n": 2}]}'
    assert reading("json", line, name="day.jsonl").rows.columns.tolist() == ["id", "lines"]
    assert reading("json", line).rows.columns.tolist() == ["n"]
    assert reading("json", '{"id": 1}').rows.columns.tolist() == ["id"]


def test_a_record_that_says_one_thing_twice_is_set_apart(reading: Reading) -> None:
    raw = reading("json", '[{"a": 1, "a": 2}, {"b": {"c": 1}, "b.c": 2}, {"b": [{"x": 1, "x": 1.0}]}, {"a": 3}, 5]')
    assert raw.rows.index.tolist() == [4] and raw.misshapen["text"].tolist() == [
        '{"a": 1, "a": 2}', '{"b": {"c": 1}, "b.c": 2}', '{"b": [{"x": 1, "x": 1.0}]}', "5",
    ]  # fmt: skip


def test_broken_json_is_told_with_line_and_column(refused: Refused) -> None:
    assert refused("json", '[{"a": 1},\n {"a": }]') == (
        "The file is no JSON that can be read\n"
        "  where   FOLDER/sales.json, line 2, column 8\n"
        '  found   Expecting value near \'[{"a": 1},\\n {"a": }]\'\n'
        "  wanted  a list of records, or one record a line\n"
        "  next    export it again; it may have been cut off"
    )


def test_the_first_of_lines_must_be_json(refused: Refused) -> None:
    assert (
        refused("json", 'a\n{"a": 1}', name="x.jsonl").splitlines()[1] == "  where   FOLDER/x.jsonl, line 1, column 1"
    )


@pytest.mark.parametrize("text", ["[" * 100_000, '[{"a": ' + "[" * 60 + "]" * 60 + "}]", '{"a":' * 5_000])
def test_deep_nests_are_refused(refused: Refused, text: str) -> None:
    assert "nested too deeply" in refused("json", text).replace("Nested", "nested")


def test_a_record_nested_too_deeply(refused: Refused) -> None:
    assert refused("json", '[{"a": 1}, {"a": ' + "[" * 40 + "]" * 40 + "}]") == (
        "A record is nested too deeply\n"
        "  where   FOLDER/sales.json, record 2\n"
        "  found   more than 32 objects or lists within one another\n"
        "  wanted  records that make a table\n"
        "  next    export it again with plain records"
    )


def test_keys_that_are_values_make_no_columns(refused: Refused) -> None:
    text = "[{" + ", ".join(f'"{n}": 1' for n in range(5_000)) + "}]"
    assert refused("json", text).splitlines()[:3] == [
        "The file has too many columns", "  where   FOLDER/sales.json", "  found   5,000 columns",
    ]  # fmt: skip


def test_characters_no_text_has_are_refused(refused: Refused) -> None:
    assert "Half a character near" in refused("json", '[{"a": "\\ud800"}]')
    assert refused("json", '[{"a": 1}, {"a": "x\\u0000"}]').splitlines()[:3] == [
        "The file holds NUL characters, which no text has", "  where   FOLDER/sales.json, row 2",
        "  found   the first in column a",
    ]  # fmt: skip
    assert refused("json", '[{"a\\u0000": 1}]').splitlines()[0] == "A column has a name that is no text"


@pytest.mark.parametrize("text", ["[]", "{}", "[{}]"])
def test_a_document_without_records(refused: Refused, text: str) -> None:
    assert refused("json", text) == (
        "The file holds no records\n"
        "  where   FOLDER/sales.json\n"
        "  wanted  at least one record\n"
        "  next    export it again with the rows"
    )


@pytest.mark.parametrize(("text", "found"), [("3", "a single value"), ("[1, 2]", "a list")])
def test_values_are_no_records(refused: Refused, text: str, found: str) -> None:
    assert refused("json", text).splitlines()[:3] == [
        "The document holds no records", "  where   FOLDER/sales.json", f"  found   {found}",
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_encodings_are_seen(reading: Reading, encoding: str) -> None:
    assert reading("json", '[{"ä": "ö"}]'.encode(encoding)).rows.to_dict("list") == {"ä": ["ö"]}


def test_a_document_too_large_to_hold(refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsons, "MAX_DOCUMENT_BYTES", 30)
    assert "a line of more than 30 characters" in refused("json", '[{"a": "xxxxxxxxxxxxxxxxxxxxxxxxxx"}]')
    assert refused("json", '[\n{"a": "xxxxxxx"},\n{"a": "xxxxxxx"}\n]') == (
        "The JSON document is too large to be read at once\n"
        "  where   FOLDER/sales.json\n"
        "  found   38 bytes\n"
        "  wanted  at most 30 bytes in one document\n"
        "  next    export it as JSON lines: one record a line, of any number of lines"
    )
