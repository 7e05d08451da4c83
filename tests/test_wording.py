"""The letter check finds what an agency would brush off, and leaves a good letter alone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cpra import statutes
from cpra.cli.draft import lint_text
from cpra.core import wording
from cpra.core.citations import citations
from cpra.core.items import Item
from cpra.core.request import Requester
from cpra.core.vouched import vouched
from cpra.core.wording import Finding, Rule, Severity
from cpra.core.wording_rules import Look
from cpra.errors import BadFile
from cpra.letters import example, render, template
from cpra.letters.template import Template

STATUTES = Path(__file__).resolve().parents[1] / "cpra" / "statutes"
LEDGER = statutes.exemptions()
RULES = wording.read(
    (STATUTES / "wording.toml").read_text(encoding="utf-8"), "wording.toml", LEDGER
)


@dataclass(frozen=True)
class Cited:
    cite: str
    status: str


AUTHORITIES = {
    "cpra.determination": Cited("Gov. Code § 7922.535(a)", "V"),
    "cpra.extension": Cited("Gov. Code § 7922.535(b)-(c)", "V"),
    "cpra.six-grounds": Cited("Gov. Code § 7922.535(c)(5)", "P"),
    "gilroy": Cited("City of Gilroy v. Superior Court (Jan. 15, 2026) S282937", "V"),
    "getz": Cited("Getz v. Superior Court (2021) 72 Cal.App.5th 637", "V"),
}
ITEM_LOOKS = {
    Look.ITEM,
    Look.ITEM_MISSING,
    Look.NO_DATES,
    Look.OPEN_DATES,
    Look.TERMS,
    Look.UNBOUNDED,
}


def checked(letter: str, *items: str, law: str = "cpra", kind: str = "city") -> dict[str, Finding]:
    """What the check finds in a letter, by rule."""
    asked = [Item(n, text) for n, text in enumerate(items, start=1)]
    found = wording.lint(letter, asked, law, kind, RULES, AUTHORITIES)
    return {finding.rule: finding for finding in found}


def as_letter(rule: Rule, words: str) -> str:
    return f"1. {words}" if rule.look in ITEM_LOOKS else words


HITS = [(rule, words) for rule in RULES.rules for words in rule.hits]
MISSES = [(rule, words) for rule in RULES.rules for words in rule.misses]


@pytest.mark.parametrize(("rule", "words"), HITS, ids=[f"{r.id}: {w}" for r, w in HITS])
def test_a_rule_catches(rule: Rule, words: str) -> None:
    assert rule.id in checked(as_letter(rule, words), law=(*rule.laws, "cpra")[0])


@pytest.mark.parametrize(("rule", "words"), MISSES, ids=[f"{r.id}: {w}" for r, w in MISSES])
def test_a_rule_leaves_alone(rule: Rule, words: str) -> None:
    assert rule.id not in checked(as_letter(rule, words), law=(*rule.laws, "cpra")[0])


def test_every_rule_says_why_and_what_to_do() -> None:
    for rule in RULES.rules:
        assert rule.text.endswith("."), rule.id
        assert rule.why.endswith("."), rule.id
        assert len([other for other in RULES.rules if other.id == rule.id]) == 1


def test_what_a_rule_tells_the_requester_rests_on_verified_authority() -> None:
    known = vouched(statutes.law().authorities, LEDGER)
    for rule in RULES.rules:
        for one in citations(f"{rule.authority}. {rule.text}. {rule.suggestion}"):
            assert known.status(one) == "V", f"{rule.id}: {one}"


def test_the_ledger_and_the_authorities_agree() -> None:
    status = {one.cite: one.status for one in statutes.law().authorities.values()}
    for exemption in LEDGER.all:
        for one in (*exemption.rebuttals, *exemption.warnings):
            if one.authority:
                assert status.get(one.authority) == one.status, one.authority


SHELF = template.shelf(None)[0]


@pytest.mark.parametrize("shipped", SHELF, ids=[one.name for one in SHELF])
def test_a_shipped_letter_passes_clean(shipped: Template) -> None:
    authorities = statutes.law().authorities
    facts = example.facts(shipped, authorities)
    everything = example.values(shipped)
    needed = {v.name: v.example for v in shipped.variables if v.required and not v.default}
    for given, allowed in ((everything, set()), (needed, {"no-unit"})):
        letter = render.render(shipped, given, facts, authorities)
        found = wording.lint(
            letter,
            facts.items if shipped.kind == "request" else (),
            shipped.law or "cpra",
            facts.agency.kind,
            RULES,
            authorities,
            facts.requester,
            follow_up=shipped.kind != "request",
        )
        assert [one for one in found if one.rule not in allowed] == []


def test_a_letter_with_few_blanks_filled_is_told_where_a_unit_would_help() -> None:
    shipped = template.find("alpr-access-logs", None)
    authorities = statutes.law().authorities
    facts = example.facts(shipped, authorities)
    needed = {v.name: v.example for v in shipped.variables if v.required and not v.default}
    letter = render.render(shipped, needed, facts, authorities)
    found = wording.lint(letter, facts.items, "cpra", "city", RULES, authorities)
    assert [(one.where, one.severity, one.authority) for one in found] == [
        ("item 2", Severity.SUGGESTION, "Gov. Code § 7922.600")
    ]
    assert found[0].text == (
        "names no unit or system. The agency must help you make a focused request, "
        "but naming one saves a round."
    )


def test_the_example_in_the_manual_is_what_the_command_prints() -> None:
    letter = (
        "To the custodian of records:\n\n"
        "Under the California Public Records Act I request copies of the following records:\n\n"
        "1. Records of access to license plate reader data, January 1 to March 31, 2026.\n\n"
        "Please answer within the ten days of § 6253(c) to records@example.org, send what you have "
        "in its native format, redact what is exempt, help me narrow what is unclear, and tell me "
        "before the cost exceeds $25.\n"
    )
    found = wording.lint(letter, (), "cpra", "city", RULES, AUTHORITIES)
    page = (STATUTES.parents[1] / "docs" / "lint.md").read_text(encoding="utf-8")
    assert f"$ cpra lint 12\n{lint_text(found)}\n" in page
    assert [rule.id for rule in RULES.rules if f"| {rule.id} |" not in page] == []


def test_a_former_number_is_offered_its_present_one() -> None:
    found = checked("Under Government Code section 6253(c) you have ten days.")["repealed"]
    assert found.severity is Severity.ERROR
    assert found.where == "letter line 1"
    assert found.words == "Government Code section 6253(c)"
    assert found.suggestion == "Gov. Code § 7922.535"


def test_a_partly_verified_number_is_offered_after_see_and_an_unverified_one_not_at_all() -> None:
    assert checked("You cited § 6254(k).")["repealed"].suggestion == "see Gov. Code § 7927.705"
    assert checked("You cited § 6254(d).")["repealed"].suggestion == ""
    assert checked("You cited Gov. Code § 6254.")["repealed"].suggestion == ""


def test_an_authority_is_vouched_for_by_the_narrowest_entry() -> None:
    good = "Gov. Code § 7922.535(a) and § 7922.535(c)(1) apply."
    assert not [rule for rule in checked(good) if rule.startswith("authority")]
    assert "authority-see" in checked("Gov. Code § 7922.535(c)(5) applies.", law="ipa")
    assert "authority-see" not in checked("See Gov. Code § 7922.535(c)(5).")


def test_a_case_is_known_by_its_reporter_whatever_stands_around_it() -> None:
    assert "authority-unknown" not in checked("*Getz* (2021) 72 Cal.App.5th 637, 640 says so.")
    assert "authority-unknown" in checked("*Getz* (2021) 72 Cal.App.5th 640 says so.")


def test_a_blank_is_named_with_its_line() -> None:
    letter = "Dear Records Officer:\n\nI will pay up to\n$____ for copies.\n"
    found = checked(letter)["blank"]
    assert (found.where, found.words) == ("letter line 4", "$____")


def test_a_period_given_once_holds_for_every_item() -> None:
    items = "1. E-mail of the Chief.\n2. Text messages of the Chief.\n"
    assert "no-date-range" in checked(items)
    assert "no-date-range" not in checked(
        f"For the period January 1, 2026 through March 31, 2026:\n\n{items}"
    )


def test_items_that_the_letter_does_not_number_are_checked_as_request_toml_has_them() -> None:
    found = checked("Please send me the records below.", "E-mail about cameras.")
    assert found["no-date-range"].where == "item 1"


def test_an_item_that_was_edited_is_checked_as_the_letter_has_it() -> None:
    letter = (
        "Please note:\n\n1. I am in no hurry.\n2. I write on paper.\n\n"
        "I request copies of:\n\n"
        "1. E-mail of the Chief about cameras, January 1, 2026 through March 31, 2026,\n"
        "   in the mailbox of the Chief.\n\n"
        "   The attachments belong to it.\n"
        "2. The policy now in force.\n"
    )
    found = checked(letter, "E-mail of the Chief about cameras", "The policy")
    assert "no-date-range" not in found
    assert "item-differs" not in found


def test_an_item_of_request_toml_that_the_letter_lost_is_named() -> None:
    letter = "I request copies of:\n\n1. The policy now in force.\n"
    found = checked(letter, "The policy now in force.", "Invoices for drones paid in 2025.")
    assert found["item-differs"].where == "item 2"


def test_a_list_of_demands_is_no_list_of_items() -> None:
    letter = "If you withhold anything, please:\n\n1. Explain why.\n2. Name who decided.\n"
    assert "question" not in checked(letter)
    assert "question" in checked("1. Explain why.\n")


def test_the_law_has_to_bind_the_agency() -> None:
    found = checked("I request copies.", law="cpra", kind="federal")["wrong-law"]
    assert found.severity is Severity.ERROR
    assert found.text.startswith("The request is made under the California Public Records Act")
    assert found.suggestion == "make it under the federal Freedom of Information Act"
    choice = checked("I request copies.", law="foia", kind="state")["wrong-law"]
    assert choice.suggestion.endswith(
        "California Public Records Act or the Information Practices Act"
    )
    assert "wrong-law" not in checked("I request copies.", law="ipa", kind="state")
    assert "wrong-law" not in checked("I request copies.", law="cpra", kind="")


def test_what_the_requester_entered_about_themselves_is_their_choice() -> None:
    letter = "Call me at (213) 555-0123 or 415-555-0199."
    who = Requester(phone="(213) 555-0123")
    found = wording.lint(letter, (), "cpra", "city", RULES, AUTHORITIES, who)
    assert [one.words for one in found if one.rule == "phone"] == ["415-555-0199"]


def test_a_pair_of_sections_is_judged_only_where_the_right_pair_is_verified() -> None:
    assert "crosswalk" in checked("Gov. Code § 7923.625 (formerly § 6254(c))")
    assert "crosswalk" not in checked("Gov. Code § 7929.000 (formerly § 6254(d))")
    assert "crosswalk" not in checked("Gov. Code § 7922.535 (formerly § 6253)")


def test_errors_come_first_and_then_the_items() -> None:
    letter = "Dear [NAME]:\n\n1. Why?\n2. All e-mail since 2020.\n\nGov. Code § 6253(c)"
    found = wording.lint(letter, (), "cpra", "city", RULES, AUTHORITIES)
    assert [(one.rule, one.where) for one in found][:5] == [
        ("blank", "letter line 1"),
        ("repealed", "letter line 6"),
        ("no-date-range", "item 1"),
        ("question", "item 1"),
        ("open-date-range", "item 2"),
    ]


def test_a_letter_of_absurd_words_is_checked_all_the_same() -> None:
    for word in ("A", "1", "_", "[", "{", "<", "("):
        found = checked(f"Dear [NAME]:\n\n1. All e-mail {word * 100_000} since 2020.\n")
        assert "blank" in found
        assert "open-date-range" in found


def test_an_item_names_a_unit_if_the_letter_does_so_for_all() -> None:
    item = "1. E-mail about cameras from January 1, 2026 through March 31, 2026.\n"
    assert "no-unit" in checked(f"To the custodian of records:\n\n{item}")
    assert "no-unit" not in checked(f"{item}\nThe records are likely to be held by the Jail.\n")


def test_a_follow_up_needs_no_items_and_no_period() -> None:
    letter = "My request of March 2, 2026 is still open:\n\n1. E-mail about cameras.\n"
    found = wording.lint(letter, (), "cpra", "city", RULES, AUTHORITIES, follow_up=True)
    assert found == ()


def test_damaged_rules_name_the_rule_and_the_pattern() -> None:
    rule = (
        '[[rule]]\nid = "x"\nseverity = "error"\nlook = "letter"\ntext = "t."\nwhy = "w."\n'
        "match = ['(']\n"
    )
    with pytest.raises(BadFile, match=r'rule "x": \( is not a pattern'):
        wording.read(f"law = []\n{rule}", "wording.toml", LEDGER)
    with pytest.raises(BadFile, match='did you mean "severity"'):
        wording.read(rule.replace("severity", "severty"), "wording.toml", LEDGER)
