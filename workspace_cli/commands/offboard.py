"""``workspace users offboard``: a member leaves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError, UserNotFoundError
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from workspace_cli.core.actors import Actor
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
    from workspace_cli.core import offboarding

    call = Invocation.of(context)
    if hand_over is not None and delete:
        raise InvalidInputError(
            "What is handed over cannot be deleted.", "Use one of --hand-over and --delete."
        )
    accounts = {str(row["name"]): row for row in call.hub.accounts()}
    found = offboarding.belongings(call.host, name)
    _check(call, found, accounts, archive=archive, hand_over=hand_over, force=force)
    plan = _plan(found, archive=archive, hand_over=hand_over, delete=delete)
    if preview:
        _show(call, found, plan, json=json)
        return
    if not force:
        _ask(call, found, plan)
    done = _carry_out(call, found, name in accounts, archive, hand_over, delete=delete, force=force)
    if json:
        call.console.json({"name": name, "done": done})
    else:
        call.console.print(f"{name} is off board")
        for what in done:
            call.console.note(f"  {what}")


def _check(
    call: Invocation,
    found: Belongings,
    accounts: dict[str, dict[str, object]],
    *,
    archive: Path | None,
    hand_over: str | None,
    force: bool,
) -> None:
    """Refuse before anything has changed what could not be done in the end."""
    from workspace_cli.core import offboarding
    from workspace_cli.core.errors import ConflictError

    name = found.owner
    if name not in accounts and found.nothing:
        # What was handed over by a call that was cut short needs its account removed no more.
        raise UserNotFoundError(
            f"There is no account {name!r}, and nothing of that name's.",
            "`workspace users ls` lists the accounts.",
        )
    admins = {one for one, row in accounts.items() if row.get("admin")}
    if admins == {name}:
        raise ConflictError(
            f"{name!r} is the only admin left.", "Make another account an admin's first."
        )
    if hand_over is not None:
        offboarding.check_heir(call.host, name, hand_over, accounts)
    if archive is not None and archive.exists() and found.home is not None and not force:
        raise ConflictError(f"{archive} is there already.", "Choose another name, or add --force.")


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


def _carry_out(
    call: Invocation,
    found: Belongings,
    has_account: bool,
    archive: Path | None,
    hand_over: str | None,
    *,
    delete: bool,
    force: bool,
) -> list[str]:
    from workspace_cli import steer
    from workspace_cli.core import offboarding
    from workspace_cli.core.actors import Actor

    host, name = call.host, found.owner
    actor = Actor(call.settings.admin, admin=True)
    done = []
    if has_account:
        # First: nobody logs in or starts anything while the rest goes.
        call.hub.people.set_state(name, "disabled")
    for workspace in found.workspaces:
        steer.remove(call, workspace)
        done.append(f"removed the workspace {workspace.name}")
    if archive is not None and found.home is not None:
        done.append(_archive(call, name, archive, force=force))
    if hand_over is not None:
        done.extend(_hand_over(call, actor, name, hand_over))
    elif delete:
        gone = offboarding.delete_environments(host, name, actor)
        done.extend(f"deleted the environment {reference}" for reference in gone)
        if offboarding.delete_home(host, name):
            done.append("deleted the home")
    offboarding.forget(host, name, actor)
    if has_account:
        call.hub.remove_account(name)
        done.append("removed the account")
    offboarding.note(host, actor, name, done)
    return done


def _archive(call: Invocation, name: str, file: Path, *, force: bool) -> str:
    from workspace_cli.core.backup import backup_home, new_file, write_checksum
    from workspace_cli.core.errors import BackupError

    with call.console.progress() as report, new_file(file, replace=force) as stream:
        written = backup_home(call.host, name, stream, report)
        if written.unread:
            raise BackupError(
                f"{written.unread} files could not be read; nothing was archived or deleted.",
                "Run the command as root.",
            )
    write_checksum(file, written.sha256)
    return f"saved the home as {file} (sha256 {written.sha256})"


def _hand_over(call: Invocation, actor: Actor, name: str, to: str) -> list[str]:
    from workspace_cli.core import offboarding

    environments = offboarding.hand_over_environments(call.host, name, to, actor)
    done = [f"{to} may start from {reference}" for reference in environments]
    folder = offboarding.hand_over_home(call.host, name, to)
    return [*done, f"moved the home to {folder}"] if folder is not None else done
