"""A browser that is not logged in yet, and the steps that people take with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.hub.running_hub import Browser, RunningHub

PASSWORD = "a good password"


@asynccontextmanager
async def visitor(hub: RunningHub) -> AsyncIterator[Browser]:
    """Give a browser with no cookies."""
    async with httpx.AsyncClient(base_url=f"{hub.url}/hub", timeout=30) as client:
        yield Browser(client)


async def log_in(browser: Browser, name: str, password: str = PASSWORD) -> httpx.Response:
    """Open the login page and send its form."""
    await browser.get("/login")
    return await browser.post("/login", {"username": name, "password": password})


async def is_in(browser: Browser) -> bool:
    """Tell whether the browser is logged in."""
    return (await browser.get("/home")).status_code == 200


def set_policy(hub: RunningHub, text: str) -> None:
    """Write the lab's policy.toml."""
    Path(hub.settings.root, "policy.toml").write_text(text, encoding="utf-8")
