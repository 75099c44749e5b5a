"""What the hub does by the clock for GPUs: turns of the line, ends of leases, idleness, notices."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from logging import Logger, getLogger

from hub.delivery import Delivery
from hub.disk_loop import DiskWatch
from hub.gpu_lines import GpuLines
from hub.idling import IdleWatch, stop_standalone
from hub.lost_gpus import LostGpus
from hub.machine import Machine
from hub.retention_loop import RetentionRound
from hub.self_calls import SelfCalls
from workspace_cli.core import (
    announcements,
    broker,
    gpu_health,
    gpu_use,
    leases,
    notices,
    published,
    reading,
)
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.leases import Term
from workspace_cli.core.line_rows import Request
from workspace_cli.core.models import Workspace

STEP = 1.0


@dataclass
class _Duty:
    """Something that is done again and again; seconds between two ends of it."""

    every: float
    work: Callable[[], Awaitable[None]]
    waited: float = field(default=float("inf"))


class BrokerLoop:
    """Everything that happens to GPUs without anybody's click."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._log: Logger = getLogger(__name__)
        self._calls: SelfCalls | None = None
        self._started: set[str] = set()
        """Grants whose workspaces were asked to start; their claim is on its way."""
        self.idle = IdleWatch(machine, self.stop, gpu_percent, self._log)
        self.delivery = Delivery(machine)
        self.lost = LostGpus(machine, self._log)
        self.disk = DiskWatch(machine, self._log)
        self._duties = (
            _Duty(3.0, self.take_turns),
            _Duty(5.0, self.publish),
            _Duty(10.0, self.delivery.deliver),
            _Duty(15.0, self.end_leases),
            _Duty(15.0, GpuLines(machine).tell),
            _Duty(30.0, self.look_at_gpus),
            _Duty(60.0, self.idle.look),
            _Duty(60.0, self.lost.look),
            _Duty(60.0, self.disk.look),
            _Duty(600.0, RetentionRound(machine, self._log).look),
            _Duty(3600.0, self._forget),
        )

    def __deepcopy__(self, memo: dict[int, object]) -> BrokerLoop:
        # traitlets copies what a configuration holds; there is one loop a hub.
        return self

    async def run(self, calls: SelfCalls, log: Logger) -> None:
        """Do every duty at its time until cancelled; one that fails is tried again."""
        self._calls, self._log = calls, log
        try:
            while True:
                for duty in self._duties:
                    duty.waited += STEP
                    if duty.waited >= duty.every:
                        await self._attempt(duty)
                        duty.waited = 0.0
                await asyncio.sleep(STEP)
        finally:
            await self.disk.stop()

    async def _attempt(self, duty: _Duty) -> None:
        try:
            await duty.work()
        except LabdockError as exc:
            self._log.warning("%s is put off: %s", duty.work.__name__, exc)
        except Exception:  # noqa: BLE001
            # Whatever it is, the next round may find it gone; without turns nobody who
            # waits would ever get a GPU.
            self._log.exception("%s failed; trying again", duty.work.__name__)

    async def take_turns(self) -> None:
        """Give free GPUs to whoever is next, and start the workspaces that the hub starts."""
        if not await self._machine.ask(announcements.is_open, self._machine.host):
            return  # a start would be refused, and cost its place in the line
        grants = await self._machine.submit(broker.advance, self._machine.host)
        open_grants = {grant.request.id for grant in grants}
        self._started &= open_grants
        for grant in grants:
            request = grant.request
            if request.kind == "hub" and request.id not in self._started and self._calls:
                self._started.add(request.id)
                await self._start(request, self._calls)

    async def _start(self, request: Request, calls: SelfCalls) -> None:
        refused = await calls.start(request.owner, request.workspace, request.options)
        name = f"{request.owner}/{request.workspace}"
        self._log.info("It is the turn of %s", name)
        if refused:
            self._log.warning("%s does not start: %s", name, refused)
            await self._machine.ask(broker.withdraw, self._machine.host, request.id)

    async def end_leases(self) -> None:
        """Warn of leases that end soon, and stop the workspaces whose lease is over."""
        host = self._machine.host
        due = await self._machine.ask(leases.due, host)
        for term in due.warnings:
            await self._machine.ask(_warn, host, term)
        for term in due.ended:
            await self._end(term)

    async def _end(self, term: Term) -> None:
        try:
            workspace = await self._machine.ask(
                reading.find, self._machine.host, f"{term.owner}/{term.workspace}"
            )
        except NotFoundError:
            return
        refused = await self.stop(workspace)
        if refused:
            self._log.warning("The lease of %s is over; it stays: %s", term.reference, refused)
            return
        self._log.info("The lease of %s is over and it is stopped", term.reference)
        await self._machine.ask(_ended, self._machine.host, term)

    async def look_at_gpus(self) -> None:
        """Mark GPUs that have failed, and tell who held them."""
        host = self._machine.host
        seen = await self._machine.ask(gpu_health.look, host)
        for change in seen.changes:
            if change.reason is None:
                self._log.info("GPU %s is well again", change.gpu)
            else:
                self._log.error("GPU %s has failed: %s", change.gpu, change.reason)
            for workspace in change.holders:
                await self._machine.ask(_tell_health, host, workspace, change.reason)

    async def stop(self, workspace: Workspace) -> str:
        """Stop a workspace of either kind; return '' or why not."""
        if workspace.kind == "hub" and self._calls is not None:
            return await self._calls.stop(workspace.owner, workspace.name)
        return await stop_standalone(self._machine, workspace)

    async def publish(self) -> None:
        """Let the portal see the policy and the catalogue as they are now."""
        await self._machine.ask(published.publish, self._machine.host.settings)

    async def _forget(self) -> None:
        host = self._machine.host
        await self._machine.ask(lambda: notices.forget(host.database, now=host.clock()))


def gpu_percent(host: Host) -> dict[str, float]:
    """Return how busy each GPU is that tells."""
    return {
        use.gpu.id: use.utilisation for use in gpu_use.use_of(host) if use.utilisation is not None
    }


def _warn(host: Host, term: Term) -> None:
    now = host.clock()
    values = {"ends": term.ends}
    notices.tell(
        host.database,
        term.owner,
        term.workspace,
        "lease_ending",
        values,
        now=now,
        ends=term.ends,
    )
    leases.warned(host, term)


def _ended(host: Host, term: Term) -> None:
    now = host.clock()
    notices.withdraw(host.database, term.owner, term.workspace, "lease_ending", now=now)
    notices.tell(host.database, term.owner, term.workspace, "lease_ended", {}, now=now)


def _tell_health(host: Host, workspace: Workspace, reason: str | None) -> None:
    now, owner, name = host.clock(), workspace.owner, workspace.name
    if reason is None:
        notices.withdraw(host.database, owner, name, "gpu_lost", now=now)
    else:
        notices.tell(host.database, owner, name, "gpu_lost", {"reason": reason}, now=now)
