"""The small language that templates are written in: Jinja2 without anything that could do harm.

A template sees the values, facts and functions it is given and nothing else: no attributes of
Python objects, no methods, no files but other templates, no network. What could grow without end
(`~`, `*`, recursion) is refused, printing is limited to text and numbers, and every turn of a loop,
call and include is counted, so that no template runs for more than a second.
"""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from types import CodeType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, TemplateSyntaxError, Undefined, nodes
from jinja2.environment import Template, TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, LoopContext, Macro, TemplateReference
from jinja2.sandbox import SandboxedEnvironment

from cpra.letters import words

SECONDS = 1.0
ENOUGH = 2_000
"""steps (turns of loops, calls, includes) that no letter needs; the clock counts only after them"""
LONGEST = 1_000_000
"""characters that a template may make of what it is given"""

_TAG_LINE = re.compile(r"^[ \t]*((?:\{%[^%\n]*%\}[ \t]*)+)\n", re.MULTILINE)
_LOOP = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"}
)
_REFUSED = {
    nodes.Concat: "joining with ~; write the two values one after the other",
    nodes.Mul: "multiplication",
    nodes.Pow: "powers",
    nodes.Mod: "the operator %",
    nodes.Div: "division",
    nodes.FloorDiv: "division",
    nodes.FilterBlock: "a filter block",
    nodes.CallBlock: "a call block",
}


class Stopped(Exception):
    """The template did not come to an end."""


