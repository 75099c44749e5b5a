"""``workspace run``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters, run_options
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.models import Workspace, WorkspaceSpec

app = command_app()


@app.command(
    epilog=examples(
        "workspace run study --owner kim",
        "workspace run study --owner kim --cpus 4 --memory 16g -p 9201:8080",
        "workspace run study --owner kim --image labdock/pytorch",
        "workspace run train --owner lee --gpus 2 --shm-size 8g -v /data/imagenet:/data:ro",
        "workspace run train --owner lee --gpus H100:1 --wait",
        "workspace run paper --owner kim -e WORKSPACE_AUTH_PASSWORD --dry-run",
    )
)
def run(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The new workspace's name, or OWNER/NAME.")
    ],
    owner: Annotated[
        str | None,
        typer.Option(
            metavar="USER",
            help="The member it is for; by default the admin.",
            autocompletion=completion.owners,
        ),
    ] = None,
    image: Annotated[
        str | None,
        typer.Option(
            metavar="IMAGE",
            help="By default the first image of the catalogue.",
            autocompletion=completion.images,
        ),
    ] = None,
    gpus: Annotated[
        str | None,
        typer.Option(
            metavar="N|UUID,...|MODEL:N|all|shared[:N]",
            help="GPUs of its own, or seats on shared ones.",
        ),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait in line until the GPUs are free.")
    ] = False,
    override: Annotated[
        str,
        typer.Option(
            metavar="REASON",
            help="Set the policy for GPUs and the line aside; the reason is recorded.",
        ),
    ] = "",
    cpus: Annotated[str | None, typer.Option(metavar="N", help="CPUs, for example 1.5.")] = None,
    memory: Annotated[
        str | None, typer.Option("-m", "--memory", metavar="SIZE", help="For example 8g.")
    ] = None,
    shm_size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="Shared memory, for data loaders.")
    ] = None,
    memory_swap: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="Memory and swap together; by default no swap."),
    ] = None,
    pids_limit: Annotated[
        str | None, typer.Option(metavar="N", help="Processes and threads at once.")
    ] = None,
    ports: Annotated[
        list[str] | None,
        typer.Option(
            "-p",
            "--publish",
            metavar="[HOST:]CONTAINER",
            help="A port of this machine; without HOST a free one is chosen. Repeatable.",
        ),
    ] = None,
    volumes: Annotated[
        list[str] | None,
        typer.Option(
            "-v", "--volume", metavar="SRC:DST[:ro]", help="A folder of this machine. Repeatable."
        ),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option(
            "-e",
            "--env",
            metavar="NAME[=VALUE]",
            help="A variable; without a value it is taken from here. Repeatable.",
        ),
    ] = None,
    env_file: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="Variables, one NAME=VALUE a line. Repeatable."),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("-l", "--label", metavar="NAME[=VALUE]", help="A label. Repeatable."),
    ] = None,
    restart: Annotated[
        str,
        typer.Option(metavar="POLICY", help="no, on-failure[:N], always or unless-stopped."),
    ] = "unless-stopped",
    safe: parameters.Safe = False,
    detach: parameters.Detach = False,
    dry_run: parameters.DryRun = False,
    json: parameters.Json = False,
) -> None:
    """Make and start a workspace that stands by itself.

    It is reached at a port of this machine, behind a name and a password: the
    variables WORKSPACE_AUTH_USER and WORKSPACE_AUTH_PASSWORD, or else the
    owner's name and a generated password, which is shown once.
    """
    call = Invocation.of(context)
    spec = run_options.spec(
        call,
        run_options.name_and_owner(call, name, owner),
        image=image,
        options={
            "gpus": gpus,
            "cpus": cpus,
            "memory": memory,
            "memory_swap": memory_swap,
            "shm_size": shm_size,
            "pids": pids_limit,
        },
        ports=ports or [],
        volumes=volumes or [],
        variables={**run_options.from_files(env_file or []), **run_options.variables(env or [])},
        labels=run_options.labels(label or []),
        restart=restart,
        override=override,
        safe=safe,
    )
    beyond = _beyond_bounds(call, spec)
    if dry_run:
        _dry_run(call, spec)
    else:
        _launch(call, spec, wait=not detach, json=json, in_line=wait, beyond=beyond)


def _dry_run(call: Invocation, spec: WorkspaceSpec) -> None:
    from workspace_cli.core.docker_line import run_lines
    from workspace_cli.core.secrets import with_credentials
    from workspace_cli.core.workspaces import plan

    complete = with_credentials(spec)
    request = plan(call.host, complete)
    known = {network.name for network in call.host.engine.networks()}
    missing = request.network not in known
    for line in run_lines(request, complete.secrets, network_is_missing=missing):
        call.console.print(line)


def _launch(
    call: Invocation, spec: WorkspaceSpec, *, wait: bool, json: bool, in_line: bool, beyond: str
) -> None:
    from contextlib import nullcontext

    from workspace_cli.core import workspaces
    from workspace_cli.core.checks import checked
    from workspace_cli.core.secrets import AUTH_PASSWORD, with_credentials
    from workspace_cli.in_line import turn
    from workspace_cli.steer import wait_until_ready

    complete = with_credentials(spec)
    given = AUTH_PASSWORD in {**spec.environment, **spec.secrets}
    with call.console.progress() as report:
        if in_line:
            # Not only after hours in line.
            workspaces.refuse_existing(call.host, checked(complete, call.host))
        line = turn(call, spec.owner, spec.name, spec.gpus, report, override=spec.override)
        with line if in_line else nullcontext():
            made = workspaces.launch(call.host, complete, report)
        if beyond:
            _record(call, made, f"{spec.override} ({beyond})")
        try:
            if wait:
                wait_until_ready(call, made, report)
        except KeyboardInterrupt:
            workspaces.remove(call.host, made)
            raise
    _tell(call, made, complete, shown_password=not given, json=json)


def _tell(
    call: Invocation,
    workspace: Workspace,
    spec: WorkspaceSpec,
    *,
    shown_password: bool,
    json: bool,
) -> None:
    from workspace_cli.addresses import url
    from workspace_cli.commands.listing import row
    from workspace_cli.core.images import has_server
    from workspace_cli.core.secrets import AUTH_PASSWORD, AUTH_USER

    # An image without our server asks for no name and no password.
    held = spec.secrets if has_server(call.host.engine.image(spec.image)) else {}
    user, password = held.get(AUTH_USER, ""), held.get(AUTH_PASSWORD, "")
    if json:
        secret = {"password": password} if password and shown_password else {}
        call.console.json({**row(workspace, call.settings), "user": user or None, **secret})
        return
    call.console.facts(
        {
            "workspace": workspace.reference,
            "address": url(workspace, call.settings),
            "ports": [f"{p.host} -> {p.container} inside" for p in workspace.ports],
            "by log-in": [] if held else _by_log_in(call, workspace),
            "user": user,
            "password": password if shown_password else password and "as given",
            "gpus": list(workspace.gpus),
            "shared": _share_sentence(call, workspace),
        }
    )


def _by_log_in(call: Invocation, workspace: Workspace) -> list[str]:
    """Return where the owner opens the ports of an image without a server, under their log-in."""
    from urllib.parse import quote

    from workspace_cli.addresses import hub_url

    place = f"{quote(workspace.owner, safe='')}/{quote(workspace.name, safe='')}"
    address = f"{hub_url(call.settings)}/hub/shared/{place}"
    return [f"{address}/{port.container}/" for port in workspace.ports]


def _share_sentence(call: Invocation, workspace: Workspace) -> str:
    """Say what a holder of a shared GPU has to know."""
    if not workspace.has_seats:
        return ""
    from workspace_cli.core.arguments import GPU_SHARE

    environment = call.host.engine.container(workspace.container.id).environment
    share = environment.get(GPU_SHARE)
    part = f" Its share of the memory is {float(share):.0%} ({GPU_SHARE})." if share else ""
    return f"Others may use the same GPU.{part} Nothing enforces that anybody leaves room."


def _beyond_bounds(call: Invocation, spec: WorkspaceSpec) -> str:
    """Hold the owner's bounds, unless the admin says why not; return what is beyond them."""
    from workspace_cli.core.limits import check_bounds

    way_out = "Choose less, or say why it may have more: --override REASON."
    try:
        check_bounds(spec.limits, call.host, spec.owner, way_out=way_out)
    except InvalidOptionError as exc:
        if not spec.override:
            raise
        return exc.message
    return ""


def _record(call: Invocation, workspace: Workspace, detail: str) -> None:
    from workspace_cli.core import audit

    audit.record(call.host, call.settings.admin, "override", workspace.reference, detail)
