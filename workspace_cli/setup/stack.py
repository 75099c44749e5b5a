"""The stack's containers: what Compose is told, and waiting until the hub answers."""

from __future__ import annotations

import http.client
import ipaddress
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from workspace_cli.core import labels, naming
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import ConflictError, NotFoundError, SetupError
from workspace_cli.core.settings import Settings
from workspace_cli.setup import data_root
from workspace_cli.setup.commands import attempt, stream
from workspace_cli.setup.console import Console
from workspace_cli.setup.control_network import control_subnet, given_range, proxy_address
from workspace_cli.setup.machine import PROJECT

HUB, PROXY, PORTAL = naming.HUB_CONTAINER, naming.PROXY_CONTAINER, naming.PORTAL_CONTAINER
PARTS = (PROXY, HUB, PORTAL)
PATHS = ("/hub/health", "/services/portal/api/v1/health")
"""What answers 200 through the proxy when the stack is up."""

POLICY = "always"
"""An engine that was killed takes its own stops for somebody's: `unless-stopped` ends there."""
READY_SECONDS = 120.0
DOWN_SECONDS = 5.0
POLL_SECONDS = 0.1
LOG_LINES = 15


def compose_command(settings: Settings, *arguments: str) -> list[str]:
    """Return the command that does something with the stack."""
    files = ["compose.yaml", *(["compose.tls.yaml"] if settings.tls else [])]
    named = [part for name in files for part in ("--file", str(PROJECT / name))]
    # No .env of a working folder is read: `environment` says everything.
    base = ["docker", "compose", "--project-name", "labdock", "--env-file", "/dev/null"]
    return [*base, "--progress", "plain", *named, *arguments]


def environment(settings: Settings, socket_file: Path) -> dict[str, str]:
    """Return the variables that compose.yaml takes, secrets not among them."""
    pool, folder = settings.address_pool, data_root.proxy_folder(settings)
    return {
        "WORKSPACE_ROOT": str(settings.root),
        "WORKSPACE_BIND": bind_address(settings.bind),
        "WORKSPACE_PORT": str(settings.port),
        "LABDOCK_SOCKET": str(socket_file),
        "LABDOCK_CONTROL_SUBNET": str(control_subnet(pool)),
        "LABDOCK_CONTROL_RANGE": str(given_range(pool)),
        "LABDOCK_PROXY_ADDRESS": str(proxy_address(pool)),
        "LABDOCK_PROXY_FLAGS": "--host-routing" if settings.domain else "",
        "LABDOCK_SETTINGS_DIGEST": data_root.digest_of(settings.hub_dir / ".env"),
        "LABDOCK_PROXY_FILES": data_root.digest_of(
            *(folder / name for name in ("token", "cert.pem", "key.pem"))
        ),
    }


def bind_address(address: str) -> str:
    """Write an address as a port mapping takes it: IPv6 in brackets."""
    return f"[{address}]" if ipaddress.ip_address(address).version == 6 else address


def start(settings: Settings, engine: Engine, socket_file: Path, console: Console) -> None:
    """Create or start what is not running as it should; what is stays untouched."""
    stream(
        compose_command(settings, "up", "--detach", "--no-build"),
        console,
        failure="The stack could not be started",
        remedy="`workspace doctor` checks what it needs.",
        environment=environment(settings, socket_file),
        shown=_change,
    )
    _set_policy(engine, POLICY)


def stop(settings: Settings, engine: Engine, socket_file: Path, console: Console) -> None:
    """Stop proxy, hub and portal; their containers go, since nothing is kept in them."""
    # Where this is interrupted, no start of the engine brings half a stack back.
    _set_policy(engine, "no")
    stream(
        compose_command(settings, "down"),
        console,
        failure="The stack could not be stopped",
        environment=environment(settings, socket_file),
        shown=_change,
    )
    # Hub and portal made them, beside Compose.
    for label in (labels.READER, labels.GRADING, labels.TRIAL):
        for row in engine.containers({label: None}):
            if row.labels.get(labels.ROOT) == str(settings.root):
                engine.remove(row.id, force=True)


