"""What Compose is told, and waiting for the hub."""

import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.setup.console import RecordingConsole
from tests.support import AFTER_RESTART
from workspace_cli.core import labels
from workspace_cli.core.errors import (
    ConflictError,
    InvalidSettingError,
    PortTakenError,
    SetupError,
)
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings
from workspace_cli.setup import data_root, preflight, stack, up
from workspace_cli.setup.doctor import port_holder
from workspace_cli.setup.machine import PROJECT

SOCKET = Path("/var/run/docker.sock")
TINY = "labdock-tests/tiny"


def test_the_stack_comes_back_whatever_ended_the_engine() -> None:
    text = (PROJECT / "compose.yaml").read_text()
    assert re.findall(r"^ *restart: *(\S+)", text, re.MULTILINE) == [stack.POLICY]
    assert AFTER_RESTART[stack.POLICY] == ("running", "running")


def test_a_stack_on_its_way_down_has_no_policy_and_gets_it_back(
    monkeypatch: pytest.MonkeyPatch,
    fake_engine: FakeEngine,
    settings: Settings,
    console: RecordingConsole,
) -> None:
    for name in stack.PARTS:
        fake_engine.create(ContainerRequest(name=name, image=TINY, restart=stack.POLICY))
        fake_engine.start(name)
    policies = []

    def compose(command: list[str], *rest: object, **fields: object) -> None:
        found = {fake_engine.container(name).restart for name in stack.PARTS}
        policies.append((command[-1], *found))

    monkeypatch.setattr(stack, "stream", compose)
    data_root.prepare(settings)
    stack.stop(settings, fake_engine, SOCKET, console)
    stack.start(settings, fake_engine, SOCKET, console)
    stack.start(settings, fake_engine, SOCKET, console)
    assert policies == [("down", "no"), ("--no-build", "no"), ("--no-build", stack.POLICY)]
    count = len(fake_engine.calls)
    stack.start(settings, fake_engine, SOCKET, console)
    assert {method for method, _ in fake_engine.calls[count:]} == {"container"}


def test_down_takes_the_hubs_way_to_the_driver_along(
    monkeypatch: pytest.MonkeyPatch,
    fake_engine: FakeEngine,
    settings: Settings,
    console: RecordingConsole,
) -> None:
    for name, root in (("labdock-gpus", str(settings.root)), ("others-gpus", "/elsewhere")):
        found = {labels.READER: "cdi-1", labels.ROOT: root}
        fake_engine.create(ContainerRequest(name=name, image=TINY, labels=found))
    monkeypatch.setattr(stack, "stream", lambda *rest, **fields: None)
    data_root.prepare(settings)
    stack.stop(settings, fake_engine, SOCKET, console)
    assert [row.name for row in fake_engine.containers()] == ["others-gpus"]


def test_compose_is_told_every_variable_that_its_files_name(settings: Settings) -> None:
    told = set(stack.environment(settings, SOCKET))
    for file in ("compose.yaml", "compose.tls.yaml"):
        named = set(re.findall(r"(?<!\$)\$\{(\w+)", (PROJECT / file).read_text()))
        assert named <= told, file


def test_compose_defaults_are_those_of_the_settings() -> None:
    text = (PROJECT / "compose.yaml").read_text()
    defaults = dict(re.findall(r"\$\{(\w+):-([^}]+)}", text))
    told = stack.environment(Settings(), SOCKET)
    assert len(defaults) == 7
    for name, value in defaults.items():
        assert told[name] == value, name


def test_no_secret_is_handed_to_compose(settings: Settings) -> None:
    wanted = replace(
        settings, admin_password="secret-1", database_url="postgresql://u:secret-2@h/d"
    )
    data_root.prepare(wanted)
    told = " ".join(stack.environment(wanted, SOCKET).values())
    token = (settings.hub_dir / "proxy-token").read_text().strip()
    assert not any(secret in told for secret in ("secret-1", "secret-2", token))


def test_changed_settings_make_another_hub_and_leave_the_proxy(settings: Settings) -> None:
    data_root.prepare(settings)
    before = stack.environment(settings, SOCKET)
    changed = replace(settings, database_url="postgresql://u@h/d")
    data_root.prepare(changed)
    after = stack.environment(changed, SOCKET)
    assert {name for name in before if before[name] != after[name]} == {"LABDOCK_SETTINGS_DIGEST"}


def test_where_members_have_host_names_the_proxy_goes_by_them(settings: Settings) -> None:
    assert stack.environment(settings, SOCKET)["LABDOCK_PROXY_FLAGS"] == ""
    named = replace(settings, url="http://lab.example.org:8000", subdomains=True)
    assert stack.environment(named, SOCKET)["LABDOCK_PROXY_FLAGS"] == "--host-routing"


