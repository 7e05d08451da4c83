"""The reasons an agency gives for an extension, matched to those that the statute lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cpra.core.events import Event
from cpra.core.rules import Ground


def ground_of(text: str, grounds: Sequence[Ground]) -> Ground | None:
    """The ground that a text names: by its id, its paragraph, or words of it; None if none fits.

    Where a text has the words of a listed ground and of an unlisted one, the listed one is meant.
    """
    words = text.casefold().strip()
    if not words:
        return None
    for ground in grounds:
        section = ground.authority.casefold().rpartition(" ")[2]
        if words == ground.id or (ground.listed and _cites(words, section)):
            return ground
    matching = [ground for ground in grounds if any(word in words for word in ground.words)]
    return next((g for g in matching if g.listed), matching[0] if matching else None)


def _cites(words: str, section: str) -> bool:
    """True for `7922.535(c)(2)`, `(c)(2)` and whatever ends on the whole section."""
    return words.endswith(section) or (words.startswith("(") and section.endswith(words))


def named(event: Event) -> tuple[str, ...]:
    """What an extension notice gives as its reasons: the grounds in the log, else its own words."""
    return event.grounds or ((event.reasons,) if event.reasons.strip() else ())


def available(ground: Ground, received: date) -> bool:
    """True when the statute had that ground for a request received on that day."""
    return ground.listed and (ground.since is None or ground.since <= received)
