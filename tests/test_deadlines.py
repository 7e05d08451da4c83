"""Every date that a log gives rise to: which, from what, until when, and what ended it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra import statutes
from cpra.core.calendar import Closure, Office
from cpra.core.deadlines import (
    Deadline,
    Flag,
    Kind,
    deadlines,
    flags,
    is_broken,
    is_due,
    is_late,
    is_to_meet,
)
from cpra.core.events import Event
from cpra.core.request import Request
from cpra.errors import Refused
from tests import naive
from tests.logs import told

LAW = statutes.law()
NOBODY = Office()


def dates(request: Request, office: Office = NOBODY) -> dict[str, Deadline]:
    """The dates of a request by rule; of several by one rule, the last."""
    return {deadline.rule.id: deadline for deadline in deadlines(request, LAW, office)}


def federal(log: str) -> dict[str, Deadline]:
    return dates(replace(told(log), law="foia"))


def tagged(log: str, tag: str) -> dict[str, Deadline]:
    return dates(replace(told(log), tags=(tag,)))


# --- receipt -------------------------------------------------------------------------------------


def test_a_draft_has_no_date() -> None:
    assert deadlines(told("2026-03-01 drafted"), LAW, NOBODY) == ()


def test_a_law_that_is_not_in_the_data_gives_no_date() -> None:
    request = replace(told("2026-03-02 sent via=email"), law="elsewhere")
    assert deadlines(request, LAW, NOBODY) == ()


@pytest.mark.parametrize("via", ["email", "portal", "hand"])
def test_what_is_sent_at_once_is_received_at_once(via: str) -> None:
    found = dates(told(f"2026-10-05 sent via={via}"))["cpra.determination"]
    assert (found.due, found.estimate) == (date(2026, 10, 15), False)


@pytest.mark.parametrize("via", ["mail", "fax"])
def test_what_is_sent_by_post_or_fax_is_an_estimate_and_never_late(via: str) -> None:
    found = dates(told(f"2026-10-05 sent via={via}"))["cpra.determination"]
    assert found.estimate
    assert not is_late(found, date(2030, 1, 1))
    assert is_due(found, date(2026, 10, 16))


def test_receipt_counts_where_the_log_has_it() -> None:
    found = dates(
        told("""
            2026-10-05 sent via=mail
            2026-10-08 received
        """)
    )["cpra.determination"]
    assert (found.due, found.estimate, found.start.kind) == (date(2026, 10, 19), False, "received")


def test_the_first_receipt_counts() -> None:
    found = dates(
        told("""
            2026-10-05 sent via=email
            2026-10-20 sent via=email
        """)
    )["cpra.determination"]
    assert found.due == date(2026, 10, 15)


def test_a_start_outside_the_tables_is_refused() -> None:
    with pytest.raises(Refused, match="2041-01-02 is outside 2015 to 2040"):
        deadlines(told("2041-01-02 sent via=email"), LAW, NOBODY)


# --- two dates -----------------------------------------------------------------------------------


def test_due_is_plain_and_latest_allows_for_columbus_day() -> None:
    found = dates(told("2026-10-02 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 12), date(2026, 10, 13))
    assert [reading.name for reading in found.readings] == ["holidays"]
    assert "Columbus Day (Gov. Code § 6700) taken as a holiday" in found.readings[0].why


def test_receipt_on_a_saturday_may_be_counted_as_monday() -> None:
    found = dates(told("2026-10-03 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 13), date(2026, 10, 15))
    assert found.readings[0].why == (
        "received on Saturday, October 3, 2026, a closed day: an agency may count it as received"
        " on Monday, October 5, 2026"
    )


def test_receipt_after_hours_may_be_counted_as_the_next_open_day() -> None:
    found = dates(told("2026-11-25T17:00 received"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 12, 7), date(2026, 12, 10))
    assert "received at 17:00, after the usual hours (17:00)" in found.readings[0].why


def test_receipt_in_hours_on_a_closed_day_is_called_that() -> None:
    found = dates(told("2026-10-03T09:00 received"))["cpra.determination"]
    assert found.readings[0].why.startswith("received on Saturday, October 3, 2026, a closed day")


def test_an_extensions_latest_day_names_the_weaker_holiday_only_where_there_is_one() -> None:
    def why(received: str, notice: str) -> str:
        log = f"{received} sent via=email\n{notice} extended"
        return dates(told(log))["cpra.extension"].readings[-1].why

    assert why("2026-09-15", "2026-09-25").endswith(
        "; and Columbus Day (Gov. Code § 6700) taken as a holiday"
    )
    assert why("2026-02-14", "2026-02-20").endswith("the latest day of the first period")


def test_an_agencys_own_hours_and_policy_are_named() -> None:
    office = Office(cutoff=time(16, 0), receipt="next-open-day")
    found = dates(told("2026-10-05T16:30 received"), office)["cpra.determination"]
    assert found.latest == date(2026, 10, 16)
    assert "after the agency's hours (16:00): the agency counts it" in found.readings[0].why


def test_a_minute_before_the_hour_is_in_hours() -> None:
    found = dates(told("2026-10-05T16:59 received"))["cpra.determination"]
    assert found.latest == found.due


def test_an_agency_that_counts_the_day_itself_gets_no_later_one() -> None:
    office = Office(receipt="as-received")
    found = dates(told("2026-10-03T18:00 received"), office)["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 13), date(2026, 10, 13))


def test_readings_combine() -> None:
    found = dates(told("2026-10-01T17:30 received"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 12), date(2026, 10, 13))
    assert [reading.due for reading in found.readings] == [date(2026, 10, 13)]


def test_a_closure_that_the_user_vouches_for_moves_the_date() -> None:
    sure = Closure(dates=(date(2026, 10, 15),), status="V", source="user")
    found = dates(told("2026-10-05 received"), Office(closures=(sure,)))["cpra.determination"]
    assert (found.due, found.rolled_by) == (date(2026, 10, 16), "closed")


def test_a_closure_that_is_not_verified_moves_only_the_latest_date() -> None:
    unsure = Closure(name="city holiday", dates=(date(2026, 10, 15),), source="a website")
    found = dates(told("2026-10-05 received"), Office(closures=(unsure,)))["cpra.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 15), date(2026, 10, 16))
    assert "city holiday (Code Civ. Proc. § 12b) taken as a holiday" in found.readings[0].why


def test_a_date_of_2027_says_why_it_may_be_later() -> None:
    found = dates(told("2027-01-04 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2027, 1, 14), date(2027, 1, 19))
    assert found.contingent.count(".") == 1
    names = [reading.name for reading in found.readings]
    assert names == ["ab-1821"]


def test_a_date_of_2026_depends_on_no_bill() -> None:
    found = dates(told("2026-12-21T16:00 sent via=email"))["cpra.determination"]
    assert (found.latest, found.contingent) == (date(2026, 12, 31), "")


def test_what_is_pending_when_a_bill_may_come_in_may_have_its_time() -> None:
    found = dates(told("2026-12-22T16:00 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2027, 1, 4), date(2027, 1, 7))
    assert found.contingent.startswith("Whether AB 1821 (2026), if it is law, governs a period")
    assert [reading.name for reading in found.readings] == ["pending"]
    assert found.readings[0].why == "10 working days, if AB 1821 (2026) governs what was pending"
    assert not is_late(found, date(2027, 1, 7))
    assert is_late(found, date(2027, 1, 8))


def test_a_receipt_that_may_be_counted_as_one_of_2027_may_have_the_time_of_2027() -> None:
    found = dates(told("2026-12-31T17:30 sent via=email"))["cpra.determination"]
    assert (found.due, found.latest) == (date(2027, 1, 11), date(2027, 1, 19))
    assert found.contingent
    assert found.readings[-1].name == "ab-1821-latest"


@given(st.dates(date(2015, 1, 1), date(2040, 12, 31)), st.none() | st.times())
def test_latest_is_the_last_of_the_readings_and_the_naive_counters(
    received: date, at: time | None
) -> None:
    at = at.replace(second=0, microsecond=0, tzinfo=None) if at else None
    moment = f"{received}T{at:%H:%M}" if at else f"{received}"
    request = told(f"{moment} received\n{received} extended")
    found = dates(request)
    for rule_id, counted in (
        ("cpra.determination", naive.determination(received, at=at)),
        ("cpra.extension", naive.extension(received, at=at)),
    ):
        deadline = found[rule_id]
        assert (deadline.due, deadline.latest) == counted
        assert deadline.latest == max(
            [deadline.due, *(reading.due for reading in deadline.readings)]
        )
        assert all(reading.why and reading.due > deadline.due for reading in deadline.readings)


# --- what ends it --------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["determined", "denied", "none-found", "produced", "withdrawn"])
def test_an_answer_to_the_whole_ends_the_determination(kind: str) -> None:
    found = dates(told(f"2026-03-02 sent via=email\n2026-03-10 {kind}"))["cpra.determination"]
    assert found.met is not None
    assert found.met.kind == kind
    assert not found.is_open


@pytest.mark.parametrize(
    "kind", ["acknowledged", "clarification-asked", "fee-quoted", "promised estimated=2026-04-01"]
)
def test_nothing_else_stops_the_clock_of_the_public_records_act(kind: str) -> None:
    found = dates(told(f"2026-03-02 sent via=email\n2026-03-10 {kind}"))["cpra.determination"]
    assert found.is_open
    assert found.due == date(2026, 3, 12)


def test_the_determination_is_open_until_every_item_is_answered() -> None:
    log = """
        2026-03-02 sent via=email
        2026-03-09 denied items=1
        2026-03-10 produced items=2
    """
    found = dates(told(log, items=3))["cpra.determination"]
    assert found.is_open
    assert found.items == (3,)
    assert dates(told("2026-03-02 sent via=email"))["cpra.determination"].items == (1,)
    answered = dates(told(log.rstrip() + "\n        2026-03-11 none-found items=3", items=3))[
        "cpra.determination"
    ]
    assert answered.met is not None
    assert answered.met.on == date(2026, 3, 11)
    assert answered.items == ()


def test_what_is_reopened_after_closing_runs_on() -> None:
    log = "2026-03-02 sent via=email\n2026-03-05 closed\n2026-03-06 reopened"
    assert dates(told(log))["cpra.determination"].is_open


def test_an_answer_stays_an_answer_when_the_request_is_reopened() -> None:
    log = "2026-03-02 sent via=email\n2026-03-05 denied\n2026-03-06 reopened"
    assert not dates(told(log))["cpra.determination"].is_open


def test_an_answer_dated_before_its_receipt_still_ends_the_clock() -> None:
    log = "2026-03-05 determined\n2026-03-06 received"
    assert not dates(told(log))["cpra.determination"].is_open


# --- extension -----------------------------------------------------------------------------------


def test_a_notice_in_time_takes_the_place_of_the_first_period() -> None:
    log = "2026-09-15 sent via=portal\n2026-09-25 extended until=2026-10-05"
    found = dates(told(log))
    first, second = found["cpra.determination"], found["cpra.extension"]
    assert first.replaced is not None
    assert first.replaced.kind == "extended"
    assert not first.is_open
    assert second.is_open
    assert (second.due, second.latest) == (date(2026, 10, 5), date(2026, 10, 13))
    assert second.notice is not None
    assert second.stated == date(2026, 10, 5)


def test_a_stated_date_on_a_closed_day_moves_to_the_next_open_one() -> None:
    log = "2026-09-15 sent via=portal\n2026-09-25 extended until=2026-10-03"
    found = dates(told(log))["cpra.extension"]
    assert (found.due, found.rolled_by) == (date(2026, 10, 5), "Sat > Sun")


@pytest.mark.parametrize(
    ("until", "due", "why"),
    [
        ("until=2026-10-30", date(2026, 10, 9), "states October 30, 2026, later than the law"),
        ("until=2026-10-10", date(2026, 10, 9), "later than the law allows"),
        ("until=2026-10-09", date(2026, 10, 9), "the date that the notice states"),
        ("until=2026-09-20", date(2026, 9, 28), "no later than the first period"),
        ("grounds=volume", date(2026, 10, 9), "the notice states no date"),
    ],
)
def test_a_notice_decides_only_within_the_ceiling(until: str, due: date, why: str) -> None:
    found = dates(told(f"2026-09-15 sent via=portal\n2026-09-25 extended {until}"))
    assert found["cpra.extension"].due == due
    assert why in found["cpra.extension"].why


def test_a_notice_after_the_plain_day_moves_only_the_latest_date() -> None:
    log = "2026-10-02 sent via=email\n2026-10-13 extended until=2026-10-20"
    found = dates(told(log))["cpra.extension"]
    assert (found.due, found.latest) == (date(2026, 10, 12), date(2026, 10, 27))
    assert "after the first period had ended" in found.why


def test_a_notice_after_the_latest_day_extends_nothing() -> None:
    log = "2026-10-02 sent via=email\n2026-10-14 extended until=2026-10-20"
    found = dates(told(log))
    assert "cpra.extension" not in found
    assert is_late(found["cpra.determination"], date(2026, 10, 14))


def test_a_notice_on_a_letter_sent_by_post_is_taken_as_in_time() -> None:
    log = "2026-10-02 sent via=mail\n2026-10-30 extended until=2026-11-06"
    found = dates(told(log))["cpra.extension"]
    assert found.estimate
    assert not is_late(found, date(2027, 10, 1))


def test_the_first_notice_that_states_a_date_decides() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-24 extended
        2026-09-25 extended until=2026-10-02
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 2)


def test_a_cyberattack_extension_ends_when_access_returns() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 extended until=2026-10-09 grounds=cyberattack
        2026-10-02 access-restored
    """
    found = dates(told(log))["cpra.extension"]
    assert found.due == date(2026, 10, 2)
    assert found.why == "access returned on October 2, 2026, which ends the extension"
    assert found.latest == date(2026, 10, 13)


