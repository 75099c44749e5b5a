"""Who may have how much for how long: ``policy.toml`` in the data root.

Without the file everything has the default below.  The file is read anew for
every decision; one that cannot be understood is an InvalidSettingError that
names the place.

Durations are written ``90s``, ``30m``, ``12h``, ``7d`` (kept as seconds), sizes
``16g`` (kept as bytes) or ``50%`` of the machine, hours ``20:00-08:00`` in
WORKSPACE_TIMEZONE.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from workspace_cli.core.account_policy import AccountRules
from workspace_cli.core.errors import InvalidOptionError, InvalidSettingError
from workspace_cli.core.opening import OpenRules
from workspace_cli.core.registry_policy import RegistryRules
from workspace_cli.core.values import parse_memory

Role = Literal["member", "instructor", "admin"]
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def parse_duration(value: object) -> float:
    """Return seconds from ``90s``, ``30m``, ``12h``, ``7d`` or a number of seconds.

    >>> parse_duration("1h30m")
    5400.0
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str) and re.fullmatch(r"(\d+(\.\d+)?[smhd])+", value.strip()):
        parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", value)
        seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    else:
        raise ValueError("write a duration as 90s, 30m, 12h or 7d")
    if not 0 <= seconds <= 3650 * 86400:
        raise ValueError("a duration is between 0 and ten years")
    return seconds


