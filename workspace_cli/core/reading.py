"""Which workspaces there are, read from the engine's labels."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workspace_cli.core import labels, naming, references
from workspace_cli.core.errors import ConflictError, WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerSummary, Workspace


def list_workspaces(host: Host, *, owner: str | None = None) -> list[Workspace]:
    """Return all workspaces, or one owner's, in every state, by owner and name."""
    return presented(host.engine.containers({labels.OWNER: owner}))


def is_below(container: Container, root: Path) -> bool:
    """Tell whether a workspace's folders are under a data root: an engine may serve several."""
    return any(Path(mount.source).is_relative_to(root) for mount in container.mounts)


def presented(rows: Iterable[ContainerSummary]) -> list[Workspace]:
    """Show one container a workspace: while it is recreated there are two or three."""
    found: dict[tuple[str, str], Workspace] = {}
    for workspace in filter(None, map(Workspace.of, rows)):
        key = (workspace.owner, workspace.name)
        if key not in found or _rank(workspace) < _rank(found[key]):
            found[key] = workspace
    return [found[key] for key in sorted(found)]


def _rank(workspace: Workspace) -> int:
    name = workspace.container.name
    return 2 if name.endswith(naming.NEXT) else 1 if name.endswith(naming.OLD) else 0


def find(host: Host, reference: str, *, owner: str | None = None) -> Workspace:
    """Return the workspace that ``NAME`` or ``OWNER/NAME`` means.

    Raises WorkspaceNotFoundError, or ConflictError where a name is several owners'.
    """
    named_owner, name = naming.split_reference(reference)
    wanted = named_owner or owner
    everything = list_workspaces(host)
    matches = [
        workspace
        for workspace in everything
        if workspace.name == name and wanted in (None, workspace.owner)
    ]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ConflictError(
            f"Several owners have a workspace {name}.",
            f"Say which: {', '.join(workspace.reference for workspace in matches)}.",
        )
    raise _not_found(reference, wanted, everything)


def _not_found(
    reference: str, owner: str | None, everything: list[Workspace]
) -> WorkspaceNotFoundError:
    from difflib import get_close_matches

    whose = f" of {owner}" if owner and "/" not in reference else ""
    known = {workspace.name: workspace.reference for workspace in everything}
    known |= {workspace.reference: workspace.reference for workspace in everything}
    close = get_close_matches(reference, known, n=1)
    return WorkspaceNotFoundError(
        f"There is no workspace {references.shown(reference)}{whose}.",
        f"Did you mean {known[close[0]]}?" if close else "`workspace ls -a` lists all.",
    )
