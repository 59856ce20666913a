"""What the reader of workbooks does not tell: merged cells, formulas without a result, rows out of bounds."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import IO

PART_BYTES = 1 << 20
OVERLAP_BYTES = 1 << 17
"""A cell with its formula is shorter than this (a formula has at most 8,192 characters)."""
MAX_ROW = 1_048_576
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="([^"]*)"')
_NO_RESULT = re.compile(
    rb"<(?:\w+:)?c\b(?P<of>[^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_REFERENCE = re.compile(rb'\br="([A-Z]+\d+)"')


@dataclass
class Sheet:
    """What stands in the XML of one sheet; merged cells as (first row, first column, last row, last column) from 1."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    without_result: list[str] = field(default_factory=list)
    odd_row: str = ""


def look_at(stream: IO[bytes]) -> Sheet:
    """Return what a sheet's XML holds, read once, a part at a time."""
    found = Sheet()
    waiting = b""
    while True:
        part = stream.read(PART_BYTES)
        text = waiting + part
        sure = len(text) if not part else max(0, len(text) - OVERLAP_BYTES)
        for pattern, note in ((_MERGED, _note_merged), (_NO_RESULT, _note_formula), (_ROW, _note_row)):
            for match in pattern.finditer(text):
                if match.start() >= sure:
                    break
                note(found, match)
        if not part:
            return found
        waiting = text[sure:]


def _note_merged(sheet: Sheet, match: re.Match[bytes]) -> None:
    left, top, right, bottom = match.groups()
    sheet.merged.append((int(top), _column(left), int(bottom), _column(right)))


def _note_formula(sheet: Sheet, match: re.Match[bytes]) -> None:
    if b't="str"' not in match["of"]:  # a text that came out empty
        at = _REFERENCE.search(match["of"])
        sheet.without_result.append(at[1].decode() if at else "?")


def _note_row(sheet: Sheet, match: re.Match[bytes]) -> None:
    if not match[1].isdigit() or not 1 <= int(match[1][:12]) <= MAX_ROW:
        sheet.odd_row = sheet.odd_row or match[1][:20].decode("ascii", "replace")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def kind_of_archive(archive: zipfile.ZipFile) -> str:
    """Return what a zip file is if it is no workbook that can be read, ``""`` if it is one."""
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return "a binary workbook (.xlsb)"
    if "mimetype" in names and "content.xml" in names:
        return "an OpenDocument file (.ods)"
    if "word/document.xml" in names:
        return "a Word document"
    if "[Content_Types].xml" in names:
        return ""
    return "a zip archive"
