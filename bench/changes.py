"""Small changes of a module's code, for mutants.py: comparisons, and/or, arithmetic, numbers."""

from __future__ import annotations

import ast
import copy
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from harness import ROOT

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

    @property
    def key(self) -> str:
        """The same for the same change of the same module, and for no other."""
        return hashlib.sha256(f"{self.module}\n{self.source}".encode()).hexdigest()[:16]


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
