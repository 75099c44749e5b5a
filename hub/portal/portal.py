"""What the portal's routes work with."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from hub.accounts import AccountStore
from hub.portal.acting import Acting
from hub.portal.callers import SERVICE, Callers
from hub.portal.grading import Grader
from hub.portal.hub_api import HubApi
from hub.portal.hub_calls import CallerRequests, HubCalls
from hub.portal.idempotency import Keys
from hub.portal.lesson_list import ImageLessons, Lessons
from hub.portal.live import Live
from hub.portal.openings import Openings
from hub.portal.operations import Operations
from hub.portal.saving import Servers, Worker
from hub.portal.streams import Streams
from hub.portal.throwaway import Throwaway
from hub.portal.xsrf import Xsrf
from workspace_cli.core import naming
from workspace_cli.core.database import FILE, database_url
from workspace_cli.core.host import Host
from workspace_cli.core.hub_client import HubClient

PREFIX = f"/services/{SERVICE}"
API = f"{PREFIX}/api/v1"
PORT = 8082
"""Where hub, proxy and the members' workspaces find it (``hub/configuration.py`` says so too)."""


class Codes(Protocol):
    """Where a login's code is exchanged for a token."""

    def exchange(self, code: str, redirect_uri: str) -> str:
        """Return the token; NotLoggedInError where the code is not valid."""


@dataclass(frozen=True)
class Portal:
    """One portal's parts."""

    host: Host
    accounts: AccountStore
    callers: Callers
    codes: Codes
    lessons: Lessons
    grader: Grader
    hub: HubApi
    xsrf: Xsrf
    live: Live
    acting: Acting
    keys: Keys
    streams: Streams
    operations: Operations
    worker: Worker
    openings: Openings


def open_portal(host: Host) -> Portal:
    """Return the portal of a machine; nothing is connected to yet."""
    settings = host.settings
    url = os.environ.get("LABDOCK_HUB_API") or f"http://{naming.HUB_CONTAINER}:8081/hub/api"
    secret = settings.portal_token.read_text(encoding="utf-8").strip()
    hub = HubCalls(url, secret)
    accounts = AccountStore(database_url(settings, FILE))
    throwaway = Throwaway(host)
    lessons = ImageLessons(host, throwaway)

    def servers(token: str) -> Servers:
        return HubClient(settings, CallerRequests(url, token))

    live = Live(host, hub)
    return Portal(
        host=host,
        accounts=accounts,
        callers=Callers(hub, accounts),
        codes=hub,
        lessons=lessons,
        grader=Grader(host, lessons, throwaway),
        hub=hub,
        xsrf=Xsrf(secret.encode()),
        live=live,
        acting=Acting(host, live, hub, servers),
        keys=Keys(host, secret.encode()),
        streams=Streams(),
        operations=Operations(host),
        worker=Worker(host, servers),
        openings=Openings(host),
    )
