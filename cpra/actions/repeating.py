"""Ask the same again for the next period: the old request's values, with new dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cpra import agencies, folder, statutes
from cpra.actions import agencies as book
from cpra.actions.campaigns import TAG
from cpra.actions.drafting import READING_COPY, Wish, addressee
from cpra.core.request import Request
from cpra.core.rules import months_after
from cpra.errors import Refused, WrongUsage
from cpra.index import rows
from cpra.letters import render, template
from cpra.letters.facts import Facts
from cpra.letters.template import Template
from cpra.workspace import Workspace

FROM, TO = "from", "to"
"""The blanks that hold a period, in every letter that has one."""

AGAIN = "again:"
"""The tag that names the request which a repeat repeats."""

_TIME = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:January|February|March|April|May|June|July|August|September|October"
    r"|November|December)\b"
)


@dataclass(frozen=True, slots=True)
class Period:
    """The first and the last day that records should cover."""

    first: date
    last: date

    def moved(self, first: date) -> Period:
        """As long from another day: whole months where it was whole months, otherwise days."""
        after = self.last + timedelta(days=1)
        if self.first.day == after.day == first.day == 1:
            months = (after.year - self.first.year) * 12 + after.month - self.first.month
            return Period(first, months_after(first, months) - timedelta(days=1))
        return Period(first, first + (self.last - self.first))


@dataclass(frozen=True, slots=True)
class Repeat:
    """What would be drafted, and what the requester should look at before it is."""

    wish: Wish
    period: Period
    notes: tuple[str, ...]


def repeat(
    workspace: Workspace,
    path: Path,
    today: date,
    *,
    first: date | None = None,
    last: date | None = None,
    changes: Mapping[str, str] | None = None,
) -> Repeat:
    """The same request for another period; without dates, for the one right after the old.

    Nothing is changed on disk. Edits that were made by hand to the old letter are not carried over.
    """
    request = folder.read(path)
    old = folder.values(path)
    if not request.template:
        raise Refused(
            f"{request.id} was not drafted from a template; `cpra new` drafts one that is"
        )
    found = template.find(request.template, workspace.templates)
    period = _period(request, found, old, first, last)
    _refuse_twice(workspace, request, period)
    values = {**old, **(changes or {}), FROM: str(period.first), TO: str(period.last)}
    agency = agencies.read(workspace).find(request.agency, book.shipped())
    facts = Facts(
        today=today,
        id=request.id,
        agency=addressee(agency),
        requester=request.requester,
        subject=request.subject,
    )
    own = len(render.items(found, old, facts, statutes.law().authorities))
    extra = tuple(item.text for item in request.items[own:])
    subject = "" if render.subject(found, old, facts) == request.subject else request.subject
    kept = tuple(word for word in request.tags if not word.startswith((TAG, AGAIN)))
    wish = Wish(
        template=found,
        agency=agency,
        values=values,
        subject=subject,
        items=extra,
        tags=(*kept, f"{AGAIN}{request.id}"),
        requester=request.requester,
        language="es" if (path / "draft" / READING_COPY).is_file() else "en",
    )
    return Repeat(wish, period, tuple(_notes(request, wish, own, changes or {}, period, today)))


def template_of(workspace: Workspace, path: Path) -> Template:
    """The template from which a request was drafted, as it is now."""
    request = folder.read(path)
    if not request.template:
        raise Refused(f"{request.id} was not drafted from a template, so it cannot be repeated")
    return template.find(request.template, workspace.templates)


def _period(
    request: Request,
    found: Template,
    old: Mapping[str, str],
    first: date | None,
    last: date | None,
) -> Period:
    if not {FROM, TO} <= {variable.name for variable in found.variables}:
        raise Refused(
            f"{found.name} asks for no period, so there is no next one; `cpra new {found.name}` "
            "drafts it anew"
        )
    if old.get(FROM) and old.get(TO):
        before = Period(date.fromisoformat(old[FROM]), date.fromisoformat(old[TO]))
        following = before.moved(first or before.last + timedelta(days=1))
        first, last = following.first, last or following.last
    if first is None or last is None:
        raise WrongUsage(f"{request.id} named no period; give --from and --to")
    if last < first:
        raise WrongUsage(f"the period ends on {last}, before it begins on {first}")
    return Period(first, last)


def _refuse_twice(workspace: Workspace, request: Request, period: Period) -> None:
    """Nobody means to ask the same of the same agency twice, but a command is soon typed again."""
    with closing(rows.rows(workspace)) as listed:
        known = listed.requests()
    for row in known:
        if f"{AGAIN}{request.id}" not in row.tags.split() or row.status == "withdrawn":
            continue
        values = folder.values(workspace.requests / row.folder)
        if (values.get(FROM), values.get(TO)) == (str(period.first), str(period.last)):
            raise Refused(
                f"{row.id} asks for {period.first} to {period.last} already; `cpra show "
                f"{row.number}` shows it, --from and --to give another period"
            )


def _notes(
    request: Request,
    wish: Wish,
    own: int,
    changes: Mapping[str, str],
    period: Period,
    today: date,
) -> Iterator[str]:
    """What was carried over and may not fit the new period."""
    if request.first("edited"):
        yield f"{request.id} was edited by hand, and those edits are not carried over"
    if period.last >= today:
        yield f"the period ends on {period.last}, which has not passed yet"
    if wish.subject and _TIME.search(wish.subject):
        yield f'the subject is in your own words and names a time: "{wish.subject}"'
    for number, text in enumerate(wish.items, start=own + 1):
        if _TIME.search(text):
            yield f"item {number} is in your own words and names a time; see whether it still fits"
    for name, value in wish.values.items():
        if name not in (FROM, TO, *changes) and _TIME.search(value):
            yield f'{name} names a time: "{value}" (--set {name}=… changes it)'
