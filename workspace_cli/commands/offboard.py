"""``workspace users offboard``: a member leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.leaving import Fate
    from workspace_cli.core.offboarding import Belongings

app = command_app()


@app.command(
    epilog=examples(
        "workspace users offboard kim --preview                   what kim has; changes nothing",
        "workspace users offboard kim --archive /backup/kim.tar.zst",
        "workspace users offboard kim --hand-over lee             into lee's from-kim",
        "workspace users offboard kim --archive /backup/kim.tar.zst --delete",
    )
)
def offboard(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who leaves.")],
    archive: Annotated[
        Path | None, typer.Option("--archive", metavar="FILE", help="Save the home as a file.")
    ] = None,
    hand_over: Annotated[
        str | None,
        typer.Option("--hand-over", metavar="MEMBER", help="Who gets the files and environments."),
    ] = None,
    delete: Annotated[
        bool, typer.Option("--delete", help="Delete the home and the saved environments.")
    ] = False,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only tell what there is and what would happen.")
    ] = False,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Ask nothing, and replace FILE.")
    ] = False,
    json: parameters.Json = False,
) -> None:
    """Let a member leave.

    Everything that runs goes; the rest is archived, handed over or deleted.

    The home stays where nothing else is asked for. Cut short, the same command goes on.
    """
    from workspace_cli.core import leaving, offboarding

    call = Invocation.of(context)
    if hand_over is not None and delete:
        raise InvalidInputError(
            "What is handed over cannot be deleted.", "Use one of --hand-over and --delete."
        )
    accounts = {str(row["name"]): row for row in call.hub.accounts()}
    admins = {one for one, row in accounts.items() if row.get("admin")}
    found = offboarding.belongings(call.host, name)
    fate = leaving.Fate(archive=archive, replace=force, heir=hand_over, delete=delete)
    leaving.check(call.host, found, admins, set(accounts), fate)
    plan = _plan(found, archive=archive, hand_over=hand_over, delete=delete)
    if preview:
        _show(call, found, plan, json=json)
        return
    if not force:
        _ask(call, found, plan)
    done = _carry_out(call, found, fate, has_account=name in accounts)
    if json:
        call.console.json({"name": name, "done": done})
    else:
        call.console.print(f"{name} is off board")
        for what in done:
            call.console.note(f"  {what}")


def _plan(
    found: Belongings, *, archive: Path | None, hand_over: str | None, delete: bool
) -> list[tuple[str, str]]:
    """Return (goes or stays, what) for a person to read."""
    plan = [("goes", f"the account {found.owner}, its logins and its tokens")]
    for workspace in found.workspaces:
        state = workspace.container.state
        plan.append(("goes", f"the workspace {workspace.name} ({state}), and what it installed"))
    if found.gpus:
        plan.append(("goes", f"its hold on {found.gpus} GPUs"))
    if found.ports_shared:
        plan.append(("goes", f"{found.ports_shared} shared ports"))
    if found.reservations:
        plan.append(("goes", f"{len(found.reservations)} reservations"))
    if found.profiles:
        plan.append(("goes", f"{found.profiles} saved profiles"))
    if found.home is not None:
        if archive is not None:
            plan.append(("saved", f"the home {found.home} as {archive}"))
        moved = f"the home {found.home} to {hand_over}"
        plan.append(
            ("handed over", moved)
            if hand_over
            else ("goes" if delete else "stays", f"the home {found.home} with every file in it")
        )
    fate = "handed over" if hand_over else "goes" if delete else "stays"
    plan.extend((fate, f"the environment {reference}") for reference in found.environments)
    return plan


def _show(call: Invocation, found: Belongings, plan: list[tuple[str, str]], *, json: bool) -> None:
    if json:
        call.console.json(
            {"name": found.owner, "plan": [{"fate": fate, "what": what} for fate, what in plan]}
        )
        return
    call.console.table(("fate", "what"), plan)


def _ask(call: Invocation, found: Belongings, plan: list[tuple[str, str]]) -> None:
    if not call.console.interactive:
        raise InvalidInputError(
            "Off-boarding removes things for good, and nobody is here to be asked.",
            "Look with --preview, then add --force.",
        )
    for fate, what in plan:
        call.console.note(f"  {fate}: {what}")
    if not call.console.confirm(f"Do this to {found.owner}?"):
        call.console.note(f"{found.owner} was kept.")
        raise typer.Exit(1)


def _carry_out(call: Invocation, found: Belongings, fate: Fate, *, has_account: bool) -> list[str]:
    from workspace_cli.core import leaving
    from workspace_cli.core.actors import Actor

    done: list[str] = []
    with call.console.progress() as report:
        leaving.carry_out(
            call.host,
            call.hub,
            found,
            fate,
            Actor(call.settings.admin, admin=True),
            has_account=has_account,
            report=report,
            done=done.append,
        )
    return done
