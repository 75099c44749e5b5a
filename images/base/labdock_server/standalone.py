"""The door of a container that stands by itself: a name and a password.

People get a login page and a cookie, programs use HTTP Basic.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
from typing import Any

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.auth.login import LoginFormHandler
from tornado import web
from traitlets import Instance, Unicode
from traitlets.config import Config

from .login_page import PAGE_POLICY, language, login_page
from .throttle import Throttle


def standalone_config(name: str, password: str) -> Config:
    """The configuration that puts this door in."""
    return Config(
        ServerApp={"identity_provider_class": NamePasswordIdentity, "base_url": "/"},
        NamePasswordIdentity={"account_name": name, "account_password": password, "token": ""},
    )


def _same(given: str, wanted: str) -> bool:
    """Compare in a time that tells nothing of either text, not even its length."""
    one, other = (
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in (given, wanted)
    )
    return hmac.compare_digest(one, other)


def basic_credentials(header: str) -> tuple[str, str] | None:
    """Name and password of an `Authorization: Basic …` header, None where it is no such thing."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ("", "")
    name, _, password = text.partition(":")
    return name, password


class LoginPage(LoginFormHandler):  # type: ignore[misc]
    """Asks for name and password, in the browser's language."""

    def _render(self, error: str = "") -> None:
        lang = language(self.request.headers.get("Accept-Language", ""))
        self.set_header("Content-Security-Policy", PAGE_POLICY)
        self.set_header("Cache-Control", "no-store")
        self.write(
            login_page(
                lang,
                xsrf=self.xsrf_form_html(),
                next_url=self.get_argument("next", default=self.base_url),
                error=error,
            )
        )

    @allow_unauthenticated  # type: ignore[untyped-decorator]
    def post(self) -> None:
        """Check what was typed in; 401 where it is wrong, 429 where it was wrong too often."""
        identity: NamePasswordIdentity = self.identity_provider
        wait = identity.throttle.wait(self.request.remote_ip)
        if wait:
            self.set_status(429)
            self.set_header("Retry-After", str(math.ceil(wait)))
            self._render("throttled")
            return
        name = self.get_body_argument("username", default="", strip=False)
        password = self.get_body_argument("password", default="", strip=False)
        if not identity.accepts(name, password, self.request.remote_ip):
            self.set_status(401)
            self._render("wrong")
            return
        self.current_user = identity.member()
        identity.set_login_cookie(self, self.current_user)
        self._redirect_safe(self.get_argument("next", default=self.base_url))


class NamePasswordIdentity(IdentityProvider):  # type: ignore[misc]
    """One account, known from the container's settings."""

    account_name = Unicode(config=True)
    account_password = Unicode(config=True)
    throttle = Instance(Throttle, ())
    login_handler_class = LoginPage

    cookie_options = {"samesite": "Lax"}  # noqa: RUF012 - traitlets makes a copy for each object

    def member(self) -> User:
        """The one who may enter."""
        return User(username=self.account_name)

    def accepts(self, name: str, password: str, address: str) -> bool:
        """Whether this is the account; a wrong try from `address` is counted."""
        # Both are compared whatever the first says: the answer's time tells neither.
        right = _same(name, self.account_name) & _same(password, self.account_password)
        if not right:
            self.throttle.failed(address)
            self.log.warning("Wrong name or password from %s", address)
        return right

    def user_from_cookie(self, cookie_value: str) -> User | None:
        """The member, where the signed cookie names them."""
        user = super().user_from_cookie(cookie_value)
        return user if user and user.username == self.account_name else None

    async def get_user_token(self, handler: Any) -> User | None:
        """The member, where a program sent the right HTTP Basic header.

        Raises HTTPError 401 for a wrong one and 429 after too many.
        """
        credentials = basic_credentials(handler.request.headers.get("Authorization", ""))
        if credentials is None:
            return None
        address = handler.request.remote_ip
        # tornado renders the error page with the handler's user: there is none.
        handler.current_user = handler._jupyter_current_user = None  # noqa: SLF001
        if self.throttle.wait(address):
            raise web.HTTPError(429, "Too many wrong passwords. Wait a minute and try again.")
        if not self.accepts(*credentials, address):
            raise web.HTTPError(401, "Wrong name or password.")
        return self.member()

    async def _get_user(self, handler: Any) -> User | None:
        user = await self.get_user_token(handler)
        if user is not None:
            # A browser keeps sending Basic credentials that stood in an address, from any page:
            # only what is no browser is spared the check for forged requests.
            handler._token_authenticated = "Sec-Fetch-Mode" not in handler.request.headers  # noqa: SLF001
            return user
        return await super()._get_user(handler)

    def is_token_authenticated(self, handler: Any) -> bool:
        """Whether a program, not a browser, made this request."""
        return bool(getattr(handler, "_token_authenticated", False))

    def validate_security(self, app: object, ssl_options: object = None) -> None:
        """Warn of nothing: the way in is decided above, encryption is the proxy's."""
