"""One of the two things compared, as far as the measuring needs to know it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.bench.figures import SideName


@dataclass(frozen=True)
class Side:
    """A running hub: ``options`` go with every start, ``container_of`` names one's container.

    ``accounts`` says that its members are accounts of Labdock's.
    """

    name: SideName
    url: str
    token: str
    options: dict[str, Any]
    container_of: Callable[[str], str]
    accounts: bool = False


def free_port() -> int:
    """Return a TCP port of the loopback address that nothing holds now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
