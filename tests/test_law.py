"""The law as data: what each rule needs, what is wrong with a file, and what a bill changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cpra import statutes
from cpra.core import examples
from cpra.core.calendar import Closure, Office
from cpra.core.clock import Start
from cpra.core.deadlines import begun, deadlines, missing
from cpra.core.extension import audit
from cpra.core.law import Law, read
from cpra.core.rules import Authority, Example, Ground, Rule, printed
from cpra.errors import BadFile, NotFound, Refused
from cpra.reports.law_manual import manual, rule_page
from cpra.reports.law_rows import day_rows, doubts, period, rule_rows
from tests import naive
from tests.logs import told

ROOT = Path(__file__).resolve().parents[1]
LAW = statutes.law()
VERSIONS = [pytest.param(rule, id=f"{rule.id}-{rule.line}") for rule in LAW.rules]
EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.id}: {example.why}")
    for rule in LAW.rules
    for example in rule.examples
]

CALENDARS = """
[[calendar]]
id = "plain"
title = "weekends"
one = "holiday"
authority = "Example Code § 1"
status = "V"
source = "https://example.org/1"
checked = 2026-11-24
closures = "Example Code § 2"
  [[calendar.weekly]]
  weekday = "Saturday"
  name = "Sat"
  authority = "Example Code § 1"
  [[calendar.weekly]]
  weekday = "Sunday"
  name = "Sun"
  authority = "Example Code § 1"
"""
RULE = """
title = "Example Act"
[[rule]]
id = "example.answer"
title = "answer"
authority = "Example Code § 3"
status = "V"
source = "https://example.org/3"
checked = 2026-11-24
starts = ["received", "sent"]
stops = ["determined"]
count = { days = 5, kind = "calendar", roll = "plain" }
  [[rule.example]]
  why = "Saturday becomes Monday"
  log = ["2026-10-05 received"]
  due = 2026-10-12
