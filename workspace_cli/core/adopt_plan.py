"""What taking over a container that somebody started by hand would mean: nothing is done."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace

from workspace_cli.core import gpu_inventory, images, labels, references, secrets, workspaces
from workspace_cli.core.checks import checked
from workspace_cli.core.errors import (
    InvalidNameError,
    InvalidOptionError,
    NoFreeGpuError,
    NotAllowedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import SECRETS_TARGET, Container, Image, Limits, WorkspaceSpec
from workspace_cli.core.naming import check_owner, check_workspace

KEPT = ".before-adoption"
"""End of the name that the old container has once its workspace exists."""
TAG = "adopted"
ENGINE_SHM = 64 * 2**20
"""Bytes of shared memory that the engine gives where nobody says how much."""
_SET_BY_US = ("LABDOCK_", "JUPYTERHUB_", "JPY_", "NVIDIA_VISIBLE_DEVICES", "TZ")


@dataclass(frozen=True, kw_only=True)
class Takeover:
    """What was found, and the workspace that would be made: nothing has happened yet."""

    container: Container
    name: str
    """The container's own name, whatever it is called now."""
    image: Image
    spec: WorkspaceSpec
    reference: str
    """The environment that it is saved as."""
    has_server: bool


def plan(host: Host, name: str, *, owner: str = "", wanted: str = "") -> Takeover:
    """Look at a container and return what taking it over means.

    ``owner`` is by default whom its variables name, else the admin; ``wanted`` is the
    workspace's name, by default the container's.  Raises WorkspaceNotFoundError,
    NotAllowedError for one of Labdock's own, and what makes a workspace impossible.
    """
    container = _find(host, name)
    original = container.name.removesuffix(KEPT)
    if any(labels.in_namespace(label) for label in _own_labels(host, container)):
        raise NotAllowedError(
            f"{container.name} is Labdock's already.", "See `workspace ls -a` for all of them."
        )
    image = host.engine.image(container.image_id)
    whose = owner or container.environment.get(secrets.AUTH_USER, "") or host.settings.admin
    check_owner(whose)
    spec = _spec(host, container, image, whose, wanted or workspace_name(original))
    repository = f"{references.owner_repository(whose)}{spec.name}"
    spec = replace(spec, image=f"{repository}:{TAG}")
    _check_volumes(host, container)
    checked(secrets.with_credentials(spec), host)
    workspaces.refuse_existing(host, spec)
    return Takeover(
        container=container,
        name=original,
        image=image,
        spec=spec,
        reference=spec.image,
        has_server=images.has_server(image),
    )


def workspace_name(container: str) -> str:
    """Return a workspace's name that is as near to a container's as names allow.

    >>> workspace_name("ky_Study.2")
    'ky-study-2'
    """
    plain = re.sub(r"[^a-z0-9]+", "-", container.lower()).strip("-")[:30].strip("-")
    try:
        check_workspace(plain)
    except InvalidNameError as exc:
        raise InvalidNameError(
            f"{container!r} cannot name a workspace.", "Name it: --as NAME."
        ) from exc
    return plain


def _find(host: Host, name: str) -> Container:
    try:
        return host.engine.container(name)
    except WorkspaceNotFoundError:
        # An earlier call was killed between its steps: go on from what it left.
        with suppress(WorkspaceNotFoundError):
            return host.engine.container(name + KEPT)
        raise WorkspaceNotFoundError(
            f"There is no container {name}.", "`docker ps -a` lists what was started by hand."
        ) from None


def _own_labels(host: Host, container: Container) -> dict[str, str]:
    """Return the labels that the container was given, not those that its image handed on."""
    inherited = host.engine.image(container.image_id).labels
    return {k: v for k, v in container.labels.items() if inherited.get(k) != v}


def _spec(host: Host, container: Container, image: Image, owner: str, name: str) -> WorkspaceSpec:
    environment = {
        key: value
        for key, value in container.environment.items()
        if image.environment.get(key) != value and not key.startswith(_SET_BY_US)
    }
    limits = container.limits
    return WorkspaceSpec(
        owner=owner,
        name=name,
        image="",
        limits=Limits(
            cpus=limits.cpus,
            memory=limits.memory,
            swap=limits.swap,
            # The engine's own default was no choice; with --ipc=host it meant nothing.
            shm_size=None if limits.shm_size == ENGINE_SHM else limits.shm_size,
        ),
        gpus=_gpus(host, container),
        ports=container.ports,
        mounts=tuple(m for m in container.mounts if m.target != SECRETS_TARGET),
        environment=environment,
        restart="unless-stopped" if container.restart == "no" else container.restart,
    )


def _gpus(host: Host, container: Container) -> int | str | tuple[str, ...]:
    """Return the GPUs that a container was started with, by the names that a lease has."""
    if not container.gpus or "all" in container.gpus:
        return "all" if container.gpus else 0
    backend = gpu_inventory.choose_backend(host.settings, host.info)
    known = gpu_inventory.inventory(backend)
    ids = tuple(gpu.id for gpu in known if any(gpu.is_named(name) for name in container.gpus))
    if len(ids) < len(container.gpus):
        raise NoFreeGpuError(
            f"{container.name} was started with GPUs that are not there: "
            f"{', '.join(container.gpus)}.",
            "`workspace gpus` lists those of this machine; mend the driver first.",
        )
    return ids


def _check_volumes(host: Host, container: Container) -> None:
    volumes = f"{host.info.data_root}/volumes/"
    found = [mount.target for mount in container.mounts if mount.source.startswith(volumes)]
    if found:
        raise InvalidOptionError(
            f"{container.name} keeps {', '.join(found)} in a volume of the engine, which no "
            "workspace can mount.",
            "Copy it to a folder (docker cp), start the container anew with that folder as -v, "
            "then take it over.",
        )
