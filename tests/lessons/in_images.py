"""Runs the lessons' tests inside a fresh container of an image, with no network.

`python -m tests.lessons.in_images [PYTEST'S ARGUMENTS]` runs all of them in labdock/pytorch, and
those that need no torch in labdock/base. The repository is mounted read-only; pytest comes from
outside, as a folder.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "build/lessons-tests"
REQUIREMENTS = ROOT / "requirements/lessons.txt"
RUNS = {
    "labdock/pytorch": ["-n", "2", "--dist", "loadfile"],
    "labdock/base": ["-m", "not lessons"],
}


def main(given: list[str]) -> int:
    """Runs the tests in each image; the first exit code that is not 0."""
    bring_tools()
    wanted = given or ["tests/lessons"]
    codes = [run(image, [*options, *wanted]) for image, options in RUNS.items()]
    return next((code for code in codes if code), 0)


def bring_tools() -> None:
    """Installs pytest and what goes with it into a folder, once for each lock."""
    stamp = TOOLS / hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()[:16]
    if stamp.exists():
        return
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--require-hashes"]
    subprocess.run([*install, f"--target={TOOLS}", f"--requirement={REQUIREMENTS}"], check=True)
    stamp.touch()


def run(image: str, options: list[str]) -> int:
    """Runs pytest in a container that is gone afterwards; its exit code."""
    line = [
        *("docker", "run", "--rm", "--init", "--network", "none", "--user", "1000:990"),
        *("--volume", f"{ROOT}:/repository:ro", "--volume", f"{TOOLS}:/tools:ro"),
        *("--tmpfs", "/tmp:exec,mode=1777", "--workdir", "/repository"),
        *("--env", "PYTHONPATH=/tools", "--env", "PYTHONDONTWRITEBYTECODE=1"),
        *("--env", "HOME=/tmp", "--entrypoint", "/opt/env/bin/python"),
        *(image, "-m", "pytest", "-p", "no:cacheprovider", *options),
    ]
    print(f"# {image}", flush=True)
    return subprocess.run(line, env=os.environ).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
