"""Draft a request from a template; make a changed draft's forms again; check a draft's wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from cpra import agencies, disk, folder, statutes
from cpra.actions import agencies as book
from cpra.agencies import Agency
from cpra.core import names, wording
from cpra.core.events import Event
from cpra.core.items import Item
from cpra.core.request import Request, Requester, Status
from cpra.core.wording import Finding
from cpra.errors import BadFile, NotFound, Problem, Refused, WrongUsage
from cpra.index import rows
from cpra.letters import render
from cpra.letters.by_hand import changed_by_hand
from cpra.letters.facts import Addressee, Facts
from cpra.letters.forms import LETTERHEAD, word_form, write_forms
from cpra.letters.story import time_limit
from cpra.letters.template import Template, reading_copy, shelf
from cpra.letters.text import text
from cpra.workspace import Workspace, lock, next_id, shown

LETTER = "letter.md"
READING_COPY = "letter.es.txt"
"""The Spanish text of the letter, to read along with; what goes is the English one."""

NOTES = """\
Notes on {id}. This page is yours: cpra reads it only when it searches.
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A request that is ready to be read over and sent."""

    request: Request
    path: Path
    forms: tuple[Path, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the requester wants drafted."""

    template: Template
    agency: Agency
    values: Mapping[str, str]
    subject: str = ""
    items: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    requester: Requester
    language: str = "en"
    """in another one than English there is a copy to read along with, where the template has it"""


def new(workspace: Workspace, wish: Wish, today: date, recorded: str) -> Draft:
    """Draft a request in a folder of its own; the folder appears whole or not at all."""
    if not all(item.strip() for item in wish.items):
        raise WrongUsage("an item needs words: what record do you ask for?")
    with lock(workspace.requests), disk.telling("drafting the request"):
        folder.clear_partials(workspace.requests)
        number = next_id(today.year, folder.ids(workspace))
        request, letters = written(wish, number, today)
        with disk.staging(workspace.requests) as built:
            _fill(built, request, _kept(wish), letters, today, recorded)
            forms, problems = write_forms(built / "draft" / LETTER, workspace.templates)
            # Only now is sure that there will be a request: a wrong wish changes nothing.
            book.adopt(workspace, wish.agency)
            path = workspace.requests / _name(request)
            disk.move_new(built, path)
    placed = tuple(path / "draft" / form.name for form in forms)
    loaded = folder.read(path)
    rows.touch(workspace, path)
    told = tuple(_shown(workspace, problem, path / "draft") for problem in problems)
    return Draft(loaded, path, placed, lint(workspace, path), told)


def made_again(
    workspace: Workspace, path: Path, today: date, recorded: str, follow_up: str = ""
) -> Draft:
    """Make a draft's forms from its letter.md as it now stands, and log that it was edited.

    With `follow_up` it is the draft of that letter, which the log does not know yet. A letter.docx
    that was changed by hand is not lost: it is kept beside the new one.
    """
    with lock(path), disk.telling("making the letter's forms"):
        letter = letter_of(path, folder.read(path), follow_up)
        folder.clear_partials(path / "draft")
        kept = _kept_word(letter, workspace.templates)
        forms, problems = write_forms(letter, workspace.templates)
        if not follow_up:
            folder.append(path, Event(kind="edited", on=today, recorded=recorded))
    rows.touch(workspace, path)
    findings = lint(workspace, path, follow_up)
    told = tuple(_shown(workspace, one, letter.parent) for one in (*kept, *problems))
    return Draft(folder.read(path), path, forms, findings, told)


def _shown(workspace: Workspace, problem: Problem, place: Path) -> Problem:
    """What is wrong with a form, told by where that form is for the requester."""
    name = Path(problem.path).name
    where = workspace.templates if name == LETTERHEAD else place
    return replace(problem, path=shown(where / name, workspace))


def letter_of(path: Path, request: Request, follow_up: str = "") -> Path:
    """The letter.md that may be changed; what was sent stays as it was sent."""
    letter = path / "draft" / follow_up / LETTER
    if not follow_up and request.status is not Status.DRAFTED:
        drafts = sorted(one.parent.name for one in letter.parent.glob(f"*/{LETTER}"))
        way = f". A follow-up: `cpra edit {request.number} --letter {drafts[0]}`" if drafts else ""
        raise Refused(
            f"{request.id} is {request.status}; only a draft can be edited. "
            f"What was sent is kept as it was sent{way}"
        )
    if Path(follow_up).name != follow_up or not letter.is_file():
        hint = f" (`cpra follow-up {request.number} {follow_up}` drafts it)" if follow_up else ""
        raise NotFound(f"{request.id} has no {letter.relative_to(path).as_posix()} to edit{hint}")
    return letter


def _kept_word(letter: Path, own: Path) -> tuple[Problem, ...]:
    """Keep a letter.docx that somebody changed before a new one takes its place."""
    old = letter.with_suffix(".docx")
    # After a stop in the middle of making the forms, the Word form alone is new.
    if not changed_by_hand(letter) or old.read_bytes() == word_form(letter, own):
        return ()
    for number in count(1):
        kept = letter.with_name(f"letter-by-hand{f'-{number}' if number > 1 else ''}.docx")
        try:
            disk.write_new(kept, old.read_bytes())
        except FileExistsError:
            continue
        break
    return (Problem(str(old), None, f"had been changed by hand; that one is kept as {kept.name}"),)


