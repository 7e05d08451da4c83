"""The manual's page on the law, made from the data (docs/law.md), and a rule as a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from cpra.core.calendar import LAST, LAST_START
from cpra.core.law import Law
from cpra.core.rules import Count, Kind, Rule
from cpra.core.words import date_words
from cpra.reports.law_rows import period

_KIND = {
    Kind.STATUTORY: "the agency's duty",
    Kind.PROMISED: "the agency's own date",
    Kind.OWN: "your own date",
    Kind.WATCH: "a date to watch, never called late",
    Kind.STEP: "a step inside another date, never listed or called late",
}


def rule_page(law: Law, rule_id: str) -> str:
    """Every version of one rule, in full, as Markdown."""
    versions = law.versions(rule_id)
    return "\n\n".join("\n".join(_version(law, rule)) for rule in versions)


def _version(law: Law, rule: Rule) -> Iterator[str]:
    yield f"**{rule.title[:1].upper()}{rule.title[1:]}** (`{rule.id}`)"
    yield f"- {rule.cite}{_window(rule)}; status {rule.status}{_read(rule)}"
    yield f"- {_KIND[rule.kind]}: {_how_long(rule)}"
    yield f"- starts with: {_events(rule.starts)}"
    if rule.stops:
        yield f"- ends with: {_events(rule.stops)}"
    if rule.tag:
        yield f"- only for requests with the tag `{rule.tag}` (`cpra new … --tag {rule.tag}`)"
    for toll in rule.tolls:
        once = ", once" if toll.once else ""
        letter = f", or the letter `{toll.letter}`" if toll.letter else ""
        yield f"- stands still from `{toll.asked}` to `{toll.answered}`{letter}{once}"
    for other in rule.others:
        yield f"- moves only `latest`: {other.why}"
    grounds = law.grounds(rule.id) if not rule.bill else ()
    for listed, words in ((True, "grounds that are listed"), (False, "grounds that are not")):
        titles = [g.title + _from(g.since) for g in grounds if g.listed is listed]
        if titles:
            yield f"- {words}: {'; '.join(titles)}"
    if rule.bill:
        yield f"- {law.bills[rule.bill].why}"
    if rule.note:
        yield f"- {rule.note}"
    if rule.source:
        yield f"- source: {rule.source}"


def _window(rule: Rule) -> str:
    if rule.since and rule.until:
        return f", from {date_words(rule.since)} to {date_words(rule.until)}"
    if rule.since:
        return _from(rule.since)
    return f", until {date_words(rule.until)}" if rule.until else ""


def _from(since: date | None) -> str:
    return f", from {date_words(since)}" if since else ""


def _read(rule: Rule) -> str:
    if rule.status == "M":
        return ", not verified, never printed in a letter"
    return f", last read on {rule.checked}" if rule.checked else ""


def _how_long(rule: Rule) -> str:
    if rule.count is None:
        return "the date that the agency states"
    words = period(rule) + _rolls(rule.count)
    if rule.extends:
        words += f", after `{rule.extends}`"
    return words + (
        ", or the date that the notice states, if that is earlier" if rule.stated else ""
    )


def _rolls(count: Count) -> str:
    if count.before:
        return "; such a day does not roll"
    if count.working:
        return f" by the list `{count.calendar}`"
    return f", rolled by the list `{count.calendar}`" if count.calendar else "; it does not roll"


def _events(kinds: Sequence[str]) -> str:
    return " or ".join(f"`{kind}`" for kind in kinds)


def manual(law: Law) -> str:
    """The manual's page on the law, made from the data (docs/law.md)."""
    parts = [_INTRODUCTION.format(last=LAST_START.year, tables=LAST.year)]
    for name in law.laws:
        parts.append(f"## {law.title(name)}")
        seen = dict.fromkeys(rule.id for rule in law.rules_of(name))
        for rule_id in seen:
            parts.append(rule_page(law, rule_id))
    parts.append("\n".join(_lists(law)))
    parts.append(_SILENT)
    return "\n\n".join(parts) + "\n"


def _lists(law: Law) -> Iterator[str]:
    yield "## The lists of closed days"
    for listed in law.lists.values():
        yield ""
        title = listed.title[:1].upper() + listed.title[1:]
        yield f"**{title}** (`{listed.id}`), {listed.authority}"
        if listed.known_until:
            yield ""
            yield f"Read for days until {date_words(listed.known_until)}; later ones have status P."
        yield ""
        for weekly in listed.weekly:
            yield f"- every {weekly.name} ({weekly.authority})"
        for day in listed.days:
            when = "listed dates" if day.dates else "every year"
            years = f", {day.dates[0].year} to {day.dates[-1].year}" if day.dates else ""
            since = _from(day.since) + (f", until {date_words(day.until)}" if day.until else "")
            note = f": {day.note}" if day.note else ""
            yield f"- {day.name} ({when}{years}{since}; status {day.status}){note}"
        for kept in listed.kept:
            yield f"- {kept.on} kept instead of {kept.holiday} (status {kept.status})"


