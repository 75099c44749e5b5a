"""The command line on the real engine: an installed command, a real workspace."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine.conftest import BASE
from tests.support import Namespace, eventually
from workspace_cli.core.host import Host
from workspace_cli.core.naming import container_name, network_name

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

PROGRAM = [sys.executable, "-c", "from workspace_cli.main import main; main()"]

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environ(host: Host) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if not n.startswith("WORKSPACE_")}
    low, high = host.settings.port_range
    return {
        **kept,
        "WORKSPACE_ROOT": str(host.settings.root),
        "WORKSPACE_PORT_RANGE": f"{low}-{high}",
    }


@pytest.fixture
def workspace(environ: dict[str, str]) -> Command:
    """Call the installed command and expect an exit code."""

    def call(*argv: str, code: int = 0, **options: Any) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*PROGRAM, *argv], env=environ, capture_output=True, text=True, timeout=120, **options
        )
        assert done.returncode == code, f"{argv}: {done.returncode}\n{done.stderr}"
        return done

    return call


@pytest.fixture
def study(workspace: Command, namespace: Namespace) -> dict[str, Any]:
    """A workspace of the lab's own image, up and answering."""
    made = workspace("run", "study", "--owner", str(namespace), "--image", BASE, "--json")
    return dict(json.loads(made.stdout))


