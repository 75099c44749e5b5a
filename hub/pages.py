"""What a member sees of the hub: our templates and assets, in the reader's language.

How a template knows its reader: JupyterHub renders pages in many handlers, and
an error page even outside of them, so no handler of ours could tell each one.
Tornado makes the output transforms of an application anew for every request,
in the request's own context, right before the handler runs; ``RequestLanguage``
is such a transform that notes the language in a context variable.  The
handler's task starts with a copy of that context, so texts in templates,
messages of the spawner and events of the progress page all follow whoever
asks, even when several people ask at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.scopes import has_scope
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import HTTPError, OutputTransform, StaticFileHandler, authenticated

from hub import languages
from hub.headers import content_security_policy
from hub.languages import translate
from hub.templating import ASSETS, JINJA_OPTIONS, TEMPLATES, current_request
from workspace_cli.core.settings import Settings

__all__ = ["configure", "translate"]

YEAR = 365 * 24 * 3600


def configure(c: Any, settings: Settings) -> None:
    """Set everything of JupyterHub's configuration that concerns its pages.

    What the configuration already holds (handlers, headers, template paths) is
    kept; call this after those are assigned.
    """
    languages.load()
    hub = c.JupyterHub
    hub.template_paths = [str(TEMPLATES), *hub.get("template_paths", [])]
    hub.jinja_environment_options = JINJA_OPTIONS
    hub.template_vars = {**hub.get("template_vars", {}), "timezone": settings.timezone}
    hub.extra_handlers = [
        *hub.get("extra_handlers", []),
        (r"/language/([a-z]+)", LanguageHandler),
        (r"/open", OpenHandler),
        (r"/waiting/([^/]+)(?:/([^/]+))?", WaitingHandler),
        (r"/assets/[0-9a-f]{12}/(.*)", AssetHandler, {"path": str(ASSETS)}),
    ]
    tornado = dict(hub.get("tornado_settings", {}))
    policy = {"Content-Security-Policy": content_security_policy(settings)}
    headers = {**policy, **tornado.get("headers", {})}
    safe = partial(SafeAnswer, given=headers)
    transforms = [*tornado.get("transforms", []), RequestLanguage, safe]
    hub.tornado_settings = {**tornado, "headers": headers, "transforms": transforms}
    hub.logo_file = str(ASSETS / "logo.svg")
    # A member lands on the page with all of their workspaces, not in the default one.
    hub.redirect_to_server = False


class RequestLanguage(OutputTransform):
    """Notes the request and its language for everything that runs on its behalf."""

    def __init__(self, request: HTTPServerRequest) -> None:
        super().__init__(request)
        cookie = request.cookies.get(languages.COOKIE)
        self.language = languages.choose(
            request.headers.get("Accept-Language", ""), cookie.value if cookie else None
        )
        languages.current.set(self.language)
        current_request.set(request)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Say which language a page is in, and keep pages out of every cache.

        The back button must not show one member's page to the next at a shared computer.
        """
        if headers.get("Content-Type", "").startswith("text/html"):
            headers["Content-Language"] = self.language
            headers["Cache-Control"] = "no-store"
        return status_code, headers, chunk


class SafeAnswer(OutputTransform):
    """Says of files too what pages say of themselves: JupyterHub's handlers of files do not."""

    def __init__(self, request: HTTPServerRequest, given: Mapping[str, str]) -> None:
        super().__init__(request)
        # What comes from a member's program has a policy of its own, or none.
        self._given = {} if "/hub/shared/" in request.path else given

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Add what the answer does not say itself."""
        for name, value in self._given.items():
            if name not in headers:
                headers[name] = value
        return status_code, headers, chunk


class LanguageHandler(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Keeps the reader's choice of language in a cookie and goes back to the page."""

    def get(self, language: str) -> None:
        """Set the cookie and redirect to ``next``, a page of this hub."""
        if language in languages.LANGUAGES:
            self._set_cookie(
                languages.COOKIE,
                language,
                encrypted=False,
                path=self.base_url,
                expires_days=365,
                samesite="Lax",
            )
        back = self._validate_next_url(self.get_argument("next", ""))
        self.redirect(back or f"{self.hub.base_url}home")


class OpenHandler(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Leads a link that opens a repository on to the portal, which asks first.

    People pass such links on as ``/open?repo=…``, which JupyterHub leads to ``/hub/open``.
    """

    def get(self) -> None:
        """Redirect, with everything that the link says."""
        query = f"?{self.request.query}" if self.request.query else ""
        self.redirect(f"{self.base_url}services/portal/open{query}")


class WaitingHandler(BaseHandler):  # type: ignore[misc] # JupyterHub ships no types
    """Shows a workspace's place in the line for GPUs."""

    @authenticated
    async def get(self, user_name: str, server_name: str | None = None) -> None:
        """Show the page; 404 for whoever may not open the workspace."""
        server = server_name or ""
        if not has_scope(
            f"access:servers!server={user_name}/{server}", self.parsed_scopes, db=self.db
        ):
            raise HTTPError(404)
        owner = self.find_user(user_name)
        row = owner.orm_spawners.get(server) if owner else None
        title = (
            (row.display_name if row else "") or server or languages.gettext_("Default workspace")
        )
        page = await self.render_template(
            "waiting.html", owner=user_name, server=server, title=title
        )
        self.finish(page)


class AssetHandler(StaticFileHandler):
    """Serves a file of ``static/`` under an address that changes when any of them does."""

    def set_extra_headers(self, path: str) -> None:
        """Let browsers keep it, and never guess its type."""
        self.set_header("Cache-Control", f"public, max-age={YEAR}, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")
