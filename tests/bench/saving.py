"""Saving environments beside plain docker: time, pause, disk, and a long chain.

``python -m tests.bench --environments-only [--sizes 100 1000 5000]``; sizes in MB.  The
container is the lab's base with a change of so many bytes in files of 1 MB.  The disk is
counted by ``du`` over the layers' own folders, so that other work on the engine does not
count; it needs root on the engine's machine.
"""

from __future__ import annotations

import secrets
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from workspace_cli.core import labels, layer_flatten
from workspace_cli.core.catalogue import Catalogue, CatalogueImage
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, Workspace, WorkspaceSpec
from workspace_cli.core.settings import Settings
from workspace_cli.core.workspaces import bring_up, stop

BASE = "labdock/base"
SIZES = (100, 1000, 5000)
COMMITS = 20
CHAIN = 150
REPETITIONS = 3
MB = 10**6
HEAD = "| | Labdock | plain docker | ratio | target |\n|---|---|---|---|---|"
_SECRETS = ("/root/.netrc", "/srv/secret")


@dataclass(frozen=True)
class Row:
    """One comparison: ``ours`` and ``plain`` in ``unit``; ``target`` bounds ours, or the ratio."""

    what: str
    ours: float
    plain: float | None
    unit: str = "s"
    target: float | None = None
    absolute: bool = False

    @property
    def missed(self) -> bool:
        """Whether the target is not met."""
        if self.target is None:
            return False
        if self.absolute or self.plain is None:
            return self.ours > self.target
        return self.ours / self.plain > self.target


def measure(
    sizes: Sequence[int] = SIZES, commits: int = COMMITS, chain: int = CHAIN
) -> Iterator[Row]:
    """Measure on this machine's engine, row by row, and remove what was made for it.

    Without ``commits`` or ``chain`` that part is left out.
    """
    with _machine() as (host, owner):
        for size in sizes:
            yield from _one_size(host, owner, size)
        if commits:
            yield from _growth(host, owner, commits)
        if chain:
            yield from _chain(host, owner, chain)


@contextmanager
def _machine() -> Iterator[tuple[Host, str]]:
    engine = DockerEngine()
    owner = f"bench{secrets.token_hex(3)}"
    with tempfile.TemporaryDirectory(prefix="labdock-bench-") as folder:
        settings = Settings(root=Path(folder), port_range=(28000, 28400))
        offered = Catalogue.of((CatalogueImage(name=BASE, workspace=True),))
        try:
            yield Host(engine, settings, offered), owner
        finally:
            _remove(engine, owner)


def _remove(engine: DockerEngine, owner: str) -> None:
    for row in engine.containers({labels.OWNER: owner}):
        engine.remove(row.id, force=True)
    for image in sorted(engine.images(), key=lambda one: -len(one.layers)):
        if image.labels.get(labels.OWNER) == owner or any(owner in tag for tag in image.tags):
            for tag in image.tags:
                engine.remove_image(tag)
    for network in engine.networks({labels.OWNER: owner}):
        # A stack that runs on the engine has attached itself.
        for row in engine.containers():
            if network.name in row.networks:
                engine.disconnect(network.name, row.id)
        engine.remove_network(network.name)


def _spec(owner: str, name: str, image: str = BASE) -> WorkspaceSpec:
    return WorkspaceSpec(owner=owner, name=name, image=image)


def _change(host: Host, workspace: Workspace, size: int, name: str) -> None:
    script = (
        f"mkdir -p /srv/{name}; head -c {size * MB} /dev/urandom | "
        f"split -b {MB} -a 4 - /srv/{name}/part; echo secret > /srv/secret; sync"
    )
    done = host.engine.execute(workspace.container.name, ["bash", "-c", script], user="0")
    assert done.exit_code == 0, (done.exit_code, done.output)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _docker(*command: str) -> None:
    subprocess.run(["docker", *command], check=True, stdout=subprocess.DEVNULL)


def _one_size(host: Host, owner: str, size: int) -> Iterator[Row]:
    spec = _spec(owner, f"size{size}")
    workspace = bring_up(host, spec)
    name, plain_tag = workspace.container.name, f"labdock/{owner}/plain:{size}"
    _change(host, workspace, size, "data")
    plain, clean, without, paused = [], [], [], []
    for _ in range(REPETITIONS):
        plain.append(_timed(lambda: _docker("commit", name, plain_tag)))
        _docker("rmi", plain_tag)
        began = time.perf_counter()
        saved = commit(host, workspace, "clean:1")
        clean.append(time.perf_counter() - began)
        host.engine.remove_image(saved.reference)
        began = time.perf_counter()
        saved = commit(host, workspace, "without:1", leave_out=_SECRETS)
        without.append(time.perf_counter() - began)
        paused.append(saved.paused)
        host.engine.remove_image(saved.reference)
    label = f"{size} MB of change"
    yield Row(f"commit, nothing to leave out, {label}", median(clean), median(plain), target=1.15)
    yield Row(f"commit, secrets left out, {label}", median(without), median(plain), target=2.0)
    yield Row(f"… of which paused, {label}", median(paused), median(plain), target=1.0)
    yield from _flattening(host, owner, workspace, size)
    host.engine.remove(name, force=True)


