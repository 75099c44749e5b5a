"""The one gate that every wanted workspace passes, whoever describes it."""

from __future__ import annotations

import re
from dataclasses import replace

from workspace_cli.core import labels, naming, references
from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.core.host import Host
from workspace_cli.core.limits import check_limits
from workspace_cli.core.models import WorkspaceSpec
from workspace_cli.core.mounts import check_mounts
from workspace_cli.core.values import check_ports

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_RESERVED = ("LABDOCK_", "JUPYTERHUB_", "JPY_")
_RESERVED_NAMES = ("NVIDIA_VISIBLE_DEVICES", "TZ")
_RESTART = re.compile(r"no|always|unless-stopped|on-failure(:[1-9][0-9]{0,3})?")
_LONGEST_LABEL = 4096


def checked(spec: WorkspaceSpec, host: Host) -> WorkspaceSpec:
    """Return the spec with its mounts resolved; InvalidInputError's leaves where it is refused."""
    naming.check_owner(spec.owner)
    naming.check_workspace(spec.name)
    references.check_reference(spec.image)
    check_limits(spec.limits, host.info)
    check_ports(spec.ports)
    _check_environment(spec)
    _check_labels(spec)
    if not _RESTART.fullmatch(spec.restart):
        raise InvalidOptionError(
            f"restart: {references.shown(spec.restart)} is not a restart policy.",
            "Choose no, always, unless-stopped, on-failure or on-failure:N.",
        )
    return replace(spec, mounts=check_mounts(spec.mounts, host.settings))


def _check_environment(spec: WorkspaceSpec) -> None:
    for name, value in spec.environment.items():
        if not _VARIABLE.fullmatch(name) or "\0" in value:
            raise InvalidOptionError(
                f"{references.shown(name)} cannot be a variable.",
                "Write NAME=VALUE with letters, digits and underscores in the name.",
            )
        if name.startswith(_RESERVED) or name in _RESERVED_NAMES:
            raise InvalidOptionError(
                f"The variable {name} is set by Labdock.", "Choose another name."
            )


def _check_labels(spec: WorkspaceSpec) -> None:
    for name, value in spec.labels.items():
        if labels.in_namespace(name):
            raise InvalidOptionError(
                f"The label {references.shown(name)} is in Labdock's own namespace.",
                f"Choose a name that does not begin with {labels.PREFIX}",
            )
        if not name.strip() or "\0" in name + value or len(name + value) > _LONGEST_LABEL:
            raise InvalidOptionError(
                f"{references.shown(name)} cannot be a label.", "Write NAME=VALUE."
            )
