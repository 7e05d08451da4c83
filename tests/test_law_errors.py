"""The errors that are common in practice, and that no date or letter of cpra may make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.deadlines import Deadline, Kind, deadlines, is_late
from cpra.core.events import KINDS
from cpra.core.request import Request, Status
from cpra.letters.template import find
from cpra.reports.law_rows import doubts as doubts_of
from tests.logs import told

LAW = statutes.law()
NOBODY = Office()


def dates(request: Request, office: Office = NOBODY) -> dict[str, Deadline]:
    """The dates of a request by rule; of several by one rule, the last."""
    return {deadline.rule.id: deadline for deadline in deadlines(request, LAW, office)}


# --- a bill that may have changed the time ------------------------------------------------------


def test_what_is_deemed_received_in_2027_may_have_the_time_of_2027() -> None:
    found = dates(told("2026-12-31T17:30 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2027, 1, 11), date(2027, 1, 19))
    assert found.contingent
    assert found.readings[-1].name == "ab-1821-latest"


def test_an_office_closed_over_new_year_may_deem_a_december_letter_received_in_january() -> None:
    recess = Closure(ranges=((date(2026, 12, 24), date(2027, 1, 1)),), status="V")
    request = told("2026-12-28 sent via=email\n2027-01-04 extended")
    found = dates(request, Office(closures=(recess,)))
    assert found["cpra.determination"].latest == date(2027, 1, 19)
    assert found["cpra.extension"].latest == date(2027, 2, 8)


def test_an_ordinary_letter_of_december_depends_on_no_bill() -> None:
    found = dates(told("2026-12-18T10:00 sent via=email"))["cpra.determination"]
    assert (found.latest, found.contingent) == (date(2026, 12, 28), "")


# --- the end of a delay is no due date -----------------------------------------------------------


def tagged(log: str, tag: str) -> dict[str, Deadline]:
    return dates(replace(told(log), tags=(tag,)))


def test_the_end_of_a_delay_that_a_condition_may_lengthen_is_never_called_late() -> None:
    log = "2026-05-20 incident-occurred\n2026-06-01 sent via=email"
    found = tagged(log, "officer-records")
    ends = ("cpra.officer-investigation", "cpra.officer-proceeding")
    assert all(found[rule].kind is Kind.WATCH for rule in ends)
    assert not any(is_late(found[rule], date(2040, 1, 1)) for rule in ends)
    assert is_late(found["cpra.officer-records"], date(2026, 7, 17))


def test_a_delay_that_ends_before_the_records_are_due_is_no_date() -> None:
    log = "2026-05-20 incident-occurred\n2026-07-01 sent via=email"
    found = tagged(log, "officer-records")
    assert found["cpra.officer-records"].due == date(2026, 8, 17)
    assert "cpra.officer-investigation" not in found


@pytest.mark.parametrize(("received", "there"), [("2026-10-18", True), ("2026-10-19", False)])
def test_a_delay_that_ends_on_the_day_of_the_determination_is_no_date(
    received: str, there: bool
) -> None:
    found = tagged(f"2026-09-14 incident-known\n{received} sent via=email", "critical-incident")
    assert ("cpra.recording" in found) is there


def test_a_recording_is_not_due_before_the_determination() -> None:
    log = "2026-09-14 incident-known\n2026-10-26 sent via=email"
    found = tagged(log, "critical-incident")
    assert found["cpra.determination"].due == date(2026, 11, 5)
    assert "cpra.recording" not in found


def test_the_sixty_days_run_from_the_incident_and_the_180_from_its_discovery() -> None:
    log = """
        2026-05-20 incident-occurred
        2026-05-25 sent via=email
        2026-06-03 misconduct-discovered
    """
    found = tagged(log, "officer-records")
    assert found["cpra.officer-investigation"].start.kind == "incident-occurred"
    assert found["cpra.officer-investigation"].due == date(2026, 7, 20)
    assert found["cpra.officer-administrative"].due == date(2026, 11, 30)


def test_an_incident_is_not_received_on_a_closed_day() -> None:
    log = "2026-09-27 incident-known\n2026-09-28 sent via=email"
    found = tagged(log, "critical-incident")["cpra.recording"]
    assert found.start.on.strftime("%A") == "Sunday"
    assert found.due == found.latest == date(2026, 11, 12)


@pytest.mark.parametrize(
    ("template", "tag"),
    [
        ("misconduct-records", "officer-records"),
        ("critical-incident-recording", "critical-incident"),
    ],
)
def test_a_letter_about_records_with_clocks_of_their_own_starts_them(
    template: str, tag: str
) -> None:
    assert tag in find(template, None).tags
    assert tag in {rule.tag for rule in LAW.rules}


def test_every_event_that_starts_a_clock_of_a_request_can_be_recorded() -> None:
    laws = ("cpra", "foia", "ipa", "lora", "rule-10.500")
    starts = {kind for law in laws for rule in LAW.rules_of(law) for kind in rule.starts}
    assert starts <= KINDS


# --- the list of errors that circulate -----------------------------------------------------------


def of_law(law: str, log: str) -> dict[str, Deadline]:
    return dates(replace(told(log), law=law))


def test_the_legislature_has_four_working_days_or_ten_and_never_three() -> None:
    found = of_law("lora", "2026-03-02 sent via=email")["lora.justification"]
    assert (found.due, found.latest) == (date(2026, 3, 6), date(2026, 3, 16))


def test_only_the_information_practices_act_knows_a_denial_by_silence() -> None:
    denying = {rule.law for rule in LAW.rules if "denial by law" in rule.note}
    assert denying == {"ipa"}
    silence = told("2026-09-15 sent via=email")
    late = dates(silence)["cpra.determination"]
    assert is_late(late, date(2026, 12, 1))
    assert silence.status is Status.SENT


@pytest.mark.parametrize("day", ["2026-09-16", "2026-09-25", "2026-09-28"])
def test_a_question_never_stops_the_californian_clock(day: str) -> None:
    log = f"2026-09-15 sent via=email\n{day} clarification-asked"
    found = dates(told(log))["cpra.determination"]
    assert (found.due, found.estimate, found.pauses) == (date(2026, 9, 28), False, ())


def test_the_federal_clock_stops_for_one_question_and_no_second() -> None:
    once = (
        "2026-09-14 received\n2026-09-21 clarification-asked\n2026-09-25 clarification-answered\n"
    )
    twice = once + "2026-09-28 clarification-asked\n2026-09-30 clarification-answered"
    assert of_law("foia", once)["foia.determination"].due == date(2026, 10, 19)
    assert of_law("foia", twice)["foia.determination"].due == date(2026, 10, 19)


def test_a_letter_about_a_federal_fee_answers_the_question_about_it() -> None:
    asked = "2026-09-14 received\n2026-09-21 fee-quoted amount=$900\n"
    waiting = of_law("foia", asked)["foia.determination"]
    answered = of_law("foia", f"{asked}2026-09-25 letter-sent letter=foia-fee-waiver")
    assert waiting.estimate
    assert (answered["foia.determination"].due, answered["foia.determination"].estimate) == (
        date(2026, 10, 19),
        False,
    )


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (date(2026, 10, 2), date(2026, 10, 12)),  # Columbus Day
        (date(2026, 2, 7), date(2026, 2, 17)),  # Lunar New Year
        (date(2025, 1, 19), date(2025, 1, 29)),  # Lunar New Year
        (date(2026, 8, 30), date(2026, 9, 9)),  # Admission Day
        (date(2026, 4, 14), date(2026, 4, 24)),  # Genocide Remembrance Day
    ],
)
def test_a_state_holiday_that_is_not_judicial_does_not_roll(received: date, due: date) -> None:
    found = dates(told(f"{received} sent via=email"))["cpra.determination"]
    assert (found.due, found.rolled) == (due, ())
    assert found.latest > due


@pytest.mark.parametrize(
    ("received", "due", "name"),
    [
        (date(2026, 2, 2), date(2026, 2, 13), "Lincoln Day"),
        (date(2026, 9, 15), date(2026, 9, 28), "Native American Day"),
        (date(2026, 11, 17), date(2026, 11, 30), "Day after Thanksgiving"),
        (date(2026, 3, 21), date(2026, 4, 1), "Farmworkers Day"),
    ],
)
def test_a_judicial_holiday_rolls(received: date, due: date, name: str) -> None:
    found = dates(told(f"{received} sent via=email"))["cpra.determination"]
    assert found.due == due
    assert found.rolled[0].name == name


def test_forty_five_days_run_from_the_incident_for_recordings_and_the_request_for_records() -> None:
    log = "2026-09-14 incident-known\n2026-10-05 sent via=email"
    assert tagged(log, "critical-incident")["cpra.recording"].due == date(2026, 10, 29)
    assert tagged(log, "officer-records")["cpra.officer-records"].due == date(2026, 11, 19)


def test_nothing_in_the_officers_law_is_thirty_days_but_the_complainants_disposition() -> None:
    thirty = [
        rule.id
        for rule in LAW.rules
        if rule.authority.startswith("Pen. Code § 832.")
        and rule.count is not None
        and (rule.count.amount, rule.count.unit) == (30, "days")
    ]
    assert thirty == ["posting.complaint-disposition"]


def test_an_administrative_investigation_of_a_death_in_custody_has_no_cap_of_180_days() -> None:
    log = "2026-05-20 incident-occurred\n2026-05-21 sent via=email"
    capped = [
        found.rule.id
        for found in tagged(log, "custody-death").values()
        if found.due == date(2026, 11, 16)
    ]
    assert capped == []


def test_the_extension_for_a_cyberattack_ends_when_access_returns() -> None:
    log = """
        2026-10-05 sent via=email
        2026-10-15 extended grounds=cyberattack until=2026-10-29
        2026-10-20 access-restored
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 20)


