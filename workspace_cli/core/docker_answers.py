"""What the Docker API answers, in Labdock's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from workspace_cli.core.docker_requests import (
    CDI_PREFIX,
    CPU_PERIOD,
    LOG_FILES,
    LOG_SIZE,
    OPEN_FILES,
    UNLIMITED_MEMORY,
)
from workspace_cli.core.engine import Event
from workspace_cli.core.models import (
    Container,
    ContainerSummary,
    EngineInfo,
    Image,
    LayerFolders,
    Limits,
    Mount,
    Network,
    PortMapping,
    State,
)

_UUID_OF_CDI = re.compile(rf"^{CDI_PREFIX}(?=GPU-|MIG-)")
_FRACTION = re.compile(r"\.\d+")
_LOG_UNITS = {"k": 2**10, "m": 2**20, "g": 2**30}


def container_summary(row: Mapping[str, Any]) -> ContainerSummary:
    """Read one row of the API's list of containers."""
    return ContainerSummary(
        id=row["Id"],
        name=row["Names"][0].removeprefix("/") if row.get("Names") else "",
        image=row["Image"],
        image_id=row["ImageID"],
        state=row["State"],
        status=row["Status"],
        created=float(row["Created"]),
        labels=row.get("Labels") or {},
        ports=_listed_ports(row.get("Ports") or ()),
        networks=_addresses(row),
    )


def container(row: Mapping[str, Any]) -> Container:
    """Read the API's answer to ``inspect`` of a container."""
    state, config, host = row["State"], row["Config"], row["HostConfig"]
    started = timestamp(state["StartedAt"])
    environment = _environment(config.get("Env"))
    return Container(
        id=row["Id"],
        name=row["Name"].removeprefix("/"),
        image=config["Image"],
        image_id=row["Image"],
        state=_state(state),
        status=state["Status"],
        created=timestamp(row["Created"]) or 0.0,
        labels=config.get("Labels") or {},
        ports=_bound_ports(host, row["NetworkSettings"]),
        networks=_addresses(row),
        started=started,
        finished=timestamp(state["FinishedAt"]),
        exit_code=None if started is None or state["Running"] else state["ExitCode"],
        oom_killed=state.get("OOMKilled", False),
        health=(state.get("Health") or {}).get("Status"),
        restart=_restart_text(host["RestartPolicy"]),
        restarts=row.get("RestartCount", 0),
        limits=_read_limits(host),
        environment=environment,
        mounts=tuple(_read_mount(mount) for mount in row.get("Mounts") or ()),
        gpus=_gpus(host, environment),
        error=state.get("Error", ""),
    )


def _state(state: Mapping[str, Any]) -> State:
    status: State = state["Status"]
    return status


def _listed_ports(ports: Iterable[Mapping[str, Any]]) -> tuple[PortMapping, ...]:
    published = {
        PortMapping(port["PrivatePort"], port["PublicPort"])
        for port in ports
        if port.get("PublicPort") and port["Type"] == "tcp"
    }
    return tuple(sorted(published))


def _bound_ports(host: Mapping[str, Any], network: Mapping[str, Any]) -> tuple[PortMapping, ...]:
    ports = set()
    for inside, bindings in (host.get("PortBindings") or {}).items():
        number, _, protocol = inside.partition("/")
        if protocol != "tcp":
            continue
        now = (network.get("Ports") or {}).get(inside) or bindings or ()
        ports |= {PortMapping(int(number), int(binding["HostPort"] or 0)) for binding in now}
    return tuple(sorted(ports))


def _addresses(row: Mapping[str, Any]) -> dict[str, str]:
    networks = (row.get("NetworkSettings") or {}).get("Networks") or {}
    return {name: (network or {}).get("IPAddress", "") for name, network in networks.items()}


def _restart_text(policy: Mapping[str, Any]) -> str:
    name = policy.get("Name") or "no"
    count = policy.get("MaximumRetryCount") or 0
    return f"{name}:{count}" if count else name


def _read_limits(host: Mapping[str, Any]) -> Limits:
    quota, period = host.get("CpuQuota") or 0, host.get("CpuPeriod") or CPU_PERIOD
    nano = host.get("NanoCpus") or 0
    memory, pids = host.get("Memory") or 0, host.get("PidsLimit") or 0
    limited = 0 < memory < UNLIMITED_MEMORY
    swap = (host.get("MemorySwap") or 0) - memory
    files = {u["Name"]: u["Soft"] for u in host.get("Ulimits") or ()}.get(OPEN_FILES)
    log = (host.get("LogConfig") or {}).get("Config") or {}
    return Limits(
        cpus=nano / 1e9 if nano else quota / period if quota > 0 else None,
        memory=memory if limited else None,
        swap=swap if limited and swap > 0 else None,
        shm_size=host.get("ShmSize") or None,
        pids=pids if pids > 0 else None,
        open_files=files,
        log_size=_log_bytes(log.get(LOG_SIZE, "")),
        log_files=int(log[LOG_FILES]) if log.get(LOG_FILES, "").isdecimal() else None,
    )


def _log_bytes(written: str) -> int | None:
    """Read the log driver's size; what we write is bytes, older containers have ``10m``."""
    number, unit = written[:-1], written[-1:].lower()
    if written.isdecimal():
        return int(written)
    return int(number) * _LOG_UNITS[unit] if number.isdecimal() and unit in _LOG_UNITS else None


def _read_mount(mount: Mapping[str, Any]) -> Mount:
    source = mount.get("Name") if mount["Type"] == "volume" else mount.get("Source")
    return Mount(source or "", mount["Destination"], not mount.get("RW", True))


