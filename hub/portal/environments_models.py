"""What goes in and comes out of environments and operations, for OpenAPI."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.portal.operations import Kind, State

MOST_PATHS = 500
Time = Annotated[str, Field(description="ISO 8601, UTC.")]
Bytes = Annotated[int, Field(ge=0, description="Bytes.")]
Path = Annotated[str, Field(min_length=2, max_length=4096, pattern=r"^/[^\x00]*$")]
Paths = Annotated[list[Path], Field(max_length=MOST_PATHS)]
ImageName = Annotated[str, Field(max_length=255)]


class EnvironmentOut(BaseModel):
    """One image to start from.

    ``access`` says why you may: ``lab`` (the catalogue), ``own``, ``shared`` (with you) or
    ``admin``.  ``added`` is what it holds on top of its parent; ``used_by`` are the workspaces
    (OWNER/NAME) on it that you may know of.  What came from elsewhere says so in
    ``imported_from``; while it is not ``trusted`` only admins start from it.  What is
    ``pinned`` stays whatever the lab's rule for old environments says; ``pin_note`` is for its
    owner and admins.
    """

    reference: str
    id: str
    access: Literal["lab", "own", "shared", "admin"]
    owner: str | None
    title: str
    note: str
    parent: str | None
    saved_from: str | None
    created: Time
    size: Bytes
    added: Bytes | None
    layers: int
    used_by: list[str]
    imported_from: str | None
    trusted: bool
    pinned: bool
    pin_note: str | None


class PinIn(BaseModel):
    """Why an environment is kept."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, Field(max_length=1000)] = ""


class TrustIn(BaseModel):
    """Why members may start from what came from elsewhere; kept in the audit trail."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class EnvironmentsOut(BaseModel):
    """A page of environments; ``next`` goes into ``after``."""

    items: list[EnvironmentOut]
    next: str | None


class BranchOut(BaseModel):
    """An environment in its tree, ``depth`` steps above the root; null where it is gone."""

    depth: int
    name: str
    wanted: bool
    environment: EnvironmentOut | None


class HistoryOut(BaseModel):
    """The tree that an environment belongs to, from its root on, depth first."""

    branches: list[BranchOut]


class SaveIn(BaseModel):
    """How a workspace is saved.

    ``name`` is ``IMAGE[:TAG]`` below its owner's namespace, by default the workspace's and the
    time.  Likely secrets are in no layer of what is saved, except those below ``keep``, or all
    with ``keep_secrets``; ``leave_out`` are more paths that are left out, ``drop_caches`` takes
    what programs can fetch again.
    """

    model_config = ConfigDict(extra="forbid")

    name: ImageName = ""
    note: Annotated[str, Field(max_length=1000)] = ""
    leave_out: Paths = []
    keep: Paths = []
    keep_secrets: bool = False
    drop_caches: bool = False


class RollbackIn(BaseModel):
    """To which environment a workspace goes back; by default what was last saved of it.

    ``save`` keeps what is there now as an environment first.
    """

    model_config = ConfigDict(extra="forbid")

    reference: ImageName = ""
    save: bool = True


class FailureOut(BaseModel):
    """Why an operation failed; ``status`` as if it were an answer's."""

    status: int
    detail: str


class OperationOut(BaseModel):
    """Something long: ``state`` is queued, running, done or failed.

    ``step`` says what is done now, ``current`` of ``total`` bytes of it (total 0: not known).
    ``result`` is there when it is done, ``failure`` where it failed.
    """

    id: str
    kind: Kind
    workspace: str
    state: State
    step: str
    current: int
    total: int
    created: Time
    finished: Time | None
    warnings: list[str]
    result: dict[str, Any] | None
    failure: FailureOut | None


class GrantOut(BaseModel):
    """Whom an environment is shared with: MEMBER, ``group:NAME`` or ``lab``."""

    recipient: str
    made_by: str
    created: Time


class GrantsOut(BaseModel):
    """What an environment is shared with, and the workspaces of others that stand on it."""

    items: list[GrantOut]
    used_by: list[str]


class WithdrawalOut(BaseModel):
    """What was withdrawn; ``used_by`` are workspaces that stand on it and may go on."""

    withdrawn: list[str]
    used_by: list[str]