def _flattening(host: Host, owner: str, workspace: Workspace, size: int) -> Iterator[Row]:
    commit(host, workspace, "deep:1")
    _change(host, workspace, 1, "more")
    deep = commit(host, workspace, "deep:2")
    started = _started(host, owner, deep.reference)
    again = f"labdock-{owner}-run"
    run = ("run", "-d", "--name", again, "--entrypoint", "sleep", deep.reference, "60")
    plain_start = _timed(lambda: _docker(*run))
    flat = f"labdock/{owner}/flat:{size}"
    command = f"docker export {again} | docker import - {flat} > /dev/null"
    exported = _timed(lambda: subprocess.run(["bash", "-c", command], check=True))
    _docker("rm", "-f", again)
    _docker("rmi", flat)
    seconds = _timed(lambda: layer_flatten.flatten(host, deep.reference))
    yield Row(f"flatten, {size} MB, beside export | import", seconds, exported, target=1.0)
    yield Row(f"start from an environment, {size} MB, beside docker run", started, plain_start)
    for tag in ("deep:2", "deep:1"):
        host.engine.remove_image(f"labdock/{owner}/{tag}")


def _started(host: Host, owner: str, reference: str) -> float:
    spec = _spec(owner, "again", image=reference)
    seconds = _timed(lambda: bring_up(host, spec))
    host.engine.remove(spec.container_name, force=True)
    return seconds


# the disk, and a long chain --------------------------------------------------
def _folders(host: Host, references: Sequence[str]) -> set[str]:
    """Return the folders of images' layers."""
    found: set[str] = set()
    for reference in references:
        folders = host.engine.layer_folders(reference, image=True)
        assert folders is not None
        found |= {folders.upper, *folders.lowers}
    return found


def _used(folders: set[str]) -> float:
    """Return the room that folders take on the disk, in MB."""
    command = ["du", "-sc", "--block-size=1", *sorted(folders)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout.split("\n")[-2].split("\t")[0]) / MB


def _growth(host: Host, owner: str, commits: int) -> Iterator[Row]:
    workspace = bring_up(host, _spec(owner, "growing"))
    lab = _folders(host, [workspace.container.image_id])
    ours, plain = [], []
    for number in range(commits):
        _change(host, workspace, 10, f"step{number}")
        plain.append(f"labdock/{owner}/grown-plain:{number}")
        _docker("commit", workspace.container.name, plain[-1])
        ours.append(commit(host, workspace, f"grown:{number}").reference)
    yield Row(
        f"{commits} commits of 10 MB of change each",
        _used(_folders(host, ours) - lab),
        _used(_folders(host, plain) - lab),
        unit="MB",
        target=11 * commits,
        absolute=True,
    )
    host.engine.remove(workspace.container.name, force=True)
    for reference in (*plain, *ours):
        host.engine.remove_image(reference)


def _chain(host: Host, owner: str, length: int) -> Iterator[Row]:
    """Change, commit and recreate, over and over."""
    spec = _spec(owner, "chain")
    workspace = bring_up(host, spec)
    # The name may mean a newer build in the end.
    lab = _folders(host, [workspace.container.image_id])
    seconds, layers, reference = [], [], ""
    for number in range(length):
        began = time.perf_counter()
        _change(host, workspace, 1, f"step{number}")
        saved = commit(host, workspace, f"chain:{number}")
        stop(host, workspace, timeout=1)
        wanted = replace(spec, ports=(PortMapping(5000 + number),))
        workspace = bring_up(host, wanted)
        seconds.append(time.perf_counter() - began)
        layers.append(saved.layers)
        if reference and number % 10:
            host.engine.remove_image(reference)
        reference = saved.reference
    done = host.engine.execute(workspace.container.name, ["bash", "-c", "ls -d /srv/step* | wc -l"])
    assert int(done.output) == length, "a change was lost"
    tenth = max(1, length // 10)
    yield Row(
        f"chain of {length}: a round, the last tenth beside the first",
        median(seconds[-tenth:]),
        median(seconds[:tenth]),
        target=2.0,
    )
    limit = 100
    yield Row(f"chain of {length}: most layers", max(layers), None, "", limit, absolute=True)
    yield Row(
        f"chain of {length}: the last environment",
        _used(_folders(host, [reference]) - lab),
        None,
        "MB",
    )


def table(rows: Sequence[Row]) -> str:
    """Return the figures for people."""
    return "\n".join([HEAD, *map(line, rows)])


def line(row: Row) -> str:
    """Return one line of the table."""
    ratio = "–" if row.plain is None else f"{row.ours / row.plain:.2f}"
    target = "–"
    if row.target is not None:
        target = f"≤ {row.target:g}{f' {row.unit}'.rstrip() if row.absolute else ''}"
        target += " (missed)" if row.missed else ""
    cells = (row.what, _written(row, row.ours), _written(row, row.plain), ratio, target)
    return f"| {' | '.join(cells)} |"


def _written(row: Row, value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.2f} s" if row.unit == "s" else f"{value:.0f} {row.unit}".rstrip()


def missed(rows: Sequence[Row]) -> bool:
    """Tell whether a target is not met."""
    return any(row.missed for row in rows)
