"""Writes an image's configuration anew, so that it holds nothing but what may be kept.

The engine's own commit copies the container's variables and labels into the
image: tokens and passwords among them. So the commit is only used for its
layer. A configuration of our own, with what the parent image defined and
nothing of the container's, is loaded over the layers that the engine has
already (no byte of them is copied), and the engine's commit is removed.
Works on the graph driver stores (overlay2 …), not on the containerd store.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workspace_cli.core import labels
from workspace_cli.core.errors import CommitFailedError, ImageNotFoundError, LabdockError
from workspace_cli.core.host import Host
from workspace_cli.core.models import Image
from workspace_cli.core.references import UNFINISHED
from workspace_cli.core.waiting import surely

MOST_LAYERS = 100
"""Above it an image is flattened; the engine's limit is near 125 ("max depth exceeded")."""
_KEPT = (
    *("Entrypoint", "Cmd", "WorkingDir", "User", "ExposedPorts", "Volumes", "Healthcheck"),
    *("StopSignal", "Shell", "ArgsEscaped", "OnBuild"),
)


@dataclass(frozen=True, kw_only=True)
class Description:
    """What a saved image says about itself."""

    reference: str
    labels: Mapping[str, str]
    created_by: str
    comment: str = ""


def unfinished_prefix(host: Host) -> str:
    """Return how this data root's commits are called, before time and chance, until clean."""
    return f"{UNFINISHED}:{_mark(host)}-"


def flattener_prefix(host: Host) -> str:
    """Return how this data root calls containers that are only there to be exported."""
    return f"labdock-flatten-{_mark(host)}-"


def _mark(host: Host) -> str:
    return hashlib.sha256(str(host.settings.root).encode()).hexdigest()[:8]


def remove_if_there(host: Host, reference: str) -> None:
    """Remove an image; nothing happens where it is gone already."""

    def remove() -> None:
        with suppress(ImageNotFoundError):
            host.engine.remove_image(reference)

    surely(remove)


def put_back(host: Host, reference: str, before: Image | None) -> None:
    """Let the reference name what it named before, and nothing that was made since stay."""
    with suppress(ImageNotFoundError):
        made = host.engine.image(reference)
        if before is None:
            host.engine.remove_image(reference)
        elif made.id != before.id:
            host.engine.tag(before.id, reference)
            host.engine.remove_image(made.id)


def remove_replaced(host: Host, before: Image | None, made: Image, reference: str) -> None:
    """Remove the image that a reference has left, where nothing else names it."""
    if before and before.id != made.id and set(before.tags) == {reference}:
        # Another may still use it.
        with suppress(LabdockError):
            remove_if_there(host, before.id)


def check_store(host: Host) -> None:
    """Raise CommitFailedError where the engine's store can save nothing without its secrets."""
    if host.info.containerd_image_store:
        raise CommitFailedError(
            "The engine keeps its images in the containerd store, where an environment cannot "
            "be saved without the secrets of its container yet.",
            'Turn it off in the engine\'s settings ("containerd-snapshotter": false).',
        )


def clean_config(
    parent: Image, layers: Sequence[str], description: Description, now: float
) -> dict[str, Any]:
    """Return an image configuration with what the parent defined, and labels of ours.

    https://github.com/moby/docker-image-spec/blob/main/spec.md
    """
    created = datetime.fromtimestamp(now, UTC).isoformat().replace("+00:00", "Z")
    kept = {name: parent.config[name] for name in _KEPT if parent.config.get(name) is not None}
    inherited = {k: v for k, v in parent.labels.items() if not labels.in_namespace(k)}
    return {
        "architecture": parent.architecture,
        "os": "linux",
        "created": created,
        "config": {
            **kept,
            "Env": [f"{name}={value}" for name, value in parent.environment.items()],
            "Labels": {**inherited, **_from_elsewhere(parent), **description.labels},
        },
        "rootfs": {"type": "layers", "diff_ids": list(layers)},
        "history": _history(parent, layers, description, created),
    }


def _from_elsewhere(parent: Image) -> dict[str, str]:
    """Return the labels that tie an image to the imported one below it, for its trust."""
    if labels.IMPORTED not in parent.labels:
        return {}
    return {
        labels.IMPORTED: parent.labels[labels.IMPORTED],
        labels.IMPORTED_ID: parent.labels.get(labels.IMPORTED_ID, parent.id),
    }


def bare_config(parent: Image, layers: Sequence[str], told: Mapping[str, str]) -> dict[str, Any]:
    """Return a configuration that knows nothing but layers and labels."""
    return {
        "architecture": parent.architecture,
        "os": "linux",
        "config": {"Labels": dict(told)},
        "rootfs": {"type": "layers", "diff_ids": list(layers)},
    }


def _history(
    parent: Image, layers: Sequence[str], description: Description, created: str
) -> list[dict[str, str]]:
    before = datetime.fromtimestamp(parent.created, UTC).isoformat().replace("+00:00", "Z")
    below = {"created": before, "created_by": "layer of the parent image"}
    own = {"created": created, "created_by": description.created_by, "comment": description.comment}
    return [*(dict(below) for _ in layers[1:]), own]


def archive(config: Mapping[str, Any], reference: str) -> bytes:
    """Return an archive for ``load`` that names layers and holds none of them."""
    blob = json.dumps(config, ensure_ascii=False, sort_keys=True).encode()
    name = f"{hashlib.sha256(blob).hexdigest()}.json"
    layers = [
        f"{layer.removeprefix('sha256:')}/layer.tar" for layer in config["rootfs"]["diff_ids"]
    ]
    manifest = [{"Config": name, "RepoTags": [reference], "Layers": layers}]
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for member, data in (("manifest.json", json.dumps(manifest).encode()), (name, blob)):
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