def test_access_that_returns_within_the_first_period_leaves_that_period() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-17 extended until=2026-10-09 grounds=cyberattack
        2026-09-19 access-restored
    """
    found = dates(told(log))["cpra.extension"]
    assert (found.due, found.rolled_by) == (date(2026, 9, 28), "")


def test_access_that_returns_after_the_end_changes_nothing() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 extended until=2026-10-02 grounds=cyberattack
        2026-10-08 access-restored
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 2)


def test_an_extension_on_another_ground_as_well_does_not_end_early() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 extended until=2026-10-09 grounds=cyberattack,volume
        2026-10-02 access-restored
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 9)


def test_of_two_notices_the_first_is_the_one_that_extends() -> None:
    log = """
        2026-10-02 sent via=email
        2026-10-09 extended until=2026-10-20
        2026-10-13 extended until=2026-10-22
    """
    found = dates(told(log))["cpra.extension"]
    assert found.due == date(2026, 10, 20)
    assert found.notice is not None
    assert found.notice.on == date(2026, 10, 9)


def test_a_notice_that_states_the_first_periods_own_day_extends_nothing() -> None:
    log = "2026-09-15 sent via=portal\n2026-09-25 extended until=2026-09-28"
    found = dates(told(log))["cpra.extension"]
    assert (found.due, found.stated) == (date(2026, 9, 28), None)
    assert "no later than the first period" in found.why


def test_the_first_notices_ground_decides_whether_access_ends_the_extension() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-24 extended until=2026-10-09 grounds=cyberattack
        2026-09-25 extended until=2026-10-09 grounds=volume
        2026-10-02 access-restored
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 2)


def test_access_that_returned_before_the_notice_does_not_end_it() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-24 access-restored
        2026-09-25 extended until=2026-10-09 grounds=cyberattack
    """
    assert dates(told(log))["cpra.extension"].due == date(2026, 10, 9)


