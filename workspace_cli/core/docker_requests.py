"""What Labdock asks of the Docker API, as its JSON, without calling anything."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from workspace_cli.core.models import (
    ContainerRequest,
    Limits,
    Mount,
    PortMapping,
)

CPU_PERIOD = 100_000
"""Microseconds; a quota is told in it and not in NanoCpus, which cannot be taken back in place."""
UNLIMITED_MEMORY = 2**50
"""Bytes that mean no limit: the engine cannot take a memory limit back in place, only raise it."""
OPEN_FILES = "nofile"
"""The engine's name of the ulimit."""
LOG_SIZE, LOG_FILES = "max-size", "max-file"
CDI_PREFIX = "nvidia.com/gpu="


def create_body(request: ContainerRequest) -> dict[str, Any]:
    """Return the body of the API's create call."""
    body: dict[str, Any] = {
        "Image": request.image,
        "Env": [f"{name}={value}" for name, value in sorted(request.environment.items())],
        "Labels": dict(request.labels),
        "ExposedPorts": {f"{port.container}/tcp": {} for port in request.ports},
        "StopTimeout": request.stop_timeout,
        "HostConfig": _host_config(request),
    }
    if request.command:
        body["Cmd"] = list(request.command)
    if request.entrypoint:
        body["Entrypoint"] = list(request.entrypoint)
    if request.hostname is not None:
        body["Hostname"] = request.hostname
    if request.user is not None:
        body["User"] = request.user
    if not request.health_check:
        body["Healthcheck"] = {"Test": ["NONE"]}
    if request.open_input:
        body |= {"OpenStdin": True, "StdinOnce": True, "AttachStdin": True}
    return body


def _host_config(request: ContainerRequest) -> dict[str, Any]:
    return {
        **_limits(request.limits),
        "ShmSize": request.limits.shm_size or 0,
        "NetworkMode": request.network or "bridge",
        **({"PidMode": "host"} if request.host_processes else {}),
        **({"ReadonlyRootfs": True} if request.read_only else {}),
        **({"Tmpfs": _scratch(request.scratch)} if request.scratch else {}),
        "PortBindings": _port_bindings(request.ports),
        "Mounts": [_mount(mount) for mount in request.mounts],
        "RestartPolicy": restart_policy(request.restart),
        "DeviceRequests": _device_requests(request),
        "CapAdd": list(request.cap_add),
        "CapDrop": list(request.cap_drop),
        "SecurityOpt": list(request.security_opt),
        "Ulimits": [
            {"Name": name, "Soft": soft, "Hard": hard}
            for name, (soft, hard) in sorted(ulimits(request).items())
        ],
        "LogConfig": {"Type": "json-file", "Config": log_options(request.limits)},
    }


def _scratch(folders: Mapping[str, int]) -> dict[str, str]:
    return {path: f"rw,noexec,nosuid,nodev,mode=1777,size={size}" for path, size in folders.items()}


def ulimits(request: ContainerRequest) -> dict[str, tuple[int, int]]:
    """Return name → (soft, hard): the request's own, and the open files of its limits."""
    files = request.limits.open_files
    return {**request.ulimits, **({OPEN_FILES: (files, files)} if files is not None else {})}


def log_options(limits: Limits) -> dict[str, str]:
    """Return the options of the log driver: how large a file gets, and how many are kept."""
    options = {LOG_SIZE: limits.log_size, LOG_FILES: limits.log_files}
    return {name: str(number) for name, number in options.items() if number is not None}


def _limits(limits: Limits) -> dict[str, Any]:
    """Leave out what has no limit: a new container has none anyway."""
    body: dict[str, Any] = {}
    if limits.cpus is not None:
        body |= {"CpuPeriod": CPU_PERIOD, "CpuQuota": round(limits.cpus * CPU_PERIOD)}
    if limits.memory is not None:
        # Without the second, the engine gives as much swap again as memory.
        body |= {"Memory": limits.memory, "MemorySwap": limits.memory + (limits.swap or 0)}
    if limits.pids is not None:
        body["PidsLimit"] = limits.pids
    return body


def update_body(limits: Limits | None, restart: str | None) -> dict[str, Any]:
    """Return the body of the API's update call; a limit that is None is taken off."""
    body: dict[str, Any] = {}
    if limits is not None:
        body = {
            "CpuPeriod": CPU_PERIOD,
            "CpuQuota": -1,
            "Memory": UNLIMITED_MEMORY,
            "MemorySwap": 2 * UNLIMITED_MEMORY,
            "PidsLimit": -1,
            **_limits(limits),
        }
    if restart is not None:
        body["RestartPolicy"] = restart_policy(restart)
    return body


def restart_policy(text: str) -> dict[str, Any]:
    """Read ``no``, ``always``, ``unless-stopped``, ``on-failure`` or ``on-failure:N``."""
    name, _, count = text.partition(":")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def _port_bindings(ports: Iterable[PortMapping]) -> dict[str, list[dict[str, str]]]:
    # 0.0.0.0 and not both families: the engine may give IPv6 another port.
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in ports:
        binding = {"HostIp": "0.0.0.0", "HostPort": str(port.host or "")}  # noqa: S104
        bindings.setdefault(f"{port.container}/tcp", []).append(binding)
    return bindings


def _mount(mount: Mount) -> dict[str, Any]:
    # A mount and not a bind: a bind makes a missing source folder, as root's.
    return {
        "Type": "bind",
        "Source": mount.source,
        "Target": mount.target,
        "ReadOnly": mount.read_only,
    }


def _device_requests(request: ContainerRequest) -> list[dict[str, Any]]:
    if not request.gpus or request.gpu_backend == "none":
        return []
    if request.gpu_backend == "cdi":
        return [{"Driver": "cdi", "DeviceIDs": [cdi_name(gpu) for gpu in request.gpus]}]
    capabilities = [["gpu", "compute", "utility"]]
    return [{"Driver": "nvidia", "DeviceIDs": list(request.gpus), "Capabilities": capabilities}]


def cdi_name(gpu: str) -> str:
    """Return a GPU's name as CDI has it.

    >>> cdi_name("GPU-1a")
    'nvidia.com/gpu=GPU-1a'
    """
    return gpu if "=" in gpu else f"{CDI_PREFIX}{gpu}"


def whole_seconds(timeout: float) -> int:
    """Round a time-out up, as the API takes whole seconds."""
    return math.ceil(timeout)


def label_filter(labels: Mapping[str, str | None] | None) -> dict[str, list[str]]:
    """Return the API's filter for labels; None as a value means any."""
    rows = [name if value is None else f"{name}={value}" for name, value in (labels or {}).items()]
    return {"label": rows} if rows else {}
