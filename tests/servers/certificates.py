"""A certificate for localhost, and the authority that signed it: made anew for each test run."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.needs import needs_program


@dataclass(frozen=True)
class Certificate:
    """The server's certificate and key, and the file that makes a program trust them."""

    chain: Path
    key: Path
    authority: Path


def made(folder: Path, *, trusted: bool = True) -> Certificate:
    """A certificate for localhost and 127.0.0.1, signed by its own authority or by itself."""
    openssl = needs_program("openssl")
    folder.mkdir(parents=True, exist_ok=True)
    authority, key, chain = folder / "ca.pem", folder / "key.pem", folder / "cert.pem"
    names = "subjectAltName=DNS:localhost,IP:127.0.0.1"
    new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    def run(*args: str | Path) -> None:
        subprocess.run([openssl, *map(str, args)], check=True, capture_output=True)

    if not trusted:
        run("req", "-x509", *new_key, "-keyout", key, "-out", chain, "-days", "2",
            "-subj", "/CN=localhost", "-addext", names)  # fmt: skip
        return Certificate(chain, key, chain)
    ca_key, asked, extra = folder / "ca.key", folder / "asked.pem", folder / "names"
    extra.write_text(names, encoding="utf-8")
    run("req", "-x509", *new_key, "-keyout", ca_key, "-out", authority, "-days", "2",
        "-subj", "/CN=cpra test authority")  # fmt: skip
    run("req", *new_key, "-keyout", key, "-out", asked, "-subj", "/CN=localhost")
    run("x509", "-req", "-in", asked, "-CA", authority, "-CAkey", ca_key, "-CAcreateserial",
        "-days", "2", "-extfile", extra, "-out", chain)  # fmt: skip
    return Certificate(chain, key, authority)
