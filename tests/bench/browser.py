"""A member's browser over HTTP: cookies, pages with what they load, forms, a stream of events."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from typing import Any, Self
from urllib.parse import urljoin

import aiohttp

CONNECTIONS = 6
"""To one host, as browsers have them; a stream of events holds one of them."""
LIMIT_S = 180.0
_ASSET = re.compile(r'(?:href|src)="([^"]*/static/[^"]+)"')
_TOKEN = re.compile(r'data-xsrf="([^"]+)"')
_ACTION = re.compile(r'<form action="([^"]+)" method="post"')
_HIDDEN = re.compile(r'<input type="hidden" name="_xsrf" value="([^"]+)"')


class PageFailedError(Exception):
    """A page was answered with something else than itself."""


class Browser:
    """One browser at ``url``; to be entered before use."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self._seen: set[str] = set()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open it, with no cookies."""
        self._session = aiohttp.ClientSession(
            # The address is a number; what the hub signs must come back as it was.
            cookie_jar=aiohttp.CookieJar(unsafe=True, quote_cookie=False),
            connector=aiohttp.TCPConnector(limit_per_host=CONNECTIONS, ssl=False),
            timeout=aiohttp.ClientTimeout(total=LIMIT_S),
            headers={"Accept": "text/html,*/*", "Accept-Language": "en"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it and all that it has open."""
        await self.session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """What speaks HTTP."""
        assert self._session is not None, "enter the browser first"
        return self._session

    async def open(self, path: str) -> str:
        """Return a page, after every redirection and with what it loads; PageFailedError."""
        async with self.session.get(f"{self.url}{path}") as response:
            text = await _read(response)
        await self._load(text)
        return text

    async def send(self, page: str, path: str, fields: Mapping[str, str]) -> str:
        """Send a form with what protects it on ``page``, and return the page that follows."""
        form = {"_xsrf": found(_HIDDEN, page), **fields}
        async with self.session.post(f"{self.url}{path}", data=form) as response:
            text = await _read(response)
        await self._load(text)
        return text

    async def write(self, page: str, path: str, body: Mapping[str, Any]) -> str:
        """Call the portal's API as a script of ``page`` does, and return its answer."""
        headers = {"X-XSRFToken": found(_TOKEN, page)}
        async with self.session.post(f"{self.url}{path}", json=body, headers=headers) as response:
            return await _read(response)

    async def follow(self, path: str) -> AsyncIterator[tuple[str, Any]]:
        """Give what a stream of events says, as name and data, until it ends."""
        timeout = aiohttp.ClientTimeout(total=None)
        async with self.session.get(
            f"{self.url}{path}", timeout=timeout, read_bufsize=2**22
        ) as response:
            if response.status != 200:
                raise PageFailedError(f"{path}: {response.status}")
            async for event in events(response.content):
                yield event

    async def _load(self, page: str) -> None:
        """Get the styles and scripts of a page that are not in the browser yet."""
        for asset in dict.fromkeys(_ASSET.findall(page)):
            if asset not in self._seen:
                self._seen.add(asset)
                async with self.session.get(urljoin(self.url, asset)) as response:
                    await _read(response)


def login_form(page: str) -> str:
    """Return where the form of a login page is sent to."""
    return found(_ACTION, page).replace("&amp;", "&")


def found(pattern: re.Pattern[str], page: str) -> str:
    """Return what a page holds there; PageFailedError where it is another page."""
    match = pattern.search(page)
    if match is None:
        raise PageFailedError(f"The page does not hold {pattern.pattern}: {page[:300]}")
    return match[1]


async def events(lines: AsyncIterable[bytes]) -> AsyncIterator[tuple[str, Any]]:
    """Give the events of a stream of lines, as name and data.

    Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    name = ""
    async for line in lines:
        kind, _, value = line.decode().rstrip("\n").partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            yield name, json.loads(value)


async def _read(response: aiohttp.ClientResponse) -> str:
    text = (await response.read()).decode(errors="replace")
    if response.status >= 400:
        shown = re.sub(r"(?s)<head>.*?</head>|<[^>]+>|\s+", " ", text)
        raise PageFailedError(f"{response.url.path}: {response.status} {shown.strip()[-300:]}")
    return text
