"""A template and what the log knows, made into letter.md.

Values are given to the template already escaped and are never read as template text. An authority
is printed only if it is verified; one that was verified in part is printed after the word "see".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from cpra.core.request import Requester
from cpra.errors import WrongUsage
from cpra.letters.facts import Authorities, Facts
from cpra.letters.letter import Letter, markdown, parse
from cpra.letters.markup import escaped
from cpra.letters.template import Template
from cpra.letters.words import day, dia, listed
from cpra.letters.writer import Writer

CLOSING = "Sincerely,"
DESPEDIDA = "Atentamente,"


def render(
    template: Template, values: Mapping[str, str], facts: Facts, authorities: Authorities
) -> str:
    """The letter.md for one request.

    Raises WrongUsage for values that are missing or do not fit, BadFile for a template that is
    wrong, with its line.
    """
    return markdown(compose(template, values, facts, authorities))


def compose(
    template: Template, values: Mapping[str, str], facts: Facts, authorities: Authorities
) -> Letter:
    """The letter that `render` writes down."""
    template = template.dated(facts.today)
    _check(template, values)
    if template.named and not facts.requester.name:
        raise WrongUsage(f"{template.name} needs your name: it is about records on you")
    given = _given(template, values, facts)
    writer = Writer(template.library, authorities)
    body = parse("\n\n" + writer.write(template.body, template.path, given))
    re_line = writer.line(template.re, template.path, given)
    asks = [block for block in body.body if getattr(block, "number", None) is not None]
    if template.kind == "request" and not asks:
        raise WrongUsage(f"{template.name} asks for nothing yet; say what with --item")
    requester = facts.requester
    about = (_text(re_line or escaped(facts.subject)), *_references(facts))
    if template.internal:
        return Letter(dated=day(facts.today), re=about, body=body.body)
    spanish = template.language == "es"
    return Letter(
        sender=_sender(requester),
        dated=dia(facts.today) if spanish else day(facts.today),
        via="" if spanish else _via(facts),
        to=(facts.agency.name, *facts.agency.address),
        re=about,
        body=body.body,
        closing=body.closing or (DESPEDIDA if spanish else CLOSING),
        signature=body.signature or _signature(requester, spanish),
    )


def items(
    template: Template, values: Mapping[str, str], facts: Facts, authorities: Authorities
) -> tuple[str, ...]:
    """The template's own items for these values, as they go into request.toml: plain text."""
    template = template.dated(facts.today)
    _check(template, values)
    given = _given(template, values, facts)
    writer = Writer(template.library, authorities)
    written = (writer.line(source, template.path, given) for source in template.items)
    return tuple(_text(text) for text in written if text)


def subject(template: Template, values: Mapping[str, str], facts: Facts) -> str:
    """The template's own subject line for these values: plain text."""
    template = template.dated(facts.today)
    _check(template, values)
    given = _given(template, values, facts)
    return _text(
        Writer(template.library, {}).line(template.subject, template.path, given)
        or escaped(template.title)
    )


def _check(template: Template, values: Mapping[str, str]) -> None:
    problems = template.value_problems(values)
    if problems:
        raise WrongUsage(f"{template.name}: {'; '.join(problems)}")


def _given(template: Template, values: Mapping[str, str], facts: Facts) -> dict[str, object]:
    """The names a template sees: its own blanks, and the facts."""
    blanks = {v.name: escaped(values.get(v.name, v.default)) for v in template.variables}
    shown = {
        "agency": asdict(facts.agency),
        "extension_limit": facts.extension_limit,
        "items": [asdict(item) for item in facts.items],
        "reference": facts.reference,
        "request": {"id": facts.id, "subject": facts.subject},
        "requester": asdict(facts.requester),
        "time_limit": facts.time_limit,
        "today": facts.today,
        "via": facts.via,
        **asdict(facts.story),
    }
    return {**{name: _shown(value) for name, value in shown.items()}, **blanks}


def _shown(value: object) -> object:
    """The same facts with every text escaped, so that a mark in a name stays a character."""
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, dict):
        return {name: _shown(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shown(member) for member in value]
    return value


def _text(markup: str) -> str:
    """The plain text of a piece of markup."""
    return " ".join(block.text for block in parse("\n\n" + markup).body if hasattr(block, "text"))


def _sender(requester: Requester) -> tuple[str, ...]:
    lines = (requester.name, requester.organization, *requester.address.splitlines())
    return tuple(line for line in (*lines, requester.phone, requester.email) if line.strip())


def _signature(requester: Requester, spanish: bool) -> tuple[str, ...]:
    """The name, or, for a requester who stays anonymous, what stands in for it."""
    names = tuple(line for line in (requester.name, requester.organization) if line.strip())
    return names or ("Quien solicita" if spanish else "The requester",)


def _via(facts: Facts) -> str:
    agency = facts.agency
    match facts.via:
        case "email":
            return f"By e-mail to {agency.email}" if agency.email else "By e-mail"
        case "portal":
            return "Through the agency's records portal"
        case "mail":
            return "By U.S. mail"
        case "fax":
            return f"By fax to {agency.fax}" if agency.fax else "By fax"
        case "hand":
            return "By hand"
    return ""


def _references(facts: Facts) -> Sequence[str]:
    known = [f"our no. {facts.id}"] if facts.id else []
    if facts.reference:
        known.append(f"your no. {facts.reference}")
    text = listed(known)
    return (text[0].upper() + text[1:],) if text else ()
