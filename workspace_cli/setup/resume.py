"""Which workspaces ran when the stack went down, so that they come back with it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace
from workspace_cli.core.reading import is_below
from workspace_cli.core.revival import revive
from workspace_cli.core.settings import Settings
from workspace_cli.setup.console import Console
from workspace_cli.setup.data_root import write_private

WORKERS = 8


def memory_file(settings: Settings) -> Path:
    """File with the container names that ran at the last ``down``."""
    return settings.root / "stopped.json"


def workspaces_of(settings: Settings, engine: Engine) -> list[Workspace]:
    """List the workspaces of this data root, in every state.

    Those of another one on the same engine, a test's for example, are nobody's
    business here: each workspace sees a folder of the root that it belongs to.
    """
    found = (Workspace.of(row) for row in engine.containers({labels.OWNER: None}))
    return [
        workspace
        for workspace in found
        if workspace is not None and _is_below(settings.root, engine, workspace.container.name)
    ]


def _is_below(root: Path, engine: Engine, name: str) -> bool:
    try:
        return is_below(engine.container(name), root)
    except NotFoundError:
        return False  # removed in the meantime


def running(settings: Settings, engine: Engine) -> list[Workspace]:
    """List the workspaces of this data root that run."""
    return [
        workspace
        for workspace in workspaces_of(settings, engine)
        if workspace.container.state in ("running", "restarting")
    ]


def remember(settings: Settings, names: Iterable[str]) -> None:
    """Add names to those that the next ``up`` brings back; a second ``down`` forgets none."""
    write_private(memory_file(settings), json.dumps(sorted({*remembered(settings), *names})))


def remembered(settings: Settings) -> list[str]:
    """Return the names to bring back."""
    try:
        names = json.loads(memory_file(settings).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def stop_all(settings: Settings, engine: Engine, console: Console) -> int:
    """Stop every running workspace so that no engine start brings it back; return how many."""
    found = running(settings, engine)
    if not found:
        return 0
    remember(settings, (workspace.container.name for workspace in found))

    def stop(workspace: Workspace) -> None:
        engine.update(workspace.container.name, restart="no")
        engine.stop(workspace.container.name)
        console.line(f"stopped {workspace.reference}")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(stop, found))
    return len(found)


def start_all(settings: Settings, engine: Engine, console: Console) -> int:
    """Start what ``down`` stopped, as it was; return how many came back.

    One that cannot start is named in a warning and left stopped: it must not
    keep the others down.
    """
    names = remembered(settings)

    def start(name: str) -> bool:
        try:
            return _start(engine, name, console)
        except LabdockError as exc:
            console.warn(f"{name} did not come back: {exc}")
            return False

    with ThreadPoolExecutor(WORKERS) as pool:
        came_back = sum(pool.map(start, names))
    memory_file(settings).unlink(missing_ok=True)
    return came_back


def revive_all(settings: Settings, engine: Engine, console: Console) -> int:
    """Start what a crash of the engine has left stopped; return how many came back.

    The hub's kind is left to the hub, which does the same at its own start: it knows
    which of them ran, and would not see one that is started without it.
    """
    host = Host(engine, settings, Catalogue())
    done = revive(host, lambda workspace: workspace.kind == "standalone")
    for revival in done:
        if revival.error is None:
            console.line(f"started {revival.workspace.reference}")
        else:
            console.warn(f"{revival.workspace.reference} did not come back: {revival.error}")
    return sum(revival.error is None for revival in done)


def _start(engine: Engine, name: str, console: Console) -> bool:
    try:
        workspace = Workspace.of(engine.container(name))
    except NotFoundError:
        return False  # removed in the meantime
    if workspace is None:
        return False
    if workspace.container.state == "exited":
        engine.start(name)
    # Also where it still runs: a `down` that was interrupted had turned the policy off.
    engine.update(name, restart=workspace.restart)
    console.line(f"started {workspace.reference}")
    return True
