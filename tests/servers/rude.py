"""A mail server that misbehaves at one step of the conversation, in one way.

It runs in a thread of the test: what the client makes of it is the test's business.
"""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "dot", "quit")
GOOD = {
    "greeting": "220 ready",
    "ehlo": "250-here\r\n250 SIZE 1000000",
    "mail": "250 OK",
    "rcpt": "250 OK",
    "data": "354 go on",
    "dot": "250 queued as 7",
    "quit": "221 bye",
    "starttls": "220 go ahead",
}


@dataclass
class Rude:
    """What it does at which step, and what it took down."""

    step: str
    manner: str
    port: int = 0
    heard: list[str] = field(default_factory=list)
    """the steps that the client came to, the first first"""


@contextmanager
def rude(step: str, manner: str) -> Iterator[Rude]:
    """The server, while the test needs it."""
    told = Rude(step, manner)

    class Handler(socketserver.StreamRequestHandler):
        """One conversation."""

        def handle(self) -> None:
            with suppress(OSError):
                self.talk()

        def talk(self) -> None:
            if not self.answer("greeting"):
                return
            body = False
            for line in self.rfile:
                word = line.decode(errors="replace").split()[0:1]
                if body and line != b".\r\n":
                    continue
                step = "dot" if body else (word[0].lower() if word else "")
                body = step == "data" and told.step != "data"
                if not self.answer(step):
                    return

        def answer(self, step: str) -> bool:
            """Say what belongs to a step, or what does not; False to hang up."""
            step = "ehlo" if step == "helo" else step
            told.heard.append(step)
            good = GOOD.get(step, "502 no")
            if step == "ehlo" and told.step == "starttls":
                good = "250-here\r\n250 STARTTLS"
            if step != told.step:
                return self.say(f"{good}\r\n")
            match told.manner:
                case "drop":
                    return False
                case "endless":
                    while self.say("250-and\r\n" * 1_000):
                        pass
                case "long":
                    while self.say("250 " + "x" * 100_000):
                        pass
                case "drip":
                    while self.say("2") and not over.wait(0.2):
                        pass
                case "hang":
                    over.wait()
                case "early":
                    return self.say(f"{good}\r\n250 queued as 8\r\n")
                case "injected":
                    return self.say(f"{good}\r\n250-here\r\n250 AUTH PLAIN\r\n")
                case words:
                    return self.say(f"{words}\r\n")
            return False

        def say(self, text: str) -> bool:
            self.wfile.write(text.encode())
            return True

    over = threading.Event()
    with Server(("127.0.0.1", 0), Handler) as server:
        told.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, daemon=True)
        serving.start()
        try:
            yield told
        finally:
            over.set()
            server.shutdown()
            serving.join()


class Server(socketserver.ThreadingTCPServer):
    """Several at once, gone at once."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
