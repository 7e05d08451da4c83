"""Numbers that are missing from a row: Bates stamps, "page 3 of 12", files that count up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

BATES = re.compile(
    r"(?<![\w/.-])([A-Z][A-Z&]{1,11}(?:[ _-][A-Z]{1,6})?[ _-]{0,3})(\d{3,9})(?![\w/.-])"
)
PAGE_OF = re.compile(r"\bpage\s+(\d{1,5})\s+of\s+(\d{1,5})\b", re.IGNORECASE)
COUNTING = re.compile(r"^(.*?)(\d{1,6})(\D*)$")
STATE = re.compile(
    r"A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]"
    r"|T[NX]|UT|V[AIT]|W[AIVY]"
)
"""What stands before a ZIP code."""
EDGE = 3
"""Lines at the top and bottom of a page where stamps stand."""
FEWEST = 3
"""Numbers of one row that make it a row."""
WIDEST = 100_000
"""A hole of more numbers than this is two rows, not a gap."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """A page and the Bates number on it."""

    file: str
    page: int
    prefix: str
    number: int
    digits: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers that should be there and are not, or that stand twice."""

    row: str
    """What counts up: the Bates prefix, a document, names of files."""
    first: str
    last: str
    count: int
    what: str = "missing"


@dataclass(slots=True)
class Row:
    """Numbers of one prefix as they were found."""

    places: dict[int, list[str]] = field(default_factory=dict)
    digits: int = 0


def number_gaps(row: str, numbers: Iterable[int]) -> tuple[Gap, ...]:
    """What is missing from numbers that count up from one."""
    return tuple(
        Gap(row, str(before + 1), str(after - 1), after - before - 1)
        for before, after in pairwise(sorted({0, *numbers}))
        if 1 < after - before < WIDEST
    )


def stamps(file: str, page: int, text: str) -> Iterable[Stamped]:
    """The Bates numbers at the edges of a page."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    edges = lines[:EDGE] + lines[-EDGE:] if len(lines) > 2 * EDGE else lines
    for line in edges:
        for prefix, number in BATES.findall(line):
            if len(number) == 5 and prefix.endswith(" ") and STATE.fullmatch(prefix.split()[-1]):
                continue  # the end of an address, with its ZIP code
            yield Stamped(file, page, prefix.rstrip(" _-"), int(number), len(number))


def bates_gaps(found: Iterable[Stamped]) -> tuple[Gap, ...]:
    """Holes in the Bates numbers, and numbers that were given to two pages."""
    rows: dict[str, Row] = {}
    for stamp in found:
        row = rows.setdefault(stamp.prefix, Row())
        places = row.places.setdefault(stamp.number, [])
        place = f"{stamp.file}, page {stamp.page}"
        if place not in places:
            places.append(place)
        row.digits = max(row.digits, stamp.digits)
    gaps: list[Gap] = []
    for prefix, row in sorted(rows.items()):
        numbers = sorted(row.places)
        if len(numbers) < FEWEST or not _counts_up(numbers):
            continue
        name = f"Bates {prefix}"
        gaps += _holes(name, numbers, row.digits)
        twice = [number for number in numbers if len(row.places[number]) > 1]
        if twice:
            for gap in _runs(name, twice, row.digits, "given twice"):
                run = range(int(gap.first), int(gap.last) + 1)
                gaps.append(replace(gap, count=sum(len(row.places[number]) for number in run)))
    return tuple(gaps)


def page_gaps(file: str, pages: Sequence[str]) -> tuple[Gap, ...]:
    """Pages that a document says it has ("page 3 of 12") and that are not in it."""
    seen: dict[int, set[int]] = {}
    for text in pages:
        for number, total in PAGE_OF.findall(text):
            if 0 < int(number) <= int(total) <= 5_000:
                seen.setdefault(int(total), set()).add(int(number))
    gaps: list[Gap] = []
    for total, found in seen.items():
        # One stray mention in the words of a letter is no numbering.
        if total > 1 and len(found) >= min(2, total) and len(found) < total:
            missing = [number for number in range(1, total + 1) if number not in found]
            gaps += _runs(f"{file}: page … of {total}", missing)
    return tuple(gaps)


def name_gaps(names: Iterable[str]) -> tuple[Gap, ...]:
    """Holes in files that count up: Document_1.pdf, Document_2.pdf, Document_4.pdf."""
    rows: dict[tuple[str, str], list[int]] = {}
    for name in names:
        found = COUNTING.match(name)
        if found is not None:
            rows.setdefault((found[1], found[3]), []).append(int(found[2]))
    gaps: list[Gap] = []
    for (before, after), numbers in sorted(rows.items()):
        unique = sorted(set(numbers))
        if len(unique) >= FEWEST and unique[-1] - unique[0] < 3 * len(unique):
            gaps += _holes(f"files {before}…{after}", unique, 0)
    return tuple(gaps)


def _counts_up(numbers: Sequence[int]) -> bool:
    """Whether at least half of the numbers follow one another, as stamps do and dates do not."""
    steps = [second - first for first, second in pairwise(numbers)]
    return 2 * sum(step == 1 for step in steps) >= len(steps)


def _holes(row: str, numbers: Sequence[int], digits: int) -> list[Gap]:
    gaps = []
    for first, second in pairwise(numbers):
        if 1 < second - first <= WIDEST:
            low, high = first + 1, second - 1
            gaps.append(Gap(row, f"{low:0{digits}}", f"{high:0{digits}}", high - low + 1))
    return gaps


def _runs(row: str, found: Sequence[int], digits: int = 0, what: str = "missing") -> list[Gap]:
    """Numbers one after the other as one gap."""
    gaps: list[Gap] = []
    start = before = found[0]
    for number in (*found[1:], -1):
        if number != before + 1:
            low, high = f"{start:0{digits}}", f"{before:0{digits}}"
            gaps.append(Gap(row, low, high, before - start + 1, what))
            start = number
        before = number
    return gaps
