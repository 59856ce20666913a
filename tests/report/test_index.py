"""The index page names every file, with links that can be moved."""

from __future__ import annotations

from bs4 import BeautifulSoup

from shoplib.report.index import Group, Item, StageRow, render, show_size
from shoplib.report.layout import PageFacts


def test_every_file_and_stage_is_named(facts: PageFacts) -> None:
    groups = [
        Group("Read this first", (Item("report.html", "The report", "All findings", 253_460),)),
        Group("Tables", (Item("tables/daily sales.parquet", "daily", "", 512),)),
        Group("Empty", ()),
    ]
    stages = [StageRow("03_etl", "made", "7f3a", 1_204_331), StageRow("05_customers", "failed", "–", None)]
    html = render(facts, groups, stages)
    assert html == render(facts, groups, stages)
    soup = BeautifulSoup(html, "lxml")
    assert [a["href"] for a in soup.select("main a")] == ["report.html", "tables/daily%20sales.parquet"]
    assert [tag.get_text() for tag in soup.select(".size")] == ["253 KB", "512 bytes"]
    assert [td.get_text() for td in soup.select("td.number")] == ["1,204,331", "–"]
    assert [tag.get_text() for tag in soup("h2")] == [
        "Read this first", "Tables", "Stages of this run", "Where this page comes from",
    ]  # fmt: skip
    assert "epos-7f3a9c12" in soup.get_text()
    assert "<script" not in html


def test_sizes_change_unit_before_four_digits() -> None:
    assert [show_size(size) for size in (0, 999, 999_600, 5_200_000, 3_000_000_000)] == [
        "0 bytes", "999 bytes", "1.0 MB", "5.2 MB", "3.0 GB",
    ]  # fmt: skip
