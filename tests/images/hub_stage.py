"""A real JupyterHub with its proxy in a container, and workspaces that it logs people in to."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import tempfile
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from tests.images.containers import Answer, Browser, Workspace, docker

HUB_IMAGE = "labdock/hub"
CONFIG = Path(__file__).parent / "stage"


@dataclass
class HubStage:
    """A hub on a network of its own; use as a context manager."""

    image: str
    name: str = field(default_factory=lambda: f"labdock-test-hub-{uuid.uuid4().hex[:8]}")
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    folder: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="labdock-test-", dir="/var/tmp"))
    )
    running: dict[str, Workspace] = field(default_factory=dict)

    def __enter__(self) -> Self:
        settings = {"name": self.name, "password": self.password, "token": self.token}
        (self.folder / "settings.json").write_text(json.dumps(settings))
        docker("network", "create", self.name)
        docker(
            *("run", "--detach", "--name", self.name, "--network", self.name),
            *("--publish", "127.0.0.1::8000", "--volume", f"{self.folder}:/stage"),
            *("--volume", f"{CONFIG}:/config:ro", "--no-healthcheck", HUB_IMAGE),
            *("/opt/hub/bin/python", "-m", "jupyterhub", "-f", "/config/jupyterhub_config.py"),
        )
        self._wait_until_up()
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if error is not None:
            print(docker("logs", self.name, check=False))
        for workspace in self.running.values():
            workspace.__exit__(None, None, None)
        docker("rm", "--force", "--volumes", self.name, check=False)
        docker("network", "rm", self.name, check=False)
        shutil.rmtree(self.folder)

    @property
    def base(self) -> str:
        """Where people reach the hub's proxy."""
        return "http://" + docker("port", self.name, "8000").splitlines()[0]

    def api(self, path: str, method: str = "GET", data: Any = None) -> Answer:
        """Ask the hub's REST API as an admin."""
        headers = {"Authorization": f"token {self.token}"}
        return Browser(self.base).request(
            "/hub/api" + path, method=method, data=data, headers=headers
        )

    def start(self, user: str) -> Workspace:
        """Have the hub start `user`'s server, in a container of the image."""
        assert self.api(f"/users/{user}", "POST").status == 201
        answers: list[Answer] = []
        asking = threading.Thread(
            target=lambda: answers.append(self.api(f"/users/{user}/server", "POST"))
        )
        asking.start()
        asked = self.folder / f"{user}.asked"
        _wait(asked.exists)
        workspace = self._container(user, json.loads(asked.read_text()))
        (self.folder / f"{user}.started").write_text(workspace.name)
        asking.join(timeout=30)
        assert [answer.status for answer in answers] == [201], answers
        return workspace

    def _container(self, user: str, variables: dict[str, str]) -> Workspace:
        mounted = self.folder / f"{user}-secrets"
        mounted.mkdir(mode=0o700)
        (mounted / "environment.json").write_text(json.dumps(variables))
        arguments = ("--network", self.name, "--volume", f"{mounted}:/run/labdock:ro")
        workspace = Workspace(self.image, arguments, secret_in_env=False)
        self.running[user] = workspace
        return workspace.__enter__()

    def log_in(self, user: str) -> Browser:
        """A browser in which `user` is logged in to the hub."""
        browser = Browser(self.base)
        found = re.search(r'name="_xsrf" value="([^"]+)"', browser.request("/hub/login").text)
        assert found
        form = {"_xsrf": found[1], "username": user, "password": self.password}
        assert browser.request("/hub/login", method="POST", form=form).status == 302
        return browser

    def _wait_until_up(self) -> None:
        def up() -> bool:
            try:
                return Browser(self.base).request("/hub/health").status == 200
            except (OSError, AssertionError):
                return False

        _wait(up)


def follow(browser: Browser, path: str) -> tuple[Answer, list[str]]:
    """Ask for a page and go wherever it leads; the last answer, and the paths on the way."""
    way: list[str] = []
    headers = {"Sec-Fetch-Mode": "navigate"}
    for _ in range(12):
        answer = browser.request(path, headers=headers)
        if answer.status not in (301, 302):
            return answer, way
        path = urllib.parse.urljoin(browser.base + path, answer.headers["Location"])
        path = path.removeprefix(browser.base)
        way.append(path.split("?")[0])
    raise AssertionError(f"led in circles: {way}")


def _wait(happened: Any, timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
