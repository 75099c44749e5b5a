"""The fake engine's networks and the addresses on them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workspace_cli.core.errors import ConflictError, NameTakenError, NotFoundError
from workspace_cli.core.fake_containers import FakeContainer
from workspace_cli.core.models import Network

_PREDEFINED = ("bridge", "host", "none")


@dataclass(frozen=True)
class _Stored:
    subnet: str
    labels: Mapping[str, str]
    created: float = 0.0


class FakeNetworks:
    """Every network of one fake engine; who is attached stands in the containers."""

    def __init__(self) -> None:
        self._stored = {
            "bridge": _Stored("172.17.0.0/16", {}),
            "host": _Stored("", {}),
            "none": _Stored("", {}),
        }

    def came_up(self, now: float) -> None:
        """Make the engine's own bridge anew, as every start of an engine does."""
        self._stored["bridge"] = replace(self._stored["bridge"], created=now)

    def check(self, name: str) -> None:
        """Raise NotFoundError unless the network exists."""
        if name not in self._stored:
            raise NotFoundError(f"The engine found nothing: network {name} not found.")

    def create(self, name: str, subnet: str, labels: Mapping[str, str]) -> None:
        """Add a network whose name and subnet are free."""
        if name in self._stored:
            raise NameTakenError(f"The name {name} is already in use.")
        wanted = ipaddress.ip_network(subnet)
        for other in self._stored.values():
            if other.subnet and ipaddress.ip_network(other.subnet).overlaps(wanted):
                raise ConflictError("Another network of the engine holds this subnet.")
        self._stored[name] = _Stored(subnet, dict(labels))

    def remove(self, name: str, containers: Iterable[FakeContainer]) -> None:
        """Remove a network that no running container is attached to."""
        self.check(name)
        if name in _PREDEFINED or _attached(name, containers):
            raise ConflictError(f"The engine refused: {name} is in use.")
        del self._stored[name]

    def list(self, containers: Iterable[FakeContainer]) -> list[Network]:
        """Return every network."""
        made = list(containers)
        return [
            Network(
                name=name,
                id=f"{name}-id",
                subnets=(network.subnet,) if network.subnet else (),
                labels=network.labels,
                containers=tuple(sorted(container.name for container in _attached(name, made))),
                created=network.created,
            )
            for name, network in self._stored.items()
        ]

    def address(self, name: str, containers: Iterable[FakeContainer]) -> str:
        """Return the lowest free address on a network; the first is the gateway's."""
        self.check(name)
        if not self._stored[name].subnet:
            return ""
        taken = {container.networks.get(name) for container in containers}
        _, *hosts = ipaddress.ip_network(self._stored[name].subnet).hosts()
        return next(str(host) for host in hosts if str(host) not in taken)


def _attached(name: str, containers: Iterable[FakeContainer]) -> list[FakeContainer]:
    return [made for made in containers if made.running and name in made.networks]
