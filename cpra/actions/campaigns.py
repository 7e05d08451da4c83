"""One letter to many agencies: read and checked as a whole, shown, and only then drafted.

A campaign is nothing but a tag on its requests, `campaign:NAME`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cpra import agencies, folder, statutes
from cpra.actions import agencies as book
from cpra.actions import campaign_lists, drafting
from cpra.actions.campaign_lists import Row
from cpra.actions.drafting import Draft, Wish
from cpra.agencies import Agency
from cpra.core import names, wording
from cpra.core.request import Request, Requester, Status
from cpra.core.wording import Finding
from cpra.errors import BadFile, CpraError, NotFound, Problem, Refused, WrongUsage
from cpra.index.rows import UNREADABLE, rows
from cpra.letters.letter import parse
from cpra.letters.template import Template
from cpra.letters.text import text
from cpra.workspace import Workspace, next_id

TAG = "campaign:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What all letters of a campaign have in common."""

    name: str
    template: Template
    values: Mapping[str, str]
    subject: str = ""
    items: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    requester: Requester
    language: str = "en"
    """of the copies to read along with; the letters are in English"""


@dataclass(frozen=True, slots=True)
class Preview:
    """One letter as it would be drafted."""

    agency: Agency
    wish: Wish
    request: Request
    letter: str
    """the letter as plain text"""
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> int:
        """How many things make it unfit to send."""
        return sum(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a campaign would draft, and every row of the list that it cannot."""

    name: str
    previews: tuple[Preview, ...]
    problems: tuple[Problem, ...]
    already: tuple[str, ...]
    """names of agencies that this campaign asks already; they are left out"""
    unused: tuple[str, ...]
    """columns of the list that are no blanks of the letter"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A draft of a campaign that has not been sent, as it now stands."""

    path: Path
    request: Request
    agency: Agency
    letter: str
    findings: tuple[Finding, ...]


def plan(
    workspace: Workspace,
    listed: Path,
    shared: Shared,
    today: date,
    *,
    sheet: str = "",
    progress: Callable[[int, int, str], None] | None = None,
) -> Plan:
    """Write every letter of a campaign in memory and check it; nothing is changed on disk.

    What a list looks like, `campaign_lists.rows` says.
    """
    found, unused = campaign_lists.rows(listed, shared.template, sheet)
    if not found:
        raise BadFile(f"{listed} names no agency")
    asked = {request.agency for request in _requests(workspace, shared.name)}
    there = agencies.read(workspace)
    ids = list(folder.ids(workspace))
    taken: dict[str, int] = {}
    previews: list[Preview] = []
    problems: list[Problem] = []
    already = []
    for done, row in enumerate(found, start=1):
        if progress:
            progress(done, len(found), row.name)
        try:
            agency = there.find(row.name, book.shipped())
            if agency.key in taken:
                raise WrongUsage(f"{agency.name} stands on line {taken[agency.key]} already")
            taken[agency.key] = row.line
            if agency.key in asked:
                already.append(agency.name)
                continue
            previews.append(_preview(agency, row, shared, next_id(today.year, ids), today))
            ids.append(previews[-1].request.id)
        except CpraError as error:
            problems.append(Problem(listed.name, row.line, str(error)))
    return Plan(shared.name, tuple(previews), tuple(problems), tuple(already), unused)


def draft(
    workspace: Workspace,
    planned: Plan,
    today: date,
    recorded: str,
    progress: Callable[[int, int, str], None] | None = None,
) -> tuple[Draft, ...]:
    """Draft every letter of a plan; refused when one of them is not fit to send.

    What an interruption leaves is whole drafts: the same campaign again drafts only the others.
    """
    unfit = [preview for preview in planned.previews if preview.errors]
    if unfit:
        names = ", ".join(preview.agency.short for preview in unfit[:5])
        more = f" and {len(unfit) - 5} more" if len(unfit) > 5 else ""
        raise Refused(
            f"nothing was drafted: the letters to {names}{more} are not fit to send as they are. "
            "Change the values or the template, or take those agencies out of the list"
        )
    drafts = []
    for done, preview in enumerate(planned.previews, start=1):
        drafts.append(drafting.new(workspace, preview.wish, today, recorded))
        if progress:
            progress(done, len(planned.previews), preview.agency.name)
    return tuple(drafts)


def drafts(workspace: Workspace, name: str) -> tuple[Prepared, ...]:
    """The letters of a campaign that are still drafts, as they now stand, each with its check.

    Whatever sends a campaign shows these first.
    """
    there = agencies.read(workspace)
    waiting = []
    for path in folders(workspace, name):
        request = folder.read(path)
        letter = path / "draft" / "letter.md"
        if request.status is Status.DRAFTED and letter.is_file():
            shown = text(parse(letter.read_bytes().decode("utf-8", "replace")))
            agency = there.get(request.agency)
            found = drafting.lint(workspace, path)
            waiting.append(Prepared(path, request, agency, shown, found))
    return tuple(waiting)


def folders(workspace: Workspace, name: str) -> tuple[Path, ...]:
    """The folders of a campaign's requests, by id; `NotFound` names the campaigns there are."""
    wanted = tag(name)
    found = rows(workspace)
    try:
        every = list(found.requests())
    finally:
        found.close()
    mine = tuple(
        workspace.requests / row.folder
        for row in every
        if wanted in row.tags.split()
        or (row.status == UNREADABLE and wanted in _tags(workspace.requests / row.folder))
    )
    if not mine:
        known = campaigns(workspace)
        there = f"there are {', '.join(known)}" if known else "`cpra campaign new` begins one"
        raise NotFound(f'no request belongs to a campaign "{name}"; {there}')
    return mine


def campaigns(workspace: Workspace) -> Mapping[str, int]:
    """The campaigns of a workspace, and how many requests each has."""
    counts: dict[str, int] = {}
    found = rows(workspace)
    try:
        for row in found.requests():
            for word in row.tags.split():
                if word.startswith(TAG):
                    name = word.removeprefix(TAG)
                    counts[name] = counts.get(name, 0) + 1
    finally:
        found.close()
    return counts


def tag(name: str) -> str:
    """The tag by which the requests of a campaign are known."""
    plain = names.slug(name.removeprefix(TAG))
    if not plain:
        raise WrongUsage(f'"{name}" is no name for a campaign; take letters and digits')
    return f"{TAG}{plain}"


def _tags(path: Path) -> tuple[str, ...]:
    """The tags of a request whose log is damaged, if its facts are not."""
    request = folder.load(path).request
    return request.tags if request else ()


def _requests(workspace: Workspace, name: str) -> Iterator[Request]:
    try:
        paths = folders(workspace, name)
    except NotFound:
        return
    for path in paths:
        yield folder.read(path)


def _preview(agency: Agency, row: Row, shared: Shared, number: str, today: date) -> Preview:
    values = {**shared.values, **row.values}
    if problems := shared.template.value_problems(values):
        raise WrongUsage(f"{agency.name}: {'; '.join(problems)}")
    wish = Wish(
        template=shared.template,
        agency=agency,
        values=values,
        subject=row.subject or shared.subject,
        items=shared.items,
        tags=(tag(shared.name), *shared.tags),
        requester=shared.requester,
        language=shared.language,
    )
    # The very function that drafts, so that what is shown is what will be drafted.
    request, letters = drafting.written(wish, number, today)
    letter = letters[drafting.LETTER]
    findings = wording.lint(
        letter,
        request.items,
        request.law,
        agency.kind,
        drafting.wording_rules(),
        statutes.law().authorities,
        request.requester,
    )
    return Preview(agency, wish, request, text(parse(letter)), findings)