def test_access_that_returns_on_the_last_day_leaves_the_notices_date() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 extended until=2026-10-02 grounds=cyberattack
        2026-10-02 access-restored
    """
    assert dates(told(log))["cpra.extension"].why == "the date that the notice states"


@pytest.mark.parametrize(
    ("until", "names"),
    [
        ("until=2026-10-05", ["ceiling", "rolled-day", "latest-day"]),
        ("until=2026-10-09", ["rolled-day", "latest-day"]),
        ("", ["rolled-day", "latest-day"]),
    ],
)
def test_a_stated_date_stands_beside_the_last_that_could_be_stated(
    until: str, names: list[str]
) -> None:
    found = dates(told(f"2026-09-15 sent via=portal\n2026-09-25 extended {until}".rstrip()))
    assert [reading.name for reading in found["cpra.extension"].readings] == names


# --- what the agency states ----------------------------------------------------------------------


def test_a_promise_is_the_agencys_own_date_and_the_next_takes_its_place() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 determined estimated=2026-10-02
        2026-10-01 promised estimated=2026-10-16
    """
    found = [d for d in deadlines(told(log), LAW, NOBODY) if d.kind is Kind.PROMISED]
    assert [d.due for d in found] == [date(2026, 10, 2), date(2026, 10, 16)]
    assert [d.is_open for d in found] == [False, True]
    assert is_broken(found[1], date(2026, 10, 17))
    assert not is_broken(found[1], date(2026, 10, 16))
    assert not is_broken(found[0], date(2026, 10, 17))


