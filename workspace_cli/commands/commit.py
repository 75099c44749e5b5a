"""``workspace commit``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import commit_options, parameters, text
from workspace_cli.commands.diff import folder_lines, package_lines
from workspace_cli.invocation import Invocation, command_app, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workspace_cli.core.environments import Saved
    from workspace_cli.core.look_models import Cache, Preview, Suspect
    from workspace_cli.core.models import Workspace

app = command_app()
_SHORT = 8
"""Packages and folders that are shown on the way; ``--preview`` shows all."""


@app.command(
    epilog=examples(
        'workspace commit study -m "torch 2.13 and figlet"',
        "workspace commit study --preview          what would be saved, and what left out",
        "workspace commit kim/study vision:v2      saved as labdock/kim/vision:v2",
        "workspace commit study --keep /home/member/app/.env --drop-caches",
        "workspace commit study --dry-run          print docker's own command, and its flaw",
    )
)
def commit(
    context: typer.Context,
    name: parameters.Name,
    image: commit_options.Image = None,
    note: commit_options.Note = "",
    preview: commit_options.Preview = False,
    keep: commit_options.Keep = None,
    keep_secrets: commit_options.KeepSecrets = False,
    drop_caches: commit_options.DropCaches = False,
    leave_out: commit_options.LeaveOut = None,
    pause: Annotated[
        bool, typer.Option(help="Hold its processes still meanwhile, so that files are whole.")
    ] = True,
    force: Annotated[
        bool, typer.Option("-f", "--force", help="Replace the owner's image of that name.")
    ] = False,
    dry_run: parameters.DryRun = False,
    json: parameters.Json = False,
) -> None:
    """Save what is installed in a workspace as an image.

    No secret of the workspace is in it: no token, no password, no variable of its own.
    Files that look like somebody's secrets are left out and named; --keep keeps one.
    The member's files at /workspace and every other mounted folder are not in
    the image; they stay where they are.
    """
    call = Invocation.of(context)
    workspace = call.find(name)
    if dry_run:
        _print_dockers(call, workspace, image, note, pause)
        return
    from workspace_cli.core import look
    from workspace_cli.core.engine import Progress
    from workspace_cli.core.environments import commit as save

    if preview:
        _preview(call, look.preview(call.host, workspace, patience=look.THOROUGH), json=json)
        return
    with call.console.progress() as report:
        report(Progress("Looking at what changed"))
        seen = look.preview(call.host, workspace, patience=look.THOROUGH)
    paths = look.left_out(
        seen,
        keep=keep or (),
        keep_secrets=keep_secrets,
        drop_caches=drop_caches,
        also=leave_out or (),
    )
    _announce(call, seen, paths, keep or ())
    with call.console.progress() as report:
        saved = save(
            call.host,
            workspace,
            image,
            note=note,
            pause=pause,
            report=report,
            anywhere=True,
            replace=force,
            leave_out=paths,
        )
    _tell(call, saved, paths, json=json)


def _print_dockers(
    call: Invocation, workspace: Workspace, image: str | None, note: str, pause: bool
) -> None:
    from workspace_cli.core.docker_line import commit_lines
    from workspace_cli.core.environments import reference_for

    reference = reference_for(call.host, workspace, image, anywhere=True)
    call.console.print("# it leaves nothing out: no file with a secret, no cache (see --preview)")
    for line in commit_lines(workspace, reference, note, pause=pause):
        call.console.print(line)


# before the save -------------------------------------------------------------
def _preview(call: Invocation, seen: Preview, *, json: bool) -> None:
    if json:
        from workspace_cli.core.look_models import to_json

        call.console.json(to_json(seen))
        return
    call.console.facts(
        {
            "workspace": seen.workspace,
            "against": seen.against,
            "packages": package_lines(seen.packages),
            "files": folder_lines(seen.folders, seen.others),
            "changed": "" if seen.blind else f"{seen.files} files, {text.size(seen.bytes)}",
            "adds": "" if seen.blind else f"about {text.size(seen.added)} to the disk",
            "left out": [_suspect_line(one) for one in seen.suspects],
            "caches": [_cache_line(one) for one in seen.caches],
            "not saved": [
                f"{one.path}, which is {one.source} on this machine" for one in seen.not_saved
            ],
        }
    )
    _warn(call, seen)


def _announce(call: Invocation, seen: Preview, paths: Sequence[str], keep: Sequence[str]) -> None:
    """Say in short what is saved, and name everything that is left out."""
    console = call.console
    if console.interactive and not seen.blind:
        for line in (
            *package_lines(seen.packages, _SHORT),
            *folder_lines(seen.folders, seen.others, _SHORT),
        ):
            console.note(text.clean(line))
    known = {one.path: _suspect_line(one) for one in seen.suspects}
    for path in paths:
        console.note(text.clean(f"left out: {known.get(path, _printable(path))}"))
    if any(path in known for path in paths):
        console.note("--keep PATH saves one of them all the same.")
    for path in keep:
        if not any(one == path or one.startswith(f"{path.rstrip('/')}/") for one in known):
            console.note(f"{text.clean(path)} was not to be left out anyway.")
    _warn(call, seen)


def _warn(call: Invocation, seen: Preview) -> None:
    if seen.blind:
        call.console.warn(f"{seen.blind} Files with secrets are not looked for.")
    if seen.unread:
        call.console.warn(f"{seen.unread} files were too many to be searched for secrets.")


def _suspect_line(one: Suspect) -> str:
    return f"{_printable(one.path)} ({one.kind}: {one.why}), {text.size(one.bytes)}"


def _cache_line(one: Cache) -> str:
    fate = "never saved" if one.always else "saved, unless with --drop-caches"
    return f"{_printable(one.path)} ({one.kind}), {text.size(one.bytes)}, {fate}"


def _printable(path: str) -> str:
    from workspace_cli.core.look_models import printable

    return printable(path)


# after it --------------------------------------------------------------------
def _tell(call: Invocation, saved: Saved, left_out: Sequence[str], *, json: bool) -> None:
    if json:
        from workspace_cli.core.environments import figures

        call.console.json(
            {
                **figures(saved),
                "left_out": [_printable(path) for path in left_out],
                "not_saved": [{"source": m.source, "target": m.target} for m in saved.not_saved],
            }
        )
        return
    call.console.facts(
        {
            "saved": f"{saved.reference} (start one from it: --image {saved.reference})",
            "from": f"{saved.parent}, and {text.size(saved.added)} on top of it",
            "size": f"{text.size(saved.size)} in {saved.layers} layers, {saved.seconds:.1f} s",
            "note": saved.note,
            "not saved": [
                f"{mount.target}, which is {mount.source} on this machine"
                for mount in saved.not_saved
            ],
        }
    )
