"""On paper code is left out, small figures stand side by side, and none is higher than it need be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from shoplib.errors import StoreError
from shoplib.report import pdf, pdf_typst
from shoplib.report.blocks import Chapter
from shoplib.report.layout import Page, PageFacts, compose
from shoplib.report.page import draw
from shoplib.report.spread import HALF_LOW_MM, HALF_MM, LEAST, LOW_MM, TALLEST_PT, WHOLE_MM, height_mm, spread


def svg(path: Path, wide: float, high: float) -> Path:
    """Write a drawing of so many points."""
    path.write_text(f'<?xml version="1.0"?>\n<svg id="x"\n width="{wide}pt" height="{high}pt" viewBox="0 0 9 9"/>')
    return path


@pytest.fixture
def drawn(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> Callable[..., Page]:
    """Return a page of one chapter with a figure for each height, code between each two and words after the last."""

    def make(*heights: float) -> Page:
        folder = tmp_path / "04_eda"
        cells = []
        for at, high in enumerate(heights):
            cells.append(build.code("f", build.chart(folder, f"f{at}")))
            svg(folder / "figures" / f"f{at}-narrow.svg", 252, high)
        return compose(facts, [chapter(*cells, "words", build.code("x", build.chart(folder, "last")))])

    return make


@pytest.mark.parametrize(
    ("heights", "kinds"),
    [
        ((200, 200), ["pair", "prose", "figure"]),
        ((200, 200, 200), ["pair", "figure", "prose", "figure"]),
        ((200, 200, 200, 300), ["pair", "pair", "prose", "figure"]),
        ((200, TALLEST_PT + 1, 200), ["figure", "figure", "figure", "prose", "figure"]),
        ((TALLEST_PT, TALLEST_PT), ["pair", "prose", "figure"]),
        ((), ["prose", "figure"]),
    ],
)
def test_two_small_neighbours_are_a_pair(
    heights: tuple[float, ...], kinds: list[str], drawn: Callable[..., Page]
) -> None:
    page = drawn(*heights)
    section = page.findings[0]
    runs = spread(page.runs(section), section.folder)
    assert [kind for kind, _ in runs] == kinds
    shown = [item for _, items in runs for item in items]
    assert shown == [item for item in section.items if item.kind != "code"]


def test_a_figure_without_a_narrow_drawing_stands_alone(
    build: SimpleNamespace, facts: PageFacts, chapter: Callable[..., Chapter], tmp_path: Path
) -> None:
    outputs = [build.chart(tmp_path / "04_eda", name) for name in ("a", "b")]
    outputs[0].data["application/vnd.shoplib+json"]["narrow"] = ""
    page = compose(facts, [chapter(build.code("f", *outputs))])
    assert [kind for kind, _ in spread(page.runs(page.findings[0]), page.findings[0].folder)] == ["figure", "figure"]


def test_a_lost_drawing_is_refused(drawn: Callable[..., Page]) -> None:
    page = drawn(200, 200)
    section = page.findings[0]
    (section.folder / "figures" / "f1-narrow.svg").unlink()
    with pytest.raises(StoreError, match="A file of the page is missing"):
        spread(page.runs(section), section.folder)


def test_a_high_drawing_is_made_smaller_but_stays_legible(tmp_path: Path) -> None:
    low, high = svg(tmp_path / "low.svg", 518.4, 200), svg(tmp_path / "high.svg", 518.4, 320)
    assert height_mm(low) == pytest.approx(200 / 518.4 * WHOLE_MM, abs=0.05)
    assert height_mm(high) == LOW_MM
    assert height_mm(svg(tmp_path / "tower.svg", 518.4, 500)) == pytest.approx(LEAST * 500 / 518.4 * WHOLE_MM, abs=0.05)
    assert height_mm(svg(tmp_path / "half.svg", 252, 150), half=True) == pytest.approx(150 / 252 * HALF_MM, abs=0.05)
    assert height_mm(svg(tmp_path / "half.svg", 252, 260), half=True) == HALF_LOW_MM
    (tmp_path / "photo.png").write_bytes(b"")
    assert height_mm(tmp_path / "photo.png") == 2 * LOW_MM


def test_both_engines_print_pairs(drawn: Callable[..., Page], tmp_path: Path) -> None:
    page = drawn(200, 200)
    paper = draw(page, "page.html.j2", pictures="wide", paper=True)
    assert paper.count('<div class="pair">') == 1
    assert '<div class="pair">' not in draw(page, "page.html.j2")
    pdf.write(page, tmp_path / "one.pdf")
    (tmp_path / "two.pdf").write_bytes(pdf_typst.compile_page(page))
    for name in ("one.pdf", "two.pdf"):
        told = " ".join(sheet.extract_text() for sheet in PdfReader(tmp_path / name).pages)
        assert all(f"Figure {number}" in told for number in (1, 2, 3)), name
