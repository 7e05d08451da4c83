"""How a letter says dates, lists, search terms and amounts. Each is a filter in a template."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from cpra.core.words import MONTHS, date_words, day_words

MESES = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


def day(value: date) -> str:
    """`March 2, 2026`"""
    return date_words(value)


def dia(value: date) -> str:
    """`2 de marzo de 2026`"""
    return f"{value.day} de {MESES[value.month - 1]} de {value.year}"


def dias(value: str) -> str:
    """`10 días` for the `10 days` of a time limit."""
    return value.replace("working days", "días hábiles").replace("days", "días")


def weekday(value: date) -> str:
    """`Monday, March 2, 2026`"""
    return day_words(value)


def months(first: date, last: date) -> str:
    """`January to March 2026` for whole months, otherwise `January 5 to March 2, 2026`."""
    whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
    begin, finish = (f"{MONTHS[on.month - 1]}" for on in (first, last))
    if not whole:
        if first.year == last.year:
            return f"{begin} {first.day} to {finish} {last.day}, {last.year}"
        return f"{day(first)} to {day(last)}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{finish} {last.year}"
    if first.year == last.year:
        return f"{begin} to {finish} {last.year}"
    return f"{begin} {first.year} to {finish} {last.year}"


def parts(value: str) -> tuple[str, ...]:
    """The members of a list that a person typed with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def listed(values: Sequence[str], word: str = "and") -> str:
    """`one`, `one and two`, `one, two and three`"""
    if len(values) < 2:
        return "".join(values)
    return f"{', '.join(values[:-1])} {word} {values[-1]}"


def quoted(values: Sequence[str], word: str = "or") -> str:
    """Search terms as a letter gives them: `"ICE", "HSI" or "detainer"`."""
    return listed([f'"{value}"' for value in values], word)


def money(value: str) -> str:
    """`25` and `$25` are both `$25`."""
    return "$" + value.strip().removeprefix("$").strip()


_NOUNS = re.compile(
    r"\b(agency|authority|board|bureau|center|city|commission|committee|council|county|court"
    r"|department|district|division|office|police|sheriff)\b",
    re.IGNORECASE,
)


def the(name: str) -> str:
    """An agency's name inside a sentence: `the Los Angeles Police Department`."""
    if name.startswith("The "):
        return "the " + name[4:]
    return f"the {name}" if _NOUNS.search(name) and not name.startswith("the ") else name


_CASE = re.compile(r"(?P<see>see )?(?P<name>[^()]+? v\\?\. [^()]+?)(?P<rest> \\?\(.*)$")


def cite(authority: str) -> str:
    """An authority with the name of a case in italics."""
    found = _CASE.match(authority)
    return f"{found['see'] or ''}*{found['name']}*{found['rest']}" if found else authority


def cited(text: str, authority: str) -> str:
    """A sentence that ends with its authority in parentheses, if it has one."""
    whole = text.strip().rstrip(".")
    return f"{whole} ({cite(authority)})." if authority else f"{whole}."


def sentence(text: str) -> str:
    """What a person typed, with a capital at its beginning and a full stop at its end."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text[-1:] in ".!?" else ".")
