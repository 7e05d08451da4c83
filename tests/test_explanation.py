"""Why that date: on the screen, for programs, and in words for a declaration."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from click.testing import CliRunner

from cpra import statutes
from cpra.cli import cli
from cpra.core.calendar import Office
from cpra.core.deadlines import deadlines
from cpra.reports.declaration import paragraph
from cpra.reports.explanation import explained, outcome, text
from tests.logs import told, written

LAW = statutes.law()
AGENCY = "the Exampleville Police Department"


def shown(log: str, today: date) -> str:
    return text("2026-0007", deadlines(told(log), LAW, Office()), today)


def sworn(log: str, today: date, items: int = 0) -> str:
    found = deadlines(told(log, items), LAW, Office())
    return paragraph(AGENCY, "ALPR access logs", found, today)


def test_the_screen_shows_what_the_storyboard_shows() -> None:
    assert shown("2026-09-15T10:42 received via=email", date(2026, 10, 1)).splitlines() == [
        "2026-0007",
        "",
        "Determination whether the request seeks disclosable records · Gov. Code § 7922.535(a)",
        "  Tue 2026-09-15   received by e-mail, 10:42        day of receipt, not counted   "
        "Code Civ. Proc. § 12",
        "  Wed 2026-09-16   days 1 to 9, to Thu 2026-09-24   counted, closed days too",
        "  Fri 2026-09-25   day 10, Native American Day      judicial holiday              "
        "Code Civ. Proc. §§ 12a, 135",
        "  Sat 2026-09-26   Saturday                         holiday                       § 12a",
        "  Sun 2026-09-27   Sunday                           holiday                       § 10",
        "  Mon 2026-09-28   the period ends                                                "
        "Gov. Code § 7922.535(a)",
        "  No other reading gives a later date.",
        "  The law behind this date was read at the source that `cpra law show cpra.determination`"
        " names, last on 2026-11-24.",
        "  Nothing received: late since Tuesday, September 29, 2026.",
    ]


def test_other_readings_stand_with_their_reasons() -> None:
    words = shown("2026-10-02 sent via=email", date(2026, 10, 13))
    assert "  Other readings give a later date:" in words
    assert "    Tue 2026-10-13   Columbus Day (Gov. Code § 6700) taken as a holiday" in words
    assert "Nothing received: due, and late only after Tuesday, October 13, 2026." in words


def test_a_date_of_2027_says_once_why_it_may_be_later() -> None:
    words = shown("2027-01-04 sent via=email", date(2027, 1, 5))
    assert words.count("whether it is law was not confirmed") == 1
    assert "10 working days instead, if AB 1821 (2026) is law" in words


def test_what_was_not_read_at_its_source_is_said() -> None:
    words = shown("2026-06-23 sent via=email", date(2026, 7, 1))
    assert "see Code Civ. Proc. § 135" in words
    assert "Not read at the source: day 10, Independence Day (alternative day" in words


def test_an_estimate_is_called_one_and_claims_nothing_of_readings() -> None:
    words = shown("2026-10-05 sent via=mail", date(2027, 1, 1))
    assert "An estimate: the day of receipt is not known, so it is never called late." in words
    assert "reading" not in words


def test_no_date_runs_for_a_draft() -> None:
    assert "No date runs yet: nothing in the log starts one." in shown(
        "2026-10-05 drafted", date(2026, 10, 6)
    )


def outcomes(log: str, today: date, law: str = "cpra") -> list[str]:
    from dataclasses import replace

    request = replace(told(log), law=law)
    return [outcome(one, today) for one in deadlines(request, LAW, Office())]


def test_where_a_date_stands_is_one_sentence() -> None:
    sent = "2026-10-05 sent via=email\n"
    before, after = date(2026, 10, 6), date(2026, 10, 26)
    assert outcomes(sent, before) == ["Open: late only after Thursday, October 15, 2026."]
    assert outcomes(sent + "2026-10-14 determined", after) == [
        "Ended: determination on Wednesday, October 14, 2026."
    ]
    assert outcomes(sent + "2026-10-19 determined", after) == [
        "Ended: determination on Monday, October 19, 2026 (late)."
    ]
    assert outcomes(sent + "2026-10-14 extended until=2026-10-27", after) == [
        "Replaced: notice of extension on Wednesday, October 14, 2026.",
        "Open: late only after Thursday, October 29, 2026.",
    ]
    promised = sent + "2026-10-14 determined estimated=2026-10-23"
    assert outcomes(promised, date(2026, 10, 20))[1] == "Open until Friday, October 23, 2026."
    assert outcomes(promised, after)[1] == (
        "Nothing received: the date passed on Friday, October 23, 2026."
    )


def test_the_requesters_own_date_is_called_that() -> None:
    log = "2026-03-02 received\n2026-03-20 denied"
    own = outcomes(log, date(2026, 4, 1), "foia")[-1]
    assert own == "Yours to meet: Thursday, June 18, 2026."
    passed = outcomes(log, date(2026, 7, 1), "foia")[-1]
    assert passed == "Yours to meet, and passed: Thursday, June 18, 2026."


def test_programs_get_every_step_and_reading() -> None:
    found = deadlines(told("2026-10-02T09:00 received via=portal"), LAW, Office())
    row = explained(found, date(2026, 10, 13))[0]
    assert (row.rule, row.state, row.started_at) == ("cpra.determination", "due", "09:00")
    assert len(row.steps) == 11
    assert [reading.name for reading in row.readings] == ["holidays"]
    assert row.unverified == ()


def test_states_are_single_words() -> None:
    def states(log: str, today: date) -> list[str]:
        found = deadlines(told(log), LAW, Office())
        return [row.state for row in explained(found, today)]

    sent = "2026-10-05 sent via=email\n"
    assert states(sent, date(2026, 10, 6)) == ["open"]
    assert states(sent, date(2026, 10, 16)) == ["late"]
    assert states(sent + "2026-10-14 determined", date(2026, 10, 16)) == ["met"]
    assert states(sent + "2026-10-16 determined", date(2026, 10, 16)) == ["met late"]
    promised = sent + "2026-10-14 determined estimated=2026-10-23"
    assert states(promised, date(2026, 10, 24)) == ["met", "promise broken"]
    extended = sent + "2026-10-14 extended until=2026-10-27"
    assert states(extended, date(2026, 10, 20)) == ["replaced", "open"]


def test_a_rule_that_is_not_verified_is_said_to_be_that() -> None:
    from dataclasses import replace

    request = replace(told("2026-10-05 received"), law="foia", tags=("expedited",))
    words = text("2026-0007", deadlines(request, LAW, Office()), date(2026, 10, 6))
    assert "5 U.S.C. § 552(a)(6)(E) (not verified)" in words
    assert "Not read at the source: 5 U.S.C. § 552(a)(6)(E): not verified." in words


def test_one_counted_day_stands_alone() -> None:
    from dataclasses import replace

    request = replace(told("2026-10-05 received"), law="local")
    words = text("2026-0007", deadlines(request, LAW, Office()), date(2026, 10, 6))
    assert "Tue 2026-10-06   days 1 to 2, to Wed 2026-10-07   counted" in words
    request = replace(told("2026-09-11 received\n2026-09-21 clarification-asked"), law="foia")
    stopped = deadlines(request, LAW, Office())
    assert "clock stands still" in text("2026-0007", stopped, date(2026, 10, 6))


# --- the declaration -----------------------------------------------------------------------------


def test_the_paragraph_tells_receipt_time_holidays_and_outcome() -> None:
    assert sworn("2026-09-15T10:42 received via=email", date(2026, 10, 1)) == (
        "By my records, the Exampleville Police Department received my request by e-mail on"
        " Tuesday, September 15, 2026 at 10:42 a.m. (ALPR access logs). The time for the"
        " determination whether the request seeks disclosable records is 10 days (Gov. Code"
        " § 7922.535(a)); leaving out the first day (Code Civ. Proc. § 12), its last day is Friday,"
        " September 25,"
        " 2026. That moves to the next day that is no holiday, over Friday, September 25, 2026"
        " (Native American Day; Code Civ. Proc. §§ 12a, 135); Saturday, September 26, 2026 (Code"
        " Civ. Proc. § 12a); and Sunday, September 27, 2026 (Code Civ. Proc. § 10). By that"
        " reckoning it was due on Monday, September 28, 2026. As of Thursday, October 1, 2026, I"
        " had received no determination."
    )


def test_the_paragraph_does_not_claim_to_know_when_a_posted_letter_arrived() -> None:
    words = sworn("2026-10-05 sent via=mail", date(2026, 10, 6))
    assert "I sent my request to the Exampleville Police Department by post" in words
    assert "I do not know on which day it was received" in words
    assert "By that reckoning it is due no earlier than Thursday, October 15, 2026." in words
    assert "As of" not in words


def test_the_paragraph_swears_to_sending_and_not_to_a_receipt_that_nobody_saw() -> None:
    words = sworn("2026-09-15 sent via=email", date(2026, 10, 1))
    assert words.startswith(
        "On Tuesday, September 15, 2026, I sent my request to the Exampleville Police Department by"
        " e-mail (ALPR access logs). I count that day as the day of receipt."
    )


def test_the_paragraph_gives_the_latest_date_of_any_reading() -> None:
    words = sworn("2026-10-02 sent via=email", date(2026, 10, 14))
    assert (
        "Reckoned in the way most favorable to the agency that I know of, it was due on Tuesday,"
        " October 13, 2026." in words
    )


def test_the_paragraph_says_why_a_date_of_2027_is_not_sure() -> None:
    words = sworn("2027-01-04 sent via=email", date(2027, 1, 5))
    assert "whether it is law was not confirmed" in words


def test_the_paragraph_tells_an_extension_and_its_end() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 extended until=2026-10-03
        2026-10-05 determined estimated=2026-10-30
    """
    words = sworn(log, date(2026, 11, 2))
    assert (
        "On Friday, September 25, 2026, the Exampleville Police Department gave notice of an"
        " extension, stating Saturday, October 3, 2026. The time may be extended by at most 14 days"
        " (Gov. Code § 7922.535(b)). The day that it states moves to the next day that is no"
        " holiday, over Saturday, October 3, 2026 (Code Civ. Proc. § 12a); and Sunday, October 4,"
        " 2026 (Code Civ. Proc. § 10). If that notice extended the time, it ended on Monday,"
        " October 5, 2026." in words
    )
    assert "The determination came on Monday, October 5, 2026." in words
    assert (
        "On Monday, October 5, 2026, the Exampleville Police Department stated that the records"
        " would be available on Friday, October 30, 2026. As of Monday, November 2, 2026, I had"
        " received no such records." in words
    )


