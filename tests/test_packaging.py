"""What is installed is whole: from the wheel, from the sdist, and from the checkout itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from cpra import __version__
from tests.needs import needs_program

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = (
    *(("cpra.templates", name) for name in ("requests", "letters", "parts", "forms")),
    ("cpra", "format.md"),
    ("cpra", "demo/answer.eml"),
    ("cpra", "py.typed"),
    ("cpra.statutes", ""),
)
"""package and the file, or the folder, in it that must be there whole"""


class Installed:
    """A fresh environment with cpra in it; what cpra needs is lent by the tests' own packages.

    Those come last on its path, and no `.pth` of theirs is read, so that cpra is never theirs.
    """

    def __init__(self, root: Path) -> None:
        venv.create(root)
        self.bin = root / ("Scripts" if os.name == "nt" else "bin")
        self.python = str(self.bin / ("python.exe" if os.name == "nt" else "python"))
        self.site = Path(
            sysconfig.get_path("purelib", "venv", vars={"base": root, "platbase": root})
        )
        others = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
        (self.site / "others.pth").write_text("\n".join(sorted(others)) + "\n", encoding="utf-8")

    def pip_install(self, *words: str) -> None:
        """Install without the network: the build tools are the tests' own."""
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", self.python]
        offline = ["--no-deps", "--no-index", "--no-build-isolation"]
        run([*pip, "install", "-q", *offline, *words], ROOT)

    def says(self, code: str, where: Path) -> str:
        """What a line of Python prints, run in that folder."""
        return run([self.python, "-c", code], where)

    def cpra(self, *words: str, where: Path) -> str:
        """What the installed program prints."""
        return run([str(self.bin / "cpra"), *words], where)

    def shipped(self, package: str, below: str, where: Path) -> dict[str, bytes]:
        """Every file that the installed package has there, with its bytes."""
        every = json.loads(self.says(WALK.format(package=package, below=below), where))
        return {
            name: bytes.fromhex(data) for name, data in every.items() if "__pycache" not in name
        }


WALK = """
import importlib.resources, json

def walk(place, name):
    if place.is_file():
        yield name, place.read_bytes().hex()
    else:
        for one in place.iterdir():
            yield from walk(one, name + "/" + one.name)

top = importlib.resources.files({package!r}).joinpath({below!r})
print(json.dumps(dict(walk(top, ""))))
"""


