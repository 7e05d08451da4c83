"""What the lists tell a requester to type works: for every clock, when it is late and later."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpra import statutes
from cpra.agencies import LAW_NAMES
from cpra.core.calendar import Office
from cpra.core.deadlines import deadlines
from cpra.core.examples import outcome
from cpra.core.rules import Kind, Rule
from cpra.letters import fitting
from cpra.letters.fitting import choices
from cpra.letters.story import story
from cpra.letters.template import find
from cpra.letters.upcoming import upcoming
from cpra.reports.agenda import next_letter
from tests.logs import lines, told
from tests.typed import Desk, desk

LAW = statutes.law()
RULES = [rule for rule in LAW.rules if rule.law in LAW_NAMES and not rule.bill]
SAID = re.compile(r"`cpra ([^`]+)`|cpra (follow-up \d+|edit \d+ --letter \S+)")


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    return desk(tmp_path)


def put(space: Desk, rule: Rule, log: tuple[str, ...]) -> None:
    """A request under that rule's law with this log, as its example has it."""
    place = space.requests / "2026-0001-epd-example"
    place.mkdir()
    tags = f'tags = ["{rule.tag}"]\n' if rule.tag else ""
    facts = f'id = "2026-0001"\nagency = "epd"\nlaw = "{rule.law}"\nsubject = "Records"\n{tags}'
    (place / "request.toml").write_text(
        f'{facts}[requester]\nemail = "ana@records.example"\n[[item]]\nn = 1\ntext = "The log."\n',
        encoding="utf-8",
    )
    text = "".join(f"{line}\n" for line in lines("\n".join(log)))
    (place / "events.jsonl").write_text(text, encoding="utf-8", newline="\n")


def hinted(space: Desk, today: str) -> Iterator[list[str]]:
    """Every command that the lists name on that day, as it would be typed."""
    said = "".join(
        space.done(*command, today=today)
        for command in (("due", "--all"), ("show", 1), ("list",), ("remind",))
    )
    for quoted, plain in dict.fromkeys(SAID.findall(said)):
        words = quoted or plain
        yield shlex.split(words.replace("DATE", today).replace("ID", "1"))


def works(space: Desk, words: list[str], today: str) -> None:
    """Type it; a letter that has to be told something is told what its own example says."""
    if words[0] == "follow-up":
        planned = space.done(*words, "--dry-run", today=today)
        letter = find(planned.partition(":")[0], None)
        for variable in letter.variables:
            if not variable.default:
                words += ["--set", f"{variable.name}={variable.example}"]
        words += ["--no-input"]
    space.done(*words, today=today)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.id}-{rule.since or 'first'}")
def test_every_command_that_is_named_beside_a_date_works(rule: Rule, space: Desk) -> None:
    example = rule.examples[0]
    found = outcome(example, rule, LAW)
    assert found is not None
    begun = example.log if "sent" in example.log[0] else (f"{example.log[0][:10]} sent via=hand",)
    put(space, rule, (*begun, *(line for line in example.log if line not in begun)))
    typed = 0
    for later in (1, 40):
        today = (found.latest + timedelta(days=later)).isoformat()
        for words in hinted(space, today):
            works(space, words, today)
            typed += 1
    assert typed


def test_a_late_record_about_a_death_in_custody_has_its_letter(space: Desk) -> None:
    rule = LAW.rule("cpra.custody-records", date(2026, 10, 1))
    put(space, rule, ("2026-10-01 sent via=email", "2026-10-09 determined disclosable=all"))
    due = space.done("due", today="2026-11-20")
    assert "custody-death records were due Mon Nov 16" in due
    assert "cpra follow-up 1 drafts the next letter: custody-records" in due
    space.done("follow-up", 1, "--no-input", today="2026-11-20")
    letter = space.requests / "2026-0001-epd-example/draft/custody-records/letter.txt"
    text = " ".join(letter.read_text(encoding="utf-8").split())
    assert "lawfully delayed ended on Monday, November 16, 2026" in text
    assert "Pen. Code § 832.10" in text
    again = space.done("due", today="2026-11-21")
    assert "cpra edit 1 --letter custody-records opens the letter that you drafted" in again


@pytest.mark.parametrize("letter", ["", "letter=late"])
def test_of_a_message_of_unknown_outcome_the_right_command_is_named(
    letter: str, space: Desk
) -> None:
    rule = LAW.rule("cpra.determination", date(2026, 9, 15))
    sending = f"2026-10-01 sending via=email {letter}".strip()
    put(space, rule, ("2026-09-15 sent via=email", sending))
    said = space.done("remind", today="2026-10-02")
    (words,) = re.findall(r"cpra (send 1 .*) or --was not-sent", said)
    space.done(*words.split(), today="2026-10-02")
    assert "say whether" not in space.done("remind", today="2026-10-02")


def test_no_letter_is_promised_while_the_last_one_has_its_time(space: Desk) -> None:
    rule = LAW.rule("cpra.determination", date(2026, 9, 15))
    put(space, rule, ("2026-09-15 sent via=email", "2026-10-01 letter-sent letter=late"))
    assert "drafts the next letter" not in space.done("due", today="2026-10-05")
    assert "drafts the next letter: demand" in space.done("due", today="2026-10-09")


def test_every_date_to_watch_says_in_words_what_it_is() -> None:
    watched = [rule for rule in RULES if rule.kind is Kind.WATCH]
    assert watched
    assert [rule.id for rule in watched if len(rule.label.split()) < 4] == []


EVENTS = (
    *("acknowledged", "clarification-asked", "clarification-answered", "fee-quoted amount=$5"),
    *("extended until=2026-12-30", "determined", "determined estimated=2026-10-20"),
    *("promised estimated=2026-11-02", "denied", "denied items=1", "none-found items=2"),
    *("produced items=1", "closed", "reopened", "appeal-filed", "withdrawn"),
    *(f"letter-sent letter={name}" for name in ("late", "demand", "denial", "production")),
)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(EVENTS)), max_size=6, unique_by=lambda e: e[0]
    )
)
@settings(deadline=None, max_examples=60)
def test_the_letter_of_a_day_is_the_one_that_follow_up_would_choose(
    happened: list[tuple[int, str]],
) -> None:
    first = date(2026, 9, 15)
    days = [f"{first + timedelta(days=n)} {words}" for n, words in sorted(happened)]
    request = told("\n".join(["2026-09-15 sent via=email", *days]), items=2)
    found = deadlines(request, LAW, Office())
    turns = " ".join(f"{turn.since} {turn.letter or '-'}" for turn in upcoming(request, found, LAW))
    for later in range(0, 120, 3):
        today = first + timedelta(days=later)
        known = story(request, found, LAW, statutes.exemptions(), today)
        fits = choices(request, known, today)
        assert next_letter(turns, today) == (fits[0].letter if fits else "")


def test_under_a_law_without_letters_none_is_promised() -> None:
    assert not fitting.has_letters("ipa")
    request = told("2026-09-15 sent via=email")
    assert upcoming(request, deadlines(request, LAW, Office()), LAW)
