"""A network an owner, and who is attached to it."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspace_cli.core import labels, networks
from workspace_cli.core.catalogue import Catalogue
from workspace_cli.core.errors import ConflictError
from workspace_cli.core.fake_engine import FakeEngine
from workspace_cli.core.host import Host
from workspace_cli.core.models import ContainerRequest
from workspace_cli.core.settings import Settings

POOL = IPv4Network("10.213.0.0/16")
SMALL = IPv4Network("10.213.0.0/24")
NET = "labdock-net-kim"


@pytest.fixture
def host(fake_engine: FakeEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Host:
    """Give a machine whose address pool has room for eight owners, and no routes of its own."""
    monkeypatch.setattr(networks, "host_routes", lambda pool: [])
    return Host(fake_engine, Settings(root=tmp_path, address_pool=SMALL), Catalogue())


def start_stack(engine: FakeEngine) -> None:
    """Start a hub and a proxy."""
    for name in ("hub", "proxy"):
        request = ContainerRequest(
            name=f"labdock-{name}", image="labdock-tests/tiny", labels={labels.STACK: name}
        )
        engine.create(request)
        engine.start(request.name)


def attached(engine: FakeEngine) -> set[str]:
    """Return the names of the containers on Kim's network."""
    return {row.name for row in engine.containers() if NET in row.networks}


def test_an_owner_gets_a_network_with_a_label_and_the_stack_on_it(
    host: Host, fake_engine: FakeEngine
) -> None:
    start_stack(fake_engine)
    assert networks.ensure_owner_network(host, "kim") == NET
    [network] = fake_engine.networks({labels.OWNER: "kim"})
    assert network.subnets == ("10.213.0.0/27",)
    assert network.containers == ("labdock-hub", "labdock-proxy")


def test_the_second_time_nothing_changes(host: Host, fake_engine: FakeEngine) -> None:
    start_stack(fake_engine)
    networks.ensure_owner_network(host, "kim")
    before = len(fake_engine.calls)
    networks.ensure_owner_network(host, "kim")
    assert {method for method, _ in fake_engine.calls[before:]} == {"networks", "containers"}


def test_two_owners_get_two_subnets(host: Host, fake_engine: FakeEngine) -> None:
    for owner in ("kim", "lee"):
        networks.ensure_owner_network(host, owner)
    subnets = [network.subnets for network in fake_engine.networks({labels.OWNER: None})]
    assert subnets == [("10.213.0.0/27",), ("10.213.0.32/27",)]


def test_a_subnet_that_somebody_takes_meanwhile_is_given_up(
    host: Host, fake_engine: FakeEngine
) -> None:
    def be_faster(method: str) -> None:
        if method == "create_network":
            fake_engine.before = None
            fake_engine.create_network("by-hand", "10.213.0.0/26", {})

    fake_engine.before = be_faster
    networks.ensure_owner_network(host, "kim")
    [network] = fake_engine.networks({labels.OWNER: "kim"})
    assert network.subnets == ("10.213.0.64/27",)


def test_a_full_pool_is_told(host: Host) -> None:
    for number in range(8):
        networks.ensure_owner_network(host, f"owner{number}")
    with pytest.raises(ConflictError, match="WORKSPACE_ADDRESS_POOL"):
        networks.ensure_owner_network(host, "kim")


def test_a_stack_that_was_made_anew_is_attached_everywhere(
    host: Host, fake_engine: FakeEngine
) -> None:
    networks.ensure_owner_network(host, "kim")
    start_stack(fake_engine)
    assert attached(fake_engine) == set()
    networks.attach_stack(host)
    assert attached(fake_engine) == {"labdock-hub", "labdock-proxy"}


def test_a_network_is_removed_with_the_stack_on_it(host: Host, fake_engine: FakeEngine) -> None:
    start_stack(fake_engine)
    networks.ensure_owner_network(host, "kim")
    networks.remove_owner_network(host, "kim")
    assert fake_engine.networks({labels.OWNER: "kim"}) == []
    networks.remove_owner_network(host, "kim")


def test_a_network_that_a_container_is_on_stays_with_the_stack_on_it(
    host: Host, fake_engine: FakeEngine
) -> None:
    start_stack(fake_engine)
    networks.ensure_owner_network(host, "kim")
    fake_engine.create(ContainerRequest(name="a", image="labdock-tests/tiny", network=NET))
    fake_engine.start("a")
    networks.remove_owner_network(host, "kim")
    assert attached(fake_engine) == {"a", "labdock-hub", "labdock-proxy"}


subnets = st.builds(
    lambda number, prefix: IPv4Network((0x0AD50000 + number * 32, prefix), strict=False),
    st.integers(0, 2047),
    st.integers(20, 30),
)


@given(st.lists(subnets, max_size=20))
def test_a_chosen_subnet_overlaps_nothing(taken: list[IPv4Network]) -> None:
    chosen = networks.choose_subnet(POOL, taken)
    assert chosen.subnet_of(POOL)
    assert chosen.prefixlen == 27
    assert not any(chosen.overlaps(subnet) for subnet in taken)


def test_networks_outside_the_pool_take_nothing_from_it() -> None:
    assert networks.choose_subnet(POOL, [IPv4Network("172.17.0.0/16")]) == IPv4Network(
        "10.213.0.0/27"
    )


ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
vpn0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
tun0\t0000D50A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
"""


def test_a_route_of_the_host_into_the_pool_is_seen(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(ROUTES)
    assert networks.host_routes(POOL, table) == [IPv4Network("10.213.0.0/24")]


def test_this_machine_s_routes_can_be_read() -> None:
    assert all(route.prefixlen for route in networks.host_routes(IPv4Network("0.0.0.0/0"))[1:])


def test_a_machine_without_the_table_has_no_routes(tmp_path: Path) -> None:
    assert networks.host_routes(POOL, tmp_path / "missing") == []
