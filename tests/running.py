"""cpra's command line as it is: a process of its own, real files, real exit codes.

Where the system can fork, one process imports everything once and forks for each command
(`tests.zygote`); elsewhere each command is a new interpreter.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORKS = hasattr(os, "fork")
TODAY = "2026-11-24"


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended (a negative code is the signal that ended it) and what it said."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> object:
        """What it printed with --json."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Watch:
    """Where to stop a process, or where to write down its calls (`tests.stopping`)."""

    root: str
    stop_at: int = 0
    half: bool = False
    trace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One command, where it runs, and what is held back from it."""

    words: tuple[str, ...]
    cwd: Path
    env: Mapping[str, str] = field(default_factory=dict)
    ordinary: bool = False
    """without the rights of root"""
    largest: int | None = None
    """bytes in the largest file that it can write, as a full disk"""
    watch: Watch | None = None


def cpra(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run one command."""
    return run(Job(words=words, cwd=cwd, env=env or {}))


def done(*words: str, cwd: Path, env: Mapping[str, str] | None = None) -> Ran:
    """Run one command that must end well."""
    ran = cpra(*words, cwd=cwd, env=env)
    assert ran.code == 0, (words, ran)
    return ran


def run(job: Job) -> Ran:
    """Run one job."""
    return run_at_once([job])[0]


def run_at_once(jobs: Sequence[Job]) -> list[Ran]:
    """Run jobs at the same time, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        outs = [(Path(folder, f"{n}.out"), Path(folder, f"{n}.err")) for n in range(len(jobs))]
        codes = _forked(jobs, outs) if FORKS else _spawned(jobs, outs)
        texts = [[path.read_text("utf-8", "replace") for path in pair] for pair in outs]
    return [Ran(code, out, err) for code, (out, err) in zip(codes, texts, strict=True)]


def environment(job: Job) -> dict[str, str]:
    """What a command sees of the machine: no workspace of ours, no colours, the asked-for day."""
    return {"NO_COLOR": "1", "COLUMNS": "100", "EDITOR": "true", **job.env}


def _forked(jobs: Sequence[Job], outs: Sequence[tuple[Path, Path]]) -> list[int]:
    orders = [
        {
            "words": [os.fsencode(word).hex() for word in job.words],
            "cwd": str(job.cwd),
            "env": environment(job),
            "out": str(out),
            "err": str(err),
            "ordinary": job.ordinary,
            "largest": job.largest,
            "watch": asdict(job.watch) if job.watch else None,
        }
        for job, (out, err) in zip(jobs, outs, strict=True)
    ]
    process = _zygote()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(orders) + "\n")
    process.stdin.flush()
    codes = json.loads(process.stdout.readline())
    assert isinstance(codes, list)
    return codes


@cache
def _zygote() -> subprocess.Popen[str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CPRA_WORKSPACE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.zygote"],
        cwd=ROOT,
        env=clean,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    atexit.register(_end, process)
    assert process.stdout.readline() == "ready\n"
    return process


def _end(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    process.wait()
    process.stdout.close()


def _spawned(jobs: Sequence[Job], outs: Sequence[tuple[Path, Path]]) -> list[int]:
    """New interpreters, for systems without fork; they can be held back from nothing."""
    started = []
    for job, (out, err) in zip(jobs, outs, strict=True):
        assert job.watch is None
        assert job.largest is None
        with out.open("wb") as out_file, err.open("wb") as err_file:
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "cpra", *job.words],
                    cwd=job.cwd,
                    env={**os.environ, **environment(job), "PYTHONPATH": str(ROOT)},
                    stdin=subprocess.DEVNULL,
                    stdout=out_file,
                    stderr=err_file,
                )
            )
    return [process.wait() for process in started]


def sent_request(folder: Path) -> Path:
    """A workspace with one request, sent on March 2, 2026."""
    made = folder / "records"
    done("init", str(made), cwd=folder)
    done("agency", "add", "Testville", "--kind", "city", cwd=made)
    done("new", "general", "--agency", "testville", "--no-input", "--subject", "Logs",
         "--item", "Access logs of 2026", cwd=made)  # fmt: skip
    done("sent", "1", "--on", "2026-03-02", "--via", "portal", cwd=made)
    return made
