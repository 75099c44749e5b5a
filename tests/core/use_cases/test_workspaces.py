from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.use_cases.conftest import Clock
from workspace_cli.core import secrets
from workspace_cli.core.arguments import spec_of
from workspace_cli.core.errors import ConflictError, InvalidNameError, WorkspaceNotFoundError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest, Limits, Mount, PortMapping, WorkspaceSpec
from workspace_cli.core.workspaces import (
    find,
    launch,
    list_workspaces,
    plan,
    purge,
    reap,
    removal_preview,
    remove,
    restart,
    start,
    stop,
)

Specs = Callable[..., WorkspaceSpec]


def test_a_list_shows_workspaces_only_by_owner_and_name(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    engine.create(ContainerRequest(name="stranger", image="nginx"))
    launch(host, spec("b"))
    launch(host, spec("a", owner="김철수"))
    launch(host, spec("a"))
    assert [w.reference for w in list_workspaces(host)] == ["kunyoung/a", "kunyoung/b", "김철수/a"]
    assert [w.name for w in list_workspaces(host, owner="kunyoung")] == ["a", "b"]


def test_find_takes_a_name_or_owner_and_name(host: Host, spec: Specs) -> None:
    launch(host, spec("a"))
    launch(host, spec("a", owner="foo.bar"))
    launch(host, spec("b", owner="foo.bar"))
    assert find(host, "b").owner == "foo.bar"
    assert find(host, "foo.bar/a").owner == "foo.bar"
    assert find(host, "a", owner="kunyoung").owner == "kunyoung"
    with pytest.raises(ConflictError, match=r"foo\.bar/a, kunyoung/a"):
        find(host, "a")


@pytest.mark.parametrize("reference", ["bb", "kunyoung/bb", "x", "/", "a/b/c", "", "../..", "\0"])
def test_find_says_what_is_not_there(host: Host, spec: Specs, reference: str) -> None:
    launch(host, spec("b"))
    with pytest.raises((WorkspaceNotFoundError, InvalidNameError)):
        find(host, reference)


def test_find_suggests_what_was_meant(host: Host, spec: Specs) -> None:
    launch(host, spec("study"))
    with pytest.raises(WorkspaceNotFoundError, match="kunyoung/study"):
        find(host, "stduy")


def test_start_brings_back_the_same_container(host: Host, engine: FakeEngine, spec: Specs) -> None:
    workspace = launch(host, spec(environment={"A": "b"}, limits=Limits(memory=2**30)))
    password = secrets.read(host.settings, workspace.container.name)
    stop(host, workspace)
    assert engine.made(workspace.container.name).restart == "no"
    start(host, find(host, "study"))
    made = engine.made(workspace.container.name)
    assert (made.id, made.state) == (workspace.container.id, "running")
    assert made.restart == "unless-stopped"
    assert secrets.read(host.settings, workspace.container.name) == password


def test_start_of_what_runs_does_nothing(host: Host, engine: FakeEngine, spec: Specs) -> None:
    workspace = launch(host, spec())
    count = len(engine.calls)
    start(host, workspace)
    assert [method for method, _ in engine.calls[count:]] == ["container"]


def test_restart_is_the_same_container(host: Host, engine: FakeEngine, spec: Specs) -> None:
    workspace = launch(host, spec())
    restart(host, workspace)
    made = engine.made(workspace.container.name)
    assert (made.id, made.state, made.restart) == (
        workspace.container.id,
        "running",
        "unless-stopped",
    )


def test_a_container_tells_the_spec_that_it_was_made_from(
    host: Host, spec: Specs, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    wanted = spec(
        environment={"COURSE": "nlp", "LANG": "ko_KR.UTF-8"},
        labels={"team": "nlp"},
        mounts=(Mount(str(data), "/data", read_only=True),),
        ports=(PortMapping(8080, 29203), PortMapping(8888, 29204)),
        limits=Limits(
            cpus=1.5,
            memory=2**30,
            swap=2**20,
            shm_size=2**28,
            pids=100,
            open_files=1024,
            log_size=2**20,
            log_files=2,
        ),
        restart="on-failure:3",
    )
    container = host.engine.container(launch(host, wanted).container.name)
    assert spec_of(container, host.engine.image(container.image_id)) == wanted


def test_remove_keeps_the_home_and_nothing_else(
    host: Host, engine: FakeEngine, spec: Specs, state: Callable[[], dict[str, object]]
) -> None:
    before = state()
    workspace = launch(host, spec())
    home = host.settings.homes / "kunyoung"
    (home / "thesis.ipynb").write_text("{}")
    remove(host, workspace)
    assert (home / "thesis.ipynb").exists()
    assert state() == before | {"homes": ["kunyoung"]}


def test_remove_keeps_the_network_of_the_owners_other_workspace(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    first = launch(host, spec("one"))
    launch(host, spec("two"))
    remove(host, first)
    assert engine.containers()[0].state == "running"
    assert "labdock-net-kunyoung" in {network.name for network in engine.networks()}


def test_purge_takes_the_home_too(host: Host, spec: Specs) -> None:
    workspace = launch(host, spec())
    home = host.settings.homes / "kunyoung"
    (home / "deep" / "er").mkdir(parents=True)
    preview = removal_preview(host, workspace, purge=True)
    assert any(str(home) in part for part in preview.goes)
    purge(host, workspace)
    assert not home.exists()


def test_purge_refuses_while_another_workspace_uses_the_home(host: Host, spec: Specs) -> None:
    first = launch(host, spec("one"))
    launch(host, spec("two"))
    with pytest.raises(ConflictError, match="two"):
        purge(host, first)
    assert {w.name for w in list_workspaces(host)} == {"one", "two"}


def test_purge_follows_no_link_out_of_the_homes(host: Host, spec: Specs, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("")
    workspace = launch(host, spec())
    (host.settings.homes / "kunyoung" / "link").symlink_to(other)
    purge(host, workspace)
    assert (other / "precious").exists()


def test_reap_removes_what_was_created_and_never_started(
    host: Host, engine: FakeEngine, spec: Specs, clock: Clock
) -> None:
    launch(host, spec("runs"))
    dead = launch(host, spec("dead"))
    engine.made(dead.container.name).state = "created"
    engine.create(ContainerRequest(name="stranger", image="nginx"))
    assert reap(host) == []
    clock.now += 61
    assert reap(host) == [dead.container.name]
    assert {row.name for row in engine.containers()} == {"labdock-kunyoung--runs", "stranger"}
    assert not (host.settings.secrets / dead.container.name).exists()


def test_reap_removes_the_secrets_of_containers_that_are_gone(
    host: Host, engine: FakeEngine, spec: Specs
) -> None:
    kept = launch(host, spec("kept"))
    gone = launch(host, spec("gone"))
    engine.remove(gone.container.name, force=True)
    reap(host)
    assert [folder.name for folder in host.settings.secrets.iterdir()] == [kept.container.name]


def test_reap_leaves_alone_what_belongs_to_another_data_root(
    host: Host, engine: FakeEngine, spec: Specs, clock: Clock, tmp_path: Path
) -> None:
    workspace = launch(host, spec())
    engine.made(workspace.container.name).state = "created"
    engine.rename(workspace.container.name, f"{workspace.container.name}.old")
    clock.now += 61
    other = replace(host, settings=replace(host.settings, root=tmp_path / "other"))
    assert reap(other) == []
    assert engine.made(f"{workspace.container.name}.old").state == "created"


def test_a_plan_makes_nothing_and_holds_nothing(
    host: Host, spec: Specs, state: Callable[[], object]
) -> None:
    before = state()
    assert plan(host, spec()).ports == (PortMapping(8080, 29200),)
    assert plan(host, spec()).ports == (PortMapping(8080, 29200),)
    assert state() == before


def test_workspaces_of_names_that_look_alike_share_nothing(host: Host, spec: Specs) -> None:
    owners = ["foo.bar", "foo-bar", "Foo-Bar", "김철수", "foo_bar", "x" * 64]
    made = [launch(host, spec("a", owner=owner)) for owner in owners]
    assert len({w.container.name for w in made}) == len(owners)
    assert len(list(host.settings.homes.iterdir())) == len(owners)
    assert {home.parent for home in host.settings.homes.iterdir()} == {host.settings.homes}
