"""The command line: parse, call one action or report, print.

The commands stand in one table with their short help, so that `cpra --help` and `cpra due` import
no module of another command.
"""

from __future__ import annotations

import gc
import importlib
import io
import os
import sys
from collections.abc import Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from cpra import __version__
from cpra.errors import CpraError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Mapping[str, tuple[str, str]] = {
    "init": ("start:init", "Make a workspace."),
    "agency": ("agency:agency", "The address book: who is asked, when they are closed."),
    "account": ("account:account", "E-mail accounts: add, login, test, list, remove."),
    "template": ("template:template", "The letters that come with cpra, and your own."),
    "new": ("draft:new", "Draft a request from a template."),
    "campaign": ("campaign:campaign", "One letter to many agencies; who answered what when."),
    "again": ("again:again", "Ask the same again for the next period."),
    "edit": ("draft:edit", "Change a draft and make its three forms again."),
    "lint": ("draft:lint", "Check a draft before it leaves."),
    "send": ("send:send", "Send a letter by e-mail from your own account."),
    "sent": ("post:sent", "Say that you sent it, when and how."),
    "record": ("record:record", "Write down what happened."),
    "file": ("file:file", "File what the agency sent."),
    "fetch": ("fetch:fetch", "Collect the answers from your mailbox, or from files."),
    "inbox": ("inbox:inbox", "Go through what came and is not placed or confirmed."),
    "follow-up": ("follow_up:follow_up", "Draft the right next letter."),
    "list": ("list:list_requests", "All requests."),
    "show": ("show:show", "One request: facts, items, dates, documents."),
    "due": ("due:due", "What is late, due and promised."),
    "calendar": ("calendar:calendar", "The dates in your own calendar."),
    "remind": ("remind:remind", "Today's digest, by mail too; and reminders of your own."),
    "schedule": ("schedule:schedule", "Have the machine fetch and remind every day."),
    "explain": ("explain:explain", "Every date with its reckoning and authority."),
    "timeline": ("show:timeline", "What happened, day by day."),
    "search": ("search:search", "Find words in everything filed."),
    "text": ("text:text", "Read what was filed, by OCR too."),
    "open": ("text:open_file", "Open a filed document, at a page."),
    "audit": ("audit:audit", "What came against what was asked."),
    "check": ("check:check", "Verify every file and every log."),
    "manifest": ("seal:manifest", "The SHA-256 of everything filed."),
    "export": ("seal:export", "Hand a request over, as a folder or a BagIt bag."),
    "stamp": ("seal:stamp", "Get a time-stamp of everything filed."),
    "compute": ("compute:compute", "Compute a statutory date, or a column of them."),
    "compliance": ("compliance:compliance", "An agency's own request log against the statute."),
    "law": ("law:law", "The rules, holidays and authorities behind the dates."),
    "demo": ("demo:demo", "Watch the whole job run on made-up papers."),
    "completion": ("start:completion", "Completion for bash, zsh or fish."),
}
"""name → (module:command, one line of help)"""

SECTIONS: Mapping[str, str] = {
    "init": "Set up",
    "new": "Ask",
    "record": "Keep what comes",
    "list": "See where things stand",
    "search": "Find and prove",
    "compute": "The law, and cpra itself",
}
"""the first command of each part of the list → the part's heading"""


class Commands(click.Group):
    """The commands, each imported only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Every command's name in the order of a request's life."""
        return [*COMMANDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command = getattr(importlib.import_module(f"cpra.cli.{module}"), name)
        assert isinstance(command, click.Command)  # noqa: S101 (the table above is ours)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was typed, or a usage error with the nearest ones."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from cpra.core.schema import nearest

            near = nearest(args[0], tuple(COMMANDS))
            hint = (
                "Did you mean " + " or ".join(f'"{name}"' for name in near) + "?"
                if near
                else "`cpra --help` lists them."
            )
            ctx.fail(f'there is no command "{args[0]}". {hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands in the order of a request's life, from the table alone."""
        wide = max(map(len, COMMANDS))
        starts = [*SECTIONS, ""]
        names = [*COMMANDS]  # a module here is called `list`
        for first, following in pairwise(starts):
            last = names.index(following) if following else len(names)
            some = names[names.index(first) : last]
            with formatter.section(SECTIONS[first]):
                formatter.write_dl([(name.ljust(wide), COMMANDS[name][1]) for name in some])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names that begin so, from the table alone, and the options of `cpra` itself."""
        from click.shell_completion import CompletionItem

        offered = [
            CompletionItem(name, help=help_text)
            for name, (_, help_text) in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*offered, *click.Command.shell_complete(self, ctx, incomplete)]


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with `cpra demo`, or `cpra init ~/records`. Not legal advice.",
)
@click.option("--workspace", metavar="DIR", envvar="CPRA_WORKSPACE", help="Work there, not here.")
@click.option(
    "--today",
    metavar="DATE",
    envvar="CPRA_TODAY",
    help="Look at everything as if today were DATE.",
)
@click.version_option(__version__, message="cpra %(version)s")
@click.pass_context
def cli(ctx: click.Context, workspace: str | None, today: str | None) -> None:
    """Draft public-records requests, know every date, file every answer, prove it all."""
    from cpra.cli.here import Here

    ctx.obj = Here(workspace, today)


def main() -> None:
    """Run a command; every failure is one sentence on stderr and its exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name of a file may hold what the terminal, or the other end of a pipe, cannot show.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="cpra", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("\nStopped. Nothing more was done.", err=True)
        code = 130
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        code = error.exit_code
    except click.ClickException as error:
        from cpra.cli import mistakes

        mistakes.tell(mistakes.sentence(error))
        code = error.exit_code
    except CpraError as error:
        from cpra.cli import mistakes

        mistakes.tell(str(error))
        code = error.exit_code
    except UnicodeEncodeError as error:
        from cpra.cli import mistakes

        mistakes.tell(f"{error.object!a} holds bytes that are no text (UTF-8); type it again")
        code = 2
    except BrokenPipeError:
        # The reader (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        from cpra import disk
        from cpra.cli import mistakes

        why = disk.refusal(error)
        mistakes.tell(why or f"{error.strerror or error}: {error.filename or 'the system'}")
        code = 1
    # The process ends here; looking once more through all that it holds takes longer than a list.
    gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)