def status_of(address: str, login: str = "") -> int:
    headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"} if login else {}
    request = urllib.request.Request(f"{address}api/contents", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as exc:
        return exc.code


def test_a_new_workspace_answers_to_its_name_and_password_alone(study: dict[str, Any]) -> None:
    assert status_of(study["address"], f"{study['user']}:{study['password']}") == 200
    assert status_of(study["address"], f"{study['user']}:wrong") in (401, 403)
    assert status_of(study["address"]) in (401, 403)


def test_what_is_installed_outlives_stop_and_restart(
    workspace: Command, study: dict[str, Any]
) -> None:
    name = study["reference"]
    workspace("exec", "-u", "root", name, "touch", "/opt/installed")
    workspace("exec", name, "touch", "/workspace/mine")
    workspace("stop", "--time", "5", name)
    assert "it was stopped" in workspace("show", name).stdout
    workspace("start", name)
    assert status_of(study["address"], f"{study['user']}:{study['password']}") == 200
    workspace("restart", name)
    assert workspace("exec", name, "ls", "/opt/installed", "/workspace/mine").stdout


def test_exec_is_the_members_and_passes_everything_on(
    workspace: Command, study: dict[str, Any]
) -> None:
    name = study["reference"]
    assert workspace("exec", name, "id", "-un").stdout == "member\n"
    assert workspace("exec", name, "pwd").stdout == "/workspace\n"
    assert workspace("exec", name, "which", "python").stdout == "/opt/env/bin/python\n"
    assert workspace(
        "exec", "-w", "/tmp", "-e", "A=1 2", name, "sh", "-c", "pwd; echo $A"
    ).stdout == ("/tmp\n1 2\n")
    done = workspace("exec", name, "sh", "-c", "echo out; echo bad >&2; exit 42", code=42)
    assert (done.stdout, done.stderr) == ("out\n", "bad\n")
    assert workspace("exec", "-i", name, "cat", input="handed on").stdout == "handed on"
    workspace("exec", name, "nonesuch", code=127)


def test_exec_gives_a_terminal(
    environ: dict[str, str], study: dict[str, Any], workspace: Command
) -> None:
    shell = [*PROGRAM, "exec", "-it", study["reference"], "sh", "-c", "tty; id -un; exit 3"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(shell[0], shell, environ)
    output = b""
    while True:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        output += piece
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3, output
    assert b"/dev/pts/" in output
    assert b"member" in output


def test_commit_and_start_another_from_it(
    workspace: Command, study: dict[str, Any], namespace: Namespace
) -> None:
    name = study["reference"]
    workspace("exec", "-u", "root", name, "sh", "-c", "echo kept > /opt/kept")
    saved = json.loads(workspace("commit", name, "saved:v1", "-m", "a note", "--json").stdout)
    assert saved["reference"] == f"labdock/{namespace}/saved:v1"
    assert "/workspace" in [mount["target"] for mount in saved["not_saved"]]
    workspace("run", f"{namespace}/second", "--image", saved["reference"])
    assert workspace("exec", f"{namespace}/second", "cat", "/opt/kept").stdout == "kept\n"
    workspace("commit", name, "saved:v1", code=4)


def test_dry_run_line_is_accepted_by_docker(
    workspace: Command, study: dict[str, Any], namespace: Namespace, environ: dict[str, str]
) -> None:
    dry = workspace(
        *("run", "pasted", "--owner", str(namespace), "--image", BASE, "--dry-run"),
        *("--cpus", "1", "--memory", "512m", "-e", "GREETING=it's me"),
    )
    secret = {"WORKSPACE_AUTH_PASSWORD": "pasted-password"}
    done = subprocess.run(
        ["bash", "-c", dry.stdout], env={**environ, **secret}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert f"{namespace}/pasted" in workspace("ls", "-q", "--owner", str(namespace)).stdout
    assert workspace("exec", f"{namespace}/pasted", "printenv", "GREETING").stdout == "it's me\n"


def test_logs_follow_until_interrupted(environ: dict[str, str], study: dict[str, Any]) -> None:
    with subprocess.Popen(
        [*PROGRAM, "logs", "-f", "--tail", "1", study["reference"]],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in errors


@pytest.mark.parametrize("moment", [0.1, 0.2, 0.3, 0.5, 0.8])
def test_an_interrupted_run_leaves_nothing(
    environ: dict[str, str], namespace: Namespace, moment: float, host: Host
) -> None:
    owner = str(namespace)
    process = subprocess.Popen(
        [*PROGRAM, "run", "study", "--owner", owner, "--image", BASE],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    if process.returncode == 0:
        assert owner in output
        return
    # Before its own handlers stand, Python ends by the signal itself.
    assert process.returncode in (130, -signal.SIGINT), errors
    names = [container.name for container in host.engine.containers()]
    assert container_name(owner, "study") not in names
    assert network_name(owner) not in [network.name for network in host.engine.networks()]
    assert not list(host.settings.secrets.glob("*"))


def test_two_at_once_get_two_ports(environ: dict[str, str], namespace: Namespace) -> None:
    def begin(name: str) -> subprocess.Popen[str]:
        line = [*PROGRAM, "run", name, "--owner", str(namespace), "--image", BASE, "--json"]
        return subprocess.Popen(
            line, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    ended = [process.communicate(timeout=120) for process in [begin(f"w{n}") for n in range(4)]]
    made = [json.loads(output) for output, _ in ended]
    assert len({row["ports"][0]["host"] for row in made}) == 4
    assert all(status_of(row["address"], f"{row['user']}:{row['password']}") == 200 for row in made)


def test_doctor_tells_each_check_on_a_line_or_as_json(environ: dict[str, str]) -> None:
    shown = subprocess.run(
        [*PROGRAM, "doctor"], env=environ, capture_output=True, text=True, timeout=120
    )
    assert shown.returncode in (0, 1), shown.stderr
    assert "Docker engine" in shown.stdout
    told = subprocess.run(
        [*PROGRAM, "doctor", "--json"], env=environ, capture_output=True, text=True, timeout=120
    )
    findings = json.loads(told.stdout)
    assert {finding["level"] for finding in findings} <= {"ok", "warn", "fail"}
    assert told.returncode == int(any(finding["level"] == "fail" for finding in findings))


def test_rm_force_purge_leaves_nothing(
    workspace: Command, study: dict[str, Any], host: Host, namespace: Namespace
) -> None:
    workspace("rm", study["reference"], code=4)
    workspace("rm", "--force", "--purge", study["reference"])
    assert workspace("ls", "-aq", "--owner", str(namespace)).stdout == ""
    assert not (host.settings.homes / str(namespace)).exists()
    eventually(lambda: network_name(str(namespace)) not in [n.name for n in host.engine.networks()])


def test_memory_that_ran_out_is_told(
    workspace: Command, namespace: Namespace, server_image: str
) -> None:
    name = f"{namespace}/hungry"
    workspace(
        *("run", name, "--detach", "--memory", "64m", "--restart", "no", "--image", server_image),
    )
    workspace(
        *("exec", name, "sh", "-c", "x=a; while true; do x=$x$x; done"),
        code=137,
    )
    assert "out of memory" in workspace("show", name).stdout
    assert json.loads(workspace("show", name, "--json").stdout)["oom_killed"] is True
