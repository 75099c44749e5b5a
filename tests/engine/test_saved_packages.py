"""What was installed outlives the container that it was installed in."""

from __future__ import annotations

import pytest

from tests.engine.conftest import BASE
from tests.engine.test_look import apt_install, pip_install, run
from tests.support import Namespace
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import WorkspaceNotFoundError
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.workspaces import launch, remove

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]


def test_what_apt_and_pip_installed_is_there_after_the_container_is_gone(
    host: Host, namespace: Namespace
) -> None:
    spec = WorkspaceSpec(owner=str(namespace), name="study", image=BASE)
    workspace = launch(host, spec)
    apt_install(host, workspace, "labtool", "1.0")
    pip_install(host, workspace, "labmodule", "2.0")
    saved = commit(host, workspace, "kept:v1")
    remove(host, workspace)
    with pytest.raises(WorkspaceNotFoundError):
        host.engine.container(workspace.container.name)

    again = launch(host, WorkspaceSpec(owner=spec.owner, name="again", image=saved.reference))
    run(
        host,
        again,
        "dpkg -s labtool | grep -qx 'Status: install ok installed'; "
        "grep -qx 1.0 /usr/share/labtool/file; "
        "/opt/env/bin/python -c 'import labmodule; assert labmodule.VERSION == \"2.0\"'; "
        "/opt/env/bin/pip list | grep -q labmodule; "
        # Both can still be worked with.
        "apt-get remove -y -qq labtool >/dev/null; test ! -e /usr/share/labtool/file",
    )
    remove(host, again)
