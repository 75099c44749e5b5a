"""What is known of every workspace at one moment, and who is to be told when it changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.portal import shown
from hub.portal.live_sources import Rows
from hub.portal.shown import Ended, Key, Shown
from hub.portal.used import Uses
from workspace_cli.core import reading
from workspace_cli.core.engine_use import Use
from workspace_cli.core.models import Container, ContainerSummary, Workspace

MOST_FAILURES = 500
"""So many starts that failed are told of at once."""
Models = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class Change:
    """What is new: workspaces by key, owners whose notices changed, and the machine's lists."""

    version: int
    workspaces: frozenset[Key] = frozenset()
    notices: frozenset[str] = frozenset()
    gpus: bool = False
    queue: bool = False
    uses: frozenset[Key] = frozenset()
    """Workspaces of which nothing but their use has changed."""


@dataclass(frozen=True)
class Picture:
    """One moment; GPUs and places are the hub's models.

    ``engine`` and ``hub`` say whether these two can be heard.
    """

    version: int = 0
    workspaces: Mapping[Key, Shown] = field(default_factory=dict)
    gpus: Models = ()
    places: Models = ()
    engine: bool = False
    hub: bool = False


Watcher = Callable[[Change], None]


class Board:
    """Takes in what others find out; safe in several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._guard = threading.RLock()
        self._containers: dict[str, ContainerSummary] = {}
        self._ended: dict[str, Ended] = {}
        self._starts: dict[str, float] = {}
        self._servers: Mapping[Key, Mapping[str, Any]] = {}
        self._failures: dict[Key, str] = {}
        self._uses = Uses()
        self._gpus: Models = ()
        self._places: Models = ()
        self._engine = self._hub = False
        self._watchers: set[Watcher] = set()
        self.rows = Rows()
        self.picture = Picture()

    # who is told -----------------------------------------------------------
    def watch(self, watcher: Watcher) -> None:
        """Call ``watcher``, from any thread, whenever something is new; it must not block."""
        with self._guard:
            self._watchers.add(watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Call it no more."""
        with self._guard:
            self._watchers.discard(watcher)

    @property
    def watched(self) -> int:
        """How many watch."""
        return len(self._watchers)

    # what is found out -----------------------------------------------------
    def hears_engine(self, heard: bool) -> None:
        """Note whether the engine's events are being followed."""
        with self._guard:
            self._engine = heard
            self._publish()

    def hears_hub(self, heard: bool) -> None:
        """Note whether the hub answers."""
        with self._guard:
            self._hub = heard
            self._publish()

    def how_it_ended(self, container_id: str) -> Ended | None:
        """Return what is known already of a container that has ended."""
        return self._ended.get(container_id)

    def put_containers(self, rows: Iterable[ContainerSummary], ended: Mapping[str, Ended]) -> None:
        """Take in a list of all containers of ours."""
        with self._guard:
            self._containers = {row.id: row for row in rows}
            self._ended = dict(ended)
            self._starts = {key: at for key, at in self._starts.items() if key in self._containers}
            self._engine = True
            self._publish()

    def put_container(self, name: str, found: Container | None, *, begins: bool) -> None:
        """Take in what has become of one container, None where it is gone.

        ``begins`` is whether it has just been made or started.
        """
        with self._guard:
            for old in [row.id for row in self._containers.values() if row.name == name]:
                if found is None or found.id != old:
                    self._forget(old)
            if found is not None:
                self._containers[found.id] = found
                if begins:
                    self._starts[found.id] = self._clock()
                    self._uses.forget(found.id)
                if found.state in ("exited", "dead"):
                    self._ended[found.id] = ended_of(found)
            self._publish()

    def put_servers(
        self, found: Mapping[Key, Mapping[str, Any]], keep: Collection[str] = ()
    ) -> None:
        """Take in the hub's servers, everybody's but those of the owners in ``keep``."""
        with self._guard:
            kept = {key: one for key, one in self._servers.items() if key[0] in keep}
            self._servers = {**{k: one for k, one in found.items() if k[0] not in keep}, **kept}
            self._hub = True
            self._publish()

    def put_servers_of(self, owner: str, found: Mapping[Key, Mapping[str, Any]]) -> None:
        """Take in one owner's."""
        with self._guard:
            others = {key: one for key, one in self._servers.items() if key[0] != owner}
            self._servers = {**others, **found}
            self._hub = True
            self._publish()

    def put_rows(self, rows: Rows, places: Models) -> None:
        """Take in what the database says, and the line."""
        with self._guard:
            self.rows, self._places = rows, places
            self._publish()

    def put_gpus(self, found: Models) -> None:
        """Take in the GPUs."""
        with self._guard:
            self._gpus = found
            self._publish()

    def running(self) -> list[str]:
        """Return the ids of containers that run, or are held."""
        with self._guard:
            return [row.id for row in self._containers.values() if row.state in shown.RUNNING]

    def put_uses(self, found: Mapping[str, Use]) -> None:
        """Take in what those that run use."""
        with self._guard:
            self._uses.put(found)
            self._publish()

    def put_failure(self, key: Key, why: str) -> None:
        """Note why a start failed, '' where one begins: it is shown until then."""
        with self._guard:
            if why:
                self._failures.pop(key, None)
                self._failures[key] = why
                # Starts of made-up names fail for ever: the oldest make room.
                for old in list(self._failures)[:-MOST_FAILURES]:
                    del self._failures[old]
            else:
                self._failures.pop(key, None)
            self._publish()

    def _forget(self, container_id: str) -> None:
        self._containers.pop(container_id, None)
        self._ended.pop(container_id, None)
        self._starts.pop(container_id, None)

    # telling ---------------------------------------------------------------
    def _publish(self) -> None:
        for row in self._containers.values():
            if self._failures and row.state == "running" and (one := Workspace.of(row)):
                self._failures.pop((one.owner, one.name), None)
        before = self.picture
        found = shown.everything(self._sources())
        changed = {key for key, one in found.items() if before.workspaces.get(key) != one}
        changed |= before.workspaces.keys() - found.keys()
        told, self.rows.told = self.rows.told, frozenset()
        gpus, queue = before.gpus != self._gpus, before.places != self._places
        heard = (before.engine, before.hub) != (self._engine, self._hub)
        uses = self._uses.news({key: one.used for key, one in found.items()}) - changed
        if not (changed or told or gpus or queue or heard or uses):
            # What nobody need be told of is there for whoever asks.
            self.picture = replace(before, workspaces=found)
            return
        version = before.version + 1
        self.picture = Picture(version, found, self._gpus, self._places, self._engine, self._hub)
        change = Change(version, frozenset(changed), told, gpus, queue, uses)
        for watcher in list(self._watchers):
            watcher(change)

    def _sources(self) -> shown.Sources:
        return shown.Sources(
            workspaces=reading.presented(self._containers.values()),
            servers=self._servers,
            leases=self.rows.leases,
            places=self._places,
            failures=self._failures,
            ended=self._ended,
            starts=self._starts,
            uses=self._uses.now,
            now=self._clock(),
        )


def ended_of(container: Container) -> Ended:
    """Return how a container ended."""
    return Ended(
        exit_code=container.exit_code, oom_killed=container.oom_killed, at=container.finished
    )
