"""A container for one run of a command on what somebody handed in, and nothing of it stays.

It has no network, no capability, nothing to write on but a small folder in memory, and
little of the machine; what goes in is its input, what comes out is its output.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from workspace_cli.core import labels
from workspace_cli.core.engine import STDOUT, AttachedOutput, Engine
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Limits

PREFIX = "labdock-grading-"
NOBODY = "65534:65534"
LARGEST_OUTPUT = 256 * 1024
"""Bytes that are read; a container that writes more is ended."""
SCRATCH = 64 * 1024 * 1024
SLACK = 60.0
"""Seconds after its time-out at which a container counts as a leftover."""
LIMITS = Limits(
    cpus=1.0,
    memory=1024**3,
    pids=128,
    shm_size=64 * 1024 * 1024,
    open_files=1024,
    log_size=1024 * 1024,
    log_files=1,
)


@dataclass(frozen=True)
class Outcome:
    """How a run ended: standard output, standard error, and whether it was cut off, and why."""

    output: bytes
    errors: bytes
    exit_code: int | None
    cut_off: str = ""
    """``late`` (out of time), ``long`` (too much output), ``memory``, ``gone`` (somebody has
    removed the container), or nothing."""


class Throwaway:
    """Makes such containers on one machine; safe in several threads."""

    def __init__(self, host: Host, limits: Limits = LIMITS) -> None:
        self._host = host
        self._limits = limits

    @property
    def _engine(self) -> Engine:
        return self._host.engine

    def run(self, image: str, command: Sequence[str], data: bytes, seconds: float) -> Outcome:
        """Run a command of an image with ``data`` as its input; errors are the engine's."""
        request = self._request(image, command, seconds)
        made = self._engine.create(request)
        try:
            attached = self._engine.attach(made, data)
            return self._follow(made, attached, seconds)
        finally:
            # What cannot be removed now is a leftover, which `reap` removes.
            with suppress(LabdockError):
                self._engine.remove(made, force=True)

    def _request(self, image: str, command: Sequence[str], seconds: float) -> ContainerRequest:
        leftover = self._host.clock() + seconds + SLACK
        return ContainerRequest(
            name=PREFIX + secrets.token_hex(6),
            image=image,
            entrypoint=tuple(command),
            labels={
                labels.GRADING: f"{leftover:.0f}",
                labels.ROOT: str(self._host.settings.root),
            },
            environment={
                # Some images name GPUs in variables of their own.
                "NVIDIA_VISIBLE_DEVICES": "void",
                **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), "/tmp"),  # noqa: S108
                "LESSONS_HOME": "/tmp/lessons",  # noqa: S108
                "OMP_NUM_THREADS": "1",
            },
            network="none",
            user=NOBODY,
            limits=self._limits,
            read_only=True,
            scratch={"/tmp": SCRATCH},  # noqa: S108
            cap_drop=("ALL",),
            security_opt=("no-new-privileges",),
            open_input=True,
            stop_timeout=0,
        )

    def _follow(self, made: str, attached: AttachedOutput, seconds: float) -> Outcome:
        texts = {True: bytearray(), False: bytearray()}
        cut_off = ""
        late = threading.Event()

        def end() -> None:
            late.set()
            # What still writes must not keep the reader waiting.
            attached.close()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            self._engine.start(made)
            for stream, piece in attached:
                texts[stream == STDOUT] += piece
                if sum(map(len, texts.values())) > LARGEST_OUTPUT:
                    cut_off = "long"
                    break
        finally:
            timer.cancel()
            attached.close()
        if late.is_set():
            cut_off = "late"
        if cut_off:
            return Outcome(bytes(texts[True]), bytes(texts[False]), None, cut_off)
        try:
            ended = self._engine.container(made)
        except NotFoundError:
            return Outcome(bytes(texts[True]), bytes(texts[False]), None, "gone")
        cut_off = "memory" if ended.exit_code == 137 and ended.oom_killed else ""
        return Outcome(bytes(texts[True]), bytes(texts[False]), ended.exit_code, cut_off)


def reap(host: Host, *, every: bool = False) -> list[str]:
    """Remove what is left behind; return the containers' names.

    Of ``every`` one: when the portal comes up, those there are were made by one that was
    killed.  Another data root's are none of ours.
    """
    removed = []
    for row in host.engine.containers({labels.GRADING: None, labels.ROOT: str(host.settings.root)}):
        due = row.labels[labels.GRADING]
        if every or not due.isdecimal() or int(due) <= host.clock():
            with suppress(LabdockError):
                host.engine.remove(row.id, force=True)
                removed.append(row.name)
    return removed
