"""The requester's own templates: copied from a shipped one, or begun from nothing."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

from cpra import disk
from cpra.errors import Refused, WrongUsage
from cpra.letters import template
from cpra.workspace import Workspace

SKELETON = ("forms", "new-template.md")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,60}")


def copied(workspace: Workspace, name: str, new_name: str) -> Path:
    """A copy of a shipped template in the workspace, to be changed; nothing is replaced."""
    found = template.find(name, None)
    return _written(workspace, new_name or name, template.source(found))


def begun(workspace: Workspace, name: str) -> Path:
    """A template of one's own, with everything that one needs and a word on each."""
    text = files("cpra.templates").joinpath(*SKELETON).read_text(encoding="utf-8")
    return _written(workspace, name, text)


def _written(workspace: Workspace, name: str, text: str) -> Path:
    if not _NAME.fullmatch(name):
        raise WrongUsage(
            f'"{name}" cannot be a template\'s name; use small letters, digits and hyphens'
        )
    path = workspace.templates / f"{name}.md"
    with disk.telling("writing the template"):
        if not workspace.templates.is_dir():
            disk.make_folder(workspace.templates)
        try:
            disk.write_new(path, text.encode("utf-8"))
        except FileExistsError:
            raise Refused(
                f"{path} is there already; edit it, or give the copy another name"
            ) from None
    return path
