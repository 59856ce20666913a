"""Files of FTP and SFTP folders: as they are, whole, only what changed, and only from the server that is meant."""

from __future__ import annotations

import base64
import os
import ssl
from pathlib import Path

import paramiko
import pytest
import trustme

from shoplib.errors import SourceError
from shoplib.ingest.fetching import sftp as our_sftp
from shoplib.ingest.fetching.drop import safe_name

from . import servers

LOGIN = {"user": servers.USER, "password_env": "TILL_PASSWORD"}
SET = {"TILL_PASSWORD": servers.PASSWORD}


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The folder of the server, with two files, a folder and a hidden file."""
    folder = tmp_path / "server" / "out"
    (folder / "older").mkdir(parents=True)
    (folder / "sales 1.csv").write_bytes(b"id,total\r\n1,2.50\r\n")
    (folder / "sales_2.csv").write_bytes(bytes(range(256)) * 1000)
    (folder / ".secret.csv").write_text("hidden")
    (folder / "notes.txt").write_text("no sales")
    return folder


@pytest.fixture
def ftp(there, fetcher):
    """A fetch from a plain FTP server."""
    with servers.plain_ftp(there.parent) as port:
        base = {"kind": "ftp", "host": "127.0.0.1", "port": port, "tls": False, "folder": "/out", "pattern": "*.csv"}
        yield lambda environment=SET, **more: fetcher(environment, **{**base, **LOGIN, **more})


@pytest.fixture(scope="session")
def key() -> paramiko.PKey:
    """The key of the SFTP server."""
    return paramiko.ECDSAKey.generate()


@pytest.fixture
def sftp(there, fetcher, key):
    """A fetch from an SFTP server whose key is known by its fingerprint."""
    with servers.sftp(there.parent, key) as port:
        base = {"kind": "sftp", "host": "127.0.0.1", "port": port, "folder": "/out", "pattern": "*.csv"}
        fetcher.port = port
        yield lambda environment=SET, **more: fetcher(
            environment, **{**base, "host_key": our_sftp.fingerprint(key), **LOGIN, **more}
        )


@pytest.fixture(params=["ftp", "sftp"])
def drop(request):
    """A fetch from a server of either kind."""
    return request.getfixturevalue(request.param)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_files_come_as_they_are(drop, there, fetcher):
    fetched = drop()
    assert names(fetcher.folder) == ["sales 1.csv", "sales_2.csv"]
    for name in names(fetcher.folder):
        assert (fetcher.folder / name).read_bytes() == (there / name).read_bytes()
    assert fetched.line() == "till: 2 files, 2 of them new or changed, 250.0 KiB"


def test_only_what_changed_is_fetched_again(drop, there, fetcher):
    drop()
    before = (fetcher.folder / "sales 1.csv").stat().st_ino
    assert drop().new_files == 0
    (there / "sales_2.csv").write_bytes(b"other")
    (there / "sales_3.csv").write_bytes(b"new")
    assert drop().new_files == 2
    assert (fetcher.folder / "sales 1.csv").stat().st_ino == before
    assert (fetcher.folder / "sales_2.csv").read_bytes() == b"other"
    (there / "sales 1.csv").unlink()
    drop()
    assert names(fetcher.folder) == ["sales_2.csv", "sales_3.csv"]


def test_a_file_of_the_same_size_is_fetched_again_if_its_time_is_another(drop, there, fetcher):
    drop()
    (there / "sales 1.csv").write_bytes(b"id,total\r\n1,9.50\r\n")
    os.utime(there / "sales 1.csv", (1e9, 1e9))
    assert drop().new_files == 1
    assert b"9.50" in (fetcher.folder / "sales 1.csv").read_bytes()


def test_a_file_that_was_damaged_here_is_fetched_again(drop, fetcher):
    drop()
    (fetcher.folder / "sales 1.csv").write_bytes(b"half")
    assert drop().new_files == 1


def test_a_record_that_was_damaged_costs_nothing_but_time(drop, fetcher):
    drop()
    (fetcher.folder / ".fetched.json").write_text("{")
    assert drop().new_files == 2


def test_another_folder_shares_no_file_with_the_one_before(drop, there):
    drop()
    (there.parent / "two").mkdir()
    for name in ("sales 1.csv", "sales_2.csv"):
        (there.parent / "two" / name).write_bytes((there / name).read_bytes())
        os.utime(there.parent / "two" / name, (1e9, 1e9))
        os.utime(there / name, (1e9, 1e9))
    drop()
    assert drop(folder="/two").new_files == 2


def test_no_file_of_that_name_is_an_error_and_the_earlier_ones_stay(drop, fetcher):
    drop()
    with pytest.raises(SourceError) as caught:
        drop(pattern="*.xlsx")
    assert "No file there has a name like that" in str(caught.value)
    assert "found   notes.txt, sales 1.csv, sales_2.csv\n  wanted  *.xlsx" in str(caught.value)
    assert names(fetcher.folder) == ["sales 1.csv", "sales_2.csv"]


def test_a_folder_that_is_not_there(drop):
    with pytest.raises(SourceError, match="refuses a file or folder"):
        drop(folder="/nowhere")


def test_a_wrong_password_is_told_and_not_shown(drop, fetcher):
    with pytest.raises(SourceError) as caught:
        drop({"TILL_PASSWORD": "spoon-7Qx1"})
    assert "does not let this user in" in str(caught.value) and "check user and TILL_PASSWORD" in str(caught.value)
    assert "7Qx1" not in str(caught.value) and fetcher.waited == []


def test_the_password_reaches_no_file(drop, fetcher):
    drop()
    for path in fetcher.root.joinpath("data").rglob("*"):
        assert path.is_dir() or b"9fK2" not in path.read_bytes()


@pytest.mark.parametrize("kind", ["ftp", "sftp"])
def test_nobody_there_is_asked_for_a_while(fetcher, kind):
    with pytest.raises(SourceError) as caught:
        fetcher(SET, kind=kind, host="127.0.0.1", port=1, tries=2, **LOGIN)
    assert "A server cannot be reached" in str(caught.value) and "asked 2 times" in str(caught.value)
    assert fetcher.waited == [1] and not fetcher.folder.exists()


def test_anybody_may_read_where_no_user_is_named(ftp):
    assert len(ftp(user="", password_env=None).files) == 2


def test_a_server_that_lists_without_exact_times_is_fetched_whole_each_time(there, fetcher):
    with servers.plain_ftp(there.parent, without=("MLSD",)) as port:
        at = {"kind": "ftp", "host": "127.0.0.1", "port": port, "tls": False, "folder": "/out", "pattern": "*.csv"}
        assert [fetcher(SET, **at, **LOGIN).new_files for _ in range(2)] == [2, 2]
    assert names(fetcher.folder) == ["sales 1.csv", "sales_2.csv"]


def test_a_server_without_tls_is_refused_before_the_password_is_sent(ftp):
    with pytest.raises(SourceError) as caught:
        ftp(tls=True)
    assert "The server does not speak TLS" in str(caught.value)
    assert "tls: false only inside a network of your own" in str(caught.value)


def tls(there: Path, name: str) -> tuple[ssl.SSLContext, trustme.CA]:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context, authority


@pytest.fixture
def over_tls(there, fetcher, tmp_path, monkeypatch):
    """A fetch from a server that speaks TLS with a certificate this machine trusts, and the server."""
    context, authority = tls(there, "localhost")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    (there / "older").rmdir()
    with servers.tls_ftp(there, context) as server:
        at = {"kind": "ftp", "host": "localhost", "port": server.server_address[1], "pattern": "*.csv"}
        yield lambda: fetcher(SET, **at, **LOGIN), server


def test_over_tls_nothing_is_said_in_the_open(over_tls, there, fetcher):
    bring, server = over_tls
    bring()
    assert (fetcher.folder / "sales_2.csv").read_bytes() == (there / "sales_2.csv").read_bytes()
    assert [command for command, secured in server.heard if not secured] == ["AUTH"]
    assert ("PROT", True) in server.heard and server.resumed == [True] * 3


def test_names_that_are_not_unicode_are_read_too(over_tls, there, fetcher):
    (there / os.fsdecode(b"caf\xe9.csv")).write_bytes(b"x")
    over_tls[0]()
    assert names(fetcher.folder) == ["café.csv", "sales 1.csv", "sales_2.csv"]


@pytest.mark.parametrize("wrong", ["authority", "host"])
def test_a_certificate_nobody_trusts_is_refused_before_the_password(wrong, there, fetcher, tmp_path, monkeypatch):
    context, authority = tls(there, "localhost" if wrong == "authority" else "till.example")
    trusted = authority if wrong == "host" else trustme.CA()
    trusted.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with (
        servers.tls_ftp(there, context) as server,
        pytest.raises(SourceError, match="certificate is not to be trusted"),
    ):
        fetcher(SET, kind="ftp", host="localhost", port=server.server_address[1], **LOGIN)
    assert {command for command, _ in server.heard} == {"AUTH"}


def test_a_host_key_that_is_not_known_is_never_taken(sftp, key, fetcher):
    with pytest.raises(SourceError) as caught:
        sftp(host_key="")
    assert str(caught.value).startswith("The server's key is not known, so nothing was sent to it\n")
    assert f'next    if it is that: host_key: "{our_sftp.fingerprint(key)}"' in str(caught.value)
    with pytest.raises(SourceError, match="key is not the known one"):
        sftp(host_key="SHA256:" + "A" * 43)
    assert not fetcher.root.joinpath(".ssh").exists()


def test_a_host_in_known_hosts_is_let_in_and_one_with_another_key_is_not(sftp, key, fetcher):
    port = fetcher.port
    known = fetcher.root / ".ssh" / "known_hosts"
    known.parent.mkdir()
    known.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
    assert len(sftp(host_key="").files) == 2
    other = paramiko.ECDSAKey.generate()
    known.write_text(f"[127.0.0.1]:{port} {other.get_name()} {other.get_base64()}\n")
    with pytest.raises(SourceError, match="key is not the known one"):
        sftp(host_key="")


def test_fingerprints_are_those_of_ssh_keygen():
    line = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    key = paramiko.Ed25519Key(data=base64.b64decode(line))
    assert our_sftp.fingerprint(key) == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


def test_names_cannot_leave_the_folder(there, fetcher, key):
    odd = ("../outside.csv", "/etc/cron.csv", "a\\b.csv", "..", ".hidden.csv", "new\nline.csv")
    with servers.sftp(there.parent, key, odd) as port:
        fetched = fetcher(SET, kind="sftp", host="127.0.0.1", port=port, folder="/out", pattern="*",
                          host_key=our_sftp.fingerprint(key), **LOGIN)  # fmt: skip
    assert names(fetcher.folder) == ["notes.txt", "sales 1.csv", "sales_2.csv"]
    assert fetched.left == ("../outside.csv", "/etc/cron.csv", "a\\b.csv", "new\nline.csv")
    assert not list(fetcher.root.rglob("outside*"))


@pytest.mark.parametrize("name", ["a:b.csv", "x" * 300 + ".csv", "end.", " lead.csv", "что?.csv", "a\x00b", "é" * 150])
def test_odd_names_become_names_every_system_takes(name):
    made = safe_name(name)
    assert made != name and len(made.encode()) <= 200 and made == safe_name(name)
    assert not set(made) & set('<>:"|?*\\/\0')


def test_a_file_that_is_still_growing_is_not_taken(sftp, there, monkeypatch, fetcher):
    true_size = paramiko.SFTPAttributes.from_stat

    def smaller(stat, filename=None):
        made = true_size(stat, filename)
        made.st_size -= 3 if filename == "sales 1.csv" else 0
        return made

    monkeypatch.setattr(paramiko.SFTPAttributes, "from_stat", smaller)
    with pytest.raises(SourceError, match=r"not whole, or it is being written\n.*\n.*18 of 15 bytes of sales 1.csv"):
        sftp(tries=2)
    assert not fetcher.folder.exists()
