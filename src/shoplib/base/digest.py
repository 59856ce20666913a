"""Short names for contents: the same bytes or the same value always give the same digest."""

from __future__ import annotations

import hashlib
import json
from typing import Any, BinaryIO

CHUNK_BYTES = 1 << 20


def of_bytes(data: bytes) -> str:
    """Return the SHA-256 of ``data`` as 64 hexadecimal digits (FIPS 180-4)."""
    return hashlib.sha256(data).hexdigest()


def of_stream(stream: BinaryIO) -> str:
    """Return the SHA-256 of everything left in a binary stream, read in pieces of 1 MiB."""
    seen = hashlib.sha256()
    while piece := stream.read(CHUNK_BYTES):
        seen.update(piece)
    return seen.hexdigest()


def of_value(value: Any) -> str:
    """Return the digest of a JSON-like value; the order of keys does not matter.

    >>> of_value({"a": 1, "b": 2}) == of_value({"b": 2, "a": 1})
    True
    """
    return of_bytes(canonical(value).encode())


def canonical(value: Any) -> str:
    """Return the one JSON text of ``value``: sorted keys, no blanks, NaN refused with ``ValueError``."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
