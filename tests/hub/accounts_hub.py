"""A whole hub with accounts in a process of its own, over the engine in memory.

``python -m tests.hub.accounts_hub FOLDER`` prints its address as one line and
runs until its standard input ends.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.hub.running_hub import add_images, running_hub
from workspace_cli.core.fake_engine import FakeEngine

REPOSITORY = Path(__file__).parents[2]


@dataclass(frozen=True)
class AccountsHub:
    """A hub that runs: its address and its data root."""

    url: str
    root: Path

    def api(self, method: str, path: str, body: object = None) -> Any:
        """Call the hub's API as the command line does."""
        token = (self.root / "hub" / "api-token").read_text()
        answer = httpx.request(
            method,
            f"{self.url}/hub/api{path}",
            json=body,
            headers={"Authorization": f"token {token}"},
            timeout=30,
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def running(root: Path) -> Iterator[AccountsHub]:
    """Run the hub on a data root."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / "hub.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.hub.accounts_hub", str(root)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        url = process.stdout.readline().decode().strip()
        if not url:
            raise RuntimeError((root / "hub.log").read_text(errors="replace"))
        yield AccountsHub(url, root)
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


async def main(root: Path) -> None:
    """Serve until nobody holds our standard input any more."""
    engine = FakeEngine()
    add_images(engine)
    async with running_hub(root, engine) as hub:
        print(hub.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