def run(command: list[str], where: Path) -> str:
    """Run a program to its end and give what it printed; it must not fail."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=where, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is in the checkout and not ignored, and of nothing else."""
    git = needs_program("git")
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nobody can say which files belong to it")
    copy = tmp_path_factory.mktemp("clean") / "cpra"
    words = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in run([git, *words], ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def built(what: str, source: Path, into: Path) -> Path:
    """The wheel or sdist that the build backend makes of a folder."""
    into.mkdir()
    code = f"from setuptools import build_meta; build_meta.build_{what}({str(into)!r})"
    run([sys.executable, "-c", code], source)
    (made,) = into.iterdir()
    return made


@pytest.fixture(scope="module")
def sdist(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution."""
    source = tmp_path_factory.mktemp("for-sdist") / "cpra"
    shutil.copytree(clean, source)
    return built("sdist", source, source.parent / "made")


@pytest.fixture(scope="module")
def wheel(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a clean copy of the checkout."""
    source = tmp_path_factory.mktemp("for-wheel") / "cpra"
    shutil.copytree(clean, source)
    return built("wheel", source, source.parent / "made")


@pytest.fixture(scope="module")
def from_wheel(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh environment into which the wheel was installed."""
    installed = Installed(tmp_path_factory.mktemp("from-wheel") / "venv")
    installed.pip_install(str(wheel))
    return installed


@pytest.fixture(scope="module")
def from_checkout(clean: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Installed, Path]:
    """A fresh environment with an editable install, and the checkout that it is of."""
    source = tmp_path_factory.mktemp("editable") / "cpra"
    shutil.copytree(clean, source)
    installed = Installed(source.parent / "venv")
    installed.pip_install("-e", str(source))
    return installed, source


def names_in(wheel: Path) -> set[str]:
    """Every file of a wheel, but for the papers of the installer."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def on_disk(package: str, below: str, source: Path) -> dict[str, bytes]:
    """What `Installed.shipped` should give, read from the source."""
    top = (
        source / "templates"
        if package == "cpra.templates"
        else source.joinpath(*package.split("."))
    )
    top = top / below
    if top.is_file():
        return {"": top.read_bytes()}
    return {
        f"/{path.relative_to(top).as_posix()}": path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_packages_in_setup_cfg_are_the_folders_on_disk() -> None:
    settings = ConfigParser()
    settings.read(ROOT / "setup.cfg", encoding="utf-8")
    named = settings["options"]["packages"].split()
    found = [
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in sorted((ROOT / "cpra").rglob("__init__.py"))
    ]
    assert named == sorted([*found, "cpra.templates"])


def test_the_wheel_has_every_tracked_file_of_the_packages(wheel: Path, clean: Path) -> None:
    code = {
        path.relative_to(clean).as_posix() for path in (clean / "cpra").rglob("*") if path.is_file()
    }
    letters = {
        f"cpra/templates/{path.relative_to(clean / 'templates').as_posix()}"
        for path in (clean / "templates").rglob("*")
        if path.is_file()
    }
    assert names_in(wheel) == code | letters


def test_the_wheel_made_from_the_sdist_is_the_same(
    sdist: Path, wheel: Path, tmp_path: Path
) -> None:
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    assert names_in(built("wheel", source, tmp_path / "made")) == names_in(wheel)


@pytest.mark.parametrize(("package", "below"), SHIPPED)
def test_the_wheel_finds_its_files(
    from_wheel: Installed, clean: Path, tmp_path: Path, package: str, below: str
) -> None:
    assert from_wheel.shipped(package, below, tmp_path) == on_disk(package, below, clean)


@pytest.mark.parametrize(("package", "below"), SHIPPED)
def test_the_editable_install_finds_its_files(
    from_checkout: tuple[Installed, Path], tmp_path: Path, package: str, below: str
) -> None:
    installed, source = from_checkout
    assert installed.shipped(package, below, tmp_path) == on_disk(package, below, source)


def test_both_installs_run_and_know_every_template(
    from_wheel: Installed, from_checkout: tuple[Installed, Path], clean: Path, tmp_path: Path
) -> None:
    shelf = clean / "templates" / "requests"
    names = {path.stem for path in shelf.glob("*.md") if "." not in path.stem}
    for installed in (from_wheel, from_checkout[0]):
        assert installed.cpra("--version", where=tmp_path) == f"cpra {__version__}\n"
        listed = json.loads(installed.cpra("template", "list", "--json", where=tmp_path))
        assert {one["name"] for one in listed} >= names


def test_each_install_runs_its_own_code(
    from_wheel: Installed, from_checkout: tuple[Installed, Path], tmp_path: Path
) -> None:
    where = "import cpra, pathlib; print(pathlib.Path(cpra.__file__).resolve())"
    editable, source = from_checkout
    assert Path(from_wheel.says(where, tmp_path).strip()).is_relative_to(from_wheel.site.resolve())
    assert Path(editable.says(where, tmp_path).strip()).is_relative_to(source.resolve())


def test_the_folder_requests_never_stands_in_for_the_package_of_that_name(
    from_checkout: tuple[Installed, Path],
) -> None:
    installed, source = from_checkout
    (installed.site / "requests").mkdir()
    (installed.site / "requests" / "__init__.py").write_text(
        'WHO = "the package"\n', encoding="utf-8"
    )
    (source / "tests" / "test_which.py").write_text(
        'import requests\n\ndef test_which():\n    assert requests.WHO == "the package"\n',
        encoding="utf-8",
    )
    installed.cpra("init", where=source)  # a workspace at the top of the checkout
    assert installed.says("import requests; print(requests.WHO)", source) == "the package\n"
    run([installed.python, "-m", "pytest", "-q", "-p", "no:xdist", "tests/test_which.py"], source)


def test_no_program_is_ever_written_into_requests(from_wheel: Installed, tmp_path: Path) -> None:
    from_wheel.cpra("demo", "here", where=tmp_path)
    requests = tmp_path / "here" / "requests"
    assert list(requests.glob("*-alpr-access-logs/answers/*/*"))
    assert not list(requests.rglob("*.py*"))