def test_a_promise_that_was_kept_is_not_replaced_by_the_next() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 determined estimated=2026-10-02
        2026-10-01 produced
        2026-10-05 promised estimated=2026-10-16
    """
    found = [d for d in deadlines(told(log), LAW, NOBODY) if d.kind is Kind.PROMISED]
    assert found[0].met is not None
    assert found[0].met.kind == "produced"
    assert found[0].replaced is None


def test_a_determination_without_a_date_promises_nothing() -> None:
    log = "2026-09-15 sent via=portal\n2026-09-25 determined"
    assert "cpra.production" not in dates(told(log))


def test_a_promise_without_a_date_replaces_none() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-25 determined estimated=2026-10-02
        2026-09-28 promised
    """
    found = dates(told(log))["cpra.production"]
    assert (found.due, found.replaced) == (date(2026, 10, 2), None)


def test_records_that_came_before_the_promise_do_not_keep_it() -> None:
    log = """
        2026-09-15 sent via=portal
        2026-09-20 produced items=1
        2026-09-25 determined estimated=2026-10-02
    """
    assert dates(told(log, items=2))["cpra.production"].is_open


# --- the other clocks ----------------------------------------------------------------------------


def test_a_rule_with_a_tag_is_only_for_requests_that_have_it() -> None:
    log = "2026-10-05 sent via=email"
    assert "cpra.officer-records" not in dates(told(log))
    assert tagged(log, "officer-records")["cpra.officer-records"].due == date(2026, 11, 19)


