"""What a person meets in the first days: what it says, and what it lets them do next."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import docx
import pypdfium2
import pytest
from click.testing import CliRunner

from cpra import statutes
from cpra.agencies import KINDS
from cpra.cli import COMMANDS, cli
from cpra.cli.dates import read
from cpra.cli.record import WORDS
from cpra.core.events import RECORDED_KINDS
from cpra.letters import example
from cpra.letters.by_hand import changed_by_hand
from cpra.letters.forms import write_forms
from cpra.letters.render import render
from cpra.letters.template import find, names
from cpra.mail.providers import PROVIDERS
from cpra.reports.gaps import bates_gaps, stamps
from tests.terminal import typed_at_terminal
from tests.typed import Desk, desk


@pytest.fixture
def space(tmp_path: Path) -> Desk:
    """A workspace with a police department of a city and a federal office."""
    made = desk(tmp_path / "records")
    made.done("agency", "add", "Exampleville Police Department", "--alias", "EPD", "--kind", "city")
    made.done("agency", "add", "Example Bureau", "--alias", "EB", "--kind", "federal")
    return made


def drafted(space: Desk, template: str, agency: str) -> None:
    """A request in one's own words for one policy."""
    item = "The policy on tow trucks in force on March 1, 2026"
    space.done("new", template, "--agency", agency, "--item", item, "--no-input")


def test_a_federal_agency_passing_a_request_on_is_explained_and_on_no_list(space: Desk) -> None:
    drafted(space, "general-foia", "EB")
    said = space.done("sent", 1, "--on", "2026-09-01", "--via", "email")

    assert "Next: determination was due Wed Sep 30, 2026, late after Thu Oct 15, 2026" in said
    for command in (("due",), ("list",), ("show", 1)):
        assert "routing" not in space.done(*command, today="2026-12-01")
    explained = space.done("explain", 1)
    assert "Routing of the request" in explained
    assert "nothing to act on" in explained
    assert "routing" not in space.done("explain", 1, "--paragraph")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show"], "cpra show needs ID. Example: `cpra show 12`"),
        (["sent", "1"], "cpra sent needs --on DATE. Example: `cpra sent 12 --on today"),
        (["agency", "lst"], 'there is no command "agency lst". Did you mean "list"?'),
        (["campaign", "xyzzy"], 'there is no command "campaign xyzzy". There are: new, '),
    ],
)
def test_what_is_missing_is_named_with_an_example(space: Desk, words: list[str], says: str) -> None:
    typed = space.cpra(*words)
    assert typed.code == 2
    assert typed.err.startswith(f"Error: {says}")


def test_the_overview_is_in_parts_and_leaves_no_command_out() -> None:
    import cpra.cli.list  # noqa: F401 (a module that is called as a builtin function)

    shown = CliRunner().invoke(cli, ["--help"]).output

    assert "Keep what comes:" in shown
    assert [name for name in COMMANDS if f"\n  {name} " not in shown] == []


def test_an_error_on_the_screen_cuts_no_word_and_no_command() -> None:
    code, screen = typed_at_terminal(["show"], [], columns=44)

    assert code == 2
    assert screen.split("\n")[:2] == ["Error: cpra show needs ID. Example:", "  `cpra show 12`"]


def test_a_request_is_drafted_by_answering_questions(space: Desk) -> None:
    code, screen = typed_at_terminal(
        ["--workspace", str(space.workspace.root), "new", "critical-incident-recording"],
        [
            ("Agency (? lists them): ", "EB\n"),
            ("city, county or state agencies", ""),
            ("Agency (? lists them): ", "?\n"),
            ("Los Angeles Police Department", ""),
            ("Agency (? lists them): ", "epd\n"),
            ("Date: ", "\n"),
            ("Date is still needed", ""),
            ("Date: ", "3/2/2026\n"),
            ("Monday, March 2, 2026", ""),
            ("Place: ", "Main Straße\n"),
            ("Incident number: ", "<\n"),
            ("Place [Main Straße]: ", "Ana & Bo's caf\u00e9, Main Street 🚓\x1b[D\x1b[D\n"),
            ("Incident number: ", "\n"),
            ("1  an officer", ""),
            ("What happened: ", "a shooting\n"),
            ("Type a number from 1 to 3", ""),
            ("What happened: ", "3\n"),
            ("25; - leaves", ""),
            ("Fee limit [25]: ", "-\n"),
            ("Your name", "Ana & Bo\n"),
            ("Reply to", "nobody\n"),
            ("is no e-mail address", ""),
            ("Reply to", "ana@example.org\n"),
        ],
    )

    assert code == 0, screen
    assert "under [requester]" in screen
    text = next(space.requests.glob("*/draft/letter.txt")).read_text(encoding="utf-8")
    letter = " ".join(text.split())
    assert "incident of March 2, 2026 at Ana & Bo's café, Main Street 🚓" in letter
    assert "great bodily injury" in letter
    assert "$25" not in letter
    assert letter.endswith("Sincerely, Ana & Bo")


