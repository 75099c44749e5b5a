"""``ls``, ``show``, ``start``, ``stop``, ``restart``, ``extend`` and ``gpus`` by the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from workspace_cli.invocation import command_app, examples
from workspace_cli.remote.calls import Call, Json, Name
from workspace_cli.text import memory

app = command_app()
UP = frozenset({"running", "starting", "stopping"})
Given = Annotated[str, typer.Argument(metavar="NAME", help="The workspace.")]


@app.command(epilog=examples("workspace ls -a      stopped ones too"))
def ls(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("-a", "--all", help="Stopped workspaces too.")
    ] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Print OWNER/NAME only.")] = False,
    json: Json = False,
) -> None:
    """List your workspaces; an admin's list has everybody's."""
    call = Call.of(context)
    found = [one for one in call.remote.workspaces() if everything or one["state"] in UP]
    if json:
        call.console.json(found)
    elif quiet:
        for one in found:
            call.console.print(f"{one['owner']}/{one['name']}")
    else:
        call.console.table(
            ("name", "state", "image", "ports", "gpus"), [_cells(one) for one in found]
        )


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    until = f" until {one['lease_ends'][5:16].replace('T', ' ')} UTC" if one["lease_ends"] else ""
    return (
        f"{one['owner']}/{one['name']}",
        one["state"],
        one["image"],
        ", ".join(one["ports"]),
        ", ".join(one["gpus"]) + until,
    )


@app.command(epilog=examples("workspace show      inside: the workspace that you are in"))
def show(context: typer.Context, name: Name = None, json: Json = False) -> None:
    """Show one workspace."""
    call = Call.of(context)
    one = call.remote.workspace(*call.workspace(name))
    if json:
        call.console.json(one)
        return
    call.console.facts(
        {
            "workspace": f"{one['owner']}/{one['name']}",
            "state": one["state"],
            "image": one["image"],
            "cpus": one["cpus"],
            "memory": memory(one["memory"]) if one["memory"] else "",
            "gpus": list(one["gpus"]),
            "lease ends": one["lease_ends"] or "",
            "ports": list(one["ports"]),
            "address": one["url"],
        }
    )


@app.command(epilog=examples("workspace start study"))
def start(context: typer.Context, name: Given) -> None:
    """Start a workspace with what it had."""
    _act(context, name, "start")


@app.command(epilog=examples("workspace stop study"))
def stop(context: typer.Context, name: Given) -> None:
    """Stop a workspace; what is installed in it stays."""
    _act(context, name, "stop")


@app.command(epilog=examples("workspace restart study"))
def restart(context: typer.Context, name: Given) -> None:
    """Restart a workspace; it keeps its GPUs."""
    _act(context, name, "restart")


def _act(context: typer.Context, name: str, action: str) -> None:
    call = Call.of(context)
    one = call.remote.act(*call.workspace(name), action)
    call.console.print(f"{one['owner']}/{one['name']}   {one['state']}")


@app.command(epilog=examples("workspace extend      inside: the workspace that you are in"))
def extend(context: typer.Context, name: Name = None, json: Json = False) -> None:
    """Put the end of a workspace's GPU lease off, by the step that the lab's rules have."""
    call = Call.of(context)
    told = call.remote.act(*call.workspace(name), "extend")
    if json:
        call.console.json(told)
    else:
        call.console.print(told["message"] or f"ends {told['lease_ends']}")


@app.command(epilog=examples("workspace gpus --json"))
def gpus(context: typer.Context, json: Json = False) -> None:
    """Show the lab's GPUs: how each is used, who holds it, until when."""
    call = Call.of(context)
    found = call.remote.gpus()
    if json:
        call.console.json(found)
        return
    if not found:
        call.console.print("This lab has no GPU.")
        return
    call.console.table(
        ("gpu", "model", "memory", "use", "state", "holder", "until"),
        [_gpu_cells(one) for one in found],
    )


def _gpu_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    used = "?" if one["used"] is None else f"{one['used'] / 2**30:.1f}"
    return (
        str(one["id"] if one["index"] is None else one["index"]),
        one["model"],
        f"{used}/{one['memory'] / 2**30:.1f} GiB" if one["memory"] else "",
        "" if one["utilisation"] is None else f"{one['utilisation']}%",
        f"{one['state']}: {one['why']}" if one["why"] else one["state"],
        ", ".join(holder["name"] for holder in one["holders"]),
        ", ".join((holder["until"] or "-")[5:16].replace("T", " ") for holder in one["holders"]),
    )
