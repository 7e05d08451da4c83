"""The conversation with a mail server: bounded in time and memory, whatever the server says.

`smtplib` waits again for each piece of an answer, and reads on as long as lines come; here an
answer has one time and one size, and what the server says unasked ends the conversation.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from contextlib import suppress
from typing import Any

from cpra.mail.server import Security, Server, tls

OURSELVES = "[127.0.0.1]"
"""What cpra calls this machine to the server: not its real name."""

MOST = 65_536
"""Bytes of one answer, all its lines together; real ones have a few hundred."""
PIECE = 65_536
"""Bytes that are sent at once …"""
SLOWEST = 10_000
"""… and bytes a second that a line carries at least."""
FAREWELL = 5.0
"""Seconds for the answer to the last word: what became of the message is known by then."""


class OutOfStep(smtplib.SMTPException):
    """The server says what no mail server says; nothing more of it is believed."""


class Talk(smtplib.SMTP):
    """A connection on which commands are said and answered in turn."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._rest = b""
        self.patience = server.timeout
        """seconds for the whole of the next answer"""
        try:
            super().__init__(server.host, server.port, OURSELVES, timeout=server.timeout)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        if self._server.security is not Security.TLS:
            return plain
        return tls().wrap_socket(plain, server_hostname=host)

    def encrypt(self) -> tuple[int, bytes]:
        """Ask for encryption; what came in clear with the answer was said by somebody else."""
        code, text = self.docmd("STARTTLS")
        if code == 220 and self.sock is not None:
            self._check_silent()
            self.sock.settimeout(self._server.timeout)
            self.sock = tls().wrap_socket(self.sock, server_hostname=self._server.host)
            self.ehlo_resp = self.helo_resp = None
            self.esmtp_features = {}
            self.does_esmtp = False
        return code, text

    def send(self, s: Any) -> None:
        """Send a command or a message, piece by piece, within a time that fits its size."""
        data = s.encode(self.command_encoding) if isinstance(s, str) else bytes(s)
        self._check_silent()
        end = time.monotonic() + self._server.timeout + len(data) / SLOWEST
        for start in range(0, len(data), PIECE):
            self._open(end).sendall(data[start : start + PIECE])

    def getreply(self) -> tuple[int, bytes]:
        """The whole answer: its number (-1 where there is none) and its words."""
        end = time.monotonic() + self.patience
        lines: list[bytes] = []
        room = MOST
        while True:
            line = self._line(end, room)
            room -= len(line)
            lines.append(line[4:].strip())
            if not (line[:3].isdigit() and line[3:4] in (b" ", b"-", b"\r", b"\n")):
                return -1, line.strip()
            if line[3:4] != b"-":
                return int(line[:3]), b"\n".join(lines)

    def quit(self) -> tuple[int, bytes]:
        """Take leave, and wait for no long answer."""
        self.patience = min(self.patience, FAREWELL)
        return self.docmd("QUIT")

    def listen(self) -> None:
        """Raise if the server has said something unasked, or has gone."""
        connection = self._open(time.monotonic() + self._server.timeout)
        connection.settimeout(0)
        with suppress(BlockingIOError, ssl.SSLWantReadError):
            self._rest += self._received(connection)
        self._check_silent()

    def _check_silent(self) -> None:
        if self._rest:
            raise OutOfStep(f"{self._server.host} said something that it was not asked")

    def _line(self, end: float, room: int) -> bytes:
        while b"\n" not in self._rest:
            if len(self._rest) >= room:
                raise OutOfStep(f"{self._server.host} gives an answer without an end")
            self._rest += self._received(self._open(end))
        line, _, self._rest = self._rest.partition(b"\n")
        if len(line) >= room:
            raise OutOfStep(f"{self._server.host} gives an answer without an end")
        return line + b"\n"

    def _open(self, end: float) -> socket.socket:
        """The connection, with what is left of the time."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("there is no connection")
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.sock.settimeout(left)
        return self.sock

    @staticmethod
    def _received(connection: socket.socket) -> bytes:
        piece = connection.recv(4_096)
        if not piece:
            raise smtplib.SMTPServerDisconnected("the connection was closed")
        return piece
