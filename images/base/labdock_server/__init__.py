"""What runs inside every workspace: the start program and a slim Jupyter server."""

from __future__ import annotations


def _jupyter_server_extension_points() -> list[dict[str, object]]:
    """Name the one page that this package serves, as jupyter_server asks every extension."""
    # Imported here: the start program imports this package too, and must stay light.
    from .lab import WorkspaceLab

    return [{"module": "labdock_server.lab", "app": WorkspaceLab}]
