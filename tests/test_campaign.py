"""One letter to many agencies: all of it is shown and checked before any of it is written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from cpra import folder
from cpra.actions import campaigns
from tests.typed import Desk, desk
from tests.workbooks import Cell, workbook

PERIOD = ("--set", "from=2026-01-01", "--set", "to=2026-03-31")
THREE = "agency,units,to\nlapd,,\nLASD,the Data Systems Bureau,2/28/2026\nEPD,,\n"


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    here = desk(tmp_path / "records", today="2026-09-15")
    here.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    return here


def listed(tmp_path: Path, content: str, name: str = "list.csv") -> Path:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return path


def new(path: Path, *words: str, template: str = "alpr-access-logs") -> tuple[object, ...]:
    return ("campaign", "new", template, "--agencies", path, *PERIOD, "--name", "spring", *words)


def folders(at: Desk) -> list[str]:
    return [path.name for path in folder.paths(at.workspace)]


def test_one_request_is_drafted_for_each_agency_with_shared_and_own_values(
    at: Desk, tmp_path: Path
) -> None:
    out = at.done(*new(listed(tmp_path, THREE), "--yes", "--tag", "alpr"))
    assert "Drafted 3 requests: 2026-0001 to 2026-0003" in out
    assert folders(at) == [
        "2026-0001-lapd-alpr-access-logs",
        "2026-0002-lasd-alpr-access-logs",
        "2026-0003-epd-alpr-access-logs",
    ]
    second = folder.read(at.requests / "2026-0002-lasd-alpr-access-logs")
    assert second.tags == ("campaign:spring", "alpr")
    assert second.subject == "ALPR access logs, January to February 2026"
    assert folder.values(at.requests / "2026-0002-lasd-alpr-access-logs") == {
        "from": "2026-01-01",
        "to": "2026-02-28",
        "units": "the Data Systems Bureau",
    }
    letter = (at.requests / folders(at)[1] / "draft" / "letter.txt").read_text(encoding="utf-8")
    assert "likely to be held by the Data Systems Bureau" in letter


def test_every_letter_and_its_check_is_shown_before_anything_is_written(
    at: Desk, tmp_path: Path
) -> None:
    typed = at.cpra(*new(listed(tmp_path, THREE)))
    assert typed.code == 2
    assert "say --yes to draft 3 requests, or --preview to read every letter first" in typed.err
    assert folders(at) == []
    for words in (
        "1  LAPD  ALPR access logs, January to March 2026",
        "2  LASD  ALPR access logs, January to February 2026",
        "The records of access kept under Civ. Code § 1798.90.52",
        "like the first one, but for:",
        "The records are likely to be held by the Data Systems Bureau.",
    ):
        assert words in typed.out
    assert typed.out.count("Lint: 0 errors") == 3


def test_a_preview_shows_every_letter_whole_and_writes_nothing(at: Desk, tmp_path: Path) -> None:
    before = at.workspace.agencies.read_bytes()
    out = at.done(*new(listed(tmp_path, THREE), "--preview"))
    assert out.count("To the custodian of records:") == 3
    assert "like the first one" not in out
    assert folders(at) == []
    assert at.workspace.agencies.read_bytes() == before
    found = json.loads(at.done(*new(listed(tmp_path, THREE), "--preview", "--json")))
    assert [letter["agency"] for letter in found["letters"]] == ["lapd", "lasd", "epd"]


def test_what_is_shown_is_what_is_drafted(at: Desk, tmp_path: Path) -> None:
    path = listed(tmp_path, THREE)
    shown = json.loads(at.done(*new(path, "--preview", "--json")))
    at.done(*new(path, "--yes"))
    drafted = [
        (at.requests / name / "draft" / "letter.txt").read_text(encoding="utf-8")
        for name in folders(at)
    ]
    assert [letter["letter"] for letter in shown["letters"]] == drafted


def test_a_plain_list_of_names_will_do(at: Desk, tmp_path: Path) -> None:
    names = "# the three\nEPD\n\nLos Angeles Police Department\njric\n"
    at.done(*new(listed(tmp_path, names, "list.txt"), "--yes"))
    assert [name[10:14] for name in folders(at)] == ["epd-", "lapd", "jric"]


def test_a_name_with_a_comma_is_one_name_in_a_plain_list(at: Desk, tmp_path: Path) -> None:
    at.done("agency", "add", "Office of Examples, City of Exampleville")
    at.done(*new(listed(tmp_path, "Office of Examples, City of Exampleville\n", "l.txt"), "--yes"))
    assert len(folders(at)) == 1


def test_a_workbook_will_do_too_with_its_dates(at: Desk, tmp_path: Path) -> None:
    from datetime import date

    rows: list[list[Cell]] = [["Agency", "To"], ["lapd", date(2026, 2, 28)], ["EPD", ""]]
    path = workbook(tmp_path / "list.xlsx", {"Sheet1": rows})
    at.done(*new(path, "--yes"))
    first = folder.values(at.requests / folders(at)[0])
    assert first["to"] == "2026-02-28"


def test_every_bad_row_is_named_at_once_and_nothing_is_drafted(at: Desk, tmp_path: Path) -> None:
    rows = "agency,to\nlapd,\nnobody,\nLAPD,\nICE,\nEPD,2025-12-01\n"
    typed = at.cpra(*new(listed(tmp_path, rows), "--yes"))
    assert typed.code == 5
    for words in (
        'list.csv, line 3: "nobody" is not in the address book',
        "list.csv, line 4: Los Angeles Police Department stands on line 2 already",
        "list.csv, line 5: alpr-access-logs is for",
        "list.csv, line 6: Exampleville Police Department: to is 2025-12-01, which is before from",
        "nothing was drafted: 4 rows of the list cannot be used",
        "--skip-bad leaves them out and drafts 1",
    ):
        assert words in typed.err
    assert folders(at) == []
    at.done(*new(listed(tmp_path, rows), "--yes", "--skip-bad"))
    assert len(folders(at)) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("agency,unit\nlapd,x\n", 'the column "unit" is no blank of alpr-access-logs; did you'),
        ("agency,to\nlapd,someday\n", 'line 2: to: "someday" is no date'),
        ("agency,to\nlapd\n", "line 2: it has 1 cells, and the header has 2"),
        ("agency,to,to\nlapd,,\n", 'there are two columns "to"'),
        ("", "names no agency"),
        ("agency,to\n", "names no agency"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_with_the_reason(
    at: Desk, tmp_path: Path, content: str, sentence: str
) -> None:
    typed = at.cpra(*new(listed(tmp_path, content), "--yes"))
    assert (typed.code, sentence in typed.err) == (5, True), typed.err
    assert folders(at) == []


def test_what_stands_in_a_cell_is_never_read_as_a_template(at: Desk, tmp_path: Path) -> None:
    rows = 'agency,units\nlapd,"R & D <b> Unit {% raw %} \x07"\nEPD,the {{ 7 * 7 }} Unit\n'
    typed = at.cpra(*new(listed(tmp_path, rows), "--preview"))
    assert "held by R & D <b> Unit {% raw %}" in " ".join(typed.out.split())
    assert "\x07" not in typed.out
    assert "the {{ 7 * 7 }} Unit." in typed.out
    typed = at.cpra(*new(listed(tmp_path, rows), "--yes"))
    assert (typed.code, "the letters to LAPD, EPD are not fit to send" in typed.err) == (4, True)


def test_a_copy_to_read_along_with_comes_with_every_letter(at: Desk, tmp_path: Path) -> None:
    words = ("--item", "The contract for body cameras signed in 2025", "--language", "es", "--yes")
    path = listed(tmp_path, "lapd\nEPD\n", "list.txt")
    at.done("campaign", "new", "general", "--agencies", path, *words)
    for name in folders(at):
        assert (at.requests / name / "draft" / "letter.es.txt").is_file()
    at.done("again", "1", "--from", "2026-01-01", "--to", "2026-03-31")
    assert (folder.find(at.workspace, "3") / "draft" / "letter.es.txt").is_file()


def test_columns_that_are_no_blanks_are_named(at: Desk, tmp_path: Path) -> None:
    rows = "agency,phone,subject\nlapd,555-0100,Searches of plate data\n"
    typed = at.cpra(*new(listed(tmp_path, rows), "--yes"))
    assert typed.code == 0
    assert "Columns that are no blanks of the letter: phone" in typed.err
    assert folder.read(at.requests / folders(at)[0]).subject == "Searches of plate data"


def test_a_letter_that_is_not_fit_to_send_stops_the_campaign(at: Desk, tmp_path: Path) -> None:
    item = "Records withheld under Gov. Code § 6254(f) in 2025"
    path = listed(tmp_path, "lapd\nEPD\n", "list.txt")
    words = ("--item", item, "--name", "old-numbers", "--yes")
    typed = at.cpra("campaign", "new", "general", "--agencies", path, *words)
    assert typed.code == 4
    assert "nothing was drafted: the letters to LAPD, EPD are not fit to send" in typed.err
    assert folders(at) == []


def test_the_same_campaign_again_drafts_only_the_agencies_it_lacks(
    at: Desk, tmp_path: Path
) -> None:
    at.done(*new(listed(tmp_path, "lapd\n", "list.txt"), "--yes"))
    typed = at.cpra(*new(listed(tmp_path, THREE), "--yes"))
    assert "left out: Los Angeles Police Department" in typed.err
    assert len(folders(at)) == 3
    typed = at.cpra(*new(listed(tmp_path, THREE), "--yes"))
    assert (typed.code, "Nothing is left to draft" in typed.err) == (0, True)


@pytest.fixture
def running(at: Desk, tmp_path: Path) -> Desk:
    """Sent on September 15: LAPD is late, LASD has extended and produced, EPD is a draft."""
    at.done(*new(listed(tmp_path, THREE), "--yes"))
    at.done("sent", "1", "--on", "2026-09-15", "--via", "email")
    at.done("sent", "2", "--on", "2026-09-15", "--via", "portal")
    later = Desk(at.workspace, today="2026-10-15")
    later.done("record", "1", "acknowledged", "--on", "2026-09-16")
    later.done("record", "2", "extended", "--on", "2026-09-24", "--until", "2026-10-09")
    later.done("record", "2", "determined", "--on", "2026-10-08", "--disclosable", "all")
    log = tmp_path / "access-log.csv"
    log.write_text("time,agency,purpose\n", encoding="utf-8")
    later.done("file", "2", log, "--as", "records", "--on", "2026-10-09")
    return later


def test_the_table_says_who_answered_what_when(running: Desk) -> None:
    lines = running.done("campaign", "show", "spring").splitlines()
    heads = ["agency", "sent", "acknowledged", "extended", "answer", "records", "days", "next"]
    assert lines[0].split() == heads
    assert " ".join(lines[1].split()) == (
        "0001 LAPD Sep 15 Sep 16 30 so far determination Sep 28 late"
    )
    assert " ".join(lines[2].split()).startswith(
        "0002 LASD Sep 15 Sep 24 to Oct 9 determined Oct 8 Oct 9 (1 file"
    )
    assert "23" in lines[2].split()
    assert lines[3].split() == ["0003", "EPD", "drafted"]
    assert lines[-1] == (
        "2 of 3 letters sent, 1 answered, half of them within 23 days of receipt, 1 late"
    )


def test_the_table_is_there_for_programs_and_spreadsheets(running: Desk) -> None:
    found = json.loads(running.done("campaign", "show", "spring", "--json"))
    assert [row["days"] for row in found] == [30, 23, None]
    assert found[1]["extended_until"] == "2026-10-09"
    assert [row["answered"] for row in found] == [False, True, False]
    rows = list(csv.DictReader(io.StringIO(running.done("campaign", "show", "spring", "--csv"))))
    assert [row["flags"] for row in rows] == ["late", "", ""]
    assert rows[1]["determined"] == "2026-10-08"


def test_an_agencys_name_is_no_formula_in_the_table(at: Desk, tmp_path: Path) -> None:
    names = ("=HYPERLINK(1)", "@Otherville")
    for name in names:
        at.done("agency", "add", name, "--kind", "city")
    at.done(*new(listed(tmp_path, "agency\n" + "".join(f"{n}\n" for n in names)), "--yes"))
    table = at.done("campaign", "show", "spring", "--csv")
    assert "'=HYPERLINK(1)" in table
    assert not [c for row in csv.reader(io.StringIO(table)) for c in row if c[:1] in {"=", "@"}]


def test_the_days_run_from_receipt_where_it_is_known(running: Desk) -> None:
    running.done("record", "2", "received", "--on", "2026-09-17")
    found = json.loads(running.done("campaign", "show", "spring", "--json"))
    assert found[1]["days"] == 21


def test_pages_are_counted_once_the_files_have_been_read(running: Desk) -> None:
    running.done("search", "purpose")
    found = json.loads(running.done("campaign", "show", "spring", "--json"))
    assert (found[1]["files"], found[1]["pages"], found[1]["unread"]) == (1, 1, 0)
    assert found[0]["pages"] is None


def test_the_drafts_of_a_campaign_are_those_that_have_not_left(running: Desk) -> None:
    (one,) = campaigns.drafts(running.workspace, "spring")
    assert one.request.id == "2026-0003"
    assert one.letter.startswith("September 15, 2026")
    shown = running.done("campaign", "preview", "spring")
    assert "2026-0003  Exampleville Police Department" in shown
    assert "Lint: 0 errors" in shown
    assert "1 letter not sent yet" in shown


def test_a_damaged_request_is_named_and_the_others_are_shown(running: Desk) -> None:
    log = running.requests / folders(running)[0] / "events.jsonl"
    log.write_bytes(b"not json\n" + log.read_bytes())
    typed = running.cpra("campaign", "show", "spring")
    assert typed.code == 5
    assert "0002  LASD" in typed.out
    assert "events.jsonl, line 1" in typed.err


def test_the_campaigns_of_a_workspace_are_listed(running: Desk) -> None:
    assert running.done("campaign", "show").split() == ["spring", "3", "requests"]
    typed = running.cpra("campaign", "show", "autumn")
    assert (typed.code, "there are spring" in typed.err) == (3, True)


def test_the_name_of_a_campaign_is_one_plain_word(at: Desk, tmp_path: Path) -> None:
    path = listed(tmp_path, "lapd\n", "list.txt")
    words = ("alpr-access-logs", "--agencies", path, *PERIOD, "--yes")
    at.done("campaign", "new", *words, "--name", "Spring of 2026")
    assert "spring-of-2026" in at.done("campaign", "show")
    typed = at.cpra("campaign", "new", *words, "--name", "***")
    assert (typed.code, "is no name for a campaign" in typed.err) == (2, True)


def test_a_campaign_without_a_name_is_called_by_its_letter_and_month(
    at: Desk, tmp_path: Path
) -> None:
    path = listed(tmp_path, "lapd\n", "list.txt")
    at.done("campaign", "new", "alpr-access-logs", "--agencies", path, *PERIOD, "--yes")
    assert "alpr-access-logs-2026-09" in at.done("campaign", "show")
