"""The hub's container, the proxy's, and workspaces on the real engine."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Stack, docker, running_stack

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]


@dataclass
class HubApi:
    """The REST API of a running stack, with the command line's token."""

    stack: Stack
    client: httpx.Client

    @property
    def root(self) -> Path:
        return Path(self.stack.environ["WORKSPACE_ROOT"])

    def __call__(self, method: str, path: str, body: object = None) -> httpx.Response:
        token = (self.root / "hub" / "api-token").read_text().strip()
        headers = {"Authorization": f"token {token}"}
        url = f"{self.stack.url}/hub/api{path}"
        return self.client.request(method, url, json=body, headers=headers)

    def member(self) -> str:
        """Make an account with a name of its own."""
        name = f"hub-{secrets.token_hex(3)}z"
        assert self("POST", "/accounts", {"name": name}).status_code == 201
        return name

    def start(self, owner: str, path: str = "/server", **options: object) -> httpx.Response:
        """Start a workspace and wait until the start has ended, one way or the other."""
        answer = self("POST", f"/users/{owner}{path}", {"user_options": options or None})
        until(lambda: '"pending": "spawn"' not in self("GET", f"/users/{owner}").text)
        return answer

    def server(self, owner: str, path: str, **arguments: object) -> httpx.Response:
        """Ask a member's server through the proxy, with a token of the member's."""
        token = self("POST", f"/users/{owner}/tokens", {}).json()["token"]
        headers = {"Authorization": f"token {token}"}
        url = f"{self.stack.url}/user/{owner}{path}"
        return self.client.request(headers=headers, url=url, **{"method": "GET", **arguments})  # type: ignore[arg-type]

    def answers(self) -> bool:
        """Tell whether the hub answers."""
        try:
            return self.client.get(f"{self.stack.url}/hub/health").status_code == 200
        except httpx.HTTPError:
            return False


def until(condition: object, seconds: float = 60) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def container(owner: str, workspace: str = "default") -> str:
    return f"labdock-{owner}--{workspace}"


def inspect(name: str, form: str) -> str:
    return docker("inspect", "-f", form, name)


def traces(owner: str) -> str:
    """Return what the engine knows of an owner."""
    containers = docker("ps", "-aq", "--filter", f"label=labdock.owner={owner}")
    networks = docker("network", "ls", "-q", "--filter", f"label=labdock.owner={owner}")
    return containers + networks


@pytest.fixture(scope="module")
def hub() -> Iterator[HubApi]:
    with running_stack() as stack, httpx.Client(timeout=60) as client:
        yield HubApi(stack, client)


def test_a_kernel_goes_on_through_restarts_of_hub_and_proxy(hub: HubApi) -> None:
    owner = hub.member()
    answer = hub.start(owner)
    assert answer.status_code == 201, answer.text
    made = hub.server(owner, "/api/kernels", method="POST", json={})
    assert made.status_code == 201, made.text
    kernel, started = made.json()["id"], inspect(container(owner), "{{.State.StartedAt}}")

    docker("restart", "labdock-hub")
    until(hub.answers)
    until(lambda: hub("GET", f"/users/{owner}").json()["servers"][""]["ready"])
    assert [row["id"] for row in hub.server(owner, "/api/kernels").json()] == [kernel]

    docker("restart", "labdock-proxy")
    until(lambda: hub.answers() and hub.server(owner, "/api/kernels").status_code == 200, 30)
    assert [row["id"] for row in hub.server(owner, "/api/kernels").json()] == [kernel]
    assert inspect(container(owner), "{{.State.StartedAt}}") == started
    hub("DELETE", f"/accounts/{owner}")


def test_a_proxy_that_is_made_anew_reaches_workspaces_that_ran_before(hub: HubApi) -> None:
    owner = hub.member()
    answer = hub.start(owner)
    assert answer.status_code == 201, answer.text
    docker("rm", "-f", "labdock-proxy")
    hub.stack.workspace("up", timeout=600)
    until(lambda: hub.answers() and hub.server(owner, "/api").status_code == 200, 30)
    hub("DELETE", f"/accounts/{owner}")


def test_what_was_installed_outlives_stops_other_limits_and_other_ports(hub: HubApi) -> None:
    owner = hub.member()
    answer = hub.start(owner, image="labdock/base", cpus=1, memory="1g")
    assert answer.status_code == 201, answer.text
    docker("exec", container(owner), "touch", "/opt/env/installed")
    for options in ({"cpus": 2, "memory": "2g"}, {"shm_size": "300m"}, {"ports": "8888"}):
        assert hub("DELETE", f"/users/{owner}/server").status_code == 204
        answer = hub.start(owner, **options)
        assert answer.status_code == 201, answer.text
        docker("exec", container(owner), "ls", "/opt/env/installed")
    assert inspect(container(owner), "{{.HostConfig.ShmSize}}") == str(2**30)
    assert hub("DELETE", f"/accounts/{owner}").status_code == 204
    assert traces(owner) == ""
    assert container(owner) not in docker("images", "--format", "{{.Tag}}")
    assert (hub.root / "homes" / owner).is_dir()


