"""Which rules keep members away from the host."""

import ipaddress

from hypothesis import given
from hypothesis import strategies as st

from workspace_cli.setup.control_network import control_subnet, given_range, proxy_address
from workspace_cli.setup.firewall import (
    FORWARD_CHAIN,
    HOST_CHAIN,
    parse_resolvers,
    restore_text,
    unit_text,
    wanted_rules,
)

POOL = ipaddress.IPv4Network("10.213.0.0/16")
CONTROL = control_subnet(POOL)


def test_answers_pass_first_and_everything_else_of_the_pool_ends_at_a_refusal() -> None:
    rules = wanted_rules(POOL, CONTROL)
    assert rules.host[0] == "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
    assert rules.host[-1] == f"-s {POOL} -j REJECT --reject-with icmp-port-unreachable"
    assert rules.forward[0] == rules.host[0]


def test_the_stack_itself_may_reach_the_host() -> None:
    rules = wanted_rules(POOL, CONTROL)
    assert f"-s {CONTROL} -j RETURN" in rules.host[:2]
    assert f"-s {CONTROL} -j RETURN" in rules.forward[:2]


def test_a_name_server_on_the_host_stays_reachable_and_nothing_else_there() -> None:
    rules = wanted_rules(POOL, CONTROL, ["192.168.0.5"])
    passing = [rule for rule in rules.host if rule.endswith("RETURN") and str(POOL) in rule]
    assert passing == [
        f"-s {POOL} -d 192.168.0.5/32 -p udp -m udp --dport 53 -j RETURN",
        f"-s {POOL} -d 192.168.0.5/32 -p tcp -m tcp --dport 53 -j RETURN",
    ]


def test_published_ports_and_the_clouds_secrets_are_closed_on_the_way_through() -> None:
    forward = wanted_rules(POOL, CONTROL).forward
    assert any("169.254.169.254" in rule and "REJECT" in rule for rule in forward)
    assert any("--ctstate DNAT" in rule and "REJECT" in rule for rule in forward)


def test_both_chains_are_replaced_at_one_moment() -> None:
    lines = restore_text(wanted_rules(POOL, CONTROL)).splitlines()
    assert lines[0] == "*filter"
    assert lines[1:3] == [f":{HOST_CHAIN} - [0:0]", f":{FORWARD_CHAIN} - [0:0]"]
    assert lines[-1] == "COMMIT"


def test_resolvers_that_a_container_could_ask_are_read() -> None:
    text = (
        "# c\nnameserver 127.0.0.53\nnameserver 10.0.0.1\nsearch lab\nnameserver fe80::1%eth0\n"
        "nameserver 10.0.0.1\nnameserver nonsense\nnameserver\n"
    )
    assert parse_resolvers(text) == ("10.0.0.1",)


def test_the_boot_unit_sets_every_rule_before_the_engine_starts() -> None:
    rules = wanted_rules(POOL, CONTROL)
    text = unit_text(rules)
    assert "Before=docker.service" in text
    for chain, chain_rules in rules.by_chain.items():
        for rule in chain_rules:
            assert f"ExecStart=/usr/sbin/iptables --wait -A {chain} {rule}\n" in text


@given(st.integers(8, 24), st.integers(0, 2**32 - 1))
def test_the_control_network_is_the_pools_upper_end(prefix: int, number: int) -> None:
    pool = ipaddress.IPv4Network((number, prefix), strict=False)
    control = control_subnet(pool)
    assert control.subnet_of(pool)
    assert control.broadcast_address == pool.broadcast_address
    assert proxy_address(pool) in control
    assert proxy_address(pool) not in given_range(pool)
    assert control.prefixlen == 27
