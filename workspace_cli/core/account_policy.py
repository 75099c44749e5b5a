"""How people come to an account: the table ``[accounts]`` of ``policy.toml``."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

SignUp = Literal["off", "approval", "open"]


class AccountRules(BaseModel):
    """Who may ask for an account, and what a login needs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sign_up: SignUp = "off"
    """Whether strangers may ask for an account; an invitation counts in each case."""
    reserved: tuple[str, ...] = ()
    """Names that nobody can choose, besides those that every system knows."""
    second_factor: tuple[Literal["member", "instructor", "admin"], ...] = ()
    """Roles that do not log in without a second factor."""


RESERVED = frozenset(
    (
        *("admin", "administrator", "root", "system", "labdock", "jupyter", "jupyterhub", "hub"),
        *("portal", "proxy", "service", "support", "security", "staff", "instructor", "default"),
        *("anonymous", "nobody", "guest", "test", "shared", "datasets"),
    )
)
"""Names by which people would take somebody for the lab itself."""


def is_reserved(name: str, rules: AccountRules, admin: str) -> bool:
    """Tell whether a name, as it is kept, is one that nobody can choose at sign-up."""
    return name in RESERVED or name == admin.casefold() or name in rules.reserved