def test_addresses_of_arrestees_are_for_five_purposes() -> None:
    assert "for five purposes only" in LAW.authority("cpra.7923.620").says


def test_a_preservation_letter_rests_on_a_law_about_keeping_records() -> None:
    preserve = find("preserve", None)
    assert set(preserve.authorities) == {
        "gov.26202",
        "gov.34090",
        "gov.34090.6",
        "pen.832.18",
        "pen.832.5b",
    }
    assert "imposes no duty to preserve" in preserve.warning


# --- status --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authority",
    [
        "cpra.7920.510",
        "cpra.7922.200",
        "cpra.7923.650",
        "cpra.7923.655",
        "foia.a6E",
        "foia.a8A",
        "gov.54957.5",
        "gov.6200",
        "gov.7071b",
        "evid.413",
        "privacy-act",
        "usc.28.2401a",
        "case.fredericks",
        "case.sierra-club",
    ],
)
def test_what_nobody_has_read_is_never_printed(authority: str) -> None:
    assert LAW.authority(authority).status == "M"


@pytest.mark.parametrize(
    "authority",
    ["case.butt", "case.vallejo", "cpra.7927.705", "gov.7284.6b3", "pen.13510.9e", "evid.954"],
)
def test_what_was_read_in_part_is_printed_after_see(authority: str) -> None:
    assert LAW.authority(authority).status == "P"


