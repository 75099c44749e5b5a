"""What the engine does with image registries: look a name up, send an image, fetch one.

What goes wrong between engine and registry is told in the registry's or the
network's words, which mean other things elsewhere: they are matched here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from workspace_cli.core.docker_login import login_headers
from workspace_cli.core.docker_socket import EngineSocket
from workspace_cli.core.docker_streams import follow_messages
from workspace_cli.core.engine import Report
from workspace_cli.core.errors import (
    EngineUnreachableError,
    LabdockError,
    NotAllowedError,
    RegistryUnreachableError,
)

_NOBODY = {"X-Registry-Auth": "e30="}
"""``{}``: the engine wants the header even where there is no log-in."""
_REFUSED = re.compile(
    r"no basic auth credentials|unauthorized|authentication required|"
    r"requested access to the resource is denied|status: 40[13]",
    re.IGNORECASE,
)
_LOST = re.compile(
    r"dial tcp|connection re(?:fused|set)|broken pipe|\bEOF\b|i/o timeout|Client\.Timeout|"
    r"TLS handshake|no such host|network is unreachable|no route to host|server closed|"
    r"status(?: code)?:? 50[0-9]|server gave HTTP response|failed to resolve reference",
    re.IGNORECASE,
)


def resolve(socket: EngineSocket, repository: str, tag: str) -> str:
    """Return the digest that a tag has in its registry now."""
    name = f"{repository}@{tag}" if tag.startswith("sha256:") else f"{repository}:{tag}"
    with _asking():
        answer = socket.stream("GET", f"/distribution/{name}/json", headers=_login(repository))
        digest: str = json.loads(b"".join(answer))["Descriptor"]["digest"]
    return digest


def push(socket: EngineSocket, repository: str, tag: str, report: Report | None) -> str:
    """Send a tag to its registry, and return the digest that it has there."""
    digests: list[str] = []
    socket.get(f"/images/{repository}:{tag}/json")  # a push has other words for a missing one
    with _asking():
        stream = socket.stream(
            "POST", f"/images/{repository}/push", headers=_login(repository), tag=tag
        )
        follow_messages(_noting(stream.messages(), digests), report)
        if not digests:
            raise LabdockError(
                f"The registry did not say what it has got of {repository}:{tag}.", "Push it again."
            )
    return digests[-1]


def pull(socket: EngineSocket, repository: str, tag: str, report: Report | None) -> None:
    """Fetch a tag, or a digest, from its registry."""
    with _asking():
        stream = socket.stream(
            "POST",
            "/images/create",
            headers=login_headers(repository),
            fromImage=repository,
            tag=tag,
        )
        follow_messages(stream.messages(), report)


def _login(repository: str) -> dict[str, str]:
    return login_headers(repository) or _NOBODY


def _noting(messages: Iterable[Mapping[str, Any]], digests: list[str]) -> Iterator[Any]:
    for message in messages:
        digest = (message.get("aux") or {}).get("Digest")
        if digest:
            digests.append(digest)
        yield message


@contextmanager
def _asking() -> Iterator[None]:
    """Tell a registry that is out of reach, or that refuses, from all else that can go wrong."""
    try:
        yield
    except EngineUnreachableError:
        raise
    except LabdockError as exc:
        if _REFUSED.search(exc.message) and "does not exist" not in exc.message:
            raise NotAllowedError(
                f"The registry refused: {exc.message}",
                "Log in with `docker login REGISTRY` as the user who runs this command.",
            ) from exc
        if _LOST.search(exc.message):
            raise RegistryUnreachableError(
                f"The registry cannot be reached, or the connection broke: {exc.message}",
                "Check its address and the network, then run the same command again.",
            ) from exc
        raise
