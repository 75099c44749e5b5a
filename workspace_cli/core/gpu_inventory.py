"""The GPUs of this machine that an engine can hand to containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from workspace_cli.core import nvml
from workspace_cli.core.cdi import CDI_KIND, UUID_PREFIXES, CdiDevice, cdi_devices, group_names
from workspace_cli.core.models import EngineInfo
from workspace_cli.core.nvml import Device, Reading
from workspace_cli.core.settings import Settings

CDI_FOLDERS: tuple[Path, ...] = (Path("/etc/cdi"), Path("/var/run/cdi"))

Backend = Literal["cdi", "nvidia", "none"]


@dataclass(frozen=True, kw_only=True)
class Gpu:
    """One GPU, or one MIG slice of a GPU, that can be leased.

    ``id`` is what labels and the engine are told: its UUID, or its CDI name
    where the engine's CDI specification does not know the UUID.
    """

    id: str
    uuid: str = ""
    index: int | None = None
    """Its number, or that of the GPU that it is a slice of."""
    slice: int | None = None
    """The slice's number on its GPU; None for a whole GPU."""
    parent: str = ""
    """UUID of the GPU that it is a slice of."""
    name: str = ""
    memory: int = 0
    """Bytes."""
    driver: str = ""
    minor: int | None = None
    """The N of its ``/dev/nvidiaN``."""
    aliases: tuple[str, ...] = ()
    """Its names in the CDI specification, without their kind."""

    @property
    def mig(self) -> bool:
        """Whether it is a slice."""
        return self.slice is not None

    @property
    def number(self) -> str:
        """How tables and NVIDIA's tools number it: ``0``, or ``0:1`` for a slice."""
        if self.index is None:
            return ""
        return str(self.index) if self.slice is None else f"{self.index}:{self.slice}"

    def is_named(self, text: str) -> bool:
        """Tell whether a UUID, a CDI name or a number means this GPU and no other."""
        short = text.removeprefix(f"{CDI_KIND}=")
        own = {self.id.removeprefix(f"{CDI_KIND}="), self.uuid, *self.aliases}
        if text == short or not self.aliases:
            own.add(self.number)
        return bool(short) and short in own

    def is_called(self, text: str) -> bool:
        """Tell whether a container that was given what this text says has this GPU.

        A slice is part of what ``all``, or its whole GPU's name, gives.
        """
        short = text.removeprefix(f"{CDI_KIND}=")
        if self.is_named(text) or short == "all" or (self.mig and short == self.parent != ""):
            return True
        if text != short and not self.mig:
            return False
        # The driver's number or the device file's: whoever names one may mean either.
        return short in {str(number) for number in (self.index, self.minor) if number is not None}


def inventory(backend: Backend) -> tuple[Gpu, ...]:
    """Return the GPUs that containers can be given by a backend.

    One that the driver has lost is still among them while a CDI specification
    names it: ``gpu_use.unready`` says why it is not to be given out.
    """
    if backend == "none":
        return ()
    return combined(backend, nvml.read(), list(cdi_devices(CDI_FOLDERS)))


def absence(settings: Settings, info: EngineInfo) -> str:
    """Say in a sentence why there is no GPU to lease; to be asked where there is none."""
    if settings.gpu_backend == "none":
        return "GPUs are switched off (WORKSPACE_GPU_BACKEND=none)."
    reading = nvml.read()
    if reading.error:
        return f"The NVIDIA driver does not work: {reading.error}."
    if reading.devices:
        return "The GPUs of this machine cannot be given to containers; see `workspace doctor`."
    return "This machine has no GPU."


def choose_backend(settings: Settings, info: EngineInfo) -> Backend:
    """Return how this engine hands out GPUs; ``auto`` prefers CDI, then NVIDIA's runtime."""
    if settings.gpu_backend in ("cdi", "nvidia"):
        return "cdi" if settings.gpu_backend == "cdi" else "nvidia"
    if settings.gpu_backend == "none":
        return "none"
    if info.cdi and any(cdi_devices(CDI_FOLDERS)):
        return "cdi"
    return "nvidia" if "nvidia" in info.runtimes else "none"


def combined(backend: Backend, reading: Reading, cdi: Iterable[CdiDevice]) -> tuple[Gpu, ...]:
    """Join what the driver and the CDI specifications know."""
    told = [gpu for device in reading.devices for gpu in _gpus_of(device, reading.driver)]
    if backend == "nvidia":
        return tuple(gpu for gpu in told if gpu.uuid)
    groups = group_names(cdi)
    found: list[Gpu] = []
    for gpu in told:
        names = [group for group in groups if _is_same(gpu, group)]
        groups = [group for group in groups if group not in names]
        if names:
            found.append(_named_by(gpu, [device for group in names for device in group]))
    sliced = {device.minor for device in reading.devices if device.mig} - {None}
    lost = [group for group in groups if group[0].node not in sliced]
    return (*found, *(_from_cdi(group) for group in lost))


def _gpus_of(device: Device, driver: str) -> Iterator[Gpu]:
    """Yield a GPU, or its slices where it is cut into some."""
    index, minor = device.index, device.minor
    for part in device.slices:
        yield Gpu(
            id=part.uuid,
            uuid=part.uuid,
            index=index,
            slice=part.index,
            parent=device.uuid,
            name=part.name,
            memory=part.memory,
            driver=driver,
            minor=minor,
        )
    if not device.mig:
        uuid, name, memory = device.uuid, device.name, device.memory
        yield Gpu(
            id=uuid, uuid=uuid, index=index, name=name, memory=memory, driver=driver, minor=minor
        )


def _is_same(gpu: Gpu, group: Sequence[CdiDevice]) -> bool:
    names = {device.name for device in group}
    if gpu.uuid and gpu.uuid in names:
        return True
    uuids = any(name.startswith(UUID_PREFIXES) for name in names)
    if gpu.mig or group[0].is_slice:
        return gpu.mig and not uuids and gpu.number in names
    if uuids and gpu.uuid:
        return False
    # The driver counts anew when a GPU is lost; its file's number stays.
    if gpu.minor is not None and group[0].node is not None:
        return gpu.minor == group[0].node
    return gpu.number in names


def _named_by(gpu: Gpu, devices: Iterable[CdiDevice]) -> Gpu:
    names = tuple(device.name for device in devices)
    uuid = gpu.uuid or next((name for name in names if name.startswith(UUID_PREFIXES)), "")
    chosen = uuid if uuid in names else f"{CDI_KIND}={names[0]}"
    return replace(gpu, id=chosen, uuid=uuid, aliases=names)


def _from_cdi(group: Sequence[CdiDevice]) -> Gpu:
    number = next((one.name for one in group if one.name.replace(":", "").isdecimal()), "")
    index, _, part = number.partition(":")
    gpu = Gpu(
        id="",
        index=int(index) if index else None,
        slice=int(part) if part else 0 if group[0].is_slice else None,
        minor=group[0].node,
    )
    return _named_by(gpu, group)
