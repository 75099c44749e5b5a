"""What is in an image, read from its files below a folder: `look.py ROOT FOLDERS` prints JSON.

Nothing of the image is run, and no link of it leads out of the folder. FOLDERS are those of the
image's PATH, joined by colons.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

LONGEST_FILE = 1 << 20
MOST_LINKS = 40
MOST_PYTHONS = 40
PACKAGES = ("torch", "tensorflow", "jax", "numpy", "ipykernel", "pip")
_DISTRIBUTION = re.compile(r"(?P<name>.+?)-(?P<version>[^-]+)\.(?:dist-info|egg-info)")
_PYTHON = re.compile(r"python(3\.\d+)")
_LIBC = re.compile(rb"GNU C Library[^\n]{0,80}? version (\d+\.\d+)")


class Tree:
    """The files of an image below a folder; absolute links mean the image's own root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def find(self, path: str) -> Path | None:
        """Return where a file or folder of the image is, its links followed, or None."""
        parts = [part for part in path.split("/") if part not in ("", ".")]
        here = self.root
        links = 0
        while parts:
            part = parts.pop(0)
            if part == "..":
                here = here if here == self.root else here.parent
                continue
            here = here / part
            if here.is_symlink():
                links += 1
                if links > MOST_LINKS:
                    return None
                target = os.readlink(here)  # noqa: PTH115 - Path would swallow ".."
                here = self.root if target.startswith("/") else here.parent
                parts = [p for p in target.split("/") if p not in ("", ".")] + parts
        return here if os.path.lexists(here) else None

    def text(self, path: str) -> str:
        """Return a file's text, '' where there is none."""
        found = self.find(path)
        if found is None or not found.is_file():
            return ""
        with found.open("rb") as file:
            return file.read(LONGEST_FILE).decode(errors="replace")

    def names(self, path: str) -> list[str]:
        """List a folder, sorted; empty where there is none."""
        found = self.find(path)
        try:
            return sorted(entry.name for entry in found.iterdir()) if found else []
        except OSError:
            return []

    def runs(self, path: str) -> bool:
        """Tell whether there is a program at the path."""
        found = self.find(path)
        return found is not None and found.is_file() and os.access(found, os.X_OK)


def os_release(text: str) -> dict[str, str]:
    """Read os-release(5)."""
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith("#"))
    return {key.strip(): value.strip().strip("\"'") for key, equals, value in pairs if equals}


def accounts(text: str) -> dict[str, int]:
    """Return name → number of a passwd(5) or group(5) file."""
    rows = (line.split(":") for line in text.splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) > 3 and row[2].isdecimal()}


def libc(tree: Tree) -> str:
    """Return `musl`, `glibc 2.36`, or '' where neither is found."""
    folders = ("lib", "usr/lib")
    if any(name.startswith("ld-musl-") for folder in folders for name in tree.names(folder)):
        return "musl"
    for folder in ("lib64", "lib", "usr/lib", *_architecture_folders(tree)):
        found = tree.find(f"{folder}/libc.so.6")
        if found is not None and found.is_file():
            version = _LIBC.search(found.read_bytes())
            return f"glibc {version[1].decode()}" if version else "glibc"
    return ""


def _architecture_folders(tree: Tree) -> Iterator[str]:
    for folder in ("lib", "usr/lib"):
        yield from (f"{folder}/{n}" for n in tree.names(folder) if n.endswith("-linux-gnu"))


def prefixes(tree: Tree, folders: Iterable[str]) -> list[str]:
    """List where Pythons may be: along PATH, then where people and tools install them."""
    found = [folder.removesuffix("/bin") for folder in folders if folder.endswith("/bin")]
    for folder in ("/opt", "/root", *(f"/home/{name}" for name in tree.names("home"))):
        found += [f"{folder}/{name}" for name in tree.names(folder)]
    found += ["/venv", "/conda", "/miniconda3", "/usr/local", "/usr"]
    for prefix in list(found):
        found += [f"{prefix}/envs/{name}" for name in tree.names(f"{prefix}/envs")]
    return list(dict.fromkeys(prefix for prefix in found if prefix))


