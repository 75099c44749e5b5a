"""A workspace as its owner and the admins see it: the engine's word, joined with the hub's.

Pure functions: the engine says what exists and what it does, the hub whether a server
answers and what was chosen for it, the database when a lease ends and who waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from hub.portal.used import Used
from workspace_cli.core import naming
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.lease_rows import LeaseRow
from workspace_cli.core.models import SERVER_PORT, Kind, PortMapping, Workspace
from workspace_cli.core.options import parse_memory

State = Literal["new", "stopped", "waiting", "starting", "running", "paused", "stopping", "failed"]
Key = tuple[str, str]
"""Owner and name."""
REMEMBERED = ("image", "cpus", "memory", "shm_size", "pids", "gpus", "ports")
"""Options of a start that the next one may be given again."""
RUNNING = ("running", "paused")
"""States of a container whose processes are there."""
ENDED_BY_HAND = frozenset({None, 0, 130, 137, 143})
"""Exit codes of what was told to stop: by itself, or by SIGINT, SIGKILL, SIGTERM."""
JUST_STARTED = 20.0
"""Seconds within which the hub has heard of a start; what runs then without it just runs."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a container ended, as its last inspection told."""

    exit_code: int | None = None
    oom_killed: bool = False
    at: float | None = None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One workspace; times in seconds since the epoch, memory in bytes.

    ``gpus`` are those it holds now, ``wanted`` what it asks for; ``url`` opens it, '' where
    it has no address of the hub's.  ``place`` is where it stands in line (0: its turn has
    come).  ``why`` says in English why it is not running where that was not its owner's
    wish, '' otherwise.
    """

    owner: str
    name: str
    kind: Kind
    title: str
    state: State
    image: str
    gpus: tuple[str, ...] = ()
    wanted: str = ""
    cpus: str = ""
    memory: int | None = None
    ports: tuple[PortMapping, ...] = ()
    url: str = ""
    created: float | None = None
    lease_ends: float | None = None
    place: int | None = None
    turn: float | None = None
    why: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    last_activity: float | None = field(default=None, compare=False)
    used: Used | None = field(default=None, compare=False)
    """What it uses while it runs, as far as that is known: it changes all the time."""
    believed_up: bool = field(default=False, compare=False)
    """Whether the hub takes its server for running."""

    @property
    def key(self) -> Key:
        """Owner and name."""
        return self.owner, self.name

    @property
    def reference(self) -> str:
        """``OWNER/NAME``."""
        return f"{self.owner}/{self.name}"

    @property
    def server(self) -> str:
        """The hub's name of it: '' for the default one."""
        return naming.server_name(self.name)

    @property
    def is_up(self) -> bool:
        """Whether it can be stopped."""
        return self.state in ("starting", "running", "paused")


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Everything that the picture is made of.

    ``servers`` are the hub's models by owner and workspace, ``leases`` by the container's
    name, ``places`` the hub's answer about the line, ``failures`` why a start that the
    portal asked for failed, ``starts`` when a container was last seen to start, ``uses`` what
    one used when it was last asked.
    """

    workspaces: Iterable[Workspace] = ()
    servers: Mapping[Key, Mapping[str, Any]] = field(default_factory=dict)
    leases: Mapping[str, LeaseRow] = field(default_factory=dict)
    places: Sequence[Mapping[str, Any]] = ()
    failures: Mapping[Key, str] = field(default_factory=dict)
    ended: Mapping[str, Ended] = field(default_factory=dict)
    starts: Mapping[str, float] = field(default_factory=dict)
    uses: Mapping[str, Used] = field(default_factory=dict)
    now: float = 0.0


def everything(sources: Sources) -> dict[Key, Shown]:
    """Return every workspace that the engine or the hub knows, by owner and name."""
    found = {(one.owner, one.name): one for one in sources.workspaces}
    places = {(str(one["owner"]), str(one["workspace"])): one for one in sources.places}
    keys = sorted({*found, *sources.servers, *places})
    return {
        key: _shown(key, found.get(key), sources.servers.get(key, {}), places.get(key), sources)
        for key in keys
    }


def _shown(
    key: Key,
    workspace: Workspace | None,
    server: Mapping[str, Any],
    place: Mapping[str, Any] | None,
    sources: Sources,
) -> Shown:
    options = {n: v for n, v in (server.get("user_options") or {}).items() if n in REMEMBERED}
    lease = sources.leases.get(workspace.container.name) if workspace else None
    holds = workspace is not None and workspace.holds_gpus
    state = _state(key, workspace, server, place, sources)
    waits = place is not None and state == "waiting"
    return Shown(
        owner=key[0],
        name=key[1],
        kind=workspace.kind if workspace else "hub",
        title=str(server.get("display_name") or "") or key[1],
        state=state,
        image=workspace.image if workspace else _text(options.get("image")),
        gpus=workspace.gpus if workspace and holds else (),
        wanted=_wanted(workspace, options, place),
        cpus=_text(options.get("cpus")),
        memory=_memory(options.get("memory")),
        ports=tuple(port for port in workspace.ports) if workspace else (),
        url=str(server.get("full_url") or server.get("url") or ""),
        created=workspace.container.created if workspace else None,
        lease_ends=lease.ends if lease and holds else None,
        place=int(place["place"]) if place and waits else None,
        turn=place.get("starts") if place and waits else None,
        why=_why(key, workspace, state, sources),
        options=options,
        last_activity=_seconds(server.get("last_activity")),
        used=_used(workspace, sources),
        believed_up=bool(server.get("ready")),
    )


def _state(
    key: Key,
    workspace: Workspace | None,
    server: Mapping[str, Any],
    place: Mapping[str, Any] | None,
    sources: Sources,
) -> State:
    pending, ready = server.get("pending"), bool(server.get("ready"))
    engine = workspace.container.state if workspace else None
    if engine in ("running", "paused", "restarting", "created"):
        assert workspace is not None  # noqa: S101 - it has a state
        return _up(workspace, pending, ready, sources)
    if pending == "spawn":
        return "starting"
    if place is not None and place.get("state") == "waiting":
        return "waiting"
    if engine is None and pending == "stop":
        return "stopping"
    if key in sources.failures or (workspace and _crashed(workspace, sources)):
        return "failed"
    return "stopped" if workspace or server.get("user_options") else "new"


def _up(workspace: Workspace, pending: object, ready: bool, sources: Sources) -> State:
    state = workspace.container.state
    if state in ("restarting", "created"):
        return "starting"
    if pending == "stop":
        return "stopping"
    if state == "paused":
        return "paused"
    if workspace.kind == "standalone" or ready:
        return "running"
    began = sources.starts.get(workspace.container.id)
    is_new = began is not None and sources.now - began < JUST_STARTED
    return "starting" if pending == "spawn" or is_new else "running"


def _crashed(workspace: Workspace, sources: Sources) -> bool:
    ended = sources.ended.get(workspace.container.id)
    if ended is None or workspace.container.state not in ("exited", "dead"):
        return False
    return ended.exit_code not in ENDED_BY_HAND or (ended.oom_killed and ended.exit_code == 137)


def _why(key: Key, workspace: Workspace | None, state: State, sources: Sources) -> str:
    if state != "failed":
        return ""
    if key in sources.failures:
        return sources.failures[key]
    ended = sources.ended.get(workspace.container.id) if workspace else None
    if ended is None:
        return ""
    if ended.oom_killed:
        return "It ran out of memory. Start it again, with more memory if that is allowed."
    return f"It ended by itself with exit code {ended.exit_code}. Start it again."


def _used(workspace: Workspace | None, sources: Sources) -> Used | None:
    if workspace is None or workspace.container.state not in RUNNING:
        return None
    return sources.uses.get(workspace.container.id)


def _wanted(
    workspace: Workspace | None, options: Mapping[str, Any], place: Mapping[str, Any] | None
) -> str:
    if place is not None:
        return _text(place.get("wanted"))
    chosen = _text(options.get("gpus"))
    if chosen in ("", "0") and workspace is not None:
        chosen = str(workspace.gpus_wanted)
    return "" if chosen == "0" else chosen


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(map(str, value))
    return "" if value is None else str(value)


def _memory(value: object) -> int | None:
    if isinstance(value, (list, tuple)):
        value = value[-1] if value else None
    if value in (None, ""):
        return None
    try:
        return parse_memory(value)
    except InvalidOptionError:
        return None


def _seconds(text: object) -> float | None:
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def opened_ports(shown: Shown) -> list[PortMapping]:
    """Return the ports beside the server's own, that a member has asked for."""
    return [port for port in shown.ports if port.container != SERVER_PORT]