_INTRODUCTION = """\
# The law that cpra computes with

This page is made from the law data (`cpra/statutes/`); `cpra law page` prints it, and a test
keeps it current. It is not legal advice. The official text controls.

**Status.** V: the text, or a faithful statement of it, was read at the source named (a sentence
below says where the words of a section were not read in full). P: read in part, or at second hand;
a letter prints it only after the word "see". M: not verified, and never printed in a letter.

## Two dates: `due` and `latest`

`due` is the statute read plainly: the day of the event is left out, days are counted as the law
counts them, and a last day on a Saturday, a Sunday or a holiday of the list moves to the next
day that is none. Published days kept instead of a weekend holiday count, and so does a day on
which the agency's office is closed as a whole, if a source that was read says so or you do.

`latest` is the last date that any respectable reading allows. It allows for

1. receipt on a closed day, or after the agency's hours (17:00 where it has not said), counted
   as the next open day, if the log has the hour; an agency whose receipt policy is
   `as-received` gets no such day;
2. holidays of weaker standing (the list `section-6700` below), each for the years in which
   that list has them;
3. days that may be kept instead of a holiday on a weekend where no published day is known: the
   Friday before a Saturday, the Monday after a Sunday;
4. closures of the agency that are not verified;
5. a law that is not confirmed, for the dates it would govern, also where it is open whether it
   governs what is pending on its first day; and the law that is in force on the later day as
   which a receipt may be counted;
6. for an extension: the days of the extension counted from the tenth day, from the day to which
   it rolled, and from the latest day of the first period, all by the widest list;
7. where a question of the agency stops a clock: the day of the question itself.

These combine: a receipt on a Saturday is deemed the Monday, and the tenth day after it rolls
over the widest list. The program says *due* after `due` and *late* only after `latest` has
passed. A letter sent by post or fax with no `received` event has no known day of receipt: its
dates are estimates, never late.

The end of a delay that the law allows for an investigation is a *date to watch*. It rests on
conditions that the log does not show (an active investigation, a showing in writing, charges), so
it is never called late, and it is left out where the records are not due before it. What the
agency owes in any case, such as officers' records 45 days after the request, can be late. Write an
agency's written basis for a delay down as `promised`, with the date that it estimates.

Some clocks run only for requests with a certain tag. Two templates set theirs; for others say
`cpra new TEMPLATE --tag TAG`, or write it into `tags` in the request's `request.toml`.

- `officer-records` (Pen. Code § 832.7), set by `misconduct-records`: from receipt, and from
  `incident-occurred`, `misconduct-discovered` or `incident-known`, and `promised`
- `critical-incident` (Gov. Code § 7923.625), set by `critical-incident-recording`: from
  `incident-known` and `promised`
- `custody-death` (Pen. Code § 832.10), set by you: from receipt, and from `incident-occurred` or
  `incident-known`, and `promised`
- `expedited` (a federal request to go first), set by you: from receipt
- `privacy-act` (review of a refusal, 5 U.S.C. § 552a), set by you: from `appeal-filed`

For a death in custody, then: `cpra new general --tag custody-death …`, and
`cpra record ID incident-occurred --on DATE` when the day is known.

Dates are counted from {last} at the latest and 2015 at the earliest; the tables end with
{tables}. Rules below name the event of the log that starts them; `cpra compute RULE --from
DATE` takes the day of that event."""

_SILENT = """\
## Where the law is silent

- **Receipt after hours, on a weekend or a holiday.** The Act says nothing. `due` counts from
  the actual day.
- **Fourteen days from when?** No authority says whether the extension runs from the tenth day
  or from the day to which that rolled. `due` takes the tenth day; the others are in `latest`.
- **A request pending on January 1, 2027.** If AB 1821 is law, which version governs such a
  request is open. `due` takes the law of the day of receipt. `latest` allows for the bill where
  the period, by its own latest reading, had not ended before that day, and where the agency may
  deem a letter of December received in 2027.
- **Days kept instead of a weekend's holiday.** The published ones are those of one superior
  court, at second hand (status P). They move `due`, as section 135 provides for such days.
- **Only one extension.** An inference from the text, not a holding.
- **Clarification.** The Act has no provision that stops its clock while an agency asks a
  question; the federal act has, once. The question is logged and flagged.
- **Promptly.** Between the determination and its notice, and between the determination and the
  records, the Act says "promptly" and no number. The agency's own estimated date is followed
  instead.
- **Missing the date.** The Act has no penalty and no deemed denial (the Information Practices
  Act has one). The remedy is a petition to the superior court. A suit before the date has
  passed by every reading is dangerous.
- **Limitation of suits.** Which period applies is open; none is computed.
- **A year.** 365 days, of which February 28 and 29 are one (Gov. Code §§ 6803-6806): the same
  date a year later, February 28 after a February 29, and February 29 where it would be the 28th
  of a leap year. That a month without such a day ends on its last day is not verified.
- **A federal appeal.** The statute's words on it were not read. The 90 days are those of one
  agency's rule, which says "at least": go by the letter of denial.
- **Days of the moon.** Lunar New Year, Diwali and the Eids are computed dates where no source
  gave them (status M). No Diwali is known after 2035. They move only `latest`.
- **Working day, business day.** Neither AB 1821's "business day" nor the Legislative Open
  Records Act's "working day" is defined in what was read; a day that is no Saturday, Sunday or
  judicial holiday is taken, and `latest` takes the wider list."""
