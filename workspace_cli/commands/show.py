"""``workspace show``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer

from workspace_cli import parameters, text
from workspace_cli.addresses import url
from workspace_cli.core.errors import NotFoundError, SetupError
from workspace_cli.core.models import Container, Limits, Workspace
from workspace_cli.describe import how_it_ended, state_sentence
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.host import Host

app = command_app()


@app.command(
    epilog=examples(
        "workspace show study",
        "workspace show kim/study --json | jq .limits",
    )
)
def show(context: typer.Context, name: parameters.Name, json: parameters.Json = False) -> None:
    """Show everything about one workspace.

    Its state, address, image, limits, mounts, and how it last ended.
    """
    call = Invocation.of(context)
    workspace = call.find(name)
    container = call.host.engine.container(workspace.container.name)
    facts = describe(workspace, container, call.host)
    if json:
        call.console.json(facts)
    else:
        call.console.facts(_for_a_person(facts, workspace, container, call.host.clock()))


def describe(workspace: Workspace, container: Container, host: Host) -> dict[str, Any]:
    """Return everything that is known about one workspace, without any variable's value."""
    return {
        "owner": workspace.owner,
        "name": workspace.name,
        "reference": workspace.reference,
        "kind": workspace.kind,
        "state": container.state,
        "status": container.status,
        "health": container.health,
        "last_end": how_it_ended(container) or None,
        "exit_code": container.exit_code,
        "oom_killed": container.oom_killed,
        "out_of_memory": _out_of_memory(workspace, container, host),
        "created": text.iso(container.created),
        "started": _moment(container.started),
        "finished": _moment(container.finished),
        "address": url(workspace, host.settings) or None,
        "ports": [{"host": p.host, "container": p.container} for p in workspace.ports],
        "image": workspace.image,
        "image_id": container.image_id,
        "newer_image": _has_newer_image(workspace, container, host),
        "limits": _limits(container.limits),
        "gpus": list(workspace.gpus or container.gpus),
        "lease": _lease(workspace, host),
        "mounts": [
            {"source": m.source, "target": m.target, "read_only": m.read_only}
            for m in container.mounts
        ],
        "environment": sorted(container.environment),
        "restart": workspace.restart,
        "networks": dict(container.networks),
        "container": container.name,
        "id": container.id,
    }


def _lease(workspace: Workspace, host: Host) -> dict[str, Any] | None:
    if not workspace.holds_gpus:
        return None
    from workspace_cli.core.leases import term

    found = term(host, workspace)
    if found is None:
        return None
    return {
        "began": text.iso(found.began),
        "ends": _moment(found.ends),
        "extensions_left": found.extensions_left,
    }


def _lease_sentence(lease: dict[str, Any] | None) -> str:
    if lease is None:
        return ""
    left = lease["extensions_left"]
    more = "" if left is None else f", to be extended {left} more times"
    return (
        f"since {lease['began']}, {'until ' + lease['ends'] if lease['ends'] else 'no end'}{more}"
    )


def _moment(moment: float | None) -> str | None:
    return None if moment is None else text.iso(moment)


def _out_of_memory(workspace: Workspace, container: Container, host: Host) -> str | None:
    """Return when a program of it was ended for want of memory, as the hub heard it."""
    if not container.oom_killed:
        return None
    from workspace_cli.core.oom import last_killing

    # Without a database nobody has heard anything.
    with suppress(SetupError):
        if killing := last_killing(host, workspace.owner, workspace.name):
            return text.iso(killing.at)
    return None


def _limits(limits: Limits) -> dict[str, float | int | None]:
    return {
        "cpus": limits.cpus,
        "memory": limits.memory,
        "swap": limits.swap,
        "shm_size": limits.shm_size,
        "pids": limits.pids,
        "open_files": limits.open_files,
        "log_size": limits.log_size,
        "log_files": limits.log_files,
    }


def _has_newer_image(workspace: Workspace, container: Container, host: Host) -> bool:
    """Whether the tag that was asked for names another image by now.

    Only known while the container stands on that tag itself; one recreated from
    its own layer stands on an internal image.
    """
    try:
        current = host.engine.image(workspace.image)
    except NotFoundError:
        return False
    return container.image == workspace.image and current.id != container.image_id


def _for_a_person(
    facts: dict[str, Any], workspace: Workspace, container: Container, now: float
) -> dict[str, str | list[str]]:
    newer = " (a newer build is here; restart does not take it)" if facts["newer_image"] else ""
    return {
        "workspace": workspace.reference,
        "kind": "the hub's" if workspace.kind == "hub" else "stands by itself",
        "state": state_sentence(container, now),
        "last end": how_it_ended(container),
        "out of memory": facts["out_of_memory"] or "",
        "address": facts["address"] or "",
        "ports": [f"{p.host} -> {p.container} inside" for p in workspace.ports],
        "image": f"{workspace.image}{newer}",
        "limits": _limits_sentence(container.limits),
        "gpus": list(facts["gpus"]) or "none",
        "lease": _lease_sentence(facts["lease"]),
        "mounts": [
            f"{m.source} -> {m.target}{' (read-only)' if m.read_only else ''}"
            for m in container.mounts
        ],
        "variables": ", ".join(facts["environment"]),
        "restart": workspace.restart,
        "networks": [f"{name} {address}" for name, address in container.networks.items()],
        "container": f"{container.name} ({container.id[:12]})",
        "created": text.local(container.created),
    }


def _limits_sentence(limits: Limits) -> str:
    parts = [
        f"{limits.cpus:g} CPUs" if limits.cpus else "all CPUs",
        f"{text.memory(limits.memory)} memory" if limits.memory else "all memory",
        f"{text.memory(limits.swap)} swap" if limits.swap else "",
        f"{text.memory(limits.shm_size)} shared memory" if limits.shm_size else "",
        f"{limits.pids} processes" if limits.pids else "",
        f"{limits.open_files} open files" if limits.open_files else "",
    ]
    return ", ".join(part for part in parts if part)
