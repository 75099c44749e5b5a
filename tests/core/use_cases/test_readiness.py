import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support import free_port
from workspace_cli.core.errors import StartFailedError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.readiness import wait_for_workspace, wait_ready
from workspace_cli.core.workspaces import launch


@contextmanager
def serving(status: int, port: int = 0) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/api"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("status", [200, 302, 401, 403])
def test_any_answer_of_a_server_that_works_is_ready(status: int) -> None:
    with serving(status) as url:
        wait_ready(url, timeout=5)


def test_a_server_error_is_not_ready() -> None:
    with serving(503) as url, pytest.raises(StartFailedError, match="did not answer"):
        wait_ready(url, timeout=0.2)


def test_it_is_noticed_within_a_step_that_a_server_came_up() -> None:
    port = free_port()
    up = threading.Event()
    ready: list[float] = []

    def wait() -> None:
        wait_ready(f"http://127.0.0.1:{port}/api", timeout=10)
        ready.append(time.monotonic())

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.5)
    with serving(200, port):
        began = time.monotonic()
        thread.join(5)
        up.set()
    assert ready[0] - began < 0.5


def test_a_listener_that_says_nothing_is_not_waited_for_beyond_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        began = time.monotonic()
        with pytest.raises(StartFailedError):
            wait_ready(url, timeout=0.3)
        assert time.monotonic() - began < 3


def test_a_container_that_has_ended_is_noticed_before_the_timeout() -> None:
    began = time.monotonic()
    with pytest.raises(StartFailedError, match="ended"):
        wait_ready(f"http://127.0.0.1:{free_port()}/", 60, lambda: False)
    assert time.monotonic() - began < 5


def test_a_failure_tells_the_end_of_the_log_and_the_cause(
    host: Host, engine: FakeEngine, spec: Callable[..., WorkspaceSpec]
) -> None:
    workspace = launch(host, spec(restart="no"))
    name = workspace.container.name
    made = engine.made(name)
    assert made.started is not None
    made.output.append((made.started - 60, b"an earlier run's last words\n"))
    made.output.append((made.started, b"Traceback: no module named torch\n"))
    engine.end(name, 137, oom_killed=True)
    with pytest.raises(StartFailedError, match="no module named torch") as told:
        wait_for_workspace(host, workspace, f"http://127.0.0.1:{free_port()}/")
    assert "out of memory" in told.value.message
    assert "earlier run" not in told.value.message
    assert "workspace logs kunyoung/study" in told.value.remedy
