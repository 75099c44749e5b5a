"""A container that is never started, into whose layer a save writes; and the pause for it."""

from __future__ import annotations

import io
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Self

from workspace_cli.core import freezing, labels, saving
from workspace_cli.core.clean_image import (
    archive,
    bare_config,
    flattener_prefix,
    remove_if_there,
    unfinished_prefix,
)
from workspace_cli.core.errors import (
    CommitFailedError,
    ConflictError,
    WorkspaceNotFoundError,
)
from workspace_cli.core.host import Host
from workspace_cli.core.models import Container, ContainerRequest, Image
from workspace_cli.core.waiting import finished, surely


def unfinished(host: Host, key: str) -> str:
    """Return a new name for an image that is not clean yet; ``key`` is the save's lock."""
    now = int(host.clock())
    return f"{unfinished_prefix(host)}{now}-{key}-{secrets.token_hex(6)}"


@contextmanager
def target(host: Host, parent: Image, layers: Sequence[str], key: str) -> Iterator[tuple[str, str]]:
    """Give the name of a container that stands on layers, and the folder of its own layer.

    Its image knows nothing but the layers, so that no volume is made and no label kept.
    Both are gone afterwards.
    """
    base = unfinished(host, key)
    told = {labels.SAVING: key, labels.ROOT: str(host.settings.root)}
    name = f"{flattener_prefix(host)}{key}-{secrets.token_hex(6)}"
    request = ContainerRequest(
        name=name, image=base, command=("true",), labels=told, network="none", health_check=False
    )
    with ExitStack() as made:
        made.callback(remove_if_there, host, base)
        data = archive(bare_config(parent, layers, told), base)
        finished(lambda: host.engine.load(io.BytesIO(data)))
        made.callback(remove_container_if_there, host, name)
        finished(lambda: host.engine.create(request))
        folders = host.engine.layer_folders(name)
        if folders is None:
            raise CommitFailedError("The engine's store has changed meanwhile.", "Try again.")
        yield name, folders.upper


def remove_container_if_there(host: Host, name: str) -> None:
    """Remove a container; nothing happens where it is gone already."""

    def remove() -> None:
        with suppress(WorkspaceNotFoundError):
            host.engine.remove(name, force=True)

    surely(remove)


class Hold:
    """Holds a running container's processes from ``pause`` to the block's end.

    ``seconds`` is how long.  One that is stopped, or that somebody else holds, is left be.
    """

    def __init__(self, host: Host, container: Container) -> None:
        self._host, self._container = host, container
        self._since: float | None = None
        self.seconds = 0.0

    def __enter__(self) -> Self:
        return self

    def pause(self) -> None:
        """Hold them from now on."""
        if self._container.state != "running" or self._since is not None:
            return
        saving.mark_paused(self._host, self._container.id)
        self._since = time.monotonic()
        try:
            finished(lambda: self._host.engine.pause(self._container.id))
        except ConflictError:
            # It has ended, or somebody has paused it: theirs to let go on.
            self._since = None
            saving.forget_paused(self._host, self._container.id)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._since is None:
            return
        surely(lambda: let_go_on(self._host, self._container.id))
        self.seconds = time.monotonic() - self._since


def let_go_on(host: Host, container: str) -> None:
    """Let a container go on that a save holds; where the engine is away, ``reap`` does."""
    with suppress(WorkspaceNotFoundError):
        freezing.unpause(host, container)
    saving.forget_paused(host, container)