class Language(SandboxedEnvironment):
    """The template language over one set of templates, for one rendering."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, loader: BaseLoader, functions: Mapping[str, Callable[..., str]]) -> None:
        """A fresh language; the clock starts with the first step of a template."""
        super().__init__(
            loader=loader,
            undefined=StrictUndefined,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            finalize=_printable,
            cache_size=100,
        )
        self.globals = {**functions, "months": _months}
        self._given = frozenset({*functions.values(), _months})
        self.filters = {
            "amount": lambda value: words.money(_text(value)),
            "cited": lambda text, authority: self._within(
                words.cited(_text(text), _text(authority))
            ),
            "day": lambda value: words.day(_date(value)),
            "default": _default,
            "dia": lambda value: words.dia(_date(value)),
            "dias": lambda text: words.dias(_text(text)),
            "first": _first,
            "join": self._joined,
            "last": _last,
            "length": len,
            "listed": lambda values, word="and": self._within(
                words.listed(_texts(values), _text(word))
            ),
            "lower": lambda text: _text(text).lower(),
            "parts": lambda text: words.parts(_text(text)),
            "quoted": lambda values, word="or": self._within(
                words.quoted(_texts(values), _text(word))
            ),
            "sentence": lambda text: words.sentence(_text(text)),
            "the": lambda name: words.the(_text(name)),
            "turns": self._turns,
            "upper": lambda text: _text(text).upper(),
            "weekday": lambda value: words.weekday(_date(value)),
        }
        self._steps = 0
        self._until = time.monotonic() + SECONDS

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """The source in which a line that has nothing but tags leaves no line behind.

        A comment swallows the line end, so that the line numbers in messages stay right.
        """
        return _TAG_LINE.sub(r"\1{#\n#}", super().preprocess(source, name, filename))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """The tree of a template, without what is refused and with every loop made to end."""
        tree = super()._parse(source, name, filename)
        for kind, words_for in _REFUSED.items():
            for node in tree.find_all(kind):
                reason = f"a template may not use {words_for}"
                raise TemplateSyntaxError(reason, node.lineno, name, filename)
        for loop in tree.find_all(nodes.For):
            if loop.recursive:
                reason = "a template may not use a recursive loop"
                raise TemplateSyntaxError(reason, loop.lineno, name, filename)
            counted = nodes.Filter(loop.iter, "turns", [], [], None, None, lineno=loop.lineno)
            loop.iter = counted.set_environment(self)
        return tree

    def _step(self) -> None:
        self._steps += 1
        if self._steps > ENOUGH and time.monotonic() > self._until:
            raise Stopped(f"it did not come to an end within {SECONDS:.0f} second")

    def _turns(self, values: Iterable[object]) -> Iterator[object]:
        if isinstance(values, str) or not isinstance(values, (list, tuple)):
            raise SecurityError("a loop goes over a list, and this is none")
        for value in values:
            self._step()
            yield value

    def concat(self, pieces: Iterable[str]) -> str:
        """Text from its pieces, as a macro or a block makes it."""
        self._step()
        return self._within("".join(pieces))

    def pieces(self, text: str, path: str, given: Mapping[str, object]) -> Iterator[str]:
        """What a template's text makes of what it is given, piece by piece."""
        template = self.template_class.from_code(self, compiled(text, path), self.globals)
        yield from template.generate(given)

    def written(self, pieces: Iterable[str]) -> str:
        """What a template writes, piece by piece, up to the longest letter there can be."""
        whole: list[str] = []
        length = 0
        for piece in pieces:
            whole.append(piece)
            length += len(piece)
            if length > LONGEST:
                raise Stopped(f"it makes more than {LONGEST:,} characters")
        return "".join(whole)

    def _joined(self, values: Iterable[object], between: str = "") -> str:
        return self._within(_text(between).join(_text(value) for value in values))

    def _within(self, text: str) -> str:
        if len(text) > LONGEST:
            raise Stopped(f"it makes more than {LONGEST:,} characters")
        return text

    def get_template(self, name: Any, parent: str | None = None, globals: Any = None) -> Any:
        """Another template, as `extends`, `include` and `import` ask for it."""
        self._step()
        if not isinstance(name, (str, Template)):
            raise SecurityError("another template is named by its text, such as parts/request.md")
        return super().get_template(name, parent, globals)

    def select_template(self, names: Any, parent: str | None = None, globals: Any = None) -> Any:
        """Refused: a list of templates to try in turn."""
        del names, parent, globals
        raise SecurityError("another template is named by its text, such as parts/request.md")

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`agency.name`: a member of what the template was given, never a Python attribute."""
        if isinstance(obj, Undefined):
            return _text(obj)
        if isinstance(obj, Mapping):
            return self._member(obj, attribute)
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        if isinstance(obj, TemplateModule) and not attribute.startswith("_"):
            return getattr(obj, attribute, self.undefined(obj=obj, name=attribute))
        if isinstance(obj, TemplateReference):
            return self._block(obj, attribute)
        raise SecurityError(f'there is no "{attribute}" to be had here')

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`items[0]`: a member by number or name."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, (list, tuple, str)) and isinstance(argument, int):
            try:
                return obj[argument]
            except IndexError:
                return self.undefined(obj=obj, name=str(argument))
        raise SecurityError("only a list has numbered members")

    def _member(self, obj: Mapping[str, object], name: str) -> object:
        if name in obj:
            return obj[name]
        return self.undefined(f'there is no "{name}" here; there is {words.listed(tuple(obj))}')

    def _block(self, blocks: TemplateReference, name: str) -> object:
        try:
            return blocks[name]
        except KeyError:
            return self.undefined(name=name)

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, blocks and the functions a template is given; nothing else can be called."""
        return isinstance(obj, (Macro, BlockReference)) or obj in self._given

    def call(__self, __context: Any, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a macro or function, unless the template has run too long."""
        __self._step()
        if isinstance(__obj, Undefined):
            return __obj()
        if not __self.is_safe_callable(__obj):
            raise SecurityError("a template can only call macros and the functions it is given")
        return __context.call(__obj, *args, **kwargs)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Sums of numbers, such as `loop.index + 1`."""
        del context
        if isinstance(left, int) and isinstance(right, int):
            return left + right if operator == "+" else left - right
        raise SecurityError("only numbers are added; write texts one after the other")


@lru_cache(maxsize=256)
def compiled(text: str, path: str) -> CodeType:
    """A template's code; the same text is compiled once a process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # Python's, on Jinja's code
        return Language(BaseLoader(), {}).compile(text, None, path)


def _text(value: object) -> str:
    if isinstance(value, (str, int)):
        return str(value)
    if isinstance(value, Undefined):
        return str(value)  # raises with the name that is missing
    raise SecurityError("this is not text; a list needs `listed`, a date needs `day`")


def _texts(values: object) -> tuple[str, ...]:
    if isinstance(values, (list, tuple)):
        return tuple(_text(value) for value in values)
    return words.parts(_text(values))


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(_text("" if value is None else value))
    except ValueError:
        raise SecurityError("a date was needed here, and there is none") from None


def _months(first: object, last: object) -> str:
    return words.months(_date(first), _date(last))


def _printable(value: object) -> str:
    """Only text and numbers are printed: a list or a date has to be put in words."""
    return "" if value is None else _text(value)


def _default(value: object, instead: object) -> object:
    return instead if isinstance(value, Undefined) or value in ("", None, ()) else value


def _first(values: object) -> object:
    return _sequence(values)[0]


def _last(values: object) -> object:
    return _sequence(values)[-1]


def _sequence(values: object) -> list[object] | tuple[object, ...]:
    if not isinstance(values, (list, tuple)) or not values:
        raise SecurityError("only a list that is not empty has a first and a last member")
    return values
