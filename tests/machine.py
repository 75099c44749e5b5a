"""``python -m tests.machine [IMAGE…]``: what the tests need that only apt and the engine can give.

Images that are built on request only, such as ``labdock/pytorch-cuda``, are named.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.errors import LabdockError
from workspace_cli.setup import apt
from workspace_cli.setup.base_image import ensure_base_image
from workspace_cli.setup.build import ensure_images
from workspace_cli.setup.console import Console, PlainConsole
from workspace_cli.setup.engine_install import ensure_engine
from workspace_cli.setup.machine import require_root


def missing_packages() -> list[str]:
    """List the packages to install: browser, fonts, database, registry, compiler and tools."""
    wanted = {
        "debootstrap": shutil.which("debootstrap") is not None,
        "chromium": shutil.which("chromium") is not None,
        "fonts-nanum": Path("/usr/share/fonts/truetype/nanum").is_dir(),
        "postgresql": any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        "gcc": shutil.which("cc") is not None,
        "libc6-dev": Path("/usr/include/stdio.h").exists(),
        "iproute2": shutil.which("ip") is not None,
        "zstd": shutil.which("zstd") is not None,
        "slapd": Path("/usr/sbin/slapd").exists(),
        "docker-registry": shutil.which("docker-registry") is not None,
    }
    return [package for package, present in wanted.items() if not present]


def prepare(console: Console, more: Sequence[str] = ()) -> None:
    """Install packages, engine and images; what is there costs no time."""
    require_root("test")
    packages = missing_packages()
    if packages:
        console.step(f"Installing {' '.join(packages)}")
        apt.update(console)
        apt.install(packages, console)
    ensure_engine(console)
    engine = DockerEngine()
    ensure_base_image(engine, console)
    ensure_images(engine, Catalogue(), console)
    if more:
        ensure_images(engine, Catalogue(), console, only=more)


if __name__ == "__main__":
    try:
        prepare(PlainConsole(), sys.argv[1:])
    except LabdockError as exc:
        sys.exit(f"tests: {exc}")
