"""Pictures inside the page: shorter, never different."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from lxml import etree

from shoplib.errors import StoreError
from shoplib.report.uris import file_uri, inside, picture_uri, svg_uri

NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")


def test_a_drawing_keeps_every_number_to_a_hundredth(build: SimpleNamespace, tmp_path: Path) -> None:
    build.chart(tmp_path, "a", 50)
    before = (tmp_path / "figures" / "a.svg").read_text()
    after = unquote(file_uri(tmp_path / "figures" / "a.svg").partition(",")[2])
    find = etree.XPath("//*[local-name()='path']/@d")
    paths = [find(etree.fromstring(text.encode())) for text in (before, after)]
    assert len(paths[0]) == len(paths[1]) > 3
    for old, new in zip(*paths, strict=True):
        assert [round(float(n), 1) for n in NUMBER.findall(new)] == pytest.approx(
            [float(n) for n in NUMBER.findall(old)], abs=0.07
        )
    assert len(after) < len(before)


def test_an_address_fits_a_quoted_attribute_and_a_srcset(build: SimpleNamespace, tmp_path: Path) -> None:
    build.chart(tmp_path, "a")
    assert not set(file_uri(tmp_path / "figures" / "a.svg")) & set(' \n"<>&#')


def test_comments_prolog_and_metadata_are_left_out() -> None:
    svg = "<?xml version='1.0'?><!DOCTYPE svg><svg><!-- x --><metadata><a/></metadata>\n <g/></svg>"
    assert unquote(svg_uri(svg)) == "data:image/svg+xml,<svg><g/></svg>"


def test_only_pictures_become_pictures(tmp_path: Path) -> None:
    assert picture_uri("PHNjcmlwdD4=") == ""
    assert picture_uri("iVBORw0KGgo\nAA==").startswith("data:image/png;base64,iVBORw0KGgoAA==")
    (tmp_path / "x.txt").write_text("hello")
    assert file_uri(tmp_path / "x.txt") == ""


@pytest.mark.parametrize("name", ["../x", "/etc/hostname", "a/../../x"])
def test_no_path_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="A page may only show files of its own run"):
        inside(tmp_path, name)
