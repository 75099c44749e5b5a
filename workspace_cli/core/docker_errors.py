"""What the Docker engine says, in a person's words.

The engine tells most failures apart by a sentence alone, so the sentences are
matched here and nowhere else; the contract suite provokes each of them on a
real engine, so that a new version's wording is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from workspace_cli.core.errors import (
    BusyError,
    CommitFailedError,
    ConflictError,
    DiskFullError,
    EngineUnreachableError,
    ImageNotFoundError,
    InvalidOptionError,
    LabdockError,
    NameTakenError,
    NoFreeGpuError,
    NotFoundError,
    PortTakenError,
    StartFailedError,
    WorkspaceNotFoundError,
)


def translate(message: str, status: int | None = None) -> LabdockError:
    """Return the error that a refusal of the engine means; ``status`` is its HTTP status.

    >>> type(translate("No such container: a", 404)).__name__
    'WorkspaceNotFoundError'
    """
    message = " ".join(message.split())
    for pattern, error in _SENTENCES:
        found = pattern.search(message)
        if found:
            return error(found, message)
    if status == 400:
        return InvalidOptionError(f"The engine refused: {message}.", "Correct the option.")
    if status == 404:
        return NotFoundError(f"The engine found nothing: {message}.")
    if status in (403, 409):
        return ConflictError(f"The engine refused: {message}.")
    return LabdockError(
        f"The engine failed: {message or f'status {status}'}.", "Its log may say more."
    )


def unreachable(address: str, reason: BaseException | str) -> EngineUnreachableError:
    """Return the error for an engine at ``address`` that does not answer."""
    if isinstance(reason, PermissionError):
        return EngineUnreachableError(
            f"You may not use the Docker engine at {address}.",
            "Run the command as root (sudo), or as a member of the group docker.",
        )
    if isinstance(reason, FileNotFoundError | ConnectionRefusedError):
        return EngineUnreachableError(
            f"No Docker engine answers at {address}.",
            "Start it (`systemctl start docker`, or `make up`), or set DOCKER_HOST.",
        )
    return EngineUnreachableError(
        f"The Docker engine at {address} does not answer: {reason}.",
        "See whether it runs (`docker info`) and what its log says.",
    )


def _port_taken(found: re.Match[str], message: str) -> LabdockError:
    port = re.search(r"(?:Bind for|listen tcp\d?|host port for) \S*?:(\d+)", message)
    which = f"Port {port[1]}" if port else "A port"
    return PortTakenError(
        f"{which} of this machine is already in use.",
        "Choose another, or leave the choice to Labdock.",
    )


def _disk_full(found: re.Match[str], message: str) -> LabdockError:
    return DiskFullError(
        f"The engine's disk is full: {message}.",
        "Remove what is no longer needed (`docker system df` shows what takes room).",
    )


def _no_gpu(found: re.Match[str], message: str) -> LabdockError:
    return NoFreeGpuError(
        f"The engine has no such GPU: {message}.",
        "See `nvidia-smi -L` and `workspace doctor`.",
    )


def _no_gpu_driver(found: re.Match[str], message: str) -> LabdockError:
    return NoFreeGpuError(
        "The engine cannot hand out GPUs on this machine.",
        "Install the NVIDIA container toolkit and turn CDI on; see `workspace doctor`.",
    )


def _no_container(found: re.Match[str], message: str) -> LabdockError:
    return WorkspaceNotFoundError(f"There is no container {found[1]}.", "`workspace ls -a` lists.")


def _no_image(found: re.Match[str], message: str) -> LabdockError:
    return ImageNotFoundError(
        f"The image {found[1]} is not on this machine.", "See its name in `workspace images`."
    )


def _no_image_anywhere(found: re.Match[str], message: str) -> LabdockError:
    return ImageNotFoundError(
        f"The image cannot be fetched: {message}.",
        "Check its name, and whether its registry can be reached.",
    )


def _name_taken(found: re.Match[str], message: str) -> LabdockError:
    return NameTakenError(f"The name {found[1]} is already in use.", "Choose another name.")


def _subnet_taken(found: re.Match[str], message: str) -> LabdockError:
    return ConflictError("Another network of the engine holds this subnet.", "Try the next one.")


def _busy(found: re.Match[str], message: str) -> LabdockError:
    return BusyError(f"The engine is still busy: {message}.", "Try again in a moment.")


def _image_in_use(found: re.Match[str], message: str) -> LabdockError:
    return ConflictError(f"The image is still in use: {message}.", "Remove what uses it first.")


def _too_deep(found: re.Match[str], message: str) -> LabdockError:
    return CommitFailedError(
        "The image has as many layers as the engine can stack.", "Flatten it first."
    )


def _start_failed(found: re.Match[str], message: str) -> LabdockError:
    return StartFailedError(
        f"The container did not start: {message}.", "Check the image and the command in it."
    )


def _bad_option(found: re.Match[str], message: str) -> LabdockError:
    return InvalidOptionError(f"The engine refused: {message}.", "Correct the option.")


# The order matters: a start that fails on a port or a device is told in the
# same long sentence as any other failed start.
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], LabdockError]], ...] = (
    (re.compile(r"port is already allocated|address already in use"), _port_taken),
    (re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE), _disk_full),
    (re.compile(r"unresolvable CDI devices|unknown device|device error:"), _no_gpu),
    (re.compile(r"could not select device driver|CDI device injection failed"), _no_gpu_driver),
    (re.compile(r"name \"?/?([^\"\s]+)\"? is already in use"), _name_taken),
    (re.compile(r"network with name (\S+) already exists"), _name_taken),
    (re.compile(r"No such container: (\S+)"), _no_container),
    (re.compile(r"No such image: (\S+)"), _no_image),
    (re.compile(r"reference does not exist"), _no_image_anywhere),
    (
        re.compile(r"pull access denied|manifest (?:for .* )?(?:unknown|not found)"),
        _no_image_anywhere,
    ),
    (
        re.compile(r"failed to resolve reference|dial tcp|Client\.Timeout|no such host"),
        _no_image_anywhere,
    ),
    (re.compile(r"Pool overlaps with other one"), _subnet_taken),
    (re.compile(r"removal of container \S+ is already in progress|marked for removal"), _busy),
    (
        re.compile(r"unable to (?:delete|remove repository reference)|image is being used"),
        _image_in_use,
    ),
    (re.compile(r"max depth exceeded"), _too_deep),
    (re.compile(r"failed to create (?:task|shim)|OCI runtime|exec format error"), _start_failed),
    (
        re.compile(r"invalid mount config|Minimum memory limit|Range of CPUs|invalid reference"),
        _bad_option,
    ),
)
