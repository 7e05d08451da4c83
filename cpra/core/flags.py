"""What is true of a request on a day: a date is due, late, broken; a fee or a question is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from cpra.core.deadline import Deadline
from cpra.core.request import Request
from cpra.core.rules import Kind


class Flag(StrEnum):
    """What is true of a request today; never stored, never a status."""

    DUE = "due"
    LATE = "late"
    BROKEN = "promise broken"
    FEE = "fee open"
    CLARIFICATION = "clarification asked"


def is_late(deadline: Deadline, today: date) -> bool:
    """True once the agency has let even the latest date pass, and that date is sure."""
    return (
        deadline.is_open
        and deadline.kind is Kind.STATUTORY
        and not deadline.estimate
        and today > deadline.latest
    )


def is_due(deadline: Deadline, today: date) -> bool:
    """True once the plain date has passed while some reading, or a doubt, allows a later one."""
    return (
        deadline.is_open
        and deadline.kind is Kind.STATUTORY
        and today > deadline.due
        and not is_late(deadline, today)
    )


def is_broken(deadline: Deadline, today: date) -> bool:
    """True once a date that the agency gave itself has passed without what it promised."""
    return deadline.is_open and deadline.kind is Kind.PROMISED and today > deadline.due


def flags(request: Request, found: Sequence[Deadline], today: date) -> tuple[Flag, ...]:
    """What is true of the request on that day, in the order of `Flag`."""
    asked = request.last("clarification-asked", "clarification-answered")
    fee = request.last("fee-quoted", "fee-paid")
    true = {
        Flag.DUE: any(is_due(deadline, today) for deadline in found),
        Flag.LATE: any(is_late(deadline, today) for deadline in found),
        Flag.BROKEN: any(is_broken(deadline, today) for deadline in found),
        Flag.FEE: fee is not None and fee.kind == "fee-quoted",
        Flag.CLARIFICATION: asked is not None and asked.kind == "clarification-asked",
    }
    return tuple(flag for flag in Flag if true[flag])
