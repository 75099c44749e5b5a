"""Environments with their parents, and the way back to one, on a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from workspace_cli.core import lineage
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.models import PortMapping, Workspace, WorkspaceSpec
from workspace_cli.core.workspaces import bring_up, find, launch, roll_back, stop

pytestmark = pytest.mark.engine


@pytest.fixture
def saved(host: Host, spec: WorkspaceSpec) -> Iterator[list[str]]:
    """Give a list of references whose images go at the end."""
    references: list[str] = []
    yield references
    for reference in reversed(references):
        host.engine.remove_image(reference)


def touch(host: Host, workspace: Workspace, path: str) -> None:
    host.engine.execute(workspace.container.name, ["touch", path])


def has(host: Host, workspace: Workspace, path: str) -> bool:
    return host.engine.has_path(workspace.container.name, path)


def test_a_workspace_comes_back_to_what_was_saved(
    host: Host, spec: WorkspaceSpec, saved: list[str]
) -> None:
    workspace = launch(host, replace(spec, ports=(PortMapping(8888),)))
    ports = workspace.ports
    touch(host, workspace, "/good")
    saved.append(commit(host, workspace, "v:1").reference)
    touch(host, workspace, "/bad")
    before = host.engine.container(workspace.container.name).id
    assert lineage.last_saved(host, workspace) == saved[0]
    roll_back(host, workspace, saved[0])
    again = find(host, workspace.reference)
    assert again.container.id != before
    assert again.image == saved[0]
    assert has(host, again, "/good")
    assert not has(host, again, "/bad")
    assert again.ports == ports
    # The same once more, where the image is the workspace's own already.
    touch(host, again, "/bad")
    roll_back(host, again, saved[0])
    assert not has(host, again, "/bad")
    host.engine.remove(again.container.name, force=True)


def test_a_recreated_workspace_still_knows_its_parent(
    host: Host, spec: WorkspaceSpec, saved: list[str]
) -> None:
    wanted = replace(spec, kind="hub", secrets={"JUPYTERHUB_API_TOKEN": "one"})
    workspace = bring_up(host, wanted)
    base = host.engine.image(spec.image)
    stop(host, workspace)
    # Other ports: it stands on a layer of Labdock's own from now on.
    workspace = bring_up(host, replace(wanted, ports=(PortMapping(8888),)))
    touch(host, workspace, "/good")
    saved.append(commit(host, workspace, "v:1").reference)
    image = host.engine.image(saved[0])
    assert image.labels["labdock.parent-id"] == base.id
    row = next(one for one in lineage.environments(host) if one.reference == saved[0])
    assert (row.saved_from, row.parent_id, row.added is not None) == (
        workspace.reference,
        base.id,
        True,
    )
    host.engine.remove(workspace.container.name, force=True)
