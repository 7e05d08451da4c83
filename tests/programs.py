"""The programs that some tests need, and the Debian package of each; standard library only."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping

PACKAGES: Mapping[str, str] = {
    "bash": "bash",
    "dbus-daemon": "dbus",
    "dovecot": "dovecot-imapd",
    "fish": "fish",
    "git": "git",
    "gnome-keyring-daemon": "gnome-keyring",
    "openssl": "openssl",
    "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils",
    "soffice": "libreoffice-writer-nogui",
    "sha256sum": "coreutils",
    "systemd-analyze": "systemd",
    "tesseract": "tesseract-ocr",
    "tmux": "tmux",
    "zsh": "zsh",
}
"""program → package"""


def absent() -> list[str]:
    """The programs that are not on this machine."""
    return [program for program in PACKAGES if shutil.which(program) is None]


def packages(programs: Iterable[str]) -> list[str]:
    """The packages that bring these programs, each once."""
    return sorted({PACKAGES[program] for program in programs})


def advice(program: str) -> str:
    """The line that installs a program."""
    return f"apt-get install {PACKAGES.get(program, program)}"
