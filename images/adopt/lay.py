"""Lay what a workspace needs into an image that is being built: `lay.py [PYTHON]`, as root.

Run by the server's own Python, which has been copied in before. PYTHON is the image's own that
the member's environment is made of; without one, the distribution's is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

GROUP, GROUP_ID = "labdock", 990
USER, USER_ID = "member", 1000
HOME = Path("/home/member")
ENVIRONMENT = Path("/opt/env")
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
SERVER = Path("/run/labdock-server")
WHEELS, AUTHORITIES = Path("/run/labdock-wheels"), Path("/run/labdock-ca")
PIP_SETTINGS = "/run/labdock-pip.conf"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
LESSONS = "/opt/labdock/lessons-modules"
SITES = "import json, sys; print(json.dumps([p for p in sys.path if p.endswith('-packages')]))"


class LayError(Exception):
    """The image cannot be made a workspace; the message says what failed."""


def run(
    command: Sequence[str], variables: Mapping[str, str] | None = None, *, quiet: bool = False
) -> bool:
    """Run a program of the image; tell whether it ended well."""
    settings = {"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive", **(variables or {})}
    environment = {**os.environ, **settings}
    try:
        said = subprocess.DEVNULL if quiet else None
        done = subprocess.run(list(command), check=False, env=environment, stderr=said)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}")
        return False
    return done.returncode == 0


def with_line(text: str, line: str, *, first: bool = False) -> str:
    """Add a line to an account file, unless its name is there already.

    It comes first where another account has its number: the first is what a number is shown as.

    >>> with_line("root:x:0:", "labdock:x:990:")
    'root:x:0:\\nlabdock:x:990:\\n'
    """
    name = line.partition(":")[0] + ":"
    lines = [old for old in text.splitlines() if old.strip()]
    if any(old.startswith(name) for old in lines):
        return text
    lines.insert(0 if first else len(lines), line)
    return "\n".join(lines) + "\n"


def write_accounts(etc: Path = Path("/etc")) -> None:
    """Make the account `member` and its group, as every image of ours has them."""
    rows = [line.split(":") for line in (etc / "passwd").read_text().splitlines()]
    taken = any(row[2:3] == [str(USER_ID)] for row in rows)
    lines = {
        "group": (f"{GROUP}:x:{GROUP_ID}:", False),
        "gshadow": (f"{GROUP}:!::", False),
        "passwd": (f"{USER}:x:{USER_ID}:{GROUP_ID}::{HOME}:/bin/bash", taken),
        "shadow": (f"{USER}:!:20000:0:99999:7:::", False),
    }
    for name, (line, first) in lines.items():
        file = etc / name
        if file.exists():
            file.write_text(with_line(file.read_text(), line, first=first))


def make_folders() -> None:
    """Make the member's folders, which their group may write."""
    for folder in (HOME, Path("/workspace")):
        folder.mkdir(parents=True, exist_ok=True)
        os.chown(folder, USER_ID, GROUP_ID)
        folder.chmod(0o2775)


def trust() -> None:
    """Let the image trust the authorities that the lab trusts."""
    local = Path("/usr/local/share/ca-certificates")
    local.mkdir(parents=True, exist_ok=True)
    for certificate in AUTHORITIES.glob("*.crt"):
        shutil.copy(certificate, local)
    if not BUNDLE.exists():
        BUNDLE.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SERVER / str(BUNDLE).lstrip("/"), BUNDLE)
    elif any(AUTHORITIES.glob("*.crt")) and shutil.which("update-ca-certificates", path=PATH):
        run(["update-ca-certificates"])


def install(packages: Sequence[str]) -> bool:
    """Install packages of the distribution, and leave nothing of apt's own behind."""
    try:
        return run(["apt-get", "update", "-q"]) and run(
            ["apt-get", "install", "-qy", "--no-install-recommends", *packages]
        )
    finally:
        run(["apt-get", "clean"])
        for entry in Path("/var/lib/apt/lists").glob("*"):
            if entry.is_dir():
                shutil.rmtree(entry, ignore_errors=True)
            else:
                entry.unlink()


