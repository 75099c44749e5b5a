"""How somebody without an account comes to one: what a name may be, and what then happens."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.accounts import Account, check_name
from hub.invitations import Invitation
from hub.register import Register
from workspace_cli.core import folders, labels
from workspace_cli.core.account_policy import is_reserved
from workspace_cli.core.errors import InvalidNameError, NameTakenError, NotAllowedError

_CHOSEN = re.compile(r"[a-z0-9가-힣][a-z0-9가-힣._-]{1,31}")
"""What people choose themselves: letters that look like nothing but themselves."""


@dataclass(frozen=True)
class Application:
    """What somebody wrote into the form."""

    name: str
    password: str
    about: str = ""
    invitation: str = ""


def join(register: Register, application: Application) -> tuple[Account, Invitation | None]:
    """Make the account of somebody who signs up; with an invitation it is active at once.

    Raises NotAllowedError where nobody may sign up, NotFoundError for an
    invitation that is no good, NameTakenError, InvalidNameError, InvalidOptionError.
    The invitation is used up only together with the account.
    """
    rules = register.rules
    if not application.invitation and rules.sign_up == "off":
        raise NotAllowedError(
            "Accounts are made by invitation here.", "Ask your admin for an invitation link."
        )
    if application.invitation:
        # First: one that was made up must not tell which names there are.
        register.invitations.check(application.invitation)
    name = check_chosen_name(register, application.name)
    used: list[Invitation] = []

    def within(connection: Connection) -> None:
        if application.invitation:
            used.append(register.invitations.redeem(connection, application.invitation))

    active = bool(application.invitation) or rules.sign_up == "open"
    try:
        account = register.accounts.add(
            name,
            application.password,
            state="active" if active else "pending",
            about=application.about.strip(),
            within=within,
        )
    except NameTakenError as exc:
        raise _not_free(name) from exc
    detail = f"invitation {used[0].id} of {used[0].created_by}" if used else rules.sign_up
    register.note(name, "sign-up", name, detail)
    return account, used[0] if used else None


def check_chosen_name(register: Register, name: str) -> str:
    """Return the name as it is kept; InvalidNameError, NameTakenError.

    A name that is reserved, taken, or that left files, workspaces or environments
    behind is refused in the same words: whoever had it before is nobody's business.
    """
    name = check_name(name)
    if not _CHOSEN.fullmatch(name):
        raise InvalidNameError(
            "A user name has 2 to 32 letters (a-z or Korean), digits, dots, dashes or underscores.",
            "It begins with a letter or digit.",
        )
    host = register.machine.host
    left_behind = (
        folders.home(host.settings, name).exists()
        or host.engine.containers({labels.OWNER: name})
        or host.engine.images({labels.OWNER: name})
    )
    taken = register.accounts.find(name) is not None
    if taken or left_behind or is_reserved(name, register.rules, host.settings.admin):
        raise _not_free(name)
    return name


def _not_free(name: str) -> NameTakenError:
    return NameTakenError(f"The name {name!r} is not free.", "Choose another name.")
