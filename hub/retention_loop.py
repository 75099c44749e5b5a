"""What the hub does every night with environments that the lab's rule no longer keeps."""

from __future__ import annotations

from datetime import date, datetime
from logging import Logger
from zoneinfo import ZoneInfo

from hub.machine import Machine
from workspace_cli.core import retention
from workspace_cli.core.actors import Actor
from workspace_cli.core.host import Host

HOUR = 4
"""Of the lab's own night (WORKSPACE_TIMEZONE), when hardly anybody saves or starts."""


class RetentionRound:
    """Removes, once a night, what the lab's rule no longer keeps."""

    def __init__(self, machine: Machine, log: Logger) -> None:
        self._machine = machine
        self._log = log
        self._done: date | None = None

    async def look(self) -> None:
        """Begin the round where it is the hour and tonight's has not been.

        A night that the hub sleeps through is left out: the next one takes what is due.
        """
        local = _local(self._machine.host)
        if local.hour != HOUR or self._done == local.date():
            return
        actor = Actor(retention.UPKEEP, admin=True)
        done = await self._machine.submit(retention.prune, self._machine.host, actor)
        self._done = local.date()
        for one in done.gone:
            self._log.info("The environment %s is no longer kept and is removed", one.reference)
        for reference, why in done.failed.items():
            self._log.warning("The environment %s stays: %s", reference, why)


def _local(host: Host) -> datetime:
    return datetime.fromtimestamp(host.clock(), ZoneInfo(host.settings.timezone))
