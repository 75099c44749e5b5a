"""Runs a small program over the engine's own folders: what a layer holds, as it is on disk.

Root on the machine runs it in this process.  The hub sees none of the engine's folders
(and a command line that is not root may not), so there it runs in a container that is
made for one job: it has no network, no file of its own that can be written, and of the
machine only the folders that the job names.  The interpreter is Labdock's own, never a
member's, and the program travels with the job, so that it is the caller's version.
"""

from __future__ import annotations

import errno
import inspect
import json
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from workspace_cli.core import labels, layer_jobs, naming
from workspace_cli.core.engine import STDOUT, AttachedOutput
from workspace_cli.core.errors import (
    CommitFailedError,
    DiskFullError,
    ImageNotFoundError,
    LabdockError,
    NotFoundError,
    StartFailedError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.host_folders import IN_CONTAINER
from workspace_cli.core.models import ContainerRequest, Limits, Mount

PROGRAMS = (
    *("layer_jobs", "layer_tree", "layer_rules", "layer_copy", "layer_difference"),
    "layer_program",
    *("look_files", "look_tree", "look_contents", "look_folders", "packages"),
    *("suspects_names", "suspects_contents", "suspects_caches", "look_program"),
)
"""Modules of this package that make up the program, each after those that it imports.

They import the standard library and each other, and nothing else.  A job is named
``MODULE.NAME``, for example ``layer_program.count``, and is a function in the module's
``JOBS``, which takes the job and ``wait``, and gives what can be written as JSON.
"""
NAME = "labdock-layers"
GO = "go"
_GATE = "gate-"
_PACKAGE = __package__ or ""
_READY = b"ready"
_PATIENCE = 120.0
"""Seconds that a program waits for the word to go on; whoever should give it may have died."""
_INTERPRETERS = {
    "labdock/hub": "/opt/hub/bin/python",
    "labdock/base": "/opt/labdock/bin/python",
}
_CAPABILITIES = (
    # To read every file and folder, whoever owns it, and to write as any owner …
    *("DAC_READ_SEARCH", "DAC_OVERRIDE", "CHOWN", "FOWNER", "FSETID"),
    # … with the capabilities of programs (setcap), and the marks of what was removed.
    *("SETFCAP", "MKNOD"),
    # The attributes trusted.overlay.* say which folders hide what is below them: the
    # kernel shows and sets them for nobody without it.
    "SYS_ADMIN",
)
_BOOT = """
import json, sys, types
given = json.load(sys.stdin)
for name, source in given["modules"]:
    made = sys.modules[name] = types.ModuleType(name)
    made.__path__ = []
    parent, _, own = name.rpartition(".")
    if parent:
        setattr(sys.modules[parent], own, made)
    exec(compile(source, name, "exec"), made.__dict__)
sys.modules[given["main"]].main(given["job"])
"""
Job = Mapping[str, Any]


def work(host: Host, job: Job, *, ready: Callable[[], None] | None = None) -> dict[str, Any]:
    """Run one job and return its result.

    ``do`` names the job, ``read`` lists the folders that it reads, ``write`` is the one
    that it writes, if any: paths of the host, which mean the same inside unless the job
    says where the written one is to be (``at``).  A job that
    calls its ``wait`` is stopped there until ``ready`` has returned.  Raises
    DiskFullError, CommitFailedError where a folder cannot be read or written.
    """
    if _are_here(folders_of(job)):
        return _run_here(job, ready)
    return _run_there(host, job, ready)


def folders_of(job: Job) -> list[str]:
    """Return every folder that a job names."""
    write = job.get("write")
    return [*job.get("read", ()), *([write] if write else [])]


def _are_here(folders: Sequence[str]) -> bool:
    """Tell whether this process may do it: on the machine, as root or the folders' owner."""
    if os.environ.get(IN_CONTAINER):
        return False
    try:
        return all(os.geteuid() in (0, Path(folder).stat().st_uid) for folder in folders)
    except OSError:
        return False


def _run_here(job: Job, ready: Callable[[], None] | None) -> dict[str, Any]:
    import_module(f"{_PACKAGE}.{job['do'].partition('.')[0]}")
    try:
        return layer_jobs.run(job, ready or (lambda: None))
    except OSError as exc:
        raise _told(exc.errno or 0, f"{exc.filename or ''}: {exc.strerror}") from exc


def _told(number: int, text: str) -> LabdockError:
    if number in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"The engine's disk is full ({text}).",
            "Remove what is no longer needed (`docker system df` shows what takes room).",
        )
    return CommitFailedError(
        f"The container's layer could not be worked on ({text}).", "Try again."
    )


