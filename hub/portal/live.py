"""Keeps the picture of every workspace up to date, for all pages at once.

One thread follows the engine's events, one what becomes of the hub's servers, one asks the
database now and then, and one about the GPUs: that answer takes long while many start.
Containers are listed when the events begin, also after a gap, and never asked one by one
on a clock, but for what they use: by a thread of its own, which rests longer the longer it took.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from hub.portal.board import Board, ended_of
from hub.portal.hub_api import HubApi, ServerStream
from hub.portal.live_sources import read_rows
from hub.portal.servers import Servers
from hub.portal.shown import Ended
from workspace_cli.core import labels, use
from workspace_cli.core.engine import Event, EventStream
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerSummary

log = logging.getLogger("labdock.portal")

AGAIN_SECONDS = 1.0
"""An engine that went away is tried again after this."""
SERVERS_SECONDS = 30.0
"""From one look at all of the hub's servers to the next."""
ROWS_SECONDS = 2.0
GPUS_SECONDS = 10.0
GPUS_REST_SECONDS = 1.0
"""So long the hub is not asked about GPUs again: each answer asks the driver and the engine."""
GATHER_SECONDS = 0.2
USES_SECONDS = 10.0
USES_SHARE = 50.0
"""So many times as long as it takes to ask what each uses, nobody is asked."""
CALM = 6.0
"""So many times rarer, rows, GPUs and use are read while nobody watches."""
MOVING_SECONDS = 0.6
"""Servers on their way are looked at so often where the hub does not tell of them."""
SHOWN = frozenset(
    {"create", "start", "die", "stop", "destroy", "pause", "unpause", "rename", "oom", "restart"}
)
"""Events after which a workspace may look different."""


