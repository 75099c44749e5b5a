"""What a save would keep, how environments differ, and what is installed in them.

Read from the layers' folders, from outside: nothing runs in a container, and none is
held still.  Where the engine's store has no such folders it is said so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from workspace_cli.core import labels, layer_worker, naming, secrets
from workspace_cli.core.host import Host
from workspace_cli.core.look_models import (
    Cache,
    Difference,
    NotSaved,
    Preview,
    Setting,
    Suspect,
    folder_rows,
    package_changes,
)
from workspace_cli.core.look_stacks import (
    BLIND,
    Side,
    ground_of,
    image_of,
    last_saved,
    name_of,
    stack_of,
    title_of,
)
from workspace_cli.core.models import SECRETS_TARGET, Container, Image, Workspace

QUICK = 1.5
"""Seconds for which a preview reads files; a save takes as long as it needs, within reason."""
THOROUGH = 120.0
_SECRET_NAME = re.compile(r"TOKEN|PASSW|SECRET|KEY|CREDENTIAL|COOKIE|_PASS$|^PASS$", re.IGNORECASE)
_SETTINGS = {
    "Entrypoint": "entrypoint",
    "Cmd": "command",
    "User": "user",
    "WorkingDir": "working folder",
    "ExposedPorts": "ports",
    "Volumes": "volumes",
    "StopSignal": "stop signal",
    "Healthcheck": "health check",
    "Shell": "shell",
}


def preview(host: Host, workspace: Workspace, *, patience: float = QUICK) -> Preview:
    """Return what a save of a workspace, running or not, would keep now.

    It is compared with what was last saved of it, else with the image it stands on.
    For ``patience`` seconds files are read in search of secrets.  Raises
    WorkspaceNotFoundError, CommitFailedError.
    """
    began = time.monotonic()
    container = host.engine.container(workspace.container.name)
    against = last_saved(host, workspace, container)
    seen = Preview(
        workspace=workspace.reference,
        against=title_of(against, workspace),
        not_saved=tuple(
            NotSaved(path=mount.target, source=mount.source)
            # The engine tells them in another order each time.
            for mount in sorted(container.mounts, key=lambda mount: mount.target)
            if mount.target != SECRETS_TARGET
        ),
    )
    new, old = stack_of(host, workspace), stack_of(host, against)
    if new is None or old is None:
        return replace(seen, blind=BLIND)
    told = _work(
        host,
        "look",
        new.folders,
        old.folders,
        ground=ground_of(host, new),
        values=_known_values(host, workspace, container, new.image),
        patience=patience,
    )
    folders, others = folder_rows(told)
    return replace(
        seen,
        packages=package_changes(told),
        folders=folders,
        others=others,
        files=told["files"],
        bytes=told["bytes"],
        added=told["added"],
        suspects=tuple(Suspect(**row) for row in told["suspects"]),
        caches=tuple(Cache(**row) for row in told["caches"]),
        unread=told["unread"],
        seconds=time.monotonic() - began,
    )


def left_out(
    seen: Preview,
    *,
    keep: Sequence[str] = (),
    keep_secrets: bool = False,
    drop_caches: bool = False,
    also: Sequence[str] = (),
) -> tuple[str, ...]:
    """Return the paths that a save leaves out: likely secrets, and what was asked for.

    ``keep`` are paths, of files or of folders with all that is below, that stay.
    """
    kept = tuple(path.rstrip("/") for path in keep)
    suspects = [] if keep_secrets else [one.path for one in seen.suspects]
    caches = [one.path for one in seen.caches if not one.always] if drop_caches else []
    found = [path for path in suspects if not _is_below(path, kept)]
    return tuple(dict.fromkeys((*found, *caches, *also)))


def compare(host: Host, old: Side, new: Side) -> Difference:
    """Return how an environment or a workspace differs from another; CommitFailedError."""
    before, after = image_of(host, old), image_of(host, new)
    found = Difference(
        old=name_of(old),
        new=name_of(new),
        old_size=before.size,
        new_size=after.size,
        settings=settings_differences(before, after),
    )
    lower, upper = stack_of(host, old), stack_of(host, new)
    if lower is None or upper is None:
        return replace(found, blind=BLIND)
    own = [
        stack.folders if isinstance(side, Workspace) else ()
        for side, stack in ((old, lower), (new, upper))
    ]
    told = _work(host, "diff", upper.folders, lower.folders, own=[list(one) for one in own])
    folders, others = folder_rows(told)
    return replace(
        found,
        # A workspace is its image and what its own layer adds.
        old_size=found.old_size + told["own"][0],
        new_size=found.new_size + told["own"][1],
        packages=package_changes(told),
        folders=folders,
        others=others,
        files=told["files"],
        bytes=told["bytes"],
    )


def settings_differences(old: Image, new: Image) -> tuple[Setting, ...]:
    """Return in what two images' configurations differ, less the labels that Labdock writes."""
    before, after = _settings(old), _settings(new)
    return tuple(
        Setting(name=name, before=before.get(name, ""), after=after.get(name, ""))
        for name in sorted({*before, *after})
        if before.get(name, "") != after.get(name, "")
    )


def _settings(image: Image) -> dict[str, str]:
    found = {title: _shown(image.config.get(name)) for name, title in _SETTINGS.items()}
    found |= {f"variable {name}": value for name, value in image.environment.items()}
    return found | {
        f"label {name}": value
        for name, value in image.labels.items()
        if not labels.in_namespace(name)
    }


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        # Ports and volumes are the names alone.
        return " ".join(
            name if inner in ({}, None) else f"{name}={inner}" for name, inner in value.items()
        )
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


# the worker ------------------------------------------------------------------
def _work(
    host: Host, job: str, new: Sequence[str], old: Sequence[str], **more: Any
) -> dict[str, Any]:
    read = list(dict.fromkeys((*new, *old, *more.get("ground", ()))))
    told = {"do": f"look_program.{job}", "read": read, "new": list(new), "old": list(old)}
    given = {
        name: list(value) if isinstance(value, tuple) else value for name, value in more.items()
    }
    return layer_worker.work(host, {**told, **given})


def _known_values(
    host: Host, workspace: Workspace, container: Container, image: Image
) -> tuple[str, ...]:
    """Return every secret of a workspace that Labdock knows."""
    own = {
        name: value
        for name, value in container.environment.items()
        if image.environment.get(name) != value
    }
    kept = secrets.read(host.settings, naming.container_name(workspace.owner, workspace.name))
    every = {**own, **kept}
    found = [value for name, value in every.items() if value and _SECRET_NAME.search(name)]
    user, password = every.get(secrets.AUTH_USER), every.get(secrets.AUTH_PASSWORD)
    if user and password:
        # As HTTP Basic writes them down.
        found.append(f"{user}:{password}")
    return tuple(dict.fromkeys(found))


def _is_below(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(f"{folder}/") for folder in folders)
