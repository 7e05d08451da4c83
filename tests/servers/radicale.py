"""A real CalDAV server (Radicale) with one user and one empty calendar."""

from __future__ import annotations

import base64
import http.client
import re
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, listens, running
from tests.servers.certificates import Certificate

LOGIN, PASSWORD = "me", "calendar-secret"
HOME = f"/{LOGIN}/cpra/"


@dataclass(frozen=True)
class Radicale:
    """A running server, and a client of the test's own."""

    port: int
    folder: Path
    certificate: Certificate | None = None

    @property
    def url(self) -> str:
        """The calendar's address."""
        scheme = "https" if self.certificate else "http"
        return f"{scheme}://127.0.0.1:{self.port}{HOME}"

    def ask(
        self, method: str, path: str = HOME, body: str = "", **headers: str
    ) -> tuple[int, str, dict[str, str]]:
        """One question, as another program asks it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if self.certificate is not None:
            known = ssl.create_default_context(cafile=str(self.certificate.authority))
            connection = http.client.HTTPSConnection(
                "127.0.0.1", self.port, timeout=20, context=known
            )
        pair = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        heads = {"Authorization": f"Basic {pair}", **headers}
        connection.request(method, path, body.encode(), heads)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text, {k.lower(): v for k, v in answer.getheaders()}

    def entries(self) -> list[str]:
        """Every entry of the calendar, by a query of the protocol."""
        query = (
            '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>'
            '<C:calendar-data/></D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter>'
            "</C:calendar-query>"
        )
        status, text, _ = self.ask("REPORT", HOME, query, Depth="1")
        assert status == 207, text
        found = re.findall(r"<C:calendar-data>(.*?)</C:calendar-data>", text, re.DOTALL)
        return [one.replace("&amp;", "&").replace("\r\n", "\n").replace("\n ", "") for one in found]

    @property
    def names(self) -> list[str]:
        """What the entries' files are called."""
        found = self.folder.rglob("*.ics")
        return [path.name for path in found if ".Radicale.cache" not in path.parts]


@contextmanager
def radicale(folder: Path, certificate: Certificate | None = None) -> Iterator[Radicale]:
    """The server, while the test needs it; with a certificate it speaks TLS."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    (folder / "users").write_text(f"{LOGIN}:{PASSWORD}\n", encoding="utf-8")
    config = folder / "radicale.conf"
    tls = (
        f"ssl = True\ncertificate = {certificate.chain}\nkey = {certificate.key}\n"
        if certificate
        else ""
    )
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n{tls}[auth]\ntype = htpasswd\n"
        f"htpasswd_filename = {folder}/users\nhtpasswd_encryption = plain\ndelay = 0\n"
        f"[storage]\nfilesystem_folder = {folder}/calendars\n[rights]\ntype = owner_only\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-W", "ignore", "-m", "radicale", "--config", str(config)]
    with running(command, lambda: listens(port), folder / "radicale.txt"):
        server = Radicale(port, folder, certificate)
        status, text, _ = server.ask("MKCALENDAR")
        assert status == 201, text
        yield server
