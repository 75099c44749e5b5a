"""The page on which a repository of the lab's list comes into the workspace, and its work.

Not nbgitpuller's own page: anybody could send a member a link to that one, with any repository in
it, and following it would write a stranger's files into their home. Here the address holds
nothing but the number of an opening that the member has confirmed on the lab's portal, in this
hour. This server asks the portal what it stands for, with its own token; the portal tells it to
its owner's servers alone, and only what the lab's list allows at that moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado import web
from tornado.iostream import StreamClosedError

from . import opening_page as pages
from .member import WORKSPACE

LONGEST_SECONDS = 1800
_TURN = "labdock_pull_turn"


async def fetch_lines(found: dict[str, str]) -> AsyncIterator[bytes]:
    """Run the process that fetches; yields its lines, and one of our own where it is cut off."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-m", "labdock_server.pulling"),
        *(found["repository"], found["folder"], found["branch"], found["path"]),
        cwd=WORKSPACE,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    last = b""
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            async for last in process.stdout:
                yield last
            await process.wait()
    except TimeoutError:
        last = b""
        yield b'{"failed": "time"}'
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
    if process.returncode and b'"failed"' not in last:
        yield b'{"failed": "git"}'


class OpeningPage(JupyterHandler):  # type: ignore[misc]
    """Shows the page; looking at it changes nothing."""

    @web.authenticated
    def get(self, number: str) -> None:
        """Answer with the page."""
        header = self.request.headers.get("Accept-Language", "")
        lang = pages.language(self.get_query_argument("lang", ""), header)
        self.set_header("Content-Security-Policy", pages.POLICY)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "no-referrer")
        self.finish(pages.page(lang, self.base_url, number, self.xsrf_token.decode()))


class Opening(APIHandler):  # type: ignore[misc]
    """Fetches what an opening stands for, and tells how it goes, a JSON object a line."""

    @web.authenticated
    async def post(self, number: str) -> None:
        """Fetch it; one at a time, for git keeps no order of its own."""
        lang = pages.language(self.get_query_argument("lang", ""))
        found = await self._ask(number, lang)
        if found is None:
            return
        self.set_header("Content-Type", "application/x-ndjson")
        async with self.settings.setdefault(_TURN, asyncio.Lock()):
            async for line in fetch_lines(found):
                message = pages.told(line, lang, self.base_url)
                # Who has left the page finds the files there all the same.
                with contextlib.suppress(StreamClosedError):
                    self.write(json.dumps(message, ensure_ascii=False) + "\n")
                    await self.flush()
        self.finish()

    async def _ask(self, number: str, lang: str) -> dict[str, str] | None:
        """What the portal says of it; None where it was told why there is nothing."""
        # Here, not above: a server that stands by itself has no hub to ask.
        from .hub_auth import fetch
        from .submitting import PORTAL

        token = getattr(self.identity_provider, "token", "")
        if not os.environ.get("JUPYTERHUB_API_URL") or not token:
            self._complain(404, pages.words_for("hub", lang))
            return None
        headers = {"Authorization": f"token {token}", "Accept-Language": lang}
        try:
            reply = await fetch(
                f"{PORTAL}/api/v1/openings/{number}", headers=headers, raise_for_status=False
            )
            answer = json.loads(await reply.text())
        except (OSError, ValueError):
            self._complain(503, pages.words_for("portal", lang))
            return None
        if reply.status != 200:
            self._complain(reply.status, str(answer.get("detail", "")))
            return None
        return {name: str(answer[name]) for name in ("repository", "folder", "branch", "path")}

    def _complain(self, status: int, text: str) -> None:
        self.set_status(status)
        self.finish(json.dumps({"message": text}, ensure_ascii=False))


HANDLERS: list[tuple[Any, ...]] = [
    ("labdock/opening/([0-9a-f]{32})", OpeningPage),
    ("labdock/open/([0-9a-f]{32})", Opening),
]
