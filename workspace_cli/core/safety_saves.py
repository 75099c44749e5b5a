"""What is saved of a workspace right before it is made anew, so that this can be undone.

Nobody asked for these by name: they are the first to go, and going back without
naming an environment passes over them.
"""

from __future__ import annotations

from typing import Literal

from workspace_cli.core.engine import Report
from workspace_cli.core.environments import Saved, commit, reference_for
from workspace_cli.core.host import Host
from workspace_cli.core.models import Workspace

Reason = Literal["before-rollback-", "not-started-"]
BEFORE_ROLLBACK: Reason = "before-rollback-"
NOT_STARTED: Reason = "not-started-"
_NOTES: dict[Reason, str] = {
    "before-rollback-": "before a rollback",
    "not-started-": "did not start any more",
}


def safety_save(
    host: Host,
    workspace: Workspace,
    reason: Reason = BEFORE_ROLLBACK,
    *,
    report: Report | None = None,
) -> Saved:
    """Save what a workspace is now, under its own name and the time; see ``commit``."""
    repository, _, moment = reference_for(host, workspace).rpartition(":")
    return commit(
        host,
        workspace,
        f"{repository}:{reason}{moment}",
        note=_NOTES[reason],
        report=report,
    )
