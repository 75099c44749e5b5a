"""Gathering the facts that ``core/doctor.py`` judges."""

from __future__ import annotations

import ipaddress
import json
import os
import re
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path

from workspace_cli.core import cdi, doctor, extra_mounts, labels, nvml
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.docker_engine import DockerEngine
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import LabdockError, NotFoundError
from workspace_cli.core.facts import Disk, Facts, Finding, Part
from workspace_cli.core.gpu_inventory import CDI_FOLDERS, combined
from workspace_cli.core.models import EngineInfo
from workspace_cli.core.settings import Settings
from workspace_cli.setup import firewall, stack
from workspace_cli.setup.commands import attempt

PLUGINS = ("buildx", "compose")
ANSWER_SECONDS = 2.0


def examine(settings: Settings) -> list[Finding]:
    """Gather the facts of this machine and judge them; nothing is changed."""
    return doctor.examine(gather(settings, DockerEngine()))


def gather(settings: Settings, engine: Engine) -> Facts:
    """Learn what is so on this machine; what cannot be learnt stays empty."""
    info, error = _engine(engine)
    up = info is not None
    address = host_address()
    reading = nvml.read()
    return Facts(
        settings=settings,
        engine=info,
        engine_error=error,
        plugins={name: _plugin(name) for name in PLUGINS},
        gpus=len(reading.devices) or len(list(Path("/dev").glob("nvidia[0-9]*"))),
        cdi_gpus=len(combined("cdi", nvml.Reading(), cdi.cdi_devices(CDI_FOLDERS))),
        driver=reading.driver,
        driver_error=reading.error,
        gpu_faults=tuple(_fault(device) for device in reading.devices if device.trouble),
        drowsy=any(device.persistence is False for device in reading.devices),
        cdi_drivers=cdi_drivers(CDI_FOLDERS),
        toolkit=_toolkit(),
        disks=disks([settings.root, Path(info.data_root) if info else settings.root]),
        folder_faults=extra_mounts.faults(settings),
        port_holder=port_holder(settings, engine if up else None),
        missing_images=_missing_images(engine) if up else (),
        parts=_parts(engine) if up else (),
        hub_answers=up and stack.hub_answers(settings, ANSWER_SECONDS),
        firewall_gaps=_firewall_gaps(settings) if up else (),
        routes=foreign_routes(engine if up else None),
        host_address=address,
        lan_answers=_connects(_seen_from_outside(settings, address), settings.port),
    )


def _engine(engine: Engine) -> tuple[EngineInfo | None, str]:
    try:
        return engine.info(), ""
    except LabdockError as exc:
        return None, exc.message


def _plugin(name: str) -> str:
    code, output, _ = attempt(["docker", name, "version", *(["--short"] * (name == "compose"))])
    match = re.search(r"v?\d+\.\d+\S*", output)
    return match[0] if code == 0 and match else ""


def cdi_drivers(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the versions of the driver whose files the CDI specifications name."""
    found: set[str] = set()
    for file in (file for folder in folders for file in cdi.specifications(folder)):
        text = file.read_text(encoding="utf-8", errors="replace")
        if cdi.CDI_KIND in text:
            found.update(re.findall(r"/libnvidia-ml\.so\.(\d+\.[\d.]*\d)", text))
    return tuple(sorted(found))


def _fault(device: nvml.Device) -> str:
    return f"GPU {device.index} {device.uuid}".rstrip() + f": {device.trouble}"


def _toolkit() -> str:
    _, output, _ = attempt(["nvidia-ctk", "--version"])
    match = re.search(r"version (\d+(?:\.\d+)+)", output)
    return match[1] if match else ""


def disks(folders: Iterable[Path]) -> tuple[Disk, ...]:
    """Return the room at each folder, or at its first parent that exists; each disk once."""
    found: dict[int, Disk] = {}
    for folder in folders:
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        usage = shutil.disk_usage(existing)
        found.setdefault(existing.stat().st_dev, Disk(str(folder), usage.free, usage.total))
    return tuple(found.values())


def port_holder(settings: Settings, engine: Engine | None) -> str:
    """Return who holds the public port: ``labdock``, ``""`` for nobody, else words."""
    if engine is not None:
        for row in engine.containers():
            if any(port.host == settings.port for port in row.ports) and row.state == "running":
                ours = labels.STACK in row.labels
                return "labdock" if ours else f"the container {row.name}"
    return "" if _can_bind(settings) else "a process of this machine (`ss -ltnp` names it)"


def _can_bind(settings: Settings) -> bool:
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family) as probe:
        # As servers do: a connection of yesterday that lingers does not hold a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError:
            return False
    return True


def _missing_images(engine: Engine) -> tuple[str, ...]:
    missing = []
    for image in Catalogue():
        if image.build != "default":
            continue
        try:
            engine.image(image.name)
        except NotFoundError:
            missing.append(image.name)
    return tuple(missing)


def _parts(engine: Engine) -> tuple[Part, ...]:
    parts = []
    for name in stack.PARTS:
        try:
            container = engine.container(name)
            parts.append(Part(name, container.state, container.health or ""))
        except NotFoundError:
            parts.append(Part(name, "not there"))
    return tuple(parts)


def _firewall_gaps(settings: Settings) -> tuple[str, ...] | None:
    if os.geteuid() != 0:
        return None
    return tuple(firewall.missing(firewall.rules_for(settings)))


def foreign_routes(engine: Engine | None) -> tuple[tuple[str, str], ...]:
    """Return the host's routes (network, device) but for those of Labdock's own networks."""
    _, output, _ = attempt(["ip", "-json", "-4", "route", "show", "table", "main"])
    return tuple(route for route in parse_routes(output) if route[0] not in _own_subnets(engine))


def _own_subnets(engine: Engine | None) -> set[str]:
    if engine is None:
        return set()
    ours = [*engine.networks({labels.OWNER: None}), *engine.networks({labels.STACK: None})]
    return {subnet for network in ours for subnet in network.subnets}


def parse_routes(output: str) -> list[tuple[str, str]]:
    """Read what ``ip -json route`` prints: (network, device) of every IPv4 route."""
    routes = []
    for row in json.loads(output or "[]"):
        destination = str(row.get("dst", ""))
        network = "0.0.0.0/0" if destination == "default" else destination
        try:
            routes.append((str(ipaddress.IPv4Network(network)), str(row.get("dev", ""))))
        except ValueError:
            continue
    return routes


def host_address() -> str:
    """Return the address by which this machine reaches others ('' where it has none)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only picks the route.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        return str(probe.getsockname()[0])


def _seen_from_outside(settings: Settings, address: str) -> str:
    unspecified = ipaddress.ip_address(settings.bind).is_unspecified
    return address if unspecified else settings.bind


def _connects(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), ANSWER_SECONDS):
            return True
    except OSError:
        return False
