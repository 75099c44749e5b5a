"""Saves what a container has changed as one more layer on what is saved already.

The engine's own commit stores a container's whole layer each time, with everything in
it.  It is right for a first save with nothing to leave out.  Otherwise the difference is
written into the layer of a container that is never started and stands on what was saved
before (``layer_target.py``), and that one is committed: nothing has its folder mounted,
and the engine reads it only then.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from workspace_cli.core import clean_image, compiling, labels, layer_flatten, saving
from workspace_cli.core.clean_image import Description, archive, clean_config, remove_if_there
from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import CommitFailedError, InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.layer_ground import Ground, ground, told_clock
from workspace_cli.core.layer_target import (
    Hold,
    let_go_on,
    target,
    unfinished,
)
from workspace_cli.core.layer_worker import work
from workspace_cli.core.models import Container, Image
from workspace_cli.core.waiting import finished


@dataclass(frozen=True)
class Kept:
    """The image that was made, and for how many seconds the container was paused."""

    image: Image
    paused: float


@dataclass(frozen=True)
class _Layers:
    layers: tuple[str, ...]
    labels: Mapping[str, str]
    paused: float


@dataclass(frozen=True)
class _Plan:
    """What is written (``sources``), on which layers; lists of folders from the highest.

    ``saved`` hold a part of it already since ``clock``; ``below`` are under both.
    """

    bottom: tuple[str, ...]
    sources: tuple[str, ...]
    below: tuple[str, ...]
    saved: tuple[str, ...] = ()
    clock: Mapping[str, Any] | None = None


def save_layer(
    host: Host,
    container: Container,
    description: Description,
    *,
    leave_out: Sequence[str] | None = None,
    pause: bool = True,
    report: Report | None = None,
) -> Kept:
    """Save a container's writable layer under a reference.

    ``leave_out`` are paths inside, without a slash before them; None keeps even what
    else is always left out.  A running container is held while its files are copied,
    even without ``pause``; that only the engine's own commit does without.  Raises
    BusyError, CommitFailedError, DiskFullError, and InvalidOptionError where a path
    belongs to the image on offer.  Interrupted or failed, it leaves no image behind.
    """
    clean_image.check_store(host)
    key = saving.key_of(container.id)
    with (
        saving.alone(host, key, container.name, description.created_by),
        ExitStack() as leftovers,
    ):
        if saving.is_marked_paused(host, container.id):
            let_go_on(host, container.id)
            container = host.engine.container(container.id)
        parent = host.engine.image(container.image_id)
        save = _Save(host, container, parent, key, leftovers, report)
        found = save.keep(leave_out, pause)
        _tell(report, "Writing the image")
        told = replace(description, labels={**description.labels, **found.labels})
        config = clean_config(parent, found.layers, told, host.clock())
        data = archive(config, description.reference)
        finished(lambda: host.engine.load(io.BytesIO(data)))
        return Kept(host.engine.image(description.reference), found.paused)


class _Save:
    """One save; what it makes on its way has gone when ``leftovers`` is closed."""

    def __init__(
        self,
        host: Host,
        container: Container,
        parent: Image,
        key: str,
        leftovers: ExitStack,
        report: Report | None,
    ) -> None:
        self._host, self._container, self._parent = host, container, parent
        self._key, self._leftovers, self._report = key, leftovers, report

    def keep(self, leave_out: Sequence[str] | None, pause: bool) -> _Layers:
        """Save the layer in the way that stores least."""
        found = ground(self._host, self._container, self._parent)
        if found is None:
            if leave_out:
                raise CommitFailedError(
                    "This engine's store gives nothing to leave files out by.",
                    "Delete them in the workspace, then save.",
                )
            return self._plainly({}, pause)
        seen = self._scan(found, leave_out)
        if seen["in_base"]:
            named = ", ".join(f"/{path}" for path in seen["in_base"])
            raise InvalidOptionError(
                f"{named} cannot be left out: it belongs to the image that this was made from.",
                "Save without leaving it out, or begin with another image.",
            )
        if leave_out is not None:
            compiling.compile_missing(self._host, self._container, seen["uncompiled"], self._report)
        plan = _plan(found, seen)
        if plan is None:
            return self._plainly(_labels(found, seen, self._container), pause)
        return self._written(found, plan, seen, leave_out is not None)

    def _scan(self, found: Ground, leave_out: Sequence[str] | None) -> dict[str, Any]:
        saved = found.last.folders if found.last else ()
        return work(
            self._host,
            {
                "do": "layer_program.scan",
                "read": [found.upper, *found.own, *found.below, *saved],
                "upper": found.upper,
                "own": found.own,
                "base": found.below,
                "saved": saved,
                "leave_out": leave_out or (),
                "junk": leave_out is not None,
            },
        )

    def _plainly(self, told: Mapping[str, str], pause: bool) -> _Layers:
        """Let the engine commit the container itself."""
        _tell(self._report, "Saving the container's layer")
        # The engine would pause it without a look at what is just being started in it.
        with Hold(self._host, self._container) as hold:
            if pause:
                hold.pause()
            layers = self._commit(self._container.id)
        return self._checked(layers, told, hold.seconds)

    def _written(self, found: Ground, plan: _Plan, seen: Mapping[str, Any], junk: bool) -> _Layers:
        """Write what the plan says into a layer of its own, and commit that."""
        with target(self._host, self._parent, plan.bottom, self._key) as (name, upper):
            _tell(self._report, "Saving what changed")
            with Hold(self._host, self._container) as hold:
                stored = work(self._host, _store_job(plan, upper, seen, junk), ready=hold.pause)
            if "doubt" not in stored:
                _tell(self._report, "Saving the container's layer")
                fresh = stored["stored"] or not plan.bottom
                layers = self._commit(name) if fresh else (plan.bottom, "")
                told = _labels(found, stored, self._container)
                return self._checked(layers, told, hold.seconds)
        # Nothing may be built on the last save: everything is stored once more.
        again = _plan(replace(found, last=None), {**seen, "in_upper": True})
        assert again is not None  # noqa: S101 - only a plain commit has no plan
        return self._written(found, again, seen, junk)

    def _commit(self, name: str) -> tuple[tuple[str, ...], str]:
        """Commit a container, which is held already; return the image's layers and its name."""
        reference = unfinished(self._host, self._key)
        self._leftovers.callback(remove_if_there, self._host, reference)
        finished(lambda: self._host.engine.commit(name, pause=False, reference=reference))
        return self._host.engine.image(reference).layers, reference

    def _checked(
        self, made: tuple[tuple[str, ...], str], told: Mapping[str, str], paused: float
    ) -> _Layers:
        """Make one layer of too many: where the image on offer itself has so many."""
        layers, reference = made
        if len(layers) < clean_image.MOST_LAYERS or not reference:
            return _Layers(layers, told, paused)
        layers = layer_flatten.export_whole(
            self._host, reference, self._key, self._leftovers, self._report
        )
        return _Layers(layers, {**told, labels.BASE_LAYERS: "0"} if told else told, paused)


