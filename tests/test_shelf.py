"""Every letter that comes with cpra can be written, cites what it may, and passes the check."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from cpra import statutes
from cpra.core import wording
from cpra.core.request import Requester
from cpra.errors import WrongUsage
from cpra.letters import checking, example
from cpra.letters.facts import Facts
from cpra.letters.forms import write_forms
from cpra.letters.letter import parse
from cpra.letters.render import render
from cpra.letters.template import Template, find, names, reading_copy

LAWS = {"cpra", "foia", "rule-10.500", "lora", "ipa"}
EVERY = names(None)
AUTHORITIES = statutes.law().authorities
RULES = wording.read(
    statutes.text("wording.toml"),
    "wording.toml",
    statutes.exemptions(),
)
TOPICS = {
    "alpr-policy",
    "alpr-access-logs",
    "alpr-sharing",
    "vendor-contracts",
    "ice-communications",
    "ice-detainers",
    "joint-task-forces",
    "fusion-center-governance",
    "federal-user-accounts",
    "body-camera-sharing",
    "critical-incident-recording",
    "immigration-directives",
    "sanctuary-implementation",
    "military-equipment",
    "police-commission",
    "retention-settings",
    "misconduct-records",
    "foia-immigration",
}
GENERAL = {"general", "general-foia", "general-court", "general-legislature", "general-own-records"}


def written(template: Template) -> str:
    facts = example.facts(template, AUTHORITIES)
    return render(template, example.values(template), facts, AUTHORITIES)


def test_there_is_a_request_for_every_topic_and_every_law() -> None:
    requests = {name for name in EVERY if find(name, None).kind == "request"}

    assert requests == TOPICS | GENERAL
    assert {find(name, None).law for name in GENERAL} == LAWS


@pytest.mark.parametrize("name", EVERY)
def test_every_authority_is_in_the_law_data_and_may_be_printed(name: str) -> None:
    template = find(name, None)

    assert checking.check(template, AUTHORITIES) == ()
    assert checking.all_cited(template)


@pytest.mark.parametrize("name", EVERY)
def test_the_letter_check_finds_nothing_in_it(name: str) -> None:
    template = find(name, None)
    facts = example.facts(template, AUTHORITIES)
    found = wording.lint(
        written(template),
        facts.items if template.kind == "request" else (),
        template.law,
        facts.agency.kind,
        RULES,
        AUTHORITIES,
        facts.requester,
        follow_up=template.kind == "letter",
    )

    assert [f"{one.where}: {one.text}" for one in found] == []


@pytest.mark.parametrize("name", EVERY)
def test_it_says_for_whom_it_is_and_what_it_asks(name: str) -> None:
    template = find(name, None)

    assert template.law in LAWS
    assert len(template.title) <= 90
    for variable in template.variables:
        assert variable.explanation[0].islower()
        assert not variable.explanation.endswith(".")
        assert variable.ask[0].isupper()


@pytest.mark.parametrize("name", sorted(TOPICS))
def test_a_topic_asks_for_describable_records_in_a_closed_period(name: str) -> None:
    template = find(name, None)
    letter = parse(written(template))
    dates = [variable for variable in template.variables if variable.check == "date"]

    assert 3 <= len(letter.items) <= 5
    assert [item.number for item in letter.items] == list(range(1, len(letter.items) + 1))
    assert all("?" not in item.paragraphs[0].text for item in letter.items)
    assert all(re.search(r"\b20\d\d\b", item.paragraphs[0].text) for item in letter.items)
    assert [variable.name for variable in dates] in (["from", "to"], ["date"])
    if dates[-1].name == "to":
        assert dates[-1].after == "from"
        assert dates[-1].at_most


def anonymous(known: Facts) -> Facts:
    """The same request from somebody who gives an address to answer to and no name."""
    return replace(known, requester=Requester(email=example.REQUESTER.email))


@pytest.mark.parametrize("name", [name for name in EVERY if name != "general-own-records"])
def test_a_requester_who_gives_no_name_can_send_it(name: str) -> None:
    template = find(name, None)
    facts = example.facts(template, AUTHORITIES)
    nameless = anonymous(facts)
    letter = parse(render(template, example.values(template), nameless, AUTHORITIES))

    assert "Ana Example" not in str(letter)
    assert letter.signature in ((), ("The requester",))


def test_a_request_for_ones_own_records_needs_the_name() -> None:
    template = find("general-own-records", None)
    nameless = anonymous(example.facts(template, AUTHORITIES))

    with pytest.raises(WrongUsage, match="needs your name"):
        render(template, example.values(template), nameless, AUTHORITIES)


def test_no_letter_counts_days_itself() -> None:
    """The number of days comes from the law data, which knows when it changes."""
    templates = files("cpra.templates")
    counted = re.compile(r"\b(?:\d+|ten|fourteen|twenty|forty-five) (?:\w+ )?days\b", re.IGNORECASE)
    for folder in ("requests", "letters", "parts"):
        for at in templates.joinpath(folder).iterdir():
            if at.name.endswith(".md"):
                body = at.read_text(encoding="utf-8").rpartition("\n+++\n")[2]
                assert counted.findall(body) == [], at.name


def test_no_letter_types_a_citation_itself() -> None:
    """A section or a case comes from the law data, with its status, through `law()`."""
    typed = re.compile(r"§|\bU\.S\.C\.|\b\d{4}\.\d{3}\b|\bv\. [A-Z]|\bCal\.\d")
    for folder in ("requests", "letters", "parts"):
        for at in files("cpra.templates").joinpath(folder).iterdir():
            if at.name.endswith(".md"):
                body = at.read_text(encoding="utf-8").rpartition("\n+++\n")[2]
                assert typed.findall(re.sub(r"\{\{.*?\}\}", "", body)) == [], at.name


@pytest.mark.parametrize("name", EVERY)
def test_all_three_forms_can_be_made_of_it(tmp_path: Path, name: str) -> None:
    path = tmp_path / "letter.md"
    path.write_text(written(find(name, None)), encoding="utf-8")
    paths, problems = write_forms(path)

    assert {made.suffix for made in paths} == {".txt", ".docx", ".pdf"}
    assert problems == ()


@pytest.mark.parametrize("name", sorted(TOPICS | GENERAL))
def test_a_request_fits_on_two_pages(tmp_path: Path, name: str) -> None:
    import pypdfium2

    path = tmp_path / "letter.md"
    path.write_text(written(find(name, None)), encoding="utf-8")
    write_forms(path)
    pdf = pypdfium2.PdfDocument(path.with_suffix(".pdf"))
    pages = len(pdf)
    pdf.close()

    assert pages <= 2


@pytest.mark.parametrize("name", EVERY)
def test_its_questions_can_be_read_in_spanish(name: str) -> None:
    template = find(name, None)
    spoken = template.spoken("es")

    assert spoken.title != template.title
    for english, spanish in zip(template.variables, spoken.variables, strict=True):
        assert spanish.ask_es, english.name
        assert spanish.explanation != english.explanation, english.name


def test_the_general_request_has_a_spanish_reading_copy_of_the_same_facts() -> None:
    template = find("general", None)
    spanish = reading_copy(template)
    assert spanish is not None
    facts = example.facts(template, AUTHORITIES)
    english = parse(written(template))
    read = parse(render(spanish, example.values(template), facts, AUTHORITIES))

    assert read.items == english.items
    assert read.to == english.to
    assert read.dated == "15 de septiembre de 2026"
    assert checking.all_cited(spanish) == checking.all_cited(template)
    assert len(read.body) == len(english.body) + 1
    assert read.closing == "Atentamente,"
