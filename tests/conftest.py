"""What every room's tests share: the two engines, and a namespace that cleans up after itself."""

from __future__ import annotations

import os
import secrets
import signal
import tempfile
from collections.abc import Iterator
from ctypes.util import find_library
from pathlib import Path

import pytest

from tests.second_engine import SecondEngine
from tests.stand_in_nvml.library import NO_LIBRARY, STATE, StandInDriver, build
from tests.support import Namespace, tiny_file_system
from workspace_cli.core import nvml
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.fake_engine import FakeEngine

TINY = "labdock-tests/tiny"


def pytest_configure() -> None:
    """Take Ctrl-C, also where whoever started the run (a shell's ``&``) has it ignored.

    Tests send it to themselves and to programs that they start, which inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def fake_engine() -> FakeEngine:
    """Give an engine in memory, with one image in it that stays up when it is run."""
    engine = FakeEngine()
    engine.add_image(TINY)
    return engine


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[DockerEngine]:
    """Give this machine's Docker engine."""
    engine = DockerEngine()
    engine.info()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def tiny_image(docker_engine: DockerEngine) -> Iterator[str]:
    """Give the reference of an image with a shell and a few commands, made of this machine's."""
    reference = f"{TINY}:{secrets.token_hex(4)}"
    docker_engine.tag(docker_engine.import_filesystem(tiny_file_system()), reference)
    yield reference
    docker_engine.remove_image(reference)


@pytest.fixture
def namespace(docker_engine: DockerEngine) -> Iterator[Namespace]:
    """Give a name that nothing else on the engine begins with, and remove what does at the end.

    It is an owner's name as well: what is labelled as theirs is removed too.
    """
    namespace = Namespace(docker_engine, f"t{secrets.token_hex(4)}")
    yield namespace
    namespace.remove_everything()


@pytest.fixture(scope="session")
def second_engine_running(docker_engine: DockerEngine, tiny_image: str) -> Iterator[SecondEngine]:
    """Give an engine of the tests' own with the tiny image, for a whole run of pytest."""
    with (
        tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as folder,
        SecondEngine(Path(folder) / "engine").running() as second,
    ):
        second.receive(docker_engine, tiny_image)
        yield second


@pytest.fixture
def second_engine(second_engine_running: SecondEngine) -> Iterator[SecondEngine]:
    """Give an engine that a test may stop, kill and start, with no container on it.

    It has the tiny image; ``receive`` carries others over.
    """
    yield second_engine_running
    if not second_engine_running.up:
        second_engine_running.start()
    second_engine_running.remove_containers()


@pytest.fixture(scope="session", autouse=True)
def without_real_gpus() -> Iterator[None]:
    """Hide the GPUs of a machine that has some: a stand-in for the driver comes first."""
    if find_library("nvidia-ml") is None:
        yield
        return
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = Path(folder) / "state"
        patch.setenv("LD_LIBRARY_PATH", str(build(Path(folder))))
        patch.setenv(STATE, str(file))
        StandInDriver(file).say("init", NO_LIBRARY)
        yield


@pytest.fixture(scope="session")
def stand_in_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a stand-in for the driver's library."""
    return build(tmp_path_factory.mktemp("nvml"))


@pytest.fixture
def driver(
    stand_in_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[StandInDriver]:
    """Give an NVIDIA driver that says what the test tells it to; at first, that there is no GPU."""
    file = tmp_path / "nvml-state"
    library = str(stand_in_library)
    monkeypatch.setenv(
        "LD_LIBRARY_PATH", os.pathsep.join([library, os.environ.get("LD_LIBRARY_PATH", library)])
    )
    monkeypatch.setenv(STATE, str(file))
    driver = StandInDriver(file)
    driver.write()
    yield driver
    nvml.forget()
