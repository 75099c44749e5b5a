"""Forms and scripts of the portal's own pages: what is sent along shows that it comes from one.

A browser sends the portal's cookie along wherever a request comes from.  So whatever
changes something with the cookie must also bring a token that only our own pages hold:
an HMAC of the cookie, with a key that stays here.

Source: https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from workspace_cli.core.errors import InvalidInputError, NotAllowedError

FIELD = "_xsrf"
HEADER = "X-XSRFToken"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 2000


class Xsrf:
    """Makes and checks these tokens; ``key`` is known to the portal alone."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"labdock-portal-xsrf:" + key).digest()

    def token(self, session: str) -> str:
        """Return the token for the browser that holds this cookie."""
        return hmac.new(self._key, session.encode(), hashlib.sha256).hexdigest()

    def check(self, session: str, given: str) -> None:
        """Raise NotAllowedError unless the token belongs to the cookie."""
        if not session or not hmac.compare_digest(self.token(session).encode(), given.encode()):
            raise NotAllowedError(
                "This was not sent from a page of the portal, or the page is out of date.",
                "Reload the page and try again.",
            )


async def read_form(request: Request) -> dict[str, list[str]]:
    """Return the fields of a posted form, each with its values in order.

    Raises InvalidInputError for anything but a form as browsers send it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != FORM:
        raise InvalidInputError("This is not a form.", f"Send it as {FORM}.")
    try:
        pairs = parse_qsl(
            (await request.body()).decode("utf-8"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as exc:
        raise InvalidInputError("The form cannot be read.", "Reload the page.") from exc
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


Form = Annotated[Mapping[str, list[str]], Depends(read_form)]


def one(form: Mapping[str, list[str]], name: str, otherwise: str = "") -> str:
    """Return the last value of a field."""
    return form.get(name, [otherwise])[-1]
