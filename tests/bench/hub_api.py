"""A hub seen from outside, the same for both sides: REST calls and the way to ready."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

POLL_S = 0.02
READY_LIMIT_S = 180.0


class HubFailedError(Exception):
    """A hub answered a call of the bench with a failure."""


@dataclass(frozen=True)
class Member:
    """One member of a hub, with a token of their own."""

    name: str
    token: str


class HubApi:
    """One hub behind its proxy at ``url``; ``token`` may administer it.

    With ``accounts`` a member is an account of Labdock's, which stock JupyterHub has not.
    """

    def __init__(
        self, session: aiohttp.ClientSession, url: str, token: str, *, accounts: bool = False
    ) -> None:
        self.session = session
        self.url = url.rstrip("/")
        self.token = token
        self.accounts = accounts

    async def call(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        """Call the hub's API; return status and text. Raises HubFailedError from 400 on."""
        async with self.session.request(
            method, f"{self.url}/hub/api{path}", json=body, headers=_bearer(self.token)
        ) as response:
            text = await response.text()
            if response.status >= 400:
                raise HubFailedError(f"{method} {path}: {response.status} {text[:500]}")
            return response.status, text

    async def wait_until_up(self, limit_s: float = 60) -> None:
        """Wait until the hub answers through its proxy."""
        deadline = time.monotonic() + limit_s
        while True:
            try:
                await self.call("GET", "/info")
            except (aiohttp.ClientError, HubFailedError) as exc:
                if time.monotonic() > deadline:
                    raise HubFailedError(f"{self.url} does not answer: {exc}") from exc
                await asyncio.sleep(0.2)
            else:
                return

    async def add_member(self, name: str) -> Member:
        """Make a user and a token for them."""
        if self.accounts:
            password = secrets.token_urlsafe()
            await self.call("POST", "/accounts", {"name": name, "password": password})
        else:
            await self.call("POST", f"/users/{name}")
        _, text = await self.call("POST", f"/users/{name}/tokens", {"note": "bench"})
        return Member(name, json.loads(text)["token"])

    async def remove_member(self, name: str) -> None:
        """Stop what the user runs and delete them; a user who is gone is no error."""
        try:
            await self.stop(name)
            await self.call("DELETE", f"/{'accounts' if self.accounts else 'users'}/{name}")
        except HubFailedError as exc:
            if ": 404 " not in str(exc):
                raise

    async def ready_by_polling(self, member: Member, options: dict[str, Any]) -> float:
        """Start a server and return the seconds from POST to the first 200 from it.

        The member's own URL is asked every 20 ms from the POST on.
        """
        began = time.perf_counter()
        post = asyncio.create_task(self._post_server(member, options))
        try:
            await self._poll_until_200(member, began, post)
            elapsed = time.perf_counter() - began
            await post
        finally:
            post.cancel()
        return elapsed

    async def ready_by_events(self, member: Member, options: dict[str, Any]) -> float:
        """Start a server as the hub's own page does, and return the seconds to the first 200.

        Many members who all poll would measure the polling: this one waits on the
        hub's stream of progress and asks the server only when the hub calls it ready.
        """
        began = time.perf_counter()
        if await self._post_server(member, options) == 202:
            await self._follow_progress(member)
        await self._poll_until_200(member, began, None)
        return time.perf_counter() - began

    async def stop(self, name: str, limit_s: float = 60) -> None:
        """Stop a member's server and wait until the hub says that it is gone."""
        status, _ = await self.call("DELETE", f"/users/{name}/server")
        deadline = time.monotonic() + limit_s
        while status == 202:
            _, text = await self.call("GET", f"/users/{name}")
            if not json.loads(text).get("servers"):
                return
            if time.monotonic() > deadline:
                raise HubFailedError(f"The server of {name} did not stop in {limit_s:.0f} s.")
            await asyncio.sleep(0.1)

    async def _post_server(self, member: Member, options: dict[str, Any]) -> int:
        status, _ = await self.call("POST", f"/users/{member.name}/server", options)
        return status

    async def _follow_progress(self, member: Member) -> None:
        url = f"{self.url}/hub/api/users/{member.name}/server/progress"
        last = ""
        async with self.session.get(url, headers=_bearer(self.token)) as response:
            async for line in response.content:
                if line.startswith(b"data:"):
                    last = line.decode()
        if '"failed": true' in last:
            raise HubFailedError(f"The server of {member.name} did not start: {last.strip()}")

    async def _poll_until_200(
        self, member: Member, began: float, post: asyncio.Task[int] | None
    ) -> None:
        url = f"{self.url}/user/{member.name}/api/status"
        while True:
            asked = time.perf_counter()
            async with self.session.get(
                url, headers=_bearer(member.token), allow_redirects=False
            ) as response:
                await response.read()
                if response.status == 200:
                    return
            if post is not None and post.done() and post.exception() is not None:
                post.result()
            if asked - began > READY_LIMIT_S:
                raise HubFailedError(
                    f"{url} still answers {response.status} after {READY_LIMIT_S:.0f} s."
                )
            await asyncio.sleep(max(0.0, POLL_S - (time.perf_counter() - asked)))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"token {token}"}
