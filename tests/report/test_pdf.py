"""The PDF: every page numbered, every script readable, the same bytes, from either engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from shoplib.errors import StoreError
from shoplib.report import pdf, pdf_typst
from shoplib.report.layout import Page

MACHINE = re.compile(rb"site-packages|file://|/tmp/|/home/")
WORDS = ("How the shops are doing", "Takings", "£1,284,310", "₹38,45,120", "€9.20", "Köln", "=1+1", "Figure 1",
         "Table 2",        "What the numbers mean", "This step stopped with ValueError.", "epos-7f3a9c12")  # fmt: skip


def words_of(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def streams(reader: PdfReader) -> bytes:
    found = [reader.get_object(number) for number in range(1, len(reader.xref[0]))] if reader.xref.get(0) else []
    return b"".join(item.get_data() for item in found if hasattr(item, "get_data"))


def check(path: Path) -> None:
    reader = PdfReader(path)
    text = words_of(reader)
    assert [word for word in WORDS if word not in text] == []
    assert "चाय" in text
    assert "run.number" not in text
    for at, page in enumerate(reader.pages, 1):
        assert f"Page {at} of {len(reader.pages)}" in " ".join(page.extract_text().split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"].lower().startswith("en")
    assert str(reader.outline).count("/Title") >= 7
    assert not MACHINE.search(path.read_bytes())
    assert not MACHINE.search(streams(reader))
    assert "/CreationDate" not in (reader.metadata or {})


def test_weasyprint_writes_the_page_the_same_each_time(page: Page, tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError)
    assert pdf.write(page, tmp_path / "a.pdf") == "weasyprint"
    assert pdf.write(page, tmp_path / "b.pdf") == "weasyprint"
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    check(tmp_path / "a.pdf")
    fonts = {str(font["/BaseFont"]) for one in PdfReader(tmp_path / "a.pdf").pages
             for font in (f.get_object() for f in one["/Resources"]["/Font"].values())}  # fmt: skip
    assert any("Noto-Sans" in font and "Bold" in font for font in fonts)
    assert any("Noto-Sans-Arabic" in font for font in fonts)
    assert b"pdfuaid" in PdfReader(tmp_path / "a.pdf").trailer["/Root"]["/Metadata"].get_object().get_data()


def test_typst_writes_the_same_content_the_same_each_time(page: Page, tmp_path: Path) -> None:
    made = pdf_typst.compile_page(page)
    assert made == pdf_typst.compile_page(page)
    (tmp_path / "a.pdf").write_bytes(made)
    check(tmp_path / "a.pdf")


def test_a_machine_without_pango_gets_typst(tmp_path: Path) -> None:
    """In a process whose loader knows no system library, as in a slim container."""
    script = f"""
import ctypes.util
from pathlib import Path
import cffi
def refuse(self, name, *rest):
    raise OSError("cannot load library " + str(name))
cffi.FFI.dlopen = refuse
from shoplib.report import pdf
from shoplib.report.layout import PageFacts, compose
page = compose(PageFacts(title="Shops", shop="चाय", period="May"), [])
print(pdf.write(page, Path({str(tmp_path / "x.pdf")!r})))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-1] == "typst"
    assert "Page 1 of" in words_of(PdfReader(tmp_path / "x.pdf"))


def test_text_no_font_can_draw_is_marked_not_fatal() -> None:
    assert pdf_typst.literal("ok 📈") == '"ok ?"'
    assert pdf_typst.literal('a "b" \\ #c\n') == '"a \\"b\\" \\\\ #c\\n"'


def test_a_place_that_cannot_be_written_is_refused(page: Page, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").mkdir()
    with pytest.raises(StoreError, match="A file could not be written"):
        pdf.write(page, tmp_path / "a.pdf")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == []
