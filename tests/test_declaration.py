"""What a requester may swear to: every notice told, no receipt guessed, every doubt said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cpra import statutes
from cpra.core.calendar import Office
from cpra.core.deadlines import deadlines
from cpra.reports.declaration import paragraph
from cpra.reports.explanation import explained, outcome, text
from tests.logs import told

LAW = statutes.law()
BUREAU = "the Example Bureau"


def sworn(log: str, today: date, law: str = "cpra", tag: str = "") -> str:
    request = replace(told(log), law=law, tags=(tag,) if tag else ())
    found = deadlines(request, LAW, Office())
    return paragraph(BUREAU, "contracts", found, today, 0, request.all("extended"))


def shown(log: str, today: date, law: str = "cpra", tag: str = "") -> str:
    request = replace(told(log), law=law, tags=(tag,) if tag else ())
    found = deadlines(request, LAW, Office())
    return text("2026-0007", found, today, request.all("extended"))


def test_a_notice_that_came_too_late_is_told_all_the_same() -> None:
    log = "2026-09-15 sent via=email\n2026-10-02 extended until=2026-10-09"
    assert (
        "due on Monday, September 28, 2026. On Friday, October 2, 2026, the Example Bureau gave"
        " notice of an extension, stating Friday, October 9, 2026. As of Friday, October 30, 2026,"
        " I had received no determination." in sworn(log, date(2026, 10, 30))
    )
    assert (
        "The notice of extension of Friday, October 2, 2026 moves no date here.\n"
        "  Nothing received: late since" in shown(log, date(2026, 10, 30))
    )


def test_a_second_notice_is_told_once_with_the_first() -> None:
    log = """
        2026-09-15 sent via=email
        2026-09-24 extended until=2026-10-05
        2026-10-05 extended until=2026-10-09
    """
    words = sworn(log, date(2026, 10, 30))
    assert words.count("gave notice of an extension") == 2
    assert words.index("stating Monday, October 5") < words.index("stating Friday, October 9")
    assert shown(log, date(2026, 10, 30)).count("moves no date here") == 1


def test_an_unverified_extension_is_told_and_rests_on_no_rule() -> None:
    log = "2026-09-15 sent via=email\n2026-09-24 extended until=2026-10-09"
    words = sworn(log, date(2026, 10, 30), "rule-10.500")
    assert words.endswith(
        "gave notice of an extension, stating Friday, October 9, 2026. As of Friday, October 30,"
        " 2026, I had received no determination."
    )
    assert "14 days" not in words


def test_of_a_posted_letter_the_earliest_date_is_sworn_to_and_no_latest() -> None:
    words = sworn("2026-10-01 sent via=mail", date(2026, 12, 1))
    assert "By that reckoning it was due no earlier than Monday, October 12, 2026." in words
    assert "most favorable" not in words
    assert "day of sending, not counted" in shown("2026-10-01 sent via=mail", date(2026, 12, 1))


def test_a_question_that_waits_for_its_answer_is_told() -> None:
    log = "2026-09-14 received\n2026-09-22 fee-quoted amount=300"
    words = sworn(log, date(2026, 12, 1), "foia")
    assert (
        "That count leaves out the days since the notice of a fee of Tuesday, September 22, 2026,"
        " to which I have no answer on record (5 U.S.C. § 552(a)(6)(A))." in words
    )
    assert "due no earlier than" in words


def test_the_hour_and_every_day_are_written_out() -> None:
    assert "November 25, 2026 at 5:30 p.m., I sent" in sworn(
        "2026-11-25T17:30 sent via=portal", date(2026, 11, 26)
    )
    words = sworn("2026-06-24 sent via=email", date(2026, 7, 1))
    assert "Saturday, July 4, 2026 (Independence Day; Code Civ. Proc." in words
    assert "(Independence Day (alternative day for Saturday, July 4, 2026); see" in sworn(
        "2026-06-23 sent via=email", date(2026, 7, 1)
    )


def test_the_section_on_the_first_day_is_not_cited_for_the_others() -> None:
    words = sworn("2026-03-07 sent via=email", date(2026, 4, 1), "lora")
    assert (
        "leaving out the first day (Code Civ. Proc. § 12) and every Saturday, Sunday and judicial"
        " holiday" in words
    )
    assert words.endswith("As of Wednesday, April 1, 2026, I had received no answer.")


def test_the_bill_is_named_once_however_many_dates_it_could_move() -> None:
    log = "2027-01-04 sent via=email\n2027-01-14 extended until=2027-01-28"
    assert sworn(log, date(2027, 3, 1)).count("whether it is law was not confirmed") == 1


def test_officers_records_that_have_not_come_are_called_records() -> None:
    words = sworn("2026-05-20 sent via=email", date(2026, 12, 1), tag="officer-records")
    assert "peace-officer records that are neither confidential nor lawfully delayed is" in words
    assert words.endswith("I had received no such records.")


def test_what_starts_a_later_time_is_told_before_it() -> None:
    log = "2026-09-14 received\n2026-10-05 denied\n2026-11-04 appeal-filed"
    assert (
        "The denial came on Monday, October 5, 2026. On Wednesday, November 4, 2026, I appealed."
        " The time for the decision on the appeal is 20 working days"
        in sworn(log, date(2026, 12, 20), "foia")
    )


def test_ones_own_records_that_were_inspected_were_shown_in_time() -> None:
    log = "2026-10-05 received\n2026-11-02 inspected"
    words = sworn(log, date(2027, 2, 20), "ipa")
    assert "The inspection of the records came on Monday, November 2, 2026." in words
    assert "On Monday, November 2, 2026, I inspected the records. The time for the copy" in words
    assert words.endswith("I had received no copy.")


# --- the screen ----------------------------------------------------------------------------------


def test_an_extension_that_ended_with_the_outage_shows_why_it_may_be_later() -> None:
    log = """
        2026-03-02 sent via=email
        2026-03-11 extended grounds=cyberattack until=2026-03-26
        2026-03-18 access-restored
    """
    words = shown(log, date(2026, 3, 20))
    assert "    Thu 2026-03-26   the last day that the notice could have stated" in words


def test_the_writ_is_not_called_open_when_its_plain_day_has_passed() -> None:
    log = "2026-03-02 received\n2026-03-12 denied\n2026-11-06 judgment-noticed via=mail"
    found = deadlines(told(log), LAW, Office())
    assert [outcome(found[-1], day) for day in (date(2026, 11, 30), date(2026, 12, 3))] == [
        "Yours to meet: Monday, November 30, 2026.",
        "Yours to meet: Monday, November 30, 2026. It has passed; only a reading above could still"
        " help.",
    ]
    assert "Counted from service of written notice of entry." in shown(log, date(2026, 12, 3))


def test_the_end_of_a_short_month_is_said_to_be_unverified() -> None:
    def doubts(occurred: str) -> tuple[str, ...]:
        log = f"{occurred} incident-occurred\n2026-09-01 sent via=email"
        request = replace(told(log), tags=("officer-records",))
        rows = explained(deadlines(request, LAW, Office()), date(2027, 1, 1))
        return next(row.unverified for row in rows if row.rule == "cpra.officer-proceeding")

    assert doubts("2026-08-30") == (
        "that a month without such a day ends on its last day: not verified",
    )
    assert doubts("2026-08-24") == ()


def test_a_request_pending_when_the_bill_would_come_in_is_said_to_be_open() -> None:
    words = shown("2026-12-28 sent via=email", date(2027, 1, 20))
    assert "Whether AB 1821 (2026), if it is law, governs a period that was running" in words
    assert "No other reading" not in words
    assert "No other reading" in shown("2026-12-14 sent via=email", date(2027, 1, 20))