def test_the_paragraph_says_what_a_notice_without_a_date_comes_to() -> None:
    words = sworn("2026-09-15 sent via=portal\n2026-09-25 extended", date(2026, 9, 30))
    assert (
        "stating no date. The time may be extended by at most 14 days (Gov. Code § 7922.535(b)),"
        " which end on Friday, October 9, 2026. If that notice extended the time, it ends on"
        " Friday, October 9, 2026." in words
    )


def test_the_paragraph_never_says_that_a_notice_extended_the_time() -> None:
    log = "2026-10-02 sent via=portal\n2026-10-13 extended until=2026-10-20"
    words = sworn(log, date(2026, 10, 30))
    assert "the notice came after Monday, October 12, 2026." in words
    assert "If that notice" not in words
    restored = """
        2026-09-15 sent via=portal
        2026-09-25 extended grounds=cyberattack until=2026-10-09
        2026-09-30 access-restored
    """
    words = sworn(restored, date(2026, 10, 30))
    assert (
        "Access returned on September 30, 2026. If that notice extended the time, it ended" in words
    )


def test_the_paragraph_tells_which_days_a_federal_count_leaves_out() -> None:
    from dataclasses import replace

    log = """
        2026-06-02 received
        2026-06-10 clarification-asked
        2026-06-15 clarification-answered
    """
    found = deadlines(replace(told(log), law="foia"), LAW, Office())
    words = paragraph("the Example Bureau", "contracts", found, date(2026, 7, 8))
    assert (
        "leaving out the first day and every Saturday, Sunday and legal public holiday (5 U.S.C."
        " § 552(a)(6)(A)), here Friday, June 19, 2026 (Juneteenth; 5 U.S.C. § 6103) and Friday,"
        " July 3, 2026 (Independence Day (observed for Saturday, July 4, 2026); 5 U.S.C. § 6103),"
        " its last day is Tuesday, July 7, 2026. That count leaves out the days after the question"
        " to the requester of Wednesday, June 10, 2026, to the day of the answer, Monday, June 15,"
        " 2026 (5 U.S.C. § 552(a)(6)(A))." in words
    )