def allow_sudo() -> None:
    """Let the member become root in their own container, where sudo is there to be had."""
    wanted = [name for name in ("sudo", "bash") if not shutil.which(name, path=PATH)]
    if wanted and not install(wanted):
        if "bash" in wanted:
            raise LayError("bash is not in the image, and apt could not install it.")
        print("labdock-warning: sudo is not in the image, and apt could not install it")
    folder = Path("/etc/sudoers.d")
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    rule = folder / "labdock"
    # By its number: the image may know the group by another name.
    rule.write_text(f"%#{GROUP_ID} ALL=(ALL:ALL) NOPASSWD: ALL\n")
    rule.chmod(0o440)


def make_environment(given: str) -> None:
    """Make /opt/env of the image's own Python, whose packages it sees."""
    python = given or "/usr/bin/python3"
    if not given and not install(["python3", "python3-venv"]):
        raise LayError("the image has no Python, and apt could not install one.")
    os.umask(0o002)
    ENVIRONMENT.mkdir(exist_ok=True)
    os.chown(ENVIRONMENT, 0, GROUP_ID)
    ENVIRONMENT.chmod(0o2775)
    command = [python, "-m", "venv", "--system-site-packages", str(ENVIRONMENT)]
    if not run(command) and not _make_without_pip(command, python):
        raise LayError(f"{python} cannot make an environment; the lines above say why.")
    _see_packages_of(python)
    _require_kernel()
    settings = "[global]\nno-cache-dir = true\ndisable-pip-version-check = true\n"
    (ENVIRONMENT / "pip.conf").write_text(settings)
    _hand_to_group()


def _make_without_pip(command: Sequence[str], python: str) -> bool:
    """Debian keeps what `venv` needs in a package of its own; else ours brings its pip."""
    if Path(python).resolve().parent == Path("/usr/bin"):
        number = Path(python).resolve().name
        if (install([f"{number}-venv"]) or install(["python3-venv"])) and run(command):
            return True
    if not run([*command[:-1], "--clear", "--without-pip", command[-1]]):
        return False
    pip = SERVER / "opt/env/lib/python3.11/site-packages/pip"
    return _pip([str(ENVIRONMENT / "bin/python"), str(pip)], "pip")


def _pip(pip: Sequence[str], *packages: str) -> bool:
    # An image may have set pip to an index that only its maker can reach.
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        del os.environ[name]
    options = ["--quiet", "--disable-pip-version-check", f"--find-links={WHEELS}"]
    settings = {"PIP_CERT": str(BUNDLE), "PIP_CONFIG_FILE": PIP_SETTINGS}
    return run([*pip, "install", *options, *packages], settings)


def _see_packages_of(python: str) -> None:
    """Where the Python is a venv itself, its packages are not its base's: name their folders."""
    told = subprocess.run([python, "-c", SITES], check=False, capture_output=True, text=True)
    sites = _site_folder()
    if told.returncode == 0 and (Path(python).parent.parent / "pyvenv.cfg").exists():
        folders = json.loads(told.stdout)
        (sites / "labdock-image.pth").write_text("".join(f"{folder}\n" for folder in folders))
    (sites / "labdock-lessons.pth").write_text(f"{LESSONS}\n")


def _site_folder() -> Path:
    found = sorted(ENVIRONMENT.glob("lib/python3*/site-packages"))
    if not found:
        raise LayError("the environment that was made has no folder for packages.")
    return found[0]


def _require_kernel() -> None:
    python = str(ENVIRONMENT / "bin/python")
    test = [python, "-c", "import ipykernel.kernelapp"]
    if run(test, quiet=True):
        return
    if not _pip([python, "-m", "pip"], "ipykernel") or not run(test):
        raise LayError("the notebook kernel could not be installed into the image's Python.")


def _hand_to_group() -> None:
    for folder, folders, files in os.walk(ENVIRONMENT):
        for name in (*folders, *files):
            path = Path(folder) / name
            if path.is_symlink():
                continue
            os.chown(path, -1, GROUP_ID)
            path.chmod(path.stat().st_mode | (0o2770 if path.is_dir() else 0o060))


def main(arguments: Sequence[str]) -> int:
    """Lay everything; returns an exit code."""
    try:
        write_accounts()
        make_folders()
        trust()
        allow_sudo()
        make_environment(arguments[0] if arguments else "")
    except (LayError, OSError) as error:
        print(f"labdock: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
