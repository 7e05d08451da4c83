"""How much of a container or a document is read, as this workspace's settings say."""

from __future__ import annotations

from cpra.archive.limits import Limits, chosen
from cpra.workspace import Workspace, settings


def limits(workspace: Workspace) -> Limits:
    """The limits of this workspace: the table `limits` of cpra.toml, sane where it says nothing."""
    return chosen(settings(workspace).get("limits", {}))
