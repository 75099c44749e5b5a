"""The portal as an application: its routes, and what holds for every request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from hub.portal import (
    account_api,
    admin_pages,
    announcement_pages,
    announcements_api,
    audit_api,
    bulk_api,
    bulk_pages,
    environments_api,
    environments_keeping,
    environments_pages,
    environments_sharing,
    events_api,
    gpu_history_api,
    gpu_history_pages,
    groups_api,
    home,
    host_cookies,
    images_pages,
    invitations_api,
    lessons_api,
    lost,
    machine_api,
    metrics,
    notices_api,
    opening_api,
    opening_pages,
    operations_api,
    pages,
    people_api,
    ports_api,
    problems,
    profiles_api,
    profiles_pages,
    pruning_api,
    reservations_api,
    sign_in,
    workspaces_api,
)
from hub.portal.access import EVERYBODY, only
from hub.portal.disk_look import DiskLook
from hub.portal.gpu_history import Sampler
from hub.portal.host_cookies import HostCookies
from hub.portal.once import Once
from hub.portal.openapi import describe
from hub.portal.portal import API, PREFIX, Portal
from hub.portal.requests import LargestBody, Reading
from hub.portal.timing import Times, Timing
from workspace_cli.core.errors import LabdockError

DESCRIPTION = (
    "Everything that members, instructors and admins do with the pages. Send a token of the hub as "
    "`Authorization: Bearer TOKEN`; failures are `application/problem+json`."
)

health = APIRouter(tags=["portal"])
ROUTERS = (
    (API, lessons_api.router),
    (API, pruning_api.router),
    (API, environments_keeping.router),
    (API, environments_sharing.router),
    (API, environments_api.router),
    (API, operations_api.router),
    (API, opening_api.router),
    (API, bulk_api.router),
    (API, workspaces_api.router),
    (API, profiles_api.router),
    (API, machine_api.router),
    (API, gpu_history_api.router),
    (API, events_api.router),
    (API, people_api.router),
    (API, groups_api.router),
    (API, invitations_api.router),
    (API, account_api.router),
    (API, notices_api.router),
    (API, ports_api.router),
    (API, announcements_api.router),
    (API, audit_api.router),
    (API, reservations_api.router),
    (API, metrics.router),
    (API, health),
    (PREFIX, sign_in.router),
    (PREFIX, pages.router),
    (PREFIX, environments_pages.router),
    (PREFIX, home.router),
    (PREFIX, opening_pages.router),
    (PREFIX, profiles_pages.router),
    (PREFIX, admin_pages.router),
    (PREFIX, bulk_pages.router),
    (PREFIX, images_pages.router),
    (PREFIX, announcement_pages.router),
    (PREFIX, gpu_history_pages.router),
)
"""Every route of the portal: prefix → routes."""


@health.get("/health", openapi_extra=only(EVERYBODY))
def tell_health() -> dict[str, str]:
    """Tell that the portal answers."""
    return {"status": "ok"}


def build(portal: Portal) -> FastAPI:
    """Return the application of a portal; its workers run as long as it does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(portal.accounts.migrate)
        portal.live.start()
        sampler = Sampler(portal.host, portal.live)
        sampler.start()
        await run_in_threadpool(portal.grader.start)
        await run_in_threadpool(portal.operations.start)
        yield
        await run_in_threadpool(portal.operations.stop)
        await run_in_threadpool(portal.grader.stop)
        await run_in_threadpool(sampler.stop)
        await run_in_threadpool(portal.live.stop)
        portal.acting.stop()
        app.state.disk_look.stop()

    app = FastAPI(
        title="Labdock portal",
        version="1",
        description=DESCRIPTION,
        openapi_url=f"{API}/openapi.json",
        # Their pages fetch scripts from other hosts.
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.portal = portal
    app.state.times = Times()
    app.state.disk_look = DiskLook(portal.host)
    problems.install(app)
    app.add_exception_handler(LabdockError, _tell)
    app.add_exception_handler(sign_in.LoginNeededError, _log_in)
    lost.install(app)
    for prefix, router in ROUTERS:
        app.include_router(router, prefix=prefix)
    describe(app)
    # What is added last is the first to see a request.
    app.add_middleware(Once, portal=portal)
    app.add_middleware(LargestBody)
    if host_cookies.wanted(portal.host.settings):
        app.add_middleware(HostCookies)
    app.add_middleware(Reading, settings=portal.host.settings)
    app.add_middleware(Timing, times=app.state.times)
    return app


def _log_in(request: Request, exc: Exception) -> Response:
    return sign_in.to_login(request)


def _tell(request: Request, exc: Exception) -> Response:
    """Tell a failure as whoever asks can read it: a page for people, JSON for programs."""
    if isinstance(exc, LabdockError) and not request.url.path.startswith(f"{API}/"):
        return pages.failure_page(request, exc)
    return problems.told(request, exc)
