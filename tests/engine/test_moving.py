"""Environments that move between labs, on a real engine and a real registry."""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard

from tests.engine.test_faults import small_disk
from tests.registry import Registry
from tests.second_engine import SecondEngine
from tests.support import tiny_file_system
from workspace_cli.core import exporting, importing, labels, trust
from workspace_cli.core.backup import new_file
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import (
    ArchiveError,
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    LabdockError,
    NotAllowedError,
    RegistryUnreachableError,
)
from workspace_cli.core.exporting import export
from workspace_cli.core.host import Host
from workspace_cli.core.image_parts import SERVER
from workspace_cli.core.importing import import_file
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.registries import pull, push
from workspace_cli.core.settings import Settings
from workspace_cli.core.transfer_journal import FOLDER, Passing, passing
from workspace_cli.core.workspaces import launch

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

MIB = 2**20
NOISE = 24 * MIB
"""Bytes of the large layer: enough for something to happen while it is on its way."""
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
VISION = "labdock/kim/vision:v2"
ONE_TRY = {"max-download-attempts": 1}
"""The engine itself would go on asking for a minute."""


@pytest.fixture(scope="module")
def lab() -> Iterator[SecondEngine]:
    """Give an engine of this module's own, which it may fill, kill and look at alone."""
    with (
        tempfile.TemporaryDirectory(prefix="labdock-engine-", dir="/var/tmp") as folder,
        SecondEngine(Path(folder) / "engine", dict(ONE_TRY)).running() as second,
    ):
        yield second


@pytest.fixture(scope="module")
def content() -> bytes:
    """Give what ``docker save`` would write of an environment with a server and much noise."""
    return image_archive(
        VISION,
        [
            b"".join(tiny_file_system()),
            tar({SERVER: b"#!/bin/sh", "opt/env/figlet": b"x"}),
            tar({"opt/env/weights": os.urandom(NOISE)}),
        ],
    )


@pytest.fixture
def host(lab: SecondEngine, tmp_path: Path) -> Iterator[Host]:
    """Give a lab with nothing in it but, in the end as well."""
    host = lab_at(lab, tmp_path / "lab")
    yield host
    if not lab.up:
        lab.start()
    lab.remove_containers()
    for image in host.engine.images():
        for tag in image.tags:
            host.engine.remove_image(tag)
    assert ids(host) == set()


def lab_at(lab: SecondEngine, root: Path) -> Host:
    root.mkdir(parents=True, exist_ok=True)
    (root / "policy.toml").write_text('[disk]\nfree = "1m"\n')
    return Host(lab.engine, Settings(root=root), Catalogue.of(()))


@pytest.fixture
def vision(host: Host, content: bytes) -> str:
    """Give the environment on the engine."""
    host.engine.load(io.BytesIO(content))
    return VISION


