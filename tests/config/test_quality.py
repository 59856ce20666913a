"""The rules of a scenario: where they are read from, and every problem of their file told with its line."""

from pathlib import Path

import pytest

from shoplib.config.load import load_rules
from shoplib.errors import ConfigError

RULES = """rules:
  ids:
    test: unique
    table: transactions
  size:
    test: range
    table: transaction_items
    columns: [quantity]
    maximum: 100
"""


def test_rules_beside_a_scenario_are_read_with_it(folder):
    folder.write("quality.yaml", RULES)
    rules = folder.load().quality.rules
    assert list(rules) == ["ids", "size"]
    assert rules["size"].maximum == 100
    assert rules["ids"].tolerance_share == 0


def test_a_scenario_without_rules_has_none(folder):
    assert folder.load().quality.rules == {}


def test_a_scenario_names_another_file_which_may_extend_the_usual_one(folder):
    folder.write("quality.yaml", RULES)
    folder.write("strict/mine.yaml", "extends: ../quality.yaml\nrules:\n  size: {maximum: 5}\n")
    rules = folder.load("ingest.quality=strict/mine.yaml").quality.rules
    assert rules["size"].maximum == 5
    assert rules["size"].columns == ("quantity",)
    assert "ids" in rules


def test_a_file_that_is_named_must_be_there(folder):
    (line,) = folder.problems("ingest.quality=qualty.yaml")
    assert line.startswith("--set ingest.quality=qualty.yaml  ingest.quality  There is no such settings file where")


def test_rules_do_not_stand_in_the_scenario_itself(folder):
    folder.more("quality: {rules: {}}\n")
    assert folder.problems() == ["line 5  quality  is filled by the program; name a file under ingest.quality"]


def test_all_problems_are_told_with_their_lines_and_what_may_have_been_meant(folder):
    folder.write(
        "quality.yaml",
        """rules:
  a:
    test: uniqe
    table: transactions
  b:
    test: range
    table: transaction_items
    columns: [quantity]
    maximun: 3
    minimum: 0
  c:
    table: products
  pattern:
    test: pattern
    table: products
    columns: [product_id]
    pattern: "["
  e:
    test: not_null
    table: products
    columns: [product_name]
    tolerance_share: 2
  f:
    test: range
    table: products
    columns: [unit_cost_minor]
    minimum: 5
    maximum: 4
  G: {test: unique, table: products}
  h: {test: business_hours, hours: {L1: {opens: 9, closes: "18:00"}}}
ruls: {}
""",
    )
    assert folder.problems() == [
        "quality.yaml line 3   rules.a.test             there is no 'uniqe'; did you mean \"unique\"?",
        'quality.yaml line 9   rules.b.maximun          unknown key; did you mean "maximum"?',
        "quality.yaml line 11  rules.c.test             must be given; it says which keys belong here",
        "quality.yaml line 17  rules.pattern.pattern    '[' is no regular expression: unterminated character set at "
        "position 0",
        "quality.yaml line 22  rules.e.tolerance_share  Input should be less than or equal to 1 (found 2)",
        "quality.yaml line 23  rules.f                  maximum (4) is below minimum (5)",
        "quality.yaml line 29  rules.G.[key]            String should match pattern '^[a-z][a-z0-9_]*$' (found 'G')",
        'quality.yaml line 30  rules.h.hours.L1.opens   9 is not a time of day such as "04:00"',
        'quality.yaml line 31  ruls                     unknown key; did you mean "rules"?',
    ]


@pytest.mark.parametrize("name", ["range", "rules", "test"])
def test_a_rule_may_be_called_like_a_test_or_a_key(folder, name):
    file = folder.write("r.yaml", f"rules:\n  {name}: {{test: range, table: products, columns: [x], mnimum: 1}}\n")
    with pytest.raises(ConfigError) as caught:
        load_rules(file)
    assert caught.value.details == (f'line 2  rules.{name}.mnimum  unknown key; did you mean "minimum"?',)


def test_a_file_of_rules_read_by_itself_tells_its_problems(folder):
    file = folder.write(
        "r.yaml", "rules:\n  a: {test: dates, table: t, columns: [], start: 2025-01-01, end: 2024-1-1}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_rules(file)
    assert str(caught.value).replace(str(folder.path), "<here>").splitlines()[0] == (
        "<here>/r.yaml is not a valid file of rules (2 problems)"
    )
    assert [line.split("  ")[1] for line in caught.value.details] == ["rules.a.columns", "rules.a.end"]


def test_a_secret_in_the_rules_is_refused_and_not_repeated(folder):
    folder.write("quality.yaml", "rules:\n  ids: {test: unique, table: products, meaning: 'password=hunter2hunter2'}\n")
    told = folder.refusal()
    assert "hunter2" not in told


def test_the_shipped_rules_hold_the_seven_tests_and_more(repository: Path):
    kinds = {rule.test for rule in load_rules(repository / "params" / "quality.yaml").rules.values()}
    seven = {"not_negative", "business_hours", "references", "arithmetic", "unique", "statuses", "dates"}
    assert seven | {"freshness", "vocabulary", "pattern", "not_null", "range", "sums"} == kinds