class Live:
    """Fills a board for one machine."""

    def __init__(self, host: Host, hub: HubApi) -> None:
        self._host, self._hub = host, hub
        self.board = Board(host.clock)
        self.servers = Servers(hub, self.board)
        self._stopped = threading.Event()
        self._wake = threading.Event()
        self._gpus_wake = threading.Event()
        self._stream: EventStream | None = None
        self._changes: ServerStream | None = None
        self._threads: list[threading.Thread] = []

    def touch(self, owner: str) -> None:
        """Look at somebody's servers closely: something is about to happen to one."""
        self.servers.touch(owner)
        self._wake.set()

    def start(self) -> None:
        """Begin to follow."""
        for work in (
            *(self._follow, self._follow_hub, self._look_after),
            *(self._look_at_machine, self._look_at_use),
        ):
            thread = threading.Thread(target=work, name=f"live{work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """End; returns when its threads have ended, or after a moment."""
        self._stopped.set()
        self._wake.set()
        self._gpus_wake.set()
        for stream in (self._stream, self._changes):
            if stream is not None:
                stream.close()
        for thread in self._threads:
            thread.join(2)

    # the engine -------------------------------------------------------------
    def _follow(self) -> None:
        while not self._stopped.is_set():
            try:
                self._listen()
            except LabdockError as exc:
                log.warning("The engine's events are not heard for now: %s", exc)
            except Exception:
                # A thread that died would go unnoticed.
                log.exception("Following the engine's events failed; trying again")
            self.board.hears_engine(False)
            self._stopped.wait(AGAIN_SECONDS)

    def _listen(self) -> None:
        # The events first: what happens while the list is made is heard afterwards.
        self._stream = self._host.engine.events({labels.OWNER: None})
        self.list_containers()
        for event in self._stream:
            if self._stopped.is_set():
                return
            self.heard(event)

    def list_containers(self) -> None:
        """Read every container of ours anew."""
        rows = self._host.engine.containers({labels.OWNER: None})
        ended = {row.id: self._end_of(row) for row in rows if row.state in ("exited", "dead")}
        self.board.put_containers(rows, {key: one for key, one in ended.items() if one})

    def _end_of(self, row: ContainerSummary) -> Ended | None:
        if known := self.board.how_it_ended(row.id):
            return known
        found = self._inspect(row.id)
        return ended_of(found) if found else None

    def heard(self, event: Event) -> None:
        """Take one event of the engine in."""
        if event.action not in SHOWN:
            return
        if event.action == "rename":
            # Two names are concerned.
            self.list_containers()
        else:
            begins = event.action in ("create", "start")
            self.board.put_container(event.name, self._inspect(event.name), begins=begins)
        owner = event.attributes.get(labels.OWNER)
        if owner and event.attributes.get(labels.KIND) == "hub":
            self.servers.touch(owner)
        # What is held and who waits changes with what starts and ends.
        self._wake.set()

    def _inspect(self, name: str) -> Container | None:
        try:
            return self._host.engine.container(name)
        except NotFoundError:
            return None

    # the hub and the database -------------------------------------------------
    def _follow_hub(self) -> None:
        while not self._stopped.is_set():
            heard = False
            try:
                self._changes = self._hub.changes()
                if self._stopped.is_set():
                    # It ended before there was anything to close.
                    self._changes.close()
                # What is heard from now on is newer than what the hub answers now.
                self.attempt(self.look_at_servers)
                heard = True
                self.servers.follow(self._changes, self._wake.set)
            except LabdockError as exc:
                if heard:
                    log.warning("The hub does not tell of servers for now: %s", exc)
            except Exception:
                log.exception("Following the hub's servers failed; trying again")
            if heard and not self._stopped.is_set():
                self.attempt(self.look_at_servers)
            self._stopped.wait(AGAIN_SECONDS)

    def _look_after(self) -> None:
        due = {"servers": 0.0, "rows": 0.0}
        while not self._stopped.is_set():
            rarer = 1.0 if self.board.watched else CALM
            for name, every, look in (
                ("servers", SERVERS_SECONDS, self.look_at_servers),
                ("rows", ROWS_SECONDS * rarer, self.look_at_rows),
            ):
                if time.monotonic() >= due[name]:
                    self.attempt(look)
                    due[name] = time.monotonic() + every
            self.attempt(self.look_at_moving)
            if self._wake.wait(MOVING_SECONDS if self.servers.moving() else ROWS_SECONDS):
                # A burst of events is looked into once.
                self._stopped.wait(GATHER_SECONDS)
                self._wake.clear()
                due["rows"] = 0.0

    def _look_at_machine(self) -> None:
        while not self._stopped.is_set():
            self.attempt(self.look_at_gpus)
            if self._stopped.wait(GPUS_REST_SECONDS):
                return
            self._gpus_wake.wait(GPUS_SECONDS * (1.0 if self.board.watched else CALM))
            self._gpus_wake.clear()

    def _look_at_use(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            self.attempt(self.look_at_uses)
            pause = max(USES_SECONDS, USES_SHARE * (time.monotonic() - began))
            for _ in range(int(CALM)):
                if self._stopped.wait(pause) or self.board.watched:
                    break

    def attempt(self, look: Callable[[], None]) -> None:
        """Do one look; what goes wrong is noted in the log and tried again later."""
        try:
            look()
        except (LabdockError, SQLAlchemyError) as exc:
            log.warning("The picture is not brought up to date (%s): %s", look.__name__, exc)
            if look == self.look_at_servers:
                self.board.hears_hub(False)
        except Exception:
            log.exception("Bringing the picture up to date failed; trying again")

    def look_at_servers(self) -> None:
        """Ask the hub about everybody's servers."""
        self.servers.look()

    def look_at_moving(self) -> None:
        """Ask about servers on their way up or down, where the hub does not tell of them."""
        self.servers.look_closely()

    def look_at_rows(self) -> None:
        """Read leases, the line and notices from the database."""
        before, rows = self.board.rows, read_rows(self._host, self.board.rows)
        places = tuple(self._hub.ask("GET", "/line")) if rows.waiting else ()
        self.board.put_rows(rows, places)
        if before.leases != rows.leases:
            # Somebody has got or given back GPUs: whose they are is shown at once.
            self._gpus_wake.set()

    def look_at_gpus(self) -> None:
        """Ask the hub how the GPUs are used."""
        self.board.put_gpus(tuple(self._hub.ask("GET", "/gpus")))

    def look_at_uses(self) -> None:
        """Ask the engine what each workspace that runs uses."""
        running = self.board.running()
        self.board.put_uses(use.read_all(self._host.engine, running))

    def look(self) -> None:
        """Do all of it once, now."""
        self.list_containers()
        for look in (self.look_at_servers, self.look_at_rows, self.look_at_gpus):
            look()
        self.look_at_uses()
