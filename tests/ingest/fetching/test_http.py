"""Records of a JSON endpoint: every page once, nothing to strangers, and a clear word when it is not what was asked."""

from __future__ import annotations

import json
import time

import pytest

from shoplib.errors import ConfigError, SourceError
from shoplib.ingest.fetching import answers

JSON = {"Content-Type": "application/json"}


def page(value: object, status: int = 200, **headers: str):
    return (
        status,
        {**JSON, **{name.replace("_", "-"): text for name, text in headers.items()}},
        json.dumps(value).encode(),
    )


def numbered(*pages: list[dict[str, object]]):
    """Answer each page by its number, and pages beyond the last with nothing."""
    return lambda request: page(dict(enumerate(pages, 1)).get(int(request.parameters["page"]), []))


def test_one_answer_becomes_json_lines(web, fetcher):
    web.answer = lambda request: page({"data": {"orders": [{"id": 1, "was": "Tee ☕", "by": {"x": 0.1}}, {"id": 2}]}})
    fetched = fetcher(kind="http", url=f"{web.url}/orders?of=2024", records="data.orders")
    assert fetcher.lines() == ['{"id":1,"was":"Tee ☕","by":{"x":0.1}}', '{"id":2}']
    assert [path.name for path in fetched.files] == ["records.jsonl"] and fetched.records == 2
    assert fetched.line() == "till: 2 records, 0.0 KiB"
    assert web.asked[0].parameters == {"of": "2024"}


def test_texts_that_are_no_unicode_stay_json(web, fetcher):
    web.answer = lambda request: (200, JSON, b'[{"a": "\\ud800x", "b": 12345678901234567890}]')
    fetcher(kind="http", url=web.url)
    assert [json.loads(line) for line in fetcher.lines()] == [{"a": "\ud800x", "b": 12345678901234567890}]


def test_pages_are_counted_until_one_is_empty(web, fetcher):
    web.answer = numbered([{"id": 1}, {"id": 2}], [{"id": 3}], [{"id": 4}, {"id": 5}])
    assert fetcher(kind="http", url=web.url, page_parameter="page").records == 5
    assert len(web.asked) == 4


def test_a_page_shorter_than_was_asked_for_is_the_last_one_if_the_server_keeps_to_the_size(web, fetcher):
    web.answer = numbered([{"id": 1}, {"id": 2}], [{"id": 3}])
    assert fetcher(kind="http", url=web.url, page_parameter="page", size_parameter="n", page_size=2).records == 3
    assert [request.parameters for request in web.asked] == [{"page": "1", "n": "2"}, {"page": "2", "n": "2"}]


def test_a_server_with_smaller_pages_than_asked_for_is_still_read_to_the_end(web, fetcher):
    web.answer = numbered([{"id": 1}, {"id": 2}], [{"id": 3}, {"id": 4}], [{"id": 5}])
    assert fetcher(kind="http", url=web.url, page_parameter="page", size_parameter="n", page_size=100).records == 5


@pytest.mark.parametrize("there", ["/list?from=2", "list?from=2", "{url}/list?from=2"])
def test_the_next_page_is_followed_by_its_address(web, fetcher, there):
    def answer(request):
        start = int(request.parameters.get("from", 1))
        return page({"items": [{"id": start}], "links": {"next": there.format(url=web.url) if start == 1 else None}})

    web.answer = answer
    assert fetcher(kind="http", url=f"{web.url}/list", records="items", next_page="links.next").records == 2


def test_the_next_page_is_followed_by_its_token_and_empty_pages_between_do_not_end_it(web, fetcher):
    pages = {"": ([{"id": 1}], "b"), "b": ([], 3), "3": ([{"id": 3}], "")}

    def answer(request):
        records, cursor = pages[request.parameters.get("cursor", "")]
        return page({"payments": records, "cursor": cursor})

    web.answer = answer
    source = {"records": "payments", "next_page": "cursor", "next_parameter": "cursor", "size_parameter": "limit"}
    assert fetcher(kind="http", url=web.url, **source).records == 2
    assert [request.parameters["limit"] for request in web.asked] == ["500"] * 3


def test_a_page_that_comes_twice_is_an_error_and_no_endless_loop(web, fetcher):
    web.answer = lambda request: page([{"id": 1}])
    with pytest.raises(SourceError) as caught:
        fetcher(kind="http", url=web.url, page_parameter="page")
    assert str(caught.value) == (
        "A source gives the same page twice\n"
        f"  where   till, {web.url}, page 2\n"
        "  found   the 1 record of an earlier page\n"
        "  wanted  other records on each page\n"
        "  next    correct page_parameter or next_parameter: the server seems not to know it"
    )


