"""Starts cpra's command line again and again from one process that has imported everything.

Run as `python -m tests.zygote`: reads a line of JSON with a list of jobs, forks a child for each
(all at once), waits for them and answers with a line of their exit codes. A child is the whole
command, `cpra.cli.main`, with its own working directory, environment and output files; nothing of
cpra is replaced. What a job may ask for beside that: to be stopped at a call (`tests.stopping`), to
be refused disk space, or to be an ordinary user.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

LIBRARIES = (
    *("click", "docx", "filelock", "jinja2", "lxml.etree", "lxml.html", "pendulum", "pypdfium2"),
    *("rich.console", "rich.progress", "sqlite3", "tantivy", "tomlkit", "typst", "xml.sax"),
)


def main() -> None:
    """Serve jobs until the input ends."""
    _import_everything()
    tasks = Path("/proc/self/task")
    # A lock that another thread holds at the fork would be held for ever in the child.
    assert not tasks.is_dir() or len(list(tasks.iterdir())) == 1, "an import has started a thread"
    print("ready", flush=True)
    for line in sys.stdin:
        jobs = json.loads(line)
        pipes = [_pipes(job) for job in jobs]
        children = [_started(job) for job in jobs]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        for pair in pipes:
            for pipe in pair:
                pipe.empty()
        print(json.dumps(codes), flush=True)


def _import_everything() -> None:
    import cpra

    for module in pkgutil.walk_packages(cpra.__path__, "cpra."):
        if module.name not in ("cpra.__main__", "cpra.templates"):
            importlib.import_module(module.name)
    for name in LIBRARIES:
        importlib.import_module(name)


class _Pipe:
    """What a process without disk space writes: it fits a pipe, and is put into a file here."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.reads, self.writes = os.pipe()

    def empty(self) -> None:
        os.close(self.writes)
        with os.fdopen(self.reads, "rb") as file:
            Path(self.path).write_bytes(file.read())


def _pipes(job: dict[str, Any]) -> list[_Pipe]:
    if job["largest"] is None:
        return []
    pipes = [_Pipe(job["out"]), _Pipe(job["err"])]
    job["out"], job["err"] = (f"/dev/fd/{pipe.writes}" for pipe in pipes)
    return pipes


def _started(job: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        _run(job)
    return child


def _run(job: dict[str, Any]) -> NoReturn:
    code = 1
    try:
        _prepare(job)
        from cpra.cli import main as cpra

        cpra()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0 if not leaving.code else 1
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _prepare(job: dict[str, Any]) -> None:
    """Make this process the one that the job describes."""
    for stream, name in ((0, os.devnull), (1, job["out"]), (2, job["err"])):
        flags = os.O_RDONLY if stream == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        handle = os.open(name, flags, 0o666)
        os.dup2(handle, stream)
        os.close(handle)
    os.chdir(job["cwd"])
    os.environ.update(job["env"])
    sys.argv = ["cpra", *(os.fsdecode(bytes.fromhex(word)) for word in job["words"])]
    if job["ordinary"]:
        _give_up_rights()
    if job["largest"] is not None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (job["largest"], job["largest"]))
    if job["watch"] is not None:
        from tests import stopping

        stopping.watch(**job["watch"])


def _give_up_rights() -> None:
    """Root may read every file; give that up (Linux), so that permissions mean something."""
    import ctypes
    import struct

    libc = ctypes.CDLL(None, use_errno=True)
    head = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    none = ctypes.create_string_buffer(bytes(24))
    if libc.capset(head, none) != 0:
        raise OSError(ctypes.get_errno(), "capset")


if __name__ == "__main__":
    main()
