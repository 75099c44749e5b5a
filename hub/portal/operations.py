"""Long work that somebody has asked for: done by a few threads, told by id.

One file an operation below the hub's folder, so that whoever asked can close the browser and
a portal that was started again still tells what became of it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import queue
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from workspace_cli.core.engine import Progress, Report
from workspace_cli.core.errors import (
    BusyError,
    ConflictError,
    LabdockError,
    NotFoundError,
    TooOftenError,
)
from workspace_cli.core.host import Host

log = logging.getLogger("labdock.portal.operations")

State = Literal["queued", "running", "done", "failed"]
Kind = Literal["save", "rollback"]
Work = Callable[[Report], Mapping[str, Any]]
"""What is done: takes where to report its steps, returns its result as JSON knows it."""

WORKERS = 2
WAITING = 4
"""Operations of one member that wait or run at a time."""
KEPT_SECONDS = 7 * 24 * 3600.0
"""How long the end of an operation can be asked for."""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Operation:
    """One operation on a workspace; times since the epoch, ``current`` and ``total`` in bytes.

    ``step`` is what is done now; ``result`` and ``failure`` (status, message, remedy) are what
    it ended with.
    """

    id: str
    owner: str
    workspace: str
    kind: Kind
    created: float
    asked: str = ""
    key: str | None = None
    state: State = "queued"
    step: str = ""
    current: int = 0
    total: int = 0
    finished: float | None = None
    result: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = field(default=())

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed")


class Operations:
    """The operations of one machine and the threads that do them; safe in several threads."""

    def __init__(self, host: Host, workers: int = WORKERS) -> None:
        self._host = host
        self._folder = host.settings.hub_dir / "operations"
        self._lock = threading.Lock()
        self._known: dict[str, Operation] = {}
        self._queue: queue.Queue[tuple[str, Work] | None] = queue.Queue()
        self._workers = workers
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Read what an earlier portal has left, and begin to work."""
        for one in self._read():
            self._known[one.id] = one
            if not one.ended:
                self._end(one.id, failure=_interrupted())
        self._threads = [
            threading.Thread(target=self._serve, daemon=True) for _ in range(self._workers)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 2.0) -> None:
        """Begin nothing new, and give what is under way a moment to end."""
        with suppress(queue.Empty):
            while True:
                taken = self._queue.get_nowait()
                if taken is not None:
                    self._end(taken[0], failure=_interrupted())
        for _ in self._threads:
            self._queue.put(None)
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def begin(
        self,
        owner: str,
        workspace: str,
        kind: Kind,
        work: Work,
        *,
        asked: Mapping[str, Any],
        key: str | None = None,
    ) -> Operation:
        """Queue work on a workspace (OWNER/NAME) for a member, and return it.

        The same ``key`` with the same ``asked`` is the same operation again; with another it
        raises ConflictError.  Raises BusyError where one on the workspace is under way,
        TooOftenError where the member has too many.
        """
        digest = _digest(workspace, kind, asked)
        with self._lock:
            if (before := self._of_key(owner, key)) is not None:
                if before.asked != digest:
                    raise ConflictError(
                        "This idempotency key was used for something else.", "Use a new key."
                    )
                return before
            self._check_free(owner, workspace)
            made = Operation(
                uuid.uuid4().hex, owner, workspace, kind, self._host.clock(), digest, key
            )
            self._forget_old()
            self._known[made.id] = made
        self._write(made)
        self._queue.put((made.id, work))
        return made

    def find(self, operation_id: str, owner: str | None = None) -> Operation:
        """Return an operation, with ``owner`` only one of theirs; NotFoundError otherwise."""
        with self._lock:
            found = self._known.get(operation_id) if _ID.fullmatch(operation_id) else None
        if found is None or owner not in (None, found.owner):
            raise NotFoundError("There is no operation of this id.", "Ask for the work again.")
        return found

    def under_way(self, workspace: str) -> Operation | None:
        """Return what is being done with a workspace (OWNER/NAME), None where nothing is."""
        with self._lock:
            return self._busy_with(workspace)

    def _busy_with(self, workspace: str) -> Operation | None:
        rows = (one for one in self._known.values() if one.workspace == workspace)
        return next((one for one in rows if not one.ended), None)

    def _of_key(self, owner: str, key: str | None) -> Operation | None:
        if key is None:
            return None
        rows = (one for one in self._known.values() if one.owner == owner and one.key == key)
        return next(rows, None)

    def _check_free(self, owner: str, workspace: str) -> None:
        busy = self._busy_with(workspace)
        if busy is not None:
            raise BusyError(
                f"{workspace} is being saved or made anew already.",
                "Wait until that has ended.",
            )
        waiting = [one for one in self._known.values() if one.owner == owner and not one.ended]
        if len(waiting) >= WAITING:
            raise TooOftenError(
                "You have asked for much already that is not done yet.",
                "Wait until some of it has ended.",
                seconds=30,
            )

    def _forget_old(self) -> None:
        oldest = self._host.clock() - KEPT_SECONDS
        for one in [one for one in self._known.values() if (one.finished or oldest) < oldest]:
            del self._known[one.id]
            with suppress(OSError):
                (self._folder / f"{one.id}.json").unlink(missing_ok=True)

    # the threads ----------------------------------------------------------
    def _serve(self) -> None:
        while (taken := self._queue.get()) is not None:
            self._do(*taken)

    def _do(self, operation_id: str, work: Work) -> None:
        self._change(operation_id, keep=True, state="running")
        try:
            result = work(lambda progress: self._report(operation_id, progress))
        except LabdockError as exc:
            if exc.http_status >= 500:
                log.warning("%s", exc)
            self._end(operation_id, failure=_failure(exc))
        except Exception:
            log.exception("An operation failed")
            self._end(operation_id, failure=_unforeseen())
        else:
            self._end(operation_id, result=result)

    def _report(self, operation_id: str, progress: Progress) -> None:
        if progress.warning:
            said = self.find(operation_id).warnings
            self._change(operation_id, warnings=(*said, progress.text)[-20:])
            return
        self._change(
            operation_id, step=progress.text, current=progress.current, total=progress.total
        )

    def _end(
        self,
        operation_id: str,
        *,
        result: Mapping[str, Any] | None = None,
        failure: Mapping[str, Any] | None = None,
    ) -> None:
        self._change(
            operation_id,
            keep=True,
            state="failed" if failure else "done",
            finished=self._host.clock(),
            result=result,
            failure=failure,
        )

    def _change(self, operation_id: str, *, keep: bool = False, **fields: Any) -> None:
        with self._lock:
            changed = self._known[operation_id] = replace(self._known[operation_id], **fields)
        if keep:
            self._write(changed)

    # the files ------------------------------------------------------------
    def _write(self, one: Operation) -> None:
        path = self._folder / f"{one.id}.json"
        # On a full disk it is known to this portal alone.
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(asdict(one)), encoding="utf-8")
            fresh.replace(path)

    def _read(self) -> list[Operation]:
        found = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError, ValueError, TypeError):
                row = json.loads(path.read_text(encoding="utf-8"))
                found.append(Operation(**{**row, "warnings": tuple(row.get("warnings", ()))}))
        return found


def _digest(workspace: str, kind: str, asked: Mapping[str, Any]) -> str:
    whole = json.dumps([workspace, kind, dict(asked)], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()


def _failure(exc: LabdockError) -> dict[str, Any]:
    return {"status": exc.http_status, "message": exc.message, "remedy": exc.remedy}


def _interrupted() -> dict[str, Any]:
    exc = LabdockError(
        "The portal was stopped meanwhile.", "Look whether it is done, or try again."
    )
    return _failure(exc)


def _unforeseen() -> dict[str, Any]:
    exc = LabdockError("Something went wrong in the portal.", "Try again, or ask an admin.")
    return _failure(exc)
