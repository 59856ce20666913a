"""Tables read as a person reads them, and a listing is kept as values too."""

import ast
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from shoplib.base import money
from shoplib.base.listing import Column, Listing
from shoplib.notebook import MIME, tables
from shoplib.store import listings

COLUMNS = (
    Column("day", "Day", "day"),
    Column("place", "Place", "text"),
    Column("takings_minor", "Takings", "money", "tax included"),
    Column("change_share", "Change", "share"),
    Column("change_points", "Change", "points"),
)


def shown(capsys):
    """Return the blocks of what was displayed; outside a kernel IPython prints whole bundles."""
    return [ast.literal_eval(line)[MIME] for line in capsys.readouterr().out.splitlines()]


def days(rows=2):
    """Return a listing whose texts are figures and whose amounts may be unknown."""
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2024-05-01", periods=rows), "place": ["10"] * rows,
            "takings_minor": [123456, np.nan][:rows] + [100] * (rows - 2), "change_share": [0.5] * rows,
            "change_points": [-0.01] * rows,
        }
    )  # fmt: skip
    return Listing("days", "Days", frame, COLUMNS, "GBP", "One row a day.", ("takings_minor",))


def test_a_listing_is_shown_in_words_and_set_by_its_units(run, capsys):
    run.listing(days())
    (block,) = shown(capsys)
    assert block["columns"] == [
        {"label": "Day", "kind": "text"}, {"label": "Place", "kind": "text"}, {"label": "Takings", "kind": "number"},
        {"label": "Change", "kind": "number"}, {"label": "Change", "kind": "number"},
    ]  # fmt: skip
    assert block["rows"] == [
        ["1\u00a0May\u00a02024", "10", "£1,234.56", "50.0%", "down 1.0 points"],
        ["2\u00a0May\u00a02024", "10", "", "50.0%", "down 1.0 points"],
    ]
    assert (block["id"], block["title"], block["caption"]) == ("days", "Days", "One row a day.")
    assert (block["rows_total"], block["kept"], block["folded"]) == (2, True, False)


def test_all_rows_of_a_listing_are_kept_and_some_are_shown(run, tmp_path, capsys):
    run.listing(days(40), rows=3)
    run.listing(Listing("other", "Other", days().frame, COLUMNS, "GBP"), shown=False)
    (block,) = shown(capsys)
    assert (len(block["rows"]), block["rows_total"]) == (3, 40)
    kept = listings.read_all(tmp_path / "work")
    assert [(found.name, len(found.frame)) for found in kept] == [("days", 40), ("other", 2)]
    told = json.loads((tmp_path / "work" / "listings" / "days.json").read_text())
    assert told["rows"][0] == ["2024-05-01", "10", 123456, 0.5, -0.01]
    assert told["totals"] == ["takings_minor"]


def test_a_form_is_shown_in_place_of_what_is_kept(run, tmp_path, capsys):
    form = Listing("form", "The days", days(1).frame, COLUMNS[:2], "GBP", "One.")
    run.listings([days(), replace(days(), name="others")], {"days": 5, "others": 5},
                 forms={"days": form, "others": form.head(0)}, folded=["days"])  # fmt: skip
    (block,) = shown(capsys)
    assert block["folded"]
    assert block["rows"] == [["1\u00a0May\u00a02024", "10"]]
    assert (block["id"], block["title"], block["caption"], block["rows_total"]) == ("days", "The days", "One.", 1)
    assert [(kept.name, len(kept.frame)) for kept in listings.read_all(tmp_path / "work")] == [
        ("days", 2), ("others", 2),
    ]  # fmt: skip


def test_an_empty_listing_is_left_out_where_asked(run, tmp_path, capsys):
    run.listing(days().head(0), skip_empty=True)
    assert shown(capsys) == []
    assert not (tmp_path / "work" / "listings").exists()


def test_an_empty_listing_has_its_columns(run, capsys):
    run.listing(days().head(0))
    (block,) = shown(capsys)
    assert (len(block["columns"]), block["rows"]) == (5, [])


def test_rows_with_units_of_their_own_are_set_as_figures(run, capsys):
    frame = pd.DataFrame({"label": ["Takings", "Share"], "unit": ["minor", "share"], "value": [100, 0.5]})
    columns = (Column("label", "What", "text"), Column("value", "Value", "row"))
    run.listing(Listing("o", "O", frame, columns, "GBP"))
    (block,) = shown(capsys)
    assert block["rows"] == [["Takings", "£1.00"], ["Share", "50.0%"]]
    assert [column["kind"] for column in block["columns"]] == ["text", "number"]


def test_a_table_without_rows_is_shown_unless_asked_otherwise(run, organization, capsys):
    run.table("one", organization.iloc[:0], title="One", skip_empty=True)
    assert shown(capsys) == []
    run.table("two", organization.iloc[:0], title="Two")
    run.table("three", organization, title="Three", skip_empty=True)
    assert [block["title"] for block in shown(capsys)] == ["Two", "Three"]


@pytest.mark.parametrize(
    ("texts", "figures"),
    [
        (["£1.00", "-£2,000"], True), (["12.5%", ""], True), (["9 Mar"], False), (["Bar"], False), ([], False),
        (["IDR149,000", "IDR 149,000.50", "−IDR1"], True), (["IDR149,000", "none"], False),
        (["SKU149", "SKU150"], False), (["IDR"], False),
    ],
)  # fmt: skip
def test_columns_of_figures_are_told_from_words(texts, figures):
    assert tables._is_figures(pd.Series(texts, dtype=object)) is figures


@pytest.mark.parametrize("language", ["en_GB", "en_IN"])
@pytest.mark.parametrize("currency", ["GBP", "INR", "IDR", "AED", "CHF"])
def test_an_amount_as_the_shop_writes_it_reads_as_a_figure(currency, language):
    texts = [money.show(minor, currency, language=language) for minor in (0, 5, -14_900_050, 14_900_000)]
    assert tables._is_figures(pd.Series(texts, dtype=object))
