"""What ``workspace run`` was told, as the core takes it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from workspace_cli.core.errors import InvalidOptionError
from workspace_cli.invocation import Invocation

if TYPE_CHECKING:
    from workspace_cli.core.models import Limits, WorkspaceSpec


def name_and_owner(call: Invocation, name: str, owner: str | None) -> tuple[str, str]:
    """Return the plain name and the owner, the admin by default."""
    from workspace_cli.core.naming import split_reference

    written, plain = split_reference(name)
    if written is not None and owner is not None and written != owner:
        raise InvalidOptionError(
            f"{name!r} names the owner {written!r}, and --owner names {owner!r}.",
            "Name the owner once.",
        )
    return plain, owner or written or call.settings.admin


def spec(
    call: Invocation,
    name_and_owner: tuple[str, str],
    *,
    image: str | None,
    options: dict[str, str | None],
    ports: list[str],
    volumes: list[str],
    variables: dict[str, str],
    labels: dict[str, str],
    restart: str,
    override: str,
    safe: bool,
) -> WorkspaceSpec:
    """Return the spec that the options describe; InvalidOptionError for what cannot be read."""
    from workspace_cli.core.models import WorkspaceSpec
    from workspace_cli.core.options import parse_gpus, parse_mount, parse_ports

    name, owner = name_and_owner
    return WorkspaceSpec(
        owner=owner,
        name=name,
        image=image if image is not None else call.host.catalogue.default,
        limits=_limits(options),
        gpus=0 if options["gpus"] is None else parse_gpus(options["gpus"]),
        ports=parse_ports(ports),
        mounts=tuple(parse_mount(_absolute(text), call.settings) for text in volumes),
        environment=variables,
        labels=labels,
        restart=restart,
        override=override.strip(),
        safe_mode=safe,
    )


def _limits(options: Mapping[str, str | None]) -> Limits:
    from workspace_cli.core.models import Limits
    from workspace_cli.core.options import parse_cpus, parse_memory, parse_pids

    def size(name: str) -> int | None:
        written = options[name]
        return None if written is None else parse_memory(written)

    cpus, pids = options["cpus"], options["pids"]
    memory, both = size("memory"), size("memory_swap")
    if both is not None and (memory is None or both < memory):
        raise InvalidOptionError(
            "--memory-swap is memory and swap together, so it needs --memory and is not below it.",
            "For 4g of memory and 2g of swap: --memory 4g --memory-swap 6g.",
        )
    return Limits(
        cpus=None if cpus is None else parse_cpus(cpus),
        memory=memory,
        swap=None if both is None or memory is None else both - memory,
        shm_size=size("shm_size"),
        pids=None if pids is None else parse_pids(pids),
    )


def _absolute(volume: str) -> str:
    """Write a source that begins with ``.`` or ``~`` in full, as a shell user means it."""
    source, colon, rest = volume.partition(":")
    if not colon or not source.startswith((".", "~")):
        return volume
    return f"{Path(source).expanduser().absolute()}:{rest}"


def variables(texts: list[str]) -> dict[str, str]:
    """Return the variables that ``-e`` names."""
    from workspace_cli.environment import parse_environment

    return parse_environment(texts)


def from_files(paths: list[str]) -> dict[str, str]:
    """Return the variables of files; of two values of one name the later counts."""
    from workspace_cli.environment import read_environment_file

    variables: dict[str, str] = {}
    for path in paths:
        variables.update(read_environment_file(Path(path)))
    return variables


def labels(texts: list[str]) -> dict[str, str]:
    """Return the labels that ``-l`` names."""
    labels = {}
    for text in texts:
        name, _, value = text.partition("=")
        labels[name] = value
    return labels
