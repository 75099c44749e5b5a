"""``/openings``: what members have confirmed to be opened, for programs and workspaces."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from hub.portal import opening, problems
from hub.portal.access import MEMBERS, Member, Parts, only
from hub.portal.openings import Opening
from hub.portal.portal import API, PREFIX
from hub.portal.times import iso
from hub.portal.workspaces_api import WRITES, By
from workspace_cli.core.opening import parse_wanted

router = APIRouter(prefix="/openings", tags=["workspaces"])

Text = Annotated[str, Field(max_length=400)]


class OpeningIn(BaseModel):
    """What is to be opened; without a branch the repository's own, without a path its folder."""

    model_config = ConfigDict(extra="forbid")

    repository: Text
    branch: Text = ""
    path: Text = ""
    workspace: Annotated[
        str, Field(max_length=64, description="By default the one that runs, else `default`.")
    ] = ""


class OpeningOut(BaseModel):
    """Something confirmed: it goes to `/workspace/FOLDER` once a browser opens `page`."""

    id: str
    repository: str
    branch: str
    path: str
    folder: str
    workspace: str
    page: str
    until: Annotated[str, Field(description="ISO 8601, UTC.")]


@router.post("", status_code=201, openapi_extra=only(MEMBERS), responses=WRITES)
async def confirm(body: OpeningIn, by: By, parts: Parts, response: Response) -> OpeningOut:
    """Confirm that a repository is opened in a workspace of yours, and start that."""
    wanted = parse_wanted(body.repository, body.branch, body.path)
    found = await opening.begin(parts, by, wanted, body.workspace)
    response.headers["Location"] = f"{API}/openings/{found.id}"
    return _out(found)


@router.get(
    "/{opening_id}",
    openapi_extra=only(MEMBERS),
    responses=problems.answers(401, 403, 404, 422),
)
def show(opening_id: Annotated[str, Path(max_length=64)], who: Member, parts: Parts) -> OpeningOut:
    """Show what you have confirmed; a workspace's own server fetches what this says."""
    return _out(opening.find(parts, who.name, opening_id))


def _out(one: Opening) -> OpeningOut:
    return OpeningOut(
        id=one.id,
        repository=one.wanted.repository.url,
        branch=one.wanted.branch,
        path=one.wanted.path,
        folder=one.wanted.repository.folder,
        workspace=one.workspace,
        page=f"{PREFIX}/open/{one.id}",
        until=iso(one.until) or "",
    )