def test_the_clocks_of_an_incident_stand_beside_each_other() -> None:
    found = tagged("2026-05-20 sent via=email\n2026-05-20 incident-known", "officer-records")
    assert {rule_id: d.due for rule_id, d in found.items()} == {
        "cpra.determination": date(2026, 6, 1),
        "cpra.officer-records": date(2026, 7, 6),
        "cpra.officer-investigation": date(2026, 7, 20),
        "cpra.officer-administrative": date(2026, 11, 16),
        "cpra.officer-proceeding": date(2027, 11, 22),
    }


def test_a_period_that_was_over_before_the_request_gives_no_date() -> None:
    log = "2026-10-05 sent via=email\n2026-05-20 incident-known"
    found = tagged(log, "critical-incident")
    assert "cpra.recording" not in found
    assert "cpra.recording-year" in found


def test_the_forty_five_days_of_a_recording_run_from_knowledge_of_the_incident() -> None:
    log = "2026-10-05 sent via=email\n2026-09-14 incident-known"
    assert tagged(log, "critical-incident")["cpra.recording"].due == date(2026, 10, 29)


def test_no_month_long_alternative_follows_the_end_of_a_criminal_investigation() -> None:
    units = {
        (rule.count.amount, rule.count.unit)
        for rule in LAW.rules
        if rule.count and rule.authority.startswith("Pen. Code § 832.7(b)(8)")
    }
    assert units == {(60, "days"), (18, "months"), (180, "days")}
    custody = {
        (rule.count.amount, rule.title)
        for rule in LAW.rules
        if rule.count and rule.authority == "Pen. Code § 832.10"
    }
    assert all("administrative" not in title for _, title in custody)


def test_review_of_a_judgment_is_the_requesters_own_date() -> None:
    log = "2026-03-02 sent via=email\n2026-10-06 judgment-noticed via=mail"
    found = dates(told(log))["cpra.writ"]
    assert found.kind is Kind.OWN
    assert (found.due, found.latest) == (date(2026, 10, 26), date(2026, 11, 20))
    assert [(reading.name, reading.due.day) for reading in found.readings] == [
        ("mail", 2),  # October 31 is a Saturday
        ("good-cause", 16),  # November 15 is a Sunday
        ("mail-and-good-cause", 20),
    ]
    assert not is_late(found, date(2027, 1, 1))


def test_notice_by_hand_gives_no_days_for_the_mail() -> None:
    log = "2026-03-02 sent via=email\n2026-10-06 judgment-noticed via=hand"
    assert [r.name for r in dates(told(log))["cpra.writ"].readings] == ["good-cause"]


def test_a_state_agency_that_does_not_answer_has_denied_by_law() -> None:
    found = dates(replace(told("2026-10-05 sent via=email"), law="ipa"))["ipa.inspection"]
    assert (found.due, found.latest) == (date(2026, 11, 4), date(2026, 12, 4))
    assert "is a denial by law" in found.rule.note


def test_the_legislature_has_four_working_days_or_ten() -> None:
    found = dates(replace(told("2026-03-02 sent via=email"), law="lora"))["lora.justification"]
    assert (found.due, found.latest) == (date(2026, 3, 6), date(2026, 3, 16))


def test_a_court_has_ten_calendar_days() -> None:
    request = replace(told("2026-10-05 sent via=email"), law="rule-10.500")
    assert dates(request)["rule-10.500.determination"].due == date(2026, 10, 15)


# --- the federal clock ---------------------------------------------------------------------------


def test_receipt_by_the_proper_component_starts_the_federal_clock() -> None:
    found = federal("2026-10-05 received")["foia.determination"]
    assert (found.due, found.latest) == (date(2026, 11, 3), date(2026, 11, 3))


