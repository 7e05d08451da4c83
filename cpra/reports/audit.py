"""What came against what was asked: by item and installment, with every gap and every bad file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpra.archive.kinds import Kind, is_misnamed
from cpra.archive.limits import SANE, Limits
from cpra.archive.look import Look, looked
from cpra.archive.portals import portal_name
from cpra.archive.sniffer import kind
from cpra.archive.store import Unread
from cpra.archive.text import stored_text
from cpra.core.citations import citations
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.reports.containers import left_inside
from cpra.reports.gaps import Gap, Stamped, bates_gaps, name_gaps, number_gaps, page_gaps, stamps

WITHHELD = re.compile(
    r"\b(?:page|document|record)s?\b[^.\n]{0,60}\bwith(?:held|holding)\b"
    r"|\bwithheld in (?:full|its entirety)\b|\bintentionally (?:left blank|withheld|omitted)\b",
    re.IGNORECASE,
)
FOIA = re.compile(r"\(b\)\(\d\)(?:\([A-F]\))?")
"""How the exemptions of the federal act are written on a page."""
SHORT = 600
"""Characters of a page that says only that it was withheld."""
LARGEST_TEXT = 2_000
"""Pages of one document that are looked through for page numbers."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One numbered item, and what came for it."""

    number: int
    asked: str
    status: str
    productions: int
    files: int
    pages: int
    last: date | None


@dataclass(frozen=True, slots=True)
class InstallmentRow:
    """What came at one time: a production, its number if the agency gave one, and its items."""

    on: date
    number: int | None
    items: tuple[int, ...]
    """Empty when it is about the whole request."""
    files: int
    pages: int
    complete: bool
    """It was said to be the last."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """One filed document, and what is wrong with it."""

    path: str
    name: str
    """What the agency called it."""
    kind: str
    size: int
    pages: int
    event: str
    on: date
    installment: int | None
    items: tuple[int, ...]
    sha256: str
    problems: tuple[str, ...]
    unread: int
    """Pages without words, that OCR has not read."""
    first: str
    """Where the same bytes were filed before, if they were."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A page that stands for what was kept back, with the ground it states."""

    path: str
    page: int
    grounds: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Covered:
    """A redaction that hides and does not remove, by page and box."""

    path: str
    page: int
    box: tuple[int, int, int, int]
    hiding: str
    characters: int
    text: str
    """The hidden words; empty unless they were asked for."""


@dataclass(frozen=True, slots=True)
class Carries:
    """Something that a file carries along unseen."""

    path: str
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Audit:
    """Everything that `cpra audit` tells about one request."""

    request: str
    items: tuple[ItemRow, ...]
    installments: tuple[InstallmentRow, ...]
    files: tuple[FileRow, ...]
    gaps: tuple[Gap, ...]
    withheld: tuple[Withheld, ...]
    covered: tuple[Covered, ...]
    carries: tuple[Carries, ...]

    @property
    def flawed(self) -> tuple[FileRow, ...]:
        """The files that something is wrong with."""
        return tuple(row for row in self.files if row.problems or row.unread)


@dataclass(frozen=True, slots=True)
class _Filed:
    path: str
    sha256: str
    event: Event


def documents(folder: Path, request: Request) -> tuple[Unread, ...]:
    """The documents of a request that the audit reads, for those that were not read yet."""
    return tuple(
        Unread(folder / filed.path, filed.sha256, kind(folder / filed.path))
        for filed in _filed(request)
        if (folder / filed.path).is_file()
    )


