"""What changed, as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workspace_cli.text import size


def package_lines(packages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return packages that differ, one a line."""
    signs = {"added": "+", "changed": "~", "removed": "-"}
    return [
        f"{signs[one['change']]} {one['name']} "
        + " -> ".join(filter(None, (one["before"], one["after"])))
        + f" ({one['manager']})"
        for one in packages
    ]


def folder_lines(found: Mapping[str, Any]) -> list[str]:
    rows = [*found["folders"], *([found["others"]] if found["others"] else [])]
    return [
        f"{one['path'] or 'elsewhere'}: {one['added']} new, {one['changed']} changed, "
        f"{one['removed']} removed, {size(one['bytes'])}"
        for one in rows
    ]
