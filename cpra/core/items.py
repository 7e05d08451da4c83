"""The numbered things a request asks for; each can have an outcome of its own."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One numbered, describable record that the letter asks for."""

    n: int
    text: str