def test_a_holiday_right_after_receipt_is_left_out_and_one_of_receipt_is_not_counted() -> None:
    assert federal("2026-11-10 received")["foia.determination"].rolled_by == (
        "Veterans Day > Thanksgiving Day"
    )
    on_it = federal("2026-11-11 received")["foia.determination"]
    assert on_it.rolled_by == "Thanksgiving Day"


def test_a_request_that_was_only_sent_may_be_ten_working_days_on_its_way() -> None:
    found = federal("2026-10-05 sent via=email")
    assert found["foia.determination"].due == date(2026, 11, 3)
    assert found["foia.determination"].latest == date(2026, 11, 18)
    assert found["foia.determination"].readings[-1].name == "routing"
    routing = found["foia.routing"]
    assert (routing.due, routing.latest) == (date(2026, 10, 15), date(2026, 10, 20))


def test_one_question_stops_the_federal_clock_until_the_answer() -> None:
    found = federal("""
        2026-09-14 received
        2026-09-21 clarification-asked
        2026-09-25 clarification-answered
        2026-09-28 clarification-asked
        2026-09-30 clarification-answered
    """)["foia.determination"]
    assert found.due == date(2026, 10, 19)
    assert len(found.pauses) == 1
    stood = [step.on for step in found.steps if step.what == "the clock stands still"]
    assert stood == [date(2026, 9, n) for n in (22, 23, 24, 25)]


def test_the_day_of_the_question_may_be_left_out_as_well() -> None:
    found = federal("""
        2026-09-14 received
        2026-09-21 clarification-asked
        2026-09-25 clarification-answered
    """)["foia.determination"]
    assert (found.due, found.latest) == (date(2026, 10, 19), date(2026, 10, 20))
    assert [reading.name for reading in found.readings] == ["question"]


@pytest.mark.parametrize(
    ("asked", "answered", "due", "latest"),
    [
        ("2026-09-14", "2026-09-15", date(2026, 10, 14), date(2026, 10, 14)),
        ("2026-10-09", "2026-10-13", date(2026, 10, 14), date(2026, 10, 15)),
        ("2026-10-13", "2026-10-14", date(2026, 10, 13), date(2026, 10, 15)),
        ("2026-10-14", "2026-10-15", date(2026, 10, 13), date(2026, 10, 13)),
    ],
)
def test_a_question_counts_from_the_day_of_receipt_to_the_last_day(
    asked: str, answered: str, due: date, latest: date
) -> None:
    found = federal(f"""
        2026-09-14 received
        {asked} clarification-asked
        {answered} clarification-answered
    """)["foia.determination"]
    assert (found.due, found.latest) == (due, latest)


def test_fee_questions_stop_it_as_often_as_needed() -> None:
    found = federal("""
        2026-09-14 received
        2026-09-16 fee-quoted
        2026-09-18 fee-paid
        2026-09-21 fee-quoted
        2026-09-22 fee-paid
    """)["foia.determination"]
    assert found.due == date(2026, 10, 16)


def test_only_the_letter_that_answers_a_question_ends_its_pause() -> None:
    for log in (
        "2026-09-14 received\n2026-09-16 fee-quoted\n2026-09-18 letter-sent letter=foia-late",
        "2026-09-14 received\n2026-09-16 clarification-asked\n2026-09-18 letter-sent",
    ):
        assert federal(log)["foia.determination"].pauses[0].answered is None
    log = "2026-09-14 received\n2026-09-16 fee-quoted\n2026-09-18 letter-sent "
    log += "letter=foia-fee-waiver"
    assert federal(log)["foia.determination"].pauses[0].answered is not None


def test_a_question_on_a_closed_day_gives_no_reading_of_its_own() -> None:
    found = federal("""
        2026-09-12 received
        2026-09-19 clarification-asked
        2026-09-22 clarification-answered
    """)["foia.determination"]
    assert found.pauses
    assert [reading.name for reading in found.readings] == ["receipt"]
    assert found.readings[0].due == found.latest
    on_a_saturday = "2026-09-19 clarification-asked\n2026-09-22 clarification-answered"
    found = federal(f"2026-09-14 received\n{on_a_saturday}")["foia.determination"]
    assert (found.due, found.latest, found.readings) == (date(2026, 10, 15), date(2026, 10, 15), ())


def test_a_question_that_waits_for_its_answer_leaves_no_sure_date() -> None:
    found = federal("2026-09-14 received\n2026-09-21 clarification-asked")["foia.determination"]
    assert found.estimate
    assert not is_late(found, date(2027, 9, 1))
    assert found.why.startswith("the clock stands still since September 21, 2026, until the answer")


