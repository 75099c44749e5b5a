import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.models import Mount
from workspace_cli.core.mounts import check_mounts
from workspace_cli.core.options import parse_mount
from workspace_cli.core.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_a_folder_of_data_is_mounted(settings: Settings, data: Path) -> None:
    assert parse_mount(f"{data}:/data", settings) == Mount(str(data), "/data")
    assert parse_mount(f"{data}:/data/:ro", settings) == Mount(str(data), "/data", read_only=True)
    assert parse_mount(f"{data}:/workspace", settings).target == "/workspace"


def test_a_link_is_mounted_as_what_it_leads_to(settings: Settings, data: Path) -> None:
    link = data.parent / "link"
    link.symlink_to(data)
    assert parse_mount(f"{link}:/data", settings).source == str(data)


@pytest.mark.parametrize(
    "source",
    [
        "/",
        "//",
        "/.",
        "/tmp/..",
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/var/run",
        "/run",
        "/proc",
        "/sys/kernel",
        "/dev",
        "/var/lib/docker",
        "/var/lib",
        "/var",
        "/etc",
        "/etc/ssl",
        "/bin",
        "/usr/local",
        "/root",
    ],
)
def test_what_would_hand_over_the_machine_is_refused(settings: Settings, source: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_mount(f"{source}:/x", settings)


@pytest.mark.parametrize("part", ["", "hub", "proxy", "secrets", "secrets/someone", "lock"])
def test_labdocks_own_state_is_refused(settings: Settings, part: str) -> None:
    (settings.root / "hub").mkdir(parents=True)
    (settings.root / "secrets" / "someone").mkdir(parents=True)
    (settings.root / "proxy").mkdir()
    (settings.root / "lock").touch()
    with pytest.raises(InvalidOptionError):
        parse_mount(f"{settings.root / part}:/x", settings)


def test_a_link_to_the_root_or_to_the_state_is_refused(settings: Settings, data: Path) -> None:
    (settings.root / "hub").mkdir(parents=True)
    for number, target in enumerate(["/", str(settings.root / "hub"), "/var/run"]):
        link = data / f"link{number}"
        link.symlink_to(target)
        with pytest.raises(InvalidOptionError):
            parse_mount(f"{link}:/x", settings)


def test_what_a_member_could_replace_by_a_link_is_refused(settings: Settings) -> None:
    for folder in (settings.homes / "kim" / "project", settings.shared / "project"):
        folder.mkdir(parents=True)
        with pytest.raises(InvalidOptionError, match="link"):
            parse_mount(f"{folder}:/x", settings)
    for folder in (settings.homes / "kim", settings.shared):
        assert parse_mount(f"{folder}:/x", settings).source == str(folder)


def test_a_socket_is_refused_wherever_it_is(settings: Settings, data: Path) -> None:
    path = data / "engine.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        with pytest.raises(InvalidOptionError, match="socket"):
            parse_mount(f"{path}:/x", settings)


def test_the_socket_that_docker_host_names_is_refused(
    settings: Settings, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{data}/engine.sock")
    with pytest.raises(InvalidOptionError, match="socket"):
        parse_mount(f"{data}:/x", settings)


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/.",
        "/x/..",
        "//",
        "/opt/labdock",
        "/opt/labdock/bin",
        "/run/labdock",
        "/proc/x",
        "/sys",
        "/dev/shm",
        "/etc",
        "/usr",
        "/opt",
        "/run",
        "/workspace/../etc",
    ],
)
def test_a_target_that_the_server_or_the_kernel_needs_is_refused(
    settings: Settings, data: Path, target: str
) -> None:
    with pytest.raises(InvalidOptionError):
        parse_mount(f"{data}:{target}", settings)


@pytest.mark.parametrize(
    "text", ["", ":", "a:b", "/a", "a:/b", "/tmp:b", "/tmp:/b:rx", "/tmp:/b:ro:ro", "/tmp\0:/b"]
)
def test_what_is_no_mount_is_refused(settings: Settings, text: str) -> None:
    with pytest.raises(InvalidOptionError):
        parse_mount(text, settings)


def test_a_folder_that_is_not_there_is_told(settings: Settings) -> None:
    with pytest.raises(InvalidOptionError, match="no folder"):
        parse_mount("/nothing/here:/x", settings)


def test_two_mounts_over_one_target_are_refused(settings: Settings, data: Path) -> None:
    with pytest.raises(InvalidOptionError, match="one target"):
        check_mounts([Mount(str(data), "/x"), Mount(str(data), "/x/")], settings)


@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=st.text(), target=st.text())
def test_whatever_comes_in_is_a_mount_or_a_refusal(
    settings: Settings, source: str, target: str
) -> None:
    try:
        mount = parse_mount(f"/tmp/{source}:/{target}", settings)
    except InvalidOptionError:
        return
    assert Path(mount.source).is_absolute()
    assert ".." not in Path(mount.target).parts
