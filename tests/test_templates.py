"""A template can write a letter and nothing else; what is wrong in it is named with its line."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from cpra.core.items import Item
from cpra.errors import BadFile, NotFound
from cpra.letters.facts import Addressee, Facts
from cpra.letters.render import render
from cpra.letters.template import find, names, shelf

FACTS = Facts(
    today=date(2026, 9, 15),
    id="2026-0012",
    agency=Addressee(name="City of Somewhere", kind="city"),
    subject="Contracts",
    items=(Item(1, "Contracts."), Item(2, "Invoices.")),
)
HEAD = '+++\ntitle = "Mine"\nlaw = "cpra"\nkind = "letter"\n+++\n'  # the letter begins on line 6


def written(own: Path, body: str, head: str = HEAD) -> str:
    (own / "mine.md").write_text(head + body, encoding="utf-8")
    return render(find("mine", own), {}, FACTS, {})


def body(own: Path, text: str) -> str:
    return written(own, text).split("\n\n", 1)[1].removesuffix("\n\nSincerely,\n\nThe requester\n")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("One.\n{% if %}\n", 7, "Expected an expression"),
        ("One.\n\n{{ nobody }}\n", 8, "'nobody' is undefined"),
        ("{{ agency.nothing }}\n", 6, 'there is no "nothing" here; there is name, kind,'),
        ("{% for item in items %}\n{{ item.text }}\n", 7, "Unexpected end of template"),
        ("{{ today }}\n", 6, "a date needs `day`"),
        ("{{ items }}\n", 6, "a list needs `listed`"),
        ("{{ subject | nothing }}\n", 6, "No filter named 'nothing'"),
        ("A\n{% include 'parts/nothing.md' %}\n", 7, 'no template file "parts/nothing.md"'),
        ("A\n{% include '/etc/passwd' %}\n", 7, 'no template file "/etc/passwd"'),
        ("A\n{% include '../mine.md' %}\n", 7, 'no template file "../mine.md"'),
    ],
)
def test_a_mistake_is_named_with_file_line_and_one_sentence(
    tmp_path: Path, text: str, line: int, why: str
) -> None:
    with pytest.raises(BadFile) as caught:
        written(tmp_path, text)

    said = str(caught.value)
    assert said.startswith(f"{tmp_path / 'mine.md'}, line {line}: ")
    assert why in said
    assert "\n" not in said


@pytest.mark.parametrize(
    "text",
    [
        "{{ agency.__class__ }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ items.append(1) }}",
        "{{ 'x'.format(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ agency['__class__'] }}",
        "{{ (items | first).__init__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ self._TemplateReference__context }}",
        "{{ law.__globals__ }}",
        "{{ months.__code__ }}",
        "{% macro m() %}{% endmacro %}{{ m.__call__ }}",
        "{% macro m() %}{% endmacro %}{{ m._environment }}",
        "{% for i in items %}{{ loop.__class__ }}{% endfor %}",
        "{% for i in items %}{{ loop._iterable }}{% endfor %}",
        "{% from 'mine2.md' import __class__ %}",
        "{{ lipsum() }}",
        "{{ cycler('a') }}",
        "{{ range(3) }}",
        "{{ dict(a=1) }}",
        "{% set ns = namespace() %}",
        "{% for k in agency %}{{ k }}{% endfor %}",
        "{{ items | map(attribute='__class__') | listed }}",
        "{{ agency | attr('__class__') }}",
        "{{ today.__class__ }}",
        "{{ today.fromtimestamp(0) }}",
    ],
)
def test_a_template_reaches_nothing_but_what_it_is_given(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=r"mine\.md, line \d+: "):
        written(tmp_path, text + "\n")


LONG_VALUE = "{% set x = 'aaaaaaaaaaaaaaaaaaaa' %}"
GROWING = "".join(f"{{% set x %}}{'{{ x }}' * 10}{{% endset %}}" for _ in range(12))


@pytest.mark.parametrize(
    "text",
    [
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{% for a in [1, 2, 3] %}" * 19 + "{% endfor %}" * 19,
        "{% for a in [1, 2, 3] %}" * 19 + "long" * 99 + "{% endfor %}" * 19,
        "{% for a in [1, 2, 3] %}" * 12 + "* *a **" + "{% endfor %}" * 12,
        "".join(f"{{% for a{n} in items %}}" for n in range(40)) + "x" + "{% endfor %}" * 40,
        "{% for a in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] %}" * 12 + "{% endfor %}" * 12,
        "{% include 'mine.md' %}",
        "{% include 'mine.md' %}{% include 'mine.md' %}",
        "{% extends 'mine.md' %}",
        "{% import 'mine.md' as m %}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'a' ~ 'b' }}",
        LONG_VALUE + GROWING + "{{ x }}",
        "{% set x = [1] %}" + "{% set x = [x, x] %}" * 60 + "{{ x }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ " + "-" * 5000 + "1 }}",
        "{% for a in items recursive %}{{ loop(items) }}{% endfor %}",
        "{{ ['x', 'y'] | join('z' * 99999) }}",
        "{% filter upper %}x{% endfilter %}",
        "{% set a = 'word' %}" + "{% set a = [a, a, a] | listed(a) %}" * 40 + "{{ a }}",
        "{% set a = 'word' %}" + "{% set a = [a, a, a] | quoted(a) %}" * 40 + "{{ a }}",
    ],
)
def test_a_template_that_would_never_end_is_stopped_within_two_seconds(
    tmp_path: Path, text: str
) -> None:
    start = time.monotonic()
    with pytest.raises(BadFile, match=r"mine\.md.*: "):
        written(tmp_path, text + "\n")

    assert time.monotonic() - start < 2


def test_the_language_still_does_what_a_letter_needs(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "thanks.md").write_text("Thank you, {{ agency.name }}.\n", "utf-8")
    (tmp_path / "parts" / "tools.md").write_text(
        "{% macro item(i) %}*{{ i.text | lower }}*{% endmacro %}\n", "utf-8"
    )
    text = """\
{% from "parts/tools.md" import item %}
{% import "parts/tools.md" as tools %}
{% set count = items | length %}
{% if count > 1 %}
There are {{ count }} on {{ today | weekday }}: {{ item(items[0]) }} {{ tools.item(items[1]) }}
{% endif %}

