"""``workspace up``: from whatever is there to a running stack."""

from __future__ import annotations

import ipaddress
import socket

from workspace_cli.core import restore_state
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.engine import Engine
from workspace_cli.core.lock import HostLock
from workspace_cli.core.settings import Settings
from workspace_cli.setup import data_root, firewall, preflight, resume, stack
from workspace_cli.setup.base_image import ensure_base_image
from workspace_cli.setup.build import ensure_images
from workspace_cli.setup.console import Console
from workspace_cli.setup.engine_install import ensure_engine
from workspace_cli.setup.machine import require_root

LOCK_SECONDS = 5.0


def run(settings: Settings, console: Console) -> None:
    """Bring everything up and tell the address; running it again changes nothing.

    Raises SetupError, which says what failed, why, and what to do.
    """
    require_root("up")
    with HostLock(settings.root / "setup.lock", timeout=LOCK_SECONDS):
        console.step("Checking the Docker engine")
        socket_file = ensure_engine(console)
        engine = DockerEngine()
        preflight.check(settings, engine, console)
        ensure_base_image(engine, console)
        console.step("Checking the images")
        ensure_images(engine, Catalogue(), console)
        console.step(f"Preparing {settings.root}")
        restore_state.settle(settings)
        data_root.prepare(settings)
        firewall.apply(settings)
        console.step("Starting the stack")
        _bring_back(settings, engine, console)
        stack.start(settings, engine, socket_file, console)
        stack.wait_ready(settings, engine)
    tell(settings, console)


def _bring_back(settings: Settings, engine: Engine, console: Console) -> None:
    # Before the hub: it asks at its start which of its workspaces run.
    count = resume.start_all(settings, engine, console)
    count += resume.revive_all(settings, engine, console)
    if count:
        console.line(f"Workspaces that ran before and are back: {count}")


def tell(settings: Settings, console: Console) -> None:
    """Tell where Labdock is and how to log in."""
    console.step("Labdock is up")
    console.line(f"Address:  {address(settings)}")
    console.line(f"Admin:    {settings.admin}")
    console.line(f"Password: in {data_root.admin_password_file(settings)}")
    if ipaddress.ip_address(settings.bind).is_loopback:
        console.line(
            "Only this machine reaches that address. Set WORKSPACE_TLS_CERT and WORKSPACE_TLS_KEY "
            "to open it to others, or WORKSPACE_BIND where something else encrypts."
        )


def address(settings: Settings) -> str:
    """Return the address to type into a browser."""
    if settings.url:
        return f"{settings.url}/"
    scheme = "https" if settings.tls else "http"
    bind = ipaddress.ip_address(settings.bind)
    host = socket.getfqdn() if bind.is_unspecified else stack.bind_address(settings.bind)
    return f"{scheme}://{host}:{settings.port}/"
