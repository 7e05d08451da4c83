"""`cpra demo`: the whole job on made-up papers, each step by the command that a person types."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path

import click

from cpra.cli.page import styled
from cpra.errors import Refused

AGENCY = "Exampleville Police Department"
ANSWER = "answer.eml"

STEPS: tuple[tuple[str, str], ...] = (
    ("A workspace is a folder with plain files.", "init ."),
    (
        "Whom you ask stands in the address book. (This agency is made up.)",
        f'agency add "{AGENCY}" --alias EPD --kind city',
    ),
    (
        "A template becomes a letter: Word, PDF and text. (The story begins on September 14.)",
        "--today 2026-09-14 new alpr-access-logs --agency EPD --set from=2026-01-01 "
        '--set to=2026-03-31 --set "units=the Records Unit" --no-input',
    ),
    (
        "You send it yourself, and say so. The clock starts.",
        "sent 1 --on 2026-09-15 --at 10:42 --via email --reference 26-0114",
    ),
    ("Every date is reckoned, with its authority.", "explain 1"),
    ("Had nothing come by October 1, the morning screen would say:", "--today 2026-10-01 due"),
    (
        "The answer is a mail with a zip: a PDF and a spreadsheet. All of it is filed.",
        f"file 1 {ANSWER} --as records --on 2026-10-02 --at 14:05 --item 1 --item 2",
    ),
    (
        "It is also the determination, and names a day for the rest: a promise, kept apart.",
        "record 1 determined --on 2026-10-02 --disclosable all --estimated 2026-10-30",
    ),
    ("A word deep inside a filed document is found.", "search tidewater"),
    ("One request, as it stands.", "show 1"),
    ("And every byte is what it was.", "check"),
)
"""what is said, and the command that is run"""


@click.command(epilog="Example: cpra demo ~/cpra-demo")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def demo(directory: Path | None) -> None:
    """Run the whole job in DIR (a new folder), with a made-up agency and its answer."""
    root = _new_folder(directory)
    with as_file(files("cpra").joinpath("demo", ANSWER)) as answer:
        (root / ANSWER).write_bytes(answer.read_bytes())
    click.echo(f"Everything below happens in {root}\n")
    with contextlib.chdir(root):
        for said, command in STEPS:
            click.echo(styled(f"# {said}", dim=True))
            click.echo(styled(f"$ cpra {command}", bold=True))
            _run(shlex.split(command))
            click.echo()
    request = next((root / "requests").glob("*-alpr-access-logs"))
    click.echo("The folder is yours to look at:")
    for line in _tree(request, root):
        click.echo(f"  {line}")
    click.echo(f"\nNext: cd {root}, then `cpra new general` with your own words, or")
    click.echo(
        "`cpra init ~/records` for a workspace of your own. Delete this one whenever you like."
    )


def _run(words: list[str]) -> None:
    """Run one command as if it had been typed; one that fails stops the demo."""
    from cpra.cli import cli

    code = cli.main(words, prog_name="cpra", standalone_mode=False)
    if code:
        raise click.exceptions.Exit(int(code))


def _new_folder(directory: Path | None) -> Path:
    if directory is not None:
        root = directory.expanduser()
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise Refused(f"{root} is there already and not empty; name a new folder")
    else:
        root, number = Path("cpra-demo"), 1
        while root.exists():
            number += 1
            root = Path(f"cpra-demo-{number}")
    root.mkdir(parents=True, exist_ok=True)
    return root.resolve()


def _tree(folder: Path, root: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path.relative_to(root).as_posix()
