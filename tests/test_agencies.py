"""The address book: entries, closures as people say them, and the dates that they move."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpra import agencies, workspace
from cpra.agencies import Agency, closures, entries
from cpra.core.calendar import Closure, Office
from cpra.core.signs import harmless
from cpra.errors import BadFile, Refused, WrongUsage
from cpra.workspace import Workspace
from tests.typed import Desk, desk

EPD = Agency(key="epd", name="Exampleville Police Department", aliases=("EPD",))
FRIDAYS = Closure(alternate=date(2026, 1, 9), since=date(2026, 1, 9), source="user", status="V")


@pytest.fixture
def book(tmp_path: Path) -> Workspace:
    workspace.init(tmp_path, "")
    return workspace.find(tmp_path)


def kept(book: Workspace, key: str = "epd") -> Agency:
    return agencies.read(book).agencies[key]


# --- closures as people say them ---


@pytest.mark.parametrize(
    ("text", "closed", "open_"),
    [
        ("2026-10-12", ["2026-10-12"], ["2026-10-13"]),
        ("2026-12-24..2027-01-01", ["2026-12-24", "2027-01-01"], ["2026-12-23", "2027-01-02"]),
        ("2026-12-24 to 2027-01-01", ["2026-12-31"], ["2027-01-04"]),
        ("every-friday", ["2026-10-09", "2026-10-16"], ["2026-10-15"]),
        ("every Fridays", ["2026-10-09"], ["2026-10-15"]),
        ("every friday until 2026-06-30", ["2026-06-26"], ["2026-07-03"]),
        (
            "every other friday from 2026-01-09",
            ["2026-01-09", "2026-01-23", "2026-10-02", "2026-10-16"],
            ["2026-01-02", "2026-01-16", "2026-10-09", "2025-12-26"],
        ),
        ("every-other-friday from 2026-01-09 until 2026-06-30", ["2026-06-26"], ["2026-07-10"]),
    ],
)
def test_closed_days_are_what_the_words_say(text: str, closed: list[str], open_: list[str]) -> None:
    (said,) = closures.said([text], date.fromisoformat)
    days = set(said.days(date(2025, 12, 1), date(2027, 2, 1)))
    assert {date.fromisoformat(day) for day in closed} <= days
    assert not {date.fromisoformat(day) for day in open_} & days


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("every other friday", "name one closed day"),
        ("every other friday from 2026-01-08", "2026-01-08 is a Thursday"),
        ("every frygday", "no day of the week"),
        ("every t", "no day of the week"),
        ("2026-12-24..2026-12-01", "before its first"),
        ("2014-12-24", "outside 2015 to 2043"),
        ("2026-06-30..2044-01-01", "outside 2015 to 2043"),
    ],
)
def test_closed_days_that_make_no_sense_are_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(WrongUsage, match=reason):
        closures.said([text], date.fromisoformat)


def test_single_days_are_one_closure() -> None:
    said = closures.said(["2026-11-27", "every friday", "2026-10-12"], date.fromisoformat)
    assert said[0].dates == (date(2026, 10, 12), date(2026, 11, 27))
    assert len(said) == 2


def test_a_closure_is_the_users_word_until_it_names_a_source() -> None:
    said = closures.said(["2026-10-12"], date.fromisoformat)
    (own,) = closures.sourced(said)
    (read_about,) = closures.sourced(said, source="https://example.org")
    (read,) = closures.sourced(said, source="https://example.org", verified=True)
    assert (own.source, own.status) == ("user", "V")
    assert read_about.status == "P"
    assert "moves only the latest date" in closures.words(read_about)
    assert read.status == "V"


# --- writing in the book ---


def test_what_a_person_wrote_in_the_book_stays(book: Workspace) -> None:
    mine = (
        "# my list\n"
        "[agency.a]\n"
        'name = "Agency A"  # the big one\n'
        "[[agency.a.closure]]\n"
        "dates = [2026-10-12] # they said so\n"
        "\n"
        "# about b\n"
        "[agency.b]\n"
        'name = "Agency B"\n'
    )
    book.agencies.write_text(mine, encoding="utf-8")
    a = kept(book, "a")
    more = (*a.office.closures, FRIDAYS)
    entries.change(book, _with(a, email="records@example.org", closures=more))
    text = book.agencies.read_text(encoding="utf-8")
    for line in mine.splitlines():
        assert line in text.splitlines()
    assert text.index("alternate") < text.index("# about b") < text.index("[agency.b]")
    entries.change(book, _with(kept(book, "a"), email=""))
    assert book.agencies.read_text(encoding="utf-8") == mine


def _with(agency: Agency, email: str, closures: tuple[Closure, ...] | None = None) -> Agency:
    from dataclasses import replace

    office = agency.office
    mine = office.closures[:1] if closures is None else closures
    return replace(agency, email=email, office=replace(office, closures=mine))


def test_a_new_entry_leaves_every_byte_before_it(book: Workspace) -> None:
    before = b"# caf\xc3\xa9\r\n[agency.x]\r\nname = 'X'\r\n"
    book.agencies.write_bytes(before)
    entries.add(book, (EPD,))
    assert book.agencies.read_bytes().startswith(before)
    assert kept(book).name == EPD.name


def test_a_form_that_a_program_cannot_change_safely_is_left_alone(book: Workspace) -> None:
    inline = 'agency = { a = { name = "Agency A" } }\n'
    book.agencies.write_text(inline, encoding="utf-8")
    with pytest.raises(Refused, match="edit it by hand"):
        entries.add(book, (EPD,))
    with pytest.raises(Refused, match="edit it by hand"):
        entries.change(book, _with(kept(book, "a"), email="x@example.org"))
    assert book.agencies.read_text(encoding="utf-8") == inline


texts = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=30
).filter(lambda text: harmless(text) == text)
days = st.dates(date(2015, 1, 1), date(2043, 12, 31))
patterns = st.one_of(
    st.builds(lambda d: {"dates": tuple(sorted(d))}, st.sets(days, min_size=1, max_size=3)),
    st.builds(lambda a, b: {"ranges": ((min(a, b), max(a, b)),)}, days, days),
    st.builds(lambda n: {"weekly": (n,)}, st.integers(0, 6)),
    st.builds(lambda d: {"alternate": d}, days),
)
closed = st.builds(
    lambda pattern, since, sourced: Closure(
        **pattern, since=since, source=sourced or "user", status="P" if sourced else "V"
    ),
    patterns,
    st.none() | days,
    st.sampled_from(["", "https://example.org"]),
)
offices = st.builds(
    Office,
    closures=st.lists(closed, max_size=3, unique=True).map(tuple),
    receipt=st.sampled_from(["", *closures.RECEIPTS]),
    cutoff=st.none() | st.times().map(lambda t: t.replace(microsecond=0)),
)
described = st.builds(
    Agency,
    key=st.just("k"),
    name=texts,
    kind=st.sampled_from(agencies.KINDS),
    email=texts,
    address=texts,
    source=st.just("") | texts,
    checked=st.none() | days,
    office=offices,
)


@settings(max_examples=40, deadline=None)
@given(first=described, second=described)
def test_what_is_written_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, first: Agency, second: Agency
) -> None:
    root = tmp_path_factory.mktemp("book")
    workspace.init(root, "")
    book = workspace.find(root)
    others = (Agency(key="a.b", name="\x01one before"), first, Agency(key="z", name="one\tafter"))
    entries.add(book, others)
    entries.change(book, second)
    now = kept(book, "k")
    assert (now.name, now.email, now.address) == (second.name, second.email, second.address)
    assert now.checked == second.checked
    assert now.office.receipt == second.office.receipt
    assert now.office.cutoff == second.office.cutoff
    assert set(now.office.closures) == set(second.office.closures)
    assert kept(book, "z").name == "one after"
    assert kept(book, "a.b").name == "\ufffdone before"


def test_a_closure_without_a_day_is_named_with_its_line(book: Workspace) -> None:
    book.agencies.write_text(
        '[agency.a]\nname = "A"\n\n[[agency.a.closure]]\nname = "recess"\n\n'
        "[[agency.a.closure]]\nfirst = 2026-12-31\nlast = 2026-12-24\n",
        encoding="utf-8",
    )
    with pytest.raises(BadFile) as wrong:
        agencies.read(book)
    assert "agencies.toml, line 4: the closure of a: it names no day" in str(wrong.value)
    assert "line 7: the closure of a: its last day, 2026-12-24, is before" in str(wrong.value)


def test_a_key_that_does_not_exist_is_named_with_its_line_and_the_nearest(book: Workspace) -> None:
    book.agencies.write_text('[agency.a]\nname = "A"\nemial = "x"\n', encoding="utf-8")
    with pytest.raises(BadFile, match=r"line 3: there is no key \"emial\" here.*email"):
        agencies.read(book)


# --- the commands ---


@pytest.fixture
def asked(tmp_path: Path) -> Desk:
    """One request, sent on October 2; its determination is due on Monday, October 12."""
    at = desk(tmp_path)
    at.done("agency", "add", EPD.name, "--alias", "EPD", "--email", "records@example.org")
    at.done(
        *("new", "general", "--agency", "epd", "--set", "about=Contracts", "--no-input"),
        *("--item", "The contract for body cameras signed in 2025"),
        today="2026-10-02",
    )
    at.done("sent", "1", "--on", "2026-10-02", "--via", "email")
    return at


def due(at: Desk) -> dict[str, str]:
    (entry,) = json.loads(at.done("due", "--all", "--json"))
    return {name: entry[name] for name in ("due", "latest", "was")}


def test_a_new_closure_moves_the_dates_of_open_requests_and_says_so(asked: Desk) -> None:
    assert due(asked) == {"due": "2026-10-12", "latest": "2026-10-13", "was": ""}
    told = asked.done("agency", "edit", "epd", "--closed", "Oct 12", "--closed-name", "city day")
    assert "2026-0001  determination moved from Mon Oct 12, 2026 to Tue Oct 13, 2026" in told
    assert due(asked) == {"due": "2026-10-13", "latest": "2026-10-13", "was": "2026-10-12"}
    why = "moved from Mon Oct 12: now closed October 12, 2026 (city day)"
    assert why in asked.done("due")
    assert why in asked.done("show", "1")
    assert "city day" in asked.done("explain", "1")


def test_a_move_stays_told_when_something_else_is_written(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-10-12")
    asked.done("agency", "add", "Another Agency")
    asked.done("record", "1", "acknowledged", "--on", "2026-10-05")
    assert due(asked)["was"] == "2026-10-12"
    asked.done("agency", "edit", "epd", "--closed", "2026-10-13")
    assert due(asked) == {"due": "2026-10-14", "latest": "2026-10-14", "was": "2026-10-12"}
    asked.done("agency", "edit", "epd", "--reopen", "2")
    assert due(asked) == {"due": "2026-10-13", "latest": "2026-10-13", "was": "2026-10-12"}
    asked.done("agency", "edit", "epd", "--reopen", "1")
    assert due(asked) == {"due": "2026-10-12", "latest": "2026-10-13", "was": ""}


def test_a_closure_written_by_hand_moves_them_too(asked: Desk) -> None:
    due(asked)
    path = asked.workspace.agencies
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n[[agency.epd.closure]]\nweekly = 'monday'\n", encoding="utf-8")
    assert due(asked) == {"due": "2026-10-13", "latest": "2026-10-13", "was": "2026-10-12"}


def test_a_closure_that_is_not_verified_moves_only_the_latest_date(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-10-13")
    told = asked.done(
        *("agency", "edit", "epd", "--closed", "2026-10-12..2026-10-14"),
        *("--closed-source", "https://example.org/holidays"),
    )
    assert "is late after Thu Oct 15, 2026, no longer after Wed Oct 14, 2026" in told
    assert due(asked) == {"due": "2026-10-12", "latest": "2026-10-15", "was": ""}
    told = asked.done("agency", "edit", "epd", "--verify", "2")
    assert "moved from Mon Oct 12, 2026 to Thu Oct 15, 2026" in told


def test_every_second_friday_is_a_closed_day(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "every other monday from 2026-10-12")
    assert due(asked)["due"] == "2026-10-13"
    assert "Mon Oct 12, Mon Oct 26, Mon Nov 9" in asked.done("agency", "show", "epd")


def test_what_an_agency_says_of_receipt_decides_what_late_means(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--receipt", "as-received")
    assert kept(asked.workspace).office.receipt == "as-received"
    asked.done("agency", "edit", "epd", "--cutoff", "16:30")
    assert kept(asked.workspace).office.cutoff == time(16, 30)
    asked.done("agency", "edit", "epd", "--no-cutoff")
    assert kept(asked.workspace).office.cutoff is None


def test_an_edit_changes_what_it_names_and_nothing_else(asked: Desk) -> None:
    asked.done(
        *("agency", "edit", "EPD", "--alias", "Exampleville PD", "--no-alias", "EPD"),
        *("--fax", "555-0101", "--address", "1 Main St; Exampleville", "--source", "their page"),
    )
    now = kept(asked.workspace)
    assert now.aliases == ("Exampleville PD",)
    assert now.address == "1 Main St\nExampleville"
    assert (now.email, now.checked) == ("records@example.org", date(2026, 10, 5))
    asked.done("agency", "edit", "epd", "--email", "")
    assert kept(asked.workspace).email == ""


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["add", "EPD"], 4, "already in the address book as epd"),
        (["add", " "], 2, "an agency needs a name"),
        (["edit", "nobody", "--fax", "1"], 3, '"nobody" is not in the address book'),
        (["edit", "epd", "--reopen", "3"], 3, "epd has no closure 3"),
        (["edit", "epd", "--no-alias", "X"], 3, "epd is not called x"),
        (["edit", "epd", "--name", ""], 2, "an agency needs a name"),
        (["edit", "epd", "--closed", "every other friday"], 2, "name one closed day"),
        (["edit", "epd", "--closed", "Octember 3"], 2, '"Octember 3" names no closed days'),
        (["edit", "epd", "--closed", "2051-01-01"], 2, "outside 2015 to 2043"),
        (["show", "nobody"], 3, "`cpra agency add"),
    ],
)
def test_a_mistake_is_one_sentence_and_changes_nothing(
    asked: Desk, words: list[str], code: int, sentence: str
) -> None:
    before = asked.workspace.agencies.read_bytes()
    typed = asked.cpra("agency", *words)
    assert (typed.code, sentence in typed.err) == (code, True), typed.err
    assert asked.workspace.agencies.read_bytes() == before


def test_an_alias_cannot_be_taken_from_another_agency(asked: Desk) -> None:
    asked.done("agency", "add", "Another Agency", "--alias", "AA")
    typed = asked.cpra("agency", "edit", "epd", "--alias", "AA")
    assert (typed.code, "already means aa" in typed.err) == (2, True)


def test_an_agency_that_comes_with_cpra_keeps_its_key_and_short_name(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.done("agency", "add", "lapd", "--email", "records@example.org")
    mine = kept(at.workspace, "lapd")
    assert mine.name == "Los Angeles Police Department"
    assert (mine.email, mine.kind) == ("records@example.org", "city")
    at.done("agency", "edit", "lasd", "--closed", "every-friday")
    assert kept(at.workspace, "lasd").kind == "county"
    assert len(kept(at.workspace, "lasd").office.closures) == 1


def test_show_says_what_the_book_has_and_what_was_asked(asked: Desk) -> None:
    asked.done("agency", "edit", "epd", "--closed", "2026-12-24..2027-01-01", "--cutoff", "17:00")
    shown = asked.done("agency", "show", "epd")
    assert "California Public Records Act" in shown
    assert "1  December 24, 2026 to January 1, 2027 · your own word" in shown
    assert "Day ends  17:00" in shown
    assert "2026-0001  Contracts" in shown
    found = json.loads(asked.done("agency", "show", "epd", "--json"))
    assert found["law"] == "cpra"
    assert found["requests"][0]["id"] == "2026-0001"


def test_check_names_what_is_wrong_and_what_is_old(asked: Desk) -> None:
    path = asked.workspace.agencies
    path.write_text(
        '[agency.epdx]\nname = "X"\nkind = "city"\nemail = "x@example"\n'
        '[agency.b]\nname = "B"\naliases = ["x"]\nemail = "b@example.org"\n'
        'source = "their page"\nchecked = 2025-01-01\n'
        '[[agency.b.closure]]\ndates = [2025-12-24]\nsource = "https://example.org"\n',
        encoding="utf-8",
    )
    typed = asked.cpra("agency", "check")
    assert typed.code == 1
    for words in (
        'line 1, epdx: "x@example" is not one e-mail address',
        "line 5, b: it says no kind, so it is taken for a city",
        'line 5, b: "x" also means epdx',
        "epd: 2026-0001 asks it, and it is not in the address book",
        "line 5, b: its contact data was last read on 2025-01-01, over a year ago",
        "`cpra agency edit b --verify 1`",
        "closure 1: its last day was 2025-12-24; is there a list for 2026?",
    ):
        assert words in typed.out
    assert typed.out.index("WRONG") < typed.out.index("WORTH A LOOK")


def test_a_book_without_faults_checks_clean(tmp_path: Path) -> None:
    at = desk(tmp_path)
    at.done("agency", "add", "A", "--kind", "city", "--email", "a@example.org", "--source", "page")
    assert at.done("agency", "check") == (
        "Nothing is wrong in the address book, and nothing in it is old.\n"
    )
