"""The legal citations in a text: which code, which section, which case, and how they are used.

It reads what people write, "Gov. Code § 6254(f)", "Government Code section 6254, subdivision (f)",
"§§ 7922.530 and 7922.535", "(2001) 91 Cal.App.4th 892", and gives each the same short form, so
that a letter, the statutes data and a denial can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

GOVERNMENT = "Gov. Code"
CASE = "case"
CONSTITUTION = "Const."
COURT_RULES = "Cal. Rules of Court"
FORMER_ACT = (6250, 6276)
"""the sections of the Government Code that held the CPRA until 2023-01-01"""
NEW_ACT = (7920, 7931)
"""the sections of the Government Code that hold it since"""

_CODES = (
    (GOVERNMENT, r"Gov(?:ernment|'t|\u2019t|t)?\.?\ Code|Gov\.|G\.?C\."),
    ("Civ. Code", r"Civ(?:il|\.)?\ Code|Civ\."),
    ("Code Civ. Proc.", r"Code\ of\ Civil\ Procedure|Code\ Civ\.\ Proc\.|C\.?C\.?P\.?"),
    ("Pen. Code", r"Pen(?:al|\.)?\ Code|Penal|Pen\.|P\.?C\."),
    ("Evid. Code", r"Evid(?:ence|\.)?\ Code|Evid\."),
    ("Welf. & Inst. Code", r"Welf(?:are|\.)?\ (?:and|&)\ Inst(?:itutions|\.)?\ Code|W\ ?&\ ?I"),
)
_SHORT = (
    (GOVERNMENT, "GC"),
    ("Pen. Code", "PC"),
    ("Code Civ. Proc.", "CCP"),
    ("Evid. Code", "EC"),
)
_OTHER_CODE = (
    r"(?:(?:[A-Z][\w.'\u2019]*|&|of|and)\ ){0,4}(?:Code|Ordinance)(?:\ of\ (?:[A-Z]\w+\ ?){1,3})?"
)

_NUMBER = r"\d+(?:\.\d+)*(?:[a-z](?![a-z]))?"
_SUBDIVISION = r"(?:\ ?\([a-zA-Z0-9]{1,4}\))*"
_IN_WORDS = r"(?:,?\ (?:subd(?:ivision|s)?s?|paras?|paragraphs?)\.?\ ?(?:\([a-zA-Z0-9]{1,4}\))+)*"
_DASH = r"\ ?[-\u2013\u2014]\ ?"
_MORE = rf"(?:(?:{_DASH}|,\ (?:and\ |or\ )?|\ and\ |\ or\ |\ to\ )\([a-zA-Z0-9]{{1,4}}\))*"
_ONE = rf"{_NUMBER}{_SUBDIVISION}{_IN_WORDS}{_MORE}(?:,?\ et\ seq\.?)?"
_JOIN = rf"(?:,\ (?:and\ |or\ )?|\ and\ |\ or\ |{_DASH}|\ (?:to|through)\ )"
_LIST = rf"{_ONE}(?:{_JOIN}(?:§§?\ ?|sections?\ )?\.?{_ONE})*"
_SIGN = r"(?:§§?\ ?|[Ss]ections?\ |[Ss]ecs?\.\ )"
_FORMER = r"(?P<former>\bformer(?:ly)?,?\ )?"

_STATUTE = re.compile(
    _FORMER
    + r"(?:(?:(?:California|Cal\.)\ )?(?:(?P<code>"
    + "|".join(f"(?P<c{n}>\\b(?:{words}))" for n, (_, words) in enumerate(_CODES))
    + "|"
    + "|".join(f"(?P<s{n}>\\b{words}\\b)" for n, (_, words) in enumerate(_SHORT))
    + r"|(?P<federal>\b\d+\ (?:U\.?\ ?S\.?\ ?C\.?|C\.?\ ?F\.?\ ?R\.?)))"
    + rf",?\ ?(?:former\ )?{_SIGN}?|(?P<other>\b{_OTHER_CODE}),?\ (?:former\ )?{_SIGN})"
    + rf"|{_SIGN}|(?<![\w.$§-])(?=62[5-7]\d(?:\.\d+)*\ ?\())"
    + rf"(?P<list>{_LIST})"
    + rf"(?:,?\ of\ the\ (?:California\ )?(?P<after>{_OTHER_CODE}))?"
)
_RULE = re.compile(
    r"\b(?:(?:Cal(?:ifornia|\.)\ Rules\ of\ Court|CRC),?\ )?[Rr]ule\ "
    rf"(?P<list>{_NUMBER}{_SUBDIVISION})"
)
_ARTICLE = re.compile(
    r"\b(?:(?P<before>Cal(?:ifornia|\.)\ )?Const(?:itution|\.)?,?\ )?"
    r"[Aa]rt(?:icle|\.)\ (?P<article>[IVX]+),?\ "
    rf"{_SIGN}(?P<list>{_NUMBER}{_SUBDIVISION}{_IN_WORDS})"
)
_REPORTER = re.compile(
    r"\b(?P<volume>\d{1,3})\ (?P<name>Cal\.\ ?(?:App\.\ ?)?(?:[2-5](?:d|th)|Rptr\.\ ?(?:[23]d)?)?"
    r"|U\.\ ?S\.|S\.\ ?Ct\.|F\.\ ?(?:[2-4](?:d|th)|Supp\.\ ?(?:[23]d)?)?)\ (?P<page>\d{1,5})\b"
)
_DOCKET = re.compile(r"\b[SABCDEFGH]\d{6}[A-Z]?\b")
_ONE_OF = re.compile(rf"(?P<range>{_DASH}|\ (?:to|through)\ )?\.?(?P<one>{_ONE})")
_PARENTHESES = re.compile(r"\(([a-zA-Z0-9]{1,4})\)")
_SEE = re.compile(r"\bsee\b[^.;()]{0,120}$", re.IGNORECASE)
_NOT_AN_END = re.compile(r"(?<=\bv)\.|\(\d{4}\)|(?<=\be)\.(?=g\.)|(?<=\.g)\.|(?<=\be\.g)\.")
_BEFORE_A_NAME = re.compile(r"^(?:(?:The|Under|See|In|By|Per|And|To|Of|of|and|&)\ )+")
_SPACE = re.compile(r"[\s\u00a0]")


@dataclass(frozen=True, slots=True)
class Citation:
    """One authority that a text cites, and where it stands in the text."""

    code: str
    """`Gov. Code`, `5 U.S.C.`, `Const.`, `case`; empty for a bare section of no known code"""
    section: str
    """`7922.535`; for a case its reporter, `91 Cal.App.4th 892`, or its number in court"""
    parts: tuple[str, ...] = ()
    """the subdivisions: `("a", "1")` for (a)(1)"""
    words: str = ""
    start: int = 0
    end: int = 0
    former: bool = False
    """the text itself says "former" or "formerly\""""
    see: bool = False
    """the word "see" introduces it"""
    et_seq: bool = False
    through: str = ""
    """the last section of a range"""

    def __str__(self) -> str:
        """`Gov. Code § 7922.535(a)`, the way the letters write it."""
        if self.code == CASE:
            return self.section
        parts = "".join(f"({part})" for part in self.parts)
        if self.code == COURT_RULES:
            return f"{self.code}, rule {self.section}{parts}"
        return f"{self.code} § {self.section}{parts}".strip()

    def covers(self, other: Citation) -> bool:
        """True if the other is this section, or a subdivision of it."""
        return (
            self.code == other.code
            and self.section == other.section
            and other.parts[: len(self.parts)] == self.parts
        )

    @property
    def number(self) -> float:
        """The section without its later decimals, for a place in the code; -1 for a case."""
        found = re.match(r"\d+(?:\.\d+)?", self.section)
        return float(found[0]) if found and self.code != CASE else -1.0

    @property
    def is_repealed(self) -> bool:
        """True for a section of the CPRA as it stood until the end of 2022."""
        low, high = FORMER_ACT
        return self.code == GOVERNMENT and low <= self.number < high + 1

    @property
    def is_of_the_act(self) -> bool:
        """True for a section of the CPRA as it stands since 2023."""
        low, high = NEW_ACT
        return self.code == GOVERNMENT and low <= self.number < high


