"""A request's status is a fold of its log, item by item; what was taken back does not count."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra.core import log
from cpra.core.events import KINDS, RECORDED_KINDS, Event, live
from cpra.core.request import SETTLED, Request, Requester, Status
from tests.logs import events, request, told

SENT = "2026-03-02 sent\n"


@pytest.mark.parametrize(
    ("log_lines", "status"),
    [
        ("", "drafted"),
        ("2026-03-01 drafted", "drafted"),
        ("2026-03-01 drafted\n2026-03-02 edited", "drafted"),
        ("2026-03-02 sending", "drafted"),
        ("2026-03-02 sending\n2026-03-02 refused", "drafted"),
        ("2026-03-02 sending\n2026-03-02 outcome-unknown", "drafted"),
        (SENT, "sent"),
        (SENT + "2026-03-03 received", "awaiting determination"),
        (SENT + "2026-03-03 received\n2026-03-04 acknowledged", "acknowledged"),
        (SENT + "2026-03-04 acknowledged", "acknowledged"),
        (SENT + "2026-03-10 extended until=2026-03-26", "extended"),
        (SENT + "2026-03-20 determined", "determined"),
        (SENT + "2026-03-20 produced", "producing"),
        (SENT + "2026-03-20 produced complete", "complete"),
        (SENT + "2026-03-20 produced\n2026-04-20 produced complete", "complete"),
        (SENT + "2026-03-20 denied", "denied"),
        (SENT + "2026-03-20 produced\n2026-04-20 denied", "partly denied"),
        (SENT + "2026-03-20 denied\n2026-04-20 produced", "partly denied"),
        (SENT + "2026-03-20 denied\n2026-04-20 produced\n2026-05-20 produced", "partly denied"),
        (SENT + "2026-03-20 denied\n2026-04-20 produced complete", "complete"),
        (SENT + "2026-03-20 produced complete\n2026-04-20 denied", "partly denied"),
        (SENT + "2026-03-20 none-found", "none found"),
        (SENT + "2026-03-20 none-found\n2026-04-20 produced", "producing"),
        (SENT + "2026-03-20 withdrawn", "withdrawn"),
        (SENT + "2026-03-20 closed", "closed"),
        (SENT + "2026-03-20 produced\n2026-03-25 closed", "closed"),
        (SENT + "2026-03-25 closed\n2026-04-02 produced", "producing"),
        (SENT + "2026-03-25 closed\n2026-04-02 acknowledged", "closed"),
        ("2026-03-01 withdrawn", "withdrawn"),
    ],
)
def test_the_status_is_what_the_log_says(log_lines: str, status: str) -> None:
    assert told(log_lines).status == status


@pytest.mark.parametrize(
    "kind",
    sorted(
        KINDS
        - {"sent", "received", "acknowledged", "extended", "determined", "produced", "denied"}
        - {"none-found", "closed", "withdrawn", "reopened"}
    ),
)
def test_these_kinds_leave_the_status_as_it_is(kind: str) -> None:
    assert told(f"2026-03-02 sent\n2026-03-20 determined\n2026-03-21 {kind}").status == "determined"


def test_a_kind_from_a_newer_version_leaves_the_status_as_it_is() -> None:
    newer = Event(kind="mediated", on=date(2026, 3, 21))
    assert request(live([*events(SENT), newer])).status is Status.SENT


def test_what_is_written_down_late_still_happened_early() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20 determined
        2026-03-10 extended
    """)
    assert timeline.status is Status.DETERMINED
    assert [event.kind for event in timeline.events] == ["sent", "extended", "determined"]


def test_a_letter_that_is_logged_late_does_not_reopen_a_request() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-04-20 produced complete
        2026-05-02 closed
        2026-03-04 acknowledged
        2026-04-01 produced
    """)
    assert timeline.status is Status.CLOSED
    assert not timeline.is_open


def test_on_one_day_a_letter_leaves_before_it_is_answered() -> None:
    timeline = told("""
        2026-03-02 determined
        2026-03-02 acknowledged
        2026-03-02 received
        2026-03-02T23:00 sent
        2026-03-02 edited
        2026-03-02 drafted
    """)
    assert [event.kind for event in timeline.events] == [
        *("drafted", "edited", "sent", "received", "determined", "acknowledged")
    ]
    assert timeline.status is Status.DETERMINED


def test_on_one_day_what_was_closed_is_closed_though_records_came_at_a_time() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20T14:05 produced
        2026-03-20 closed
    """)
    assert timeline.status is Status.CLOSED


def test_on_one_day_times_of_day_decide_among_answers() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20T16:00 produced
        2026-03-20T09:00 determined
    """)
    assert [event.kind for event in timeline.events] == ["sent", "determined", "produced"]


def test_in_one_second_lines_stand_as_they_were_written() -> None:
    second = "2026-03-20T10:00:00-07:00"
    kinds = ("closed", "reopened", "closed", "reopened", "closed", "reopened")
    made: list[str] = []
    for kind in kinds:
        event = Event(kind=kind, on=date(2026, 3, 20), recorded=second)
        made.append(log.encode(event, log.digest(made[-1]) if made else None))
    for _ in range(5):
        random.Random(_).shuffle(made)  # noqa: S311 (an order, not a secret)
        found, _ = log.decode(made, "x")
        assert tuple(event.kind for event in live(found)) == kinds


# Taking back


def test_what_was_taken_back_does_not_count() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20 denied
        2026-03-21 voided line=2
    """)
    assert timeline.status is Status.SENT
    assert [event.kind for event in timeline.events] == ["sent", "voided"]


