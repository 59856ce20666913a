"""Two public data sets, where they are at hand: every row and every penny is accounted for."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from shoplib.config.load import read_merged
from shoplib.config.mapping import Mapping
from shoplib.config.models import Ingest, Shop
from shoplib.contracts import check
from shoplib.errors import SourceError
from shoplib.ingest.describing.suggest import Told, propose
from shoplib.ingest.facts import Facts, take_in
from shoplib.ingest.summary import sentence


def real(repository: Path, name: str) -> Path:
    file = repository.parent / "shared" / "data" / name
    if not file.exists():
        pytest.skip(f"{name} is not at hand")
    return file


def facts_of(repository: Path, file: Path, mapping_name: str) -> Facts:
    document = read_merged(repository / "params" / "mappings" / f"{mapping_name}.yaml")
    mapping = Mapping.model_validate({"name": mapping_name, **document.values})
    source = {"kind": "csv", "name": "sales", "path": str(file), "mapping": mapping_name}
    ingest = Ingest.model_validate({"sources": [source], "max_set_aside_share": 0.0})
    shop = Shop(name="Real", currency="USD", timezone="America/New_York")
    facts = take_in(shop, ingest, {mapping_name: mapping}, {"sales": [file]})
    for name, frame in facts.tables().items():
        check.checked(name, frame)
    return facts


def test_pizza(repository: Path) -> None:
    facts = facts_of(repository, real(repository, "pizza_sales.csv"), "pizza")
    assert sentence(facts.import_jobs, "sales") == (
        "48,620 rows in = 48,620 loaded + 0 set aside + 0 duplicate; "
        "US$817,860.05 in = US$817,860.05 loaded + US$0.00 set aside + US$0.00 duplicate."
    )
    assert (len(facts.transactions), len(facts.transaction_items), len(facts.products)) == (21_350, 48_620, 91)
    assert facts.transactions["total_amount_minor"].sum() == 81_786_005
    assert facts.transactions["business_date"].nunique() == 358
    assert facts.import_jobs["money_rounding"].tolist() == ["0"]


def test_supermarket(repository: Path) -> None:
    facts = facts_of(repository, real(repository, "supermarket_sales.csv"), "supermarket")
    assert sentence(facts.import_jobs, "sales") == (
        "1,000 rows in = 1,000 loaded + 0 set aside + 0 duplicate; "
        "US$322,967.43 in = US$322,967.43 loaded + US$0.00 set aside + US$0.00 duplicate "
        "(each amount rounded once; the exact sum of the file differs by -0.681)."
    )
    assert facts.import_jobs["money_rounding"].tolist() == ["-0.681"]  # exact sum 322,966.749
    assert facts.locations["location_id"].tolist() == ["A", "B", "C"]
    assert facts.transactions["payment_method"].value_counts().to_dict() == {
        "mobile": 345, "cash": 344, "credit_card": 311,
    }  # fmt: skip
    assert facts.transaction_items["line_total_minor"].sum() == facts.transactions["subtotal_minor"].sum()


def test_invoices_turned_below_zero_are_refunds_of_the_same_worth(repository: Path, tmp_path: Path) -> None:
    with real(repository, "supermarket_sales.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    for row in rows[::15]:
        for column in ("Quantity", "Tax 5%", "Total", "cogs"):
            row[header.index(column)] = "-" + row[header.index(column)]
    with (tmp_path / "turned.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    whole = facts_of(repository, real(repository, "supermarket_sales.csv"), "supermarket")
    facts = facts_of(repository, tmp_path / "turned.csv", "supermarket")
    assert "1,000 rows in = 1,000 loaded + 0 set aside" in sentence(facts.import_jobs, "sales")
    back = facts.transactions[facts.transactions["total_amount_minor"] < 0]
    assert len(back) == len(rows[::15]) and (back["transaction_status"] == "refunded").all()
    sizes = facts.transactions.set_index("transaction_id")["total_amount_minor"].abs()
    assert sizes.sort_index().equals(whole.transactions.set_index("transaction_id")["total_amount_minor"].sort_index())
    assert facts.below_zero["money_minor"].tolist() == [back["total_amount_minor"].sum()]
    assert facts.transaction_items["quantity"].abs().sum() == whole.transaction_items["quantity"].sum()


@pytest.mark.parametrize(
    ("file", "grain", "key", "account"),
    [
        ("pizza_sales.csv", "line", ["pizza_id"], "48,620 rows in = 48,620 loaded + 0 set aside"),
        ("supermarket_sales.csv", "transaction", ["Invoice ID"], "1,000 rows in = 1,000 loaded + 0 set aside"),
    ],
)
def test_proposals(repository: Path, file: str, grain: str, key: list[str], account: str) -> None:
    proposal = propose(real(repository, file), "real", Told(currency="USD", timezone="UTC"))
    assert (proposal.mapping["rows"], proposal.mapping["key"]) == (grain, key)
    assert account in proposal.evidence[-1]
    assert proposal.questions == []


def test_baskets_without_prices_are_refused(repository: Path) -> None:
    with pytest.raises(SourceError, match="No amount of money was found in the file"):
        propose(real(repository, "bread_basket.csv"), "bread")
