"""The door of a container that the hub started: its login, its users, its scopes.

Does what jupyterhub.singleuser.extension does (JupyterHub 6.1), over the same HubOAuth; that
module cannot be imported without the hub's own handlers and database.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any
from unittest import mock
from urllib.parse import urlparse

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.logout import LogoutHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.httputil import url_concat
from traitlets import Instance, Unicode
from traitlets.config import Config

from .activity import ActivityReport, warn_of_other_version
from .hub_auth import HubOAuth, HubOAuthCallbackHandler, hub_version


def hub_config(token: str, env: Mapping[str, str]) -> Config:
    """The configuration that puts this door in, from the variables the hub gave.

    Raises KeyError where the hub's variables are not whole.
    """
    url = urlparse(env["JUPYTERHUB_SERVICE_URL"])
    prefix = env["JUPYTERHUB_SERVICE_PREFIX"]
    return Config(
        ServerApp={
            "identity_provider_class": HubIdentity,
            "base_url": prefix,
            "default_url": env.get("JUPYTERHUB_DEFAULT_URL") or "/lab",
            "port": url.port or 8080,
            "trust_xheaders": True,
            "tornado_settings": {
                # tornado's own check runs before the user is known; jupyter_server's, after.
                "xsrf_cookies": False,
                "headers": {
                    "X-JupyterHub-Version": hub_version,
                    "Content-Security-Policy": "frame-ancestors 'none'",
                },
            },
        },
        HubIdentity={
            "server_user": env.get("JUPYTERHUB_USER", ""),
            "server_name": env.get("JUPYTERHUB_SERVER_NAME", ""),
            "activity_url": env.get("JUPYTERHUB_ACTIVITY_URL", ""),
        },
        HubOAuth={
            "api_token": token,
            "base_url": prefix,
            "access_scopes": set(json.loads(env.get("JUPYTERHUB_OAUTH_ACCESS_SCOPES") or "[]")),
        },
    )


class HubLogout(LogoutHandler):  # type: ignore[misc]
    """Forgets this server's cookie, then logs out of the hub itself."""

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    def get(self) -> None:
        hub = self.identity_provider.hub_auth
        hub.clear_cookie(self)
        self.redirect(hub.hub_host + url_path_join(hub.hub_prefix, "logout"))


class OAuthCallback(HubOAuthCallbackHandler):  # type: ignore[misc]
    """Where the hub sends the browser back to; checks the state, trades the code for a token."""

    def initialize(self, hub_auth: Any) -> None:
        self.hub_auth = hub_auth

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    async def get(self) -> None:
        await super().get()


class HubUser(User):  # type: ignore[misc]
    """A user of the hub's. Its model is kept aside: the REST API does not show it."""

    def __init__(self, model: dict[str, Any]) -> None:
        self.hub_user = model
        shown = ("name", "display_name", "initials", "avatar_url", "color")
        info = model.get("user_info") or {}
        super().__init__(username=model["name"], **{key: info[key] for key in shown if key in info})


class HubIdentity(IdentityProvider):  # type: ignore[misc]
    """Asks the hub who a request is from, and lets in whom the hub's scopes let in."""

    logout_handler_class = HubLogout
    token_generated = False
    hub_auth = Instance(HubOAuth)
    server_user = Unicode(config=True)
    server_name = Unicode(config=True)
    activity_url = Unicode(config=True)

    def _hub_auth_default(self) -> Any:
        return HubOAuth(parent=self)

    @property
    def token(self) -> str:
        """The server's own token, which the hub's requests carry."""
        return str(self.hub_auth.api_token)

    async def get_user(self, handler: Any) -> HubUser | None:
        """The user whose token or cookie the request carries and whose scopes suffice."""
        if hasattr(handler, "_labdock_user"):
            known: HubUser | None = handler._labdock_user  # noqa: SLF001
            return known
        handler._labdock_user = None  # noqa: SLF001
        self._redirect_to_hub(handler)
        self.hub_auth._patch_xsrf(handler)  # noqa: SLF001 - as upstream's own provider does
        model = await self.hub_auth.get_user(handler, sync=False)
        if model is None:
            return None
        if not self.hub_auth.check_scopes(self.hub_auth.access_scopes, model):
            self._refuse(handler, model)
            return None
        user = handler._labdock_user = HubUser(model)  # noqa: SLF001
        self.hub_auth._persist_url_token_if_set(handler)  # noqa: SLF001
        return user

    def _refuse(self, handler: Any, model: dict[str, Any]) -> None:
        """Say 403 to somebody whom the hub knows, instead of sending them round in circles."""
        self.log.warning("Not allowing %s %s", model["kind"], model["name"])

        def refuse(*_: object, **__: object) -> None:
            raise web.HTTPError(403, f"{model['kind']} {model['name']} is not allowed.")

        handler.redirect = refuse

    def _redirect_to_hub(self, handler: Any) -> None:
        """Make the handler's login address the hub's, with a state of its own.

        Whatever the handler would have done comes first: API handlers answer 403 instead of
        redirecting, and no state cookie may be set for those.
        """
        own_login_url = handler.get_login_url
        found: list[str] = []

        def login_url() -> str:
            if not found:
                settings = {"login_url": self.hub_auth.login_url}
                with mock.patch.dict(handler.application.settings, settings):
                    url = own_login_url()
                verifier, challenge, method = self.hub_auth.generate_pkce_code_challenge()
                state = self.hub_auth.set_state_cookie(
                    handler, next_url=handler.request.uri, code_verifier=verifier
                )
                pkce = {"code_challenge": challenge, "code_challenge_method": method}
                found.append(url_concat(url, {**pkce, "state": state}))
            return found[0]

        handler.get_login_url = login_url

    def get_handlers(self) -> list[tuple[Any, ...]]:
        """Log-out and the OAuth callback; the login page is the hub's."""
        return [
            ("/logout", self.logout_handler_class),
            ("/oauth_callback", OAuthCallback, {"hub_auth": self.hub_auth}),
        ]

    def started(self, server: Any) -> None:
        """Begin what the hub expects of a running server. Called once the loop turns."""
        server.web_app.settings["page_config_hook"] = self.page_config
        report = ActivityReport(
            url=self.activity_url,
            token=self.token,
            server_name=self.server_name,
            last_activity=server.web_app.last_activity,
            log=self.log,
        )
        self._tasks = [asyncio.create_task(report.run())] if self.activity_url else []
        version = warn_of_other_version(self.hub_auth.api_url, self.log)
        self._tasks.append(asyncio.create_task(version))

    def page_config(self, handler: Any, page: dict[str, Any]) -> dict[str, Any]:
        """What JupyterLab needs for its `Hub Control Panel`, sharing and log-out entries."""
        user = handler.current_user
        hub = self.hub_auth
        page.update(
            hubUser=user.name if user else "",
            hubServerUser=self.server_user,
            hubServerName=self.server_name,
            hubPrefix=hub.hub_prefix,
            hubHost=hub.hub_host,
            shareUrl=url_path_join(hub.hub_prefix, "user-redirect"),
            token=hub.get_token(handler) or "",
        )
        return page

    def validate_security(self, app: object, ssl_options: object = None) -> None:
        """Warn of nothing: the hub's proxy is the only one who can reach this port."""
