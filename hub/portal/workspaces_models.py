"""What goes in and comes out of ``/workspaces``, ``/gpus``, ``/queue`` and ``/disk``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from hub.portal.shown import Shown, State
from hub.portal.times import iso

Time = Annotated[str, Field(description="ISO 8601, UTC.")]


class PlaceOut(BaseModel):
    """Where a workspace stands in line: 1 is next, 0 that its turn has come."""

    place: int
    starts: Time | None


class Figures(BaseModel):
    """What a workspace used at the last look: bytes, processor seconds since its start.

    `cpus_used` is how many processors it was busy on of late; null where it does not run or
    is not known yet, `memory_limit` also where the machine is all the limit there is.
    """

    memory_used: int | None = None
    memory_limit: int | None = None
    cpu_seconds: float | None = None
    cpus_used: float | None = None

    @staticmethod
    def figures(one: Shown) -> dict[str, Any]:
        """Return the figures of a workspace by their names."""
        used = one.used
        if used is None:
            return {}
        return {
            "memory_used": used.memory,
            "memory_limit": used.limit,
            "cpu_seconds": round(used.cpu_seconds, 2),
            "cpus_used": None if used.cpus is None else round(used.cpus, 2),
        }


class UseOut(Figures):
    """What one workspace uses now, as the events tell it."""

    owner: str
    name: str

    @classmethod
    def of(cls, one: Shown) -> UseOut:
        """Return it of a workspace."""
        return cls(owner=one.owner, name=one.name, **cls.figures(one))


class WorkspaceShown(Figures):
    """One workspace.

    `gpus` are those it holds now, `wanted` what it asks for; `ports` are `HOST:CONTAINER`,
    `memory` is what was asked for in bytes, null where the usual is given.  `url` opens it.
    """

    owner: str
    name: str
    kind: Literal["hub", "standalone"]
    title: str
    state: State
    image: str
    cpus: str
    memory: int | None
    gpus: list[str]
    wanted: str
    ports: list[str]
    url: str
    created: Time | None
    last_activity: Time | None
    lease_ends: Time | None
    queue: PlaceOut | None
    why: str
    operation: str | None = None

    @classmethod
    def of(cls, one: Shown, operation: str | None = None) -> WorkspaceShown:
        """Return a workspace as the API tells it."""
        place = PlaceOut(place=one.place, starts=iso(one.turn)) if one.place is not None else None
        return cls(
            **{
                name: getattr(one, name)
                for name in ("owner", "name", "kind", "title", "state", "image", "cpus", "memory")
            },
            gpus=list(one.gpus),
            wanted=one.wanted,
            ports=[f"{port.host}:{port.container}" for port in one.ports],
            url=one.url,
            created=iso(one.created),
            last_activity=iso(one.last_activity),
            lease_ends=iso(one.lease_ends),
            queue=place,
            why=one.why,
            operation=operation,
            **cls.figures(one),
        )


class WorkspacePage(BaseModel):
    """Some workspaces; `next` goes into `after`, null at the end."""

    items: list[WorkspaceShown]
    total: int
    next: str | None


class StartIn(BaseModel):
    """What a start is asked for; what is left out is as it was at the last start."""

    model_config = ConfigDict(extra="forbid")

    options: Annotated[
        dict[str, JsonValue] | None,
        Field(
            max_length=16,
            description="image, cpus, memory, shm_size, pids, gpus, ports, wait, replace_image, "
            "fresh, safe_mode: as the hub takes them.",
        ),
    ] = None
    profile: Annotated[
        str | None,
        Field(
            max_length=100,
            description="The name of a profile that you may start from, `lab:NAME` for one of "
            "the lab's; `options` go before what it says.",
        ),
    ] = None


class ExtendedOut(BaseModel):
    """When the lease ends now."""

    message: str
    lease_ends: Time | None


class HolderOut(BaseModel):
    """Who has a GPU; `owner` is null for a container that somebody started by hand."""

    name: str
    owner: str | None
    workspace: str | None
    since: Time | None
    until: Time | None


class GpuOut(BaseModel):
    """One GPU; bytes, percent and °C, null where the driver does not tell."""

    id: str
    index: int | None
    slice: int | None
    model: str
    memory: int
    used: int | None
    utilisation: int | None
    temperature: int | None
    state: str
    why: str
    seats: int
    holders: list[HolderOut]

    @classmethod
    def of(cls, model: dict[str, Any]) -> GpuOut:
        """Return a GPU as the hub told of it."""
        holders = [
            HolderOut(**{**one, "since": iso(one["since"]), "until": iso(one["until"])})
            for one in model["holders"]
        ]
        return cls(**{**model, "holders": holders})


class GpusOut(BaseModel):
    """All GPUs of the machine."""

    items: list[GpuOut]


class QueueEntryOut(BaseModel):
    """One place in the line; `barred`: has as many GPUs as the policy allows."""

    owner: str
    workspace: str
    wanted: str
    asked: Time | None
    state: Literal["waiting", "granted"]
    place: int
    starts: Time | None
    barred: bool


class QueueOut(BaseModel):
    """The whole line, in its order."""

    items: list[QueueEntryOut]


class DiskOut(BaseModel):
    """What one member takes up, in bytes, as it was last measured; null where it never was."""

    owner: str
    level: str
    soft: int | None
    hard: int | None
    total: int | None
    measured: Time | None
    home: int | None
    layers: dict[str, int]
    environments: dict[str, int]
    caches: dict[str, int]
