"""Tells the hub when the member was last active, so that idle workspaces can be found."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Callable
from datetime import datetime
from typing import Any

from .hub_auth import fetch, hub_version

INTERVAL = 300.0
RETRIES = 4


class ActivityReport:
    """Posts the last activity of files, kernels and terminals every five minutes.

    `last_activity` is jupyter_server's: requests, kernels' messages and terminals' output.
    """

    def __init__(
        self,
        *,
        url: str,
        token: str,
        server_name: str,
        last_activity: Callable[[], datetime],
        log: logging.Logger,
        interval: float = INTERVAL,
    ) -> None:
        self._url = url
        self._token = token
        self._server_name = server_name
        self._last_activity = last_activity
        self._log = log
        self._interval = interval
        self._sent: datetime | None = None

    async def run(self) -> None:
        """Report until cancelled, at moments spread so that servers do not all speak at once."""
        while True:
            await self.report()
            await asyncio.sleep(self._interval * random.uniform(0.9, 1.1))  # noqa: S311

    async def report(self) -> bool:
        """Send what is new; returns whether the hub has heard the latest. Raises nothing."""
        moment = self._last_activity()
        if self._sent is not None and moment <= self._sent:
            return True
        for attempt in range(RETRIES):
            try:
                await self._post(moment)
            except Exception as error:  # noqa: BLE001 - a hub that is restarting must end nothing
                self._log.warning("The hub did not hear of the last activity: %s", error)
                await asyncio.sleep(2**attempt)
            else:
                self._sent = moment
                return True
        return False

    async def _post(self, moment: datetime) -> None:
        stamp = moment.isoformat().replace("+00:00", "Z")
        body = {
            "servers": {self._server_name: {"last_activity": stamp}},
            "last_activity": stamp,
        }
        headers = {"Authorization": f"token {self._token}", "Content-Type": "application/json"}
        await fetch(self._url, method="POST", headers=headers, data=json.dumps(body))


async def warn_of_other_version(api_url: str, log: Any) -> None:
    """Say so where the hub is of another major version than the code that logs in to it."""
    try:
        reply = await fetch(api_url)
    except Exception as error:  # noqa: BLE001 - the hub may be restarting; logging in will tell
        log.warning("The hub at %s did not answer: %s", api_url, error)
        return
    found = str(reply.headers.get("X-JupyterHub-Version", ""))
    if found.split(".")[0] != hub_version.split(".")[0]:
        log.warning("The hub is version %s, this image was made for %s.", found, hub_version)
