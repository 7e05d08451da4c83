"""Signing in at a provider without giving cpra the password: OAuth 2 with PKCE, and renewal.

The browser shows the provider's own page; the provider sends the browser back to a port on this
machine that is open for that moment only. What is kept, in the keyring, is a token that can be
taken back at the provider.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

from cpra.errors import CpraError
from cpra.mail.account import OAuth
from cpra.mail.secret import Secret

PATIENCE = 300.0
"""Seconds to sign in at the provider."""
SECRET = ("refresh_token", "code", "code_verifier")
"""What of a question to the provider is to be read by nobody else."""
ANSWER_PATIENCE = 60.0
"""Seconds for a token …"""
LARGEST = 1 << 20
"""… and the bytes of an answer with one; real ones have a few thousand."""

DONE = (
    "<!doctype html><meta charset=utf-8><title>cpra</title>"
    "<p>cpra has what it needs. You may close this window."
)
FAILED = (
    "<!doctype html><meta charset=utf-8><title>cpra</title>"
    "<p>That did not work. The terminal says why; you may close this window."
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the provider gave: a token for now, and one to get the next with."""

    access: Secret
    refresh: Secret | None


@dataclass(slots=True)
class _Callback:
    """What came back through the browser."""

    state: str
    code: str = ""
    error: str = ""

    @property
    def is_here(self) -> bool:
        """True once the provider has answered, yes or no."""
        return bool(self.code or self.error)


def sign_in(
    oauth: OAuth,
    login: str,
    client_secret: Secret | None,
    show: Callable[[str], None],
    patience: float = PATIENCE,
) -> Tokens:
    """Let the requester sign in; `show` opens the page, or tells its address."""
    verifier = secrets.token_urlsafe(64)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest())
    callback = _Callback(state=secrets.token_urlsafe(24))
    with HTTPServer(("127.0.0.1", 0), _handler(callback)) as waiting:
        redirect = f"http://{oauth.redirect_host}:{waiting.server_port}/"
        question = {
            "response_type": "code",
            "client_id": oauth.client_id,
            "redirect_uri": redirect,
            "scope": oauth.scope,
            "state": callback.state,
            "code_challenge": challenge.decode().rstrip("="),
            "code_challenge_method": "S256",
            "login_hint": login,
            # Google gives a token to renew with only when asked in these words.
            "access_type": "offline",
            "prompt": "consent",
        }
        joint = "&" if urlsplit(oauth.authorize_url).query else "?"
        show(f"{oauth.authorize_url}{joint}{urlencode(question)}")
        end = time.monotonic() + patience
        while not callback.is_here and (left := end - time.monotonic()) > 0:
            waiting.timeout = left
            waiting.handle_request()
    if callback.error or not callback.code:
        reason = callback.error or f"nobody signed in within {patience:.0f} seconds"
        raise CpraError(f"signing in did not work: {reason}; nothing was kept. Try it again")
    return _tokens(
        oauth,
        client_secret,
        {
            "grant_type": "authorization_code",
            "code": callback.code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        },
    )


def renewed(oauth: OAuth, refresh: Secret, client_secret: Secret | None) -> Tokens:
    """A new token for now; the provider may give a new one to renew with too."""
    return _tokens(
        oauth,
        client_secret,
        {"grant_type": "refresh_token", "refresh_token": refresh.reveal(), "scope": oauth.scope},
    )


def _tokens(oauth: OAuth, client_secret: Secret | None, question: dict[str, str]) -> Tokens:
    from cpra.mail.web import ask

    form = {**question, "client_id": oauth.client_id}
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    if client_secret is not None:
        # The way that every provider must take (RFC 6749, section 2.3.1).
        pair = f"{quote_plus(oauth.client_id)}:{quote_plus(client_secret.reveal())}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    answer = ask(
        oauth.token_url,
        "POST",
        headers=headers,
        body=urlencode(form).encode(),
        patience=ANSWER_PATIENCE,
        most=LARGEST,
    )
    host = urlsplit(oauth.token_url).hostname
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise CpraError(f"{host} did not answer as a provider does (status {answer.status})")
    access, refresh = said.get("access_token"), said.get("refresh_token")
    if answer.status != 200 or not isinstance(access, str):
        words = str(said.get("error_description") or said.get("error") or answer.status)
        sent = [form[name] for name in SECRET if name in form]
        if client_secret is not None:
            sent += [client_secret.reveal(), headers["Authorization"].removeprefix("Basic ")]
        reason = _without(words, sent)
        raise CpraError(f"{host} gave no access: {reason}; sign in again with `cpra account login`")
    return Tokens(Secret(access), Secret(refresh) if isinstance(refresh, str) else None)


def _without(words: str, sent: Iterable[str]) -> str:
    """A provider's reason on one short line, without any secret that was sent to it."""
    for secret in sent:
        for form in (secret, quote_plus(secret)):
            words = words.replace(form, "…")
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:200]


def _handler(callback: _Callback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Takes the one visit that counts: the one that knows the state."""

        timeout = 10

        def do_GET(self) -> None:
            """The browser, sent back by the provider."""
            asked = parse_qs(urlsplit(self.path).query)
            state = asked.get("state", [""])[0]
            if not secrets.compare_digest(state.encode(), callback.state.encode()):
                self.send_error(404)
                return
            callback.code = asked.get("code", [""])[0]
            if not callback.code:
                reason = asked.get("error_description") or asked.get("error") or ["no code came"]
                callback.error = _without(reason[0], (state,))
            page = (FAILED if callback.error else DONE).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the address holds the code."""

    return Handler