{% for i in items if i.n != 1 %}
{{ loop.index + 4 }}. {{ i.text }}{% if loop.last %} That is all.{% endif %}

{% endfor %}

{% include "parts/thanks.md" %}
"""
    assert body(tmp_path, text) == (
        "There are 2 on Tuesday, September 15, 2026: *contracts.* *invoices.*\n\n"
        "5. Invoices. That is all.\n\n"
        "Thank you, City of Somewhere."
    )


def test_own_letters_can_extend_a_shipped_one_and_change_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "request.md").write_text("Mine: {% block a %}x{% endblock %}\n", "utf-8")
    text = '{% extends "parts/request.md" %}\n{% block a %}y, {{ super() }}{% endblock %}\n'

    assert body(tmp_path, text) == "Mine: y, x"
    with pytest.raises(BadFile, match=r'no authority "cpra"'):
        written(tmp_path, '{% extends "cpra/parts/request.md" %}\n')


def test_a_mistake_in_a_part_is_named_in_the_part(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    part = tmp_path / "parts" / "broken.md"
    part.write_text('+++\nauthorities = ["a"]\n+++\nGood.\n\n{{ nothing }}\n', "utf-8")

    with pytest.raises(BadFile) as caught:
        written(tmp_path, 'One.\n\n{% include "parts/broken.md" %}\n')
    assert str(caught.value) == f"{part}, line 6: 'nothing' is undefined"


def test_every_wrong_key_in_the_front_matter_is_named_at_once(tmp_path: Path) -> None:
    head = """+++
titel = "Mine"
law = "cpra"
[[variable]]
name = "from"
[[variable]]
name = "agency"
check = "word"
+++
"""
    with pytest.raises(BadFile) as caught:
        written(tmp_path, "x\n", head)
    said = str(caught.value)

    assert 'line 2: there is no key "titel" here; did you mean "title"?' in said
    assert 'line 8: "check" is "word"' in said.replace("'", '"')
    assert '"title" is missing' in said


@pytest.mark.parametrize(
    ("variable", "why"),
    [
        ('name = "agency"\nask="A"\nexplanation="E"\nexample="x"', "cannot be called"),
        ('name = "a"\nask="A"\nexplanation="E"', 'has no "example"'),
        ('name = "a"\nask="A"\nexplanation="E"\nexample="x"\ncheck="date"', "the example of a"),
        ('name = "from"\nafter="nobody"', 'no blank "nobody"'),
    ],
)
def test_a_blank_must_say_what_it_is_and_pass_its_own_check(
    tmp_path: Path, variable: str, why: str
) -> None:
    head = f'+++\ntitle = "Mine"\nlaw = "cpra"\n[[variable]]\n{variable}\n+++\n'
    with pytest.raises(BadFile, match=r"mine\.md, line 4: ") as caught:
        written(tmp_path, "x\n", head)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"+++\ntitle = 'x'\n", "line 1: the front matter has no end"),
        (b"+++\ntitle = \n+++\nx", "line 2: this is not valid TOML"),
        (b"+++\ntitle = 'x'\nlaw = 'cpra'\n+++\nok\nSe\xf1or\n", "line 6: this is not UTF-8"),
        (b"no front matter", '\'title|"title" is missing'),
        (b"x" * 300_000, "longer than a letter can be"),
    ],
)
def test_a_file_that_is_no_template_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "mine.md").write_bytes(content)
    with pytest.raises(BadFile, match=why):
        find("mine", tmp_path)


def test_a_template_that_leads_out_of_its_folder_is_not_followed(tmp_path: Path) -> None:
    own = tmp_path / "templates"
    own.mkdir()
    (tmp_path / "secret.md").write_text(HEAD + "secret\n", "utf-8")
    (own / "mine.md").symlink_to(tmp_path / "secret.md")

    with pytest.raises(BadFile, match="leads out of the templates folder"):
        find("mine", own)


def test_one_broken_template_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_text("+++\n", "utf-8")
    (tmp_path / "mine.md").write_text(HEAD + "x\n", "utf-8")
    templates, problems = shelf(tmp_path)

    assert {"mine", "late", "general"} <= {template.name for template in templates}
    assert "broken" not in {template.name for template in templates}
    assert [problem.path for problem in problems] == ["broken.md"]
    assert "broken" in names(tmp_path)


def test_a_name_with_a_path_in_it_is_no_template(tmp_path: Path) -> None:
    for name in ("../late", "/etc/passwd", "parts/request", ""):
        with pytest.raises(NotFound):
            find(name, tmp_path)