def test_taking_back_can_be_taken_back() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20 denied
        2026-03-21 voided line=2
        2026-03-22 voided line=3
    """)
    assert timeline.status is Status.DENIED


def test_a_line_taken_back_twice_is_out_until_both_are_taken_back() -> None:
    twice = """
        2026-03-02 sent
        2026-03-20 denied
        2026-03-21 voided line=2
        2026-03-22 voided line=2
        2026-03-23 voided line={}
    """
    assert told(twice.format(3)).status is Status.SENT
    assert told(twice.format(4)).status is Status.SENT
    both = twice.format(3) + "    2026-03-24 voided line=4\n"
    assert told(both).status is Status.DENIED


def test_a_correction_counts_whatever_day_it_bears() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-03-20 denied
        2026-01-01 voided line=2
    """)
    assert timeline.status is Status.SENT


def test_taking_back_a_line_that_is_not_there_changes_nothing() -> None:
    stray = Event(kind="voided", on=date(2026, 3, 20), line="9f2c")
    unsaid = Event(kind="voided", on=date(2026, 3, 20))
    assert request(live([*events(SENT), stray, unsaid])).status is Status.SENT


def test_lines_that_take_each_other_back_are_both_out_in_any_order() -> None:
    one = Event(kind="voided", on=date(2026, 3, 20), hash="1", line="2")
    two = Event(kind="voided", on=date(2026, 3, 20), hash="2", line="1")
    other = Event(kind="sent", on=date(2026, 3, 2), hash="3")
    assert live([one, other, two]) == live([two, one, other]) == (other,)


def test_a_chain_of_previous_lines_that_bites_its_tail_stops_nothing() -> None:
    one = Event(kind="sent", on=date(2026, 3, 20), hash="1", previous="2")
    two = Event(kind="sent", on=date(2026, 3, 20), hash="2", previous="1")
    assert {event.hash for event in live([one, two])} == {"1", "2"}


def test_a_thousand_corrections_of_corrections_stop_nothing() -> None:
    made = [log.encode(Event(kind="denied", on=date(2026, 3, 2)), None)]
    for _ in range(1001):
        back = Event(kind="voided", on=date(2026, 3, 2), line=log.digest(made[-1]))
        made.append(log.encode(back, log.digest(made[-1])))
    found, _ = log.decode(made, "x")
    assert "denied" not in {event.kind for event in live(found)}
    assert "denied" in {event.kind for event in live(found[:-1])}


def test_a_line_that_a_merge_has_doubled_counts_once() -> None:
    once = events("2026-03-02 sent\n2026-03-20 produced")
    assert [event.kind for event in live([*once, *once])] == ["sent", "produced"]


@st.composite
def logs(draw: st.DrawFn) -> tuple[Event, ...]:
    """A log of a few days with corrections, that two people may have forked and merged."""
    made: list[str] = []
    for _ in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from(sorted(RECORDED_KINDS)))
        event = Event(
            kind=kind,
            on=date(2026, 3, draw(st.integers(1, 3))),
            at=draw(st.none() | st.just(time(9)) | st.just(time(14))),
            recorded=draw(st.sampled_from(["one second", "another"])),
            complete=kind == "produced" and draw(st.booleans()),
            items=tuple(draw(st.lists(st.integers(1, 2), max_size=1))),
        )
        if made and kind == "voided":
            event = replace(event, line=log.digest(draw(st.sampled_from(made))))
        previous = draw(st.none() | st.sampled_from(made)) if made else None
        made.append(log.encode(event, log.digest(previous) if previous else None))
    return log.decode(made, "x")[0]


