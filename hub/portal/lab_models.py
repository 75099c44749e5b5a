"""What goes in and comes out of announcements, audit, reservations, notices and ports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from workspace_cli.core.announcements import LONGEST_TEXT

Time = Annotated[str, Field(description="ISO 8601, UTC.")]
Moment = Annotated[AwareDatetime, Field(description="ISO 8601 with an offset, or Z.")]
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]


class AnnouncementOut(BaseModel):
    """A text for everybody; while one with `maintenance` is shown only admins start anything."""

    id: str
    text: str
    korean: str
    maintenance: bool
    made_by: str
    created: Time | None
    ends: Time | None


class AnnouncementsPage(BaseModel):
    """Some announcements, maintenance first; ``next`` goes into ``after``."""

    items: list[AnnouncementOut]
    next: str | None


class AnnouncementIn(BaseModel):
    """What everybody is told, in English and, where it is given, in Korean."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    korean: Text = ""
    ends: Moment
    maintenance: bool = False


class AuditOut(BaseModel):
    """One thing that somebody did."""

    id: str
    at: Time | None
    actor: str
    action: str
    subject: str
    detail: str


class AuditPage(BaseModel):
    """Some of what was done, the newest first; ``next`` goes into ``after``."""

    items: list[AuditOut]
    next: str | None


class ReservationOut(BaseModel):
    """GPUs that are kept for a group or a member."""

    id: str
    gpus: list[str]
    group: str | None
    owner: str | None
    begins: Time | None
    ends: Time | None
    made_by: str
    note: str


class ReservationsPage(BaseModel):
    """Some reservations, by their begin; ``next`` goes into ``after``."""

    items: list[ReservationOut]
    next: str | None


class ReservationIn(BaseModel):
    """Which GPUs (`2`, `all`, `H100:1`, UUIDs) for whom: one of `group` and `owner`."""

    model_config = ConfigDict(extra="forbid")

    gpus: Annotated[str, Field(min_length=1, max_length=1000)]
    group: Annotated[str | None, Field(max_length=255)] = None
    owner: Annotated[str | None, Field(max_length=64)] = None
    begins: Moment | None = None
    ends: Moment
    note: Annotated[str, Field(max_length=200)] = ""


class NoticeOut(BaseModel):
    """Something that you should know, in your language; ``answers`` are what it offers."""

    id: str
    text: str
    level: str
    answers: list[str]


class NoticesPage(BaseModel):
    """Some notices, the newest first; ``next`` goes into ``after``."""

    items: list[NoticeOut]
    next: str | None


class NoticeIn(BaseModel):
    """What the owners of some workspaces, each named as OWNER/NAME, are told."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=1000)]
    workspaces: Annotated[
        list[Annotated[str, Field(pattern=r"^[^/\x00]+/[^/\x00]+$", max_length=200)]],
        Field(min_length=1, max_length=200),
    ]


class ToldOut(BaseModel):
    """Who was told."""

    owners: list[str]


class PortOut(BaseModel):
    """A port of a workspace: on which port of the machine it is mapped, and where it opens."""

    workspace: str
    port: int
    host: int | None
    url: str | None


class PortsPage(BaseModel):
    """Some ports of workspaces that run; ``next`` goes into ``after``."""

    items: list[PortOut]
    next: str | None


class PortShareOut(BaseModel):
    """A port that its owner lets another member open; `url` is the path for it."""

    id: str
    owner: str
    workspace: str
    port: int
    member: str
    created: Time | None
    ends: Time | None
    url: str


class PortSharesPage(BaseModel):
    """Some shared ports; ``next`` goes into ``after``."""

    items: list[PortShareOut]
    next: str | None


class PortShareIn(BaseModel):
    """Which port of which workspace another member may open, and for how long."""

    model_config = ConfigDict(extra="forbid")

    workspace: Annotated[str, Field(min_length=1, max_length=64)]
    port: Annotated[int, Field(ge=1, le=65535)]
    member: Annotated[str, Field(min_length=1, max_length=64)]
    seconds: Annotated[int, Field(ge=60, le=30 * 86400)] = 7200


class MessageOut(BaseModel):
    """What came of it, in words."""

    message: str


class WayBackOut(BaseModel):
    """What a workspace that does not start can be made anew from; null where there is nothing.

    Start it with `options` to go there.
    """

    image: str | None
    title: str
    options: dict[str, str | bool]


Answer = Literal["extend", "keep", "dismiss"]


def seconds(moment: datetime | None) -> float | None:
    """Return a moment in seconds since the epoch."""
    return None if moment is None else moment.timestamp()
