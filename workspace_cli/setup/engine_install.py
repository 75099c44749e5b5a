"""A Docker engine where there is none.

An engine that answers is used as it is, and one that is installed but down is
started; the configuration of neither is touched.  Only where no engine is
installed does this module install the distribution's own and configure it.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workspace_cli.core.doctor import OLDEST_ENGINE
from workspace_cli.core.errors import SetupError
from workspace_cli.core.facts import version_numbers
from workspace_cli.setup import apt, engine_socket, machine
from workspace_cli.setup.commands import SYSTEM_PATH, attempt, proxy_variables, stream
from workspace_cli.setup.console import Console

DAEMON_JSON = Path("/etc/docker/daemon.json")
LOG_FILE = Path("/var/log/docker.log")
PID_FILE = Path("/var/run/docker.pid")
PID_FILES = {PID_FILE: "dockerd", Path("/var/run/docker/containerd/containerd.pid"): "containerd"}
"""Pid file → whose it is: the engine's, and that of the containerd which it starts."""
START_SECONDS = 60.0

DAEMON_CONFIGURATION: dict[str, object] = {
    # Networks of /24 leave room for 510 of them where the engine's own pools end at 29, and
    # stay clear of 10.0.0.0/8, where WORKSPACE_ADDRESS_POOL and many labs' networks are.
    "default-address-pools": [
        {"base": "172.17.0.0/16", "size": 24},
        {"base": "172.18.0.0/16", "size": 24},
    ],
    # Engine 26 knows CDI by this key alone; it has no flag for it.
    "features": {"cdi": True},
    # Kernels go on while the engine itself is restarted or upgraded.
    "live-restore": True,
    "log-driver": "json-file",
    "log-opts": {"max-file": "3", "max-size": "10m"},
}


@dataclass(frozen=True)
class InstallPlan:
    """Which packages make an engine, and the extra suite that they come from ('' if none)."""

    packages: tuple[str, ...]
    extra_suite: str = ""


def plan(system: machine.Distribution) -> InstallPlan:
    """Decide how an engine is installed on a distribution; SetupError where it is unknown."""
    debian = ("docker.io", "docker-cli", "docker-buildx", "docker-compose")
    if system.id == "debian" and system.codename == "bookworm":
        # Debian 12's own engine is 20.10, with neither CDI nor buildx nor Compose v2; Debian
        # 13's packages run on it, since they need no newer C library.
        return InstallPlan(debian, extra_suite="trixie")
    if system.id == "debian" and system.codename not in ("buster", "bullseye"):
        return InstallPlan(debian)
    if system.id == "ubuntu" or "ubuntu" in system.like:
        return InstallPlan(("docker.io", "docker-buildx", "docker-compose-v2"))
    raise SetupError(
        f"No Docker engine answers, and Labdock does not know how to install one on {system.name}.",
        "Install Docker 24 or newer with its buildx and compose plug-ins, then run this again.",
    )


def ensure_engine(console: Console) -> Path:
    """Return the socket of an engine that answers and is new enough, whatever that takes."""
    socket_file = engine_socket.socket_path()
    if not engine_socket.answers(socket_file):
        if shutil.which("dockerd", path=SYSTEM_PATH) is None:
            _install(console)
        console.step("Starting the Docker engine")
        start(socket_file, console)
    check_version(str(engine_socket.version(socket_file).get("Version", "")))
    _check_plugins()
    return socket_file


def check_version(version: str) -> None:
    """Raise SetupError where the engine is too old."""
    if version_numbers(version)[:2] < OLDEST_ENGINE:
        raise SetupError(
            f"The Docker engine here is {version or 'of an unknown version'}; "
            f"Labdock needs {OLDEST_ENGINE[0]}.{OLDEST_ENGINE[1]} or newer.",
            "Upgrade the engine the way it was installed, then run this again.",
        )


def _check_plugins() -> None:
    for plugin, package in (("buildx", "docker-buildx"), ("compose", "docker-compose")):
        code, output, errors = attempt(["docker", plugin, "version"])
        if code != 0:
            raise SetupError(
                f"`docker {plugin}` does not work: {(errors or output).strip() or 'no answer'}.",
                f"Install {package} ({package}-plugin where Docker's own packages are in use).",
            )


def _install(console: Console) -> None:
    console.step("Installing the Docker engine")
    system = machine.distribution()
    wanted = plan(system)
    apt.update(console)
    if wanted.extra_suite:
        # The keys of the next release reached an old release's keyring by an update.
        apt.install(["debian-archive-keyring"], console)
        mirror = apt.main_mirror(apt.machine_sources(), system.codename)
        add_extra_source(mirror, wanted)
        apt.update(console)
    if not DAEMON_JSON.exists():
        DAEMON_JSON.parent.mkdir(parents=True, exist_ok=True)
        DAEMON_JSON.write_text(json.dumps(DAEMON_CONFIGURATION, indent=2) + "\n", encoding="utf-8")
    apt.install([*wanted.packages, "ca-certificates", "iptables"], console)


def add_extra_source(mirror: apt.Source, wanted: InstallPlan, root: Path = apt.APT) -> None:
    """Write the extra source and the pin that keeps everything else away from it."""
    pin = apt.pin_text(wanted.packages, wanted.extra_suite)
    (root / "preferences.d").mkdir(parents=True, exist_ok=True)
    # The pin comes first: at no moment may the next release be an upgrade.
    (root / "preferences.d" / "labdock-engine").write_text(pin, encoding="utf-8")
    source = apt.source_text(mirror, wanted.extra_suite)
    (root / "sources.list.d" / "labdock-engine.sources").write_text(source, encoding="utf-8")


def start(socket_file: Path, console: Console) -> None:
    """Start the installed engine, under systemd where it runs, else detached, and wait for it."""
    if machine.systemd_runs():
        stream(
            ["systemctl", "enable", "--now", "docker"],
            console,
            failure="systemd could not start the Docker engine",
            remedy="`journalctl -u docker` says why.",
        )
        where = "`journalctl -u docker` says why"
    else:
        _start_detached(socket_file)
        where = f"the end of {LOG_FILE} says why"
    if not engine_socket.wait_until_answers(socket_file, START_SECONDS):
        raise SetupError(
            f"The Docker engine did not answer within {START_SECONDS:.0f} s at {socket_file}.",
            f"Correct what it complains about ({where}), then run this again.",
        )


def forget_dead(pid_file: Path, program: str, processes: Path = Path("/proc")) -> None:
    """Remove a pid file that a killed program left behind.

    The engine refuses to start while any process has the number in it: a
    zombie that nobody has waited for, or a stranger who was given it since.
    """
    try:
        status = (processes / pid_file.read_text().strip() / "status").read_text()
    except OSError:
        status = ""
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if facts.get("Name") != program or facts.get("State", "").startswith("Z"):
        pid_file.unlink(missing_ok=True)


def _start_detached(socket_file: Path) -> None:
    for pid_file, program in PID_FILES.items():
        forget_dead(pid_file, program)
    executable = shutil.which("dockerd", path=SYSTEM_PATH) or "dockerd"
    with LOG_FILE.open("ab") as log:
        process = subprocess.Popen(
            [executable, "--host", f"unix://{socket_file}", "--pidfile", str(PID_FILE)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": SYSTEM_PATH, **proxy_variables()},
            cwd="/",
            start_new_session=True,
        )
    # As the distribution's own start script does; a machine that forbids it has limits of its own.
    with contextlib.suppress(OSError, ValueError):
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (1 << 20, 1 << 20))
