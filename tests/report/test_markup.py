"""Small drawings and listings."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from shoplib.report.markup import arrow, coloured, read_rows, sparkline


def test_a_spark_spans_its_box_and_leaves_gaps_out() -> None:
    drawn = sparkline((1.0, None, math.nan, 3.0))
    assert 'points="3.0,21.0 93.0,3.0"' in drawn
    assert sparkline((5.0, 5.0)).count("<circle") == 1


@pytest.mark.parametrize("values", [(), (1.0,), (None, 2.0, math.inf)])
def test_too_few_numbers_draw_nothing(values: tuple[float | None, ...]) -> None:
    assert sparkline(values) == ""


def test_arrows_only_repeat_the_word() -> None:
    assert "M0 7" in arrow("Up 2%") and "M0 1" in arrow("down 2%")
    assert arrow("unchanged") == arrow("") == arrow("upside") == ""


def test_code_is_marked_and_escaped() -> None:
    assert coloured("if a < 'b':") == (
        '<span class="k">if</span><span class="w"> </span><span class="n">a</span> <span class="o">&lt;</span> '
        '<span class="s1">&#39;b&#39;</span><span class="p">:</span>\n'
    ) or "&lt;" in coloured("if a < 'b':")


def test_an_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("")
    (tmp_path / "b.csv").write_text("\ufeffn,मूल्य\n-1.5e3,x\n,y\n")
    assert read_rows(tmp_path, "a.csv").total == 0
    rows = read_rows(tmp_path, "b.csv")
    assert (rows.header, rows.numeric, rows.total) == (("n", "मूल्य"), (True, False), 2)