def _gpus(host: Mapping[str, Any], environment: Mapping[str, str]) -> tuple[str, ...]:
    """Every way by which a container may have been given GPUs, by Labdock or by hand."""
    gpus: list[str] = []
    for request in host.get("DeviceRequests") or ():
        names = request.get("DeviceIDs") or (["all"] if request.get("Count") else [])
        gpus += [_UUID_OF_CDI.sub("", name) for name in names]
    for device in host.get("Devices") or ():
        number = device["PathOnHost"].removeprefix("/dev/nvidia")
        gpus += [number] if number.isdecimal() else []
    visible = environment.get("NVIDIA_VISIBLE_DEVICES", "")
    if host.get("Runtime") == "nvidia" and visible not in ("", "void", "none"):
        gpus += visible.split(",")
    return tuple(dict.fromkeys(gpus))


def image(row: Mapping[str, Any]) -> Image:
    """Read the API's answer to ``inspect`` of an image."""
    config = row.get("Config") or {}
    return Image(
        id=row["Id"],
        tags=tuple(row.get("RepoTags") or ()),
        size=row["Size"],
        created=timestamp(row.get("Created") or "") or 0.0,
        labels=config.get("Labels") or {},
        environment=_environment(config.get("Env")),
        layers=tuple((row.get("RootFS") or {}).get("Layers") or ()),
        config=config,
        architecture=row.get("Architecture") or "amd64",
    )


def layer_folders(row: Mapping[str, Any], info: Mapping[str, Any]) -> LayerFolders | None:
    """Read the folders of the layers from ``inspect`` of a container or an image.

    Where the engine gives its containers other users' numbers, or is not root's itself,
    the folders hold owners that mean something else outside; where it does not take a
    layer for what its folder holds, overlay2's newer marks may be in it.
    """
    driver = row.get("GraphDriver") or {}
    data = driver.get("Data") or {}
    options = {
        part
        for option in info.get("SecurityOptions") or ()
        for part in option.split(",")
        if part.startswith("name=")
    }
    native = dict(info.get("DriverStatus") or ()).get("Native Overlay Diff") == "true"
    if driver.get("Name") != "overlay2" or not native or options & {"name=userns", "name=rootless"}:
        return None
    lowers = tuple(path for path in (data.get("LowerDir") or "").split(":") if path)
    return LayerFolders(data["UpperDir"], lowers) if data.get("UpperDir") else None


def layer_sizes(history: Sequence[Mapping[str, Any]], layers: int) -> tuple[int, ...]:
    """Read the sizes of so many layers out of an image's history, the lowest first.

    The history also has steps that made no layer, of size 0, and does not say which they
    are: they are taken out until one is left for each layer.
    """
    sizes = [int(step["Size"]) for step in reversed(history)]
    for place in reversed(range(len(sizes))):
        if len(sizes) > layers and sizes[place] == 0:
            del sizes[place]
    return tuple([0] * (layers - len(sizes)) + sizes)


def network(row: Mapping[str, Any], containers: Iterable[str]) -> Network:
    """Read one row of the API's list of networks, which does not tell who is attached."""
    configs = (row.get("IPAM") or {}).get("Config") or ()
    return Network(
        name=row["Name"],
        id=row["Id"],
        subnets=tuple(config["Subnet"] for config in configs if config.get("Subnet")),
        labels=row.get("Labels") or {},
        containers=tuple(sorted(containers)),
        created=timestamp(row.get("Created") or "") or 0.0,
    )


def engine_info(info: Mapping[str, Any], version: Mapping[str, Any]) -> EngineInfo:
    """Read the API's answers to ``info`` and ``version``."""
    components = {part["Name"]: part["Version"] for part in version.get("Components") or ()}
    driver_type = dict(info.get("DriverStatus") or ()).get("driver-type", "")
    return EngineInfo(
        version=info["ServerVersion"],
        api_version=version["ApiVersion"],
        runc_version=components.get("runc", ""),
        storage_driver=info["Driver"],
        containerd_image_store=driver_type.startswith("io.containerd.snapshotter"),
        live_restore=info.get("LiveRestoreEnabled", False),
        swarm_active=(info.get("Swarm") or {}).get("LocalNodeState") == "active",
        cdi=bool(info.get("CDISpecDirs")),
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
        cgroup_version=info.get("CgroupVersion", ""),
        data_root=info["DockerRootDir"],
        os=info["OperatingSystem"],
        cpus=info["NCPU"],
        memory=info["MemTotal"],
    )


def event(row: Mapping[str, Any]) -> Event:
    """Read one event; ``exec_create: …`` and the like lose what follows the colon."""
    actor = row.get("Actor") or {}
    attributes = actor.get("Attributes") or {}
    return Event(
        type=row["Type"],
        action=row["Action"].partition(":")[0],
        name=attributes.get("name", actor.get("ID", "")),
        attributes=attributes,
        time=row.get("timeNano", 0) / 1e9,
    )


def timestamp(text: str) -> float | None:
    """Read the engine's RFC 3339 time with nanoseconds; None for its year 1, which is never.

    >>> timestamp("1970-01-01T00:00:02.5Z")
    2.5
    """
    if not text or text.startswith("0001-"):
        return None
    # datetime keeps microseconds only; who was created first may hang on less.
    found = _FRACTION.search(text)
    moment = datetime.fromisoformat(_FRACTION.sub("", text))
    return moment.timestamp() + (float(found[0]) if found else 0.0)


def _environment(lines: Iterable[str] | None) -> dict[str, str]:
    return {name: value for name, _, value in (line.partition("=") for line in lines or ())}