@pytest.fixture(scope="module")
def registry(lab: SecondEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give a registry that only the module's engine reaches, over plain HTTP on loopback."""
    registry = Registry(tmp_path_factory.mktemp("registry"), network=lab.name)
    registry.start()
    yield registry
    registry.kill()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workspace_cli.core.registries.PAUSES", (0.1,))


def tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o755
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def image_archive(reference: str, layers: list[bytes]) -> bytes:
    digests = [hashlib.sha256(layer).hexdigest() for layer in layers]
    config = {
        "architecture": ARCHITECTURE,
        "os": "linux",
        "config": {
            "Cmd": ["sleep", "infinity"],
            "Env": ["PATH=/bin", "COLOUR=blue"],
            "StopSignal": "SIGKILL",
            "Labels": {labels.OWNER: "kim", labels.SERVER: "1", labels.NOTE: "with figlet"},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{one}" for one in digests]},
    }
    names = [f"{one}/layer.tar" for one in digests]
    manifest = [{"Config": "c.json", "RepoTags": [reference], "Layers": names}]
    return tar(
        {
            "c.json": json.dumps(config).encode(),
            "manifest.json": json.dumps(manifest).encode(),
            **dict(zip(names, layers, strict=True)),
        }
    )


def exported(host: Host, reference: str) -> bytes:
    file = io.BytesIO()
    export(host, reference, file, "admin")
    return file.getvalue()


def ids(host: Host) -> set[str]:
    """Return every image of the engine, those without a name as well."""
    rows = host.engine._socket.get("/images/json")  # type: ignore[attr-defined]
    return {row["Id"] for row in rows}


def leftovers(host: Host) -> list[str]:
    return sorted(path.name for path in (host.settings.root / FOLDER).glob("*"))


def forget(host: Host, *references: str) -> None:
    for reference in references:
        host.engine.remove_image(reference)


def test_an_environment_moves_to_another_lab_and_runs_there(
    host: Host, vision: str, lab: SecondEngine, tmp_path: Path
) -> None:
    path = tmp_path / "vision.tar.zst"
    with new_file(path) as file:
        export(host, vision, file, "admin")
    layers = host.engine.image(vision).layers
    forget(host, vision)
    other = lab_at(lab, tmp_path / "other")
    steps: list[Progress] = []
    with path.open("rb") as file:
        arrival = import_file(other, file, "lee", "admin", report=steps.append)
    assert (arrival.reference, arrival.trusted, arrival.server) == (
        "labdock/lee/vision:v2",
        False,
        True,
    )
    assert steps[-1].current == steps[-1].total == path.stat().st_size
    image = other.engine.image(arrival.reference)
    assert image.layers == layers
    assert image.environment["COLOUR"] == "blue"
    assert image.tags == (arrival.reference,)
    spec = WorkspaceSpec(owner="lee", name="study", image=arrival.reference)
    with pytest.raises(NotAllowedError):
        launch(other, spec)
    assert other.engine.containers() == []
    trust.allow(other, image, arrival.reference, "admin")
    workspace = launch(other, spec)
    assert other.engine.has_path(workspace.container.name, "/opt/env/weights")
    other.engine.remove(workspace.container.name, force=True)
    other.engine.remove_network("labdock-net-lee")


def test_plain_docker_loads_an_export_too(host: Host, vision: str) -> None:
    content = exported(host, vision)
    before = host.engine.image(vision).id
    forget(host, vision)
    unpacked = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(content)).read()
    host.engine.load(io.BytesIO(unpacked))
    assert host.engine.image(vision).id == before


def test_what_docker_itself_saved_is_imported(host: Host, vision: str) -> None:
    content = b"".join(host.engine.save(vision))
    layers = host.engine.image(vision).layers
    forget(host, vision)
    arrival = import_file(host, io.BytesIO(content), "lee", "admin", name="mine:1")
    assert arrival.reference == "labdock/lee/mine:1"
    assert host.engine.image("labdock/lee/mine:1").layers == layers
    with pytest.raises(ImageNotFoundError):
        host.engine.image(vision)  # the archive's own name counts for nothing


def test_a_file_that_was_spoilt_leaves_the_engine_as_it_was(host: Host, vision: str) -> None:
    content = exported(host, vision)
    before = ids(host)
    spoilt = bytearray(content)
    spoilt[len(content) // 2] ^= 1
    for one in (bytes(spoilt), content[: len(content) // 2], content[:-40]):
        with pytest.raises(ArchiveError):
            import_file(host, io.BytesIO(one), "lee", "admin")
    assert ids(host) == before
    assert leftovers(host) == []


def test_a_file_that_changes_between_the_checks_is_stopped_by_the_engine(
    host: Host, vision: str, content: bytes
) -> None:
    forget(host, vision)
    file = io.BytesIO(content)

    def swap(progress: Progress) -> None:
        if progress.text == "Loading the image" and file.getvalue() == content:
            place = content.index(b"opt/env/figlet") + 520
            file.getbuffer()[place] ^= 1

    with pytest.raises(LabdockError, match=r"diffID|digest"):
        import_file(host, file, "lee", "admin", name="x", report=swap)
    assert ids(host) == set()


def test_a_full_engine_leaves_no_trace_of_an_import(
    host: Host, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp(prefix="labdock-engine-", dir="/var/tmp"))
    full = SecondEngine(folder)
    with small_disk(folder / "data", NOISE + 16 * MIB), full.running():
        there = lab_at(full, tmp_path / "full")
        with pytest.raises(DiskFullError, match="not free"):
            import_file(there, io.BytesIO(content), "lee", "admin", name="x")
        monkeypatch.setattr(importing, "_most", lambda _host: 1 << 40)
        with pytest.raises(DiskFullError):
            import_file(there, io.BytesIO(content), "lee", "admin", name="x")
        assert ids(there) == set()
        assert leftovers(there) == []


def test_a_full_disk_leaves_no_trace_of_an_export(
    host: Host, vision: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "small", 4 * MIB):
        path = tmp_path / "small" / "vision.tar.zst"
        with pytest.raises(DiskFullError, match="does not fit"), new_file(path) as file:
            export(host, vision, file, "admin")
        monkeypatch.setattr(exporting, "_check_rooms", lambda *_: None)
        with pytest.raises(DiskFullError), new_file(path) as file:
            export(host, vision, file, "admin")
        assert list(path.parent.iterdir()) == []


def test_an_engine_that_is_killed_while_it_loads_has_nothing_half(
    host: Host, content: bytes, lab: SecondEngine
) -> None:
    def kill(progress: Progress) -> None:
        if progress.text == "Loading the image" and progress.current > NOISE // 2 and lab.up:
            lab.kill()

    with pytest.raises(EngineUnreachableError):
        import_file(host, io.BytesIO(content), "lee", "admin", name="x:1", report=kill)
    lab.start()
    assert ids(host) == set()
    with passing(host, Passing()):
        assert leftovers(host) != []
    assert leftovers(host) == []
    assert import_file(host, io.BytesIO(content), "lee", "admin", name="x:1").reference


def test_a_registry_keeps_an_environment_and_gives_it_back(
    host: Host, vision: str, registry: Registry
) -> None:
    target = registry.name("vision")
    layers = host.engine.image(vision).layers
    sent = push(host, vision, target, "admin")
    assert sent.digest == host.engine.resolve(target)
    assert host.engine.image(vision).tags == (vision,)
    forget(host, vision)
    assert ids(host) == set()
    arrival = pull(host, target, "lee", "admin", name="vision:v3")
    assert (arrival.digest, arrival.trusted, arrival.server) == (sent.digest, False, True)
    image = host.engine.image("labdock/lee/vision:v3")
    assert image.layers == layers
    assert image.labels[labels.IMPORTED] == f"{target}@{sent.digest}"
    assert ids(host) == {image.id}
    assert leftovers(host) == []


def killing(registry: Registry, step: str, least: int = 1) -> Callable[[Progress], None]:
    """Return a report that ends the registry in the middle of a step."""

    def report(progress: Progress) -> None:
        if progress.text.endswith(step) and progress.current >= least:
            registry.kill()

    return report


def test_a_push_that_breaks_off_leaves_names_and_goes_on_later(
    host: Host, registry: Registry
) -> None:
    # Of layers that the registry has already nothing would be sent.
    vision, target = VISION, registry.name("vision")
    layers = [tar({"a": os.urandom(NOISE)}), tar({"b": os.urandom(NOISE)})]
    host.engine.load(io.BytesIO(image_archive(vision, layers)))
    host.engine.tag(vision, "labdock/kim/other:1")
    before = ids(host)
    with pytest.raises(RegistryUnreachableError):
        push(host, vision, target, "admin", killing(registry, "Pushing"))
    assert ids(host) == before
    assert set(host.engine.image(vision).tags) == {vision, "labdock/kim/other:1"}
    assert leftovers(host) == []
    registry.start()
    with pytest.raises(ImageNotFoundError):
        host.engine.resolve(target)  # no half image is there either
    assert push(host, vision, target, "admin").digest == host.engine.resolve(target)


def test_a_pull_that_breaks_off_leaves_the_old_tag_and_works_later(
    host: Host, vision: str, registry: Registry
) -> None:
    target = registry.name("vision")
    push(host, vision, target, "admin")
    forget(host, vision)
    old = image_archive("labdock/lee/vision:1", [tar({"old": b"old"})])
    host.engine.load(io.BytesIO(old))
    before = host.engine.image("labdock/lee/vision:1").id
    host.engine.tag(before, target)
    with pytest.raises(RegistryUnreachableError):
        pull(host, target, "lee", "admin", name="new:1", report=killing(registry, "Downloading"))
    assert ids(host) == {before}
    assert host.engine.image(target).id == before
    assert leftovers(host) == []
    registry.start()
    assert pull(host, target, "lee", "admin", name="new:1").reference == "labdock/lee/new:1"
    assert host.engine.image(target).id == before


@contextmanager
def spoken_to(lab: SecondEngine, host: Host, *command: str) -> Iterator[Callable[[int], int]]:
    """Yield what runs a command line that dies at a step, and returns how it ended."""

    def run(step: int) -> int:
        line = [sys.executable, "-m", "tests.engine.killed_move", lab.host]
        line += [str(host.settings.root), str(step), *command]
        ended = subprocess.run(line, capture_output=True, text=True, check=False, timeout=120)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        return ended.returncode

    yield run


@pytest.mark.parametrize("what", ["import", "pull", "push", "export"])
def test_a_command_that_is_killed_at_any_step_leaves_nothing_half(
    host: Host, lab: SecondEngine, registry: Registry, tmp_path: Path, what: str
) -> None:
    small = image_archive(VISION, [tar({"etc/hosts": b"one"}), tar({SERVER: b"#!/bin/sh"})])
    host.engine.load(io.BytesIO(small))
    target = registry.name("vision")
    push(host, VISION, target, "admin")
    path = tmp_path / "vision.tar.zst"
    path.write_bytes(exported(host, VISION))
    out = tmp_path / "out.tar.zst"
    command = {
        "import": ("import", str(path), "--owner", "lee", "--force"),
        "pull": ("pull", target, "--owner", "lee", "--force"),
        "push": ("push", VISION, target),
        "export": ("export", VISION, str(out), "--force"),
    }[what]
    arrived = "labdock/lee/vision:v2"
    named = {VISION}
    if what in ("import", "pull"):
        import_file(host, io.BytesIO(path.read_bytes()), "lee", "admin", replace=True)
        if what == "pull":
            host.engine.tag(arrived, "labdock/lee/vision:1")
            forget(host, arrived)
            arrived = "labdock/lee/vision:1"
        named.add(arrived)
    with spoken_to(lab, host, *command) as run:
        step = 1
        while run(step) != 0:
            with passing(host, Passing()):
                pass  # whatever comes next takes back what was left
            assert leftovers(host) == []
            assert {tag for image in host.engine.images() for tag in image.tags} == named
            assert ids(host) == {host.engine.image(tag).id for tag in named}
            assert not lab.engine.containers()
            assert not out.exists()
            step += 1
            assert step < 60
    assert step > 2
    assert {tag for image in host.engine.images() for tag in image.tags} == named
    assert ids(host) == {host.engine.image(tag).id for tag in named}
    assert out.exists() is (what == "export")
    assert [one.name for one in tmp_path.glob("*.part")] == []
