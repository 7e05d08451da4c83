"""Mutation testing of the clock: each small change to its code should make a test fail.

`mutants.py [MODULE…]`, an hour or more; not for CI. Each change is tried in a process of its own
that holds the changed module in memory only: no file is touched. What no test notices is listed;
what cannot be noticed, because the changed code does the same, stands in `SAME` with the reason.
`--kept FILE` holds what was noticed, so that a run that was stopped goes on where it was, and a run
after a new test tries only what was left. `--some N` tries a sample of N and writes nothing;
without it, the score goes into docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

from changes import Mutant, mutants
from harness import ROOT, machine, write_section

MODULES = (
    "calendar",
    "holidays",
    "rules",
    "clock",
    "law",
    "soundness",
    "table",
    "deadline",
    "deadlines",
    "extended",
    "pauses",
    "flags",
    "grounds",
    "extension",
)
"""modules of cpra.core"""
TESTS = (
    "tests/test_deadlines.py",
    "tests/test_law_errors.py",
    "tests/test_calendar.py",
    "tests/test_vectors.py",
    "tests/test_extension.py",
    "tests/test_law.py",
    "tests/test_explanation.py",
    "tests/test_compute.py",
)
"""the quickest to notice something first"""
CLOSEST = {
    "calendar": "tests/test_calendar.py",
    "holidays": "tests/test_calendar.py",
    "rules": "tests/test_calendar.py",
    "law": "tests/test_law.py",
    "soundness": "tests/test_law.py",
    "table": "tests/test_law.py",
    "grounds": "tests/test_extension.py",
    "extension": "tests/test_extension.py",
}
"""the file that is asked before all others about a module"""
SECONDS = 40
"""of processor time for one change; one that runs longer never ends, and is noticed"""

SAME: dict[str, str] = {
    "holidays: day.of(2023) → day.of(2022)": "neither is a leap year",
    (
        "holidays: for year in range(first.year, last.year + 1): →"
        " for year in range(first.year, last.year + 2):"
    ): "a day of a year more is after the last day, and left out",
    (
        "law: return next((v for v in versions if v.governs(rule.until + timedelta(days=1))),"
        " None) → return next((v for v in versions if v.governs(rule.until + timedelta(days=2))),"
        " None)"
    ): "a version that is in force on the day after is in force on the next one as well",
    (
        "extension: own = [finding for finding in findings if finding.notice is"
        " findings[-1].notice] → own = [finding for finding in findings if finding.notice is"
        " findings[-2].notice]"
    ): "every notice has several findings, so the last two are of the same one",
    (
        "deadlines: if met is not None and later is not None and (met.order < later.order): →"
        " if met is not None and later is not None and (met.order <= later.order):"
    ): "no event both keeps a promise and makes one, so the two are never the same",
    (
        "deadline: if self.due < ceiling: → if self.due <= ceiling:"
    ): "a ceiling on the date itself is no later reading, and left out at the end",
    (
        "clock: if self._widest is None or self.narrow is None: →"
        " if self._widest is None and self.narrow is None:"
    ): "a count has both calendars or neither",
}
"""`module: before → after` of a change that changes nothing, and why"""


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module of cpra from memory instead of from its file."""

    def __init__(self, mutant: Mutant) -> None:
        self.module, self.source = f"cpra.core.{mutant.module}", mutant.source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The changed module's, and no other."""
        del path, target
        if fullname != self.module:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed source as the module."""
        name = ROOT / "cpra" / "core" / f"{self.module.rpartition('.')[2]}.py"
        exec(compile(self.source, str(name), "exec"), module.__dict__)  # noqa: S102 (our own code)


def noticed(mutant: Mutant | None) -> bool:
    """True if a test fails, or nothing ends, with this change; None changes nothing."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        if mutant is not None:
            sys.meta_path.insert(0, Changed(mutant))
        import pytest
        from hypothesis import Phase, settings

        # Shrinking a counterexample would take longer than finding it did.
        settings.register_profile(
            "mutants", database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
        )
        settings.load_profile("mutants")
        known = "ignore::pytest.PytestAssertRewriteWarning"  # hypothesis is loaded before the fork
        options = ["-x", "-q", "-p", "no:cacheprovider", "--no-header", "-W", known]
        # One file after the other: most changes are noticed before the others are even read.
        closest = CLOSEST.get(mutant.module if mutant else "", TESTS[0])
        ordered = (closest, *(test for test in TESTS if test != closest))
        os._exit(any(pytest.main([*options, test]) for test in ordered))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


