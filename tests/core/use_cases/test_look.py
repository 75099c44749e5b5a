"""What a save would keep and how environments differ, over an engine in memory."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.core.test_packages import dpkg, wheel
from tests.core.use_cases.conftest import BASE, TORCH, Clock
from workspace_cli.core import look, look_packages, look_sizes, secrets
from workspace_cli.core.environments import commit
from workspace_cli.core.errors import CommitFailedError
from workspace_cli.core.fake_containers import FakeContainer
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.look_models import to_json
from workspace_cli.core.models import Workspace, WorkspaceSpec
from workspace_cli.core.workspaces import launch, stop

HOME = "/home/member"
TOKEN = "hf_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7"


@pytest.fixture
def workspace(host: Host) -> Workspace:
    return launch(host, WorkspaceSpec(owner="kim", name="study", image=BASE))


@pytest.fixture
def made(engine: FakeEngine, workspace: Workspace) -> FakeContainer:
    return engine.made(workspace.container.name)


def write(made: FakeContainer, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        made.write(path, data)


def suspects(host: Host, workspace: Workspace) -> dict[str, str]:
    return {one.path: one.kind for one in look.preview(host, workspace, patience=60).suspects}


def test_a_fresh_workspace_has_nothing_to_save(host: Host, workspace: Workspace) -> None:
    seen = look.preview(host, workspace, patience=60)
    assert (seen.packages, seen.folders, seen.files, seen.bytes, seen.added) == ((), (), 0, 0, 0)
    assert (seen.suspects, seen.caches, seen.blind) == ((), (), "")
    assert (seen.workspace, seen.against) == ("kim/study", "labdock/base:latest")
    assert "/workspace" in {one.path for one in seen.not_saved}
    assert not any("secrets" in one.source for one in seen.not_saved)


def test_packages_files_and_bytes(host: Host, workspace: Workspace, made: FakeContainer) -> None:
    write(made, dpkg(figlet="2.2") | wheel("mine", "1.0", size=1000))
    write(made, {f"{HOME}/data/{n}.bin": b"x" * 500 for n in range(3)})
    write(made, {"/etc/os-release": b"changed", "/usr/local/bin/.wh.labdock-enter": b""})
    seen = look.preview(host, workspace, patience=60)
    assert [(one.manager, one.name, one.change) for one in seen.packages] == [
        ("apt", "figlet", "added"),
        ("pip", "mine", "added"),
    ]
    assert seen.packages[1].bytes > 1000
    assert {one.path: (one.added, one.changed, one.removed) for one in seen.folders} == {
        f"{HOME}/data": (3, 0, 0),
        "/etc": (0, 1, 0),
        "/usr/local/bin": (0, 0, 1),
    }
    assert seen.bytes >= 2500
    assert json.loads(json.dumps(to_json(seen)))["packages"][0]["change"] == "added"


def test_a_stopped_workspace_is_looked_at_as_well(
    host: Host, workspace: Workspace, made: FakeContainer
) -> None:
    made.write(f"{HOME}/.netrc", b"machine x login y password z")
    stop(host, workspace)
    assert suspects(host, workspace) == {f"{HOME}/.netrc": "passwords"}


def test_what_was_saved_is_not_told_again(
    host: Host, workspace: Workspace, made: FakeContainer, clock: Clock
) -> None:
    write(made, wheel("first", "1.0"))
    clock.now += 10
    saved = commit(host, workspace, "v:1")
    write(made, wheel("second", "1.0"))
    seen = look.preview(host, workspace, patience=60)
    assert seen.against == saved.reference
    assert [one.name for one in seen.packages] == ["second"]


def test_a_secret_of_an_earlier_save_is_still_told(
    host: Host, workspace: Workspace, made: FakeContainer, clock: Clock
) -> None:
    made.write(f"{HOME}/.netrc", b"machine x login y password z")
    clock.now += 10
    saved = commit(host, workspace, "v:1")
    assert suspects(host, workspace) == {f"{HOME}/.netrc": "passwords"}
    again = launch(host, WorkspaceSpec(owner="kim", name="again", image=saved.reference))
    assert look.preview(host, again).files == 0
    assert suspects(host, again) == {f"{HOME}/.netrc": "passwords"}


def test_what_the_labs_image_holds_is_no_secret(host: Host, engine: FakeEngine) -> None:
    engine.add_image("lab:1", labels={"labdock.server": "1"}, files={"root/.netrc": b"x" * 9})
    workspace = launch(host, WorkspaceSpec(owner="kim", name="lab", image="lab:1"))
    assert suspects(host, workspace) == {}


def test_the_workspaces_own_secrets_are_found_wherever_they_are_written(host: Host) -> None:
    spec = WorkspaceSpec(
        owner="kim",
        name="study",
        image=BASE,
        environment={"WORKSPACE_AUTH_PASSWORD": "pass-word-1", "MY_API_KEY": "key-0123456789"},
        secrets={"JUPYTERHUB_API_TOKEN": "tok-0123456789", "JUPYTERHUB_USER": "kim-of-the-lab"},
    )
    workspace = launch(host, spec)
    engine = host.engine
    assert isinstance(engine, FakeEngine)
    made = engine.made(workspace.container.name)
    write(
        made,
        {
            "/srv/a": b"\0\1binary tok-0123456789",
            "/srv/b": b"pass-word-1",
            "/srv/c.log": b"GET /?k=key-0123456789",
            "/srv/d": b"a2ltOnBhc3Mtd29yZC0x",  # kim:pass-word-1, as HTTP Basic writes it
            "/srv/e": b"kim-of-the-lab",
        },
    )
    assert suspects(host, workspace) == dict.fromkeys(
        ["/srv/a", "/srv/b", "/srv/c.log", "/srv/d"], "known secret"
    )
    told = json.dumps(to_json(look.preview(host, workspace)))
    assert not any(value in told for value in ("tok-0123", "pass-word", "key-0123"))


def test_files_of_packages_are_no_secrets_unless_they_were_changed(
    host: Host, workspace: Workspace, made: FakeContainer
) -> None:
    files = wheel("mine", "1.0", size=60)
    module = next(path for path in files if path.endswith("mine.py"))
    write(made, files | {module: f"token = '{TOKEN}'".encode().ljust(60)})
    assert suspects(host, workspace) == {}
    made.write(module, f"token = '{TOKEN}' # mine".encode().ljust(61))
    assert suspects(host, workspace) == {f"/{module}": "access token"}


def test_what_no_save_keeps_is_neither_told_nor_counted(
    host: Host, workspace: Workspace, made: FakeContainer
) -> None:
    write(made, {"/tmp/.netrc": b"x" * 9, f"{HOME}/.cache/pip/http/a": b"y" * 2000})
    write(made, {f"{HOME}/.cache/torch/hub/model.pt": b"z" * 5000, "/root/.env": b"A=1" * 100})
    seen = look.preview(host, workspace, patience=60)
    assert {one.path: (one.kind, one.always) for one in seen.caches} == {
        f"{HOME}/.cache/torch": ("models", False),
        f"{HOME}/.cache/pip": ("pip", True),
    }
    assert [one.path for one in seen.suspects] == ["/root/.env"]
    assert (seen.bytes, seen.added) == (5300, 5000)


def test_what_a_save_leaves_out(host: Host, workspace: Workspace, made: FakeContainer) -> None:
    write(made, {"/root/.env": b"A=1", f"{HOME}/p/.env": b"A=1", f"{HOME}/p/.netrc": b"x"})
    made.write(f"{HOME}/.cache/torch/hub/model.pt", b"z" * 50)
    seen = look.preview(host, workspace, patience=60)
    assert look.left_out(seen) == (f"{HOME}/p/.env", f"{HOME}/p/.netrc", "/root/.env")
    assert look.left_out(seen, keep=["/root/.env"], drop_caches=True, also=["/srv"]) == (
        f"{HOME}/p/.env",
        f"{HOME}/p/.netrc",
        f"{HOME}/.cache/torch",
        "/srv",
    )
    assert look.left_out(seen, keep=[f"{HOME}/p/"]) == ("/root/.env",)
    assert look.left_out(seen, keep_secrets=True) == ()


def test_without_folders_nothing_is_guessed(
    host: Host, engine: FakeEngine, workspace: Workspace
) -> None:
    engine.engine_info = replace(engine.engine_info, storage_driver="btrfs")
    seen = look.preview(host, workspace, patience=60)
    assert "cannot be looked at" in seen.blind
    assert seen.not_saved
    base = engine.image(BASE)
    assert look.compare(host, base, engine.image(TORCH)).blind
    with pytest.raises(CommitFailedError):
        look_packages.packages_of(host, base)


def test_two_environments_differ_in_packages_files_and_settings(
    host: Host, engine: FakeEngine
) -> None:
    files = {"srv/same": b"s", "srv/a": b"1"}
    config = {"Entrypoint": ["run"], "User": "kim", "ExposedPorts": {"80/tcp": {}}}
    engine.add_image("one:1", files=files | dpkg(vim="1"), config=config, environment={"A": "1"})
    engine.add_image(
        "two:1",
        files={"srv/same": b"s", "srv/b": b"22"} | dpkg(vim="2"),
        config=config | {"Entrypoint": ["walk"], "ExposedPorts": {"80/tcp": {}, "81/tcp": {}}},
        labels={"team": "nlp", "labdock.note": "not told"},
    )
    found = look.compare(host, engine.image("one:1"), engine.image("two:1"))
    assert [(one.name, one.before, one.after) for one in found.packages] == [("vim", "1", "2")]
    # The file that is the same but for its time is none of them.
    assert {one.path: (one.added, one.removed) for one in found.folders} == {"/srv": (1, 1)}
    assert {one.name: (one.before, one.after) for one in found.settings} == {
        "entrypoint": ("run", "walk"),
        "ports": ("80/tcp", "80/tcp 81/tcp"),
        "variable A": ("1", ""),
        "label team": ("", "nlp"),
    }


def test_an_environment_and_a_workspace(
    host: Host, engine: FakeEngine, workspace: Workspace, made: FakeContainer
) -> None:
    write(made, wheel("mine", "1.0"))
    found = look.compare(host, engine.image(TORCH), workspace)
    assert [one.name for one in found.packages] == ["mine"]
    assert (found.old, found.new) == ("labdock/pytorch:latest", "kim/study")
    assert found.new_size == engine.image(BASE).size + sum(map(len, made.written.values()))


def test_packages_are_read_once_and_kept(host: Host, engine: FakeEngine) -> None:
    engine.add_image("one:1", files=dpkg(vim="1") | wheel("mine", "2"))
    image = engine.image("one:1")
    first = look_packages.packages_of(host, image)
    assert [(one.manager, one.name, one.version) for one in first] == [
        ("apt", "vim", "1"),
        ("pip", "mine", "2"),
    ]
    calls = len(engine.calls)
    assert look_packages.packages_of(host, image) == first
    assert engine.calls[calls:] == []
    engine.remove_image("one:1")
    engine.add_image("two:1", files=dpkg(vim="2"))
    kept = host.settings.hub_dir / "looks"
    second = look_packages.packages_of(host, engine.image("two:1"))
    assert [path.stem for path in kept.iterdir()] == [engine.image("two:1").id[7:]]
    changes = look_packages.package_changes(first, second)
    assert [(one.name, one.change) for one in changes] == [("vim", "changed"), ("mine", "removed")]


def test_a_damaged_copy_is_read_anew(host: Host, engine: FakeEngine) -> None:
    engine.add_image("one:1", files=dpkg(vim="1"))
    image = engine.image("one:1")
    first = look_packages.packages_of(host, image)
    file = next((host.settings.hub_dir / "looks").iterdir())
    for damage in ("", "{", "[1]", '[{"unknown": 1}]'):
        file.write_text(damage)
        assert look_packages.packages_of(host, image) == first


def test_own_and_shared_sizes(
    host: Host, engine: FakeEngine, workspace: Workspace, made: FakeContainer
) -> None:
    made.write("/srv/a", b"x" * 100)
    saved = commit(host, workspace, "v:1")
    share = look_sizes.shares(host)
    base = engine.image(BASE)
    assert (share[saved.id].own, share[saved.id].shared) == (100, base.size)
    assert (share[base.id].own, share[base.id].shared) == (0, base.size)


def test_secrets_of_a_workspace_never_leave_its_folder(host: Host, workspace: Workspace) -> None:
    # What is searched for is the same that the workspace was given.
    kept = secrets.read(host.settings, workspace.container.name)
    assert kept["WORKSPACE_AUTH_PASSWORD"]
    assert kept["WORKSPACE_AUTH_PASSWORD"] not in json.dumps(to_json(look.preview(host, workspace)))