def test_the_paragraph_names_the_items_for_which_nothing_came() -> None:
    log = "2026-09-15 sent via=email\n2026-09-20 denied items=1"
    found = deadlines(told(log, 3), LAW, Office())
    words = paragraph("the Example Bureau", "contracts", found, date(2026, 10, 1), 3)
    assert "I had received no determination for items 2 and 3." in words


def test_the_end_of_a_delay_is_not_sworn_to() -> None:
    from dataclasses import replace

    log = "2026-05-20 incident-occurred\n2026-06-01 sent via=email"
    found = deadlines(replace(told(log), tags=("officer-records",)), LAW, Office())
    words = paragraph("the Example Bureau", "contracts", found, date(2026, 12, 1))
    assert "45 days (Pen. Code § 832.7(b)(11))" in words
    assert "832.7(b)(8)" not in words


def test_a_presumed_or_partly_read_day_is_cited_after_see() -> None:
    words = sworn("2026-06-23 sent via=email", date(2026, 7, 1))
    assert "see Code Civ. Proc. § 135" in words


def test_what_is_not_verified_and_what_is_the_requesters_is_left_out() -> None:
    from dataclasses import replace

    request = replace(
        told("2026-03-02 received\n2026-03-20 denied"), law="foia", tags=("expedited",)
    )
    found = deadlines(request, LAW, Office())
    words = paragraph("the Example Bureau", "contracts", found, date(2026, 4, 1))
    assert "appeal" not in words
    assert "expedite" not in words
    assert "The denial came on Friday, March 20, 2026." in words


