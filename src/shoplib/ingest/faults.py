"""Why a file is refused and what to do about it, in one line: the only place that decides what is advised."""

from __future__ import annotations

from pathlib import Path

from shoplib.base import words
from shoplib.config.mapping import Mapping
from shoplib.errors import ShopError, SourceError
from shoplib.ingest.mapping import named_columns
from shoplib.ingest.readers import DELIMITER_NAMES, column_names, first_record, fitting_delimiter, fitting_encodings
from shoplib.ingest.sources.delimited import below_title
from shoplib.ingest.sources.read import kind_of
from shoplib.ingest.sources.streams import true_encoding

NEXT = " Next: "
FAULT_DETAILS = 2
FOUND_CHARACTERS = 60
SMALL_BYTES, LOOKED_AT_BYTES = 1 << 16, 256 << 20
KIND_NAMES = {"csv": "delimited text", "json": "JSON", "excel": "a workbook", "parquet": "a parquet file"}
AS_THE_OTHERS = "have this one file exported again as the others are"
DIFFERS = {
    "empty_cell": "this file leaves cells empty that the others fill",
    "unreadable_number": "this file writes numbers in another way",
    "other_currency": "amounts of this file are in another currency",
    "unreadable_time": "this file writes dates in another way",
    "unknown_word": "this file has words that the others do not use",
    "negative_amount": "this file has a minus where the others have none",
    "line_arithmetic": "in this file quantity × unit price is not the amount",
    "total_arithmetic": "in this file subtotal − discount + tax is not the total",
    "conflict": "rows of this file contradict those of others",
    "unknown_transaction": "lines of this file belong to transactions that no file has",
    "unknown_reference": "rows of this file name what no file has",
    "below_minimum": "figures of this file are lower than they can be",
    "ends_before_start": "in this file things end before they start",
    "row_shape": "rows of this file have another number of cells",
}
"""What is odd about a file by the rule that most of its bad rows break, where other files are fine."""


def one_line(error: ShopError, differs: str = "") -> str:
    """Return a message in one line, without the place: what, first details, found (shortened), wanted, next.

    ``differs`` says in what the file is unlike others of its source that were read. The next step is then to have this
    one made again: a mapping changed for it would no longer fit the others.

    >>> error = SourceError("The file is empty", where="a.csv", found="0 bytes", next_step="export it again")
    >>> one_line(error)
    'The file is empty. Found: 0 bytes. Next: export it again'
    >>> one_line(error, "this file is empty")
    'The file is empty. Found: 0 bytes. Next: have this one file exported again as the others are: this file is empty'
    """
    text = error.what
    if error.details:
        text += ": " + "; ".join(line.strip() for line in error.details[:FAULT_DETAILS])
    found = error.found if len(error.found) <= FOUND_CHARACTERS else f"{error.found[: FOUND_CHARACTERS - 1]}…"
    text += f". Found: {found}" if found else ""
    text += f". Wanted: {error.wanted}" if error.wanted else ""
    step = f"{AS_THE_OTHERS}: {differs}" if differs else error.next_step
    text += f".{NEXT}{step}" if step else ""
    return " ".join(text.split())


def difference(path: Path, mapping: Mapping, kind: str = "csv") -> str:
    """Return in what a file that cannot be read is unlike those its mapping fits, or ``""`` if that is not seen.

    Looked at in this order: whether there is anything, what kind it is, and of text its encoding, delimiter, columns
    and rows. ``kind`` is what the others are. Of text beyond ``LOOKED_AT_BYTES`` nothing is seen.
    """
    form = mapping.file
    if not path.stat().st_size or (path.stat().st_size < SMALL_BYTES and not path.read_bytes().strip()):
        return "this file is empty"
    found = kind_of(path)
    if found != kind:
        return f"this file is {KIND_NAMES[found]}, the others are {KIND_NAMES[kind]}"
    if kind != "csv" or path.stat().st_size > LOOKED_AT_BYTES:
        return ""
    data = path.read_bytes()
    fitting = _encodings(data, true_encoding(form.encoding, data[:200]))
    if fitting is not None:
        return f"this file is {fitting[0]}, the others {form.encoding}" if fitting else "this file is no plain text"
    text = below_title(data.decode(true_encoding(form.encoding, data[:200])).removeprefix("\ufeff"), form.skip_lines)
    if text is None:
        return "this file ends above its header"
    try:
        header, body = first_record(path, text, form.delimiter)
    except SourceError:
        return ""
    if len(header) == 1:
        other = fitting_delimiter(text, form.delimiter)
        return f"this file is divided by {_marks(other)}, the others by {_marks(form.delimiter)}" if other else ""
    if not form.header:
        there, others = words.plural(len(header), "column"), words.count(len(form.names))
        return "" if len(header) == len(form.names) else f"this file has {there}, the others {others}"
    wanted = named_columns(mapping)
    absent = [name for name in wanted if name not in column_names(header)]
    if absent:
        columns = "column" if len(absent) == 1 else "columns"
        lacking = f"this file has no {columns} {words.listed(absent, 3)}"
        return lacking if len(absent) < len(wanted) else "this file has no header, or another one"
    return "" if body.strip() else "this file has no rows"


def _encodings(data: bytes, encoding: str) -> list[str] | None:
    """Return ``None`` if a file is plain text in ``encoding``, else the encodings that would fit, best first."""
    try:
        if "\0" not in data.decode(encoding):
            return None
        at = 0
    except UnicodeDecodeError as error:
        at = error.start
    return fitting_encodings(data, at)


def _marks(delimiter: str) -> str:
    return f"{DELIMITER_NAMES[delimiter]}s" if delimiter in DELIMITER_NAMES else repr(delimiter)
