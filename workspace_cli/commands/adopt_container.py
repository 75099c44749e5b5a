"""``workspace adopt --container``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workspace_cli import text
from workspace_cli.addresses import url
from workspace_cli.core.secrets import AUTH_PASSWORD
from workspace_cli.invocation import Invocation

if TYPE_CHECKING:
    from workspace_cli.core.adopt import Looked
    from workspace_cli.core.adopt_plan import Takeover
    from workspace_cli.core.engine import Report
    from workspace_cli.core.models import Image, Mount, Workspace, WorkspaceSpec


def take_over(
    call: Invocation,
    container: str,
    owner: str,
    wanted: str,
    *,
    dry_run: bool,
    remove_old: bool,
    json: bool,
) -> None:
    """Make a workspace of a container, or say what that would mean."""
    from dataclasses import replace

    from workspace_cli.core import adopt, adopt_plan
    from workspace_cli.core.secrets import with_credentials

    found = adopt_plan.plan(call.host, container, owner=owner, wanted=wanted)
    with call.console.progress() as report:
        if not found.has_server:
            # Before anything is stopped.
            adopt.refuse_unfit(_look(call, adopt.named(found.image), report).preflight)
        if not dry_run:
            complete = replace(found, spec=with_credentials(found.spec))
            made = _make(call, complete, remove_old=remove_old, report=report)
    if dry_run:
        _tell_plan(call, found, json=json)
        return
    _tell(call, found, complete.spec, made, remove_old=remove_old, json=json)


def _look(call: Invocation, image: str, report: Report) -> Looked:
    from workspace_cli.core import adopt
    from workspace_cli.setup.image_builder import RECIPES, BuildKit

    return adopt.look(call.host, BuildKit(), RECIPES, image, report)


def _make(call: Invocation, found: Takeover, *, remove_old: bool, report: Report) -> Workspace:
    from workspace_cli.core import adopt, adopt_container
    from workspace_cli.setup.image_builder import RECIPES, BuildKit

    def lay(looked: Looked, reference: str, owner: str, origin: Image) -> None:
        note = f"taken over from the container {found.name}"
        adopt.adopt(
            call.host,
            BuildKit(),
            RECIPES,
            looked,
            reference,
            owner=owner,
            note=note,
            parent=origin,
            report=report,
        )

    return adopt_container.take_over(
        call.host,
        found,
        lambda image: _look(call, image, report),
        lay,
        remove_old=remove_old,
        report=report,
    )


def _tell_plan(call: Invocation, found: Takeover, *, json: bool) -> None:
    if json:
        call.console.json({**_data(found), "workspace": f"{found.spec.owner}/{found.spec.name}"})
        return
    laid = "" if found.has_server else "Labdock's server is laid on top of it"
    call.console.facts(
        {
            "container": f"{found.container.name}, {found.container.state}",
            "image": [_image_name(found), laid],
            "mounts": [_mount(mount) for mount in found.spec.mounts],
            "ports": [f"{port.host} -> {port.container} inside" for port in found.spec.ports],
            "variables": sorted(found.spec.environment),
            "gpus": list(found.container.gpus),
            "restart": found.container.restart,
            "limits": _limits(found),
            "becomes": f"{found.spec.owner}/{found.spec.name}, from {found.reference}",
        }
    )


def _data(found: Takeover) -> dict[str, object]:
    return {
        "container": found.container.name,
        "state": found.container.state,
        "image": _image_name(found),
        "has_server": found.has_server,
        "environment": found.reference,
        "mounts": [vars(mount) for mount in found.spec.mounts],
        "ports": [vars(port) for port in found.spec.ports],
        "variables": sorted(found.spec.environment),
        "gpus": list(found.container.gpus),
        "restart": found.container.restart,
    }


def _image_name(found: Takeover) -> str:
    from workspace_cli.core.adopt import named

    return named(found.image)


def _mount(mount: Mount) -> str:
    return f"{mount.source} -> {mount.target}" + (", read-only" if mount.read_only else "")


def _limits(found: Takeover) -> str:
    limits = found.spec.limits
    told = {
        "CPUs": f"{limits.cpus:g}" if limits.cpus is not None else "",
        "memory": text.memory(limits.memory) if limits.memory is not None else "",
    }
    return ", ".join(f"{value} {name}" for name, value in told.items() if value)


def _tell(
    call: Invocation,
    found: Takeover,
    spec: WorkspaceSpec,
    made: Workspace,
    *,
    remove_old: bool,
    json: bool,
) -> None:
    generated = AUTH_PASSWORD not in found.spec.environment
    kept = "" if remove_old else f"{found.name}.before-adoption"
    secret = {"password": spec.secrets[AUTH_PASSWORD]} if generated else {}
    if json:
        address = url(made, call.settings)
        told = {"workspace": made.reference, "address": address, "kept": kept or None}
        call.console.json({**_data(found), **told, **secret})
        return
    call.console.facts(
        {
            "workspace": made.reference,
            "address": url(made, call.settings),
            "ports": [f"{p.host} -> {p.container} inside" for p in made.ports],
            "password": secret.get("password", "as it was"),
            "saved as": found.reference,
            "kept": f"{kept}, stopped; when all is well: docker rm {kept}" if kept else "",
        }
    )
