"""Answers of the engine that come in pieces: output, archives, progress, events."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workspace_cli.core import docker_errors
from workspace_cli.core.docker_answers import event
from workspace_cli.core.engine import Event, Progress, Report

_CHUNK = 1024 * 1024
_HEADER = struct.Struct(">BxxxL")
"""Of one frame of output: STDOUT or STDERR, and the frame's length."""
_RAW = "application/vnd.docker.raw-stream"


class Stream:
    """One answer's body, piece by piece; ``close`` ends it from any thread.

    ``connected`` is the connection's socket, which http.client forgets when an
    answer goes on until the connection's end.
    """

    def __init__(
        self, address: str, connected: socket.socket, response: http.client.HTTPResponse
    ) -> None:
        self.address = address
        self._socket = connected
        self._response = response
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield pieces as they come; EngineUnreachableError when the engine goes away."""
        try:
            while piece := self._response.read1(_CHUNK):
                yield piece
        except (OSError, ValueError, http.client.HTTPException) as exc:
            if not self.closed:
                raise docker_errors.unreachable(self.address, exc) from exc
        finally:
            self._response.close()
            self._socket.close()

    @property
    def raw(self) -> bool:
        """Whether logs come as they are: only those of a container with a terminal do."""
        return self._response.headers.get_content_type() == _RAW

    def output(self) -> Iterator[bytes]:
        """Yield output, stdout and stderr mixed as they came."""
        for _, piece in self.framed():
            yield piece

    def framed(self) -> Iterator[tuple[int, bytes]]:
        """Yield output piece by piece, each with ``STDOUT`` or ``STDERR``.

        Source: https://docs.docker.com/reference/api/engine/version/v1.45/, "Stream format"
        """
        waiting = b""
        for piece in self:
            waiting += piece
            while len(waiting) >= _HEADER.size:
                stream, length = _HEADER.unpack_from(waiting)
                end = _HEADER.size + length
                if len(waiting) < end:
                    break
                yield stream, waiting[_HEADER.size : end]
                waiting = waiting[end:]

    def send(self, data: bytes) -> None:
        """Send input and its end, while the iteration goes on."""

        def send() -> None:
            # Whoever ends without reading all of it closes the other side.
            with contextlib.suppress(OSError):
                self._socket.sendall(data)
                self._socket.shutdown(socket.SHUT_WR)

        threading.Thread(target=send, daemon=True).start()

    def messages(self) -> Iterator[dict[str, Any]]:
        """Yield an answer of JSON objects, one a line."""
        waiting = b""
        for piece in self:
            *lines, waiting = (waiting + piece).split(b"\n")
            yield from (json.loads(line) for line in lines if line.strip())
        if waiting.strip():
            yield json.loads(waiting)

    def close(self) -> None:
        """End the iteration, also one that waits in another thread."""
        self.closed = True
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)


class DockerOutput:
    """The output of a container that was attached to, until ``close`` is called."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[tuple[int, bytes]]:
        """Yield pieces as they come, each with STDOUT or STDERR."""
        return self._stream.framed()

    def close(self) -> None:
        """End the iteration."""
        self._stream.close()


class DockerEvents:
    """The engine's events, until ``close`` is called from any thread."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[Event]:
        """Yield events until closed; EngineUnreachableError when the engine goes away."""
        for row in self._stream.messages():
            yield event(row)
        if not self._stream.closed:
            raise docker_errors.unreachable(self._stream.address, "its events have ended")

    def close(self) -> None:
        """End the iteration."""
        self._stream.close()


def follow_messages(messages: Iterable[Mapping[str, Any]], report: Report | None = None) -> str:
    """Read the messages of a pull, a push, a load or an import to the end; return the last status.

    Raises the failure that they tell.  Progress is the sum over all layers that
    have told their size.
    """
    sizes: dict[str, tuple[int, int]] = {}
    status = ""
    for message in messages:
        if message.get("error"):
            raise docker_errors.translate(str(message["error"]))
        status = str(message.get("status") or status)
        if report is not None:
            report(_progress(message, sizes))
    return status


def _progress(message: Mapping[str, Any], sizes: dict[str, tuple[int, int]]) -> Progress:
    layer, detail = message.get("id", ""), message.get("progressDetail") or {}
    text = str(message.get("status") or message.get("stream") or "").strip()
    if detail.get("total") and text in ("Downloading", "Pushing"):
        sizes[layer] = (detail.get("current", 0), detail["total"])
    elif text in ("Download complete", "Pull complete", "Pushed") and layer in sizes:
        sizes[layer] = (sizes[layer][1], sizes[layer][1])
    return Progress(
        f"{layer}: {text}" if layer else text,
        sum(current for current, _ in sizes.values()),
        sum(total for _, total in sizes.values()),
    )
