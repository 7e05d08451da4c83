"""The law as the data has it: which version of a rule governs a day, and what it rests on.

Files are read when something of theirs is first asked for, and a rule's examples are tried the
first time the rule is used. A rule with a problem stops itself and what extends it, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cached_property

from cpra.core.calendar import Calendar, Closure, Office, calendar, widened
from cpra.core.calendar_file import CalendarFile, calendar_file
from cpra.core.clock import Clock
from cpra.core.holidays import HolidayList
from cpra.core.law_files import (
    AuthorityFile,
    RuleFile,
    authority_file,
    rule_file,
)
from cpra.core.rules import Authority, Bill, Count, Ground, Rule
from cpra.core.schema import nearest
from cpra.core.soundness import Sound, sound
from cpra.core.table import Table
from cpra.errors import BadFile, NotFound, Problem, Refused

CALENDARS = "calendars.toml"
AUTHORITIES = "authorities.toml"
_NO_OFFICE = Office()


class Law:
    """Every clock, holiday list and authority; ask it for the version that governs a day."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """`texts` maps a file name to TOML text; all files but the two above hold a law."""
        self._texts = texts
        self._files: dict[str, RuleFile] = {}
        self._calendars: dict[tuple[str, tuple[Closure, ...], bool], Calendar] = {}
        self._clocks: dict[tuple[str, int, int | None, Office], Clock] = {}
        self._tables: dict[tuple[str, Office], Table] = {}
        self._sounds: dict[str, Sound] = {}
        self._tried: dict[str, tuple[Problem, ...]] = {}

    # --- what there is -------------------------------------------------------------------------

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws by their short ids: `cpra`, `foia`, …"""
        names = (
            n for n in self._texts if n.endswith(".toml") and n not in (CALENDARS, AUTHORITIES)
        )
        return tuple(sorted(name.removesuffix(".toml") for name in names))

    def title(self, law: str) -> str:
        """The name of a law: `California Public Records Act`."""
        return self._file(law).title

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every version of every rule that can be used, by law and in the order of the files."""
        return tuple(rule for law in self.laws for rule in self.rules_of(law))

    def rules_of(self, law: str) -> tuple[Rule, ...]:
        """Every usable version of every rule of a law; none for a law that is not in the data."""
        return self._sound(law).rules if law in self.laws else ()

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Every version of a rule, oldest first, those that depend on a bill last."""
        law = rule_id.rpartition(".")[0]
        found = [rule for rule in self.rules_of(law) if rule.id == rule_id]
        if not found:
            raise self._absent(rule_id)
        if failing := self.failing(rule_id):
            raise BadFile(f"{rule_id} cannot be used: {failing[0]}")
        return tuple(sorted(found, key=lambda rule: (bool(rule.bill), rule.since or date.min)))

    def works(self, rule: Rule) -> bool:
        """True for a rule whose examples, and those of the one it extends, come out as they say."""
        return not self.failing(rule.id) and not (rule.extends and self.failing(rule.extends))

    def rule(self, rule_id: str, on: date) -> Rule:
        """The version in force for what was received (or happened) on that day."""
        versions = [rule for rule in self.versions(rule_id) if not rule.bill]
        for rule in versions:
            if rule.governs(on):
                return rule
        windows = "; ".join(_window(rule) for rule in versions)
        raise Refused(f"{rule_id} has no version for {on}: {windows}")

    @cached_property
    def bills(self) -> Mapping[str, Bill]:
        """Every bill in the data by its id, whatever became of it."""
        return {bill.id: bill for law in self.laws for bill in self._file(law).bills}

    def grounds(self, rule_id: str) -> tuple[Ground, ...]:
        """The grounds on which an extension may rest, and those that agencies give besides."""
        law = rule_id.rpartition(".")[0]
        if law not in self.laws:
            return ()
        return tuple(ground for ground in self._file(law).grounds if ground.rule == rule_id)

    @property
    def authorities(self) -> Mapping[str, Authority]:
        """Every section, rule and case that a letter could cite, by its id."""
        return self._authority_file.authorities

    def authority(self, authority_id: str) -> Authority:
        """A section, rule or case by its id; the nearest are named when there is none."""
        found = self.authorities.get(authority_id)
        if found is None:
            near = nearest(authority_id, tuple(self.authorities))
            hint = f"; the nearest are {', '.join(near)}" if near else ""
            raise NotFound(f'the law data has no authority "{authority_id}"{hint}')
        return found

    @property
    def lists(self) -> Mapping[str, HolidayList]:
        """The lists of holidays by id."""
        return self._calendar_file.lists

    def broken(self, law: str) -> tuple[Problem, ...]:
        """What keeps rules of a law from being used, before any example is tried."""
        if law not in self.laws:
            return ()
        return (*self._file(law).problems, *self._sound(law).broken.values())

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong in the data; all of it is read and every example tried."""
        found = [*self._calendar_file.problems, *self._authority_file.problems]
        for law in self.laws:
            found += self.broken(law)
            for rule_id in dict.fromkeys(rule.id for rule in self.rules_of(law)):
                found += self.failing(rule_id)
        return tuple(sorted(set(found)))

    # --- what is computed with it --------------------------------------------------------------

    def calendar(
        self, list_id: str, office: Office = _NO_OFFICE, *, wide: bool = False
    ) -> Calendar:
        """The closed days of a list for an office; `wide` adds what could be urged besides."""
        key = (list_id, office.closures, wide)
        if key not in self._calendars:
            listed = self.lists.get(list_id)
            if listed is None:
                raise NotFound(
                    f'there is no list of holidays "{list_id}"; there are {", ".join(self.lists)}'
                )
            if wide:
                weaker = tuple(self.lists[other] for other in listed.wide)
                made = widened(self.calendar(list_id, office), weaker, office)
            else:
                made = calendar(listed, office)
            self._calendars[key] = made
        return self._calendars[key]

    def clock(self, rule: Rule, start: date, office: Office = _NO_OFFICE) -> Clock:
        """A version's clock for an office, for a period that starts on that day."""
        contingent = self._contingent(rule, start)
        key = (rule.path, rule.line, contingent.line if contingent else None, office)
        if key not in self._clocks:
            self._clocks[key] = self._clock(rule, start, office, contingent)
        return self._clocks[key]

    def table(self, rule_id: str, office: Office = _NO_OFFICE) -> Table:
        """The dates of a rule by day of receipt, computed when first looked up and then kept."""
        key = (rule_id, office)
        if key not in self._tables:
            versions = self.versions(rule_id)
            for extended in sorted({rule.extends for rule in versions if rule.extends}):
                versions += self.versions(extended)
            self._tables[key] = Table(
                lambda day: self.clock(self.rule(rule_id, day), day, office),
                {day for rule in versions for day in _changes(rule)},
            )
        return self._tables[key]

    def _clock(self, rule: Rule, start: date, office: Office, contingent: Rule | None) -> Clock:
        """Built upon the version of the extended rule that governs the same day."""
        if rule.count is None:
            raise Refused(f"{rule.id} is the date that the agency states; it is not computed")
        base = None
        if rule.extends:
            version = self.rule(rule.extends, start)
            other = self._contingent(version, start)
            if rule.bill:
                version, other = self._of_bill(version, rule.bill) or version, None
            base = self._clock(version, start, office, other)
        coming = None if rule.bill or contingent else self._coming(rule)
        return Clock(
            rule=rule,
            count=rule.count,
            narrow=self._for(rule.count, office, wide=False),
            wide=self._for(rule.count, office, wide=True),
            office=office,
            base=base,
            contingent=self._clock(contingent, start, office, None) if contingent else None,
            bill=self.bills[rule.bill] if rule.bill else None,
            coming=self._clock(coming, start, office, None) if coming else None,
        )

    def _for(self, count: Count, office: Office, *, wide: bool) -> Calendar | None:
        return self.calendar(count.calendar, office, wide=wide) if count.calendar else None

    def _contingent(self, rule: Rule, start: date) -> Rule | None:
        """The version that a bill would put in the place of this one, for that day."""
        if rule.bill:
            return None
        return next((v for v in self._of_bills(rule) if v.governs(start)), None)

    def _coming(self, rule: Rule) -> Rule | None:
        """The version for the days after those of this clock, in force or by a bill."""
        if rule.until is None:
            return next(iter(self._of_bills(rule)), None)
        versions = (v for v in self.rules_of(rule.law) if v.id == rule.id and not v.bill)
        return next((v for v in versions if v.governs(rule.until + timedelta(days=1))), None)

    def _of_bill(self, rule: Rule, bill: str) -> Rule | None:
        """A rule's version that depends on that bill."""
        return next((v for v in self._of_bills(rule) if v.bill == bill), None)

    def _of_bills(self, rule: Rule) -> tuple[Rule, ...]:
        """The versions of a rule that depend on a bill."""
        return tuple(v for v in self.rules_of(rule.law) if v.id == rule.id and v.bill)

    # --- how it is read ------------------------------------------------------------------------

    def _file(self, law: str) -> RuleFile:
        if law not in self._files:
            path = f"{law}.toml"
            self._files[law] = rule_file(self._texts[path], path)
        return self._files[law]

    def _sound(self, law: str) -> Sound:
        if law not in self._sounds:
            self._sounds[law] = sound(law, self._file(law), self._calendar_file)
        return self._sounds[law]

    @cached_property
    def _calendar_file(self) -> CalendarFile:
        return calendar_file(self._texts.get(CALENDARS, ""), CALENDARS)

    @cached_property
    def _authority_file(self) -> AuthorityFile:
        return authority_file(self._texts.get(AUTHORITIES, ""), AUTHORITIES)

    def failing(self, rule_id: str) -> tuple[Problem, ...]:
        """The examples of a rule that do not come out; each is tried once."""
        if rule_id not in self._tried:
            from cpra.core.examples import failures

            self._tried[rule_id] = ()  # while they are tried, the rule is asked for
            law = rule_id.rpartition(".")[0]
            rules = [rule for rule in self._sound(law).rules if rule.id == rule_id]
            self._tried[rule_id] = tuple(p for rule in rules for p in failures(rule, self))
        return self._tried[rule_id]

    def _absent(self, rule_id: str) -> BadFile | NotFound:
        """Why there is no such rule."""
        law = rule_id.rpartition(".")[0]
        if law in self.laws and rule_id in self._sound(law).broken:
            return BadFile(f"{rule_id} cannot be used: {self._sound(law).broken[rule_id]}")
        known = tuple(dict.fromkeys(rule.id for name in self.laws for rule in self.rules_of(name)))
        near = nearest(rule_id, known)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; `cpra law list` has them all"
        return NotFound(f'there is no rule "{rule_id}"{hint}')


def _changes(rule: Rule) -> Iterator[date]:
    """The days from which a version is, or is no longer, in force."""
    if rule.since is not None:
        yield rule.since
    if rule.until is not None:
        yield rule.until + timedelta(days=1)


def _window(rule: Rule) -> str:
    return f"{rule.authority} is in force from {rule.since or '…'} to {rule.until or '…'}"


def read(texts: Mapping[str, str]) -> Law:
    """The law in these texts (file name → TOML); what is wrong in them is in `problems`."""
    return Law(texts)
