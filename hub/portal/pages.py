"""The portal's pages, in the frame, the looks and the languages of the hub's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from tornado.httputil import url_concat

from hub import languages, templating
from hub.portal import class_view, problems, submissions
from hub.portal.access import COOKIE, MEMBERS, TEACHERS, Parts, only
from hub.portal.acting import Actor
from hub.portal.callers import Caller
from hub.portal.lessons_api import whole_class
from hub.portal.portal import API, PREFIX, Portal
from hub.portal.sign_in import LoginNeededError
from hub.portal.xsrf import FIELD, Form, one
from workspace_cli.core import announcements
from workspace_cli.core.errors import LabdockError, NotAllowedError, NotLoggedInError

HUB = "/hub/"

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def reader(request: Request, parts: Parts) -> Caller:
    """Return who reads; LoginNeededError sends the browser to the hub's login.

    The hub is asked each time: whoever has logged out at a shared computer has done so now.
    """
    try:
        who = parts.callers.caller(request.cookies.get(COOKIE, ""), fresh=True)
    except NotLoggedInError as exc:
        raise LoginNeededError(exc.message, exc.remedy) from exc
    # A page that tells a failure later on shows whose it is.
    request.state.reader = who
    return who


Reader = Annotated[Caller, Depends(reader)]


def writer(request: Request, parts: Parts, form: Form) -> Caller:
    """Return who sends a form; NotAllowedError unless it comes from a page of the portal."""
    who = reader(request, parts)
    parts.xsrf.check(request.cookies.get(COOKIE, ""), one(form, FIELD))
    return who


Writer = Annotated[Caller, Depends(writer)]
"""Who sends a form: for every route that a page posts to."""


def by_form(request: Request, who: Caller) -> Actor:
    """Return who acts by a form, with the cookie's token and the language of the page."""
    return Actor(who, request.cookies.get(COOKIE, ""), problems.language_of(request))


@router.get("/lessons", openapi_extra=only(MEMBERS))
def lessons_page(request: Request, who: Reader, parts: Parts) -> Response:
    """Show one's own progress."""
    tried = submissions.attempts(parts.host, who.name)
    lessons = class_view.shown_lessons(tried, parts.lessons.all())
    latest, _ = submissions.submissions(parts.host, who.name, limit=10)
    return page(
        request,
        "portal/lessons.html",
        who,
        rows=list(zip(lessons, class_view.progress(tried, lessons), strict=True)),
        latest=latest,
        timezone=parts.host.settings.timezone,
    )


@router.get("/lessons/class", openapi_extra=only(TEACHERS))
def class_page(request: Request, who: Reader, parts: Parts) -> Response:
    """Show the class."""
    if not who.teaches:
        raise NotAllowedError("Only instructors see the class.", "See your own progress.")
    view = whole_class(parts)
    handed = {one.lesson for lessons in view.learners.values() for one in lessons if one.attempts}
    return page(
        request,
        "portal/class.html",
        who,
        view=view,
        lessons=[one for one in view.lessons if one.id in handed],
        csv=f"{API}/lessons/class.csv",
    )


def failure_page(request: Request, exc: LabdockError) -> Response:
    """Tell a browser what went wrong."""
    who = getattr(request.state, "reader", None)
    answer = page(request, "portal/failure.html", who, message=exc.message, remedy=exc.remedy)
    answer.status_code = exc.http_status
    return answer


def page(request: Request, template: str, who: Caller | None, **values: Any) -> Response:
    """Render a page of the portal for a reader."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")

    def language_url(base_url: str, language: str) -> str:
        return str(url_concat(f"{base_url}language/{language}", {"next": here}))

    text = (
        templating.environment()
        .get_template(template)
        .render(
            base_url=HUB,
            prefix="/",
            user=who,
            xsrf_token=_xsrf(request) if who is not None else "",
            parsed_scopes=["admin-ui"] if who is not None and who.role == "admin" else [],
            services=[],
            login_url=f"{HUB}login",
            logout_url=f"{HUB}logout",
            language_url=language_url,
            portal=PREFIX,
            announcements=_announced(request),
            moment_of=_moment,
            **values,
        )
    )
    headers = {"Content-Language": languages.current.get(), "Cache-Control": "no-store"}
    return HTMLResponse(text, headers=headers)


def _announced(request: Request) -> list[announcements.Announcement]:
    portal: Portal = request.app.state.portal
    try:
        return announcements.announcements(portal.host)
    except (LabdockError, SQLAlchemyError):
        return []  # a page without them is better than none


def _xsrf(request: Request) -> str:
    portal: Portal = request.app.state.portal
    return portal.xsrf.token(request.cookies.get(COOKIE, ""))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
