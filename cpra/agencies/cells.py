"""What one cell of a list of agencies says, or why it says nothing that can be used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, time

from cpra.agencies import KINDS, closures
from cpra.core.calendar import Closure
from cpra.errors import WrongUsage

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "agency", "agency name", "authority", "public body", "body", "organization"),
    "kind": ("kind", "agency kind", "type", "agency type", "level", "jurisdiction level"),
    "place": ("jurisdiction", "place"),
    "aliases": ("aliases", "alias", "short name", "abbreviation", "acronym", "also known as"),
    "email": ("email", "e mail", "email address", "records email", "foia email", "pra email"),
    "portal": ("portal", "portal url", "request portal", "records portal"),
    "address": ("address", "postal address", "mailing address"),
    "suite": ("address suite", "suite"),
    "street": ("address street", "street"),
    "city": ("address city",),
    "state": ("address state",),
    "zip": ("address zip", "zip", "zip code", "postal code"),
    "fax": ("fax", "fax number"),
    "source": ("source", "source url"),
    "checked": ("checked", "date checked", "checked on"),
    "closed": ("closed", "closures", "closed days"),
    "receipt": ("receipt", "receipt policy"),
    "cutoff": ("cutoff", "cut off"),
}
"""What we keep → the headers under which others have it; capitals and punctuation do not matter."""

LONGEST = 500
"""Characters in a cell; a longer one is a sign that a quotation mark is missing."""

_KIND_WORDS: Mapping[str, str] = {
    "municipal": "city",
    "town": "city",
    "local": "city",
    "l": "city",
    "s": "state",
    "f": "federal",
    "us": "federal",
    "judicial": "court",
    "courts": "court",
    "legislative": "legislature",
}
_FEDERAL = frozenset({"united states of america", "united states", "usa", "us", "federal"})
_HOME = frozenset({"california", "ca"})
_COURT = re.compile(r"\b(?:superior court|courts? of appeal|supreme court|judicial council)\b")
_HOUSE = re.compile(r"\b(?:state senate|state assembly|legislature|legislative counsel)\b")
_MAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]{2,}")
_SITE = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_BARE_SITE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", re.IGNORECASE)
_US_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")

Cells = Mapping[str, str]
"""what we keep → what the row says"""


def plain(header: str) -> str:
    """A header without capitals and punctuation: `Portal_URL` is `portal url`."""
    return " ".join(re.findall(r"[a-z0-9]+", header.casefold()))


def cell(text: str, column: str) -> str:
    """A cell without the space around it; refused when it holds what no address has."""
    for sign in text:
        if sign == "\ufffd":
            raise WrongUsage(
                f"the {column} has bytes that are not in the encoding of the rest of the file; "
                "save it as UTF-8"
            )
        if sign not in "\n\r\t" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co"):
            raise WrongUsage(f"the {column} holds the invisible sign U+{ord(sign):04X}")
    if len(text) > LONGEST:
        raise WrongUsage(
            f"the {column} has {len(text):,} characters; a quotation mark may be missing"
        )
    if column == "address":
        lines = (" ".join(line.split()) for line in re.split(r"[\r\n;]+", text))
        return "\n".join(line for line in lines if line)
    return " ".join(text.split())


def check(name: str, mail: str, portal: str, fax: str, *, aliases: Sequence[str] = ()) -> None:
    """Refuse, before it is kept, what no letter could be addressed to."""
    name.encode("utf-8")  # bytes that are no text: the command line has a sentence for them
    for text, column in ((name, "name"), *((alias, "alias") for alias in aliases), (fax, "fax")):
        if cell(text, column) != text.strip():
            raise WrongUsage(f"the {column} has to stand on one line, with single spaces")
    email(cell(mail, "e-mail"))
    site(cell(portal, "portal"))


def kind_of(row: Cells, name: str, default: str) -> tuple[str, bool]:
    """The kind as the row says it, or as its place and name show; true for the latter."""
    said = plain(row.get("kind", ""))
    if said in KINDS:
        return said, False
    if said in _KIND_WORDS:
        return _KIND_WORDS[said], False
    if said:
        raise WrongUsage(f'the kind is "{row["kind"]}"; it may be {", ".join(KINDS)}')
    if place := row.get("place", ""):
        return _kind_there(place, name), True
    if default:
        return default, False
    raise WrongUsage(
        f"it says no kind ({', '.join(KINDS)}), and the kind picks the law; add a column, or give "
        "--kind for all of them"
    )


def _kind_there(place: str, name: str) -> str:
    low, where = name.casefold(), [part.strip().casefold() for part in place.split(",")]
    if where[-1] in _FEDERAL:
        return "federal"
    if where[-1] not in _HOME:
        raise WrongUsage(
            f"it is in {place}; cpra knows the laws of California and of the federation"
        )
    if _COURT.search(low):
        return "court"
    if _HOUSE.search(low):
        return "legislature"
    if len(where) == 1:
        return "state"
    return "county" if "county" in where[0].split() or "county" in low.split() else "city"


def email(text: str) -> str:
    """An e-mail address; a cell with two of them, or with something else, is refused."""
    if text and not _MAIL.fullmatch(text):
        raise WrongUsage(f'"{text}" is not one e-mail address')
    return text


def site(text: str) -> str:
    """The address of a web page; `https://` is put before one that has nothing there."""
    if not text or _SITE.fullmatch(text):
        return text
    if _BARE_SITE.fullmatch(text):
        return f"https://{text}"
    raise WrongUsage(f'"{text}" is no address of a portal; it begins with https://')


def address(row: Cells) -> str:
    """The lines of an envelope under the name, from one cell or from several."""
    if row.get("address"):
        return row["address"]
    street = [row[part] for part in ("street", "suite") if row.get(part)]
    town = ", ".join(row[part] for part in ("city", "state") if row.get(part))
    town = " ".join(part for part in (town, row.get("zip", "")) if part)
    return "\n".join([*street, town] if town else street)


def closed(row: Cells) -> tuple[Closure, ...]:
    """Closures as the row says them; its source, where it names one, stands for them too."""
    texts = [part.strip() for part in row.get("closed", "").split(";") if part.strip()]
    try:
        found = closures.said(texts, day)
    except WrongUsage as error:
        raise WrongUsage(str(error)) from error
    return closures.sourced(found, source=row.get("source", ""))


def receipt(row: Cells) -> str:
    """What the agency says of receipt on a closed day or after hours."""
    text = plain(row.get("receipt", "")).replace(" ", "-")
    if text and text not in closures.RECEIPTS:
        raise WrongUsage(f'the receipt is "{text}"; it may be {" or ".join(closures.RECEIPTS)}')
    return text


def cutoff(row: Cells) -> time | None:
    """The hour at which its day ends."""
    text = row.get("cutoff", "")
    if not text:
        return None
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f'the cut-off is "{text}"; it is an hour like 17:00') from None


def day(text: str) -> date:
    """A date in a list: 2026-03-02 or 3/2/2026."""
    try:
        if found := _US_DATE.fullmatch(text):
            return date(int(found[3]), int(found[1]), int(found[2]))
        return date.fromisoformat(text)
    except ValueError:
        raise WrongUsage(f'"{text}" is no date; expected 2026-03-02 or 3/2/2026') from None
