"""What stands in a text that can be taken down: dates, amounts, numbers, links that expire."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from cpra.core.spans import MONTHS
from cpra.mail.incoming import local
from cpra.mail.rules import Reference

LONGEST_SENTENCE = 800
FARTHEST = timedelta(days=3_660)
"""A link that works for ten years does not expire."""

_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_DATE = re.compile(
    rf"\b(?P<name>{_MONTH})\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>20\d\d)\b"
    rf"|\b(?P<day2>\d{{1,2}})(?:st|nd|rd|th)? (?P<name2>{_MONTH})\.?,? (?P<year2>20\d\d)\b"
    r"|\b(?P<m>\d{1,2})[/-](?P<d>\d{1,2})[/-](?P<y>20\d\d|\d\d)\b"
    r"|\b(?P<iso>20\d\d-\d\d-\d\d)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\$\s?(\d{1,3}(?:,\d{3})+(?:\.\d{2})?|\d+(?:\.\d{2})?)")
_ITEMS = re.compile(
    r"\bitems?(?: numbers?| nos?\.?)?:? ((?:\d{1,2}[.)]?)"
    r"(?:(?:, ?(?:and )?| and | & | through | ?- ?)\d{1,2}[.)]?)*)",
    re.IGNORECASE,
)
_END = re.compile(
    r"[.!?:\n](?:(?<=[.!?])[\"')\]]?\s+(?=[\"'(\[]?[A-Z0-9])|(?<=[a-z0-9]\.)(?=[A-Z][a-z])|"
    r"(?<=\n)\n+|(?<=:)\n|(?<=\n)(?=(?:\d{1,2}[.)]|[-*•])\s))"
)
"""Where a sentence ends, in a text whose lines have no spaces around them. It begins with the marks
that end one: what cannot be one of them is passed over quickly."""
_ABBREVIATION = re.compile(
    r"(?:\b(?:gov|govt|civ|pen|evid|veh|lab|code|cal|no|nos|mr|ms|mrs|dr|lt|sgt|capt|det|ofc|subd|"
    r"subds|sec|secs|inc|dept|div|st|ave|v|vs|al|u\.s|a\.m|p\.m|e\.g|i\.e|approx|attn|ref|re|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.|\b\d{1,2}[.)])$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^[ \t]*(?:sincerely|respectfully|regards|best regards|kind regards|very truly yours|"
    r"yours truly|thank you|thanks|cordially)[,.!]?(?: yours)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_EXPIRES_IN = re.compile(
    r"\b(?:link|access|download|records?|documents?|files?)s?\b[^\n.]{0,80}\b(?:expires?|available|"
    r"removed|deleted|accessible|valid)\b[^\n.]{0,30}\b(?:in|for|after|within)\s+"
    r"(?:the next )?(\d{1,3})(?: \(\d+\))?\s+(?:calendar )?(day|week|hour)s?",
    re.IGNORECASE,
)
_EXPIRING = ("expir", "available", "removed", "deleted", "accessible", "valid")
"""One of these is in every sentence that the two patterns around it can find."""
_EXPIRES_ON = re.compile(
    r"\b(?:expires?|expire on|available (?:until|through)|removed (?:on|after)|"
    r"deleted (?:on|after)|valid (?:until|through))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Expiry:
    """Something that has to be fetched before a day, and the words that say so."""

    on: date
    link: str
    words: str


def sentences(text: str) -> list[str]:
    """A text's sentences, each on one line; lines that a program has wrapped are joined."""
    found: list[str] = []
    goes_on = False
    for block in _blocks(text):
        # What can be printed has no white space but blanks: most blocks are told so, quickly.
        plain = "  " not in block and block.isprintable()
        line = block.strip() if plain else " ".join(block.split())
        if not line:
            continue
        if goes_on and len(found[-1]) < LONGEST_SENTENCE:
            line = found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
        goes_on = line.endswith((".", ")")) and _is_abbreviated(line)
    return [line[:LONGEST_SENTENCE] for line in found]


def _is_abbreviated(line: str) -> bool:
    """True when the mark at a line's end is that of "Gov." or "No.": its sentence goes on."""
    return _is_abbreviation(line[-14:].rpartition(" ")[2])


@lru_cache(maxsize=2_000)
def _is_abbreviation(word: str) -> bool:
    return _ABBREVIATION.search(word) is not None


def _blocks(text: str) -> Iterator[str]:
    """The pieces between the ends of sentences, each with its mark."""
    # Without this a page of empty lines would be looked through once for each of its lines.
    lines = "\n".join(map(str.strip, text.split("\n")))
    start = 0
    for end in _END.finditer(lines):
        yield lines[start : end.start() + (lines[end.start()] != "\n")]
        start = end.end()
    yield lines[start:]


