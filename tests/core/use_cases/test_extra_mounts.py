"""Folders that an admin offers to members, by group and role."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from workspace_cli.core import extra_mounts, folders, host_folders, labels, members, notices
from workspace_cli.core.engine import Progress
from workspace_cli.core.errors import InvalidOptionError, InvalidSettingError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import Mount, WorkspaceSpec
from workspace_cli.core.policy import load_policy
from workspace_cli.core.workspaces import find, launch, start, stop


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = Path(os.path.realpath(tmp_path)) / "imagenet"
    folder.mkdir()
    return folder


def offer(host: Host, *rows: str) -> None:
    """Write the policy with these [[mount]] tables."""
    host.settings.root.mkdir(exist_ok=True)
    host.settings.policy_file.write_text("\n".join(f"[[mount]]\n{row}\n" for row in rows))


def mounted(engine: FakeEngine, name: str = "labdock-kunyoung--study") -> dict[str, Mount]:
    return {mount.target: mount for mount in engine.made(name).request.mounts}


def test_what_is_offered_to_everyone_is_mounted_read_only(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path
) -> None:
    offer(host, f'source = "{data}"\ntarget = "/imagenet"')
    launch(host, spec())
    assert mounted(engine)["/imagenet"] == Mount(str(data), "/imagenet", read_only=True)


def test_a_group_and_a_role_get_what_is_theirs_and_nobody_else_does(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path, tmp_path: Path
) -> None:
    other = tmp_path / "teaching"
    other.mkdir()
    offer(
        host,
        f'source = "{data}"\ntarget = "/v"\nread_only = false\ngroups = ["vision"]',
        f'source = "{other}"\ntarget = "/t"\nroles = ["instructor"]',
    )
    members.remember(host, "kunyoung", "member", ["vision"])
    members.remember(host, "lee", "instructor")
    launch(host, spec())
    launch(host, spec(owner="lee"))
    launch(host, spec(owner="park"))
    assert {"/v"} == mounted(engine).keys() & {"/v", "/t"}
    assert not mounted(engine)["/v"].read_only
    assert {"/t"} == mounted(engine, "labdock-lee--study").keys() & {"/v", "/t"}
    assert not mounted(engine, "labdock-park--study").keys() & {"/v", "/t"}


def test_of_two_rows_for_one_place_the_first_counts(host: Host, data: Path, tmp_path: Path) -> None:
    offer(host, f'source = "{data}"\ntarget = "/d"', f'source = "{tmp_path}"\ntarget = "/d"')
    assert [mount.source for mount in extra_mounts.extra_mounts(host, "kim").mounts] == [str(data)]


def test_what_the_person_mounts_there_wins(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path, tmp_path: Path
) -> None:
    offer(host, f'source = "{data}"\ntarget = "/d"')
    own = tmp_path / "own"
    own.mkdir()
    launch(host, spec(mounts=(Mount(str(own), "/d"),)))
    assert mounted(engine)["/d"].source == str(own)
    assert str(data) not in [m.source for m in mounted(engine).values()]


def test_who_left_the_group_starts_without_it(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path
) -> None:
    offer(host, f'source = "{data}"\ntarget = "/v"\ngroups = ["vision"]')
    members.remember(host, "kunyoung", "member", ["vision"])
    launch(host, spec())
    stop(host, find(host, "study"))
    members.remember(host, "kunyoung", "member", [])
    start(host, find(host, "study"))
    assert "/v" not in mounted(engine)
    assert engine.made("labdock-kunyoung--study").request.labels[labels.OFFERED] == ""
    stop(host, find(host, "study"))
    members.remember(host, "kunyoung", "member", ["vision"])
    start(host, find(host, "study"))
    assert "/v" in mounted(engine)


def test_a_source_that_became_a_link_is_refused_at_the_next_start(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path
) -> None:
    offer(host, f'source = "{data}"\ntarget = "/v"')
    launch(host, spec())
    stop(host, find(host, "study"))
    data.rmdir()
    data.symlink_to("/etc")
    with pytest.raises(InvalidOptionError, match="symbolic link"):
        start(host, find(host, "study"))
    assert engine.made("labdock-kunyoung--study").state == "exited"


def test_a_link_on_the_way_to_a_source_is_refused(host: Host, data: Path, tmp_path: Path) -> None:
    (data / "inner").mkdir()
    (tmp_path / "way").symlink_to(data)
    offer(host, f'source = "{tmp_path}/way/inner"\ntarget = "/v"')
    with pytest.raises(InvalidOptionError, match="symbolic link"):
        extra_mounts.extra_mounts(host, "kim")


def test_a_source_that_vanished_is_left_out_and_the_member_is_told(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec], data: Path
) -> None:
    offer(host, f'source = "{data}"\ntarget = "/v"')
    launch(host, spec())
    stop(host, find(host, "study"))
    data.rmdir()
    told: list[Progress] = []
    start(host, find(host, "study"), told.append)
    assert "/v" not in mounted(engine)
    assert any(step.warning and "/v" in step.text for step in told)
    (notice,) = notices.open_notices(host.database, now=host.clock(), owner="kunyoung")
    assert (notice.kind, notice.values) == ("mount_missing", {"target": "/v"})

    stop(host, find(host, "study"))
    data.mkdir()
    start(host, find(host, "study"))
    assert "/v" in mounted(engine)
    assert notices.open_notices(host.database, now=host.clock(), owner="kunyoung") == []


def test_a_file_is_no_folder_to_offer(host: Host, data: Path) -> None:
    (data / "file").touch()
    offer(host, f'source = "{data}/file"\ntarget = "/v"')
    with pytest.raises(InvalidOptionError, match="no folder"):
        extra_mounts.extra_mounts(host, "kim")


@pytest.mark.parametrize("source", ["/etc", "/var/lib/docker/x", "/proc/1", "/root", "/run"])
def test_what_is_nobodys_is_never_offered(host: Host, source: str) -> None:
    offer(host, f'source = "{source}"\ntarget = "/v"')
    with pytest.raises(InvalidOptionError, match="never shown"):
        extra_mounts.extra_mounts(host, "kim")


def test_labdocks_own_state_is_never_offered(host: Host) -> None:
    for part in ("", "hub", "secrets/x"):
        offer(host, f'source = "{str(host.settings.root / part).rstrip("/")}"\ntarget = "/v"')
        with pytest.raises(InvalidOptionError, match="never shown"):
            extra_mounts.extra_mounts(host, "kim")


def test_a_folder_in_one_that_members_write_to_is_refused(host: Host, data: Path) -> None:
    """One of them could put a link there between the look and the start."""
    (data / "inner").mkdir()
    offer(
        host,
        f'source = "{data}"\ntarget = "/scratch"\nread_only = false\ngroups = ["vision"]',
        f'source = "{data}/inner"\ntarget = "/v"',
    )
    with pytest.raises(InvalidOptionError, match="put a link"):
        extra_mounts.extra_mounts(host, "kim")


@pytest.mark.parametrize(
    "row",
    [
        'source = "data"\ntarget = "/v"',
        'source = "/a/../b"\ntarget = "/v"',
        'source = "/"\ntarget = "/v"',
        'source = "/data/"\ntarget = "/v"',
        'source = "/data"\ntarget = "v"',
        'source = "/data"\ntarget = "/v,w"',
        'source = "/data"\ntarget = "/workspace"',
        'source = "/data"\ntarget = "/shared"',
        'source = "/data"\ntarget = "/run/labdock"',
        'source = "/data"\ntarget = "/opt/labdock"',
        'source = "/data"\ntarget = "/etc"',
        'source = "/data"',
    ],
)
def test_a_row_that_can_never_work_is_refused_when_the_policy_is_read(host: Host, row: str) -> None:
    offer(host, row)
    with pytest.raises(InvalidSettingError, match=r"mount\.0"):
        load_policy(host.settings.policy_file)


def test_the_same_eyes_look_in_a_container(tmp_path: Path) -> None:
    """The hub runs ``find`` elsewhere, with the machine's root at another place."""
    (tmp_path / "data" / "a").mkdir(parents=True)
    (tmp_path / "data" / "file").touch()
    (tmp_path / "link").symlink_to("data")
    machine = str(tmp_path)
    assert host_folders.find("/data/a", machine) == "folder"
    assert host_folders.find("/link/a", machine) == "link"
    assert host_folders.find("/data/b", machine) == "missing"
    assert host_folders.find("/data/file", machine) == "other"
    assert host_folders.find("/data/file/x", machine) == "missing"


def test_the_doctor_is_told_of_every_fault(host: Host, data: Path, tmp_path: Path) -> None:
    assert extra_mounts.faults(host.settings) == ()
    (tmp_path / "link").symlink_to(data)
    offer(
        host,
        f'source = "{data}"\ntarget = "/a"',
        f'source = "{os.path.realpath(tmp_path)}/link"\ntarget = "/b"',
        f'source = "{os.path.realpath(tmp_path)}/none"\ntarget = "/c"',
        'source = "/etc"\ntarget = "/d"',
    )
    host.settings.shared.mkdir()
    shared, plain, link, none, system = extra_mounts.faults(host.settings)
    assert "group" in shared
    assert "access list" in plain
    assert "symbolic link" in link
    assert "not there" in none
    assert "never shown" in system
    host.settings.shared.rmdir()
    folders.make_lab(host.settings)
    host.settings.policy_file.write_text("[[mount]]\n")
    (broken,) = extra_mounts.faults(host.settings)
    assert "policy.toml" in broken