# in a container --------------------------------------------------------------
def _run_there(host: Host, job: Job, ready: Callable[[], None] | None) -> dict[str, Any]:
    remove_dead(host)
    gate = _gate(host) if ready else None
    made = host.engine.create(_request(host, job, gate))
    try:
        attached = host.engine.attach(made, _input(job, gate))
        host.engine.start(made)
        return _answer(attached, lambda: _open(gate, ready))
    finally:
        with suppress(LabdockError):
            host.engine.remove(made, force=True)
        if gate:
            _remove_gate(gate)


def _gate(host: Host) -> Path:
    """Make a folder in which a file appears when the program may go on."""
    folder = _gates(host) / f"{_GATE}{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    return folder


def _gates(host: Host) -> Path:
    return host.settings.root / "hub" / "saving"


def _open(gate: Path | None, ready: Callable[[], None] | None) -> None:
    if gate and ready:
        ready()
        (gate / GO).touch()


def _remove_gate(gate: Path) -> None:
    (gate / GO).unlink(missing_ok=True)
    with suppress(OSError):
        gate.rmdir()


def _request(host: Host, job: Job, gate: Path | None) -> ContainerRequest:
    image, python = _interpreter(host)
    read = [str(path) for path in (*job.get("read", ()), *([gate] if gate else []))]
    write = job.get("write")
    return ContainerRequest(
        name=f"{NAME}-{secrets.token_hex(6)}",
        image=image,
        entrypoint=(python, "-I", "-c", _BOOT),
        labels={labels.WORKER: "1", labels.ROOT: str(host.settings.root)},
        environment={"NVIDIA_VISIBLE_DEVICES": "void"},
        mounts=(
            *(Mount(path, path, read_only=True) for path in dict.fromkeys(read) if path != write),
            *((Mount(write, job.get("at", write)),) if write else ()),
        ),
        network="none",
        user="0:0",
        limits=Limits(pids=64),
        read_only=True,
        cap_drop=("ALL",),
        cap_add=_CAPABILITIES,
        security_opt=("no-new-privileges",),
        open_input=True,
        stop_timeout=0,
        health_check=False,
    )


def _interpreter(host: Host) -> tuple[str, str]:
    """Return an image of Labdock's own and where its interpreter is."""
    with suppress(NotFoundError):
        return host.engine.container(naming.HUB_CONTAINER).image_id, _INTERPRETERS["labdock/hub"]
    for image, python in _INTERPRETERS.items():
        with suppress(ImageNotFoundError):
            return host.engine.image(image).id, python
    raise StartFailedError(
        "The layers cannot be looked at: there is neither labdock/hub nor labdock/base.",
        "Run `make up`.",
    )


def _input(job: Job, gate: Path | None) -> bytes:
    packages = _PACKAGE.split(".")
    names = [".".join(packages[: n + 1]) for n in range(len(packages))]
    modules = [(name, "") for name in names]
    modules += [(f"{_PACKAGE}.{name}", _source(f"{_PACKAGE}.{name}")) for name in PROGRAMS]
    told = {**job, "gate": str(gate / GO) if gate else "", "patience": _PATIENCE}
    main = f"{_PACKAGE}.layer_jobs"
    return json.dumps({"modules": modules, "main": main, "job": told}).encode()


def _source(name: str) -> str:
    return inspect.getsource(import_module(name))


def _answer(attached: AttachedOutput, opened: Callable[[], None]) -> dict[str, Any]:
    """Read lines until the result: ``ready`` asks for the gate, the last is JSON."""
    text, errors = bytearray(), bytearray()
    waiting = True
    for stream, piece in attached:
        if stream != STDOUT:
            errors += piece
            continue
        text += piece
        if waiting and text.startswith(_READY + b"\n"):
            waiting = False
            opened()
    lines = bytes(text).splitlines()
    try:
        answer: dict[str, Any] = json.loads(lines[-1])
    except (IndexError, ValueError) as exc:
        said = errors.decode(errors="replace").strip().splitlines()
        raise CommitFailedError(
            f"The program over the layers ended early: {said[-1] if said else 'it said nothing'}.",
            "Try again.",
        ) from exc
    if "failed" in answer:
        raise _told(*answer["failed"])
    return answer


def remove_dead(host: Host) -> list[str]:
    """Remove what callers that died have left, and return its names; programs end themselves."""
    removed = []
    for row in host.engine.containers({labels.WORKER: None}):
        of_ours = row.labels.get(labels.ROOT) == str(host.settings.root)
        old = row.state == "created" and host.clock() - row.created > _PATIENCE
        if of_ours and (row.state == "exited" or old):
            with suppress(LabdockError):
                host.engine.remove(row.id, force=True)
                removed.append(row.name)
    for gate in _gates(host).glob(f"{_GATE}*"):
        with suppress(OSError):
            if host.clock() - gate.stat().st_mtime > _PATIENCE:
                _remove_gate(gate)
    return removed
