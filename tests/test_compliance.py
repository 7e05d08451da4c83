"""An agency's own request log against the statute: what it shows, and what it does not."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.errors import BadFile, NotFound, WrongUsage
from cpra.reports.compliance import Compliance, Outcome, Own, Verdict, compliance
from cpra.reports.logs import log
from cpra.reports.moments import Moments
from cpra.reports.receipts import Dates, Receipts
from tests.typed import Desk, desk
from tests.workbooks import Cell, workbook

TODAY = date(2026, 11, 24)
NEXTREQUEST = ["Id", "Request Date", "Due Date", "Closed Date", "Status"]
"""Native American Day is Friday 2026-09-25: a request of the 15th is due on Monday the 28th."""


def reckoned(
    header: Sequence[str],
    *rows: Sequence[str],
    law: str = "cpra",
    office: Office | None = None,
    **wanted: str,
) -> Compliance:
    table = [list(header), *map(list, rows)]
    entries = log(enumerate(table, start=1), "log.csv", wanted)
    return compliance(entries, statutes.law(), law, office or Office(), TODAY)


def one(*cells: str, office: Office | None = None) -> Verdict:
    """The verdict on one row of a NextRequest export."""
    (verdict,) = reckoned(NEXTREQUEST, cells, office=office).verdicts
    return verdict


# --- what the log shows against the statute ---


@pytest.mark.parametrize(
    ("closed", "outcome"),
    [
        ("09/15/2026", Outcome.IN_TIME),
        ("09/28/2026 04:59:00 PM", Outcome.IN_TIME),
        ("09/29/2026", Outcome.EXTENSION),
        ("10/09/2026", Outcome.EXTENSION),
        ("10/12/2026", Outcome.EXTENSION),
        ("10/14/2026", Outcome.LATER),
        ("", Outcome.OPEN_LATER),
    ],
)
def test_when_it_was_closed_stands_against_the_dates_of_the_statute(
    closed: str, outcome: Outcome
) -> None:
    verdict = one("26-1", "09/15/2026 10:42:00 AM", "", closed, "")
    assert (verdict.dates.due, verdict.dates.latest) == (date(2026, 9, 28), date(2026, 9, 28))
    assert verdict.dates.extended == date(2026, 10, 9)
    assert verdict.dates.extended_latest == date(2026, 10, 13)
    assert verdict.outcome is outcome


def test_a_request_that_can_still_be_answered_is_open() -> None:
    assert one("26-9", "11/20/2026", "", "", "Open").outcome is Outcome.OPEN


def test_a_log_that_does_not_say_when_is_not_read_as_late() -> None:
    found = reckoned(["Id", "Request Date"], ["26-1", "09/15/2026"])
    assert found.verdicts[0].outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("own", "standing", "reason"),
    [
        ("09/28/2026", Own.SAME, ""),
        (
            "09/25/2026",
            Own.EARLIER,
            "the agency's date is 3 days before the statutory one: the last day was not moved "
            "(Native American Day > Sat > Sun)",
        ),
        ("09/22/2026", Own.EARLIER, "the agency's date is 6 days before the statutory one"),
        ("09/01/2026", Own.EARLIER, "the agency's date, 2026-09-01, is before the day of receipt"),
        (
            "09/30/2026",
            Own.EXTENSION,
            "the agency's date is 2 days after the statutory maximum for a determination (it is "
            "10 working days); it is within an extension; a portal's due date need not be the "
            "date of the determination",
        ),
        (
            "10/14/2026",
            Own.LATER,
            "the agency's date is 16 days after the statutory maximum for a determination; it is "
            "later than any extension; a portal's due date need not be the date of the "
            "determination",
        ),
    ],
)
def test_a_due_date_that_differs_has_a_reason(own: str, standing: Own, reason: str) -> None:
    verdict = one("26-1", "09/15/2026", own, "", "Open")
    assert (verdict.own, verdict.reason) == (standing, reason)
    assert verdict.own_after == (verdict.entry.due or TODAY).toordinal() - 739887


def test_a_date_that_another_reading_allows_is_no_maximum_passed() -> None:
    verdict = one("26-1", "09/18/2026 06:10:00 PM", "09/30/2026", "", "Open")
    assert (verdict.dates.due, verdict.dates.latest) == (date(2026, 9, 28), date(2026, 10, 1))
    assert verdict.own is Own.ARGUABLE
    assert verdict.reason.startswith(
        "the agency's date is 2 days after the plain statutory one, and another reading allows it"
    )


def test_the_hour_of_receipt_counts_where_the_agency_says_when_its_day_ends() -> None:
    at = "09/18/2026 04:40:00 PM"
    assert one("1", at, "", "", "").dates.latest == date(2026, 9, 28)
    early = Office(cutoff=time(16, 30))
    assert one("1", at, "", "", "", office=early).dates.latest == date(2026, 10, 1)


def test_the_agencys_own_closures_move_its_dates() -> None:
    closed = Closure(dates=(date(2026, 9, 28),), source="user", status="V")
    verdict = one("1", "09/15/2026", "09/29/2026", "", "", office=Office(closures=(closed,)))
    assert verdict.own is Own.SAME


def test_a_day_of_determination_counts_before_the_day_of_closing() -> None:
    header = ["Id", "Request Date", "Determination Date", "Closed Date"]
    found = reckoned(
        header,
        ["1", "09/15/2026", "09/28/2026", "11/02/2026"],
        ["2", "09/15/2026", "", "11/02/2026"],
    )
    assert [v.outcome for v in found.verdicts] == [Outcome.IN_TIME, Outcome.LATER]
    assert [v.days for v in found.verdicts] == [48, 48]


def test_a_federal_log_is_reckoned_in_working_days() -> None:
    header = ["Tracking Number", "Submitted Date", "Closed Date"]
    found = reckoned(header, ["DOJ-1", "07/03/2017", "08/01/2017"], law="foia")
    assert found.period == "20 working days"
    assert found.authorities == ("5 U.S.C. § 552(a)(6)(A)(i)",)
    assert found.verdicts[0].dates.due == date(2017, 8, 1)
    assert found.verdicts[0].outcome is Outcome.IN_TIME


def test_a_date_of_2027_says_why_it_is_not_certain() -> None:
    found = reckoned(NEXTREQUEST, ["1", "01/04/2027", "", "", ""])
    (sentence,) = found.contingent
    assert "AB 1821" in sentence
    assert reckoned(NEXTREQUEST, ["1", "01/05/2026", "", "", ""]).contingent == ()


def test_percentiles_are_days_within_which_so_many_were_closed() -> None:
    rows = [[str(n), "01/05/2026", "", f"01/{5 + n:02}/2026", "Closed"] for n in range(1, 21)]
    found = reckoned(NEXTREQUEST, *rows)
    assert found.percentiles == {10: 2, 25: 5, 50: 10, 75: 15, 90: 18, 100: 20}


@pytest.mark.parametrize("law", ["cpra", "foia"])
def test_every_day_is_reckoned_as_the_law_engine_does(law: str) -> None:
    receipts = Receipts(statutes.law(), law, Office())
    table = statutes.law().table(f"{law}.determination")
    extended = statutes.law().table(f"{law}.extension")
    for day in (date(2022, 11, 1) + timedelta(days=n) for n in range(0, 1900)):
        found = receipts[day, False]
        assert isinstance(found, Dates)
        assert (found.due, found.latest) == (table[day].due, table[day].latest)
        assert (found.extended, found.extended_latest) == (extended[day].due, extended[day].latest)
        assert found.rolled_by == table[day].rolled_by


def test_a_law_without_such_a_clock_is_named() -> None:
    with pytest.raises(NotFound, match=r"lora\.determination"):
        reckoned(NEXTREQUEST, ["1", "01/05/2026", "", "", ""], law="lora")


# --- rows that cannot be used ---


@pytest.mark.parametrize(
    ("row", "text", "used"),
    [
        (["1", "soon", "", "", ""], 'received "soon" is no date', False),
        (["1", "", "", "", "Open"], "received is empty", False),
        (["1", "02/30/2026", "", "", ""], 'received "02/30/2026" is no date', False),
        (["1", "15/03/2026", "", "", ""], 'received "15/03/2026" is no date', False),
        (["1", "03/02/2026 25:10", "", "", ""], "is no date and time", False),
        (["1", "03/02/2026", "later", "", ""], 'due "later" is no date', True),
        (["1", "03/02/2026", "", "??", ""], 'closed "??" is no date', True),
        (["1", "03/02/2026", "", "", "Closed"], "it is closed, and no day is given", True),
        (
            ["1", "03/02/2026", "", "03/01/2026", ""],
            "closed on 2026-03-01, before it was received on 2026-03-02",
            False,
        ),
        (["1", "03/02/2009", "", "", ""], "received 2009-03-02 is outside 2015 to 2040", False),
        (["1"], "received is empty", False),
    ],
)
def test_a_row_that_cannot_be_used_is_listed_and_the_rest_goes_on(
    row: list[str], text: str, used: bool
) -> None:
    found = reckoned(NEXTREQUEST, row, ["2", "03/02/2026", "", "03/05/2026", "Closed"])
    (problem,) = found.problems
    assert (problem.path, problem.line) == ("log.csv", 2)
    assert text in problem.text
    assert found.rows == 2
    assert [v.entry.number for v in found.verdicts] == (["1", "2"] if used else ["2"])


def test_a_request_before_the_holiday_lists_still_counts_its_days() -> None:
    found = reckoned(NEXTREQUEST, ["1", "03/02/2009", "", "03/12/2009", ""])
    assert found.percentiles[50] == 10
    assert [entry.line for entry in found.unreckoned] == [2]


def test_what_is_closed_on_an_unreadable_day_is_not_called_open() -> None:
    found = reckoned(NEXTREQUEST, ["1", "03/02/2026", "", "??", "Closed"])
    assert found.verdicts[0].outcome is Outcome.UNKNOWN


def test_empty_rows_and_rows_above_the_header_are_passed_over() -> None:
    rows = [["Exampleville"], [], NEXTREQUEST, ["1", "03/02/2026"], ["", "", "", "", ""]]
    found = log(enumerate(rows, start=1), "log.csv")
    assert (found.rows, len(found.entries), found.problems) == (1, 1, [])
    assert found.entries[0].line == 4


# --- columns ---


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        (
            ["Id", "Departments", "Request Date", "Due Date", "Closed Date", "Status", "URL"],
            {
                "number": "Id",
                "received": "Request Date",
                "due": "Due Date",
                "closed": "Closed Date",
            },
        ),
        (
            ["Reference No", "Create Date", "Required Completion Date", "Close Date"],
            {"number": "Reference No", "received": "Create Date", "closed": "Close Date"},
        ),
        (
            ["request id", "date requested", "date completed", "status"],
            {"received": "date requested", "closed": "date completed"},
        ),
        (["RECEIVED_DATE", "Due"], {"received": "RECEIVED_DATE", "due": "Due"}),
    ],
)
def test_columns_are_known_by_their_headers(header: list[str], columns: dict[str, str]) -> None:
    found = log(enumerate([header, ["03/02/2026"] * len(header)]), "log.csv").columns
    assert columns.items() <= found.items()


def test_other_columns_are_named_by_option() -> None:
    header = ["Nr", "Eingang", "Ende"]
    found = log(
        enumerate([header, ["7", "2026-03-02", "2026-03-09"]]),
        "log.csv",
        {"received": "eingang", "closed": "Ende", "number": "Nr"},
    )
    assert found.entries[0].number == "7"
    assert found.entries[0].closed == date(2026, 3, 9)


def test_a_first_response_is_no_determination_unless_the_requester_says_so() -> None:
    rows = [["Request Date", "Initial Response Date"], ["2026-03-02", "2026-03-03"]]
    assert log(enumerate(rows), "log.csv").entries[0].determined is None
    named = log(enumerate(rows), "log.csv", {"determined": "Initial Response Date"})
    assert named.entries[0].determined == date(2026, 3, 3)


def test_two_columns_that_could_be_meant_are_not_chosen_between() -> None:
    header = ["Date Requested", "Date Received"]
    with pytest.raises(WrongUsage, match=r"Date Requested, Date Received\. Say which: --received"):
        log(enumerate([header, ["2026-03-02", "2026-03-09"]]), "log.csv")


def test_a_log_without_a_day_of_receipt_says_what_it_has() -> None:
    with pytest.raises(WrongUsage, match="It has Id, Subject"):
        log(enumerate([["Id", "Subject"], ["1", "x"]]), "log.csv")
    with pytest.raises(NotFound, match='no column "Recieved"; did you mean Arrived'):
        log(enumerate([["Id", "Arrived"]]), "log.csv", {"received": "Recieved"})
    with pytest.raises(NotFound, match='no column "Dew"; did you mean Due'):
        log(enumerate([["Received", "Due"]]), "log.csv", {"due": "Dew"})
    with pytest.raises(BadFile, match="has no rows"):
        log(enumerate([[], [""]]), "log.csv")


# --- dates as logs write them ---


@pytest.mark.parametrize(
    ("text", "day", "at"),
    [
        ("2026-03-02", "2026-03-02", None),
        ("2026-3-2", "2026-03-02", None),
        ("3/2/2026", "2026-03-02", None),
        ("03/02/26", "2026-03-02", None),
        ("3-2-2026", "2026-03-02", None),
        ("March 2, 2026", "2026-03-02", None),
        ("Mon, Mar 2, 2026", "2026-03-02", None),
        ("Mar. 2nd 2026", "2026-03-02", None),
        ("2-Mar-2026", "2026-03-02", None),
        ("2 March 2026", "2026-03-02", None),
        ("03/02/2026 06:49:24 AM", "2026-03-02", "06:49"),
        ("3/2/2026 12:05:00 AM", "2026-03-02", "00:05"),
        ("3/2/2026 12:05 PM", "2026-03-02", "12:05"),
        ("3/2/2026 18:05", "2026-03-02", "18:05"),
        ("March 2, 2026 at 6:05 p.m.", "2026-03-02", "18:05"),
        ("2026-03-02 18:05:10", "2026-03-02", "18:05"),
        ("2026-03-02T18:05:10.123", "2026-03-02", "18:05"),
        ("2026-03-03T02:05:00Z", "2026-03-02", "18:05"),
        ("2026-03-02T21:05:00-05:00", "2026-03-02", "18:05"),
        ("  3/2/2026  ", "2026-03-02", None),
    ],
)
def test_a_moment_is_read_in_every_form_that_logs_have(text: str, day: str, at: str | None) -> None:
    found = Moments().read(text)
    assert found == (date.fromisoformat(day), time.fromisoformat(at) if at else None)


@pytest.mark.parametrize(
    "text",
    ["2026", "13/01/2026", "3/2/2026 9:75 AM", "3/2/2026 0:10 AM", "Mar 2", "3/2/2026 soon", "x"],
)
def test_what_is_no_moment_is_said_to_be_none(text: str) -> None:
    read = Moments().read
    read("3/2/2026 06:49:24 AM")
    read("3/2/2026 09:15:00 AM")
    assert "is no date" in str(read(text))


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", "null", "TBD"])
def test_a_cell_that_says_nothing_is_no_mistake(text: str) -> None:
    assert Moments().read(text) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.datetimes(datetime(2015, 1, 1), datetime(2040, 1, 1)), max_size=30))
def test_a_portals_moments_are_read_alike_whether_met_before_or_not(
    moments: list[datetime],
) -> None:
    once = Moments()
    for moment in moments:
        text = moment.strftime("%m/%d/%Y %I:%M:%S %p")
        wanted = (moment.date(), time(moment.hour, moment.minute))
        assert once.read(text) == Moments().read(text) == wanted


# --- the command ---


@pytest.fixture
def at(tmp_path: Path) -> Desk:
    here = desk(tmp_path / "records", today=TODAY.isoformat())
    here.done("agency", "add", "Exampleville Police Department", "--alias", "EPD")
    here.done("agency", "edit", "epd", "--closed", "2026-09-28")
    return here


def written(tmp_path: Path, rows: Sequence[Sequence[str]]) -> Path:
    path = tmp_path / "log.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([NEXTREQUEST, *rows])
    return path


ROWS = [
    ["26-1", "09/15/2026 10:42:00 AM", "09/29/2026", "09/20/2026", "Closed"],
    ["=HYPERLINK(1)", "09/15/2026", "10/20/2026", "", "Open"],
    ["26-3", "unknown", "", "", "Open"],
]


def test_the_report_says_what_was_read_and_how_it_compares(at: Desk, tmp_path: Path) -> None:
    out = at.done("compliance", written(tmp_path, ROWS), "--agency", "epd")
    for words in (
        "Exampleville Police Department · log.csv · 3 requests",
        "number: Id; received: Request Date; due: Due Date; closed: Closed Date; status: Status",
        "FROM RECEIPT UNTIL CLOSED: 1 request",
        "AGAINST Gov. Code § 7922.535(a): 10 days for a determination, 14 days more when extended",
        "the log\n  does not say.",
        "A portal's due date need not be the date of the determination",
        "WHERE IT DIFFERS FROM THE COMPUTED ONE: 1 row",
        "line 3 =HYPERLINK(1): received Tue Sep 15, 2026, due Tue Sep 29, 2026",
        'line 4: received "unknown" is no date',
    ):
        assert words in out
    assert "illegal" not in out
    assert "violat" not in out


def test_every_row_goes_into_a_new_csv_that_no_spreadsheet_runs(at: Desk, tmp_path: Path) -> None:
    out = tmp_path / "reckoned.csv"
    at.done("compliance", written(tmp_path, ROWS), "--agency", "epd", "--csv", out)
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["number"] for row in rows] == ["26-1", "'=HYPERLINK(1)"]
    assert rows[0]["due"] == "2026-09-29"
    assert rows[1]["own_after"] == "21"
    assert rows[1]["outcome"] == "open, past the end of any extension"
    typed = at.cpra("compliance", tmp_path / "log.csv", "--csv", out)
    assert (typed.code, "is there already; name another file" in typed.err) == (4, True)


def test_the_rows_can_be_printed_instead_of_the_report(at: Desk, tmp_path: Path) -> None:
    out = at.done("compliance", written(tmp_path, ROWS), "--csv", "-")
    assert [line.split(",")[0] for line in out.splitlines()] == ["line", "2", "3"]


def test_a_row_of_2027_says_in_a_column_why_it_is_not_certain(at: Desk, tmp_path: Path) -> None:
    asked = ["01/04/2027", "12/22/2026", "01/05/2026"]
    rows = [[str(n), day, "", "", ""] for n, day in enumerate(asked)]
    text = at.done("compliance", written(tmp_path, rows), "--csv", "-")
    first, running, sure = csv.DictReader(io.StringIO(text))
    assert first["contingent"].startswith("For requests received from January 1, 2027, AB 1821")
    assert running["contingent"].startswith("Whether AB 1821 (2026), if it is law, governs")
    assert sure["contingent"] == ""


def test_json_has_the_totals_and_every_row(at: Desk, tmp_path: Path) -> None:
    found = json.loads(at.done("compliance", written(tmp_path, ROWS), "--json"))
    assert found["requests"] == 3
    assert found["rule"] == "cpra.determination"
    assert found["rows"][0]["due"] == "2026-09-28"
    assert found["own"] == {"within an extension": 1, "later than any extension": 1}
    assert found["problems"][0]["line"] == 4


def test_a_workbook_with_real_dates_is_read_like_a_csv(at: Desk, tmp_path: Path) -> None:
    rows: list[list[Cell]] = [
        ["Requests of 2026"],
        ["Id", "Request Date", "Due Date", "Closed Date"],
        ["26-1", datetime(2026, 9, 15, 10, 42), date(2026, 9, 28), datetime(2026, 9, 20, 9, 0)],
    ]
    path = workbook(tmp_path / "log.xlsx", {"Cover": [["About"]], "Log": rows})
    found = json.loads(at.done("compliance", path, "--sheet", "log", "--json"))
    assert found["rows"][0]["outcome"] == "by the statutory date"
    assert found["rows"][0]["own"] == "the statutory date"


def test_a_log_needs_no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from cpra.cli import cli

    monkeypatch.chdir(tmp_path)
    path = str(written(tmp_path, ROWS))
    for words in (["compliance", path], ["compliance", path, "--agency", "lapd"]):
        done = CliRunner().invoke(cli, words)
        assert done.exit_code == 0, done.output


# --- real logs ---


@pytest.mark.data
def test_a_federal_agencys_log_as_it_was_released(data: Path, at: Desk) -> None:
    folder = data / "misc" / "doj-foia-2017-request-log"
    found = json.loads(at.done("compliance", folder / "cleaned.csv", "--law", "foia", "--json"))
    assert found["requests"] == 244
    with (folder / "cleaned.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    days = sorted(
        (_us(row["Closed Date"]) - _us(row["Submitted Date"])).days
        for row in rows
        if row["Closed Date"]
    )
    assert found["percentiles"]["100"] == days[-1]
    assert found["percentiles"]["50"] == days[(len(days) + 1) // 2 - 1]
    early = sum(_us(row["Submitted Date"]).year < 2015 for row in rows)
    assert len(found["unreckoned"]) == early
    assert sum(found["outcomes"].values()) == 244 - early


def _us(text: str) -> date:
    month, day, year = map(int, text.split("/"))
    return date(year, month, day)


@pytest.mark.data
def test_a_table_torn_from_a_pdf_is_read_as_far_as_it_goes(data: Path, at: Desk) -> None:
    path = data / "misc" / "doj-foia-2017-request-log" / "tabula-foia-responses.csv"
    found = json.loads(at.done("compliance", path, "--law", "foia", "--json"))
    assert 'received "Date Submitted" is no date' in [p["text"] for p in found["problems"]]
    assert len(found["rows"]) + len(found["unreckoned"]) >= 240


@pytest.mark.data
def test_a_tracker_kept_by_hand_gives_its_days_though_it_is_older_than_the_lists(
    data: Path, at: Desk
) -> None:
    folder = data / "misc" / "dth-records-requests"
    typed = at.cpra("compliance", folder / "records.csv")
    assert (typed.code, "Say which: --received NAME" in typed.err) == (2, True)
    columns = ("--received", "Date Requested", "--closed", "Date Received", "--json")
    found = json.loads(at.done("compliance", folder / "records.csv", *columns))
    assert (found["requests"], len(found["unreckoned"])) == (106, 106)
    sheet = ("--received", "Date Requested", "--closed", "Date Received (if received)")
    named = ("--sheet", "Information Correct", "--json")
    other = json.loads(at.done("compliance", folder / "records.xlsx", *sheet, *named))
    assert other["percentiles"] == found["percentiles"]


@pytest.mark.data
def test_real_message_histories_against_the_statute(data: Path, at: Desk) -> None:
    path = data / "cases" / "truth.csv"
    columns = ("--received", "first_message", "--closed", "last_message", "--number", "request_id")
    found = json.loads(at.done("compliance", path, *columns, "--json"))
    assert found["columns"]["received"] == "first_message"
    due = {row["number"]: (row["received"], row["due"]) for row in found["rows"]}
    assert due["W012541-041426"] == ("2026-04-14", "2026-04-24")
    assert due["W012159-021226"] == ("2026-02-12", "2026-02-23")
    outcomes = {row["number"]: row["outcome"] for row in found["rows"]}
    assert outcomes["W012541-041426"] == "later, but by another reading"
