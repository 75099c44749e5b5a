"""`labdock-repair`: make the member's Python environment work again, as far as that goes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence

from .member import GROUP_ID

ENVIRONMENT = "/opt/env"
PYTHON = "/usr/bin/python3"
KERNEL = "import ipykernel.kernelapp"
USAGE = """usage: labdock-repair [--fresh]

Gives /opt/env a working Python, pip and notebook kernel again and keeps the packages in it.
--fresh begins anew with an empty environment: every package in it is gone."""

Run = Callable[[Sequence[str]], bool]


def run(command: Sequence[str]) -> bool:
    """Run a command where the member sees it; whether it did what it was to do.

    A statement that is only tried says nothing.
    """
    said = subprocess.DEVNULL if "-c" in command else None
    try:
        return subprocess.run(list(command), check=False, stderr=said).returncode == 0
    except OSError as error:
        say(f"{command[0]}: {error.strerror}")
        return False


def say(text: str) -> None:
    """Tell the member."""
    print(f"labdock-repair: {text}", flush=True)


def repair(*, fresh: bool, folder: str = ENVIRONMENT, run: Run = run) -> int:
    """Mend the environment step by step; returns an exit code."""
    python = f"{folder}/bin/python"
    if not os.path.isdir(folder) and not _make(folder, run):  # noqa: PTH112
        say(f"{folder} is gone and cannot be made without sudo. Ask an admin.")
        return 1
    if fresh or not _works(python, "import pip", run):
        say("making the environment's Python and pip" + (" anew" if fresh else ""))
        if not run([PYTHON, "-m", "venv", *(["--clear"] if fresh else []), folder]):
            say("that failed; the lines above say why. On a full disk, delete something first.")
            return 1
    if not _works(python, KERNEL, run):
        say("installing the notebook kernel")
        run([python, "-m", "pip", "install", "--quiet", "--force-reinstall", "ipykernel"])
    if not _works(python, KERNEL, run):
        say(
            "notebooks will not start yet. Where the lines above speak of the network or the disk, "
            "mend that first; where a package of yours is in the way, labdock-repair --fresh "
            "begins with an empty environment."
        )
        return 1
    say("the environment works. Restart the workspace to use it.")
    return 0


def _works(python: str, statement: str, run: Run) -> bool:
    return os.access(python, os.X_OK) and run([python, "-c", statement])


def _make(folder: str, run: Run) -> bool:
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    return run([*as_root, "install", "-d", "-g", str(GROUP_ID), "-m", "2775", folder])


def main(argv: list[str]) -> int:
    """Read the one option and mend."""
    if argv[1:] not in ([], ["--fresh"]):
        print(USAGE)
        return 0 if argv[1:] in (["-h"], ["--help"]) else 2
    os.umask(0o002)
    # What was set for the environment that is broken must not break the new one.
    for name in ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "LD_PRELOAD", "LD_LIBRARY_PATH"):
        os.environ.pop(name, None)
    return repair(fresh=argv[1:] == ["--fresh"])


if __name__ == "__main__":
    sys.exit(main(sys.argv))
