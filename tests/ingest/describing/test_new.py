"""Two files for a sales file nobody has described; nothing is overwritten, wrong words are refused."""

from pathlib import Path

import pytest

from shoplib.config.load import load
from shoplib.errors import ConfigError
from shoplib.ingest.describing import new
from shoplib.ingest.describing.suggest import Told

SALES = "date,invoice,net amount,vat,gross amount\n" + "".join(
    f"2024-01-{day:02},{day},{10 + day}.00,{2 + day / 5:.2f},{12 + day * 1.2:.2f}\n" for day in range(1, 29)
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "params" / "mappings").mkdir(parents=True)
    (tmp_path / "params" / "base.yaml").write_text("seed: 1\n")
    (tmp_path / "till 2024.csv").write_text(SALES)
    return tmp_path


def test_the_two_files_are_a_valid_scenario_that_names_the_file_by_its_place_in_the_project(root: Path) -> None:
    made = new.write(root / "till 2024.csv", root, Told(currency="gbp", timezone="Europe/London"))
    scenario = load(made.scenario)
    assert scenario.name == "till_2024"
    assert scenario.ingest.sources[0].path == "till 2024.csv"  # type: ignore[union-attr]  # it is a file of the shop's own
    assert scenario.shop.currency == "GBP"
    assert made.lines[:2] == ("wrote params/till_2024.yaml", "wrote params/mappings/till_2024.yaml")


def test_a_net_amount_with_its_tax_is_not_taken_for_the_total(root: Path) -> None:
    made = new.write(root / "till 2024.csv", root)
    fields = load(made.scenario).mappings["mappings/till_2024.yaml"].fields
    assert fields["total_amount"].columns == ("gross amount",)
    assert fields["subtotal"].columns == ("net amount",)
    assert fields["tax_total"].columns == ("vat",)


def test_a_column_of_currency_codes_says_the_currency_and_signs_in_names_do_not(root: Path) -> None:
    text = "Date,Item,Total,Currency\n" + "".join(f"2024-01-{d:02},$x^2$ & Co,{d}.50,EUR\n" for d in range(1, 29))
    (root / "shop.csv").write_text(text)
    made = new.write(root / "shop.csv", root)
    assert load(made.scenario).shop.currency == "EUR"
    assert '  currency: EUR, "Currency" holds EUR throughout (score 1.00)' in made.lines


def test_what_is_there_is_never_overwritten(root: Path) -> None:
    new.write(root / "till 2024.csv", root)
    with pytest.raises(ConfigError) as error:
        new.write(root / "till 2024.csv", root)
    assert str(error.value) == (
        "There is a file of this name already\n  where   params/till_2024.yaml\n"
        "  next    give another name with --name, or use it: python run_all.py params/till_2024.yaml"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"currency": "XXQ"}, "That is no currency\n  where   --currency XXQ\n"),
        ({"timezone": "Europe/Lundon"}, "That is no time zone\n  where   --timezone Europe/Lundon\n"),
        ({"name": "My shop"}, "That cannot be the name of a scenario\n  where   --name My shop\n"),
    ],
)
def test_a_wrong_word_is_refused_and_nothing_written(root: Path, words: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        name = words.pop("name", "")
        new.write(root / "till 2024.csv", root, Told(**words), name=name)
    assert str(error.value).startswith(message)
    assert not list((root / "params" / "mappings").iterdir())
