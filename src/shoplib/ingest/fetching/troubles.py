"""What can go wrong between here and a server of files, told so that a person can act on it."""

from __future__ import annotations

import ftplib
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from shoplib.config.sources import FtpSource, SftpSource
from shoplib.errors import ShopError, SourceError
from shoplib.ingest.fetching.patience import Unanswered
from shoplib.store import files

T = TypeVar("T")
STAYS = "what was fetched before stays"


class NoTlsError(Exception):
    """The server does not speak TLS."""


class StrangeHostError(Exception):
    """The server's key is not the known one: the fingerprint it showed, and whether another one was known."""

    def __init__(self, fingerprint: str, *, known: bool) -> None:
        super().__init__(fingerprint)
        self.fingerprint, self.known = fingerprint, known


class CutError(Exception):
    """A file came with another size than it was listed with."""


def told(bring: Callable[[], T], source: FtpSource | SftpSource, address: str) -> T:
    """Return what ``bring`` returns; what goes wrong becomes a ``ShopError``, or ``Unanswered`` if it may pass."""
    import paramiko

    where = f"{source.name}, {address}"
    try:
        return bring()
    except OSError as error:
        raise _of_system(error, where) from None
    except CutError as error:
        raise Unanswered(
            SourceError("A file is not whole, or it is being written", where=where, found=str(error),
                        next_step=f"try again when it is finished; {STAYS}")
        ) from None  # fmt: skip
    except NoTlsError as error:
        raise SourceError(
            "The server does not speak TLS", where=where, found=str(error),
            wanted="FTP over TLS: neither password nor sales are sent in the open",
            next_step="use kind: sftp if it can that; tls: false only inside a network of your own",
        ) from None  # fmt: skip
    except StrangeHostError as error:
        raise _strange(error, source, where) from None
    except paramiko.AuthenticationException as error:
        raise _no_login(str(error), source, where) from None
    except ftplib.error_perm as error:
        if str(error).startswith("53"):
            raise _no_login(str(error), source, where) from None
        raise SourceError("The server refuses a file or folder", where=where, found=str(error),
                          next_step="check the folder and what this user may read") from None  # fmt: skip
    except (ftplib.Error, EOFError, paramiko.SSHException) as error:
        raise _away(str(error) or "the connection ended", where) from None
    except (KeyError, ValueError) as error:
        raise SourceError("The server lists its files in a way that cannot be read", where=where, found=str(error),
                          next_step="ask whoever runs it for SFTP") from None  # fmt: skip


def _of_system(error: OSError, where: str) -> ShopError | Unanswered:
    if error.errno in files.FULL:
        return files.as_store_error(error, Path(error.filename or "."))
    if isinstance(error, ssl.SSLCertVerificationError):
        return SourceError(
            "The server's certificate is not to be trusted", where=where, found=error.verify_message,
            wanted="a certificate for this host by an authority this machine trusts",
            next_step="use the host name the certificate is for; SSL_CERT_FILE names authorities of your own",
        )  # fmt: skip
    if isinstance(error, FileNotFoundError | PermissionError):
        return SourceError("The server refuses a file or folder", where=where, found=error.strerror or str(error),
                           next_step="check the folder and what this user may read")  # fmt: skip
    return _away(error.strerror or str(error) or type(error).__name__, where)


def _away(found: str, where: str) -> Unanswered:
    return Unanswered(SourceError("A server cannot be reached", where=where, found=found,
                                  next_step=f"check host, port and connection; {STAYS}"))  # fmt: skip


def _no_login(found: str, source: FtpSource | SftpSource, where: str) -> SourceError:
    return SourceError(
        "The server does not let this user in", where=where, found=found.strip(),
        wanted="the right user and password" if source.password_env else "a user the server knows",
        next_step=f"check user and {source.password_env}" if source.password_env else "set user and password_env",
    )  # fmt: skip


def _strange(error: StrangeHostError, source: FtpSource | SftpSource, where: str) -> SourceError:
    said = "is not the known one" if error.known else "is not known"
    return SourceError(
        f"The server's key {said}, so nothing was sent to it", where=where, found=error.fingerprint,
        wanted="the key you were told by whoever runs the server",
        next_step=f'if it is that: host_key: "{error.fingerprint}"; if it is not, somebody stands between',
    )  # fmt: skip
