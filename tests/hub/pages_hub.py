"""Starts a real JupyterHub that shows our pages, without containers or proxy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PASSWORD = "correct horse"
ADMIN_PASSWORD = "correct horse battery staple and more"
NAMED_LIMIT = 5
HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]


@contextmanager
def running(folder: Path, step: float = 0.3) -> Iterator[str]:
    """Yield the hub's address; ``step`` is the seconds that each step of a start takes."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {
        **os.environ,
        "PAGES_PORT": str(port),
        "PAGES_STEP": str(step),
        "PYTHONPATH": str(REPOSITORY),
    }
    log = folder / "hub.log"
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "pages_config.py")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, env=environ, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        _wait_until_up(f"http://127.0.0.1:{port}/hub/health", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=2)
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The hub did not come up:\n{log.read_text(errors='replace')}")
