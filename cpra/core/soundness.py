"""Which rules of a law hold together, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from cpra.core.calendar_file import CalendarFile
from cpra.core.law_files import RuleFile
from cpra.core.rules import Rule
from cpra.errors import Problem


@dataclass(frozen=True, slots=True)
class Sound:
    """The versions of a law that can be used, and what stops the other ones."""

    rules: tuple[Rule, ...]
    broken: Mapping[str, Problem]
    """id → why nothing of that id is used"""


def sound(law: str, file: RuleFile, calendars: CalendarFile) -> Sound:
    """Every rule that can be used, with the fate of each bill applied to its versions."""
    broken = dict(file.broken)
    by_id: dict[str, list[Rule]] = {}
    for rule in as_decided(file):
        by_id.setdefault(rule.id, []).append(rule)
    for rule_id, versions in by_id.items():
        for rule, text in _wrong(law, file, calendars, versions):
            broken.setdefault(rule_id, Problem(rule.path, rule.line, text))
    while fallen := _fallen(by_id, broken):
        for rule in fallen:
            text = f"{rule.id} extends {rule.extends}, which cannot be used"
            broken[rule.id] = Problem(rule.path, rule.line, text)
    usable = (rule for rule_id, rules in by_id.items() if rule_id not in broken for rule in rules)
    return Sound(tuple(usable), broken)


def as_decided(file: RuleFile) -> tuple[Rule, ...]:
    """The versions as each bill's state leaves them.

    A struck bill's versions are gone. A confirmed bill's are in force and end what was before.
    """
    states = {bill.id: bill.state for bill in file.bills}
    kept = [rule for rule in file.rules if states.get(rule.bill) != "struck"]
    confirmed = {
        rule.id: rule.since
        for rule in kept
        if states.get(rule.bill) == "confirmed" and rule.since is not None
    }
    return tuple(_decided(rule, states, confirmed.get(rule.id)) for rule in kept)


def _decided(rule: Rule, states: Mapping[str, str], replaced: date | None) -> Rule:
    if rule.bill and states.get(rule.bill) == "confirmed":
        return replace(rule, bill="")
    if replaced is not None:
        return replace(rule, until=min(rule.until or date.max, replaced - timedelta(days=1)))
    return rule


def _fallen(by_id: Mapping[str, list[Rule]], broken: Mapping[str, Problem]) -> list[Rule]:
    """Rules that extend one that cannot be used."""
    return [
        rule
        for rules in by_id.values()
        for rule in rules
        if rule.extends in broken and rule.id not in broken
    ]


def _wrong(
    law: str, file: RuleFile, calendars: CalendarFile, versions: Sequence[Rule]
) -> Iterator[tuple[Rule, str]]:
    bills = {bill.id for bill in file.bills}
    known = {rule.id for rule in file.rules} | set(file.broken)
    for rule in versions:
        if rule.law != law:
            yield rule, f"{rule.id} stands in {rule.path}; its id must begin with {law}."
        if rule.bill and rule.bill not in bills:
            yield rule, f"{rule.id} depends on {rule.bill}, which is no bill of this file"
        if rule.extends and rule.extends not in known:
            yield rule, f"{rule.id} extends {rule.extends}, which is no rule of this file"
        if rule.delays and rule.delays not in known:
            yield rule, f"{rule.id} delays {rule.delays}, which is no rule of this file"
        counts = [rule.count, *(c for other in rule.others for c in (other.count, other.after))]
        for name in (count.calendar for count in counts if count and count.calendar):
            if problem := calendars.broken.get(name):
                yield rule, f"{rule.id} needs the list {name}, which cannot be used: {problem}"
            elif name not in calendars.lists:
                yield rule, f"{rule.id} needs the list {name}, which there is not"
    in_force = sorted((r for r in versions if not r.bill), key=lambda r: r.since or date.min)
    for earlier, later in pairwise(in_force):
        if (earlier.until or date.max) >= (later.since or date.min):
            yield later, f"two versions of {later.id} are in force at once: their dates overlap"
