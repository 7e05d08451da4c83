"""The licence gate: no GPL, AGPL or LGPL package in what cpra installs, core and every extra.

It walks the installed distributions from the requirements in setup.cfg, reads the licence that each
states and the parts that its wheel lists, and fails on copyleft, on a package that states no
licence, and on one that docs/licences.md does not name. What a wheel bundles beyond its list stands
there too. The extra `test` may bring servers under another licence that the tests start as programs
of their own; each of them is named here.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "licences.md"

ELSEWHERE = {
    "backports-tarfile": "MIT",
    "colorama": "BSD-3-Clause",
    "importlib-metadata": "Apache-2.0",
    "pywin32-ctypes": "BSD-3-Clause",
    "tzdata": "Apache-2.0",
    "exceptiongroup": "MIT",
    "tomli": "MIT",
    "zipp": "MIT",
}
"""installed on another system or Python only, so it cannot be read here: as its makers state it"""

ACCEPTED = {
    "hypothesis",
    "librt",
    "lxml",
    "mypy",
    "numpy",
    "opencv-python-headless",
    "pathspec",
    "pillow",
    "pypdfium2",
    "shapely",
    "typing-extensions",
}
"""a licence file of these speaks of the GPL; docs/licences.md says what that is about"""

ABSENT = {("pillow", "FriBiDi"), ("pillow", "libimagequant")}
"""parts that a bill of materials lists and the wheel does not have; docs/licences.md says so"""

PROGRAMS = {"radicale": "a CalDAV server; the tests start it as a process of its own"}
"""in the extra `test` only: not imported by cpra or by its tests, and not needed to use cpra"""

COPYLEFT = re.compile(
    r"\b[AL]?GPL|\bGNU (?:Affero |Lesser |Library )?General Public", re.IGNORECASE
)
LICENCE_FILE = re.compile(r"licen[sc]e|copying", re.IGNORECASE)
OLD_NAMES = re.compile(r"^License :: (?:OSI Approved :: )?(?P<name>.+)$")


@dataclass(frozen=True)
class Package:
    """One distribution of the tree, and who asks for it."""

    name: str
    version: str
    licence: str
    parts: tuple[tuple[str, str], ...]
    """what its wheel says it is made of, with the licence of each part"""
    files: tuple[str, ...]
    """its licence files that speak of the GPL"""


def asked() -> dict[str, tuple[Requirement, ...]]:
    """What setup.cfg asks for: the core under an empty name, then each extra."""
    config = ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    groups = {"": config["options"]["install_requires"], **config["options.extras_require"]}
    return {
        name: tuple(Requirement(line) for line in lines.splitlines() if line.strip())
        for name, lines in groups.items()
    }


def tree(requirements: Iterable[Requirement]) -> tuple[dict[str, Package], list[str]]:
    """Every package that these bring, and what is wrong with finding them."""
    found: dict[str, Package] = {}
    wrong: list[str] = []
    waiting = [(requirement, "cpra") for requirement in requirements]
    while waiting:
        requirement, by = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            if name not in ELSEWHERE:
                wrong.append(f"{name} (for {by}) is not installed, so its licence is not known")
            continue
        found[name] = read(package)
        waiting += [(one, name) for one in wanted(package, frozenset(requirement.extras))]
    return found, wrong


def wanted(package: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    """What a distribution requires, on any system, with these extras."""
    for line in package.requires or ():
        requirement = Requirement(line)
        marker = str(requirement.marker or "")
        asked = set(re.findall(r"extra == [\"']([\w.-]+)[\"']", marker))
        if not asked or asked & extras:
            yield requirement


def read(package: Distribution) -> Package:
    """A distribution's own statements: its licence, its parts, its licence files."""
    meta = package.metadata
    name = canonicalize_name(meta["Name"])
    stated = [meta[key] for key in ("License-Expression", "License") if key in meta]
    classes = [
        match["name"]
        for line in meta.get_all("Classifier") or ()
        if (match := OLD_NAMES.match(line)) and match["name"] != "OSI Approved"
    ]
    expression = stated[:1] if "License-Expression" in meta else []
    licence = next(iter([*expression, *filter(None, [" AND ".join(classes)]), *stated]), "")
    parts: list[tuple[str, str]] = []
    speaking: list[str] = []
    for file in package.files or ():
        if ".dist-info" not in file.parts[0]:
            continue
        at = Path(str(file.locate()))
        if "sboms" in file.parts and at.suffix == ".json":
            parts += components(json.loads(at.read_text(encoding="utf-8")))
        elif LICENCE_FILE.search(str(file)) and COPYLEFT.search(words(at)):
            speaking.append("/".join(file.parts[1:]))
    return Package(name, meta["Version"], first_line(licence), tuple(parts), tuple(speaking))


