"""The page stands alone, says everything once, and shows what people typed as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

from shoplib.errors import StoreError
from shoplib.report import page as pages
from shoplib.report.blocks import Chapter, Table
from shoplib.report.layout import PageFacts
from shoplib.report.page import LIMIT_BYTES, compose, render

SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def html(facts: PageFacts, chapters: list[Chapter]) -> str:
    return render(facts, chapters)


@pytest.fixture
def soup(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "lxml")


def test_nothing_is_asked_of_the_network(html: str, soup: BeautifulSoup) -> None:
    addresses = [tag[name] for tag in soup.find_all(True) for name in ("src", "srcset", "href") if tag.get(name)]
    assert addresses
    assert all(str(address).startswith(("data:", "#")) for address in addresses)
    assert "@import" not in html
    assert soup.style is not None and "url(" not in soup.style.get_text()
    assert soup.find("script") is None
    assert "default-src 'none'" in html


def test_the_same_input_gives_the_same_page(facts: PageFacts, chapters: list[Chapter], html: str) -> None:
    assert render(facts, chapters) == html
    assert len(html.encode()) <= LIMIT_BYTES


def test_typed_text_is_never_obeyed(html: str) -> None:
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 3
    assert ">=1+1<" in html


def test_every_picture_is_described_and_every_id_is_one_of_a_kind(soup: BeautifulSoup) -> None:
    assert all(image.get("alt") for image in soup.find_all("img"))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert "figure-weekly" in ids
    assert "figure-weekly-2" in ids


def test_every_link_and_label_leads_somewhere(soup: BeautifulSoup) -> None:
    ids = {tag["id"] for tag in soup.find_all(id=True)}
    aims = {str(a["href"])[1:] for a in soup.find_all("a") if str(a["href"]).startswith("#")}
    aims |= {str(tag["aria-labelledby"]) for tag in soup.find_all(attrs={"aria-labelledby": True})}
    assert aims <= ids
    assert soup.find("a", href="#figure-weekly", string="Figure 1") is not None


def test_headings_are_nested_without_a_gap(soup: BeautifulSoup) -> None:
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile(r"^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_findings_come_before_method_and_numbers_run_through(soup: BeautifulSoup) -> None:
    titles = [tag.get_text(strip=True) for tag in soup.select("h2, h3.chapter-title")]
    assert titles == [
        "What sold?", "What comes next?", "How this was made", "How were files taken in?", "What the numbers mean",
        "Where this page comes from",
    ]  # fmt: skip
    labels = [tag.get_text() for tag in soup.select(".label")]
    assert labels == ["Figure 1", "Table 1", "Figure 2", "Table 2"]


def test_code_is_there_but_closed(soup: BeautifulSoup) -> None:
    listings = soup.select("details.code")
    assert any("run.number" in listing.get_text() for listing in listings)
    assert any("scenario" in listing.get_text() for listing in listings)
    assert not any(listing.has_attr("open") for listing in soup.find_all("details"))
    assert soup.select_one("input#all-code[type=checkbox]") is not None


def test_cards_carry_value_change_and_spark(soup: BeautifulSoup) -> None:
    cards = [card.get_text(" ", strip=True) for card in soup.select(".cards .card")]
    assert cards == ["Takings £1,284,310 up 6.2% on last week", "मुंबई की बिक्री ₹38,45,120 down 2.0%"]
    assert len(soup.select(".cards svg.spark")) == 2
    assert len(soup.select(".cards svg.arrow")) == 2


def test_data_behind_a_chart_is_cut_and_says_so(soup: BeautifulSoup) -> None:
    behind = soup.select_one("#figure-weekly details.behind")
    assert behind is not None
    assert len(behind.select("tbody tr")) == 60
    assert "the first 60 of 80 rows; all of them are in weekly.csv under figures/" in behind.get_text()
    assert [bool(th.get("class")) for th in behind.select("th")] == [True, True, False]


def test_data_behind_a_chart_has_headings_in_words_and_no_guards(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> None:
    output = build.chart(tmp_path / "04_eda", "weekly", 2)
    output.data["application/vnd.shoplib+json"]["heads"] = ["Day", "Takings (GBP)", "Note"]
    (tmp_path / "04_eda" / "figures" / "weekly.csv").write_text("d,t,n\n1,0.123456,'=1+1\n2,12.345678,-5\n")
    behind = BeautifulSoup(render(facts, [chapter(build.code("f", output))]), "lxml").select_one("details.behind")
    assert behind is not None
    assert [th.get_text() for th in behind.select("th")] == ["Day", "Takings (GBP)", "Note"]
    assert [td.get_text() for td in behind.select("td")] == ["1", "0.1235", "=1+1", "2", "12.35", "-5"]


def test_tables_have_captions_scopes_and_number_columns(soup: BeautifulSoup) -> None:
    table = soup.select_one("#table-top table")
    assert table is not None and table.caption is not None
    assert all(th.get("scope") for th in table.select("th"))
    assert [td.get_text() for td in table.select("td.number")] == ["€9.20", "=1+1"]
    assert "Showing 2 of 23 rows." in soup.get_text()


def test_banners_stand_at_the_top(soup: BeautifulSoup, html: str) -> None:
    assert html.index("Missing from this page") < html.index('<main id="main"')
    assert soup.select_one(".simulated") is not None
    assert "This step stopped with ValueError." in soup.get_text()
    assert "\x1b" not in html


def test_a_page_without_anything_is_still_a_page() -> None:
    soup = BeautifulSoup(render(PageFacts(title="Empty", shop="", period=""), []), "lxml")
    assert soup.h1 is not None and soup.h1.get_text() == "Empty"
    assert soup.select(".missing, .simulated, .lead, figure") == []


def test_arabic_pages_run_from_right_to_left(facts: PageFacts) -> None:
    html = render(replace(facts, language="ar"), [])
    assert '<html lang="ar" dir="rtl">' in html


def test_heavy_charts_become_bitmaps(
    build: SimpleNamespace,
    facts: PageFacts,
    chapter: Callable[..., Chapter],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heavy = chapter("# Heavy", build.code("f", build.chart(tmp_path / "04_eda", "busy", 3000)))
    full = len(render(facts, [heavy]))
    monkeypatch.setattr(pages, "LIMIT_BYTES", full - 1)
    without_narrow = render(facts, [heavy])
    assert "<source" not in without_narrow
    assert "data:image/svg+xml" in without_narrow
    monkeypatch.setattr(pages, "LIMIT_BYTES", len(without_narrow.encode()) - 1)
    assert "data:image/png;base64" in render(facts, [heavy])
    monkeypatch.setattr(pages, "LIMIT_BYTES", 10)
    with pytest.raises(StoreError, match="The page is too large to send"):
        render(facts, [heavy])


def test_a_missing_chart_is_refused_in_full(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> None:
    lost = chapter("# Lost", build.code("f", build.chart(tmp_path / "04_eda", "lost")))
    (tmp_path / "04_eda" / "figures" / "lost.svg").unlink()
    with pytest.raises(StoreError) as raised:
        render(facts, [lost])
    assert str(raised.value) == (
        "A file of the page is missing\n"
        "  where   04_eda/figures/lost.svg\n"
        "  wanted  the file that the notebook said it wrote\n"
        "  next    run the stage again: shoplib run --from 04_eda"
    )


def test_a_chart_outside_the_run_is_refused_in_full(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> None:
    (tmp_path / "secret.svg").write_text("<svg/>")
    payload = {"kind": "figure", "id": "x", "title": "t", "caption": "", "alt": "a", "wide": "../secret.svg",
               "narrow": "", "data": ""}  # fmt: skip
    with pytest.raises(StoreError) as raised:
        render(facts, [chapter(build.code("f", build.shown(payload)))])
    assert str(raised.value) == (
        "A page may only show files of its own run\n"
        "  where   ../secret.svg\n"
        "  wanted  a path inside the stage's result folder, such as figures/takings.svg\n"
        "  next    save the figure with run.figure and use the path it gives"
    )


def test_the_shop_is_named_as_typed(soup: BeautifulSoup) -> None:
    assert SCRIPT in soup.select_one("header .shop").get_text()  # type: ignore[union-attr]


def test_a_minus_stays_with_its_amount(facts: PageFacts) -> None:
    told = render(replace(facts, lead=("Between −£5 and +£6, (+IDR5), or −3 points, 2 +x.",)), [])
    assert "Between −\u2060£5 and +\u2060£6, (+\u2060IDR5), or −3 points, 2 +x." in told


def test_rows_that_are_not_shown_are_told_with_where_they_are(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    rows = [[str(at)] for at in range(30)]
    plain = build.table("plain", {"N": "number"}, rows, 400)
    kept = build.table("kept", {"N": "number"}, rows, 400)
    kept.data["application/vnd.shoplib+json"]["kept"] = True
    made = compose(replace(facts, workbook="report.xlsx"), [chapter(build.code("t", plain, kept))])
    screen, paper = (BeautifulSoup(pages.draw(made, "page.html.j2", paper=on), "lxml") for on in (False, True))
    assert [len(table.select("tbody tr")) for table in screen.select(".table")] == [30, 30]
    assert [told.get_text() for told in screen.select(".more")] == [
        "Showing 30 of 400 rows.", "Showing 30 of 400 rows; all of them are in report.xlsx.",
    ]  # fmt: skip
    assert [len(table.select("tbody tr")) for table in paper.select(".table")] == [12, 12]
    assert [told.get_text() for told in paper.select(".more")] == [
        "Showing 12 of 400 rows; more are in report.html.", "Showing 12 of 400 rows; all of them are in report.xlsx.",
    ]  # fmt: skip


def test_a_printed_amount_is_set_as_small_as_its_card_needs(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    numbers = [build.number("a", "A", "IDR1,234,567,890"), build.number("b", "B", "£1")]
    made = compose(facts, [chapter(build.code("n", *numbers))])
    soup = BeautifulSoup(pages.draw(made, "page.html.j2", paper=True), "lxml")
    assert [value["style"] for value in soup.select(".cards .value")] == ["font-size:10.0pt", "font-size:14pt"]


def test_a_caption_that_repeats_the_title_is_left_out(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> None:
    output = build.chart(tmp_path / "04_eda", "empty")
    output.data["application/vnd.shoplib+json"] |= {"title": "Nothing sold.", "caption": "Nothing sold."}
    soup = BeautifulSoup(render(facts, [chapter(build.code("f", output))]), "lxml")
    assert soup.select_one("figcaption .title").get_text().endswith("Nothing sold.")  # type: ignore[union-attr]
    assert soup.select("figcaption .caption") == []


def test_a_card_that_is_not_shown_below_leads_to_its_meaning(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    numbers = [build.number("a", "Sales", "1", card=True), build.number("b", "B", "2", card=False)]
    soup = BeautifulSoup(render(facts, [chapter(build.code("x", *numbers), part="lead")]), "lxml")
    card = soup.select_one(".cards .card#number-a")
    assert card is not None and card.a is not None
    assert soup.find(id=str(card.a["href"])[1:]).dt.get_text() == "Sales"  # type: ignore[union-attr]
    assert [told["id"] for told in soup.select(".numbers > div")] == ["number-b"]


def test_sentences_in_one_go_are_a_list(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    said = [
        build.shown({"kind": "headline", "text": f"Line {tone}.", "tone": tone}) for tone in ("plain", "bad", "good")
    ]
    cells = (build.code("x", *said[:2]), "words", build.code("y", said[2]))
    soup = BeautifulSoup(render(facts, [chapter(*cells)]), "lxml")
    assert [[line.get_text() for line in told.select("li")] for told in soup.select(".headlines")] == [
        ["Line plain.", "Needs attention: Line bad."], ["Good: Line good."],
    ]  # fmt: skip
    assert soup.select_one(".headline.bad") is not None


def test_a_folded_table_opens_on_request_and_stands_open_on_paper(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    rows = [[f"R{at}", str(at)] for at in range(pages.WHOLE_ROWS)]
    folded = build.table("all", {"What": "text", "N": "number"}, rows)
    folded.data["application/vnd.shoplib+json"]["folded"] = True
    made = compose(facts, [chapter(build.code("t", folded))])
    screen, paper = (
        BeautifulSoup(pages.draw(made, "page.html.j2", paper=on), "lxml").select_one("#table-all")
        for on in (False, True)
    )
    assert screen is not None and paper is not None
    assert screen.summary is not None and screen.summary.get_text() == "Table 1 Table of all"
    assert [len(told.select("details table tbody tr")) for told in (screen, paper)] == [pages.WHOLE_ROWS, 0]
    assert len(paper.select("tbody tr")) == pages.WHOLE_ROWS
    assert paper.caption is not None and "Table 1 Table of all" in paper.caption.get_text()


def test_columns_of_long_texts_share_the_width_of_the_paper(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter]
) -> None:
    row = ["a.csv", "w" * 400, "d" * 60, "12"]
    made = build.table("t", {"File": "text", "Wrong": "text", "To do": "text", "Rows": "number"}, [row])
    page = compose(facts, [chapter(build.code("t", made))])
    block = page.findings[0].items[0].block
    assert isinstance(block, Table)
    assert pages.paper_widths(block) == (9, 41, 41, 8)
    assert pages.paper_widths(replace(block, rows=(("a.csv", "w" * 400, "d", "12"),))) == ()
    assert pages.paper_widths(replace(block, rows=())) == ()
    assert 'style="width:41%"' in pages.draw(page, "page.html.j2", paper=True)
    assert 'style="width' not in pages.draw(page, "page.html.j2")