def test_a_request_in_ones_own_words_asks_for_one_record_at_least(space: Desk) -> None:
    code, screen = typed_at_terminal(
        ["--workspace", str(space.workspace.root), "new", "general", "--agency", "EPD"],
        [
            ("Item 1: ", "\n"),
            ("one record at least", ""),
            ("Item 1: ", "The log\n"),
            ("Item 2: ", "\x04"),
        ],
    )

    assert code == 130
    assert screen.rstrip().endswith("Stopped. Nothing more was done.")
    assert list(space.requests.glob("20*")) == []


def test_what_is_left_out_stays_out_when_the_same_is_asked_again(space: Desk) -> None:
    dates = ("--set", "from=2026-01-01", "--set", "to=2026-03-31", "--set", "fee_limit=")
    space.done("new", "alpr-access-logs", "--agency", "EPD", *dates, "--no-input")
    space.done("again", 1)

    letters = [path.read_text(encoding="utf-8") for path in space.requests.glob("*/draft/*.txt")]
    assert len(letters) == 2
    assert not any("$25" in letter for letter in letters)


def test_an_editor_that_is_not_there_is_named_with_another_way(
    space: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(space, "general", "EPD")
    monkeypatch.setenv("EDITOR", "no-such-editor -w")
    typed = space.cpra("edit", 1)

    assert typed.code == 3
    assert 'the editor "no-such-editor -w" did not work' in typed.err
    assert "`cpra edit 1 --no-editor`" in typed.err
    assert "Made again: 2026-0001" in space.done("edit", 1, "--no-editor")


def test_a_follow_up_is_edited_and_an_edited_one_is_not_written_over(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    said = space.done("follow-up", 1, "--no-input")
    assert "Next: `cpra edit 1 --letter late`" in said
    letter = next(space.requests.glob("*/draft/late/letter.md"))
    letter.write_text(letter.read_text(encoding="utf-8") + "\nMine.\n", encoding="utf-8")

    stale = space.cpra("sent", 1, "--letter", "late", "--on", "today", "--via", "email")
    assert "`cpra edit 1 --letter late` makes them again" in stale.err
    other = space.cpra("follow-up", 1, "--no-input")
    assert (other.code, letter.read_text(encoding="utf-8")[-6:]) == (4, "Mine.\n")
    assert "`cpra edit 1 --letter late` opens it" in other.err
    assert "`cpra edit 1 --letter late`" in space.cpra("edit", 1, "--no-editor").err

    assert "cpra sent 1 --letter late" in space.done("edit", 1, "--letter", "late", "--no-editor")
    space.done("sent", 1, "--letter", "late", "--on", "today", "--via", "email")
    assert "Mine." in next(space.requests.glob("*/sent/*late/letter.txt")).read_text("utf-8")
    space.done("follow-up", 1, "late", "--no-input", today="2026-10-06")
    space.done("follow-up", 1, "late", "--no-input", "--anew")


def test_a_word_form_that_was_changed_by_hand_is_noticed_and_not_lost(space: Desk) -> None:
    drafted(space, "general", "EPD")
    word = next(space.requests.glob("*/draft/letter.docx"))
    paper = docx.Document(str(word))
    paper.paragraphs[-1].insert_paragraph_before("One more sentence.")
    paper.save(str(word))

    refused = space.cpra("sent", 1, "--on", "2026-09-15", "--via", "mail")
    assert refused.code == 4
    assert "letter.docx was changed by hand" in refused.err
    space.done("edit", 1, "--no-editor")
    mine = docx.Document(str(word.with_name("letter-by-hand.docx")))
    assert "One more sentence." in [paragraph.text for paragraph in mine.paragraphs]
    kept = ("--file", word.with_name("letter-by-hand.docx"))
    space.done("sent", 1, "--on", "2026-09-15", "--via", "mail", *kept)


@pytest.mark.parametrize("name", names(None))
def test_no_letter_that_cpra_made_itself_counts_as_changed_by_hand(
    name: str, tmp_path: Path
) -> None:
    template, authorities = find(name, None), statutes.law().authorities
    facts = example.facts(template, authorities)
    letter = tmp_path / "letter.md"
    written = render(template, example.values(template), facts, authorities)
    letter.write_text(written, encoding="utf-8")
    write_forms(letter)

    assert not changed_by_hand(letter)


def test_a_sign_that_no_font_has_is_named_with_the_letter_it_stands_in(space: Desk) -> None:
    item = "The policy on patrol cars 🚓 in force on March 1, 2026"
    typed = space.cpra("new", "general", "--agency", "EPD", "--item", item, "--no-input")

    (folder,) = space.requests.glob("2026-0001-*")
    assert typed.err.startswith(f"  requests/{folder.name}/draft/letter.pdf: no font here can show")


def test_every_line_fits_the_screen_and_none_is_broken_where_it_is_piped(space: Desk) -> None:
    where = ("--workspace", str(space.workspace.root), "--today", "2026-10-05")
    item = "The policies on tow trucks, impounded vehicles and their fees in force on March 1, 2026"
    for agency in ("EPD", "EB"):
        kind = "general" if agency == "EPD" else "general-foia"
        space.done("new", kind, "--agency", agency, "--item", item, "--no-input")
    space.done("sent", 1, "--on", "2026-09-15", "--at", "21:15", "--via", "email")
    space.done("sent", 2, "--on", "2026-09-16", "--via", "mail")

    for command in (
        ["due"],
        ["list"],
        ["show", "1"],
        ["agency", "list", "--all"],
        ["search", "tow"],
    ):
        for columns in (60, 80, 100):
            code, screen = typed_at_terminal([*where, *command], [], columns=columns)
            assert code == 0, screen
            paths = [line for line in screen.split("\n") if len(line) > columns]
            assert [line for line in paths if "/" not in line] == [], (command, columns)
    assert len(space.done("due").splitlines()) == 7
    assert len(space.done("list").splitlines()) == 2


def test_a_list_without_rows_says_why(space: Desk) -> None:
    assert space.done("list") == "There are no requests yet: `cpra new general`\n"
    drafted(space, "general", "EPD")
    said = space.done("list", "--status", "darfted")
    assert said == "No request fits; requests here are drafted. `cpra list` shows all\n"
    assert space.done("list", "--tag", "x") == "No request fits. `cpra list` shows all\n"


def test_a_request_without_an_open_date_says_what_to_do(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    said = space.done("record", 1, "produced", "--on", "2026-09-20")
    assert "`cpra record 1 closed --on today`" in said
    assert "`cpra audit 1` shows what is missing" in said
    said = space.done("record", 1, "none-found", "--on", "2026-09-21")
    assert "`cpra follow-up 1` drafts the next letter: search" in said
    missing = space.cpra("open", 1, "nothing.pdf")
    assert "no file of 2026-0001 is called" in missing.err
    assert "`cpra manifest 1` lists them" in missing.err


def test_a_zip_code_in_an_address_is_no_bates_number() -> None:
    lines = [
        f"{n} Main Street\nLos Angeles, CA {90011 + n}\nABC {1000 + n}" for n in (1, 2, 3, 6, 6)
    ]
    found = [one for n, text in enumerate(lines) for one in stamps("a.pdf", n, text)]

    told = [(gap.row, gap.first, gap.last, gap.what) for gap in bates_gaps(found)]
    assert told == [
        ("Bates ABC", "1004", "1005", "missing"),
        ("Bates ABC", "1006", "1006", "given twice"),
    ]


def test_a_narrow_screen_shows_the_authority_below_its_row(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--at", "10:42", "--via", "email")
    where = ("--workspace", str(space.workspace.root), "--today", "2026-09-20")

    _, screen = typed_at_terminal([*where, "explain", "1"], [], columns=80)
    rows = screen.split("\n")
    receipt = next(n for n, row in enumerate(rows) if "received by e-mail, 10:42" in row)
    assert rows[receipt + 1] == " " * 19 + "Code Civ. Proc. § 12"
    assert max(map(len, rows)) <= 80


def test_a_template_says_what_to_type_next() -> None:
    said = CliRunner().invoke(cli, ["template", "show", "critical-incident-recording"]).output

    assert "    one of: the use of force by an officer resulted in death\n" in said
    assert "fee_limit  (may stay empty)" in said
    assert "    unless you say: 25\n" in said
    assert said.rstrip().endswith(
        "Next: `cpra new critical-incident-recording`, "
        "or `cpra template show critical-incident-recording --example` to read it"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_shown_after_adding_an_agency_drafts_a_request(space: Desk, kind: str) -> None:
    said = space.done("agency", "add", "Another Office", "--kind", kind)
    (command,) = re.findall(r"Next: `cpra (new .*)`", said)

    item = "The policy on tow trucks in force on March 1, 2026"
    space.done(*command.split(), "--item", item, "--no-input")


@pytest.mark.parametrize("paragraphs", range(19, 27))
def test_a_closing_never_stands_alone_on_a_page(paragraphs: int, tmp_path: Path) -> None:
    body = "\n\n".join(f"Paragraph {number} with some words." for number in range(paragraphs))
    letter = tmp_path / "letter.md"
    letter.write_text(
        f"From: Ana Bo\n      Example Watch\nDate: March 2, 2026\nTo: Example Office\nRe: Tests\n\n"
        f"{body}\n\nPlease reply. Thank you.\n\nSincerely,\n\nAna Bo\nExample Watch\n",
        encoding="utf-8",
    )
    write_forms(letter)

    with pypdfium2.PdfDocument(letter.with_suffix(".pdf")) as pdf:
        last = pdf[len(pdf) - 1].get_textpage().get_text_range()
    assert "Please reply. Thank you." in last
    paper = docx.Document(str(letter.with_suffix(".docx")))
    kept = [p.text for p in paper.paragraphs if p.paragraph_format.keep_with_next]
    assert kept == ["Please reply. Thank you.", "Ana Bo"]


def test_a_long_last_paragraph_is_not_moved_to_the_next_page(tmp_path: Path) -> None:
    letter = tmp_path / "letter.md"
    head = "From: Ana Bo\nDate: March 2, 2026\nTo: Example Office\nRe: Tests\n"
    letter.write_text(f"{head}\n{'word ' * 900}\n\nSincerely,\n\nAna Bo\n", encoding="utf-8")
    write_forms(letter)

    with pypdfium2.PdfDocument(letter.with_suffix(".pdf")) as pdf:
        assert pdf[0].get_textpage().get_text_range().count("word") > 300


def test_every_event_that_can_be_recorded_is_explained(space: Desk) -> None:
    assert sorted(WORDS) == sorted(RECORDED_KINDS)
    said = space.done("record", "--help")
    assert '  acknowledged            "we got it", which stops no clock\n' in said


def test_an_answer_without_a_day_for_the_records_says_how_to_get_one(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")

    said = " ".join(space.done("record", 1, "determined", "--on", "2026-09-20").split())
    assert "it names no day for the records; if the letter does: `cpra record 1 promised" in said
    assert "`cpra follow-up 1 production` asks for one" in said
    space.done("follow-up", 1, "production", "--dry-run")
    assert "production" in space.done("follow-up", 1, "--dry-run")
    dated = ("--estimated", "2026-10-09")
    assert "names no day" not in space.done("record", 1, "promised", "--on", "2026-09-21", *dated)
    said = " ".join(space.done("record", 1, "appeal-filed", "--on", "2026-09-22").split())
    assert "no date runs from this: there is no administrative appeal under the law" in said


def test_a_day_that_a_notice_states_is_the_next_one_after_it_came(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    notice = ("extended", "--until", "Oct 9", "--on", "Sep 25", "--reason", "voluminous")
    space.done("record", 1, *notice, today="2026-11-23")

    shown = space.cpra("show", 1, "--json", today="2026-11-23").json
    assert [entry["due"] for entry in shown["dates"]] == ["2026-10-09"]


def test_an_answer_is_filed_by_answering_questions(space: Desk, tmp_path: Path) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    notice = tmp_path / "notice.eml"
    notice.write_text(
        "Date: Thu, 24 Sep 2026 23:30:00 +0000\nSubject: Your request\n\nMore time.\n"
    )
    code, screen = typed_at_terminal(
        [
            "--workspace",
            str(space.workspace.root),
            "--today",
            "2026-11-23",
            "file",
            "1",
            str(notice),
        ],
        [
            ("They are [records]: ", "ext\n"),
            ("Which day did they come? [2026-09-24]: ", "tomorrow\n"),
            ("has not come yet", ""),
            ("Which day did they come? [2026-09-24]: ", "\n"),
            ("Until which day do they take the time?", "Oct 9\n"),
            ("Friday, October 9, 2026", ""),
            ("What reason does the notice give?", "voluminous records\n"),
            ("Who signed, with title?", "J. Doe, Clerk\n"),
        ],
    )

    assert code == 0, screen
    assert "within the ceiling: holds" in screen
    assert list(space.requests.glob("*/answers/2026-09-24-extension/notice.eml"))


def test_a_mail_is_filed_on_its_own_day(space: Desk, tmp_path: Path) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    mail = tmp_path / "answer.eml"
    for day, filed in (
        ("Sat, 03 Oct 2026 01:00:00 +0000", "2026-10-02"),
        ("1 Jan 2020", "2026-10-05"),
    ):
        mail.write_text(f"Date: {day}\nSubject: Your request\n\nAttached.\n")
        assert f"answers/{filed}-records" in space.done("file", 1, mail, "--as", "records")


def test_when_no_letter_fits_it_is_said_from_which_day_one_will(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done(
        "sent", 1, "--on", "2026-11-10", "--at", "21:15", "--via", "email", today="2026-11-10"
    )

    early = space.cpra("follow-up", 1, today="2026-11-20")
    assert "is due November 20, 2026. `cpra template list --kind letter`" in early.err
    due = space.cpra("follow-up", 1, today="2026-11-23")
    assert "was due November 20, 2026, and late only after November 23, 2026" in due.err
    late = "2026-11-24"
    space.done("follow-up", 1, "--no-input", today=late)
    space.done("sent", 1, "--letter", "late", "--on", "today", "--via", "email", today=late)
    waiting = space.cpra("follow-up", 1, today="2026-11-28")
    assert "late went November 24, 2026. If no answer comes, the next" in waiting.err
    assert "is drafted from December 2, 2026" in waiting.err
    assert "demand" in space.done("follow-up", 1, "--dry-run", today="2026-12-02")


def test_no_letter_follows_a_request_that_was_withdrawn(space: Desk) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")
    for event in ("extended", "denied", "withdrawn"):
        space.done("record", 1, event, "--on", "2026-09-20")

    refused = space.cpra("follow-up", 1)
    assert (refused.code, refused.err) == (
        4,
        "Error: 2026-0001 is withdrawn: nothing calls for a letter\n",
    )


def test_what_kind_of_agency_it_is_is_asked_or_said_as_it_picks_the_law(space: Desk) -> None:
    code, screen = typed_at_terminal(
        ["--workspace", str(space.workspace.root), "agency", "add", "Example Court"],
        [("5  court ", ""), ("Kind: ", "tribunal\n"), ("from 1 to 6", ""), ("Kind: ", "5\n")],
    )
    assert code == 0, screen
    assert "`cpra new general-court --agency example-court`" in screen

    taken = space.cpra("agency", "add", "Example Fire District")
    assert "Taken for a city; `cpra agency edit example-fire-district --kind KIND`" in taken.err
    assert space.cpra("agency", "add", "LAPD").err == ""


def test_the_way_into_a_workspace_with_a_space_in_its_name_can_be_typed(tmp_path: Path) -> None:
    root = tmp_path / "Ana & Bo's Auskünfte 🚓"
    said = CliRunner().invoke(cli, ["init", str(root)]).output
    (way,) = re.findall(r"Next: cd (.*), then `cpra new", said)

    assert shlex.split(way) == [str(root)]


def test_a_word_of_a_letter_that_was_sent_is_found_once_and_not_in_each_of_its_forms(
    space: Desk,
) -> None:
    drafted(space, "general", "EPD")
    space.done("sent", 1, "--on", "2026-09-15", "--via", "email")

    assert space.done("search", "trucks").count("sent/2026-09-15-request/letter") == 1
    assert len(space.cpra("search", "trucks", "--json").json["hits"]) == 4


def test_after_a_federal_denial_the_days_to_appeal_and_to_decide_on_it_are_listed(
    space: Desk,
) -> None:
    drafted(space, "general-foia", "EB")
    space.done("sent", 1, "--on", "2026-09-01", "--via", "email")
    said = space.done("record", 1, "none-found", "--on", "2026-09-20")

    assert "Next: appeal is yours to make by Sat Dec 19, 2026" in said
    assert "your appeal: by Sat Dec 19" in space.done("due")
    ended = space.done("due", today="2026-12-21")
    assert "your appeal: the time ended Sat Dec 19" in ended
    assert "cpra follow-up" not in ended
    assert "foia-appeal" in space.done("follow-up", 1, "--dry-run")

    space.done("record", 1, "appeal-filed", "--on", "2026-10-01")
    assert "decision on your appeal due Fri Oct 30" in space.done("due")
    assert space.cpra("follow-up", 1).code == 4
    space.done("record", 1, "closed", "--on", "2026-10-02")
    assert "Nothing is due" in space.done("due")


def test_a_court_that_answered_gets_no_hint_of_a_letter_that_there_is_not(space: Desk) -> None:
    space.done("agency", "add", "Example Court", "--kind", "court")
    drafted(space, "general-court", "example-court")
    space.done("sent", 1, "--on", "2026-09-01", "--via", "email")

    assert "follow-up" not in space.done("record", 1, "denied", "--on", "2026-09-20")


@pytest.mark.parametrize(
    ("typed", "past", "future"),
    [
        ("Friday", "2026-10-02", "2026-10-09"),
        ("mon", "2026-10-05", "2026-10-12"),
        ("last Monday", "2026-09-28", "2026-09-28"),
        ("next tuesday", "2026-10-06", "2026-10-06"),
        ("Sunday", "2026-10-04", "2026-10-11"),
    ],
)
def test_a_weekday_is_the_nearest_one(typed: str, past: str, future: str) -> None:
    monday = date(2026, 10, 5)
    assert read(typed, monday).isoformat() == past
    assert read(typed, monday, future=True).isoformat() == future


def test_a_command_too_long_for_the_screen_is_broken_between_its_words() -> None:
    _, screen = typed_at_terminal(["account", "add", "x"], [], columns=60)
    assert max(map(len, screen.split("\n"))) <= 60


def test_a_password_is_not_asked_for_an_account_without_a_server(space: Desk) -> None:
    words = ["account", "add", "mine", "--address", "ana@example.org"]
    code, screen = typed_at_terminal(["--workspace", str(space.workspace.root), *words], [])

    assert code == 2
    assert "Password" not in screen
    assert "an account needs a server: --smtp HOST:PORT" in screen


def test_what_is_said_of_a_providers_passwords_names_options_that_exist() -> None:
    known = CliRunner().invoke(cli, ["account", "add", "--help"]).output
    for provider in PROVIDERS.values():
        assert all(option in known for option in re.findall(r"--[a-z-]+", provider.password_note))


def test_what_was_typed_comes_back_as_plain_text_and_a_range_in_words(space: Desk) -> None:
    assert 'there is no request "aU+001B[31m"' in space.cpra("show", "a\x1b[31m").err
    assert "1900 is not between 2015 and 2043" in space.cpra("law", "holidays", "1900").err
    assert "'abc' is not a whole number" in space.cpra("law", "holidays", "abc").err
    said = space.done("law", "holidays", "2027")
    assert said.splitlines()[-1].startswith("P: read in part, or at second hand.")


def test_the_commands_below_a_command_are_listed_with_whole_sentences() -> None:
    groups = ("account", "agency", "calendar", "campaign", "inbox", "law", "schedule", "template")
    for group in groups:
        shown = CliRunner().invoke(cli, [group, "--help"]).output
        assert "..." not in shown.partition("Commands:")[2]


def test_a_fetch_without_an_account_says_both_ways(space: Desk) -> None:
    typed = space.cpra("fetch")
    assert (typed.code, typed.out) == (3, "")
    assert "`cpra fetch --path FILE` takes messages that you saved" in typed.err


@pytest.mark.parametrize("plain", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_that_knows_no_colours_gets_none(
    plain: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cpra.cli.page import styled

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert styled("LATE", bold=True) != "LATE"
    for name, value in plain.items():
        monkeypatch.setenv(name, value)
    assert styled("LATE", bold=True) == "LATE"
