"""What networks do, over both engines."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

import pytest

from tests.contract.conftest import Bench
from workspace_cli.core.engine import Engine
from workspace_cli.core.errors import ConflictError, NameTakenError, NotFoundError
from workspace_cli.core.models import Network


def create(bench: Bench, suffix: str = "net") -> tuple[str, str]:
    """Create a network and return its name and subnet."""
    name, subnet = bench.name(suffix), bench.free_subnet()
    bench.engine.create_network(name, subnet, {"test.of": bench.prefix})
    return name, subnet


def network(bench: Bench, name: str) -> Network:
    """Return a network as the list tells it."""
    return next(network for network in bench.engine.networks() if network.name == name)


def test_a_network_has_its_subnet_and_labels(bench: Bench) -> None:
    name, subnet = create(bench)
    [found] = bench.engine.networks({"test.of": bench.prefix})
    assert (found.name, found.subnets, found.containers) == (name, (subnet,), ())
    assert found.labels == {"test.of": bench.prefix}


def test_every_network_of_the_engine_is_listed_without_labels(bench: Bench) -> None:
    name, _ = create(bench)
    assert {name, "bridge", "host", "none"} <= {found.name for found in bench.engine.networks()}


def test_create_refuses_a_subnet_that_overlaps(bench: Bench) -> None:
    _, subnet = create(bench)
    with pytest.raises(ConflictError, match="subnet"):
        bench.engine.create_network(bench.name("other"), subnet, {})


def test_create_refuses_a_taken_name(bench: Bench) -> None:
    name, _ = create(bench)
    with pytest.raises(NameTakenError, match=name):
        bench.engine.create_network(name, bench.free_subnet(), {})


def test_a_container_gets_its_address_from_its_network(bench: Bench) -> None:
    name, subnet = create(bench)
    container = bench.run(network=name)
    [(on, address)] = bench.engine.container(container).networks.items()
    assert on == name
    assert ipaddress.ip_address(address) in ipaddress.ip_network(subnet)
    assert network(bench, name).containers == (container,)


def test_only_running_containers_are_listed(bench: Bench) -> None:
    name, _ = create(bench)
    container = bench.create(network=name)
    assert network(bench, name).containers == ()
    bench.engine.start(container)
    bench.engine.stop(container, 0)
    assert network(bench, name).containers == ()


def test_connect_attaches_once(bench: Bench) -> None:
    name, subnet = create(bench)
    container = bench.run()
    bench.engine.connect(name, container)
    bench.engine.connect(name, container)
    networks = bench.engine.container(container).networks
    assert set(networks) == {"bridge", name}
    assert ipaddress.ip_address(networks[name]) in ipaddress.ip_network(subnet)


def test_connect_holds_for_a_container_that_starts_later(bench: Bench) -> None:
    name, _ = create(bench)
    container = bench.create()
    bench.engine.connect(name, container)
    bench.engine.connect(name, container)
    bench.engine.start(container)
    assert bench.engine.container(container).networks[name]


def test_disconnect_detaches_once(bench: Bench) -> None:
    name, _ = create(bench)
    container = bench.run(network=name)
    bench.engine.disconnect(name, container)
    bench.engine.disconnect(name, container)
    assert name not in bench.engine.container(container).networks
    bench.engine.remove_network(name)
    assert name not in {found.name for found in bench.engine.networks()}


def test_remove_spares_a_network_in_use(bench: Bench) -> None:
    name, _ = create(bench)
    container = bench.run(network=name)
    with pytest.raises(ConflictError):
        bench.engine.remove_network(name)
    assert network(bench, name).containers == (container,)


def test_a_container_does_not_start_on_a_network_that_is_gone(bench: Bench) -> None:
    name, _ = create(bench)
    container = bench.create(network=name)
    bench.engine.remove_network(name)
    with pytest.raises(NotFoundError, match=name):
        bench.engine.start(container)


CALLS: dict[str, Callable[[Engine, str, str], object]] = {
    "remove_network": lambda engine, network, container: engine.remove_network(network),
    "connect": lambda engine, network, container: engine.connect(network, container),
    "disconnect": lambda engine, network, container: engine.disconnect(network, container),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_says_that_a_network_is_missing(
    bench: Bench, call: Callable[[Engine, str, str], object]
) -> None:
    container = bench.run()
    with pytest.raises(NotFoundError, match=bench.name("nonesuch")):
        call(bench.engine, bench.name("nonesuch"), container)