def lint(workspace: Workspace, path: Path, follow_up: str = "") -> tuple[Finding, ...]:
    """What the letter check has to say about a draft, or about the draft of a follow-up letter."""
    request = folder.read(path)
    agency = agencies.read(workspace).get(request.agency)
    letter = path / "draft" / follow_up / LETTER
    try:
        words = letter.read_text(encoding="utf-8")
    except FileNotFoundError:
        name = letter.relative_to(path).as_posix()
        raise NotFound(f"{request.id} has no {name} to check") from None
    except UnicodeDecodeError:
        raise BadFile(f"{letter} is not UTF-8; save it as UTF-8") from None
    return wording.lint(
        words,
        request.items,
        request.law,
        agency.kind,
        wording_rules(),
        statutes.law().authorities,
        request.requester,
        follow_up=bool(follow_up),
    )


def addressee(agency: Agency) -> Addressee:
    """The agency as a letter addresses it."""
    return Addressee(
        name=agency.name,
        kind=agency.kind,
        address=tuple(line.strip() for line in agency.address.splitlines() if line.strip()),
        email=agency.email,
        fax=agency.fax,
    )


def written(wish: Wish, number: str, today: date) -> tuple[Request, dict[str, str]]:
    """The request with its numbered items, and its letter: file name → text."""
    check_agency(wish.template, wish.agency)
    law = statutes.law()
    facts = Facts(
        today=today,
        id=number,
        agency=addressee(wish.agency),
        requester=wish.requester,
        subject=wish.subject,
        time_limit=time_limit(law, wish.template.law or wish.agency.law, "determination", today),
    )
    authorities = law.authorities
    own = render.items(wish.template, wish.values, facts, authorities)
    items = tuple(Item(n, text) for n, text in enumerate((*own, *wish.items), start=1))
    subject = wish.subject or render.subject(wish.template, wish.values, facts)
    request = Request(
        id=number,
        agency=wish.agency.key,
        law=wish.template.law or wish.agency.law,
        subject=subject,
        template=wish.template.name,
        items=items,
        tags=tuple(dict.fromkeys((*wish.template.tags, *wish.tags))),
        requester=wish.requester,
    )
    facts = replace(facts, subject=subject, items=items)
    letters = {LETTER: render.render(wish.template, wish.values, facts, authorities)}
    copy = reading_copy(wish.template) if wish.language == "es" else None
    if copy is not None:
        letters[READING_COPY] = text(render.compose(copy, wish.values, facts, authorities))
    return request, letters


def check_agency(template: Template, agency: Agency) -> None:
    """Refuse a letter under a law that does not bind the agency; say which letters do."""
    kinds = template.agencies
    if kinds and agency.kind not in kinds:
        fitting = [
            t.name
            for t in shelf(template.library.own)[0]
            if t.law == agency.law and t.kind == "request"
        ]
        raise Refused(
            f"{template.name} is for {_either(kinds)} agencies, and {agency.name} "
            f"is {agency.kind} ({agencies.LAW_NAMES[agency.law]}); "
            f"for it there are: {', '.join(fitting)}"
        )


def _kept(wish: Wish) -> dict[str, str]:
    """The values for request.toml; an empty one only where it keeps the usual value out."""
    usual = {one.name for one in wish.template.variables if one.default}
    return {name: value for name, value in wish.values.items() if value or name in usual}


def general_for(agency: Agency) -> str:
    """The template for a request in one's own words under the agency's law."""
    fitting = [t for t in shelf(None)[0] if t.kind == "request" and t.law == agency.law]
    return min(
        (t.name for t in fitting if t.name.startswith("general")), default="general", key=len
    )


def _either(words: Sequence[str]) -> str:
    """`city`, `city or county`, `city, county or state`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _fill(
    built: Path,
    request: Request,
    values: Mapping[str, str],
    letters: Mapping[str, str],
    today: date,
    recorded: str,
) -> None:
    for name in ("draft", "sent", "answers"):
        disk.make_folder(built / name)
    facts = folder.facts_text(request, values)
    disk.write_new(built / folder.FACTS, facts.encode())
    disk.write_new(built / "notes.md", NOTES.format(id=request.id).encode())
    for name, words in letters.items():
        disk.write_new(built / "draft" / name, words.encode())
    folder.append(built, Event(kind="drafted", on=today, recorded=recorded))


def _name(request: Request) -> str:
    """The folder's name: for people. The id stands in request.toml."""
    agency = names.slug(request.agency, 20)
    own_words = not request.template or request.template.startswith("general")
    what = names.slug(request.subject if own_words else request.template, 30)
    return "-".join(part for part in (request.id, agency, what) if part)


@cache
def wording_rules() -> wording.WordingRules:
    """The rules of the letter check, with the ledger of exemptions they know sections by."""
    ledger = statutes.exemptions()
    return wording.read(statutes.text("wording.toml"), "wording.toml", ledger)
