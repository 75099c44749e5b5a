"""The admins' page of how GPUs were used over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from hub import languages
from hub.portal import charts, gpu_history_view
from hub.portal.access import ADMINS, Parts, only
from hub.portal.admin_pages import AdminReader
from hub.portal.charts import COLOURS, PER_CENT, Bar, Chart
from hub.portal.gpu_history_view import GpuLine, History, Span, WindowName
from hub.portal.pages import page
from hub.templating import moment
from workspace_cli.core.gpu_history import LineSlot, Slot
from workspace_cli.core.policy import Idle

USUAL = Idle().gpu_percent
"""Per cent below which a GPU is idle, where the hub has not said."""

router = APIRouter(prefix="/lab/gpus", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class Drawing:
    """What is inside a chart's ``<svg>``, and how high it is in pixels."""

    shapes: Markup
    height: int


class Drawings:
    """Draws a history for one reader."""

    def __init__(self, history: History, zone: str, language: str) -> None:
        self._chart = Chart(history.begin, history.end, history.step, zone, language)
        self._zone = zone
        ranked = sorted(history.holders, key=lambda one: (-one.hours, one.total.holder))
        self._colours: Mapping[str, int] = {
            one.total.holder: number for number, one in enumerate(ranked[:COLOURS], start=1)
        }

    def gpu(self, one: GpuLine) -> Drawing:
        """Return a GPU's use, and below it the band of who had it."""
        rows = [[self._bar(span) for span in row] for row in gpu_history_view.lanes(one.spans)]
        peaks = [(step.begins, step.highest) for step in one.steps]
        shapes = self._chart.draw(PER_CENT, _means(one.steps), [("peak", peaks)], rows)
        return Drawing(shapes, Chart.height(len(rows)))

    def lab(self, steps: Sequence[Slot]) -> Drawing:
        """Return the use of all GPUs together, and the share of them that was held."""
        held = [(step.begins, 100.0 * step.held / step.minutes) for step in steps]
        shapes = self._chart.draw(PER_CENT, _means(steps), [("peak", held)])
        return Drawing(shapes, Chart.height())

    def line(self, slots: Sequence[LineSlot]) -> Drawing:
        """Return how many waited."""
        means = [(slot.begins, slot.mean) for slot in slots]
        most = [(slot.begins, float(slot.waiting_max)) for slot in slots]
        scale = charts.count_scale(max((slot.waiting_max for slot in slots), default=0))
        return Drawing(self._chart.draw(scale, means, [("peak", most)]), Chart.height())

    def at(self, seconds: int) -> str:
        """Write a moment as a table has it: short, in the lab's time zone."""
        return self._chart.short(seconds)

    def _bar(self, span: Span) -> Bar:
        times = (
            moment(datetime.fromtimestamp(at, UTC), self._zone) for at in (span.begins, span.ends)
        )
        told = f"{span.holder}: {' – '.join(times)}"
        return Bar(span.begins, span.ends, span.holder, told, self._colours.get(span.holder, 0))


def _means(steps: Sequence[Slot]) -> list[tuple[int, float | None]]:
    return [(step.begins, step.mean) for step in steps]


@router.get("", openapi_extra=only(ADMINS))
def gpus_page(
    request: Request,
    who: AdminReader,
    parts: Parts,
    window: Annotated[WindowName, Query()] = "day",
) -> Response:
    """Show how busy each GPU was, who had it, who held idle ones, and how many waited."""
    history = gpu_history_view.load(parts.host, gpu_history_view.WINDOWS[window])
    gpus = parts.live.board.picture.gpus
    held = [str(holder["name"]) for one in gpus for holder in one["holders"]]
    zone = parts.host.settings.timezone
    return page(
        request,
        "portal/gpus.html",
        who,
        window=window,
        windows=gpu_history_view.WINDOW_NAMES,
        history=history,
        draw=Drawings(history, zone, languages.current.get()),
        has_now={name: held.count(name) for name in set(held)},
        idle_below=next((one["idle_below"] for one in gpus if "idle_below" in one), USUAL),
        timezone=zone,
    )
