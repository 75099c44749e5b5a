"""Every failure that a person can cause or meet.

LabdockError                    1  failed
├── InvalidInputError           2  wrong usage
│   ├── InvalidSettingError
│   ├── InvalidNameError
│   ├── InvalidOptionError
│   └── TooLargeError
├── NotFoundError               3  not found
│   ├── WorkspaceNotFoundError
│   ├── UserNotFoundError
│   └── ImageNotFoundError
│       └── RegistryUnreachableError 6
├── ConflictError               4  conflict or nothing free
│   ├── NameTakenError
│   ├── PortTakenError
│   ├── NoFreePortError
│   ├── NoFreeGpuError
│   │   └── WaitingForGpuError
│   ├── BusyError
│   └── TooOftenError
├── NotAllowedError             5  not allowed
│   ├── AllowanceError
│   └── NotLoggedInError
├── UnreachableError            6  engine or hub out of reach
│   ├── EngineUnreachableError
│   └── HubUnreachableError
├── DiskFullError               1
├── StartFailedError            1
├── NoServerError               1
├── CommitFailedError           1
├── BackupError                 1
├── ArchiveError                1
└── SetupError                  1

The number is the exit code of the command line; the portal and the hub read
``http_status``.  A message says what happened and why; ``remedy`` says what to
do next.
"""

from __future__ import annotations

from typing import ClassVar


class LabdockError(Exception):
    """A failure told in words that a person can act on.

    ``message`` says what happened and why, ``remedy`` what to do next; both may
    be shown to anyone, so neither ever holds a secret.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class InvalidInputError(LabdockError):
    """What was asked for cannot be understood or is never allowed."""

    exit_code = 2
    http_status = 422


class InvalidSettingError(InvalidInputError):
    """A setting in the environment or in ``.env`` is unknown or malformed."""


class InvalidNameError(InvalidInputError):
    """A name of a workspace, an owner or an image cannot be used."""


class InvalidOptionError(InvalidInputError):
    """An option of a workspace (memory, ports, mounts …) cannot be used."""


class TooLargeError(InvalidInputError):
    """What was sent is larger than anything of its kind needs to be."""

    http_status = 413


class NotFoundError(LabdockError):
    """What was named does not exist."""

    exit_code = 3
    http_status = 404


class WorkspaceNotFoundError(NotFoundError):
    """No workspace (or container) has that name."""


class ImageNotFoundError(NotFoundError):
    """No image has that name, here or in a registry that can be reached."""


class RegistryUnreachableError(ImageNotFoundError):
    """An image's registry does not answer, so nobody knows whether it has the image."""

    exit_code = 6
    http_status = 503


class UserNotFoundError(NotFoundError):
    """No account has that name."""


class ConflictError(LabdockError):
    """Something else holds what was asked for."""

    exit_code = 4
    http_status = 409


class NameTakenError(ConflictError):
    """The name is already in use."""


class PortTakenError(ConflictError):
    """Another workspace or process holds the port."""


class NoFreePortError(ConflictError):
    """Every port of the range is held."""


class NoFreeGpuError(ConflictError):
    """Fewer GPUs are free than were asked for."""


class WaitingForGpuError(NoFreeGpuError):
    """Nothing is free, and the request stands in the waiting line: ``request`` is its id."""

    def __init__(self, message: str, remedy: str = "", *, request: str = "") -> None:
        super().__init__(message, remedy)
        self.request = request


class BusyError(ConflictError):
    """Another operation on the same thing is under way."""


class TooOftenError(ConflictError):
    """The same was asked for too many times in a row; ``seconds`` is how long to wait."""

    http_status = 429

    def __init__(self, message: str, remedy: str = "", *, seconds: float = 0) -> None:
        super().__init__(message, remedy)
        self.seconds = seconds


class NotAllowedError(LabdockError):
    """The person may not do this."""

    exit_code = 5
    http_status = 403


class AllowanceError(NotAllowedError):
    """The lab's policy gives the member less than was asked for."""


class NotLoggedInError(NotAllowedError):
    """Nobody has said who they are, or the token is no longer valid."""

    http_status = 401


class UnreachableError(LabdockError):
    """A service that the operation needs does not answer."""

    exit_code = 6
    http_status = 503


class EngineUnreachableError(UnreachableError):
    """The Docker engine does not answer."""


class HubUnreachableError(UnreachableError):
    """The hub does not answer."""


class DiskFullError(LabdockError):
    """The disk has no room for the operation."""

    http_status = 507


class StartFailedError(LabdockError):
    """A container was created but did not come up."""


class NoServerError(LabdockError):
    """The image has no Labdock server in it."""

    http_status = 422


class CommitFailedError(LabdockError):
    """A container could not be saved as an image."""


class BackupError(LabdockError):
    """A backup could not be made, or is not whole."""


class ArchiveError(LabdockError):
    """A file is no exported image, is not whole, or is not what it says."""

    http_status = 422


class SetupError(LabdockError):
    """A step of setting up the machine failed."""
