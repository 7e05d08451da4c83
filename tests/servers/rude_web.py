"""A web server that misbehaves in one way, whatever it is asked, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote_plus


@dataclass
class RudeWeb:
    """Where it is, and what it was sent."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    """the body of each question"""


@contextmanager
def rude_web(manner: str, body: bytes = b"", elsewhere: str = "") -> Iterator[RudeWeb]:
    """The server, while the test needs it; `body` is what it answers with where it answers."""
    told = RudeWeb()
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            told.asked.append(self.rfile.read(size).decode("utf-8", "replace"))
            with suppress(OSError):
                self.answer()

        do_GET = do_POST

        def answer(self) -> None:
            match manner:
                case "hang":
                    over.wait()
                    return
                case "drop":
                    return
                case "drip":
                    while not over.wait(0.05):
                        self.wfile.write(b"H")
                case "headers":
                    self.wfile.write(b"HTTP/1.0 200 OK\r\n")
                    while not over.is_set():
                        self.wfile.write(b"X-More: and more\r\n" * 100)
                case "giant":
                    self.send_response(200)
                    self.end_headers()
                    while not over.is_set():
                        self.wfile.write(b"[" * 100_000)
                case "redirect":
                    self.send_response(307)
                    self.send_header("Location", elsewhere)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                case "echo":
                    self.reply(400, body % unquote_plus(told.asked[-1]).encode())
                case "good":
                    self.reply(200, body)
                case _:
                    self.reply(400, body)

        def reply(self, status: int, text: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    told.url = f"http://127.0.0.1:{server.server_address[1]}/"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        over.set()
        server.shutdown()
        thread.join()
        server.server_close()
