"""A real provider to sign in at (oidc-provider-mock), insisting on PKCE.

Run as a program: it also has the address at which a mail server asks whether a token is good.
"""

from __future__ import annotations

import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, listens, running
from tests.servers.smtp import LOGIN


@dataclass(frozen=True)
class Provider:
    """A running provider."""

    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def authorize_url(self) -> str:
        """Its sign-in page."""
        return f"{self.url}/oauth2/authorize"

    @property
    def token_url(self) -> str:
        """Where codes become tokens."""
        return f"{self.url}/oauth2/token"

    def visit(self, url: str) -> None:
        """What a person does in the browser: sign in, and be sent back."""
        browse(url, urllib.parse.urlencode({"sub": LOGIN}).encode())


def denied(url: str) -> None:
    """What comes back when a person says no there (oidc-provider-mock forgets the state then)."""
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    back = asked["redirect_uri"][0]
    stranger = f"{back}?code=stolen&state=guessed"  # does not know the state, and comes first
    browse(stranger, then=f"{back}?error=access_denied&state={asked['state'][0]}")


def browse(url: str, data: bytes | None = None, *, then: str = "") -> threading.Thread:
    """Open a page, and perhaps another after it, in a browser, while the program waits."""

    def read() -> None:
        for page in filter(None, (url, then)):
            request = urllib.request.Request(page, data)  # noqa: S310 (our own provider)
            with suppress(urllib.error.HTTPError), urllib.request.urlopen(request) as answer:  # noqa: S310
                answer.read()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


@contextmanager
def provider(folder: Path) -> Iterator[Provider]:
    """The provider, while the test needs it."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-W", "ignore", "-m", "tests.servers.oidc", str(port)]
    with running(command, lambda: listens(port), folder / "oidc.txt"):
        yield Provider(port)


def main() -> None:
    """Serve until ended."""
    warnings.simplefilter("ignore")
    import base64
    import hashlib

    import flask
    import oidc_provider_mock
    from oidc_provider_mock._storage import storage

    challenges: list[str] = []

    def check() -> flask.Response | None:
        if flask.request.path == "/oauth2/authorize":
            if flask.request.args.get("code_challenge_method") != "S256":
                return flask.Response("PKCE is required", 400)
            challenges.append(flask.request.args["code_challenge"])
        form = flask.request.form
        if flask.request.path == "/oauth2/token" and form["grant_type"] == "authorization_code":
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).decode().rstrip("=") not in challenges:
                return flask.Response('{"error": "invalid_grant"}', 400)
        return None

    def introspect() -> dict[str, object]:
        token = storage.get_access_token(flask.request.form.get("token", ""))
        return {"active": "true", "username": token.user_id} if token else {"active": "false"}

    app = oidc_provider_mock.app()
    app.before_request(check)
    app.add_url_rule("/introspect", view_func=introspect, methods=["POST"])
    app.run("127.0.0.1", int(sys.argv[1]))


if __name__ == "__main__":
    main()