def citations(text: str) -> tuple[Citation, ...]:
    """Every authority that a text cites, in the order in which it does."""
    flat = _SPACE.sub(" ", text)
    articles = tuple(_articles(flat))
    inside = [range(article.start, article.end) for article in articles]
    sections = (one for one in _sections(flat) if not any(one.start in part for part in inside))
    found = [*sections, *_rules(flat), *articles, *_cases(flat)]
    return tuple(sorted(found, key=lambda citation: (citation.start, citation.end)))


def citation(words: str) -> Citation | None:
    """The one authority that a person typed: "6254(f)", "GC 6254 (f)", "Evid. 1040"."""
    plain = words.strip()
    found = citations(plain)
    if found:
        return found[0]
    if re.fullmatch(_LIST, plain):
        return citations(f"§ {plain}")[0]
    return None


def _sections(text: str) -> Iterator[Citation]:
    """The sections of codes; a bare "§" goes on in the code that was named just before it."""
    last, last_end = "", 0
    for match in _STATUTE.finditer(text):
        code = _code_in(match)
        if code:
            last, last_end = code, match.end()
        near = last if match.start() - last_end < 400 else ""
        yield from _listed(text, match, code, near)


def _listed(text: str, match: re.Match[str], code: str, near: str) -> Iterator[Citation]:
    """Each section of one list: "§§ 7922.530, 7922.535(a) and 7922.600"."""
    former = bool(match["former"]) or "former" in match[0][: match.start("list") - match.start()]
    named = match.start("code") if match["code"] else match.start("other")
    start = named if named >= 0 else match.start()
    if lead := _BEFORE_A_NAME.match(text[start : match.start("list")]):
        start += lead.end()
    see = _introduced_by_see(text, start)
    found: list[Citation] = []
    for one in _ONE_OF.finditer(match["list"]):
        begin = match.start("list") + one.start("one")
        end = match.start("list") + one.end("one")
        own = code if code and not found else _code_of(one["one"], code or near)
        start = begin if found else start
        first, siblings = _siblings(one["one"])
        cited = _one(first, own, text[start:end].strip(), start, end, former, see)
        if one["range"] and found:
            section = cited.section
            if "." not in section and "." in found[-1].section and float(section) < 1000:
                section = f"{found[-1].section.split('.')[0]}.{section}"
            whole = text[found[-1].start : end].strip()
            found[-1] = replace(found[-1], words=whole, end=end, through=section)
            continue
        found.append(cited)
        found += [replace(cited, parts=(*cited.parts[:-1], part)) for part in siblings]
    yield from found


