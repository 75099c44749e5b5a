"""``workspace up``, ``down``, ``doctor`` and ``uninstall``."""

from __future__ import annotations

from typing import Annotated

import typer

from workspace_cli import parameters
from workspace_cli.core.errors import InvalidInputError
from workspace_cli.invocation import Invocation, command_app, examples

app = command_app()


@app.command(
    epilog=examples(
        "workspace up                       from nothing, or to bring everything up to date",
        "WORKSPACE_PORT=80 workspace up     settings come from the environment or .env",
    )
)
def up(context: typer.Context) -> None:
    """Set this machine up and start everything.

    Run again, it brings up to date what has changed, and otherwise changes nothing.
    """
    from workspace_cli.setup import up as setup

    call = Invocation.of(context)
    setup.run(call.settings, call.console)


@app.command(epilog=examples("workspace down"))
def down(context: typer.Context) -> None:
    """Stop the hub and all workspaces.

    Everything is kept, and `workspace up` brings back what ran.
    """
    from workspace_cli.setup import down as setup

    call = Invocation.of(context)
    setup.run(call.settings, call.console)


@app.command(epilog=examples("workspace doctor", "workspace doctor --json"))
def doctor(context: typer.Context, json: parameters.Json = False) -> int:
    """Check this machine, and name a remedy for each fault.

    Looks at the engine, GPUs, disk, ports, images, the hub and the way in from outside.
    Ends with 1 where something fails.
    """
    from workspace_cli.setup import doctor as checks

    call = Invocation.of(context)
    findings = checks.examine(call.settings)
    if json:
        call.console.json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            call.console.print(f"{finding.level:<4}  {finding.text}")
            if finding.remedy:
                call.console.print(f"      {finding.remedy}")
    return 1 if any(finding.level == "fail" for finding in findings) else 0


@app.command(epilog=examples("workspace uninstall", "workspace uninstall --yes --keep-images"))
def uninstall(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Ask nothing.")] = False,
    keep_images: Annotated[
        bool, typer.Option("--keep-images", help="Leave Labdock's images on the engine.")
    ] = False,
) -> None:
    """Remove Labdock from this machine, but not the members' files.

    Containers, networks, firewall rules and images go; the data root stays.
    """
    from workspace_cli.setup import uninstall as setup

    call = Invocation.of(context)
    if not yes:
        if not call.console.interactive:
            raise InvalidInputError(
                "Uninstalling asks first, and nobody is here to be asked.", "Add --yes."
            )
        question = (
            "Remove Labdock's containers with all that was installed in them, its networks, "
            "its images and the environments that members saved from this machine? "
            f"({call.settings.root} with the members' files stays.)"
        )
        if not call.console.confirm(question):
            call.console.note("Nothing was removed.")
            return
    setup.run(call.settings, call.console, keep_images=keep_images)
