"""An IMAP server that lies, drops or hangs as it is told: it says what no honest server would.

Run as a program. It knows just enough of IMAP for `cpra fetch` to talk to it.
"""

from __future__ import annotations

import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port, listens, running

MANNERS = (
    *("twice", "strangers", "silent", "drop", "hang", "novalidity", "rubbish", "negative"),
    "enormous",
)


@contextmanager
def liar(folder: Path, manner: str) -> Iterator[int]:
    """The server, while the test needs it; gives its port."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [sys.executable, "-m", "tests.servers.liar", str(port), manner]
    with running(command, lambda: listens(port), folder / "liar.txt"):
        yield port


def message(uid: int) -> bytes:
    """The message of that number."""
    return (
        f"From: a@b.example\r\nDate: Thu, 12 Mar 2026 10:00:00 -0800\r\n"
        f"Subject: number {uid}\r\n\r\nHello {uid}.\r\n"
    ).encode()


class Handler(socketserver.StreamRequestHandler):
    """One conversation."""

    manner = ""

    def say(self, text: str) -> None:
        """One line to the client."""
        self.wfile.write(text.encode() + b"\r\n")

    def literal(self, number: int, uid: int) -> None:
        """A message as a server hands it over."""
        data = message(uid)
        self.wfile.write(f"* {number} FETCH (UID {uid} BODY[] {{{len(data)}}}\r\n".encode())
        self.wfile.write(data + b")\r\n")

    def handle(self) -> None:
        """Answer until the client leaves."""
        self.say("* OK here I am")
        for line in self.rfile:
            tag, _, rest = line.decode(errors="replace").strip().partition(" ")
            command = rest.upper()
            if command.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1 AUTH=PLAIN")
            elif command.startswith("AUTHENTICATE"):
                self.say("+ ")
                self.rfile.readline()
            elif command.startswith(("EXAMINE", "SELECT")):
                self.say("* 3 EXISTS")
                if self.manner != "novalidity":
                    self.say("* OK [UIDVALIDITY 7] good")
            elif command.startswith("UID SEARCH"):
                self.say("* SEARCH -1 0 x 1" if self.manner == "negative" else "* SEARCH 1 2 3")
            elif command.startswith("UID FETCH") and "SIZE" in command:
                for uid in (1, 2, 3):
                    self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE 80)")
            elif command.startswith("UID FETCH"):
                if self.lie():
                    return
            elif command.startswith("LOGOUT"):
                self.say("* BYE")
            self.say(f"{tag} OK done")

    def lie(self) -> bool:
        """Hand over something else than what was asked for; True to hang up."""
        self.literal(1, 1)
        match self.manner:
            case "twice":
                self.literal(1, 1)
                self.literal(2, 2)
                self.literal(3, 3)
            case "strangers":
                self.literal(9, 999)
                self.literal(2, 2)
                self.literal(3, 3)
            case "silent":
                self.literal(3, 3)
            case "drop":
                return True
            case "hang":
                self.wfile.flush()
                threading.Event().wait()
            case "enormous":
                self.say(f"* 2 FETCH (UID 2 BODY[] {{{10**20}}}")
            case "rubbish":
                self.say("* 2 FETCH (UID x BODY[] NIL)")
                self.say("* nothing like IMAP at all")
        return False


class Server(socketserver.ThreadingTCPServer):
    """Several at once, gone at once."""

    daemon_threads = True
    allow_reuse_address = True


if __name__ == "__main__":
    Handler.manner = sys.argv[2]
    with Server(("127.0.0.1", int(sys.argv[1])), Handler) as server:
        server.serve_forever()
