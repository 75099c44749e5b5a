"""What changed in real containers: packages, likely secrets, two environments side by side."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace
from workspace_cli.core import folders, look, look_packages, look_sizes
from workspace_cli.core.environments import commit
from workspace_cli.core.host import Host
from workspace_cli.core.host_folders import IN_CONTAINER
from workspace_cli.core.look_models import Preview, to_json
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.readiness import wait_for_workspace
from workspace_cli.core.workspaces import launch, stop

pytestmark = [pytest.mark.engine, pytest.mark.timeout(240)]

HOME = "/home/member"
LETTERS = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0"
SECRET = "geheim-9f3a1c7e5b"
PLANTED = {
    f"{HOME}/.netrc": f"machine git.lab login kim password {SECRET}",
    f"{HOME}/app/.env": f"DB_PASSWORD={SECRET}",
    f"{HOME}/.bash_history": f"export TOKEN={SECRET}",
    f"{HOME}/deploy_key": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{LETTERS}{SECRET}\n-----END",
    f"{HOME}/.aws-lab/notes.txt": f"AKIA2E0A8F3B4C5D6E7F {SECRET}",
    f"{HOME}/train.ipynb": json.dumps({"source": [f'api_key = "{SECRET}"\n']}),
    f"{HOME}/.config/pip/pip.conf": f"[global]\nindex-url = https://kim:{SECRET}@mirror.lab/simple",
    f"{HOME}/.docker/config.json": json.dumps({"auths": {"lab": {"auth": SECRET}}}),
    "/root/.ssh/id_ed25519": SECRET,
    "/etc/apt/auth.conf.d/lab.conf": f"machine apt.lab login kim password {SECRET}",
    "/etc/profile.d/lab.sh": f"export HF_TOKEN=hf_{LETTERS[:34]} # {SECRET}",
    "/opt/model/raw.bin": f"\0\1{SECRET}\2",
}
"""Path → content; each holds SECRET, which the workspace has as a variable as well."""


def wheel(name: str, version: str) -> bytes:
    """Return a wheel with one module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f"VERSION = '{version}'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": record}.items():
            archive.writestr(path, text)
    return buffer.getvalue()


def run(host: Host, workspace: Workspace, script: str) -> None:
    """Run a script as root inside a workspace; it must end well."""
    name = workspace.container.name
    done = host.engine.execute(name, ["sh", "-euc", script], user="0")
    assert done.exit_code == 0, done.output.decode()


def write(host: Host, workspace: Workspace, files: dict[str, str]) -> None:
    """Write files inside a workspace, as root would."""
    home = folders.home(host.settings, workspace.owner)
    for path, text in files.items():
        handed_over = home / hashlib.sha256(path.encode()).hexdigest()
        handed_over.write_text(text)
        run(
            host,
            workspace,
            # The image has links to /workspace for some of them.
            f"mkdir -p $(dirname {path}); rm -f {path}; cp /workspace/{handed_over.name} {path}",
        )
        handed_over.unlink()


def looked(host: Host, workspace: Workspace) -> Preview:
    """Look for as long as it takes: the machine may have more to do."""
    return look.preview(host, workspace, patience=look.THOROUGH)


def pip_install(host: Host, workspace: Workspace, name: str, version: str) -> None:
    file = folders.home(host.settings, workspace.owner) / f"{name}-{version}-py3-none-any.whl"
    file.write_bytes(wheel(name, version))
    run(host, workspace, f"/opt/env/bin/pip install --no-index -q --no-deps /workspace/{file.name}")


def apt_install(host: Host, workspace: Workspace, name: str, version: str) -> None:
    """Install a package that is made inside, as no network may be there."""
    run(
        host,
        workspace,
        f"mkdir -p /tmp/p/DEBIAN /tmp/p/usr/share/{name}; "
        f"printf 'Package: {name}\\nVersion: {version}\\nArchitecture: all\\n"
        "Maintainer: lab\\nDescription: a test\\n' > /tmp/p/DEBIAN/control; "
        f"echo {version} > /tmp/p/usr/share/{name}/file; "
        f"dpkg-deb -b /tmp/p /tmp/{name}.deb; "
        f"apt-get install -y -qq /tmp/{name}.deb >/dev/null; rm -rf /tmp/p /tmp/{name}.deb",
    )


@pytest.fixture
def workspace(host: Host, namespace: Namespace) -> Workspace:
    """Give a running workspace of the lab's image that knows SECRET."""
    return launch(
        host,
        WorkspaceSpec(
            owner=str(namespace), name="study", image=BASE, environment={"LAB_SECRET": SECRET}
        ),
    )


def test_a_lab_image_whose_server_has_run_gives_no_alarm(host: Host, workspace: Workspace) -> None:
    url = f"http://127.0.0.1:{workspace.ports[0].host}/api"
    wait_for_workspace(host, workspace, url, timeout=120)
    run(host, workspace, "/opt/env/bin/python -c 'import numpy' || true")
    seen = looked(host, workspace)
    assert (seen.suspects, seen.packages, seen.unread, seen.blind) == ((), (), 0, "")
    assert {one.path for one in seen.not_saved} == {"/workspace", "/shared", "/datasets"}


