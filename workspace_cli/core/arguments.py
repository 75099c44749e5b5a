"""How a wanted workspace becomes what the engine is told, and back: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from workspace_cli.core import labels
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.models import (
    HOME_TARGET,
    SECRETS_TARGET,
    Container,
    ContainerRequest,
    Image,
    Mount,
    PortMapping,
    Workspace,
    WorkspaceSpec,
    format_ports_label,
    parse_ports_label,
)
from workspace_cli.core.naming import owner_slug
from workspace_cli.core.settings import Settings

GpuBackend = Literal["cdi", "nvidia", "none"]

SHARED_TARGET = "/shared"
DATASETS_TARGET = "/datasets"
STANDARD_TARGETS = (HOME_TARGET, SHARED_TARGET, DATASETS_TARGET, SECRETS_TARGET)
MEMBER_UID = 1000
MEMBER_GID = 990
"""The fixed group ``labdock`` of every image."""
DEFAULT_CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE"),
    *("SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)
"""What sudo, apt and dpkg need; the engine's default less NET_RAW and MKNOD."""
GPU_SHARE = "LABDOCK_GPU_MEMORY_SHARE"
"""From 0 to 1, as ``torch.cuda.set_per_process_memory_fraction`` takes it; nothing enforces it."""
HOST_DOMAIN = "labdock"
"""The engine gives a container's host name out as a DNS name, to hub and proxy too: a
workspace called ``labdock-hub`` must not be found under the hub's own name."""


def container_request(
    spec: WorkspaceSpec,
    *,
    settings: Settings,
    network: str | None,
    ports: tuple[PortMapping, ...] = (),
    gpus: tuple[str, ...] = (),
    gpu_backend: GpuBackend = "none",
    gpus_wanted: str = "",
    gpu_share: float | None = None,
    extra: tuple[Mount, ...] = (),
) -> ContainerRequest:
    """Return what the engine is told, from a checked spec and the choices made for it.

    Limits, ``ports`` and ``gpus`` are final: the lab's defaults filled in, host ports
    chosen, GPUs by UUID or CDI name.  ``gpus_wanted`` is what the next start asks for
    where that is no number, ``gpu_share`` the part of a shared GPU's memory that its
    holder is told of, ``extra`` the folders that the lab offers the owner.
    """
    hardened = settings.profile == "hardened"
    return ContainerRequest(
        name=spec.container_name,
        image=spec.image,
        hostname=f"{spec.name}.{HOST_DOMAIN}",
        environment={
            **spec.environment,
            **_core_environment(spec, settings, gpus, gpu_backend),
            **({} if gpu_share is None else {GPU_SHARE: f"{gpu_share:.2f}"}),
        },
        labels={
            **spec.labels,
            **_core_labels(spec, ports, gpus),
            labels.WANTED: gpus_wanted,
            labels.OFFERED: ",".join(mount.target for mount in extra),
        },
        mounts=_mounts(spec, settings, extra),
        ports=ports,
        network=network,
        limits=spec.limits,
        restart=spec.restart,
        gpus=gpus,
        gpu_backend=gpu_backend if gpus else "none",
        cap_drop=("ALL",),
        cap_add=() if hardened else DEFAULT_CAPABILITIES,
        security_opt=("no-new-privileges",) if hardened else (),
        user=str(MEMBER_UID) if hardened else None,
    )


def _core_environment(
    spec: WorkspaceSpec, settings: Settings, gpus: tuple[str, ...], backend: GpuBackend
) -> Mapping[str, str]:
    # An image may ask for all GPUs itself, and where NVIDIA's runtime is the
    # default one it would get them: say it on every container. CDI devices are
    # no business of that runtime, so it is told "void" for them as well.
    visible = ",".join(gpus) if gpus and backend == "nvidia" else "void"
    return {
        "LABDOCK_OWNER": spec.owner,
        "LABDOCK_WORKSPACE": spec.name,
        "LABDOCK_KIND": spec.kind,
        # Here so that a container of another profile is seen to differ, and recreated.
        "LABDOCK_PROFILE": settings.profile,
        "NVIDIA_VISIBLE_DEVICES": visible,
        "TZ": settings.timezone,
    }


def _core_labels(
    spec: WorkspaceSpec, ports: tuple[PortMapping, ...], gpus: tuple[str, ...]
) -> Mapping[str, str]:
    # Every label of ours is written anew, for an image hands its own on.
    return {
        labels.OWNER: spec.owner,
        labels.WORKSPACE: spec.name,
        labels.KIND: spec.kind,
        labels.GPUS: ",".join(gpus),
        labels.PORTS: format_ports_label(ports),
        labels.IMAGE: spec.image,
        labels.RESTART: spec.restart,
    }


def _mounts(spec: WorkspaceSpec, settings: Settings, extra: tuple[Mount, ...]) -> tuple[Mount, ...]:
    """The home, the lab's folders and the secrets, unless the spec mounts over them."""
    standard = (
        Mount(str(settings.homes / owner_slug(spec.owner)), HOME_TARGET),
        Mount(str(settings.shared), SHARED_TARGET),
        Mount(str(settings.datasets), DATASETS_TARGET, read_only=True),
        Mount(str(settings.secrets / spec.container_name), SECRETS_TARGET, read_only=True),
    )
    taken = {mount.target for mount in spec.mounts}
    return (*(mount for mount in (*standard, *extra) if mount.target not in taken), *spec.mounts)


def spec_of(container: Container, image: Image) -> WorkspaceSpec:
    """Return the spec that an existing container was made from, with its ports as they are.

    ``image`` is the one that the container was made from: what it brought
    along is no choice of the owner's.  Secrets are not part of a container.
    """
    held = container.labels
    workspace = Workspace.of(container)
    if workspace is None:
        raise WorkspaceNotFoundError(f"{container.name} is no workspace of Labdock.")
    # What the lab offers is decided anew at each start.
    not_chosen = {*STANDARD_TARGETS, *held.get(labels.OFFERED, "").split(",")}
    return WorkspaceSpec(
        owner=workspace.owner,
        name=workspace.name,
        image=workspace.image,
        kind=workspace.kind,
        limits=container.limits,
        gpus=workspace.gpus_wanted,
        ports=parse_ports_label(held.get(labels.PORTS, "")),
        mounts=tuple(m for m in container.mounts if m.target not in not_chosen),
        environment={
            name: value
            for name, value in container.environment.items()
            if image.environment.get(name) != value and not _is_cores(name)
        },
        labels={
            name: value
            for name, value in held.items()
            if image.labels.get(name) != value and not labels.in_namespace(name)
        },
        restart=workspace.restart,
    )


def _is_cores(name: str) -> bool:
    return name.startswith("LABDOCK_") or name in ("NVIDIA_VISIBLE_DEVICES", "TZ")
