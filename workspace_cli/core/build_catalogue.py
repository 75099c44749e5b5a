"""Puts an image that the lab has built on its own list of images on offer."""

from __future__ import annotations

import json
import os
from dataclasses import replace

from workspace_cli.core import references
from workspace_cli.core.catalogue import ADDED_FILE, CatalogueImage, read_rows
from workspace_cli.core.errors import DiskFullError, SetupError
from workspace_cli.core.host import Host
from workspace_cli.core.secrets import unwritable

_HEAD = (
    "# Images that this lab has built (`workspace build --lab`), offered beside Labdock's own.\n"
)
BY_THE_LAB = "lab"
"""How such an image is built: not by ``workspace up``."""


def offer(host: Host, reference: str, *, title: str, description: str, parent: str) -> None:
    """Put an image on the lab's list, in place of a row of the same name.

    Raises SetupError or DiskFullError where the list cannot be written.
    """
    path = host.settings.root / ADDED_FILE
    base = host.catalogue.find(parent)
    row = CatalogueImage(
        name=reference.removesuffix(":latest"),
        parent=parent,
        title={"ko": title, "en": title},
        description={"ko": description, "en": description},
        gpu=base.gpu if base else False,
        build=BY_THE_LAB,
        workspace=True,
        limits=base.limits if base else {},
    )
    with host.locked():
        rows = read_rows(path) if path.exists() else ()
        kept = [one for one in rows if not references.same_image(one.name, row.name)]
        before = next((one for one in rows if references.same_image(one.name, row.name)), row)
        _write(host, [*kept, replace(row, limits=before.limits or row.limits)])


def _write(host: Host, rows: list[CatalogueImage]) -> None:
    path = host.settings.root / ADDED_FILE
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_text(_HEAD + "".join(_row(one) for one in rows), encoding="utf-8")
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as exc:
        fresh.unlink(missing_ok=True)
        error: SetupError | DiskFullError = unwritable(path, exc)
        raise error from exc


def _row(image: CatalogueImage) -> str:
    facts = {
        "name": image.name,
        "parent": image.parent or "",
        "gpu": image.gpu,
        "build": image.build,
        "workspace": image.workspace,
        "title": dict(image.title),
        "description": dict(image.description),
        "limits": dict(image.limits),
    }
    return "\n[[image]]\n" + "".join(f"{name} = {_value(v)}\n" for name, v in facts.items())


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_value(k)} = {_value(v)}" for k, v in value.items()) + " }"
    # JSON's texts, numbers and truth values are TOML's; DEL alone must be escaped there.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
