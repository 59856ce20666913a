"""Records of a JSON endpoint, page by page, written as JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoplib.base import digest, words
from shoplib.config.secrets import Secret
from shoplib.config.sources import HttpSource
from shoplib.errors import ConfigError, SourceError
from shoplib.ingest.fetching import answers
from shoplib.ingest.fetching.answers import MAX_ANSWER_BYTES
from shoplib.ingest.fetching.patience import Patience, Unanswered, persistently

if TYPE_CHECKING:
    import httpx

FILE_NAME = "records.jsonl"
REDIRECTS = 5


def fetch(
    source: HttpSource, token: Secret | None, folder: Path, patience: Patience, advance: Callable[[int], None]
) -> int:
    """Write every record of the endpoint to ``records.jsonl``, one a line, and return how many there are.

    Connections that fail, answers 429 and 5xx are asked for again; all else that is no list of records raises
    ``SourceError``, and so do a page that comes twice, a next page or redirect to another host, and pages without end.
    """
    import httpx

    count = 0
    with (
        httpx.Client(headers=_headers(token), timeout=source.timeout_s, follow_redirects=False) as client,
        (folder / FILE_NAME).open("wb") as stream,
    ):
        for records in _pages(source, client, patience):
            for record in records:
                line = json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
                stream.write(line.encode("utf-8", "backslashreplace"))
            count += len(records)
            advance(len(records))
    return count


def _headers(token: Secret | None) -> dict[str, str]:
    headers = {"Accept": "application/json", "User-Agent": "shoplib"}
    if token is None:
        return headers
    value = token.reveal().strip()
    if not (value.isascii() and value.isprintable() and " " not in value):
        raise ConfigError(
            "A token holds characters that no header can hold", where="token_env", found=f"a token ({token!r})",
            wanted="letters, digits and marks, without blanks or line ends", next_step="set the variable again",
        )  # fmt: skip
    return {**headers, "Authorization": f"Bearer {value}"}


def _pages(source: HttpSource, client: httpx.Client, patience: Patience) -> Iterator[list[dict[str, Any]]]:
    """Yield the records of each page until one is empty or short, or names no next one."""
    import httpx

    first = httpx.URL(source.url)
    url, number, seen, longest = _first(source, first), 1, set[str](), 0
    while True:
        place = f"{source.name}, {answers.shown(first)}, page {number}"
        body = persistently(partial(_ask, client, url, source, place, patience), source.tries, patience)
        records = answers.records(body, source.records, place)
        if records:
            _require_new(records, seen, place)
            yield records
        next_url = _next(source, first, body, number, place)
        longest = max(longest, len(records))
        short = bool(source.size_parameter) and longest == source.page_size and len(records) < longest
        if next_url is None or (not source.next_page and (not records or short)):
            return
        if number == source.max_pages:
            raise SourceError(
                "A source has more pages than it may have", where=place, found="still another page",
                wanted=f"an end after {words.plural(source.max_pages, 'page')} at most",
                next_step="set max_pages higher if it really holds that much",
            )  # fmt: skip
        url, number = next_url, number + 1


def _first(source: HttpSource, url: httpx.URL) -> httpx.URL:
    asked = {source.page_parameter: "1"} if source.page_parameter else {}
    if source.size_parameter:
        asked[source.size_parameter] = str(source.page_size)
    return url.copy_merge_params(asked) if asked else url


def _next(source: HttpSource, first: httpx.URL, body: Any, number: int, place: str) -> httpx.URL | None:
    """Return the address of the page after this one, ``None`` if there is none."""
    if not source.next_page:
        if not source.page_parameter:
            return None
        return _first(source, first).copy_merge_params({source.page_parameter: str(number + 1)})
    told = answers.at(body, source.next_page)
    if told in (None, "", False):
        return None
    if not isinstance(told, str | int):
        raise SourceError(
            "The next page is told in a way that cannot be read", where=place,
            found=f"{source.next_page} is a {answers.kind(told)}", wanted="an address, or a token with next_parameter",
            next_step="correct next_page",
        )  # fmt: skip
    if source.next_parameter:
        return _first(source, first).copy_merge_params({source.next_parameter: str(told)})
    return answers.same_server(first, str(told), "The next page", place)


def _require_new(records: list[dict[str, Any]], seen: set[str], place: str) -> None:
    """Refuse a page that was there before: it would come for ever."""
    mark = digest.of_bytes(json.dumps(records, sort_keys=True).encode())
    if mark in seen:
        raise SourceError(
            "A source gives the same page twice", where=place,
            found=f"the {words.plural(len(records), 'record')} of an earlier page", wanted="other records on each page",
            next_step="correct page_parameter or next_parameter: the server seems not to know it",
        )  # fmt: skip
    seen.add(mark)


def _ask(client: httpx.Client, url: httpx.URL, source: HttpSource, place: str, patience: Patience) -> Any:
    """Return the JSON value at an address; ``Unanswered`` if it may be asked again."""
    import httpx

    until = patience.clock() + source.timeout_s
    try:
        for _ in range(REDIRECTS):
            with client.stream("GET", url) as response:
                if not response.has_redirect_location:
                    answers.judge(response, place)
                    return answers.value(_read(response, until, place, source, patience), response, place)
                url = answers.same_server(url, response.headers["location"], "A redirect", place)
    except httpx.TransportError as error:
        raise _unreachable(error, place) from None
    except (httpx.DecodingError, httpx.InvalidURL) as error:
        raise SourceError(
            "An answer cannot be read", where=place, found=str(error),
            next_step="ask whoever runs the server",
        ) from None  # fmt: skip
    raise SourceError("A source sends from one address to the next without end", where=place,
                      found=f"{words.plural(REDIRECTS, 'redirect')}", next_step="correct the url")  # fmt: skip


def _read(response: httpx.Response, until: float, place: str, source: HttpSource, patience: Patience) -> bytes:
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_ANSWER_BYTES:
            raise SourceError(
                "An answer is too large", where=place, found=f"more than {MAX_ANSWER_BYTES >> 20} MiB in one page",
                wanted="pages", next_step="set page_parameter and size_parameter, or a smaller page_size",
            )  # fmt: skip
        if patience.clock() > until:
            raise Unanswered(_slow(place, source))
    return b"".join(parts)


def _slow(place: str, source: HttpSource) -> SourceError:
    return SourceError(
        "An answer takes too long", where=place, found=f"no end of it after {source.timeout_s:g} s",
        next_step="try later, or set timeout_s higher",
    )  # fmt: skip


def _unreachable(error: httpx.TransportError, place: str) -> Unanswered:
    return Unanswered(
        SourceError("A source cannot be reached", where=place, found=_said(error),
                    next_step="check the url and the connection; what was fetched before stays")
    )  # fmt: skip


def _said(error: httpx.TransportError) -> str:
    import httpx

    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    return str(error) or type(error).__name__
