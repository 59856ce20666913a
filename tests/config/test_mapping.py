"""What a mapping file may say, and how its faults are told."""

import pytest
from pydantic import ValidationError

from shoplib.config.mapping import AMOUNTS, FIELDS, REQUIRED, FileFormat, Mapping

GOOD = {"rows": "line", "fields": {"timestamp": "When", "product_id": "What", "unit_price": "Price"}}


def test_short_and_long_forms_say_the_same():
    mapping = Mapping.model_validate(
        {
            "rows": "transaction",
            "fields": {
                "total_amount": "Total",
                "timestamp": ["Date", "Time"],
                "payment_method": {"columns": "Paid by", "words": {"Card": "credit_card"}, "default": "cash"},
            },
        }
    )
    assert mapping.fields["total_amount"].columns == ("Total",)
    assert mapping.fields["timestamp"].columns == ("Date", "Time")
    assert mapping.fields["payment_method"].columns == ("Paid by",)
    assert Mapping.model_validate(mapping.model_dump()) == mapping


def test_every_fault_of_a_mapping_is_told_at_once_with_its_line(folder):
    folder.write(
        "m.yaml",
        "rows: line\nfile: {delimeter: ';'}\nfields:\n  timestamp: When\n  product_id: [What]\n  unit_price: 5\n",
    )
    assert folder.refusal() == (
        "<here>/corner.yaml is not a valid scenario (2 problems)\n"
        '  m.yaml line 2  file.delimeter     unknown key; did you mean "delimiter"?\n'
        "  m.yaml line 6  fields.unit_price  Input should be a valid dictionary or instance of Field_ (found 5)\n"
        "  next    mend these and run the same command again; nothing was started"
    )


def test_unknown_and_missing_fields_are_told_at_once(folder):
    folder.write(
        "m.yaml", "rows: line\nfields:\n  timestamp: W\n  quantty: Q\nconstants:\n  timestamp: now\n  zzz: a\n"
    )
    allowed = ", ".join(FIELDS["line"])
    assert folder.problems() == [
        'm.yaml line 2  fields               rows: line needs the field "product_id" here or under constants',
        "m.yaml line 2  fields               rows: line needs line_total, or unit_price "
        "(× quantity, 1 if there is none)",
        'm.yaml line 4  fields.quantty       rows: line has no such field; did you mean "quantity"?',
        "m.yaml line 6  constants.timestamp  stands under fields too; keep one",
        f"m.yaml line 7  constants.zzz        rows: line has no such field; it has {allowed}",
    ]


def test_mapping_without_rows(folder):
    folder.write("m.yaml", "fields: {timestamp: W}\n")
    assert folder.problems() == ["m.yaml  rows  Field required"]


def test_mapping_that_extends_another_keeps_the_lines_of_both(folder):
    folder.write("base.yaml", "rows: line\nfil: 1\nfields: {timestamp: W, product_id: P}\n")
    folder.write("m.yaml", "extends: base.yaml\nfields:\n  unit_price: {columns: [], form: x}\n")
    assert folder.problems() == [
        'base.yaml line 2  fil                        unknown key; did you mean "file"?',
        "m.yaml line 3     fields.unit_price.columns  Tuple should have at least 1 item after validation, not 0",
        'm.yaml line 3     fields.unit_price.form     unknown key; did you mean "format"?',
    ]


def test_yes_and_no_are_words_of_a_mapping(folder):
    folder.write(
        "m.yaml",
        "rows: line\nfields:\n  timestamp: On\n  product_id: No\n  unit_price: P\n"
        "  payment_status: {columns: Paid, words: {Yes: paid, No: unpaid, 1: paid}}\n",
    )
    fields = folder.load().mappings["m.yaml"].fields
    assert (fields["timestamp"].columns, fields["product_id"].columns) == (("On",), ("No",))
    assert fields["payment_status"].words == {"Yes": "paid", "No": "unpaid", "1": "paid"}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"decimal": ",", "thousands": ","}, "decimal and thousands mark are both ','"),
        ({"header": False}, "header is false, so names must list the columns"),
        ({"encoding": "utf-9"}, "'utf-9' is no encoding Python knows, such as utf-8 or cp1252"),
        ({"delimiter": ";;"}, "String should have at most 1 character"),
    ],
)
def test_impossible_file_formats(more, said):
    with pytest.raises(ValidationError) as caught:
        FileFormat.model_validate(more)
    assert said in str(caught.value)


def test_tab_may_be_written_with_a_backslash():
    assert FileFormat(delimiter="\\t").delimiter == "\t"


def test_required_fields_and_amounts_are_fields():
    assert {row: set(names) - set(FIELDS[row]) for row, names in REQUIRED.items()} == {row: set() for row in FIELDS}
    assert {name for names in FIELDS.values() for name in names} >= AMOUNTS


def test_models_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        Mapping.model_validate(GOOD).rows = "item"


def test_only_lines_and_items_have_attributes(folder):
    folder.write("m.yaml", "rows: count\nfields: {product_id: P, counted_on: D}\nattributes: {colour: C}\n")
    assert folder.problems() == [
        'm.yaml line 2  fields      rows: count needs the field "counted_units" here or under constants',
        "m.yaml line 3  attributes  only rows: line and rows: item have attributes",
    ]
