"""Where each file goes below an answer's folder, so that any system can hold it."""

from __future__ import annotations

from collections.abc import Sequence

from cpra.core.names import folded, safe_name

LONGEST = 160
"""Characters of a path below the answer's folder; Windows allows 259 for the whole path."""
LONGEST_FOLDER = 100
"""Characters after which a folder in a folder is written flat."""


class Places:
    """Gives out paths: safe names, no two alike on any system, short enough for all three."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._folders: dict[tuple[str, str], str] = {}
        self._last: dict[str, int] = {}

    def file(self, base: str, parts: Sequence[str]) -> str:
        """The place of a file that the sender called `parts`, in the folder `base`.

        Folders that would make the path too long are left out of it; `Filed.name` has them.
        """
        folder = base
        for part in parts[:-1]:
            folder = self._folder_of(folder, part)
        room = LONGEST - len(folder) - 8
        return self._free(folder, safe_name(parts[-1], min(80, room)))

    def folder(self, base: str, name: str) -> str:
        """A new folder beside the container of this name, for what is inside it."""
        stem, dot, ending = name.rpartition(".")
        plain = stem if dot and stem and len(ending) <= 5 else f"{name} files"
        if plain.lower().endswith(".tar"):
            plain = plain[:-4]
        if len(base) > LONGEST_FOLDER - 40:
            base = ""
        return self._free(base, safe_name(plain, min(80, LONGEST_FOLDER - len(base))))

    def _folder_of(self, parent: str, part: str) -> str:
        """The folder for one part of the sender's path; the same part gives the same folder."""
        found = self._folders.get((parent, part))
        if found is None:
            name = safe_name(part)
            fits = len(parent) + len(name) < LONGEST_FOLDER
            found = self._free(parent, name) if fits else parent
            self._folders[parent, part] = found
        return found

    def _free(self, folder: str, name: str) -> str:
        """This name in this folder, with a number when another has it already."""
        stem, dot, ending = name.rpartition(".")
        if not stem:
            stem, dot, ending = name, "", ""
        before = f"{folder}/" if folder else ""
        path = before + name
        wanted = folded(path)
        number = self._last.get(wanted, 1)
        while folded(path) in self._taken:
            number += 1
            path = f"{before}{stem}-{number}{dot}{ending}"
        self._last[wanted] = number
        self._taken.add(folded(path))
        return path
