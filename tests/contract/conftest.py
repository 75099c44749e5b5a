"""Both engines behind one fixture: each test of this folder runs over the fake and the real."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support import Namespace, free_port, listening
from workspace_cli.core.engine import Engine
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest

SUBNETS = "10.214"
"""Beginning of the subnets that the contract's networks take: no setting's default pool."""


@dataclass(frozen=True)
class Bench:
    """One engine with a tiny image, and what a test needs to put it to the proof."""

    engine: Engine
    image: str
    prefix: str
    hold_port: Callable[[int], AbstractContextManager[object]]
    device: str
    """A device that the engine can hand out, by its CDI name."""
    fill: Callable[[str, int], None]
    """Has a running container use so many bytes of memory more, which takes it some time."""

    def name(self, suffix: str = "a") -> str:
        """Return a name of this test's own."""
        return f"{self.prefix}-{suffix}"

    def request(self, suffix: str = "a", **fields: Any) -> ContainerRequest:
        """Return a request for a container that stays up."""
        fields = {"image": self.image, "command": ("sleep", "300"), "stop_timeout": 0, **fields}
        return ContainerRequest(name=self.name(suffix), **fields)

    def create(self, suffix: str = "a", **fields: Any) -> str:
        """Create a container and return its name."""
        request = self.request(suffix, **fields)
        self.engine.create(request)
        return request.name

    def run(self, suffix: str = "a", **fields: Any) -> str:
        """Create and start a container and return its name."""
        name = self.create(suffix, **fields)
        self.engine.start(name)
        return name

    def reference(self, suffix: str = "image") -> str:
        """Return an image's name of this test's own."""
        return f"{self.prefix}/{suffix}:1"

    def free_subnet(self) -> str:
        """Return a subnet that no network of the engine has now."""
        taken = {subnet for network in self.engine.networks() for subnet in network.subnets}
        while True:
            numbers = secrets.randbelow(256), 32 * secrets.randbelow(8)
            subnet = f"{SUBNETS}.{numbers[0]}.{numbers[1]}/27"
            if subnet not in taken:
                return subnet


@pytest.fixture(params=["fake", pytest.param("docker", marks=pytest.mark.engine)])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    """Give the engine under test."""
    if request.param == "fake":
        yield _fake(request.getfixturevalue("fake_engine"))
    else:
        namespace: Namespace = request.getfixturevalue("namespace")
        image: str = request.getfixturevalue("tiny_image")
        with _cdi_device(str(namespace)) as device:
            yield Bench(
                namespace.engine,
                image,
                str(namespace),
                listening,
                device,
                partial(_fill, namespace.engine),
            )


def _fake(engine: FakeEngine) -> Bench:
    @contextmanager
    def hold(port: int) -> Iterator[None]:
        engine.foreign_ports.add(port)
        yield
        engine.foreign_ports.remove(port)

    def fill(name: str, size: int) -> None:
        engine.made(name).memory += size
        engine.made(name).cpu_seconds += 0.01

    engine.devices.add("labdock.test/fake=0")
    [image] = engine.images()
    return Bench(engine, image.tags[0], "t0", hold, "labdock.test/fake=0", fill)


def _fill(engine: Engine, name: str, size: int) -> None:
    # A file in shared memory: processes come and go, it stays.
    filled = engine.execute(name, ["sh", "-c", f"printf %0{size}d 0 >/dev/shm/filling"])
    assert filled.exit_code == 0, filled.output


@contextmanager
def _cdi_device(name: str) -> Iterator[str]:
    """Offer a harmless device, of a kind of its own so that nobody takes it for a GPU."""
    file = Path(f"/etc/cdi/labdock-test-{name}.json")
    kind = f"labdock.test/{name}"
    node = {"path": f"/dev/{name}", "hostPath": "/dev/null"}
    device = {"name": "0", "containerEdits": {"deviceNodes": [node]}}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"cdiVersion": "0.5.0", "kind": kind, "devices": [device]}))
    try:
        yield f"{kind}=0"
    finally:
        file.unlink()


@pytest.fixture
def host_port() -> int:
    """Give a port that nobody has."""
    return free_port()
