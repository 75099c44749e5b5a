"""What the hub is told so that a workspace of its own is made anew from an environment."""

from __future__ import annotations

from typing import Any

from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace


def options_of(host: Host, workspace: Workspace, reference: str) -> dict[str, Any]:
    """Return the options of a start that keeps everything of a workspace but its image."""
    limits = host.engine.container(workspace.container.name).limits
    chosen = {
        "cpus": limits.cpus,
        "memory": limits.memory,
        "shm_size": limits.shm_size,
        "pids": limits.pids,
        "gpus": workspace.gpus_wanted,
        "ports": [f"{port.host}:{port.container}" for port in workspace.ports],
    }
    return {
        **{name: value for name, value in chosen.items() if value},
        "image": reference,
        "replace_image": True,
        "fresh": True,
    }