def _plan(found: Ground, seen: Mapping[str, Any]) -> _Plan | None:
    """Decide what to build upon; None is the engine's own commit of the container."""
    parent, last = found.parent.layers, found.last
    every = (found.upper, *found.own)
    anew = _Plan(found.lab, every, found.below)
    if last and not seen["in_saved"] and len(last.layers) + 1 < clean_image.MOST_LAYERS:
        if last.on_parent and not seen["in_own"]:
            below = (*found.own, *found.below)
            return _Plan(last.layers, (found.upper,), below, last.folders, last.clock)
        if not last.on_parent:
            return _Plan(last.layers, every, found.below, last.folders, last.clock)
    deep = len(parent) + 1 >= clean_image.MOST_LAYERS
    if found.own and (seen["in_own"] or deep):
        return anew
    whole = _Plan(parent, (found.upper,), (*found.own, *found.below))
    return whole if seen["in_upper"] else None


def _store_job(plan: _Plan, upper: str, seen: Mapping[str, Any], junk: bool) -> dict[str, Any]:
    clock = plan.clock or {"read": 0, "offset": 0, "boot": ""}
    return {
        "do": "layer_program.store",
        "read": [*plan.sources, *plan.saved, *plan.below],
        "write": upper,
        "sources": plan.sources,
        "saved": plan.saved,
        "below": plan.below,
        "leave_out": [*seen["leave_out"], *seen["driver"]],
        "junk": junk,
        "since": clock["read"],
        "offset": clock["offset"],
        "boot": clock["boot"],
    }


def _labels(found: Ground, clock: Mapping[str, Any], container: Container) -> dict[str, str]:
    return {
        labels.BASE_LAYERS: str(found.lab_layers),
        labels.CONTAINER: container.id,
        labels.READ: told_clock(clock),
    }


def _tell(report: Report | None, text: str) -> None:
    if report:
        report(Progress(text))
