"""Markdown: formulas are formulas, money is money, and HTML is only text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoplib.report.prose import Setting, formula, parse, plain, to_html


def html(text: str, **links: str) -> str:
    return to_html(parse(text), Setting(links=links), {})


def test_dollars_of_money_are_not_formulas() -> None:
    assert "<math" not in html("from $5 to $10, or $5–$6, US$7 and $8")
    assert "<math" in html("the error $e_t$ of a day")
    assert 'display="block"' in html("$$\n\\sum_t y_t\n$$")


def test_a_faulty_formula_is_shown_as_typed() -> None:
    assert formula(r"\frac{", "mathml", display=False) == r"<code>\frac{</code>"
    assert formula(r"\frac{", "svg", display=False) == r"<code>\frac{</code>"


def test_on_paper_a_formula_is_a_picture_that_says_what_it_is() -> None:
    made = formula(r"\frac{a}{b} < 1", "svg", display=True)
    assert made.startswith('<img class="math" src="data:image/svg+xml,')
    assert r'alt="\frac{a}{b} &lt; 1"' in made


def test_links_inside_the_page_get_names_and_dead_ones_become_text() -> None:
    assert '<a href="#figure-a">Figure 3</a>' in html("[](#figure-a)", **{"figure-a": "Figure 3"})
    assert html("[gone](#nowhere)") == '<p dir="auto">gone</p>\n'
    assert "javascript" not in html("[x](javascript:alert(1))")
    assert '<a href="https://example.org" rel="noreferrer">y</a>' in html("[y](https://example.org)")


def test_outside_pictures_are_named_not_fetched() -> None:
    assert html("![a map](https://example.org/x.png)") == '<p dir="auto"><em>[a map]</em></p>\n'


def test_tables_scroll_in_their_box_and_keep_their_sides() -> None:
    made = html("| a | b |\n|--|--:|\n| 1 | 2 |")
    assert made.startswith('<div class="scroll"')
    assert '<td class="number"' in made
    assert '<th scope="col"' in made


def test_plain_words() -> None:
    assert plain(parse("*a* **b** `c`\nd")) == "a b c d"


@given(st.text(max_size=60))
def test_no_text_becomes_a_tag_of_its_own(text: str) -> None:
    made = html(f"x {text} <script>{text}</script>")
    assert "<script" not in made
    assert "<img src=" not in made or "data:" in made


@pytest.mark.parametrize("text", ["", "\n\n"])
def test_nothing_gives_nothing(text: str) -> None:
    assert html(text) == ""