class Kept:
    """What was noticed so far, in memory and in a file that outlives a run that is stopped.

    A change that was noticed stays noticed as long as no test is taken away.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.seconds: dict[str, float] = {}
        """by the key of a change that was noticed, how long that took"""
        self.spent = 0.0
        if path is not None and path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                self._add(**json.loads(line))

    def tried(self, mutant: Mutant) -> bool:
        """Try a change and remember the outcome; True if it was noticed."""
        started = time.monotonic()
        found = noticed(mutant)
        seconds = round(time.monotonic() - started, 1)
        self._add(mutant.key, seconds, found)
        if self.path is not None:
            row = {"key": mutant.key, "seconds": seconds, "noticed": found}
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        return found

    def _add(self, key: str, seconds: float, noticed: bool) -> None:
        self.spent += seconds
        if noticed:
            self.seconds[key] = seconds


def main() -> int:
    """Try every change, print what nothing notices, and write the score down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE")
    parser.add_argument("--kept", type=Path, help="a file that remembers what was noticed")
    parser.add_argument("--some", type=int, help="a sample of so many, nothing written down")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # plugins take longer than most tests
    for heavy in ("pytest", "hypothesis", "click.testing", "tomllib", "xml.etree.ElementTree"):
        importlib.import_module(heavy)
    if noticed(None):
        print("the tests fail without any change", file=sys.stderr)
        return 1
    found = [mutant for module in options.modules for mutant in mutants(module)]
    if options.some:
        found = random.Random(1).sample(found, options.some)  # noqa: S311 (a sample)
    kept = Kept(options.kept)
    survivors = []
    for number, mutant in enumerate(found, start=1):
        if mutant.key not in kept.seconds and not kept.tried(mutant):
            survivors.append(mutant)
            known = "the same" if mutant.name in SAME else "NOT NOTICED"
            print(f"{known}: {mutant.module}.py, line {mutant.line}: {mutant.name}", flush=True)
        print(f"  {number}/{len(found)}", end="\r", file=sys.stderr, flush=True)
    minutes = kept.spent / 60
    lines = list(report(found, survivors, minutes))
    print("\n".join(lines))
    if not options.some and options.modules == MODULES:
        write_section("mutants", lines)
    return 1 if any(mutant.name not in SAME for mutant in survivors) else 0


def report(found: Sequence[Mutant], survivors: Sequence[Mutant], minutes: float) -> Iterator[str]:
    """The section of the page: the score by module, and every change that nothing noticed."""
    yield "## Mutation testing of the clock"
    yield ""
    yield machine()
    yield ""
    yield (
        f"{len(found)} small changes (comparisons, and/or, arithmetic, numbers, conditions), one at"
        f" a time, each with the tests of the clock, in {minutes:.0f} minutes."
    )
    yield ""
    yield "| module | changes | noticed | score |"
    yield "|---|---:|---:|---:|"
    every = [("all", list(found), list(survivors))]
    every += [
        (
            f"core/{name}",
            [mutant for mutant in found if mutant.module == name],
            [mutant for mutant in survivors if mutant.module == name],
        )
        for name in dict.fromkeys(mutant.module for mutant in found)
    ]
    for name, changes, left in every:
        caught = len(changes) - len(left)
        yield f"| {name} | {len(changes)} | {caught} | {100 * caught / len(changes):.1f} % |"
    if survivors:
        yield ""
        yield "Not noticed:"
        yield ""
    for mutant in survivors:
        why = SAME.get(mutant.name, "to be looked at")
        yield f"- core/{mutant.module}: `{mutant.before}` → `{mutant.after}`: {why}"


if __name__ == "__main__":
    sys.exit(main())
