"""Saved environments on the real engine: whole, clean and quick."""

from __future__ import annotations

import base64
import gzip
import io
import os
import signal
import subprocess
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace, eventually
from workspace_cli.core import labels
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, Workspace, WorkspaceSpec
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.core.workspaces import bring_up, launch, stop

pytestmark = pytest.mark.engine

TOKENS = {
    "env": "tok-b7f1-env",
    "auth": "tok-c8e2-auth",
    "file": "tok-d9d3-file",
    "label": "tok-e0c4-label",
    "exec": "tok-f1b5-exec",
}


def every_byte(archive: bytes) -> Iterator[bytes]:
    """Yield an archive and whatever is packed inside it, at any depth, unpacked.

    A plain archive inside an archive is a part of its bytes already.
    """
    yield archive
    yield from packed(archive)


def packed(blob: bytes) -> Iterator[bytes]:
    """Yield what is compressed in a blob, unpacked."""
    if blob[:2] == b"\x1f\x8b":
        try:
            yield from every_byte(gzip.decompress(blob))
        except (OSError, EOFError, zlib.error):
            return
    elif blob[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(blob)) as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file:
                    yield from packed(file.read())


def forms(token: str) -> list[bytes]:
    """Return the ways in which a token may be written."""
    raw = token.encode()
    return [raw, base64.b64encode(raw).rstrip(b"="), quote(token).encode(), raw.hex().encode()]


def found_tokens(host: Host, reference: str) -> set[str]:
    """Return which tokens are anywhere in what ``docker save`` writes."""
    found: set[str] = set()
    for blob in every_byte(b"".join(host.engine.save(reference))):
        found |= {
            name
            for name, token in TOKENS.items()
            if name not in found and any(text in blob for text in forms(token))
        }
    return found


def test_the_scan_finds_a_token_however_it_is_packed() -> None:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w:gz") as tar:
        entry = tarfile.TarInfo("token")
        data = base64.b64encode(TOKENS["env"].encode())
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
    outer = io.BytesIO()
    with tarfile.open(fileobj=outer, mode="w") as tar:
        entry = tarfile.TarInfo("layer.tar.gz")
        entry.size = len(inner.getvalue())
        tar.addfile(entry, io.BytesIO(inner.getvalue()))
    packed_token = forms(TOKENS["env"])[1]
    assert packed_token not in outer.getvalue()
    assert any(packed_token in blob for blob in every_byte(outer.getvalue()))


def launched(host: Host, spec: WorkspaceSpec) -> Workspace:
    """Launch with a token by every way into a container, and install something."""
    workspace = launch(
        host,
        replace(
            spec,
            environment={"API": TOKENS["env"], "WORKSPACE_AUTH_PASSWORD": TOKENS["auth"]},
            secrets={"SITE_TOKEN": TOKENS["file"]},
            labels={"team": TOKENS["label"]},
        ),
    )
    name = workspace.container.name
    host.engine.execute(name, ["touch", "/installed"], environment={"T": TOKENS["exec"]}, user="0")
    return workspace


