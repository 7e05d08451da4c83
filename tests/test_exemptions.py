"""The ledger understands what agencies cite, and never lets what is not verified be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpra.core import exemption_file
from cpra.core.citations import citation
from cpra.core.exemptions import Exemptions
from cpra.errors import BadFile

STATUTES = Path(__file__).resolve().parents[1] / "cpra" / "statutes"


@pytest.fixture(scope="module")
def ledger() -> Exemptions:
    return exemption_file.read(
        (STATUTES / "exemptions.toml").read_text(encoding="utf-8"), "exemptions.toml"
    )


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("6254(f)", "investigations"),
        ("§ 6254 (f)", "investigations"),
        ("Gov. Code 6254(f)", "investigations"),
        ("GC 6254f", "investigations"),
        ("section 6254, subdivision (f)", "investigations"),
        ("6254(f)(2)", "investigations"),
        ("7923.600", "investigations"),
        ("7923.615", "investigations"),
        ("Government Code sections 7923.600-7923.625", "investigations"),
        ("7927.705", "other-law"),
        ("6254(k)", "other-law"),
        ("Evid. 1040", "official-information"),
        ("Evidence Code section 1040", "official-information"),
        ("6254(k), Evid. Code § 954", "attorney-client"),
        ("7927.705 (Civ. Code § 1798.90.55(b))", "alpr-information"),
        ("Pen. 832.7", "officer-personnel"),
        ("PC 832.7(a)", "officer-personnel"),
        ("8 C.F.R. 236.6", "federal-information"),
        ("6255", "catch-all"),
        ("7922.000", "catch-all"),
        ("deliberative process", "deliberative-process"),
        ("Deliberative-process privilege", "deliberative-process"),
        ("attorney-client privilege", "attorney-client"),
        ("pending-litigation", "pending-litigation"),
        ("6254(p)", "collective-bargaining"),
        ("7928.410", "collective-bargaining"),
        ("6254.28", "social-security-numbers"),
        ("7928.215", "official-home"),
        ("6276.30", "other-codes-index"),
    ],
)
def test_an_exemption_is_found_under_each_of_its_numbers_and_names(
    ledger: Exemptions, code: str, known: str
) -> None:
    found = ledger.find(code)
    assert found is not None
    assert found.id == known


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("trade secrt", "trade secret"),
        ("6254", "6254(f)"),
        ("7923.655", "6254(f)"),
        ("Gov. Code § 7923.999", "6254(f)"),
    ],
)
def test_an_unknown_code_is_no_exemption_but_has_near_ones(
    ledger: Exemptions, code: str, near: str
) -> None:
    assert ledger.find(code) is None
    assert near in ledger.nearest(code)


def test_what_is_like_nothing_has_nothing_near(ledger: Exemptions) -> None:
    assert ledger.find("(b)(6)") is None
    assert ledger.nearest("(b)(6)") == ()
    assert ledger.nearest("9999.1") == ()


def test_a_denial_that_cites_several_is_read_in_its_order(ledger: Exemptions) -> None:
    denial = (
        "The records are exempt under Gov. Code § 7923.600 and under § 7927.705 in conjunction "
        "with Civil Code section 1798.90.55(b); see also former section 6254(f), and § 7922.000."
    )
    assert [one.id for one in ledger.cited_in(denial)] == [
        "investigations",
        "other-law",
        "alpr-information",
        "catch-all",
    ]


def test_every_entry_has_what_its_status_needs(ledger: Exemptions) -> None:
    assert {one.status for one in ledger.all} == {"V", "P", "M"}
    for one in ledger.all:
        assert one.source.startswith("http"), one.id
        assert one.status == "M" or one.must_show, one.id
        assert len([other for other in ledger.all if other.id == one.id]) == 1
        for rebuttal in (*one.rebuttals, *one.warnings):
            assert rebuttal.point.endswith("."), rebuttal.point
            assert bool(rebuttal.authority) == bool(rebuttal.status), rebuttal.point
            assert rebuttal.status != "M", rebuttal.point


def test_partly_verified_is_printed_after_see_and_unverified_not_at_all(
    ledger: Exemptions,
) -> None:
    drafts, other, bank = (ledger.find(code) for code in ("6254(a)", "6254(k)", "6254(d)"))
    assert drafts is not None
    assert drafts.printed == "Gov. Code § 7927.500"
    assert drafts.title == (
        "Gov. Code § 7927.500, formerly 6254(a): preliminary drafts, notes and memoranda"
    )
    assert other is not None
    assert other.printed == "see Gov. Code § 7927.705"
    assert other.rebuttals[0].printed == ""
    assert bank is not None
    assert bank.printed == ""
    assert bank.title.endswith("(not verified)")
    found = ledger.find("6254(f)")
    assert found is not None
    assert found.rebuttals[0].printed == "Gov. Code § 7923.610"
    assert found.authority == "Gov. Code §§ 7923.600-7923.625"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("6250 et seq.", "Gov. Code § 7920.000 et seq."),
        ("6250-6276.48", "Gov. Code § 7920.000 et seq."),
        ("6250", "Gov. Code § 7921.000"),
        ("6253(c)", "Gov. Code § 7922.535"),
        ("6254(f)", "Gov. Code §§ 7923.600-7923.625"),
        ("6254(f)(1)(A)", "Gov. Code § 7923.610"),
        ("6254(k)", "see Gov. Code § 7927.705"),
        ("6255", "Gov. Code § 7922.000"),
        ("6258", "Gov. Code § 7923.000"),
        ("6254(d)", ""),
        ("6254.30", ""),
    ],
)
def test_a_former_section_says_where_it_stands_now_if_that_is_verified(
    ledger: Exemptions, old: str, new: str
) -> None:
    asked = citation(old)
    assert asked is not None
    move = ledger.moved(asked)
    assert move is not None
    assert move.printed == new


@pytest.mark.parametrize("old", ["6253", "6254", "6260"])
def test_a_former_section_that_went_to_several_places_has_no_one_place(
    ledger: Exemptions, old: str
) -> None:
    asked = citation(old)
    assert asked is not None
    assert ledger.moved(asked) is None


def test_a_damaged_ledger_names_every_line_that_is_wrong() -> None:
    text = 'checked = 2026-11-24\nmoved = []\n[[exemption]]\nid = "x"\nsubjekt = "y"\n'
    with pytest.raises(BadFile) as caught:
        exemption_file.read(text, "exemptions.toml")
    assert 'exemptions.toml, line 5: there is no key "subjekt"' in str(caught.value)
    assert '"status" is missing' in str(caught.value)
