"""Citations are read as people write them, and come out in one short form."""

from __future__ import annotations

import pytest

from cpra.core.citations import Citation, citation, citations


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Gov. Code § 6254(f)", ["Gov. Code § 6254(f)"]),
        ("Government Code section 6254, subdivision (f)", ["Gov. Code § 6254(f)"]),
        ("section 6254(f) of the Government Code", ["Gov. Code § 6254(f)"]),
        ("under Government Code Section 6253(c)", ["Gov. Code § 6253(c)"]),
        ("GC 6254f", ["Gov. Code § 6254(f)"]),
        (
            "§§ 7922.530, 7922.535(a), and 7922.600",
            ["Gov. Code § 7922.530", "Gov. Code § 7922.535(a)", "Gov. Code § 7922.600"],
        ),
        ("Gov. Code § 7922.540(a)-(c)", [f"Gov. Code § 7922.540({part})" for part in "abc"]),
        (
            "Pen. Code § 832.7(b)(9)-(10), (12)",
            [f"Pen. Code § 832.7(b)({part})" for part in (9, 10, 12)],
        ),
        ("Civ. Code § 1798.90.52(i)-(iii)", [f"Civ. Code § 1798.90.52({p})" for p in ("i", "iii")]),
        (
            "Gov. Code § 7922.000 and (b) alone - (c)",
            ["Gov. Code § 7922.000", "Gov. Code § 7922.000(b)"],
        ),
        ("Penal Code § 832.7 and § 6254(f)", ["Pen. Code § 832.7", "Gov. Code § 6254(f)"]),
        ("Pen. 832.7", ["Pen. Code § 832.7"]),
        ("PC 832.7", ["Pen. Code § 832.7"]),
        ("Code of Civil Procedure § 1085", ["Code Civ. Proc. § 1085"]),
        ("the Code of Civil Procedure section 12a", ["Code Civ. Proc. § 12a"]),
        ("W&I § 827", ["Welf. & Inst. Code § 827"]),
        ("the Oakland Municipal Code § 2.20.250", ["Oakland Municipal Code § 2.20.250"]),
        ("5 U.S.C. § 552(a)(6)(A)(i)", ["5 U.S.C. § 552(a)(6)(A)(i)"]),
        ("8 CFR 236.6", ["8 C.F.R. § 236.6"]),
        ("Cal. Rules of Court, rule 10.500(e)", ["Cal. Rules of Court, rule 10.500(e)"]),
        ("Cal. Const., art. I, § 3(b)(1)", ["Const. § I/3(b)(1)"]),
        ("article I, section 3(b) of the California Constitution", ["Const. § I/3(b)"]),
        ("*X v. Y* (2001) 91 Cal.App.4th 892, 908", ["91 Cal.App.4th 892"]),
        ("*X v. Y* (2026) S282937", ["S282937"]),
        ("Zip Code 90012, page 6254, $6,254 and Room 6254", []),
        ("§ 12 of the contract", ["§ 12"]),
    ],
)
def test_a_citation_has_one_short_form(text: str, found: list[str]) -> None:
    assert [str(one) for one in citations(text)] == found


def test_a_range_is_one_citation_with_both_ends() -> None:
    (whole,) = citations("Gov. Code §§ 6250-6276.48")
    assert (whole.section, whole.through) == ("6250", "6276.48")
    (short,) = citations("Gov. Code § 7923.600-.625")
    assert (short.section, short.through) == ("7923.600", "7923.625")
    (bare,) = citations("Gov. Code §§ 12 to 14")
    assert (bare.section, bare.through) == ("12", "14")


def test_a_bare_section_goes_on_in_the_code_named_just_before() -> None:
    text = "Under Civil Code section 1798.90.52 a record is made; § 1798.90.5(b) says of what."
    assert [one.code for one in citations(text)] == ["Civ. Code", "Civ. Code"]
    far = f"Civil Code section 1798.90.52.{' words' * 100} § 1798.90.5(b)"
    assert [one.code for one in citations(far)] == ["Civ. Code", ""]


def test_former_and_see_are_noticed() -> None:
    new, old = citations("(Gov. Code § 7920.000 et seq., formerly § 6250 et seq.)")
    assert (new.former, old.former) == (False, True)
    assert new.et_seq
    assert old.et_seq
    (case,) = citations("See *Butt v. City of Richmond* (1996) 44 Cal.App.4th 925.")
    assert case.see
    (plain,) = citations("I see. Gov. Code § 7927.705 says so.")
    assert not plain.see


def test_the_words_of_a_citation_are_those_of_the_letter() -> None:
    text = "Under Government Code §§ 7922.530 and 7922.535(a) you"
    assert [one.words for one in citations(text)] == [
        "Government Code §§ 7922.530",
        "7922.535(a)",
    ]
    assert [text[one.start : one.end] for one in citations(text)] == [
        one.words for one in citations(text)
    ]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("6254(f)", "Gov. Code § 6254(f)"),
        ("7923.600-.625", "Gov. Code § 7923.600"),
        ("Evid. 1040", "Evid. Code § 1040"),
        ("9999.1", "§ 9999.1"),
    ],
)
def test_what_a_person_types_is_one_citation(words: str, found: str) -> None:
    assert str(citation(words)) == found


def test_what_is_no_citation_is_none() -> None:
    assert citation("deliberative process") is None
    assert citation("(b)(6)") is None


def test_the_former_and_the_present_act_are_told_apart() -> None:
    assert citations("Gov. Code § 6276.48")[0].is_repealed
    assert not citations("Gov. Code § 6277")[0].is_repealed
    assert not citations("Pen. Code § 6254")[0].is_repealed
    assert citations("Gov. Code § 7922.535")[0].is_of_the_act
    assert Citation("case", "2 Cal.5th 608").number == -1.0
