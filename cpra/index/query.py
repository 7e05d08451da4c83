"""What a requester types into `cpra search`, read leniently; what is ignored is said."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

NEAR = 10
"""Words between two that stand `NEAR` each other, when no number is given."""

WORD = re.compile(r"[^\W_]+")
TOKEN = re.compile(
    r"""\s*(?:
        (?P<quoted>["“”„][^"“”„]*(?:["“”„]|$))
      | (?P<open>\()
      | (?P<close>\))
      | (?P<near>NEAR(?:/(?P<distance>\d{1,4}))?(?=[\s"“(]|$))
      | (?P<word>[^\s()"“”„]+)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """Words that must stand one after the other; a single word is a run of one.

    `exact` asks for these very forms, `prefix` for anything that begins with the last of them.
    """

    words: tuple[str, ...]
    exact: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Two words or phrases with at most `distance` words between them, in either order."""

    left: Words
    right: Words
    distance: int


@dataclass(frozen=True, slots=True)
class Not:
    """What must not stand on the page."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of these on one page."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of these on the page."""

    nodes: tuple[Node, ...]


Node = Words | Near | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """What was understood (None when nothing was), and what was ignored, as sentences."""

    node: Node | None
    ignored: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[Words, ...]:
        """The words that make a page a hit, for marking them."""
        return tuple(_wanted(self.node)) if self.node is not None else ()


def parsed(text: str) -> Query:
    """The query of a line such as `"use of force" AND (policy OR manual) NOT draft`.

    Words side by side must all be there. AND, OR, NOT and NEAR/5 count in capitals only; `-word` is
    NOT; `licen*` is any word that begins so; quotes ask for that very form.
    """
    reading = _Reading(text)
    parts = [reading.either()]
    while reading.here("close"):
        reading.step()
        reading.ignored.append("a closing parenthesis without an opening one")
        parts.append(reading.either())
    node = _all([part for part in parts if part is not None])
    if node is not None and not _positive(node):
        reading.ignored.append("a search that only says NOT: it would mean every other page")
        node = None
    return Query(node, tuple(dict.fromkeys(reading.ignored)))


class _Reading:
    """Goes over the tokens once, from left to right."""

    def __init__(self, text: str) -> None:
        self.ignored: list[str] = []
        self._tokens = list(TOKEN.finditer(text[:4_000]))
        self._place = 0
        self._depth = 0

    def here(self, group: str) -> bool:
        """Whether the token at hand is of this sort."""
        return self._place < len(self._tokens) and self._tokens[self._place][group] is not None

    def step(self) -> re.Match[str]:
        """The token at hand; go on to the next."""
        self._place += 1
        return self._tokens[self._place - 1]

    def either(self) -> Node | None:
        """Parts joined by OR."""
        nodes = [self._every()]
        while self._is("OR"):
            self.step()
            nodes.append(self._every())
            if nodes[-1] is None or nodes[0] is None:
                self.ignored.append("OR with nothing on one side")
        found = [node for node in nodes if node is not None]
        return None if not found else found[0] if len(found) == 1 else Or(tuple(found))

    def _every(self) -> Node | None:
        """Parts joined by AND, or by standing side by side."""
        nodes: list[Node] = []
        while self._place < len(self._tokens) and not self._is("OR") and not self.here("close"):
            if self._is("AND"):
                self.step()
                if not nodes or self._place == len(self._tokens):
                    self.ignored.append("AND with nothing on one side")
                continue
            node = self._one()
            if node is not None and self.here("near"):
                node = self._near(node)
            if node is not None:
                nodes.append(node)
        return _all(nodes)

    def _one(self) -> Node | None:
        if self._is("NOT"):
            while self._is("NOT"):  # said twice it is meant once
                self.step()
            if self._place == len(self._tokens) or self._is("OR", "AND") or self.here("close"):
                self.ignored.append("NOT with nothing after it")
                return None
            node = self._one()
            return None if node is None else Not(node)
        if self.here("near"):
            self.step()
            self.ignored.append("NEAR with nothing before it")
            return None
        if self.here("open"):
            self.step()
            if self._depth > 50:
                self.ignored.append("parentheses that are nested too deeply")
                return None
            self._depth += 1
            node = self.either()
            self._depth -= 1
            if self.here("close"):
                self.step()
            else:
                self.ignored.append("an opening parenthesis without a closing one")
            return node
        found = self.step()
        if found["quoted"] is not None:
            return self._quoted(found["quoted"])
        return self._word(found["word"])

    def _quoted(self, text: str) -> Node | None:
        if len(text) < 2 or text[-1] not in '"“”„':
            self.ignored.append("a quotation mark without its partner")
        words = tuple(split(text))
        if not words:
            self.ignored.append("quotation marks with nothing between them")
            return None
        return Words(words, exact=True)

    def _word(self, text: str) -> Node | None:
        bare = text.lstrip("-")
        if bare and bare != text:
            inner = self._word(bare)
            return None if inner is None else Not(inner)
        prefix = text.endswith("*")
        words = tuple(split(text))
        if not words:
            self.ignored.append(f'"{text[:40]}", which has no letters or digits')
            return None
        return Words(words, prefix=prefix)

    def _near(self, left: Node) -> Node | None:
        found = self.step()
        distance = int(found["distance"]) if found["distance"] else NEAR
        right = self._one() if self._place < len(self._tokens) else None
        if right is None:
            self.ignored.append("NEAR with nothing after it")
            return left
        if isinstance(left, Words) and isinstance(right, Words):
            return Near(left, right, distance)
        self.ignored.append("NEAR between more than two words or phrases; all must be on the page")
        return _all([left, right])

    def _is(self, *words: str) -> bool:
        return self.here("word") and self._tokens[self._place]["word"] in words


def indexed(text: str) -> str:
    """A text as it is given to the index: composed, and Chinese or Japanese sign by sign."""
    if text.isascii():
        return text
    return _ideograph().sub(r" \1 ", unicodedata.normalize("NFC", text))


@lru_cache(maxsize=1)
def _ideograph() -> re.Pattern[str]:
    # Made when it is needed: it takes as long to make as everything else in here together.
    return re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")


def split(text: str) -> list[str]:
    """The words of a text as the index has them: runs of letters and digits."""
    return WORD.findall(indexed(text))


def _all(nodes: list[Node]) -> Node | None:
    return None if not nodes else nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _positive(node: Node) -> bool:
    """Whether it says what should be there, and not only what should not."""
    if isinstance(node, Not):
        return False
    if isinstance(node, And):
        return any(_positive(part) for part in node.nodes)
    if isinstance(node, Or):
        return all(_positive(part) for part in node.nodes)
    return True


def _wanted(node: Node) -> list[Words]:
    if isinstance(node, Words):
        return [node]
    if isinstance(node, Near):
        return [node.left, node.right]
    if isinstance(node, Not):
        return []
    return [words for part in node.nodes for words in _wanted(part)]
