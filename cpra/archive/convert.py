"""Old and foreign office files as PDF, by LibreOffice where it is installed; in a closed room.

The program runs with a profile of its own in which macros are off, links are never followed and
every connection goes to a place where nothing listens.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cpra.archive.kinds import Kind

CONVERTED = frozenset({Kind.DOC, Kind.PPT, Kind.WPD})
"""Kinds that only LibreOffice can read for us."""
ENDINGS = {Kind.DOC: ".doc", Kind.PPT: ".ppt", Kind.WPD: ".wpd"}

NOWHERE = "127.0.0.1"
SETTINGS = (
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Writer/Content/Update", "Link", "0"),
    ("Calc/Content/Update", "Link", "2"),
    ("Inet/Settings", "ooInetProxyType", "2"),
    ("Inet/Settings", "ooInetHTTPProxyName", NOWHERE),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", NOWHERE),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)


def program() -> str | None:
    """Where LibreOffice is, if it is on PATH."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@contextmanager
def as_pdf(path: Path, kind: Kind, seconds: int) -> Iterator[Path | None]:
    """The document as a PDF in a folder that goes away again; None when it cannot be converted."""
    soffice = program()
    if soffice is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="cpra-") as room:
        source = Path(room) / f"document{ENDINGS[kind]}"
        shutil.copyfile(path, source)
        profile = Path(room) / "profile"
        _furnish(profile)
        try:
            subprocess.run(
                [
                    soffice,
                    f"-env:UserInstallation={profile.as_uri()}",
                    *("--headless", "--norestore", "--nolockcheck", "--convert-to", "pdf"),
                    *("--outdir", room, str(source)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
                env={**os.environ, **_nowhere()},
            )
        except (subprocess.TimeoutExpired, OSError):
            yield None
            return
        made = source.with_suffix(".pdf")
        yield made if made.is_file() else None


def _furnish(profile: Path) -> None:
    """A profile in which nothing is run and nothing fetched."""
    items = "".join(
        f'<item oor:path="/org.openoffice.{"" if path.startswith("Inet") else "Office."}{path}">'
        f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, name, value in SETTINGS
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/'
        f'registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>',
        encoding="utf-8",
    )


def _nowhere() -> dict[str, str]:
    return dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), f"http://{NOWHERE}:9")
