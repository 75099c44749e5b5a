"""Containers for the tests of the images: started as a person starts them, asked over HTTP."""

from __future__ import annotations

import base64
import email.message
import http.client
import http.cookiejar
import json
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import websocket

# What the engine is told for a workspace of the default profile, numbered as in capability.h.
DEFAULT_CAPABILITIES = {
    "CHOWN": 0,
    "DAC_OVERRIDE": 1,
    "FOWNER": 3,
    "FSETID": 4,
    "KILL": 5,
    "SETGID": 6,
    "SETUID": 7,
    "SETPCAP": 8,
    "NET_BIND_SERVICE": 10,
    "SYS_CHROOT": 18,
    "AUDIT_WRITE": 29,
    "SETFCAP": 31,
}
DEFAULT_PROFILE = (
    "--cap-drop=ALL",
    *(f"--cap-add={name}" for name in DEFAULT_CAPABILITIES),
)
HARDENED_PROFILE = ("--user=1000:990", "--cap-drop=ALL", "--security-opt=no-new-privileges")


def docker(*arguments: str, check: bool = True, timeout: float = 300) -> str:
    """Run the docker command; its output, or an error that holds what it said."""
    done = subprocess.run(
        ["docker", *arguments], capture_output=True, text=True, timeout=timeout, check=False
    )
    if check and done.returncode:
        raise AssertionError(f"docker {' '.join(arguments)}: {done.stderr}{done.stdout}")
    return done.stdout.strip()


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, whatever its status."""

    status: int
    headers: email.message.Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """Keeps cookies and sends what a browser sends; follows no redirect."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            _NoRedirect(), urllib.request.HTTPCookieProcessor(self.cookies)
        )

    def request(
        self,
        path: str,
        *,
        method: str = "GET",
        form: dict[str, str] | None = None,
        data: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask for a path of this server, or for a whole address."""
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        if data is not None:
            body = json.dumps(data).encode()
        url = path if path.startswith("http") else self.base + path
        request = urllib.request.Request(url, body, dict(headers or {}), method=method)
        try:
            with self._opener.open(request, timeout=30) as reply:
                return Answer(reply.status, reply.headers, reply.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def log_in(
        self, name: str, password: str, headers: dict[str, str] | None = None, **form: str
    ) -> Answer:
        """Fill in the login page."""
        page = self.request("/login", headers=headers)
        found = re.search(r'name="_xsrf" value="([^"]+)"', page.text)
        assert found, page.text
        fields = {"_xsrf": found[1], "username": name, "password": password, **form}
        return self.request("/login", method="POST", form=fields, headers=headers)


@dataclass
class Workspace:
    """A running container of an image, removed at the end."""

    image: str
    arguments: tuple[str, ...] = ()
    name: str = field(default_factory=lambda: f"labdock-test-{uuid.uuid4().hex[:10]}")
    user: str = "kunyoung"
    password: str = "1234"
    secret_in_env: bool = True

    def __enter__(self) -> Self:
        secrets = (
            "--env",
            f"WORKSPACE_AUTH_USER={self.user}",
            "--env",
            f"WORKSPACE_AUTH_PASSWORD={self.password}",
        )
        docker(
            *("run", "--detach", "--publish", "127.0.0.1::8080", "--name", self.name),
            *(secrets if self.secret_in_env else ()),
            *(*self.arguments, self.image),
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            print(docker("logs", self.name, check=False))
        docker("rm", "--force", "--volumes", self.name, check=False)

    @property
    def address(self) -> str:
        """Where the host reaches port 8080; asked anew, a restart may change it."""
        return docker("port", self.name, "8080").splitlines()[0]

    @property
    def browser(self) -> Browser:
        return Browser(f"http://{self.address}")

    @property
    def logs(self) -> str:
        done = subprocess.run(
            ["docker", "logs", self.name], capture_output=True, text=True, check=True
        )
        return done.stdout + done.stderr

    def ready(self, timeout: float = 30) -> Self:
        """Wait until the server answers."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                if self.browser.request("/api").status < 500:
                    return self
            except (OSError, http.client.HTTPException, AssertionError):
                pass  # not listening yet, or between two starts
            time.sleep(0.05)
        raise AssertionError(f"{self.image} did not answer within {timeout} s:\n{self.logs}")

    def api(
        self, path: str, method: str = "GET", data: Any = None, password: str | None = None
    ) -> Answer:
        """Ask as a program does, with HTTP Basic."""
        return self.browser.request(
            path, method=method, data=data, headers=self.basic(password or self.password)
        )

    def basic(self, password: str) -> dict[str, str]:
        """The header that carries name and password."""
        pair = base64.b64encode(f"{self.user}:{password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def exec(self, *command: str, user: str = "", check: bool = True, timeout: float = 300) -> str:
        """Run a command as `docker exec` does: as root, with nothing prepared."""
        as_user = ("--user", user) if user else ()
        return docker("exec", *as_user, self.name, *command, check=check, timeout=timeout)

    def member(self, *command: str, check: bool = True, timeout: float = 300) -> str:
        """Run a command as the member."""
        return self.exec("labdock-enter", *command, check=check, timeout=timeout)

    def shell(self, script: str, check: bool = True, timeout: float = 300) -> str:
        """Run a shell script as the member."""
        return self.member("bash", "-ec", script, check=check, timeout=timeout)

    def run_cell(self, code: str, timeout: float = 120) -> str:
        """Run code in a fresh kernel of the default kind; what it printed, its errors too."""
        model = self.api("/api/kernels", "POST", {"name": "python3"})
        assert model.status == 201, model.text
        kernel = model.json()["id"]
        try:
            return self._execute(kernel, code, timeout)
        finally:
            self.api(f"/api/kernels/{kernel}", "DELETE")

    def _execute(self, kernel: str, code: str, timeout: float) -> str:
        socket = websocket.create_connection(
            f"ws://{self.address}/api/kernels/{kernel}/channels",
            header=self.basic(self.password),
            timeout=timeout,
        )
        try:
            message = _execute_request(code)
            socket.send(json.dumps(message))
            return _read_output(socket, message["header"]["msg_id"])
        finally:
            socket.close()

    def terminal(self, line: str, until: str, timeout: float = 30) -> str:
        """Type a line into a new terminal and read until a text shows up."""
        name = self.api("/api/terminals", "POST").json()["name"]
        socket = websocket.create_connection(
            f"ws://{self.address}/terminals/websocket/{name}",
            header=self.basic(self.password),
            timeout=timeout,
        )
        try:
            socket.send(json.dumps(["stdin", line + "\r"]))
            seen = ""
            while until not in seen:
                kind, *rest = json.loads(socket.recv())
                seen += rest[0] if kind == "stdout" else ""
            return seen
        finally:
            socket.close()
            self.api(f"/api/terminals/{name}", "DELETE")


def _execute_request(code: str) -> dict[str, Any]:
    return {
        "header": {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "username": "",
            "session": uuid.uuid4().hex,
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "channel": "shell",
        "content": {"code": code, "silent": False, "stop_on_error": True},
    }


def _read_output(socket: websocket.WebSocket, request: str) -> str:
    """Collect a cell's output until its kernel is idle again."""
    output = ""
    while True:
        message = json.loads(socket.recv())
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        match message["msg_type"]:
            case "stream":
                output += content["text"]
            case "error":
                output += "\n".join(content["traceback"])
            case "status" if content["execution_state"] == "idle":
                return output
