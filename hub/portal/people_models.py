"""What goes in and comes out of ``/people``, ``/groups``, ``/invitations`` and ``/account``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.invitations import LONGEST, MOST_USES

State = Literal["active", "pending", "disabled"]
Time = Annotated[str, Field(description="ISO 8601, UTC.")]
Told = Annotated[
    str | None,
    Field(description="Told this once: null where a key is sent again, or where there is none."),
]
GroupName = Annotated[str, Field(min_length=1, max_length=255)]
MemberName = Annotated[str, Field(min_length=1, max_length=64)]


class PersonOut(BaseModel):
    """One account; ``locked``: has to wait after failed logins, ``about``: what they wrote."""

    name: str
    state: State
    admin: bool
    about: str
    created: Time
    password_changed: Time
    groups: list[str]
    second_factor: bool
    locked: bool


class PeoplePage(BaseModel):
    """Some accounts; ``next`` goes into ``after``, null at the end."""

    items: list[PersonOut]
    total: int
    next: str | None


class PersonIn(BaseModel):
    """A new account; without a password one is made, and told in the answer."""

    model_config = ConfigDict(extra="forbid")

    name: MemberName
    password: Annotated[str | None, Field(max_length=1024)] = None
    admin: bool = False


class PersonMadeOut(BaseModel):
    """The account that was made."""

    name: str
    state: State
    admin: bool
    password: Told


class PersonChange(BaseModel):
    """What is changed: whether somebody may log in, and whether they are an admin."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["active", "disabled"] | None = None
    admin: bool | None = None


class DoneOut(BaseModel):
    """What came of it: the account's state, a link for a new password, or a temporary one."""

    name: str
    state: Literal["active", "removed"] | None = None
    link: Told = None
    password: Told = None


class DepartureIn(BaseModel):
    """What becomes of the home and the environments; `archive` saves the home as a file first."""

    model_config = ConfigDict(extra="forbid")

    files: Literal["stay", "hand-over", "delete"] = "stay"
    heir: MemberName | None = None
    archive: bool = False


class DepartureOut(BaseModel):
    """What a member leaves behind, and how far the departure is."""

    name: str
    home: bool
    workspaces: list[str]
    environments: list[str]
    gpus: int
    ports_shared: int
    profiles: int
    reservations: list[str]
    state: Literal["stays", "leaving", "failed", "left"]
    done: list[str]
    failed: str


class SessionOut(BaseModel):
    """A browser in which somebody is logged in."""

    id: str
    created: Time
    seen: Time
    address: str
    agent: str


class SessionsOut(BaseModel):
    """Some logins, the latest seen first; ``next`` goes into ``after``."""

    items: list[SessionOut]
    next: str | None


class GroupOut(BaseModel):
    """One group and who is in it."""

    name: str
    members: list[str]


class GroupsPage(BaseModel):
    """Some groups; ``next`` goes into ``after``."""

    items: list[GroupOut]
    next: str | None


class InvitationOut(BaseModel):
    """One invitation that is still good."""

    id: str
    created: Time
    created_by: str
    expires: Time
    uses: int
    uses_left: int
    groups: list[str]
    note: str


class InvitationsPage(BaseModel):
    """Some invitations, the newest first; ``next`` goes into ``after``."""

    items: list[InvitationOut]
    next: str | None


class InvitationIn(BaseModel):
    """How many may sign up with it, for how many seconds, and into which groups they come."""

    model_config = ConfigDict(extra="forbid")

    uses: Annotated[int, Field(ge=1, le=MOST_USES)] = 1
    seconds: Annotated[int, Field(ge=60, le=int(LONGEST))] = 7 * 86400
    groups: Annotated[list[GroupName], Field(max_length=20)] = []
    note: Annotated[str, Field(max_length=200)] = ""


class InvitationMadeOut(InvitationOut):
    """The invitation that was made; ``link`` is the path that whoever is invited opens."""

    link: Told


class AccountOut(BaseModel):
    """Who you are to the lab, and what the token that you sent may do."""

    name: str
    role: Literal["member", "instructor", "admin"]
    scopes: list[str]


class TokenOut(BaseModel):
    """One token, without the token itself."""

    id: str
    kind: str
    note: str
    scopes: list[str]
    created: Time | None
    expires: Time | None
    last_activity: Time | None

    @classmethod
    def of(cls, model: dict[str, Any]) -> TokenOut:
        """Return a token as the hub tells of it."""
        return cls(
            id=str(model["id"]),
            kind=str(model.get("kind") or "api_token"),
            note=str(model.get("note") or model.get("oauth_client") or ""),
            scopes=sorted(map(str, model.get("scopes") or ())),
            created=model.get("created"),
            expires=model.get("expires_at"),
            last_activity=model.get("last_activity"),
        )


class TokensPage(BaseModel):
    """Some tokens; ``next`` goes into ``after``."""

    items: list[TokenOut]
    next: str | None


class TokenIn(BaseModel):
    """A new token; without scopes it has all of your rights, without seconds it never ends."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(max_length=200)] = ""
    seconds: Annotated[int | None, Field(ge=1, le=10 * 366 * 86400)] = None
    scopes: Annotated[list[Annotated[str, Field(max_length=255)]] | None, Field(max_length=50)] = (
        None
    )


class TokenMadeOut(TokenOut):
    """The token that was made."""

    token: Told
