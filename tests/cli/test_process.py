"""The installed command as a process of its own: exit codes, pipes, signals, start-up."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workspace_cli.core.settings import Settings

WORKSPACE = [sys.executable, "-c", "from workspace_cli.main import main; main()"]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables of a machine that has no engine and no hub."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("WORKSPACE_", "DOCKER_"))}
    return {
        **kept,
        "HOME": str(tmp_path),
        "DOCKER_HOST": f"unix://{tmp_path}/no-engine.sock",
        "WORKSPACE_ROOT": str(tmp_path / "root"),
    }


def call(
    *argv: str, environ: dict[str, str], stdin: str = "", prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, *WORKSPACE, *argv],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "argv,code",
    [
        ((), 0),
        (("--help",), 0),
        (("--version",), 0),
        (("nonesuch",), 2),
        (("run",), 2),
        (("ls",), 6),
        (("show", "x"), 6),
        (("users", "ls"), 6),
        (("token",), 6),
    ],
)
def test_exit_codes_of_the_process(
    argv: tuple[str, ...], code: int, environ: dict[str, str]
) -> None:
    done = call(*argv, environ=environ)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert bool(done.stderr) == bool(code)


def test_a_wrong_setting_is_named(environ: dict[str, str]) -> None:
    done = call("ls", environ={**environ, "WORKSPACE_PORTS": "1"})
    assert done.returncode == 2
    assert "WORKSPACE_PORTS" in done.stderr


def test_a_terminal_without_unicode_gets_escapes(environ: dict[str, str]) -> None:
    ascii_only = {**environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    done = call("show", "김철수/이름", environ=ascii_only)
    assert done.returncode in (2, 6)
    assert "Traceback" not in done.stderr


def test_a_closed_pipe_is_no_traceback(environ: dict[str, str]) -> None:
    line = " ".join(f"'{word}'" for word in [*WORKSPACE, "--help"])
    done = subprocess.run(
        ["bash", "-c", f"{line} | true"], env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.stderr == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_with_130_and_no_traceback(
    number: signal.Signals, environ: dict[str, str], tmp_path: Path
) -> None:
    # A hub that takes the connection and never answers keeps the process waiting.
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings = Settings(root=tmp_path / "root")
        settings.hub_dir.mkdir(parents=True)
        settings.api_token.write_text("token")
        process = subprocess.Popen(
            [*WORKSPACE, "users", "ls"],
            env={**environ, "WORKSPACE_PORT": str(silent.getsockname()[1])},
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()
        time.sleep(0.1)
        process.send_signal(number)
        _, errors = process.communicate(timeout=30)
        connection.close()
    assert process.returncode == 130
    assert errors.strip() == "Interrupted."


def test_a_second_ctrl_c_lets_the_clean_up_end(tmp_path: Path) -> None:
    program = (
        "import os, signal, time\n"
        "from workspace_cli.interrupts import unwind_on_signals\n"
        "unwind_on_signals()\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT); time.sleep(9)\n"
        "except KeyboardInterrupt:\n"
        "    os.kill(os.getpid(), signal.SIGINT); print('cleaned up', flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGINT); print('never reached')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "cleaned up\n"
    assert "Cleaning up" in done.stderr


def test_listing_loads_neither_pydantic_nor_docker_nor_rich(environ: dict[str, str]) -> None:
    program = (
        "import sys; from workspace_cli.main import run_cli; run_cli(['ls']);"
        "print([m for m in ('pydantic', 'docker', 'rich', 'requests') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_completion_offers_commands_and_stays_silent_without_an_engine(
    environ: dict[str, str],
) -> None:
    def complete(line: str) -> list[str]:
        words = line.split(" ")
        shell = {
            "_WORKSPACE_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - 1),
        }
        done = call(environ={**environ, **shell})
        assert done.stderr == ""
        return done.stdout.split()

    assert complete("workspace sh") == ["show", "share"]
    assert set(complete("workspace st")) == {"start", "stop"}
    assert {"add", "passwd", "rm", "join", "leave", "ls"} <= set(complete("workspace users "))
    assert "--memory" in complete("workspace run x --me")
    assert complete("workspace show k") == []
