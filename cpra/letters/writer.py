"""Writes template text in the sandbox, and turns whatever goes wrong into one sentence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cpra.errors import BadFile, CpraError, NotFound, Refused
from cpra.letters.facts import Authorities
from cpra.letters.library import Library, Source, split
from cpra.letters.markup import escaped
from cpra.letters.words import cite

if TYPE_CHECKING:
    from jinja2 import BaseLoader


class Writer:
    """One rendering: the templates it may use and the authorities it may print."""

    def __init__(self, library: Library, authorities: Authorities) -> None:
        """A fresh sandbox; the time that a template may take begins here."""
        from cpra.letters.sandbox import Language

        self._authorities = authorities
        self._paths: set[str] = set()
        loader = _loader(library, self._paths)
        self._language = Language(loader, {"law": self._law, "refuse": _refuse})

    def line(self, source: Source, path: str, given: Mapping[str, object]) -> str:
        """One line of text, such as an item or a subject."""
        if not source.text.strip():
            return ""
        return " ".join(self.write(source, path, given).split())

    def write(self, source: Source, path: str, given: Mapping[str, object]) -> str:
        """The text that a template makes of what it is given."""
        from jinja2 import TemplateError, TemplateSyntaxError

        from cpra.letters.sandbox import Stopped

        self._paths.add(path)
        try:
            pieces = self._language.pieces(_padded(source), path, given)
            return self._language.written(pieces)
        except TemplateSyntaxError as error:
            at = error.filename or path
            raise BadFile(f"{at}, line {error.lineno}: {_sentence(error)}") from None
        except Refused:
            raise
        except (
            TemplateError,
            Stopped,
            RecursionError,
            TypeError,
            ValueError,
            SyntaxError,
            CpraError,
        ) as error:
            raise BadFile(f"{self._where(error, path)}: {_sentence(error)}") from None

    def _where(self, error: BaseException, path: str) -> str:
        """File and line of the template in which the error arose."""
        lines = [f"{name}, line {line}" for name, line in _trace(error) if name in self._paths]
        return lines[-1] if lines else path

    def _law(self, name: str) -> str:
        """The citation of an authority, or an error if a letter may not print it."""
        authority = self._authorities.get(name)
        if authority is None:
            raise NotFound(f'the law data has no authority "{name}"')
        if authority.status not in ("V", "P"):
            raise BadFile(f'the authority "{name}" is not verified; a letter may not print it')
        printed = cite(escaped(authority.cite))
        return f"see {printed}" if authority.status == "P" else printed


def _refuse(why: str) -> str:
    """What a template says when the letter would be wrong for this request."""
    raise Refused(why)


def _padded(source: Source) -> str:
    """The text on the lines of its file, so that a message names the right one."""
    return "\n" * (source.line - 1) + source.text


def _loader(library: Library, paths: set[str]) -> BaseLoader:
    from jinja2 import BaseLoader, TemplateNotFound

    from cpra.letters.sandbox import compiled

    class Files(BaseLoader):
        """The templates and parts that a template names."""

        def load(self, environment: Any, name: str, globals: Any = None) -> Any:
            """A template by its name, compiled once a process."""
            try:
                text, path = library.text(name)
            except NotFound as error:
                raise TemplateNotFound(name, str(error)) from None
            paths.add(path)
            code = compiled(_padded(split(text, path)[1]), path)
            known = environment.make_globals(globals)
            return environment.template_class.from_code(environment, code, known)

    return Files()


def _trace(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next


def _sentence(error: BaseException) -> str:
    """What went wrong, in one sentence."""
    if isinstance(error, RecursionError):
        return "it calls or includes itself without end"
    if isinstance(error, SyntaxError):
        return "it is nested too deeply"
    text = str(getattr(error, "message", None) or error).strip() or type(error).__name__
    return text.split("\n")[0].rstrip(".")