def words(at: Path) -> str:
    return at.read_text(encoding="utf-8", errors="replace") if at.is_file() else ""


def components(sbom: dict[str, list[dict[str, object]]]) -> Iterator[tuple[str, str]]:
    """The parts in a wheel's bill of materials (CycloneDX)."""
    for part in sbom.get("components", ()):
        stated = [
            one.get("expression") or one["license"].get("id") or one["license"].get("name", "")
            for one in part.get("licenses", ())  # type: ignore[attr-defined]  # JSON
        ]
        yield str(part["name"]), " AND ".join(map(str, stated))


def first_line(licence: str) -> str:
    return licence.strip().splitlines()[0].strip() if licence.strip() else ""


def is_copyleft(licence: str) -> bool:
    """True unless one way to read the expression is free of GPL, AGPL and LGPL."""
    ways = re.split(r"\s+OR\s+|\s*/\s*", licence.strip("()"))
    return all(COPYLEFT.search(way) for way in ways)


def problems() -> list[str]:
    """Everything that stands in the way of a release."""
    groups = asked()
    run_time, wrong = tree(one for name, ones in groups.items() if name != "test" for one in ones)
    everything, missing = tree(one for ones in groups.values() for one in ones)
    page = PAGE.read_text(encoding="utf-8")
    for package in everything.values():
        if package.name in PROGRAMS and package.name not in run_time:
            continue
        if not package.licence:
            wrong.append(f"{package.name} {package.version} states no licence")
        elif is_copyleft(package.licence):
            wrong.append(f"{package.name} {package.version} is {package.licence}")
        for part, licence in package.parts:
            if licence and is_copyleft(licence) and (package.name, part) not in ABSENT:
                wrong.append(f"{package.name} {package.version} has {part} in it: {licence}")
        if package.files and not (package.name in ACCEPTED and f"**{package.name}**" in page):
            wrong.append(f"{package.name}: {', '.join(package.files)} speaks of the GPL")
    for name in sorted({*everything, *ELSEWHERE}):
        if f"| {name} |" not in page:
            wrong.append(f"{PAGE.relative_to(ROOT)} does not name {name}")
    return sorted({*wrong, *missing})


def table() -> str:
    """The rows of docs/licences.md for what is installed here."""
    groups = asked()
    core, _ = tree(groups[""])
    run_time, _ = tree(one for name, ones in groups.items() if name != "test" for one in ones)
    everything, _ = tree(one for ones in groups.values() for one in ones)
    rows = []
    for one in sorted(everything.values(), key=lambda one: (one.name not in core, one.name)):
        group = "core" if one.name in core else "extra" if one.name in run_time else "test"
        rows.append(
            f"| {one.name} | {one.version} | {group} | {one.licence} | {len(one.parts) or ''} |"
        )
    return re.sub(r" +\|", " |", "\n".join(rows))


if __name__ == "__main__":
    if sys.argv[1:] == ["--table"]:
        print(table())
        sys.exit()
    found = problems()
    print("\n".join(found) or "No GPL, AGPL or LGPL package in core or any extra.")
    sys.exit(bool(found))