def test_a_question_after_the_period_stops_nothing() -> None:
    found = federal("2026-09-14 received\n2026-12-01 clarification-asked")["foia.determination"]
    assert not found.estimate
    assert found.pauses == ()


def test_the_federal_extension_is_ten_working_days() -> None:
    found = federal("2026-10-05 received\n2026-11-02 extended")["foia.extension"]
    assert found.due == date(2026, 11, 18)
    assert found.rolled_by == "Veterans Day"
    stated = federal("2026-10-05 received\n2026-11-02 extended until=2026-11-11")
    assert stated["foia.extension"].due == date(2026, 11, 12)
    assert stated["foia.extension"].rolled_by == "Veterans Day"


def test_the_federal_extension_runs_from_where_a_question_left_the_first_period() -> None:
    log = """
        2026-09-14 received
        2026-09-21 clarification-asked
        2026-09-25 clarification-answered
        2026-10-16 extended
    """
    found = federal(log)
    assert found["foia.determination"].due == date(2026, 10, 19)
    assert found["foia.extension"].due == date(2026, 11, 2)
    assert found["foia.extension"].latest == date(2026, 11, 3)
    assert [reading.name for reading in found["foia.extension"].readings] == ["question"]
    assert len(found["foia.extension"].pauses) == 1
    waiting = federal("2026-09-14 received\n2026-09-21 clarification-asked\n2026-10-01 extended")
    assert waiting["foia.extension"].estimate


def test_every_adverse_determination_can_be_appealed() -> None:
    request = replace(
        told("2026-10-05 received\n2026-11-03 denied items=1\n2026-11-09 none-found items=2", 2),
        law="foia",
    )
    found = [d.due for d in deadlines(request, LAW, NOBODY) if d.rule.id == "foia.appeal"]
    assert found == [date(2027, 2, 1), date(2027, 2, 7)]
    appeals = [d for d in deadlines(request, LAW, NOBODY) if d.rule.id == "foia.appeal"]
    assert [appeal.readings for appeal in appeals] == [(), ()]
    assert appeals[0].steps[-1].what == "day 90: the period ends"
    assert appeals[0].steps[0].authority == ""


def test_an_appeal_starts_the_clock_of_its_decision() -> None:
    log = "2026-06-15 received\n2026-07-01 denied\n2026-07-10 appeal-filed"
    found = federal(log)
    assert found["foia.appeal"].met is not None
    assert found["foia.appeal-decision"].due == date(2026, 8, 7)
    assert found["foia.appeal-decision"].latest == date(2026, 8, 21)
    done = federal(log + "\n2026-08-01 appeal-decided")
    assert done["foia.appeal-decision"].met is not None


def test_a_day_closed_by_order_is_named_where_it_would_count() -> None:
    found = federal("2024-12-16 received")["foia.determination"]
    assert (found.due, found.latest) == (date(2025, 1, 15), date(2025, 1, 16))
    assert found.readings[0].why == "National Day of Mourning (executive order) taken as a holiday"


def test_in_a_table_receipt_is_by_the_proper_component() -> None:
    row = LAW.table("foia.determination")[date(2026, 10, 5)]
    assert (row.due, row.latest) == (date(2026, 11, 3), date(2026, 11, 3))


def test_dates_are_equal_whoever_computed_them_and_are_shown_without_their_clock() -> None:
    again = statutes.law.__wrapped__()
    request = told("2026-10-05 sent via=email")
    first, second = deadlines(request, LAW, NOBODY), deadlines(request, again, NOBODY)
    assert first == second
    assert "Clock(" not in repr(first)


# --- flags ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 12), ()),
        (date(2026, 10, 13), (Flag.DUE,)),
        (date(2026, 10, 14), (Flag.LATE,)),
    ],
)
def test_due_after_due_and_late_only_after_latest(today: date, expected: tuple[Flag, ...]) -> None:
    request = told("2026-10-02 sent via=email")
    assert flags(request, deadlines(request, LAW, NOBODY), today) == expected


def test_an_answered_request_is_neither_due_nor_late() -> None:
    request = told("2026-10-02 sent via=email\n2026-10-20 determined")
    assert flags(request, deadlines(request, LAW, NOBODY), date(2027, 1, 1)) == ()


