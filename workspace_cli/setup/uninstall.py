"""``workspace uninstall``: everything of Labdock goes but the data root."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from workspace_cli.core import labels
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import ConflictError, NotFoundError
from workspace_cli.core.lock import HostLock
from workspace_cli.core.models import Workspace
from workspace_cli.core.references import NAMESPACE
from workspace_cli.core.settings import Settings
from workspace_cli.setup import engine_socket, firewall, resume, stack
from workspace_cli.setup.console import Console
from workspace_cli.setup.machine import require_root
from workspace_cli.setup.up import LOCK_SECONDS


def run(settings: Settings, console: Console, *, keep_images: bool = False) -> None:
    """Remove stack, workspaces, networks, images and firewall rules.

    The data root with the members' files stays, and so does the engine, which
    may run containers of others.
    """
    require_root("uninstall")
    with HostLock(settings.root / "setup.lock", timeout=LOCK_SECONDS):
        engine = DockerEngine()
        engine.info()
        stack.check_is_ours(settings, engine)
        console.step("Removing the stack")
        stack.stop(settings, engine, engine_socket.socket_path(), console)
        console.step("Removing the workspaces")
        _remove_workspaces(settings, engine, console)
        if not keep_images:
            console.step("Removing the images")
            _remove_images(engine, console)
        firewall.remove()
        resume.memory_file(settings).unlink(missing_ok=True)
    console.line(f"The members' files and the accounts are kept in {settings.root}.")
    console.line("The Docker engine is left as it is.")


def _remove_workspaces(settings: Settings, engine: Engine, console: Console) -> None:
    def remove(name: str) -> None:
        engine.remove(name, force=True)
        console.line(f"removed {name}")

    names = [found.container.name for found in resume.workspaces_of(settings, engine)]
    with ThreadPoolExecutor(resume.WORKERS) as pool:
        list(pool.map(remove, names))
    # A stopped container of somebody else's still needs its network at its next start.
    needed = {network for row in engine.containers() for network in row.networks}
    for network in engine.networks({labels.OWNER: None}):
        if network.name not in needed:
            engine.remove_network(network.name)


def _remove_images(engine: Engine, console: Console) -> None:
    others = foreign_workspaces(engine)
    if others:
        console.warn(
            f"The images stay, and environments that members saved: {', '.join(others)} of "
            "another data root may need them."
        )
        return
    # Children hold their parents: what could not go in one round goes in the next.
    left = our_tags(tag for image in engine.images() for tag in image.tags)
    while left:
        stuck = []
        for tag in left:
            try:
                engine.remove_image(tag)
                console.line(f"removed {tag}")
            except NotFoundError:
                continue
            except ConflictError:
                stuck.append(tag)
        if len(stuck) == len(left):
            console.warn(f"Left, since other containers use them: {', '.join(stuck)}")
            return
        left = stuck


def foreign_workspaces(engine: Engine) -> list[str]:
    """Name the workspaces that are there when this data root's are gone."""
    found = (Workspace.of(row) for row in engine.containers({labels.OWNER: None}))
    return [workspace.reference for workspace in found if workspace is not None]


def our_tags(tags: Iterable[str]) -> list[str]:
    """Select the tags of images that Labdock made, saved environments among them."""
    return sorted(tag for tag in tags if tag.startswith(NAMESPACE))