def test_twelve_members_start_at_once(hub: HubApi) -> None:
    owners = [hub.member() for _ in range(12)]
    threads = [threading.Thread(target=hub.start, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for owner in owners:
        assert hub("GET", f"/users/{owner}").json()["servers"][""]["ready"], owner
        assert hub.server(owner, "/api").status_code == 200
    removals = [
        threading.Thread(target=hub, args=("DELETE", f"/accounts/{owner}")) for owner in owners
    ]
    for removal in removals:
        removal.start()
    for removal in removals:
        removal.join()
    # A network may stay for a minute where two removals met.
    until(lambda: "".join(map(traces, owners)) == "", 90)


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.5, 0.8])
def test_a_start_that_is_cancelled_leaves_nothing(hub: HubApi, delay: float) -> None:
    owner = hub.member()
    start = threading.Thread(target=hub.start, args=(owner,))
    start.start()
    time.sleep(delay)
    hub("DELETE", f"/users/{owner}/server")
    start.join()
    until(lambda: '"pending": "' not in hub("GET", f"/users/{owner}").text)
    state = docker("ps", "-a", "--filter", f"name={container(owner)}", "--format", "{{.State}}")
    # Where the cancelling came after the server was ready, it was a stop.
    assert state in ("", "exited")
    answer = hub.start(owner)
    assert answer.status_code == 201, answer.text
    hub("DELETE", f"/accounts/{owner}")
    until(lambda: traces(owner) == "", 90)


def saved_as(image: str, owner: str, base: str, *changes: str) -> None:
    """Make an image of a member's own: the name alone makes none."""
    made = docker("create", base, "true")
    told = [f"LABEL labdock.owner={owner}", f"LABEL labdock.parent={base}", *changes]
    docker("commit", *(part for one in told for part in ("--change", one)), made, image)
    docker("rm", made)


def test_an_image_with_no_server_is_refused_in_words(hub: HubApi) -> None:
    owner = hub.member()
    image = f"labdock/{owner}/bare:1"
    saved_as(image, owner, "labdock/debian")
    try:
        answer = hub.start(owner, image=image)
        assert answer.status_code == 422
        assert "server" in answer.json()["message"]
        assert traces(owner) == ""
    finally:
        docker("rmi", image)
        hub("DELETE", f"/accounts/{owner}")


def test_a_server_that_breaks_shows_the_end_of_its_log(hub: HubApi) -> None:
    owner = hub.member()
    image = f"labdock/{owner}/broken:1"
    entry = 'ENTRYPOINT ["/bin/sh", "-c", "echo the disk is upside down; exit 3"]'
    saved_as(image, owner, "labdock/base", entry, "CMD []")
    try:
        answer = hub.start(owner, image=image)
        assert answer.status_code == 500
        assert "the disk is upside down" in answer.json()["message"]
        assert docker("ps", "-aq", "--filter", f"label=labdock.owner={owner}") == ""
        assert not list((hub.root / "secrets").glob(f"*{owner}*"))
        answer = hub.start(owner, image="labdock/base")
        assert answer.status_code == 201, answer.text
    finally:
        hub("DELETE", f"/accounts/{owner}")
        docker("rmi", image)


def test_no_token_is_seen_from_outside_of_the_server(hub: HubApi) -> None:
    owner = hub.member()
    answer = hub.start(owner)
    assert answer.status_code == 201, answer.text
    (folder,) = (hub.root / "secrets").glob(f"*{owner}*")
    assert folder.stat().st_mode & 0o077 == 0
    environment = (folder / "environment.json").read_text()
    token = environment.partition('"JUPYTERHUB_API_TOKEN": "')[2].partition('"')[0]
    assert len(token) >= 32
    assert token not in docker("inspect", container(owner))
    enter = ("exec", container(owner), "/usr/local/bin/labdock-enter")
    assert token not in docker(*enter, "env")
    assert token not in docker(*enter, "sh", "-c", "cat /run/labdock/* 2>&1; true")
    hub("DELETE", f"/accounts/{owner}")


def test_hub_and_portal_hold_the_engine_and_the_proxy_does_not(hub: HubApi) -> None:
    form = "{{range .Mounts}}{{.Destination}} {{end}}"
    assert "/var/run/docker.sock" in inspect("labdock-hub", form)
    assert set(inspect("labdock-portal", form).split()) == {
        "/var/run/docker.sock",
        str(hub.root / "hub"),
        str(hub.root / "lock"),
    }
    locked = "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}}"
    assert inspect("labdock-portal", locked) == "true [ALL] []"
    assert "docker.sock" not in inspect("labdock-proxy", form)
    assert str(hub.root / "hub") not in inspect("labdock-proxy", form)
    for name in ("labdock-hub", "labdock-portal", "labdock-proxy"):
        assert inspect(name, "{{.HostConfig.Privileged}} {{.HostConfig.NetworkMode}}") == (
            "false labdock-control"
        )


def test_members_who_use_the_whole_machine_keep_no_page_waiting(hub: HubApi) -> None:
    for name in ("labdock-hub", "labdock-portal", "labdock-proxy"):
        # 0 stands for the engine's usual 1024, which every workspace has.
        assert int(inspect(name, "{{.HostConfig.CpuShares}}")) > 8 * 1024
