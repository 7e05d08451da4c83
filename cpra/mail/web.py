"""One question to a web server: TLS verified, no redirect followed, the answer's size bounded.

A redirect is never followed, because it could carry a password or token to another server.
"""

from __future__ import annotations

import http.client
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
) -> Answer:
    """The server's answer, whatever its status; a failed connection is one sentence."""
    request = urllib.request.Request(  # noqa: S310 (check_url allows http and https only)
        check_url(url), data=body, method=method, headers=dict(headers or {})
    )
    opener = urllib.request.build_opener(_Stay(), urllib.request.HTTPSHandler(context=tls()))
    host = urlsplit(url).hostname or url
    try:
        with opener.open(request, timeout=timeout) as answer:
            return _answer(answer.status, answer.headers, answer.read(MOST))
    except urllib.error.HTTPError as error:
        with error:
            return _answer(error.code, error.headers, error.read(MOST))
    except urllib.error.URLError as error:
        reason = error.reason if isinstance(error.reason, Exception) else error
        raise CpraError(why(reason, host)) from None
    except (OSError, http.client.HTTPException) as error:
        raise CpraError(why(error, host)) from None


def _answer(status: int, headers: Message, body: bytes) -> Answer:
    return Answer(status, {name.lower(): str(value) for name, value in headers.items()}, body)
