"""Tells whoever sees a start fail how to go back to what worked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from workspace_cli.core.errors import LabdockError, StartFailedError
from workspace_cli.core.models import Workspace
from workspace_cli.invocation import Invocation


@contextmanager
def told(call: Invocation, workspace: Workspace) -> Iterator[None]:
    """Add the command that makes a workspace anew from what worked, where it fails to start."""
    try:
        yield
    except StartFailedError as exc:
        command = _command(call, workspace)
        if not command:
            raise
        remedy = f"Go back to what worked: {command}. {exc.remedy}".rstrip()
        raise StartFailedError(exc.message, remedy) from exc


def worked(call: Invocation, workspace: Workspace) -> None:
    """Remember that a workspace has come up; a database that fails is told of elsewhere."""
    from sqlalchemy.exc import SQLAlchemyError

    from workspace_cli.core import good_starts

    with suppress(LabdockError, SQLAlchemyError):
        good_starts.note(call.host, workspace)


def _command(call: Invocation, workspace: Workspace) -> str:
    from sqlalchemy.exc import SQLAlchemyError

    from workspace_cli.core.good_starts import way_back

    with suppress(LabdockError, SQLAlchemyError):
        found = way_back(call.host, workspace.owner, workspace.name)
        if found:
            return f"`workspace rollback {workspace.reference} {found.reference}`"
    return ""
