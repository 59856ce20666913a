"""Parts of one file judged together."""

from __future__ import annotations

from shoplib.config.models import Shop
from shoplib.config.quality import Quality
from shoplib.ingest.quality.judge import judge, together

RULES = Quality.model_validate(
    {
        "rules": {
            "strict": {"test": "not_negative", "table": "transactions", "columns": ["total_amount_minor"]},
            "lenient": {
                "test": "not_negative", "table": "transactions", "columns": ["total_amount_minor"],
                "tolerance_share": 0.1,
            },
            "of_lines": {"test": "not_negative", "table": "transaction_items", "columns": ["quantity"]},
        }
    }
)  # fmt: skip
SHOP = Shop()


def test_parts_together_find_what_the_whole_finds(small):
    sales = small["transactions"]
    only_sales = {name: frame for name, frame in small.items() if name != "transaction_items"}
    halves = [judge({**only_sales, "transactions": half}, RULES, SHOP) for half in (sales[:2], sales[2:])]
    whole = judge(only_sales, RULES, SHOP)
    both = together(halves, RULES, SHOP)
    columns = ["rule", "rows_failing", "money_minor", "state", "meaning"]
    assert both.table[columns].to_dict("list") == whole.table[columns].to_dict("list")
    assert both.transactions == len(sales) and both.money_minor == whole.money_minor


def test_one_row_of_a_handful_breaks_only_a_rule_that_bears_none(small):
    states = together([judge(small, RULES, SHOP)], RULES, SHOP, fewest=10).table.set_index("rule")["state"]
    assert states.to_dict() == {"strict": "broken", "lenient": "borne", "of_lines": "broken"}
    assert together([], RULES, SHOP).table["state"].eq("kept").all()
