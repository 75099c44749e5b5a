"""``python -m tests.engine.killed_move ENGINE ROOT STEP COMMAND…``: dies at a call of the engine.

Runs one command line of ``workspace`` against an engine and ends itself by SIGKILL before
the STEP-th call that would change something there or look at it.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.support import end_at_step
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.host import Host
from workspace_cli.core.settings import Settings
from workspace_cli.main import run_cli

CALLS = (
    *("image", "images", "load", "save", "tag", "remove_image"),
    *("pull", "push", "resolve", "create", "has_path", "remove"),
)


def main(engine: str, root: str, step: str, *command: str) -> int:
    """Run the command; it ends by a signal where there are so many steps."""
    calls = [(DockerEngine, name) for name in CALLS]
    end_at_step(setattr, calls, int(step), lambda: os.kill(os.getpid(), signal.SIGKILL))
    host = Host(DockerEngine(engine), Settings(root=Path(root)), Catalogue.of(()))
    return run_cli(command, host=host)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
