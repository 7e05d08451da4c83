"""The agencies that come with cpra: names and kinds, and nothing that could be a wrong address."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra import agencies, statutes
from cpra.core import wording

STATUTES = Path(__file__).resolve().parents[1] / "cpra" / "statutes"
BOOK = agencies.parse((STATUTES / "agencies.toml").read_text(encoding="utf-8"), "agencies.toml")


@pytest.mark.parametrize(
    ("typed", "name", "law"),
    [
        ("LAPD", "Los Angeles Police Department", "cpra"),
        ("lasd", "Los Angeles County Sheriff's Department", "cpra"),
        ("jric", "Joint Regional Intelligence Center", "cpra"),
        ("cal doj", "California Department of Justice", "cpra"),
        ("HSI", "U.S. Immigration and Customs Enforcement", "foia"),
        ("Los Angeles Superior Court", "Superior Court of California, County of Los Angeles", ""),
        ("Senate Rules Committee", "California State Senate, Committee on Rules", "lora"),
    ],
)
def test_an_agency_is_found_by_what_people_call_it(typed: str, name: str, law: str) -> None:
    agency = BOOK.match(typed)
    assert agency is not None
    assert agency.name == name
    assert agency.law == (law or "rule-10.500")


def test_no_name_means_two_agencies() -> None:
    names = [
        name
        for agency in BOOK.agencies.values()
        for name in {own.casefold() for own in (agency.key, agency.name, *agency.aliases)}
    ]
    assert sorted(names) == sorted(set(names))


def test_no_contact_is_shipped() -> None:
    for agency in BOOK.agencies.values():
        contact = (agency.email, agency.portal, agency.address, agency.fax)
        assert contact == ("", "", "", ""), agency.key


def test_the_letter_check_and_the_address_book_agree_on_which_law_binds_whom() -> None:
    ledger = statutes.exemptions()
    rules = wording.read(
        (STATUTES / "wording.toml").read_text(encoding="utf-8"), "wording.toml", ledger
    )
    kinds = {law.id: law.kinds for law in rules.laws}
    for kind, law in agencies.LAW_OF_KIND.items():
        assert kind in kinds[law]
    assert set(kinds) == set(agencies.LAW_NAMES)
