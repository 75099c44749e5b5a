"""What must hold before anything is started, in the doctor's own words."""

from __future__ import annotations

from urllib.parse import urlsplit

from workspace_cli.core.doctor import check_disks, check_pool, check_port
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import (
    DiskFullError,
    InvalidSettingError,
    PortTakenError,
    SetupError,
)
from workspace_cli.core.facts import Facts
from workspace_cli.core.settings import Settings
from workspace_cli.setup import stack
from workspace_cli.setup.console import Console
from workspace_cli.setup.doctor import disks, foreign_routes, port_holder

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def check(settings: Settings, engine: Engine, console: Console) -> None:
    """Refuse what could only fail later.

    Raises ConflictError, InvalidSettingError, PortTakenError, SetupError or DiskFullError.
    """
    stack.check_is_ours(settings, engine)
    _check_database(settings.database_url or "")
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


def _check_database(url: str) -> None:
    if url.startswith("postgresql") and urlsplit(url).hostname in LOOPBACK:
        raise InvalidSettingError(
            "WORKSPACE_DATABASE_URL names this machine by its loopback address, which inside the "
            "hub's container is the container itself.",
            "Write host.docker.internal for this machine, and let the database listen on it.",
        )
