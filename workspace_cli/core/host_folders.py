"""Looks at folders of the machine itself, also from the hub's container.

The hub sees the data root and nothing else of the machine.  For a folder elsewhere it
makes a container for one question, which sees the machine's files read-only, has no
network, and is removed with the answer.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from workspace_cli.core import labels, naming
from workspace_cli.core.errors import LabdockError, NotFoundError, StartFailedError
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Mount

IN_CONTAINER = "LABDOCK_IN_CONTAINER"
"""Variable of the hub's container: the machine's folders are elsewhere."""
NAME = "labdock-look"
_LOOK = "look"
_MACHINE = "/machine"
_PROGRAM = "/usr/bin/python3"
Found = Literal["folder", "link", "missing", "other"]


_FRESH = 10.0
"""Seconds for which an answer counts: one start asks several times, some under the lock."""
_answers: dict[str, tuple[float, Found]] = {}


def look(host: Host, paths: Sequence[str]) -> dict[str, Found]:
    """Tell what each absolute path of the machine is; ``link`` where any part of it is one."""
    if not os.environ.get(IN_CONTAINER):
        return {path: find(path) for path in paths}
    below = [path for path in paths if Path(path).is_relative_to(host.settings.root)]
    elsewhere = [path for path in paths if path not in below]
    now = time.monotonic()
    old = [p for p in elsewhere if p not in _answers or now - _answers[p][0] > _FRESH]
    if old:
        _answers.update({path: (now, found) for path, found in _asked(host, old).items()})
    return {path: find(path) for path in below} | {p: _answers[p][1] for p in elsewhere}


def find(path: str, machine: str = "") -> Found:
    """Tell what a path is, where the machine's root is at ``machine``."""
    parts = Path(path).parts[1:]
    for number in range(1, len(parts) + 1):
        try:
            mode = os.lstat("/".join((machine, *parts[:number]))).st_mode
        except OSError:
            return "missing"
        if stat.S_ISLNK(mode):
            return "link"
    return "folder" if parts and stat.S_ISDIR(mode) else "other"


def _asked(host: Host, paths: Sequence[str]) -> dict[str, Found]:
    engine = host.engine
    try:
        image = engine.container(naming.HUB_CONTAINER).image
    except NotFoundError as exc:
        raise StartFailedError(
            "The machine's folders could not be looked at: there is no hub.", "Try again."
        ) from exc
    _remove_dead(host)
    made = engine.create(
        ContainerRequest(
            name=f"{NAME}-{secrets.token_hex(4)}",
            image=image,
            command=("sleep", "60"),
            labels={labels.READER: _LOOK, labels.ROOT: str(host.settings.root)},
            mounts=(Mount("/", _MACHINE, read_only=True),),
            network="none",
            cap_drop=("ALL",),
            cap_add=("DAC_READ_SEARCH",),
            security_opt=("no-new-privileges",),
            stop_timeout=1,
            health_check=False,
        )
    )
    try:
        engine.start(made)
        answer = engine.execute(made, [_PROGRAM, "-I", "-c", _program(), *paths])
    finally:
        with suppress(LabdockError):
            engine.remove(made, force=True)
    try:
        found: dict[str, Found] = json.loads(answer.output)
    except ValueError as exc:
        raise StartFailedError(
            "The machine's folders could not be looked at.", "Try again."
        ) from exc
    return found


def _remove_dead(host: Host) -> None:
    """Remove what a hub that died over a question has left; it ends by itself."""
    for row in host.engine.containers({labels.READER: _LOOK}):
        of_ours = row.labels.get(labels.ROOT) == str(host.settings.root)
        if of_ours and row.state == "exited":
            with suppress(LabdockError):
                host.engine.remove(row.id)


def _program() -> str:
    """Return the question as a program of the standard library alone."""
    import inspect

    return "\n".join(
        (
            "from __future__ import annotations",
            "import json, os, stat, sys",
            "from pathlib import Path",
            inspect.getsource(find),
            f"print(json.dumps({{p: find(p, {_MACHINE!r}) for p in sys.argv[1:]}}))",
        )
    )
