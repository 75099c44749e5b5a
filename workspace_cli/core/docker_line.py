"""The plain ``docker`` command lines that do the same, ready to paste.

Passwords are blanked: such a variable is named without a value, so that docker
takes it from the shell.  Where plain docker would do worse, a comment says so.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping

from workspace_cli.core import labels
from workspace_cli.core.docker_requests import cdi_name, log_options, ulimits
from workspace_cli.core.models import SECRETS_TARGET, ContainerRequest, Limits, Mount, Workspace
from workspace_cli.core.secrets import AUTH_PASSWORD, AUTH_USER

_SECRET_NAME = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|PRIVATE", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"://[^/\s]+:[^/\s]+@")
_UNITS = (("g", 2**30), ("m", 2**20), ("k", 2**10))


def docker_line(request: ContainerRequest, secrets: Mapping[str, str] | None = None) -> str:
    """Return ``docker run …`` for a request; ``secrets`` are what its server is handed.

    >>> docker_line(ContainerRequest(name="a", image="labdock/base"))[:36]
    'docker run -d --name a --restart no '
    """
    words = [
        *("docker", "run", "-d", "--name", request.name),
        *_words(request),
        *_environment(request.environment),
        *_credentials(request, secrets or {}),
        *(word for name, value in sorted(request.labels.items()) for word in _label(name, value)),
        request.image,
        *request.command,
    ]
    return shlex.join(words)


def run_lines(
    request: ContainerRequest, secrets: Mapping[str, str], *, network_is_missing: bool
) -> list[str]:
    """Return what ``workspace run`` would do, as comments and docker lines."""
    lines = [
        "# plain docker takes no lock: another command may take the name, the port or the GPU",
        "# and it leaves behind what a failed start has made",
    ]
    blanked = {name for name, value in request.environment.items() if _is_secret(name, value)}
    blanked |= {AUTH_PASSWORD} & set(secrets)
    if blanked:
        lines.append(f"# set in your shell first: {', '.join(sorted(blanked))}")
        lines.append("# docker keeps their values readable in `docker inspect`; Labdock does not")
    if network_is_missing and request.network:
        owner = _label(labels.OWNER, request.labels.get(labels.OWNER, ""))
        lines.append(shlex.join(["docker", "network", "create", *owner, request.network]))
    return [*lines, docker_line(request, secrets)]


def commit_lines(
    workspace: Workspace, reference: str, note: str = "", *, pause: bool = True
) -> list[str]:
    """Return the docker line nearest to ``workspace commit``."""
    options = [*(["-m", note] if note else []), *([] if pause else ["--pause=false"])]
    return [
        "# plain docker keeps the container's variables and labels in the image, tokens and",
        "# passwords among them; `workspace commit` writes an image without them",
        shlex.join(["docker", "commit", *options, workspace.container.name, reference]),
    ]


def restart_lines(workspace: Workspace) -> list[str]:
    """Return the docker line nearest to ``workspace restart``."""
    lines = [shlex.join(["docker", "restart", workspace.container.name])]
    if workspace.kind == "hub":
        return ["# the hub will not know: its page shows the old state for a while", *lines]
    return lines


def rm_lines(workspace: Workspace) -> list[str]:
    """Return the docker line nearest to ``workspace rm``."""
    lines = ["# the workspace's secrets, its network and its kept layer would stay"]
    if workspace.kind == "hub":
        lines.append("# the hub will not know: it would start the workspace anew")
    return [*lines, shlex.join(["docker", "rm", "--force", workspace.container.name])]


def _words(request: ContainerRequest) -> Iterator[str]:
    if request.hostname:
        yield from ("--hostname", request.hostname)
    if request.network:
        yield from ("--network", request.network)
    yield from ("--restart", request.restart)
    for port in request.ports:
        yield from (
            "-p",
            f"0.0.0.0:{port.host}:{port.container}" if port.host else str(port.container),
        )
    for mount in request.mounts:
        if mount.target != SECRETS_TARGET:
            yield from _mount(mount)
    yield from _limits(request.limits)
    yield from _gpus(request)
    yield from _security(request)
    for name, value in log_options(request.limits).items():
        yield from ("--log-opt", f"{name}={value}")


def _mount(mount: Mount) -> tuple[str, str]:
    if ":" not in mount.source + mount.target:
        return "-v", f"{mount.source}:{mount.target}{':ro' if mount.read_only else ''}"
    fields = ["type=bind", f"source={mount.source}", f"target={mount.target}"]
    return "--mount", ",".join([*map(_csv, fields), *(["readonly"] if mount.read_only else [])])


def _csv(field: str) -> str:
    quoted = field.replace('"', '""')
    return f'"{quoted}"' if "," in field or '"' in field else field


def _limits(limits: Limits) -> Iterator[str]:
    if limits.cpus is not None:
        yield from ("--cpus", f"{limits.cpus:g}")
    if limits.memory is not None:
        yield from ("--memory", size(limits.memory))
        yield from ("--memory-swap", size(limits.memory + (limits.swap or 0)))
    if limits.shm_size is not None:
        yield from ("--shm-size", size(limits.shm_size))
    if limits.pids is not None:
        yield from ("--pids-limit", str(limits.pids))


def size(number: int) -> str:
    """Write bytes as docker reads them: ``4g`` where that is exact.

    >>> size(4 * 2**30)
    '4g'
    """
    for letter, unit in _UNITS:
        if number and number % unit == 0:
            return f"{number // unit}{letter}"
    return str(number)


def _gpus(request: ContainerRequest) -> Iterator[str]:
    if request.gpus and request.gpu_backend == "nvidia":
        yield from ("--gpus", f'"device={",".join(request.gpus)}"')
    elif request.gpus and request.gpu_backend == "cdi":
        for device in request.gpus:
            yield from ("--device", cdi_name(device))


def _security(request: ContainerRequest) -> Iterator[str]:
    if request.user:
        yield from ("--user", request.user)
    for capability in request.cap_drop:
        yield from ("--cap-drop", capability)
    for capability in request.cap_add:
        yield from ("--cap-add", capability)
    for option in request.security_opt:
        yield from ("--security-opt", option)
    for name, (soft, hard) in ulimits(request).items():
        yield from ("--ulimit", f"{name}={soft}:{hard}")


def _environment(environment: Mapping[str, str]) -> Iterator[str]:
    for name, value in environment.items():
        yield from ("--env", name if _is_secret(name, value) else f"{name}={value}")


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value))


def _credentials(request: ContainerRequest, secrets: Mapping[str, str]) -> Iterator[str]:
    """A container without the secrets' folder takes its name and password from variables."""
    if AUTH_USER in secrets and AUTH_USER not in request.environment:
        yield from ("--env", f"{AUTH_USER}={secrets[AUTH_USER]}")
    if AUTH_PASSWORD in secrets and AUTH_PASSWORD not in request.environment:
        yield from ("--env", AUTH_PASSWORD)


def _label(name: str, value: str) -> tuple[str, str]:
    return "--label", f"{name}={value}"
