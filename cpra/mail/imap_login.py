"""Signing in to a mailbox on a server, and saying in one sentence what it refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from cpra.errors import CpraError
from cpra.mail.account import Account
from cpra.mail.credential import Credential, credential
from cpra.mail.server import Security, Server, check_peer, tls, why

if TYPE_CHECKING:
    from imap_tools import BaseMailBox


@contextmanager
def signed_in(account: Account) -> Iterator[BaseMailBox]:
    """A conversation with the account's IMAP server; ended in any case."""
    import imaplib

    server = account.imap
    if server is None:
        raise CpraError(
            f"{account.key} has no server to read from; add it again with --imap HOST:PORT"
        )
    shown = credential(account, server)
    with told(server.host):
        box = _connected(server)
    try:
        with told(server.host):
            _sign_in(box, server, shown)
        yield box
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            box.client.logout()
        with suppress(OSError):
            box.client.shutdown()


def _connected(server: Server) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    if server.security is Security.TLS:
        return MailBox(server.host, server.port, server.timeout, ssl_context=tls())
    if server.security is Security.STARTTLS:
        return MailBoxStartTls(server.host, server.port, server.timeout, ssl_context=tls())
    box = MailBoxUnencrypted(server.host, server.port, server.timeout)
    check_peer(server, box.client.sock)
    return box


def _sign_in(box: BaseMailBox, server: Server, shown: Credential | None) -> None:
    import imaplib

    from imap_tools.errors import MailboxLoginError

    if shown is None:
        if box.client.state == "NONAUTH":
            raise CpraError(f"{server.host} wants a login; add the account again with --login NAME")
        return
    word = shown.secret.reveal()
    try:
        if shown.is_token:
            box.xoauth2(shown.login, word, None)
        elif "AUTH=PLAIN" in box.client.capabilities:
            box.login_utf8(shown.login, word, None)
        else:
            box.login(shown.login, word, None)
    except UnicodeEncodeError:
        raise CpraError(
            f"{server.host} takes no password with letters beyond ASCII; choose another"
        ) from None
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        raise CpraError(f"{server.host} did not let {shown.login} in: {_words(error)}") from None


@contextmanager
def told(host: str) -> Iterator[None]:
    """Say a failure of the conversation in one sentence."""
    import imaplib

    from imap_tools.errors import ImapToolsError

    try:
        yield
    except imaplib.IMAP4.abort:
        raise CpraError(f"the connection to {host} was lost; what has come is kept") from None
    except imaplib.IMAP4.error as error:
        raise CpraError(f"{host} says: {_words(error)}") from None
    except ImapToolsError as error:
        raise CpraError(f"{host} says: {_words(error)}") from None
    except OSError as error:
        raise CpraError(why(error, host)) from None
    except (ValueError, IndexError, TypeError, KeyError, MemoryError, OverflowError) as error:
        raise CpraError(  # the last two for a message that claims more than any machine has
            f"{host} did not answer as a mail server does ({type(error).__name__})"
        ) from None


def _words(error: Exception) -> str:
    """The server's own words on one line."""
    said = getattr(error, "command_result", None)
    parts: Any = said[1] if said else error.args
    pieces = parts if isinstance(parts, (list, tuple)) else [parts]
    text = " ".join(
        piece.decode("utf-8", "replace") if isinstance(piece, bytes) else str(piece)
        for piece in pieces
    )
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:300]
