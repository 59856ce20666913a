"""Every figure that is shown has a source, and reads as a person reads it."""

import ast
import json

import pandas as pd
import pytest

from shoplib.errors import UndeclaredError
from shoplib.viz import charts
from shoplib.viz.export import Chart


def shown(capsys):
    """Return the plain texts of what was displayed; outside a kernel IPython prints whole bundles."""
    bundles = [ast.literal_eval(line) for line in capsys.readouterr().out.splitlines()]
    return [bundle["text/plain"] for bundle in bundles]


def test_no_charts_show_nothing(run, capsys):
    run.figures({})
    assert shown(capsys) == []


def test_numbers_are_recorded_and_sentences_take_them_from_there(run, organization, tmp_path, capsys):
    run.number("takings", 123456, label="Takings", unit="minor", definition="all of it")
    run.number("share", 0.125, label="Share", unit="share", definition="of one")
    run.number("unknown", None, label="Unknown", unit="minor", definition="could not be told")
    run.headline("Takings were {takings}, {share} of {what}.", what="all", announce=True)
    assert "Takings were £1,234.56, 12.5% of all." in shown(capsys)
    run.write("organizations", organization)
    (run.out("raw") / "x").write_text("x")
    run.finish()
    numbers = json.loads((tmp_path / "work" / "numbers.json").read_text())
    assert numbers["takings"] == {
        "definition": "all of it", "label": "Takings", "text": "£1,234.56", "unit": "GBP minor units", "value": 123456,
        "before": None, "text_before": "not known", "all": None, "text_all": "not known",
    }  # fmt: skip
    assert numbers["unknown"]["text"] == "not known"
    said = json.loads((tmp_path / "work" / ".finished.json").read_text())["said"]
    assert said == ["Takings were £1,234.56, 12.5% of all."]


def test_a_sentence_with_an_unknown_number_is_refused(run):
    run.number("takings", 1, label="Takings", unit="minor", definition="d")
    with pytest.raises(UndeclaredError) as error:
        run.headline("Takings were {taking}.")
    assert str(error.value) == (
        'The sentence uses "{taking}", which is no number of this notebook\n  where   Takings were {taking}.\n'
        '  found   takings\n  next    did you mean "{takings}"?'
    )


def test_braces_in_a_finished_sentence_are_words(run, capsys):
    run.headlines(["A product called {x} sold."])
    assert "A product called {x} sold." in shown(capsys)


def test_a_name_is_used_once_among_numbers_and_among_tables(run, organization):
    run.number("takings", 1, label="Takings", unit="minor", definition="d")
    run.table("takings", organization, title="T")
    with pytest.raises(UndeclaredError) as error:
        run.number("takings", 1, label="Takings", unit="minor", definition="d")
    assert str(error.value) == (
        'Two numbers of this notebook are called "takings"\n  where   s\n  wanted  a name of its own for each number'
    )
    with pytest.raises(UndeclaredError, match='Two tables of this notebook are called "takings"'):
        run.table("takings", organization, title="T")


def test_metrics_show_change_and_tone(run, capsys):
    table = pd.DataFrame(
        {
            "metric": ["up", "down", "none"], "label": ["Up", "Down", "None"], "unit": ["count"] * 3,
            "value": [110, 4, None], "before": [100, 5, None], "change_share": [0.1, -0.2, None],
            "better": ["up", "up", "up"], "definition": ["d"] * 3,
        }
    )  # fmt: skip
    run.numbers(table, cards=("up", "none"))
    assert shown(capsys) == ["Up: 110 (up 10.0%)", "Down: 4 (down 20.0%)", "Not known from these files: none."]


def test_an_unknown_point_of_a_recent_past_stays_unknown(run, capsys):
    run.number("takings", 1, label="Takings", unit="minor", definition="d", spark=[1.0, float("nan"), None])
    text = capsys.readouterr().out
    assert "'spark': [1.0, None, None]" in text


def test_a_change_of_a_share_is_told_in_points(run, capsys):
    table = pd.DataFrame(
        {
            "metric": ["s"], "label": ["Share"], "unit": ["share"], "value": [0.052], "before": [0.055],
            "change_share": [-0.054], "better": ["down"], "definition": ["d"],
        }
    )  # fmt: skip
    run.numbers(table)
    assert shown(capsys) == ["Share: 5.2% (down 0.3 points)"]


def test_a_metric_is_recorded_for_the_days_before_and_for_all(run, organization, tmp_path):
    table = pd.DataFrame(
        {
            "metric": ["gross"], "label": ["Takings"], "unit": ["minor"], "value": [110], "before": [100], "all": [930],
            "change_share": [0.1], "better": ["up"], "definition": ["d"],
        }
    )  # fmt: skip
    run.numbers(table)
    run.write("organizations", organization)
    (run.out("raw") / "x").write_text("x")
    run.finish()
    gross = json.loads((tmp_path / "work" / "numbers.json").read_text())["gross"]
    assert (gross["value"], gross["before"], gross["all"]) == (110, 100, 930)
    assert (gross["text"], gross["text_before"], gross["text_all"]) == ("£1.10", "£1.00", "£9.30")


def test_the_data_behind_a_chart_is_in_the_currency_of_the_shop(run, tmp_path, capsys):
    data = pd.DataFrame({"business_date": pd.to_datetime(["2024-05-03"]), "gross_sales_minor": [12345]})
    figure = charts.bars(["Tea"], [1.0], ["£1"], unit="Takings")
    run.figure("takings", Chart(figure, "Tea leads", "By product.", "One bar.", data))
    assert (tmp_path / "work" / "figures" / "takings.csv").read_text() == (
        "business_date,gross_sales\n2024-05-03,123.45\n"
    )
    assert "'heads': ['Business date', 'Gross sales (GBP)']" in capsys.readouterr().out


def test_numbers_that_are_no_tiles_are_recorded_alone(run, organization, tmp_path, capsys):
    table = pd.DataFrame(
        {
            "metric": ["a", "b", "c", "d"], "label": ["A", "B", "C", "D"], "unit": ["count"] * 4,
            "value": [1, 2, 3, None], "before": [None] * 4, "change_share": [None] * 4, "better": ["up"] * 4,
            "definition": ["d"] * 4,
        }
    )  # fmt: skip
    run.numbers(table, cards=("a",), tiles=("c", "d"))
    assert shown(capsys) == ["A: 1", "C: 3", "Not known from these files: d."]
    run.write("organizations", organization)
    (run.out("raw") / "x").write_text("x")
    run.finish()
    recorded = json.loads((tmp_path / "work" / "numbers.json").read_text())
    assert {name: number["value"] for name, number in recorded.items()} == {"a": 1, "b": 2, "c": 3, "d": None}
