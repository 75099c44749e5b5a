"""What the server serves, and the two Python environments."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.images.containers import (
    Workspace,
    docker,
)


class ServerSuite:
    """Kernels, terminals, files, the page, `/opt/env` and `/opt/labdock`."""

    image: str

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
        unwanted |= {
            "requests",
            "jupyterhub.orm",
            "jupyterhub.singleuser",
            "notebook_shim",
            "rfc3987_syntax",
        }
        assert "jupyterhub.services.auth" in loaded
        assert not loaded & unwanted


def _page_config(workspace: Workspace) -> dict[str, Any]:
    """What the lab page is told of its server."""
    page = workspace.api("/lab").text
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found, page
    config: dict[str, Any] = json.loads(found[1])
    return config