def python(tree: Tree, prefix: str) -> dict[str, Any] | None:
    """Describe the Python below a prefix; None where there is none."""
    program = next(
        (f"{prefix}/bin/{n}" for n in ("python3", "python") if tree.runs(f"{prefix}/bin/{n}")), ""
    )
    found = tree.find(program) if program else None
    if found is None:
        return None
    version = _PYTHON.search(found.name)
    if version is None:
        known = [_PYTHON.fullmatch(name) for name in tree.names(f"{prefix}/lib")]
        version = next((match for match in known if match), None)
    if version is None:
        return None
    number = version[1]
    packages = _packages(tree, _site_folders(prefix, number))
    return {
        "program": program,
        "version": number,
        "kind": _kind(tree, prefix),
        "packages": {name: packages[name] for name in PACKAGES if name in packages},
        "torch_cuda": _torch_cuda(tree, _site_folders(prefix, number)),
        "venv": _has_venv(tree, prefix, number),
    }


def _kind(tree: Tree, prefix: str) -> str:
    if tree.names(f"{prefix}/conda-meta"):
        return "conda"
    if tree.find(f"{prefix}/pyvenv.cfg"):
        return "venv"
    return "system" if prefix == "/usr" else "own"


def _site_folders(prefix: str, number: str) -> list[str]:
    if prefix == "/usr":
        local = f"/usr/local/lib/python{number}"
        return [f"{local}/dist-packages", "/usr/lib/python3/dist-packages"]
    return [f"{prefix}/lib/python{number}/{name}" for name in ("site-packages", "dist-packages")]


def _packages(tree: Tree, folders: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for folder in folders:
        for name in tree.names(folder):
            match = _DISTRIBUTION.fullmatch(name)
            if match:
                found.setdefault(match["name"].lower().replace("-", "_"), match["version"])
            elif name == "torch":
                version = re.search(
                    r"__version__ = '([^']+)'", tree.text(f"{folder}/torch/version.py")
                )
                found.setdefault("torch", version[1] if version else "")
    return found


def _torch_cuda(tree: Tree, folders: Iterable[str]) -> str:
    for folder in folders:
        text = tree.text(f"{folder}/torch/version.py")
        match = re.search(r"^cuda\b[^=]*= '([0-9.]+)'", text, re.MULTILINE)
        if match:
            return match[1]
    return ""


def _has_venv(tree: Tree, prefix: str, number: str) -> bool:
    library = f"{prefix}/lib/python{number}"
    return bool(tree.find(f"{library}/venv/__init__.py")) and bool(
        tree.find(f"{library}/ensurepip/_bundled") or tree.find(f"{library}/ensurepip/__init__.py")
    )


def cuda(tree: Tree) -> str:
    """Return the version of CUDA's own libraries, '' where there are none."""
    text = tree.text("/usr/local/cuda/version.json")
    try:
        told = json.loads(text)["cuda"]["version"] if text else ""
    except (ValueError, KeyError, TypeError):
        told = ""
    if not told:
        match = re.search(r"CUDA Version ([0-9.]+)", tree.text("/usr/local/cuda/version.txt"))
        told = match[1] if match else ""
    return str(told)


def look(root: Path, folders: Iterable[str]) -> dict[str, Any]:
    """Return everything that is to be known of an image's files."""
    tree = Tree(root)
    found: dict[str, dict[str, Any]] = {}
    for prefix in prefixes(tree, folders):
        described = python(tree, prefix)
        real = described and str(tree.find(prefix))
        if described and real and real not in found and len(found) < MOST_PYTHONS:
            found[real] = described
    return {
        "release": os_release(tree.text("/etc/os-release") or tree.text("/usr/lib/os-release")),
        "libc": libc(tree),
        "shell": tree.runs("/bin/sh"),
        "apt": tree.runs("/usr/bin/apt-get"),
        "users": accounts(tree.text("/etc/passwd")),
        "groups": accounts(tree.text("/etc/group")),
        "server": tree.find("/opt/labdock/start.py") is not None,
        "environment": tree.find("/opt/env/bin/python") is not None,
        "cuda": cuda(tree),
        "pythons": list(found.values()),
    }


if __name__ == "__main__":
    print(json.dumps(look(Path(sys.argv[1]), sys.argv[2].split(":"))))
