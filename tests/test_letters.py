"""A template and the facts of a request make the letter they should, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra.core.items import Item
from cpra.core.request import Requester
from cpra.errors import BadFile, NotFound, WrongUsage
from cpra.letters.facts import Addressee, Facts
from cpra.letters.letter import Letter, Numbered, Paragraph, markdown, parse
from cpra.letters.markup import Run, Style
from cpra.letters.render import items, render, subject
from cpra.letters.template import find


@dataclass(frozen=True)
class Cited:
    """An authority as the law data has it."""

    cite: str
    status: str = "V"


LAW: Mapping[str, Cited] = {
    "cpra.7922.535a": Cited("Gov. Code § 7922.535(a)"),
    "cpra.7927.705": Cited("Gov. Code § 7927.705", "P"),
    "cpra.7923.650": Cited("Gov. Code § 7923.650", "M"),
    "case.san-jose": Cited("City of San Jose v. Superior Court (2017) 2 Cal.5th 608"),
}
FACTS = Facts(
    today=date(2026, 9, 15),
    id="2026-0012",
    agency=Addressee(
        name="Los Angeles Police Department",
        kind="city",
        address=("1 Made-up Street", "Los Angeles, CA 90000"),
        email="records@lapd.example",
    ),
    requester=Requester(name="Ana Example", email="ana@records.example"),
    subject="Contracts, 2025",
    items=(Item(1, "Contracts for body-worn cameras."), Item(2, "Invoices under them.")),
    via="email",
)
FRONT = """+++
title = "A letter"
law = "cpra"
kind = "letter"
{}
+++
"""


def own(tmp_path: Path, body: str, front: str = "", name: str = "mine") -> Path:
    """A workspace's templates/ with one letter in it."""
    (tmp_path / f"{name}.md").write_text(FRONT.format(front) + body, encoding="utf-8")
    return tmp_path


def letter(tmp_path: Path, body: str, facts: Facts = FACTS, **values: str) -> Letter:
    blanks = "".join(
        f'[[variable]]\nname = "{name}"\nask = "A"\nexplanation = "E"\nexample = "x"\n'
        for name in values
    )
    template = find("mine", own(tmp_path, body, blanks))
    return parse(render(template, values, facts, LAW))


def test_a_letter_says_who_writes_when_how_to_whom_and_about_what(tmp_path: Path) -> None:
    written = letter(tmp_path, "Dear all,\n\nPlease.\n", replace(FACTS, reference="26-14221"))

    assert written.sender == ("Ana Example", "ana@records.example")
    assert written.dated == "September 15, 2026"
    assert written.day == date(2026, 9, 15)
    assert written.via == "By e-mail to records@lapd.example"
    assert written.to == (
        "Los Angeles Police Department",
        "1 Made-up Street",
        "Los Angeles, CA 90000",
    )
    assert written.re == ("Contracts, 2025", "Our no. 2026-0012 and your no. 26-14221")
    assert [block.text for block in written.body if isinstance(block, Paragraph)] == [
        "Dear all,",
        "Please.",
    ]
    assert (written.closing, written.signature) == ("Sincerely,", ("Ana Example",))


def test_a_requester_who_gives_no_name_stays_anonymous(tmp_path: Path) -> None:
    nobody = replace(FACTS, requester=Requester(email="drop@records.example"))
    written = letter(tmp_path, "Please.\n", nobody)

    assert written.sender == ("drop@records.example",)
    assert written.signature == ("The requester",)


def test_items_keep_the_numbers_they_have_in_the_log(tmp_path: Path) -> None:
    open_ones = replace(FACTS, items=(Item(2, "Invoices."), Item(5, "Photographs.")))
    written = letter(
        tmp_path, "{% for i in items %}\n{{ i.n }}. {{ i.text }}\n{% endfor %}\n", open_ones
    )

    assert [(item.number, item.paragraphs[0].text) for item in written.items] == [
        (2, "Invoices."),
        (5, "Photographs."),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "{{ 7 * 7 }}",
        "{% include 'parts/request.md' %}",
        "*not emphasis* and **not strong**",
        "a\\*b \\",
        "Ana & Bo <b>x</b>",
        "1. not an item",
        "To: nobody",
        "§ 6250 “ü” 你好 \U0001f600",
        "+++",
    ],
)
def test_a_value_is_printed_and_never_read(tmp_path: Path, value: str) -> None:
    written = letter(tmp_path, "Say {{ word }} now.\n\n{{ word }}\n", word=value)

    assert [block.text for block in written.body if isinstance(block, Paragraph)] == [
        f"Say {value} now.",
        value,
    ]
    assert not written.items


