"""TOML files are checked key by key, all problems at once, each with its line and a way out."""

from __future__ import annotations

from datetime import date, time
from inspect import cleandoc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpra.core import schema
from cpra.core.schema import Key

AGENCY = {
    "name": Key(str, required=True),
    "kind": Key(str, choices=("city", "county", "")),
    "aliases": Key(list, of=str),
    "cutoff": Key(time),
    "checked": Key(date),
    "closure": Key(list, table={"dates": Key(list, of=date), "first": Key(date)}),
}
TABLE = {
    "format": Key(int),
    "quiet": Key(bool),
    "ratio": Key(float),
    "any": Key(dict),
    "agency": Key(dict, named=True, table=AGENCY),
    "requester": Key(dict, table={"name": Key(str), "email": Key(str)}),
}


def said(text: str) -> list[str]:
    """What is wrong with this text, each as the requester reads it."""
    _, problems = schema.read(cleandoc(text), "x.toml", TABLE)
    return [str(problem) for problem in problems]


def test_a_file_with_known_keys_has_no_problems() -> None:
    data, problems = schema.read(
        cleandoc("""
            format = 1
            quiet = true
            ratio = 1.5
            any = { whatever = 1 }
            [requester]
            name = "A. Person"
            [agency.epd]
            name = "Exampleville Police Department"
            kind = "city"
            aliases = ["EPD"]
            cutoff = 17:00:00
            checked = 2026-03-02
            [[agency.epd.closure]]
            dates = [2026-12-24]
            [[agency.epd.closure]]
            first = 2026-12-28
        """),
        "x.toml",
        TABLE,
    )
    assert problems == ()
    assert data["agency"]["epd"]["closure"][1]["first"] == date(2026, 12, 28)


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one() -> None:
    assert said("""
        format = 1

        [requester]
        nmae = "A. Person"
    """) == ['x.toml, line 4: there is no key "nmae" here; did you mean "name"?']


def test_an_unknown_key_that_is_near_to_none_gets_the_list() -> None:
    assert said("[requester]\nzzzz = 1") == [
        'x.toml, line 2: there is no key "zzzz" here; it may have: name, email'
    ]


def test_every_problem_is_named_at_once() -> None:
    assert said("""
        formt = 1
        quiet = 1

        [agency.epd]
        kind = "town"
        aliases = "EPD"
        cutoff = 17

        [agency.sheriff]
        name = "Exampleville Sheriff"
        aliases = ["ESO", 3]
        checked = 2026-03-02T10:00:00
    """) == [
        'x.toml, line 1: there is no key "formt" here; did you mean "format"?',
        'x.toml, line 2: "quiet" must be true or false, not 1',
        'x.toml, line 4: the key "name" is missing; it is text in quotation marks',
        'x.toml, line 5: "kind" is \'town\'; it may be one of: city, county, ""',
        "x.toml, line 6: \"aliases\" must be a list in square brackets, not 'EPD'",
        'x.toml, line 7: "cutoff" must be a time like 17:00:00, not 17',
        'x.toml, line 11: each member of "aliases" must be text in quotation marks, not 3',
        'x.toml, line 12: "checked" must be a date like 2026-03-02, '
        "not datetime.datetime(2026, 3, 2, 10, 0)",
    ]


def test_the_second_table_of_a_list_has_its_own_lines() -> None:
    assert said("""
        [agency.epd]
        name = "Exampleville"
        [[agency.epd.closure]]
        first = 2026-12-24
        [[agency.epd.closure]]
        fist = 2026-12-28
        [agency.other]
        name = "Other"
        [[agency.other.closure]]
        firts = 2026-12-28
    """) == [
        'x.toml, line 6: there is no key "fist" here; did you mean "first"?',
        'x.toml, line 10: there is no key "firts" here; did you mean "first"?',
    ]


def test_a_list_in_a_list_of_tables_begins_again_with_each() -> None:
    table = {"rule": Key(list, table={"example": Key(list, table={"due": Key(date)})})}
    text = cleandoc("""
        [[rule]]
        [[rule.example]]
        due = 2026-03-02
        [[rule]]
        [[rule.example]]
        deu = 2026-03-02
    """)
    _, problems = schema.read(text, "law.toml", table)
    assert [str(problem) for problem in problems] == [
        'law.toml, line 6: there is no key "deu" here; did you mean "due"?'
    ]


