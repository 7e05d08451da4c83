"""The law's TOML files as values; what is wrong in one table is named and stops only that table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cpra.core.law_keys import AUTHORITIES, RULES
from cpra.core.law_source import Source, source_of
from cpra.core.rules import (
    Authority,
    Bill,
    Count,
    Example,
    Ground,
    Kind,
    Other,
    Rule,
    Toll,
)
from cpra.errors import Problem


@dataclass(frozen=True, slots=True)
class RuleFile:
    """The clocks of one law."""

    title: str
    rules: tuple[Rule, ...]
    bills: tuple[Bill, ...]
    grounds: tuple[Ground, ...]
    problems: tuple[Problem, ...]
    broken: Mapping[str, Problem]
    """id → why nothing of that id is used"""


@dataclass(frozen=True, slots=True)
class AuthorityFile:
    """What a letter may cite."""

    authorities: Mapping[str, Authority]
    problems: tuple[Problem, ...]


def rule_file(text: str, path: str) -> RuleFile:
    """The clocks in a TOML text; a table with a problem is left out and named."""
    source = source_of(text, path, RULES)
    problems = list(source.problems)
    broken: dict[str, Problem] = {}
    rules: list[Rule] = []
    for number, (table, line, problem) in enumerate(source.tables("rule")):
        if problem is None:
            rule = _rule(table, source, number, line)
            problem = next((Problem(path, line, text) for text in _wrong_rule(rule, table)), None)
            if problem is None:
                rules.append(rule)
                continue
            problems.append(problem)
        if isinstance(table.get("id"), str):
            broken.setdefault(table["id"], problem)
    return RuleFile(
        title=str(source.data.get("title", path)),
        rules=tuple(rules),
        bills=tuple(Bill(**t) for t, _, problem in source.tables("bill") if problem is None),
        grounds=tuple(
            Ground(**{**t, "words": tuple(t["words"])})
            for t, _, problem in source.tables("ground")
            if problem is None
        ),
        problems=tuple(problems),
        broken=broken,
    )


_PLAIN = (
    "id",
    "title",
    "label",
    "authority",
    "status",
    "source",
    "checked",
    "since",
    "until",
    "extends",
    "delays",
    "stated",
    "tag",
    "bill",
    "pending",
    "note",
)
"""keys whose values are the rule's own"""


def _rule(table: Mapping[str, Any], source: Source, number: int, line: int) -> Rule:
    return Rule(
        **{
            "source": "",
            "checked": None,
            "authority": "",
            **{name: table[name] for name in _PLAIN if name in table},
        },
        quote=table.get("quote", False),
        kind=Kind(table.get("kind", "statutory")),
        starts=tuple(table["starts"]),
        stops=tuple(table.get("stops", ())),
        count=_count(table["count"]) if "count" in table else None,
        latest=tuple(table.get("latest", ("receipt", "holidays"))),
        others=tuple(
            Other(
                name=other["name"],
                why=other["why"],
                count=_count(other["count"]),
                after=_count(other["after"]) if "after" in other else None,
                unless=other.get("unless", ""),
                via=other.get("via", ""),
            )
            for other in table.get("other", ())
        ),
        tolls=tuple(Toll(**toll) for toll in table.get("toll", ())),
        examples=tuple(
            Example(
                why=example["why"],
                log=tuple(example["log"]),
                due=example["due"],
                latest=example.get("latest"),
                rolled_by=example.get("rolled_by"),
                closed=tuple(example.get("closed", ())),
                line=source.lines.get(("rule", number, "example", n), line),
            )
            for n, example in enumerate(table.get("example", ()))
        ),
        path=source.path,
        line=line,
    )


def _count(table: Mapping[str, Any]) -> Count:
    unit = next((unit for unit in ("days", "months", "years") if unit in table), "days")
    working = table.get("kind") == "working"
    return Count(
        amount=table.get(unit, 0),
        unit=unit,
        working=working,
        calendar=table.get("by" if working else "roll", ""),
        before=table.get("direction") == "before",
        joined=table.get("leap_day") == "one-with-february-28",
    )


def _wrong_rule(rule: Rule, table: Mapping[str, Any]) -> Iterator[str]:
    """What makes a well-typed rule unusable."""
    sure = rule.status in ("V", "P")
    if not rule.starts:
        yield f"{rule.id} says of no event that it starts the clock"
    if sure and not (rule.authority and rule.source and rule.checked):
        yield f"{rule.id} has status {rule.status} and needs an authority, a source and `checked`"
    if sure and not rule.examples:
        yield f"{rule.id} has status {rule.status} and needs an example"
    if not rule.count and not rule.stated:
        yield f"{rule.id} needs a count, or the field that states its date"
    if rule.extends and not rule.count:
        yield f"{rule.id} extends {rule.extends} and needs a count"
    counts = [table.get("count"), *(o[k] for o in table.get("other", ()) for k in o if k != "name")]
    for count in (one for one in counts if isinstance(one, dict)):
        if sum(unit in count for unit in ("days", "months", "years")) != 1:
            yield f"a count of {rule.id} needs exactly one of days, months and years"
        elif _count(count).amount < 0:
            yield f"a count of {rule.id} is negative; `direction` says which way it runs"
        if count.get("kind") == "working" and ("by" not in count or "days" not in count):
            yield f"a count of {rule.id} in working days needs days, and the list they go `by`"
    if rule.since and rule.until and rule.since > rule.until:
        yield f"{rule.id} ends on {rule.until}, before it begins on {rule.since}"
    if (table.get("in_force") == "contingent") != bool(rule.bill):
        yield f"{rule.id} is contingent and names its bill, or neither"


def authority_file(text: str, path: str) -> AuthorityFile:
    """The authorities in a TOML text; an entry with a problem is left out and named."""
    source = source_of(text, path, AUTHORITIES)
    problems = list(source.problems)
    authorities: dict[str, Authority] = {}
    for table, line, problem in source.tables("authority"):
        if problem is not None:
            continue
        authority = Authority(**{"quote": False, **table})
        if authority.id in authorities:
            problems.append(Problem(path, line, f"there are two authorities {authority.id}"))
            continue
        authorities[authority.id] = authority
    return AuthorityFile(authorities, tuple(problems))
