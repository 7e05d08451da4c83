"""`cpra compute` and `cpra law`: one date, a column of dates, and what they rest on."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cpra import statutes
from cpra.cli import cli
from cpra.core.calendar import Office
from cpra.core.signs import inert
from cpra.errors import CpraError, NotFound, WrongUsage
from cpra.reports.computed import Computed, computed
from cpra.reports.moments import moment

RULE = "cpra.determination"


def run(*words: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(cli, ["--today", "2026-11-24", *words], input=given)


def column(text: str, name: str = "received", rule: str = RULE) -> tuple[str, Computed]:
    target = io.StringIO()
    done = computed(io.StringIO(text), target, name, rule, statutes.law(), Office())
    return target.getvalue(), done


# --- one date ------------------------------------------------------------------------------------


def test_one_date_with_what_rolled_it() -> None:
    done = run("compute", RULE, "--from", "2026-09-15")
    assert done.stdout.splitlines() == [
        "Determination whether the request seeks disclosable records · Gov. Code § 7922.535(a)",
        "  due Mon Sep 28, 2026, rolled by Native American Day > Sat > Sun",
        "  no other reading gives a later date",
    ]


def test_one_date_for_programs() -> None:
    data = json.loads(run("compute", RULE, "--from", "2026-10-02", "--json").stdout)
    assert data["due"] == "2026-10-12"
    assert data["latest"] == "2026-10-13"
    assert data["rolled_by"] == ""
    assert data["contingent"] == ""
    assert [reading["name"] for reading in data["readings"]] == ["holidays"]


def test_the_hour_moves_only_the_latest_date() -> None:
    data = json.loads(
        run("compute", RULE, "--from", "2026-10-05", "--at", "5:30 pm", "--json").stdout
    )
    assert (data["due"], data["latest"]) == ("2026-10-15", "2026-10-16")


def test_a_date_of_2027_is_printed_with_the_reason() -> None:
    words = run("compute", RULE, "--from", "2027-01-04").stdout
    assert "AB 1821 (2026) may give an agency 10 business days" in words


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from", "2041-01-01"), "2041-01-01 is outside 2015 to 2040: the holiday lists"),
        (("--from", "2014-12-31"), "outside 2015 to 2040"),
        ((), "give either --from DATE, or --csv FILE with --column NAME"),
        (("--from", "2026-01-01", "--csv", "-"), "give either --from DATE, or --csv FILE"),
        (("--csv", "-"), "--csv needs --column NAME"),
        (("--csv", "-", "--column", "a", "--json"), "--csv writes CSV"),
        (("--csv", "/nowhere/log.csv", "--column", "a"), "there is no file /nowhere/log.csv"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_a_sentence(
    words: tuple[str, ...], said: str
) -> None:
    done = run("compute", RULE, *words)
    assert isinstance(done.exception, CpraError)
    assert said in str(done.exception)


def test_an_unknown_rule_gets_the_nearest() -> None:
    done = run("compute", "cpra.determinaton", "--from", "2026-01-05")
    assert isinstance(done.exception, NotFound)
    assert "did you mean cpra.determination" in str(done.exception)


def test_an_agency_of_the_book_has_its_closures(tmp_path: Path) -> None:
    from cpra.actions.starting import start

    start(tmp_path)
    (tmp_path / "requests" / "agencies.toml").write_text(
        '[agency.epd]\nname = "Exampleville Police Department"\nkind = "city"\n'
        '[[agency.epd.closure]]\nname = "city holiday"\ndates = [2026-10-12]\n'
        'source = "user"\nstatus = "V"\n',
        encoding="utf-8",
    )
    place = ("--workspace", str(tmp_path))
    words = run(*place, "compute", RULE, "--from", "2026-10-02", "--agency", "epd").stdout
    assert "due Tue Oct 13, 2026, rolled by city holiday" in words
    days = run(*place, "law", "holidays", "2026", "--agency", "epd").stdout
    assert "Mon Oct 12, 2026  city holiday · Code Civ. Proc. § 12b\n" in days


# --- a column ------------------------------------------------------------------------------------


def test_a_column_gets_four_columns_more() -> None:
    text, done = column("id,received\n1,2026-09-15\n2,2027-01-04\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0] == {
        "id": "1",
        "received": "2026-09-15",
        "due": "2026-09-28",
        "latest": "2026-09-28",
        "rolled_by": "Native American Day > Sat > Sun",
        "contingent": "",
    }
    assert rows[1]["latest"] == "2027-01-19"
    assert rows[1]["contingent"].startswith("For requests received from January 1, 2027")
    assert (done.rows, done.bad) == (2, [])


def test_what_a_spreadsheet_program_would_calculate_is_marked_as_text() -> None:
    text, _ = column("when,=n\n2026-09-15,=HYPERLINK(1)\nnever,@x,more\n-,-1.5\n", "when")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[1] for row in rows] == ["'=n", "'=HYPERLINK(1)", "'@x", "-1.5"]


@pytest.mark.parametrize(
    "cell", ["=1", "+1 415", "-x", "@a", "\tx", "\r=1", "\n=1", "-1+2", "\uff1d1", "=", "--1"]
)
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert inert([cell]) == [f"'{cell}"]


@pytest.mark.parametrize("cell", ["", "x=1", "-5", "+1.5", "-1,234.50", "-7%", "-", 7, None, -1])
def test_numbers_and_plain_words_stay_as_they_are(cell: object) -> None:
    assert inert([cell]) == [cell]


def test_rows_without_a_date_are_listed_and_kept() -> None:
    text, done = column(
        "id,received\n1,2026-09-15\n2,soon\n3\n\n4,2050-01-01\n5,\n6,2026-09-15,more\n"
    )
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows] == ["id", "1", "2", "3", "4", "5", "6"]
    assert rows[2] == ["2", "soon", "", "", "", ""]
    assert rows[3] == ["3", "", "", "", "", ""]
    assert rows[6] == ["6", "2026-09-15", "more"]
    assert done.rows == 6
    assert [what for _, what in done.bad] == [
        '"soon" is no date like 2026-03-02 or 3/2/2026',
        "1 cells where the first line has 2",
        "2050-01-01 is outside 2015 to 2040: the holiday lists are known only for those years, so"
        " no date is counted from it",
        "no date",
        "3 cells where the first line has 2",
    ]


@pytest.mark.parametrize(
    ("cell", "day", "at"),
    [
        ("2026-03-02", date(2026, 3, 2), None),
        (" 2026-03-02 ", date(2026, 3, 2), None),
        ("2026-03-02T17:30", date(2026, 3, 2), time(17, 30)),
        ("2026-03-02 17:30:05", date(2026, 3, 2), time(17, 30)),
        ("3/2/2026", date(2026, 3, 2), None),
        ("03/02/2026 05:30:00 PM", date(2026, 3, 2), time(17, 30)),
        ("3/2/2026 5:30 PM", date(2026, 3, 2), time(17, 30)),
        ("3/2/2026 17:30", date(2026, 3, 2), time(17, 30)),
    ],
)
def test_logs_write_a_moment_in_many_ways(cell: str, day: date, at: time | None) -> None:
    assert moment(cell) == (day, at)


@pytest.mark.parametrize("cell", ["2026-13-02", "20 March", "13/2/2026", "2/30/2026"])
def test_an_impossible_moment_is_named(cell: str) -> None:
    assert moment(cell) == f'"{cell}" is no date'
    _, done = column(f"received\n{cell}\n")
    assert done.bad == [(2, f'"{cell}" is no date like 2026-03-02 or 3/2/2026')]


def test_an_hour_in_the_column_counts() -> None:
    text, _ = column("received\n2026-10-05T17:30\n")
    assert next(csv.DictReader(io.StringIO(text)))["latest"] == "2026-10-16"


def test_the_columns_name_is_found_whatever_its_case_and_the_separator_kept() -> None:
    text, _ = column("Id;Request Date\n1;2026-10-05\n", " request date ")
    assert text.splitlines()[1] == "1;2026-10-05;2026-10-15;2026-10-15;;"


def test_an_unknown_column_gets_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean received"):
        column("id,received\n1,2026-10-05\n", "recieved")
    with pytest.raises(NotFound, match="it has id, received"):
        column("id,received\n1,2026-10-05\n", "zzzz")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(WrongUsage, match="the file is empty"):
        column("")


def test_a_file_that_has_such_a_column_already_gets_the_computed_one_last() -> None:
    text, done = column("received,due\n2026-10-05,never\n")
    assert done.doubled == ("due",)
    assert next(csv.DictReader(io.StringIO(text)))["due"] == "2026-10-15"


def test_a_file_is_computed_to_standard_output(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("﻿received,due\r\n2026-10-05,x\r\n", encoding="utf-8", newline="")
    done = run("compute", RULE, "--csv", str(log), "--column", "received")
    assert done.exit_code == 0
    assert done.stdout == (
        "received,due,due,latest,rolled_by,contingent\n2026-10-05,x,2026-10-15,2026-10-15,,\n"
    )
    assert "the computed ones are the last four columns" in done.stderr


def test_standard_input_is_computed_and_bad_rows_are_counted() -> None:
    rows = "".join(f"row {n}\n" for n in range(12))
    done = run(
        "compute", RULE, "--csv", "-", "--column", "received", given=f"received\n{rows}2026-10-05\n"
    )
    assert done.stdout.splitlines()[-1] == "2026-10-05,2026-10-15,2026-10-15,,"
    assert str(done.exception) == "12 of 13 rows got no date; the others are computed"
    assert 'line 2: "row 0" is no date' in done.stderr
    assert "and 2 more" in done.stderr


def test_a_file_that_is_no_utf8_is_named() -> None:
    done = run("compute", RULE, "--csv", "-", "--column", "received", given=b"received\n\xff\xfe\n")
    assert "is not UTF-8 text; save it as CSV UTF-8" in str(done.exception)


def test_a_table_looks_up_what_it_has_and_takes_a_moment_for_its_day() -> None:
    from datetime import datetime

    table = statutes.law().table(RULE)
    first = table[date(2026, 9, 15)]
    assert table[date(2026, 9, 15)] is first
    assert table[datetime(2026, 9, 15, 10, 42)] == first


# --- what the dates rest on ----------------------------------------------------------------------


def test_law_list_has_one_law_or_all() -> None:
    words = run("law", "list", "foia").stdout
    assert "foia.determination" in words
    assert "cpra.determination" not in words
    assert len(json.loads(run("law", "list", "--json").stdout)) == len(statutes.law().rules)
    assert "contingent, from 2027-01-01" in run("law", "list").stdout
    assert isinstance(run("law", "list", "tax").exception, WrongUsage)


def test_law_show_has_a_rule_in_full() -> None:
    words = run("law", "show", "cpra.determination").stdout
    assert "Gov. Code § 7922.535(a), from January 1, 2023; status V" in words
    assert "example: 2026-09-15 received → Mon Sep 28, 2026, rolled by Native American" in words
    assert len(json.loads(run("law", "show", "cpra.determination", "--json").stdout)) == 3


def test_law_holidays_marks_what_moves_only_the_latest_date() -> None:
    words = run("law", "holidays", "2026").stdout
    assert "Mon Oct 12, 2026  Columbus Day · Gov. Code § 6700   only in `latest`" in words
    assert "Fri Jul 3, 2026  Independence Day (alternative day for Sat 2026-07-04)" in words
    rows = json.loads(run("law", "holidays", "2026", "--list", "federal", "--json").stdout)
    assert {row["name"] for row in rows} >= {"Juneteenth", "Columbus Day"}


def test_law_check_lists_what_should_be_read() -> None:
    words = run("law", "check").stdout
    assert "CONTINGENT" in words
    assert "NOT VERIFIED" in words
    assert "AFSCME v. Regents" in words
    data = json.loads(run("law", "check", "--json").stdout)
    assert data["problems"] == []
    assert data["doubts"][0]["why"] == "contingent"


def test_law_page_is_the_manuals_page() -> None:
    assert run("law", "page").stdout.startswith("# The law that cpra computes with")
