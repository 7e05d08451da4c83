"""The right next letter, from the log alone; and why the wrong one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from cpra import agencies, statutes, workspace
from cpra.actions import drafting, following, posting
from cpra.core.calendar import Office
from cpra.core.deadlines import deadlines
from cpra.core.events import Event
from cpra.core.items import Item
from cpra.core.request import Request, Requester
from cpra.errors import NotFound, Refused
from cpra.letters import example, fitting
from cpra.letters.facts import Facts, Story
from cpra.letters.render import render
from cpra.letters.story import story, time_limit
from cpra.letters.template import find

LAW = statutes.law()
LEDGER = statutes.exemptions()
ITEMS = (Item(1, "The policy."), Item(2, "The logs."), Item(3, "The invoices."))


def on(month: int, day: int, kind: str, **fields: object) -> Event:
    """An event of 2026."""
    return Event(kind=kind, on=date(2026, month, day), **fields)  # type: ignore[arg-type] # by name


SENT = on(9, 15, "sent", via="email", at=time(10, 42))


def request(*events: Event, law: str = "cpra") -> Request:
    return Request(
        id="2026-0012",
        agency="ecpd",
        law=law,
        subject="Access logs",
        items=ITEMS,
        events=events,
    )


def told(asked: Request, today: date) -> Story:
    return story(asked, deadlines(asked, LAW, Office()), LAW, LEDGER, today)


def next_letter(today: date, *events: Event) -> str:
    asked = request(*events)
    found = fitting.choices(asked, told(asked, today), today)
    return found[0].letter if found else ""


def refused(letter: str, today: date, *events: Event) -> str:
    asked = request(*events)
    facts = Facts(today=today, id=asked.id, agency=example.AGENCIES["city"])
    return fitting.refusal(letter, asked, replace(facts, story=told(asked, today)))


def letter(name: str, today: date, events: Sequence[Event], **values: str) -> str:
    """The words of a letter about this log, as one line."""
    template = find(name, None).dated(today)
    asked = request(*events)
    facts = Facts(
        today=today,
        id=asked.id,
        agency=example.AGENCIES["city"],
        requester=Requester(email="ana@records.example"),
        subject=asked.subject,
        items=asked.open_items or asked.items,
        time_limit=time_limit(LAW, "cpra", "determination", date(2026, 9, 15)),
        extension_limit=time_limit(LAW, "cpra", "extension", date(2026, 9, 15)),
        story=told(asked, today),
    )
    return " ".join(render(template, values, facts, LAW.authorities).split())


# --- which letter ---------------------------------------------------------------------------------

AFTER = date(2026, 9, 29)


OCTOBER_9 = date(2026, 10, 9)
DETERMINED = on(9, 28, "determined", estimated=OCTOBER_9)
LATE_SENT = on(9, 30, "letter-sent", letter="late")
DEMAND_SENT = on(10, 9, "letter-sent", letter="demand")
EXTENDED = on(9, 24, "extended", until=OCTOBER_9, reasons="voluminous records")
TOO_LONG = on(9, 24, "extended", until=date(2026, 11, 9), reasons="voluminous records")


@pytest.mark.parametrize(
    ("today", "events", "expected"),
    [
        (date(2026, 9, 28), [SENT], ""),
        (AFTER, [SENT], "late"),
        (AFTER, [SENT, on(9, 20, "acknowledged")], "late"),
        (AFTER, [SENT, DETERMINED], ""),
        (date(2026, 10, 10), [SENT, DETERMINED], "production"),
        (AFTER, [SENT, on(9, 28, "determined")], "production"),
        (AFTER, [SENT, on(9, 21, "clarification-asked")], "clarify"),
        (AFTER, [SENT, on(9, 28, "denied", exemptions=("6254(f)",))], "denial"),
        (AFTER, [SENT, on(9, 28, "denied")], "legal-basis"),
        (AFTER, [SENT, on(9, 28, "none-found")], "search"),
        (AFTER, [SENT, DETERMINED, on(9, 28, "fee-quoted", amount="$5")], "fees"),
        (date(2026, 9, 25), [SENT, EXTENDED], ""),
        (date(2026, 9, 25), [SENT, TOO_LONG], "extension"),
        (date(2026, 10, 2), [SENT, LATE_SENT], ""),
        (date(2026, 10, 8), [SENT, LATE_SENT], "demand"),
        (date(2026, 10, 30), [SENT, LATE_SENT, DEMAND_SENT], "petition-checklist"),
        (date(2026, 10, 30), [SENT, LATE_SENT, on(10, 9, "withdrawn")], ""),
    ],
)
def test_the_right_next_letter_follows_from_the_log(
    today: date, events: list[Event], expected: str
) -> None:
    assert next_letter(today, *events) == expected


def test_a_foia_denial_is_appealed_and_a_california_one_never() -> None:
    denied = on(9, 28, "denied")
    federal = request(SENT, denied, law="foia")

    assert fitting.choices(federal, told(federal, AFTER), AFTER)[0].letter == "foia-appeal"
    assert "appeal" not in next_letter(AFTER, SENT, denied)


# --- which letter not -----------------------------------------------------------------------------


@pytest.mark.parametrize("law", ["rule-10.500", "lora", "ipa"])
def test_no_letter_under_the_records_act_follows_a_request_under_another_law(law: str) -> None:
    asked = request(SENT, on(9, 28, "denied", exemptions=("6254(f)",)), law=law)
    today = date(2026, 12, 1)
    assert fitting.choices(asked, told(asked, today), today) == ()
    assert "7923.000" not in fitting.no_appeal(asked)


def test_officers_records_that_are_late_can_be_sued_over() -> None:
    asked = replace(
        request(SENT, on(9, 20, "determined", estimated=date(2026, 11, 30))),
        tags=("officer-records",),
    )
    early, today = date(2026, 10, 30), date(2026, 11, 3)
    assert told(asked, early).overdue == ()
    late = told(asked, today)
    assert [one.cite for one in late.overdue] == ["Pen. Code § 832.7(b)(11)"]
    assert late.disputed == ITEMS
    assert fitting.choices(asked, late, today)[0].letter == "officer-records"
    facts = Facts(today=today, id=asked.id, agency=example.AGENCIES["city"], story=late)
    assert fitting.refusal("demand", asked, facts) == ""
    assert fitting.refusal("late", asked, facts)


def test_no_lateness_notice_before_the_latest_date() -> None:
    assert refused("late", date(2026, 9, 28), SENT) == (
        "2026-0012 is not late. Its determination is due Monday, September 28, 2026, and no "
        "reading of the law gives a later date, so this letter is available from September 29, "
        "2026. "
        "(`cpra explain 12`)"
    )
    assert refused("late", AFTER, SENT) == ""


def test_another_reading_moves_the_day_from_which_it_can_be_called_late() -> None:
    evening = on(10, 2, "sent", via="email", at=time(18, 30))
    said = refused("late", date(2026, 10, 13), evening)

    assert "due Monday, October 12, 2026, or Thursday, October 15, 2026 on another" in said
    assert "available from October 16, 2026" in said


def test_what_went_by_mail_is_never_called_late() -> None:
    posted = on(9, 15, "sent", via="mail")

    assert "its day of receipt is not known" in refused("late", date(2026, 12, 1), posted)
    assert next_letter(date(2026, 12, 1), posted) == ""


def test_no_demand_before_something_is_late_or_denied() -> None:
    for name in ("demand", "petition-checklist"):
        assert "can cost you its fees" in refused(name, date(2026, 9, 20), SENT)
        assert refused(name, AFTER, SENT) == ""


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("clarify", "clarification-asked"),
        ("extension", "extended"),
        ("production", "determined"),
        ("fees", "fee-quoted"),
        ("denial", "denied"),
        ("legal-basis", "denied"),
        ("search", "none-found"),
    ],
)
def test_a_letter_that_answers_something_needs_it_in_the_log(name: str, kind: str) -> None:
    assert f"cpra record 12 {kind} " in refused(name, AFTER, SENT)


def test_nothing_follows_a_draft() -> None:
    assert "has not been sent" in refused("late", AFTER)


@pytest.mark.parametrize(
    ("basis", "kind", "why"),
    [("county records", "city", "binds counties"), ("city records", "county", "binds cities")],
)
def test_a_preservation_letter_rests_on_a_law_that_binds_the_agency(
    basis: str, kind: str, why: str
) -> None:
    template = find("preserve", None).dated(AFTER)
    facts = replace(example.facts(template, LAW.authorities), agency=example.AGENCIES[kind])

    with pytest.raises(Refused, match=why):
        render(template, {"basis": basis, "data": "the logs"}, facts, LAW.authorities)


def test_a_preservation_letter_never_rests_on_the_records_act() -> None:
    template = find("preserve", None)

    assert not [name for name in template.authorities if name.startswith("cpra.")]
    assert "Gilroy" in template.warning


# --- what they say --------------------------------------------------------------------------------


def test_the_notice_counts_the_days_as_the_engine_does() -> None:
    said = letter("late", AFTER, [SENT])

    assert "that time would have ended on Friday, September 25, 2026" in said
    assert "(here Native American Day, Saturday and Sunday)" in said
    assert "it ended on Monday, September 28, 2026" in said
    assert "a fixed time from receipt, 10 days, to determine" in said
    assert "by Monday, October 5, 2026" in said


def test_a_notice_of_2027_does_not_say_that_a_time_that_may_have_changed_is_the_law() -> None:
    sent = replace(SENT, on=date(2027, 1, 4))
    said = letter("late", date(2027, 1, 20), [sent])
    assert "Counted from January 4, 2027 in calendar days, as the section had them in 2026," in said
    assert "gives a date later than Tuesday, January 19, 2027, which has passed" in said
    assert "if a bill of 2026 that would bring them is law (see AB 1821 (2026))" in said
    demand = letter("demand", date(2027, 1, 20), [sent])
    allowed = "or, if a bill of 2026 is law (see AB 1821 (2026)), on Tuesday, January 19, 2027"
    assert f"January 14, 2027, {allowed} at the latest." in demand
    checklist = letter("petition-checklist", date(2027, 1, 20), [sent])
    assert "which allows for business days if a bill of 2026 is law (see AB 1821" in checklist
    too_far = replace(TOO_LONG, on=date(2027, 1, 12), until=date(2027, 3, 30))
    objection = letter("extension", date(2027, 1, 20), [sent, too_far])
    assert "Any latest date in this letter allows for business days" in objection
    assert "AB 1821" not in letter("extension", AFTER, [SENT, TOO_LONG])
    assert "calendar days" not in letter("late", AFTER, [SENT])


def test_a_notice_after_an_extension_counts_to_the_extended_date() -> None:
    said = letter("late", date(2026, 10, 20), [SENT, EXTENDED])

    assert "If your notice of September 24, 2026 extended it" in said
    assert "it ended on Friday, October 9, 2026" in said
    assert "On what follows I have received no determination." in said


def test_a_notice_of_extension_that_came_too_late_is_answered_for_that_alone() -> None:
    after = on(10, 2, "extended", until=OCTOBER_9, reasons="voluminous records")
    said = letter("late", date(2026, 10, 20), [SENT, after])
    assert (
        "Your notice of October 2, 2026 came after that day, and I do not read the section to let a"
        " notice extend a time that has ended (Gov. Code § 7922.535(b)). On what" in said
    )
    objection = letter("extension", date(2026, 10, 20), [SENT, after])
    assert "after the time for the determination had ended on September 28, 2026." in objection
    assert "the latest date that it could state" not in objection


def test_a_notice_cites_what_was_read_in_part_after_see() -> None:
    assert "copying of records (see Gov. Code § 7922.500)" in letter("late", AFTER, [SENT])


def test_a_notice_lists_only_the_items_that_nobody_has_answered() -> None:
    denied = on(9, 28, "denied", items=(2,), exemptions=("7922.000",))
    said = letter("late", AFTER, [SENT, denied])

    assert "1. The policy." in said
    assert "2. The logs." not in said
    assert "3. The invoices." in said


def test_an_extension_is_objected_to_for_what_is_wrong_with_it_and_for_nothing_else() -> None:
    said = letter("extension", date(2026, 9, 25), [SENT, TOO_LONG])
    assert "It states November 9, 2026; by every reading of the law that I know of, the" in said
    assert "no reason in it" not in said
    assert "for no more than 14 days" in said
    assert "falls short" not in letter("extension", date(2026, 9, 25), [SENT, EXTENDED])


def test_an_extension_with_one_ground_that_may_hold_is_not_objected_to_for_the_other() -> None:
    for grounds in (("volume", "staffing"), ("staffing", "the moon")):
        notice = on(9, 24, "extended", until=OCTOBER_9, grounds=grounds)
        assert "falls short" not in letter("extension", date(2026, 9, 25), [SENT, notice])
    alone = on(9, 24, "extended", until=OCTOBER_9, reasons="staff shortage")
    said = letter("extension", date(2026, 9, 25), [SENT, alone])
    assert 'Its reason, "staff shortage", is not among the circumstances' in said


def test_a_search_is_asked_about_for_the_items_that_were_not_found() -> None:
    nothing = on(9, 28, "none-found", items=(2,))
    said = letter("search", AFTER, [SENT, nothing])
    assert "2. The logs." in said
    assert "1. The policy." not in said


def test_a_demand_is_about_what_is_late_or_refused_and_about_nothing_else() -> None:
    waits = on(9, 28, "determined", items=(1, 3), estimated=OCTOBER_9)
    denied = on(9, 28, "denied", items=(2,), exemptions=("7922.000",))
    said = letter("demand", AFTER, [SENT, waits, denied])
    assert "2. The logs." in said
    assert "1. The policy." not in said
    assert "was due on" not in said
    late = letter("demand", AFTER, [SENT, denied])
    assert "1. The policy." in late
    assert "2. The logs." in late
    assert "The determination (Gov. Code § 7922.535(a)) was due on" in late


def test_the_chronology_has_dollars_and_says_which_numbers_are_former_ones() -> None:
    events = [
        SENT,
        on(9, 24, "extended", until=OCTOBER_9, via="email"),
        on(9, 28, "denied", exemptions=("6254(f)", "7922.000", "7929.205", "legal review")),
        on(9, 29, "fee-quoted", amount="350"),
    ]
    said = letter("demand", date(2026, 10, 20), events)
    assert "The agency gave notice of an extension by e-mail, stating October 9, 2026." in said
    assert (
        'citing former Gov. Code § 6254(f), "7922.000", the exemption for critical infrastructure'
        ' and "legal review".' in said
    )
    assert "The agency quoted a fee of $350." in said
    assert "you quoted a fee of $350." in letter("fees", date(2026, 10, 20), events)


def test_the_checklist_numbers_the_exhibits() -> None:
    events = [
        replace(SENT, files={"sent/2026-09-15-request/letter.pdf": "ab"}),
        on(9, 20, "acknowledged"),
        on(9, 28, "denied", files={"answers/2026-09-28-denial/letter.pdf": "cd"}),
    ]
    said = letter("petition-checklist", AFTER, events)
    assert "by e-mail. Exhibit 1: sent/2026-09-15-request/letter.pdf." in said
    assert "Exhibit 2: answers/2026-09-28-denial/letter.pdf." in said


def test_a_federal_notice_counts_as_the_engine_does() -> None:
    events = [
        on(6, 2, "sent", via="email"),
        on(6, 2, "received"),
        on(6, 10, "clarification-asked"),
        on(6, 15, "clarification-answered"),
        on(7, 1, "extended", until=date(2026, 7, 20), reasons="volume"),
    ]
    asked = request(*events, law="foia")
    today = date(2026, 8, 3)
    facts = Facts(
        today=today,
        id=asked.id,
        agency=example.AGENCIES["federal"],
        items=ITEMS,
        story=told(asked, today),
    )
    text = render(find("foia-late", None).dated(today), {}, facts, LAW.authorities)
    said = " ".join(text.split())
    assert "and without the days on which a question of yours was open" in said
    assert "that time ended on Tuesday, July 7, 2026." in said
    assert "If your notice of July 1, 2026 extended it" in said
    assert "it ended on Monday, July 20, 2026." in said
    assert "gives a date later than" in said


def test_a_denial_is_answered_exemption_by_exemption_under_either_number() -> None:
    denied = on(9, 28, "denied", items=(2,), exemptions=("6254(f)", "7927.500", "nonsense"))
    said = letter("denial", AFTER, [SENT, denied])

    assert "You rely on **Gov. Code §§ 7923.600-7923.625" in said
    assert "You rely on **Gov. Code § 7927.500" in said
    assert 'You rely on **what you cite as "nonsense"**' in said
    assert "without the facts that make the exemption apply and the name and title" in said
    assert "6254" not in said


def test_an_unverified_exemption_is_named_by_its_subject_alone() -> None:
    denied = on(9, 28, "denied", exemptions=("6254(d)",))
    said = letter("denial", AFTER, [SENT, denied])

    assert "You rely on **the exemption for examinations of banks**." in said
    assert "7929.000" not in said


def test_a_ground_of_which_nothing_is_known_is_asked_about() -> None:
    denied = on(9, 28, "denied", exemptions=("7929.205", "832.7", "attorney-client"))
    said = letter("denial", AFTER, [SENT, denied])
    asked = "Please name the law that you mean, and the facts that bring each record within it."
    assert said.count(asked) == 1
    assert f"the exemption for critical infrastructure**. {asked}" in said
    assert "(see Gov. Code § 7927.705; see Pen. Code § 832.7)" in said
    assert "(see Gov. Code § 7927.705; see Evid. Code § 954)" in said


def test_what_the_agency_wrote_is_quoted_and_never_read() -> None:
    asked = on(9, 21, "clarification-asked", reasons="{{ 7 * 7 }} *what* {% include 'x' %}")
    said = letter("clarify", date(2026, 9, 22), [SENT, asked], answer="the {{ logs }}")

    assert "{{ 7 \\* 7 }} \\*what\\* {% include 'x' %}" in said
    assert "The {{ logs }}." in said


def test_the_time_is_not_put_in_words_while_a_bill_may_change_it() -> None:
    assert time_limit(LAW, "cpra", "determination", date(2026, 9, 15)) == "10 days"
    assert time_limit(LAW, "cpra", "determination", date(2027, 1, 4)) == ""
    assert time_limit(LAW, "nothing", "determination", date(2026, 1, 4)) == ""


# --- on a real disk -------------------------------------------------------------------------------


@pytest.fixture
def drafted(tmp_path: Path) -> tuple[workspace.Workspace, Path]:
    """A workspace with one request that was sent on September 15."""
    workspace.init(tmp_path, "")
    here = workspace.find(tmp_path)
    city = agencies.Agency(key="ecpd", name="Example City Police Department", kind="city")
    wish = drafting.Wish(
        template=find("general", None),
        agency=city,
        values={"about": "Access logs"},
        items=("The logs from January 1, 2026 through March 31, 2026.",),
        requester=Requester(email="ana@records.example"),
    )
    draft = drafting.new(here, wish, date(2026, 9, 15), "2026-09-15T10:00:00-07:00")
    posting.sent(here, draft.path, SENT, (), date(2026, 9, 15))
    return here, draft.path


def test_a_follow_up_is_drafted_beside_the_request_and_sent_under_its_name(
    drafted: tuple[workspace.Workspace, Path],
) -> None:
    here, path = drafted
    plan = following.plan(here, path, "", AFTER)
    done = following.write(here, path, plan, {})

    assert plan.why == "the determination was due on September 28, 2026"
    assert done.path == path / "draft" / "late"
    assert sorted(form.name for form in done.path.iterdir()) == [
        "letter.docx",
        "letter.md",
        "letter.pdf",
        "letter.txt",
    ]
    posting.sent(here, path, on(9, 29, "sent", via="email", letter="late"), (), AFTER)
    assert (path / "sent" / "2026-09-29-late" / "letter.md").is_file()
    with pytest.raises(Refused, match="nothing calls for a letter"):
        following.plan(here, path, "", date(2026, 10, 1))


def test_there_is_no_appeal_under_the_records_act(
    drafted: tuple[workspace.Workspace, Path],
) -> None:
    here, path = drafted
    for name in ("appeal", "foia-appeal"):
        with pytest.raises(Refused, match=r"no administrative appeal .* petition"):
            following.plan(here, path, name, AFTER)


def test_a_letter_of_another_law_or_an_unknown_one_is_refused(
    drafted: tuple[workspace.Workspace, Path],
) -> None:
    here, path = drafted
    with pytest.raises(Refused, match="under another law"):
        following.plan(here, path, "foia-ogis", AFTER)
    with pytest.raises(NotFound, match="did you mean late"):
        following.plan(here, path, "latte", AFTER)
    with pytest.raises(NotFound, match="is a request"):
        following.plan(here, path, "general", AFTER)


def test_before_anything_is_due_there_is_nothing_to_write(
    drafted: tuple[workspace.Workspace, Path],
) -> None:
    here, path = drafted
    with pytest.raises(Refused, match=r"is due September 28, 2026"):
        following.plan(here, path, "", date(2026, 9, 20))
