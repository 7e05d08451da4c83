"""A mail server as an account names it: host, port, and how the connection is kept from others.

Certificates are always verified. Without encryption cpra speaks only to this very machine.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from cpra.errors import Refused, WrongUsage

_HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|\[[0-9A-Fa-f:.]+\]")


class Security(StrEnum):
    """How a connection is encrypted: from the start, after asking, or (this machine only) not."""

    TLS = "tls"
    STARTTLS = "starttls"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Server:
    """Where to connect, and how."""

    host: str
    port: int
    security: Security
    timeout: float = 30.0
    """seconds to wait for the connection and for each answer"""

    def __str__(self) -> str:
        """`imap.example.org:993 (tls)`."""
        return f"{self.host}:{self.port} ({self.security})"


def server(text: str, security: str, usual: int, timeout: float) -> Server:
    """The server in `host` or `host:port`; `usual` is the port that stands for nothing."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        host, port = text, str(usual)
    if not _HOST.fullmatch(host) or not port.isdigit() or not 0 < int(port) < 65536:
        raise WrongUsage(f'"{text}" is no server; expected something like mail.example.org:{usual}')
    host = host.strip("[]")
    how = Security(security or (Security.TLS if int(port) in (465, 993) else Security.STARTTLS))
    if how is Security.PLAIN and not is_this_machine(host):
        raise Refused(
            f"{host} is another machine, and without encryption everyone on the way could read "
            'the password and the mail; use "tls" or "starttls"'
        )
    return Server(host, int(port), how, timeout)


def is_this_machine(host: str) -> bool:
    """True for localhost and the addresses that never leave this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_url(url: str, *, clear: bool = False) -> str:
    """The URL, if it is https, or plain http to this very machine (`clear`: to any)."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("https", "http") or not host:
        raise WrongUsage(f'"{url}" is no web address; expected something like https://example.org/')
    if parts.username or parts.password:
        raise Refused("a password in a web address would stand in a file; leave it out of there")
    if parts.scheme == "http" and not clear and not is_this_machine(host):
        raise Refused(f"{host} is another machine; its address must begin with https://")
    return url


def tls() -> ssl.SSLContext:
    """Verify the server's certificate and name, always."""
    return ssl.create_default_context()


def check_peer(server: Server, connection: socket.socket | None) -> None:
    """Refuse to go on unencrypted when "localhost" turns out to be somewhere else."""
    if server.security is not Security.PLAIN or connection is None:
        return
    if not is_this_machine(str(connection.getpeername()[0])):
        raise Refused(f"{server.host} is not this machine, so cpra does not speak to it in clear")


def why(error: Exception, host: str) -> str:
    """Why a connection failed, as a sentence without a beginning; never with a secret in it."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = error.verify_message or "it cannot be verified"
        return f"the certificate of {host} is not one this machine trusts ({reason})"
    if isinstance(error, ssl.SSLError):
        return f"{host} does not speak TLS here ({error.reason or 'no reason given'})"
    if isinstance(error, TimeoutError):
        return f"{host} did not answer in time"
    if isinstance(error, socket.gaierror):
        return f"no machine is called {host}, or there is no network"
    if isinstance(error, ConnectionRefusedError):
        return f"{host} takes no connections at that port"
    if isinstance(error, OSError) and error.strerror:
        return f"the connection to {host} failed ({error.strerror.lower()})"
    return f"the connection to {host} was lost"
