"""``commit`` by the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import typer

from workspace_cli import commit_options
from workspace_cli.invocation import command_app, examples
from workspace_cli.remote.calls import Call, Json, Name
from workspace_cli.remote.differences import folder_lines, package_lines
from workspace_cli.text import clean, size

app = command_app()


@app.command(
    epilog=examples(
        "workspace commit                          inside: the workspace that you are in",
        'workspace commit vision:v2 -m "figlet"    inside: under a name of your own',
        "workspace commit study vision:v2          another workspace of yours",
        "workspace commit --preview                what would be saved, and what left out",
    )
)
def commit(
    context: typer.Context,
    name: Name = None,
    image: commit_options.Image = None,
    note: commit_options.Note = "",
    preview: commit_options.Preview = False,
    keep: commit_options.Keep = None,
    keep_secrets: commit_options.KeepSecrets = False,
    drop_caches: commit_options.DropCaches = False,
    leave_out: commit_options.LeaveOut = None,
    json: Json = False,
) -> None:
    """Save what is installed in a workspace as an environment; it goes on running.

    Files that look like secrets are left out and named; --keep keeps one.  Your files at
    /workspace are not in it; they stay where they are.
    """
    call = Call.of(context)
    # A workspace's name has no colon: with one alone it is the environment that is named.
    if image is None and name is not None and ":" in name:
        name, image = None, name
    owner, short = call.workspace(name)
    if preview:
        _preview(call, call.remote.preview(owner, short), json=json)
        return
    wanted = {
        "name": image or "",
        "note": note,
        "keep": list(keep or ()),
        "keep_secrets": keep_secrets,
        "drop_caches": drop_caches,
        "leave_out": list(leave_out or ()),
    }
    saved = call.follow(lambda: call.remote.save(owner, short, wanted))
    _tell_saved(call, saved, json=json)


def _preview(call: Call, seen: Mapping[str, Any], *, json: bool) -> None:
    if json:
        call.console.json(seen)
        return
    call.console.facts(
        {
            "workspace": seen["workspace"],
            "against": seen["against"],
            "packages": package_lines(seen["packages"]),
            "files": folder_lines(seen),
            "adds": "" if seen["blind"] else f"about {size(seen['added'])} to the disk",
            "left out": [
                f"{one['path']} ({one['kind']}: {one['why']})" for one in seen["suspects"]
            ],
            "caches": [
                f"{one['path']} ({one['kind']}), {size(one['bytes'])}" for one in seen["caches"]
            ],
            "not saved": [one["path"] for one in seen["not_saved"]],
        }
    )
    if seen["blind"]:
        call.console.warn(seen["blind"])


def _tell_saved(call: Call, saved: Mapping[str, Any], *, json: bool) -> None:
    for path in saved["left_out"]:
        call.console.note(clean(f"left out: {path}"))
    if json:
        call.console.json(saved)
        return
    call.console.facts(
        {
            "saved": saved["reference"],
            "from": f"{saved['parent']}, and {size(saved['added'])} on top of it",
            "size": f"{size(saved['size'])} in {saved['layers']} layers, {saved['seconds']} s",
            "note": saved["note"],
            "not saved": list(saved["not_saved"]),
        }
    )
