"""Which keys the law's TOML files may have, table by table."""

from __future__ import annotations

from datetime import date

from cpra.core.rules import STATUSES, Kind
from cpra.core.schema import Key, Table
from cpra.core.words import WEEKDAYS

_SOURCED: Table = {
    "status": Key(str, required=True, choices=STATUSES),
    "source": Key(str, required=True),
    "checked": Key(date, required=True),
}
_COUNT: Table = {
    "days": Key(int),
    "months": Key(int),
    "years": Key(int),
    "kind": Key(str, choices=("calendar", "working")),
    "roll": Key(str),
    "by": Key(str),
    "direction": Key(str, choices=("after", "before")),
    "leap_day": Key(str, choices=("own", "one-with-february-28")),
}
_RULE: Table = {
    "id": Key(str, required=True),
    "title": Key(str, required=True),
    "label": Key(str),
    "authority": Key(str),
    "status": Key(str, required=True, choices=STATUSES),
    "quote": Key(bool),
    "source": Key(str),
    "checked": Key(date),
    "kind": Key(str, choices=tuple(Kind)),
    "since": Key(date),
    "until": Key(date),
    "in_force": Key(str, choices=("yes", "contingent")),
    "bill": Key(str),
    "pending": Key(str),
    "starts": Key(list, required=True, of=str),
    "stops": Key(list, of=str),
    "count": Key(dict, table=_COUNT),
    "extends": Key(str),
    "delays": Key(str),
    "stated": Key(str, choices=("until", "estimated")),
    "tag": Key(str),
    "latest": Key(list, of=str),
    "note": Key(str),
    "other": Key(
        list,
        table={
            "name": Key(str, required=True),
            "why": Key(str, required=True),
            "count": Key(dict, required=True, table=_COUNT),
            "after": Key(dict, table=_COUNT),
            "unless": Key(str),
            "via": Key(str),
        },
    ),
    "toll": Key(
        list,
        table={
            "asked": Key(str, required=True),
            "answered": Key(str, required=True),
            "once": Key(bool),
            "letter": Key(str),
            "authority": Key(str, required=True),
        },
    ),
    "example": Key(
        list,
        table={
            "why": Key(str, required=True),
            "log": Key(list, required=True, of=str),
            "due": Key(date, required=True),
            "latest": Key(date),
            "rolled_by": Key(str),
            "closed": Key(list, of=date),
        },
    ),
}
RULES: Table = {
    "title": Key(str, required=True),
    "rule": Key(list, table=_RULE),
    "bill": Key(
        list,
        table={
            "id": Key(str, required=True),
            "title": Key(str, required=True),
            "state": Key(str, required=True, choices=("contingent", "confirmed", "struck")),
            "why": Key(str, required=True),
            "source": Key(str, required=True),
            "checked": Key(date, required=True),
        },
    ),
    "ground": Key(
        list,
        table={
            "id": Key(str, required=True),
            "rule": Key(str, required=True),
            "title": Key(str, required=True),
            "listed": Key(bool, required=True),
            "authority": Key(str, required=True),
            **_SOURCED,
            "words": Key(list, required=True, of=str),
            "since": Key(date),
            "ends": Key(str),
            "note": Key(str),
        },
    ),
}
CALENDARS: Table = {
    "calendar": Key(
        list,
        required=True,
        table={
            "id": Key(str, required=True),
            "title": Key(str, required=True),
            "one": Key(str, required=True),
            "authority": Key(str, required=True),
            **_SOURCED,
            "first_day": Key(str),
            "closures": Key(str),
            "alternative": Key(str),
            "observed": Key(bool),
            "presumed": Key(bool),
            "known_until": Key(date),
            "wide": Key(list, of=str),
            "weekly": Key(
                list,
                table={
                    "weekday": Key(str, required=True, choices=tuple(WEEKDAYS)),
                    "name": Key(str, required=True),
                    "authority": Key(str, required=True),
                },
            ),
            "day": Key(
                list,
                table={
                    "name": Key(str, required=True),
                    "formerly": Key(str),
                    "on": Key(str),
                    "dates": Key(list, of=date),
                    "since": Key(date),
                    "until": Key(date),
                    "authority": Key(str, required=True),
                    **_SOURCED,
                    "note": Key(str),
                },
            ),
            "kept": Key(
                list,
                table={
                    "holiday": Key(date, required=True),
                    "on": Key(date, required=True),
                    **_SOURCED,
                },
            ),
        },
    ),
}
AUTHORITIES: Table = {
    "authority": Key(
        list,
        required=True,
        table={
            "id": Key(str, required=True),
            "cite": Key(str, required=True),
            "says": Key(str),
            **_SOURCED,
            "quote": Key(bool),
        },
    ),
}