def test_the_labs_images_themselves_hold_nothing_that_looks_like_a_secret(
    host: Host, namespace: Namespace
) -> None:
    # As if a member had made all of the lab's image on top of its base.
    engine = host.engine
    spec = WorkspaceSpec(owner=str(namespace), name="study", image=BASE)
    workspace = launch(host, spec)
    stack = engine.layer_folders(workspace.container.name)
    base = engine.layer_folders("labdock/debian", image=True)
    assert stack
    assert base
    below = [base.upper, *base.lowers]
    from workspace_cli.core.layer_worker import work

    new = [stack.upper, *stack.lowers]
    told = work(
        host,
        {
            "do": "look_program.look",
            "read": list(dict.fromkeys([*new, *below])),
            "new": new,
            "old": below,
            "ground": below,
            "values": [],
            "patience": 120,
        },
    )
    assert told["unread"] == 0
    assert told["files"] > 10_000
    assert told["suspects"] == []


def test_what_was_installed_is_told_and_every_planted_secret_is_found(
    host: Host, workspace: Workspace
) -> None:
    pip_install(host, workspace, "mine", "1.0")
    apt_install(host, workspace, "labtool", "2.2-1")
    write(host, workspace, PLANTED)
    run(host, workspace, f"mkdir -p {HOME}/data && seq 100000 > {HOME}/data/numbers")
    seen = looked(host, workspace)
    assert [(one.manager, one.name, one.before, one.after) for one in seen.packages] == [
        ("apt", "labtool", "", "2.2-1"),
        ("pip", "mine", "", "1.0"),
    ]
    assert {one.path for one in seen.suspects} == set(PLANTED)
    assert SECRET not in json.dumps(to_json(seen))
    assert f"{HOME}/data" in {one.path for one in seen.folders}
    # Stopped, and from a container that sees the layers and nothing else, it is the same.
    stop(host, workspace)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(IN_CONTAINER, "1")
        again = looked(host, workspace)
    assert replace(again, seconds=0) == replace(looked(host, workspace), seconds=0)
    assert {one.path for one in again.suspects} == set(PLANTED)
    # What is left out by default is in no byte of the image, and everything else is.
    saved = commit(host, workspace, "clean", leave_out=look.left_out(seen))
    own = host.engine.layer_folders(saved.reference, image=True)
    assert own
    written = [path for path in Path(own.upper).rglob("*") if path.is_file()]
    assert not any(SECRET.encode() in path.read_bytes() for path in written)
    assert any(path.name == "numbers" for path in written)
    assert looked(host, workspace).packages == ()
    fresh = launch(
        host,
        WorkspaceSpec(owner=workspace.owner, name="fresh", image=saved.reference),
    )
    assert looked(host, fresh).suspects == ()
    run(host, fresh, f"/opt/env/bin/python -c 'import mine' && test -s {HOME}/data/numbers")


def test_two_environments_side_by_side(host: Host, workspace: Workspace) -> None:
    pip_install(host, workspace, "mine", "1.0")
    apt_install(host, workspace, "labtool", "1.0")
    write(host, workspace, {"/srv/same": "same", "/srv/old": "old"})
    first = commit(host, workspace, "v:1")
    seen = looked(host, workspace)
    assert (seen.against, seen.folders, seen.packages) == (first.reference, (), ())
    pip_install(host, workspace, "mine", "2.0")
    pip_install(host, workspace, "other", "0.1")
    run(host, workspace, "apt-get remove -y -qq labtool >/dev/null; rm /srv/old; touch /srv/same")
    write(host, workspace, {"/srv/new": "new"})
    second = commit(host, workspace, "v:2")
    engine = host.engine
    found = look.compare(host, engine.image(first.reference), engine.image(second.reference))
    assert [(one.name, one.before, one.after) for one in found.packages] == [
        ("labtool", "1.0", ""),
        ("mine", "1.0", "2.0"),
        ("other", "", "0.1"),
    ]
    srv = next(one for one in found.folders if one.path == "/srv")
    assert (srv.added, srv.changed, srv.removed) == (1, 0, 1)
    assert found.settings == ()
    # The same from the copies that are kept of what is installed.
    packages = [
        look_packages.packages_of(host, engine.image(one.reference)) for one in (first, second)
    ]
    changes = look_packages.package_changes(*packages)
    assert [(one.name, one.change) for one in changes] == [
        ("labtool", "removed"),
        ("mine", "changed"),
        ("other", "added"),
    ]
    assert len(packages[0]) > 100
    share = look_sizes.shares(host)
    base = engine.image(BASE)
    # The second holds what changed since the first, and shares all the rest with it.
    assert 0 < share[second.id].own < 20_000_000
    assert share[first.id].own == 0
    assert share[second.id].shared >= base.size * 0.9
