"""The command line over a fake engine: nothing is started, nothing is asked of a machine."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings
from workspace_cli.main import run_cli
from workspace_cli.output import Console

SERVER = {"labdock.server": "1"}
ENTER = "/usr/local/bin/labdock-enter"


class Terminal(io.StringIO):
    """A stream that a person sits at."""

    def isatty(self) -> bool:
        return True


@dataclass
class Ended:
    """How one call of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass
class CommandLine:
    """Calls ``workspace`` in this process on one host."""

    host: Host
    engine: FakeEngine
    calls: list[tuple[str, ...]] = field(default_factory=list)

    def __call__(self, *argv: str, stdin: str = "", terminal: bool = False) -> Ended:
        stream: type[io.StringIO] = Terminal if terminal else io.StringIO
        out, err = io.StringIO(), stream()
        code = run_cli(argv, Console(out, err, stream(stdin)), self.host)
        return Ended(code, out.getvalue(), err.getvalue())

    def ok(self, *argv: str, stdin: str = "", terminal: bool = False) -> Ended:
        ended = self(*argv, stdin=stdin, terminal=terminal)
        assert ended.code == 0, f"{argv}: {ended.code}\n{ended.err}"
        return ended


def new_engine() -> FakeEngine:
    """Return an engine with two of the lab's images and a stranger's."""
    engine = FakeEngine()
    config = {"Cmd": ["tini"]}
    engine.add_image("labdock/base:latest", labels=SERVER, config=config, files={ENTER: b""})
    engine.add_image("labdock/pytorch:latest", labels=SERVER, config=config, files={ENTER: b""})
    engine.add_image("nginx:latest", config={"Cmd": ["sleep"]})
    return engine


def new_host(engine: FakeEngine, settings: Settings) -> Host:
    """Return a machine that offers the lab's two images."""
    offered = (
        CatalogueImage(name="labdock/base", workspace=True),
        CatalogueImage(name="labdock/pytorch", parent="labdock/base", workspace=True),
    )
    return Host(engine, settings, Catalogue.of(offered))


@pytest.fixture
def engine() -> FakeEngine:
    return new_engine()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # Far from the machine's own range, so that a running workspace does not matter.
    settings = Settings(root=tmp_path / "labdock", port_range=(29200, 29203))
    settings.root.mkdir()
    return settings


@pytest.fixture
def host(engine: FakeEngine, settings: Settings) -> Host:
    return new_host(engine, settings)


@pytest.fixture
def workspace(host: Host, engine: FakeEngine) -> CommandLine:
    return CommandLine(host, engine)


@pytest.fixture
def study(workspace: CommandLine) -> Callable[..., Ended]:
    """Make a workspace that stands by itself."""

    def make(name: str = "study", *options: str, owner: str = "kim") -> Ended:
        return workspace.ok("run", name, "--owner", owner, "--detach", *options)

    return make


@pytest.fixture
def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
