"""The Labdock side: the stack that runs here, or one that the bench brings up for itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import docker.errors
from docker import DockerClient
from docker.models.containers import Container

from tests.bench.sides import Side, free_port
from workspace_cli.core import labels, naming
from workspace_cli.core.settings import Settings, load_settings

IMAGE = "labdock/base"
WORKSPACE = str(Path(sys.executable).with_name("workspace"))


@dataclass(frozen=True)
class Stack:
    """A running Labdock and the environment in which ``workspace`` finds it."""

    settings: Settings
    environment: Mapping[str, str]

    @property
    def side(self) -> Side:
        """The stack as the measuring sees it."""
        scheme = "https" if self.settings.tls else "http"
        return Side(
            name="labdock",
            url=f"{scheme}://127.0.0.1:{self.settings.port}",
            token=self.settings.api_token.read_text(encoding="utf-8").strip(),
            options={"image": IMAGE},
            container_of=lambda owner: naming.container_name(owner, naming.DEFAULT_WORKSPACE),
            accounts=True,
        )


@contextmanager
def running(client: DockerClient) -> Iterator[Stack]:
    """Yield this machine's Labdock as it is where it runs, else one that lives as long as this.

    The names of the stack's containers are fixed, so two cannot run side by side:
    one that is there, stopped, is started with its own settings and stopped again.
    """
    hub = _hub(client)
    if hub is not None:
        stack = Stack(load_settings(), os.environ)
        _require_own(hub, stack.settings)
        if hub.status == "running":
            print("Measuring the Labdock that runs here; its members share the machine meanwhile.")
            yield stack
        else:
            with _up(stack):
                yield stack
        return
    with tempfile.TemporaryDirectory(prefix="labdock-bench-", dir="/var/lib") as root:
        own = {**os.environ, "WORKSPACE_ROOT": root, "WORKSPACE_PORT": str(free_port())}
        with _up(Stack(load_settings(own), own)) as stack:
            try:
                yield stack
            finally:
                _remove_stack(client)


@contextmanager
def _up(stack: Stack) -> Iterator[Stack]:
    try:
        subprocess.run([WORKSPACE, "up"], env=stack.environment, check=True)
        yield stack
    finally:
        subprocess.run([WORKSPACE, "down"], env=stack.environment, check=False)


def _remove_stack(client: DockerClient) -> None:
    """Remove what ``down`` keeps of a stack that was the bench's own."""
    filters = {"label": labels.STACK}
    for container in client.containers.list(all=True, sparse=True, filters=filters):
        container.remove(force=True, v=True)
    for network in client.networks.list(names=[f"^{naming.CONTROL_NETWORK}$"]):
        network.remove()


def remove_members(client: DockerClient, settings: Settings, prefix: str) -> None:
    """Remove what members whose names begin with ``prefix`` leave after their accounts are gone.

    Whatever else carries Labdock's labels is left alone.
    """
    filters = {"label": labels.OWNER}
    for row in client.api.containers(all=True, filters=filters):
        if row["Labels"][labels.OWNER].startswith(prefix):
            client.api.remove_container(row["Id"], force=True, v=True)
            shutil.rmtree(settings.secrets / row["Names"][0].strip("/"), ignore_errors=True)
    for network in client.networks.list(filters=filters, greedy=True):
        if network.attrs["Labels"][labels.OWNER].startswith(prefix):
            # The hub tidies up as well: what is gone meanwhile is what was wanted.
            with suppress(docker.errors.APIError):
                for attached in network.containers:
                    network.disconnect(attached, force=True)
                network.remove()
    for home in settings.homes.glob(f"{prefix}*"):
        shutil.rmtree(home, ignore_errors=True)


def versions(client: DockerClient) -> dict[str, str]:
    """Return the versions of what the image's server is made of."""
    code = (
        "from importlib.metadata import version\n"
        "for name in ('jupyterlab', 'jupyter_server', 'tornado'): print(name, version(name))"
    )
    output = client.containers.run(
        IMAGE, ["-I", "-c", code], entrypoint=["/opt/labdock/bin/python"], remove=True
    )
    return dict(line.split() for line in output.decode().splitlines())


def _require_own(hub: Container, settings: Settings) -> None:
    """Refuse a hub that serves another data root than the settings here name."""
    served = hub.labels.get(labels.ROOT, "")
    if served != str(settings.root):
        raise SystemExit(
            f"The Labdock on this machine serves {served}, and the settings here name "
            f"{settings.root}. Set WORKSPACE_ROOT={served} and the port that goes with it."
        )


def _hub(client: DockerClient) -> Container | None:
    try:
        return client.containers.get(naming.HUB_CONTAINER)
    except docker.errors.NotFound:
        return None
