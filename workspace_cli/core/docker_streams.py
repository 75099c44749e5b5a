"""docker-py's streams, with its errors in Labdock's words."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workspace_cli.core import docker_errors
from workspace_cli.core.docker_translate import event
from workspace_cli.core.engine import Event, Progress, Report


@contextlib.contextmanager
def foreign(address: str) -> Iterator[None]:
    """Raise what docker-py raises inside as the error that it means."""
    import docker.errors
    import urllib3

    try:
        yield
    except docker.errors.APIError as exc:
        raise docker_errors.translate(exc.explanation or str(exc), exc.status_code) from exc
    except (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError) as exc:
        raise docker_errors.unreachable(address, exc) from exc
    except docker.errors.DockerException as exc:
        raise docker_errors.unreachable(address, exc) from exc


def translated(address: str, stream: Any) -> Iterator[bytes]:
    """Yield a stream's pieces; a stream that is left early is closed."""
    ended = False
    try:
        with foreign(address):
            yield from stream
        ended = True
    finally:
        if not ended:
            # docker-py's close looks for a socket that may be gone already.
            with contextlib.suppress(OSError, AttributeError, UnboundLocalError):
                stream.close()


def follow_messages(
    address: str, messages: Iterable[Mapping[str, Any]], report: Report | None
) -> None:
    """Read a pull's or a load's messages to their end; raise the failure that they tell.

    Progress is the sum over all layers that have told their size.
    """
    sizes: dict[str, tuple[int, int]] = {}
    with foreign(address):
        for message in messages:
            # A load that is refused outright answers with ``message`` instead of a stream.
            failure = message.get("error") or message.get("message")
            if failure:
                raise docker_errors.translate(str(failure))
            if report is not None:
                report(_progress(message, sizes))


def _progress(message: Mapping[str, Any], sizes: dict[str, tuple[int, int]]) -> Progress:
    layer, detail = message.get("id", ""), message.get("progressDetail") or {}
    text = str(message.get("status") or message.get("stream") or "").strip()
    if detail.get("total") and text == "Downloading":
        sizes[layer] = (detail.get("current", 0), detail["total"])
    elif text in ("Download complete", "Pull complete") and layer in sizes:
        sizes[layer] = (sizes[layer][1], sizes[layer][1])
    return Progress(
        f"{layer}: {text}" if layer else text,
        sum(current for current, _ in sizes.values()),
        sum(total for _, total in sizes.values()),
    )


def imported_id(answer: str) -> str:
    """Return the image id that an import's messages end with."""
    last: Mapping[str, Any] = {}
    for line in answer.splitlines():
        if line.strip():
            last = json.loads(line)
            if last.get("error"):
                raise docker_errors.translate(str(last["error"]))
    return str(last.get("status", ""))


class DockerEvents:
    """The engine's events, until ``close`` is called from any thread."""

    def __init__(self, address: str, stream: Any) -> None:
        self._address = address
        self._stream = stream
        self._closed = False

    def __iter__(self) -> Iterator[Event]:
        """Yield events until closed; EngineUnreachableError when the engine goes away."""
        try:
            with foreign(self._address):
                for row in self._stream:
                    yield event(row)
        except Exception:
            if not self._closed:
                raise
        if not self._closed:
            raise docker_errors.unreachable(self._address, "its events have ended")

    def close(self) -> None:
        """End the iteration."""
        self._closed = True
        with contextlib.suppress(OSError, AttributeError, UnboundLocalError):
            self._stream.close()
