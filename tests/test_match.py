"""Which request a message answers: by thread, token, number, sender and words, with reasons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from cpra.mail.incoming import Incoming, own_words, read
from cpra.mail.match import SURE, Known, Match
from cpra.mail.matching import Requests, words_of
from cpra.mail.senders import UNKNOWN

ALPR = Known(
    id="2026-0012",
    number=12,
    folder="2026-0012-epd-alpr-access-logs",
    agency="epd",
    email="records@exampleville.example",
    portal="https://exampleville.nextrequest.com/requests/new",
    subject="ALPR access logs",
    words=words_of(["ALPR access logs", "Search audit of the plate readers at Harbor Boulevard"]),
    references=("26-14221",),
    message_ids=frozenset({"<2026-0012.aa@example.org>"}),
    sent=date(2026, 3, 2),
)
RADIOS = replace(
    ALPR,
    id="2026-0013",
    number=13,
    folder="2026-0013-epd-radios",
    subject="Encrypted radios",
    words=words_of(["Encrypted radios", "Purchase orders for Motorola encryption keys"]),
    references=("26-15000",),
    message_ids=frozenset({"<2026-0013.bb@example.org>"}),
)
SHERIFF = Known(
    id="2026-0014",
    number=14,
    folder="2026-0014-sheriff-detainers",
    agency="sheriff",
    email="pra@sheriff.otherville.example",
    subject="Detainers",
    words=words_of(["Detainers", "Transfers to federal custody"]),
    sent=date(2026, 3, 5),
)
CLERK = "clerk@exampleville.example"
REQUESTS = Requests((ALPR, RADIOS, SHERIFF), frozenset({"me@example.org"}))


def mail(
    subject: str = "Hello",
    body: str = "Hello.",
    sender: str = "clerk@nowhere.example",
    heads: str = "",
    day: str = "Thu, 12 Mar 2026 10:00:00 -0800",
) -> Incoming:
    text = f"From: {sender}\nDate: {day}\nSubject: {subject}\n{heads}\n{body}\n"
    return read(text.encode(), "a test")


def match(incoming: Incoming, among: Requests = REQUESTS) -> Match:
    """Where it may belong; what is told quickly agrees with it."""
    found = among.match(incoming)
    assert among.sure(incoming) is (found.best.known if found.best and found.is_sure else None)
    return found


def likeliest(found: Match) -> str:
    assert found.best is not None
    return found.best.known.id


def test_an_answer_to_our_message_is_sure() -> None:
    found = match(mail(heads="In-Reply-To: <2026-0012.aa@example.org>\n"))
    assert likeliest(found) == "2026-0012"
    assert found.is_sure
    found = match(mail(heads="References: <x@y> <2026-0013.bb@example.org>\n"))
    assert likeliest(found) == "2026-0013"
    assert found.is_sure


def test_our_token_in_the_subject_is_sure() -> None:
    found = match(mail("RE: FW: [EXTERNAL] Your request [2026-0012]", sender=CLERK))
    assert likeliest(found) == "2026-0012"
    assert found.is_sure
    assert found.best is not None
    assert found.best.reasons[0].text == "[2026-0012] stands in its subject"


def test_the_agencys_own_number_is_sure_where_it_is_the_subject() -> None:
    assert match(mail("Request 26-14221 has been opened", sender="epd@govqa.us")).is_sure
    in_text = match(mail("Your request", "About 26-14221: we are working on it.", "epd@govqa.us"))
    assert likeliest(in_text) == "2026-0012"
    assert not in_text.is_sure


def test_our_number_as_the_letters_print_it_points_there_and_is_never_sure_alone() -> None:
    for mentioned in (
        mail(body="Our no. 2026-0014. Your request is denied."),
        mail(subject="Re: Public Records Act request 2026-0014"),
        mail(body="Thank you for request #2026-0014."),
    ):
        found = match(mentioned)
        assert likeliest(found) == "2026-0014"
        assert not found.is_sure
    assert match(mail(body="Our no. 2026-0014", sender="pra@sheriff.otherville.example")).is_sure
    for other in ("Invoice 2026-0014-7", "A2026-0014", "2026-00140", "1.2026-0014", "[2026-0014]x"):
        reasons = [r.text for c in match(mail(body=other)).candidates for r in c.reasons]
        assert not [text for text in reasons if text.startswith("our number")]
    assert not REQUESTS.is_related(mail(body="Invoice no. 2026-0014"))


def test_a_number_counts_only_as_a_whole() -> None:
    assert match(mail("Order 126-142210 shipped")).candidates == ()


def test_a_number_that_two_requests_share_is_sure_for_neither() -> None:
    both = Requests((ALPR, replace(SHERIFF, references=("26-14221",))))
    found = match(mail("Request 26-14221"), both)
    assert len(found.candidates) == 2
    assert not found.is_sure


def test_a_short_number_is_never_sure() -> None:
    one = Requests((replace(ALPR, references=("4711",)),))
    assert not match(mail("Parcel 4711 is on its way"), one).is_sure
    assert match(mail("12 new jobs"), Requests((replace(ALPR, references=("12",)),))).best is None


def test_the_right_house_alone_waits_for_the_requester() -> None:
    found = match(mail("Records", "See below.", "anyone@police.exampleville.example"))
    assert {c.known.id for c in found.candidates} == {"2026-0012", "2026-0013"}
    assert not found.is_sure


def test_the_words_tell_two_requests_to_one_agency_apart() -> None:
    body = "We found purchase orders for Motorola radios with encryption keys."
    found = match(mail("Your request", body, "records@exampleville.example"))
    assert likeliest(found) == "2026-0013"
    assert not found.is_sure
    assert any("it speaks of" in reason.text for reason in found.candidates[0].reasons)


def test_the_only_open_request_to_an_agency_is_likelier() -> None:
    found = match(mail("Your request", "Hello.", "deputy@otherville.example"))
    assert likeliest(found) == "2026-0014"
    assert found.best is not None
    assert "it is the only open request to this agency" in [r.text for r in found.best.reasons]
    assert not found.is_sure


def test_a_house_where_many_live_says_nothing() -> None:
    many = Requests((replace(ALPR, email="exampleville@gmail.com", references=()),))
    assert match(mail(sender="stranger@gmail.com"), many).candidates == ()
    assert match(mail(sender="exampleville@gmail.com"), many).best is not None


def test_a_portal_is_known_by_its_own_address() -> None:
    body = "View it at https://exampleville.nextrequest.com/requests/26-14999 today."
    found = match(mail("A message", body, "support@nextrequest.com"))
    assert {c.known.id for c in found.candidates} == {"2026-0012", "2026-0013"}
    other = "View it at https://elsewhere.nextrequest.com/requests/26-14999 today."
    assert match(mail("A message", other, "support@nextrequest.com")).candidates == ()


@pytest.mark.parametrize(
    ("incoming", "doubt"),
    [
        (mail("x [2026-0012]", sender="me@example.org"), "it comes from yourself"),
        (
            mail("x [2026-0012]", sender=CLERK, day="Mon, 2 Feb 2026 10:00:00 -0800"),
            "older than the request",
        ),
    ],
)
def test_what_cannot_be_an_answer_is_never_sure(incoming: Incoming, doubt: str) -> None:
    found = match(incoming)
    assert found.best is not None
    assert doubt in found.best.doubts[0]
    assert not found.is_sure


@pytest.mark.parametrize(
    "subject", ["Your request [2026-0012] is closed", "Request 26-14221", "Re: [2026-0012]"]
)
@pytest.mark.parametrize(
    "sender", ["clerk@nowhere.example", "records@exampleville.example.nowhere.example", ""]
)
def test_a_strangers_guess_waits_for_the_requester(subject: str, sender: str) -> None:
    found = match(mail(subject, sender=sender))
    assert likeliest(found) == "2026-0012"
    assert not found.is_sure
    assert found.best is not None
    assert found.best.doubts == (UNKNOWN,)


@pytest.mark.parametrize(
    "sender",
    [
        "records@exampleville.example",
        "clerk@police.exampleville.example",
        "support@nextrequest.com",
        "exampleville@mycusthelp.net",
        "counsel@lawfirm.example",
    ],
)
def test_the_agency_a_portal_and_who_wrote_before_need_only_the_token(sender: str) -> None:
    known = replace(ALPR, correspondents=frozenset({"counsel@lawfirm.example"}))
    assert match(mail("Yours [2026-0012]", sender=sender), Requests((known,))).is_sure


def test_only_the_very_person_is_known_from_before() -> None:
    known = replace(ALPR, correspondents=frozenset({"counsel@lawfirm.example"}))
    found = match(mail("Yours [2026-0012]", sender="other@lawfirm.example"), Requests((known,)))
    assert not found.is_sure


PASSED_ON = (
    "Authentication-Results: mx.example.org; spf=fail smtp.mailfrom=list.example; "
    "dkim=pass header.d=exampleville.example\n"
)


@pytest.mark.parametrize(
    ("heads", "doubt"),
    [
        ("Authentication-Results: mx.example.org; spf=pass; dmarc=fail (p=reject)\n", "dmarc=fail"),
        (
            "Authentication-Results: mx.example.org 1; SPF=FAIL smtp.mailfrom=x.example\n",
            "spf=fail",
        ),
        ("Authentication-Results: mx; spf=fail; dkim=pass header.d=thief.example\n", "spf=fail"),
        ("Received-SPF: Fail (mx.example.org: not designated)\n", "spf=fail"),
        (
            "Authentication-Results: mx; dmarc=fail\nAuthentication-Results: x; dmarc=pass\n",
            "dmarc",
        ),
        ("Authentication-Results: mx; dmarc=pass\nAuthentication-Results: x; dmarc=fail\n", ""),
        ("Authentication-Results: mx.example.org; spf=fail; dmarc=pass\n", ""),
        ("Authentication-Results: mx.example.org; spf=softfail; dkim=none\n", ""),
        ("Authentication-Results: mx.example.org; none\nReceived-SPF: fail\n", ""),
        (PASSED_ON, ""),
    ],
)
def test_what_ones_own_server_found_wrong_is_a_doubt(heads: str, doubt: str) -> None:
    found = match(mail("Yours [2026-0012]", sender=CLERK, heads=heads))
    assert found.best is not None
    assert found.is_sure == (not doubt)
    assert doubt in " ".join(found.best.doubts)


def test_two_requests_named_in_one_subject_leave_it_to_the_requester() -> None:
    assert not match(mail("Re: [2026-0012] and [2026-0013]")).is_sure


def test_mail_that_has_to_do_with_nothing_fits_no_request() -> None:
    found = match(mail("Spring sale", "Everything must go.", "shop@shop.example"))
    assert found == Match()
    assert not REQUESTS.is_related(mail("Spring sale"))
    assert REQUESTS.is_related(mail("Re: [2026-0012]"))


def test_a_message_just_filed_is_known_to_the_next_in_its_thread() -> None:
    fresh = Requests((ALPR,))
    reply = mail(heads="In-Reply-To: <first@city>\n")
    assert match(reply, fresh).candidates == ()
    fresh.add_message("2026-0012", "<first@city>")
    assert match(reply, fresh).is_sure


def test_a_report_carries_the_message_that_did_not_arrive() -> None:
    body = "It failed.\n\nReturned message:\n\nMessage-ID: <2026-0014.cc@example.org>\nTo: pra@x\n"
    sent = Requests((replace(SHERIFF, message_ids=frozenset({"<2026-0014.cc@example.org>"})),))
    found = match(mail("Undeliverable", body, "mailer-daemon@example.org"), sent)
    assert likeliest(found) == "2026-0014"
    assert found.is_sure


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Yes.\n\nOn Mon, Mar 2, 2026 at 9:00 AM Me <me@example.org> wrote:\n> Do you?", "Yes."),
        ("Yes.\n\n-----Original Message-----\nFrom: me\nDo you?", "Yes."),
        ("Yes.\n\n________________________________\nFrom: Me\nSent: Monday\nDo you?", "Yes."),
        ("Yes.\n\nFrom: Me <me@example.org>\nSent: Monday, March 2\nTo: x\nDo you?", "Yes."),
        ("> Do you?\nYes.", "Yes."),
        ("-----Original Message-----\n> Do you?\n\nYes, below.", "Yes, below."),
        ("-- Write ABOVE THIS LINE to post a reply --\nA message.", "A message."),
        ("> all of it is quoted", "> all of it is quoted"),
        ("From: here to there it goes.", "From: here to there it goes."),
    ],
)
def test_what_is_quoted_is_not_taken_for_the_agencys_words(text: str, own: str) -> None:
    assert own_words(text) == own


@pytest.mark.parametrize(
    ("heads", "day", "on"),
    [
        ("", "Thu, 12 Mar 2026 23:30:00 -0700", date(2026, 3, 12)),
        ("", "Fri, 13 Mar 2026 06:30:00 +0000", date(2026, 3, 12)),
        ("Received: from a by b; Fri, 13 Mar 2026 09:00:00 -0700\n",
         "Thu, 12 Mar 2026 10:00:00 -0700", date(2026, 3, 12)),
        ("Received: from a by b; Fri, 13 Mar 2026 09:00:00 -0700\n",
         "Mon, 1 Jan 2001 10:00:00 -0700", date(2026, 3, 13)),
        ("Received: from a by b; Fri, 13 Mar 2026 09:00:00 -0700\n",
         "Thu, 12 Mar 2099 10:00:00 -0700", date(2026, 3, 13)),
        ("", "nonsense", None),
    ],
)  # fmt: skip
def test_the_day_is_the_agencys_and_a_wrong_clock_is_not_believed(
    heads: str, day: str, on: date | None
) -> None:
    assert mail(heads=heads, day=day).on == on


def test_sure_needs_a_distance_to_the_next() -> None:
    assert SURE <= 85
    body = "About 26-15000 as well."
    assert not match(mail("Request 26-14221", body)).is_sure


SENDERS = (CLERK, "records@exampleville.example", "x@otherville.example", "me@example.org", "a@b.c")
SUBJECTS = ("Hello", "Yours [2026-0012]", "[2026-0012] and [2026-0013]", "26-14221", "26-142")
HEADS = (
    "",
    "In-Reply-To: <2026-0013.bb@example.org>\n",
    "References: <2026-0012.aa@example.org> <2026-0013.bb@example.org>\n",
    "Authentication-Results: mx.example.org; dmarc=fail\n",
)
BODIES = (
    "Hello.",
    "Purchase orders for Motorola encryption keys: encrypted radios",
    "See [2026-0014], or https://exampleville.nextrequest.com/requests/1",
    "Search audit of the plate readers at Harbor Boulevard. Our no. 2026-0013",
)
AMONG = (
    REQUESTS,
    Requests((ALPR,)),
    Requests((replace(ALPR, references=("26-142",)), replace(RADIOS, portal=""))),
    Requests(tuple(replace(ALPR, id=f"2026-{n:04d}", number=n) for n in range(12, 15))),
    Requests((replace(ALPR, portal=""), replace(RADIOS, is_open=False, portal=""), SHERIFF)),
)


@pytest.mark.parametrize("among", AMONG)
@pytest.mark.parametrize("sender", SENDERS)
def test_what_is_told_quickly_is_what_the_whole_comparison_tells(
    among: Requests, sender: str
) -> None:
    sure = 0
    for subject, heads, body in product(SUBJECTS, HEADS, BODIES):
        found = match(mail(subject, body, sender, heads), among)
        sure += found.is_sure
    assert sure or sender == "me@example.org"
