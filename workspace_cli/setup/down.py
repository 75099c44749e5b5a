"""``workspace down``: everything stops, nothing is lost."""

from __future__ import annotations

from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.lock import HostLock
from workspace_cli.core.settings import Settings
from workspace_cli.setup import engine_socket, resume, stack
from workspace_cli.setup.console import Console
from workspace_cli.setup.machine import require_root
from workspace_cli.setup.up import LOCK_SECONDS


def run(settings: Settings, console: Console) -> None:
    """Stop the stack, then its workspaces; ``up`` brings back those that ran.

    Raises EngineUnreachableError or SetupError.
    """
    require_root("down")
    with HostLock(settings.root / "setup.lock", timeout=LOCK_SECONDS):
        engine = DockerEngine()
        engine.info()
        stack.check_is_ours(settings, engine)
        # The hub first: a workspace that stops under its eyes would be one that failed.
        console.step("Stopping the stack")
        stack.stop(settings, engine, engine_socket.socket_path(), console)
        console.step("Stopping the workspaces")
        count = resume.stop_all(settings, engine, console)
    console.line(f"Workspaces stopped: {count}. Everything is kept; `make up` brings them back.")
