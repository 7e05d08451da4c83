"""What a message says: rules as data, each with its examples; measured on real mail and ours."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpra import statutes
from cpra.actions.sorting import lore
from cpra.errors import BadFile
from cpra.mail import facts
from cpra.mail.incoming import Incoming, read
from cpra.mail.reading import Reading, own_sentences, reading
from cpra.mail.rules import FILE, Look, Meaning, Reference, Rule, parse, rules

ROOT = Path(__file__).resolve().parents[1]
LORE = lore()
ASCII = st.characters(min_codepoint=32, max_codepoint=126)
CAME = "Tue, 10 Mar 2026 10:00:00 -0700"


def mail(subject: str, body: str, sender: str = "clerk@exampleville.example") -> Incoming:
    head = f"From: {sender}\nDate: {CAME}\nSubject: {subject}\n\n"
    return read((head + dedent(body)).encode(), "a test")


def said(subject: str, body: str, sender: str = "clerk@exampleville.example") -> Reading:
    return reading(mail(subject, body, sender), LORE)


def meanings(found: Reading) -> list[str]:
    return [str(one.meaning) for one in found.proposals]


@pytest.mark.parametrize("rule", rules().rules, ids=lambda rule: rule.id)
def test_each_rule_finds_its_examples_and_nothing_else(rule: Rule) -> None:
    assert [text for text in rule.hits if not rule.found_in(text)] == []
    assert [text for text in rule.misses if rule.found_in(text)] == []
    assert rule.hits
    assert rule.misses


@pytest.mark.parametrize(
    "rule", [r for r in rules().rules if r.look is Look.TEXT], ids=lambda rule: rule.id
)
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_a_rule_can_find_always_has_one_of_its_pieces(rule: Rule, data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(rule.match))
    text = data.draw(st.from_regex(pattern, alphabet=ASCII))
    assert any(piece in text.lower() for piece in rule.near), (pattern.pattern, text)


@pytest.mark.parametrize("one", rules().references, ids=lambda one: one.id)
@given(st.data())
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_number_is_found_as_well_where_only_its_first_words_are_looked_for(
    one: Reference, data: st.DataObject
) -> None:
    words = st.sampled_from(["request", "No. ", "the ", "pra", "\n", ": ", "control", "26-", "12"])
    number = st.from_regex(one.match, alphabet=ASCII, fullmatch=True)
    text = "".join(data.draw(st.lists(words | number, max_size=6)))
    plain = replace(one, begins=())
    assert facts.references(text, [one]) == facts.references(text, [plain])


@pytest.mark.parametrize("one", rules().references, ids=lambda one: one.id)
def test_each_form_of_number_finds_its_examples_and_nothing_else(one: Reference) -> None:
    assert [text for text in one.hits if not facts.references(text, [one])] == []
    assert [text for text in one.misses if facts.references(text, [one])] == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('meaning = "letters"', "it may be one of"),
        ('match = ["("]', "has a pattern that is none"),
        ('points = "3"', "must be a whole number"),
        ('hits = []\nhint = "x"', 'there is no key "hint" here; did you mean "hits"?'),
    ],
)
def test_a_rule_that_is_wrong_is_named(wrong: str, why: str) -> None:
    values = {
        "id": '"x"', "meaning": '"fee"', "look": '"text"', "points": "3", "match": '["x"]',
        "hits": "[]", "misses": "[]",
    }  # fmt: skip
    key = wrong.split(" = ")[0]
    lines = [f"{name} = {value}" for name, value in values.items() if name != key]
    with pytest.raises(BadFile, match=re.escape(why)):
        parse("[[rule]]\n" + "\n".join([*lines, wrong]), "mail.toml")


def test_an_extension_gives_its_date_its_ground_and_its_signer() -> None:
    found = said(
        "Your request [2026-0012]",
        """\
        Dear requester,

        We received your request on March 2, 2026. Pursuant to Gov. Code section 7922.535(b) the
        Department is extending the time to respond by fourteen days, to March 26, 2026, because it
        must search for a voluminous amount of separate and distinct records.

        Sincerely,

        Pat Example
        Records Supervisor
        (555) 555-0100
        """,
    )
    first = found.proposals[0]
    assert first.meaning is Meaning.EXTENSION
    assert first.is_sure
    assert first.until == date(2026, 3, 26)
    assert first.grounds == ("volume",)
    assert "voluminous amount" in first.reasons
    assert first.signed_by == "Pat Example, Records Supervisor"
    assert first.event == "extended"


def test_what_the_law_allows_is_no_extension_yet() -> None:
    found = said(
        "We have received your request",
        "Thank you for your request. In unusual circumstances the time limit may be extended by "
        "up to 14 days.",
    )
    assert meanings(found) == ["acknowledgment"]


def test_a_denial_names_the_exemptions_in_todays_numbers_and_who_is_responsible() -> None:
    found = said(
        "Response",
        """\
        The footage will not be released because it is exempt from disclosure under Government
        Code section 6254(f). Item 2 is denied.

        Respectfully,
        Sam Example
        Custodian of Records
        """,
    )
    first = found.proposals[0]
    assert first.meaning is Meaning.DENIAL
    assert first.exemptions == ("7923.600-7923.625",)
    assert first.items == (2,)
    assert first.signed_by == "Sam Example, Custodian of Records"


def test_a_legal_footer_is_no_denial() -> None:
    found = said(
        "Re: your request",
        "We will write again.\n\nThis e-mail and any attachments are confidential and exempt from "
        "disclosure under applicable law. If you are not the intended recipient, delete it.",
    )
    assert meanings(found) == []


def test_a_fee_gives_its_amount() -> None:
    found = said("Invoice", "The total cost of duplication is $1,045.20, at $0.10 per page.")
    assert found.proposals[0].meaning is Meaning.FEE
    assert found.proposals[0].amount == "1045.20"


def test_no_records_for_some_items_says_which() -> None:
    found = said("Response", "No responsive records were located for items 3 and 4.")
    assert found.proposals[0].meaning is Meaning.NONE_FOUND
    assert found.proposals[0].items == (3, 4)


def test_a_determination_gives_the_stated_date() -> None:
    found = said(
        "Determination",
        "The Department has determined that your request seeks disclosable records. They will be "
        "made available on April 1, 2026.",
    )
    assert found.proposals[0].meaning is Meaning.DETERMINATION
    assert found.proposals[0].estimated == date(2026, 4, 1)


def test_records_and_a_closure_are_two_things() -> None:
    found = said(
        "Public Records Request :: W001234-030226",
        "The responsive records are available on the portal. The City now considers this record "
        "request W001234-030226 closed.",
        "exampleville@mycusthelp.net",
    )
    assert meanings(found)[0] == "records"
    assert "closure" in meanings(found)
    assert found.system == "GovQA"
    assert found.references == ("W001234-030226",)


@pytest.mark.parametrize(
    ("subject", "body", "meaning"),
    [
        ("[External Message Added] 26-14221",
         "A message was sent to you regarding record request #26-14221:\nCould you clarify which "
         "dates you mean?\nView Request", "clarification"),
        ("[Document Released to Requester] 26-14221",
         "Documents have been released to you for record request #26-14221.", "records"),
        ("[Due Date Changed] 26-14221",
         "The due date for record request #26-14221 has been changed to: March 16, 2026",
         "promise"),
        ("Your public records request 26-14221 has been closed.",
         "Your public records request 26-14221 has been closed.", "closure"),
        ("Your first record request 26-14221 has been opened.",
         "Your first record request 26-14221 has been opened.", "acknowledgment"),
        ("[ACTION REQUIRED] Confirm your City of Exampleville portal account",
         "Click to confirm.", "portal"),
    ],
)  # fmt: skip
def test_nextrequest_mail_is_read(subject: str, body: str, meaning: str) -> None:
    found = said(subject, body, "support@nextrequest.com")
    assert meanings(found)[0] == meaning
    assert found.system == "NextRequest"
    assert found.references in ((), ("26-14221",))


def test_a_portals_due_date_is_shown_as_what_it_is() -> None:
    found = said(
        "[Due Date Changed]",
        "The due date for record request #17-764 has been changed to: March 16, 2026",
        "support@nextrequest.com",
    )
    assert found.proposals[0].event == "promised"  # neither an extension nor a determination
    assert found.proposals[0].estimated == date(2026, 3, 16)


def test_a_machines_report_is_nothing_else() -> None:
    found = said(
        "Automatic reply: public records request",
        "I am out of the office until March 20. Thank you for your request. Your request has been "
        "received. For records, see the portal.",
    )
    assert meanings(found) == ["away"]
    assert not found.decides


def test_what_we_wrote_ourselves_says_nothing_about_the_agency() -> None:
    letter = "If any record is withheld as exempt from disclosure, name each exemption you rely on."
    body = f"Thank you for your request. You asked:\n\n{letter}\n\nWe have received your request."
    known = own_sentences(letter)
    assert "denial" not in meanings(reading(mail("Re", body), LORE, known))
    assert meanings(reading(mail("Re", body), LORE, known)) == ["acknowledgment"]


@pytest.mark.parametrize(
    ("link", "text", "day"),
    [
        ("https://x.s3.amazonaws.com/a.zip?X-Amz-Date=20260310T180000Z&X-Amz-Expires=604800", "",
         date(2026, 3, 17)),
        ("https://x.s3.amazonaws.com/a.zip?Signature=x&Expires=1774000000", "", date(2026, 3, 20)),
        ("https://x.blob.core.windows.net/a.zip?se=2026-03-18T00:00:00Z&sig=y", "",
         date(2026, 3, 17)),
        ("https://portal.example/a", "The download link will expire in 14 days.",
         date(2026, 3, 24)),
        ("https://portal.example/a", "These files are available until April 3, 2026.",
         date(2026, 4, 3)),
        ("https://portal.example/a", "Nothing is said.", None),
        ("https://portal.example/a?Expires=notanumber&Signature=x", "", None),
    ],
)  # fmt: skip
def test_a_link_that_expires_says_when(link: str, text: str, day: date | None) -> None:
    found = said("Records", f"{text}\n\n{link}\n")
    assert [one.on for one in found.expiries] == ([day] if day else [])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("on March 26, 2026 and Mar. 3rd, 2026", [date(2026, 3, 26), date(2026, 3, 3)]),
        ("due 3/16/2026, or 03-17-26", [date(2026, 3, 16), date(2026, 3, 17)]),
        ("by 16 March 2026", [date(2026, 3, 16)]),
        ("2026-03-16", [date(2026, 3, 16)]),
        ("on 2/30/2026 or in May", []),
    ],
)
def test_dates_are_read_as_americans_write_them(text: str, days: list[date]) -> None:
    assert facts.dates(text) == days


def test_sentences_survive_wrapping_and_abbreviations() -> None:
    text = "See Gov. Code § 7922.535(a)\nand No. 4. Then stop.\n\n1. One\n2. Two"
    assert facts.sentences(text) == [
        "See Gov. Code § 7922.535(a) and No. 4. Then stop.",
        "1. One",
        "2. Two",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("items 1, 2 and 4", (1, 2, 4)),
        ("Items 2 through 5", (2, 3, 4, 5)),
        ("item 3.These", (3,)),
        ("nothing", ()),
    ],
)
def test_items_are_read(text: str, found: tuple[int, ...]) -> None:
    assert facts.items(text) == found


# --- measured on real mail ------------------------------------------------------------------------

EMAIL_TRUTH: Mapping[str, str] = {
    "autoresponse-header.eml": "bounce",
    "empty-return-path.eml": "bounce",
    "humberside-police-odd-mime-type.eml": "bounce",
    "msg_05.txt": "bounce",
    "msg_16.txt": "bounce",
    "msg_25.txt": "bounce",
    "msg_43.txt": "bounce",
    "mail_malformed_2": "bounce",
    "dos-linebreaks.eml": "acknowledgment",
    "iso8859_1_with_extended_character_set.eml": "acknowledgment",
    "multipart-no-final-boundary.eml": "acknowledgment",
    "document-pdf.eml": "records",
    "incoming-request-attach-attachments.eml": "records",
    "incoming-request-attachment-headers.eml": "records",
    "incoming-request-pdf-attachment.eml": "records",
    "inline-uuencode.eml": "records",
    "many-attachments-date-header.eml": "records",
    "nested-attachments-premature-end.eml": "records",
    "space-boundary.eml": "records",
    "bcc-contact-reply.eml": "denial",
    "incoming-request-plain.eml": "denial",
    "normal-contact-reply.eml": "denial",
    "pro-contact-reply.eml": "denial",
    "raw_email_1.eml": "denial",
}
"""What a person says each message is (of the 119 in email/); all others are none of these."""

CASES_TRUTH: Mapping[str, tuple[frozenset[str], ...]] = {
    # The agency's messages in each history, the newest first.
    "W012129-020926": (frozenset(),),
    "W012159-021226": (
        frozenset({"receipt", "records", "none-found", "determination", "closure"}),
        frozenset({"receipt", "records", "determination", "promise"}),
        frozenset(),
    ),
    "W012160-021226": (
        frozenset({"receipt", "none-found", "closure"}),
        frozenset({"receipt", "acknowledgment"}),
        frozenset(),
    ),
    "W012198-022326": (
        frozenset({"receipt", "records", "determination", "closure"}),
        frozenset({"receipt", "acknowledgment"}),
    ),
    "W012461-040226": (
        frozenset({"receipt", "records", "determination", "none-found", "closure"}),
        frozenset({"receipt", "records", "determination", "none-found", "closure"}),
        frozenset({"receipt", "acknowledgment"}),
    ),
    "W012541-041426": (
        frozenset({"receipt", "determination", "promise"}),
        frozenset({"receipt", "acknowledgment"}),
    ),
    "W012571-042026": (
        frozenset({"receipt", "records", "determination", "none-found", "closure"}),
        frozenset({"receipt", "acknowledgment"}),
    ),
}

Score = dict[str, Counter[str]]


def scored(pairs: Iterable[tuple[set[str], set[str]]]) -> Score:
    """For each meaning: found, missed and wrong, over (true, proposed) pairs."""
    table: Score = {}
    for true, proposed in pairs:
        for meaning in true | proposed:
            what = "found" if meaning in true & proposed else "missed"
            what = "wrong" if meaning not in true else what
            table.setdefault(meaning, Counter())[what] += 1
    return table


def rows(table: Score) -> list[str]:
    """The table as it stands in the manual."""
    order = [str(m) for m in Meaning]
    return [
        f"| {m} | {table[m]['found']} | {table[m]['missed']} | {table[m]['wrong']} |"
        for m in sorted(table, key=order.index)
    ]


def email_score(data: Path) -> Score:
    pairs = []
    for path in sorted(p for p in (data / "email").rglob("*") if p.is_file()):
        found = reading(read(path.read_bytes(), "", path=path), LORE)
        true = {EMAIL_TRUTH[path.name]} if path.name in EMAIL_TRUTH else set()
        proposed = {str(found.meaning)} - {"letter"}
        pairs.append((true, proposed))
    return scored(pairs)


def histories(data: Path) -> dict[str, list[tuple[str, str, str]]]:
    """The messages in each history of cases/: day, sender and text, the newest first."""
    import pypdfium2

    found: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted((data / "cases").rglob("*_Message_History.pdf")):
        with pypdfium2.PdfDocument(path) as document:
            text = "\n".join(page.get_textpage().get_text_bounded() for page in document)
        text = re.sub(r"\n?Page \d+\n", "\n", text.replace("\r", "") + "\n")
        parts = re.split(r"On (\d+/\d+/\d{4}) [\d:]+ [AP]M, ([^\n]*?) wrote:\n", text)
        found[path.name.split("_")[0]] = list(
            zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
        )
    return found


def cases_score(data: Path) -> Score:
    pairs = []
    for number, messages in histories(data).items():
        agency = [m for m in messages if "Records Center" in m[1]]
        asked = [re.search(r"Record\(s\) Requested:(.*?)The request is being", m[2], re.DOTALL)
                 for m in agency]  # fmt: skip
        own = frozenset[str]().union(*(own_sentences(m[1]) for m in asked if m))
        for (day, _, text), true in zip(agency, CASES_TRUTH[number], strict=True):
            when = datetime.strptime(day, "%m/%d/%Y")
            head = f"From: a@mycusthelp.net\nDate: {when:%a, %d %b %Y} 10:00:00 -0800\n"
            found = reading(read((head + "\n" + text).encode(), ""), LORE, own)
            pairs.append((set(true), {str(p.meaning) for p in found.proposals}))
    return scored(pairs)


def test_the_day_of_receipt_is_read_as_the_agency_states_it(data: Path) -> None:
    with (data / "cases" / "truth.csv").open(encoding="utf-8", newline="") as file:
        stated = {row["request_id"]: row["received_date_stated_by_agency"]
                  for row in csv.DictReader(file)}  # fmt: skip
    read_so = {}
    for number, messages in histories(data).items():
        day, _, text = messages[0]
        when = datetime.strptime(day, "%m/%d/%Y")
        head = f"From: a@mycusthelp.net\nDate: {when:%a, %d %b %Y} 10:00:00 -0800\n"
        found = reading(read((head + "\n" + text).encode(), ""), LORE)
        read_so[number] = next((p.on for p in found.proposals if p.meaning == "receipt"), None)
    wanted = {n: datetime.strptime(w, "%B %d, %Y").date() for n, w in stated.items() if w}
    assert {number: read_so[number] for number in wanted} == wanted
    assert len(wanted) == 5


def documented(title: str) -> list[str]:
    """The table under a heading of the manual."""
    page = (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    section = page.split(title, 1)[1].split("\n#", 1)[0]
    return [line for line in section.splitlines() if re.match(r"\| [a-z]", line)][1:]


def test_the_manual_has_the_table_measured_on_the_mail(data: Path) -> None:
    assert documented("Measured on 119 messages") == rows(email_score(data))


def test_the_manual_has_the_table_measured_on_real_requests(data: Path) -> None:
    assert documented("Measured on seven real requests") == rows(cases_score(data))


def test_the_rules_are_data() -> None:
    assert statutes.text(FILE).startswith("# What agencies' mail says.")
