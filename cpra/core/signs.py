"""Signs that are no text: what drives a terminal, turns the words around it, or is half a sign."""

from __future__ import annotations

import re

_DRIVING = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Tabs and line ends are not among them."""


def harmless(text: str) -> str:
    """Text from a file that somebody else may have written, as it may be shown anywhere."""
    return _DRIVING.sub("\ufffd", text)
