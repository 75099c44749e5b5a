"""``workspace rmi`` and ``prune``: environments that are no longer needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workspace_cli import completion, parameters
from workspace_cli.core.errors import InvalidInputError, InvalidOptionError, LabdockError
from workspace_cli.invocation import Invocation, command_app, examples
from workspace_cli.text import clean, iso, local, size

if TYPE_CHECKING:
    from workspace_cli.core.lineage import Environment
    from workspace_cli.core.policy import Retention
    from workspace_cli.core.retention import Verdict

app = command_app()


@app.command(
    epilog=examples(
        "workspace rmi kim/vision:v1              asks, and says what goes",
        "workspace rmi -f kim/vision:v1 kim/old   asks nothing",
        "workspace rmi --dry-run kim/vision:v1    only says what would go",
    )
)
def rmi(
    context: typer.Context,
    images: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE...", help="Saved environments.", autocompletion=completion.images
        ),
    ],
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and do nothing.")
    ] = False,
) -> int:
    """Remove saved environments that nobody uses.

    One that a workspace stands on, also a stopped one, stays.  What was saved from it
    keeps all that it holds.
    """
    from workspace_cli.commands.images import full_name

    call, code = Invocation.of(context), 0
    for image in dict.fromkeys(images):
        try:
            done = _remove(call, full_name(image), force=force, dry_run=dry_run)
        except LabdockError as error:
            if len(images) == 1:
                raise
            call.console.error(error)
            code = code or error.exit_code
        else:
            if done:
                call.console.print(done)
    return code


def _remove(call: Invocation, reference: str, *, force: bool, dry_run: bool) -> str:
    from workspace_cli.core import discard
    from workspace_cli.core.actors import Actor

    actor = Actor(call.settings.admin, admin=True)
    if dry_run or (call.console.interactive and not force):
        one = discard.check(call.host, reference, actor)
        for line in _what_goes(call, one):
            (call.console.print if dry_run else call.console.note)(line)
        if dry_run:
            return ""
        if not call.console.confirm("Remove it?"):
            call.console.note(f"{one.reference} was kept.")
            return ""
    return discard.discard(call.host, reference, actor).reference


def _what_goes(call: Invocation, one: Environment) -> list[str]:
    from workspace_cli.core import pins, sharing

    freed = f", {size(one.added)} on top of {one.parent}" if one.added is not None else ""
    lines = [f"goes: {one.reference}, saved {local(one.created)[:16]}{freed}"]
    if one.note:
        lines.append(f"      its note: {clean(one.note)}")
    lines += [
        f"      what {grant.recipient} may start from"
        for grant in sharing.grants(call.host, reference=one.reference)
    ]
    if one.reference in pins.pins(call.host):
        lines.append("      its pin")
    return lines


@app.command(
    epilog=examples(
        "workspace prune --dry-run                 what goes by the lab's rule, what stays, why",
        "workspace prune --keep-last 3 --older-than 30d --owner kim",
        "workspace prune -f                        asks nothing",
    )
)
def prune(
    context: typer.Context,
    keep_last: Annotated[
        int | None,
        typer.Option(metavar="N", help="Keep the newest N of each name, instead of the rule."),
    ] = None,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Only what was saved longer ago, for example 30d."),
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Only this member's.", autocompletion=completion.owners),
    ] = None,
    force: Annotated[bool, typer.Option("-f", "--force", help="Ask nothing.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go and why the rest stays.")
    ] = False,
    json: parameters.Json = False,
) -> int:
    """Remove the saved environments that the rule no longer keeps.

    The rule is [retention] of policy.toml, and the hub does this every night.  What is in
    use, pinned or shared stays, and so do the lab's images.
    """
    from workspace_cli.core import retention
    from workspace_cli.core.actors import Actor

    call = Invocation.of(context)
    rule = _rule(call, keep_last, older_than)
    verdicts = retention.preview(call.host, rule, owner)
    if dry_run or not force:
        _show(call, verdicts, json=json, result=dry_run)
    going = [one for one in verdicts if one.goes]
    if dry_run or not going:
        return 0
    if not force and not _agreed(call, len(going)):
        call.console.note("Nothing was removed.")
        return 0
    done = retention.prune(call.host, Actor(call.settings.admin, admin=True), rule, owner)
    for one in done.gone:
        call.console.print(one.reference)
    for error in done.failed.values():
        call.console.error(error)
    return next((error.exit_code for error in done.failed.values()), 0)


def _rule(call: Invocation, keep_last: int | None, older_than: str | None) -> Retention:
    from workspace_cli.core.policy import Retention, parse_duration

    if keep_last is None and older_than is None:
        rule = call.host.policy.retention
        if not rule.applies:
            raise InvalidOptionError(
                "The lab has no rule for what is kept.",
                "Write [retention] into policy.toml, or add --keep-last or --older-than.",
            )
        return rule
    if keep_last is not None and keep_last < 1:
        raise InvalidOptionError("--keep-last is at least 1.", "The newest of each name stays.")
    given: dict[str, float] = {} if keep_last is None else {"keep_last": keep_last}
    if older_than is not None:
        try:
            given["older_than"] = parse_duration(older_than)
        except ValueError as exc:
            raise InvalidOptionError(f"--older-than: {exc}.", "For example 30d.") from exc
    return Retention.model_validate(given)


def _agreed(call: Invocation, count: int) -> bool:
    if not call.console.interactive:
        raise InvalidInputError(
            f"{count} environments would go, and nobody is here to be asked.",
            "Look at --dry-run first, then add --force.",
        )
    return call.console.confirm(f"Remove these {count} for good?" if count > 1 else "Remove it?")


def _show(call: Invocation, verdicts: Sequence[Verdict], *, json: bool, result: bool) -> None:
    if json and result:
        call.console.json(
            [
                {
                    "reference": one.environment.reference,
                    "owner": one.environment.owner,
                    "goes": one.goes,
                    "reason": one.reason,
                    "created": iso(one.environment.created),
                    "added": one.environment.added,
                }
                for one in verdicts
            ]
        )
        return
    tell = call.console.print if result else call.console.note
    for one in verdicts:
        if one.goes or result:
            freed = size(one.environment.added or 0)
            word = "goes: " if one.goes else "stays:"
            tell(f"{word} {one.environment.reference} ({freed}): {one.reason}")
