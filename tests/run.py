"""Run the tests on a machine that has nothing but Python 3.11 with venv: `python3 tests/run.py`.

Makes `.venv-test`, installs cpra with every extra and what the tests need into it, and the programs
that tests call when it may (as root, with apt-get); otherwise it says what will be skipped. What
stands after the command goes to pytest: `python3 tests/run.py tests/test_letters.py -k pdf`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv-test"
STAMP = VENV / "installed"
"""Holds the hash of what the environment was made from, so that it is made once."""

OLDEST = (3, 11)


def main(arguments: list[str]) -> int:
    """Make everything ready, run the tests, and give pytest's exit code."""
    if sys.version_info < OLDEST:
        return _stop(f"cpra needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    system_packages()
    try:
        python = environment()
    except subprocess.CalledProcessError as error:
        return _stop(f"`{' '.join(map(str, error.cmd))}` failed; what it said stands above")
    command = [python, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def system_packages() -> None:
    """Install the programs that tests call, or say which tests will be skipped without them."""
    sys.path[0] = str(ROOT)
    from tests.programs import absent, packages

    programs = absent()
    if not programs:
        return
    names = packages(programs)
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing system packages:", ", ".join(names), flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", *names]):
            done = subprocess.run(
                [apt, "-qq", *words], env=quiet, stdout=subprocess.DEVNULL, check=False
            )
            if done.returncode:
                print(f"apt-get {words[0]} failed; going on without", flush=True)
                break
        programs = absent()
    if programs:
        print("Not on this machine, so the tests that call it are skipped:", ", ".join(programs))
        print("  to have them run too: sudo apt-get install", *packages(programs), flush=True)


def environment() -> str:
    """The interpreter of the tests' own environment, made and filled when it is not there yet."""
    folder = "Scripts" if os.name == "nt" else "bin"
    python = VENV / folder / ("python.exe" if os.name == "nt" else "python")
    wanted = hashlib.sha256(sys.version.encode())
    for name in ("setup.cfg", "pyproject.toml"):
        wanted.update((ROOT / name).read_bytes())
    if STAMP.is_file() and STAMP.read_text(encoding="utf-8") == wanted.hexdigest():
        return str(python)
    print(f"Making {VENV.name} and installing what the tests need (a minute or two)", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = ",".join(settings["options.extras_require"])
    subprocess.run([*pip, "-e", f".[{extras}]"], cwd=ROOT, check=True)
    STAMP.write_text(wanted.hexdigest(), encoding="utf-8")
    return str(python)


def _stop(sentence: str) -> int:
    print(f"Error: {sentence}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
