"""A machine in memory: the fake engine, a data root of its own, two images on offer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from workspace_cli.core import labels
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.settings import Settings

BASE = "labdock/base"
TORCH = "labdock/pytorch"


@dataclass
class Clock:
    """Time that passes only when a test says so."""

    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> FakeEngine:
    engine = FakeEngine(clock)
    for name in (BASE, TORCH):
        engine.add_image(
            name,
            labels={labels.SERVER: "1", labels.BUILD: "abc", "maintainer": "lab"},
            environment={"PATH": "/opt/env/bin:/usr/bin", "LANG": "C.UTF-8"},
            files={"usr/local/bin/labdock-enter": b"", "etc/os-release": name.encode()},
            config={"Entrypoint": ["/usr/bin/tini", "--"], "Cmd": ["sleep", "infinity"]},
        )
    engine.add_image("nginx", config={"Cmd": ["sleep"]})
    return engine


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(root=tmp_path / "labdock", port_range=(29200, 29209))


@pytest.fixture
def host(
    engine: FakeEngine, settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Host:
    # The ports of the machine that the tests run on are another matter: see test_ports.
    monkeypatch.setattr("workspace_cli.core.ports.is_free", lambda port: True)
    catalogue = Catalogue.of(
        (
            CatalogueImage(name=BASE, title={"en": "Basic"}, workspace=True),
            CatalogueImage(name=TORCH, title={"en": "PyTorch"}, workspace=True),
            CatalogueImage(name="labdock/pytorch-cuda", build="on-request", workspace=True),
            CatalogueImage(name="labdock/hub"),
        )
    )
    return Host(engine, settings, catalogue, clock)


@pytest.fixture
def spec() -> Callable[..., WorkspaceSpec]:
    def make(name: str = "study", **fields: Any) -> WorkspaceSpec:
        return WorkspaceSpec(**{"owner": "kunyoung", "name": name, "image": BASE, **fields})

    return make


@dataclass
class State:
    """Everything on the engine and under the data root, to compare before and after."""

    host: Host
    engine: FakeEngine

    def __call__(self) -> dict[str, object]:
        root = self.host.settings.root
        return {
            "containers": {
                made.name: (made.id, made.state, made.restart)
                for made in (self.engine.made(row.id) for row in self.engine.containers())
            },
            "networks": sorted(network.name for network in self.engine.networks()),
            "images": {
                image_id: sorted(image.tags) for image_id, image in self.engine.store.stored.items()
            },
            "homes": sorted(path.name for path in (root / "homes").glob("*")),
            "secrets": {path.parent.name: json.loads(path.read_text()) for path in self._secrets()},
            "folders": sorted(path.name for path in (root / "secrets").glob("*")),
        }

    def _secrets(self) -> Iterator[Path]:
        yield from (self.host.settings.root / "secrets").glob("*/*")


@pytest.fixture
def state(host: Host, engine: FakeEngine) -> State:
    return State(host, engine)
