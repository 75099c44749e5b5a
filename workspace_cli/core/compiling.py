"""Compiles a member's packages before they are saved, so that they load at once later."""

from __future__ import annotations

from collections.abc import Sequence

from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container

LONGEST = 60
"""Seconds: a save does not wait longer for it."""
_MOST = 200
"""Folders at once: a command line has an end."""
_INTERPRETERS = (("opt/env/", "/opt/env/bin/python"), ("", "/usr/bin/python3"))


def compile_missing(
    host: Host, container: Container, folders: Sequence[str], report: Report | None = None
) -> None:
    """Compile the programs in folders (without a slash before them) of a running container.

    The member's own interpreter does it, in their container and at the lowest priority.
    What fails is no reason not to save.
    """
    if not folders or container.state != "running":
        return
    if report:
        report(Progress("Compiling packages"))
    for beginning, python in _INTERPRETERS:
        chosen = [one for one in folders if one.startswith(beginning)][:_MOST]
        folders = [one for one in folders if not one.startswith(beginning)]
        if chosen:
            command = ("nice", "-n", "19", "timeout", str(LONGEST), python, "-m", "compileall")
            paths = [f"/{one}" for one in chosen]
            try:
                host.engine.execute(container.id, [*command, "-q", "-l", *paths])
            except LabdockError:
                continue
