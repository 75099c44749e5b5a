"""What must hold before anything is started, in the doctor's own words."""

from __future__ import annotations

from workspace_cli.core.doctor import Facts, check_disks, check_pool, check_port
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import DiskFullError, PortTakenError, SetupError
from workspace_cli.core.settings import Settings
from workspace_cli.setup import stack
from workspace_cli.setup.console import Console
from workspace_cli.setup.doctor import disks, foreign_routes, port_holder


def check(settings: Settings, engine: Engine, console: Console) -> None:
    """Refuse what could only fail later.

    Raises ConflictError, PortTakenError, SetupError or DiskFullError.
    """
    stack.check_is_ours(settings, engine)
    facts = Facts(
        settings=settings,
        port_holder=port_holder(settings, engine),
        routes=foreign_routes(engine),
        disks=disks([settings.root]),
    )
    errors = ((check_port, PortTakenError), (check_pool, SetupError), (check_disks, DiskFullError))
    for judge, error in errors:
        for finding in judge(facts):
            if finding.level == "fail":
                raise error(finding.text, finding.remedy)
            if finding.level == "warn":
                console.warn(f"{finding.text}. {finding.remedy}")
