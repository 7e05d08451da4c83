"""A real IMAP server (Dovecot) for one user, whose Maildir the test can look into."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.needs import missing, needs_program
from tests.servers import free_port, listens, running
from tests.servers.certificates import Certificate
from tests.servers.smtp import LOGIN, PASSWORD

NOBODY = 65534
"""Dovecot serves nobody's mail as root."""


@dataclass(frozen=True)
class Dovecot:
    """A running server: IMAPS at one port, plain at another, and the mail."""

    tls_port: int
    plain_port: int
    maildir: Path

    def deliver(self, data: bytes, name: str, folder: str = "") -> Path:
        """Put a message into the mailbox, as a delivery agent does."""
        place = self.maildir / (f".{folder}" if folder else "") / "new"
        if not self.maildir.is_dir():
            self.maildir.mkdir()
            _give(self.maildir)
        if not place.is_dir():
            for sub in ("tmp", "new", "cur"):
                made = place.parent / sub
                made.mkdir(parents=True, exist_ok=True)
                _give(made)
            _give(place.parent)
        path = place / f"{name}.localhost"
        waiting = place.parent / "tmp" / path.name
        waiting.write_bytes(data)
        _give(waiting)
        waiting.rename(path)
        return path

    def seen(self) -> list[str]:
        """The flags of every message in INBOX that has been opened: `:2,S`."""
        return [
            p.name for p in (self.maildir / "cur").iterdir() if "S" in p.name.rpartition(",")[2]
        ]


@contextmanager
def dovecot(certificate: Certificate, *, introspection: str = "") -> Iterator[Dovecot]:
    """The server, while the test needs it; `introspection` is where it asks about tokens."""
    program = needs_program("dovecot")
    if os.name == "nt" or os.getuid() != 0:
        missing("Dovecot can be started for a test by root only")
    # Not in the test's folder: pytest closes that to others whenever another run of it begins, and
    # a socket's path may have 107 characters.
    base = Path(tempfile.mkdtemp(prefix="imap-"))
    base.chmod(0o711)
    run = base / "run"
    for part in (run, base / "state", base / "mail"):
        part.mkdir()
    _give(base / "mail")
    tls_port, plain_port = free_port(), free_port()
    config = base / "dovecot.conf"
    config.write_text(_config(base, run, certificate, tls_port, plain_port, introspection), "utf-8")
    if introspection:
        (base / "oauth2.conf").write_text(
            f"introspection_url = {introspection}\nintrospection_mode = post\n"
            "username_attribute = username\nactive_attribute = active\nactive_value = true\n",
            encoding="utf-8",
        )
    try:
        with running(
            [program, "-F", "-c", str(config)],
            lambda: listens(tls_port) and listens(plain_port),
            base / "started.txt",
        ):
            yield Dovecot(tls_port, plain_port, base / "mail" / LOGIN)
    finally:
        shutil.rmtree(base)


def _give(path: Path) -> None:
    os.chown(path, NOBODY, NOBODY)


def _config(
    base: Path,
    run: Path,
    certificate: Certificate,
    tls_port: int,
    plain_port: int,
    introspection: str,
) -> str:
    mechanisms = "plain login" + (" xoauth2 oauthbearer" if introspection else "")
    tokens = (
        f"passdb {{\n driver = oauth2\n mechanisms = xoauth2 oauthbearer\n"
        f" args = {base}/oauth2.conf\n}}\n"
        if introspection
        else ""
    )
    return f"""
protocols = imap
listen = 127.0.0.1
base_dir = {run}
state_dir = {base}/state
log_path = {base}/log.txt
default_internal_user = root
default_internal_group = root
default_login_user = nobody
first_valid_uid = 1
ssl = yes
ssl_cert = <{certificate.chain}
ssl_key = <{certificate.key}
disable_plaintext_auth = no
mail_location = maildir:{base}/mail/%u
auth_mechanisms = {mechanisms}
{tokens}passdb {{
 driver = static
 args = password={PASSWORD}
}}
userdb {{
 driver = static
 args = uid={NOBODY} gid={NOBODY} home={base}/mail/%u
}}
namespace inbox {{
 inbox = yes
 mailbox Sent {{
  auto = create
  special_use = \\Sent
 }}
}}
service imap-login {{
 chroot =
 inet_listener imap {{
  port = {plain_port}
 }}
 inet_listener imaps {{
  port = {tls_port}
 }}
}}
service anvil {{
 chroot =
}}
service stats {{
 chroot =
}}
"""


def remove(maildir: Path) -> None:
    """Take the whole mailbox away, so that the server numbers its messages anew."""
    shutil.rmtree(maildir)
