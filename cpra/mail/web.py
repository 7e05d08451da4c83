"""One question to a web server: TLS verified, no redirect followed, the answer bounded.

A redirect is never followed, because it could carry a password or token to another server.
"""

from __future__ import annotations

import http.client
import threading
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from cpra.errors import CpraError
from cpra.mail.server import check_url, tls, why

MOST = 16 * 1024 * 1024
"""Bytes of an answer that are read."""
PATIENCE = 120.0
"""Seconds for a whole answer, however slowly it comes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: status, headers by their small names, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Stay(urllib.request.HTTPRedirectHandler):
    """Hands a redirect back as the answer that it is."""

    def redirect_request(self, *_question: Any) -> None:
        """Never."""
        return


def ask(
    url: str,
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes | None = None,
    timeout: float = 30.0,
    patience: float = PATIENCE,
    most: int = MOST,
    clear: bool = False,
) -> Answer:
    """The server's answer, whatever its status; a failed connection is one sentence.

    `clear` is for what may go over plain http, since it holds no secret and the answer is signed.
    """
    request = urllib.request.Request(  # noqa: S310 (check_url allows http and https only)
        check_url(url, clear=clear), data=body, method=method, headers=dict(headers or {})
    )
    host = urlsplit(url).hostname or url
    answered: list[Answer] = []
    failed: list[CpraError] = []

    def question() -> None:
        try:
            answered.append(_asked(request, timeout, most))
        except CpraError as error:
            failed.append(error)
        except urllib.error.URLError as error:
            reason = error.reason if isinstance(error.reason, Exception) else error
            failed.append(CpraError(why(reason, host)))
        except (OSError, ValueError, http.client.HTTPException) as error:
            failed.append(CpraError(why(error, host)))

    # A thread, because urllib waits anew for each byte: a server could keep it for ever.
    thread = threading.Thread(target=question, daemon=True)
    thread.start()
    thread.join(patience)
    if answered:
        return answered[0]
    raise failed[0] if failed else CpraError(why(TimeoutError(), host))


def _asked(request: urllib.request.Request, timeout: float, most: int) -> Answer:
    opener = urllib.request.build_opener(_Stay(), urllib.request.HTTPSHandler(context=tls()))
    try:
        with opener.open(request, timeout=timeout) as answer:
            found = _answer(answer.status, answer.headers, answer.read(most + 1))
    except urllib.error.HTTPError as error:
        with error:
            found = _answer(error.code, error.headers, error.read(most + 1))
    if len(found.body) > most:
        raise CpraError(f"{urlsplit(request.full_url).hostname} gives an answer without an end")
    return found


def _answer(status: int, headers: Message, body: bytes) -> Answer:
    return Answer(status, {name.lower(): str(value) for name, value in headers.items()}, body)
