"""The fake engine's layers as folders, as overlay2 keeps them.

In memory a layer's removals are marked as in a layer's archive: ``a/.wh.b`` says that
``b`` of a lower layer is gone, ``a/.wh..wh..opq`` that all of ``a`` below is.  In a
folder the first is a character device 0/0 and the second an extended attribute:
https://www.kernel.org/doc/html/latest/filesystems/overlayfs.html
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

GONE = ".wh."
OPAQUE = ".wh..wh..opq"
_ATTRIBUTE = "trusted.overlay.opaque"


def merge(layers: Iterable[Mapping[str, bytes]]) -> dict[str, bytes]:
    """Return the files of layers, given from the lowest to the highest, as one sees them."""
    seen: dict[str, bytes] = {}
    for layer in layers:
        for path in layer:
            folder, _, name = path.rpartition("/")
            if name == OPAQUE:
                _hide(seen, folder)
            elif name.startswith(GONE):
                _hide(seen, f"{folder}/{name.removeprefix(GONE)}".lstrip("/"))
        seen |= {
            path: data
            for path, data in layer.items()
            if not path.rpartition("/")[2].startswith(GONE)
        }
    return seen


def _hide(seen: dict[str, bytes], path: str) -> None:
    for below in [one for one in seen if one == path or one.startswith(f"{path}/")]:
        del seen[below]


def write_layer(folder: Path, layer: Mapping[str, bytes]) -> None:
    """Write a layer's files and marks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in layer.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.name == OPAQUE:
            os.setxattr(file.parent, _ATTRIBUTE, b"y")
        elif file.name.startswith(GONE):
            gone = file.with_name(file.name.removeprefix(GONE))
            gone.unlink(missing_ok=True)
            os.mknod(gone, stat.S_IFCHR, os.makedev(0, 0))
        else:
            file.write_bytes(data)


def read_layer(folder: Path) -> dict[str, bytes]:
    """Read the regular files and the marks of a layer's folder."""
    layer = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        found = path.lstat()
        if stat.S_ISCHR(found.st_mode) and found.st_rdev == 0:
            layer[str(Path(name).with_name(GONE + path.name))] = b""
        elif stat.S_ISREG(found.st_mode):
            layer[name] = path.read_bytes()
        elif stat.S_ISDIR(found.st_mode) and _ATTRIBUTE in os.listxattr(path):
            layer[f"{name}/{OPAQUE}"] = b""
    return layer
