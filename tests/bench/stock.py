"""The stock side: JupyterHub with DockerSpawner, built and run beside Labdock."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from docker import DockerClient

from tests.bench.sides import Side, free_port
from workspace_cli.setup.build_inputs import build_inputs

NAME = "labdock-bench"
SINGLEUSER_IMAGE = f"{NAME}/singleuser"
HUB_IMAGE = f"{NAME}/hub"
_HERE = Path(__file__).parent
_LOCK = _HERE.parents[1] / "requirements" / "bench.txt"


def build() -> None:
    """Build both images; BuildKit's cache makes a second time cheap."""
    with tempfile.TemporaryDirectory() as folder, build_inputs() as inputs:
        context = Path(folder)
        shutil.copytree(_HERE / "stock_image", context / "stock_image")
        shutil.copy(_LOCK, context / "bench.txt")
        recipe = ["--file", str(context / "stock_image/Dockerfile"), *inputs.arguments()]
        for target, image in (("singleuser", SINGLEUSER_IMAGE), ("hub", HUB_IMAGE)):
            command = ["docker", "build", *recipe, "--target", target, "--tag", image]
            subprocess.run([*command, str(context)], check=True)


@contextmanager
def running(client: DockerClient) -> Iterator[Side]:
    """Run the stock hub; remove all that it made at the end, and anything left from before."""
    remove_all(client)
    port, token = free_port(), secrets.token_hex(32)
    try:
        client.networks.create(NAME)
        client.containers.run(
            HUB_IMAGE,
            name=f"{NAME}-hub",
            hostname=f"{NAME}-hub",
            detach=True,
            network=NAME,
            ports={"8000/tcp": ("127.0.0.1", port)},
            volumes={_socket(): {"bind": "/var/run/docker.sock"}},
            environment={
                "BENCH_IMAGE": SINGLEUSER_IMAGE,
                "BENCH_NETWORK": NAME,
                "BENCH_PREFIX": NAME,
                "BENCH_TOKEN": token,
            },
        )
        yield Side(
            name="stock",
            url=f"http://127.0.0.1:{port}",
            token=token,
            options={},
            container_of=lambda member: f"{NAME}-{member}",
        )
    finally:
        remove_all(client)


def _socket() -> str:
    """Return the engine's socket on this machine: the one that everything else here uses."""
    return urlsplit(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")).path


def remove_all(client: DockerClient) -> None:
    """Remove every container and network of the stock side."""
    for container in client.containers.list(all=True, sparse=True, filters={"name": f"^/{NAME}-"}):
        container.remove(force=True, v=True)
    for network in client.networks.list(names=[f"^{NAME}$"]):
        network.remove()


def versions(client: DockerClient) -> dict[str, str]:
    """Return the versions of what the stock images hold."""
    output = client.containers.run(
        SINGLEUSER_IMAGE, ["pip", "list", "--format=freeze"], remove=True
    ).decode()
    found = dict(line.split("==") for line in output.splitlines() if "==" in line)
    names = ("jupyterlab", "jupyter_server", "jupyterhub", "dockerspawner", "tornado")
    return {name: found[name] for name in names}
