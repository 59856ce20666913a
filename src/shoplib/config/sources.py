"""Where facts come from: one model for each kind of source, told apart by ``kind``.

A source of another machine (``sql``, ``http``, ``ftp``, ``sftp``) is never asked by a run: ``shoplib ingest fetch``
brings what it has to ``data/raw/<scenario>/<source>/``, and a run reads what lies there.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shoplib.config.secrets import SecretName
from shoplib.config.section import Name, Section

BadFile = Literal["stop", "refuse"]  # refuse: the file is reported with its fault, the others are loaded


class _Source(Section):
    name: Name = Field(description="name of this source in reports")
    mapping: str = Field(description="file in params/ that says what its columns mean")
    on_bad_file: BadFile = Field("stop", description="what to do with a file that cannot be read or is too dirty")


class SimulatedSource(_Source):
    """A file written by 02_transaction_generation."""

    kind: Literal["simulated"]
    file: str = Field(description="file name among the simulated raw files; * stands for any letters")


class _FileSource(_Source):
    path: str = Field(
        description="file, relative to the project's top folder or absolute; * stands for any letters of a file name"
    )


class CsvSource(_FileSource):
    """A delimited text file of a shop's own."""

    kind: Literal["csv"]


class JsonSource(_FileSource):
    """A JSON file with a list of records, or JSON lines: one record a line."""

    kind: Literal["json"]


class ExcelSource(_FileSource):
    """A workbook (.xlsx); the mapping's ``file.sheet`` chooses the sheet."""

    kind: Literal["excel"]


class ParquetSource(_FileSource):
    """A parquet file."""

    kind: Literal["parquet"]


class InboxSource(_Source):
    """Files that are dropped into a folder, each taken once; told apart by name if several sources share one."""

    kind: Literal["inbox"]
    folder: str = Field("data/inbox", description="folder, relative to the project's top folder or absolute")
    pattern: str = Field("*", min_length=1, description="file names that belong to this source; * stands for letters")
    on_bad_file: Literal["refuse"] = Field("refuse", description="a bad file goes to failed/ with its reason")


class SqlSource(_Source):
    """A query of another database; asked by ``shoplib ingest fetch`` only."""

    kind: Literal["sql"]
    url: str = Field("", description="SQLAlchemy URL without a password, such as sqlite:///till.db")
    url_env: SecretName | None = Field(None, description="environment variable with the URL, if it holds a password")
    query: str = Field(min_length=1, description="SELECT that gives the rows, in an order of its own")

    @model_validator(mode="after")
    def _one_address(self) -> SqlSource:
        if bool(self.url) == bool(self.url_env):
            raise ValueError("give url, or url_env with the name of the variable that holds it; one of the two")
        return self


class HttpSource(_Source):
    """Records of a JSON endpoint, page by page; asked by ``shoplib ingest fetch`` only."""

    kind: Literal["http"]
    url: str = Field(pattern=r"^https?://", description="address of the first page")
    token_env: SecretName | None = Field(None, description="environment variable with a bearer token")
    records: str = Field("", description="where the list of records stands in an answer, such as data.orders")
    page_parameter: str = Field("", description="query parameter that counts pages, from 1; asked until one is empty")
    size_parameter: str = Field("", description="query parameter with the number of records of a page")
    page_size: int = Field(500, ge=1, le=100_000, description="records asked for at once")
    next_page: str = Field("", description="where an answer holds the address or token of the next page")
    next_parameter: str = Field("", description="query parameter that takes that token; empty if it is an address")
    max_pages: int = Field(10_000, ge=1, description="pages after which something must be wrong")
    timeout_s: float = Field(30, gt=0, description="seconds one answer may take")
    tries: int = Field(4, ge=1, le=10, description="times a page is asked for before the source counts as unreachable")


class _DropSource(_Source):
    host: str = Field(min_length=1, description="name or address of the server")
    folder: str = Field("/", description="folder there")
    pattern: str = Field("*", min_length=1, description="names of the files; * stands for any letters")
    user: str = Field("", description="name to log in with; empty for anonymous")
    password_env: SecretName | None = Field(None, description="environment variable with the password")
    timeout_s: float = Field(30, gt=0, description="seconds one answer may take")
    tries: int = Field(4, ge=1, le=10, description="times the server is asked before it counts as unreachable")


class FtpSource(_DropSource):
    """Files of an FTP folder, read and left there; fetched by ``shoplib ingest fetch`` only."""

    kind: Literal["ftp"]
    port: int = Field(21, ge=1, le=65535, description="port of the server")
    tls: bool = Field(True, description="speak TLS; switch it off only inside a network of your own")


class SftpSource(_DropSource):
    """Files of an SFTP folder, read and left there; fetched by ``shoplib ingest fetch`` only."""

    kind: Literal["sftp"]
    port: int = Field(22, ge=1, le=65535, description="port of the server")
    host_key: str = Field("", description="SHA256 fingerprint of the server's key; empty: it must stand in known_hosts")


FileSource = CsvSource | JsonSource | ExcelSource | ParquetSource
RemoteSource = SqlSource | HttpSource | FtpSource | SftpSource
Source = Annotated[
    SimulatedSource
    | CsvSource
    | JsonSource
    | ExcelSource
    | ParquetSource
    | InboxSource
    | SqlSource
    | HttpSource
    | FtpSource
    | SftpSource,
    Field(discriminator="kind"),
]
