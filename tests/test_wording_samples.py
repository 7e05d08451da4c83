"""The letter check against letters that others send; docs/lint.md shows the counts.

`python -m tests.test_wording_samples` prints the table from the letters in CPRA_TEST_DATA.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from cpra import statutes
from cpra.core import wording
from cpra.core.wording import Finding
from tests.conftest import ROOT

LEDGER = statutes.exemptions()
RULES = wording.read(statutes.text("wording.toml"), "wording.toml", LEDGER)

GROUPS = (
    "California templates (6)",
    "federal templates (6)",
    "other states' (223)",
    "a request site's (2)",
    "a journalist's (2)",
)
FILLED = {
    "solicitation_number": "RFP 25-001",
    "contract_number": "Contract 25-001",
    "date_range_start": "January 1, 2025",
    "date_range_end": "December 31, 2025",
    "start_date": "January 1, 2025",
    "end_date": "December 31, 2025",
    "description_of_records": "All use-of-force policies",
    "requested_docs": "All emails about license plate readers.",
    "officials_or_offices": "the Office of the Chief",
    "additional_context": "The records are likely held by the Records Bureau.",
    "terms": '"detainer", "ICE"',
    "agency_name": "Example City",
    "vendor": "Example Vendor Inc.",
    "contractor": "Example Vendor Inc.",
    "requester_name": "A. Requester",
    "email": "records@example.org",
    "address": "100 Main Street",
    "phone": "",
    "waiver": "",
    "get_days": "10 days",
    "law_name": "California Public Records Act",
    "fee": "25",
    "date": "March 2, 2026",
}
"""what a person would write into the blanks, by a part of the blank's name"""


@dataclass(frozen=True)
class Sample:
    """One letter that somebody else wrote."""

    group: str
    text: str
    law: str = "cpra"
    kind: str = "city"
    follow_up: bool = False

    def findings(self, filled: bool) -> tuple[Finding, ...]:
        text = fill(self.text) if filled else self.text
        authorities = statutes.law().authorities
        return wording.lint(
            text, (), self.law, self.kind, RULES, authorities, follow_up=self.follow_up
        )


def fill(text: str) -> str:
    """The letter with its blanks filled, so that what is left is the wording itself."""

    def value(match: re.Match[str]) -> str:
        name = match[0].strip("{}*[] ").casefold()
        return next((words for part, words in FILLED.items() if part in name), "Example")

    text = re.sub(r"\{%.*?%\}", "", text)
    text = re.sub(r"\{\{.*?\}\}", value, text)
    return re.sub(r"\*?\[[^\]\n]{2,80}\]\*?", value, text)


def samples(folder: Path) -> Iterator[Sample]:
    """Every letter; one for another state as if it were sent to a city in California."""
    every = json.loads((folder / "prdb" / "templates.json").read_text(encoding="utf-8"))
    for one in every:
        place, appeal = one["jurisdiction"], one["record_type"] == "appeal"
        if place == "federal":
            yield Sample(GROUPS[1], one["template_text"], "foia", "federal", appeal)
        else:
            group = GROUPS[0] if place == "CA" else GROUPS[2]
            yield Sample(group, one["template_text"], follow_up=appeal)
    for name, follow_up in (("request.txt", False), ("followup.txt", True)):
        text = (folder / "muckrock" / name).read_text(encoding="utf-8")
        yield Sample(GROUPS[3], text, follow_up=follow_up)
    for name, follow_up in (("requestTemplate.md", False), ("Non Response Template.md", True)):
        text = (folder / "FOIA-Requests" / name).read_text(encoding="utf-8")
        yield Sample(GROUPS[4], text, follow_up=follow_up)


def table(folder: Path) -> str:
    """How many letters of each group a rule finds something in, as rows of docs/lint.md."""
    counts: dict[str, Counter[str]] = {group: Counter() for group in GROUPS}
    for sample in samples(folder):
        raw = {one.rule for one in sample.findings(filled=False)} & {"blank"}
        rest = {one.rule for one in sample.findings(filled=True)} - {"blank"}
        counts[sample.group].update(raw | rest)
    rows = [
        f"| {rule.id} | {rule.severity} | "
        + " | ".join(str(counts[group][rule.id] or "") for group in GROUPS)
        + " |"
        for rule in RULES.rules
        if any(counts[group][rule.id] for group in GROUPS)
    ]
    head = f"| rule | | {' | '.join(GROUPS)} |\n|---|---|{'---|' * len(GROUPS)}"
    return re.sub(r" +\|", " |", "\n".join([head, *rows]))


@pytest.mark.data
def test_the_table_in_the_manual_is_what_the_check_finds(data: Path) -> None:
    page = (ROOT / "docs" / "lint.md").read_text(encoding="utf-8")
    for row in table(data / "letters").splitlines():
        assert row in page


@pytest.mark.data
def test_every_old_letter_is_caught_for_something(data: Path) -> None:
    for sample in samples(data / "letters"):
        assert sample.findings(filled=False) != ()


@pytest.mark.data
def test_nearly_every_letter_for_another_state_is_known_as_one(data: Path) -> None:
    others = [one for one in samples(data / "letters") if one.group == GROUPS[2]]
    caught = [
        one
        for one in others
        if any(found.rule == "foia-to-california" for found in one.findings(filled=True))
    ]
    assert len(caught) >= 0.98 * len(others)


if __name__ == "__main__":
    print(table(Path(os.environ["CPRA_TEST_DATA"]) / "letters"))
