"""Say that a letter has left: exactly what went is filed, then the log says so."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cpra import disk, folder
from cpra.actions import drafting, keeping, limiting, provenance
from cpra.archive.intake import take
from cpra.core import names
from cpra.core.events import Event
from cpra.core.request import Request, Status
from cpra.core.wording import Finding
from cpra.errors import NotFound, Problem, Refused, WrongUsage
from cpra.index import rows
from cpra.letters.by_hand import changed_by_hand
from cpra.letters.forms import read_letter
from cpra.letters.text import text
from cpra.workspace import Workspace, lock


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter that has left, the folder with what went, and what the letter check says of it."""

    request: Request
    event: Event
    place: Path
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    """what is wrong with some of the papers"""


def sent(
    workspace: Workspace, path: Path, event: Event, papers: Sequence[Path], today: date
) -> Posted:
    """File the letter as it went (the draft's bytes, or the given papers) and log it.

    An event with a `letter` is a follow-up's: `letter-sent`. The letter check is told and stops
    nothing: the letter has left.
    """
    with lock(path):
        request = keeping.request(workspace, path)
        _check(request, event, today)
        keeping.check_sources(path, papers)
        letter = tuple(papers) or _draft(path / "draft" / event.letter, request)
        logged = replace(
            event,
            kind="letter-sent" if event.letter else "sent",
            source=provenance.origins(papers),
        )
        with disk.telling(f"filing what was sent for {path.name}"):
            parent = keeping.parent_folder(path, "sent")
            with disk.staging(parent) as built:
                taken = take(letter, built, limiting.limits(workspace))
                files = keeping.documents(taken)
                name = names.safe_name(event.letter) if event.letter else "request"
                kept = keeping.keep(path, logged, built, files, "sent", name)
        request = folder.read(path)
    rows.touch(workspace, path)
    findings = () if papers else drafting.lint(workspace, path, event.letter)
    return Posted(request, kept.event, kept.place, findings, taken.problems)


def _check(request: Request, event: Event, today: date) -> None:
    first = request.first("sent")
    if event.letter and first is None:
        raise Refused(f"{request.id} is {request.status}; its request goes out before a follow-up")
    if first is not None and not event.letter:
        raise Refused(
            f"{request.id} is {request.status}; only a draft can be sent. If the entry is wrong, "
            f"`cpra record {request.number} voided` takes it back"
        )
    if first is None and request.status is not Status.DRAFTED:
        raise Refused(
            f"{request.id} is {request.status}; only a draft can be sent. "
            f"`cpra record {request.number} reopened` makes it one again"
        )
    if event.on > today:
        raise WrongUsage(
            f"{event.on.isoformat()} has not come yet (today is {today.isoformat()}); "
            "say that it was sent when it was"
        )


def _draft(draft: Path, request: Request) -> tuple[Path, ...]:
    """A draft letter in all its forms, if they all say the same."""
    letter = draft / "letter.md"
    if not letter.is_file():
        raise NotFound(
            f"{request.id} has no {draft.name}/letter.md; give what you sent with --file"
        )
    again = f"cpra edit {request.number}"
    again += f" --letter {draft.name}" if draft.name != "draft" else ""
    if not _up_to_date(letter):
        raise Refused(
            f"{letter.name} was changed after the Word, PDF and text forms were made; "
            f"`{again}` makes them again, or give what you sent with --file"
        )
    if changed_by_hand(letter):
        raise Refused(
            f"letter.docx was changed by hand and does not say what letter.md says. If it is what "
            f"went, give it: --file {shlex.quote(str(letter.with_suffix('.docx')))}; otherwise "
            f"`{again}` makes it again, and keeps yours beside it"
        )
    forms = (letter.with_suffix(suffix) for suffix in (".txt", ".docx", ".pdf"))
    return (letter, *(form for form in forms if form.is_file()))


def _up_to_date(letter: Path) -> bool:
    """True when the forms still say what letter.md says."""
    made = letter.with_suffix(".txt")
    return made.is_file() and made.read_bytes() == text(read_letter(letter)).encode("utf-8")
