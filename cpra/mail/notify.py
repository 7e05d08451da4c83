"""A notice on the desktop (the `notify` extra), or to an address of one's own."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

from cpra.errors import CpraError, Refused
from cpra.mail.server import is_this_machine

DESKTOP = "desktop"

SCHEMES = {"linux": "dbus://", "darwin": "macosx://", "win32": "windows://"}


def notify(title: str, text: str, where: str = DESKTOP) -> None:
    """Show a notice; a sentence says why that was not possible."""
    url = _url(where)
    try:
        import apprise
    except ImportError:
        raise CpraError(
            "notices on the desktop need one more package, beside cpra: `pipx inject cpra "
            "apprise`, or `pip install apprise` in its environment. Or leave out --notify"
        ) from None
    notices = apprise.Apprise()
    if not notices.add(url) or not notices.notify(body=text, title=title):
        raise CpraError(f"the notice could not be shown ({where}); is there a desktop?")


def _url(where: str) -> str:
    """The desktop's own, or a web address on this machine; others would hold a key in a file."""
    if where == DESKTOP:
        return SCHEMES.get(sys.platform, "dbus://")
    parts = urlsplit(where)
    if parts.username or parts.password:
        raise Refused("an address with a password in it would stand in a file; use the desktop")
    if parts.scheme in ("json", "jsons") and is_this_machine(parts.hostname or ""):
        return where
    raise Refused(f'notify = "{where}" is not known; it may be "desktop"')
