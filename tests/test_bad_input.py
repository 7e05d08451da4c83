"""Bad input, typed: one sentence that says what to do, the right exit code, nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cpra import checks
from cpra.workspace import Workspace
from tests.refusing import (
    NEW,
    ON,
    RECORD,
    now,
    refused,
    request,
    workspace,
)
from tests.running import FORKS, TODAY, cpra

POSIX = pytest.mark.skipif(not FORKS, reason="Windows has neither these files nor these limits")


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A workspace for one test."""
    with workspace(tmp_path / "records") as made:
        yield made


# The workspace


def test_without_a_workspace(tmp_path: Path) -> None:
    for words in (("list",), ("show", "1"), NEW, RECORD, ("check",), ("agency", "list")):
        refused(tmp_path, *words, code=3, says="`cpra init` makes one here, or name one with")
    refused(
        tmp_path, "--workspace", "nowhere", "list", code=3, says="`cpra init nowhere` makes one"
    )
    ran = cpra("list", cwd=tmp_path, env={"CPRA_WORKSPACE": "nowhere"})
    assert (ran.code, list(tmp_path.iterdir())) == (3, [])


def test_a_damaged_or_newer_workspace(root: Path) -> None:
    marker = root / "requests" / "cpra.toml"
    for text, says in (
        ("format = 9\n", "has format 9, and this cpra knows formats up to 1; update cpra"),
        ("format = 0\n", "has format 0, and the first format was 1; write `format = 1`"),
        ("format = 1\nfromat = 2\n", 'cpra.toml, line 2: there is no key "fromat" here; did you'),
        ("format = \n", "cpra.toml, line 1: this is not valid TOML"),
    ):
        marker.write_text(text, encoding="utf-8")
        for words in (("list",), NEW, RECORD, ("check",)):
            refused(root, *words, code=5, says=says)


def test_a_command_or_an_option_that_is_none(root: Path) -> None:
    refused(root, "sned", "1", code=2, says='there is no command "sned". Did you mean "')
    refused(root, "xyzzy", code=2, says='there is no command "xyzzy". `cpra --help` lists them.')
    refused(root, "list", "--opne", code=2, says="'--open'?) (`cpra list --help`)")
    refused(root, "record", "1", code=2, says="cpra record needs EVENT, one of received, ")
    refused(root, "--today", "2026-02-30", "due", code=2, says='"2026-02-30" is not a date; expec')


# Templates, agencies, ids, kinds


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("new", "generall"), 3, 'there is no template "generall"; did you mean general'),
        (("new", "../general"), 3, 'there is no template "../general"; did you mean general'),
        (("new", "general", "--no-input"), 2, "who is asked? Give --agency NAME"),
        (("new", "general", "--agency", "lapdd"), 3, '"lapdd" is not in the address book. Did you'),
        (("new", "general", "--agency", "Qqqq"), 3, '`cpra agency add "Qqqq"` adds it'),
        ((*NEW, "--set", "about"), 2, '--set takes KEY=VALUE, not "about"'),
        ((*NEW, "--set", "=x"), 2, '--set takes KEY=VALUE, not "=x"'),
        ((*NEW, "--set", "abuot=x"), 2, 'no blank called "abuot"; did you mean "about"?'),
        (NEW[:-2], 2, "general: about is still needed"),
        ((*NEW, "--set", "about=x", "--set", "from=2026-02-30"), 2, '"2026-02-30" is not a date'),
        ((*NEW, "--set", "about=x", "--item", " "), 2, "an item needs words"),
        ((*NEW, "--set", "about=\udcff"), 2, "holds bytes that are no text (UTF-8)"),
        ((*NEW, "--set", "about=x", "--subject", "\udcff"), 2, "holds bytes that are no text"),
    ],
)
def test_a_wish_that_cannot_be_drafted(
    root: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    refused(root, *words, code=code, says=says)


def test_an_agency_that_cannot_be_added(root: Path) -> None:
    refused(root, "agency", "add", " ", code=2, says="an agency needs a name")
    refused(
        root, "agency", "add", "X", "--kind", "town", code=2, says="'town' is not one of 'city'"
    )
    words = ("agency", "add", "Another", "--alias", "LAPD")
    refused(root, *words, code=4, says="already in the address book as lapd")
    refused(root, "agency", "add", "\udcff", code=2, says="holds bytes that are no text (UTF-8)")


@pytest.mark.parametrize("typed", ["99", "zz", "²", "1e3", "../..", "2026-0001-x", "\udcff"])
@pytest.mark.parametrize(
    "words", [("show", "ID"), ("record", "ID", "closed", *ON), ("file", "ID", "in/more.txt")]
)
def test_an_id_that_is_none(root: Path, words: tuple[str, ...], typed: str) -> None:
    command = [typed if word == "ID" else word for word in words]
    refused(root, *command, code=3, says="; `cpra list` shows them all")


def test_a_piece_of_a_name_that_fits_several(root: Path) -> None:
    refused(root, "show", "lapd", code=3, says='"lapd" fits 2 requests: 2026-0001-lapd-towing, ')


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("record", "1", "nope", *ON), 2, "'nope' is not one of 'received', "),
        (("record", "1", "sent", *ON), 2, "'sent' is not one of"),
        (("record", "1", "closed"), 2, "cpra record needs --on DATE. Example: "),
        (("record", "1", "closed", *ON, "--until", "2026-10-02"), 2, '"closed" has no until'),
        (("record", "1", "denied", *ON, "--item", "7"), 3, "has no item 7; it has item 1"),
        (("record", "1", "denied", *ON, "--item", "x"), 2, "'x' is not a valid integer"),
        (("record", "1", "produced", *ON, "--installment", "0"), 2, "0 is not in the range x>=1"),
        (("record", "1", "voided", *ON), 2, "Give --line N; `cpra timeline` shows the numbers"),
        (("record", "1", "voided", *ON, "--line", "77"), 3, "the log has no line 77"),
        (("record", "1", "closed", *ON, "--file", "nope.pdf"), 3, "nope.pdf is not there"),
        (("sent", "2", *ON), 2, "cpra sent needs --via WAY, one of email, portal,"),
        (("sent", "2", *ON, "--via", "pigeon"), 2, "'pigeon' is not one of 'email'"),
        (("file", "1", "in/more.txt", *ON, "--as", "stuff"), 2, "'stuff' is not one of 'records'"),
        (("file", "1", "in/more.txt", *ON, "--limit", "much"), 2, '"much" is no size; write it'),
        (("search", ""), 2, "there is no word to search for; type one that must stand on the page"),
        (
            ("search", "NOT", "draft"),
            2,
            "to search for (a search that only says NOT: it would mean",
        ),
        (("timeline", "1", "--output", "in/more.txt"), 5, "in/more.txt is there already"),
        (("timeline", "1", "--output", "no/where.txt"), 3, "there is no folder no to write it"),
    ],
)
def test_words_that_mean_nothing(root: Path, words: tuple[str, ...], code: int, says: str) -> None:
    refused(root, *words, code=code, says=says)


