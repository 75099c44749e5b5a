"""``workspace run``: flags become a workspace, or an error that leaves nothing behind."""

from __future__ import annotations

import http.server
import shlex
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import CommandLine, Ended
from workspace_cli.core.models import Mount, PortMapping

Study = Callable[..., Ended]


def nothing_is_left(workspace: CommandLine) -> bool:
    left = [c for c in workspace.engine.containers() if c.name.startswith("labdock-")]
    return not left and not workspace.engine.networks({"labdock.owner": None})


def test_run_shows_address_name_and_a_generated_password(study: Study) -> None:
    ended = study()
    shown = dict(line.split(maxsplit=1) for line in ended.out.splitlines())
    assert shown["workspace"] == "kim/study"
    assert shown["address"] == "http://127.0.0.1:29200/"
    assert shown["user"] == "kim"
    assert len(shown["password"]) >= 14


def test_run_keeps_a_given_password_out_of_sight(workspace: CommandLine, study: Study) -> None:
    ended = study(
        "study", "-e", "WORKSPACE_AUTH_USER=kunyoung", "-e", "WORKSPACE_AUTH_PASSWORD=hunter22"
    )
    assert "hunter22" not in ended.out + ended.err
    assert "kunyoung" in ended.out
    environment = workspace.engine.container("labdock-kim--study").environment
    assert not [name for name in environment if name.startswith("WORKSPACE_AUTH")]