def test_tls_adds_its_file(settings: Settings, tmp_path: Path) -> None:
    assert "compose.tls.yaml" not in " ".join(stack.compose_command(settings, "up"))
    with_tls = replace(settings, tls_cert=tmp_path, tls_key=tmp_path)
    assert str(PROJECT / "compose.tls.yaml") in stack.compose_command(with_tls, "up")


@pytest.mark.parametrize(
    "bind, mapped, local",
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0", "127.0.0.1"),
        ("::", "[::]", "::1"),
        ("192.168.0.7", "192.168.0.7", "192.168.0.7"),
    ],
)
def test_addresses_are_written_as_each_side_takes_them(bind: str, mapped: str, local: str) -> None:
    assert stack.bind_address(bind) == mapped
    assert stack.local_address(Settings(bind=bind)) == local


def part(engine: FakeEngine, name: str, root: str = "/var/lib/labdock") -> None:
    found = {labels.STACK: name, labels.ROOT: root}
    engine.create(ContainerRequest(name=name, image=TINY, labels=found))
    engine.start(name)


@pytest.fixture
def running_stack(fake_engine: FakeEngine) -> FakeEngine:
    """Give an engine on which every container of the stack runs."""
    for name in stack.PARTS:
        part(fake_engine, name)
    return fake_engine


def test_waiting_ends_when_the_hub_answers(running_stack: FakeEngine, settings: Settings) -> None:
    answers = iter([False, False, True])
    stack.wait_ready(settings, running_stack, answers=lambda _: next(answers))
    assert list(answers) == []


@pytest.mark.parametrize("name", stack.PARTS)
def test_a_part_that_ends_is_told_by_name(
    running_stack: FakeEngine, settings: Settings, name: str
) -> None:
    running_stack.end(name)
    with pytest.raises(SetupError, match=f"{name} does not stay up") as caught:
        stack.wait_ready(settings, running_stack, patience=0.2, answers=lambda _: False)
    assert f"docker logs {name}" in caught.value.remedy


def test_a_hub_that_stays_silent_is_not_waited_for_for_ever(
    running_stack: FakeEngine, settings: Settings
) -> None:
    with pytest.raises(SetupError, match="did not answer within 0 s"):
        stack.wait_ready(settings, running_stack, seconds=0.15, answers=lambda _: False)


def test_a_stack_of_another_data_root_is_not_taken_over(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole
) -> None:
    part(fake_engine, stack.HUB, root="/srv/lab")
    with pytest.raises(ConflictError, match="/srv/lab") as caught:
        preflight.check(settings, fake_engine, console)
    assert "WORKSPACE_ROOT=/srv/lab make down" in caught.value.remedy


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:5433", "[::1]"])
def test_a_database_at_the_hubs_own_loopback_is_refused(
    fake_engine: FakeEngine, settings: Settings, console: RecordingConsole, host: str
) -> None:
    wrong = replace(settings, database_url=f"postgresql://lab:secret@{host}/lab")
    with pytest.raises(InvalidSettingError, match="WORKSPACE_DATABASE_URL") as caught:
        preflight.check(wrong, fake_engine, console)
    assert "host.docker.internal" in caught.value.remedy
    assert "secret" not in str(caught.value)


def test_our_own_stack_is_no_conflict(fake_engine: FakeEngine, settings: Settings) -> None:
    stack.check_is_ours(settings, fake_engine)
    part(fake_engine, stack.HUB, root=str(settings.root))
    stack.check_is_ours(settings, fake_engine)


@pytest.fixture
def taken_port() -> Iterator[int]:
    """Give a port that this process holds."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_of_a_stranger_is_refused_before_anything_starts(
    fake_engine: FakeEngine, settings: Settings, taken_port: int, console: RecordingConsole
) -> None:
    with pytest.raises(PortTakenError, match=str(taken_port)) as caught:
        preflight.check(replace(settings, port=taken_port), fake_engine, console)
    assert "WORKSPACE_PORT" in caught.value.remedy


def test_a_free_port_has_no_holder(fake_engine: FakeEngine, taken_port: int) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        free = probe.getsockname()[1]
    assert port_holder(Settings(port=free), fake_engine) == ""
    assert "a process" in port_holder(Settings(port=taken_port), fake_engine)


def test_the_end_tells_address_admin_and_where_the_password_is(
    settings: Settings, console: RecordingConsole
) -> None:
    up.tell(replace(settings, admin="kim", port=8123), console)
    text = "\n".join(console.lines)
    assert "http://127.0.0.1:8123/" in text
    assert "kim" in text
    assert str(settings.hub_dir / "admin-password") in text
    assert "Only this machine" in text


def test_an_open_address_is_told_by_the_machines_name(settings: Settings, tmp_path: Path) -> None:
    with_tls = replace(settings, bind="0.0.0.0", tls_cert=tmp_path, tls_key=tmp_path)
    assert up.address(with_tls) == f"https://{socket.getfqdn()}:8000/"
