"""The jobs of saving a container's layer, over the engine's own folders.

Part of the program over the engine's folders (``layer_worker.py``): the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workspace_cli.core.layer_tree import merged


def count(job: Mapping[str, Any], wait: Callable[[], None]) -> dict[str, Any]:
    """Count the files of layers (``read``, from the highest to the lowest) and their bytes."""
    sizes = [one.size for one in merged(job["read"]).values() if one.is_file]
    return {"files": len(sizes), "bytes": sum(sizes)}


JOBS = {"count": count}
