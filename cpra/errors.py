"""The few kinds of failure; each is one sentence to the requester with an exit code."""

from __future__ import annotations

from dataclasses import dataclass


class CpraError(Exception):
    """Something the requester should know and can act on; the message says what to do next."""

    exit_code = 1


class WrongUsage(CpraError):
    """The command was given something it cannot mean."""

    exit_code = 2


class NotFound(CpraError):
    """No workspace, request, agency, template, rule or file of that name."""

    exit_code = 3


class Refused(CpraError):
    """The request is not in a state that allows this, or the law does not."""

    exit_code = 4


class BadFile(CpraError):
    """A file is damaged, unreadable or not what it should be; names the file and line."""

    exit_code = 5


class DeliveryFailed(CpraError):
    """The message did not leave, or nobody knows whether it did."""

    exit_code = 6


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong on disk, while the rest goes on."""

    path: str
    line: int | None
    text: str

    def __str__(self) -> str:
        """`path, line N: what is wrong`, as the requester reads it."""
        where = self.path if self.line is None else f"{self.path}, line {self.line}"
        return f"{where}: {self.text}"