def test_run_hands_every_flag_to_the_engine(
    workspace: CommandLine, study: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = tmp_path_factory.mktemp("data")
    variables = data / "variables"
    variables.write_text("# colours\nSECOND=2\n\n")
    study(
        *("study", "--image", "labdock/pytorch", "--cpus", "2", "-m", "1g", "--shm-size", "2g"),
        *("-p", "29203:8080", "-p", "9000", "-v", f"{data}:/data:ro", "-e", "FIRST=1"),
        *("--env-file", str(variables), "-l", "team=vision", "--restart", "on-failure:3"),
    )
    container = workspace.engine.container("labdock-kim--study")
    assert container.image == "labdock/pytorch"
    assert (container.limits.cpus, container.limits.memory) == (2, 2**30)
    assert container.limits.shm_size == 2 * 2**30
    assert set(container.ports) == {PortMapping(8080, 29203), PortMapping(9000, 29200)}
    assert Mount(str(data), "/data", read_only=True) in container.mounts
    assert container.environment["FIRST"] == "1"
    assert container.environment["SECOND"] == "2"
    assert container.labels["team"] == "vision"
    assert container.restart == "on-failure:3"


def test_run_takes_a_bare_variable_from_where_it_runs(
    workspace: CommandLine, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLOUR", "red")
    monkeypatch.delenv("MISSING", raising=False)
    study("study", "-e", "COLOUR", "-e", "MISSING")
    environment = workspace.engine.container("labdock-kim--study").environment
    assert environment["COLOUR"] == "red"
    assert "MISSING" not in environment


def test_run_takes_the_owner_from_the_name_or_is_the_admins(workspace: CommandLine) -> None:
    workspace.ok("run", "lee/paper", "--detach")
    workspace.ok("run", "mine", "--detach")
    assert workspace.ok("ls", "-q").out == "admin/mine\nlee/paper\n"
    assert workspace("run", "lee/other", "--owner", "kim").code == 2


def test_run_of_a_mount_relative_to_here(
    workspace: CommandLine, study: Study, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("here")
    (folder / "data").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        study("study", "-v", "./data:/data")
    mounts = workspace.engine.container("labdock-kim--study").mounts
    assert Mount(str(folder / "data"), "/data") in mounts


@pytest.mark.parametrize(
    "options,code,words",
    [
        (("--image", "labdock/nonesuch"), 3, "labdock/base"),
        (("--image", "UPPER CASE"), 2, "cannot name an image"),
        (("--image", "nginx"), 1, "no Labdock server"),
        (("--memory", "lots"), 2, "not a size"),
        (("--memory", "1m"), 2, "memory"),
        (("--cpus", "0"), 2, "CPUs"),
        (("--cpus", "99"), 2, "cpus: 99"),
        (("--gpus", "-1"), 2, "GPUs"),
        (("--gpus", "1"), 4, "GPU"),
        (("-p", "99999:8080"), 2, "not a port"),
        (("-v", "/:/host"), 2, "cannot be mounted"),
        (("-v", "/var/run/docker.sock:/sock"), 2, "socket"),
        (("-v", "/var/run:/run2"), 2, "socket"),
        (("-v", "/nonesuch:/data"), 2, "no folder"),
        (("-v", "nonsense"), 2, "not a mount"),
        (("-v", "/tmp:/workspace/../proc"), 2, "/proc"),
        (("-e", "=x"), 2, "not a variable"),
        (("-e", "LABDOCK_OWNER=root"), 2, "LABDOCK_OWNER"),
        (("-l", "labdock.owner=root"), 2, "namespace"),
        (("--env-file", "/nonesuch"), 2, "cannot be read"),
        (("--restart", "sometimes"), 2, "restart policy"),
    ],
)
def test_bad_option_is_named_and_leaves_nothing(
    workspace: CommandLine, options: tuple[str, ...], code: int, words: str
) -> None:
    ended = workspace("run", "study", "--owner", "kim", "--detach", *options)
    assert ended.code == code, ended.err
    assert words in ended.err
    assert ended.out == ""
    assert len(ended.err.removeprefix("Creating the container\n").splitlines()) <= 2
    assert nothing_is_left(workspace)


@pytest.mark.parametrize("name", ["", "Study", "a--b", "../x", "x" * 31, "a b"])
def test_bad_name_is_refused(workspace: CommandLine, name: str) -> None:
    assert workspace("run", name, "--owner", "kim").code == 2
    assert nothing_is_left(workspace)


def test_taken_name_and_taken_port_are_conflicts(workspace: CommandLine, study: Study) -> None:
    study()
    assert workspace("run", "study", "--owner", "kim").code == 4
    ended = workspace("run", "other", "--owner", "kim", "-p", "29200:8080")
    assert ended.code == 4
    assert "29200" in ended.err
    assert workspace.ok("ls", "-aq").out == "kim/study\n"


def test_no_free_port_is_a_conflict(workspace: CommandLine, study: Study) -> None:
    for number in range(4):
        study(f"s{number}")
    ended = workspace("run", "one-more", "--owner", "kim", "--detach")
    assert ended.code == 4
    assert "29200" in ended.err


def test_an_image_without_a_server_runs_on_a_port_with_a_warning(workspace: CommandLine) -> None:
    ended = workspace.ok("run", "web", "--owner", "kim", "--image", "nginx", "-p", "80")
    assert "warning" in ended.err
    assert "password" not in ended.out


def test_dry_run_prints_a_line_to_paste_and_makes_nothing(workspace: CommandLine) -> None:
    ended = workspace.ok(
        *("run", "study", "--owner", "kim", "--memory", "4g", "--dry-run"),
        *("-e", "WORKSPACE_AUTH_PASSWORD=hunter22", "-e", "MY_TOKEN=abcdef"),
    )
    assert "hunter22" not in ended.out + ended.err
    assert "abcdef" not in ended.out + ended.err
    (line,) = [line for line in ended.out.splitlines() if line.startswith("docker run")]
    words = shlex.split(line)
    assert "labdock/base" in words
    assert words[words.index("--memory") + 1] == "4g"
    assert nothing_is_left(workspace)


@pytest.mark.parametrize("call_number", range(1, 12))
def test_interrupt_anywhere_leaves_nothing(workspace: CommandLine, call_number: int) -> None:
    workspace.engine.fail_call(call_number, KeyboardInterrupt())
    ended = workspace("run", "study", "--owner", "kim", "--detach")
    if ended.code == 0:
        pytest.skip("the run makes fewer calls than that")
    assert ended.code == 130
    assert "Interrupted" in ended.err
    assert nothing_is_left(workspace)


class Page(http.server.BaseHTTPRequestHandler):
    """The login page of a workspace's server."""

    def do_GET(self) -> None:
        self.send_response(302)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def test_run_waits_until_the_server_answers(workspace: CommandLine) -> None:
    # The fake publishes no port: a server of the test's own stands in for the container's.
    servers: list[http.server.HTTPServer] = []
    asked: list[float] = []

    def serve_later(method: str) -> None:
        if method == "start":
            servers.append(http.server.HTTPServer(("127.0.0.1", 29200), Page))
            threading.Timer(0.3, servers[0].serve_forever, [0.01]).start()
            asked.append(time.monotonic())

    workspace.engine.before = serve_later
    workspace.ok("run", "study", "--owner", "kim")
    took = time.monotonic() - asked[0]
    servers[0].shutdown()
    servers[0].server_close()
    assert took >= 0.3


def test_run_tells_a_server_that_ends_at_once(workspace: CommandLine) -> None:
    workspace.engine.add_image(
        "labdock/broken:latest", labels={"labdock.server": "1"}, config={"Cmd": ["false"]}
    )
    ended = workspace(
        *("run", "study", "--owner", "kim", "--image", "labdock/broken", "--restart", "no")
    )
    assert ended.code == 1
    assert "workspace logs kim/study" in ended.err


def test_json_of_run_holds_the_password_once(workspace: CommandLine) -> None:
    made = workspace.ok("run", "study", "--owner", "kim", "--detach", "--json").json
    assert made["user"] == "kim"
    assert made["password"]
    assert made["reference"] == "kim/study"
    assert Path(workspace.host.settings.root / "homes" / "kim").is_dir()
