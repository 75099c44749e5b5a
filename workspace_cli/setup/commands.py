"""Running the host's own programs: apt, iptables, the engine's client."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from workspace_cli.core.errors import DiskFullError, LabdockError, SetupError
from workspace_cli.setup import engine_socket
from workspace_cli.setup.console import Console

TAIL_LINES = 15
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Root's programs; a PATH kept through `sudo` or `su` may lack the sbin folders."""
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
"""By these a machine without a way of its own reaches the internet."""


def proxy_variables() -> dict[str, str]:
    """Return those of the proxy variables that are set here."""
    return {name: os.environ[name] for name in PROXY_VARIABLES if name in os.environ}


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    path = f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}".strip(":")
    # Said outright, so that no context of the person's sends the client to another engine.
    engine = {"DOCKER_HOST": f"unix://{engine_socket.socket_path()}"}
    return {**os.environ, **engine, "PATH": path, **(extra or {})}


def stream(
    command: Sequence[str],
    console: Console,
    *,
    failure: str,
    remedy: str = "",
    environment: Mapping[str, str] | None = None,
    shown: Callable[[str], str | None] = str,
) -> None:
    """Run a command and tell each line of its output, as ``shown`` words it, when it comes.

    Raises SetupError, ``failure`` and the end of the output being its message,
    where the command cannot be run or ends with an error, and DiskFullError
    where it says so.
    """
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=_environment(environment),
            text=True,
            errors="replace",
        )
    except OSError as exc:
        raise SetupError(
            f"{failure}: {command[0]} cannot be run ({exc.strerror}).", remedy
        ) from exc
    with process:
        assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
        try:
            for line in process.stdout:
                tail.append(line.rstrip())
                told = shown(line.rstrip())
                if told:
                    console.line(told)
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise _failed(failure, tail, remedy)


def capture(
    command: Sequence[str],
    *,
    failure: str,
    remedy: str = "",
    stdin: str = "",
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a command and return its standard output; SetupError as ``stream`` raises it."""
    code, output, errors = attempt(command, stdin=stdin, environment=environment)
    if code != 0:
        lines = (errors or output).strip().splitlines()[-TAIL_LINES:]
        raise _failed(failure, lines, remedy)
    return output


def attempt(
    command: Sequence[str],
    *,
    stdin: str = "",
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> tuple[int, str, str]:
    """Run a command that may fail; return its exit code (127: cannot be run) and its outputs."""
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            env=_environment(environment),
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except OSError as exc:
        return 127, "", str(exc)
    except subprocess.TimeoutExpired:
        return 124, "", f"no answer within {timeout} s"
    return done.returncode, done.stdout, done.stderr


def _failed(failure: str, lines: Iterable[str], remedy: str) -> LabdockError:
    told = [line for line in lines if line.strip()]
    message = f"{failure}:\n" + "\n".join(f"  | {line}" for line in told) + "\n"
    if any("no space left on device" in line.lower() for line in told):
        return DiskFullError(message, "Free some disk space (`df -h` shows where), then try again.")
    return SetupError(message if told else f"{failure}.", remedy)
