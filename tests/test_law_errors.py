"""The errors that are common in practice, and that no date or letter of cpra may make."""

from __future__ import annotations

from datetime import date

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.deadlines import Deadline, deadlines
from cpra.core.request import Request
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
