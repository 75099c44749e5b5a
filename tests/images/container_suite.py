"""The container: its life, limits, profiles, commands from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable

import pytest

from tests.images.conftest import FolderOf
from tests.images.containers import (
    DEFAULT_CAPABILITIES,
    DEFAULT_PROFILE,
    HARDENED_PROFILE,
    Workspace,
    docker,
)


class ContainerSuite:
    """What docker, an admin and the engine see."""

    image: str

    # Life of a container

    def test_the_note_s_line_works_word_for_word(self, folder_of: FolderOf) -> None:
        folder = folder_of(1000, "study.txt")
        name, port = f"ky_study_{os.getpid()}", "9201"
        line = (
            f"docker run --ipc=host --restart always -p {port}:8080 -v {folder}:/workspace "
            f"--name {name} --env WORKSPACE_AUTH_USER=kunyoung "
            f"--env WORKSPACE_AUTH_PASSWORD=1234 {self.image}"
        )
        # As typed: in the foreground, its output on the terminal.
        process = subprocess.Popen(line.split(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        workspace = Workspace(self.image, name=name)
        try:
            _wait(lambda: docker("ps", "--quiet", "--filter", f"name={name}"))
            assert workspace.ready().browser.request("/lab").status == 302
            assert workspace.browser.log_in("kunyoung", "1234").status == 302
            assert workspace.api("/files/study.txt").text == "kept\n"
            workspace.exec("pkill", "-9", "-f", "labdock_server")
            _wait(lambda: docker("inspect", "--format", "{{.RestartCount}}", name) == "1")
            assert workspace.ready().api("/files/study.txt").text == "kept\n"
        finally:
            docker("rm", "--force", name, check=False)
            process.communicate(timeout=30)

    def test_stopping_is_quick_and_clean(self) -> None:
        with Workspace(self.image) as workspace:
            workspace.ready()
            workspace.api("/api/kernels", "POST", {})
            began = time.monotonic()
            docker("stop", "--time", "10", workspace.name)
            assert time.monotonic() - began < 5
            assert docker("inspect", "--format", "{{.State.ExitCode}}", workspace.name) == "0"

    def test_starting_is_quiet(self) -> None:
        with Workspace(self.image) as workspace:
            logs = workspace.ready().logs
            assert not re.search(r"warning|error|traceback|\[[WEC] ", logs, re.IGNORECASE), logs

    def test_health_check_tells_a_server_that_hangs(self) -> None:
        with Workspace(self.image) as workspace:
            workspace.ready()
            test = json.loads(
                docker("inspect", "--format", "{{json .Config.Healthcheck.Test}}", workspace.name)
            )
            command = tuple(test[1:])
            workspace.exec(*command)
            assert "labdock-health" not in workspace.logs
            workspace.exec("pkill", "-STOP", "-f", "labdock_server")
            with pytest.raises(AssertionError):
                workspace.exec(*command)

    def test_what_the_image_says_of_itself(self) -> None:
        config = json.loads(docker("image", "inspect", "--format", "{{json .Config}}", self.image))
        assert config["Labels"]["labdock.server"] == "1"
        assert list(config["ExposedPorts"]) == ["8080/tcp"]
        names = {line.partition("=")[0] for line in config["Env"]}
        assert "NVIDIA_VISIBLE_DEVICES" not in names

    # CPU quota

    def test_threads_follow_the_cpu_quota(self) -> None:
        with Workspace(self.image, ("--cpus", "1")) as workspace:
            workspace.ready()
            assert workspace.member("nproc") == "1"
            assert workspace.member("printenv", "OMP_NUM_THREADS") == "1"
            assert workspace.run_cell("!nproc").strip() == "1"
            assert "threads-1-" in workspace.terminal("echo threads-$(nproc)-", "threads-1-")
            # What Python 3.13's os.process_cpu_count and joblib's workers go by.
            assert workspace.member("printenv", "PYTHON_CPU_COUNT", "LOKY_MAX_CPU_COUNT") == "1\n1"

    def test_a_terminal_says_what_the_workspace_has(self) -> None:
        with Workspace(self.image, ("--cpus", "1.5", "--memory", "1g")) as workspace:
            workspace.ready()
            gpus = {"en": "GPU-1 until 9", "ko": "GPU-1, 9까지"}
            assert workspace.api("/labdock/gpus", "PUT", gpus).status == 200
            seen = workspace.terminal("declare -F; echo gone-$((1+1))", "gone-2")
            assert "CPU 1.5개 · 메모리 1 GiB · GPU-1, 9까지\r\n" in seen
            assert "1.5 CPU · 1 GiB of memory · GPU-1 until 9\r\n" in seen
            assert "_labdock_greeting" not in seen
            # Programs that start a login shell read its output.
            assert workspace.member("bash", "-lc", "echo plain") == "plain"
            korean = workspace.shell("LANG=ko_KR.UTF-8 bash -lic 'echo done' 2>/dev/null")
            assert "메모리" in korean
            assert "memory" not in korean
            # The next holder of the GPUs is another.
            docker("restart", "--time", "0", workspace.name)
            workspace.ready()
            assert "GPU-1" not in workspace.terminal("echo gone-$((1+1))", "gone-2")

    # Profiles

    def test_sudo_apt_install_works_under_the_default_profile(self) -> None:
        with Workspace(self.image, DEFAULT_PROFILE) as workspace:
            workspace.ready()
            # iputils-ping sets a file capability, dbus makes a user and a setuid-root helper.
            workspace.shell(
                "sudo apt-get update -qq\n"
                "sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "
                "--no-install-recommends tree iputils-ping dbus"
            )
            assert "directories" in workspace.shell("tree /opt -L 1")
            status = workspace.shell(
                "grep CapEff /proc/self/status; sudo grep CapEff /proc/self/status"
            )
            member, root = (line.split()[1] for line in status.splitlines())
            assert int(member, 16) == 0
            assert int(root, 16) == sum(1 << number for number in DEFAULT_CAPABILITIES.values())

    def test_pip_installs_without_sudo(self, workspace: Workspace) -> None:
        workspace.shell("pip install --quiet iniconfig")
        where = workspace.run_cell("import iniconfig; print(iniconfig.__file__)")
        assert where.startswith("/opt/env/lib/python3.11/site-packages/")
        modes = workspace.shell(f"stat -c '%g %A' {where}")
        assert modes.startswith("990 -rw-rw-")
        assert workspace.shell("pip cache list", check=False).count("iniconfig") == 0

    def test_pip_installs_for_whoever_owns_the_folder(self, folder_of: FolderOf) -> None:
        folder = folder_of(5000)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready().shell("pip install --quiet iniconfig; pip uninstall --yes tornado")

    def test_hardened_profile_serves_without_root(self, folder_of: FolderOf) -> None:
        mount = ("--volume", f"{folder_of(1000)}:/workspace")
        with Workspace(self.image, (*HARDENED_PROFILE, *mount)) as workspace:
            workspace.ready()
            assert workspace.run_cell("import os; print(os.getuid())").strip() == "1000"
            assert workspace.member("id", "-u") == "1000"
            workspace.shell("pip install --quiet iniconfig")
            with pytest.raises(AssertionError, match="sudo"):
                workspace.shell("sudo -n true")
            status = workspace.exec("cat", "/proc/1/status")
            assert "CapEff:\t0000000000000000" in status

    # Commands from outside

    def test_an_entered_command_is_the_members(self, workspace: Workspace) -> None:
        script = "echo $(id -u) $(id -g) $PWD $HOME $(umask) $(command -v pip) $VIRTUAL_ENV"
        assert workspace.shell(script) == (
            "1000 990 /workspace /home/member 0002 /opt/env/bin/pip /opt/env"
        )

    def test_an_entered_command_passes_on_its_exit_code(self, workspace: Workspace) -> None:
        command = ["docker", "exec", workspace.name, "labdock-enter"]
        for arguments, code in ((["sh", "-c", "exit 7"], 7), (["no-such-command"], 127), ([], 2)):
            done = subprocess.run([*command, *arguments], capture_output=True, check=False)
            assert done.returncode == code
            assert b"Traceback" not in done.stderr

    # Languages

    def test_korean_locale_and_time_zone(self) -> None:
        with Workspace(self.image, ("--env", "TZ=Asia/Seoul")) as workspace:
            workspace.ready()
            seen = workspace.shell(
                "LC_ALL=ko_KR.UTF-8 date -d 2024-03-01 +%A; date +%z; echo $LANG"
            )
            assert seen.split() == ["금요일", "+0900", "C.UTF-8"]


def _wait(happened: Callable[[], object], timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