def audit(
    folder: Path,
    request: Request,
    cache: Path,
    firsts: Mapping[str, str],
    *,
    reveal: bool = False,
    limits: Limits = SANE,
) -> Audit:
    """Look at everything filed for a request. Its documents have been read and looked into before.

    `firsts` says for a path where the same bytes were filed first. With `reveal` the hidden words
    are given too.
    """
    rows: list[FileRow] = []
    gaps: list[Gap] = []
    withheld: list[Withheld] = []
    covered: list[Covered] = []
    carries: list[Carries] = []
    bates: list[Stamped] = []
    closed = left_inside(folder, request, limits)
    for filed in _filed(request):
        look = looked(cache, filed.sha256) or Look()
        first = firsts.get(filed.path, "")
        row = _row(folder, cache, filed, look, first, request.references)
        if filed.path in closed:
            row = replace(row, problems=(*row.problems, closed[filed.path]))
        rows.append(row)
        if filed.path.startswith("answers/"):
            texts = _texts(cache, filed.sha256)
            gaps += page_gaps(filed.path, texts)
            for number, text in enumerate(texts, start=1):
                bates += stamps(filed.path, number, text)
                withheld += _withheld(filed.path, number, text)
        covered += [
            Covered(
                *(filed.path, found.page, found.box, str(found.hiding), found.characters),
                found.text if reveal else "",
            )
            for found in look.findings
        ]
        carries += [Carries(filed.path, str(one.what), one.detail) for one in look.hidden]
    return Audit(
        request.id,
        tuple(_items(request, rows)),
        tuple(_installments(request, rows)),
        tuple(rows),
        (*_number_gaps(request), *bates_gaps(bates), *gaps, *_name_gaps(rows)),
        tuple(withheld),
        tuple(covered),
        tuple(carries),
    )


def _filed(request: Request) -> Iterator[_Filed]:
    """Every document of the log, once, in the order in which it came."""
    seen: set[str] = set()
    for event in request.events:
        for path, sha256 in sorted(event.files.items()):
            if path not in seen:
                seen.add(path)
                yield _Filed(path, sha256, event)


def _row(
    folder: Path, cache: Path, filed: _Filed, look: Look, first: str, references: Sequence[str]
) -> FileRow:
    path, event = folder / filed.path, filed.event
    name = event.names.get(filed.path, path.name)
    if not path.is_file():
        return FileRow(
            *(filed.path, name, "", 0, 0, event.kind, event.on, event.installment, event.items),
            *(filed.sha256, ("is missing",), 0, first),
        )
    real = kind(path)
    problems: list[str] = []
    pages = unread = 0
    stored = stored_text(cache, filed.sha256)
    if stored is not None:
        with stored:
            pages = stored.count
            problems += stored.summary.problems
            unread = len(stored.summary.unread)
    if real is Kind.EMPTY:
        problems.append("is empty")
    if is_misnamed(path.name, real):
        problems.append(f"is {real}, not what its name says")
    if first:
        problems.append("was filed before")
    portal = portal_name(name)
    if portal and portal.reference and references and portal.reference not in references:
        problems.append(f"belongs to {portal.reference} by its name, which is not this request")
    problems += [text for text in look.problems if text not in problems]
    return FileRow(
        *(filed.path, name, str(real), path.stat().st_size, pages, event.kind, event.on),
        *(event.installment, event.items, filed.sha256, tuple(problems), unread, first),
    )


def _texts(cache: Path, sha256: str) -> Sequence[str]:
    stored = stored_text(cache, sha256)
    if stored is None:
        return ()
    with stored:
        return [page.text for page, _ in zip(stored, range(LARGEST_TEXT), strict=False)]


def _withheld(path: str, number: int, text: str) -> Iterator[Withheld]:
    if len(text) <= SHORT and WITHHELD.search(text):
        cited = [*(str(one) for one in citations(text)), *FOIA.findall(text)]
        grounds = tuple(dict.fromkeys(cited))
        yield Withheld(path, number, grounds, " ".join(text.split())[:200])


def _items(request: Request, rows: Sequence[FileRow]) -> Iterator[ItemRow]:
    for item in request.items:
        produced = [event for event in request.all("produced") if event.concerns(item.n)]
        places = {path for event in produced for path in event.files}
        mine = [row for row in rows if row.path in places]
        yield ItemRow(
            *(item.n, item.text, str(request.state_of(item.n)), len(produced), len(mine)),
            *(sum(row.pages for row in mine), max((e.on for e in produced), default=None)),
        )


def _installments(request: Request, rows: Sequence[FileRow]) -> Iterator[InstallmentRow]:
    for event in request.all("produced"):
        mine = [row for row in rows if row.path in event.files]
        yield InstallmentRow(
            *(event.on, event.installment, event.items, len(mine)),
            *(sum(row.pages for row in mine), event.complete),
        )


def _number_gaps(request: Request) -> tuple[Gap, ...]:
    """Installments that the agency's own numbers say there were."""
    return number_gaps(
        "installments", [e.installment for e in request.all("produced") if e.installment]
    )


def _name_gaps(rows: Sequence[FileRow]) -> tuple[Gap, ...]:
    return name_gaps(row.name.rpartition("/")[2] for row in rows if row.path.startswith("answers/"))