# --- the command ---------------------------------------------------------------------------------


def workspace(tmp_path: Path, log: str) -> Path:
    from cpra.actions.starting import start

    start(tmp_path)
    written(tmp_path / "requests" / "2026-0007-epd-alpr", log)
    return tmp_path


def run(place: Path, *words: str) -> str:
    done = CliRunner().invoke(
        cli, ["--workspace", str(place), "--today", "2026-10-01", *words], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_explain_prints_the_dates_of_a_request(tmp_path: Path) -> None:
    place = workspace(tmp_path, "2026-09-15 sent via=email")
    words = run(place, "explain", "7")
    assert words.startswith("2026-0007 · ")
    assert "day 10, Native American Day" in words
    assert words.rstrip().endswith("cpra explain 7 --paragraph")


def test_explain_as_a_paragraph_and_for_programs(tmp_path: Path) -> None:
    place = workspace(tmp_path, "2026-09-15 sent via=email")
    assert run(place, "explain", "7", "--paragraph").startswith("On Tuesday, September 15, 2026")
    data = json.loads(run(place, "explain", "7", "--json"))
    assert data["id"] == "2026-0007"
    assert data["dates"][0]["due"] == "2026-09-28"
    assert data["dates"][0]["steps"][0]["what"] == "received by e-mail"


def test_a_date_to_watch_that_passed_is_not_called_due(tmp_path: Path) -> None:
    place = workspace(tmp_path, "2026-05-20 sent via=email\n2026-05-20 incident-occurred")
    facts = place / "requests" / "2026-0007-epd-alpr" / "request.toml"
    facts.write_text(facts.read_text("utf-8") + 'tags = ["officer-records"]\n', encoding="utf-8")
    words = run(place, "show", "7")
    assert "officer records: Mon Jul 6, 2026 (Pen. Code § 832.7(b)(11)) · late" in words
    assert "(Pen. Code § 832.7(b)(8)(A)) · passed; ask why" in words


def test_explain_takes_one_form_at_a_time(tmp_path: Path) -> None:
    place = workspace(tmp_path, "2026-09-15 sent via=email")
    done = CliRunner().invoke(
        cli, ["--workspace", str(place), "explain", "7", "--json", "--paragraph"]
    )
    assert done.exit_code != 0
    assert "two forms of the same" in str(done.exception)


def test_explain_of_a_draft_says_that_no_date_runs(tmp_path: Path) -> None:
    place = workspace(tmp_path, "2026-09-15 drafted")
    assert "No date runs yet" in run(place, "explain", "7")
    assert "No date runs yet" in run(place, "explain", "7", "--paragraph")
