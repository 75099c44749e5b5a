"""What the shell offers while a name is being typed; it offers nothing where it cannot know."""

from __future__ import annotations

from collections.abc import Callable

import typer

from workspace_cli.invocation import Invocation

OFFERED_IMAGES = 200


def workspaces(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the workspaces by the shortest name that is clear, and by ``OWNER/NAME``."""

    def names() -> list[str]:
        from collections import Counter

        from workspace_cli.core.reading import list_workspaces

        found = list_workspaces(Invocation.of(context).host)
        uses = Counter(workspace.name for workspace in found)
        clear = [workspace.name for workspace in found if uses[workspace.name] == 1]
        return clear + [workspace.reference for workspace in found]

    return _offer(names, incomplete)


def images(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the images on this machine that hold a Labdock server."""

    def names() -> list[str]:
        from workspace_cli.core import labels

        found = Invocation.of(context).host.engine.images({labels.SERVER: "1"})
        tags = [tag.removesuffix(":latest") for image in found for tag in image.tags]
        return sorted(tags)[:OFFERED_IMAGES]

    return _offer(names, incomplete)


def environments_and_workspaces(context: typer.Context, incomplete: str) -> list[str]:
    """Offer what can be compared."""
    return [*workspaces(context, incomplete), *images(context, incomplete)]


def owners(context: typer.Context, incomplete: str) -> list[str]:
    """Offer the owners that have a workspace."""

    def names() -> list[str]:
        from workspace_cli.core.reading import list_workspaces

        return sorted({w.owner for w in list_workspaces(Invocation.of(context).host)})

    return _offer(names, incomplete)


def _offer(names: Callable[[], list[str]], incomplete: str) -> list[str]:
    try:
        return [name for name in names() if name.startswith(incomplete)]
    except Exception:  # noqa: BLE001 - a message in the middle of a command line helps nobody
        return []
