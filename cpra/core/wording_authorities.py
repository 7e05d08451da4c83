"""What a letter cites, against the law data: repealed, mismatched, unverified, unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from cpra.core.draft import Draft
from cpra.core.wording_rules import Finding, Rule


def repealed(rule: Rule, draft: Draft) -> Iterator[Finding]:
    """What is cited by its number of before 2023, with the present one where it is verified."""
    for passage, one in draft.cited:
        if one.is_repealed and not one.former:
            move = draft.rules.exemptions.moved(one)
            now = move.printed if move else ""
            finding = rule.finding(draft.where(passage, one.start), one.words, new=now)
            # without a verified present section there are no words to offer
            yield finding if now else replace(finding, suggestion="")


def crosswalk(rule: Rule, draft: Draft) -> Iterator[Finding]:
    """A present section with the wrong former one beside it, where the right pair is verified."""
    for (passage, new), (there, old) in pairwise(draft.cited):
        if passage is not there or not (new.is_of_the_act and old.is_repealed and old.former):
            continue
        move = draft.rules.exemptions.moved(old)
        if old.start - new.end > 40 or move is None or move.status != "V":
            continue
        if not move.reaches(new):
            place = draft.where(passage, new.start)
            yield rule.finding(place, f"{new.words} ({old.words})", new=move.printed)


def with_status(status: str) -> Callable[[Rule, Draft], Iterator[Finding]]:
    """A rule about what is cited with this status in the law data."""

    def look(rule: Rule, draft: Draft) -> Iterator[Finding]:
        for passage, one in draft.cited:
            if one.is_repealed or (status == "P" and one.see):
                continue
            if draft.vouched.status(one) == status:
                yield rule.finding(draft.where(passage, one.start), one.words)

    return look


def unknown(in_the_act: bool) -> Callable[[Rule, Draft], Iterator[Finding]]:
    """A rule about what is cited and not in the law data at all."""

    def look(rule: Rule, draft: Draft) -> Iterator[Finding]:
        for passage, one in draft.cited:
            if one.is_repealed or one.is_of_the_act is not in_the_act:
                continue
            if draft.vouched.speaks_of(one) and not draft.vouched.status(one):
                yield rule.finding(draft.where(passage, one.start), one.words)

    return look