def _siblings(words: str) -> tuple[str, tuple[str, ...]]:
    """ "7922.535(b)-(d)" is 7922.535(b), and also (c) and (d)."""
    more = re.search(rf"{_MORE}(?=(?:,?\ et\ seq\.?)?$)", words)
    if more is None or not more[0]:
        return words, ()
    first, added = words[: more.start()], []
    before = (_PARENTHESES.findall(first) or [""])[-1]
    for join, part in re.findall(r"([^()]*)\(([a-zA-Z0-9]{1,4})\)", more[0]):
        if re.search(_DASH + r"|\ to\ ", join):
            added += _between(before, part)
        added.append(part)
        before = part
    return first, tuple(added)


def _between(low: str, high: str) -> list[str]:
    """The subdivisions between two: (a) to (d) leaves b and c."""
    if low.isdigit() and high.isdigit():
        return [str(n) for n in range(int(low) + 1, int(high))]
    if len(low) == len(high) == 1:
        return [chr(n) for n in range(ord(low) + 1, ord(high))]
    return []


def _introduced_by_see(text: str, start: int) -> bool:
    """True if "see" stands before the citation in its sentence; a case's "v." ends no sentence."""
    return bool(_SEE.search(_NOT_AN_END.sub("", text[max(0, start - 160) : start])))


def _one(
    words: str,
    code: str,
    shown: str,
    start: int,
    end: int,
    former: bool = False,
    see: bool = False,
) -> Citation:
    number = re.match(_NUMBER, words)
    assert number is not None  # noqa: S101 - both callers matched it with the same pattern
    section, parts = number[0], tuple(_PARENTHESES.findall(words))
    if code == GOVERNMENT and section[-1].isalpha():
        section, parts = section[:-1], (section[-1], *parts)
    return Citation(code, section, parts, shown, start, end, former, see, "et seq" in words)


def _code_in(match: re.Match[str]) -> str:
    """The code that a citation names itself, before the number or after it."""
    for n, (code, _) in enumerate(_CODES):
        if match[f"c{n}"]:
            return code
    for n, (code, _) in enumerate(_SHORT):
        if match[f"s{n}"]:
            return code
    if match["federal"]:
        title, _, letters = match["federal"].partition(" ")
        return f"{title} {'U.S.C.' if 'S' in letters else 'C.F.R.'}"
    other = match["other"] or match["after"] or ""
    return _named(other.strip())


def _named(words: str) -> str:
    for code, pattern in _CODES:
        if re.search(rf"(?:^|\ )(?:{pattern})$", words):
            return code
    return _BEFORE_A_NAME.sub("", words)


def _code_of(number: str, near: str) -> str:
    """The code of a bare section: the CPRA's own numbers, or the code that was named nearby."""
    whole = float(re.split(r"[^\d]", number, maxsplit=1)[0])
    acts = (FORMER_ACT, NEW_ACT)
    return GOVERNMENT if any(low <= whole <= high for low, high in acts) else near


def _rules(text: str) -> Iterator[Citation]:
    for match in _RULE.finditer(text):
        yield _one(match["list"], COURT_RULES, match[0], match.start(), match.end())


def _articles(text: str) -> Iterator[Citation]:
    for match in _ARTICLE.finditer(text):
        cited = _one(match["list"], CONSTITUTION, match[0], match.start(), match.end())
        section = f"{match['article']}/{cited.section}"
        yield Citation(CONSTITUTION, section, cited.parts, match[0], match.start(), match.end())


def _cases(text: str) -> Iterator[Citation]:
    for match in _REPORTER.finditer(text):
        name = match["name"].replace(" ", "")
        section = f"{match['volume']} {name} {match['page']}"
        see = _introduced_by_see(text, match.start())
        yield Citation(CASE, section, (), match[0], match.start(), match.end(), see=see)
    for match in _DOCKET.finditer(text):
        see = _introduced_by_see(text, match.start())
        yield Citation(CASE, match[0], (), match[0], match.start(), match.end(), see=see)
