"""The law as data: rules, calendars and authorities, each cited, dated and exemplified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cpra.errors import NotFound

if TYPE_CHECKING:
    from cpra.core.exemptions import Exemptions
    from cpra.core.law import Law

_HERE = Path(__file__).parent
_LAW = frozenset(
    {
        "authorities.toml",
        "calendars.toml",
        "cpra.toml",
        "foia.toml",
        "ipa.toml",
        "local.toml",
        "lora.toml",
        "posting.toml",
        "rule-10.500.toml",
    }
)
"""the files that are the law; the other data files have readers of their own"""


def text(name: str) -> str:
    """The text of one of the data files, such as `exemptions.toml`."""
    path = _HERE / name
    if not path.is_file():
        names = ", ".join(sorted(path.name for path in _HERE.glob("*.toml")))
        raise NotFound(f'cpra ships no "{name}"; there are {names}')
    return path.read_text(encoding="utf-8")


@cache
def law() -> Law:
    """The law that cpra ships, read once a process and only as far as it is asked for."""
    from cpra.core.law import read

    return read(Texts())


@cache
def exemptions() -> Exemptions:
    """The ledger of exemptions that cpra ships, read once a process."""
    from cpra.core.exemption_file import read

    return read(text("exemptions.toml"), "exemptions.toml")


class Texts(Mapping[str, str]):
    """The law's files by name, each read when its text is asked for."""

    def __getitem__(self, name: str) -> str:
        """The text of a file."""
        if name not in _LAW:
            raise KeyError(name)
        return text(name)

    def __iter__(self) -> Iterator[str]:
        """The file names in order."""
        return iter(sorted(_LAW))

    def __len__(self) -> int:
        """How many files there are."""
        return len(_LAW)
