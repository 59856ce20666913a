"""What a server answered: whether it is what was asked for, and the records in it."""

from __future__ import annotations

import datetime as dt
import email.utils
import json
import math
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from shoplib.base import words
from shoplib.errors import SourceError
from shoplib.ingest.fetching.patience import Unanswered

if TYPE_CHECKING:
    import httpx

MAX_ANSWER_BYTES = 64 << 20
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


def judge(response: httpx.Response, place: str) -> None:
    """Ensure that the server answered 200; ``Unanswered`` for 429 and 5xx, ``SourceError`` for all else."""
    code = response.status_code
    if code == HTTPStatus.OK:
        return
    found = f"{code} {HTTPStatus(code).phrase}" if code in set(HTTPStatus) else str(code)
    if code == HTTPStatus.TOO_MANY_REQUESTS or code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        after = _retry_after(response)
        if after:
            found += f", to be asked again in {after:,.0f} s"
        error = SourceError("A source cannot answer now", where=place, found=found,
                            next_step="try later; what was fetched before stays")  # fmt: skip
        raise Unanswered(error, after)
    steps = {
        HTTPStatus.UNAUTHORIZED: "set token_env to the variable with a token that is still good",
        HTTPStatus.FORBIDDEN: "ask for a token that may read these records",
        HTTPStatus.NOT_FOUND: "correct the url, or the page parameter",
    }
    raise SourceError("A source refuses to answer", where=place, found=found, wanted="200 OK",
                      next_step=steps.get(HTTPStatus(code), "correct the source's settings")
                      if code in set(HTTPStatus) else "correct the source's settings")  # fmt: skip


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds a server wants to be left alone; a date counts from the day and time of its answer."""
    text = response.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    until, now = (_instant(value) for value in (text, response.headers.get("date", "")))
    return max((until - now).total_seconds(), 0.0) if until and now else None


def _instant(text: str) -> dt.datetime | None:
    try:
        read = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)


def value(data: bytes, response: httpx.Response, place: str) -> Any:
    """Return the JSON value of an answer; ``SourceError`` if it is none, such as a page to log in."""
    try:
        return json.loads(data, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        head = data[:4096].decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if head.startswith("<"):
        title = _TITLE.search(head)
        named = f", titled {' '.join(title.group(1).split())[:60]!r}" if title else ""
        raise SourceError(
            "A source answers with a web page, not with JSON", where=place, found=f"a web page{named}",
            wanted="a JSON list of records", next_step="if that is a page to log in: check url and token",
        )  # fmt: skip
    kind_told = response.headers.get("content-type", "") or "no content type"
    raise SourceError(
        "An answer is not JSON", where=place, found=f"{words.plural(len(data), 'byte')} of {kind_told}",
        wanted="a JSON list of records", next_step="correct the url",
    )  # fmt: skip


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number in JSON")


def _finite(text: str) -> float:
    read = float(text)
    return read if math.isfinite(read) else _no_number(text)


def at(value: Any, path: str) -> Any:
    """Return what stands at a dotted path of a JSON value, ``None`` if nothing does.

    >>> at({"data": {"orders": [1, 2]}}, "data.orders"), at({"data": 1}, "data.orders")
    ([1, 2], None)
    """
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def records(body: Any, path: str, place: str) -> list[dict[str, Any]]:
    """Return the list of records at a dotted path; ``SourceError`` says where lists stand if there is none."""
    found = at(body, path) if path else body
    if not isinstance(found, list):
        lists = [name for name, _ in _lists(body)]
        told = f"{path} is a {kind(found)}" if path else f"a {kind(found)}"
        raise SourceError(
            "An answer has no list of records where one should be", where=place,
            found=told + (f"; lists stand at {words.listed(lists)}" if lists else ""), wanted="a list of records",
            next_step=f"set records: {lists[0]}" if lists else "correct records, or the url",
        )  # fmt: skip
    odd = next((item for item in found if not isinstance(item, dict)), None)
    if odd is not None:
        raise SourceError(
            "A list holds something that is no record", where=place, found=f"a {kind(odd)}",
            wanted="records: names with values", next_step="correct records: it must name the list of records",
        )  # fmt: skip
    return found


def _lists(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    """Return where the lists of records of an answer stand, the longest first."""
    if isinstance(value, list) and path and all(isinstance(item, dict) for item in value):
        return [(".".join(path), len(value))]
    below = value.items() if isinstance(value, dict) and len(path) < 3 else ()
    return sorted([found for name, item in below for found in _lists(item, (*path, name))], key=lambda f: -f[1])


def kind(value: Any) -> str:
    """Return what a JSON value is, in a word."""
    names = {dict: "record", list: "list", str: "text", bool: "truth value", type(None): "missing value"}
    return names.get(type(value), "number")


def shown(url: httpx.URL) -> str:
    """Return an address for messages: without query, name or password, which may hold secrets."""
    return str(url.copy_with(query=None, fragment=None, userinfo=b""))


def same_server(base: httpx.URL, target: str, noun: str, place: str) -> httpx.URL:
    """Return the address ``target`` seen from ``base``; ``SourceError`` if it is on another server.

    A token that was given for one server must not reach another, nor travel over a plain connection.
    """
    import httpx

    try:
        url = base.join(target)
    except (httpx.InvalidURL, ValueError):
        url = None
    if url is not None and _server(url) == _server(base) and not url.userinfo:
        return url
    raise SourceError(
        f"{noun} leads to another server", where=place,
        found=shown(url) if url is not None else "no address", wanted=f"an address at {base.scheme}://{base.netloc.decode()}",
        next_step="name the right address as url; a token is never sent elsewhere",
    )  # fmt: skip


def _server(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port
