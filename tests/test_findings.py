"""What `cpra check` can say stands in the manual, with what it means and what to do about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAYING = (
    "checks.py",
    "core/log.py",
    "core/order.py",
    "archive/stamp.py",
    "folder.py",
    "cli/check.py",
)
SECTION = "## When check finds something"


def texts(name: str) -> Iterator[str]:
    """Every sentence in a module's code: strings joined, a value in them as `…`; no docstrings."""
    tree = ast.parse((ROOT / "cpra" / name).read_text(encoding="utf-8"))
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(node.value)
        if isinstance(node, ast.JoinedStr):
            parts = (v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
            inside |= set(ast.walk(node)) - {node}
            if node not in inside:
                yield "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.value


def findings() -> list[str]:
    """What stands in the first columns of the manual's tables."""
    manual = (ROOT / "docs" / "archive.md").read_text(encoding="utf-8")
    section = manual.split(SECTION)[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    return [said for row in rows for said in re.findall(r"`([^`]+)`", row)]


def test_what_the_manual_lists_is_said_by_the_check() -> None:
    code = [text for name in SAYING for text in texts(name)]
    listed = findings()
    assert len(listed) > 25
    for said in listed:
        start = said.split("…")[0].strip()
        assert any(start in text for text in code), said


def test_what_the_check_says_is_in_the_manual() -> None:
    listed = [[part.strip(", ") for part in said.split("…")] for said in findings()]
    sentences = [
        text for text in texts("checks.py") if text.count(" ") > 3 and not text.startswith("_")
    ]
    assert len(sentences) > 12
    for sentence in sentences:
        assert any(all(part in sentence for part in parts) for parts in listed), sentence
