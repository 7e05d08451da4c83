"""A made-up request with a made-up history, to show and to check a template with.

The names are nobody's and the dates fit together; a letter that can be written only after a denial,
an extension or a fee finds all of them in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cpra.core.items import Item
from cpra.core.request import Requester
from cpra.letters.facts import (
    Addressee,
    Argument,
    Authorities,
    Denial,
    Due,
    Entry,
    Extension,
    Facts,
    Ground,
    Said,
    Story,
)
from cpra.letters.render import items, subject
from cpra.letters.template import Template

REQUESTER = Requester(
    name="Ana Example",
    organization="Example Records Watch",
    email="records@example.org",
    address="P.O. Box 1\nExample City, CA 90000",
)
AGENCIES: Mapping[str, Addressee] = {
    "city": Addressee(
        name="Example City Police Department",
        kind="city",
        address=("Records Division", "1 Main Street", "Example City, CA 90000"),
        email="records@police.example",
    ),
    "county": Addressee(name="Example County Sheriff's Department", kind="county"),
    "state": Addressee(name="California Department of Examples", kind="state"),
    "federal": Addressee(name="U.S. Example Enforcement", kind="federal"),
    "court": Addressee(name="Superior Court of Example County", kind="court"),
    "legislature": Addressee(name="Senate Rules Committee", kind="legislature"),
}
_FEDERAL = Due(
    started=date(2026, 9, 15),
    nominal=date(2026, 10, 14),
    due=date(2026, 10, 14),
    latest=date(2026, 10, 14),
    items=(1, 2, 3),
    late=True,
)
_OF_LAW = {"foia": "federal", "rule-10.500": "court", "lora": "legislature", "ipa": "state"}
ITEMS = (
    Item(1, "The usage policy in effect on March 31, 2026."),
    Item(2, "The access logs from January 1, 2026 through March 31, 2026."),
    Item(3, "The vendor's invoices dated from January 1, 2026 through March 31, 2026."),
)
STORY = Story(
    sent=date(2026, 9, 15),
    received=date(2026, 9, 15),
    determination=Due(
        started=date(2026, 9, 15),
        nominal=date(2026, 9, 25),
        due=date(2026, 9, 28),
        latest=date(2026, 9, 28),
        rolled="Native American Day, Saturday and Sunday",
        items=(1, 2, 3),
        late=True,
    ),
    due=Due(
        started=date(2026, 9, 15),
        nominal=date(2026, 10, 9),
        due=date(2026, 10, 9),
        latest=date(2026, 10, 13),
        items=(1, 2, 3),
        late=True,
    ),
    extension=Extension(
        on=date(2026, 9, 24),
        until=date(2026, 10, 20),
        reasons="staff shortage",
        signed_by="",
        ceiling=date(2026, 10, 13),
        faults=(
            'Its reason, "staff shortage", is not among the circumstances that the statute lists.',
            "It states October 20, 2026; by every reading of the law that I know of, the latest "
            "date that it could state is October 13, 2026.",
        ),
    ),
    acknowledged=Said(on=date(2026, 9, 16)),
    determined=Said(on=date(2026, 10, 20), until=date(2026, 11, 2)),
    promises=(Said(on=date(2026, 11, 3), until=date(2026, 11, 16)),),
    productions=(Said(on=date(2026, 10, 26)),),
    denials=(
        Denial(
            on=date(2026, 10, 20),
            items=(ITEMS[1],),
            grounds=(
                Ground(
                    named="Gov. Code § 7922.000 (public interest in not disclosing)",
                    must_show="that one public interest clearly outweighs the other",
                    arguments=(Argument(point="Volume alone does not show it."),),
                ),
            ),
            reasons="",
            signed_by="",
            missing=("the name and title or position of each person responsible",),
        ),
    ),
    none_found=Said(on=date(2026, 10, 20), items=(ITEMS[2],)),
    disputed=ITEMS,
    fee=Said(on=date(2026, 10, 20), text="$240.00"),
    clarification=Said(on=date(2026, 9, 21), text="which logs do you mean?"),
    incident=date(2026, 5, 20),
    letters=(Said(on=date(2026, 10, 14), text="late"),),
    chronology=(
        Entry(on=date(2026, 9, 15), what="The request was sent by e-mail"),
        Entry(
            on=date(2026, 9, 24),
            what="The agency gave notice of an extension, stating October 20, 2026",
            papers=("answers/2026-09-24-extension/letter.pdf",),
            exhibit=1,
        ),
    ),
)


def values(template: Template) -> dict[str, str]:
    """The template's own examples."""
    return {variable.name: variable.example for variable in template.variables}


def facts(template: Template, authorities: Authorities) -> Facts:
    """A request, or a follow-up to one with a history, for an agency that the template is for."""
    kind = (*template.agencies, _OF_LAW.get(template.law, "city"))[0]
    bare = Facts(
        today=date(2026, 9, 15),
        id="2026-0012",
        agency=AGENCIES.get(kind, AGENCIES["city"]),
        requester=REQUESTER,
        items=ITEMS,
        via="email",
    )
    if template.kind == "letter":
        return replace(
            bare,
            today=date(2026, 11, 20),
            subject="License plate reader access logs, January to March 2026",
            reference="26-14221",
            story=_story(template.law),
        )
    given = values(template)
    texts = items(template, given, bare, authorities)
    own = tuple(Item(number, text) for number, text in enumerate(texts, start=1))
    return replace(bare, subject=subject(template, given, bare), items=own or ITEMS)


def _story(law: str) -> Story:
    """The history with the dates of that law."""
    if law != "foia":
        return STORY
    told = tuple(entry for entry in STORY.chronology if "extension" not in entry.what)
    return replace(STORY, determination=_FEDERAL, due=_FEDERAL, extension=None, chronology=told)
