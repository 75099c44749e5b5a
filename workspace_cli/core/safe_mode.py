"""Safe mode: a start without the member's environment, to mend it or to make room.

The server inside learns of it from the file that holds its secrets, which is written
anew at every start: a container's variables could not be changed.  It also finds out
by itself, where nothing can be written or the environment is gone.
"""

from __future__ import annotations

from workspace_cli.core import disk_room, inside, secrets
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace, WorkspaceSpec

ASKED = "asked"
DISK = "disk"
ENVIRONMENT = "environment"
REASONS = (ASKED, DISK, ENVIRONMENT)


def told(host: Host, spec: WorkspaceSpec) -> dict[str, str]:
    """Return what a server that starts now is told: its secrets, and whether to be safe."""
    if spec.safe_mode:
        return {**spec.secrets, secrets.SAFE_MODE: ASKED}
    if disk_room.is_full(host):
        return {**spec.secrets, secrets.SAFE_MODE: DISK}
    return dict(spec.secrets)


def was_asked(host: Host, container_name: str) -> bool:
    """Tell whether a container's last start was asked to be safe."""
    return secrets.safe_mode(host.settings, container_name) == ASKED


def note(host: Host, workspace: Workspace) -> str:
    """Ask a server whether it runs in safe mode and let its owner know; return why, or ''."""
    from workspace_cli.core import notices

    reason = inside.safe_mode(host, workspace)
    if reason is None or reason not in ("", *REASONS):
        return ""
    now, owner, name = host.clock(), workspace.owner, workspace.name
    if reason:
        notices.tell(host.database, owner, name, "safe_mode", {"why": reason}, now=now)
    else:
        notices.withdraw(host.database, owner, name, "safe_mode", now=now)
    return reason
