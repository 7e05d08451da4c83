"""The errors that are common in practice, and that no date or letter of cpra may make."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.deadlines import Deadline, Kind, deadlines, is_late
from cpra.core.events import KINDS
from cpra.core.request import Request
from cpra.letters.template import find
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
    found = dates(told("2026-12-30T10:00 sent via=email"))["cpra.determination"]
    assert (found.latest, found.contingent) == (date(2027, 1, 11), "")


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
