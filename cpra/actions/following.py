"""Draft the next letter of a request: the right one, or the one asked for if it is right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from cpra import agencies, disk, folder, statutes
from cpra.actions.drafting import addressee
from cpra.core.deadlines import deadlines
from cpra.core.request import Request
from cpra.core.words import date_words
from cpra.errors import NotFound, Problem, Refused
from cpra.letters import fitting, render, template
from cpra.letters.facts import Facts
from cpra.letters.fitting import Choice
from cpra.letters.forms import write_forms
from cpra.letters.story import story, time_limit
from cpra.letters.template import Template
from cpra.workspace import Workspace, lock


@dataclass(frozen=True, slots=True)
class Planned:
    """A letter that may be written now, and what it may say."""

    request: Request
    facts: Facts
    template: Template
    why: str
    """why it is the right one; empty where the requester chose it"""
    others: tuple[Choice, ...]
    """the letters that would fit as well"""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up letter that is ready to be read over and sent."""

    plan: Planned
    path: Path
    forms: tuple[Path, ...]
    warnings: tuple[str, ...]
    """what the requester should know before it is sent"""
    problems: tuple[Problem, ...]


def plan(workspace: Workspace, path: Path, letter: str, today: date) -> Planned:
    """The letter that is asked for, or the right next one; Refused where it would be wrong."""
    request = folder.read(path)
    facts = what_is_known(workspace, request, today)
    fitting_now = fitting.choices(request, facts.story, today)
    if letter:
        found = _named(letter, workspace, request, facts)
        others = tuple(choice for choice in fitting_now if choice.letter != letter)
        return Planned(request, facts, found, "", others)
    if not fitting_now:
        raise Refused(_nothing_to_write(request, facts, today))
    first, *rest = fitting_now
    found = template.find(first.letter, workspace.templates)
    return Planned(request, facts, found.dated(today), first.why, tuple(rest))


def going(plan: Planned, via: str) -> Planned:
    """The same plan for a letter that leaves another way."""
    return replace(plan, facts=replace(plan.facts, via=via)) if via else plan


def write(
    workspace: Workspace,
    path: Path,
    plan: Planned,
    values: Mapping[str, str],
    anew: bool = False,
) -> FollowUp:
    """Write the planned letter into draft/NAME/.

    A draft of it that stands there may have been edited: it is replaced only once it was sent, or
    when the requester says so with `anew`.
    """
    text = render.render(plan.template, values, plan.facts, statutes.law().authorities)
    with lock(path), disk.telling("drafting the letter"):
        draft = path / "draft"
        if not draft.is_dir():
            disk.make_folder(draft)
        place = draft / plan.template.name
        if not place.is_dir():
            disk.make_folder(place)
        folder.clear_partials(place)
        letter = place / "letter.md"
        if not anew:
            _check_place(path, letter, plan)
        disk.replace(letter, text.encode("utf-8"))
        forms, problems = write_forms(letter, workspace.templates)
    return FollowUp(plan, place, forms, tuple(_warnings(plan)), problems)


def check_place(path: Path, plan: Planned) -> None:
    """Refuse, before anything is asked, to write over a draft of this letter."""
    _check_place(path, path / "draft" / plan.template.name / "letter.md", plan)


def _check_place(path: Path, letter: Path, plan: Planned) -> None:
    try:
        there = hashlib.sha256(letter.read_bytes()).hexdigest()
    except OSError:
        return
    log = folder.load(path).log
    if not any(there in event.files.values() for event in log):
        number, name = plan.request.number, plan.template.name
        raise Refused(
            f"a draft of it stands in {letter.parent.relative_to(path.parent.parent).as_posix()}, "
            f"and may be edited: `cpra edit {number} --letter {name}` opens it, "
            f"`cpra follow-up {number} {name} --anew` writes it anew"
        )


def what_is_known(workspace: Workspace, request: Request, today: date) -> Facts:
    """Everything that a letter about a request may say today."""
    law = statutes.law()
    agency = agencies.read(workspace).get(request.agency)
    ledger = statutes.exemptions()
    found = deadlines(request, law, agency.office)
    told = story(request, found, law, ledger, today)
    counted_from = told.received or told.sent or today
    return Facts(
        today=today,
        id=request.id,
        agency=addressee(agency),
        requester=request.requester,
        subject=request.subject,
        items=request.open_items or request.items,
        via=_via(request),
        reference=request.references[-1] if request.references else "",
        time_limit=time_limit(law, request.law, "determination", counted_from),
        extension_limit=time_limit(law, request.law, "extension", counted_from),
        story=told,
    )


def _via(request: Request) -> str:
    """A follow-up goes the way that the last letter went."""
    last = request.last("sent", "letter-sent")
    return last.via if last else ""


def _named(letter: str, workspace: Workspace, request: Request, facts: Facts) -> Template:
    """The letter of that name, if it is right for this request."""
    if letter in ("appeal", "cpra-appeal") and request.law != "foia":
        raise Refused(fitting.no_appeal(request))
    found = template.find(letter, workspace.templates)
    if found.kind != "letter":
        raise NotFound(f"{letter} is a request, not a follow-up (cpra new {letter})")
    if found.law != request.law:
        if letter == "foia-appeal":
            raise Refused(fitting.no_appeal(request))
        raise Refused(f"{letter} is a letter under another law than that of {request.id}")
    if why := fitting.refusal(letter, request, facts):
        raise Refused(why)
    return found.dated(facts.today)


def _nothing_to_write(request: Request, facts: Facts, today: date) -> str:
    """Why there is no letter to propose."""
    if facts.story.sent is None:
        return fitting.refusal("late", request, facts)
    if not fitting.has_letters(request.law):
        return (
            f"cpra has no follow-up letters under the law of {request.id}. What is due, and by "
            f"which rule: cpra explain {request.number}"
        )
    if not request.is_open:
        return f"{request.id} is {request.status}: nothing calls for a letter"
    way = "`cpra template list --kind letter` shows the letters you can ask for by name"
    due, letters = facts.story.due, facts.story.letters
    if due and due.items and not due.late:
        if due.due >= today:
            when = f"is due {date_words(due.due)}"
        else:
            when = f"was due {date_words(due.due)}, and late only after {date_words(due.latest)}"
        return f"nothing calls for a letter yet: the determination of {request.id} {when}. {way}"
    if letters and today <= letters[-1].on + fitting.PATIENCE:
        last, again = letters[-1], letters[-1].on + fitting.PATIENCE + timedelta(days=1)
        return (
            f"nothing calls for a letter in {request.id} yet: {last.text} went "
            f"{date_words(last.on)}. If no answer comes, the next one is drafted from "
            f"{date_words(again)}. {way}"
        )
    return f"nothing calls for a letter in {request.id}. {way}"


def _warnings(plan: Planned) -> list[str]:
    """The template's own warning, and what speaks against an argument that the letter makes."""
    found = [plan.template.warning] if plan.template.warning else []
    if plan.template.name == "denial":
        found += [
            f"{warning.point} ({warning.authority})" if warning.authority else warning.point
            for denial in plan.facts.story.denials
            for warning in denial.warnings
        ]
    return list(dict.fromkeys(found))
