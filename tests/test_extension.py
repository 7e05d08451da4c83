"""Does a notice of extension hold? Each check, and what is said of it in a few words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cpra import statutes
from cpra.core.calendar import Office
from cpra.core.extension import Check, Finding, Verdict, audit, summary
from cpra.core.grounds import ground_of
from tests.logs import told

LAW = statutes.law()
GOOD = "2026-09-25 extended until=2026-10-05 grounds=volume via=email signed_by=Clerk"


def checked(notice: str, sent: str = "2026-09-15 sent via=portal") -> dict[Check, Finding]:
    found = audit(told(f"{sent}\n{notice}"), LAW, Office())
    return {finding.check: finding for finding in found}


def test_without_a_notice_there_is_nothing_to_check() -> None:
    assert audit(told("2026-09-15 sent via=portal"), LAW, Office()) == ()
    assert audit(told("2026-09-01 drafted"), LAW, Office()) == ()
    assert summary(()) == ""


def test_a_notice_that_meets_every_check_is_valid() -> None:
    found = audit(told(f"2026-09-15 sent via=portal\n{GOOD}"), LAW, Office())
    assert {finding.verdict for finding in found} == {Verdict.HOLDS}
    assert summary(found) == "notice valid: a listed ground, in time, within the ceiling"


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        ("2026-10-12", Verdict.HOLDS),
        ("2026-10-13", Verdict.ARGUABLE),
        ("2026-10-14", Verdict.FAILS),
    ],
)
def test_a_notice_comes_in_time_by_the_plain_day_or_by_some_reading(
    on: str, verdict: Verdict
) -> None:
    found = checked(f"{on} extended until=2026-10-20", sent="2026-10-02 sent via=email")
    assert found[Check.TIME].verdict is verdict
    assert found[Check.TIME].authority == "Gov. Code § 7922.535(b)"


def test_of_a_letter_sent_by_post_nobody_knows_whether_the_notice_was_in_time() -> None:
    found = checked(
        "2026-10-20 extended until=2026-11-30 via=mail", sent="2026-10-02 sent via=mail"
    )
    assert found[Check.TIME].verdict is Verdict.UNKNOWN
    assert found[Check.CEILING].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("until", "verdict"),
    [
        ("2026-10-09", Verdict.HOLDS),
        ("2026-10-13", Verdict.ARGUABLE),
        ("2026-10-14", Verdict.FAILS),
    ],
)
def test_the_ceiling_is_tried_by_every_reading(until: str, verdict: Verdict) -> None:
    found = checked(f"2026-09-25 extended until={until}")
    assert found[Check.CEILING].verdict is verdict


def test_a_notice_without_a_date_fails_and_has_no_ceiling() -> None:
    found = checked("2026-09-25 extended grounds=volume via=email")
    assert found[Check.DATE].verdict is Verdict.FAILS
    assert Check.CEILING not in found


def test_what_the_log_does_not_say_is_not_held_against_the_agency() -> None:
    found = checked("2026-09-25 extended until=2026-10-05")
    unknown = {check for check, one in found.items() if one.verdict is Verdict.UNKNOWN}
    assert unknown == {Check.WRITING, Check.SIGNER, Check.GROUND}
    words = summary(tuple(found.values()))
    assert words == "notice not fully known: in writing, from whom and a listed ground"


def test_a_filed_paper_is_writing() -> None:
    request = told(f"2026-09-15 sent via=portal\n{GOOD.replace(' via=email', '')}")
    notice = replace(request.events[1], files={"answers/2026-09-25-extension/letter.pdf": "ab"})
    request = replace(request, events=(request.events[0], notice))
    found = {one.check: one for one in audit(request, LAW, Office())}
    assert found[Check.WRITING].verdict is Verdict.HOLDS


def test_the_signer_is_named() -> None:
    assert checked(GOOD)[Check.SIGNER].text == (
        "it is signed by Clerk, taken to be the head or a designee"
    )


@pytest.mark.parametrize("ground", ["staffing", "workload", "legal-review", "redaction"])
def test_a_ground_that_is_not_listed_fails(ground: str) -> None:
    found = checked(f"2026-09-25 extended until=2026-10-05 grounds={ground}")[Check.GROUND]
    assert found.verdict is Verdict.FAILS
    assert found.authority == "Gov. Code § 7922.535(c)"
    assert "is no ground that the law lists" in found.text


def test_one_listed_ground_is_enough() -> None:
    found = checked("2026-09-25 extended until=2026-10-05 grounds=staffing,consultation")
    assert found[Check.GROUND].verdict is Verdict.HOLDS
    assert found[Check.GROUND].authority == "Gov. Code § 7922.535(c)(3)"


@pytest.mark.parametrize(
    ("sent", "ground", "verdict"),
    [
        ("2025-12-31", "cyberattack", Verdict.FAILS),
        ("2026-01-01", "cyberattack", Verdict.HOLDS),
        ("2024-12-31", "emergency", Verdict.FAILS),
        ("2025-01-01", "emergency", Verdict.HOLDS),
    ],
)
def test_a_ground_is_listed_by_the_day_of_receipt(sent: str, ground: str, verdict: Verdict) -> None:
    found = checked(f"{sent} extended grounds={ground}", sent=f"{sent} sent via=email")
    assert found[Check.GROUND].verdict is verdict
    if verdict is Verdict.FAILS:
        assert "is a ground only for requests received from January 1, 202" in (
            found[Check.GROUND].text
        )


def test_words_that_fit_no_ground_are_to_be_read_by_a_person() -> None:
    request = told(f"2026-09-15 sent via=portal\n{GOOD}")
    notice = replace(request.events[1], grounds=(), reasons="the matter is complex")
    found = audit(replace(request, events=(request.events[0], notice)), LAW, Office())
    ground = next(one for one in found if one.check is Check.GROUND)
    assert ground.verdict is Verdict.UNKNOWN
    assert ground.text.startswith('"the matter is complex" is not recognized')


def test_a_second_notice_is_arguable_since_the_text_does_not_say() -> None:
    found = audit(told(f"2026-09-15 sent via=portal\n{GOOD}\n{GOOD}"), LAW, Office())
    assert [one.verdict for one in found if one.check is Check.ONCE] == [Verdict.ARGUABLE]
    assert next(one for one in found if one.check is Check.ONCE).authority == ""
    assert summary(found) == "last notice arguable: only one"


def test_failures_come_first_in_the_summary() -> None:
    found = audit(
        told("2026-09-15 sent via=portal\n2026-09-25 extended until=2026-12-01 grounds=staffing"),
        LAW,
        Office(),
    )
    assert summary(found) == "notice not valid: a listed ground and within the ceiling"
    failed = [one.check for one in found if one.verdict is Verdict.FAILS]
    assert failed == [Check.GROUND, Check.CEILING]


def test_a_federal_notice_is_tried_without_grounds() -> None:
    request = replace(told("2026-10-05 received\n2026-11-02 extended until=2026-11-18"), law="foia")
    checks = [finding.check for finding in audit(request, LAW, Office())]
    assert Check.GROUND not in checks
    assert Check.CEILING in checks


def test_a_federal_notice_is_tried_although_the_request_is_still_on_its_way() -> None:
    log = "2026-10-05 sent via=email\n2026-10-20 extended until=2026-11-18"
    found = audit(replace(told(log), law="foia"), LAW, Office())
    assert {one.check: one.verdict for one in found}[Check.TIME] is Verdict.HOLDS


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("volume", "volume"),
        ("(c)(2)", "volume"),
        ("Gov. Code § 7922.535(c)(4)", "programming"),
        ("The need to search a VOLUMINOUS amount of separate records", "volume"),
        ("search for and collect records from field facilities", "field"),
        ("the need for consultation with another agency", "consultation"),
        ("a ransomware incident", "cyberattack"),
        ("the Governor proclaimed a state of emergency", "emergency"),
        ("to compile data and write a computer program", "programming"),
        ("we are short of staff", "staffing"),
        ("the backlog of our office", "workload"),
        ("review by counsel", "legal-review"),
        ("records have to be redacted", "redaction"),
        ("legal review, for want of staff", "staffing"),
        ("voluminous records, and few staff", "volume"),
    ],
)
def test_a_ground_is_known_by_id_paragraph_or_words(text: str, ground: str) -> None:
    found = ground_of(text, LAW.grounds("cpra.extension"))
    assert found is not None
    assert found.id == ground


@pytest.mark.parametrize("text", ["", "  ", "because", "(c)(9)"])
def test_other_words_name_no_ground(text: str) -> None:
    assert ground_of(text, LAW.grounds("cpra.extension")) is None


def test_the_ceiling_allows_for_the_days_on_which_the_federal_clock_stood_still() -> None:
    log = """
        2026-06-02 received
        2026-06-10 clarification-asked
        2026-06-15 clarification-answered
        2026-07-01 extended until=2026-07-21
    """
    found = audit(replace(told(log), law="foia"), LAW, Office())
    (ceiling,) = [finding for finding in found if finding.check is Check.CEILING]
    assert ceiling.verdict is Verdict.HOLDS
