"""Waits until a workspace's server answers, in short steps and off no thread.

JupyterHub's own wait doubles its pauses and overshoots by 0.7 s and more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from workspace_cli.core.errors import StartFailedError

STEP = 0.03
AT_ONCE = 4
"""More servers than this that are waited for share the asking, which costs a core their start."""
LOOK_SECONDS = 0.5
"""How often it is looked whether the container still runs."""
READY_SECONDS = 120.0
ANSWER_SECONDS = 5.0
ENDED = "The server ended before it answered."


async def wait_until_ready(
    address: str,
    port: int,
    path: str,
    still_running: Callable[[], Awaitable[bool]],
    *,
    seconds: float = READY_SECONDS,
    others: Callable[[], int] = lambda: 0,
) -> None:
    """Return once the server answers the path with anything below 500.

    ``others`` tells how many more are waited for meanwhile; with many the steps
    are longer.  An empty address is that of a container that has ended.  Raises
    StartFailedError after ``seconds`` seconds, or as soon as ``still_running``
    says that nothing is there any more.
    """
    if not address:
        raise StartFailedError(ENDED)
    began = looked = time.monotonic()
    while not await answers(address, port, path):
        now = time.monotonic()
        if now - began > seconds:
            raise StartFailedError(f"The server did not answer within {seconds:g} s.")
        if now - looked >= LOOK_SECONDS:
            looked = now
            if not await still_running():
                raise StartFailedError(ENDED)
        await asyncio.sleep(STEP * max(1.0, (others() + 1) / AT_ONCE))


async def answers(address: str, port: int, path: str) -> bool:
    """Tell whether a server answers now."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            reader, writer = await asyncio.open_connection(address, port)
            try:
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n".encode())
                status = (await reader.readline()).split(b" ", 2)
                return len(status) > 1 and status[1].isdigit() and int(status[1]) < 500
            finally:
                writer.close()
    except (OSError, TimeoutError, ValueError):
        return False
