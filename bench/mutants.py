"""Mutation testing of the clock: each small change to its code should make a test fail.

`mutants.py [MODULE…]`, an hour or more; not for CI. Each change is tried in a process of its own
that holds the changed module in memory only: no file is touched. What no test notices is listed;
what cannot be noticed, because the changed code does the same, stands in `SAME` with the reason.
`--some N` tries a sample of N and writes nothing; without it, the score goes into
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

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
SECONDS = 90
"""of processor time for one change; one that runs longer never ends, and is noticed"""

SWAPS: dict[type[ast.AST], Callable[[], Any]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
}

SAME: dict[str, str] = {}
"""`module: before → after` of a change that changes nothing, and why"""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One small change of one module."""

    module: str
    line: int
    before: str
    after: str
    source: str

    @property
    def name(self) -> str:
        """The change without its line, which moves."""
        return f"{self.module}: {self.before} → {self.after}"


def mutants(module: str) -> Iterator[Mutant]:
    """Every change of a module, in the order of its lines."""
    tree = ast.parse((ROOT / "cpra" / "core" / f"{module}.py").read_text(encoding="utf-8"))
    for place, _ in enumerate(_nodes(tree)):
        for change in range(2):
            copied = copy.deepcopy(tree)
            node, statement = list(_nodes(copied))[place]
            before = ast.unparse(statement)
            if not _changed(node, change):
                break
            ast.fix_missing_locations(copied)
            after = ast.unparse(statement)
            if after != before:
                yield Mutant(
                    module,
                    getattr(statement, "lineno", 0),
                    *_difference(before, after),
                    ast.unparse(copied),
                )


def _nodes(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.stmt]]:
    """What can be changed, with the smallest statement around it; types are left alone."""

    def walk(node: ast.AST, statement: ast.stmt | None) -> Iterator[tuple[ast.AST, ast.stmt]]:
        if isinstance(node, ast.stmt):
            statement = node
        if isinstance(node, ast.If) and _is_typing(node.test):
            return
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.Raise, ast.JoinedStr)):
            return
        if statement is not None and _can_change(node):
            yield node, statement
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from walk(child, statement)

    yield from walk(tree, None)


def _is_typing(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _can_change(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, (bool, int))
    return isinstance(
        node,
        (ast.Compare, ast.BoolOp, ast.BinOp, ast.UnaryOp, ast.If, ast.IfExp),
    )


def _changed(node: ast.AST, change: int) -> bool:
    """Change the node in place, in its first or second way; False when it has no such way."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            node.value = not node.value
            return change == 0
        if isinstance(node.value, int):
            node.value += 1 if change == 0 else -1
            return True
        return False
    if change:
        return False
    if isinstance(node, ast.Compare):
        other = SWAPS.get(type(node.ops[0]))
        node.ops[0] = other() if other else node.ops[0]
    elif isinstance(node, (ast.BoolOp, ast.BinOp)):
        other = SWAPS.get(type(node.op))
        node.op = other() if other else node.op
    elif isinstance(node, ast.UnaryOp):
        return _unary(node)
    elif isinstance(node, (ast.If, ast.IfExp)):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    return True


def _unary(node: ast.UnaryOp) -> bool:
    """`not x` becomes `not not x`, `-1` becomes `+1`."""
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
        return True
    if isinstance(node.op, ast.USub):
        node.op = ast.UAdd()
        return True
    return False


def _difference(before: str, after: str) -> tuple[str, str]:
    """The first line of a statement that changed, as it was and as it is."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=False)
    return next(((a.strip(), b.strip()) for a, b in pairs if a != b), (before, after))


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
        os._exit(int(pytest.main([*options, *TESTS])))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def main() -> int:
    """Try every change, print what nothing notices, and write the score down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE")
    parser.add_argument("--some", type=int, help="a sample of so many, nothing written down")
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for heavy in ("pytest", "hypothesis", "click.testing", "tomllib"):
        importlib.import_module(heavy)
    if noticed(None):
        print("the tests fail without any change", file=sys.stderr)
        return 1
    found = [mutant for module in options.modules for mutant in mutants(module)]
    if options.some:
        found = random.Random(1).sample(found, options.some)  # noqa: S311 (a sample)
    started = time.monotonic()
    survivors = []
    for number, mutant in enumerate(found, start=1):
        if not noticed(mutant):
            survivors.append(mutant)
            print(f"{mutant.module}.py, line {mutant.line}: {mutant.before} → {mutant.after}")
        print(f"  {number}/{len(found)}", end="\r", file=sys.stderr, flush=True)
    minutes = (time.monotonic() - started) / 60
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
