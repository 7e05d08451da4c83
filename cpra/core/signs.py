"""Signs that do more than say something: to a terminal, to words around them, to a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_DRIVING = re.compile("[\0-\b\v-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Tabs and line ends are not among them."""
_STARTS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""With these a formula begins, also as wide signs and behind a tab or line end."""
_NUMBER = re.compile(r"[+-]?[\d.,]*%?")


def harmless(text: str) -> str:
    """Text from a file that somebody else may have written, as it may be shown anywhere."""
    return _DRIVING.sub("\ufffd", text)


def inert(cells: Iterable[Any]) -> list[Any]:
    """A row of a CSV as no spreadsheet program calculates it; a plain number stays one.

    An apostrophe goes before such words, as OWASP says: most of them are an agency's.
    """
    return [  # in one expression: a column of dates has a million cells beside it
        f"'{cell}"
        if isinstance(cell, str) and cell[:1] in _STARTS and not _NUMBER.fullmatch(cell)
        else cell
        for cell in cells
    ]
