"""Who may import whom, where each heavy library lives, what the morning screen must not load."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

LAYERS = (
    ("errors",),
    ("core",),
    ("disk",),
    ("statutes", "workspace", "folder", "agencies", "letters", "archive"),
    ("mail",),
    ("index",),
    ("reports", "checks"),
    ("actions",),
    ("cli",),
)
"""Everything may import what stands to the left of it; names in one group do not see each other."""

NEIGHBOURS = {("folder", "workspace"), ("agencies", "workspace")}
"""the two arrows inside a group"""

HOMES = {
    "docx": {"letters"},
    "jinja2": {"letters"},
    "markupsafe": {"letters"},
    "typst": {"letters"},
    "smtplib": {"mail"},
    "imaplib": {"mail"},
    "imap_tools": {"mail"},
    "apprise": {"mail"},
    "keyring": {"mail"},
    "pypdfium2": {"archive"},
    "lxml": {"archive"},
    "rapidocr": {"archive"},
    "numpy": {"archive"},
    "PIL": {"archive"},
    "python_calamine": {"archive"},
    "charset_normalizer": {"archive"},
    "bagit": {"archive"},
    "olefile": {"archive"},
    "oxmsg": {"archive"},
    "rfc3161_client": {"archive"},
    "cryptography": {"archive"},
    "sqlite3": {"index"},
    "tantivy": {"index"},
    "icalendar": {"reports"},
    "filelock": {"workspace"},
    "tomlkit": {"workspace", "folder", "agencies"},
    "click": {"cli"},
    "rich": {"cli"},
    "pendulum": {"cli"},
}
"""each library with a home has one; another third-party library needs one here first"""

LIGHT = {"click", "sqlite3"}
"""may be imported at the top of a module of their home"""

PURE = {
    "__future__",
    "base64",
    "bisect",
    "calendar",
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "enum",
    "functools",
    "graphlib",
    "hashlib",
    "heapq",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "statistics",
    "string",
    "textwrap",
    "tomllib",
    "types",
    "typing",
    "unicodedata",
}
"""the standard library without files, clock, network and chance"""

CLOCKS = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "localtime"),
    ("time", "gmtime"),
    ("pendulum", "now"),
    ("pendulum", "today"),
}


@dataclass(frozen=True)
class Import:
    """One import: the file and line it stands in, and the module it loads."""

    path: Path
    line: int
    module: str
    at_the_top: bool

    @property
    def unit(self) -> str:
        """The part of the house that the file belongs to."""
        return self.path.relative_to(ROOT / "cpra").parts[0].removesuffix(".py")

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT).as_posix()}:{self.line} imports {self.module}"


def sources() -> list[Path]:
    return sorted((ROOT / "cpra").rglob("*.py"))


def imports(path: Path, tree: ast.Module) -> Iterator[Import]:
    """Every import of a file; one that only a type checker sees counts, but is not at the top."""
    guarded = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    inside = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively"
            names = [module_of(node.module or "", alias.name) for alias in node.names]
        else:
            continue
        for name in names:
            yield Import(path, node.lineno, name, node not in guarded and node not in inside)


def module_of(package: str, name: str) -> str:
    """`from cpra import disk` loads cpra.disk; `from cpra.core.items import Item` that module."""
    place = ROOT.joinpath(*package.split("."), name)
    if place.is_dir() or place.with_suffix(".py").is_file():
        return f"{package}.{name}"
    return package


TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sources()}
IMPORTS = [one for path, tree in TREES.items() for one in imports(path, tree)]


def level(unit: str) -> int:
    return next((n for n, group in enumerate(LAYERS) if unit in group), -1)


def test_every_part_of_the_house_has_its_place() -> None:
    units = {one.unit for one in IMPORTS} - {"__init__", "__main__"}
    assert [unit for unit in sorted(units) if level(unit) < 0] == []


def test_imports_go_to_the_left_only() -> None:
    wrong = []
    for one in IMPORTS:
        if one.library != "cpra" or one.module == "cpra":
            continue
        there = one.module.split(".")[1]
        if there in ("templates", one.unit) or one.unit in ("__init__", "__main__"):
            continue
        if level(there) < level(one.unit) or (one.unit, there) in NEIGHBOURS:
            continue
        wrong.append(str(one))
    assert wrong == []


def test_each_library_is_used_in_its_home_only() -> None:
    wrong = [str(one) for one in IMPORTS if one.unit not in HOMES.get(one.library, {one.unit})]
    assert wrong == []


def test_every_third_party_library_has_a_home() -> None:
    known = {"cpra", *HOMES, *sys.stdlib_module_names}
    assert [str(one) for one in IMPORTS if one.library not in known] == []


def test_heavy_libraries_are_loaded_by_the_function_that_needs_them() -> None:
    """A module that must have one at its top (it subclasses it) is itself loaded by a function, or
    by another such module."""
    heavy = {one.path for one in IMPORTS if one.at_the_top and is_heavy(one.module)}
    loaded = {path: [one for one in IMPORTS if file_of(one.module) == path] for path in heavy}
    every = [one for users in loaded.values() for one in users]
    wrong = [str(one) for one in every if one.at_the_top and one.path not in heavy]
    unused = [path for path, users in loaded.items() if not users]
    assert (wrong, unused) == ([], [])


def is_heavy(module: str) -> bool:
    library = module.partition(".")[0]
    return library in set(HOMES) - LIGHT or module in {"urllib.request", "importlib.metadata"}


def file_of(module: str) -> Path:
    return ROOT.joinpath(*module.split(".")).with_suffix(".py")


def test_the_core_is_pure() -> None:
    own = [one for one in IMPORTS if one.unit == "core" and one.library != "cpra"]
    assert [str(one) for one in own if one.library not in PURE] == []


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_the_core_opens_prints_and_asks_nothing() -> None:
    wrong = [
        f"{path.name}:{call.lineno} {call.func.id}"
        for path, tree in TREES.items()
        if path.parent.name == "core"
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id in {"open", "print", "input", "eval"}
    ]
    assert wrong == []


def test_only_the_command_line_asks_the_clock() -> None:
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}:{call.lineno} {ast.unparse(call.func)}"
        for path, tree in TREES.items()
        if path.parent.name != "cli"
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and (ast.unparse(call.func.value).rpartition(".")[2], call.func.attr) in CLOCKS
    ]
    assert wrong == []


def test_no_module_is_called_utils_and_no_exception_is_swallowed_whole() -> None:
    assert [path for path in TREES if path.stem in {"utils", "util", "helpers", "misc"}] == []
    wrong = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
    ]
    assert wrong == []


def test_every_module_class_and_public_function_says_what_it_is() -> None:
    wrong = []
    for path, tree in TREES.items():
        if not ast.get_docstring(tree):
            wrong.append(path.relative_to(ROOT).as_posix())
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef) or node.name.startswith("_"):
                continue
            if not ast.get_docstring(node) and not hidden(node, tree):
                wrong.append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}")
    assert wrong == []


def hidden(node: ast.AST, tree: ast.Module) -> bool:
    """True for what stands inside a function or a private class."""
    return any(
        node is not outer and node in ast.walk(outer)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef)
        or (isinstance(outer, ast.ClassDef) and outer.name.startswith("_"))
    )


RUN = """
import sys
from cpra.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("LOADED", *sorted(sys.modules), file=sys.stderr)
"""


def modules_after(folder: Path, *command: str) -> set[str]:
    """What a command has loaded when it is done, in a process of its own."""
    line = [sys.executable, "-c", RUN, *command]
    done = subprocess.run(line, cwd=folder, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("LOADED")[2].split())


@pytest.mark.parametrize(
    "command",
    ["due", "list", "--help", "compute cpra.determination --from 2026-09-15"],
)
def test_the_quick_commands_load_no_heavy_library(command: str, tmp_path: Path) -> None:
    modules_after(tmp_path, "init", str(tmp_path))
    loaded = modules_after(tmp_path, *command.split())
    assert "cpra.cli" in loaded
    assert sorted(module for module in loaded if is_heavy(module)) == []