def _parse_size(value: object) -> Any:
    """Return bytes, or a share of the machine (0 to 1) for a percentage."""
    if isinstance(value, float) and 0 < value <= 1:
        return value
    if isinstance(value, str) and (found := re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", value.strip())):
        share = float(found[1]) / 100
        if not 0 < share <= 1:
            raise ValueError("a percentage is between 0 and 100")
        return share
    try:
        return parse_memory(value)
    except InvalidOptionError as exc:
        raise ValueError(str(exc)) from exc


def _parse_hours(value: object) -> Any:
    if not isinstance(value, str) or not (
        found := re.fullmatch(r"(\d\d):(\d\d)-(\d\d):(\d\d)", value.strip())
    ):
        raise ValueError("write hours as 20:00-08:00")
    numbers = [int(text) for text in found.groups()]
    return time(numbers[0], numbers[1]), time(numbers[2], numbers[3])


Duration = Annotated[float, BeforeValidator(parse_duration)]
Size = Annotated[int | float, BeforeValidator(_parse_size)]
"""Bytes (int), or a share of the machine's memory or disk (float up to 1.0)."""
Hours = Annotated[tuple[time, time], BeforeValidator(_parse_hours)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Allowance(_Table):
    """What a role, or a group on top of it, allows each of its members; None is no bound."""

    gpus: int | None = Field(default=None, ge=0)
    """How many GPUs at once, over all workspaces of the member; seats on shared GPUs count too."""
    gpus_off_peak: int | None = Field(default=None, ge=0)
    """How many at once at off-peak hours; None is as at other hours."""
    gpu_time: Duration | None = None
    """How long a lease lasts before it must be extended, in seconds."""
    extend_time: Duration = 12 * 3600.0
    """How much one Extend adds, in seconds."""
    extensions: int | None = Field(default=None, ge=0)
    """How often one lease can be extended."""
    max_cpus: float | None = Field(default=None, gt=0)
    max_memory: Size | None = None
    max_shm: Size | None = None
    max_pids: int | None = Field(default=None, ge=64)
    max_ports: int | None = Field(default=None, ge=0)
    disk_soft: Size | None = None
    """Bytes of home, layers and environments together from which the member is warned."""
    disk_hard: Size | None = None
    """… from which nothing new starts or is saved."""
    environments: int | None = Field(default=None, ge=0)
    """How many saved environments the member may keep."""
    environments_size: Size | None = None
    """Bytes of them that no other image holds; from there on nothing more is saved."""


class Defaults(_Table):
    """What a workspace gets where nobody chose."""

    cpus: float | None = Field(default=None, gt=0)
    memory: Size | None = 0.75
    swap: Size | None = None
    """Swap on top of the memory; None is none at all."""
    shm: Size = 2**30
    shm_gpu: Size = 4 * 2**30
    """Shared memory of a workspace that leases GPUs."""
    pids: int = Field(default=4096, ge=64)
    open_files: int = Field(default=65536, ge=1024)
    log_size: Size = 10 * 2**20
    log_files: int = Field(default=3, ge=1, le=20)


class OffPeak(_Table):
    """When GPUs are plentiful: some hours of every day, and some whole days."""

    hours: tuple[Hours, ...] = ()
    days: tuple[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"], ...] = ()

    def covers(self, now: float, zone: str) -> bool:
        """Tell whether a moment (seconds since the epoch) is off-peak."""
        local = datetime.fromtimestamp(now, ZoneInfo(zone))
        if _DAYS[local.weekday()] in self.days:
            return True
        clock = local.time().replace(tzinfo=None)
        return any(
            begin <= clock < end if begin <= end else clock >= begin or clock < end
            for begin, end in self.hours
        )


class Lease(_Table):
    """How leases end and how the line moves."""

    warn: Duration = 1800.0
    """How long before its end the owner is told."""
    claim: Duration = 600.0
    """How long a GPU is kept for a member whose turn has come."""
    free_memory: Size = 512 * 2**20
    """A GPU with more memory in use than this, by nobody known, is not handed on yet."""


class Idle(_Table):
    """When a workspace counts as abandoned."""

    after: Duration | None = 2 * 3600.0
    """Idle for so long while holding GPUs, the owner is warned; None never."""
    after_without_gpu: Duration | None = None
    grace: Duration = 1800.0
    """From the warning to the stop."""
    gpu_percent: float = Field(default=5.0, ge=0, le=100)
    cpu_percent: float = Field(default=10.0, ge=0)
    """Percent of one core over a look's interval, by the member's own processes."""


class SharedGpu(_Table):
    """One GPU (or ``*``) that several workspaces may hold at once."""

    id: str
    holders: int = Field(ge=2, le=64)
    share_memory: bool = False
    """Tell each holder its share of the memory; nothing enforces it."""


def _source(value: str) -> str:
    if not value.startswith("/") or value != os.path.normpath(value) or value == "/":
        raise ValueError("write the folder's full path, without .. and a slash at the end")
    return value


def _target(value: str) -> str:
    from workspace_cli.core.mounts import check_target

    if not value.startswith("/") or value != os.path.normpath(value) or "," in value:
        raise ValueError("write a full path inside workspaces, without a comma, for example /data")
    if value in ("/workspace", "/shared", "/datasets"):
        raise ValueError("a folder of Labdock's own is there; choose another place")
    try:
        check_target(value)
    except InvalidOptionError as exc:
        raise ValueError(str(exc)) from exc
    return value


class ExtraMount(_Table):
    """A folder of the machine that an admin offers to groups or roles (everyone where empty)."""

    source: Annotated[str, AfterValidator(_source)]
    target: Annotated[str, AfterValidator(_target)]
    read_only: bool = True
    groups: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()


class Disk(_Table):
    """When the machine's disk is too full for new work."""

    free: Size = 5 * 2**30
    """New workspaces and saves are refused with less free than this."""
    safe_mode: Size = 2**30
    """With less than this a workspace starts in safe mode."""


class Retention(_Table):
    """Which saved environments the nightly round removes; without any of these, none."""

    keep_last: int | None = Field(default=None, ge=1)
    """How many of one name (``labdock/OWNER/NAME``) stay, the newest ones."""
    older_than: Duration | None = None
    """Only those that were saved longer ago go, in seconds; the newest of a name stays."""
    safety_saves: Duration = 7 * 86400.0
    """How long what was saved before a rollback stays, in seconds."""

    @property
    def applies(self) -> bool:
        """Tell whether the admin has written any rule down."""
        return bool(self.model_fields_set)


_ROLES: dict[Role, Allowance] = {
    "member": Allowance(
        gpus=2, gpus_off_peak=4, gpu_time=86400.0, extensions=3, max_memory=0.75, max_ports=10
    ),
    "instructor": Allowance(gpus=4, gpus_off_peak=8, gpu_time=3 * 86400.0, max_memory=0.9),
    "admin": Allowance(gpu_time=7 * 86400.0),
}


class Policy(_Table):
    """The whole file; a table that is missing has its defaults."""

    roles: Mapping[Role, Allowance] = _ROLES
    groups: Mapping[str, Allowance] = {}
    defaults: Defaults = Defaults()
    off_peak: OffPeak = OffPeak()
    lease: Lease = Lease()
    idle: Idle = Idle()
    gpu: tuple[SharedGpu, ...] = ()
    mount: tuple[ExtraMount, ...] = ()
    disk: Disk = Disk()
    retention: Retention = Retention()
    accounts: AccountRules = AccountRules()
    registries: RegistryRules = RegistryRules()
    open: OpenRules = OpenRules()

    def allowance(self, role: Role, groups: Iterable[str] = ()) -> Allowance:
        """Return what a member may have: the most generous of the role's and the groups'.

        A group's field that its table does not name says nothing.
        """
        base = self.roles.get(role) or _ROLES[role]
        values = base.model_dump()
        for name in groups:
            extra = self.groups.get(name)
            for field in extra.model_fields_set if extra else ():
                values[field] = _more(values[field], getattr(extra, field))
        return Allowance.model_construct(**values)

    def shared(self, *names: str) -> SharedGpu | None:
        """Return how a GPU of these names is shared, or None where it is one holder's."""
        return next((row for row in self.gpu if row.id in names), None) or next(
            (row for row in self.gpu if row.id == "*"), None
        )


def _more(one: Any, other: Any) -> Any:
    return None if one is None or other is None else max(one, other)


def bytes_of(size: int | float | None, whole: int) -> int | None:  # noqa: PYI041 - two meanings
    """Return bytes for a Size, where ``whole`` is the machine's (memory or disk)."""
    if size is None:
        return None
    return int(size * whole) if isinstance(size, float) else size


def load_policy(path: Path) -> Policy:
    """Read the policy; the defaults where there is no file.  Raises InvalidSettingError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Policy()
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidSettingError(f"{path} cannot be read: {exc}.") from exc
    try:
        raw = tomllib.loads(text)
        # A role's table changes what it names and leaves the rest of the role's defaults.
        for role, table in raw.get("roles", {}).items():
            if role in _ROLES and isinstance(table, dict):
                raw["roles"][role] = {**_ROLES[role].model_dump(exclude_none=True), **table}
        return Policy.model_validate(raw)
    except tomllib.TOMLDecodeError as exc:
        raise InvalidSettingError(f"{path} is not valid TOML: {exc}.", "Correct it.") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidSettingError(
            f"{path}: {place}: {first['msg']}.", "Correct it; docs/gpus.md lists what there is."
        ) from exc
