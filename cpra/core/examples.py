"""A rule's examples, tried: each is a short log and the date that must come out of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cpra.core.calendar import Closure, Office
from cpra.core.events import Event, live
from cpra.core.rules import Example, Rule
from cpra.errors import CpraError, Problem

if TYPE_CHECKING:
    from cpra.core.deadline import Deadline
    from cpra.core.law import Law

_LINE = re.compile(r"(\d{4}-\d\d-\d\d(?:T\d\d:\d\d)?) ([a-z-]+)((?: [a-z_]+=\S+)*)")
_DATES = ("until", "estimated")
_LISTS = ("grounds", "exemptions")


def event(line: str, number: int) -> Event | None:
    """An event from a line like `2026-09-25 extended until=2026-10-09`; None if it is not one."""
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    fields: dict[str, Any] = {}
    for pair in found[3].split():
        name, _, value = pair.partition("=")
        if name in _DATES:
            fields[name] = date.fromisoformat(value)
        elif name in _LISTS:
            fields[name] = tuple(value.split(","))
        elif name == "items":
            fields[name] = tuple(int(n) for n in value.split(","))
        else:
            fields[name] = value
    when = datetime.fromisoformat(found[1])
    at = when.time() if "T" in found[1] else None
    return Event(kind=found[2], on=when.date(), at=at, number=number, **fields)


def outcome(example: Example, rule: Rule, law: Law) -> Deadline | None:
    """The deadline of that rule that the example's log gives rise to."""
    from cpra.core.deadlines import deadlines
    from cpra.core.request import Request

    events = [event(line, n) for n, line in enumerate(example.log, start=1)]
    if None in events:
        return None
    request = Request(
        id="2026-0001",
        agency="example",
        law=rule.law,
        subject="",
        tags=(rule.tag,) if rule.tag else (),
        events=live(one for one in events if one is not None),
    )
    closures = (Closure(dates=example.closed, status="V", source="user"),) if example.closed else ()
    found = deadlines(request, law, Office(closures=closures))
    own = [deadline for deadline in found if deadline.rule.id == rule.id]
    return own[-1] if own else None


def failures(rule: Rule, law: Law) -> Iterator[Problem]:
    """The examples of one version that do not come out as they say."""
    for example in rule.examples:
        if text := _failure(example, rule, law):
            yield Problem(rule.path, example.line, f'{rule.id}, example "{example.why}": {text}')


def _failure(example: Example, rule: Rule, law: Law) -> str:
    try:
        if rule.bill:
            return _contingent_failure(example, rule, law)
        found = outcome(example, rule, law)
    except (CpraError, ValueError, TypeError) as error:
        return str(error)
    if found is None:
        return "its log starts no such clock"
    if found.due != example.due:
        return f"due is {found.due}, not {example.due}"
    if example.latest and found.latest != example.latest:
        return f"latest is {found.latest}, not {example.latest}"
    if example.rolled_by is not None and found.rolled_by != example.rolled_by:
        return f"it is rolled by {found.rolled_by!r}, not {example.rolled_by!r}"
    return ""


def _contingent_failure(example: Example, rule: Rule, law: Law) -> str:
    """A version that is not in force is tried by itself, from the first event of its log."""
    from cpra.core.clock import Start

    first = event(example.log[0], 1)
    if first is None:
        return "its first line is no event"
    clock = law.clock(rule, first.on)
    due = date.fromordinal(clock.due(Start(first.on.toordinal(), first.at)))
    return "" if due == example.due else f"due is {due}, not {example.due}"