def test_pages_without_end_stop(web, fetcher):
    web.answer = lambda request: page([{"id": int(request.parameters["page"])}])
    with pytest.raises(SourceError, match=r"more pages than it may have\n.*page 3\n"):
        fetcher(kind="http", url=web.url, page_parameter="page", max_pages=3)
    assert len(web.asked) == 3


def test_a_token_goes_to_its_server_and_into_no_file_or_message(web, fetcher):
    web.answer = lambda request: page([{"id": 1}])
    environment = {"TILL_TOKEN": "kettle-9fK2\n"}
    fetched = fetcher(environment, kind="http", url=web.url, token_env="TILL_TOKEN")
    assert web.asked[0].headers["Authorization"] == "Bearer kettle-9fK2"
    web.answer = lambda request: (401, {}, request.headers["Authorization"].encode())
    with pytest.raises(SourceError) as caught:
        fetcher(environment, kind="http", url=web.url, token_env="TILL_TOKEN")
    assert "401 Unauthorized" in str(caught.value) and "9fK2" not in str(caught.value)
    assert "9fK2" not in repr(fetched) + fetcher.folder.joinpath("records.jsonl").read_text()


def test_a_token_no_header_can_hold_is_refused_unseen(web, fetcher):
    with pytest.raises(ConfigError, match="no header can hold") as caught:
        fetcher({"TILL_TOKEN": "two wörds"}, kind="http", url=web.url, token_env="TILL_TOKEN")
    assert "wörds" not in str(caught.value) and web.asked == []


@pytest.mark.parametrize(
    "target",
    ["http://localhost:{port}/x", "https://127.0.0.1:{port}/x", "//example.invalid/x",
     "http://user:pw@127.0.0.1:{port}/x", "http://127.0.0.1:1/x", "file:///etc/passwd"],
)  # fmt: skip
@pytest.mark.parametrize("way", ["next", "redirect"])
def test_neither_next_page_nor_redirect_leads_to_another_server(web, fetcher, target, way):
    there = target.format(port=web.url.rpartition(":")[2])
    redirect = (302, {"Location": there}, b"")
    web.answer = lambda request: redirect if way == "redirect" else page({"x": [{"id": 1}], "next": there})
    with pytest.raises(SourceError, match="leads to another server") as caught:
        fetcher({"T": "kettle-9fK2"}, kind="http", url=web.url, records="x", next_page="next", token_env="T")
    assert len(web.asked) == 1 and "pw" not in str(caught.value) and not fetcher.folder.exists()


def test_a_redirect_on_the_same_server_is_followed_but_not_for_ever(web, fetcher):
    web.answer = lambda request: (307, {"Location": "/orders"}, b"") if request.path == "/" else page([{"id": 1}])
    assert fetcher(kind="http", url=f"{web.url}/").records == 1
    web.answer = lambda request: (301, {"Location": request.path + "x"}, b"")
    with pytest.raises(SourceError, match="from one address to the next without end"):
        fetcher(kind="http", url=f"{web.url}/")


def test_a_server_that_is_busy_is_asked_again_after_the_time_it_names(web, fetcher):
    replies = [
        page([], 429, Retry_After="7"),
        page([], 503, Retry_After="Mon, 01 Jan 2024 00:00:09 GMT", Date="Mon, 01 Jan 2024 00:00:04 GMT"),
        page([], 502),
        page([{"id": 1}]),
    ]
    web.answer = lambda request: replies[request.before]
    assert fetcher(kind="http", url=web.url).records == 1
    assert fetcher.waited == [7, 5, 4]


def test_a_server_that_stays_busy_leaves_what_was_fetched_before(web, fetcher):
    web.answer = lambda request: page([{"id": 1}])
    fetcher(kind="http", url=web.url)
    web.answer = lambda request: page([], 500)
    with pytest.raises(SourceError) as caught:
        fetcher(kind="http", url=web.url, tries=3)
    assert str(caught.value) == (
        "A source cannot answer now\n"
        f"  where   till, {web.url}, page 1\n"
        "  found   500 Internal Server Error; asked 3 times\n"
        "  next    try later; what was fetched before stays"
    )
    assert fetcher.waited == [1, 2] and fetcher.lines() == ['{"id":1}']
    assert sorted(path.name for path in fetcher.folder.parent.iterdir()) in (["till"], [".till.lock", "till"])


