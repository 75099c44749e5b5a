"""Logins of an LDAP directory, by the ecosystem's LDAPAuthenticator."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from hub.accounts import normalize_name
from hub.outside import Ldap, Person
from workspace_cli.core.errors import UnreachableError

SECONDS = 15.0
"""How long a login waits for the directory."""
_STRATEGY = {"start": "before_bind", "ldaps": "on_connect", "none": "insecure"}
"""Our word for how the connection is made → LDAPAuthenticator's."""


class Directory:
    """Asks one directory whether a name and a password belong together."""

    def __init__(self, settings: Ldap) -> None:
        self.settings = settings
        # Its own default believes any certificate.
        tls: dict[str, Any] = {"validate": ssl.CERT_REQUIRED}
        if settings.ca_file is not None:
            tls["ca_certs_file"] = str(settings.ca_file)
        self._options: dict[str, Any] = {
            "server_address": settings.server,
            "tls_strategy": _STRATEGY[settings.tls],
            "tls_kwargs": tls,
            "bind_dn_template": list(settings.user_dn),
            "allowed_groups": list(settings.groups),
            "allow_all": True,
            **({} if settings.port is None else {"server_port": settings.port}),
        }

    def __deepcopy__(self, memo: dict[int, object]) -> Directory:
        # traitlets copies what a configuration holds.
        return self

    async def find(self, name: str, password: str) -> Person | None:
        """Return who logs in so, None where the directory says no; UnreachableError."""
        if not name.isprintable():
            return None  # nobody's name, and nothing that belongs into a log
        # Most labs have no directory: its libraries are loaded where one is asked.
        from ldap3.core.exceptions import LDAPException

        from hub.directory_client import DirectoryClient

        client = DirectoryClient(**self._options)
        try:
            call = asyncio.to_thread(client.ask, name, password)
            found = await asyncio.wait_for(call, SECONDS)
        except (LDAPException, OSError, TimeoutError) as exc:
            raise UnreachableError(
                f"The directory {self.settings.title} does not answer.",
                "Try again, or tell your admin.",
            ) from exc
        if found is None:
            return None
        groups = frozenset(found["auth_state"]["ldap_groups"])
        # A directory does not tell upper from lower case in names; neither do accounts.
        return Person(f"ldap:{normalize_name(name)}", name, groups)
