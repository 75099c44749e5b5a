"""Something in front that speaks TLS, as a lab's nginx or Caddy does: it passes on Host and
websockets and says in ``X-Forwarded-Proto`` and ``X-Forwarded-For`` how a request came.

One connection carries one request, or one websocket.
"""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 65536


@dataclass
class TlsFront:
    """Where it listens, and what it passes on to."""

    port: int = 0
    behind: int = 0
    """The port on this machine that plain http goes to; set before the first request."""
    websockets: int = 0
    heads: list[bytes] = field(default_factory=list)
    """The first lines of what passed through."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one request on, and its answer back."""
        ended = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with suppress(*ended, ssl.SSLError):
            head = await reader.readuntil(b"\r\n\r\n")
            inner_reader, inner = await asyncio.open_connection("127.0.0.1", self.behind)
            inner.write(self._passed_on(head))
            there = asyncio.create_task(_pump(reader, inner))
            await _pump(inner_reader, writer)
            there.cancel()
            inner.close()
        writer.close()

    def _passed_on(self, head: bytes) -> bytes:
        first, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        self.heads.append(first)
        upgrade = any(line.lower().startswith(b"upgrade: websocket") for line in lines)
        self.websockets += upgrade
        dropped = (b"x-forwarded-", b"forwarded:") if upgrade else (b"x-forwarded-", b"connection:")
        kept = [line for line in lines if not line.lower().startswith(dropped)]
        added = [b"X-Forwarded-Proto: https", b"X-Forwarded-For: 203.0.113.7"]
        if not upgrade:
            added.append(b"Connection: close")
        return b"\r\n".join([first, *kept, *added]) + b"\r\n\r\n"


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()


@contextmanager
def tls_front(folder: Path, domain: str) -> Iterator[TlsFront]:
    """Listen with a certificate that nobody signed; yield the front."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate(folder, domain))
    front, ready, loop = TlsFront(), threading.Event(), asyncio.new_event_loop()

    async def listen() -> None:
        server = await asyncio.start_server(front.serve, "127.0.0.1", 0, ssl=context, limit=PIECE)
        front.port = server.sockets[0].getsockname()[1]
        ready.set()
        with suppress(asyncio.CancelledError):
            await server.serve_forever()

    # In a thread of its own from the beginning: a browser's driver may hold this one's loop.
    task = loop.create_task(listen())
    thread = threading.Thread(target=_run, args=(loop, task), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(task)
    left = asyncio.all_tasks(loop)
    for one in left:
        one.cancel()
    loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.close()


def certificate(folder: Path, domain: str) -> tuple[Path, Path]:
    """Make a certificate for a domain and the names below it; return it and its key."""
    made, key = folder / "cert.pem", folder / "key.pem"
    request = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={domain}"
    names = f"subjectAltName=IP:127.0.0.1,DNS:{domain},DNS:*.{domain}"
    files = ["-addext", names, "-keyout", str(key), "-out", str(made)]
    subprocess.run([*request.split(), *files], check=True, capture_output=True)
    return made, key
