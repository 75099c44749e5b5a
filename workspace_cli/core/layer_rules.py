"""What no saved environment holds: leftovers of running, and what can be fetched again.

Part of the program over the engine's folders (``layer_worker.py``): the standard library
only.  Paths are relative to the layer's root.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from workspace_cli.core.layer_tree import Entry, walk

_HOMES = r"(?:root|home/[^/]+)"
_JUNK = re.compile(
    "|".join(
        (
            r"(?:tmp|var/tmp)/.+",
            # Numbers of processes that are gone, and what the start program was told.
            r"(?:var/)?run/(?:.+/)?[^/]+\.pid",
            r"run/labdock/.+",
            # apt's, pip's, uv's, npm's and conda's downloads.
            r"var/lib/apt/lists/.+",
            r"var/cache/apt/(?:archives/.+|[^/]+\.bin)",
            rf"{_HOMES}/\.cache/(?:pip|uv)/.+",
            rf"{_HOMES}/\.npm/_(?:cacache|logs)/.+",
            rf"(?:opt/[^/]+|{_HOMES}/[^/]+)/pkgs/(?:cache/.+|[^/]+\.(?:conda|tar\.bz2))",
            # A running server's address and token.
            rf"{_HOMES}/\.local/share/jupyter/runtime/.+",
        )
    ),
    re.DOTALL,
)
_ROOTS = ("tmp", "var/tmp", "run", "var/run", "var/lib/apt/lists", "var/cache/apt")
_ROOTS_OF_HOMES = (".cache/pip", ".cache/uv", ".npm", ".local/share/jupyter/runtime")
_DRIVER = re.compile(
    r"(?:usr/)?lib(?:64|/[^/]+)?/(?:vdpau/)?lib"
    r"(?:nvidia|cuda|nvcuvid|nvoptix|GLX_nvidia|EGL_nvidia|GLESv[12]_(?:CM_)?nvidia|vdpau_nvidia)"
    r"[^/]*\.so[^/]*"
    r"|usr/bin/nvidia-[^/]+|(?:usr/)?lib/firmware/nvidia/.+"
)
_LISTS = "var/lib/dpkg/info"


class LeftOut:
    """What is left out: paths with all that is below them, and the junk where that is wanted."""

    def __init__(self, paths: Iterable[str], *, junk: bool) -> None:
        self._paths = frozenset(paths)
        self._junk = junk

    def __contains__(self, path: object) -> bool:
        """Tell whether a path is left out."""
        if not isinstance(path, str):
            return False
        return (self._junk and is_junk(path)) or (bool(self._paths) and self._is_named(path))

    def _is_named(self, path: str) -> bool:
        while path:
            if path in self._paths:
                return True
            path = path.rpartition("/")[0]
        return False


def is_junk(path: str) -> bool:
    """Tell whether a path is left out of every environment.

    >>> is_junk("tmp/a"), is_junk("tmp"), is_junk("run/cron.pid")
    (True, False, True)
    """
    return _JUNK.fullmatch(path) is not None


def has_junk(folder: str) -> bool:
    """Tell whether a layer holds a file that is left out of every environment."""
    return any(is_junk(one.path) and not one.is_removal for one in _candidates(folder))


def _candidates(folder: str) -> Iterator[Entry]:
    homes = ["root", *(f"home/{name}" for name in _names(f"{folder}/home"))]
    places = [f"{home}/{place}" for home in homes for place in _ROOTS_OF_HOMES]
    pkgs = [f"{at}/{name}/pkgs" for at in ("opt", *homes) for name in _names(f"{folder}/{at}")]
    for root in (*_ROOTS, *places, *pkgs):
        if not _leads_out(folder, root):
            for one in walk(f"{folder}/{root}"):
                if not one.is_folder:
                    yield one.below(root)


def _leads_out(folder: str, path: str) -> bool:
    """Tell whether a part of a path is a link: it would lead to the machine's own files."""
    parts = path.split("/")
    return any(os.path.islink(f"{folder}/{'/'.join(parts[: n + 1])}") for n in range(len(parts)))


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def stale_driver_files(entries: Iterable[Entry], folders: Sequence[str]) -> list[str]:
    """Return the empty files that injecting a GPU's driver has left and no package owns.

    ``folders`` are all layers.  https://github.com/NVIDIA/libnvidia-container/issues/140
    """
    empty = [one.path for one in entries if one.is_file and not one.size]
    found = {path for path in empty if _DRIVER.fullmatch(path)}
    if not found:
        return []
    owned: set[str] = set()
    for folder in folders:
        for name in _names(f"{folder}/{_LISTS}"):
            if name.endswith(".list") and not _leads_out(folder, f"{_LISTS}/{name}"):
                with open(f"{folder}/{_LISTS}/{name}", errors="surrogateescape") as lines:
                    owned |= {line.strip().lstrip("/") for line in lines}
    # A package may name the folder that is a link by now (/lib for /usr/lib).
    return sorted(path for path in found if path not in owned and path[4:] not in owned)
