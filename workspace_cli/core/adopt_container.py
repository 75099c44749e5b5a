"""Takes over a container that somebody started by hand: its files, ports, GPUs and name.

It is stopped, saved as an environment, and stays as ``NAME.before-adoption`` until the
workspace that is made from it runs; whatever fails or is interrupted before, it runs
again under its own name.
"""

from __future__ import annotations

import re
import secrets as random
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace

from workspace_cli.core import (
    build,
    build_trial,
    clean_image,
    disk_limits,
    images,
    labels,
    layer_save,
    references,
    secrets,
    workspaces,
)
from workspace_cli.core.adopt import Looked, named
from workspace_cli.core.checks import checked
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    DiskFullError,
    ImageNotFoundError,
    InvalidNameError,
    InvalidOptionError,
    NotAllowedError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import (
    SECRETS_TARGET,
    SERVER_PORT,
    Container,
    Image,
    Limits,
    Workspace,
    WorkspaceSpec,
)
from workspace_cli.core.naming import check_owner, check_workspace
from workspace_cli.core.options import parse_gpus
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.core.undo import Undo
from workspace_cli.core.waiting import finished

KEPT = ".before-adoption"
"""End of the name that the old container has once its workspace exists."""
TAG = "adopted"
_SET_BY_US = ("LABDOCK_", "JUPYTERHUB_", "JPY_", "NVIDIA_VISIBLE_DEVICES", "TZ")
_RUNNING = ("running", "restarting", "paused")

LookInto = Callable[[str], Looked]
"""Looks into an image by its name (``adopt.look`` with what that needs)."""
LayServer = Callable[[Looked, str, str, Image], object]
"""Makes the named image, an owner's, of what was looked at; the last is its origin."""


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


def _own_labels(host: Host, container: Container) -> Mapping[str, str]:
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
            cpus=limits.cpus, memory=limits.memory, swap=limits.swap, shm_size=limits.shm_size
        ),
        gpus=parse_gpus(",".join(container.gpus)) if container.gpus else 0,
        ports=container.ports,
        mounts=tuple(m for m in container.mounts if m.target != SECRETS_TARGET),
        environment=environment,
        restart="unless-stopped" if container.restart == "no" else container.restart,
    )


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


def take_over(
    host: Host,
    found: Takeover,
    look: LookInto,
    lay: LayServer,
    *,
    remove_old: bool = False,
    report: Report | None = None,
) -> Workspace:
    """Make a workspace of a container; where that fails, the container is as before.

    Where its image has no server, one is laid on top of what the container holds.
    Raises NoServerError, NameTakenError, StartFailedError and what a launch raises.
    """
    disk_limits.check_new_work(host, found.spec.owner, report)
    _make_room(host, found)
    old = found.container
    with Undo() as undo:
        undo.add(lambda: _run_again(host, found))
        _halt(host, old)
        undo.add(lambda: clean_image.remove_if_there(host, found.reference))
        _save(host, found, look, lay, report)
        if old.name != found.name + KEPT:
            finished(lambda: host.engine.rename(old.id, found.name + KEPT))
        made = workspaces.launch(host, found.spec, report)
        undo.add(lambda: workspaces.remove(host, made))
        _await(host, made)
    if remove_old:
        finished(lambda: host.engine.remove(old.id, force=True))
    return made


def _make_room(host: Host, found: Takeover) -> None:
    """Remove what a killed call has saved of the same container; NameTakenError for all else."""
    with suppress(ImageNotFoundError):
        saved = host.engine.image(found.reference)
        ours = (saved.labels.get(labels.OWNER), saved.labels.get(labels.NOTE))
        if ours == (found.spec.owner, _note(found)):
            clean_image.remove_if_there(host, found.reference)
    build.refuse_taken(host, found.reference, replace=False)


def _note(found: Takeover) -> str:
    return f"taken over from the container {found.name}"


def _halt(host: Host, old: Container) -> None:
    # On a disk with no byte left the engine cannot note it: stopping comes first.
    with suppress(DiskFullError):
        host.engine.update(old.id, restart="no")
    if old.state in _RUNNING:
        finished(lambda: host.engine.stop(old.id))


def _run_again(host: Host, found: Takeover) -> None:
    """Give the old container its name and policy back, and start it where it ran."""
    old = found.container
    if host.engine.container(old.id).name != found.name:
        host.engine.rename(old.id, found.name)
    host.engine.update(old.id, restart=old.restart)
    if old.state in _RUNNING or old.name.endswith(KEPT):
        host.engine.start(old.id)


def _save(
    host: Host, found: Takeover, look: LookInto, lay: LayServer, report: Report | None
) -> None:
    """Save what the container holds as an image with a server, without its variables."""
    old = found.container
    if found.has_server:
        kept = (labels.SERVER, labels.ADOPTED)
        inherited = {k: found.image.labels[k] for k in kept if k in found.image.labels}
        described = _description(found, found.reference, inherited)
        layer_save.save_layer(host, old, described, leave_out=(), report=report)
        return
    prefix = clean_image.unfinished_prefix(host)
    interim = f"{prefix}{int(host.clock())}-{random.token_hex(6)}"
    with ExitStack() as leftovers:
        leftovers.callback(clean_image.remove_if_there, host, interim)
        described = _description(found, interim, build_trial.marks(host))
        layer_save.save_layer(host, old, described, leave_out=(), report=report)
        lay(look(interim), found.reference, found.spec.owner, found.image)


def _description(
    found: Takeover, reference: str, extra: Mapping[str, str]
) -> clean_image.Description:
    return clean_image.Description(
        reference=reference,
        labels={
            **extra,
            labels.OWNER: found.spec.owner,
            labels.PARENT: named(found.image),
            labels.PARENT_ID: found.image.id,
            labels.SAVED_FROM: f"{found.spec.owner}/{found.spec.name}",
            labels.NOTE: _note(found),
        },
        created_by=f"workspace adopt --container {found.name}",
        comment=_note(found),
    )


def _await(host: Host, made: Workspace) -> None:
    port = next((p.host for p in made.ports if p.container == SERVER_PORT), 0)
    wait_for_workspace(host, made, f"http://127.0.0.1:{port}/api", timeout=120)