def dates(text: str) -> list[date]:
    """The days that a text names, with their year, in its order; slashes are month first."""
    found = []
    for match in _DATE.finditer(text):
        part = match.groupdict()
        try:
            if part["iso"]:
                found.append(date.fromisoformat(part["iso"]))
            elif part["m"]:
                year = int(part["y"])
                found.append(date(year + 2000 * (year < 100), int(part["m"]), int(part["d"])))
            else:
                name = (part["name"] or part["name2"])[:3].title()
                whole = part["year"] or part["year2"]
                day = part["day"] or part["day2"]
                found.append(date(int(whole), MONTHS.index(name) + 1, int(day)))
        except ValueError:
            continue  # 02/30 is no day
    return found


def amounts(text: str) -> list[str]:
    """The dollars that a text names, as the log writes them: 45.20."""
    return [found.replace(",", "") for found in _AMOUNT.findall(text)]


def items(text: str) -> tuple[int, ...]:
    """The numbered items that a sentence speaks of: "items 3 and 4" gives 3 and 4."""
    numbers: list[int] = []
    for listed in _ITEMS.findall(text):
        own = [int(n) for n in re.findall(r"\d+", listed)]
        if re.search(r"through|-", listed) and len(own) == 2 and own[0] < own[1] < own[0] + 50:
            own = list(range(own[0], own[1] + 1))
        numbers += own
    return tuple(dict.fromkeys(numbers))


def references(text: str, known: Iterable[Reference]) -> tuple[str, ...]:
    """The agency's numbers that a text names, each once; our own ids are not among them."""
    found: list[str] = []
    small = text.lower()
    for one in known:
        for match in _matches(one, text, small):
            number = match[1].strip(".-/")
            if not re.fullmatch(r"20\d\d-\d{4}", number) and not dates(number):
                found.append(number)
    return tuple(dict.fromkeys(found))


def _matches(one: Reference, text: str, small: str) -> Iterator[re.Match[str]]:
    """Where such a number stands, looked for only where its first words are: that is quick."""
    if one.needs and not one.needs.search(text):
        return
    if not one.begins or len(small) != len(text):  # as where a capital has two small letters
        yield from one.match.finditer(text)
        return
    end = 0
    for start in sorted({place for word in one.begins for place in _places(word, small)}):
        if start >= end and (match := one.match.match(text, start)):
            yield match
            end = match.end()


def _places(word: str, small: str) -> Iterator[int]:
    start = small.find(word)
    while start >= 0:
        yield start
        start = small.find(word, start + 1)


def signer(text: str) -> str:
    """Name and title below the closing, as far as they stand there."""
    closings = list(_CLOSING.finditer(text))
    if not closings:
        return ""
    lines = [line.strip(" ,\t") for line in text[closings[-1].end() :].splitlines()]
    kept: list[str] = []
    for line in (line for line in lines if line):
        if len(line) > 80 or re.search(r"[@\d]{2}|https?:|\d{3}", line) or len(kept) == 3:
            break
        kept.append(line)
    return ", ".join(kept)


def expiries(links: Iterable[str], said: Iterable[str], came: date) -> tuple[Expiry, ...]:
    """The links that stop working on a day which they, or the sentences beside them, tell."""
    links = tuple(links)
    found = [Expiry(day, link, "the link itself says so") for link in links if (day := _ends(link))]
    said = tuple(said)
    small = "\n".join(said).lower()
    pieces = [piece for piece in _EXPIRING if piece in small]
    for sentence in said if pieces else ():
        small = sentence.lower()
        if not any(piece in small for piece in pieces):
            continue
        if match := _EXPIRES_IN.search(sentence):
            units = {"day": 1.0, "week": 7.0, "hour": 1 / 24}
            days = int(float(match[1]) * units[match[2].lower()])
            found.append(Expiry(came + timedelta(days=days), _first(links), sentence))
        elif _EXPIRES_ON.search(sentence) and links:
            later = [day for day in dates(sentence) if day >= came]
            found += [Expiry(day, _first(links), sentence) for day in later[:1]]
    by_day: dict[tuple[date, str], Expiry] = {}
    for one in found:
        if one.on - came < FARTHEST:
            by_day.setdefault((one.on, one.link), one)
    return tuple(sorted(by_day.values(), key=lambda one: one.on))


def _first(links: tuple[str, ...]) -> str:
    return links[0] if links else ""


def _ends(link: str) -> date | None:
    """When a link that a cloud has signed stops working: Amazon's, Google's and Azure's ways."""
    try:
        asked = {k.lower(): v[0] for k, v in parse_qs(urlsplit(link).query).items()}
        if "x-amz-expires" in asked or "x-goog-expires" in asked:
            prefix = "x-amz" if "x-amz-expires" in asked else "x-goog"
            start = datetime.strptime(asked[f"{prefix}-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            return local(start + timedelta(seconds=int(asked[f"{prefix}-expires"]))).date()
        if "signature" in asked and asked.get("expires", "").isdigit():
            return local(datetime.fromtimestamp(int(asked["expires"]), UTC)).date()
        if "sig" in asked and "se" in asked:
            return local(datetime.fromisoformat(asked["se"])).date()
    except (ValueError, KeyError, OverflowError, OSError):
        return None
    return None


def found_dates_after(texts: Iterable[str], day: date) -> Iterator[date]:
    """The days in some sentences that come after a day, in their order."""
    for text in texts:
        yield from (one for one in dates(text) if one > day)
