"""What the whole hub shares: the machine, threads for calls that block, the stack's addresses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import ParamSpec, TypeVar

from hub.server_changes import ServerChanges
from workspace_cli.core.host import Host

P = ParamSpec("P")
T = TypeVar("T")

LIFECYCLE_THREADS = 32
"""Starts and stops at once; each waits for the engine nearly all of its time."""
QUICK_THREADS = 8
"""For questions to the engine, so that a poll never waits behind a long commit."""


class Machine:
    """The machine that this hub runs workspaces on."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.proxy_addresses: frozenset[str] = frozenset()
        """The proxy's addresses on every network, as of the last look."""
        self.unused_networks: frozenset[str] = frozenset()
        """Owners' networks that nobody used at the last look for leftovers."""
        self.changes = ServerChanges()
        """Who follows what becomes of servers."""
        self.waiting = 0
        """How many servers are waited for to answer."""

    def __deepcopy__(self, memo: dict[int, object]) -> Machine:
        # traitlets copies what a configuration holds; threads have no copy.
        return self

    @cached_property
    def _lifecycle(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(LIFECYCLE_THREADS, "lifecycle")

    @cached_property
    def _quick(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(QUICK_THREADS, "quick")

    def submit(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Run something long (a start, a stop, a removal) in a thread of its own."""
        future = self._lifecycle.submit(call, *args, **kwargs)
        return asyncio.wrap_future(future)

    async def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return the answer of a short call, from a thread."""
        return await asyncio.wrap_future(self._quick.submit(call, *args, **kwargs))
