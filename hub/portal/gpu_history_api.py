"""``/gpus/history``: how the GPUs were used and who held them, as far as whoever asks may know."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from hub.portal import gpu_history_view, problems
from hub.portal.access import MEMBERS, Member, Parts, only
from hub.portal.callers import Caller
from hub.portal.gpu_history_view import GpuLine, HolderLine, WindowName
from hub.portal.times import iso
from hub.portal.workspaces_models import Time
from workspace_cli.core.gpu_history import LineSlot, Slot

router = APIRouter(tags=["machine"])


class StepOut(BaseModel):
    """A step: `minutes` that were looked at, average and highest use in percent, bytes in use.

    `held` is the share of these minutes (0 to 1) in which somebody had it.
    """

    begins: Time
    minutes: int
    utilisation: float | None
    highest: float | None
    used: int | None
    held: float

    @classmethod
    def of(cls, one: Slot) -> StepOut:
        """Return a step as the API tells it."""
        return cls(
            begins=str(iso(one.begins)),
            minutes=one.minutes,
            utilisation=_short(one.mean),
            highest=one.highest,
            used=int(one.used) if one.used is not None else None,
            held=round(one.held / one.minutes, 3),
        )


class SpanOut(BaseModel):
    """Somebody had it; `holder` is null where that is not yours to know."""

    holder: str | None
    begins: Time
    ends: Time


class GpuHistoryOut(BaseModel):
    """One GPU: steps in order, those that nobody looked at left out; memory in bytes."""

    id: str
    index: int | None
    model: str
    memory: int | None
    steps: list[StepOut]
    holdings: list[SpanOut]


class HolderHistoryOut(BaseModel):
    """What a workspace, or a container that was started by hand, held over all GPUs.

    `idle` is the share (0 to 1) of the time in which its GPUs were idle, `utilisation` how
    busy they were in percent.
    """

    holder: str
    owner: str | None
    gpus: int
    gpu_hours: float
    utilisation: float | None
    idle: float | None

    @classmethod
    def of(cls, one: HolderLine) -> HolderHistoryOut:
        """Return a holder as the API tells it."""
        return cls(
            holder=one.total.holder,
            owner=one.total.owner or None,
            gpus=one.gpus,
            gpu_hours=round(one.hours, 2),
            utilisation=_short(one.mean),
            idle=round(one.idle, 3) if one.idle is not None else None,
        )


class LineOut(BaseModel):
    """How many waited for GPUs in a step."""

    begins: Time
    waiting: float
    highest: int

    @classmethod
    def of(cls, one: LineSlot) -> LineOut:
        """Return a step as the API tells it."""
        return cls(begins=str(iso(one.begins)), waiting=round(one.mean, 2), highest=one.waiting_max)


class HistoryOut(BaseModel):
    """A window in steps of `step` seconds."""

    begins: Time
    ends: Time
    step: int
    gpus: list[GpuHistoryOut]
    lab: list[StepOut]
    holders: list[HolderHistoryOut]
    line: list[LineOut]


@router.get(
    "/gpus/history",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 422, 503),
)
def show_history(
    who: Member,
    parts: Parts,
    window: Annotated[WindowName, Query(description="How far to look back.")] = "day",
) -> HistoryOut:
    """Show how busy the GPUs were; who held them is told to admins, and to others their own."""
    found = gpu_history_view.load(parts.host, gpu_history_view.WINDOWS[window])
    return HistoryOut(
        begins=str(iso(found.begin)),
        ends=str(iso(found.end)),
        step=found.step,
        gpus=[_gpu(one, who) for one in found.gpus],
        lab=[StepOut.of(one) for one in found.lab],
        holders=[
            HolderHistoryOut.of(one) for one in found.holders if _may_know(who, one.total.owner)
        ],
        line=[LineOut.of(one) for one in found.line],
    )


def _gpu(one: GpuLine, who: Caller) -> GpuHistoryOut:
    return GpuHistoryOut(
        id=one.gpu.gpu,
        index=one.gpu.position,
        model=one.gpu.model,
        memory=one.gpu.memory,
        steps=[StepOut.of(step) for step in one.steps],
        holdings=[
            SpanOut(
                holder=span.holder if _may_know(who, span.owner) else None,
                begins=str(iso(span.begins)),
                ends=str(iso(span.ends)),
            )
            for span in one.spans
        ],
    )


def _may_know(who: Caller, owner: str) -> bool:
    return who.administers or owner == who.name


def _short(value: float | None) -> float | None:
    return round(value, 1) if value is not None else None