def test_characters_that_hide_or_turn_text_are_shown_by_number(tmp_path: Path) -> None:
    written = letter(tmp_path, "{{ word }}\n", word="a\u202eb\x07c\u2028d\ud800e\ufefff")

    assert written.body == (Paragraph((Run("aU+202EbU+0007c dU+D800eU+FEFFf"),)),)


def test_a_value_of_a_hundred_thousand_characters_fits(tmp_path: Path) -> None:
    long = "word " * 20_000
    written = letter(tmp_path, "{{ word }}\n", word=long)

    assert written.body == (Paragraph((Run(long.strip()),)),)


def test_a_verified_authority_is_printed_and_a_partly_verified_one_after_see(
    tmp_path: Path,
) -> None:
    body = '{{ law("cpra.7922.535a") }}; {{ law("cpra.7927.705") }}; {{ law("case.san-jose") }}\n'
    (paragraph,) = letter(tmp_path, body).body

    assert isinstance(paragraph, Paragraph)
    assert paragraph.runs == (
        Run("Gov. Code § 7922.535(a); see Gov. Code § 7927.705; "),
        Run("City of San Jose v. Superior Court", Style.EMPHASIS),
        Run(" (2017) 2 Cal.5th 608"),
    )


@pytest.mark.parametrize("name", ["cpra.7923.650", "cpra.9999"])
def test_an_unverified_or_unknown_authority_is_never_printed(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match=rf'mine\.md, line 8: .*"{name}"'):
        letter(tmp_path, f'One.\n{{{{ law("{name}") }}}}\n')


def test_a_missing_value_is_named_with_what_it_is_for() -> None:
    template = find("alpr-access-logs", None)

    with pytest.raises(WrongUsage, match=r"from is still needed: the first day"):
        render(template, {"to": "2026-03-31"}, FACTS, LAW)


def test_a_date_range_that_runs_backwards_or_too_far_is_refused() -> None:
    template = find("alpr-access-logs", None)

    assert template.value_problems({"from": "2026-03-01", "to": "2026-02-01"}) == (
        "to is 2026-02-01, which is before from (2026-03-01)",
    )
    assert "92 days after from" in str(
        template.value_problems({"from": "2025-01-01", "to": "2026-02-01"})
    )


def test_a_key_that_no_blank_has_is_named_with_the_nearest() -> None:
    template = find("ice-communications", None)

    assert 'did you mean "terms"?' in str(template.value_problems({"term": "x"}))


def test_items_and_subject_come_from_the_values() -> None:
    template = find("fusion-center-governance", None)
    values = {"center": "Joint Regional Intelligence Center", "from": "2024-01-01"}
    values["to"] = "2025-12-31"

    assert subject(template, values, FACTS) == (
        "Governance of the Joint Regional Intelligence Center, January 2024 to December 2025"
    )
    texts = items(template, values, FACTS, LAW)
    assert len(texts) == 5
    assert texts[0].startswith("The memorandum of understanding under which the Joint Regional")


def test_an_unknown_template_is_named_with_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"did you mean alpr-access-logs"):
        find("alpr-acess-logs", None)


def test_the_requesters_own_template_comes_before_the_shipped_one(tmp_path: Path) -> None:
    mine = find("late", own(tmp_path, "Mine.\n", name="late"))

    assert (mine.own, mine.body.text) == (True, "Mine.\n")
    assert find("late", None).own is False


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\\"),
    min_size=1,
    max_size=12,
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)
RUNS = st.lists(st.tuples(SENTENCE, st.sampled_from(Style)), min_size=1, max_size=1).map(
    lambda pairs: tuple(Run(text, style) for text, style in pairs)
)


@given(
    body=st.lists(
        st.one_of(
            RUNS.map(Paragraph),
            st.builds(Numbered, st.integers(1, 999), RUNS.map(lambda r: (Paragraph(r),))),
        ),
        min_size=1,
        max_size=6,
    ),
    to=st.lists(SENTENCE, min_size=1, max_size=3),
)
def test_what_is_written_down_is_read_back(body: list[Paragraph | Numbered], to: list[str]) -> None:
    whole = Letter(
        dated="May 1, 2026",
        to=tuple(to),
        body=tuple(body),
        closing="Sincerely,",
        signature=("Ana",),
    )

    assert parse(markdown(whole)) == whole
