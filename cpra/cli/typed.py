"""Words that a person types into an option: text that a log, a list and a letter can show."""

from __future__ import annotations

import unicodedata
from typing import Any

import click

LONGEST = 2_000
"""Characters; more of them were pasted by mistake."""


class Words(click.ParamType[str]):
    """Text of several lines, or of one; what no page can show is refused, not kept for ever."""

    name = "text"

    def __init__(self, *, lines: bool = False) -> None:
        """With `lines` its line breaks stay."""
        self.lines = lines

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text without the space around it, or a usage error that says what it holds."""
        text = str(value)
        for sign in text:
            if unicodedata.category(sign) == "Cs":
                self.fail("it holds bytes that are no text (UTF-8); type it again", param, ctx)
            if sign not in "\n\r\t" and unicodedata.category(sign) == "Cc":
                self.fail(f"it holds the invisible sign U+{ord(sign):04X}", param, ctx)
        if len(text) > LONGEST:
            self.fail(f"it has {len(text):,} characters; {LONGEST:,} is the most", param, ctx)
        return text.strip() if self.lines else " ".join(text.split())


class Amount(Words):
    """What is asked as a fee."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The amount as it was stated; one without a figure is a usage error."""
        text = super().convert(value, param, ctx)
        if text and (text.startswith("-") or not any(map(str.isdecimal, text))):
            self.fail(f'"{text}" is not an amount; it looks like 25 or $25.00', param, ctx)
        return text