@pytest.mark.parametrize(
    ("log", "rules"),
    [
        ("2026-10-05 sent", {"foia.determination"}),
        ("2026-10-05 sent\n2026-10-20 determined estimated=2026-12-01", {"foia.production"}),
        ("2026-10-05 sent\n2026-10-20 denied", {"foia.appeal"}),
        ("2026-10-05 sent\n2026-10-20 denied\n2026-10-21 closed", set()),
        ("2026-10-05 sent\n2026-10-20 denied\n2026-10-21 withdrawn", set()),
        (
            "2026-10-05 sent\n2026-10-20 denied\n2026-10-21 appeal-filed",
            {"foia.appeal-decision"},
        ),
        (
            "2026-10-05 sent\n2026-10-20 denied\n2026-10-21 promised estimated=2026-12-01",
            {"foia.appeal"},
        ),
    ],
)
def test_what_is_still_to_be_met_is_what_the_log_leaves_open(log: str, rules: set[str]) -> None:
    request = replace(told(log.replace(" sent", " sent via=email")), law="foia")
    found = deadlines(request, LAW, NOBODY)
    to_meet = {deadline.rule.id for deadline in found if is_to_meet(request, deadline)}
    assert to_meet == rules


def test_flags_for_fees_questions_and_promises() -> None:
    request = told("""
        2026-09-15 sent via=portal
        2026-09-20 clarification-asked
        2026-09-21 fee-quoted amount=12
        2026-09-25 determined estimated=2026-10-02
    """)
    found = deadlines(request, LAW, NOBODY)
    assert flags(request, found, date(2026, 10, 3)) == (
        Flag.BROKEN,
        Flag.FEE,
        Flag.CLARIFICATION,
    )
    settled = replace(
        request,
        events=(
            *request.events,
            *told("2026-09-22 fee-paid\n2026-09-23 clarification-answered").events,
        ),
    )
    assert flags(settled, found, date(2026, 10, 1)) == ()


# --- steps ---------------------------------------------------------------------------------------


def test_the_steps_tell_every_day_and_who_says_so() -> None:
    found = dates(told("2026-09-15T10:42 received via=email"))["cpra.determination"]
    shown = [(step.on.day, step.what, step.role, step.authority) for step in found.steps]
    assert shown[0] == (15, "received by e-mail, 10:42", "excluded", "Code Civ. Proc. § 12")
    assert shown[1] == (16, "day 1", "counted", "")
    assert shown[4] == (19, "day 4, Saturday", "counted", "")
    assert shown[-4:] == [
        (25, "day 10, Native American Day", "rolled", "Code Civ. Proc. §§ 12a, 135"),
        (26, "Saturday", "rolled", "Code Civ. Proc. § 12a"),
        (27, "Sunday", "rolled", "Code Civ. Proc. § 10"),
        (28, "the period ends", "end", "Gov. Code § 7922.535(a)"),
    ]
    assert len(shown) == 14


def test_a_day_that_does_not_roll_ends_the_period_itself() -> None:
    last = dates(told("2026-10-05 received"))["cpra.determination"].steps[-1]
    assert (last.what, last.role) == ("day 10: the period ends", "end")


def test_working_days_leave_out_what_is_closed() -> None:
    steps = federal("2026-10-05 received")["foia.determination"].steps
    out = [step.what for step in steps if step.role == "excluded"]
    assert out[0] == "received"
    assert "Columbus Day" in out
    assert out.count("Saturday") == 4
    assert steps[-1].what == "day 20: the period ends"


def test_months_and_stated_dates_have_their_own_steps() -> None:
    found = tagged("2026-05-20 sent via=hand\n2026-05-20 incident-known", "officer-records")
    rolled = [step.what for step in found["cpra.officer-proceeding"].steps if step.role == "rolled"]
    assert rolled == ["18 months, Saturday", "Sunday"]
    assert found["cpra.officer-proceeding"].steps[0].why == "day of the event, not counted"
    log = "2026-09-15 sent via=portal\n2026-09-25 determined estimated=2026-10-02"
    stated = dates(told(log))["cpra.production"]
    assert [step.what for step in stated.steps] == [
        "determination",
        "the date that the agency stated",
    ]
    assert stated.rolled == ()
    assert stated.readings == ()


def test_a_notice_that_states_a_closed_day_shows_it_rolling() -> None:
    log = "2026-09-15 sent via=portal\n2026-09-25 extended until=2026-10-03"
    steps = dates(told(log))["cpra.extension"].steps
    assert [step.what for step in steps if step.role == "rolled"] == [
        "day 18, the date that the notice states, Saturday",
        "Sunday",
    ]


def test_days_counted_backwards_have_two_steps() -> None:
    request = replace(
        told(""), law="posting", events=(Event(kind="meeting", on=date(2026, 10, 8)),)
    )
    found = dates(request)["posting.agenda"]
    assert found.due == date(2026, 10, 5)
    assert [step.what for step in found.steps] == ["meeting", "3 days before"]
    assert found.rolled_by == ""
