"""The holiday lists as the TOML file has them; a list with a problem is left out and named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpra.core.holidays import Holiday, HolidayList, Kept, Weekly, When, when
from cpra.core.law_keys import CALENDARS
from cpra.core.law_source import source_of
from cpra.core.words import WEEKDAYS
from cpra.errors import Problem


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """The lists of holidays."""

    lists: Mapping[str, HolidayList]
    problems: tuple[Problem, ...]
    broken: Mapping[str, Problem]


def calendar_file(text: str, path: str) -> CalendarFile:
    """The holiday lists in a TOML text; a list with a problem is left out and named."""
    source = source_of(text, path, CALENDARS)
    problems = list(source.problems)
    broken: dict[str, Problem] = {}
    lists: dict[str, HolidayList] = {}
    for table, line, problem in source.tables("calendar"):
        if problem is None:
            listed, wrong = _holiday_list(table)
            problem = Problem(path, line, wrong) if wrong else None
            if listed.id in lists:
                problem = Problem(path, line, f"there are two lists {listed.id}")
            if problem is None:
                lists[listed.id] = listed
                continue
            problems.append(problem)
        if isinstance(table.get("id"), str):
            broken.setdefault(table["id"], problem)
    for name, listed in list(lists.items()):
        for other in listed.wide:
            if other not in lists:
                problem = broken.get(other) or Problem(
                    path, 1, f"{name} is widened by {other}, which is no list"
                )
                if other not in broken:
                    problems.append(problem)
                broken[name] = problem
                lists.pop(name, None)
    return CalendarFile(lists, tuple(problems), broken)


def _holiday_list(table: Mapping[str, Any]) -> tuple[HolidayList, str]:
    """A list of holidays, and what is wrong with it."""
    wrong = ""
    days = []
    for entry in table.get("day", ()):
        found: When | None = None
        if "on" in entry and (found := when(entry["on"])) is None:
            wrong = (
                f'"{entry["on"]}" names no day of the year; write it like "July 4", "third Monday'
                ' of January" or "day after fourth Thursday of November"'
            )
        if "on" not in entry and "dates" not in entry:
            wrong = f"{entry['name']} has neither `on` nor `dates`"
        fields = {name: value for name, value in entry.items() if name != "on"}
        fields["dates"] = tuple(entry.get("dates", ()))
        days.append(Holiday(**fields, when=found))
    kept = tuple(Kept(**entry) for entry in table.get("kept", ()))
    known = {
        name: value
        for name, value in table.items()
        if name not in ("day", "kept", "weekly", "wide")
    }
    listed = HolidayList(
        **known,
        wide=tuple(table.get("wide", ())),
        weekly=tuple(
            Weekly(
                weekday=WEEKDAYS.index(entry["weekday"]),
                name=entry["name"],
                authority=entry["authority"],
            )
            for entry in table.get("weekly", ())
        ),
        days=tuple(days),
        kept=kept,
    )
    fall = {
        day for holiday in days for one in kept for day in holiday.falls(one.holiday, one.holiday)
    }
    for one in kept:
        if one.holiday not in fall:
            wrong = f"{one.on} is kept for {one.holiday}, on which no holiday of the list falls"
    return listed, wrong
