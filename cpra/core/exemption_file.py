"""Reading the ledger of exemptions from its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from cpra.core.exemptions import Exemption, Exemptions, Move, Rebuttal
from cpra.core.rules import STATUSES
from cpra.core.schema import Key
from cpra.core.schema import read as read_toml
from cpra.errors import BadFile

_REBUTTAL = {
    "point": Key(str, required=True),
    "authority": Key(str),
    "status": Key(str, choices=STATUSES),
}
_TABLE = {
    "checked": Key(date, required=True),
    "exemption": Key(
        list,
        required=True,
        table={
            "id": Key(str, required=True),
            "names": Key(list, of=str),
            "old": Key(list, of=str, required=True),
            "new": Key(list, of=str, required=True),
            "via": Key(list, of=str),
            "shared": Key(bool),
            "subject": Key(str, required=True),
            "must_show": Key(str),
            "status": Key(str, required=True, choices=STATUSES),
            "source": Key(str),
            "confirm": Key(str),
            "rebuttal": Key(list, table=_REBUTTAL),
            "warning": Key(list, table=_REBUTTAL),
        },
    ),
    "moved": Key(
        list,
        required=True,
        table={
            "old": Key(str, required=True),
            "new": Key(str, required=True),
            "subject": Key(str, required=True),
            "status": Key(str, required=True, choices=STATUSES),
            "source": Key(str),
        },
    ),
}


def read(text: str, path: str) -> Exemptions:
    """The ledger in a TOML text; everything that is wrong with it is said at once."""
    data, problems = read_toml(text, path, _TABLE)
    if problems:
        raise BadFile("\n".join(str(problem) for problem in problems))
    known = tuple(_exemption(one, data["checked"]) for one in data["exemption"])
    moves = tuple(
        Move(one["old"], one["new"], one["subject"], one["status"]) for one in data["moved"]
    )
    return Exemptions(known, (*_own_moves(known), *moves))


def _exemption(data: Mapping[str, Any], checked: date) -> Exemption:
    return Exemption(
        id=data["id"],
        names=tuple(data.get("names", ())),
        old=", ".join(data["old"]),
        new=", ".join(data["new"]),
        via="; ".join(data.get("via", ())),
        subject=data["subject"],
        must_show=data.get("must_show", ""),
        rebuttals=_rebuttals(data.get("rebuttal", ())),
        warnings=_rebuttals(data.get("warning", ())),
        status=data["status"],
        source=data.get("source") or data.get("confirm", ""),
        checked=checked,
        shared=data.get("shared", False),
    )


def _rebuttals(data: Any) -> tuple[Rebuttal, ...]:
    return tuple(
        Rebuttal(one["point"], one.get("authority", ""), one.get("status", "")) for one in data
    )


def _own_moves(known: tuple[Exemption, ...]) -> Iterator[Move]:
    for one in known:
        if one.old:
            yield Move(one.old, one.new, one.subject, one.status)
