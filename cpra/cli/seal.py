"""`cpra manifest`, `cpra export` and `cpra stamp`: prove what was filed."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from cpra.cli.complete import requests
from cpra.cli.here import Here, pass_here
from cpra.cli.page import counted, json_option, print_json, progress_bar, say
from cpra.errors import Refused


@click.command(epilog="Example: cpra manifest 9 --output manifest.sha256")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it there.",
)
@pass_here
def manifest(here: Here, request_id: str, output: Path | None) -> None:
    """List the SHA-256 of everything filed for request ID; `sha256sum -c` reads it."""
    from cpra import disk
    from cpra.actions import sealing

    path = here.folder(request_id)
    move, end = progress_bar("Hashing")
    try:
        text = sealing.manifest(path, move)
    finally:
        end()
    if output is None:
        click.echo(text, nl=False)
        return
    whole = output.absolute()
    with disk.telling(f"writing {output}"):
        try:
            disk.write_new(output, text.encode())
        except FileExistsError:
            raise Refused(f"{output} is there already; nothing is replaced") from None
    inside = path.relative_to(here.workspace.root).as_posix()
    say(f"Wrote {output}. To compare, in {inside}: sha256sum -c {shlex.quote(str(whole))}")


@click.command(epilog="Example: cpra export 9 --bag --to ~/exhibits/2026-0009")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="A new folder; otherwise beside you, by the request's name.",
)
@click.option("--bag", is_flag=True, help="As a BagIt bag, which carries its own checksums.")
@click.option(
    "--sensitive", is_flag=True, help="Also the files in which a redaction failed; they stay out."
)
@json_option
@pass_here
def export(
    here: Here, request_id: str, target: Path | None, bag: bool, sensitive: bool, as_json: bool
) -> None:
    """Copy request ID to a new folder, with the log, the letters and proof that nothing changed."""
    from cpra.actions import sealing
    from cpra.archive.limits import size_in_words

    path = here.folder(request_id)
    place = (target or Path.cwd() / f"{path.name}-{'bag' if bag else 'export'}").absolute()
    move, end = progress_bar("Exporting")
    try:
        done = sealing.export(
            here.workspace, path, place, bag=bag, sensitive=sensitive, progress=move
        )
    finally:
        end()
    if as_json:
        print_json(done)
    else:
        what = "a BagIt bag" if bag else "a folder with manifest.sha256"
        click.echo(f"Exported to {done.place}, {what}")
        click.echo(f"  {counted(done.files, 'file')}, {size_in_words(done.size)}")
    if done.left_out:
        say(
            f"{counted(len(done.left_out), 'file')} left out, because a redaction in "
            "them failed (or they hold such a file): left-out.txt names them. "
            "`--sensitive` takes them along."
        )


@click.command(epilog="Example: cpra stamp 9 --server https://freetsa.org/tsr --trust cacert.pem")
@click.argument("request_id", metavar="ID", shell_complete=requests)
@click.option("--server", required=True, metavar="URL", help="The time-stamp server to ask.")
@click.option(
    "--trust",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="The server's root certificate (PEM), to check its signature now and later.",
)
@json_option
@pass_here
def stamp(here: Here, request_id: str, server: str, trust: Path | None, as_json: bool) -> None:
    """Have a server say that request ID's files and log exist now (RFC 3161); sends only a hash."""
    from cpra.actions import sealing
    from cpra.core.events import Event

    path = here.folder(request_id)
    event = Event(kind="stamped", on=here.today, recorded=here.recorded, server=server)
    roots = trust.read_bytes() if trust is not None else b""
    move, end = progress_bar("Hashing")
    try:
        written, found = sealing.stamped(here.workspace, path, event, roots, progress=move)
    finally:
        end()
    place = next(iter(written.files)).rpartition("/")[0]
    if as_json:
        print_json({"at": found.at, "signer": found.signer, "signed": found.signed, "in": place})
        return
    click.echo(f"Stamped {found.at:%Y-%m-%d %H:%M:%S} UTC by {found.signer or server}")
    click.echo(f"  kept in {path.name}/{place}")
    if not found.signed:
        say("Its signature was not checked: give the server's root certificate with --trust.")