def test_a_server_that_wants_hours_is_not_waited_for(web, fetcher):
    web.answer = lambda request: page([], 429, Retry_After="7200")
    with pytest.raises(SourceError, match=r"429 Too Many Requests, to be asked again in 7,200 s; asked 1 time"):
        fetcher(kind="http", url=web.url)
    assert fetcher.waited == []


@pytest.mark.parametrize("status", [204, 302, 304, 400, 403, 404, 418, 499])
def test_a_refusal_is_not_asked_again(web, fetcher, status):
    web.answer = lambda request: page([], status)
    with pytest.raises(SourceError, match=str(status)):
        fetcher(kind="http", url=web.url)
    assert len(web.asked) == 1


def test_nobody_there(fetcher):
    with pytest.raises(SourceError, match=r"cannot be reached\n.*\n.*refused.*asked 2 times"):
        fetcher(kind="http", url="http://127.0.0.1:1/x", tries=2)


def test_an_answer_that_drips_is_cut_off(web, fetcher):
    def answer(request):
        time.sleep(0.6)
        return page([{"id": 1}])

    web.answer = answer
    with pytest.raises(SourceError, match="no answer in time; asked 1 time"):
        fetcher(kind="http", url=web.url, timeout_s=0.2, tries=1)


def test_an_answer_that_ends_too_early_is_asked_for_again(web, fetcher):
    web.answer = lambda request: (
        (200, {"Content-Length": "90"}, b'[{"id":1}]') if request.before == 0 else page([{"id": 2}])
    )
    fetcher(kind="http", url=web.url, timeout_s=1)
    assert fetcher.lines() == ['{"id":2}']


def test_a_page_to_log_in_is_told(web, fetcher):
    web.answer = lambda request: (
        200,
        {"Content-Type": "text/html"},
        b"\xef\xbb\xbf<!doctype html><title>Sign\nin</title>",
    )
    with pytest.raises(SourceError) as caught:
        fetcher(kind="http", url=web.url)
    assert str(caught.value) == (
        "A source answers with a web page, not with JSON\n"
        f"  where   till, {web.url}, page 1\n"
        "  found   a web page, titled 'Sign in'\n"
        "  wanted  a JSON list of records\n"
        "  next    if that is a page to log in: check url and token"
    )


@pytest.mark.parametrize("body", [b"", b"nothing", b"[" * 100_000, b'[{"a": NaN}]', b"\xff\xfe\x00"])
def test_what_is_no_json_is_told(web, fetcher, body):
    web.answer = lambda request: (200, {"Content-Type": "text/plain"}, body)
    with pytest.raises(SourceError, match="not JSON"):
        fetcher(kind="http", url=web.url)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": {"orders": [{"id": 1}]}}, "found   a record; lists stand at data.orders"),
        ({"error": "x"}, "found   a record\n"),
        ([1, 2], "found   a number"),
        ("x", "found   a text"),
    ],
)
def test_records_that_are_not_where_they_should_be(web, fetcher, body, said):
    web.answer = lambda request: page(body)
    with pytest.raises(SourceError) as caught:
        fetcher(kind="http", url=web.url)
    assert said in str(caught.value)


def test_an_answer_that_is_too_large_is_refused(web, fetcher, monkeypatch):
    monkeypatch.setattr("shoplib.ingest.fetching.http.MAX_ANSWER_BYTES", 1 << 20)
    web.answer = lambda request: (200, JSON, b"[" + b" " * (2 << 20) + b"]")
    with pytest.raises(SourceError, match="more than 1 MiB in one page"):
        fetcher(kind="http", url=web.url)


def test_a_number_too_large_for_json_is_told(web, fetcher):
    web.answer = lambda request: (200, JSON, b'[{"a": 1e999}]')
    with pytest.raises(SourceError, match="not JSON"):
        fetcher(kind="http", url=web.url)


def test_addresses_are_shown_without_what_may_be_secret():
    import httpx

    assert answers.shown(httpx.URL("http://ann@till.example/a?token=1#x")) == "http://till.example/a"


def test_equal_records_give_equal_bytes(web, fetcher):
    web.answer = numbered([{"b": 1, "a": 2.50}], [{"c": None}])
    made = []
    for _ in range(2):
        fetcher(kind="http", url=web.url, page_parameter="page")
        made.append((fetcher.folder / "records.jsonl").read_bytes())
    assert made[0] == made[1]
