"""Handing one message to a mail server, and knowing exactly what became of it.

Up to the last line of the message nothing has been taken over, and it may be sent again. Once that
line has left and no answer has come, nobody knows: that is said, and never guessed.
"""

from __future__ import annotations

import base64
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from cpra.errors import CpraError
from cpra.mail.account import Account
from cpra.mail.credential import Credential, credential
from cpra.mail.delivery import Deliver, Outcome, Outgoing, Reply
from cpra.mail.server import Security, Server, check_peer, why
from cpra.mail.smtp_talk import OutOfStep, Talk

FINAL_PATIENCE = 600.0
"""Seconds for the answer to a whole message; RFC 5321 asks for ten minutes."""


class _NotSent(Exception):
    """The conversation ended before the message was taken over."""

    def __init__(self, outcome: Outcome, text: str) -> None:
        super().__init__(text)
        self.reply = Reply(outcome, text)


def delivery(account: Account) -> Deliver:
    """How that account delivers."""
    server = account.smtp
    if server is None:
        raise CpraError(
            f"{account.key} has no server to send with; add it again with --smtp HOST:PORT"
        )
    shown = credential(account, server)

    def deliver(outgoing: Outgoing) -> Reply:
        try:
            with session(server, shown) as smtp:
                return _hand_over(smtp, server, outgoing)
        except _NotSent as error:
            return error.reply

    return deliver


@contextmanager
def session(server: Server, shown: Credential | None) -> Iterator[Talk]:
    """A conversation with the server, encrypted and signed in; ended in any case."""
    smtp: Talk | None = None
    try:
        try:
            smtp = _connected(server)
            _sign_in(smtp, server, shown)
        except smtplib.SMTPResponseException as error:
            raise _NotSent(
                _meaning(error.smtp_code), _said(error.smtp_code, error.smtp_error)
            ) from None
        except (smtplib.SMTPException, OSError, EOFError) as error:
            raise _NotSent(Outcome.LATER, _lost(error, server)) from None
        except CpraError as error:
            raise _NotSent(Outcome.REFUSED, str(error)) from None
        yield smtp
    finally:
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()


def try_out(server: Server, shown: Credential | None) -> None:
    """Connect and sign in without sending anything; a failure is one sentence."""
    try:
        with session(server, shown):
            pass
    except _NotSent as error:
        raise CpraError(error.reply.text) from None


def _connected(server: Server) -> Talk:
    smtp = Talk(server)
    try:
        check_peer(server, smtp.sock)
        smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise _NotSent(
                    Outcome.REFUSED,
                    f"{server.host} offers no encryption at port {server.port}; "
                    "cpra sends nothing in clear",
                )
            code, text = smtp.encrypt()
            if code != 220:
                raise _NotSent(_meaning(code), _said(code, text))
            smtp.ehlo()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _sign_in(smtp: Talk, server: Server, shown: Credential | None) -> None:
    """Show the login and its secret in whichever way the server takes; never logged."""
    if shown is None:
        return
    ways = smtp.esmtp_features.get("auth", "").upper().split()
    login, word = shown.login, shown.secret.reveal()
    if shown.is_token:
        code, text = smtp.docmd("AUTH", "XOAUTH2 " + _coded(xoauth2(shown)))
        if code == 334:  # the reason follows only after an empty line
            code, text = smtp.docmd("")
    elif "PLAIN" in ways:
        code, text = smtp.docmd("AUTH", "PLAIN " + _coded(f"\0{login}\0{word}"))
    elif "LOGIN" in ways:
        code, text = smtp.docmd("AUTH", "LOGIN " + _coded(login))
        if code == 334:
            code, text = smtp.docmd(_coded(word))
    else:
        raise _NotSent(
            Outcome.REFUSED,
            f"{server.host} takes no password here"
            + (f" (only {', '.join(ways)})" if ways else ""),
        )
    if code not in (235, 503):
        raise _NotSent(_meaning(code), f"{server.host} did not let {login} in: {_said(code, text)}")


def xoauth2(shown: Credential) -> str:
    """A token as mail servers take it."""
    return f"user={shown.login}\1auth=Bearer {shown.secret.reveal()}\1\1"


def _hand_over(smtp: Talk, server: Server, outgoing: Outgoing) -> Reply:
    _check_size(smtp, server, outgoing)
    size = [f"size={len(outgoing.data)}"] if smtp.has_extn("size") else []
    try:
        _expect(smtp.mail(outgoing.sender, size))
        refused = []
        for recipient in outgoing.recipients:
            code, text = smtp.rcpt(recipient)
            if code not in (250, 251):
                refused.append((recipient, code, text))
        if refused:
            # All or nobody: a letter that reached half of its addresses is hard to account for.
            raise _NotSent(
                max((_meaning(code) for _, code, _ in refused), key=_WORST.index),
                "; ".join(f"{who}: {_said(code, text)}" for who, code, text in refused),
            )
        _expect(smtp.docmd("DATA"), 354)
        smtp.send(_dotted(outgoing.data))
        smtp.listen()
    except (smtplib.SMTPException, OSError) as error:
        raise _NotSent(Outcome.LATER, _lost(error, server)) from None
    return _end(smtp, server)


def _end(smtp: Talk, server: Server) -> Reply:
    """Send the line that ends the message; from here on only the server's answer tells."""
    smtp.patience = FINAL_PATIENCE if server.timeout >= 30 else server.timeout
    try:
        smtp.send(b".\r\n")
        code, text = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        return Reply(
            Outcome.UNKNOWN, f"{_lost(error, server)} after the whole message had been sent"
        )
    if code == 250:
        return Reply(Outcome.ACCEPTED, _said(code, text))
    if not 400 <= code < 600:
        return Reply(Outcome.UNKNOWN, f"it answered the whole message with: {_said(code, text)}")
    return Reply(_meaning(code), _said(code, text))


def _check_size(smtp: Talk, server: Server, outgoing: Outgoing) -> None:
    most = smtp.esmtp_features.get("size", "")
    if most.isdigit() and 0 < int(most) < len(outgoing.data):
        raise _NotSent(
            Outcome.REFUSED,
            f"{server.host} takes messages up to {int(most):,} bytes, and this one has "
            f"{len(outgoing.data):,}",
        )


_WORST = (Outcome.LATER, Outcome.REFUSED)


def _expect(answer: tuple[int, bytes], wanted: int = 250) -> None:
    code, text = answer
    if code != wanted:
        raise _NotSent(_meaning(code), _said(code, text))


def _meaning(code: int) -> Outcome:
    """4xx is "not now" (greylisting, a full disk, too many at once); anything else is a no."""
    return Outcome.LATER if 400 <= code < 500 or code < 0 else Outcome.REFUSED


def _said(code: int, text: bytes | str | Sequence[int]) -> str:
    """The server's answer on one line, as text that a terminal may show."""
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    shown = "".join(c if c.isprintable() else " " for c in words)
    number = "" if code < 0 else f"{code} "
    return f"{number}{' '.join(shown.split())}"[:500]


def _lost(error: Exception, server: Server) -> str:
    """Why the conversation broke off."""
    return str(error) if isinstance(error, OutOfStep) else why(error, server.host)


def _coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-8")).decode("ascii")


def _dotted(data: bytes) -> bytes:
    """The message as it goes over the wire: CRLF, a dot before a line that begins with one."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if lines and not lines[-1]:
        lines.pop()
    return b"".join((b"." + line if line.startswith(b".") else line) + b"\r\n" for line in lines)
