"""Servers of files for the tests: FTP by pyftpdlib, FTP over TLS in a few commands, SFTP by paramiko."""

from __future__ import annotations

import os
import socket
import socketserver
import ssl
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paramiko

USER, PASSWORD = "ann", "kettle-9fK2"


@contextmanager
def plain_ftp(folder: Path, without: tuple[str, ...] = ()) -> Iterator[int]:
    """Run an FTP server without TLS and without some commands over a folder and yield its port."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=DeprecationWarning)  # it stands on asyncore
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler
        from pyftpdlib.servers import ThreadedFTPServer

    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder), perm="elr")
    authorizer.add_anonymous(str(folder), perm="elr")
    handler = type(
        "Handler",
        (FTPHandler,),
        {
            "authorizer": authorizer,
            "log": lambda *_, **__: None,
            "auth_failed_timeout": 0,
            "proto_cmds": {name: told for name, told in FTPHandler.proto_cmds.items() if name not in without},
        },
    )
    server = ThreadedFTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"timeout": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.socket.getsockname()[1]
    finally:
        server.close_all()
        thread.join(5)


class _FtpOverTls(socketserver.StreamRequestHandler):
    """As much FTP as a client needs that lists a folder and takes its files, all of it over TLS."""

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def handle(self) -> None:
        self.data: socket.socket | None = None
        self.say("220 ready")
        while line := self.rfile.readline():
            command, _, rest = os.fsdecode(line).strip().partition(" ")
            self.server.heard.append((command, isinstance(self.connection, ssl.SSLSocket)))
            if command == "AUTH":
                self.say("234 go on")
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb", 0), self.connection.makefile("wb", 0)
            elif command == "USER":
                self.say("331 password?")
            elif command == "PASS":
                self.say("230 in" if rest == PASSWORD else "530 no")
            elif command in ("EPSV", "PASV"):
                self.data = socket.create_server(("127.0.0.1", 0))
                port = self.data.getsockname()[1]
                self.say(f"229 here (|||{port}|)" if command == "EPSV" else f"227 (127,0,0,1,{port >> 8},{port & 255})")
            elif command == "MLSD":
                names = sorted(self.server.folder.iterdir())
                facts = [f"type=file;size={n.stat().st_size};modify=20240601120000; {n.name}" for n in names]
                self.send(os.fsencode("".join(f"{fact}\r\n" for fact in facts)))
            elif command == "RETR":
                self.send((self.server.folder / Path(rest).name).read_bytes())
            else:
                self.say("200 ok")

    def say(self, line: str) -> None:
        """Answer a line."""
        self.wfile.write(f"{line}\r\n".encode())

    def send(self, data: bytes) -> None:
        """Send bytes over a connection of their own."""
        assert self.data is not None
        self.say("150 it comes")
        with (
            self.data,
            self.data.accept()[0] as plain,
            self.server.context.wrap_socket(plain, server_side=True) as secured,
        ):
            self.server.resumed.append(secured.session_reused)
            secured.sendall(data)
            secured.unwrap()
        self.say("226 done")


@contextmanager
def tls_ftp(folder: Path, context: ssl.SSLContext) -> Iterator[socketserver.TCPServer]:
    """Run an FTP server that speaks TLS; ``heard`` are the commands it got and whether they came over TLS."""

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """Say nothing of clients that go away."""

    with Server(("127.0.0.1", 0), _FtpOverTls) as server:
        server.folder, server.context, server.heard, server.resumed = folder, context, [], []
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


class _Folder(paramiko.SFTPServerInterface):
    """A folder for SFTP; names in ``odd`` are listed too, as a hostile server would."""

    root: Path
    odd: tuple[str, ...] = ()

    def list_folder(self, path: str):
        there = self.root / path.lstrip("/")
        if not there.is_dir():
            return paramiko.SFTP_NO_SUCH_FILE
        entries = sorted(there.iterdir())
        found = [paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name) for entry in entries]
        for name in self.odd:
            odd = paramiko.SFTPAttributes.from_stat(there.stat(), name)
            odd.st_mode, odd.st_size = 0o100644, 5
            found.append(odd)
        return found

    def stat(self, path: str):
        there = self.root / path.lstrip("/")
        return paramiko.SFTPAttributes.from_stat(there.stat()) if there.exists() else paramiko.SFTP_NO_SUCH_FILE

    lstat = stat

    def open(self, path: str, flags: int, attr: object):
        there = self.root / path.lstrip("/")
        if not there.is_file():
            return paramiko.SFTP_NO_SUCH_FILE
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = there.open("rb")
        return handle


class _Login(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


@contextmanager
def sftp(folder: Path, key: paramiko.PKey, odd: tuple[str, ...] = ()) -> Iterator[int]:
    """Run an SFTP server with a key over a folder and yield its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    transports: list[paramiko.Transport] = []
    interface = type("Folder", (_Folder,), {"root": folder, "odd": odd})

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, interface)
            transports.append(transport)
            try:
                transport.start_server(server=_Login(), event=threading.Event())
            except paramiko.SSHException:
                transport.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
        for transport in transports:
            transport.close()
