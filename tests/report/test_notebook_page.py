"""A notebook's own page shows every cell, set-up included."""

from __future__ import annotations

from bs4 import BeautifulSoup

from shoplib.report.blocks import Chapter
from shoplib.report.layout import PageFacts
from shoplib.report.notebook_page import render


def test_one_notebook_stands_alone(facts: PageFacts, chapters: list[Chapter]) -> None:
    html = render(facts, chapters[1])
    soup = BeautifulSoup(html, "lxml")
    assert html == render(facts, chapters[1])
    assert [tag.get_text(strip=True) for tag in soup("h1")] == ["What sold?"]
    assert [int(tag.name[1]) for tag in soup.select("main :is(h1, h2, h3, h4)")] == [2, 3, 2, 2]
    assert "scenario" in soup.select_one("details.code").get_text()  # type: ignore[union-attr]
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {str(a["href"])[1:] for a in soup("a")} <= set(ids)
    assert all(image.get("alt") for image in soup("img"))
    assert "<script" not in html
    assert "Missing from this page" not in html


def test_an_empty_notebook_is_named_after_its_stage(facts: PageFacts, chapters: list[Chapter]) -> None:
    empty = Chapter("05_customers", "method", chapters[0].notebook.__class__(cells=[]), chapters[0].folder)
    assert "<h1" in render(facts, empty) and "Customers" in render(facts, empty)
