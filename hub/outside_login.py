"""The way to an outside login and back, by JupyterHub's own OAuthenticator."""

from __future__ import annotations

import asyncio
from typing import Any

from oauthenticator.generic import GenericOAuthenticator
from oauthenticator.github import GitHubOAuthenticator
from oauthenticator.oauth2 import OAuthCallbackHandler, OAuthenticator, OAuthLoginHandler
from tornado.httpclient import HTTPClientError
from tornado.web import HTTPError

from hub.authenticator import Proven
from hub.groups import put_into, take_out_of
from hub.login import SessionLogin, begin_steps, step_address
from hub.outside import GitHub, OpenIdConnect, Person, admit, lab_groups, person_of
from hub.register import Register
from workspace_cli.core.errors import LabdockError
from workspace_cli.core.settings import Settings

Provider = OpenIdConnect | GitHub
NO_ANSWER = "The outside login could not tell who you are. Try again, or tell your admin."


def oauthenticator(provider: Provider, settings: Settings) -> OAuthenticator:
    """Return what speaks the provider's protocol; who is allowed is decided by the accounts."""
    common = {
        "client_id": provider.client_id,
        "client_secret": provider.secret(settings.hub_dir),
        # Without it the address is what the browser came by.
        "oauth_callback_url": f"{settings.url.rstrip('/')}/hub/oauth_callback"
        if settings.url
        else "",
        "allow_all": True,
        "enable_pkce": True,
    }
    if isinstance(provider, OpenIdConnect):
        return GenericOAuthenticator(
            authorize_url=provider.authorize_url,
            token_url=provider.token_url,
            userdata_url=provider.userinfo_url,
            username_claim=provider.username_claim,
            scope=list(provider.scopes),
            basic_auth=True,
            **common,
        )
    return GitHubOAuthenticator(
        github_url=provider.url,
        allowed_organizations=set(provider.organizations),
        scope=["read:org"] if provider.organizations else [],
        **{**common, "allow_all": not provider.organizations},
    )


class LeaveHandler(OAuthLoginHandler):  # type: ignore[misc] # OAuthenticator ships no types
    """Sends the browser to the provider."""

    def initialize(self, outside: OAuthenticator) -> None:
        """Take what the configuration hands over."""
        self.outside = outside

    @property
    def authenticator(self) -> OAuthenticator:
        """The provider's, whose addresses and client count here."""
        return self.outside


class ReturnHandler(SessionLogin, OAuthCallbackHandler):  # type: ignore[misc]
    """Takes a browser that comes back, and goes on with the account's own steps."""

    def initialize(self, register: Register, provider: Any = None, outside: Any = None) -> None:
        """Take what the configuration hands over."""
        super().initialize(register)
        self.provider: Provider = provider
        self.outside: OAuthenticator = outside

    async def get(self) -> None:
        """Log in, or tell why not."""
        self.check_arguments()
        try:
            person = await self._person()
            account = await asyncio.to_thread(admit, self.register, self.provider, person)
        except LabdockError as exc:
            raise HTTPError(400, str(exc)) from exc
        if account.state == "pending":
            self.finish(await self.render_template("signed_up.html", account=account))
            return
        if not account.active:
            raise HTTPError(400, "Your account is disabled. Ask your admin.")
        user = self.user_from_username(account.name)
        wanted, unwanted = lab_groups(self.provider, person)
        put_into(self.db, user.orm_user, wanted)
        take_out_of(self.db, user.orm_user, unwanted)
        if await self.authenticator.steps(self, account):
            begin_steps(self, account)
            self.redirect(step_address(self))
            return
        user = await self.login_user(Proven(username=account.name))
        self.redirect(self.get_next_url(user))

    async def _person(self) -> Person:
        try:
            found = await self.outside.get_authenticated_user(self, None)
        except (HTTPClientError, OSError, KeyError, ValueError) as exc:
            # Its answer may hold a token: the log gets its kind alone.
            self.log.warning("The outside login failed: %s", type(exc).__name__)
            raise HTTPError(502, NO_ANSWER) from exc
        if found is None:
            raise HTTPError(400, "You are not among those who may log in this way.")
        return person_of(self.provider, found["auth_state"][self.outside.user_auth_state_key])


def handlers(register: Register, provider: Provider | None) -> list[tuple[Any, ...]]:
    """Return the routes, for JupyterHub's ``extra_handlers``; none without a provider."""
    if provider is None:
        return []
    outside = oauthenticator(provider, register.machine.host.settings)
    back = {"register": register, "provider": provider, "outside": outside}
    return [
        (r"/oauth_login", LeaveHandler, {"outside": outside}),
        (r"/oauth_callback", ReturnHandler, back),
    ]
