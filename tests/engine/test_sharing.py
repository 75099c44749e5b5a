"""Sharing, removing and pruning environments on the real engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import Namespace
from workspace_cli.core import discard, members, sharing
from workspace_cli.core.actors import Actor
from workspace_cli.core.choices import startable
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import ConflictError, ImageNotFoundError, InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.lineage import environments, history
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.policy import Retention
from workspace_cli.core.reading import find
from workspace_cli.core.retention import preview, prune
from workspace_cli.core.sharing import Recipient
from workspace_cli.core.workspaces import launch, remove, roll_back, stop

pytestmark = pytest.mark.engine
ADMIN = Actor("admin", admin=True)


def saved(host: Host, workspace: Workspace, tag: str) -> str:
    """Save a workspace with a file that only this save has."""
    name = workspace.container.name
    host.engine.execute(name, ["touch", f"/tmp-{tag.replace(':', '-')}"])
    return commit(host, find(host, workspace.reference), tag).reference


def has(host: Host, workspace: Workspace, tag: str) -> bool:
    return host.engine.has_path(workspace.container.name, f"/tmp-{tag.replace(':', '-')}")


def test_another_starts_from_what_is_shared_and_from_nothing_else(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    mine = launch(host, spec)
    reference = saved(host, mine, "nlp:v1")
    other = f"{namespace}o"
    members.remember(host, other, "member", ["nlp"])
    image = host.engine.image(reference)
    spellings = (
        *(reference, image.id, image.id[7:19], f"docker.io/{reference}"),
        *(f"{reference}@{image.id}", reference.upper()),
    )
    for asked in spellings:
        with pytest.raises(InvalidOptionError):
            startable(host, other, asked)
    sharing.share(host, reference, Recipient("group", "nlp"), Actor(str(namespace)))
    copy = launch(host, replace(spec, owner=other, image=startable(host, other, reference)))
    assert has(host, copy, "nlp:v1")
    for asked in spellings[1:]:
        with pytest.raises(InvalidOptionError):
            startable(host, other, asked)

    # It is in use, also by what is stopped, and what the other has goes on without the grant.
    stop(host, copy)
    with pytest.raises(ConflictError, match=f"{other}/study"):
        discard.discard(host, reference, ADMIN)
    assert sharing.withdraw(host, reference, None, ADMIN).users == (f"{other}/study",)
    with pytest.raises(InvalidOptionError):
        startable(host, other, reference)
    remove(host, copy)
    assert discard.discard(host, reference, Actor(str(namespace))).reference == reference
    assert environments(host, str(namespace)) == []


def test_a_child_keeps_all_that_it_holds_when_its_parent_goes(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace = launch(host, spec)
    parent = saved(host, workspace, "nlp:v1")
    roll_back(host, find(host, workspace.reference), parent)
    child = saved(host, workspace, "nlp:v2")
    with pytest.raises(ConflictError):
        discard.discard(host, parent, ADMIN)
    roll_back(host, find(host, workspace.reference), child)
    discard.discard(host, parent, ADMIN)
    remove(host, find(host, workspace.reference))
    again = launch(host, replace(spec, image=child))
    assert has(host, again, "nlp:v1")
    assert has(host, again, "nlp:v2")
    assert [branch.name for branch in history(host, child)] == [parent, child]


def test_prune_removes_what_its_preview_says_and_leaves_no_image_without_a_name(
    host: Host, spec: WorkspaceSpec, namespace: Namespace
) -> None:
    workspace, owner = launch(host, spec), str(namespace)
    names = [saved(host, workspace, tag) for tag in ("nlp:v1", "nlp:v2", "nlp:v3", "cv:v1")]
    rule = Retention(keep_last=1)
    going = [one.environment for one in preview(host, rule, owner) if one.goes]
    assert [one.reference for one in going] == names[:2]
    assert [one.reference for one in prune(host, ADMIN, rule, owner).gone] == names[:2]
    for one in going:
        with pytest.raises(ImageNotFoundError):
            host.engine.image(one.id)
    assert {one.reference for one in environments(host, owner)} == {names[2], names[3]}
    assert preview(host, rule, owner)[0].goes is False


def test_a_save_after_the_last_one_was_removed_is_whole(host: Host, spec: WorkspaceSpec) -> None:
    workspace = launch(host, spec)
    saved(host, workspace, "nlp:v1")
    discard.discard(host, saved(host, workspace, "nlp:v2"), ADMIN)
    third = saved(host, workspace, "nlp:v3")
    remove(host, workspace)
    again = launch(host, replace(spec, image=third))
    assert all(has(host, again, tag) for tag in ("nlp:v1", "nlp:v2", "nlp:v3"))
