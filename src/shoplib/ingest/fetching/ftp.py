"""An FTP server, spoken to over TLS whose certificate is checked."""

from __future__ import annotations

import ftplib
import socket
import ssl
from typing import BinaryIO

from fsspec.implementations.ftp import FTPFileSystem

from shoplib.ingest.fetching.troubles import NoTlsError

ANONYMOUS = "anonymous"


class _Secure(ftplib.FTP_TLS):
    """FTP over TLS whose connections for data continue the session of the first, as many servers demand."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        """Return a connection for data and how much will come over it, if the server says so."""
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size


class FtpFolder(FTPFileSystem):  # type: ignore[misc]  # fsspec ships no types
    """Files of an FTP server; with ``tls`` neither password nor file leaves before the certificate was checked."""

    def _connect(self) -> None:
        if self.tls:
            self.ftp: ftplib.FTP = self._secured()
            return
        self.ftp = ftplib.FTP(timeout=self.timeout, encoding=self.encoding)
        self.ftp.connect(self.host, self.port)
        self.ftp.login(self.cred[0] or ANONYMOUS, self.cred[1])

    def _secured(self) -> ftplib.FTP_TLS:
        made = _Secure(timeout=self.timeout, encoding=self.encoding, context=ssl.create_default_context())
        self.ftp = made
        made.connect(self.host, self.port)
        try:
            made.auth()
        except ftplib.error_perm as error:
            raise NoTlsError(str(error)) from None
        made.login(self.cred[0] or ANONYMOUS, self.cred[1], secure=False)
        return made

    def close(self) -> None:
        """End the connection."""
        self.ftp.close()

    def get_into(self, path: str, stream: BinaryIO) -> None:
        """Write the bytes of a file to a stream."""
        self.ftp.retrbinary(f"RETR {path}", stream.write, blocksize=self.blocksize)