def test_something_else_where_a_table_belongs_is_named() -> None:
    assert said("""
        requester = "A. Person"
        [agency]
        epd = "Exampleville"
        [agency.sheriff]
        name = "Exampleville Sheriff"
        closure = ["Christmas"]
    """) == [
        "x.toml, line 1: \"requester\" must be a table, not 'A. Person'",
        "x.toml, line 3: \"epd\" must be a table, not 'Exampleville'",
        "x.toml, line 6: \"closure\" must be a list of tables, not of 'Christmas'",
    ]


def test_a_key_in_an_inline_table_is_given_the_line_of_the_table() -> None:
    assert said('\nformat = 1\nrequester = { name = "A", mail = "a@example.org" }') == [
        'x.toml, line 2: there is no key "mail" here; did you mean "email"?'
    ]


def test_a_quoted_or_dotted_key_has_its_line() -> None:
    assert said("""
        requester.name = 3
        "requester"."email" = 4
        agency."e.p.d".name = 5
    """) == [
        'x.toml, line 1: "name" must be text in quotation marks, not 3',
        'x.toml, line 2: "email" must be text in quotation marks, not 4',
        'x.toml, line 3: "name" must be text in quotation marks, not 5',
    ]
    assert said("""
        ["agency"."e.p.d"]
        name = 5
    """) == ['x.toml, line 2: "name" must be text in quotation marks, not 5']


def test_what_looks_like_a_key_in_a_long_text_is_no_key() -> None:
    text = 'format = 1\nany = { a = """\n[requester]\nname = 1\n""" }\n[requester]\nname = 2\n'
    assert said(text) == ['x.toml, line 7: "name" must be text in quotation marks, not 2']
    text = "[requester]\nname = '''\nemail = 1\n'''\nemail = 2\n"
    assert said(text) == ['x.toml, line 5: "email" must be text in quotation marks, not 2']


def test_a_line_separator_inside_a_text_ends_no_line() -> None:
    text = '[requester]\nname = "one\u2028two\u2029three\x85four"\nemail = 5\n'
    assert said(text) == ['x.toml, line 3: "email" must be text in quotation marks, not 5']


def test_a_long_value_is_shown_by_its_beginning() -> None:
    (problem,) = said(f'format = "{"x" * 500}"')
    assert problem == f'x.toml, line 1: "format" must be a whole number, not \'{"x" * 56}…'


def test_true_is_no_number_and_one_is_no_truth() -> None:
    assert said("format = true") == ['x.toml, line 1: "format" must be a whole number, not True']
    assert said("ratio = 1") == ['x.toml, line 1: "ratio" must be a number, not 1']


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = 1\nformat = 2\n", "x.toml, line 2: this is not valid TOML: cannot overwrite"),
        ("format = 1\nname = \n", "x.toml, line 2: this is not valid TOML: invalid value"),
        ("day = 2026-02-30\n", "x.toml, line 1: this is not valid TOML: invalid date"),
        ('name = """\n\n', "x.toml, line 1: this is not valid TOML:"),
        ("x = " + "[" * 100_000, "x.toml: this is not valid TOML: a number or a list in it"),
        ("format = " + "1" * 5000, "x.toml: this is not valid TOML: a number or a list in it"),
    ],
    ids=["twice", "no value", "no such day", "open quotes", "a nest", "a long number"],
)
def test_a_text_that_is_no_toml_gives_one_problem(text: str, words: str) -> None:
    data, problems = schema.read(text, "x.toml", TABLE)
    assert data == {}
    (problem,) = problems
    assert str(problem).startswith(words)


def test_a_byte_order_mark_is_passed_over() -> None:
    assert schema.read("\ufeffformat = 1\r\n", "x.toml", TABLE) == ({"format": 1}, ())


def test_the_nearest_words_are_found_in_any_capitals() -> None:
    assert schema.nearest("LAPS", ("lapd", "sfpd", "lasd")) == ("lasd", "lapd")
    assert schema.nearest("qqq", ("lapd",)) == ()


@given(st.text())
def test_any_text_gives_data_or_a_problem_with_a_line_that_exists(text: str) -> None:
    data, problems = schema.read(text, "x.toml", TABLE)
    assert isinstance(data, dict)
    for problem in problems:
        assert problem.line is None or 1 <= problem.line <= text.count("\n") + 1


@given(st.lists(st.sampled_from(["format", "quiet", "zzz", "requester"]), unique=True))
def test_each_wrong_key_is_named_on_the_line_on_which_it_stands(names: list[str]) -> None:
    text = "".join(f"{name} = 'no'\n" for name in names)
    _, problems = schema.read(text, "x.toml", TABLE)
    assert sorted(p.line or 0 for p in problems) == list(range(1, len(names) + 1))