# Days


@pytest.mark.parametrize(
    "day",
    ["2026-02-30", "2026-13-01", "0000-00-00", "soon", "31/12/2026", "Feb 30", "in 9999 years", ""],
)
def test_an_impossible_day_is_refused_with_what_was_expected(root: Path, day: str) -> None:
    says = f'"{day}" is not a date; expected something like 2026-03-02, "Mar 2", 3/2/2026'
    for words in (
        ("record", "1", "closed"),
        ("sent", "2", "--via", "email"),
        ("file", "1", "in/more.txt"),
    ):
        refused(root, *words, "--on", day, code=2, says=says)


def test_a_time_that_is_none(root: Path) -> None:
    words = ("record", "1", "closed", *ON, "--at", "25:00")
    refused(
        root, *words, code=2, says='"25:00" is not a time of day; expected something like 17:30'
    )


@pytest.mark.parametrize("day", ["tomorrow", "2026-11-25", "9999-12-31"])
def test_a_day_that_has_not_come(root: Path, day: str) -> None:
    for words in (
        ("record", "1", "closed"),
        ("sent", "2", "--via", "email"),
        ("file", "1", "in/more.txt"),
    ):
        refused(root, *words, "--on", day, code=2, says="has not come yet (today is 2026-11-24)")


# The order of things


def test_an_event_before_the_request_was_sent(root: Path) -> None:
    early = ("--on", "2026-09-14")
    says = "2026-0001 was sent on 2026-09-15, so it cannot have been"
    refused(root, "record", "1", "acknowledged", *early, code=4, says=says)
    refused(root, "file", "1", "in/more.txt", *early, code=4, says=says)
    says = 'is drafted; "acknowledged" comes after it was sent (`cpra sent 2 --on DATE --via'
    refused(root, "record", "2", "acknowledged", "--on", TODAY, code=4, says=says)
    refused(root, "file", "2", "in/more.txt", "--on", TODAY, code=4, says="comes after it was sent")


def test_a_letter_that_cannot_have_been_sent(root: Path) -> None:
    sent = ("sent", "2", "--on", "2026-11-20", "--via", "email")
    refused(root, "sent", "1", *sent[2:], code=4, says="only a draft can be sent")
    refused(root, *sent, "--letter", "late", code=4, says="its request goes out before a follow-up")
    refused(root, *sent, "--file", "nope.pdf", code=3, says="nope.pdf is not there")
    draft = request(root, 2) / "draft" / "letter.md"
    draft.write_text("something else", encoding="utf-8")
    refused(root, *sent, code=4, says="was changed after the Word, PDF and text forms were made")
    draft.write_bytes(b"\xff\xfe")
    refused(root, *sent, code=5, says="letter.md is not UTF-8; save it as UTF-8")
    refused(root, "lint", "2", code=5, says="letter.md is not UTF-8; save it as UTF-8")
    refused(root, "edit", "2", code=5, says="letter.md is not UTF-8; save it as UTF-8")
    draft.unlink()
    refused(root, *sent, code=3, says="has no draft/letter.md; give what you sent with --file")
    refused(root, "edit", "2", code=3, says="has no draft/letter.md to edit")


def test_a_letter_that_was_sent_is_not_edited(root: Path) -> None:
    refused(root, "edit", "1", code=4, says="only a draft can be edited. What was sent is kept")


def test_the_name_of_a_letter_leads_nowhere_else(root: Path) -> None:
    words = ("sent", "1", "--on", "2026-11-20", "--via", "email", "--letter", "../../../evil")
    refused(root, *words, code=3, says="letter.md")
    now(root, *words, "--file", "in/more.txt")
    assert not list(root.parent.rglob("evil"))
    report = checks.check(Workspace(root))
    assert (report.damage, report.unfinished) == ((), ())
