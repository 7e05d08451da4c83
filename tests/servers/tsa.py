"""A real time-stamp authority on loopback: openssl answers, a small server carries it."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.needs import needs_program

SETTINGS = """
[tsa]
default_tsa = here
[here]
dir = {folder}
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
"""
USE = "extendedKeyUsage=critical,timeStamping"


@dataclass(frozen=True)
class Authority:
    """Where it answers, and the certificate that makes a program trust it."""

    url: str
    root: Path


@contextmanager
def authority(folder: Path, *, chain: bool = False) -> Iterator[Authority]:
    """The authority while the test runs; with `chain` it sends more certificates than its own."""
    openssl = needs_program("openssl")
    folder.mkdir()
    root, key, asked, use = (folder / n for n in ("ca.pem", "ca.key", "tsa.csr", "use"))
    use.write_text(USE, encoding="utf-8")
    settings = SETTINGS.format(folder=folder) + (f"certs = {root}\n" if chain else "")
    (folder / "serial").write_text("01\n", encoding="utf-8")
    (folder / "settings").write_text(settings, encoding="utf-8")

    def run(*args: str | Path) -> None:
        subprocess.run([openssl, *map(str, args)], check=True, capture_output=True)

    new_key = ["-newkey", "rsa:2048", "-nodes"]
    run("req", "-x509", *new_key, "-keyout", key, "-out", root, "-days", "30",
        "-subj", "/CN=cpra test root")  # fmt: skip
    run("req", *new_key, "-keyout", folder / "tsa.key", "-out", asked, "-subj", "/CN=Test TSA")
    run("x509", "-req", "-in", asked, "-CA", root, "-CAkey", key, "-CAcreateserial",
        "-days", "30", "-extfile", use, "-out", folder / "tsa.pem")  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query, reply = folder / "query", folder / "reply"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            run("ts", "-reply", "-config", folder / "settings", "-queryfile", query, "-out", reply)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply.read_bytes())

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Authority(f"http://127.0.0.1:{server.server_address[1]}/", root)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
