"""The choice of host ports."""

from __future__ import annotations

import socket
from collections.abc import Collection
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.test_models import ROW
from tests.support import free_port, listening
from workspace_cli.core import ports
from workspace_cli.core.errors import NoFreePortError, PortTakenError
from workspace_cli.core.models import PortMapping

RANGE = (9200, 9204)


def choose(
    *wanted: PortMapping, held: Collection[int] = (), strangers: Collection[int] = ()
) -> list[int]:
    """Return the host ports chosen, where strangers' processes hold some."""
    chosen = ports.choose(wanted, held, RANGE, lambda port: port not in strangers)
    assert [port.container for port in chosen] == [port.container for port in wanted]
    return [port.host for port in chosen]


def test_the_lowest_free_port_is_chosen() -> None:
    assert choose(PortMapping(8080)) == [9200]


def test_held_ports_and_strangers_are_skipped() -> None:
    assert choose(PortMapping(8080), held={9200}, strangers={9201}) == [9202]


def test_two_ports_of_one_workspace_differ() -> None:
    assert choose(PortMapping(8080), PortMapping(6006)) == [9200, 9201]


def test_a_port_that_was_asked_for_is_given_outside_the_range_too() -> None:
    assert choose(PortMapping(8080, 18080)) == [18080]


def test_a_port_that_was_asked_for_is_not_chosen_for_another() -> None:
    assert choose(PortMapping(6006), PortMapping(8080, 9200)) == [9201, 9200]


@pytest.mark.parametrize("taken", [{"held": {9203}}, {"strangers": {9203}}])
def test_a_taken_port_is_refused(taken: dict[str, set[int]]) -> None:
    with pytest.raises(PortTakenError, match="9203"):
        choose(PortMapping(8080, 9203), **taken)


def test_one_port_cannot_be_asked_for_twice() -> None:
    with pytest.raises(PortTakenError, match="9203"):
        choose(PortMapping(8080, 9203), PortMapping(6006, 9203))


def test_a_full_range_is_told() -> None:
    with pytest.raises(NoFreePortError, match="9200 to 9204"):
        choose(PortMapping(8080), held=range(9200, 9205))


@given(st.sets(st.integers(9200, 9204)), st.sets(st.integers(9200, 9204)), st.integers(1, 5))
def test_a_choice_is_free_and_complete_or_refused(
    held: set[int], strangers: set[int], count: int
) -> None:
    wanted = [PortMapping(8000 + number) for number in range(count)]
    if 5 - len(held | strangers) < count:
        with pytest.raises(NoFreePortError):
            choose(*wanted, held=held, strangers=strangers)
    else:
        chosen = choose(*wanted, held=held, strangers=strangers)
        assert len(set(chosen)) == count
        assert not set(chosen) & (held | strangers)


def test_a_stopped_workspace_keeps_its_ports_and_anything_published_counts() -> None:
    stopped = replace(ROW, state="exited")
    stranger = replace(ROW, name="nginx", labels={}, ports=(PortMapping(80, 8081),))
    assert ports.held_ports([stopped, stranger]) == {
        9200: ROW.name,
        9201: ROW.name,
        8081: "nginx",
    }


def test_a_port_is_free_until_somebody_listens() -> None:
    port = free_port()
    assert ports.is_free(port)
    with listening(port):
        assert not ports.is_free(port)
    assert ports.is_free(port)


@pytest.mark.parametrize(
    "family, address", [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
)
def test_a_listener_on_loopback_alone_is_seen(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as holder:
        try:
            holder.bind((address, 0))
        except OSError:
            pytest.skip("this machine has no such address")
        holder.listen()
        assert not ports.is_free(holder.getsockname()[1])