"""


def law_of(rules: str = RULE, calendars: str = CALENDARS, authorities: str = "") -> Law:
    texts = {"calendars.toml": calendars, "example.toml": rules}
    texts["authorities.toml"] = authorities or (
        '[[authority]]\nid = "a"\ncite = "Example Code § 3"\nstatus = "V"\n'
        'source = "https://example.org/3"\nchecked = 2026-11-24\n'
    )
    return read(texts)


def said(law: Law) -> list[str]:
    return [str(problem) for problem in law.problems]


# --- the data that ships -------------------------------------------------------------------------


def test_the_law_that_ships_has_no_problem() -> None:
    assert said(LAW) == []


@pytest.mark.parametrize("rule", VERSIONS)
def test_a_rule_that_may_be_printed_has_authority_source_and_three_examples(rule: Rule) -> None:
    if rule.status == "M":
        assert rule.examples
        return
    assert rule.authority
    assert rule.source
    assert rule.checked
    assert len(rule.examples) >= 3


@pytest.mark.parametrize("rule", VERSIONS)
def test_one_example_of_a_rolling_rule_rolls(rule: Rule) -> None:
    if rule.status == "M" or rule.count is None or not rule.count.calendar:
        return
    skipping = []
    for example in rule.examples:
        start = examples.event(example.log[0], 1)
        assert start is not None
        if rule.bill:
            clock = LAW.clock(rule, start.on)
            skipping.append(bool(clock.rolled(examples_start(example))))
        else:
            found = examples.outcome(example, rule, LAW)
            assert found is not None
            skipping.append(bool(found.rolled))
    assert any(skipping)


def examples_start(example: Example) -> Start:
    event = examples.event(example.log[0], 1)
    assert event is not None
    return begun(event)


@pytest.mark.parametrize("rule", VERSIONS)
def test_a_version_with_a_window_has_an_example_at_its_edge(rule: Rule) -> None:
    if rule.status == "M" or not (rule.since or rule.until):
        return
    edges = {rule.since, rule.until}
    starts = {
        event.on
        for example in rule.examples
        if (event := examples.event(example.log[0], 1)) is not None
    }
    assert edges & starts


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_every_example_comes_out(rule: Rule, example: Example) -> None:
    assert list(examples.failures(replace(rule, examples=(example,)), LAW)) == []


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_the_naive_counter_agrees_with_every_example_of_a_plain_count(
    rule: Rule, example: Example
) -> None:
    count = rule.count
    if count is None or rule.extends or rule.tolls or count.unit != "days":
        return
    starting = [
        event.on
        for n, line in enumerate(example.log)
        if (event := examples.event(line, n)) is not None and event.kind in rule.starts
    ]
    start = starting[-1]
    if count.calendar == "federal":
        calendar = LAW.calendar("federal")
        closed = lambda day: calendar.reason(day) is not None  # noqa: E731 (a predicate)
    else:
        closed = naive.narrow(example.closed)
    if count.before:
        assert example.due == start - timedelta(days=count.amount)
    elif count.working:
        assert example.due == naive.working_days(start, count.amount, closed)
    elif count.calendar:
        assert example.due == naive.calendar_days(start, count.amount, closed)
    else:
        assert example.due == start + timedelta(days=count.amount)


@pytest.mark.parametrize("rule", VERSIONS)
def test_the_authority_of_a_rule_stands_among_the_authorities_with_its_status(rule: Rule) -> None:
    known = {authority.cite: authority.status for authority in LAW.authorities.values()}
    cite = rule.authority.removeprefix("former ")
    if rule.bill or cite.startswith(("Gov. Code § 6253", "S.F. Admin. Code ch.")):
        return  # a bill, the former section, and a chapter that no letter cites
    assert cite in known
    if rule.status in ("V", "P"):
        assert known[cite] == rule.status


@pytest.mark.parametrize("authority", LAW.authorities.values(), ids=lambda a: a.id)
def test_an_authority_has_words_and_a_source(authority: Authority) -> None:
    assert authority.says
    assert authority.says.endswith(".")
    assert authority.source
    if authority.status == "V":
        assert authority.source.startswith("http")
    if authority.quote:
        assert authority.status == "V"


@pytest.mark.parametrize("ground", LAW.grounds("cpra.extension"), ids=lambda ground: ground.id)
def test_a_listed_ground_has_its_paragraph_among_the_authorities(ground: Ground) -> None:
    known = {authority.cite: authority.status for authority in LAW.authorities.values()}
    assert known[ground.authority] == ground.status


def test_no_rule_counts_in_python_what_stands_in_the_data() -> None:
    for path in sorted((ROOT / "cpra" / "core").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for word in ("Gov. Code §", "cpra.determination", "Cesar", "Columbus"):
            assert word not in text.replace("`cpra` of `cpra.determination`", "").replace(
                "`Gov. Code § 7922.535(a)`", ""
            ) or path.name in ("citations.py", "vouched.py", "exemptions.py"), (path.name, word)


def test_the_manuals_page_is_made_from_the_data_as_it_is() -> None:
    page = (ROOT / "docs" / "law.md").read_text(encoding="utf-8")
    assert page == manual(LAW), "run `cpra law page > docs/law.md`"


# --- which version governs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "authority"),
    [
        (date(2015, 1, 1), "former Gov. Code § 6253(c)"),
        (date(2022, 12, 31), "former Gov. Code § 6253(c)"),
        (date(2023, 1, 1), "Gov. Code § 7922.535(a)"),
        (date(2027, 1, 1), "Gov. Code § 7922.535(a)"),
    ],
)
def test_the_version_goes_by_the_day_of_receipt(day: date, authority: str) -> None:
    assert LAW.rule("cpra.determination", day).authority == authority


def test_a_day_before_the_first_version_is_refused_with_the_windows() -> None:
    with pytest.raises(Refused, match=r"no version for 2024-06-30: Pen\. Code § 832\.10 is in"):
        LAW.rule("cpra.custody-records", date(2024, 6, 30))


def test_an_unknown_rule_gets_the_nearest_names() -> None:
    with pytest.raises(NotFound, match=r"did you mean cpra\.determination"):
        LAW.versions("cpra.determinaton")
    with pytest.raises(NotFound, match="cpra law list"):
        LAW.versions("zzz")


def test_an_unknown_authority_gets_the_nearest_names() -> None:
    assert LAW.authority("cpra.7922.535a").cite == "Gov. Code § 7922.535(a)"
    with pytest.raises(NotFound, match=r"the nearest are cpra\.7922\.535a"):
        LAW.authority("cpra.7922.535aa")
    with pytest.raises(NotFound, match=r'no authority "qqqqqq"$'):
        LAW.authority("qqqqqq")


def test_a_law_that_is_not_in_the_data_has_no_rules_and_no_grounds() -> None:
    assert LAW.rules_of("elsewhere") == ()
    assert LAW.grounds("elsewhere.extension") == ()
    assert LAW.title("foia") == "Freedom of Information Act"


def test_a_stated_date_is_not_computed() -> None:
    rule = LAW.rule("cpra.production", date(2026, 9, 15))
    with pytest.raises(Refused, match="is the date that the agency states"):
        LAW.clock(rule, date(2026, 9, 15))


def test_what_is_not_sure_is_said_with_the_authority() -> None:
    assert printed("Gov. Code § 1", "V") == "Gov. Code § 1"
    assert printed("Gov. Code § 1", "P") == "see Gov. Code § 1"
    assert printed("Gov. Code § 1", "M") == "Gov. Code § 1 (not verified)"


# --- a bill that is not confirmed ----------------------------------------------------------------


def with_bill(state: str) -> Law:
    names = ("calendars.toml", "cpra.toml", "authorities.toml")
    texts = {name: statutes.text(name) for name in names}
    texts["cpra.toml"] = texts["cpra.toml"].replace('state = "contingent"', f'state = "{state}"')
    return read(texts)


def test_until_it_is_confirmed_a_bill_moves_only_the_latest_date() -> None:
    row = with_bill("contingent").table("cpra.determination")[date(2027, 1, 4)]
    assert (row.due, row.latest) == (date(2027, 1, 14), date(2027, 1, 19))
    assert row.contingent.startswith("For requests received from January 1, 2027, AB 1821")


def test_a_clock_says_which_law_would_change_it() -> None:
    law = with_bill("contingent")
    for day, word in ((date(2027, 1, 4), "For requests"), (date(2026, 1, 5), "")):
        clock = law.clock(law.rule("cpra.determination", day), day)
        assert clock.why_contingent.startswith(word)
        assert bool(clock.why_contingent) is bool(word)


def test_a_confirmed_bill_is_the_law_from_its_day() -> None:
    law = with_bill("confirmed")
    row = law.table("cpra.determination")[date(2027, 1, 4)]
    assert (row.due, row.contingent) == (date(2027, 1, 19), "")
    before = law.table("cpra.determination")[date(2026, 12, 31)]
    assert before.due == date(2027, 1, 11)
    more = law.table("cpra.extension")[date(2027, 1, 4)]
    assert more.due == date(2027, 2, 8)
    assert said(law) == []


def test_what_is_deemed_received_when_a_confirmed_bill_is_in_force_may_have_its_time() -> None:
    law = with_bill("confirmed")
    request = told("2026-12-31T17:30 sent via=email\n2027-01-11 extended")
    first, second = deadlines(request, law, Office())
    assert (first.due, first.latest) == (date(2027, 1, 11), date(2027, 1, 19))
    assert (second.due, second.latest) == (date(2027, 1, 25), date(2027, 2, 8))
    assert (first.contingent, second.contingent) == ("", "")
    assert first.readings[-1].name == "later-law"
    assert first.readings[-1].why == (
        "10 working days, by the law in force for what is counted as received on Monday,"
        " January 4, 2027"
    )
    in_hours = deadlines(told("2026-12-31T16:59 sent via=email"), law, Office())[0]
    assert in_hours.latest == date(2027, 1, 15)  # it is open which law governs what was pending
    assert in_hours.readings[-1].why == (
        "10 working days, if the later law governs what was pending"
    )
    before = deadlines(told("2026-12-21T16:59 sent via=email"), law, Office())[0]
    assert (before.latest, before.contingent) == (date(2026, 12, 31), "")


def test_a_bill_that_says_what_it_governs_leaves_pending_requests_alone() -> None:
    names = ("calendars.toml", "cpra.toml", "authorities.toml")
    texts = {name: statutes.text(name) for name in names}
    lines = texts["cpra.toml"].replace('state = "contingent"', 'state = "confirmed"').splitlines()
    texts["cpra.toml"] = "\n".join(line for line in lines if not line.startswith("pending ="))
    in_hours = deadlines(told("2026-12-31T16:59 sent via=email"), read(texts), Office())[0]
    assert (in_hours.latest, in_hours.contingent) == (date(2027, 1, 11), "")


@pytest.mark.parametrize(("since", "latest"), [(12, 14), (13, 12)])
def test_what_ends_on_the_first_day_of_a_later_law_is_pending_then(since: int, latest: int) -> None:
    later = (
        RULE.replace('title = "Example Act"\n', "")
        .replace("days = 5", "days = 9")
        .replace("stops =", f'since = 2026-10-{since}\npending = "It is open."\nstops =')
        .replace("2026-10-05 received", "2026-10-13 received")
        .replace("due = 2026-10-12", "due = 2026-10-22")
    )
    law = law_of(RULE.replace("stops =", f"until = 2026-10-{since - 1}\nstops =") + later)
    assert said(law) == []
    row = law.table("example.answer")[date(2026, 10, 5)]
    assert (row.due, row.latest) == (date(2026, 10, 12), date(2026, 10, latest))
    assert bool(row.contingent) is (since == 12)


def test_what_is_deemed_received_when_a_bill_was_struck_keeps_its_time() -> None:
    (found,) = deadlines(told("2026-12-31T17:30 sent via=email"), with_bill("struck"), Office())
    assert found.latest == date(2027, 1, 14)


def test_a_struck_bill_leaves_no_trace() -> None:
    law = with_bill("struck")
    row = law.table("cpra.determination")[date(2027, 1, 4)]
    assert (row.due, row.latest, row.contingent) == (date(2027, 1, 14), date(2027, 1, 14), "")
    assert said(law) == []


# --- what is wrong with a file -------------------------------------------------------------------


def test_a_small_law_works() -> None:
    law = law_of()
    assert said(law) == []
    assert law.table("example.answer")[date(2026, 10, 5)].due == date(2026, 10, 12)


def test_an_unknown_key_is_named_with_file_and_line_and_stops_only_its_rule() -> None:
    second = RULE.replace('title = "Example Act"\n', "").replace("example.answer", "example.other")
    law = law_of(RULE.replace("stops =", "stop =") + second)
    assert said(law) == [
        'example.toml, line 11: there is no key "stop" here; did you mean "stops"?'
    ]
    with pytest.raises(BadFile, match=r"example\.answer cannot be used: example\.toml, line 11"):
        law.rule("example.answer", date(2026, 10, 5))
    assert law.rule("example.other", date(2026, 10, 5)).title == "answer"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('authority = "Example Code § 3"\n', "", 3, "needs an authority, a source and `checked`"),
        ("due = 2026-10-12", "due = 2026-10-11", 13, "due is 2026-10-12, not 2026-10-11"),
        (RULE[RULE.index("  [[rule.ex") :], "", 3, "has status V and needs an example"),
        ('starts = ["received", "sent"]', "starts = []", 3, "says of no event"),
        ("count = { days = 5,", "count = { days = 5, months = 1,", 3, "exactly one of days,"),
        ("days = 5", "days = -5", 3, "is negative"),
        ('roll = "plain"', 'roll = "lunar"', 3, "needs the list lunar, which there is not"),
        ('kind = "calendar", roll', 'kind = "working", roll', 3, "and the list they go `by`"),
        ("stops =", 'extends = "example.first"\nstops =', 3, "which is no rule of this file"),
        ("stops =", 'delays = "example.first"\nstops =', 3, "delays example.first, which is no"),
        ("stops =", 'bill = "sb-1"\nin_force = "contingent"\nstops =', 3, "is no bill of this"),
        ("stops =", 'in_force = "contingent"\nstops =', 3, "is contingent and names its bill"),
        ("stops =", "since = 2026-02-01\nuntil = 2026-01-01\nstops =", 3, "before it begins"),
        ('id = "example.answer"', 'id = "other.answer"', 3, "its id must begin with example."),
        ('log = ["2026-10-05 received"]', 'log = ["soon"]', 13, "its log starts no such clock"),
        ('log = ["2026-10-05 received"]', 'log = ["2026-10-05 denied"]', 13, "starts no such"),
        ('log = ["2026-10-05 received"]', 'log = ["2026-13-05 received"]', 13, "month must be"),
        ('log = ["2026-10-05 received"]', 'log = ["2050-10-05 received"]', 13, "outside 2015"),
        ("due = 2026-10-12", 'due = 2026-10-12\nrolled_by = "Sat"', 13, "rolled by 'Sat > Sun'"),
        ("due = 2026-10-12", "due = 2026-10-12\nlatest = 2026-10-13", 13, "latest is 2026-10-12"),
    ],
)
def test_a_rule_that_cannot_be_right_is_named_with_its_line(
    old: str, new: str, line: int, words: str
) -> None:
    law = law_of(RULE.replace(old, new))
    assert any(words in text and f"line {line}:" in text for text in said(law)), said(law)
    rule_id = "other.answer" if "other.answer" in new else "example.answer"
    with pytest.raises((BadFile, NotFound)):
        law.rule(rule_id, date(2026, 10, 5))


def test_a_rule_without_a_count_and_without_a_stated_date_is_named() -> None:
    rules = RULE.replace('count = { days = 5, kind = "calendar", roll = "plain" }\n', "")
    assert "needs a count, or the field that states its date" in said(law_of(rules))[0]


def test_an_extension_needs_a_count() -> None:
    rules = RULE + RULE.replace('title = "Example Act"\n', "").replace(
        'id = "example.answer"', 'id = "example.more"\nextends = "example.answer"'
    ).replace('count = { days = 5, kind = "calendar", roll = "plain" }', 'stated = "until"')
    assert "example.more extends example.answer and needs a count" in said(law_of(rules))[0]


def test_two_versions_in_force_at_once_stop_the_rule() -> None:
    again = RULE.replace('title = "Example Act"\n', "")
    law = law_of(
        RULE.replace("stops =", "until = 2026-12-31\nstops =")
        + again.replace("stops =", "since = 2026-12-31\nstops =")
    )
    assert "two versions of example.answer are in force at once: their dates overlap" in str(
        law.problems[0]
    )
    with pytest.raises(BadFile):
        law.table("example.answer")


def test_a_table_knows_where_a_version_begins_and_ends() -> None:
    law = law_of(RULE.replace("stops =", "since = 2026-10-05\nuntil = 2026-10-06\nstops ="))
    table = law.table("example.answer")
    assert table[date(2026, 10, 5)].due == date(2026, 10, 12)
    assert table[date(2026, 10, 6)].due == date(2026, 10, 12)
    for outside in (date(2026, 10, 4), date(2026, 10, 7)):
        with pytest.raises(Refused, match="has no version for"):
            table[outside]


def test_another_count_that_does_not_roll_ends_on_its_own_day() -> None:
    other = '  [[rule.other]]\n  name = "more"\n  why = "it may"\n  count = { days = 12 }\n'
    law = law_of(RULE.replace("  [[rule.example]]", other + "  [[rule.example]]"))
    assert law.table("example.answer")[date(2026, 10, 5)].latest == date(2026, 10, 17)


def test_a_confirmed_bill_ends_a_version_that_reaches_its_day() -> None:
    bill = (
        '[[bill]]\nid = "sb-1"\ntitle = "SB 1"\nstate = "confirmed"\nwhy = "It may."\n'
        'source = "https://example.org"\nchecked = 2026-11-24\n'
    )
    version = RULE.replace('title = "Example Act"\n', "").replace(
        "stops =", 'bill = "sb-1"\nin_force = "contingent"\nsince = 2026-10-05\nstops ='
    )
    first = RULE.replace("2026-10-05 received", "2026-09-28 received").replace(
        "due = 2026-10-12", "due = 2026-10-05"
    )
    for until, ends in (
        ("2026-10-05", date(2026, 10, 4)),
        ("2026-10-04", date(2026, 10, 4)),
        ("2026-10-01", date(2026, 10, 1)),
    ):
        law = law_of(first.replace("stops =", f"until = {until}\nstops =") + version + bill)
        assert said(law) == []
        assert law.rule("example.answer", date(2026, 10, 1)).until == ends


def test_a_date_that_passed_before_the_request_is_owed_to_nobody() -> None:
    law = law_of(
        RULE.replace('starts = ["received", "sent"]', 'starts = ["incident-known"]').replace(
            "2026-10-05 received", "2026-10-05 incident-known"
        )
    )
    for received, there in (("2026-10-12", True), ("2026-10-13", False)):
        log = f"2026-10-05 incident-known\n{received} received"
        found = deadlines(replace(told(log), law="example"), law, Office())
        assert bool(found) is there


def test_what_extends_a_broken_rule_stops_with_it() -> None:
    more = (
        RULE.replace('title = "Example Act"\n', "")
        .replace('id = "example.answer"', 'id = "example.more"\nextends = "example.answer"')
        .replace("2026-10-05 received", '2026-10-05 received", "2026-10-06 extended')
    )
    law = law_of(RULE.replace("stops =", "stop =") + more)
    assert any("extends example.answer, which cannot be used" in text for text in said(law))
    assert law.rules_of("example") == ()
    request = replace(told("2026-10-05 received"), law="example")
    assert len(missing(request, law)) == 2
    assert missing(replace(request, events=()), law) == ()  # a draft misses no date
    assert missing(replace(request, law="other"), law) == ()


def test_what_extends_a_rule_with_a_failing_example_stops_with_it_and_nothing_else_does() -> None:
    more = (
        RULE.replace('title = "Example Act"\n', "")
        .replace('id = "example.answer"', 'id = "example.more"\nextends = "example.answer"')
        .replace("2026-10-05 received", "2026-10-05 received")
        .replace("due = 2026-10-12", "due = 2026-10-19")
        .replace('"2026-10-05 received"]', '"2026-10-05 received", "2026-10-06 extended"]')
    )
    other = RULE.replace('title = "Example Act"\n', "").replace("example.answer", "example.other")
    texts = RULE.replace("due = 2026-10-12", "due = 2026-10-13") + more + other
    law = law_of(texts)
    request = replace(told("2026-10-05 received\n2026-10-06 extended"), law="example")
    assert [found.rule.id for found in deadlines(request, law, Office())] == ["example.other"]
    assert audit(request, law, Office()) == ()
    right = law_of(RULE + more.replace("due = 2026-10-19", "due = 2026-10-15") + other)
    assert len(audit(request, right, Office())) > 3
    wrong = law_of(RULE + more + other)
    assert [found.rule.id for found in deadlines(request, wrong, Office())] == [
        "example.answer",
        "example.other",
    ]
    assert audit(request, wrong, Office()) == ()
    assert any('example "' in fault.text for fault in missing(request, law))


def test_a_failing_example_is_found_when_the_rule_is_used() -> None:
    law = law_of(RULE.replace("due = 2026-10-12", "due = 2026-10-13"))
    with pytest.raises(BadFile, match="Saturday becomes Monday"):
        law.table("example.answer")
    request = replace(told("2026-10-05 received"), law="example")
    assert deadlines(request, law, Office()) == ()
    (fault,) = missing(request, law)
    assert (fault.path, "Saturday becomes Monday" in fault.text) == ("example.toml", True)
    assert fault.line == 13


def test_a_failing_example_of_a_bills_version_is_found_too() -> None:
    bill = (
        '[[bill]]\nid = "sb-1"\ntitle = "SB 1"\nstate = "contingent"\nwhy = "It may."\n'
        'source = "https://example.org"\nchecked = 2026-11-24\n'
    )
    version = RULE.replace('title = "Example Act"\n', "").replace(
        "stops =", 'bill = "sb-1"\nin_force = "contingent"\nsince = 2026-01-01\nstops ='
    )
    good = law_of(RULE + version + bill)
    assert said(good) == []
    wrong = law_of(RULE + version.replace("due = 2026-10-12", "due = 2026-10-13") + bill)
    assert any("due is 2026-10-12, not 2026-10-13" in text for text in said(wrong))
    empty = law_of(RULE + version.replace('"2026-10-05 received"', '"soon"') + bill)
    assert any("its first line is no event" in text for text in said(empty))


def test_a_file_that_is_no_toml_stops_only_its_law() -> None:
    law = law_of("title = ")
    assert len(law.problems) == 1
    assert law.problems[0].path == "example.toml"
    assert law.rules == ()


def test_a_wrong_list_stops_the_rules_that_need_it() -> None:
    law = law_of(calendars=CALENDARS.replace('weekday = "Sunday"', 'weekday = "Sonntag"'))
    assert any("calendars.toml, line 16" in text for text in said(law))
    assert any("needs the list plain, which cannot be used" in text for text in said(law))
    assert law.rules == ()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (
            '[[calendar.day]]\nname = "Lent"\non = "Lent"\nauthority = "a"\nstatus = "V"\n'
            'source = "s"\nchecked = 2026-11-24\n',
            '"Lent" names no day of the year; write it like "July 4"',
        ),
        (
            '[[calendar.day]]\nname = "Lent"\nauthority = "a"\nstatus = "V"\n'
            'source = "s"\nchecked = 2026-11-24\n',
            "Lent has neither `on` nor `dates`",
        ),
        (
            "[[calendar.kept]]\nholiday = 2026-07-04\non = 2026-07-03\n"
            'status = "P"\nsource = "s"\nchecked = 2026-11-24\n',
            "2026-07-03 is kept for 2026-07-04, on which no holiday of the list falls",
        ),
        (CALENDARS, "there are two lists plain"),
        (CALENDARS.replace('"plain"', '"more"\nwide = ["lunar"]'), "widened by lunar, which is no"),
    ],
)
def test_a_list_that_cannot_be_right_is_named(more: str, words: str) -> None:
    law = law_of(calendars=CALENDARS + more)
    assert any(words in text for text in said(law)), said(law)


def test_days_are_presumed_only_for_a_list_that_says_so() -> None:
    day = (
        '[[calendar.day]]\nname = "Example Day"\non = "July 4"\nauthority = "a"\nstatus = "V"\n'
        'source = "s"\nchecked = 2026-11-24\n'
    )
    friday = date(2026, 7, 3)
    plain = law_of(calendars=CALENDARS + day).calendar("plain", wide=True)
    assert plain.reason(friday) is None
    presumed = CALENDARS.replace("closures =", "presumed = true\nclosures =") + day
    found = law_of(calendars=presumed).calendar("plain", wide=True).reason(friday)
    assert found is not None
    assert found.status == "presumed"


def test_a_list_widened_by_a_broken_one_is_not_used() -> None:
    broken = CALENDARS.replace('"plain"', '"more"').replace("title =", "titel =", 1)
    law = law_of(calendars=CALENDARS.replace("closures =", 'wide = ["more"]\nclosures =') + broken)
    assert "plain" not in law.lists
    assert any("needs the list plain" in text for text in said(law))


def test_a_table_without_an_id_is_named_and_left_out() -> None:
    law = law_of(RULE.replace('id = "example.answer"\n', ""))
    assert 'line 3: the key "id" is missing' in said(law)[0]
    assert law.rules == ()
    law = law_of(calendars=CALENDARS + CALENDARS.replace('id = "plain"\n', ""))
    assert 'the key "id" is missing' in said(law)[0]
    assert list(law.lists) == ["plain"]


def test_a_table_that_is_no_list_is_named() -> None:
    law = law_of('title = "Example Act"\nrule = 3\n')
    assert said(law) == ['example.toml, line 2: "rule" must be a list in square brackets, not 3']
    law = law_of('title = "Example Act"\nrule = [3]\n')
    assert "must be a list of tables" in said(law)[0]


def test_a_wrong_authority_is_left_out_and_named() -> None:
    entry = (
        '[[authority]]\nid = "a"\ncite = "Example Code § 3"\nstatus = "V"\n'
        'source = "https://example.org/3"\nchecked = 2026-11-24\n'
    )
    law = law_of(authorities=entry + entry + entry.replace('"V"', '"sure"').replace('"a"', '"b"'))
    assert list(law.authorities) == ["a"]
    assert any("there are two authorities a" in text for text in said(law))
    assert any("it may be one of: V, P, M" in text for text in said(law))


def test_the_loader_gives_texts_by_name() -> None:
    assert statutes.text("cpra.toml").startswith("# The clocks of the California")
    with pytest.raises(
        NotFound, match=r'ships no "tax\.toml"; there are agencies\.toml, authorities'
    ):
        statutes.text("tax.toml")
    assert statutes.law() is statutes.law()


def test_the_loaders_texts_hold_the_law_and_nothing_else() -> None:
    texts = statutes.Texts()
    assert "exemptions.toml" not in texts
    assert len(texts) == len(list(texts))
    with pytest.raises(KeyError):
        texts["wording.toml"]


# --- as rows and pages ---------------------------------------------------------------------------


def test_the_rows_of_a_law_say_how_long_and_whether_in_force() -> None:
    rows = rule_rows(LAW, "cpra")
    first = rows[0]
    assert (first.rule, first.period, first.until) == (
        "cpra.determination",
        "10 days",
        date(2022, 12, 31),
    )
    assert {row.in_force for row in rows} == {"yes", "contingent"}
    assert len(rule_rows(LAW)) == len(LAW.rules)


def test_a_period_in_words() -> None:
    assert period(LAW.rule("cpra.production", date(2026, 1, 1))) == "the date stated"
    assert period(LAW.rule("cpra.extension", date(2026, 1, 1))) == "14 days more"
    assert period(LAW.rule("posting.agenda", date(2026, 1, 1))) == "3 days before"


def test_the_days_of_a_year_say_what_they_move() -> None:
    closure = Closure(name="closed", dates=(date(2026, 12, 28),), status="V", source="user")
    rows = day_rows(LAW, 2026, "judicial", Office(closures=(closure,)))
    moves = {row.name: row.moves for row in rows}
    assert moves["Columbus Day"] == "latest"
    assert moves["Native American Day"] == "due"
    assert moves["closed"] == "due"


def test_the_check_names_what_is_contingent_unverified_or_old() -> None:
    found = doubts(LAW, date(2026, 11, 24))
    whys = {doubt.why for doubt in found}
    assert whys == {"contingent", "not verified", "read in part or at second hand"}
    later = doubts(LAW, date(2027, 11, 25))
    assert "last read on 2026-11-24, over a year ago" in {doubt.why for doubt in later}
    assert doubts(with_bill("struck"), date(2026, 11, 24))[0].why != "contingent"


def test_the_page_of_a_rule_has_its_grounds_and_its_bill() -> None:
    page = rule_page(LAW, "cpra.extension")
    assert "grounds that are listed: search and collection from field facilities" in page
    assert "grounds that are not: a shortage of staff" in page
    assert "a cyberattack that keeps the agency from its servers or systems, from January 1" in page
    assert "AB 1821 (2026) may give an agency 10 business days" in page
    assert "never printed in a letter" in rule_page(LAW, "foia.expedited")
    assert "stands still from `clarification-asked`" in rule_page(LAW, "foia.determination")
    assert "it does not roll" in rule_page(LAW, "foia.appeal")
