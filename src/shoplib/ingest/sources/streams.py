"""The text of a file, decoded a part at a time: bad bytes and NUL characters are refused with their place."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.ingest.readers import decode, nul_characters

PART_BYTES = 1 << 20
LOOKED_AT_AGAIN = 256 << 20
"""Bytes of a file that are read once more to say what is wrong with its encoding."""


def true_encoding(encoding: str, head: bytes) -> str:
    """Return the encoding with its byte order, told from the zeros of the first characters if no mark tells it.

    >>> true_encoding("utf-16", "a,b".encode("utf-16-be")), true_encoding("utf-16", "a,b".encode("utf-16"))
    ('utf-16-be', 'utf-16')
    """
    if codecs.lookup(encoding).name != "utf-16" or head[:2] in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE):
        return encoding
    return "utf-16-be" if head[0::2].count(0) > head[1::2].count(0) else "utf-16-le"


def text_parts(path: Path, encoding: str) -> Iterator[str]:
    """Yield a file's text without its byte-order mark, in parts that are never empty.

    Raises ``SourceError`` where the bytes are not in that encoding, or hold a NUL character.
    """
    lines = 0
    first = True
    with path.open("rb") as stream:
        part = stream.read(PART_BYTES)
        encoding = true_encoding(encoding, part[:200])
        decoder = codecs.getincrementaldecoder(encoding)()
        while True:
            try:
                text = decoder.decode(part, final=not part)
                text.encode()
            except UnicodeError as error:
                raise _wrong_encoding(path, encoding, error) from None
            if first and text:
                text, first = text.removeprefix("\ufeff"), False
            if "\0" in text:
                raise nul_characters(path, lines + text.count("\n", 0, text.index("\0")) + 1, encoding)
            lines += text.count("\n")
            if text:
                yield text
            if not part:
                return
            part = stream.read(PART_BYTES)


def _wrong_encoding(path: Path, encoding: str, error: UnicodeError) -> SourceError:
    with path.open("rb") as stream:
        data = stream.read(LOOKED_AT_AGAIN + 1)
    if len(data) <= LOOKED_AT_AGAIN:
        try:
            decode(path, data, encoding)
        except SourceError as told:
            return told
    return SourceError(
        f"The file is not written in {encoding}", where=str(path),
        found=getattr(error, "reason", str(error)), wanted=f"text in {encoding}",
        next_step=f"export it again as UTF-8; of {words.plural(path.stat().st_size, 'byte')} some are no such text",
    )  # fmt: skip


class Utf8(io.RawIOBase):
    """A text in parts, as a stream of UTF-8 bytes for a parser that reads blocks.

    A block never ends between the two characters of a line end. ``quotes`` counts the quotation marks read so far.
    """

    def __init__(self, parts: Iterator[str], begun: str) -> None:
        super().__init__()
        self._parts, self._waiting = parts, bytearray(begun.encode())
        self._ended = False
        self.quotes = 0

    def readable(self) -> bool:
        """Return that this stream can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, ``size`` of them or one less, fewer only at the end."""
        while not self._ended and (size < 0 or len(self._waiting) <= size):
            text = next(self._parts, "")
            self._ended = not text
            self._waiting += text.encode()
        end = len(self._waiting) if size < 0 else min(size, len(self._waiting))
        if end > 1 and end < len(self._waiting) and self._waiting[end - 1] == 0x0D:
            end -= 1
        block = bytes(memoryview(self._waiting)[:end])
        del self._waiting[:end]
        self.quotes += block.count(b'"')
        return block
