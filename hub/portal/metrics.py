"""``/metrics``: what Prometheus asks for, of workspaces, GPUs, the line, disk and the portal.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from hub.portal import problems
from hub.portal.access import ADMINS, Member, Parts, only
from hub.portal.board import Picture
from hub.portal.portal import Portal
from hub.portal.shown import State
from workspace_cli.core import disk
from workspace_cli.core.errors import NotAllowedError

SCOPE = "read:metrics"

router = APIRouter(tags=["machine"])


@router.get(
    "/metrics",
    openapi_extra=only(ADMINS),
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {}}, "description": "Prometheus' text format"},
        **problems.answers(401, 403, 503),
    },
)
def show_metrics(who: Member, parts: Parts, request: Request) -> Response:
    """Show figures for Prometheus; an admin's token with the scope `read:metrics` is enough."""
    if not (who.administers or (who.role == "admin" and SCOPE in who.scopes)):
        raise NotAllowedError("Only admins read the metrics.", "Ask an admin.")
    registry = CollectorRegistry()
    registry.register(_Lab(parts))
    ProcessCollector(namespace="labdock_portal", registry=registry)
    text = generate_latest(registry) + generate_latest(request.app.state.times.registry)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Lab(Collector):
    """The figures of one portal, read from the picture that it keeps."""

    def __init__(self, parts: Portal) -> None:
        self._parts = parts

    def collect(self) -> Iterable[Metric]:
        """Yield each family."""
        picture = self._parts.live.board.picture
        states = Counter(one.state for one in picture.workspaces.values())
        yield _family(
            "workspaces",
            "Workspaces in each state",
            ("state",),
            {(state,): states[state] for state in get_args(State)},
        )
        yield from _uses(picture)
        yield from _gpus(picture)
        waiting = sum(one["state"] == "waiting" for one in picture.places)
        yield _family("queue_waiting", "Workspaces that wait for GPUs", (), {(): waiting})
        yield from self._disk()
        streams = self._parts.streams.open.total()
        yield _family("portal_streams", "Pages that follow the events", (), {(): streams})
        yield _family(
            "engine_up", "Whether the engine's events are heard", (), {(): picture.engine}
        )
        yield _family("hub_up", "Whether the hub answers the portal", (), {(): picture.hub})

    def _disk(self) -> Iterable[Metric]:
        values = {
            (row.owner, part): size
            for row in disk.read_all(self._parts.host.settings).values()
            for part, size in (
                *(("home", row.home), ("installed", row.installed)),
                ("environments", row.saved),
            )
        }
        yield _family(
            "disk_bytes", "What a member takes up, as last measured", ("owner", "part"), values
        )


def _uses(picture: Picture) -> Iterable[Metric]:
    used = {key: one.used for key, one in picture.workspaces.items() if one.used is not None}
    labels = ("owner", "workspace")
    yield _family(
        "workspace_memory_bytes",
        "Memory that a workspace uses",
        labels,
        {key: one.memory for key, one in used.items()},
    )
    yield _family(
        "workspace_memory_limit_bytes",
        "Memory that a workspace may use, where it has a limit",
        labels,
        {key: one.limit for key, one in used.items() if one.limit is not None},
    )
    seconds = CounterMetricFamily(
        "labdock_workspace_cpu_seconds",
        "Processor time that a workspace has used since it was started",
        labels=labels,
    )
    for key, one in used.items():
        seconds.add_metric(list(key), one.cpu_seconds)
    yield seconds


def _gpus(picture: Picture) -> Iterable[Metric]:
    def of(name: str, part: float = 1.0) -> dict[tuple[str, ...], float]:
        return {
            (str(one["id"]), str(one["model"])): one[name] * part
            for one in picture.gpus
            if one[name] is not None
        }

    labels = ("gpu", "model")
    yield _family("gpu_utilisation_ratio", "How busy a GPU is", labels, of("utilisation", 0.01))
    yield _family("gpu_memory_used_bytes", "Memory of a GPU in use", labels, of("used"))
    yield _family("gpu_memory_bytes", "Memory of a GPU", labels, of("memory"))
    held = {
        (str(one["id"]), str(holder["owner"] or ""), str(holder["name"])): 1.0
        for one in picture.gpus
        for holder in one["holders"]
    }
    yield _family("gpu_held", "Who has a GPU", ("gpu", "owner", "holder"), held)


def _family(
    name: str,
    words: str,
    labels: tuple[str, ...],
    values: Mapping[Any, float],
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"labdock_{name}", words, labels=labels)
    for where, value in values.items():
        family.add_metric(list(where), float(value))
    return family