def test_the_scan_finds_what_a_plain_commit_keeps(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace = launched(host, spec)
    plain = f"labdock/{namespace}/plain:v1"
    host.engine.commit(workspace.container.name, reference=plain)
    assert {"env", "label"} <= found_tokens(host, plain)


def test_a_saved_environment_holds_what_was_installed_and_no_secret(
    host: Host, spec: WorkspaceSpec
) -> None:
    workspace = launched(host, spec)
    saved = commit(host, workspace, "nlp:v1", note="한 줄")
    assert found_tokens(host, saved.reference) == set()
    image = host.engine.image(saved.reference)
    assert image.environment == {"PATH": "/bin", "FROM_IMAGE": "yes"}
    assert image.labels[labels.PARENT] == spec.image
    assert image.labels[labels.NOTE] == "한 줄"
    assert labels.WORKSPACE not in image.labels
    history = subprocess.run(
        ["docker", "history", "--no-trunc", saved.reference],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "workspace commit study" in history
    again = launch(host, replace(spec, name="again", image=saved.reference))
    assert host.engine.has_path(again.container.name, "/installed")


def test_no_secret_of_a_running_server_is_in_the_image(host: Host, namespace: Namespace) -> None:
    spec = WorkspaceSpec(owner=str(namespace), name="study", image=BASE)
    workspace = launched(host, spec)
    url = f"http://127.0.0.1:{workspace.ports[0].host}/api"
    wait_for_workspace(host, workspace, url, timeout=120)
    saved = commit(host, workspace)
    assert found_tokens(host, saved.reference) == set()
    assert {mount.target for mount in saved.not_saved} == {"/workspace", "/shared", "/datasets"}


def test_a_saved_environment_serves_again(host: Host, namespace: Namespace) -> None:
    spec = WorkspaceSpec(owner=str(namespace), name="study", image=BASE)
    saved = commit(host, launched(host, spec))
    again = launch(host, replace(spec, name="again", image=saved.reference))
    url = f"http://127.0.0.1:{again.ports[0].host}/api"
    wait_for_workspace(host, again, url, timeout=120)


def test_a_stopped_workspace_is_saved_as_well(host: Host, spec: WorkspaceSpec) -> None:
    workspace = launched(host, spec)
    stop(host, workspace)
    saved = commit(host, workspace)
    again = launch(host, replace(spec, name="again", image=saved.reference))
    assert host.engine.has_path(again.container.name, "/installed")


def test_a_recreated_workspace_is_saved_clean_too(host: Host, spec: WorkspaceSpec) -> None:
    stop(host, launched(host, spec))
    recreated = bring_up(
        host, replace(spec, ports=(PortMapping(8888),), secrets={"T": TOKENS["file"]})
    )
    saved = commit(host, recreated)
    assert found_tokens(host, saved.reference) == set()
    assert saved.parent == spec.image


def dangling() -> set[str]:
    """Return the images without a name that hold a label of a workspace."""
    listed = subprocess.run(
        [
            "docker",
            "images",
            "-q",
            "--filter",
            "dangling=true",
            "--filter",
            f"label={labels.WORKSPACE}",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(listed.stdout.split())


def test_the_container_is_paused_no_longer_than_by_plain_docker(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace = launched(host, spec)
    name = workspace.container.name
    path = host.settings.root.parent / "big"
    with path.open("wb") as file:
        for _ in range(150):
            file.write(os.urandom(2**20))
    subprocess.run(["docker", "cp", "-q", str(path), f"{name}:/big"], check=True)
    plain = paused(name, lambda: host.engine.commit(name, reference=f"labdock/{namespace}/p:v1"))
    ours = paused(name, lambda: commit(host, workspace, "clean"))
    assert plain > 0.05
    assert ours < 1.6 * plain + 0.3


def paused(name: str, work: object) -> float:
    """Return for how long the engine kept a container paused while something was done."""
    began = time.time()
    events = subprocess.Popen(
        [
            "docker",
            "events",
            "--filter",
            f"container={name}",
            "--format",
            "{{.Action}} {{.TimeNano}}",
            "--since",
            f"{began:.6f}",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    work()  # type: ignore[operator]
    assert events.stdout is not None
    times: dict[str, int] = {}
    for line in events.stdout:
        action, _, nano = line.strip().rpartition(" ")
        times[action] = int(nano)
        if action == "unpause":
            break
    events.terminate()
    events.wait()
    events.stdout.close()
    return (times["unpause"] - times["pause"]) / 1e9


_PROGRAM = """
import sys
from pathlib import Path
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import find

host = Host(DockerEngine(), Settings(root=Path(sys.argv[1])), Catalogue.of(()))
workspace = find(host, sys.argv[2])
commit(host, workspace, "interrupted", report=lambda step: print(step.text, flush=True))
"""


@pytest.mark.parametrize("delay", [0.02, 0.1, 0.3])
def test_ctrl_c_leaves_no_image_and_the_container_running(
    host: Host, spec: WorkspaceSpec, delay: float
) -> None:
    workspace = launched(host, spec)
    name = workspace.container.name
    path = host.settings.root.parent / "big"
    path.write_bytes(os.urandom(250 * 2**20))
    subprocess.run(["docker", "cp", "-q", str(path), f"{name}:/big"], check=True)
    before = {tag for image in host.engine.images() for tag in image.tags}
    nameless = dangling()
    process = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(host.settings.root), workspace.reference],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    process.stdout.close()
    assert process.returncode != 0
    after = {tag for image in host.engine.images() for tag in image.tags}
    assert not {tag for tag in after - before if str(spec.owner) in tag or "unfinished" in tag}
    assert dangling() <= nameless
    eventually(lambda: host.engine.container(name).state == "running")
