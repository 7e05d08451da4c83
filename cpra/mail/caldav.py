"""A calendar on a server, kept in step by PUT and DELETE: never over what somebody else changed.

Each entry is a resource of its own. It is made only where there is none (`If-None-Match: *`), and
replaced or taken away only as it was last seen (`If-Match`).
"""

from __future__ import annotations

import base64
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from cpra.core import schema
from cpra.errors import CpraError, NotFound
from cpra.mail import secret
from cpra.mail.secret import Secret
from cpra.mail.server import check_url
from cpra.workspace import MARKER, Workspace, settings

if TYPE_CHECKING:
    from cpra.mail.web import Answer

ASKED = (
    b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/><resourcetype/></prop></propfind>'
)
AGAIN = "cpra calendar connect"
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar's address, and who asks for it."""

    url: str
    login: str = ""
    password_command: tuple[str, ...] = ()
    timeout: float = 30.0
    config: Path = Path()

    @property
    def host(self) -> str:
        """The machine it is on."""
        return urlsplit(self.url).hostname or ""


def calendar(workspace: Workspace) -> Calendar:
    """The calendar that cpra.toml names; `NotFound` says how to name one."""
    found: schema.Data = settings(workspace).get("calendar", {})
    if not found:
        raise NotFound(
            "no calendar is connected; `cpra calendar connect URL --login NAME` connects one"
        )
    return Calendar(
        url=check_url(found["url"]),
        login=found.get("login", ""),
        password_command=tuple(found.get("password_command", ())),
        timeout=float(found.get("timeout", 30)),
        config=workspace.requests / MARKER,
    )


def keep_password(one: Calendar, password: Secret) -> None:
    """Put the calendar's password into the keyring, for that server only."""
    secret.store(one.host, one.login, password)


def forget_password(one: Calendar) -> bool:
    """Take it out again."""
    return bool(one.login) and not one.password_command and secret.forget(one.host, one.login)


def resource(uid: str) -> str:
    """What an entry's resource is called: `cpra-….ics`."""
    return f"cpra-{_NAME.sub('-', uid.removesuffix('@cpra')).strip('-')}.ics"


class Session:
    """A conversation with the server, each question by itself."""

    def __init__(self, one: Calendar) -> None:
        self._one = one
        self._headers = _authorization(one)

    def listed(self) -> dict[str, str]:
        """What is there: each resource's name and its ETag."""
        answer = self._ask("PROPFIND", "", {"Depth": "1", "Content-Type": "application/xml"}, ASKED)
        if answer.status != 207:
            raise CpraError(self._why(answer.status, "could not be read"))
        return _listed(answer.body)

    def put(self, name: str, data: bytes, etag: str | None) -> str | None:
        """Make or replace an entry; None when somebody was quicker, otherwise its new ETag."""
        condition = {"If-None-Match": "*"} if etag is None else {"If-Match": etag}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        answer = self._ask("PUT", name, headers, data)
        if answer.status == 412:
            return None
        if answer.status not in (200, 201, 204):
            raise CpraError(self._why(answer.status, "did not take an entry"))
        return answer.headers.get("etag", "")

    def delete(self, name: str, etag: str) -> bool:
        """Take an entry away; False when it was changed since it was seen."""
        answer = self._ask("DELETE", name, {"If-Match": etag})
        if answer.status == 412:
            return False
        if answer.status not in (200, 204, 404, 410):
            raise CpraError(self._why(answer.status, "did not take an entry away"))
        return True

    def _ask(
        self, method: str, name: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> Answer:
        from cpra.mail.web import ask

        url = self._one.url.rstrip("/") + "/" + quote(name)
        return ask(
            url,
            method,
            headers={**self._headers, **headers},
            body=body,
            timeout=self._one.timeout,
        )

    def _why(self, status: int, what: str) -> str:
        reasons: Mapping[int, str] = {
            401: "the login or the password is not right",
            403: "the server does not allow it",
            404: "there is no calendar at this address",
            405: "there is no calendar at this address",
            507: "the server is full",
        }
        reason = reasons.get(status, f"the server answered {status}")
        if 300 <= status < 400:
            reason = "the server sends elsewhere; give the calendar's own address"
        return f"the calendar at {self._one.host} {what}: {reason}"


def _authorization(one: Calendar) -> dict[str, str]:
    if not one.login:
        return {}
    if one.password_command:
        password = secret.printed(one.password_command, one.config, AGAIN)
    else:
        found = secret.stored(one.host, one.login)
        if found is None:
            raise NotFound(
                f"the keyring has no password of {one.login} for {one.host}; "
                "`cpra calendar connect` asks for it"
            )
        password = found
    pair = f"{one.login}:{password.reveal()}".encode()
    return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}


def _listed(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    try:
        # expat refuses entity bombs since 2.4.1, and loads nothing from elsewhere.
        root = ET.fromstring(body)  # noqa: S314 (for the reason above; 16 MB at the most)
    except ET.ParseError:
        raise CpraError("the calendar's server did not answer as a calendar does") from None
    for response in root.iter("{DAV:}response"):
        href, etag = response.find("{DAV:}href"), response.find(".//{DAV:}getetag")
        if href is not None and href.text and etag is not None and etag.text:
            name = unquote(urlsplit(href.text).path).rstrip("/").rpartition("/")[2]
            found[name] = etag.text
    return found