@given(logs(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(
    found: tuple[Event, ...], by: random.Random
) -> None:
    shuffled = list(found)
    by.shuffle(shuffled)
    again = tuple(replace(event, number=n) for n, event in enumerate(shuffled, start=1))
    assert [event.hash for event in live(again)] == [event.hash for event in live(found)]
    assert request(live(again), 2).status is request(live(found), 2).status


# Items


def test_each_item_has_an_outcome_of_its_own() -> None:
    timeline = told(
        """
        2026-03-02 sent
        2026-03-20 determined
        2026-04-01 produced items=1 complete
        2026-04-02 denied items=2
        2026-04-03 none-found items=3
        """,
        items=4,
    )
    assert [str(timeline.state_of(n)) for n in (1, 2, 3, 4)] == [
        *("complete", "denied", "none found", "determined")
    ]
    assert [item.n for item in timeline.open_items] == [4]
    assert timeline.is_open


@pytest.mark.parametrize(
    ("log_lines", "status"),
    [
        ("2026-03-20 produced items=1 complete\n2026-03-20 produced items=2 complete", "complete"),
        ("2026-03-20 produced items=1 complete\n2026-03-20 none-found items=2", "complete"),
        ("2026-03-20 produced items=1 complete\n2026-03-20 denied items=2", "partly denied"),
        ("2026-03-20 none-found items=1\n2026-03-20 denied items=2", "partly denied"),
        ("2026-03-20 denied items=1,2", "denied"),
        ("2026-03-20 none-found items=1,2", "none found"),
        ("2026-03-20 produced items=1", "producing"),
        ("2026-03-20 produced items=1 complete", "producing"),
        ("2026-03-20 denied items=1", "partly denied"),
        ("2026-03-20 none-found items=1", "sent"),
        ("2026-03-20 determined items=1\n2026-03-20 extended items=2", "determined"),
        ("2026-03-20 withdrawn items=1", "sent"),
        ("2026-03-20 withdrawn items=1\n2026-03-20 produced items=2 complete", "complete"),
        ("2026-03-20 withdrawn items=1\n2026-03-20 closed items=2", "closed"),
        ("2026-03-20 closed", "closed"),
        ("2026-03-20 produced items=2\n2026-03-20 denied items=2", "producing"),
    ],
)
def test_the_whole_stands_where_its_items_stand(log_lines: str, status: str) -> None:
    assert told(SENT + log_lines, items=2).status == status


def test_an_event_without_items_is_about_all_of_them() -> None:
    timeline = told("2026-03-02 sent\n2026-03-20 produced complete", items=3)
    assert timeline.open_items == ()
    assert timeline.status is Status.COMPLETE


def test_a_request_without_items_is_one_item() -> None:
    timeline = told("2026-03-02 sent\n2026-03-20 denied items=1")
    assert timeline.status is Status.DENIED
    assert timeline.open_items == ()
    assert not timeline.is_open


# Reopening


@pytest.mark.parametrize(
    ("before", "status"),
    [
        ("2026-03-20 closed", "sent"),
        ("2026-03-20 withdrawn", "sent"),
        ("2026-03-20 determined\n2026-03-21 closed", "determined"),
        ("2026-03-20 denied\n2026-03-21 closed", "denied"),
        ("2026-03-20 denied\n2026-03-21 closed\n2026-03-22 closed", "denied"),
        ("2026-03-20 denied\n2026-03-21 closed\n2026-03-22 withdrawn", "denied"),
        ("2026-03-20 denied", "sent"),
        ("2026-03-20 denied\n2026-03-21 fee-quoted amount=3", "sent"),
        ("2026-03-20 produced\n2026-03-21 produced complete", "producing"),
        ("2026-03-20 none-found", "sent"),
        ("2026-03-20 determined", "determined"),
        ("2026-03-20 produced", "producing"),
        ("2026-03-20 produced\n2026-03-21 denied", "partly denied"),
    ],
)
def test_reopening_puts_back_what_stood_before(before: str, status: str) -> None:
    assert told(f"{SENT}{before}\n2026-04-01 reopened").status == status


def test_reopening_what_was_never_closed_does_not_make_it_a_draft_again() -> None:
    assert told("2026-03-02 sent\n2026-03-20 reopened").status is Status.SENT


# What stands in it


def test_the_first_and_the_last_event_of_a_kind_are_found_by_the_day_they_happened() -> None:
    timeline = told("""
        2026-03-02 sent
        2026-05-01 promised estimated=2026-06-01
        2026-04-01 promised estimated=2026-05-01
        2026-04-15 produced
    """)
    first, last = timeline.first("promised"), timeline.last("promised", "denied")
    assert first is not None
    assert last is not None
    assert (first.estimated, last.estimated) == (date(2026, 5, 1), date(2026, 6, 1))
    assert timeline.first("denied") is None
    assert timeline.last("denied") is None
    assert [event.number for event in timeline.all("promised", "produced")] == [3, 4, 2]


def test_the_agencys_numbers_are_kept_in_the_order_in_which_they_became_known() -> None:
    timeline = told("""
        2026-03-02 sent reference=26-0114
        2026-03-03 acknowledged reference=PRR-9
        2026-03-20 determined reference=26-0114
        2026-03-21 promised
    """)
    assert timeline.references == ("26-0114", "PRR-9")


@pytest.mark.parametrize(("own", "number"), [("2026-0012", 12), ("2026-10000", 10000)])
def test_the_number_of_a_request_is_what_a_person_types(own: str, number: int) -> None:
    assert replace(told(SENT), id=own).number == number


def test_a_request_needs_no_name_of_the_one_who_asks() -> None:
    assert Request(id="2026-0001", agency="a", law="cpra", subject="s").requester == Requester()


def test_open_means_that_something_may_still_come() -> None:
    assert told("").is_open
    assert told(SENT).is_open
    for status in ("complete", "denied", "none found", "closed", "withdrawn"):
        assert Status(status) in SETTLED
    assert Status.PARTLY_DENIED not in SETTLED