def _set_policy(engine: Engine, policy: str) -> None:
    """Set the stack's restart policy where it is another one; Compose does not look at it."""
    for name in PARTS:
        with suppress(NotFoundError):
            if engine.container(name).restart != policy:
                engine.update(name, restart=policy)


def _change(line: str) -> str | None:
    """Keep what Compose did and leave out what it is about to do, or left alone."""
    done = ("Started", "Created", "Recreated", "Stopped", "Removed", "Error")
    return line.strip() if line.rstrip().endswith(done) else None


def local_address(settings: Settings) -> str:
    """Return the address at which this machine itself reaches the public port."""
    bind = ipaddress.ip_address(settings.bind)
    if bind.is_unspecified:
        return "127.0.0.1" if bind.version == 4 else "::1"
    return settings.bind


def stack_answers(settings: Settings, timeout: float = 5.0) -> bool:
    """Tell whether hub and portal answer through the proxy."""
    return all(_answers(settings, path, timeout) for path in PATHS)


def hub_answers(settings: Settings, timeout: float = 5.0) -> bool:
    """Tell whether the hub answers through the proxy."""
    return _answers(settings, PATHS[0], timeout)


def _answers(settings: Settings, path: str, timeout: float) -> bool:
    address = local_address(settings)
    connection: http.client.HTTPConnection
    if settings.tls:
        # The certificate is for the public name; here only an answer matters.
        context = ssl._create_unverified_context()  # noqa: SLF001, S323
        connection = http.client.HTTPSConnection(
            address, settings.port, timeout=timeout, context=context
        )
    else:
        connection = http.client.HTTPConnection(address, settings.port, timeout=timeout)
    try:
        connection.request("GET", path, headers=_public_host(settings))
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _public_host(settings: Settings) -> dict[str, str]:
    """Return the host to ask for: where members have subdomains, the proxy's routes go by it."""
    return {"Host": urlsplit(settings.url).netloc} if settings.url else {}


def check_is_ours(settings: Settings, engine: Engine) -> None:
    """Raise ConflictError where the engine's one stack serves another data root."""
    try:
        other = engine.container(HUB).labels.get(labels.ROOT, "")
    except NotFoundError:
        return
    if other != str(settings.root):
        raise ConflictError(
            f"A Labdock with another data root is on this engine ({other or 'unknown'}).",
            f"Stop it first (WORKSPACE_ROOT={other} make down), or set WORKSPACE_ROOT to it.",
        )


def wait_ready(
    settings: Settings,
    engine: Engine,
    *,
    seconds: float = READY_SECONDS,
    patience: float = DOWN_SECONDS,
    answers: Callable[[Settings], bool] = stack_answers,
) -> None:
    """Wait until hub and portal answer; SetupError with the end of a log where they do not.

    A container of the stack may be down for ``patience`` seconds: the engine
    starts it again, for example when the database was not up yet.
    """
    begin = well = time.monotonic()
    while not answers(settings):
        now, failed = time.monotonic(), stopped(engine)
        well = now if failed is None else well
        if now - begin > seconds or now - well > patience:
            name = failed or (PORTAL if hub_answers(settings) else HUB)
            what = "does not stay up" if failed else f"did not answer within {seconds:.0f} s"
            raise SetupError(
                f"{name} {what}. The end of its log:\n{log_end(name)}\n",
                f"`docker logs {name}` shows all of it; after a correction run `make up` again.",
            )
        time.sleep(POLL_SECONDS)


def stopped(engine: Engine) -> str | None:
    """Return the name of a container of the stack that does not run, or None."""
    for name in PARTS:
        try:
            state = engine.container(name).state
        except NotFoundError:
            return name
        if state in ("exited", "dead", "restarting"):
            return name
    return None


def log_end(name: str) -> str:
    """Return the last lines of a container's log, indented."""
    _, output, errors = attempt(["docker", "logs", "--tail", str(LOG_LINES), name])
    lines = (output + errors).strip().splitlines()[-LOG_LINES:]
    return "\n".join(f"  | {line}" for line in lines)
