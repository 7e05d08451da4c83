"""A real SMTP server (aiosmtpd) with TLS and AUTH that behaves, or misbehaves, as it is told.

Run as a program: it keeps each message it takes over in a folder, as a file, before it says so.
"""

from __future__ import annotations

import argparse
import asyncio
import ssl
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers import free_port, listens, running
from tests.servers.certificates import Certificate

LOGIN, PASSWORD, TOKEN = "records@example.org", "correct-horse-✓", "a-token"
MANNERS = (
    "good",
    "greylist",
    "refuse-recipient",
    "refuse-one",
    "refuse-data",
    "drop-greeting",
    "drop-data",
    "drop-after",
    "hang-greeting",
    "hang-rcpt",
    "hang-data",
    "hang-after",
    "full",
)


@dataclass(frozen=True)
class Smtp:
    """A running server."""

    port: int
    folder: Path

    @property
    def reached(self) -> bool:
        """True once it hangs where it was told to."""
        return (self.folder / "reached").exists()

    @property
    def messages(self) -> list[bytes]:
        """What it has taken over, the first first."""
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]


@contextmanager
def smtp(
    folder: Path,
    *,
    manner: str = "good",
    security: str = "plain",
    certificate: Certificate | None = None,
    auth: bool = False,
    size: int = 33_554_432,
) -> Iterator[Smtp]:
    """The server, while the test needs it."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "tests.servers.smtp", str(port), str(folder)]
    command += ["--manner", manner, "--security", security, "--size", str(size)]
    command += ["--auth"] if auth else []
    if certificate:
        command += ["--cert", str(certificate.chain), "--key", str(certificate.key)]
    with running(command, lambda: listens(port), folder / "log.txt"):
        yield Smtp(port, folder)


def main() -> None:
    """Serve until ended."""
    warnings.simplefilter("ignore")
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--manner", choices=MANNERS, default="good")
    parser.add_argument("--security", choices=("plain", "tls", "starttls"), default="plain")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--auth", action="store_true")
    parser.add_argument("--size", type=int)
    given = parser.parse_args()
    context = None
    if given.cert:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.cert, given.key)

    class Handler:
        """Takes messages over, or does not."""

        count = 0

        @staticmethod
        async def hang() -> None:
            """Say nothing more; the test sees that it has come to this."""
            (given.folder / "reached").touch()
            await asyncio.sleep(3600)

        async def handle_RCPT(
            self, server: Any, _session: Any, envelope: Any, address: str, _options: Any
        ) -> str:
            """Each recipient by itself."""
            if given.manner == "greylist":
                return "451 4.7.1 Greylisted, try again in 5 minutes"
            if given.manner == "refuse-recipient":
                return "550 5.1.1 No such mailbox here"
            if given.manner == "refuse-one" and envelope.rcpt_tos:
                return "550 5.1.1 No such mailbox here"
            if given.manner == "hang-rcpt":
                await self.hang()
            if given.manner == "drop-data":
                envelope.rcpt_tos.append(address)
                server.transport.abort()
                return "421 gone"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
            """The whole message."""
            if given.manner == "refuse-data":
                return "554 5.7.1 We do not like what it says"
            if given.manner == "full":
                return "452 4.3.1 No room at the moment"
            if given.manner == "hang-data":
                await self.hang()
            Handler.count += 1
            path = given.folder / f"{Handler.count:06d}.eml"
            partial = path.with_suffix(".part")
            partial.write_bytes(envelope.original_content)
            partial.rename(path)
            if given.manner == "drop-after":
                server.transport.abort()
            if given.manner == "hang-after":
                await self.hang()
            return f"250 2.0.0 OK, queued as {Handler.count:06d}"

    class Server(SMTP):
        """With a token as Microsoft and Google take it."""

        async def auth_XOAUTH2(self, _server: Any, args: list[str]) -> Any:
            """`user=…^Aauth=Bearer …^A^A`."""
            import base64

            shown = base64.b64decode(args[1]).decode()
            if f"auth=Bearer {TOKEN}\1" in shown and f"user={LOGIN}\1" in shown:
                return AuthResult(success=True)
            return AuthResult(success=False, handled=False)

        def connection_made(self, transport: Any) -> None:
            """Some servers hang up, or say nothing."""
            if given.manner == "drop-greeting":
                transport.abort()
            elif given.manner != "hang-greeting":
                super().connection_made(transport)

    def login(
        _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and data == LoginPassword(
            LOGIN.encode(), PASSWORD.encode()
        )
        return AuthResult(success=right, handled=False)

    def factory() -> Server:
        return Server(
            Handler(),
            hostname="localhost",
            data_size_limit=given.size,
            tls_context=context if given.security == "starttls" else None,
            require_starttls=given.security == "starttls",
            authenticator=login,
            auth_required=given.auth,
            auth_require_tls=given.security == "starttls",
            enable_SMTPUTF8=False,
        )

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            factory, "127.0.0.1", given.port, ssl=context if given.security == "tls" else None
        )
        async with server:
            await server.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