@pytest.mark.parametrize(
    "authority",
    ["cpra.7921.005", "cpra.7922.000", "cpra.7923.000", "cpra.7923.610", "cpra.7922.535c6"],
)
def test_words_that_were_read_under_another_number_are_not_quoted(authority: str) -> None:
    assert not LAW.authority(authority).quote


def test_the_judicial_list_was_read_for_2026_and_only_in_part_for_what_comes_after() -> None:
    calendar = LAW.calendar("judicial")
    read, later = calendar.reason(date(2026, 2, 12)), calendar.reason(date(2027, 2, 12))
    assert read is not None
    assert later is not None
    assert (read.status, later.status) == ("V", "P")
    doubts = {doubt.what for doubt in doubts_of(LAW, date(2026, 11, 25))}
    assert "its days after 2026-12-31" in doubts


def test_why_a_date_is_never_called_late_is_the_true_reason() -> None:
    posted = dates(told("2026-09-15 sent via=mail"))["cpra.determination"]
    assert posted.doubt == "the day of receipt is not known"
    asked = of_law("foia", "2026-09-14 received\n2026-09-21 clarification-asked")
    assert asked["foia.determination"].doubt == "the clock stands still"
    log = "2026-05-20 incident-occurred\n2026-06-01 sent via=email"
    watched = tagged(log, "officer-records")["cpra.officer-proceeding"]
    assert watched.doubt == "it rests on conditions that the log does not show"
    assert dates(told("2026-09-15 sent via=email"))["cpra.determination"].doubt == ""
