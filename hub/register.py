"""Everything that is kept about who may log in, in one place for handlers."""

from __future__ import annotations

from dataclasses import dataclass

from hub.accounts import AccountStore
from hub.invitations import Invitations
from hub.machine import Machine
from hub.resets import Resets
from hub.second_factor import SecondFactors
from hub.sessions import Sessions
from hub.throttle import Throttle
from workspace_cli.core import audit
from workspace_cli.core.account_policy import AccountRules
from workspace_cli.core.policy import Role

INSTRUCTORS = "instructors"
"""The group whose members have the role of an instructor."""


@dataclass(frozen=True)
class Register:
    """Accounts, invitations, failures, second factors, logins and links for new passwords."""

    machine: Machine
    accounts: AccountStore
    invitations: Invitations
    resets: Resets
    throttle: Throttle
    factors: SecondFactors
    sessions: Sessions

    @classmethod
    def of(cls, machine: Machine, accounts: AccountStore) -> Register:
        """Return the register in the accounts' database."""
        database = accounts.database
        return cls(
            machine,
            accounts,
            Invitations(database),
            Resets(database),
            Throttle(database),
            SecondFactors(database),
            Sessions(database),
        )

    def __deepcopy__(self, memo: dict[int, object]) -> Register:
        # traitlets copies what a configuration holds; threads have no copy.
        return self

    @property
    def rules(self) -> AccountRules:
        """What ``policy.toml`` says of accounts now."""
        return self.machine.host.policy.accounts

    def needs_factor(self, role: Role) -> bool:
        """Tell whether a role does not log in without a second factor."""
        return role in self.rules.second_factor

    def note(self, actor: str, action: str, subject: str, detail: str = "") -> None:
        """Keep in the audit trail that somebody did something to an account."""
        audit.record(self.machine.host, actor, f"account-{action}", subject, detail)


def role_of(user: object | None, *, admin: bool) -> Role:
    """Return the role of an account, with the hub's user where there is one."""
    if admin:
        return "admin"
    groups = {group.name for group in getattr(user, "groups", ())}
    return "instructor" if INSTRUCTORS in groups else "member"
