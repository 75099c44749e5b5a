"""What every workspace image does. A child image runs all of it again, with its own name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import websocket

from tests.images.conftest import FolderOf
from tests.images.containers import (
    DEFAULT_CAPABILITIES,
    DEFAULT_PROFILE,
    HARDENED_PROFILE,
    Workspace,
    docker,
)


class BaseSuite:
    """Runs over one image, which the subclass names."""

    image: str

    @pytest.fixture(scope="class")
    @classmethod
    def workspace(cls) -> Iterator[Workspace]:
        """One running container of the default profile, shared by the tests that only look."""
        with Workspace(cls.image, DEFAULT_PROFILE) as running:
            yield running.ready()

    # Who may enter

    def test_a_browser_is_sent_to_the_login_page(self, workspace: Workspace) -> None:
        for path in ("/lab", "/tree", "/files/x.txt"):
            answer = workspace.browser.request(path)
            assert (answer.status, answer.headers["Location"].split("?")[0]) == (302, "/login")

    def test_login_page_asks_for_a_name_and_a_password(self, workspace: Workspace) -> None:
        page = workspace.browser.request("/login")
        assert page.status == 200
        assert 'name="username"' in page.text
        assert 'name="password" type="password"' in page.text
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]

    @pytest.mark.parametrize(
        "accepted, lang, title",
        [("ko-KR,ko;q=0.9", "ko", "로그인"), ("en-US", "en", "Log in"), ("", "en", "Log in")],
    )
    def test_login_page_speaks_the_browsers_language(
        self, workspace: Workspace, accepted: str, lang: str, title: str
    ) -> None:
        page = workspace.browser.request("/login", headers={"Accept-Language": accepted})
        assert f'<html lang="{lang}">' in page.text
        assert f"<h1>{title}</h1>" in page.text

    def test_the_right_name_and_password_open_the_lab_page(self, workspace: Workspace) -> None:
        browser = workspace.browser
        answer = browser.log_in("kunyoung", "1234", next="/lab")
        assert (answer.status, answer.headers["Location"]) == (302, "/lab")
        cookies = answer.headers.get_all("Set-Cookie") or []
        login = next(cookie for cookie in cookies if cookie.startswith("username-"))
        assert "HttpOnly" in login
        assert "SameSite=Lax" in login
        page = browser.request("/lab")
        assert page.status == 200
        assert "jupyter-config-data" in page.text
        assert browser.request("/api/contents").status == 200

    @pytest.mark.parametrize(
        "name, password", [("kunyoung", "12345"), ("kunyoun", "1234"), ("", ""), ("김철수", "1234")]
    )
    def test_a_wrong_name_or_password_is_refused_alike(
        self, workspace: Workspace, name: str, password: str
    ) -> None:
        browser = workspace.browser
        answer = browser.log_in(name, password)
        assert answer.status == 401
        assert "The name or the password is wrong." in answer.text
        assert browser.request("/api/contents").status == 403

    def test_login_form_without_its_token_is_refused(self, workspace: Workspace) -> None:
        form = {"username": "kunyoung", "password": "1234"}
        answer = workspace.browser.request("/login", method="POST", form=form)
        assert answer.status == 403

    def test_login_never_leads_to_another_host(self, workspace: Workspace) -> None:
        for place in ("https://evil.example/", "//evil.example/", "\\\\evil.example"):
            answer = workspace.browser.log_in("kunyoung", "1234", next=place)
            assert answer.status == 302
            assert "//evil" not in answer.headers["Location"]

    def test_what_is_typed_in_is_never_markup(self, workspace: Workspace) -> None:
        page = workspace.browser.request('/login?next="><script>alert(1)</script>')
        assert "<script>alert" not in page.text

    def test_programs_use_http_basic(self, workspace: Workspace) -> None:
        assert workspace.api("/api/contents").status == 200
        assert workspace.api("/api/contents", password="wrong").status == 401
        assert workspace.browser.request("/api/contents").status == 403
        assert workspace.api("/api/terminals", "POST", password="wrong").status == 401

    def test_a_foreign_page_cannot_use_a_browsers_basic_credentials(
        self, workspace: Workspace
    ) -> None:
        headers = {
            **workspace.basic("1234"),
            "Origin": "https://evil.example",
            "Sec-Fetch-Mode": "cors",
            "Sec-Fetch-Site": "cross-site",
        }
        answer = workspace.browser.request("/api/kernels", method="POST", data={}, headers=headers)
        assert answer.status in (403, 404)
        assert workspace.api("/api/kernels").json() == []

    def test_no_websocket_opens_without_a_login(self, workspace: Workspace) -> None:
        kernel = workspace.api("/api/kernels", "POST", {}).json()["id"]
        try:
            for path in (f"/api/kernels/{kernel}/channels", "/terminals/websocket/1"):
                with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
                    websocket.create_connection(f"ws://{workspace.address}{path}", timeout=10)
        finally:
            workspace.api(f"/api/kernels/{kernel}", "DELETE")

    def test_guessing_is_slowed_down(self) -> None:
        with Workspace(self.image) as workspace:
            workspace.ready()
            browser = workspace.browser
            inside = workspace.browser
            assert inside.log_in("kunyoung", "1234").status == 302
            answers = [browser.log_in("kunyoung", f"guess {number}") for number in range(12)]
            assert [answer.status for answer in answers] == [401] * 10 + [429] * 2
            assert int(answers[-1].headers["Retry-After"]) <= 60
            assert browser.log_in("kunyoung", "1234").status == 429
            assert workspace.api("/api/contents").status == 429
            assert inside.request("/api/contents").status == 200

    def test_a_server_without_a_password_does_not_start(self) -> None:
        for given in ((), ("--env", "WORKSPACE_AUTH_USER=kunyoung")):
            done = subprocess.run(
                ["docker", "run", "--rm", *given, self.image],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 1
            assert "WORKSPACE_AUTH_PASSWORD" in done.stderr
            assert "Traceback" not in done.stderr

    def test_a_restart_keeps_people_logged_in_and_a_new_password_does_not(
        self, folder_of: FolderOf
    ) -> None:
        mount = ("--volume", f"{folder_of(1000)}:/workspace")
        with Workspace(self.image, mount) as workspace:
            cookie = _login_cookie(workspace.ready())
            docker("restart", "--time", "5", workspace.name)
            workspace.ready()
            assert workspace.browser.request("/api/contents", headers=cookie).status == 200
        with Workspace(self.image, mount, password="changed") as other:
            other.ready()
            assert other.browser.request("/api/contents", headers=cookie).status == 403

    # What the member's programs can see

    def test_kernels_and_terminals_see_no_secret(self, workspace: Workspace) -> None:
        seen = workspace.run_cell("import os; print(sorted(os.environ))")
        seen += workspace.terminal("env; echo end-$((40+2))", "end-42")
        seen += workspace.shell("cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; env")
        assert "WORKSPACE_AUTH" not in seen
        assert "LANG" in seen

    def test_no_secret_is_written_to_the_layer(self, workspace: Workspace) -> None:
        changed = docker("diff", workspace.name).splitlines()
        files = [line[2:] for line in changed]
        kept = [name for name in files if name.startswith(("/home", "/etc", "/var", "/root"))]
        assert not [name for name in kept if "secret" in name or "cookie" in name]

    # Kernels, terminals, files

    def test_a_cell_runs_in_the_members_python(self, workspace: Workspace) -> None:
        code = "import sys, os; print(sys.prefix, os.getcwd(), 5 * 4)"
        assert workspace.run_cell(code).split() == ["/opt/env", "/workspace", "20"]

    def test_a_terminal_is_the_members_shell(self, workspace: Workspace) -> None:
        line = "echo $(id -un) $(pwd) $(command -v python) $(umask) end-$((40+2))"
        seen = workspace.terminal(line, "end-42")
        assert "member /workspace /opt/env/bin/python 0002 end-42" in seen

    def test_files_are_written_and_read(self, workspace: Workspace) -> None:
        note = {"type": "file", "format": "text", "content": "한글 파일"}
        assert workspace.api("/api/contents/note.txt", "PUT", note).status == 201
        assert workspace.api("/files/note.txt").text == "한글 파일"
        assert workspace.shell("cat /workspace/note.txt; stat -c %a /workspace/note.txt") == (
            "한글 파일664"
        )

    def test_a_notebook_exports(self, workspace: Workspace) -> None:
        notebook = {
            "cells": [
                {"cell_type": "markdown", "metadata": {}, "source": "# 제목 $x^2$"},
                {
                    "cell_type": "code",
                    "metadata": {},
                    "source": "print(1)",
                    "outputs": [],
                    "execution_count": None,
                },
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "nbformat": 4,
            "nbformat_minor": 4,
        }
        model = {"type": "notebook", "content": notebook}
        assert workspace.api("/api/contents/export.ipynb", "PUT", model).status == 201
        for kind, wanted in (("html", "제목"), ("script", "print(1)"), ("markdown", "# 제목")):
            answer = workspace.api(f"/nbconvert/{kind}/export.ipynb")
            assert answer.status == 200, answer.text
            assert wanted in answer.text

    def test_the_page_has_its_settings_themes_and_languages(self, workspace: Workspace) -> None:
        assert workspace.api("/lab/api/settings").json()["settings"]
        assert workspace.api("/lab/api/translations").status == 200
        assert workspace.api("/lab/api/workspaces").status == 200
        theme = "/lab/api/themes/@jupyterlab/theme-light-extension/index.css"
        assert workspace.api(theme).status == 200
        page = _page_config(workspace)
        assert page["terminalsAvailable"] is True
        assert page["serverRoot"] == "/workspace"
        disabled = page["disabledExtensions"]
        assert "@jupyterlab/extensionmanager-extension" in disabled
        assert "@jupyterlab/apputils-extension:announcements" in disabled

    def test_extensions_of_the_members_environment_show_up(self, workspace: Workspace) -> None:
        names = [extension["name"] for extension in _page_config(workspace)["federated_extensions"]]
        assert "@jupyter-widgets/jupyterlab-manager" in names
        path = "/lab/extensions/@jupyter-widgets/jupyterlab-manager/package.json"
        assert workspace.api(path).status == 200

    def test_kernels_that_a_member_adds_are_found(self, workspace: Workspace) -> None:
        workspace.shell("python -m ipykernel install --user --name mine --display-name Mine")
        found = workspace.api("/api/kernelspecs").json()
        assert found["default"] == "python3"
        assert set(found["kernelspecs"]) == {"python3", "mine"}

    # The two environments

    def test_a_broken_environment_leaves_the_server_working(self) -> None:
        with Workspace(self.image) as workspace:
            workspace.ready()
            workspace.shell(
                "cd /opt/env/lib/python3.11/site-packages\n"
                "for name in tornado jupyter_server jupyterlab traitlets zmq json; do\n"
                "  rm -rf $name; mkdir $name; echo 'raise SystemExit(1)' > $name/__init__.py\n"
                "done"
            )
            docker("restart", "--time", "5", workspace.name)
            workspace.ready()
            assert workspace.api("/api/contents").status == 200
            assert workspace.api("/lab").status == 200
            assert "here-1-" in workspace.terminal("echo here-$((3-2))-", "here-1-")

    def test_a_member_cannot_write_to_the_servers_environment(self, workspace: Workspace) -> None:
        writable = workspace.shell("find /opt/labdock -writable ! -type l")
        assert writable == ""
        links = workspace.shell("find /opt/labdock -type l -exec readlink -f {} +")
        assert all(target.startswith(("/usr/", "/opt/labdock/")) for target in links.splitlines())

    def test_everything_in_the_members_environment_is_the_groups(
        self, workspace: Workspace
    ) -> None:
        wrong = workspace.shell("find /opt/env ! -group 990 -o ! -type l ! -perm -g+w | head")
        assert wrong == ""

    def test_the_server_is_compiled(self, workspace: Workspace) -> None:
        code = (
            "import pathlib, importlib.util as util\n"
            "for file in pathlib.Path('/opt/labdock').rglob('*.py'):\n"
            "    compiled = pathlib.Path(util.cache_from_source(file))\n"
            "    good = compiled.exists() and compiled.read_bytes()[4:8] == bytes([1, 0, 0, 0])\n"
            "    good or print(file)"
        )
        # Never checked against its source (PEP 552, flags 1): no stat a file at every start.
        missing = workspace.member("python", "-c", code)
        # Templates that other programs render into text, no modules.
        assert not [name for name in missing.splitlines() if "/templates/" not in name]

    def test_the_server_imports_only_what_it_serves(self, workspace: Workspace) -> None:
        code = (
            "import sys, labdock_server.app, labdock_server.standalone, labdock_server.hub, "
            "labdock_server.lab, labdock_server.kernelspecs; print(*sys.modules)"
        )
        loaded = set(workspace.exec("/opt/labdock/bin/python", "-I", "-c", code).split())
        unwanted = {"sqlalchemy", "alembic", "aiohttp", "jupyterlab", "IPython", "ipykernel"}
        unwanted |= {"jupyterhub.orm", "jupyterhub.singleuser", "notebook_shim", "rfc3987_syntax"}
        assert "jupyterhub.services.auth" in loaded
        assert not loaded & unwanted

    # The folder and its owner

    @pytest.mark.parametrize("owner", [1000, 5000, 33, 65534])
    def test_the_member_takes_on_the_folders_owner(self, folder_of: FolderOf, owner: int) -> None:
        folder = folder_of(owner, "before.txt")
        stranger = folder / "stranger.txt"
        stranger.write_text("root's\n")
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            note = {"type": "file", "format": "text", "content": "new"}
            assert workspace.api("/api/contents/new.txt", "PUT", note).status == 201
            assert (folder / "new.txt").stat().st_uid == owner
            assert (folder / "new.txt").stat().st_gid == 990
            assert (folder / "before.txt").stat().st_uid == owner
            assert stranger.stat().st_uid == 0
            assert workspace.shell("id -un; id -u; sudo id -u").split() == [
                "member",
                str(owner),
                "0",
            ]
            assert "member" in workspace.run_cell("!id -un; touch /opt/env/probe && echo written")

    def test_an_empty_folder_of_roots_is_handed_over(self, folder_of: FolderOf) -> None:
        folder = folder_of(0)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            assert (folder.stat().st_uid, folder.stat().st_gid) == (1000, 990)
            assert workspace.shell("id -u; touch new.txt") == "1000"
            assert (folder / "new.txt").stat().st_uid == 1000

    def test_a_folder_that_root_filled_stays_roots(self, folder_of: FolderOf) -> None:
        folder = folder_of(0, "roots.txt")
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            assert workspace.shell("id -u; touch new.txt; echo $HOME").split() == [
                "0",
                "/home/member",
            ]
            assert workspace.run_cell("import os; print(os.getuid())").strip() == "0"
            owners = {file.name: file.stat().st_uid for file in folder.iterdir()}
            assert owners["roots.txt"] == owners["new.txt"] == 0

    def test_starting_changes_no_owner_in_the_environment(self, folder_of: FolderOf) -> None:
        folder = folder_of(5000)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            changed = {line[2:] for line in docker("diff", workspace.name).splitlines()}
            assert not [name for name in changed if name.startswith("/opt")]
            assert workspace.shell("find /opt/env /home/member -uid 5000") == ""

    def test_a_read_only_folder_is_told_of_and_can_be_read(self, folder_of: FolderOf) -> None:
        folder = folder_of(1000, "before.txt")
        mount = ("--volume", f"{folder}:/workspace:ro")
        with Workspace(self.image, mount) as workspace:
            workspace.ready()
            assert "/workspace cannot be written to" in workspace.logs
            assert "Traceback" not in workspace.logs
            assert workspace.api("/files/before.txt").text == "kept\n"
            assert workspace.run_cell("print(5 * 4)").strip() == "20"

    def test_credentials_and_history_live_with_the_members_files(self, folder_of: FolderOf) -> None:
        folder = folder_of(1000)
        with Workspace(self.image, ("--volume", f"{folder}:/workspace")) as workspace:
            workspace.ready()
            workspace.shell(
                "git config --global user.name 김철수\n"
                "git config --global credential.helper store\n"
                "printf 'protocol=https\\nhost=h.example\\nusername=u\\npassword=pw-in-store\\n'"
                " | git credential approve\n"
                "ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id_ed25519\n"
                "touch ~/.kaggle/kaggle.json"
            )
            state = folder / ".labdock"
            assert "김철수" in (state / "gitconfig").read_text()
            assert "pw-in-store" in (state / "git-credentials").read_text()
            assert (state / "ssh" / "id_ed25519").stat().st_mode & 0o777 == 0o600
            assert state.stat().st_mode & 0o777 == 0o700
            assert workspace.exec("grep", "-rl", "pw-in-store", "/home", check=False) == ""

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


def _page_config(workspace: Workspace) -> dict[str, Any]:
    """What the lab page is told of its server."""
    page = workspace.api("/lab").text
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found, page
    config: dict[str, Any] = json.loads(found[1])
    return config


def _login_cookie(workspace: Workspace) -> dict[str, str]:
    """The headers of a browser that logged in at a name that outlives the port."""
    host = {"Host": "lab.example"}
    answer = workspace.browser.log_in("kunyoung", "1234", headers=host)
    cookies = answer.headers.get_all("Set-Cookie") or []
    login = next(cookie for cookie in cookies if cookie.startswith("username-lab-example"))
    return {**host, "Cookie": login.split(";")[0]}


def _wait(happened: Callable[[], object], timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)
