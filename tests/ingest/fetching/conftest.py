"""Real servers on this machine: a web server, an FTP server with and without TLS, an SFTP server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shoplib.config.models import Scenario
from shoplib.ingest.fetching import fetch
from shoplib.ingest.fetching.fetch import Fetched
from shoplib.ingest.fetching.patience import Patience

Reply = tuple[int, dict[str, str], bytes]
Answer = Callable[["Request"], Reply]


@dataclass(frozen=True)
class Request:
    """What a server was asked: the path, its parameters, the headers, and how often it was asked before."""

    path: str
    parameters: dict[str, str]
    headers: dict[str, str]
    before: int


@dataclass
class Web:
    """A web server that answers as a test says, and remembers what it was asked."""

    url: str = ""
    answer: Answer = field(default=lambda request: (404, {}, b""))
    asked: list[Request] = field(default_factory=list)


@pytest.fixture(scope="session")
def running_web() -> Iterator[Web]:
    """A web server that runs as long as the tests."""
    web = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            named = {name: values[0] for name, values in parse_qs(parts.query).items()}
            request = Request(parts.path, named, dict(self.headers.items()), len(web.asked))
            web.asked.append(request)
            status, headers, body = web.answer(request)
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        web.url = f"http://127.0.0.1:{server.server_port}"
        yield web
        server.shutdown()


@pytest.fixture
def web(running_web: Web) -> Web:
    """The web server, which has been asked nothing yet."""
    running_web.asked.clear()
    return running_web


@dataclass
class Fetcher:
    """Fetches one source of a scenario into a folder; ``waited`` are the seconds it wanted to wait between tries."""

    root: Path
    waited: list[float] = field(default_factory=list)
    port: int = 0

    @property
    def folder(self) -> Path:
        """Where what was fetched lies."""
        return self.root / "data" / "raw" / "corner" / "till"

    def __call__(self, environment: dict[str, str] | None = None, **source: Any) -> Fetched:
        """Return what was brought from a source."""
        scenario = Scenario.model_validate(
            {"name": "corner", "ingest": {"sources": [{"name": "till", "mapping": "till.yaml", **source}],
                                          "batch_rows": 1_000}}
        )  # fmt: skip
        return fetch.fetch(
            fetch.chosen(scenario)[0], scenario, self.root, environment={"HOME": str(self.root), **(environment or {})},
            patience=Patience(sleep=self.waited.append),
        )  # fmt: skip

    def lines(self) -> list[str]:
        """The lines of the only file that was fetched."""
        (path,) = [path for path in self.folder.iterdir() if not path.name.startswith(".")]
        return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture
def fetcher(tmp_path: Path) -> Fetcher:
    """A way to fetch into a folder of the test's own, without waiting."""
    return Fetcher(tmp_path)
